"""
Letting go, during a pass, of what lies outside the boundary.

A country's file holds a hundred cities: of the others nothing is kept but what a relation
may still need. Positions of geometries stay; those let go are empty.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.found import Objects
    from creative_spatial.loaders.osm.walking import Walks

EVERY = 25_000
NOTHING = bytes(shapely.Point().wkb)


class Sieve:
    """
    Sifts what a pass has found since it was last asked.

    Parameters
    ----------
    boundary : (Multi)Polygon, degrees
        What does not meet it is let go.
    coast : (west, south, east, north), degrees
        Box of which the coast is kept.
    """

    def __init__(self, boundary: BaseGeometry, coast: Bounds) -> None:
        self._boundary, self._coast = boundary, coast
        self.every = EVERY
        shapely.prepare(boundary)
        self._sifted = _Marks()

    def sift(self, found: Objects) -> None:
        """
        Let go of what lies outside.

        Parameters
        ----------
        found : Objects
            Changed in place.
        """
        at = self._sifted
        times = [row.timestamp for row in found.features[at.features :]]
        found.newest = max([*times, found.newest] if found.newest else times, default=None)
        kept = self._meets(found.shapes[at.shapes :])
        # the outline of a polygon does not meet what the polygon does not
        for position in np.flatnonzero(~kept):
            found.shapes[at.shapes + int(position)] = NOTHING
        there = [shape is not NOTHING for shape in found.shapes[at.shapes :]]

        def is_there(shape: int) -> bool:
            return shape < at.shapes or there[shape - at.shapes]

        found.features[at.features :] = [
            row for row in found.features[at.features :] if is_there(row.shape)
        ]
        for layer, rows in found.background.items():
            first = at.background.get(layer, 0)
            rows[first:] = [row for row in rows[first:] if is_there(row.shape)]
            at.background[layer] = len(rows)
        at.runs, at.refs = self._sift_walks(found.walks)
        found.coast[at.coast :] = [
            fragment
            for fragment in found.coast[at.coast :]
            if _overlap(fragment.lonlat.min(axis=0), fragment.lonlat.max(axis=0), self._coast)
        ]
        at.shapes, at.features = len(found.shapes), len(found.features)
        at.coast = len(found.coast)

    def _sift_walks(self, walks: Walks) -> tuple[int, int]:
        """Runs of nodes of which some segment may meet; returns what was sifted."""
        at = self._sifted
        kept = self._meets(walks.lines[at.runs :])
        sizes = np.array(walks.sizes[at.runs :], dtype=np.int64)
        refs = np.array(walks.refs[at.refs :], dtype=np.int64)[np.repeat(kept, sizes)]
        for name, values in (
            ("sizes", sizes[kept]),
            ("ways", np.array(walks.ways[at.runs :], dtype=np.int64)[kept]),
            ("kinds", np.array(walks.kinds[at.runs :], dtype=np.int8)[kept]),
        ):
            column: array[int] = getattr(walks, name)
            setattr(walks, name, column[: at.runs] + array(column.typecode, values.tolist()))
        walks.refs = walks.refs[: at.refs] + array("q", refs.tolist())
        walks.lines[at.runs :] = [
            line for line, keep in zip(walks.lines[at.runs :], kept, strict=True) if keep
        ]
        return len(walks.lines), len(walks.refs)

    def _meets(self, wkb: list[bytes]) -> NDArray[np.bool_]:
        """Which geometries meet the boundary."""
        shapes = shapely.from_wkb(np.array(wkb, dtype=object))
        return np.atleast_1d(np.asarray(shapely.intersects(self._boundary, shapes), dtype=bool))


class _Marks:
    """How much of each list has been sifted."""

    def __init__(self) -> None:
        self.shapes = self.features = self.runs = self.refs = self.coast = 0
        self.background: dict[str, int] = {}


def _overlap(low: NDArray[np.float64], high: NDArray[np.float64], box: Bounds) -> bool:
    """Whether two boxes overlap."""
    return bool((low <= box[2:]).all() and (high >= box[:2]).all())
