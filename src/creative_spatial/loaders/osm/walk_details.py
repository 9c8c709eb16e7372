"""What walking takes from an OpenStreetMap file beside its ways: gates, and ferries' times."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
from pyproj import CRS, Geod

from creative_spatial.crs import WGS84, reproject
from creative_spatial.loaders.osm.files import open_osm, reading
from creative_spatial.loaders.osm.walking import FERRY, WalkRules
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creative_spatial.loaders.osm.files import OsmFile

_ELLIPSOID = Geod(ellps="WGS84")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3})(?::(\d{2}))?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class _Gates(Facts):
    barrier: tuple[str, ...]
    entrance_refuses: tuple[str, ...]
    access_refuses: tuple[str, ...]
    reference: str


class _Route(NamedTuple):
    """A ferry: its ways, and its times in minutes where they are tagged."""

    ways: tuple[int, ...]
    duration: float
    headway: float


def read_gates(path: Path | str, *, crs: Any = WGS84) -> gpd.GeoDataFrame:
    """
    Read the gates and entrances that people may walk through.

    Parameters
    ----------
    path : Path or str
        An OpenStreetMap file.
    crs : CRS-like, optional
        Where to bring them; left out: degrees.

    Returns
    -------
    GeoDataFrame of Point
        Index `feature_id` ("osm:node/1"); column `kind`, the value of `barrier` or "entrance".
        Which tags are gates is in ``gates.toml``; gates closed to the public are not in it.

    Raises
    ------
    LoadError
        If the file is no OpenStreetMap file or breaks off.
    """
    file = open_osm(path)
    where = resource_path("gates.toml")
    facts = parse(_Gates, read_toml(where), where=where.name)
    found: list[tuple[str, str, float, float]] = []
    with reading(file):
        nodes = file.processor(osmium.osm.NODE)
        for node in nodes.with_filter(osmium.filter.KeyFilter("barrier", "entrance")):
            kind = _gate(node.tags, facts)
            if kind and node.location.valid():
                place = node.location
                found.append((f"osm:node/{node.id}", kind, place.lon, place.lat))
    table = pd.DataFrame(found, columns=["feature_id", "kind", "lon", "lat"])
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    layer = gpd.GeoDataFrame({"kind": table["kind"].astype("str")}, geometry=points, crs=WGS84)
    layer.index = pd.Index(table["feature_id"].astype("str"), name="feature_id")
    return reproject(layer, CRS.from_user_input(crs))


def _gate(tags: Any, facts: _Gates) -> str | None:
    """What kind of gate a node is, if the public may pass it."""
    if (tags.get("foot") or tags.get("access")) in facts.access_refuses:
        return None
    if tags.get("barrier") in facts.barrier:
        return str(tags.get("barrier"))
    entrance = tags.get("entrance")
    return "entrance" if entrance is not None and entrance not in facts.entrance_refuses else None


def read_ferries(path: Path | str) -> pd.DataFrame:
    """
    Read how long ferries take and how often they go.

    A way's own tags win over those of the routes that it is part of; a route's `duration` is for
    all its ways together.

    Parameters
    ----------
    path : Path or str
        An OpenStreetMap file.

    Returns
    -------
    DataFrame
        Index `way_id`, one row for each ferry way; `duration_min` of one crossing and `length_m`
        of the way or route that takes it, both null where it is not tagged, cannot be read, or
        the file lacks some of its nodes; `headway_min`, null where it is not tagged.

    Raises
    ------
    LoadError
        If the file is no OpenStreetMap file or breaks off.

    References
    ----------
    OSM wiki, Key:duration and Key:interval: hh:mm, hh:mm:ss, or minutes.
    """
    file = open_osm(path)
    ways, routes = _ferries(file)
    timed = {way for route in (*ways, *routes) if route.duration > 0 for way in route.ways}
    length = _lengths(file, timed)
    rows: dict[int, dict[str, float]] = {}
    for route in (*routes, *ways):  # ways last: what they say themselves wins
        metres = sum(length.get(way, math.nan) for way in route.ways)
        for way in route.ways:
            row = rows.setdefault(
                way, dict.fromkeys(("duration_min", "length_m", "headway_min"), math.nan)
            )
            if route.duration > 0 and metres > 0:
                row |= {"duration_min": route.duration, "length_m": metres}
            if route.headway > 0:
                row["headway_min"] = route.headway
    columns = ["duration_min", "length_m", "headway_min"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)
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


def _ferries(file: OsmFile) -> tuple[list[_Route], list[_Route]]:
    """Ferries tagged on ways, and those tagged on relations."""
    rules = WalkRules()
    ways, routes = [], []
    with reading(file):
        entities = osmium.osm.WAY | osmium.osm.RELATION
        for thing in file.processor(entities).with_filter(osmium.filter.KeyFilter("route")):
            if rules.kind(thing.tags) != FERRY:
                continue
            times = (minutes_of(thing.tags.get("duration")), minutes_of(thing.tags.get("interval")))
            if thing.is_way():
                ways.append(_Route((thing.id,), *times))
            else:
                members = tuple(m.ref for m in thing.members if m.type == "w")
                routes.append(_Route(members, *times))
    return ways, routes


def _lengths(file: OsmFile, ways: set[int]) -> dict[int, float]:
    """Ground length of ways whose nodes are all in the file."""
    with reading(file):
        refs = {
            way.id: [node.ref for node in way.nodes]
            for way in _with_ids(file, osmium.osm.WAY, ways)
        }
        wanted = {ref for nodes in refs.values() for ref in nodes}
        places = {
            node.id: (node.location.lon, node.location.lat)
            for node in _with_ids(file, osmium.osm.NODE, wanted)
        }
    return {
        way: float(_ELLIPSOID.line_length(*np.array([places[ref] for ref in nodes]).T))
        for way, nodes in refs.items()
        if all(ref in places for ref in nodes)
    }


def _with_ids(file: OsmFile, entities: Any, ids: set[int]) -> Iterator[Any]:
    """Objects with these ids; osmium's own filter takes no negative ones."""
    if not ids:
        return
    if min(ids) >= 0:
        yield from file.processor(entities).with_filter(osmium.filter.IdFilter(ids))
    else:
        yield from (thing for thing in file.processor(entities) if thing.id in ids)
