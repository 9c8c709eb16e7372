"""What a layer is made of: the creative fields it is evidence of, and shares by category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import (
    OUTSIDE,
    assign_units,
    count_in_units,
    unit_positions,
)
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

STRENGTHS = ("direct", "indirect", "weak")
UNKNOWN = "unknown"
OUTSIDE_FRAMEWORK = "outside"


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
    joined = evidence.merge(_concepts_by_unit(layers, units), on="concept")
    keys = ["unit_id", "field", "strength"]
    sums = joined.groupby(keys)["value"].sum()
    every = pd.MultiIndex.from_product(
        [units.index.astype("str"), evidence["field"].unique(), STRENGTHS], names=keys
    )
    rows = sums.reindex(every, fill_value=0).astype(float).reset_index()
    rows["category"] = rows["field"].astype("str") + ":" + rows["strength"].astype("str")
    rows["n"] = rows["value"]
    return rows[["unit_id", "category", "field", "strength", "value", "n"]]


def domain_profile(
    layers: Sequence[gpd.GeoDataFrame], domains: pd.DataFrame, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """
    Features by domain of a framework of cultural statistics.

    A feature counts once, in the first domain of its concept, so that the counts of all
    domains and of "outside" add up to the number of features; a line of its own below a
    domain (`part_of`) is not counted in that domain too. Where a concept has further
    domains, the feature is said there beside the count.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, any geometry
        Features with `concept`.
    domains : DataFrame
        Columns `concept`, `domain`, `code`, `group`, `part_of`, `rank` (0 is the domain it
        counts in), as `Crosswalk.domains_of` returns it.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    DataFrame
        One row for each unit and domain, in the order of `domains`, and one of features that
        the framework has no domain for: `unit_id`, `category` (the domain, or "outside"),
        `code`, `group`, `part_of`, `value` (count, 0 where there is none), `also` (features of
        which it is a further domain), `n` (the same as `value`).

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.

    References
    ----------
    UNESCO Institute for Statistics (2009), The 2009 UNESCO Framework for Cultural Statistics.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> places = gpd.GeoDataFrame({"concept": ["museum", "museum", "wood"]},
    ...     geometry=gpd.points_from_xy([1, 2, 3], [1, 1, 1]))
    >>> domains = pd.DataFrame({
    ...     "concept": ["museum", "museum"], "domain": ["heritage", "archiving"],
    ...     "code": ["A", "T3"], "group": ["cultural", "transversal"], "part_of": [None, None],
    ...     "rank": [0, 1]})
    >>> domain_profile([places], domains, units)[["category", "value", "also"]].values.tolist()
    [['heritage', 2.0, 0.0], ['archiving', 0.0, 2.0], ['outside', 1.0, 0.0]]
    """
    require_columns(
        domains, "concept", "domain", "code", "group", "part_of", "rank", name="domains"
    )
    counted = _concepts_by_unit(layers, units)
    facts = domains.drop_duplicates("domain").set_index("domain")[["code", "group", "part_of"]]
    facts.loc[OUTSIDE_FRAMEWORK] = None
    joined = counted.merge(domains, on="concept", how="left")
    joined["domain"] = joined["domain"].fillna(OUTSIDE_FRAMEWORK)
    joined["first"] = joined["rank"].fillna(0) == 0
    keys = ["unit_id", "domain"]
    every = pd.MultiIndex.from_product([units.index.astype("str"), facts.index], names=keys)
    value, also = (
        rows.groupby(keys)["value"].sum().reindex(every, fill_value=0).astype(float)
        for rows in (joined[joined["first"]], joined[~joined["first"]])
    )
    rows = pd.DataFrame({"value": value, "also": also, "n": value}).reset_index()
    rows = rows.join(facts, on="domain").rename(columns={"domain": "category"})
    return rows[["unit_id", "category", "code", "group", "part_of", "value", "also", "n"]]


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


def column_mean(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, column: str) -> pd.DataFrame:
    """
    Mean of what is said of each unit's features.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features; those where the column is null do not count.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    column : str
        A column of numbers.

    Returns
    -------
    DataFrame, k rows
        `value`: the mean, null where a unit has no such feature; `n`: features.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no such column.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"effective": [1.0, 2.0, None]},
    ...     geometry=gpd.points_from_xy([1, 2, 3], [1, 1, 1]))
    >>> column_mean(temples, units, column="effective").loc["town", ["value", "n"]].tolist()
    [1.5, 2.0]
    """
    require_columns(layer, column, name="layer")
    said = pd.to_numeric(layer[column]).to_numpy(dtype=float)
    known = ~np.isnan(said)
    position = unit_positions(layer[known], units)
    inside = position != OUTSIDE
    n = count_in_units(position, len(units))
    total = np.bincount(position[inside], weights=said[known][inside], minlength=len(units))
    return measure_frame(units, ratio(total, n), n=n)


def _concepts_by_unit(layers: Sequence[gpd.GeoDataFrame], units: gpd.GeoDataFrame) -> pd.DataFrame:
    """How many features of each concept each unit has: `unit_id`, `concept`, `value`."""
    found = []
    for layer in layers:
        require_columns(layer, "concept", name="layer")
        found.append(
            pd.DataFrame({"unit_id": assign_units(layer, units), "concept": layer["concept"]})
        )
    counted = pd.concat(found).dropna(subset="unit_id").value_counts(["unit_id", "concept"])
    return counted.rename("value").reset_index()
