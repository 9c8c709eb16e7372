"""One pass over a file: osmium reads, the areas' files are written beside, relations come last."""

from __future__ import annotations

import contextlib
import errno
from array import array
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import osmium

from creative_spatial.errors import CreativeSpatialError, LoadError, OutputError
from creative_spatial.loaders.osm.copies import write_positive
from creative_spatial.loaders.osm.cutting.collecting import Collector, NeedsCopyError
from creative_spatial.loaders.osm.cutting.looked_up import keep_ways, read_boxes
from creative_spatial.loaders.osm.cutting.osmium_process import look_up, sifted
from creative_spatial.loaders.osm.cutting.placing import AreaFiles, Distributor
from creative_spatial.loaders.osm.cutting.relations import Relations
from creative_spatial.loaders.osm.cutting.second_look import SecondLook
from creative_spatial.loaders.osm.files import OUT_OF_ORDER, node_index, reading
from creative_spatial.loaders.osm.markup import OUT_GEOM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import pyarrow as pa

    from creative_spatial.loaders.osm.cutting.areas import Area
    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.cutting.collecting import Left, Near
    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.selection import FeatureRules

_WAITING = 2


class Rules(NamedTuple):
    """What is kept."""

    keys: list[str]
    features: FeatureRules


def cut_files(
    file: OsmFile, plan: Sequence[Area], rules: Rules, temporary: Path, tell: Callable[[str], None]
) -> list[AreaFiles]:
    """
    Write every area's files in one pass over the file.

    It is a copy that is passed over where the ids of the file, or the order of its objects, need
    one.

    Parameters
    ----------
    file : OsmFile
        An opened file.
    plan : sequence of Area
        The areas.
    rules : Rules
        What is kept.
    temporary : Path
        A folder in the one that the areas go to.
    tell : callable
        Told how far the pass is.

    Returns
    -------
    list of AreaFiles
        Of the areas, finished.
    """
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
    rules: Rules,
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
            writing(target),
            _in_order(mapped=mapped),
        ):
            relations = Relations(folder, rules.keys, rules.features, mapped=mapped)
            with sifted(file, index, rules.keys) as text:
                collector = Collector(lane.place, distributor.near, relations, mapped=mapped)
                left = collector.read(text, tell)
            tell("relations, and what they are made of")
            ways = _looked_up(file, index, left, relations, distributor.near)
            if ways is not None:
                relations.place_areas(ways, left, lane.place)
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


def _looked_up(
    file: OsmFile, index: str, left: Left, relations: Relations, near: Near
) -> OsmFile | None:
    """The ways that are yet to be looked at and may meet an area, as a file of their own."""
    ways = left.doubtful | left.unbuilt | left.lacking | relations.ways
    if not ways:
        return None
    if min(ways) < 0:
        raise NeedsCopyError
    target = relations.folder / "ways.opl"
    look_up(file, index, array("q", sorted(ways)), target)
    relations.keep_near(read_boxes(target, left.lacking), near)
    target = keep_ways(target, left.doubtful | left.unbuilt | relations.ways)
    return replace(file, path=target, format="opl")


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
            with writing(self._target):
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


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """
    Turn the operating system's refusals into an error that says what to do.

    Parameters
    ----------
    target : Path
        Where something is written.

    Yields
    ------
    None
        For the duration of the writing.

    Raises
    ------
    OutputError
        If it was refused.
    """
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
