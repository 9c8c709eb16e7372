"""
The frame of a map: a round scale, a centre, and millimetres of paper.

A scale is true on the ground at the frame's centre: the CRS's own scale factor there is
taken out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer

from creative_spatial.crs import WGS84
from creative_spatial.plotters.cartography import cartography

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.artists import Box


@dataclass(frozen=True)
class Frame:
    """
    What part of the world a map shows, on how much paper.

    Parameters
    ----------
    center : (x, y), units of `crs`
        Middle of the map.
    width_mm, height_mm : float, millimetres
        The map on paper.
    scale : float
        Denominator: ground metres per metre of paper at the centre.
    crs : pyproj.CRS
        Working CRS.
    """

    center: tuple[float, float]
    width_mm: float
    height_mm: float
    scale: float
    crs: CRS

    @cached_property
    def unit(self) -> float:
        """Units of the CRS per millimetre of paper."""
        return self.scale / 1000 * ground_factor(self.crs, self.center)

    @cached_property
    def box(self) -> Box:
        """(minx, miny, maxx, maxy) in the CRS."""
        half_x, half_y = self.width_mm * self.unit / 2, self.height_mm * self.unit / 2
        x, y = self.center
        return (x - half_x, y - half_y, x + half_x, y + half_y)

    @property
    def polygon(self) -> BaseGeometry:
        """The box as a polygon."""
        return shapely.box(*self.box)

    def to_mm(self, xy: ArrayLike) -> NDArray[np.float64]:
        """
        Place coordinates on paper.

        Parameters
        ----------
        xy : array of float, shape (n, 2), units of `crs`
            Points.

        Returns
        -------
        array of float, shape (n, 2), millimetres
            From the lower left corner of the frame.
        """
        left, bottom, _, _ = self.box
        mm: NDArray[np.float64] = (np.asarray(xy, dtype=float) - (left, bottom)) / self.unit
        return mm

    def to_crs(self, mm: ArrayLike) -> NDArray[np.float64]:
        """
        Invert `to_mm`.

        Parameters
        ----------
        mm : array of float, shape (n, 2), millimetres
            From the lower left corner of the frame.

        Returns
        -------
        array of float, shape (n, 2), units of `crs`
            Points.
        """
        left, bottom, _, _ = self.box
        xy: NDArray[np.float64] = np.asarray(mm, dtype=float) * self.unit + (left, bottom)
        return xy

    def lonlat(self, xy: ArrayLike) -> NDArray[np.float64]:
        """
        Transform points to degrees.

        Parameters
        ----------
        xy : array of float, shape (n, 2), units of `crs`
            Points.

        Returns
        -------
        array of float, shape (n, 2), degrees
            Longitude, latitude.
        """
        points = np.asarray(xy, dtype=float).reshape(-1, 2)
        to_degrees = Transformer.from_crs(self.crs, WGS84, always_xy=True)
        return np.column_stack(to_degrees.transform(points[:, 0], points[:, 1]))

    @property
    def north(self) -> float:
        """Direction of true north at the centre: degrees clockwise from the top of the map."""
        ((lon, lat),) = self.lonlat([self.center])
        to_map = Transformer.from_crs(WGS84, self.crs, always_xy=True)
        x0, y0 = to_map.transform(lon, lat - 0.01)
        x1, y1 = to_map.transform(lon, lat + 0.01)
        return math.degrees(math.atan2(x1 - x0, y1 - y0))


def ground_factor(crs: CRS, center: tuple[float, float]) -> float:
    """
    Units of a CRS per metre of ground at a place.

    Parameters
    ----------
    crs : pyproj.CRS
        Projected, in metres.
    center : (x, y), units of `crs`
        The place.

    Returns
    -------
    float
        Mean of the scales along meridian and parallel; 1 where they are undefined.

    Examples
    --------
    >>> round(ground_factor(CRS.from_epsg(32647), (500_000, 0)), 4)
    0.9996
    """
    lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(*center)
    factors = Proj(crs).get_factors(lon, lat)
    mean = (float(factors.meridional_scale) + float(factors.parallel_scale)) / 2
    return mean if math.isfinite(mean) and mean > 0 else 1.0


def round_scale(needed: float) -> float:
    """
    Smallest round denominator that is at least as large as needed.

    Parameters
    ----------
    needed : float
        What would just fit.

    Returns
    -------
    float
        One of the scale series.

    Examples
    --------
    >>> round_scale(21_300), round_scale(3)
    (25000.0, 500.0)
    """
    scales = cartography().scales
    wanted = max(needed, scales.smallest)
    power = 10 ** math.floor(math.log10(wanted))
    for step in (power, power * 10):
        for mantissa in scales.mantissas:
            # A billionth of slack, so that an exact fit is not lost to rounding.
            if mantissa * step >= wanted * (1 - 1e-9):
                return float(mantissa * step)
    return float(power * 10)


def next_scale(scale: float) -> float:
    """
    Next smaller scale of the series.

    Parameters
    ----------
    scale : float
        Denominator of a round scale.

    Returns
    -------
    float
        The next larger denominator.

    Examples
    --------
    >>> next_scale(7_500), next_scale(10_000)
    (10000.0, 12500.0)
    """
    return round_scale(1.001 * scale)


def fit_frame(
    geometry: BaseGeometry, crs: Any, *, width_mm: float, height_mm: float, margin: float = 0.0
) -> Frame:
    """
    Frame a geometry at the largest round scale that holds it with its setting.

    Parameters
    ----------
    geometry : geometry, units of `crs`
        What must be inside.
    crs : CRS-like
        Working CRS.
    width_mm, height_mm : float, millimetres
        Paper there is.
    margin : float
        Setting around it, as a share of its longer side.

    Returns
    -------
    Frame
        Centred on the geometry's box.
    """
    x0, y0, x1, y1 = shapely.bounds(geometry)
    center = (float(x0 + x1) / 2, float(y0 + y1) / 2)
    parsed = CRS.from_user_input(crs)
    factor = ground_factor(parsed, center)
    around = 2 * margin * max(x1 - x0, y1 - y0)
    needed = 1000 / factor * max((x1 - x0 + around) / width_mm, (y1 - y0 + around) / height_mm)
    return Frame(center, width_mm, height_mm, round_scale(float(needed)), parsed)


def keep_within(frame: Frame, must: BaseGeometry, known: Box | None) -> Frame:
    """
    Shift a frame towards where there is data, without losing what it must hold.

    Parameters
    ----------
    frame : Frame
        Centred on what it must hold.
    must : geometry, units of the CRS
        What stays inside.
    known : (minx, miny, maxx, maxy) or None
        Extent of the background; None leaves the frame.

    Returns
    -------
    Frame
        At the same scale.
    """
    if known is None:
        return frame
    box, inner = frame.box, shapely.bounds(must)
    shifts = []
    for low, high in ((0, 2), (1, 3)):
        shift = 0.0
        if box[high] - box[low] <= known[high] - known[low]:
            shift = max(known[low] - box[low], 0.0) + min(known[high] - box[high], 0.0)
        # Never so far that the subject touches the edge.
        shifts.append(float(min(max(shift, inner[high] - box[high]), inner[low] - box[low])))
    return replace(frame, center=(frame.center[0] + shifts[0], frame.center[1] + shifts[1]))


def frame_of(ax: Axes, crs: Any) -> Frame:
    """
    Frame of an Axes as it stands.

    Parameters
    ----------
    ax : Axes
        With limits in units of `crs`.
    crs : CRS-like
        Working CRS.

    Returns
    -------
    Frame
        Its scale is that of the printed figure.
    """
    parsed = CRS.from_user_input(crs)
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    width_mm, height_mm = axes_size_mm(ax)
    center = ((x0 + x1) / 2, (y0 + y1) / 2)
    unit = max((x1 - x0) / width_mm, (y1 - y0) / height_mm)
    scale = float(1000 * unit / ground_factor(parsed, center))
    return Frame(center, width_mm, height_mm, scale, parsed)


def axes_size_mm(ax: Axes) -> tuple[float, float]:
    """
    Size of an Axes on paper.

    Parameters
    ----------
    ax : Axes
        On a figure.

    Returns
    -------
    (float, float), millimetres
        Width and height.
    """
    figure = ax.get_figure(root=True)
    width, height = (6.4, 4.8) if figure is None else figure.get_size_inches()
    place = ax.get_position()
    return (float(25.4 * width * place.width), float(25.4 * height * place.height))
