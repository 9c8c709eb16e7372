"""Coordinates as people type them, and what is wrong with them when they miss the map."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from creative_spatial.crs import describe_crs, make_transformer, to_wgs84
from creative_spatial.loaders.repair.dms import parse_dms
from creative_spatial.resources.datums import datum_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"))
_GAPS = "\u00a0\u2009\u202f\u066c ' "
# Between digits they part groups of three; else there are several numbers: "100 35 28".
_SEVERAL = re.compile(rf"\d[{_GAPS}]+(?!\d{{3}}(?!\d))\d")
_GAP = dict.fromkeys(map(ord, _GAPS))
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
    if _SEVERAL.search(digits):
        return None
    plain = digits.translate(_GAP).replace("٫", ".").replace("\u2212", "-")
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
    if not PLAIN_NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


class ReadNumber(NamedTuple):
    """
    A coordinate that was not written as a plain decimal number.

    Parameters
    ----------
    value : float
        What it says.
    kind : str
        What was mended in reading it, as in ``resources/repairs.toml``.
    """

    value: float
    kind: str


def read_coordinate(text: str, *, degrees: bool = True) -> ReadNumber | None:
    """
    Read a coordinate that is not a plain decimal number, and say what had to be mended.

    Parameters
    ----------
    text : str
        The cell.
    degrees : bool
        Whether it is an angle, and may be in degrees, minutes and seconds.

    Returns
    -------
    ReadNumber or None
        None where the text is no coordinate.

    Examples
    --------
    >>> read_coordinate("๗.๒๐๖")
    ReadNumber(value=7.206, kind='digits')
    >>> read_coordinate("7,206").kind, read_coordinate("N.N.") is None
    ('decimal_comma', True)
    """
    value = parse_number(text, degrees=degrees)
    if value is None:
        angle = parse_dms(text) if degrees else None
        return None if angle is None else ReadNumber(angle, "dms")
    if any(char.isdecimal() and not char.isascii() for char in text):
        return ReadNumber(value, "digits")
    comma = "," in text or "٫" in text
    return ReadNumber(value, "decimal_comma" if comma else "number_marks")


def _ascii_digit(char: str) -> str:
    """A digit of any script as ASCII; other characters as they are."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


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


def inside_area(
    points: NDArray[np.float64], crs: CRS, target: Any, boundary: BaseGeometry
) -> NDArray[np.bool_]:
    """
    Say which points are in an area; those out of their CRS's range are not.

    Parameters
    ----------
    points : array, shape (n, 2)
        (x, y) or (lon, lat), in `crs`.
    crs : pyproj.CRS
        What they are in.
    target : CRS-like
        CRS of `boundary`.
    boundary : (Multi)Polygon
        The area.

    Returns
    -------
    array of bool, shape (n,)
        Whether each is inside.
    """
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
    if _fits(bounds, crs, frame):  # it lies around the area, and would in any datum
        return sentence
    remedies = []
    if _fits((south, west, north, east), crs, frame):
        remedies.append("its two coordinates look swapped")
    remedies += [
        f"read as {name} it falls there"
        for name in fitting_crs(bounds, boundary, target, other_than=crs)
    ]
    return sentence + (f" Likely: {'; or '.join(remedies)}." if remedies else "")


def fitting_crs(
    bounds: Sequence[float], boundary: BaseGeometry, target: Any, *, other_than: CRS | None = None
) -> list[str]:
    """
    Name the CRSs in use hereabouts in which an extent meets its area.

    Parameters
    ----------
    bounds : (minx, miny, maxx, maxy)
        The extent's numbers.
    boundary : (Multi)Polygon, in `target`
        The area.
    target : CRS-like
        The area's CRS.
    other_than : pyproj.CRS, optional
        What it is taken for already.

    Returns
    -------
    list of str
        Name, and what to write in ``city.toml``, of each.
    """
    frame = shapely.box(*to_wgs84(boundary.bounds, target))
    found = []
    for candidate in datum_facts().candidates:
        crs = CRS.from_user_input(candidate.crs)
        if crs != other_than and _fits(bounds, crs, frame):
            found.append(f'{describe_crs(crs)} (`crs = "{candidate.crs}"`)')
    return found


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
