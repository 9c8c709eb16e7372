"""Bringing places to the walking network: to its edges, not to its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from creative_spatial.network import EDGE_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.network import Network

FERRY = EDGE_KINDS.index("ferry")


class Edges(NamedTuple):
    """Edges that one can step onto: their number in the network, line, ground length, index."""

    edge: NDArray[np.intp]
    lines: NDArray[Any]
    length_m: NDArray[np.float64]
    tree: shapely.STRtree


class Snapped(NamedTuple):
    """Nearest place on the network: edge, metres along it, metres away (null if too far)."""

    edge: NDArray[np.intp]
    offset_m: NDArray[np.float64]
    snap_m: NDArray[np.float64]


class Stretches(NamedTuple):
    """Stretches of edges at which targets are reached, in metres from the edge's first node."""

    edge: NDArray[np.intp]
    start_m: NDArray[np.float64]
    end_m: NDArray[np.float64]


# Every measure on foot asks for them: a network of 100,000 edges takes a quarter of a second.
_WALKABLE: WeakKeyDictionary[Network, Edges] = WeakKeyDictionary()


def walkable(network: Network) -> Edges:
    """
    The edges of a network that one can step onto anywhere: all but ferries.

    Parameters
    ----------
    network : Network
        Walking network.

    Returns
    -------
    Edges
        With a spatial index over their lines.
    """
    if (known := _WALKABLE.get(network)) is not None:
        return known
    edge = np.flatnonzero(network.kind != FERRY)
    lines = network.lines()[edge]
    found = Edges(edge, lines, network.length_m[edge], shapely.STRtree(lines))
    _WALKABLE[network] = found
    return found


def snap(shapes: NDArray[Any], edges: Edges, *, max_snap_m: float) -> Snapped:
    """
    Nearest place on the nearest edge; of equally near edges, the first.

    Parameters
    ----------
    shapes : array of geometry, n values
        What is brought to the network.
    edges : Edges
        Where to.
    max_snap_m : float, metres, > 0
        Farthest; what is farther has the edge 0, offset 0 and a null distance.

    Returns
    -------
    Snapped
        n values each.

    Examples
    --------
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [100.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([100.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> snap(shapely.points([[30.0, 4.0]]), walkable(street), max_snap_m=50).offset_m
    array([30.])
    """
    (row, found), away = edges.tree.query_nearest(
        shapes, max_distance=max_snap_m, return_distance=True, all_matches=True
    )
    order = np.lexsort((found, row))
    row, first = np.unique(row[order], return_index=True)
    found, away = found[order][first], away[order][first]
    where = shapely.shortest_line(edges.lines[found], shapes[row])
    offset = _along(edges, found, shapely.get_point(where, 0))
    snapped = Snapped(
        np.zeros(len(shapes), dtype=np.intp), np.zeros(len(shapes)), np.full(len(shapes), np.nan)
    )
    snapped.edge[row], snapped.offset_m[row], snapped.snap_m[row] = edges.edge[found], offset, away
    return snapped


def target_stretches(
    shapes: NDArray[Any], edges: Edges, *, max_snap_m: float, frontage_m: float
) -> Stretches:
    """
    Where on the network targets are reached.

    Parameters
    ----------
    shapes : array of geometry, n values
        Points are reached at the nearest place on the nearest edge; lines and areas along
        every stretch of edge within `frontage_m`, or, where there is none, as points are.
    edges : Edges
        Where they are reached.
    max_snap_m : float, metres, > 0
        Targets farther from every edge are not reached.
    frontage_m : float, metres, >= 0
        How near an edge must run to a line or an area.

    Returns
    -------
    Stretches
        In no fixed order; none for targets that are not reached.
    """
    extended = np.flatnonzero(shapely.get_dimensions(shapes) > 0)
    fronts, fronted = _frontages(shapes[extended], edges, frontage_m)
    others = np.setdiff1d(np.arange(len(shapes)), extended[fronted])
    single = snap(shapes[others], edges, max_snap_m=max_snap_m)
    near = np.isfinite(single.snap_m)
    return Stretches(
        np.concatenate([fronts.edge, single.edge[near]]),
        np.concatenate([fronts.start_m, single.offset_m[near]]),
        np.concatenate([fronts.end_m, single.offset_m[near]]),
    )


def _frontages(
    shapes: NDArray[Any], edges: Edges, frontage_m: float
) -> tuple[Stretches, NDArray[np.intp]]:
    """Stretches of edges within a distance of shapes, and which shapes have any."""
    reach = shapely.buffer(shapes, frontage_m) if frontage_m else shapes
    shape, found = edges.tree.query(reach, predicate="intersects")
    held_shape, held = edges.tree.query(reach, predicate="contains")
    n = max(len(edges.edge), 1)
    crossing = ~np.isin(shape * n + found, held_shape * n + held)
    parts, source = shapely.get_parts(
        shapely.intersection(edges.lines[found[crossing]], reach[shape[crossing]]),
        return_index=True,
    )
    cut = found[crossing][source]
    ends = [_along(edges, cut, _end(parts, position)) for position in (0, -1)]
    stretches = Stretches(
        edges.edge[np.concatenate([held, cut])],
        np.concatenate([np.zeros(len(held)), np.minimum(*ends)]),
        np.concatenate([edges.length_m[held], np.maximum(*ends)]),
    )
    return stretches, np.unique(shape)


def _end(parts: NDArray[Any], position: int) -> NDArray[Any]:
    """First or last point of lines; points stand for themselves."""
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    return np.where(is_point, parts, shapely.get_point(parts, position))


def _along(edges: Edges, found: NDArray[np.intp], points: NDArray[Any]) -> NDArray[np.float64]:
    """Ground metres from an edge's first node to a point on it."""
    line = edges.lines[found]
    drawn = shapely.length(line)
    located = shapely.line_locate_point(line, points)
    fraction = np.divide(located, drawn, out=np.zeros(len(line)), where=drawn > 0)
    return fraction * edges.length_m[found]
