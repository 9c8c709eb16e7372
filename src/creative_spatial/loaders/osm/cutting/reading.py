"""
Reading a cut as if it were the file: the same objects in the same order, with geometries.

The objects here answer to what the reader of files asks of osmium's.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import osmium
import pyarrow.parquet as pq
import shapely

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm.cutting.layout import (
    CLOSED_WAY,
    MEMBER,
    NODE,
    OBJECTS,
    RELATION,
    RELATIONS,
    WAY,
    is_cut,
    read_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.cutting.layout import Manifest

_ROWS_AT_ONCE = 8192
_COLUMNS = ("kind", "osm_id", "version", "timestamp", "tags", "refs", "missing", "geometry")
_NOWHERE = osmium.osm.Location()


class CutObject:
    """What every object of a cut has."""

    __slots__ = ("id", "tags", "timestamp", "version", "wkb")

    def __init__(
        self, osm_id: int, version: int, timestamp: Any, tags: Mapping[str, str], wkb: bytes
    ) -> None:
        self.id, self.version, self.timestamp = osm_id, version, timestamp
        self.tags, self.wkb = tags, wkb


class CutNode(CutObject):
    """A node."""

    __slots__ = ()

    @property
    def location(self) -> Any:
        """Where it is."""
        return osmium.osm.Location(*struct.unpack_from("<dd", self.wkb, 5))


class CutArea(CutObject):
    """A closed way or a relation, as an area."""

    __slots__ = ("_from_way",)

    def __init__(self, *facts: Any, from_way: bool) -> None:
        super().__init__(*facts)
        self._from_way = from_way

    def from_way(self) -> bool:
        """
        Whether it is a closed way.

        Returns
        -------
        bool
            False for a relation.
        """
        return self._from_way

    def orig_id(self) -> int:
        """
        Id of the way or relation.

        Returns
        -------
        int
            In the source.
        """
        return self.id


class CutWay(CutObject):
    """A way, with the ids of its nodes and the positions of those that are there."""

    __slots__ = ("_missing", "_nodes", "refs")

    def __init__(self, *facts: Any, refs: list[int], missing: list[int] | None) -> None:
        super().__init__(*facts)
        self.refs = refs
        self._missing = missing or []
        self._nodes: list[Any] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether no node is missing."""
        return not self._missing

    @property
    def nodes(self) -> list[Any]:
        """Its nodes, as osmium's."""
        if self._nodes is None:
            self._nodes = [
                osmium.osm.NodeRef(_NOWHERE if place is None else osmium.osm.Location(*place), ref)
                for ref, place in zip(self.refs, self._places(), strict=True)
            ]
        return self._nodes

    def _places(self) -> list[tuple[float, float] | None]:
        """Positions of its nodes, laid out as `cut_line` took them."""
        lonlat = shapely.get_coordinates(shapely.from_wkb(self.wkb)).tolist()
        if self.is_whole:
            return [(lon, lat) for lon, lat in lonlat]
        places: list[tuple[float, float] | None] = []
        at = 0
        for first, end in _stretches(len(self.refs), self._missing):
            size = end - first
            places += [(lon, lat) for lon, lat in lonlat[at : at + size]]
            at += size if size != 1 else 2
            places += [None] if end < len(self.refs) else []
        return places

    def is_closed(self) -> bool:
        """
        Whether it ends where it began.

        Returns
        -------
        bool
            By the ids of its nodes.
        """
        return len(self.refs) > 0 and self.refs[0] == self.refs[-1]


def _stretches(size: int, missing: list[int]) -> Iterator[tuple[int, int]]:
    """Begin and end of what is before, between and after the missing."""
    first = 0
    for position in [*missing, size]:
        yield first, position
        first = position + 1


class Member(NamedTuple):
    """A member of a relation."""

    type: str
    ref: int
    role: str


class CutRelation(NamedTuple):
    """A relation, and why its area is not there, if it is not."""

    id: int
    version: int
    timestamp: Any
    tags: Mapping[str, str]
    members: tuple[Member, ...]
    reason: str


class _Geometries:
    """What stands for osmium's factory: the geometries are there already."""

    def create_point(self, node: CutNode) -> bytes:
        """The node's point."""
        return node.wkb

    def create_multipolygon(self, area: CutArea) -> bytes:
        """The area's polygons."""
        return area.wkb

    def create_linestring(self, way: CutWay, use_nodes: Any = None) -> bytes:
        """The way's line through all its nodes, or through those that differ."""
        if not way.is_whole:
            raise osmium.InvalidLocationError("a node is missing")
        if use_nodes == osmium.geom.use_nodes.ALL:
            return way.wkb
        line = shapely.from_wkb(way.wkb)
        lonlat = shapely.get_coordinates(line)
        repeats = (lonlat[1:] == lonlat[:-1]).all(axis=1)
        if repeats.all():
            raise RuntimeError("a line needs two positions")
        return bytes(shapely.remove_repeated_points(line).wkb) if repeats.any() else way.wkb


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
                thing = _object(row)
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

    def geometries(self) -> _Geometries:
        """
        Make what turns objects into WKB.

        Returns
        -------
        object
            Answers as osmium's factory does.
        """
        return _Geometries()

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
        for row in self.rows():
            if row[0] in {WAY, MEMBER} and row[1] in ids and row[1] not in met:
                met.add(row[1])
                way: CutWay = _object(row)
                for node in way.nodes:
                    if node.location.valid():
                        self.locations.known[node.ref] = node.location
                yield way

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """
        Go through `objects.parquet`.

        Yields
        ------
        tuple
            The columns but the box.
        """
        file = pq.ParquetFile(self.folder / OBJECTS)
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(_COLUMNS)):
            yield from zip(*(batch[name].to_pylist() for name in _COLUMNS), strict=True)

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
        for kind, osm_id, *_, wkb in self.rows():
            if kind == RELATION and osm_id == relation:
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


def _object(row: tuple[Any, ...]) -> Any:
    """A row as an object."""
    kind, osm_id, version, timestamp, tags, refs, missing, wkb = row
    facts = (osm_id, version, timestamp, json.loads(tags), wkb)
    if kind == NODE:
        return CutNode(*facts)
    if kind in {CLOSED_WAY, RELATION}:
        return CutArea(*facts, from_way=kind == CLOSED_WAY)
    return CutWay(*facts, refs=refs or [], missing=missing)
