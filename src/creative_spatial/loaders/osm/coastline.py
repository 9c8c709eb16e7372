"""
The sea, closed from coastline fragments against a box.

OpenStreetMap draws the coast as ways with land on the left and sea on the right. The ways
cut the box into faces; a face whose coast shows it its right side is sea. Nothing is
invented where the coast has a gap: what lies beside a loose end is not called sea.
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
    "the coast is cut at node {node}; continued straight to the edge of the box, "
    "so the sea is approximate beyond"
)
_LOOSE = (
    "the coast ends at node {node} and nothing continues it; what lies beside is not counted as sea"
)


class Fragment(NamedTuple):
    """A stretch of coast between two nodes, land on the left."""

    way: int
    refs: Sequence[int]
    lonlat: NDArray[np.float64]
    cut_before: bool = False
    cut_after: bool = False


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
        `faults` holds way ids and reasons: loose ends inside the box, and stretches that
        the file cuts, which are continued straight to the nearest edge.

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
    continued, faults = _continue_cuts(stretches, coast, bounds)
    clipped = shapely.intersection(np.array([*coast, *continued], dtype=object), box)
    linework = shapely.union_all([*clipped, box.exterior])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    right, left = _votes(stretches, faces, bounds)
    is_sea = right > left
    is_sea &= _spur_lengths(linework, faces) <= _SHORT_SPUR * (right + left)
    sea = shapely.get_parts(shapely.union_all(faces[is_sea]))
    return Sea(sorted(sea, key=lambda polygon: -polygon.area), faults)


def _continue_cuts(
    stretches: Sequence[Fragment], coast: Sequence[BaseGeometry], bounds: Bounds
) -> tuple[list[BaseGeometry], list[tuple[int, str]]]:
    """Lines from where the file cuts the coast to the box, and every loose end's report."""
    met_at = Counter(ref for fragment in stretches for ref in fragment.refs)
    lines: list[BaseGeometry] = []
    faults = []
    tree = shapely.STRtree(coast)
    for fragment in stretches:
        for position, cut in ((0, fragment.cut_before), (-1, fragment.cut_after)):
            ref, (x, y) = fragment.refs[position], fragment.lonlat[position]
            if met_at[ref] > 1 or not _within(x, y, bounds):
                continue
            line = _to_edge(x, y, bounds)
            met = len(tree.query(line, predicate="intersects")) > 1
            if cut and not met and not any(line.intersects(other) for other in lines):
                lines.append(line)
                reason = _CONTINUED
            else:
                reason = _LOOSE
            faults.append((fragment.way, reason.format(node=ref)))
    return lines, faults


def _within(x: float, y: float, bounds: Bounds) -> bool:
    """Whether a point is inside the box, not on its edge."""
    west, south, east, north = bounds
    return west < x < east and south < y < north


def _to_edge(x: float, y: float, bounds: Bounds) -> BaseGeometry:
    """The shortest line from a point inside the box to its edge, on the ground."""
    west, south, east, north = bounds
    narrow = np.cos(np.radians(y))
    goals = [
        ((x - west) * narrow, (west, y)),
        ((east - x) * narrow, (east, y)),
        (y - south, (x, south)),
        (north - y, (x, north)),
    ]
    return shapely.linestrings([(x, y), min(goals)[1]])


def _votes(
    stretches: Sequence[Fragment], faces: NDArray[np.object_], bounds: Bounds
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of coast that shows each face its right side, and its left side."""
    start, step = _segments_inside(stretches, bounds)
    length = np.hypot(step[:, 0], step[:, 1])
    middle = start + step / 2
    aside = np.column_stack([step[:, 1], -step[:, 0]]) / length[:, None] * _SIDE_DEG
    tree = shapely.STRtree(faces)
    votes = []
    for points in (middle + aside, middle - aside):
        point, face = tree.query(shapely.points(points), predicate="intersects")
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
