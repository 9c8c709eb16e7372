"""Where on a map something may stand that covers nothing of it: an inset, a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from creative_spatial.plotters.artists import point_array, representative_xy, within_box
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.symbols import selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result

EDGE_MM, STEP_MM, CLEAR_MM = 2.5, 3.0, 2.0


@dataclass(frozen=True)
class Clear:
    """
    What must not be covered on a map, and what had better not be.

    Parameters
    ----------
    width_mm, height_mm : float, millimetres
        The map.
    taken : tuple of geometry, millimetres from the map's lower left corner
        What the map holds, and its theme.
    ground : tuple of geometry, millimetres
        Streets and boundaries of its setting.
    """

    width_mm: float
    height_mm: float
    taken: tuple[BaseGeometry, ...]
    ground: tuple[BaseGeometry, ...] = ()

    def corner(
        self, size: tuple[float, float], *, near: BaseGeometry, also: Sequence[BaseGeometry] = ()
    ) -> tuple[float, float] | None:
        """
        Find a place along the edge of the map that covers nothing.

        Parameters
        ----------
        size : (float, float), millimetres
            Width and height of what needs a place.
        near : geometry, millimetres
            What it should stand by.
        also : sequence of geometry, millimetres
            What it may not cover either.

        Returns
        -------
        (float, float) or None
            Its lower left corner: one of the map's corners before any other place along an edge;
            of these the one that covers least of the ground, then the nearest.

        Examples
        --------
        >>> left = shapely.box(0, 0, 50, 100)
        >>> Clear(100.0, 100.0, (left,)).corner((30.0, 30.0), near=left)
        (67.5, 2.5)
        """
        right, top = self.width_mm - size[0] - EDGE_MM, self.height_mm - size[1] - EDGE_MM
        if min(right, top) < EDGE_MM:
            return None
        xs = [*np.arange(EDGE_MM, right, STEP_MM).tolist(), right]
        ys = [*np.arange(EDGE_MM, top, STEP_MM).tolist(), top]
        ends = {(x, y) for x in (xs[0], xs[-1]) for y in (ys[0], ys[-1])}
        sides = {(x, y) for x in (xs[0], xs[-1]) for y in ys}
        spots = sorted(sides | {(x, y) for x in xs for y in (ys[0], ys[-1])})
        boxes = _boxes(spots, size)
        taken = shapely.STRtree([*self.taken, *also]).query(boxes, predicate="intersects")[0]
        crossed = shapely.STRtree(list(self.ground)).query(boxes, predicate="intersects")[0]
        hidden = np.bincount(crossed, minlength=len(spots))
        away = shapely.distance(boxes, near).round(6)
        free = set(range(len(spots))) - set(taken.tolist())
        best = min(
            free,
            key=lambda i: (spots[i] not in ends, int(hidden[i]), float(away[i]), i),
            default=None,
        )
        return None if best is None else spots[best]


def _boxes(spots: Sequence[tuple[float, float]], size: tuple[float, float]) -> NDArray[np.object_]:
    low = np.array(spots)
    return np.asarray(shapely.box(*low.T, *(low + size).T), dtype=object)


def clear_of(result: Result, spec: MapSpec, frame: Frame, held: BaseGeometry) -> Clear:
    """
    List what neither an inset nor a list may cover: what the map holds, and its theme.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    frame : Frame
        Of the map.
    held : geometry, working CRS
        What it holds.

    Returns
    -------
    Clear
        With uncertain places as large as their discs.
    """
    facts = cartography().points
    found = [shapely.simplify(held, 0.3 * frame.unit)]
    for it in spec.layers:
        if it.layer not in result.layers:
            continue
        rows = selected(result.layers[it.layer], it.where, result.taxonomy)
        shapes, seen = within_box(rows.geometry.to_numpy(), frame.box)
        if it.draw in {"point", "number"}:
            radius = uncertainty_mm(rows.iloc[seen], frame)
            radius = np.where(radius > facts.widest_mm, 0.0, radius)
            spots = point_array(representative_xy(shapes))
            shapes = shapely.buffer(spots, np.maximum(radius, CLEAR_MM) * frame.unit, quad_segs=4)
        found += shapes.tolist()
    around = [result.area.boundaries.boundary.to_numpy()]
    if "streets" in result.layers:
        around.append(result.layers["streets"].geometry.to_numpy())
    seen_ground, _ = within_box(np.concatenate(around), frame.box)
    return Clear(
        frame.width_mm, frame.height_mm, tuple(shapely.transform(found, frame.to_mm)),
        tuple(shapely.transform(seen_ground, frame.to_mm)),
    )  # fmt: skip
