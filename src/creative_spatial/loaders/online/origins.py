"""Where a city's OpenStreetMap file and boundaries come from when its folder holds none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creative_spatial.errors import LoadError
from creative_spatial.loaders.boundaries import read_osm_relation
from creative_spatial.loaders.online.nominatim import find_place
from creative_spatial.loaders.online.overpass import download_area, download_relation

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.online.cache import Answer
    from creative_spatial.loaders.online.settings import OnlineSettings


@dataclass(frozen=True)
class Origin:
    """
    A file that came from a service.

    Parameters
    ----------
    path : Path
        The kept answer.
    facts : mapping
        For the record of a run: `sha256`, and under `online` the service, server, query and
        timestamp of the data. When it was fetched is not in it: the same kept answer gives
        the same record.
    """

    path: Path
    facts: dict[str, Any]


def _origin(answer: Answer) -> Origin:
    """An answer as the record of a run has it."""
    record = answer.record
    online = {
        "service": record.service,
        "endpoint": record.endpoint,
        "query": record.query,
        "data_timestamp": record.data_timestamp,
    }
    return Origin(answer.path, {"sha256": record.sha256, "online": online})


def area_origin(box: Bounds, settings: OnlineSettings) -> Origin:
    """
    Get the OpenStreetMap file of an area.

    Parameters
    ----------
    box : (west, south, east, north), degrees, WGS 84
        The area.
    settings : OnlineSettings
        Whom to ask and how.

    Returns
    -------
    Origin
        An ``.osm`` file.
    """
    return _origin(download_area(box, settings))


def relation_boundary(relation: int, settings: OnlineSettings) -> tuple[gpd.GeoSeries, Origin]:
    """
    Get a boundary by the id of its relation.

    Parameters
    ----------
    relation : int
        Of OpenStreetMap.
    settings : OnlineSettings
        Whom to ask and how.

    Returns
    -------
    (GeoSeries of 1 (Multi)Polygon in EPSG:4326, Origin)
        The boundary and where it comes from.

    Raises
    ------
    LoadError
        If there is no such relation, or its rings do not close.
    """
    origin = _origin(download_relation(relation, settings))
    try:
        return read_osm_relation(origin.path, relation), origin
    except LoadError as error:
        raise LoadError(
            f"Overpass: relation {relation} is not there as a closed boundary; look it up on "
            f"https://www.openstreetmap.org/relation/{relation}, or use a boundary file."
        ) from error


def place_boundary(place: str, settings: OnlineSettings) -> tuple[gpd.GeoSeries, Origin]:
    """
    Get a boundary by the name of the place.

    Parameters
    ----------
    place : str
        As Nominatim finds it.
    settings : OnlineSettings
        Whom to ask and how.

    Returns
    -------
    (GeoSeries of 1 (Multi)Polygon in EPSG:4326, Origin)
        The boundary and where it comes from.
    """
    found = find_place(place, settings)
    origin = _origin(found.answer)
    origin.facts["online"]["object"] = found.osm_id
    return found.outline, origin


__all__ = ["Origin", "area_origin", "place_boundary", "relation_boundary"]
