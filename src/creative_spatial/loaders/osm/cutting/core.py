"""Many areas out of one OpenStreetMap file, in one pass."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import warnings
from array import array
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import osmium
import pandas as pd

from creative_spatial.errors import CreativeSpatialError, EmptyLayerWarning, LoadError, OutputError
from creative_spatial.loaders.osm.background import BackgroundRules
from creative_spatial.loaders.osm.copies import write_positive
from creative_spatial.loaders.osm.cutting.areas import Area, plan_areas
from creative_spatial.loaders.osm.cutting.collecting import Collector, NeedsCopyError
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
from creative_spatial.loaders.osm.cutting.osmium_process import look_up, sifted
from creative_spatial.loaders.osm.cutting.placing import AreaFiles, Distributor
from creative_spatial.loaders.osm.cutting.relations import Relations
from creative_spatial.loaders.osm.cutting.second_look import SecondLook
from creative_spatial.loaders.osm.files import OUT_OF_ORDER, node_index, open_osm, reading
from creative_spatial.loaders.osm.gates import GateRules
from creative_spatial.loaders.osm.markup import OUT_GEOM
from creative_spatial.loaders.osm.selection import FeatureRules
from creative_spatial.loaders.osm.walking import WalkRules
from creative_spatial.provenance import sha256_file
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.files import OsmFile

OSM_FOLDER = "osm"
_WAITING = 2


class _Rules(NamedTuple):
    """What is kept."""

    keys: list[str]
    features: FeatureRules


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
    is cut. Memory does not grow with the file: rows are streamed to GeoParquet, and positions
    of nodes are kept on disk, in `out`. Osmium reads the file in a process of its own.

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
    rules = _Rules(kept_keys(taxonomy), FeatureRules(taxonomy))
    target = Path(out)
    with _writing(target):
        target.mkdir(parents=True, exist_ok=True)
    _check_targets(target, plan)
    with _writing(target), tempfile.TemporaryDirectory(prefix=".extract-", dir=target) as made:
        temporary = Path(made)
        tell(f"hashing {file.name}")
        manifest = _manifest(file, rules)
        files = _cut(file, plan, rules, temporary, tell)
        for area, written in zip(plan, files, strict=True):
            counts = {kind: written.counts.get(kind, 0) for kind in KINDS}
            hashes = {name: sha256_file(written.folder / name) for name in (OBJECTS, RELATIONS)}
            facts = CutArea(id=area.id, name=area.name, box=area.box)
            known = {"area": facts, "counts": counts, "files": hashes}
            write_manifest(written.folder, manifest.model_copy(update=known))
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


def _cut(
    file: OsmFile, plan: Sequence[Area], rules: _Rules, temporary: Path, tell: Callable[[str], None]
) -> list[AreaFiles]:
    """Pass over the file; over a copy where its ids or the order of its objects need one."""
    try:
        if not file.needs_copy:
            return _pass(file, plan, rules, temporary / "direct", tell, mapped=False)
    except NeedsCopyError:
        pass
    tell("copying the file, whose ids or order need it")
    (temporary / "copy").mkdir()
    copy = write_positive(file, temporary / "copy", on_earth=True)
    return _pass(copy, plan, rules, temporary / "mapped", tell, mapped=True)


def _pass(
    file: OsmFile,
    plan: Sequence[Area],
    rules: _Rules,
    folder: Path,
    tell: Callable[[str], None],
    *,
    mapped: bool,
) -> list[AreaFiles]:
    """Write every area's files."""
    target = folder.parent.parent
    with _open_files(folder, plan) as files:
        distributor = Distributor([area.box for area in plan], files)
        with (
            _beside(distributor, target) as lane,
            node_index(file, folder, in_memory=False) as index,
            reading(file),
            _writing(target),
            _in_order(mapped=mapped),
        ):
            relations = Relations(folder, rules.keys, rules.features, mapped=mapped)
            with sifted(file, index, rules.keys) as text:
                left = Collector(lane.place, relations, mapped=mapped).read(text, tell)
            tell("relations, and what they are made of")
            wanted = left.doubtful | left.unbuilt | left.lacking | relations.ways
            ways = _looked_up(file, index, wanted, folder)
            if ways is not None:
                relations.place_areas(file, ways, left, lane.place)
            unbuilt, routes = relations.place(lane.place_built)
            lane.wait()
            look = SecondLook(
                left, unbuilt, routes, ways, distributor=distributor, files=files, mapped=mapped
            )
            look.place()
        if file.positions_on_ways and left.lacking:
            raise LoadError(f"{file.name} {OUT_GEOM}")
        for one in files:
            one.close()
    return files


def _looked_up(file: OsmFile, index: str, ways: set[int], folder: Path) -> OsmFile | None:
    """Some ways of the file, as a file of their own."""
    if not ways:
        return None
    if min(ways) < 0:
        raise NeedsCopyError
    target = folder / "ways.osm.pbf"
    look_up(file, index, array("q", sorted(ways)), target)
    return replace(file, path=target, format="pbf")


@contextmanager
def _in_order(*, mapped: bool) -> Iterator[None]:
    """Tell what a copy would mend from other faults."""
    try:
        yield
    except (RuntimeError, osmium.InvalidLocationError) as error:
        told = isinstance(error, RuntimeError)
        if mapped or (told and not any(said in str(error) for said in OUT_OF_ORDER)):
            raise
        raise NeedsCopyError from error


class _Lane:
    """Writes batches one after another while the pass goes on, a few waiting at most."""

    def __init__(self, distributor: Distributor, target: Path, pool: ThreadPoolExecutor) -> None:
        self._distributor, self._target, self._pool = distributor, target, pool
        self._waiting: deque[Future[None]] = deque()

    def place(self, batch: Batch) -> None:
        """Write a batch, once those before it are written."""
        self._do(lambda: self._distributor.place(batch))

    def place_built(self, relations: pa.Table) -> None:
        """Write relations, once the batches before them are written."""
        self._do(lambda: self._distributor.place_built(relations))

    def wait(self, upto: int = 0) -> None:
        """Wait until no more than some are waiting."""
        while len(self._waiting) > upto:
            # here, where it cannot be taken for a fault of the file that is being read
            with _writing(self._target):
                self._waiting.popleft().result()

    def _do(self, work: Callable[[], None]) -> None:
        self.wait(_WAITING)
        self._waiting.append(self._pool.submit(work))


@contextmanager
def _beside(distributor: Distributor, target: Path) -> Iterator[_Lane]:
    """A lane that is empty when the block ends, however it ends."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            yield _Lane(distributor, target, pool)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _open_files(folder: Path, plan: Sequence[Area]) -> Iterator[list[AreaFiles]]:
    """The areas' files, let go of whatever happens."""
    files: list[AreaFiles] = []
    try:
        for area in plan:
            (folder / area.id).mkdir(parents=True)
            files.append(AreaFiles(folder / area.id))
        yield files
    except BaseException:
        for one in files:
            with contextlib.suppress(Exception):
                one.abandon()
        raise


def _manifest(file: OsmFile, rules: _Rules) -> Manifest:
    """What every area's manifest has in common."""
    return Manifest(
        format=FORMAT,
        version=1,
        software=version("creative-spatial"),
        source=Origin(
            file=file.name, sha256=sha256_file(file.path), date=file.date, bounds=file.bounds
        ),
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


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Turn the operating system's refusals into an error that says what to do."""
    try:
        yield
    except CreativeSpatialError:
        raise
    except OSError as error:
        raise _refused(error, target) from error


def _refused(error: OSError, target: Path) -> OutputError:
    """What a refusal means."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT} or "errno 28" in str(error).lower()
    why = "the disk is full: free some space, or" if full else f"{error.strerror or error};"
    return OutputError(
        f"{target} cannot be written: {why} name a folder of your own on another disk. Nothing "
        "was left there half-written."
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
