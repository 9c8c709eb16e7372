"""
Asking a list of servers, politely, and believing only whole answers.

A server that says it is busy (502, 503, 504) is asked again after a wait, then the next
one is. One that says "too many" (429) is waited for and no other is asked instead: that
would go around its operators' rule. Each request is osmnx's; what comes back is taken or
refused by a guard, and by the check that comes with the request.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from creative_spatial.errors import LoadError, SourceUnavailableError
from creative_spatial.loaders.online.guard import RefusedError, host
from creative_spatial.loaders.online.osmnx_request import request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.loaders.online.osmnx_request import Question
    from creative_spatial.loaders.online.settings import OnlineSettings, Service
    from creative_spatial.loaders.online.turns import Turn

_LOGGER = logging.getLogger(__name__)

Checked = TypeVar("Checked")


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
                request(question, endpoint.url, service, settings, target=target, attempt=attempt)
                return _checked(target, check), endpoint.url
            except RefusedError as refused:
                target.unlink(missing_ok=True)
                said.append(f"{host(endpoint.url)}: {refused.reason}")
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


def _may_ask_again(refused: RefusedError, service: Service, attempt: int) -> bool:
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
        raise RefusedError(str(error)) from error


__all__ = ["fetch"]
