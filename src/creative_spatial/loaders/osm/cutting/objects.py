"""Objects of a cut, which answer to what the reader of files asks of osmium's."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import osmium
import shapely

from creative_spatial.loaders.osm.cutting.layout import CLOSED_WAY, NODE, RELATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


class CutGeometries:
    """What stands for osmium's factory: the geometries are there already."""

    def create_point(self, node: CutNode) -> bytes:
        """
        Give the node's point.

        Parameters
        ----------
        node : CutNode
            Of the cut.

        Returns
        -------
        bytes
            WKB, degrees.
        """
        return node.wkb

    def create_multipolygon(self, area: CutArea) -> bytes:
        """
        Give the area's polygons.

        Parameters
        ----------
        area : CutArea
            Of the cut.

        Returns
        -------
        bytes
            WKB, degrees.
        """
        return area.wkb

    def create_linestring(self, way: CutWay, use_nodes: Any = None) -> bytes:
        """
        Give the way's line through all its nodes, or through those that differ.

        Parameters
        ----------
        way : CutWay
            Of the cut; one that lacks nodes raises as in osmium.
        use_nodes : osmium.geom.use_nodes, optional
            All, or those that differ.

        Returns
        -------
        bytes
            WKB, degrees.
        """
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


def object_of(row: tuple[Any, ...]) -> Any:
    """
    Make an object of a row.

    Parameters
    ----------
    row : tuple
        The columns of `objects.parquet` but the box.

    Returns
    -------
    CutNode, CutWay or CutArea
        By its kind.
    """
    kind, osm_id, version, timestamp, tags, refs, missing, wkb = row
    facts = (osm_id, version, timestamp, json.loads(tags), wkb)
    if kind == NODE:
        return CutNode(*facts)
    if kind in {CLOSED_WAY, RELATION}:
        return CutArea(*facts, from_way=kind == CLOSED_WAY)
    return CutWay(*facts, refs=refs or [], missing=missing)
