"""Walking along the network from where targets are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.walking.access import entrances
from creative_spatial.analysers.walking.search import Arrival, cost_from, walk_to
from creative_spatial.analysers.walking.snapping import Edges, walkable
from creative_spatial.network import EdgeMinutes

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network


class Reach(NamedTuple):
    """Edges to step onto, where targets are reached, and metres from every node, up to a limit."""

    edges: Edges
    arrival: Arrival


def walk_from(
    targets: NDArray[Any],
    network: Network,
    *,
    max_snap_m: float,
    frontage_m: float,
    limit_m: float,
    gates: gpd.GeoDataFrame | None = None,
) -> Reach:
    """
    Bring targets to the network and walk from them.

    Parameters
    ----------
    targets : array of geometry, m values
        In the CRS of the network.
    network : Network
        Walked both ways along every edge, ferries included.
    max_snap_m : float, metres, > 0
        Farthest that a target is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an areal or linear target to be at it.
    limit_m : float, metres
        How far to walk.
    gates : GeoDataFrame of Point, optional
        Gates and entrances: areas that have any are entered there.

    Returns
    -------
    Reach
        What `distance_on_edges` and `near_length` start from.

    Raises
    ------
    ValueError
        If a distance is out of range.
    """
    if not 0 < max_snap_m < np.inf:
        raise ValueError(f"`max_snap_m` is {max_snap_m!r}; metres over 0 are needed.")
    if not 0 <= frontage_m < np.inf:
        raise ValueError(f"`frontage_m` is {frontage_m!r}; metres of 0 or more are needed.")
    edges = walkable(network)
    goals = entrances(targets, edges, max_snap_m=max_snap_m, frontage_m=frontage_m, gates=gates)
    return Reach(edges, walk_to(goals, network, _metres(network), limit=limit_m))


def _metres(network: Network) -> EdgeMinutes:
    """Lengths of the edges, the same both ways."""
    return EdgeMinutes(network.length_m, network.length_m)


def distance_on_edges(
    edge: NDArray[np.intp],
    offset_m: NDArray[np.float64],
    reach: Reach,
    network: Network,
) -> NDArray[np.float64]:
    """
    Metres from places on edges to the nearest target: over either end, or along the edge.

    Parameters
    ----------
    edge : array of int, n values
        Edge that each place is on.
    offset_m : array of float, metres, n values
        How far along it, from its first node.
    reach : Reach
        What `walk_from` returned.
    network : Network
        The same network.

    Returns
    -------
    array of float, metres, n values
        Infinite where there is no way within the limit of `reach`.
    """
    return cost_from(edge, offset_m, reach.arrival, network, _metres(network))


def near_length(reach: Reach, network: Network, distance_m: float) -> NDArray[np.float64]:
    """
    Length of each edge from which a target is within a walking distance.

    Parameters
    ----------
    reach : Reach
        What `walk_from` returned, with a limit of at least `distance_m`.
    network : Network
        The same network.
    distance_m : float, metres, >= 0
        Greatest distance that counts as near.

    Returns
    -------
    array of float, metres, one an edge
        0 to the edge's length.
    """
    goals, at_node = reach.arrival
    length, (left, right) = network.length_m, network.edges.T
    every = np.arange(network.n_edges)
    pieces = pd.DataFrame(
        {
            "edge": np.concatenate([every, every, goals.edge]),
            "start": np.concatenate(
                [
                    np.zeros(len(every)),
                    length - (distance_m - at_node[right]),
                    goals.start_m - distance_m,
                ]
            ),
            "end": np.concatenate([distance_m - at_node[left], length, goals.end_m + distance_m]),
        }
    )
    limit = length[pieces["edge"]]
    pieces = pieces.clip(lower=0).assign(
        start=lambda table: np.minimum(table["start"], limit),
        end=lambda table: np.minimum(table["end"], limit),
    )
    pieces = pieces[pieces["end"] > pieces["start"]].sort_values(["edge", "start"])
    # What earlier pieces of the edge reached already is not counted again.
    reached = pieces.groupby("edge")["end"].cummax().groupby(pieces["edge"]).shift(fill_value=0.0)
    fresh = np.maximum(pieces["end"] - np.maximum(pieces["start"], reached), 0)
    return np.bincount(pieces["edge"], weights=fresh, minlength=network.n_edges).astype(float)
