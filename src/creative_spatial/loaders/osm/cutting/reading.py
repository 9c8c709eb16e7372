"""Reading a cut as if it were the file: the same objects in the same order, with geometries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm.cutting.layout import (
    MEMBER,
    OBJECTS,
    RELATION,
    RELATIONS,
    WAY,
    is_cut,
    read_manifest,
)
from creative_spatial.loaders.osm.cutting.objects import (
    CutGeometries,
    CutRelation,
    CutWay,
    Member,
    object_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.cutting.layout import Manifest

_ROWS_AT_ONCE = 8192
_COLUMNS = ("kind", "osm_id", "version", "timestamp", "tags", "refs", "missing", "geometry")


@dataclass
class _Locations:
    """Where the nodes of ways that were looked up are."""

    known: dict[int, Any] = field(default_factory=dict)

    def get(self, ref: int) -> Any:
        """Osmium's location of a node."""
        return self.known[ref]


@dataclass(frozen=True)
class _Pass:
    """One pass over the objects of a cut."""

    cut: Cut
    keys: frozenset[str]

    @property
    def node_location_storage(self) -> _Locations:
        """Where nodes are, as far as their ways were looked up."""
        return self.cut.locations

    def __iter__(self) -> Iterator[Any]:
        """Nodes, then ways and areas in the order of the file, then relations."""
        for row in self.cut.rows():
            if row[0] != MEMBER:
                thing = object_of(row)
                if not self.keys.isdisjoint(thing.tags):
                    yield thing
        for relation in self.cut.relations():
            if not self.keys.isdisjoint(relation.tags):
                yield relation


@dataclass(frozen=True)
class Cut:
    """
    A cut that is what its manifest says.

    Parameters
    ----------
    folder : Path
        Absolute.
    manifest : Manifest
        What it is.
    """

    folder: Path
    manifest: Manifest
    locations: _Locations = field(default_factory=_Locations, compare=False)

    needs_copy = False
    positions_on_ways = False

    @property
    def path(self) -> Path:
        """The folder, as what messages take paths out of."""
        return self.folder

    @property
    def format(self) -> str:
        """What messages call the format."""
        return "an extract"

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.folder.name

    @property
    def bounds(self) -> Bounds | None:
        """The box of the file that it was cut from."""
        return self.manifest.source.bounds

    @property
    def date(self) -> str | None:
        """Date of the data, as the file gave it."""
        return self.manifest.source.date

    def objects(self, keys: Iterable[str], index: str = "") -> _Pass:  # noqa: ARG002
        """
        Make a pass over the objects that have one of some keys.

        Parameters
        ----------
        keys : iterable of str
            Keys.
        index : str, optional
            Not needed: a cut has its positions with its objects.

        Returns
        -------
        iterable of objects
            As osmium gives them.
        """
        return _Pass(self, frozenset(keys))

    def geometries(self) -> CutGeometries:
        """
        Make what turns objects into WKB.

        Returns
        -------
        object
            Answers as osmium's factory does.
        """
        return CutGeometries()

    def ways(self, ids: set[int]) -> Iterator[CutWay]:
        """
        Look some ways up; afterwards it is known where their nodes are.

        Parameters
        ----------
        ids : set of int
            Their ids.

        Yields
        ------
        CutWay
            Each once.
        """
        met: set[int] = set()
        for row in self.rows(ids):
            if row[0] in {WAY, MEMBER} and row[1] not in met:
                met.add(row[1])
                way: CutWay = object_of(row)
                for node in way.nodes:
                    if node.location.valid():
                        self.locations.known[node.ref] = node.location
                yield way

    def rows(self, ids: set[int] | None = None) -> Iterator[tuple[Any, ...]]:
        """
        Go through `objects.parquet`.

        Parameters
        ----------
        ids : set of int, optional
            Of the rows that are wanted, of whatever kind; left out: all.

        Yields
        ------
        tuple
            The columns but the box.
        """
        file = pq.ParquetFile(self.folder / OBJECTS)
        among = None if ids is None else pa.array(sorted(ids), pa.int64())
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(_COLUMNS)):
            wanted = batch if among is None else batch.filter(pc.is_in(batch["osm_id"], among))
            yield from zip(*(wanted[name].to_pylist() for name in _COLUMNS), strict=True)

    def relations(self) -> Iterator[CutRelation]:
        """
        Go through `relations.parquet`.

        Yields
        ------
        CutRelation
            In the order of the file, those with an area first.
        """
        for row in pq.read_table(self.folder / RELATIONS).to_pylist():
            yield CutRelation(
                row["osm_id"],
                row["version"],
                row["timestamp"],
                json.loads(row["tags"]),
                tuple(Member(**member) for member in row["members"]),
                row["reason"],
            )

    def area(self, relation: int) -> bytes | None:
        """
        Look up the area of a relation.

        Parameters
        ----------
        relation : int
            Its id.

        Returns
        -------
        bytes or None
            WKB, degrees.
        """
        for kind, *_, wkb in self.rows({relation}):
            if kind == RELATION:
                return bytes(wkb)
        return None


def open_cut(folder: Path) -> Cut:
    """
    Open a cut and hold it against its manifest.

    Parameters
    ----------
    folder : Path
        Its folder.

    Returns
    -------
    Cut
        Ready for a pass.

    Raises
    ------
    LoadError
        If the folder holds none, or one that was altered.
    """
    if not is_cut(folder):
        raise LoadError(
            f"{folder.name} is a folder without a manifest.json; expected a file named *.osm.pbf, or "
            "a folder that `creative-spatial extract` wrote."
        )
    return Cut(folder.resolve(), read_manifest(folder))
