"""Coordinates as people type them, and what is wrong with them when they miss the map."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from creative_spatial.crs import describe_crs, make_transformer, to_wgs84
from creative_spatial.resources.datums import datum_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00a0\u202f\u066c ' "))
# "676,073": a decimal comma in degrees, but thousands in metres; nobody can tell.
_AMBIGUOUS_COMMA = re.compile(r"[+-]?\d{1,3},\d{3}")


def parse_number(text: str, *, degrees: bool = True) -> float | None:
    """
    Read a number as a person typed it, in any script's digits, with comma or point.

    Parameters
    ----------
    text : str
        The cell.
    degrees : bool
        Whether it is an angle: a single comma is then a decimal comma. In metres
        "676,073" may be either, and is refused.

    Returns
    -------
    float or None
        None where the text is not one number.

    Examples
    --------
    >>> parse_number("๗.๒๐๖"), parse_number("۱۰۰٫۵۹"), parse_number("100,593")
    (7.206, 100.59, 100.593)
    >>> parse_number("676,073", degrees=False) is None, parse_number("676.073,5", degrees=False)
    (True, 676073.5)
    """
    digits = "".join(_ascii_digit(char) for char in text.translate(_INVISIBLE))
    plain = digits.replace("٫", ".").replace("\u2212", "-")
    commas, points = plain.count(","), plain.count(".")
    if commas == 1 and not points:
        if not degrees and _AMBIGUOUS_COMMA.fullmatch(plain):
            return None
        plain = plain.replace(",", ".")
    elif commas and plain.rfind(",") > plain.rfind("."):
        if commas > 1 and points:
            return None
        plain = plain.replace(".", "").replace(",", ".") if points else plain.replace(",", "")
    elif commas:
        plain = plain.replace(",", "")
    if not _PLAIN_NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def _ascii_digit(char: str) -> str:
    """A digit of any script as ASCII; other characters as they are."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def swapped_rows(
    points: NDArray[np.float64], crs: CRS, target: Any, boundary: BaseGeometry | None
) -> NDArray[np.bool_]:
    """
    Find points whose two coordinates only make sense the other way round.

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
    array of bool, shape (n,)
        True where exchanging the two values mends the point: it is then in range and
        was not, or in the area and was not.
    """
    turned = points[:, ::-1]
    swapped = np.asarray(~in_range(points, crs) & in_range(turned, crs))
    if boundary is not None:
        inside = _inside(points, crs, target, boundary)
        swapped = np.asarray(swapped | (~inside & _inside(turned, crs, target, boundary)))
    return swapped


def in_range(points: NDArray[np.float64], crs: CRS) -> NDArray[np.bool_]:
    """
    Say which points can be degrees; in a projected CRS any finite point can be.

    Parameters
    ----------
    points : array, shape (n, 2)
        (x, y) or (lon, lat).
    crs : pyproj.CRS
        What they are in.

    Returns
    -------
    array of bool, shape (n,)
        Whether each is possible.
    """
    possible = np.isfinite(points).all(axis=1)
    if crs.is_geographic:
        possible = possible & (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    return np.asarray(possible)


def _inside(
    points: NDArray[np.float64], crs: CRS, target: Any, boundary: BaseGeometry
) -> NDArray[np.bool_]:
    """Which points are in an area; those out of their CRS's range are not."""
    possible = in_range(points, crs)
    transformer = make_transformer(crs, CRS.from_user_input(target))
    x, y = transformer.transform(points[possible, 0], points[possible, 1])
    shapely.prepare(boundary)
    inside = np.zeros(len(points), dtype=bool)
    inside[possible] = shapely.intersects_xy(boundary, x, y)
    return inside


def explain_miss(bounds: Sequence[float], crs: CRS, boundary: BaseGeometry, target: Any) -> str:
    """
    Say where a layer lies that misses its area, and what would bring it there.

    Parameters
    ----------
    bounds : (minx, miny, maxx, maxy), in `crs`
        The layer's extent.
    crs : pyproj.CRS
        What the layer says it is in.
    boundary : (Multi)Polygon, in `target`
        The area.
    target : CRS-like
        The area's CRS.

    Returns
    -------
    str
        One or two sentences, with both extents in degrees.
    """
    wanted = to_wgs84(boundary.bounds, target)
    try:
        found = _degrees(to_wgs84(bounds, crs))
    except ProjError:
        found = "no place on earth"
    sentence = f"The data are at {found}, the area at {_degrees(wanted)}."
    west, south, east, north = bounds
    frame = shapely.box(*wanted)
    remedies = []
    if _fits((south, west, north, east), crs, frame):
        remedies.append("its two coordinates look swapped")
    for candidate in datum_facts().candidates:
        other = CRS.from_user_input(candidate.crs)
        if other != crs and _fits(bounds, other, frame):
            remedies.append(
                f'read as {describe_crs(other)} it falls there (`crs = "{candidate.crs}"`)'
            )
    return sentence + (f" Likely: {'; or '.join(remedies)}." if remedies else "")


def _fits(bounds: Sequence[float], crs: CRS, frame: BaseGeometry) -> bool:
    """Whether an extent, read in a CRS, meets a box in degrees."""
    west, south, east, north = bounds
    corners = np.array([(west, south), (east, north)], dtype=float)
    if not in_range(corners, crs).all():
        return False
    try:
        placed = to_wgs84(bounds, crs)
    except ProjError:
        return False
    return bool(np.isfinite(placed).all() and shapely.box(*placed).intersects(frame))


def _degrees(bounds: Sequence[float]) -> str:
    """An extent as a reader would write it."""
    west, south, east, north = bounds
    if not np.isfinite(bounds).all():
        return "no place on earth"
    return f"lon {west:.3f} to {east:.3f}, lat {south:.3f} to {north:.3f}"
