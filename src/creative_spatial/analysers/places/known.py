"""Shares of what is so among features of which it is known, with what the others could change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def share_true(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, by: str) -> pd.DataFrame:
    r"""
    Percentage of features that have a property, among those of which it is known.

    For unit :math:`u` with :math:`t_u` features that have it, :math:`f_u` that have not and
    :math:`m_u` of which it is not known,

    .. math:: 100 \, \frac{t_u}{t_u + f_u}

    between :math:`100 \, t_u / (t_u + f_u + m_u)`, if none of the unknown had it, and
    :math:`100 \, (t_u + m_u) / (t_u + f_u + m_u)`, if all had. These are bounds and no interval
    of confidence: they hold whatever the reason why it is not known.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features with the column `by`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    by : str
        Column of yes or no; null where it is not known.

    Returns
    -------
    DataFrame, k rows
        `value`, `low`, `high` in percent; `n`: features of which it is known. Null where it
        is known of none.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.

    References
    ----------
    Manski, C. F. (2003), Partial Identification of Probability Distributions, Springer: bounds
    with missing outcomes.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> shops = gpd.GeoDataFrame({"opens_evening": [True, False, None, None]},
    ...     geometry=gpd.points_from_xy([1, 2, 3, 4], [1, 1, 1, 1]))
    >>> share_true(shops, units, by="opens_evening").loc["town"].tolist()
    [50.0, 25.0, 75.0, 2.0]
    """
    has, known, every = _counts(layer, units, by)
    undefined = known == 0
    low, high = (
        np.where(undefined, np.nan, 100 * ratio(count, every))
        for count in (has, has + every - known)
    )
    return measure_frame(units, 100 * ratio(has, known), low=low, high=high, n=known)


def share_known(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, by: str) -> pd.DataFrame:
    """
    Percentage of features of which something is known.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features with the column `by`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    by : str
        Column that is null where it is not known.

    Returns
    -------
    DataFrame, k rows
        `value` in percent, null in units without features; `n`: features.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> shops = gpd.GeoDataFrame({"opens_evening": [True, False, None, None]},
    ...     geometry=gpd.points_from_xy([1, 2, 3, 4], [1, 1, 1, 1]))
    >>> share_known(shops, units, by="opens_evening").loc["town", ["value", "n"]].tolist()
    [50.0, 4.0]
    """
    _, known, every = _counts(layer, units, by)
    return measure_frame(units, 100 * ratio(known, every), n=every)


def _counts(
    layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, by: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Features of each unit that have a property, of which it is known, and all."""
    require_columns(layer, by, name="layer")
    position = unit_positions(layer, units)
    inside = position != OUTSIDE
    known = layer[by].notna().to_numpy(dtype=bool)
    has = np.zeros(len(layer), dtype=bool)
    has[known] = layer[by][known].astype(bool).to_numpy()
    counts = [
        np.bincount(position[inside], weights=mask[inside], minlength=len(units)).astype(float)
        for mask in (has, known, np.ones(len(layer), dtype=bool))
    ]
    return counts[0], counts[1], counts[2]
