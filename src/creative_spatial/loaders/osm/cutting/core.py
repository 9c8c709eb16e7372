"""Many areas out of one OpenStreetMap file, in one pass."""

from __future__ import annotations

import os
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from creative_spatial.crs import WGS84
from creative_spatial.errors import EmptyLayerWarning, OutputError
from creative_spatial.loaders.osm.background import BackgroundRules
from creative_spatial.loaders.osm.cutting.areas import Area, box_of, plan_areas
from creative_spatial.loaders.osm.cutting.layout import (
    FORMAT,
    KINDS,
    OBJECTS,
    RELATIONS,
    CutArea,
    Manifest,
    Origin,
    anchors_of,
    is_cut,
    write_manifest,
)
from creative_spatial.loaders.osm.cutting.passing import Rules, cut_files, writing
from creative_spatial.loaders.osm.files import open_osm
from creative_spatial.loaders.osm.gates import GateRules
from creative_spatial.loaders.osm.selection import FeatureRules
from creative_spatial.loaders.osm.walking import WalkRules
from creative_spatial.provenance import sha256_file
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.osm.cutting.placing import AreaFiles
    from creative_spatial.loaders.osm.files import OsmFile

OSM_FOLDER = "osm"


def cut_osm(
    path: Path | str,
    areas: gpd.GeoDataFrame,
    out: Path | str,
    *,
    id_column: str | None = None,
    taxonomy: Taxonomy | None = None,
    progress: Callable[[str], None] | None = None,
) -> gpd.GeoDataFrame:
    """
    Cut areas out of an OpenStreetMap file, all in one pass, for `read_osm` to read.

    What meets an area's box (its bounds and a margin, as a city's maps and walks need) is
    written to ``out/<id>/osm``: whole, with raw tags and unclassified, so that `read_osm`
    gives from the folder what it gives from the file under the same boundary, whatever the
    city's own taxonomy says. Relations are put together over the whole file before anything
    is cut. Rows are streamed to GeoParquet, and positions of nodes are kept on disk, in `out`;
    osmium reads the file in a process of its own. Private memory hardly grows with the file:
    4, 37 and 359 MB took 245, 425 and 506 MB (``benchmarks/README.md``). What grows is the
    table of positions, 16 bytes a node: it is mapped from the disk, so the system takes it
    back when memory is needed, and the largest file is cut as fast within 600 MB.

    Parameters
    ----------
    path : Path or str
        A local ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz``.
    areas : GeoDataFrame of (Multi)Polygon, any CRS
        One row an area; they may overlap.
    out : Path or str
        Folder, made if it is not there. A cut that is there already is replaced.
    id_column : str, optional
        Column whose values name the folders; left out: `id`, else `name`.
    taxonomy : Taxonomy, optional
        Says by its keys what may be a feature; the package's own where it is left out.
    progress : callable, optional
        Told how far the pass is.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon, the areas
        Index `area`, the folder's name; columns `name`, `folder`, and the number of objects of
        each kind: `node`, `way`, `closed_way`, `relation` and `member` (ways that only a
        route needs).

    Raises
    ------
    LoadError
        If the file cannot be read to its end, or an area has no id of its own.
    CRSError, GeometryError
        If the areas have no CRS, or are no valid polygons.
    OutputError
        If a folder cannot be written. What could be written of other areas is there, and
        nothing is half-written.

    Warns
    -----
    EmptyLayerWarning
        For areas that meet nothing; they get valid folders without rows.

    Examples
    --------
    >>> areas = geopandas.read_file("cities.gpkg")  # doctest: +SKIP
    >>> cs.loaders.cut_osm("thailand.osm.pbf", areas, "cities")  # doctest: +SKIP
    >>> cs.loaders.read_osm("cities/songkhla/osm")  # doctest: +SKIP
    """
    tell = progress or (lambda _: None)
    file = open_osm(path)
    plan = plan_areas(areas, id_column)
    taxonomy = taxonomy if taxonomy is not None else Taxonomy.load()
    rules = Rules(kept_keys(taxonomy), FeatureRules(taxonomy))
    tell(f"hashing {file.name}")
    manifest = _manifest(file, rules, sha256_file(file.path))
    target = Path(out)
    with writing(target):
        target.mkdir(parents=True, exist_ok=True)
    _check_targets(target, plan)
    with writing(target), tempfile.TemporaryDirectory(prefix=".extract-", dir=target) as made:
        temporary = Path(made)
        files = _write_cuts(file, plan, rules, temporary, manifest=manifest, tell=tell)
        _put_in_place(target, temporary, plan)
    counted = {kind: [written.counts.get(kind, 0) for written in files] for kind in KINDS}
    table = gpd.GeoDataFrame(
        {
            "name": [area.name for area in plan],
            "folder": [str(target / area.id / OSM_FOLDER) for area in plan],
            **counted,
        },
        geometry=areas.geometry.to_numpy(),
        crs=areas.crs,
        index=pd.Index([area.id for area in plan], dtype="str", name="area"),
    )
    _warn_of_empty(table, file.name)
    return table


def cut_one(file: OsmFile, boundary: BaseGeometry, folder: Path, taxonomy: Taxonomy) -> Path:
    """
    Cut what is near a boundary out of a file, as `cut_osm` does.

    Parameters
    ----------
    file : OsmFile
        An opened file.
    boundary : (Multi)Polygon, degrees
        What is wanted.
    folder : Path
        An empty folder.
    taxonomy : Taxonomy
        Says by its keys what may be a feature.

    Returns
    -------
    Path
        The cut, in the folder; it has the file's name, by which messages call it.
    """
    outline = gpd.GeoSeries([boundary], crs=WGS84)
    plan = [Area(OSM_FOLDER, file.name, outline, box_of(outline))]
    rules = Rules(kept_keys(taxonomy), FeatureRules(taxonomy))
    # it is gone once it was read, and nobody asks which file it is of
    manifest = _manifest(file, rules, "")
    (written,) = _write_cuts(file, plan, rules, folder, manifest=manifest, tell=lambda _: None)
    return written.folder.rename(folder / file.name)


def kept_keys(taxonomy: Taxonomy) -> list[str]:
    """
    List the keys of which an object must have one to be kept.

    Parameters
    ----------
    taxonomy : Taxonomy
        Says what may be a feature.

    Returns
    -------
    list of str
        Sorted; those of streets, ferries, gates and the maps' background among them.
    """
    keys = FeatureRules(taxonomy).keys | BackgroundRules().keys | WalkRules.keys | GateRules.keys
    return sorted(keys)


def _write_cuts(
    file: OsmFile,
    plan: Sequence[Area],
    rules: Rules,
    temporary: Path,
    *,
    manifest: Manifest,
    tell: Callable[[str], None],
) -> list[AreaFiles]:
    """Write every area's files and its manifest, in a temporary folder."""
    files = cut_files(file, plan, rules, temporary, tell)
    for area, written in zip(plan, files, strict=True):
        counts = {kind: written.counts.get(kind, 0) for kind in KINDS}
        hashes = {name: sha256_file(written.folder / name) for name in (OBJECTS, RELATIONS)}
        facts = CutArea(id=area.id, name=area.name, box=area.box)
        known = {"area": facts, "counts": counts, "files": hashes}
        write_manifest(written.folder, manifest.model_copy(update=known))
    return files


def _manifest(file: OsmFile, rules: Rules, sha256: str) -> Manifest:
    """What every area's manifest has in common."""
    return Manifest(
        format=FORMAT,
        version=1,
        software=version("creative-spatial"),
        source=Origin(file=file.name, sha256=sha256, date=file.date, bounds=file.bounds),
        area=CutArea(id="", name="", box=(0.0, 0.0, 0.0, 0.0)),
        keys=tuple(rules.keys),
        anchors=anchors_of(rules.features),
        counts={},
        files={},
    )


def _check_targets(target: Path, plan: Sequence[Area]) -> None:
    """Refuse places that hold something else, all at once, before the long pass."""
    faults = []
    for area in plan:
        folder, place = target / area.id, target / area.id / OSM_FOLDER
        if os.path.lexists(folder) and not folder.is_dir():
            faults.append(f"{folder} is a file")
        elif os.path.lexists(place) and not (place.is_dir() and is_cut(place)):
            faults.append(f"{place} is there already and is no earlier extract")
    if faults:
        raise OutputError("; ".join(faults) + ". Move it away, or choose another folder.")


def _put_in_place(target: Path, temporary: Path, plan: Sequence[Area]) -> None:
    """Rename every area's folder to its place; one that cannot be does not keep the others."""
    faults = []
    written = next(temporary / kind for kind in ("mapped", "direct") if (temporary / kind).is_dir())
    (temporary / "old").mkdir()
    for area in plan:
        place, aside = target / area.id / OSM_FOLDER, temporary / "old" / area.id
        try:
            place.parent.mkdir(exist_ok=True)
            if place.is_dir():
                place.rename(aside)
            try:
                (written / area.id).rename(place)
            except OSError:
                if aside.is_dir():
                    aside.rename(place)
                raise
        except OSError as error:
            faults.append(f"{place}: {error.strerror or error}")
    if faults:
        raise OutputError(
            f"{len(faults)} of {len(plan)} areas could not be put in place: {'; '.join(faults)}. "
            "The others are there; run again for these."
        )


def _warn_of_empty(table: gpd.GeoDataFrame, name: str) -> None:
    """Say which areas met nothing."""
    empty: Any = table.index[table[list(KINDS)].sum(axis=1) == 0]
    if len(empty):
        warnings.warn(
            f"{name}: nothing in it meets {', '.join(empty)}; is this the file of another place?",
            EmptyLayerWarning,
            stacklevel=3,
        )
