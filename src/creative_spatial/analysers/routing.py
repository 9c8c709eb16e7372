"""Walking along the network from where targets are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.snapping import Edges, Stretches, target_stretches, walkable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.network import Network


class Reach(NamedTuple):
    """Where targets are reached, and how far every node is from the nearest, up to a limit."""

    edges: Edges
    goals: Stretches
    at_node: NDArray[np.float64]


def walk_from(
    targets: NDArray[Any],
    network: Network,
    *,
    max_snap_m: float,
    frontage_m: float,
    limit_m: float,
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

    Returns
    -------
    Reach
        What `distance_on_edges` and `near_length` start from.

    Raises
    ------
    ValueError
        If a distance is out of range.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.
    """
    if not 0 < max_snap_m < np.inf:
        raise ValueError(f"`max_snap_m` is {max_snap_m!r}; metres over 0 are needed.")
    if not 0 <= frontage_m < np.inf:
        raise ValueError(f"`frontage_m` is {frontage_m!r}; metres of 0 or more are needed.")
    edges = walkable(network)
    goals = target_stretches(targets, edges, max_snap_m=max_snap_m, frontage_m=frontage_m)
    return Reach(edges, goals, _distance_to_nodes(goals, network, limit_m))


def _distance_to_nodes(goals: Stretches, network: Network, limit_m: float) -> NDArray[np.float64]:
    """Metres from every node to the nearest stretch, infinite beyond the limit."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    if not len(goals.edge):
        return np.full(network.n_nodes, np.inf)
    # One more node stands for "at a target": an arc leads from it to each end of an edge
    # that a target lies on, as long as the rest of that edge.
    target = network.n_nodes
    left, right = network.edges.T
    ends = network.edges[goals.edge]
    rest = np.maximum(network.length_m[goals.edge] - goals.end_m, 0)
    arcs = pd.DataFrame(
        {
            "tail": np.concatenate([left, right, np.full(2 * len(ends), target)]),
            "head": np.concatenate([right, left, ends[:, 0], ends[:, 1]]),
            "metres": np.concatenate([network.length_m, network.length_m, goals.start_m, rest]),
        }
    )
    # Sparse matrices add up what is given twice; of parallel edges one walks the shortest.
    shortest = arcs.groupby(["tail", "head"], as_index=False)["metres"].min()
    graph = coo_array(
        (shortest["metres"], (shortest["tail"], shortest["head"])), shape=(target + 1, target + 1)
    ).tocsr()
    metres: NDArray[np.float64] = dijkstra(graph, indices=target, limit=limit_m)
    return metres[:target]


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
    ends = network.edges[edge]
    over_first = reach.at_node[ends[:, 0]] + offset_m
    over_last = reach.at_node[ends[:, 1]] + network.length_m[edge] - offset_m
    nearest = np.minimum(over_first, over_last)
    places = pd.DataFrame({"edge": edge, "offset": offset_m, "place": np.arange(len(edge))})
    stretches = pd.DataFrame(
        {"edge": reach.goals.edge, "start": reach.goals.start_m, "end": reach.goals.end_m}
    )
    pairs = places.merge(stretches, on="edge")
    place, offset, start, end = (
        pairs[name].to_numpy() for name in ("place", "offset", "start", "end")
    )
    np.minimum.at(nearest, place, np.maximum(np.maximum(start - offset, offset - end), 0))
    return nearest


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
    goals, at_node = reach.goals, reach.at_node
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
