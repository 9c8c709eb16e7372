"""How many features: in all, on a square kilometre of land, for so many inhabitants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.analysers.assignment import count_in_units, unit_positions
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

M2_PER_KM2 = 1e6


def feature_count(
    layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, concepts: Sequence[str] = ()
) -> pd.DataFrame:
    r"""
    Number of features in each unit.

    Each feature is counted once, in the unit of `assign_units`. Every row is counted: leave
    out beforehand what has closed (``status``), as the evaluation does.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        What is counted.
    units : GeoDataFrame, k rows, polygons
        Reporting units; their CRS is the layer's.
    concepts : sequence of str
        Only features of these concepts; all otherwise.

    Returns
    -------
    DataFrame, k rows
        `value`: count, 0 where there is none; `n`: the same.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If concepts are asked for and the layer has none.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], index=["west", "east"])
    >>> museums = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.2, 0.7], [0.5, 0.5]))
    >>> feature_count(museums, units)["value"].to_dict()
    {'west': 2.0, 'east': 0.0}
    """
    count = _counted(of_concepts(layer, concepts), units)
    return measure_frame(units, count, n=count)


def feature_density(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    r"""
    Features per square kilometre of land.

    .. math:: d_u = n_u / A_u

    where :math:`n_u` is the number of features of unit :math:`u` (each counted once, see
    `assign_units`) and :math:`A_u` its land area in km².

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        What is counted.
    units : GeoDataFrame, k rows, polygons
        Reporting units with `area_land` in m².

    Returns
    -------
    DataFrame, k rows
        `value` per km²: 0 where there is none, null where a unit has no land; `n`: count.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If `units` has no `area_land`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(
    ...     {"area_land": [2e6]}, geometry=[shapely.box(0, 0, 2000, 1000)], index=["town"])
    >>> museums = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500, 900, 1500], [5, 5, 5]))
    >>> float(feature_density(museums, units).at["town", "value"])
    1.5
    """
    require_columns(units, "area_land", name="units")
    count = _counted(layer, units)
    return measure_frame(units, ratio(count, units["area_land"] / M2_PER_KM2), n=count)


def record_count(
    records: pd.DataFrame, units: gpd.GeoDataFrame, *, concepts: Sequence[str] = ()
) -> pd.DataFrame:
    """
    Number of records that belong to the city as a whole, as they have no place in it.

    Parameters
    ----------
    records : DataFrame, n rows
        Events or practices without a geometry.
    units : GeoDataFrame, k rows, polygons
        Boundaries of the city; each has them all.
    concepts : sequence of str
        Only records of these concepts; all otherwise.

    Returns
    -------
    DataFrame, k rows
        `value`: count, the same for each; `n`: the same.

    Raises
    ------
    LayerSchemaError
        If concepts are asked for and the records have none.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], index=["town"])
    >>> feasts = pd.DataFrame({"concept": ["food_festival", "procession", "food_festival"]})
    >>> float(record_count(feasts, town, concepts=["food_festival"]).at["town", "value"])
    2.0
    """
    if concepts:
        require_columns(records, "concept", name="records")
        records = records[records["concept"].isin(list(concepts))]
    count = [len(records)] * len(units)
    return measure_frame(units, count, n=count)


def features_per_population(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    per: float = 10_000,
    concepts: Sequence[str] = (),
) -> pd.DataFrame:
    r"""
    Features for every so many inhabitants.

    .. math:: r_u = n_u \cdot \mathrm{per} / P_u

    where :math:`P_u` is the population of unit :math:`u`. Rates of small populations jump
    about: the evaluation suppresses them under the specification's `min_population`.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        What is counted.
    units : GeoDataFrame, k rows, polygons
        Reporting units with `population`; null where it is not known.
    per : float, inhabitants, > 0
        What the rate refers to.
    concepts : sequence of str
        Only features of these concepts; all otherwise.

    Returns
    -------
    DataFrame, k rows
        `value` per `per` inhabitants: 0 where there is no feature, null where nobody lives
        or the population is not known; `n`: count of features.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If `units` has no `population`, or the layer no concepts though some are asked for.
    ValueError
        If `per` is not positive.

    References
    ----------
    UNESCO (2019). Culture|2030 Indicators, indicator 4: cultural facilities.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(
    ...     {"population": [40_000]}, geometry=[shapely.box(0, 0, 2, 1)], index=["town"])
    >>> museums = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.5, 1.5], [0.5, 0.5]))
    >>> float(features_per_population(museums, units).at["town", "value"])
    0.5
    """
    if not per > 0:
        raise ValueError(f"`per` is {per!r}; a number of inhabitants over 0 is needed.")
    require_columns(units, "population", name="units")
    count = _counted(of_concepts(layer, concepts), units)
    people = pd.to_numeric(units["population"])
    return measure_frame(units, ratio(count * per, people), n=count)


def of_concepts(layer: gpd.GeoDataFrame, concepts: Sequence[str]) -> gpd.GeoDataFrame:
    """
    Pick features by concept; all of them where none is named.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        Features, with `concept` where any is asked for.
    concepts : sequence of str
        Their ids.

    Returns
    -------
    GeoDataFrame, m <= n rows
        In the order of the layer.

    Raises
    ------
    LayerSchemaError
        If concepts are asked for and the layer has none.
    """
    if not concepts:
        return layer
    require_columns(layer, "concept", name="layer")
    return layer[layer["concept"].isin(list(concepts))]


def _counted(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> NDArray[np.intp]:
    return count_in_units(unit_positions(layer, units), len(units))
