"""What a layer is made of: the creative fields it is evidence of, and shares by category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, assign_units, unit_positions
from creative_spatial.analysers.measured import ratio
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

STRENGTHS = ("direct", "indirect", "weak")
UNKNOWN = "unknown"


def field_profile(
    layers: Sequence[gpd.GeoDataFrame], evidence: pd.DataFrame, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """
    Features that are evidence of each creative field, by strength of evidence.

    A feature counts for every field that its concept serves, so the counts of the fields
    do not add up to the number of features. Restaurants and buildings lead any such count:
    it is an inventory, not a ranking of the fields.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, any geometry
        Features with `concept`.
    evidence : DataFrame
        Which concept is evidence of which field and how strong: columns `concept`, `field`,
        `strength` (direct, indirect, weak), as `Taxonomy.field_evidence` returns it.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    DataFrame
        One row for each unit, field and strength: `unit_id`, `category` ("field:strength"),
        `field`, `strength`, `value` (count, 0 where there is none), `n` (the same). Fields in
        the order in which `evidence` first names them.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.

    References
    ----------
    UNESCO Creative Cities Network, creative fields (Architecture since the call of 2025).

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> places = gpd.GeoDataFrame({"concept": ["market", "market"]},
    ...     geometry=gpd.points_from_xy([1, 2], [1, 1]))
    >>> evidence = pd.DataFrame(
    ...     {"concept": ["market"], "field": ["gastronomy"], "strength": ["direct"]})
    >>> profile = field_profile([places], evidence, units)
    >>> profile.set_index("category")["value"].to_dict()
    {'gastronomy:direct': 2.0, 'gastronomy:indirect': 0.0, 'gastronomy:weak': 0.0}
    """
    require_columns(evidence, "concept", "field", "strength", name="evidence")
    found = []
    for layer in layers:
        require_columns(layer, "concept", name="layer")
        found.append(
            pd.DataFrame({"unit_id": assign_units(layer, units), "concept": layer["concept"]})
        )
    counted = pd.concat(found).dropna(subset="unit_id").value_counts(["unit_id", "concept"])
    joined = evidence.merge(counted.rename("value").reset_index(), on="concept")
    keys = ["unit_id", "field", "strength"]
    sums = joined.groupby(keys)["value"].sum()
    every = pd.MultiIndex.from_product(
        [units.index.astype("str"), evidence["field"].unique(), STRENGTHS], names=keys
    )
    rows = sums.reindex(every, fill_value=0).astype(float).reset_index()
    rows["category"] = rows["field"].astype("str") + ":" + rows["strength"].astype("str")
    rows["n"] = rows["value"]
    return rows[["unit_id", "category", "field", "strength", "value", "n"]]


def category_mix(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    r"""
    Share of each category among a unit's features.

    .. math:: s_{uc} = 100 \, n_{uc} / n_u

    Features whose category is not known are a category of their own, "unknown", so that the
    shares add up to 100 and show how much is not known.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features with the column `by`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    by : str
        Column that says the category, e.g. "lead".
    categories : sequence of str
        Those that get a row even where no feature is of them; others follow as they are found.

    Returns
    -------
    DataFrame
        One row for each unit and category: `unit_id`, `category`, `value` in percent (null
        where the unit has no feature), `n` (features of the category).

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
    >>> groups = gpd.GeoDataFrame({"lead": ["community", "public", "community", None]},
    ...     geometry=gpd.points_from_xy([1, 2, 3, 4], [1, 1, 1, 1]))
    >>> category_mix(groups, units, by="lead").set_index("category")["value"].to_dict()
    {'community': 50.0, 'public': 25.0, 'unknown': 25.0}
    """
    require_columns(layer, by, name="layer")
    known = layer[by].astype("str").where(layer[by].notna(), UNKNOWN)
    others = sorted(set(known) - set(categories) - {UNKNOWN})
    listed = [*(c for c in categories if c != UNKNOWN), *others, UNKNOWN]
    codes = known.map({category: code for code, category in enumerate(listed)}).to_numpy(dtype=int)
    position = unit_positions(layer, units)
    inside = position != OUTSIDE
    cell = position[inside] * len(listed) + codes[inside]
    count = np.bincount(cell, minlength=len(units) * len(listed)).reshape(len(units), len(listed))
    share = 100 * ratio(count, np.broadcast_to(count.sum(axis=1, keepdims=True), count.shape))
    return pd.DataFrame(
        {
            "unit_id": np.repeat(units.index.astype("str").to_numpy(), len(listed)),
            "category": np.tile(np.asarray(listed, dtype=object), len(units)),
            "value": share.ravel(),
            "n": count.ravel().astype(float),
        }
    ).astype({"unit_id": "str", "category": "str"})
