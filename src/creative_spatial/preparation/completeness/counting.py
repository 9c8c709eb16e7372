"""Counts by group of concepts and unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.crs import require_crs
from creative_spatial.preparation.whereabouts import OUTSIDE, first_unit
from creative_spatial.schema import UNIT_INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

GROUP = "group"


def placed(
    places: gpd.GeoDataFrame, units: gpd.GeoDataFrame, groups: Mapping[str, str]
) -> tuple[pd.MultiIndex, NDArray[np.bool_]]:
    """
    Group and unit of each place.

    Parameters
    ----------
    places : GeoDataFrame, n rows
        With `concept`.
    units : GeoDataFrame, polygons, same CRS
        Units.
    groups : mapping of str to str
        Group of each concept; what is of none is left out.

    Returns
    -------
    index : MultiIndex, m rows
        `group` and `unit_id` of the places in any unit.
    kept : array of bool, n items
        Which places those are.
    """
    require_crs(units.crs, places=places)
    position = first_unit(places.geometry, units)
    group = places["concept"].map(groups).to_numpy(dtype=object)
    kept = (position != OUTSIDE) & pd.notna(group)
    ids = units.index.astype(str).to_numpy(dtype=object)[position[kept]]
    return pd.MultiIndex.from_arrays([group[kept], ids], names=[GROUP, UNIT_INDEX]), kept


def tallied(
    places: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    groups: Mapping[str, str],
    values: Mapping[str, NDArray[Any]],
) -> pd.DataFrame:
    """
    Sums of values over the places of each group in each unit.

    Parameters
    ----------
    places : GeoDataFrame, n rows
        With `concept`.
    units : GeoDataFrame, polygons, same CRS
        Units.
    groups : mapping of str to str
        Group of each concept.
    values : mapping of str to array of n items
        What is summed.

    Returns
    -------
    DataFrame
        Index `group`, `unit_id`, sorted; one column a value.
    """
    index, kept = placed(places, units, groups)
    table = {name: np.asarray(column, dtype=float)[kept] for name, column in values.items()}
    frame = pd.DataFrame(table, index=index)
    return frame.groupby(level=[GROUP, UNIT_INDEX], sort=True).sum()
