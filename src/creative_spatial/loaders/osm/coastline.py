"""
The sea, closed from coastline fragments against a box.

OpenStreetMap draws the coast as ways with land on the left and sea on the right. The ways
cut the box into faces; a face whose coast shows it its right side is sea. Where an extract
ends inside its own box, as most do, the coast goes on straight to the nearest edge, and the
report says so. Nothing is invented across a gap: where another loose end is nearer than the
edge, what lies beside is not called sea.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.crs import Bounds

_SIDE_DEG = 1e-7
"""How far beside the coast a face is looked for: the grid of OpenStreetMap's coordinates."""
_SHORT_SPUR = 0.1
"""Loose coast up to this part of a face's own coast does not put the face in doubt."""


_CONTINUED = (
    "the file's coast ends at node {node}; continued straight to the edge of the box, "
    "so the sea is approximate beyond"
)
_LOOSE = "the coast has a gap at node {node}; what lies beside is not counted as sea"


def sea_box(file: Bounds, area: Bounds) -> Bounds:
    """
    Say which box the sea is closed against, where only an area of a file is wanted.

    Parameters
    ----------
    file : (west, south, east, north), degrees
        The file's box.
    area : (west, south, east, north), degrees
        The area's box.

    Returns
    -------
    (west, south, east, north), degrees
        The area's, grown by its longer side all round, as far as the file goes.

    Examples
    --------
    >>> sea_box((-20, -20, 20, 20), (5, 0, 10, 3))
    (0, -5, 15, 8)
    """
    west, south, east, north = area
    around = max(east - west, north - south)
    grown = (
        max(west - around, file[0]),
        max(south - around, file[1]),
        min(east + around, file[2]),
        min(north + around, file[3]),
    )
    return grown if grown[0] < grown[2] and grown[1] < grown[3] else file


class Fragment(NamedTuple):
    """A stretch of coast between two nodes, land on the left."""

    way: int
    refs: Sequence[int]
    lonlat: NDArray[np.float64]


@dataclass(frozen=True)
class Sea:
    """The sea of a box, and what kept it from being whole."""

    polygons: list[BaseGeometry]
    faults: list[tuple[int, str]] = field(default_factory=list)


def close_sea(fragments: Iterable[Fragment], bounds: Bounds) -> Sea:
    """
    Close coastline fragments against a box.

    Parameters
    ----------
    fragments : iterable of Fragment, degrees
        In the direction of the ways: land left, sea right.
    bounds : (west, south, east, north), degrees
        The box.

    Returns
    -------
    Sea
        Polygons in degrees, islands cut out, largest first; none where there is no coast.
        `faults` holds way ids and reasons: loose ends inside the box, continued or not.

    Examples
    --------
    Land on the left of a coast that runs north is west of it, so the sea is in the east.

    >>> import numpy as np
    >>> coast = Fragment(1, (1, 2), np.array([[5.0, -1.0], [5.0, 11.0]]))
    >>> [polygon.bounds for polygon in close_sea([coast], (0, 0, 10, 10)).polygons]
    [(5.0, 0.0, 10.0, 10.0)]
    """
    stretches = [f for f in fragments if len(f.refs) > 1]
    box = shapely.box(*bounds)
    coast: list[BaseGeometry] = [shapely.LineString(f.lonlat) for f in stretches]
    if not any(box.intersects(line) for line in coast):
        return Sea([])
    continued, faults = _continue_ends(stretches, coast, bounds)
    clipped = shapely.intersection(np.array([*coast, *continued], dtype=object), box)
    linework = shapely.union_all([*clipped, box.exterior])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    right, left = _votes(stretches, faces, bounds)
    is_sea = right > left
    is_sea &= _spur_lengths(linework, faces) <= _SHORT_SPUR * (right + left)
    sea = shapely.get_parts(shapely.union_all(faces[is_sea]))
    return Sea(sorted(sea, key=lambda polygon: -polygon.area), faults)


def _continue_ends(
    stretches: Sequence[Fragment], coast: Sequence[BaseGeometry], bounds: Bounds
) -> tuple[list[BaseGeometry], list[tuple[int, str]]]:
    """Lines from loose ends to the edge of the box, and every loose end's report."""
    met_at = Counter(ref for fragment in stretches for ref in fragment.refs)
    loose = [
        (fragment, position)
        for fragment in stretches
        for position in (0, -1)
        if met_at[fragment.refs[position]] == 1 and _within(fragment.lonlat[position], bounds)
    ]
    lines: list[BaseGeometry] = []
    faults = []
    tree = shapely.STRtree(coast)
    for fragment, position in loose:
        end = fragment.lonlat[position]
        others = [f.lonlat[p] for f, p in loose if p != position]
        line, length = _to_edge(end, bounds)
        gap = min((_distance(end, other) for other in others), default=np.inf)
        crosses = len(tree.query(line, predicate="intersects")) > 1
        if gap > length and not crosses and not any(line.intersects(other) for other in lines):
            lines.append(line)
            reason = _CONTINUED
        else:
            reason = _LOOSE
        faults.append((fragment.way, reason.format(node=fragment.refs[position])))
    return lines, faults


def _within(end: NDArray[np.float64], bounds: Bounds) -> bool:
    """Whether a point is inside the box, not on its edge."""
    west, south, east, north = bounds
    x, y = end
    return bool(west < x < east and south < y < north)


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Distance on the ground, in degrees of latitude."""
    narrow = np.cos(np.radians(one[1]))
    return float(np.hypot((one[0] - other[0]) * narrow, one[1] - other[1]))


def _to_edge(end: NDArray[np.float64], bounds: Bounds) -> tuple[BaseGeometry, float]:
    """The shortest line from a point inside the box to its edge, and its length."""
    west, south, east, north = bounds
    x, y = end
    goals = [np.array(goal) for goal in ((west, y), (east, y), (x, south), (x, north))]
    nearest = min(goals, key=lambda goal: _distance(end, goal))
    return shapely.LineString([end, nearest]), _distance(end, nearest)


def _votes(
    stretches: Sequence[Fragment], faces: NDArray[np.object_], bounds: Bounds
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of coast that shows each face its right side, and its left side."""
    start, step = _segments_inside(stretches, bounds)
    length = np.hypot(step[:, 0], step[:, 1])
    middle = start + step / 2
    aside = np.column_stack([step[:, 1], -step[:, 0]]) / length[:, None] * _SIDE_DEG
    votes = []
    for places in (middle + aside, middle - aside):
        points = np.asarray(shapely.points(places))
        # a tree prepares what it is asked for: faces, which have many corners, not points
        face, point = shapely.STRtree(points).query(faces, predicate="intersects")
        votes.append(np.bincount(face, weights=length[point], minlength=len(faces)))
    return np.asarray(votes[0], dtype=np.float64), np.asarray(votes[1], dtype=np.float64)


def _segments_inside(
    stretches: Sequence[Fragment], bounds: Bounds
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Start and step of the part of each segment of coast that is inside the box."""
    start = np.concatenate([f.lonlat[:-1] for f in stretches])
    step = np.concatenate([np.diff(f.lonlat, axis=0) for f in stretches])
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = ((np.array(corner) - start) / step for corner in (bounds[:2], bounds[2:]))
    # along a side of the box, 0/0: that side sets no limit
    first, second = (
        np.where(np.isnan(first), -np.inf, first),
        np.where(np.isnan(second), np.inf, second),
    )
    enters, leaves = np.minimum(first, second), np.maximum(first, second)
    begin, end = np.maximum(enters.max(axis=1), 0), np.minimum(leaves.min(axis=1), 1)
    real = (begin < end) & (step != 0).any(axis=1)
    begin, end, start, step = begin[real], end[real], start[real], step[real]
    return start + step * begin[:, None], step * (end - begin)[:, None]


def _spur_lengths(linework: BaseGeometry, faces: NDArray[np.object_]) -> NDArray[np.float64]:
    """Length of coast inside each face that bounds nothing."""
    _, cuts, dangles, _ = shapely.polygonize_full(shapely.get_parts(linework))
    spurs = np.concatenate([shapely.get_parts(dangles), shapely.get_parts(cuts)])
    if not len(spurs):
        return np.zeros(len(faces))
    spur, face = shapely.STRtree(faces).query(spurs, predicate="intersects")
    inside = shapely.length(shapely.intersection(spurs[spur], faces[face]))
    return np.asarray(np.bincount(face, weights=inside, minlength=len(faces)))
