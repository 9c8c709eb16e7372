"""Walking to the nearest target, in minutes or metres, where up and down may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from creative_spatial.analysers.walking.snapping import Stretches
    from creative_spatial.network import Network

    Costs = tuple[NDArray[np.float64], NDArray[np.float64]]
    """Of each edge, from its first node to its second, and back: minutes, or metres."""


class Arrival(NamedTuple):
    """Where targets are reached, and what it costs from every node, up to a limit."""

    goals: Stretches
    at_node: NDArray[np.float64]


def walk_to(goals: Stretches, network: Network, costs: Costs, *, limit: float = np.inf) -> Arrival:
    """
    Minutes, or metres, from every node to the nearest goal.

    One search backwards from all goals at once, whatever the number of nodes.

    Parameters
    ----------
    goals : Stretches
        Where targets are reached.
    network : Network
        Walking network, n nodes.
    costs : EdgeMinutes, or a pair of arrays of float
        Of each edge, each way; an infinite one is not walked.
    limit : float, in the unit of `costs`
        How far to look.

    Returns
    -------
    Arrival
        `at_node`: n values, infinite beyond the limit and where there is no way.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.
    """
    from scipy.sparse.csgraph import dijkstra

    if not len(goals.edge):
        return Arrival(goals, np.full(network.n_nodes, np.inf))
    length = network.length_m[goals.edge]
    out, back = (pace(time[goals.edge], length) for time in costs)
    first, last = network.edges[goals.edge].T
    # One more node stands for "at a target"; arcs lead from it backwards in time.
    last_leg = np.full(network.n_nodes, np.inf)
    np.minimum.at(last_leg, first, leg(goals.start_m, out))
    np.minimum.at(last_leg, last, leg(length - goals.end_m, back))
    graph = _backwards(network, costs, last_leg)
    found = dijkstra(graph, indices=network.n_nodes, limit=limit)
    return Arrival(goals, np.asarray(found[: network.n_nodes], dtype=float))


def cost_from(
    edge: NDArray[np.intp],
    offset_m: NDArray[np.float64],
    arrival: Arrival,
    network: Network,
    costs: Costs,
) -> NDArray[np.float64]:
    """
    Minutes, or metres, from places on edges to the nearest target: over an end, or along the edge.

    Parameters
    ----------
    edge : array of int, n values
        Edge that each place is on.
    offset_m : array of float, metres, n values
        How far along it, from its first node.
    arrival : Arrival
        What `walk_to` returned.
    network : Network
        The same network.
    costs : EdgeMinutes, or a pair of arrays of float
        The same costs.

    Returns
    -------
    array of float, in the unit of `costs`, n values
        Infinite where there is no way within the limit of `arrival`.
    """
    length = network.length_m[edge]
    out, back = (pace(time[edge], length) for time in costs)
    first, last = network.edges[edge].T
    over_first = arrival.at_node[first] + leg(offset_m, back)
    over_last = arrival.at_node[last] + leg(length - offset_m, out)
    nearest: NDArray[np.float64] = np.minimum(over_first, over_last)
    places = pd.DataFrame(
        {"edge": edge, "offset": offset_m, "out": out, "back": back, "place": np.arange(len(edge))}
    )
    goals = arrival.goals
    stretches = pd.DataFrame({"edge": goals.edge, "start": goals.start_m, "end": goals.end_m})
    pairs = places.merge(stretches, on="edge")
    place, offset, start, end, onward, home = (
        pairs[name].to_numpy() for name in ("place", "offset", "start", "end", "out", "back")
    )
    np.minimum.at(nearest, place, leg(start - offset, onward) + leg(offset - end, home))
    return nearest


def pace(time: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Cost of a metre of each edge.

    Parameters
    ----------
    time : array of float, m values
        Cost of each edge one way.
    length : array of float, metres, m values
        Their lengths.

    Returns
    -------
    array of float, m values
        0 on an edge without length.
    """
    per_metre = np.zeros(len(length))
    np.divide(time, length, out=per_metre, where=length > 0)
    return per_metre


def leg(metres: NDArray[np.float64], per_metre: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Cost of a part of an edge.

    Parameters
    ----------
    metres : array of float, m values
        How long the part is.
    per_metre : array of float, m values
        What `pace` returned.

    Returns
    -------
    array of float, m values
        None for no metres, even where the edge is endless.
    """
    time = np.zeros(len(metres))
    np.multiply(metres, per_metre, out=time, where=metres > 0)
    return time


def _backwards(network: Network, costs: Costs, last_leg: NDArray[np.float64]) -> csr_array:
    """The network with every arc turned round, and arcs from the targets' node."""
    target = network.n_nodes
    reached = np.flatnonzero(np.isfinite(last_leg))
    left, right = network.edges.T
    tail = np.concatenate([right, left, np.full(len(reached), target)])
    head = np.concatenate([left, right, reached])
    time = np.concatenate([*costs, last_leg[reached]])
    return least_cost_graph(tail, head, time, target + 1)


def least_cost_graph(
    tail: NDArray[Any], head: NDArray[Any], cost: NDArray[np.float64], size: int
) -> csr_array:
    """
    Arcs as a sparse matrix; of parallel arcs one takes the least costly.

    Parameters
    ----------
    tail, head : array of int, m values
        Nodes that each arc leads from and to.
    cost : array of float, m values
        Of each arc; a free one is an arc all the same.
    size : int
        Number of nodes.

    Returns
    -------
    csr_array of float, shape (size, size)
        As `scipy.sparse.csgraph` takes it.
    """
    from scipy.sparse import coo_array

    graph = coo_array((cost, (tail, head)), shape=(size, size)).tocsr()
    if graph.nnz < len(cost):
        # Sparse matrices add up what is given twice.
        arcs = pd.DataFrame({"tail": tail, "head": head, "cost": cost})
        least = arcs.groupby(["tail", "head"], as_index=False)["cost"].min()
        ends = (least["tail"].to_numpy(), least["head"].to_numpy())
        graph = coo_array((least["cost"].to_numpy(), ends), shape=(size, size)).tocsr()
    return graph
