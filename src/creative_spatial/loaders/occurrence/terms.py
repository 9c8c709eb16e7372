"""Darwin Core's terms, and what their values mean."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from creative_spatial.resources import Facts, parse, read_toml, resource_path

_CREATIVE_COMMONS = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)|publicdomain/zero)"
    r"/(?P<version>\d\.\d)(?:/.*)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")
_FIRST_YEAR, _LAST_YEAR = 1600, 2200


class TermFacts(Facts):
    """The terms that are read."""

    latitude: str
    longitude: str
    name: str
    uncertainty: str
    date: str
    parts: tuple[str, str, str]
    datum: str
    license: str
    withheld: str
    status: str
    ids: tuple[str, ...]
    kept: tuple[str, ...]
    reference: str

    @property
    def all(self) -> frozenset[str]:
        """Every term that is read."""
        single = (self.latitude, self.longitude, self.uncertainty, self.datum)
        return frozenset({*self.kept, *self.parts, *self.ids, *single})


class UncertaintyFacts(Facts):
    """What can be an uncertainty, in metres."""

    below_m: float
    reference: str


class DatumNames(Facts):
    """CRS by the names that publishers give datums."""

    crs: dict[str, str]
    reference: str


class LicenseNames(Facts):
    """SPDX identifiers by the names that publishers give licences."""

    spdx: dict[str, str]
    reference: str


class OccurrenceFacts(Facts):
    """The whole table."""

    terms: TermFacts
    uncertainty: UncertaintyFacts
    datums: DatumNames
    licenses: LicenseNames


@lru_cache(maxsize=1)
def occurrence_facts() -> OccurrenceFacts:
    """
    Read the table of terms.

    Returns
    -------
    OccurrenceFacts
        Frozen; read once.
    """
    file = resource_path("occurrences.toml")
    return parse(OccurrenceFacts, read_toml(file), where=file.name)


@lru_cache(maxsize=256)
def datum_crs(name: str) -> str | None:
    """
    CRS of a geodetic datum as publishers name it.

    Parameters
    ----------
    name : str
        E.g. "WGS84", "EPSG:4326" or "Indian 1975".

    Returns
    -------
    str or None
        Authority and code; None where the name is not known or is of a CRS in metres.

    Examples
    --------
    >>> datum_crs("WGS84"), datum_crs("Indian 1975"), datum_crs("not recorded")
    ('EPSG:4326', 'EPSG:4240', None)
    """
    small = " ".join(name.casefold().split())
    known = occurrence_facts().datums.crs.get(small)
    if known is not None:
        return known
    if not re.fullmatch(r"epsg:\d{4,5}", small):
        return None
    try:
        return small.upper() if CRS.from_user_input(small).is_geographic else None
    except CRSError:
        return None


def spdx_license(text: str) -> str | None:
    """
    SPDX identifier of a licence as publishers write it.

    Parameters
    ----------
    text : str
        E.g. "CC_BY_NC_4_0" or an address at creativecommons.org.

    Returns
    -------
    str or None
        The identifier; the text itself where it is not known; None where it says that
        there is none.

    Examples
    --------
    >>> spdx_license("CC_BY_NC_4_0"), spdx_license("http://creativecommons.org/licenses/by/4.0/legalcode")
    ('CC-BY-NC-4.0', 'CC-BY-4.0')
    """
    plain = text.strip()
    address = _CREATIVE_COMMONS.fullmatch(plain)
    if address:
        kind = address.group("kind")
        return f"CC-{kind.upper()}-{address.group('version')}" if kind else "CC0-1.0"
    known = occurrence_facts().licenses.spdx.get(plain.casefold())
    return (known or None) if known is not None else plain


def parse_event_date(text: str) -> tuple[str, str] | None:
    """
    Read a date or an interval of dates.

    Parameters
    ----------
    text : str
        ISO 8601: a year, month, day or moment, or two of them parted by "/"; the second
        may leave out what it shares with the first.

    Returns
    -------
    tuple of (str, str) or None
        First and last day, ISO 8601; None where the text is no date, or no likely one: a
        year such as 2567 is of the Buddhist calendar.

    Examples
    --------
    >>> parse_event_date("2019-05"), parse_event_date("2007-11-13/15")
    (('2019-05-01', '2019-05-31'), ('2007-11-13', '2007-11-15'))
    """
    first, slash, last = text.strip().partition("/")
    start = _day(first, end=False)
    finish = _day(_completed(first, last), end=True) if slash else _day(first, end=True)
    if start is None or finish is None or finish < start:
        return None
    return start.isoformat(), finish.isoformat()


def _completed(first: str, last: str) -> str:
    """The end of an interval with what it shares with the beginning."""
    if re.match(r"\d{4}", last):
        return last
    day = re.match(r"\d{4}(?:-\d{1,2}){0,2}", first)
    parts, more = (day.group().split("-") if day else []), last.partition("T")[0].split("-")
    return "-".join([*parts[: max(0, len(parts) - len(more))], *more])


def _day(text: str, *, end: bool) -> dt.date | None:
    """The first or last day of a year, month or day."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        month = month or (12 if end else 1)
        last = calendar.monthrange(year, month)[1]
        return dt.date(year, month, day or (last if end else 1))
    except ValueError:
        return None
