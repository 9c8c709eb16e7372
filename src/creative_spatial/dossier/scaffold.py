"""A new city folder: the boundary and the OSM file copied in, and a commented city.toml."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError
from creative_spatial.provenance import Source

if TYPE_CHECKING:
    import geopandas as gpd

TEMPLATE = """\
# Everything about one city. Paths are relative to this file and stay in its folder.
# Lines that start with "#" are ideas: take the "#" away to use them.
schema = 1

[city]
name = {name}
# names = {{ th = "…", en = "…" }}
# country = "TH"
languages = ["en"]              # the first two are on every map: ["th", "en"]
# field = "gastronomy"          # creative-spatial list fields
profile = "candidature"         # or "monitoring", for a member's report

[[boundary]]
id = "city"
path = {boundary}
# layer = "municipality"        # where the file holds several layers
# where = "CODE = '9001'"       # where the layer holds several places
# crs = "EPSG:32647"            # where the file does not say
source = {source}
# published_area_km2 = 9.27     # the official land area: a difference is pointed out
# population = 60021            # the official figure, for rates per inhabitant
primary = true

[units]
grid = "hexagon"                # or "square"; or: path = "districts.gpkg", id = "CODE"
# cell_m = 250                  # width of a cell; left out, one is chosen

{osm}
{boundary_source}
# What the city itself has; any number of these.
# [[layer]]
# pillar = "community"          # culture, biodiversity, community; water, population, land_cover
# kind = "table"                # vector, table, survey, occurrence or raster
# path = "initiatives.csv"
# source = "city_hall"
# columns = {{ id = "code", name = "name_en", "name:th" = "name_th", concept = "type", lon = "lon", lat = "lat" }}
# concepts = {{ "weaving" = "weaving_group" }}   # the file's words to ours: creative-spatial list concepts
"""

WITH_OSM = """\
[osm]                           # one file, read once: features, streets, water, buildings
path = {path}

"""
FROM_OVERPASS = """\
[osm]                           # without a path, Overpass is asked once and its answer kept
# path = "city.osm.pbf"         # a downloaded extract is faster, and the same tomorrow

"""
BOUNDARY_SOURCE = """\
[[source]]
id = {id}
title = {title}
license = {license}             # every map credits it{ask}
attribution = {attribution}
{url}# date = 2026-01-15
"""
WITHOUT_OSM = """\
# [osm]                         # one file, read once: features, streets, water, buildings
# path = "city.osm.pbf"         # left out, Overpass is asked for the area, online

"""
SIDE_FILES = (".shx", ".dbf", ".prj", ".cpg", ".qpj")


UNKNOWN_SOURCE = Source("boundary", "City boundary", "unknown", "City hall")


def check_new(directory: Path) -> None:
    """
    Refuse a folder that is a city's already.

    Parameters
    ----------
    directory : Path
        May not be there yet.

    Raises
    ------
    OutputError
        If it holds a ``city.toml``.
    """
    file = directory / "city.toml"
    if file.exists():
        raise OutputError(f"{file} is there already; choose another folder.")


def write_city_folder(
    directory: Path,
    *,
    boundary: Path | gpd.GeoSeries,
    pbf: Path | None,
    name: str,
    source: Source = UNKNOWN_SOURCE,
) -> Path:
    """
    Make a city folder that `check` and `assess` can start from.

    Parameters
    ----------
    directory : Path
        Made if it is not there; must not hold a ``city.toml`` yet.
    boundary : Path, or GeoSeries of 1 (Multi)Polygon
        Vector file, copied in (the parts of a Shapefile go with it), or an outline that came
        from OpenStreetMap, written as ``boundary.geojson``; its city asks Overpass unless it
        has a file.
    pbf : Path or None
        OpenStreetMap file, copied in.
    name : str
        The city's name.
    source : Source, optional
        Who made the boundary; left open where it is not given.

    Returns
    -------
    Path
        The new ``city.toml``.

    Raises
    ------
    OutputError
        If the folder holds a city already or cannot be written.
    """
    check_new(directory)
    file = directory / "city.toml"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if isinstance(boundary, Path):
            copied, *_ = [_copy(part, directory) for part in _with_side_files(boundary)]
            osm = WITHOUT_OSM
        else:
            copied = directory / "boundary.geojson"
            copied.write_text(boundary.to_crs(4326).to_json(drop_id=True), encoding="utf-8")
            osm = FROM_OVERPASS
        if pbf is not None:
            osm = WITH_OSM.format(path=_toml(_copy(pbf, directory).name))
        text = TEMPLATE.format(
            name=_toml(name),
            boundary=_toml(copied.name),
            source=_toml(source.id),
            osm=osm,
            boundary_source=_source_table(source),
        )
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{directory} cannot be written: {error.strerror or error}.") from error
    return file


def _source_table(source: Source) -> str:
    """Who made the boundary, as a table of ``city.toml``."""
    return BOUNDARY_SOURCE.format(
        id=_toml(source.id),
        title=_toml(source.title),
        license=_toml(source.license),
        ask=": ask for it" if source.license == UNKNOWN_SOURCE.license else "",
        attribution=_toml(source.attribution),
        url=f"url = {_toml(source.url)}\n" if source.url else "",
    )


def _with_side_files(path: Path) -> list[Path]:
    """A Shapefile with the files that belong to it; any other file alone."""
    if path.suffix.lower() != ".shp":
        return [path]
    beside = [path.with_suffix(suffix) for suffix in SIDE_FILES]
    return [path, *(part for part in beside if part.exists())]


def _copy(source: Path, directory: Path) -> Path:
    """Copy a file into a folder, unless it lies there already."""
    target = directory / source.name
    if target.resolve() != source.resolve():
        shutil.copyfile(source, target)
    return target


def _toml(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
