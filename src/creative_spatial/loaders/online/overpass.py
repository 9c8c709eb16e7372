"""
An area, or a relation, from Overpass: kept as an ``.osm`` file for the one reader.

What is asked for is what a good extract holds: everything that meets the box, ways with
all their nodes, and the areas that ``resources/overpass.toml`` names with all their
outlines. An area that encloses the whole box without an outline in it is not found.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyproj import Geod

from creative_spatial.errors import LoadError
from creative_spatial.loaders.online.answers import check_overpass
from creative_spatial.loaders.online.inquiry import Inquiry, Verdict
from creative_spatial.loaders.online.osmnx_request import INTERPRETER, Question

if TYPE_CHECKING:
    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.online.cache import Answer
    from creative_spatial.loaders.online.settings import OnlineSettings

SERVICE = "overpass"
# Boxes are widened to this grid, so that a boundary mended by a metre asks nothing new.
GRID_DEGREES = 0.001


def area_query(box: Bounds, settings: OnlineSettings) -> str:
    """
    Put the question for everything in a box.

    Parameters
    ----------
    box : (west, south, east, north), degrees, WGS 84
        Widened to the next 0.001 degree.
    settings : OnlineSettings
        Time and memory that the server may use.

    Returns
    -------
    str
        Overpass QL.
    """
    west, south, east, north = box
    down, up = math.floor, math.ceil
    edges = (down(south / GRID_DEGREES), down(west / GRID_DEGREES),
             up(north / GRID_DEGREES), up(east / GRID_DEGREES))  # fmt: skip
    where = "(" + ",".join(f"{edge * GRID_DEGREES:.3f}" for edge in edges) + ")"
    whole = "".join(f"relation.here{wanted};" for wanted in settings.facts.whole.filters)
    return (
        f"{_head(settings)}(node{where};way{where};relation{where};)->.here;way.here->.ways;"
        f"({whole})->.whole;way(r.whole)->.rims;"
        "(.here;.rims;node(w.ways);node(w.rims);)->.all;.all out count;.all out meta;"
    )


def relation_query(relation: int, settings: OnlineSettings) -> str:
    """
    Put the question for one relation with all its ways.

    Parameters
    ----------
    relation : int
        Its id.
    settings : OnlineSettings
        Time and memory that the server may use.

    Returns
    -------
    str
        Overpass QL.
    """
    return (
        f"{_head(settings)}relation({relation:d})->.here;way(r.here)->.rims;"
        "(.here;.rims;node(w.rims);)->.all;.all out count;.all out meta;"
    )


def _head(settings: OnlineSettings) -> str:
    """Format, time and memory."""
    service = settings.facts.overpass
    memory = f"[maxsize:{service.memory_bytes}]" if service.memory_bytes else ""
    return f"[out:xml][timeout:{service.timeout_s:.0f}]{memory};"


def download_area(box: Bounds, settings: OnlineSettings) -> Answer:
    """
    Get everything in a box, from what is kept or from a server.

    Parameters
    ----------
    box : (west, south, east, north), degrees, WGS 84
        What is wanted.
    settings : OnlineSettings
        Whom to ask and how.

    Returns
    -------
    Answer
        An ``.osm`` file, with its record.

    Raises
    ------
    LoadError
        If the box is too large for public servers.
    SourceUnavailableError
        If no server gave a whole answer, or offline with nothing kept.

    Warns
    -----
    DataQualityWarning
        Offline, if what is kept has expired.
    """
    bound, area = settings.facts.overpass.max_area_km2, box_area_km2(box)
    if bound is not None and area > bound:
        raise LoadError(
            f"Overpass: the boundaries and their margin cover {area:,.0f} km², and public servers are "
            f"asked for {bound:,.0f} at most. Download an extract of the region (.osm.pbf) "
            'and name it: [osm] path = "region.osm.pbf".'
        )
    return _ask(area_query(box, settings), "the city's area", settings)


def download_relation(relation: int, settings: OnlineSettings) -> Answer:
    """
    Get one relation with its outline, from what is kept or from a server.

    Parameters
    ----------
    relation : int
        Its id.
    settings : OnlineSettings
        Whom to ask and how.

    Returns
    -------
    Answer
        An ``.osm`` file, with its record.

    Raises
    ------
    SourceUnavailableError
        If no server gave a whole answer, or offline with nothing kept.
    """
    return _ask(relation_query(relation, settings), f"relation {relation}", settings)


def _ask(query: str, what: str, settings: OnlineSettings) -> Answer:
    """The kept answer while it is fresh, else a new one."""
    inquiry = Inquiry(
        name=SERVICE,
        service=settings.facts.overpass,
        suffix=".osm",
        query=query,
        question=Question(INTERPRETER, {"data": query}),
        check=lambda path: Verdict(check_overpass(path).timestamp),
        what=f"Overpass, {what}",
    )
    return inquiry.answer(settings)


def box_area_km2(box: Bounds) -> float:
    """
    Measure a box on the ellipsoid.

    Parameters
    ----------
    box : (west, south, east, north), degrees, WGS 84
        Not across the antimeridian.

    Returns
    -------
    float
        km².

    Examples
    --------
    >>> round(box_area_km2((100.0, 7.0, 100.1, 7.1)))
    122
    """
    west, south, east, north = box
    lons, lats = (west, east, east, west), (south, south, north, north)
    return abs(Geod(ellps="WGS84").polygon_area_perimeter(lons, lats)[0]) / 1e6


__all__ = ["area_query", "box_area_km2", "download_area", "download_relation", "relation_query"]
