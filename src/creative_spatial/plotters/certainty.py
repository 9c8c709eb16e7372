"""How certain a place is on paper, and which places an inset at a larger scale may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.symbols import matching
from creative_spatial.schema import ASSUMED, BASIS, is_illustrative

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame


def uncertainty_mm(rows: gpd.GeoDataFrame, frame: Frame) -> NDArray[np.float64]:
    """
    Radius of each place's uncertainty on paper.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        With or without `uncertainty_m` and `uncertainty_basis`.
    frame : Frame
        The scale.

    Returns
    -------
    array of float, shape (n,), millimetres
        Zero where nobody says anything: what is assumed of a kind of source is no fact of a place.
    """
    return np.nan_to_num(_stated_m(rows)) * 1000 / frame.scale


def _stated_m(rows: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Uncertainties in metres, not a number where nobody states one."""
    if "uncertainty_m" not in rows:
        return np.full(len(rows), np.nan)
    metres = rows["uncertainty_m"].astype(float).to_numpy()
    if BASIS in rows:
        metres = np.where(rows[BASIS] == ASSUMED, np.nan, metres)
    return np.asarray(metres, dtype=float)


def certain_at(
    rows: gpd.GeoDataFrame, where: Mapping[str, tuple[str, ...]], scale: float
) -> NDArray[np.bool_]:
    """
    Say which places may be sharp points at a scale.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        With or without `accuracy`, `uncertainty_m` and `uncertainty_basis`.
    where : mapping of str to tuple of str
        What makes a place certain though it states no uncertainty, e.g. that it was surveyed.
    scale : float
        Denominator.

    Returns
    -------
    array of bool, shape (n,)
        Those that `where` keeps or that state an uncertainty, where that is not more than 3 mm on
        paper; never what is illustrative.
    """
    stated = _stated_m(rows)
    small = stated * 1000 / scale <= cartography().points.uncertain_mm
    unstated = np.isnan(stated) & matching(rows, where)
    certain: NDArray[np.bool_] = (small | unstated) & ~is_illustrative(rows)
    return certain
