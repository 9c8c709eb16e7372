"""
Asking a list of servers, politely, and believing only whole answers.

A server that says it is busy (502, 503, 504) is asked again after a wait, then the next
one is. One that says "too many" (429) is waited for and no other is asked instead: that
would go around its operators' rule. What is refused: another content type, a redirect to
another server, a body that is cut off or grows too large, and whatever the check that
comes with the request finds.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from creative_spatial.errors import LoadError, SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from creative_spatial.loaders.online.settings import OnlineSettings, Service
    from creative_spatial.loaders.online.turns import Turn

_LOGGER = logging.getLogger(__name__)

BUSY = frozenset({502, 503, 504})
TOO_MANY = 429
MOVED = frozenset({404, 410})
MAX_REDIRECTS = 3
_CHUNK_BYTES = 1 << 16
_EXCERPT_BYTES = 4096
_EXCERPT = 200

Checked = TypeVar("Checked")


@dataclass(frozen=True)
class Question:
    """
    One request, whichever server it goes to.

    Parameters
    ----------
    method : {"GET", "POST"}
        Of HTTP.
    path : str
        Added to the server's address.
    params : mapping
        In the address.
    form : mapping
        In the body.
    """

    method: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


class _RefusedError(Exception):
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


class _Session(requests.Session):
    """One that leaves redirects alone: `requests` would read their bodies and addresses first."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """
        See no redirect.

        Parameters
        ----------
        resp : Response
            Any.
        """


def fetch(
    question: Question,
    service: Service,
    settings: OnlineSettings,
    *,
    turn: Turn,
    target: Path,
    check: Callable[[Path], Checked],
) -> tuple[Checked, str]:
    """
    Ask one server after another until an answer passes its check.

    Parameters
    ----------
    question : Question
        What is asked.
    service : Service
        Whom, and with which manners.
    settings : OnlineSettings
        User agent, time.
    turn : Turn
        Held by the caller.
    target : Path
        File for the answer; removed again where nothing usable came.
    check : callable
        Takes the file, raises LoadError where it is not to be believed.

    Returns
    -------
    (object, str)
        What the check returned, and the server's address.

    Raises
    ------
    SourceUnavailableError
        Saying of each server what happened.
    """
    said: list[str] = []
    for endpoint in service.endpoints:
        for attempt in range(service.attempts):
            turn.wait()
            try:
                _download(question, endpoint.url, service, settings, target=target, attempt=attempt)
                return _checked(target, check), endpoint.url
            except _RefusedError as refused:
                target.unlink(missing_ok=True)
                said.append(f"{_host(endpoint.url)}: {refused.reason}")
                _LOGGER.warning("%s", said[-1])
                again = _may_ask_again(refused, service, attempt)
                if refused.stop and not again:
                    raise SourceUnavailableError(_nobody(said)) from refused
                if not again:
                    break
                wait_s = refused.wait_s or 0.0
            finally:
                turn.done()
            settings.clock.sleep(wait_s)
    raise SourceUnavailableError(_nobody(said))


def _may_ask_again(refused: _RefusedError, service: Service, attempt: int) -> bool:
    """Whether the same server is asked once more: not too often, not after too long a wait."""
    wait_s = refused.wait_s
    return wait_s is not None and wait_s <= service.max_wait_s and attempt + 1 < service.attempts


def _nobody(said: list[str]) -> str:
    """What to say where no server gave a usable answer."""
    return "nobody gave a usable answer: " + "; ".join(dict.fromkeys(said))


def _checked(target: Path, check: Callable[[Path], Checked]) -> Checked:
    """Run the check; what it refuses is asked of the next server."""
    try:
        return check(target)
    except LoadError as error:
        raise _RefusedError(str(error)) from error


def _download(
    question: Question,
    endpoint: str,
    service: Service,
    settings: OnlineSettings,
    *,
    target: Path,
    attempt: int,
) -> None:
    """One request; its body into a file."""
    url = urljoin(endpoint, question.path) if question.path else endpoint
    started = settings.clock.monotonic()
    try:
        with _Session() as session:
            for _ in range(MAX_REDIRECTS + 1):
                with _send(session, question, url, service, settings) as response:
                    redirect = response.headers.get("Location") if response.is_redirect else None
                    if redirect is None:
                        _judge(response, service, settings, attempt)
                        _save(response, target, service, settings, started)
                        return
                    url = _within(url, redirect)
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError) as error:
        wait_s = service.backoff_s * 2**attempt
        raise _RefusedError("the answer was cut off", wait_s=wait_s) from error
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise _RefusedError("no answer in time") from error
    except (
        urllib3.exceptions.HTTPError,
        requests.exceptions.RequestException,
        UnicodeError,
    ) as error:
        raise _RefusedError(f"the connection failed ({type(error).__name__})") from error
    raise _RefusedError(f"more than {MAX_REDIRECTS} redirects")


def _send(
    session: requests.Session,
    question: Question,
    url: str,
    service: Service,
    settings: OnlineSettings,
) -> requests.Response:
    """Start a request; redirects are looked at before they are followed."""
    # The server may work for the whole of its time before it sends the first byte.
    silence_s = service.timeout_s + service.connect_timeout_s
    options: dict[str, Any] = {**settings.request_options, "allow_redirects": False, "stream": True}
    options.pop("timeout", None)
    headers = {"User-Agent": settings.user_agent, "Accept-Language": "en"}
    _LOGGER.info("asking %s", _host(url))
    return session.request(
        question.method,
        url,
        params=dict(question.params),
        data=dict(question.form),
        headers={**options.pop("headers", {}), **headers},
        timeout=(service.connect_timeout_s, silence_s),
        **options,
    )


def _judge(
    response: requests.Response, service: Service, settings: OnlineSettings, attempt: int
) -> None:
    """Refuse what is no answer by its status or its content type."""
    status = response.status_code
    pause = service.backoff_s * 2**attempt
    asked = _retry_after(response.headers.get("Retry-After"), settings.clock.now())
    if status == TOO_MANY:
        wait_s = max(asked or pause, service.too_many_wait_s)
        raise _RefusedError(
            f"too many requests (429); it wants a pause of {wait_s:.0f} s", wait_s=wait_s, stop=True
        )
    if status in BUSY:
        wait_s = asked if asked is not None else pause
        raise _RefusedError(f"busy ({status})", wait_s=wait_s)
    if 400 <= status < 500 and status not in MOVED:
        excerpt = _excerpt(response)
        raise _RefusedError(f"it refuses the request ({status}){excerpt}", stop=True)
    if status != 200:
        raise _RefusedError(f"HTTP status {status}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in service.content_types:
        expected = " or ".join(service.content_types)
        raise _RefusedError(f"sent {kind[:60] or 'no content type'!r}, not {expected}")


def _save(
    response: requests.Response,
    target: Path,
    service: Service,
    settings: OnlineSettings,
    started: float,
) -> None:
    """Write the body, unpacked, within bounds of size and time."""
    size = 0
    with target.open("wb") as file:
        # `iter_content` would wait for a full chunk, however slowly it comes.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            size += len(chunk)
            if size > service.max_bytes:
                raise _RefusedError(
                    f"the answer is larger than {service.max_bytes / 2**20:,.0f} MiB", stop=True
                )
            if settings.clock.monotonic() - started > service.deadline_s:
                raise _RefusedError(f"not done after {service.deadline_s:g} s")
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
        raise _RefusedError("redirects to what is no address") from error
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        raise _RefusedError(f"redirects to another server ({_host(target)}), which is not followed")
    return target


def _host(url: str) -> str:
    """The server's name, for messages."""
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


__all__ = ["Question", "fetch"]
