"""How well it is known where places are, against the distances that are asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.schema import ASSUMED, BASIS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def uncertainties(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """
    Positional uncertainty of each place, as it is stated, or known of the cell that shows it.

    What is only assumed of a kind of source leaves no place out of a count.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        With or without `uncertainty_m`, and `uncertainty_basis`.

    Returns
    -------
    array of float, metres, n values
        Null where it is not known.
    """
    if "uncertainty_m" not in layer:
        return np.full(len(layer), np.nan)
    known = pd.to_numeric(layer["uncertainty_m"], errors="coerce").to_numpy(dtype=float)
    return np.where(layer[BASIS] == ASSUMED, np.nan, known) if BASIS in layer else known


def vaguer_than(layer: gpd.GeoDataFrame, distance_m: float) -> NDArray[np.bool_]:
    """
    Rows whose place is less certain than a distance: near or far, they cannot tell.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        With or without `uncertainty_m`.
    distance_m : float, metres
        What is asked of them.

    Returns
    -------
    array of bool, n values
        False where the uncertainty is not known.
    """
    vague: NDArray[np.bool_] = uncertainties(layer) > distance_m
    return vague


def inside_where_shown(
    layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, int]:
    """
    Rows of a boundary whose distances to others are known.

    What is not public is shown in the middle of a cell: two graves of one cell stand at one
    point there, and are neighbours by that alone.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        With or without `dataGeneralizations`, which says what was done to a position.
    units : GeoDataFrame, polygons
        The boundary.

    Returns
    -------
    rows : GeoDataFrame
        Those in the boundary that are shown where they are.
    generalised : int
        How many in it are not.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)])
    >>> layer = gpd.GeoDataFrame({"dataGeneralizations": [None, "to 0.01 degree", None]},
    ...     geometry=gpd.points_from_xy([1, 5, 99], [1, 5, 99]))
    >>> rows, generalised = inside_where_shown(layer, town)
    >>> rows.index.tolist(), generalised
    ([0], 1)
    """
    inside = layer[unit_positions(layer, units) != OUTSIDE]
    if "dataGeneralizations" not in inside:
        return inside, 0
    shown = inside["dataGeneralizations"].isna()
    return inside[shown], int((~shown).sum())


def resolved_m(layer: gpd.GeoDataFrame) -> float:
    """
    Shortest distance that says something of a layer: twice its median uncertainty.

    Parameters
    ----------
    layer : GeoDataFrame
        With or without `uncertainty_m`.

    Returns
    -------
    float, metres
        0 where no uncertainty is known.

    Examples
    --------
    >>> import geopandas as gpd
    >>> resolved_m(gpd.GeoDataFrame({"uncertainty_m": [20, 250, None, 800]},
    ...     geometry=gpd.points_from_xy([0] * 4, [0] * 4)))
    500.0
    """
    known = uncertainties(layer)
    known = known[~np.isnan(known)]
    return 2 * float(np.median(known)) if len(known) else 0.0
