"""
Placing names on a map: greedily, by priority, never over one another, a point or the edge.

Every label tries a fixed list of places, nearest first, and takes the cheapest that is
free; a point's label that finds none beside its point stands off with a leader line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from creative_spatial.plotters.artists import point_array
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.typeset import Style, extent_mm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

CLEARANCE_MM = 0.5
CROSSING_COST, STRIKING_COST = 12.0, 30.0
OUTSIDE_COST = 40.0
# East first, then the corners, then above and below: the order cartographers keep.
_COMPASS = (0, 45, -45, 180, 135, -135, 90, -90)


@dataclass(frozen=True)
class Label:
    """
    A name that wants a place.

    Parameters
    ----------
    key : str
        Id of the feature, for overrides.
    lines : tuple of (str, Style)
        Its text, first language first.
    anchor : geometry, millimetres from the frame's lower left corner
        A point, the area it names, or the line along which it may stand.
    standoff : float, millimetres
        Radius of the marker.
    leader : bool
        Whether it may stand off its point.
    inside : float
        Share of the label that must lie in the area it names; where that is nowhere so,
        it stands beside it.
    """

    key: str
    lines: tuple[tuple[str, Style], ...]
    anchor: BaseGeometry
    standoff: float = 0.0
    leader: bool = True
    inside: float = 0.75

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the block of lines, millimetres."""
        extents = [extent_mm(text, style) for text, style in self.lines]
        return (max(width for width, _ in extents), sum(height for _, height in extents))


@dataclass(frozen=True)
class Placed:
    """
    A label that has its place.

    Parameters
    ----------
    label : Label
        What it says.
    center : (x, y), millimetres
        Middle of its block.
    angle : float, degrees
        Counter-clockwise turn.
    box : Polygon, millimetres
        What it covers.
    leader : LineString or None
        From its point to it.
    """

    label: Label
    center: tuple[float, float]
    angle: float
    box: BaseGeometry
    leader: BaseGeometry | None = None


@dataclass(frozen=True)
class _Candidate:
    center: tuple[float, float]
    cost: float
    angle: float = 0.0
    reach: float = 0.0


def place_labels(
    labels: Sequence[Label],
    *,
    width_mm: float,
    height_mm: float,
    obstacles: NDArray[np.float64] | None = None,
    radius_mm: float = 0.0,
    barriers: NDArray[np.float64] | None = None,
    keep_off: Iterable[BaseGeometry] = (),
    avoid: Iterable[BaseGeometry] = (),
    limit: int | None = None,
) -> list[Placed]:
    """
    Find room for as many labels as there is, the first ones first.

    Parameters
    ----------
    labels : sequence of Label
        In the order of their importance.
    width_mm, height_mm : float, millimetres
        The map.
    obstacles : array of float, shape (n, 2), millimetres, optional
        Points that no label may cover.
    radius_mm : float, millimetres
        Radius of their markers.
    barriers : array of float, shape (m, 2), millimetres, optional
        Those of the points whose markers no leader line may cross: it would seem to be theirs.
    keep_off : iterable of geometry, millimetres
        Furniture inside the frame.
    avoid : iterable of geometry, millimetres
        Lines that a label crosses only where nothing else is near.
    limit : int, optional
        Most labels; the package's limit otherwise.

    Returns
    -------
    list of Placed
        In the order given, without those that found no room.
    """
    most = cartography().labels.limit if limit is None else limit
    points = np.empty((0, 2)) if obstacles is None else np.asarray(obstacles, dtype=float)
    markers = shapely.STRtree(shapely.buffer(point_array(points), radius_mm, quad_segs=2))
    walls = np.empty((0, 2)) if barriers is None else np.asarray(barriers, dtype=float)
    barred = shapely.STRtree(shapely.buffer(point_array(walls), radius_mm, quad_segs=2))
    sheet = shapely.box(0, 0, width_mm, height_mm).buffer(-0.8, join_style="mitre")
    shapely.prepare(sheet)
    lines = shapely.union_all(list(avoid))
    shapely.prepare(lines)
    taken: list[BaseGeometry] = list(keep_off)
    placed: list[Placed] = []
    seen: set[tuple[str, ...]] = set()
    for label in labels:
        words = tuple(text for text, _ in label.lines)
        if len(placed) >= most:
            break
        if not any(words) or words in seen:
            continue
        found = _best_free(label, sheet, (markers, barred), taken, lines)
        if found is not None:
            placed.append(found)
            seen.add(words)
            taken.append(found.box)
            if found.leader is not None:
                taken.append(found.leader)
    return placed


def _best_free(
    label: Label,
    sheet: BaseGeometry,
    discs: tuple[shapely.STRtree, shapely.STRtree],
    taken: list[BaseGeometry],
    lines: BaseGeometry,
) -> Placed | None:
    """The cheapest place that covers nothing; candidates come by their own cost."""
    width, height = label.size
    markers, barred = discs
    best: tuple[float, Placed] | None = None
    for candidate in _candidates(label, sheet, width, height):
        if best is not None and candidate.cost >= best[0]:
            break
        box = _box_at(candidate, width, height)
        if not sheet.contains(box) or shapely.intersects(box, taken).any():
            continue
        if len(markers.query(box, predicate="intersects")):
            continue
        leader = _leader(label, box) if candidate.reach else None
        cost = candidate.cost + CROSSING_COST * bool(lines.intersects(box))
        if leader is not None:
            if shapely.intersects(leader, taken).any():
                continue
            if len(barred.query(leader, predicate="intersects")):
                continue
            cost += STRIKING_COST * len(markers.query(leader, predicate="intersects"))
        if best is None or cost < best[0]:
            best = (cost, Placed(label, candidate.center, candidate.angle, box, leader))
    return None if best is None else best[1]


def _box_at(candidate: _Candidate, width: float, height: float) -> BaseGeometry:
    """What a label covers at a place, with some air."""
    x, y = candidate.center
    box = shapely.box(
        x - width / 2 - CLEARANCE_MM, y - height / 2 - CLEARANCE_MM / 2,
        x + width / 2 + CLEARANCE_MM, y + height / 2 + CLEARANCE_MM / 2,
    )  # fmt: skip
    return affinity.rotate(box, candidate.angle, origin=(x, y)) if candidate.angle else box


def _leader(label: Label, box: BaseGeometry) -> BaseGeometry | None:
    """The straight line from a marker's rim to the nearest part of a label."""
    line = shapely.shortest_line(label.anchor, box.buffer(-CLEARANCE_MM / 2))
    if line.length <= label.standoff + 0.3:
        return None
    start = line.interpolate(label.standoff + 0.2)
    end = line.interpolate(line.length)
    return shapely.LineString([start, end])


def _candidates(
    label: Label, sheet: BaseGeometry, width: float, height: float
) -> Iterator[_Candidate]:
    """Places to try, cheapest first."""
    kind = shapely.get_dimensions(label.anchor)
    if kind == 0:
        yield from _around(label, label.anchor, width, height)
        return
    anchor = (
        label.anchor if sheet.contains(label.anchor) else shapely.intersection(label.anchor, sheet)
    )
    if anchor.is_empty:
        return
    if kind == 1:
        yield from _along(anchor, width)
        if label.leader:
            yield from _off_line(label, anchor, width, height)
        return
    yield from _inside(anchor, width, height, label.inside)
    middle = shapely.point_on_surface(max(shapely.get_parts(anchor), key=lambda part: part.area))
    yield from _around(label, middle, width, height, extra=OUTSIDE_COST)


def _around(
    label: Label, point: BaseGeometry, width: float, height: float, *, extra: float = 0.0
) -> Iterator[_Candidate]:
    """Beside a point, then farther and farther off it."""
    x, y = point.coords[0]
    for reach in cartography().labels.reach_mm:
        if reach and not label.leader:
            return
        compass = _COMPASS if not reach else tuple(range(0, 360, 15))
        for rank, angle in enumerate(compass):
            cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            off = label.standoff + CLEARANCE_MM + 0.25 + reach
            # The block's near edge, not its middle, stands at that distance.
            shift_x = cosine * off + width / 2 * (
                0 if abs(cosine) < 0.1 else math.copysign(1, cosine)
            )
            near_side = abs(cosine) < 0.1 or abs(sine) > 0.5
            shift_y = sine * off + (
                height / 2 * math.copysign(1, sine) if near_side and abs(sine) > 0.1 else 0
            )
            yield _Candidate((x + shift_x, y + shift_y), extra + reach + 0.02 * rank, reach=reach)


def _off_line(
    label: Label, line: BaseGeometry, width: float, height: float
) -> Iterator[_Candidate]:
    """Off a line's ends or middle, by a leader, where it has no room along it."""
    part = max(shapely.get_parts(line), key=lambda piece: float(piece.length))
    spots = [part.interpolate(share, normalized=True) for share in (0.03, 0.97, 0.5, 0.25, 0.75)]
    found = [
        candidate
        for spot in spots
        for candidate in _around(label, spot, width, height, extra=OUTSIDE_COST)
        if candidate.reach
    ]
    yield from sorted(found, key=lambda candidate: candidate.cost)


def _inside(area: BaseGeometry, width: float, height: float, least: float) -> Iterator[_Candidate]:
    """Within an area: its roomiest place first, then a lattice of others."""
    parts = [part for part in shapely.get_parts(area) if shapely.get_dimensions(part) == 2]
    parts.sort(key=lambda part: -part.area)
    found: list[_Candidate] = []
    for rank, part in enumerate(parts[:3]):
        coarse = part.simplify(0.3)
        coarse = part if coarse.is_empty or not coarse.is_valid else coarse
        middle = shapely.maximum_inscribed_circle(coarse, tolerance=0.5).coords[0]
        x0, y0, x1, y1 = shapely.bounds(part)
        xs, ys = np.linspace(x0, x1, 15)[1:-1], np.linspace(y0, y1, 15)[1:-1]
        lattice = [(float(x), float(y)) for x in xs for y in ys]
        for x, y in [(float(middle[0]), float(middle[1])), *lattice]:
            box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            inside = shapely.intersection(coarse, box).area / (width * height)
            off = math.hypot(x - middle[0], y - middle[1])
            if inside > least:
                found.append(_Candidate((x, y), 60 * (1 - inside) + 0.4 * off + 25 * rank))
    yield from sorted(found, key=lambda candidate: candidate.cost)


def _along(line: BaseGeometry, width: float) -> Iterator[_Candidate]:
    """On a line, turned with it, where it is straight and long enough."""
    parts = sorted(shapely.get_parts(line), key=lambda part: -part.length)
    for part in parts[:3]:
        if part.length < width * 1.1:
            continue
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            middle = share * part.length
            if middle < width / 2 or middle > part.length - width / 2:
                continue
            a, b = part.interpolate(middle - width / 2), part.interpolate(middle + width / 2)
            chord = math.hypot(b.x - a.x, b.y - a.y)
            if chord < 0.97 * width:
                continue
            angle = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
            angle = (angle + 90) % 180 - 90
            yield _Candidate(((a.x + b.x) / 2, (a.y + b.y) / 2), 0.0, angle)
