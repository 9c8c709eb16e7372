"""
Hexagon cells by arithmetic: which cell a point is in, and which cells touch on the land.

The cells are those of `grid.make_grid`, shifted where a shift is asked for; nothing is drawn
or cut, so that fifty grids of a city take a second.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_ROW_STEP = math.sqrt(3) / 2
_CORNER = 1 / math.sqrt(3)
# Half of the six sides, as each is shared by two cells: to the east, the north-east and the
# north-west, in degrees; how many rows up the next cell is, and half columns across.
_NEXT = {0: (0, 2), 60: (1, 1), 120: (1, -1)}


class Cells(NamedTuple):
    """
    The cells that some points are in.

    Parameters
    ----------
    column, row : array of int, shape (k,)
        Of each cell, as in the ids of `make_grid`; sorted by row, then column.
    at : array of int, shape (n,)
        Which of the cells each point is in.
    """

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    at: NDArray[np.intp]


def cells_of(
    xy: NDArray[np.float64], width_m: float, *, shift: tuple[float, float] = (0.0, 0.0)
) -> Cells:
    """
    Find the hexagon that each point is in: the one with the nearest centre.

    Parameters
    ----------
    xy : array of float, shape (n, 2), metres
        Points.
    width_m : float, metres, > 0
        Side-to-side width of a cell; hexagons stand on a point.
    shift : pair of float, metres
        How far the grid is moved from that of `make_grid`.

    Returns
    -------
    Cells
        Those with a point.

    Examples
    --------
    >>> cells = cells_of(np.array([[50.0, 40.0], [160.0, 45.0], [55.0, 42.0]]), 100)
    >>> cells.at.tolist(), cells.column.tolist(), cells.row.tolist()
    ([0, 1, 0], [0, 1], [0, 0])
    """
    x, y = (xy - np.asarray(shift)).T / width_m
    below = np.floor(y / _ROW_STEP - 0.5).astype(np.int64)
    found = []
    for row in (below, below + 1):
        odd = np.where(row % 2 == 1, 0.5, 0.0)
        column = np.floor(x - odd).astype(np.int64)
        away = (x - (column + 0.5 + odd)) ** 2 + (y - (row + 0.5) * _ROW_STEP) ** 2
        found.append((row, column, away))
    (low, low_column, low_away), (high, high_column, high_away) = found
    nearer = high_away < low_away
    pairs = np.column_stack(
        [np.where(nearer, high, low), np.where(nearer, high_column, low_column)]
    )
    cells, at = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    return Cells(cells[:, 1], cells[:, 0], np.asarray(at, dtype=np.intp).ravel())


def touching(
    cells: Cells,
    width_m: float,
    land: BaseGeometry,
    *,
    shift: tuple[float, float] = (0.0, 0.0),
) -> sparse.csr_array:
    """
    Cells whose common side has land on it, as cut cells touch that `contiguity` finds.

    Parameters
    ----------
    cells : Cells
        As `cells_of` gives them with the same width and shift; k of them.
    width_m : float, metres
        Their width.
    land : (Multi)Polygon
        Where places can be: cells that meet in the water are no neighbours.
    shift : pair of float, metres
        Of the grid.

    Returns
    -------
    csr_array of float, shape (k, k)
        1 for neighbours; symmetric, without the diagonal, columns sorted in each row.

    Examples
    --------
    >>> town = cells_of(np.array([[50.0, 40.0], [150.0, 40.0], [450.0, 40.0]]), 100)
    >>> touching(town, 100, shapely.box(0, 0, 500, 500)).nnz
    2
    >>> banks = shapely.box(0, 0, 500, 500).difference(shapely.box(90, 0, 110, 500))
    >>> touching(town, 100, banks).nnz
    0
    """
    first, second, angle = _side_by_side(cells)
    sides = _sides(cells, first, angle, width_m, shift)
    shapely.prepare(land)
    dry = np.asarray(shapely.intersects(land, sides), dtype=bool)
    first, second = first[dry], second[dry]
    ones = np.ones(2 * len(first))
    pairs = (np.concatenate([first, second]), np.concatenate([second, first]))
    matrix = sparse.csr_array((ones, pairs), shape=(len(cells.row),) * 2)
    matrix.sort_indices()
    return matrix


def _side_by_side(
    cells: Cells,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Pairs of cells next to each other, and the direction of the second from the first."""
    # In doubled columns a cell's neighbours are two to the side, or one to it and a row up.
    doubled = 2 * cells.column + cells.row % 2
    doubled = doubled - doubled.min(initial=0)
    span = int(doubled.max(initial=0)) + 4
    key = cells.row * span + doubled
    order = np.argsort(key)
    pairs, angles = [], []
    for angle, (up, across) in _NEXT.items():
        wanted = key + up * span + across
        place = np.searchsorted(key, wanted, sorter=order)
        at = order[np.minimum(place, len(key) - 1)]
        found = np.flatnonzero(key[at] == wanted)
        pairs.append(np.column_stack([found, at[found]]))
        angles.append(np.full(len(found), float(angle)))
    first, second = np.concatenate(pairs).T
    return first, second, np.concatenate(angles)


def _sides(
    cells: Cells,
    chosen: NDArray[np.intp],
    angle: NDArray[np.float64],
    width_m: float,
    shift: tuple[float, float],
) -> NDArray[np.object_]:
    """The side of each chosen cell that looks in a direction, in degrees from the east."""
    row, column = cells.row[chosen], cells.column[chosen]
    centre = np.column_stack(
        [
            (column + 0.5 + np.where(row % 2 == 1, 0.5, 0.0)) * width_m + shift[0],
            (row + 0.5) * _ROW_STEP * width_m + shift[1],
        ]
    )
    ends = [
        centre + _CORNER * width_m * np.column_stack([np.cos(turned), np.sin(turned)])
        for turned in (np.deg2rad(angle - 30), np.deg2rad(angle + 30))
    ]
    return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))
