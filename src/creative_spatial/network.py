"""The walking network as compact arrays: what the loaders make and the measures use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

EDGE_KINDS = ("path", "steps", "ferry")


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
