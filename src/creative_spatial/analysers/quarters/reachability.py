"""
Clusters of places by reachability: density-based, without an order and without a seed.

DBSCAN* (Campello, Moulavi and Sander 2013): a site is a core where enough sites are within
reach, itself among them, and clusters are the cores that hang together by links no longer
than that. What is not a core is in no cluster, so that nothing depends on the order of the
rows. A link leads over land, or, where a path network is given, over a bridge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from creative_spatial.analysers.walking.snapping import FERRY, snap, walkable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.network import Network

NONE = -1
_CHUNK = 64
_LINES = 200_000
CENTIMETRE = 0.01
# A limit of memory, not of meaning: every setting that is tried sorts them anew.
MOST_LINKS = 20_000_000


class Sites(NamedTuple):
    """
    Distinct positions of places: what stands at one point is one site.

    Parameters
    ----------
    xy : array of float, shape (n, 2), metres
        Positions, sorted.
    at : array of int
        Which site each place is at.
    places : array of int, shape (n,)
        Places at each site.
    """

    xy: NDArray[np.float64]
    at: NDArray[np.intp]
    places: NDArray[np.intp]


class Links(NamedTuple):
    """Pairs of sites within reach of each other, and metres between them."""

    pairs: NDArray[np.intp]
    metres: NDArray[np.float64]


def sites_of(xy: NDArray[np.float64], *, step_m: float = CENTIMETRE) -> Sites:
    """
    Gather places that stand at one point, to the centimetre.

    Parameters
    ----------
    xy : array of float, shape (k, 2), metres
        Places.
    step_m : float, metres, > 0
        Positions are rounded to its multiples.

    Returns
    -------
    Sites
        Sorted by coordinates.

    Examples
    --------
    >>> sites_of(np.array([[5.0, 5.0], [0.0, 0.0], [5.0, 5.001]])).places.tolist()
    [1, 2]
    """
    rounded = np.round(np.round(xy / step_m) * step_m, 2)
    found, at, count = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    return Sites(found, np.asarray(at, dtype=np.intp).ravel(), np.asarray(count, dtype=np.intp))


def finest_step(xy: NDArray[np.float64], *, reach_m: float, most_links: int = MOST_LINKS) -> float:
    """
    Find how finely positions can be told apart without more links than memory holds.

    Parameters
    ----------
    xy : array of float, shape (k, 2), metres
        Places.
    reach_m : float, metres, > 0
        Greatest length of a link.
    most_links : int
        How many links there may be.

    Returns
    -------
    float
        A centimetre, or 10, 100 … times as much, below a tenth of the reach.

    Examples
    --------
    >>> crowd = np.column_stack([np.linspace(0, 1, 101), np.zeros(101)])
    >>> finest_step(crowd, reach_m=150), finest_step(crowd, reach_m=150, most_links=100)
    (0.01, 0.1)
    """
    from scipy.spatial import KDTree

    step = CENTIMETRE
    while 10 * step <= reach_m / 10:
        sites = sites_of(xy, step_m=step).xy
        tree = KDTree(sites - sites[:1])
        if (int(tree.count_neighbors(tree, reach_m)) - len(sites)) // 2 <= most_links:
            break
        step *= 10
    return step


def links_over_land(
    sites: NDArray[np.float64],
    land: BaseGeometry,
    *,
    reach_m: float,
    network: Network | None = None,
    max_snap_m: float = 50.0,
) -> Links:
    """
    Pairs of sites within reach, not over water.

    Parameters
    ----------
    sites : array of float, shape (n, 2), metres
        Positions on the land.
    land : (Multi)Polygon, same CRS
        A straight line between two sites counts where it lies on it.
    reach_m : float, metres, > 0
        Greatest distance.
    network : Network, same CRS, optional
        Two sites with water between them are linked where a walk along it, without ferries, is
        no longer than `reach_m`, and as long as that walk; never without a network.
    max_snap_m : float, metres, > 0
        Farthest that a site is brought to a path.

    Returns
    -------
    Links
        Each pair once, lower row first, sorted.

    Examples
    --------
    >>> banks = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 0, 50, 100))
    >>> places = np.array([[10.0, 50.0], [30.0, 50.0], [60.0, 50.0]])
    >>> links_over_land(places, banks, reach_m=30).pairs.tolist()
    [[0, 1]]
    """
    from scipy.spatial import KDTree

    pairs = KDTree(sites).query_pairs(reach_m, output_type="ndarray").astype(np.intp)
    pairs = np.sort(pairs.reshape(-1, 2), axis=1)
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    metres = np.hypot(*(sites[pairs[:, 0]] - sites[pairs[:, 1]]).T)
    dry = _over_land(sites, pairs, metres, land)
    if network is not None and not dry.all():
        metres[~dry] = _walks(sites, pairs[~dry], network, reach_m, max_snap_m)
    elif network is None:
        metres[~dry] = np.inf
    near = metres <= reach_m
    return Links(pairs[near], metres[near])


def clusters_of(
    n_sites: int,
    links: Links,
    *,
    reach_m: float,
    core_sites: int,
    certain: NDArray[np.bool_] | None = None,
) -> NDArray[np.intp]:
    """
    Label the cores of each cluster.

    Parameters
    ----------
    n_sites : int
        Number of sites, n.
    links : Links
        As `links_over_land` gives them, with a reach of at least `reach_m`.
    reach_m : float, metres
        Greatest length of a link.
    core_sites : int, > 0
        Sites within reach, itself among them, that make a site a core.
    certain : array of bool, shape (n,), optional
        Sites that count; all otherwise.

    Returns
    -------
    array of int, shape (n,)
        From 0 on, by the first site of each cluster; -1 for what is no core.

    References
    ----------
    Ester et al. (1996), KDD 2; Campello, Moulavi and Sander (2013), PAKDD, LNCS 7819.

    Examples
    --------
    >>> row = sites_of(np.column_stack([[0.0, 10, 20, 90, 100, 300], np.zeros(6)]))
    >>> links = links_over_land(row.xy, shapely.box(-1, -1, 301, 1), reach_m=15)
    >>> clusters_of(6, links, reach_m=15, core_sites=2).tolist()
    [0, 0, 0, 1, 1, -1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = n_sites
    sure = np.ones(n, dtype=bool) if certain is None else certain
    pairs = links.pairs[(links.metres <= reach_m) & sure[links.pairs].all(axis=1)]
    core = sure & (np.bincount(pairs.ravel(), minlength=n) + 1 >= core_sites)
    pairs = pairs[core[pairs].all(axis=1)]
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), tuple(pairs.T)), shape=(n, n))
    part = connected_components(graph, directed=False)[1]
    _, first, which = np.unique(part[core], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    labels = np.full(n, NONE, dtype=np.intp)
    labels[core] = rank[np.asarray(which).ravel()]
    return labels


def spanning_links(links: Links, labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """
    The shortest links that join the cores of each cluster.

    Parameters
    ----------
    links : Links
        As for `clusters_of`.
    labels : array of int, shape (n,)
        As `clusters_of` gives them.

    Returns
    -------
    array of int, shape (m, 2)
        Rows of sites: a minimum spanning tree of each cluster.

    Examples
    --------
    >>> links = Links(np.array([[0, 1], [0, 2], [1, 2]]), np.array([1.0, 2.0, 1.5]))
    >>> spanning_links(links, np.array([0, 0, 0])).tolist()
    [[0, 1], [1, 2]]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    ends = labels[links.pairs]
    used = (ends[:, 0] == ends[:, 1]) & (ends[:, 0] != NONE)
    pairs, metres = links.pairs[used], links.metres[used]
    # A tie goes to the first pair, so that the tree does not hang on how it is searched.
    rank = np.empty(len(metres))
    rank[np.lexsort((pairs[:, 1], pairs[:, 0], metres))] = np.arange(1, len(metres) + 1)
    graph = coo_array((rank, tuple(pairs.T)), shape=(len(labels),) * 2).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    found = np.column_stack([tree.row, tree.col]).astype(np.intp)
    return found[np.lexsort(found.T[::-1])]


def _over_land(
    sites: NDArray[np.float64],
    pairs: NDArray[np.intp],
    metres: NDArray[np.float64],
    land: BaseGeometry,
) -> NDArray[np.bool_]:
    """Whether the straight line between the sites of each pair lies on the land."""
    shore = np.full(len(sites), np.inf)
    corners, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(land)), return_index=True
    )
    stretch = np.stack([corners[:-1], corners[1:]], axis=1)[ring[:-1] == ring[1:]]
    (site, _), away = shapely.STRtree(shapely.linestrings(stretch)).query_nearest(
        np.asarray(shapely.points(sites)), return_distance=True, all_matches=False
    )
    shore[site] = away
    # A line that is shorter than the way to the shore does not cross it.
    dry: NDArray[np.bool_] = metres < shore[pairs].max(axis=1)
    shapely.prepare(land)
    near = np.flatnonzero(~dry)
    for first in range(0, len(near), _LINES):
        part = near[first : first + _LINES]
        dry[part] = shapely.covers(land, shapely.linestrings(sites[pairs[part]]))
    return dry


def _walks(
    sites: NDArray[np.float64],
    pairs: NDArray[np.intp],
    network: Network,
    limit_m: float,
    max_snap_m: float,
) -> NDArray[np.float64]:
    """Metres along the paths between the sites of each pair; infinite beyond the limit."""
    from scipy.sparse.csgraph import dijkstra

    start = snap(np.asarray(shapely.points(sites)), walkable(network), max_snap_m=max_snap_m)
    metres = np.full(len(pairs), np.inf)
    on = np.flatnonzero(np.isfinite(start.snap_m[pairs]).all(axis=1))
    graph = _paths(network)
    one, other = pairs[on].T
    (ends, legs), (other_ends, other_legs) = (
        _ends(network, start.edge[it], start.offset_m[it]) for it in (one, other)
    )
    sources, row = np.unique(ends, return_inverse=True)
    row = np.asarray(row).reshape(ends.shape)
    same = start.edge[one] == start.edge[other]
    along = np.abs(start.offset_m[one] - start.offset_m[other])
    found = np.where(same, along, np.inf)
    for first in range(0, len(sources), _CHUNK):
        reached = dijkstra(graph, indices=sources[first : first + _CHUNK], limit=limit_m)
        for a in range(2):
            here = np.flatnonzero((row[:, a] >= first) & (row[:, a] < first + _CHUNK))
            for b in range(2):
                between = reached[row[here, a] - first, other_ends[here, b]]
                walk = legs[here, a] + between + other_legs[here, b]
                found[here] = np.minimum(found[here], walk)
    metres[on] = found
    return metres


def _ends(
    network: Network, edge: NDArray[np.intp], offset_m: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Both end nodes of the edges that places are on, and metres to them."""
    legs = np.column_stack([offset_m, network.length_m[edge] - offset_m])
    return network.edges[edge].astype(np.intp), legs


def _paths(network: Network) -> object:
    """Paths and steps both ways; of parallel ones the shortest."""
    import pandas as pd
    from scipy.sparse import coo_array

    dry = network.kind != FERRY
    ends = np.sort(network.edges[dry], axis=1)
    table = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "m": network.length_m[dry]})
    shortest = table[table["a"] != table["b"]].groupby(["a", "b"])["m"].min().reset_index()
    n = network.n_nodes
    pairs = (shortest["a"].to_numpy(), shortest["b"].to_numpy())
    graph = coo_array((shortest["m"].to_numpy(), pairs), shape=(n, n)).tocsr()
    return graph + graph.T
