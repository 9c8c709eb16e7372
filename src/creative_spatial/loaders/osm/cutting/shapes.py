"""Geometries of many ways at once, as osmium would write them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS_PER_DEGREE = 10_000_000
"""Positions in OpenStreetMap are whole numbers of these."""
_EXACT_UNITS = 2**25
"""Products of differences below it are exact in double precision."""
_RING_NODES = 4
_HALF_TURN = np.uint64(180 * UNITS_PER_DEGREE)
_ROW_BITS = np.uint64(32)
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("lonlat", "<f8", 2)])
_LINE = np.dtype([("order", "u1"), ("type", "<u4"), ("size", "<u4")])
_ONE_POLYGON = np.dtype(
    [("order", "u1"), ("type", "<u4"), ("polygons", "<u4"), ("order_of_polygon", "u1"),
     ("type_of_polygon", "<u4"), ("rings", "<u4"), ("size", "<u4")]
)  # fmt: skip
_NOTHING = pa.scalar(b"", pa.binary())


def points(lonlat: NDArray[np.float64]) -> pa.Array:
    """
    Write points.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Where they are.

    Returns
    -------
    pyarrow.Array of binary
        WKB of each.
    """
    wkb = np.ones(len(lonlat), dtype=_POINT)
    wkb["lonlat"] = lonlat
    return _binary(wkb, np.full(len(wkb), _POINT.itemsize))


def lines(lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> pa.Array:
    """
    Write lines.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Of all lines, one after another.
    sizes : array of int
        How many positions each has, two or more.

    Returns
    -------
    pyarrow.Array of binary
        WKB of each.
    """
    begin = np.ones(len(sizes), dtype=_LINE)
    begin["type"], begin["size"] = 2, sizes
    return _after(begin, lonlat, sizes)


def rings(lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> pa.Array:
    """
    Write areas of one ring, as multipolygons, which osmium writes all areas as.

    As osmium does, a ring begins at its westernmost position, the southernmost of several, and
    runs counter-clockwise.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Of all rings, one after another; the first position of each is its last.
    sizes : array of int
        How many positions each has.

    Returns
    -------
    pyarrow.Array of binary
        WKB of each.
    """
    begin = np.ones(len(sizes), dtype=_ONE_POLYGON)
    begin["type"], begin["type_of_polygon"], begin["size"] = 6, 3, sizes
    return _after(begin, lonlat[_from_the_west(lonlat, sizes)], sizes)


def corners_of(lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Give the boxes of geometries.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Of all, one after another; not-a-number for positions that are not known.
    sizes : array of int
        How many positions each has.

    Returns
    -------
    array of float, (n, 4)
        West, south, east, north; not-a-number where no position is known.
    """
    corners = np.full((len(sizes), 4), np.nan)
    some = sizes > 0
    if some.any():
        starts = (np.cumsum(sizes) - sizes)[some]
        corners[some, :2] = np.fmin.reduceat(lonlat, starts)
        corners[some, 2:] = np.fmax.reduceat(lonlat, starts)
    return corners


def closed_in_place(
    lonlat: NDArray[np.float64], sizes: NDArray[np.int64], whole: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """
    Say which ways osmium would try to make areas of, whatever their tags.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Of all ways, one after another.
    sizes : array of int
        How many positions each has.
    whole : array of bool
        Which ways have them all.

    Returns
    -------
    array of bool
        Whether a way ends in the place where it begins, and may go around something.
    """
    closed = whole & (sizes >= _RING_NODES)
    last = np.cumsum(sizes)[closed] - 1
    closed[closed] = (lonlat[last + 1 - sizes[closed]] == lonlat[last]).all(axis=1)
    return closed


def are_plain(lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """
    Say which rings neither touch nor cross themselves, nor stay in one place.

    It is decided in whole numbers, as osmium decides it: of these it makes areas of one ring.

    Parameters
    ----------
    lonlat : array of float, (n, 2), degrees
        Of all rings, one after another; the first position of each is its last.
    sizes : array of int
        How many positions each has, four or more.

    Returns
    -------
    array of bool
        One for each ring.
    """
    if not len(sizes):
        return np.empty(0, dtype=bool)
    units = np.rint(lonlat * UNITS_PER_DEGREE)
    plain = _are_convex(units, sizes)
    ring = np.repeat(np.arange(len(sizes)), sizes)
    rest = ~plain[ring]
    if rest.any():
        _, numbered = np.unique(ring[rest], return_inverse=True)
        outlines = shapely.linearrings(units[rest], indices=numbered)
        plain[~plain] = shapely.is_valid(shapely.polygons(outlines))
    x, y = units.T
    stays = (x[1:] == x[:-1]) & (y[1:] == y[:-1]) & (ring[1:] == ring[:-1])
    plain[ring[1:][stays]] = False
    return plain


def _are_convex(units: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rings turn one way at every node, and around once: these are plain for certain."""
    ends = np.cumsum(sizes)
    starts = ends - sizes
    step = np.zeros_like(units)
    step[:-1] = units[1:] - units[:-1]
    # in place of the step from a ring to the next, its first step
    step[ends - 1] = step[starts]
    x, y = step.T
    turn = np.ones(len(units))
    turn[:-1] = x[:-1] * y[1:] - y[:-1] * x[1:]
    turn[ends - 1] = turn[starts]
    one_way = (np.minimum.reduceat(turn, starts) > 0) | (np.maximum.reduceat(turn, starts) < 0)
    upward = (y > 0) | ((y == 0) & (x > 0))
    changes = np.zeros(len(units), dtype=np.int64)
    changes[:-1] = upward[:-1] != upward[1:]
    changes[ends - 1] = 0
    once = np.add.reduceat(changes, starts) <= 2
    small = np.maximum.reduceat(np.maximum(np.abs(x), np.abs(y)), starts) < _EXACT_UNITS
    convex: NDArray[np.bool_] = one_way & once & small
    return convex


def _from_the_west(lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order in which the positions of closed rings are taken."""
    units = np.rint(lonlat * UNITS_PER_DEGREE)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    at = np.arange(len(units))
    place = (units[:, 0].astype(np.int64).astype(np.uint64) + _HALF_TURN) << _ROW_BITS
    place |= units[:, 1].astype(np.int64).astype(np.uint64) + _HALF_TURN
    least = np.repeat(np.minimum.reduceat(place, starts), sizes)
    first = np.maximum.reduceat(np.where(place == least, at, -1), starts) - starts
    x, y = (units - np.repeat(units[starts], sizes, axis=0)).T
    doubled = np.zeros(len(units))
    doubled[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    doubled[ends - 1] = 0.0
    turn = np.where(np.add.reduceat(doubled, starts) > 0, 1, -1)
    before = np.repeat(starts, sizes)
    forward = np.repeat(first, sizes) + np.repeat(turn, sizes) * (at - before)
    order: NDArray[np.int64] = before + forward % np.repeat(sizes - 1, sizes)
    return order


def _after(begin: NDArray[Any], lonlat: NDArray[np.float64], sizes: NDArray[np.int64]) -> pa.Array:
    """WKB of its beginnings and of the positions that follow each."""
    heads = _binary(begin, np.full(len(begin), begin.dtype.itemsize))
    return pc.binary_join_element_wise(heads, _binary(lonlat, 16 * sizes), _NOTHING)


def _binary(values: NDArray[Any], sizes: NDArray[np.int64]) -> pa.Array:
    """Bytes of values that lie one after another, cut to sizes."""
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    data = pa.py_buffer(np.ascontiguousarray(values).tobytes())
    return pa.Array.from_buffers(pa.binary(), len(sizes), [None, pa.py_buffer(ends), data])
