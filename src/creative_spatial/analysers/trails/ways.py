"""The quickest ways between stops along the walking network, with their real course."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from creative_spatial.analysers.walking.parts import paths_to_stop_at
from creative_spatial.analysers.walking.snapping import Edges, snap
from creative_spatial.network import FERRY

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from creative_spatial.network import EdgeMinutes, Network

_NOWHERE = -9999  # scipy's mark of a node without predecessor


class Stretch(NamedTuple):
    """A part of a leg, all on foot or all by ferry: its course, metres and minutes."""

    xy: NDArray[np.float64]
    afloat: bool
    length_m: float
    minutes: float


class Ways(NamedTuple):
    """
    Stops on the network, and the quickest ways between them.

    Parameters
    ----------
    snap_m : array of float, metres, shape (n,)
        From each stop to its path; null where none is near enough.
    minutes : array of float, shape (n, n)
        From each stop to each other; infinite where there is no way, or no path near a stop.
    at : array of Point, shape (n,)
        Where each stop is: of a line or an area, where it comes nearest to its path.
    node : array of int, shape (n,)
        Row of each stop in `xy`; -1 where no path is near.
    xy : array of float, shape (k, 2), metres
        Of the network's nodes and, behind them, of the stops' places on it.
    came : array of int, shape (n, k)
        Node before each node on the quickest way from each stop.
    arcs : csr_array, shape (k, k)
        Minutes of each arc that is walked, the quickest of parallel ones.
    length_m : array of float
        Metres of the arcs, in the order of ``arcs.data``.
    afloat : array of bool
        Whether they are ferries.
    """

    snap_m: NDArray[np.float64]
    minutes: NDArray[np.float64]
    at: NDArray[Any]
    node: NDArray[np.intp]
    xy: NDArray[np.float64]
    came: NDArray[np.int32]
    arcs: csr_array
    length_m: NDArray[np.float64]
    afloat: NDArray[np.bool_]

    def leg(self, start: int, end: int) -> list[Stretch]:
        """
        Follow the quickest way from one stop to another.

        Parameters
        ----------
        start, end : int
            Rows of two stops that there is a way between.

        Returns
        -------
        list of Stretch
            On foot and by ferry in turn; none where both are at one place.
        """
        path = [int(self.node[end])]
        while path[-1] != self.node[start]:
            path.append(int(self.came[start, path[-1]]))
        nodes = np.array(path[::-1])
        arcs = np.array(
            [self._arc(tail, head) for tail, head in itertools.pairwise(path[::-1])],
            dtype=np.intp,
        )
        if not len(arcs):
            return []
        afloat = self.afloat[arcs]
        cuts = np.flatnonzero(afloat[1:] != afloat[:-1]) + 1
        bounds = [0, *cuts.tolist(), len(arcs)]
        return [
            Stretch(
                self.xy[nodes[first : last + 1]],
                bool(afloat[first]),
                float(self.length_m[arcs[first:last]].sum()),
                float(self.arcs.data[arcs[first:last]].sum()),
            )
            for first, last in itertools.pairwise(bounds)
        ]

    def _arc(self, tail: int, head: int) -> int:
        """Position of an arc in the arrays."""
        first, last = self.arcs.indptr[tail : tail + 2]
        return int(first + np.searchsorted(self.arcs.indices[first:last], head))


def ways_between(
    shapes: NDArray[Any],
    network: Network,
    minutes: EdgeMinutes,
    *,
    max_snap_m: float,
    edges: Edges | None = None,
) -> Ways:
    """
    Bring stops to the network and find the quickest way from each to each other.

    Parameters
    ----------
    shapes : array of geometry, n values
        Points are reached at the nearest place of the nearest path; lines and areas where the
        nearest path comes nearest to them. Ferries are travelled on, not stopped at.
    network : Network
        In the CRS of the shapes.
    minutes : EdgeMinutes
        What `walking_minutes` gives; an infinite edge is not taken that way.
    max_snap_m : float, metres, > 0
        Farthest that a stop is brought to a path.
    edges : Edges, optional
        What `paths_to_stop_at` gives for the network, where it is at hand.

    Returns
    -------
    Ways
        Stops at one place are no time apart.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.
    """
    from scipy.sparse.csgraph import dijkstra

    n = len(shapes)
    paths = paths_to_stop_at(network, max_snap_m=max_snap_m) if edges is None else edges
    found = snap(shapes, paths, max_snap_m=max_snap_m)
    on = np.flatnonzero(np.isfinite(found.snap_m))
    places, which = np.unique(
        np.column_stack([found.edge[on], found.offset_m[on]]), axis=0, return_inverse=True
    )
    node = np.full(n, -1, dtype=np.intp)
    node[on] = network.n_nodes + which.reshape(-1)
    edge, offset = places[:, 0].astype(np.intp), places[:, 1]
    graph, length, afloat = _arcs(network, minutes, edge, offset)
    ends = network.node_xy[network.edges[edge]].reshape(-1, 2, 2)
    share = np.divide(
        offset, network.length_m[edge], out=np.zeros(len(edge)), where=network.length_m[edge] > 0
    )
    xy = np.vstack([network.node_xy, ends[:, 0] + share[:, None] * (ends[:, 1] - ends[:, 0])])
    between = np.full((n, n), np.inf)
    np.fill_diagonal(between, 0.0)
    came = np.full((n, len(xy)), _NOWHERE, dtype=np.int32)
    if len(on):
        starts = network.n_nodes + np.arange(len(places))
        time, before = dijkstra(graph, indices=starts, return_predecessors=True)
        between[np.ix_(on, on)] = time[which.reshape(-1)][:, node[on]]
        came[on] = before[which.reshape(-1)]
    at = np.array(shapely.point_on_surface(shapes), dtype=object)
    at[on] = shapely.get_point(shapely.shortest_line(shapes[on], shapely.points(xy[node[on]])), 0)
    return Ways(found.snap_m, between, at, node, xy, came, graph, length, afloat)


def _arcs(
    network: Network, minutes: EdgeMinutes, edge: NDArray[np.intp], offset: NDArray[np.float64]
) -> tuple[csr_array, NDArray[np.float64], NDArray[np.bool_]]:
    """Arcs both ways, edges cut at the places (sorted by edge and metres) that lie on them."""
    from scipy.sparse import csr_array

    size = network.n_nodes + len(edge)
    place = network.n_nodes + np.arange(len(edge))
    first_of_edge = np.append(True, edge[1:] != edge[:-1])[: len(edge)]
    last_of_edge = np.append(edge[1:] != edge[:-1], True)[: len(edge)]
    # A piece ends at every place, and one more at the end of every edge that has places.
    piece_edge = np.concatenate([edge, edge[last_of_edge]])
    tail = np.where(first_of_edge, network.edges[edge, 0], np.append(0, place[:-1])[: len(edge)])
    begin = np.where(first_of_edge, 0.0, np.append(0.0, offset[:-1])[: len(edge)])
    tail = np.concatenate([tail, place[last_of_edge]])
    head = np.concatenate([place, network.edges[edge[last_of_edge], 1]])
    metres = np.concatenate(
        [offset - begin, network.length_m[edge[last_of_edge]] - offset[last_of_edge]]
    )
    whole = np.setdiff1d(np.arange(network.n_edges), edge)
    piece_edge = np.concatenate([whole, piece_edge])
    tail = np.concatenate([network.edges[whole, 0], tail])
    head = np.concatenate([network.edges[whole, 1], head])
    metres = np.maximum(np.concatenate([network.length_m[whole], metres]), 0.0)
    total = network.length_m[piece_edge]
    share = np.divide(metres, total, out=np.ones(len(metres)), where=total > 0)
    with np.errstate(invalid="ignore"):
        forward, backward = (time[piece_edge] * share for time in minutes)
    time = np.concatenate([forward, backward])
    tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
    metres, afloat = np.tile(metres, 2), np.tile(network.kind[piece_edge] == FERRY, 2)
    # Of parallel arcs the quickest is taken; sparse matrices would add them up.
    order = np.lexsort((metres, time, head, tail))
    order = order[np.isfinite(time[order])]
    kept = np.append(True, np.diff(tail[order]) | np.diff(head[order]))[: len(order)].astype(bool)
    order = order[kept]
    starts = np.searchsorted(tail[order], np.arange(size + 1))
    graph = csr_array((time[order], head[order], starts), shape=(size, size))
    return graph, metres[order], afloat[order]
