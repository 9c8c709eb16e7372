"""
What of a response is taken: the body of a good one goes into a file, all else is refused.

Refused are another status or content type than the right one, a redirect to another
server, and a body that grows too large or comes too slowly.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import io
import re
import threading
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests

if TYPE_CHECKING:
    from pathlib import Path

    from creative_spatial.loaders.online.settings import OnlineSettings, Service

BUSY = frozenset({502, 503, 504})
TOO_MANY = 429
MOVED = frozenset({404, 410})
MAX_REDIRECTS = 3
_CHUNK_BYTES = 1 << 16
_EXCERPT_BYTES = 4096
_EXCERPT = 200


class RefusedError(Exception):
    """
    An answer that is not taken.

    Parameters
    ----------
    reason : str
        For the message.
    wait_s : float or None
        After how long the same server may be asked again; None for not at all.
    stop : bool
        Whether other servers are not asked either.
    """

    def __init__(self, reason: str, *, wait_s: float | None = None, stop: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s
        self.stop = stop


@dataclass
class Guard:
    """
    A hook of `requests` for the one request that this thread makes next.

    Parameters
    ----------
    target : Path
        File for the body.
    service : Service
        Bounds, content types.
    settings : OnlineSettings
        The time.
    pause_s : float
        How long a busy server is left alone where it does not say.
    instead : bytes
        Handed on in the place of the body.
    """

    target: Path
    service: Service
    settings: OnlineSettings
    _: KW_ONLY
    pause_s: float
    instead: bytes
    _redirects: int = field(default=0, init=False)
    _thread: int = field(default_factory=threading.get_ident, init=False)

    def __post_init__(self) -> None:
        self._started = self.settings.clock.monotonic()

    def __call__(self, response: requests.Response, **sending: Any) -> requests.Response:
        """
        Take a response or refuse it.

        Parameters
        ----------
        response : Response
            Its body not yet read.
        **sending : Any
            How it was sent: time-out, proxies, certificates.

        Returns
        -------
        Response
            Of status 200, holding `instead`.

        Raises
        ------
        RefusedError
            Saying why.
        """
        if threading.get_ident() != self._thread:
            return response  # somebody else's, asked while osmnx had our settings
        with response:
            if response.is_redirect:
                return self._follow(response, sending)
            self._judge(response)
            self._save(response)
        taken = requests.Response()
        taken.status_code, taken.url, taken.encoding = 200, response.url, "utf-8"
        taken.raw = io.BytesIO(self.instead)
        return taken

    def _follow(self, response: requests.Response, sending: dict[str, Any]) -> requests.Response:
        """The same request to where the server says, as `requests.auth` answers a challenge."""
        url = _within(response.url, response.headers["Location"])
        self._redirects += 1
        if self._redirects > MAX_REDIRECTS:
            raise RefusedError(f"more than {MAX_REDIRECTS} redirects")
        response.close()
        again = response.request.copy()
        again.prepare_url(url, None)
        again.prepare_cookies(response.cookies)
        return self(response.connection.send(again, **sending), **sending)

    def _judge(self, response: requests.Response) -> None:
        """Refuse what is no answer by its status or its content type."""
        status = response.status_code
        asked = _retry_after(response.headers.get("Retry-After"), self.settings.clock.now())
        if status == TOO_MANY:
            wait_s = max(asked or self.pause_s, self.service.too_many_wait_s)
            raise RefusedError(
                f"too many requests (429); it wants a pause of {wait_s:.0f} s",
                wait_s=wait_s,
                stop=True,
            )
        if status in BUSY:
            raise RefusedError(f"busy ({status})", wait_s=self.pause_s if asked is None else asked)
        if 400 <= status < 500 and status not in MOVED:
            excerpt = _excerpt(response)
            raise RefusedError(f"it refuses the request ({status}){excerpt}", stop=True)
        if status != 200:
            raise RefusedError(f"HTTP status {status}")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in self.service.content_types:
            expected = " or ".join(self.service.content_types)
            raise RefusedError(f"sent {kind[:60] or 'no content type'!r}, not {expected}")

    def _save(self, response: requests.Response) -> None:
        """Write the body, unpacked, within bounds of size and time."""
        service, size = self.service, 0
        with self.target.open("wb") as file:
            # `iter_content` would wait for a full chunk, however slowly it comes.
            while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
                size += len(chunk)
                if size > service.max_bytes:
                    raise RefusedError(
                        f"the answer is larger than {service.max_bytes / 2**20:,.0f} MiB", stop=True
                    )
                if self.settings.clock.monotonic() - self._started > service.deadline_s:
                    raise RefusedError(f"not done after {service.deadline_s:g} s")
                file.write(chunk)


def _retry_after(text: str | None, now: dt.datetime) -> float | None:
    """Seconds that a server asks to wait: a number, or a date."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text.strip()):
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - now).total_seconds())


def _within(url: str, location: str) -> str:
    """Where a redirect leads, if it stays with the server and does not give up encryption."""
    try:
        target = urljoin(url, location)
        before, after = urlsplit(url), urlsplit(target)
    except ValueError as error:
        raise RefusedError("redirects to what is no address") from error
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        raise RefusedError(f"redirects to another server ({host(target)}), which is not followed")
    return target


def host(url: str) -> str:
    """
    Name a server in messages.

    Parameters
    ----------
    url : str
        Its address.

    Returns
    -------
    str
        Without the user and password that the address may hold.
    """
    return (urlsplit(url).netloc.rpartition("@")[2] or "an address without a server")[:80]


def _excerpt(response: requests.Response) -> str:
    """The beginning of an error page as plain text."""
    raw = (response.raw.read1(_EXCERPT_BYTES, decode_content=True) or b"").decode(
        "utf-8", "replace"
    )
    body = re.sub(r"(?s)<head\b.*?</head>", " ", raw)
    words = " ".join(re.sub(r"<[^>]*>", " ", body).split())
    plain = "".join(c if c.isprintable() else " " for c in words)[:_EXCERPT]
    return f": {plain}" if plain else ""


__all__ = ["Guard", "RefusedError", "host"]
