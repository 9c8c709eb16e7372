"""
Whom to ask, how politely, and where answers are kept.

The facts are in ``resources/overpass.toml``. What a user has set in `osmnx.settings`
(addresses, user agent, key, proxies) is respected; three variables of the environment
serve the command line: ``CREATIVE_SPATIAL_OVERPASS`` and ``CREATIVE_SPATIAL_NOMINATIM``
(an own server), ``CREATIVE_SPATIAL_CONTACT`` (an address for the servers' operators), and
``CREATIVE_SPATIAL_CACHE`` (folder of the kept answers).
"""

from __future__ import annotations

import datetime as dt
import os
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field

from creative_spatial.errors import ConfigError
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OVERPASS_VARIABLE = "CREATIVE_SPATIAL_OVERPASS"
NOMINATIM_VARIABLE = "CREATIVE_SPATIAL_NOMINATIM"
CONTACT_VARIABLE = "CREATIVE_SPATIAL_CONTACT"
CACHE_VARIABLE = "CREATIVE_SPATIAL_CACHE"
# What osmnx ships with; another value was set by the user and wins over ours.
_OSMNX_OVERPASS = "https://overpass-api.de/api"
_OSMNX_NOMINATIM = "https://nominatim.openstreetmap.org/"
_OSMNX_AGENT_PREFIX = "OSMnx Python package"


class Endpoint(Facts):
    """One server's address."""

    url: str
    reference: str


class Service(Facts):
    """A kind of server: its addresses and the manners it asks for."""

    endpoints: tuple[Endpoint, ...] = Field(min_length=1, alias="endpoint")
    expires_days: float
    min_interval_s: float
    connect_timeout_s: float
    timeout_s: float
    deadline_s: float
    attempts: int = Field(ge=1)
    backoff_s: float
    too_many_wait_s: float
    max_wait_s: float
    max_bytes: int
    memory_bytes: int | None = None
    max_area_km2: float | None = None
    content_types: tuple[str, ...]
    reference: str


class Whole(Facts):
    """Which relations are asked for with all their members."""

    filters: tuple[str, ...]
    reference: str


class OnlineFacts(Facts):
    """All of ``resources/overpass.toml``."""

    reference: str
    overpass: Service
    nominatim: Service
    whole: Whole


def _utc_now() -> dt.datetime:
    """
    Tell the time.

    Returns
    -------
    datetime
        UTC.
    """
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Clock:
    """
    Time as the package sees it; tests put their own in its place.

    Parameters
    ----------
    now : callable
        Gives the date and time, UTC.
    sleep : callable
        Waits for a number of seconds.
    monotonic : callable
        Gives seconds that never go back.
    """

    now: Callable[[], dt.datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class OnlineSettings:
    """
    Everything that asking online depends on; make one with `load`.

    Parameters
    ----------
    facts : OnlineFacts
        Addresses and manners.
    folder : Path
        Where answers are kept.
    user_agent : str
        How requests introduce themselves.
    offline : bool
        Take answers from the folder alone.
    nominatim_key : str or None
        For servers that want one; never written down.
    request_options : mapping
        Further options of `requests`, as osmnx's ``requests_kwargs``: proxies, certificates.
    clock : Clock
        The time.
    """

    facts: OnlineFacts
    folder: Path
    user_agent: str
    offline: bool = False
    nominatim_key: str | None = None
    request_options: Mapping[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def load(cls, *, offline: bool = False) -> OnlineSettings:
        """
        Take the package's facts, and over them what the user has set.

        Parameters
        ----------
        offline : bool
            Take answers from the folder alone.

        Returns
        -------
        OnlineSettings
            The environment wins over `osmnx.settings`, and both over the package's facts.

        Raises
        ------
        ConfigError
            If an address is not of http or https.
        """
        from osmnx import settings as osmnx

        path = resource_path("overpass.toml")
        facts = parse(OnlineFacts, read_toml(path), where=path.name)
        overpass = os.environ.get(OVERPASS_VARIABLE) or (
            osmnx.overpass_url if osmnx.overpass_url.rstrip("/") != _OSMNX_OVERPASS else None
        )
        nominatim = os.environ.get(NOMINATIM_VARIABLE) or (
            osmnx.nominatim_url if osmnx.nominatim_url != _OSMNX_NOMINATIM else None
        )
        if overpass:
            url = _address(overpass, OVERPASS_VARIABLE).removesuffix("/interpreter")
            facts = _with_endpoint(facts, "overpass", f"{url}/interpreter")
        if nominatim:
            facts = _with_endpoint(
                facts, "nominatim", f"{_address(nominatim, NOMINATIM_VARIABLE)}/"
            )
        agent = osmnx.http_user_agent
        cache = os.environ.get(CACHE_VARIABLE)
        return cls(
            facts=facts,
            folder=(Path(cache) if cache else Path.home() / ".cache" / "creative_spatial")
            / "online",
            user_agent=_own_agent() if agent.startswith(_OSMNX_AGENT_PREFIX) else agent,
            offline=offline,
            nominatim_key=osmnx.nominatim_key,
            request_options=dict(osmnx.requests_kwargs),
        )


def _address(text: str, name: str) -> str:
    """An address that can be asked, without a slash at its end."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{name}: {text!r} is no address of a server; expected https://host/path."
        )
    return text.rstrip("/")


def _with_endpoint(facts: OnlineFacts, name: str, url: str) -> OnlineFacts:
    """The facts with one server of the user's instead of a service's own."""
    endpoint = Endpoint(url=url, reference="set by the user")
    service = getattr(facts, name).model_copy(update={"endpoints": (endpoint,)})
    return facts.model_copy(update={name: service})


def _own_agent() -> str:
    """The package's name and version, and whom to write to where the user said so."""
    contact = " ".join(os.environ.get(CONTACT_VARIABLE, "").split())
    words = contact.encode("ascii", "ignore").decode("ascii")
    return f"creative-spatial/{version('creative-spatial')} (Python package{f'; {words}' if words else ''})"


__all__ = ["Clock", "OnlineFacts", "OnlineSettings", "Service"]
