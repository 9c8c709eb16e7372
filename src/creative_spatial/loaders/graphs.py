"""The walking network as an osmnx graph, and osmnx graphs as walking networks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from creative_spatial.crs import make_transformer
from creative_spatial.errors import CRSError, DataQualityWarning, LayerSchemaError
from creative_spatial.network import EDGE_KINDS, FERRY, PATH, STEPS, EdgeMinutes, Network

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx
    from numpy.typing import NDArray


class _Lines(NamedTuple):
    """Edges of a graph as they are drawn: ends, coordinates, ground length, kind, way."""

    ends: NDArray[np.intp]
    shapes: NDArray[Any]
    length_m: NDArray[np.float64]
    kind: NDArray[np.int8]
    way_id: NDArray[np.int64]


def to_osmnx(network: Network, *, minutes: EdgeMinutes | None = None) -> nx.MultiDiGraph[Any]:
    """
    Make an osmnx graph of a network: every edge both ways, for its routing, statistics, plots.

    Parameters
    ----------
    network : Network
        With a CRS.
    minutes : EdgeMinutes, optional
        What `analysers.walking_minutes` gives, for routing by time.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes by `node_id` with `x`, `y` in the network's CRS, which is the graph's `crs`, and
        `street_count`, the edges that end there (a loop twice), as osmnx counts them. Edges
        with `osmid` (the way), `length` in metres, `kind`, osmnx's `oneway` and `reversed`,
        and `minutes` in the edge's direction if given.

    Raises
    ------
    CRSError
        If the network has no CRS.
    LayerSchemaError
        If two nodes have the same id.

    Examples
    --------
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [80.0, 0.0]]), node_id=np.array([7, 8]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([80.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([5]), crs=CRS.from_epsg(32647))
    >>> graph = to_osmnx(street)
    >>> sorted(graph.edges(data="length"))
    [(7, 8, 80.0), (8, 7, 80.0)]
    """
    import networkx as nx

    if network.crs is None:
        raise CRSError("`network` has no CRS; osmnx needs one.")
    ids = network.node_id.tolist()
    if len(set(ids)) < len(ids):
        doubled = pd.Series(ids)[pd.Series(ids).duplicated()].unique()[:5].tolist()
        raise LayerSchemaError(f"`network` has nodes of one id, e.g. {doubled}; ids must differ.")
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs=network.crs)
    streets = np.bincount(network.edges.ravel(), minlength=len(ids)).tolist()
    graph.add_nodes_from(
        (node, {"x": x, "y": y, "street_count": count})
        for node, (x, y), count in zip(ids, network.node_xy.tolist(), streets, strict=True)
    )
    facts: dict[str, list[Any]] = {
        "osmid": network.way_id.tolist(),
        "length": network.length_m.tolist(),
        "kind": [EDGE_KINDS[code] for code in network.kind],
    }
    first, last = network.node_id[network.edges].T.tolist() if network.n_edges else ([], [])
    for backward, (tails, heads) in enumerate(((first, last), (last, first))):
        named = {**facts, **({"minutes": minutes[backward].tolist()} if minutes else {})}
        rows = zip(*named.values(), strict=True)
        graph.add_edges_from(
            (
                u,
                v,
                {**dict(zip(named, row, strict=True)), "oneway": False, "reversed": bool(backward)},
            )
            for u, v, row in zip(tails, heads, rows, strict=True)
        )
    return graph


def from_osmnx(graph: nx.Graph[Any], *, crs: Any = None, source_id: str = "osmnx") -> Network:
    """
    Make a walking network of an osmnx graph, simplified or not, directed or not.

    Every edge is walked both ways, whatever its direction; of parallel straight edges the
    shortest stays, and loops without a shape go. An edge with a `geometry` becomes one straight
    edge for each of its segments, which share its `length`. Nodes without edges are left out.

    Parameters
    ----------
    graph : networkx graph
        With `crs`; nodes with `x`, `y`; edges with `length` in metres, and optionally `geometry`,
        `osmid`, and what says stairs and ferries: `kind`, or `highway` and `route`.
    crs : CRS-like, optional
        The working CRS; left out: that of the graph, which must then be in metres
        (``osmnx.project_graph``).
    source_id : str
        Where the graph comes from.

    Returns
    -------
    Network
        Nodes keep their ids if these are whole numbers, and are numbered otherwise; bends
        within edges have negative ids.

    Raises
    ------
    CRSError
        If the graph has no CRS, or would leave the network in degrees.
    LayerSchemaError
        If nodes lack coordinates or edges a length, naming the first.

    Warns
    -----
    DataQualityWarning
        If simplification joined stairs or ferries with other ways.

    Examples
    --------
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [80.0, 0.0]]), node_id=np.array([7, 8]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([80.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([5]), crs=CRS.from_epsg(32647))
    >>> from_osmnx(to_osmnx(street))
    Network(2 nodes, 1 edges, 0.1 km)
    """
    found = graph.graph.get("crs")
    if found is None:
        raise CRSError("The graph has no `crs`; osmnx writes one, or set graph.graph['crs'].")
    given = CRS.from_user_input(found)
    working = given if crs is None else CRS.from_user_input(crs)
    if not working.is_projected:
        raise CRSError(
            "The network would be in degrees; give `crs` in metres or use osmnx.project_graph."
        )
    transformer = make_transformer(given, working)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    ids, xy = _nodes(graph)
    lines = _lines(graph, {node: row for row, node in enumerate(graph.nodes)}, xy)
    _warn_of_mixed_edges(graph)
    xy = move(xy) if len(xy) else xy
    lines = _drawn_once(lines._replace(shapes=shapely.transform(lines.shapes, move)))
    bend_xy, ends, part_of, length = _segments(lines, len(ids))
    keep = _shortest(ends, length)
    ends, part_of, length = ends[keep], part_of[keep], length[keep]
    every_id = np.concatenate([ids, min(ids.min(initial=0), 0) - 1 - np.arange(len(bend_xy))])
    every_xy = np.concatenate([xy, bend_xy])
    used, renumbered = np.unique(ends, return_inverse=True)
    return Network(
        node_xy=every_xy[used],
        node_id=every_id[used],
        edges=renumbered.reshape(-1, 2).astype(np.int32),
        length_m=length,
        kind=lines.kind[part_of],
        way_id=lines.way_id[part_of],
        crs=working,
        source_id=source_id,
    )


def _nodes(graph: nx.Graph[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Id and place of each node, in the graph's order."""
    placed = [(node, data.get("x"), data.get("y")) for node, data in graph.nodes(data=True)]
    lost = [node for node, x, y in placed if x is None or y is None]
    if lost:
        raise LayerSchemaError(f"{len(lost)} nodes have no `x` and `y`, e.g. {lost[:5]}.")
    whole = all(isinstance(node, (int, np.integer)) for node, _, _ in placed)
    ids = [node for node, _, _ in placed] if whole else range(1, len(placed) + 1)
    xy = np.array([(x, y) for _, x, y in placed], dtype=float).reshape(-1, 2)
    return np.array(ids, dtype=np.int64), xy


def _lines(graph: nx.Graph[Any], row_of: dict[Hashable, int], xy: NDArray[np.float64]) -> _Lines:
    """The graph's edges, drawn from the node that their shape starts at."""
    edges = list(graph.edges(data=True))
    bare = [(u, v) for u, v, data in edges if data.get("length") is None]
    if bare:
        raise LayerSchemaError(
            f"{len(bare)} edges have no `length`, e.g. {bare[:3]}; use osmnx.distance.add_edge_lengths."
        )
    ends = np.array([(row_of[u], row_of[v]) for u, v, _ in edges], dtype=np.intp).reshape(-1, 2)
    shapes = np.asarray(shapely.linestrings(xy[ends]), dtype=object)
    curved = [row for row, (_, _, data) in enumerate(edges) if data.get("geometry") is not None]
    if curved:
        shapes[curved] = [edges[row][2]["geometry"] for row in curved]
        # Undirected graphs do not say at which end a shape starts.
        start = shapely.get_coordinates(shapely.get_point(shapes[curved], 0))
        near, far = (np.hypot(*(xy[ends[curved, side]] - start).T) for side in (0, 1))
        turned = np.asarray(curved)[near > far]
        ends[turned] = ends[turned][:, ::-1]
    return _Lines(
        ends,
        shapes,
        np.array([data["length"] for _, _, data in edges], dtype=float),
        np.array([_kind(data) for _, _, data in edges], dtype=np.int8),
        np.array([_way(data) for _, _, data in edges], dtype=np.int64),
    )


def _drawn_once(lines: _Lines) -> _Lines:
    """Streets that a directed graph has both ways, once: the shorter of two alike."""
    alike = shapely.to_wkb(shapely.normalize(lines.shapes))
    table = pd.DataFrame({"alike": alike, "length": lines.length_m})
    kept = table.sort_values("length", kind="stable").drop_duplicates("alike").index.sort_values()
    return _Lines(*(values[kept.to_numpy()] for values in lines))


def _kind(data: dict[str, Any]) -> int:
    """Position in `EDGE_KINDS`, from our own attribute or OpenStreetMap's tags."""
    kind = _first(data.get("kind"))
    if kind in EDGE_KINDS:
        return EDGE_KINDS.index(kind)
    highway, route = (_first(data.get(name)) for name in ("highway", "route"))
    if highway is None and route == "ferry":
        return FERRY
    return STEPS if highway == "steps" else PATH


def _warn_of_mixed_edges(graph: nx.Graph[Any]) -> None:
    """Say how many edges join stairs or ferries with other ways: they count as their first."""
    names = ("kind", "highway", "route")
    mixed = 0
    for _, _, data in graph.edges(data=True):
        lists = {name: data[name] for name in names if isinstance(data.get(name), (list, tuple))}
        longest = max((len(values) for values in lists.values()), default=0)
        kinds = {
            _kind(
                {**data, **{name: values[at] for name, values in lists.items() if at < len(values)}}
            )
            for at in range(longest)
        }
        mixed += len(kinds) > 1
    if mixed:
        warnings.warn(
            f"{mixed} edges join stairs or ferries with other ways and are taken as the first of "
            "them; simplify with osmnx.simplify_graph(graph, edge_attrs_differ=['kind']) (of a "
            "graph of our own) or ['highway', 'route'] to keep them apart.",
            DataQualityWarning,
            stacklevel=3,
        )


def _way(data: dict[str, Any]) -> int:
    """Id of the way; 0 where there is none. Simplified edges of several ways name the first."""
    way = _first(data.get("osmid"))
    return way if isinstance(way, int) else 0


def _first(value: Any) -> Any:
    """Simplified graphs have lists where ways were joined."""
    return next(iter(value), None) if isinstance(value, (list, tuple)) else value


def _segments(
    lines: _Lines, n_nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Bends as new nodes; ends, edge and ground length of each straight segment."""
    xy, line = shapely.get_coordinates(lines.shapes, return_index=True)
    is_first, is_last = np.ones((2, len(line)), dtype=bool)
    is_first[1:] = line[1:] != line[:-1]
    is_last[:-1] = is_first[1:]
    node = np.empty(len(line), dtype=np.intp)
    bend = ~(is_first | is_last)
    node[bend] = n_nodes + np.arange(bend.sum())
    node[is_first], node[is_last] = lines.ends.T
    start = np.flatnonzero(~is_last)
    part_of = line[start]
    drawn = np.hypot(*(xy[start + 1] - xy[start]).T)
    total = np.bincount(part_of, weights=drawn, minlength=len(lines.ends))[part_of]
    pieces = np.bincount(part_of, minlength=len(lines.ends))[part_of]
    share = np.divide(drawn, total, out=1 / pieces, where=total > 0)
    ends = np.column_stack([node[start], node[start + 1]])
    return xy[bend], ends, part_of, share * lines.length_m[part_of]


def _shortest(ends: NDArray[np.intp], length: NDArray[np.float64]) -> NDArray[np.intp]:
    """Rows to keep: one for each pair of different ends, in the graph's order."""
    table = pd.DataFrame({"low": ends.min(axis=1), "high": ends.max(axis=1), "length": length})
    table = table[table["low"] != table["high"]].sort_values("length", kind="stable")
    kept: NDArray[np.intp] = np.sort(table.drop_duplicates(["low", "high"]).index.to_numpy())
    return kept
