"""What lies on which part of the walking network: an island, a quarter across a river."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.inhabitants import inhabited_cells
from creative_spatial.analysers.walking.snapping import Edges, snap, walkable
from creative_spatial.crs import require_crs
from creative_spatial.network import CUT_OFF, components, land_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network
    from creative_spatial.raster import Raster

OFF_NETWORK = "off network"


def network_parts(
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    max_snap_m: float,
    population: Raster | None = None,
    layers: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> pd.DataFrame:
    """
    Count who and what is on each part of a network that paths alone hold together.

    Parameters
    ----------
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, polygons
        What is in none of them is not counted.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    population : Raster, optional
        Inhabitants a cell, in any CRS; a cell counts at its centre.
    layers : mapping of str to GeoDataFrame, optional
        Places to count, by the name of their column.

    Returns
    -------
    DataFrame
        What `network.components` returns, and after its parts a row "off network" for what no
        path is near; columns `people` (null without a population) and one a layer.

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> from creative_spatial.network import Network
    >>> town = Network(node_xy=np.array([[0, 0], [900, 0], [0, 500], [200, 500.0]]),
    ...     node_id=np.arange(4), edges=np.array([[0, 1], [2, 3]], dtype="int32"),
    ...     length_m=np.array([900.0, 200.0]), kind=np.zeros(2, dtype="int8"),
    ...     way_id=np.arange(2), crs=None)
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(-99, -99, 999, 999)], index=["town"])
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([9, 99, 99], [9, 490, 800]))
    >>> network_parts(town, units, max_snap_m=50, layers={"temples": temples})[["kind", "temples"]]
                 kind  temples
    part
    0            main        1
    1         cut off        1
    2     off network        1
    """
    known = dict(layers or {})
    require_crs(units.crs, **known)
    require_crs(network.crs, units=units)
    table = components(network)
    edges, part = walkable(network), land_parts(network)

    def counted(shapes: NDArray[Any], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        near = snap(shapes, edges, max_snap_m=max_snap_m)
        on = np.isfinite(near.snap_m)
        row = np.where(on, part[network.edges[near.edge, 0]] if len(part) else 0, len(table))
        return np.bincount(row, weights=weight, minlength=len(table) + 1).astype(float)

    off = pd.DataFrame({"kind": [OFF_NETWORK]}, index=pd.RangeIndex(len(table), len(table) + 1))
    full = pd.concat([table, off]).astype({"node_id": "Int64", "nodes": "Int64", "kind": "str"})
    full.index.name = table.index.name
    full["people"] = np.nan
    if population is not None:
        points, _, people = inhabited_cells(population, units)
        full["people"] = counted(points, people)
    for name, layer in known.items():
        held = layer[unit_positions(layer, units) != OUTSIDE]
        full[name] = counted(held.geometry.to_numpy(), np.ones(len(held))).astype(int)
    return full


def paths_to_stop_at(network: Network, *, max_snap_m: float) -> Edges:
    """
    Paths that places are brought to: all but ferries, and fragments that nothing joins.

    The aisle of a cathedral, drawn as a path of its own, leads nowhere; its door is on the
    street.

    Parameters
    ----------
    network : Network
        Walking network.
    max_snap_m : float, metres, > 0
        A cut-off part whose paths are shorter than this in all is a fragment.

    Returns
    -------
    Edges
        With a spatial index over their lines.
    """
    edges = walkable(network)
    parts = components(network)
    fragment = ((parts["kind"] == CUT_OFF) & (1000 * parts["km"] < max_snap_m)).to_numpy()
    if not fragment.any():
        return edges
    kept = ~fragment[land_parts(network)[network.edges[edges.edge, 0]]]
    lines = edges.lines[kept]
    return Edges(edges.edge[kept], lines, edges.length_m[kept], shapely.STRtree(lines))
