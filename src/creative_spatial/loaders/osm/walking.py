"""
The walking network: which ways are walked, and their segments as compact arrays.

Every OpenStreetMap node on a walked way is a network node and every segment between two of
them an edge, so that distances can be measured along edges without simplification.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod, Transformer

from creative_spatial.crs import WGS84
from creative_spatial.network import EDGE_KINDS, Network
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.osm.selection import Tags

PATH, STEPS, FERRY = (EDGE_KINDS.index(kind) for kind in ("path", "steps", "ferry"))
_ELLIPSOID = Geod(ellps="WGS84")


class _Highway(Facts):
    always: tuple[str, ...]
    if_foot_allows: tuple[str, ...]
    steps: tuple[str, ...]


class _Access(Facts):
    allows: tuple[str, ...] = ()
    refuses: tuple[str, ...]


class _Ferry(Facts):
    route: tuple[str, ...]


class _Table(Facts):
    """The table `network.toml`."""

    reference: str
    highway: _Highway
    foot: _Access
    access: _Access
    motorroad: _Access
    ferry: _Ferry


class WalkRules:
    """The table `network.toml`: which ways are walked, and as what."""

    def __init__(self) -> None:
        path = resource_path("network.toml")
        self._table = parse(_Table, read_toml(path), where=path.name)
        self._always = frozenset(self._table.highway.always)
        self._allowed = frozenset(self._table.highway.if_foot_allows)

    keys = frozenset({"highway", "route"})

    def kind(self, tags: Tags) -> int | None:
        """
        Position in `EDGE_KINDS` of a way or route with these tags.

        Parameters
        ----------
        tags : osmium TagList or dict
            Its tags.

        Returns
        -------
        int or None
            None for what is not walked.

        Examples
        --------
        >>> rules = WalkRules()
        >>> rules.kind({"highway": "steps"}), rules.kind({"highway": "motorway"})
        (1, None)
        """
        highway, table = tags.get("highway"), self._table
        is_ferry = highway is None and tags.get("route") in table.ferry.route
        if not (is_ferry or highway in self._always or highway in self._allowed):
            return None
        foot = tags.get("foot")
        if foot in table.foot.refuses:
            return None
        if foot not in table.foot.allows and (
            tags.get("access") in table.access.refuses
            or tags.get("motorroad") in table.motorroad.refuses
            or highway in self._allowed
        ):
            return None
        if is_ferry:
            return FERRY
        return STEPS if highway in table.highway.steps else PATH


@dataclass
class Walks:
    """Runs of nodes met on walked ways, one after the other."""

    refs: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    ways: array[int] = field(default_factory=lambda: array("q"))
    kinds: array[int] = field(default_factory=lambda: array("b"))
    lines: list[bytes] = field(default_factory=list)

    def add(self, way: int, kind: int, refs: Sequence[int], line: bytes | str) -> None:
        """
        Add a run of nodes.

        Parameters
        ----------
        way : int
            Id of the way.
        kind : int
            Position in `EDGE_KINDS`.
        refs : sequence of int
            Ids of its nodes.
        line : bytes or str
            WKB of the line through every one of them, degrees.
        """
        self.refs.extend(refs)
        self.sizes.append(len(refs))
        self.ways.append(way)
        self.kinds.append(kind)
        self.lines.append(bytes.fromhex(line) if isinstance(line, str) else line)


def build_network(
    walks: Walks, crs: CRS, *, source_id: str, boundary: BaseGeometry | None = None
) -> Network:
    """
    Make the network of the runs: each segment an edge, the shortest of parallel ones.

    Lengths are geodesic on the WGS 84 ellipsoid, so they are ground lengths whatever the
    scale of `crs`. Nodes joined by a segment of no length become one.

    Parameters
    ----------
    walks : Walks
        Runs of nodes, degrees.
    crs : pyproj.CRS
        The working CRS.
    source_id : str
        Where the ways come from.
    boundary : (Multi)Polygon, degrees, optional
        Edges that do not meet it are left out.

    Returns
    -------
    Network
        Without nodes that no edge uses.
    """
    refs = np.array(walks.refs, dtype=np.int64)
    lonlat = shapely.get_coordinates(shapely.from_wkb(np.array(walks.lines, dtype=object)))
    node_id, first, row = np.unique(refs, return_index=True, return_inverse=True)
    lonlat = lonlat[first] if len(refs) else np.empty((0, 2))
    run = np.repeat(np.arange(len(walks.sizes)), np.array(walks.sizes, dtype=np.int64))
    follows = np.flatnonzero(run[1:] == run[:-1])
    ends = np.column_stack([row[follows], row[follows + 1]])
    segment_run = run[follows]
    length = _geodesic_m(lonlat, ends)
    ends = _merge_coincident(ends, length, len(node_id))
    keep = _shortest_of_parallel(ends, length)
    if boundary is not None:
        keep = keep[_meets(lonlat, ends[keep], boundary)]
    ends, length, segment_run = ends[keep], length[keep], segment_run[keep]
    used, renumbered = np.unique(ends, return_inverse=True)
    east, north = Transformer.from_crs(WGS84, crs, always_xy=True).transform(
        lonlat[used, 0], lonlat[used, 1]
    )
    return Network(
        node_xy=np.column_stack([east, north]),
        node_id=node_id[used],
        edges=renumbered.reshape(-1, 2).astype(np.int32),
        length_m=length,
        kind=np.array(walks.kinds, dtype=np.int8)[segment_run],
        way_id=np.array(walks.ways, dtype=np.int64)[segment_run],
        crs=crs,
        source_id=source_id,
    )


def _geodesic_m(lonlat: NDArray[np.float64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ground length of each segment."""
    start, end = lonlat[ends[:, 0]], lonlat[ends[:, 1]]
    return np.asarray(
        _ELLIPSOID.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2], dtype=np.float64
    )


def _merge_coincident(
    ends: NDArray[np.int64], length: NDArray[np.float64], n_nodes: int
) -> NDArray[np.int64]:
    """Ends renumbered so that nodes joined by a segment of no length are one."""
    void = length == 0
    if not (void & (ends[:, 0] != ends[:, 1])).any():
        return ends
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array(
        (np.ones(void.sum(), dtype=np.int8), (ends[void, 0], ends[void, 1])), shape=(n_nodes,) * 2
    )
    label = connected_components(graph, directed=False)[1]
    _, representative = np.unique(label, return_index=True)
    return np.asarray(representative[label][ends], dtype=np.int64)


def _shortest_of_parallel(
    ends: NDArray[np.int64], length: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Rows to keep: one for each pair of different ends, in the order of the file."""
    low, high = ends.min(axis=1), ends.max(axis=1)
    order = np.lexsort((length, high, low))
    order = order[(low != high)[order]]
    pair = np.column_stack([low, high])[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (pair[1:] != pair[:-1]).any(axis=1)
    return np.sort(order[fresh])


def _meets(
    lonlat: NDArray[np.float64], ends: NDArray[np.int64], boundary: BaseGeometry
) -> NDArray[np.bool_]:
    """Whether each segment meets the boundary's polygon."""
    shapely.prepare(boundary)
    inside = np.asarray(shapely.intersects_xy(boundary, lonlat[:, 0], lonlat[:, 1]))
    meets = np.asarray(inside[ends].any(axis=1))
    doubtful = np.flatnonzero(~meets)
    lines = shapely.linestrings(lonlat[ends[doubtful]])
    meets[doubtful] = shapely.intersects(boundary, lines)
    return meets
