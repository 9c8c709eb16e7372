"""A new city folder: the boundary and the OSM file copied in, and a commented city.toml."""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from creative_spatial.dossier.folder import writing
from creative_spatial.errors import OutputError
from creative_spatial.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

NEEDS_DATA = (
    "There is no data yet but the boundary: name an OpenStreetMap file in [osm], or a file of the "
    "city's own in [[layer]], before `creative-spatial check` passes."
)

TEMPLATE = """\
# Everything about one city. Paths are relative to this file and stay in its folder.
# Lines that start with "#" are ideas: take the "#" away to use them.
{missing}schema = 1

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
{layer}
# where = "CODE = '9001'"       # where the layer holds several places
{crs}
source = {source}
# published_area_km2 = 9.27     # the official land area: a difference is pointed out
# population = 60021            # the official figure, for rates per inhabitant
primary = true

[units]
grid = "hexagon"                # or "square"; or: path = "districts.gpkg", id = "CODE"
# cell_m = 250                  # width of a cell; left out, one is chosen

{osm}
{boundary_source}
# What the city itself has; any number of these. Places that several sources have become one:
# tables/conflation.parquet says which, and visit_list.csv what to confirm on site.
# [[layer]]
# pillar = "community"          # culture, biodiversity, community; water, population, land_cover
# kind = "table"                # vector, table, survey, occurrence, raster or postgis
# path = "initiatives.csv"
# source = "city_hall"
# columns = {{ id = "code", name = "name_en", "name:th" = "name_th", concept = "type", lon = "lon", lat = "lat" }}
# concepts = {{ "weaving" = "weaving_group" }}   # the file's words to ours: creative-spatial list concepts
# words = {{ community = {{ "กลุ่มไทยพุทธ" = "buddhist" }} }}   # the same for community, lead and other columns of classes
# sensitivity = "grave"         # no place of it is shown: grave, unexcavated, sacred, nest, people, withheld,
#                               # threatened species 2 (0.1 degree), 3 (0.01), 4 (0.001). By row: a column
#                               # `sensitivity` with such words, or consent (yes, no). A run then makes
#                               # provenance.key in this folder: keep it here, and give it to nobody
# accept = ["mojibake"]         # repairs that `check` only proposes: mojibake, buddhist_dates,
#                               # persian_dates, near_duplicates, swapped_unsure
# repair = false                # mend nothing: rows at fault are set aside in quarantine.csv
# benchmark = true              # not counted: an inventory, such as a register of monuments, that says how
#                               # complete the other layers are (grades A to D, tables/completeness.parquet)
# How well its places are known: a column `uncertainty_m`, or once for all `uncertainty_m = 10` (metres) in
# its [[source]]; 250 is assumed of a list that says nothing.
# Of an asset: cuisine, opening_hours, period, origin, denomination, heritage_status, community, as
# columns of those names. Of an event: months ("Oct-Nov"), starts, ends, recurrence; a procession is a
# line, a festival an area (`wkt`), and one without a place needs no coordinates: tables/events.parquet
# has them all.
# A table of a database: kind = "postgis", table = "public.temples", and service = "NAME", a section of
# ~/.pg_service.conf (host, port, dbname, user; the password in ~/.pgpass, never here) instead of a path.

# What the creative fields are compared with, where no larger boundary is given or a register is
# at hand: counts by field or concept, with a total; or the results folder of another city.
# [[layer]]
# pillar = "reference"
# kind = "table"                # or kind = "results", path = "other_city", layer = "its_boundary"
# path = "register.csv"
# source = "city_hall"
# columns = {{ field = "branch", count = "firms", total = "all_firms" }}
# concepts = {{ "restaurants" = "gastronomy" }}  # the file's words to our fields, or concepts

# A route through places of the layers, by feature_id or name: the shortest, or, with a budget,
# the best that fits. ordered = true keeps a published route's order and only measures it.
# [[route]]
# id = "old_town_walk"
# names = {{ en = "A walk through the old town" }}
# stops = ["City shrine", "Old market", "city_hall:17"]
# closed = true
# budget_min = 120
# must_see = ["City shrine"]
# stay_min = 10
# note = {{ en = "Walked every Sunday; what is to be known of it, printed on its sheet" }}

# What the team changed in city.gpkg: creative-spatial changes RESULTS --save edits.json
# [[edits]]
# path = "edits.json"
# source = "team"
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
CITY_FILE = "city.toml"
ANY_LAYER = '# layer = "municipality"        # where the file holds several layers'
ANY_CRS = '# crs = "EPSG:32647"            # where the file does not say'
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
    file = directory / CITY_FILE
    if os.path.lexists(file):
        raise OutputError(f"{file} is there already; choose another folder.")


def write_city_folder(
    directory: Path,
    *,
    boundary: Path | gpd.GeoSeries,
    pbf: Path | None,
    name: str,
    source: Source = UNKNOWN_SOURCE,
    layer: str | None = None,
    crs: str | None = None,
    osm_folder: str | None = None,
) -> Path:
    """
    Make a city folder that `check` and `assess` can start from.

    Nothing that is there already is written over, and nothing is left behind on a failure.

    Parameters
    ----------
    directory : Path
        Made if it is not there; must not hold a ``city.toml`` yet.
    boundary : Path, or GeoSeries of 1 (Multi)Polygon
        Vector file, read and copied in (the parts of a Shapefile go with it), or an outline
        that came from OpenStreetMap, written as ``boundary.geojson``; its city asks Overpass
        unless it has a file. A city of a file alone needs more: see `NEEDS_DATA`.
    pbf : Path or None
        OpenStreetMap file, copied in.
    name : str
        The city's name.
    source : Source, optional
        Who made the boundary; left open where it is not given.
    layer : str, optional
        Layer of a boundary file that has several.
    crs : str, optional
        Of a boundary file that does not say it, e.g. ``"EPSG:32647"``.
    osm_folder : str, optional
        In place of an OpenStreetMap file: the folder in `directory` that `extract` wrote.

    Returns
    -------
    Path
        The new ``city.toml``.

    Raises
    ------
    OutputError
        If the folder holds a city already, or another file of a name that is needed, or
        cannot be written.
    LoadError, CRSError, GeometryError
        If the boundary file cannot be read as one; of several layers the message lists all.
    """
    check_new(directory)
    if isinstance(boundary, Path):
        from creative_spatial.loaders import read_boundary

        read_boundary(boundary, layer=layer, crs=crs)
        contents: dict[str, Path | bytes] = _by_name(_with_side_files(boundary))
        outline, osm = boundary.name, WITHOUT_OSM
    else:
        outline, osm = "boundary.geojson", FROM_OVERPASS
        contents = {outline: boundary.to_crs(4326).to_json(drop_id=True).encode("utf-8")}
    if pbf is not None:
        osm = WITH_OSM.format(path=_toml(pbf.name))
        contents = _by_name([pbf], contents)
    elif osm_folder is not None:
        osm = WITH_OSM.format(path=_toml(osm_folder))
    asks = pbf is None and isinstance(boundary, Path)
    text = TEMPLATE.format(
        missing=f"#\n# {NEEDS_DATA}\n" if asks else "",
        name=_toml(name),
        boundary=_toml(outline),
        layer=f"layer = {_toml(layer)}" if layer is not None else ANY_LAYER,
        crs=f"crs = {_toml(crs)}" if crs is not None else ANY_CRS,
        source=_toml(source.id),
        osm=osm,
        boundary_source=_source_table(source),
    )
    _write_new(directory, {**contents, CITY_FILE: text.encode("utf-8")})
    return directory / CITY_FILE


def _by_name(
    files: list[Path], others: dict[str, Path | bytes] | None = None
) -> dict[str, Path | bytes]:
    """Files by the name they will have in the folder; two of one name are refused."""
    named = dict(others or {})
    taken = {CITY_FILE, *(name.casefold() for name in named)}
    for file in files:
        if not file.is_file():
            raise OutputError(f"{file}: no such file; nothing was copied.")
        if not os.access(file, os.R_OK):
            raise OutputError(f"{file}: no permission to read it; ask its owner.")
        # Many disks do not tell capital letters from small ones.
        if file.name.casefold() in taken:
            raise OutputError(
                f"{file} cannot be copied in: the city folder has a file {file.name!r} of its own; "
                "rename it."
            )
        named[file.name] = file
        taken.add(file.name.casefold())
    return named


def _write_new(directory: Path, contents: dict[str, Path | bytes]) -> None:
    """Write files that are not there yet, all or none."""
    todo = {name: what for name, what in contents.items() if not _is_there(directory / name, what)}
    with writing(f"The city folder {directory}"), _undone_on_failure() as made:
        for folder in reversed([directory, *directory.parents]):
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
        for name, what in todo.items():
            with (directory / name).open("xb") as target:
                made.append(directory / name)
                if isinstance(what, bytes):
                    target.write(what)
                else:
                    with what.open("rb") as opened:
                        shutil.copyfileobj(opened, target, 1 << 20)


def _is_there(target: Path, what: Path | bytes) -> bool:
    """Whether a file lies there with just that content; one with another is not ours."""
    if not os.path.lexists(target):
        return False
    with writing(str(target)):
        if target.is_file() and (
            target.read_bytes() == what
            if isinstance(what, bytes)
            else filecmp.cmp(target, what, shallow=False)
        ):
            return True
    raise OutputError(
        f"{target} is there already and differs; move it away, or choose another folder."
    )


@contextlib.contextmanager
def _undone_on_failure() -> Iterator[list[Path]]:
    """Take away what was made, last first, if the block fails or is interrupted."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


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
    """A Shapefile with the files that belong to it, in small or capital letters."""
    if path.suffix.lower() != ".shp":
        return [path]
    wanted = [(path.stem + suffix).casefold() for suffix in SIDE_FILES]
    beside: dict[str, Path] = {}
    for part in sorted(path.parent.iterdir()):
        beside.setdefault(part.name.casefold(), part)
    return [path, *(beside[name] for name in wanted if name in beside)]


def _toml(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's too, and delete is the one it leaves."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise OutputError(f"{text!r} is not Unicode text; write it anew in UTF-8.")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
