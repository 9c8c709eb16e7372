"""How long ferries take and how often they go, where their tags say."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creative_spatial.loaders.osm.selection import Tags

COLUMNS = ("duration_min", "length_m", "headway_min")
_ELLIPSOID = Geod(ellps="WGS84")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3})(?::(\d{2}))?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class Ferry(NamedTuple):
    """
    A ferry way, or a route of several, whose own tags say more than its relation's do.

    Ids of its ways; minutes of a crossing and between two, null where they are not tagged;
    metres of all its ways together, null where the file lacks a part.
    """

    ways: tuple[int, ...]
    duration: float
    headway: float
    length_m: float

    @classmethod
    def from_tags(cls, ways: Sequence[int], tags: Tags, length_m: float) -> Ferry:
        """
        Read the times of a ferry.

        Parameters
        ----------
        ways : sequence of int
            Ids in the source.
        tags : osmium TagList or dict
            Of the way, or of the route.
        length_m : float, metres
            Null where it is not known.

        Returns
        -------
        Ferry
            With times where they can be read.
        """
        duration, interval = minutes_of(tags.get("duration")), minutes_of(tags.get("interval"))
        return cls(tuple(ways), duration, interval, length_m)


def ground_length(lonlat: Sequence[tuple[float, float]]) -> float:
    """
    Length of a line on the WGS 84 ellipsoid.

    Parameters
    ----------
    lonlat : sequence of (float, float), degrees
        Its places.

    Returns
    -------
    float, metres
        0 for fewer than two.
    """
    return float(_ELLIPSOID.line_length(*np.array(lonlat, dtype=float).reshape(-1, 2).T))


def ferry_table(routes: Sequence[Ferry], ways: Sequence[Ferry]) -> pd.DataFrame:
    """
    List the times of each ferry way; its own win over those of the routes it is part of.

    Parameters
    ----------
    routes, ways : sequence of Ferry
        Tagged on relations, and on ways.

    Returns
    -------
    DataFrame
        Index `way_id`; `duration_min`, of one crossing of `length_m`; `headway_min`.
    """
    rows: dict[int, dict[str, float]] = {}
    for ferry in (*routes, *ways):
        for way in ferry.ways:
            row = rows.setdefault(way, dict.fromkeys(COLUMNS, math.nan))
            if ferry.duration > 0 and ferry.length_m > 0:
                row |= {"duration_min": ferry.duration, "length_m": ferry.length_m}
            if ferry.headway > 0:
                row["headway_min"] = ferry.headway
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS), dtype=float)
    table.index = pd.Index(table.index.astype("int64"), name="way_id")
    return table.sort_index()


def minutes_of(text: str | None) -> float:
    """
    Minutes in a `duration` or `interval` tag.

    Parameters
    ----------
    text : str or None
        "00:15", "1:30:00", "15" (minutes) or "PT15M".

    Returns
    -------
    float, minutes
        Null for anything else.

    References
    ----------
    OSM wiki, Key:duration and Key:interval: hh:mm, hh:mm:ss, or minutes.

    Examples
    --------
    >>> [minutes_of(text) for text in ("15", "00:15", "1:30:00", "PT1H5M", "daily")]
    [15.0, 15.0, 90.0, 65.0, nan]
    """
    given = (text or "").strip()
    if clock := _CLOCK.fullmatch(given):
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return 60 * hours + minutes + seconds / 60
    if given != "PT" and (iso := _ISO.fullmatch(given)):
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return 60 * hours + minutes + seconds / 60
    return math.nan
