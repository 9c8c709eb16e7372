"""The walking network as compact arrays: what the loaders make and the measures use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

EDGE_KINDS = ("path", "steps", "ferry")
PATH, STEPS, FERRY = range(len(EDGE_KINDS))
MAIN, BY_FERRY, CUT_OFF, AFLOAT = PART_KINDS = ("main", "by ferry", "cut off", "ferry alone")
NO_PART = -1


class EdgeMinutes(NamedTuple):
    """Minutes along each edge: from its first node to its second, and back."""

    forward: NDArray[np.float64]
    backward: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """
    A walking network: straight edges between nodes, in an area's working CRS.

    Parameters
    ----------
    node_xy : array of float, shape (n, 2), metres
        Node coordinates in `crs`.
    node_id : array of int, shape (n,)
        Ids of the nodes in the source (negative in files not from OpenStreetMap).
    edges : array of int32, shape (m, 2)
        Row numbers of the end nodes; an edge is walked both ways.
    length_m : array of float, shape (m,), metres
        Ground length of each edge.
    kind : array of int8, shape (m,)
        Position in `EDGE_KINDS`.
    way_id : array of int, shape (m,)
        Id of the way the edge is part of.
    crs : pyproj.CRS
        The CRS of `node_xy`.
    source_id : str
        Where the network comes from.
    """

    node_xy: NDArray[np.float64]
    node_id: NDArray[np.int64]
    edges: NDArray[np.int32]
    length_m: NDArray[np.float64]
    kind: NDArray[np.int8]
    way_id: NDArray[np.int64]
    crs: CRS
    source_id: str = field(default="osm")

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.edges)

    def lines(self) -> NDArray[Any]:
        """
        Edges as straight lines.

        Returns
        -------
        array of LineString, shape (m,)
            In the order of `edges`.
        """
        lines: NDArray[Any] = np.asarray(shapely.linestrings(self.node_xy[self.edges]))
        return lines

    def to_frames(self) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """
        The network as two GeoDataFrames, for files, maps and other libraries.

        Returns
        -------
        nodes : GeoDataFrame of Point, n rows
            Index `node`, column `node_id`.
        edges : GeoDataFrame of LineString, m rows
            Index `edge`, columns `from_node`, `to_node`, `length_m`, `kind`, `way_id`.
        """
        import geopandas as gpd
        import pandas as pd

        nodes = gpd.GeoDataFrame(
            {"node_id": self.node_id}, geometry=shapely.points(self.node_xy), crs=self.crs
        )
        nodes.index = pd.RangeIndex(len(nodes), name="node")
        edges = gpd.GeoDataFrame(
            {
                "from_node": self.edges[:, 0],
                "to_node": self.edges[:, 1],
                "length_m": self.length_m,
                "kind": np.asarray(EDGE_KINDS, dtype=object)[self.kind],
                "way_id": self.way_id,
            },
            geometry=self.lines(),
            crs=self.crs,
        )
        edges.index = pd.RangeIndex(len(edges), name="edge")
        return nodes, edges

    def __repr__(self) -> str:
        return (
            f"Network({self.n_nodes:,} nodes, {self.n_edges:,} edges, "
            f"{self.length_m.sum() / 1000:,.1f} km)"
        )


def land_parts(network: Network) -> NDArray[np.intp]:
    """
    Number of the part of the network that each node is in, ferries left out.

    Parameters
    ----------
    network : Network
        Walking network.

    Returns
    -------
    array of int, n values
        Row of `components`; -1 for nodes on the water of a ferry that reaches land, and for
        nodes without edges.
    """
    return _parts(network)[0]


def components(network: Network) -> pd.DataFrame:
    """
    The parts of a network that paths and steps alone hold together, the longest first.

    Parameters
    ----------
    network : Network
        Walking network.

    Returns
    -------
    DataFrame
        Index `part`. `node_id`: one node of the part, to find it by; `nodes`; `km` of paths and
        steps; `share` of all paths and steps in percent; `kind`: "main" is the longest part, "by
        ferry" what a ferry joins to it (over other parts or not), "cut off" what nothing does,
        "ferry alone" a ferry that touches no path (its `km` are its own, its `share` is 0).

    Examples
    --------
    >>> town = Network(node_xy=np.arange(12.0).reshape(6, 2), node_id=np.arange(6),
    ...     edges=np.array([[0, 1], [1, 2], [2, 3], [4, 5]], dtype="int32"),
    ...     length_m=np.array([2000.0, 500.0, 1500.0, 500.0]),
    ...     kind=np.array([0, 2, 0, 0], dtype="int8"), way_id=np.arange(4), crs=None)
    >>> components(town)
          node_id  nodes   km  share      kind
    part
    0           0      2  2.0   50.0      main
    1           2      2  1.5   37.5  by ferry
    2           4      2  0.5   12.5   cut off
    """
    import pandas as pd

    part, whole, km, on_water = _parts(network)
    held = np.flatnonzero(part != NO_PART)
    _, first = np.unique(part[held], return_index=True)
    one_node = held[first]
    joined = whole[one_node] == whole[one_node[:1]]
    kind = np.where(on_water, AFLOAT, np.where(joined, BY_FERRY, CUT_OFF)).astype(object)
    if len(kind) and not on_water[0]:
        kind[0] = MAIN
    on_land = np.where(on_water, 0.0, km)
    return pd.DataFrame(
        {
            "node_id": network.node_id[one_node],
            "nodes": np.bincount(part[held], minlength=len(km)),
            "km": km,
            "share": 100 * on_land / max(on_land.sum(), np.finfo(float).tiny),
            "kind": pd.array(kind, dtype="str"),
        },
        index=pd.RangeIndex(len(km), name="part"),
    )


def _parts(
    network: Network,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """Part of each node, its component with ferries; km of each part, and whether it is afloat."""
    n, dry = network.n_nodes, network.kind != FERRY
    by_land, whole = _joined(network.edges[dry], n), _joined(network.edges, n)
    on_land, used = np.zeros((2, n), dtype=bool)
    on_land[network.edges[dry]] = True
    used[network.edges] = True
    reaches_land = np.zeros(n, dtype=bool)
    reaches_land[whole[on_land]] = True
    # Nodes on land are told apart by land; of ferries only those that touch none are parts.
    key = np.where(on_land, by_land, np.where(used & ~reaches_land[whole], n + whole, NO_PART))
    counted = dry | ~reaches_land[whole[network.edges[:, 0]]]
    start, metres = network.edges[counted, 0], network.length_m[counted]
    keys, first = np.unique(key[key != NO_PART], return_index=True)
    sums = np.bincount(np.searchsorted(keys, key[start]), weights=metres, minlength=len(keys))
    km = np.asarray(sums, dtype=np.float64) / 1000
    order = np.lexsort((first, -km, keys >= n))
    rank = np.empty(len(keys), dtype=np.intp)
    rank[order] = np.arange(len(keys))
    part = np.full(n, NO_PART, dtype=np.intp)
    part[key != NO_PART] = rank[np.searchsorted(keys, key[key != NO_PART])]
    return part, whole, km[order], keys[order] >= n


def _joined(edges: NDArray[np.int32], n_nodes: int) -> NDArray[np.intp]:
    """Label of the connected component of each node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(edges), dtype=np.int8)
    graph = coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(n_nodes, n_nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
