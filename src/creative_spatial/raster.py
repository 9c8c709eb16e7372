"""A raster band held in memory with what is needed to place it on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS


@dataclass(frozen=True, eq=False)
class Raster:
    """
    One band of a raster, usually a window of a larger file.

    Parameters
    ----------
    values : array, shape (rows, columns)
        Cell values; float with NaN where there is no data, or integer classes.
    transform : affine.Affine
        Cell to ground coordinates, north up.
    crs : pyproj.CRS
        The raster's own CRS: rasters are not resampled on reading.
    source_id : str
        Where it comes from.
    nodata : float or None
        Value that means "no data" in integer rasters.
    note : str
        What is to be said of it: what was chosen, and what was left out.
    """

    values: NDArray[Any]
    transform: Any
    crs: CRS
    source_id: str
    nodata: float | None = None
    note: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(minx, miny, maxx, maxy) in `crs`."""
        rows, columns = self.values.shape
        left, top = self.transform @ (0, 0)
        right, bottom = self.transform @ (columns, rows)
        return (min(left, right), min(bottom, top), max(left, right), max(bottom, top))

    def __repr__(self) -> str:
        rows, columns = self.values.shape
        with np.errstate(all="ignore"):
            return (
                f"Raster({rows} x {columns} cells of {abs(self.transform.a):g}, {self.source_id!r})"
            )
