"""Words of a column, such as cuisines, that a city has more of than the land around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.fields.counts import OUTERMOST, around, here_and_around, rest_of
from creative_spatial.analysers.fields.specialisation import location_quotient
from creative_spatial.analysers.measured import ratio
from creative_spatial.analysers.places.counts import M2_PER_KM2
from creative_spatial.schema import require_columns

COLUMNS = (
    "unit_id", "category", "value", "low", "high", "n", "total", "per_km2", "reference",
    "reference_n", "reference_total", "reason",
)  # fmt: skip
ONLY_HERE = "the reference has no place with this word"
NOTHING_THERE = "no place of the reference says its words"

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd


def word_quotients(
    layer: gpd.GeoDataFrame,
    boundaries: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    column: str,
    words: Sequence[str] = (),
    min_places: int = 1,
) -> pd.DataFrame:
    r"""
    Location quotient and density of each word of a column that lists several.

    .. math:: LQ_w = \frac{x_w / n}{y_w / m}

    with :math:`x_w` of the boundary's :math:`n` places whose column is filled naming the word,
    and :math:`y_w` of the :math:`m` in the rest of the largest boundary: places that say
    nothing are on neither side, so that how often the column is filled cancels.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places.
    boundaries : GeoDataFrame of (Multi)Polygon
        Every boundary, with `name`.
    units : GeoDataFrame, k rows, polygons
        Those that are looked at, with `area_land` in m² for the density.
    column : str
        Words joined by ";", e.g. "cuisine".
    words : sequence of str
        Those that get a row; all that are found in the boundary otherwise, the commonest first.
    min_places : int
        Words of fewer places in the boundary are left out, unless they are asked for.

    Returns
    -------
    DataFrame, one row a boundary and word
        `unit_id`; `category`, the word; `value`, the quotient, null with the `reason`; `low`,
        `high` (null where it has no upper limit); `n` of `total` places; `per_km2` of land;
        `reference`, `reference_n`, `reference_total`.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.

    References
    ----------
    Isard (1960), Methods of Regional Analysis; interval as in `location_quotient`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> boundaries = gpd.GeoDataFrame({"name": ["Town", "Land"], "area_land": [2e6, 9e6]},
    ...     geometry=[shapely.box(0, 0, 4, 4), shapely.box(0, 0, 9, 9)], index=["town", "land"])
    >>> places = gpd.GeoDataFrame({"cuisine": ["thai;seafood", "thai", "thai", "pizza", None]},
    ...     geometry=gpd.points_from_xy([1, 2, 8, 8, 8], [1, 1, 8, 8, 8]))
    >>> found = word_quotients(places, boundaries, boundaries.iloc[:1], column="cuisine")
    >>> found[["category", "value", "n", "per_km2"]].values.tolist()
    [['thai', 2.0, 2.0, 1.0], ['seafood', nan, 1.0, 0.5]]
    """
    require_columns(layer, column, name="layer")
    filled = layer[layer[column].notna() & (layer[column] != "")]
    blocks = []
    for unit_id in units.index:
        unit = units.loc[[unit_id]]
        outer = around(unit, boundaries)
        here, there = (part[column] for part in here_and_around(filled, unit, outer))
        counts, elsewhere = _places_by_word(here), _places_by_word(there)
        wanted = list(words) or counts.index[counts >= min_places].tolist()
        x, y = (table.reindex(wanted, fill_value=0.0) for table in (counts, elsewhere))
        rows = _quotients(x, len(here), y, len(there), known=outer is not None)
        land = float(unit["area_land"].iloc[0]) if "area_land" in unit else np.nan
        blocks.append(
            rows.assign(
                unit_id=unit_id,
                per_km2=ratio(x * M2_PER_KM2, np.full(len(x), land)),
                reference=None if outer is None else rest_of(outer, unit),
            )
        )
    table = pd.concat(blocks, ignore_index=True)
    return table.astype({"category": "str", "reference": "str", "reason": "str"})[list(COLUMNS)]


def _places_by_word(column: pd.Series[str]) -> pd.Series[float]:
    """Places that name each word, the commonest first; twice in one place counts once."""
    split = column.astype("str").str.split(";").explode().str.strip()
    pairs = pd.DataFrame({"place": split.index, "word": split.to_numpy()}).drop_duplicates()
    counts = pairs.loc[pairs["word"] != "", "word"].value_counts().sort_index()
    return counts.sort_values(ascending=False, kind="stable").astype(float)


def _quotients(
    x: pd.Series[float], n: int, y: pd.Series[float], m: int, *, known: bool
) -> pd.DataFrame:
    """Quotient of each word, or why there is none."""
    rows = pd.DataFrame(
        {
            "category": x.index, "value": np.nan, "low": np.nan, "high": np.nan, "n": x.to_numpy(),
            "total": float(n), "reference_n": y.to_numpy() if known else np.nan,
            "reference_total": float(m) if known else np.nan, "reason": "",
        }
    )  # fmt: skip
    if not known:
        return rows.assign(reason=OUTERMOST)
    if not (n and m):
        return rows.assign(reason=NOTHING_THERE)
    found = location_quotient(x, n, y, m)
    found["high"] = found["high"].where(np.isfinite(found["high"]))
    rows[["value", "low", "high"]] = found[["value", "low", "high"]]
    return rows.assign(reason=np.where(y == 0, ONLY_HERE, ""))
