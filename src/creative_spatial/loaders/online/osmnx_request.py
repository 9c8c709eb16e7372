"""
One request of osmnx's own, under this package's manners and with its guard at the door.

osmnx knows how Overpass and Nominatim are asked. It also asks a busy server again without
end, follows redirects to wherever they lead, and reads a body of any size into memory.
`requests` shows each response to a hook before its body is read and before a redirect is
followed, and goes on with what the hook returns: the guard takes the body or refuses it
there, and osmnx gets an empty answer that it can read.

osmnx's functions for one request are private; they are named in this module alone. Its
settings belong to the whole process; they are put back whatever happens.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import requests
import urllib3

from creative_spatial.errors import SourceUnavailableError
from creative_spatial.loaders.online.guard import Guard, RefusedError, host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from creative_spatial.loaders.online.settings import OnlineSettings, Service

_LOGGER = logging.getLogger(__name__)

# What osmnx adds to the address of Overpass; to Nominatim's it adds the kind of request.
INTERPRETER = "interpreter"


@dataclass(frozen=True)
class Question:
    """
    What is asked, whichever server it goes to.

    Parameters
    ----------
    path : {"interpreter", "search", "lookup"}
        Added to the server's address; the first is Overpass's, the others Nominatim's.
    params : mapping
        In the body to Overpass, in the address to Nominatim.
    """

    path: str
    params: Mapping[str, str]


def request(
    question: Question,
    url: str,
    service: Service,
    settings: OnlineSettings,
    *,
    target: Path,
    attempt: int,
) -> None:
    """
    Let osmnx ask one server once.

    Parameters
    ----------
    question : Question
        What is asked.
    url : str
        The server's address; Overpass's ends in ``/interpreter``.
    service : Service
        Its manners and bounds.
    settings : OnlineSettings
        User agent, key, options of `requests`, time.
    target : Path
        File for the body.
    attempt : int
        How often this server was asked before.

    Raises
    ------
    RefusedError
        If what came is not to be taken, or nothing came.
    SourceUnavailableError
        If the installed osmnx works in another way.
    """
    pause_s = service.backoff_s * 2**attempt
    nothing = b"{}" if question.path == INTERPRETER else b"[]"
    guard = Guard(target, service, settings, pause_s=pause_s, instead=nothing)
    _LOGGER.info("asking %s", host(url))
    try:
        _send(question, _osmnx_settings(url, service, settings, guard))
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError) as error:
        raise RefusedError("the answer was cut off", wait_s=pause_s) from error
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise RefusedError("no answer in time") from error
    except (
        urllib3.exceptions.HTTPError,
        requests.exceptions.RequestException,
        UnicodeError,
    ) as error:
        raise RefusedError(f"the connection failed ({type(error).__name__})") from error
    if not target.exists():
        raise SourceUnavailableError(_unknown("it shows no response to a hook of requests"))


def _send(question: Question, ours: Mapping[str, Any]) -> None:
    """Call the function of osmnx for one request, under these settings."""
    try:
        from osmnx import _http
        from osmnx import settings as theirs
        from osmnx._nominatim import _nominatim_request
        from osmnx._overpass import _overpass_request
    except ImportError as error:
        raise SourceUnavailableError(_unknown(str(error))) from error
    params: OrderedDict[str, Any] = OrderedDict(question.params)
    # osmnx would tie the server's name to one IPv4 address for as long as the process lives,
    # so that its question for a free slot reaches the machine that the query does. We ask none.
    with _replaced(theirs, ours), _replaced(_http, {"_config_dns": lambda _url: None}):
        if question.path == INTERPRETER:
            _overpass_request(params)
        else:
            _nominatim_request(params, request_type=question.path)


def _osmnx_settings(
    url: str, service: Service, settings: OnlineSettings, guard: Guard
) -> dict[str, Any]:
    """What osmnx is to do, and to leave to this package: keeping, waiting, asking again."""
    base = url.removesuffix(f"/{INTERPRETER}")
    options = {**settings.request_options}
    options.pop("timeout", None)
    others = options.get("hooks", {}).get("response", [])
    options["hooks"] = {"response": [*([others] if callable(others) else others), guard]}
    return {
        "overpass_url": base,
        "nominatim_url": base,
        "nominatim_key": settings.nominatim_key or None,
        "http_user_agent": settings.user_agent,
        "http_referer": None,  # names osmnx, not who asks; `requests` sends no header of None
        "http_accept_language": "en",
        # The server may work for the whole of its time before it sends the first byte.
        "requests_timeout": (
            service.connect_timeout_s,
            service.timeout_s + service.connect_timeout_s,
        ),
        "requests_kwargs": options,
        "use_cache": False,
        "overpass_rate_limit": False,
        "doh_url_template": None,
        "log_file": False,  # the log would hold Nominatim's key
        "log_console": False,
    }


@contextmanager
def _replaced(module: object, values: Mapping[str, Any]) -> Iterator[None]:
    """A module with these values; what was there comes back whatever happens."""
    try:
        before = {name: getattr(module, name) for name in values}
    except AttributeError as error:
        raise SourceUnavailableError(_unknown(str(error))) from error
    try:
        for name, value in values.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def _unknown(what: str) -> str:
    """What to say of an osmnx that this package does not know."""
    return (
        f"osmnx {version('osmnx')} asks in a way that this package does not know ({what}); "
        "install another version (it was written for 2.0.5 to 2.1.1)"
    )


__all__ = ["INTERPRETER", "Question", "request"]
