"""Whether the two coordinates of a row stand in the wrong order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS, Geod

from creative_spatial.crs import WGS84, make_transformer, to_wgs84
from creative_spatial.loaders.coordinates import in_range, inside_area
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

RIGHT, SWAPPED, UNSURE, LOST = "right", "swapped", "unsure", "lost"


def judge_order(
    points: NDArray[np.float64], crs: CRS, target: Any, boundary: BaseGeometry | None
) -> NDArray[np.str_]:
    """
    Judge for each point whether its two coordinates are swapped.

    Only where the exchange brings a point into the area, and the point as it stands is
    nowhere near, is that certain: a register of a whole country may well have a row at
    the mirror image of the city.

    Parameters
    ----------
    points : array, shape (n, 2)
        (x, y) or (lon, lat), in `crs`.
    crs : pyproj.CRS
        What they are in.
    target : CRS-like
        CRS of `boundary`.
    boundary : (Multi)Polygon or None
        The area they should be in.

    Returns
    -------
    array of str, shape (n,)
        "swapped": only the exchange puts the point into the area, or every point of the
        file needs it. "lost": it cannot be right as it is, but the exchange does not lead
        into the area either. "unsure": it may be either. "right": nothing says otherwise.
    """
    turned = points[:, ::-1]
    impossible = ~in_range(points, crs) & in_range(turned, crs)
    verdicts = np.where(impossible, LOST, RIGHT)
    if boundary is None or not len(points):
        return verdicts
    there = inside_area(points, crs, target, boundary)
    mirrored = inside_area(turned, crs, target, boundary)
    only = ~there & mirrored
    near = only & ~impossible & _near(points, crs, target, boundary)
    sure = only & ~near
    if (only | impossible).all() and only.any():
        return np.full(len(points), SWAPPED)
    either = there & mirrored & sure.any()
    verdicts = np.where(near | either, UNSURE, verdicts)
    return np.where(sure, SWAPPED, verdicts)


def _near(
    points: NDArray[np.float64], crs: CRS, target: Any, boundary: BaseGeometry
) -> NDArray[np.bool_]:
    """Which points lie so near to the area that they may be meant to lie there."""
    possible = in_range(points, crs)
    near = np.zeros(len(points), dtype=bool)
    lon, lat = make_transformer(crs, WGS84).transform(points[possible, 0], points[possible, 1])
    west, south, east, north = to_wgs84(boundary.bounds, target)
    placed = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = np.where(placed, lon, 0.0), np.where(placed, lat, 0.0)
    _, _, metres = Geod(ellps="WGS84").inv(
        lon, lat, np.clip(lon, west, east), np.clip(lat, south, north)
    )
    within = metres <= repair_facts().settings.swap_unsure_km * 1000
    near[possible] = placed & within
    return near
