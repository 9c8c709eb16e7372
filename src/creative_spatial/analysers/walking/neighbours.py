"""Which places are within a walk of one another: many from many, along the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.analysers.walking.search import least_cost_graph, leg, pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from creative_spatial.analysers.walking.search import Costs
    from creative_spatial.analysers.walking.snapping import Snapped
    from creative_spatial.network import Network

    Walks = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]
    """Some centres; of each walk the position of its centre in them, the place, and the cost."""

_BATCH = 64
_CELLS = 8_000_000
_ROUNDING = 1e-6


def walking_neighbours(
    snapped: Snapped,
    network: Network,
    *,
    distance_m: float,
    centres: NDArray[np.intp] | None = None,
) -> Iterator[tuple[NDArray[np.intp], csr_array]]:
    """
    Find the places within a walking distance of places, some places at a time.

    Places become nodes of the network, so that distances are exact along edges. Each batch
    is of places that stand near one another and searches only the streets that one of them
    reaches: time grows with the number of places, memory not with the size of the city.

    Parameters
    ----------
    snapped : Snapped
        Where n places are on the network; all of them are.
    network : Network
        Walked both ways along every edge, ferries included.
    distance_m : float, metres, >= 0
        How far to walk.
    centres : array of int, optional
        Places that are walked from; all otherwise.

    Yields
    ------
    rows : array of int
        Some of the centres.
    near : csr_array of float, shape (rows, n)
        1 where a place is within the distance of the centre, as it is of itself.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.

    Examples
    --------
    >>> from creative_spatial.analysers.walking.snapping import Snapped
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [800.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([800.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> at = Snapped(np.array([0, 0, 0]), np.array([100.0, 300.0, 700.0]), np.zeros(3))
    >>> [(rows, near)] = walking_neighbours(at, street, distance_m=400)
    >>> near.toarray()[np.argsort(rows)].astype(int).tolist()
    [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
    """
    from scipy.sparse import csr_array

    costs = (network.length_m, network.length_m)
    found = walks_between(
        snapped, network, costs, limit=distance_m, block_m=2 * distance_m, centres=centres
    )
    for rows, row, place, _ in found:
        near = (np.ones(len(row)), (row, place))
        yield rows, csr_array(near, shape=(len(rows), len(snapped.edge)))


def walks_between(
    snapped: Snapped,
    network: Network,
    costs: Costs,
    *,
    limit: float,
    block_m: float,
    centres: NDArray[np.intp] | None = None,
) -> Iterator[Walks]:
    """
    Find the walks from places to the places within a cost of them, some places at a time.

    Parameters
    ----------
    snapped : Snapped
        Where n places are on the network; all of them are.
    network : Network
        Walking network.
    costs : EdgeMinutes, or a pair of arrays of float
        Of each edge, each way: minutes, or metres.
    limit : float, in the unit of `costs`
        How far to walk.
    block_m : float, metres
        Size of the squares whose centres are searched from together.
    centres : array of int, optional
        Places that are walked from; all otherwise.

    Yields
    ------
    rows : array of int
        Some of the centres.
    row, place : array of int
        Of each walk the position of its centre in `rows`, and the place that it leads to; the
        centre itself is one.
    cost : array of float, in the unit of `costs`
        Of each walk.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.
    """
    from scipy.sparse.csgraph import dijkstra

    graph = _with_places(snapped, network, costs)
    first = network.n_nodes
    limit = limit + _ROUNDING
    every = np.arange(len(snapped.edge)) if centres is None else np.asarray(centres)
    for batch in _neighbourly(every, snapped, network, block_m):
        nodes = first + batch
        reach = np.isfinite(dijkstra(graph, indices=nodes, limit=limit, min_only=True))
        held = np.flatnonzero(reach)
        streets = graph[held][:, held]
        places = np.flatnonzero(held >= first)
        start = np.searchsorted(held, nodes)
        step = max(1, _CELLS // len(held))
        for at in range(0, len(batch), step):
            apart = dijkstra(streets, indices=start[at : at + step], limit=limit)
            to_places = apart[:, places]
            row, column = np.nonzero(np.isfinite(to_places))
            rows = batch[at : at + step]
            yield rows, row, held[places[column]] - first, to_places[row, column]


def _with_places(snapped: Snapped, network: Network, costs: Costs) -> csr_array:
    """Costs between nodes, the places being nodes after those of the network."""
    order = np.lexsort((snapped.offset_m, snapped.edge))
    edge, offset = snapped.edge[order], snapped.offset_m[order]
    place = network.n_nodes + order
    is_first, is_last = np.ones((2, len(order)), dtype=bool)
    is_first[1:] = is_last[:-1] = edge[1:] != edge[:-1]
    ends, length = network.edges[edge], network.length_m[edge]
    # A place hangs on the one before it on its edge, the first and the last on the ends.
    between = ~is_first[1:]
    tail = np.concatenate(
        [network.edges[:, 0], ends[is_first, 0], place[:-1][between], place[is_last]]
    )
    head = np.concatenate(
        [network.edges[:, 1], place[is_first], place[1:][between], ends[is_last, 1]]
    )
    metres = np.concatenate(
        [offset[is_first], np.diff(offset)[between], np.maximum(length - offset, 0)[is_last]]
    )
    on = np.concatenate([edge[is_first], edge[1:][between], edge[is_last]])
    each_way = [
        part for cost in costs for part in (cost, leg(metres, pace(cost[on], network.length_m[on])))
    ]
    start, end = np.concatenate([tail, head]), np.concatenate([head, tail])
    return least_cost_graph(start, end, np.concatenate(each_way), network.n_nodes + len(order))


def _neighbourly(
    centres: NDArray[np.intp], snapped: Snapped, network: Network, block_m: float
) -> list[NDArray[np.intp]]:
    """Centres in batches that lie close together."""
    xy = network.node_xy[network.edges[snapped.edge[centres], 0]]
    column, row = np.floor(xy / max(block_m, 1.0)).T
    # Every other column is gone down, not up, so that a batch that turns stays together.
    order = np.lexsort((np.where(column % 2 == 0, row, -row), column))
    return [centres[order[at : at + _BATCH]] for at in range(0, len(order), _BATCH)]
