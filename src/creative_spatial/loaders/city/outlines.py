"""A city's boundaries, units and water, as `city.toml` names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from creative_spatial.area import StudyArea
from creative_spatial.config import CITY_FILE
from creative_spatial.crs import reproject
from creative_spatial.errors import CRSError, recorded
from creative_spatial.findings import finding
from creative_spatial.loaders.boundaries import read_boundary, read_osm_relation, read_polygons
from creative_spatial.loaders.city.reading import OVERPASS
from creative_spatial.schema import UNIT_INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyproj import CRS

    from creative_spatial.config import BoundarySection, CityConfig
    from creative_spatial.loaders.city.reading import Reading


def read_boundaries(reading: Reading) -> gpd.GeoDataFrame | None:
    """
    Read every boundary as a row; those that cannot be read are kept as errors.

    Parameters
    ----------
    reading : Reading
        State of the reading.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon, or None
        In the CRS of the first, indexed by id; None where none can be read.
    """
    found = [
        (entry, shape)
        for entry in reading.config.boundary
        if (shape := _read_boundary(reading, entry)) is not None
    ]
    return _boundary_table(found, reading.config) if found else None


def _read_boundary(reading: Reading, entry: BoundarySection) -> gpd.GeoSeries | None:
    """One boundary, or what is wrong with it among the errors."""
    relative, reader = _boundary_reader(reading, entry)

    def read() -> gpd.GeoSeries:
        shape: gpd.GeoSeries = reading.read(relative, reader)
        _check_degrees(entry, shape)
        return shape

    return reading.attempt(relative, read, layer=entry.layer or "")  # type: ignore[no-any-return]


def _boundary_table(
    found: list[tuple[BoundarySection, gpd.GeoSeries]], config: CityConfig
) -> gpd.GeoDataFrame:
    """A row for each boundary, with what the configuration says of it."""
    entries = [entry for entry, _ in found]
    crs = found[0][1].crs
    table = gpd.GeoDataFrame(
        {
            "name": [_boundary_name(entry, config) for entry in entries],
            "source_id": [entry.source_id for entry in entries],
            "published_area_km2": [entry.published_area_km2 for entry in entries],
            "population": [entry.population for entry in entries],
            "primary": [entry.primary or len(config.boundary) == 1 for entry in entries],
        },
        geometry=[
            reproject(gpd.GeoDataFrame(geometry=shape), crs).geometry.iloc[0] for _, shape in found
        ],
        crs=crs,
        index=pd.Index([entry.id for entry in entries], name=UNIT_INDEX),
    )
    for language in sorted({code for entry in entries for code in entry.names}):
        table[f"name:{language}"] = [entry.names.get(language) for entry in entries]
    table["population"] = table["population"].astype(float)
    return table if table["population"].notna().any() else table.drop(columns="population")


def _check_degrees(entry: BoundarySection, shape: gpd.GeoSeries) -> None:
    """Refuse a boundary in degrees that no place on Earth has, with the likely cause."""
    west, south, east, north = shape.total_bounds.tolist()
    geographic = shape.crs is not None and shape.crs.is_geographic
    if not geographic or (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return
    swapped = -90 <= west <= east <= 90 and -180 <= south <= north <= 180
    across = -360 <= west <= east <= 360 and -90 <= south <= north <= 90
    cause = (
        "longitude and latitude are swapped: exchange them, or export the file again"
        if swapped
        else "it crosses the 180th meridian: assess what lies on either side as an area of its own"
        if across
        else 'they look like metres: state their CRS, e.g. `crs = "EPSG:32647"`'
    )
    raise CRSError(
        f"boundary {entry.id!r} ({entry.path}): its coordinates, from ({west:g}, {south:g}) to "
        f"({east:g}, {north:g}), are no degrees; {cause}."
    )


def _boundary_name(entry: BoundarySection, config: CityConfig) -> str:
    """A boundary's own name; the city's for its only boundary; its id otherwise."""
    city = config.city.name if len(config.boundary) == 1 else None
    return entry.name or entry.names.get("en") or city or entry.id


def _boundary_reader(
    reading: Reading, entry: BoundarySection
) -> tuple[str, Callable[[], gpd.GeoSeries]]:
    """The file a boundary comes from, and how to read it."""
    config = reading.config
    relation, in_osm = entry.relation, config.osm.path if config.osm is not None else None
    if relation is not None and in_osm is not None:
        path = config.resolve(in_osm)
        return in_osm, lambda: read_osm_relation(path, relation)
    if entry.path is None:
        return _online_boundary_reader(reading, entry)
    relative = entry.path

    def read() -> gpd.GeoSeries:
        shape = read_boundary(
            config.resolve(relative), layer=entry.layer, where=entry.where, crs=entry.crs
        )
        reading.note(relative, 1, role="boundary", id=entry.id, source=entry.source)
        return shape

    return relative, read


def _online_boundary_reader(
    reading: Reading, entry: BoundarySection
) -> tuple[str, Callable[[], gpd.GeoSeries]]:
    """What a boundary that no file holds is called, and how to get it."""
    by_id = entry.relation is not None
    label = f"{OVERPASS} relation/{entry.relation}" if by_id else f"Nominatim {entry.place}"

    def read() -> gpd.GeoSeries:
        from creative_spatial.loaders.online.origins import place_boundary, relation_boundary

        shape, origin = (
            place_boundary(entry.place, reading.online())
            if entry.place is not None
            else relation_boundary(entry.relation or 0, reading.online())
        )
        reading.note_online(label, origin, 1, role="boundary", id=entry.id, source=entry.source)
        return shape

    return label, read


def study_area(
    reading: Reading,
    boundaries: gpd.GeoDataFrame,
    background: Mapping[str, gpd.GeoDataFrame],
    crs: CRS,
) -> StudyArea | None:
    """
    Make the study area of boundaries, units and water.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    boundaries : GeoDataFrame
        As `read_boundaries` gives them.
    background : mapping of str to GeoDataFrame
        With `sea` and `water`, where there are any.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    StudyArea or None
        Areas computed; None where boundaries or units are at fault.
    """
    config = reading.config
    file = config.units.path or CITY_FILE
    units = read_units(reading)
    if len(boundaries) < len(config.boundary) or (units is None and config.units.path):
        return None
    wet = [
        background[name][["source_id", "geometry"]]
        for name in ("sea", "water")
        if name in background
    ]

    def build() -> StudyArea:
        return StudyArea.from_geometries(
            boundaries,
            name=config.city.name,
            units=units,
            grid=config.units.grid,
            cell_m=config.units.cell_m,
            water=pd.concat(wet) if wet else None,
            crs=crs,
            names=config.city.names,
            country=config.city.country,
            languages=config.city.languages,
        )

    complete = not reading.errors
    with recorded() as said:
        area: StudyArea | None = reading.attempt(file, build)
    if complete:  # without the water of a file at fault, areas differ for no other reason
        reading.findings += [finding("warning", file, text, kind="area") for text in said]
    return area


def read_units(reading: Reading) -> gpd.GeoDataFrame | None:
    """
    Read the units that a file holds.

    Parameters
    ----------
    reading : Reading
        State of the reading.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon, or None
        With `unit_id`; None where they are a grid, or cannot be read.
    """
    section = reading.config.units
    relative = section.path
    if relative is None:
        return None
    path = relative

    def read() -> gpd.GeoDataFrame:
        frame: gpd.GeoDataFrame = reading.read(
            path,
            lambda: read_polygons(
                reading.config.resolve(path), layer=section.layer, crs=section.crs
            ),
        )
        reading.note(path, len(frame), role="units", rows={"out": len(frame)})
        return frame.rename(columns={section.id: UNIT_INDEX})

    return reading.attempt(path, read, layer=section.layer or "")  # type: ignore[no-any-return]
