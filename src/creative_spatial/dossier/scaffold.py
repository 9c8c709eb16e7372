"""A new city folder: the boundary and the OSM file copied in, and a commented city.toml."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

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
source = "boundary"
# published_area_km2 = 9.27     # the official land area: a difference is pointed out
# population = 60021            # the official figure, for rates per inhabitant
primary = true

[units]
grid = "hexagon"                # or "square"; or: path = "districts.gpkg", id = "CODE"
# cell_m = 250                  # width of a cell; left out, one is chosen

{osm}
[[source]]
id = "boundary"
title = "City boundary"
license = "unknown"             # ask for it: every map credits it
attribution = "City hall"
# date = 2026-01-15

# What the city itself has; any number of these.
# [[layer]]
# pillar = "community"          # culture, biodiversity, community; water, population, land_cover
# kind = "table"                # vector, table or raster
# path = "initiatives.csv"
# source = "city_hall"
# columns = {{ id = "code", name = "name_en", "name:th" = "name_th", concept = "type", lon = "lon", lat = "lat" }}
# concepts = {{ "weaving" = "weaving_group" }}   # the file's words to ours: creative-spatial list concepts
"""

WITH_OSM = """\
[osm]                           # one file, read once: features, streets, water, buildings
path = {path}

"""
WITHOUT_OSM = """\
# [osm]                         # one file, read once: features, streets, water, buildings
# path = "city.osm.pbf"

"""
SIDE_FILES = (".shx", ".dbf", ".prj", ".cpg", ".qpj")


def write_city_folder(directory: Path, *, boundary: Path, pbf: Path | None, name: str) -> Path:
    """
    Make a city folder that `check` and `assess` can start from.

    Parameters
    ----------
    directory : Path
        Made if it is not there; must not hold a ``city.toml`` yet.
    boundary : Path
        Vector file, copied in; the parts of a Shapefile go with it.
    pbf : Path or None
        OpenStreetMap file, copied in.
    name : str
        The city's name.

    Returns
    -------
    Path
        The new ``city.toml``.

    Raises
    ------
    OutputError
        If the folder holds a city already or cannot be written.
    """
    file = directory / "city.toml"
    if file.exists():
        raise OutputError(f"{file} is there already; choose another folder.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        copied = [_copy(source, directory) for source in _with_side_files(boundary)]
        osm = WITHOUT_OSM
        if pbf is not None:
            osm = WITH_OSM.format(path=_toml(_copy(pbf, directory).name))
        text = TEMPLATE.format(name=_toml(name), boundary=_toml(copied[0].name), osm=osm)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{directory} cannot be written: {error.strerror or error}.") from error
    return file


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
