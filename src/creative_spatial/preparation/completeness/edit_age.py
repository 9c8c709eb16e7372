"""How long ago the features of a group were last looked after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.preparation.completeness.counting import GROUP, placed
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.schema import UNIT_INDEX, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_DAYS_A_YEAR = 365.25


def edit_age(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    groups: Mapping[str, str],
    *,
    as_of: Any = None,
) -> pd.DataFrame:
    """
    Median age of the last edits of a group's features in each unit, at the data's date.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        With `concept` and `osm_timestamp`.
    units : GeoDataFrame, polygons, same CRS
        Units.
    groups : mapping of str to str
        Group of each concept.
    as_of : datetime-like, optional
        Date of the data; the latest edit otherwise.

    Returns
    -------
    DataFrame
        Index `group`, `unit_id`; `age_n` (features with a date), `age_years`, null under the
        least number of features. An edit after `as_of` has age 0.

    Raises
    ------
    LayerSchemaError
        If a column is missing.

    Notes
    -----
    An old edit is no fault of a fort that has not changed: age tells of care, not of error.
    """
    require_columns(layer, "concept", "osm_timestamp", name="layer")
    edited = pd.to_datetime(layer["osm_timestamp"], utc=True)
    dated = layer[edited.notna().to_numpy()]
    edited = edited.dropna()
    date = edited.max() if as_of is None else pd.to_datetime(as_of, utc=True)
    index, kept = placed(dated, units, groups)
    years = (date - edited).dt.total_seconds().clip(lower=0) / 86_400 / _DAYS_A_YEAR
    by_place = pd.Series(years.to_numpy(dtype=float)[kept], index=index)
    ages = by_place.groupby(level=[GROUP, UNIT_INDEX], sort=True).agg(["size", "median"])
    ages = ages.set_axis(["age_n", "age_years"], axis=1).astype(float)
    few = ages["age_n"] < completeness_facts().edit_age.min_features.value
    return ages.assign(age_years=ages["age_years"].mask(few))
