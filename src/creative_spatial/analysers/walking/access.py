"""Where on the network targets are entered: parks at their gates, where gates are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.walking.snapping import (
    Edges,
    Stretches,
    snap,
    target_stretches,
    walkable,
)
from creative_spatial.crs import require_crs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network

GATE_M = 1.0
GATES, FRONTAGE, NEAREST, NOT_REACHED = ENTERED = ("gates", "frontage", "nearest", "not reached")


def target_access(
    targets: gpd.GeoDataFrame,
    network: Network,
    *,
    max_snap_m: float,
    frontage_m: float = 20.0,
    gates: gpd.GeoDataFrame | None = None,
    gate_m: float = GATE_M,
) -> pd.DataFrame:
    """
    How each target is entered from the network, and which are not reached at all.

    Parameters
    ----------
    targets : GeoDataFrame, m rows, any geometry
        What is walked to.
    network : Network
        In the CRS of `targets`.
    max_snap_m : float, metres, > 0
        Farthest that a point, a gate, or an area without a path along it is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.
    gates : GeoDataFrame of Point, optional
        Gates and entrances, as `loaders.read_gates` gives them.
    gate_m : float, metres, >= 0
        How near its outline a gate of an area lies.

    Returns
    -------
    DataFrame, m rows
        Indexed like `targets`. `entered`: "gates" (and wherever a path crosses the outline),
        "frontage" (wherever a path runs along or into it), "nearest" (the nearest place of the
        nearest path), or "not reached"; `gates`: number of gates on the outline; `away_m`: metres
        from the target to the nearest path or steps.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the network.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [100.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([100.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> parks = gpd.GeoDataFrame(geometry=[shapely.box(0, 5, 100, 60), shapely.box(0, 400, 9, 409)])
    >>> gates = gpd.GeoDataFrame(geometry=gpd.points_from_xy([90], [5]))
    >>> target_access(parks, street, max_snap_m=50, gates=gates)
           entered  gates  away_m
    0        gates      1     5.0
    1  not reached      0   400.0
    """
    require_crs(network.crs, targets=targets, gates=gates)
    edges = walkable(network)
    shapes = targets.geometry.to_numpy()
    area, gate = _gates_of(shapes, gates, gate_m)
    away = np.full(len(shapes), np.nan)
    if len(edges.edge):
        (row, _), metres = edges.tree.query_nearest(shapes, return_distance=True, all_matches=False)
        away[row] = metres
    entered = np.full(len(shapes), NOT_REACHED, dtype=object)
    entered[away <= max_snap_m] = NEAREST
    entered[(away <= frontage_m) & (shapely.get_dimensions(shapes) > 0)] = FRONTAGE
    entered[_enclosed(area, gate, edges, max_snap_m)] = GATES
    return pd.DataFrame(
        {
            "entered": pd.array(entered, dtype="str"),
            "gates": np.bincount(area, minlength=len(shapes)),
            "away_m": away,
        },
        index=targets.index,
    )


def entrances(
    shapes: NDArray[Any],
    edges: Edges,
    *,
    max_snap_m: float,
    frontage_m: float,
    gates: gpd.GeoDataFrame | None,
    gate_m: float = GATE_M,
) -> Stretches:
    """
    Where targets are entered, as `target_access` says.

    Parameters
    ----------
    shapes : array of geometry, m values
        Targets.
    edges : Edges
        Where they are entered from.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line.
    gates : GeoDataFrame of Point or None
        Gates and entrances.
    gate_m : float, metres, >= 0
        How near its outline a gate of an area lies.

    Returns
    -------
    Stretches
        In no fixed order.
    """
    area, gate = _gates_of(shapes, gates, gate_m)
    enclosed = _enclosed(area, gate, edges, max_snap_m)
    is_open = np.ones(len(shapes), dtype=bool)
    is_open[enclosed] = False
    crossed = np.unique(edges.tree.query(shapes[enclosed], predicate="intersects")[0])
    parts = [
        target_stretches(some, edges, max_snap_m=max_snap_m, frontage_m=near_m)
        for some, near_m in (
            (shapes[is_open], frontage_m),
            (gate, 0.0),
            (shapes[enclosed][crossed], 0.0),
        )
    ]
    return Stretches(
        np.concatenate([part.edge for part in parts]),
        np.concatenate([part.start_m for part in parts]),
        np.concatenate([part.end_m for part in parts]),
    )


def _gates_of(
    shapes: NDArray[Any], gates: gpd.GeoDataFrame | None, gate_m: float
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Area and gate of each pair of an area and a gate on its outline."""
    if gates is None or gates.empty:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=object)
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    points = gates.geometry.to_numpy()
    outline = shapely.boundary(shapes[areas])
    area, gate = shapely.STRtree(points).query(outline, predicate="dwithin", distance=gate_m)
    return areas[area], points[gate]


def _enclosed(
    area: NDArray[np.intp], gate: NDArray[Any], edges: Edges, max_snap_m: float
) -> NDArray[np.intp]:
    """Areas with a gate that a path reaches; where none does, gates say nothing."""
    if not len(area) or not len(edges.edge):
        return np.empty(0, dtype=np.intp)
    near = np.isfinite(snap(gate, edges, max_snap_m=max_snap_m).snap_m)
    return np.unique(area[near])
