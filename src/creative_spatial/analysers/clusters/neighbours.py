"""Who is next to whom: sparse matrices of neighbouring units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import sparse

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.crs import require_metres

if TYPE_CHECKING:
    import geopandas as gpd

_SNAP_M = 0.01


def contiguity(units: gpd.GeoDataFrame) -> sparse.csr_array:
    """
    Units that touch, in a side or a corner (queen contiguity).

    Parameters
    ----------
    units : GeoDataFrame, k rows, polygons, metres
        Reporting units; clipped grids may leave gaps of up to a centimetre.

    Returns
    -------
    csr_array of float, shape (k, k)
        1 where two units touch; symmetric, without the diagonal, columns sorted in each row.

    Raises
    ------
    CRSError
        If the units are in degrees.

    Examples
    --------
    >>> import geopandas as gpd
    >>> row = [shapely.box(x, 0, x + 1, 1) for x in range(3)]
    >>> contiguity(gpd.GeoDataFrame(geometry=row, crs="EPSG:32647")).toarray()
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    """
    require_metres(units=units)
    shapes = units.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=_SNAP_M)
    return _matrix(one, other, len(units))


def within_distance(places: gpd.GeoDataFrame, distance_m: float) -> sparse.csr_array:
    """
    Places no further apart than a distance, by their representative points.

    Parameters
    ----------
    places : GeoDataFrame, k rows, any geometry, metres
        Units or features.
    distance_m : float, metres, > 0
        How far a neighbour may be, straight.

    Returns
    -------
    csr_array of float, shape (k, k)
        1 for neighbours; symmetric, without the diagonal, columns sorted in each row.

    Raises
    ------
    ValueError
        If the distance is not positive.

    Examples
    --------
    >>> import geopandas as gpd
    >>> stalls = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 5, 20], [0, 0, 0]))
    >>> within_distance(stalls, 10).nnz
    2
    """
    if not distance_m > 0:
        raise ValueError(f"distance_m is {distance_m!r}; it must be over 0.")
    require_metres(places=places)
    points = representative_points(places)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=distance_m)
    return _matrix(one, other, len(places))


def within_steps(neighbours: sparse.csr_array, steps: int) -> sparse.csr_array:
    """
    Units that are at most so many steps apart.

    Parameters
    ----------
    neighbours : csr_array, shape (n, n)
        Binary, without a diagonal: what is one step apart.
    steps : int, > 0
        How many.

    Returns
    -------
    csr_array of float, shape (n, n)
        Binary, without a diagonal, columns sorted in each row.

    Raises
    ------
    ValueError
        If `steps` is not a whole number over 0.

    Examples
    --------
    >>> row = sparse.csr_array(np.eye(4, k=1) + np.eye(4, k=-1))
    >>> within_steps(row, 2).toarray()[0].tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    if int(steps) != steps or steps < 1:
        raise ValueError(f"`steps` is {steps!r}; a whole number over 0 is needed.")
    reached = neighbours
    for _ in range(int(steps) - 1):
        reached = reached + reached @ neighbours
    pairs = reached.tocoo()
    apart = pairs.row != pairs.col
    ones = np.ones(int(apart.sum()))
    found = sparse.csr_array((ones, (pairs.row[apart], pairs.col[apart])), shape=reached.shape)
    found.sort_indices()
    return found


def with_self(neighbours: sparse.csr_array) -> sparse.csr_array:
    """
    Make every unit its own neighbour too, as starred statistics want it.

    Parameters
    ----------
    neighbours : csr_array, shape (k, k)
        Without a diagonal.

    Returns
    -------
    csr_array of float, shape (k, k)
        With ones on the diagonal.

    Examples
    --------
    >>> with_self(sparse.csr_array((2, 2))).toarray()
    array([[1., 0.],
           [0., 1.]])
    """
    return sparse.csr_array(neighbours + sparse.eye_array(neighbours.shape[0]))


def _matrix(one: np.ndarray, other: np.ndarray, size: int) -> sparse.csr_array:
    """A binary matrix of pairs, the diagonal left out."""
    apart = one != other
    pair = (np.ones(int(apart.sum())), (one[apart], other[apart]))
    matrix = sparse.csr_array(pair, shape=(size, size))
    matrix.sort_indices()
    return matrix
