"""A place's outline by its name, or by its OpenStreetMap id, from Nominatim."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import geopandas as gpd
import shapely
from shapely.geometry import shape as as_shape

from creative_spatial.errors import DataQualityWarning, GeometryError, LoadError
from creative_spatial.loaders.online.answers import check_nominatim
from creative_spatial.loaders.online.inquiry import Inquiry, Verdict
from creative_spatial.loaders.online.osmnx_request import Question
from creative_spatial.loaders.online.settings import OnlineSettings
from creative_spatial.provenance import OPENSTREETMAP, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.loaders.online.cache import Answer

SERVICE = "nominatim"
MAX_PLACES = 10
MAX_NAMED = 4
_OSM_ID = re.compile(r"[NWR][0-9]{1,18}")
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})


@dataclass(frozen=True, eq=False)
class Place:
    """
    A place with its outline.

    Parameters
    ----------
    name : str
        As Nominatim writes it, with what it lies in.
    outline : GeoSeries, 1 row of (Multi)Polygon, EPSG:4326
        The first polygon among what was found.
    osm_id : str
        "relation/19238".
    boundary_source : Source
        OpenStreetMap's licence and credit, with the object's address; id "boundary".
    answer : Answer
        Where it comes from.
    """

    name: str
    outline: gpd.GeoSeries
    osm_id: str
    boundary_source: Source
    answer: Answer


def find_place(name: str, settings: OnlineSettings | None = None) -> Place:
    """
    Look a place up by its name or id.

    Parameters
    ----------
    name : str
        As one would write it on a letter ("Songkhla City, Thailand"), or "R" or "W" and an
        OpenStreetMap id ("R19238").
    settings : OnlineSettings, optional
        Whom to ask and how; loaded where left out.

    Returns
    -------
    Place
        The first that has an area.

    Raises
    ------
    LoadError
        If there is none of that name, or none that has an area.
    SourceUnavailableError
        If Nominatim gave no usable answer, or offline with nothing kept.
    GeometryError
        If its outline crosses itself.

    Warns
    -----
    DataQualityWarning
        If other areas have that name too, naming them.
    """
    settings = settings if settings is not None else OnlineSettings.load()
    wanted = " ".join(name.split())
    if not wanted:
        raise LoadError("the place's name is empty.")
    answer = _ask(wanted, settings)
    places = check_nominatim(answer.path)
    areas = [place for place in places if place["geojson"].get("type") in _POLYGONS]
    areas = list({_osm_id(place): place for place in reversed(areas)}.values())[::-1]
    if not areas:
        found = f" as a point or line only ({_osm_id(places[0])})" if places else ""
        raise LoadError(
            f"Nominatim: {wanted!r} was {'found' if places else 'not found'}{found}; an area is needed. "
            "Write the name with what it lies in, give the id of its boundary relation (R…), or use a "
            "boundary file."
        )
    chosen = areas[0]
    if len(areas) > 1:
        others = "; ".join(f"{_osm_id(p)} {p['display_name']}" for p in areas[1 : 1 + MAX_NAMED])
        warnings.warn(
            f"Nominatim: {wanted!r} names {len(areas)} areas; taken: {_osm_id(chosen)} "
            f"{chosen['display_name']}; also: {others}. If another is meant, name it more fully "
            "or by its id (R…).",
            DataQualityWarning,
            stacklevel=2,
        )
    return _place(chosen, answer)


def _place(found: Mapping[str, Any], answer: Answer) -> Place:
    """One of Nominatim's places, its outline checked."""
    osm_id, label = _osm_id(found), found["display_name"]
    try:
        polygon = shapely.force_2d(as_shape(found["geojson"]))
        west, south, east, north = polygon.bounds
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise GeometryError(
            f"Nominatim: the outline of {osm_id} cannot be read: {error}."
        ) from error
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not (polygon.is_valid and polygon.area > 0 and inside):
        reason = shapely.is_valid_reason(polygon)
        raise GeometryError(
            f"Nominatim: the outline of {osm_id} is no valid polygon ({reason}); use a boundary file."
        )
    source = Source(
        id="boundary",
        title=f"OpenStreetMap, {osm_id}",
        license=OPENSTREETMAP.license,
        attribution=OPENSTREETMAP.attribution,
        url=f"https://www.openstreetmap.org/{osm_id}" if "/" in osm_id else OPENSTREETMAP.url,
    )
    return Place(label, gpd.GeoSeries([polygon], crs="EPSG:4326"), osm_id, source, answer)


def _osm_id(place: Mapping[str, Any]) -> str:
    """The id of a place's object; places outside OpenStreetMap have none."""
    if "osm_id" not in place or "osm_type" not in place:
        return "an object without id"
    return f"{place['osm_type']}/{place['osm_id']}"


def _ask(wanted: str, settings: OnlineSettings) -> Answer:
    """The kept answer while it is fresh, else a new one; "nothing found" is asked anew."""
    options = {"format": "jsonv2", "polygon_geojson": "1"}
    if _OSM_ID.fullmatch(wanted):
        path, params = "lookup", {**options, "osm_ids": wanted}
    else:
        path, params = "search", {**options, "dedupe": "0", "limit": str(MAX_PLACES), "q": wanted}
    inquiry = Inquiry(
        name=SERVICE,
        service=settings.facts.nominatim,
        suffix=".json",
        query=f"{path}?{urlencode(params)}",
        question=Question(path, params),
        check=lambda file: Verdict(is_lasting=bool(check_nominatim(file))),
        what=f"Nominatim, {wanted!r}",
    )
    return inquiry.answer(settings)


__all__ = ["Place", "find_place"]
