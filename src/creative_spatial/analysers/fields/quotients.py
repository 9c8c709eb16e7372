"""Which creative fields a city has more of than elsewhere, where they are, and by what places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.fields.counts import FieldCounts, field_counts
from creative_spatial.analysers.fields.specialisation import location_quotient
from creative_spatial.analysers.measured import ratio
from creative_spatial.analysers.mixing.diversity import hill_numbers
from creative_spatial.analysers.places.composition import STRENGTHS
from creative_spatial.schema import is_illustrative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PER = 10_000
MOST_CERTAIN = ("confirmed", "probable", "reported")
MOST_EXACT = ("surveyed", "approximate")
# Units that hold nearly all places of a boundary speak of it; others of a part of it.
LEAST_COVERED = 0.99
NOTHING_HERE = "no mapped place in this boundary"
NOTHING_THERE = "no mapped place in the reference"
NOWHERE = "no place of this field here or in the reference"
ONLY_HERE = "the reference has no place of this field"
NOT_COUNTED = "the reference does not count this field"


def field_quotients(
    layers: Sequence[gpd.GeoDataFrame | None],
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    boundaries: gpd.GeoDataFrame | None = None,
    reference: pd.DataFrame | None = None,
    cells: gpd.GeoDataFrame | None = None,
    grades: pd.DataFrame | None = None,
    confidence: float = 0.95,
    most_anchors: int = 5,
) -> pd.DataFrame:
    r"""
    Profile of the creative fields: location quotient, evidence, spread and anchors of each.

    .. math:: LQ_f = \frac{x_f / n}{y_f / m}

    with :math:`x_f` of the city's :math:`n` mapped places evidence of field :math:`f`, of
    whatever strength, and :math:`y_f` of the :math:`m` of the reference. Places that serve no
    field are in :math:`n` and :math:`m`, so that places mapped twice as thoroughly, all kinds
    alike, change nothing; a place that serves several fields is in the :math:`x_f` of each.
    The reference never holds the city: without a given one it is the rest of the largest
    boundary. Of a given one nobody checks that it does not; a register that counts otherwise
    than a map does leaves the effort of mapping in the quotient.

    Spread is the effective number of units among which the field's places are shared out,
    the exponential of Batty's spatial entropy (the Hill number of order 1).

    Parameters
    ----------
    layers : sequence of GeoDataFrame or None, any geometry
        All mapped places, with `concept`, and for anchors `name`; what is None was not read.
    evidence : DataFrame
        `concept`, `field`, `strength`, as `Taxonomy.field_evidence` returns it.
    units : GeoDataFrame, k rows, polygons
        Boundaries to be profiled; `population` and `name` are used where they are.
    boundaries : GeoDataFrame of (Multi)Polygon, optional
        Every boundary, with `name`; the largest, without the one profiled, is the reference.
    reference : DataFrame, optional
        Counts elsewhere: `field`, `strength` (null: not known), `value`, `total` and
        `reference`, the name. Several add up.
    cells : GeoDataFrame of (Multi)Polygon, optional
        Reporting units, for the spread over a boundary that they cover.
    grades : DataFrame, optional
        Completeness of each field: `boundary`, `field`, `grade`.
    confidence : float, in (0, 1)
        Of the intervals.
    most_anchors : int
        Anchor places to name of each field at most.

    Returns
    -------
    DataFrame, one row a boundary and field
        `unit_id`; `category` and `field`; `value`, the quotient, null with the `reason`; `low`
        and `high` (null where it has no upper limit); `n` places of the field among `total`;
        of these `direct`, `indirect`, `weak`; `per_10000` inhabitants; `units_with` one of its
        places and `spread`, effective units (null where `cells` do not cover the boundary);
        `anchors`, the most certain named places of direct evidence (confirmed first, then those
        that several records speak of, then by accuracy of place), joined by "; ", and their
        `anchor_ids`; `reference`, `reference_n`, `reference_total`; `grade`; `illustrative`.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.

    References
    ----------
    Isard (1960), Methods of Regional Analysis. Batty (1974), Spatial entropy, Geographical
    Analysis 6. Hill (1973), Ecology 54.

    Examples
    --------
    Four of five places in town serve food, one of three in the country around it:

    >>> import shapely
    >>> boundaries = gpd.GeoDataFrame({"name": ["Town", "Land"]},
    ...     geometry=[shapely.box(0, 0, 4, 4), shapely.box(0, 0, 9, 9)], index=["town", "land"])
    >>> places = gpd.GeoDataFrame({"concept": ["market", "market", "market", "wat"] * 2},
    ...     geometry=gpd.points_from_xy([1, 2, 3, 1, 8, 2, 7, 5], [1, 1, 1, 2, 8, 2, 7, 5]))
    >>> places.loc[6, "concept"] = "wat"
    >>> evidence = pd.DataFrame(
    ...     {"concept": ["market"], "field": ["gastronomy"], "strength": ["direct"]})
    >>> found = field_quotients([places], evidence, boundaries.iloc[:1], boundaries=boundaries)
    >>> found[["field", "value", "n", "total", "reference"]].round(2).values.tolist()
    [['gastronomy', 2.4, 4.0, 5.0, 'Land without Town']]
    """
    blocks = []
    for unit_id in units.index:
        unit = units.loc[[unit_id]]
        found = field_counts(layers, evidence, unit, boundaries=boundaries, reference=reference)
        rows = _quotients(found, confidence)
        rows["grade"] = grades_of(grades, unit_id, rows.index)
        people = pd.to_numeric(unit["population"]).iloc[0] if "population" in unit else np.nan
        rows["per_10000"] = ratio(rows["n"] * PER, np.full(len(rows), people))
        rows[["units_with", "spread"]] = _spread(found, evidence, cells)
        rows[["anchors", "anchor_ids"]] = _anchors(found.places, evidence, rows.index, most_anchors)
        blocks.append(rows.reset_index().assign(unit_id=unit_id))
    table = pd.concat(blocks, ignore_index=True).assign(category=lambda t: t["field"])
    return table[[
        "unit_id", "category", "field", "value", "low", "high", "n", "total", *STRENGTHS,
        "per_10000", "units_with", "spread", "anchors", "anchor_ids", "reference", "reference_n",
        "reference_total", "grade", "illustrative", "reason",
    ]]  # fmt: skip


def grades_of(grades: pd.DataFrame | None, boundary: Any, fields: pd.Index[Any]) -> pd.Series[str]:
    """
    Completeness of each field in a boundary.

    Parameters
    ----------
    grades : DataFrame or None
        `boundary`, `field`, `grade`.
    boundary : str
        Its id.
    fields : Index of str
        The fields.

    Returns
    -------
    Series of str
        "A" to "D", null where it was not assessed; indexed like `fields`.
    """
    if grades is None or boundary is None:
        return pd.Series(None, index=fields, dtype="str")
    known = grades[grades["boundary"] == boundary].set_index("field")["grade"]
    found: pd.Series[str] = known.reindex(fields).astype("str")
    return found


def _quotients(found: FieldCounts, confidence: float) -> pd.DataFrame:
    """Location quotient of each field with its interval, or why there is none."""
    x, other = found.counts["n"], found.reference
    y = other.counts["n"]
    rows = found.counts.assign(
        value=np.nan, low=np.nan, high=np.nan, total=found.total, reference=other.name or None,
        reference_n=y, reference_total=other.total, illustrative=found.illustrative,
        reason=other.reason,
    )  # fmt: skip
    if other.reason:
        return rows
    if not (found.total and other.total):
        return rows.assign(reason=NOTHING_THERE if found.total else NOTHING_HERE)
    known = y.notna()
    numbers = location_quotient(
        x[known], found.total, y[known], other.total, confidence=confidence
    ).set_index(x.index[known])
    rows.loc[known, ["value", "low", "high"]] = numbers[["value", "low", "high"]]
    rows["high"] = rows["high"].where(np.isfinite(rows["high"]))
    reason = np.select(
        [~known, (y == 0) & (x == 0), y == 0], [NOT_COUNTED, NOWHERE, ONLY_HERE], default=""
    )
    return rows.assign(reason=reason)


def _spread(
    found: FieldCounts, evidence: pd.DataFrame, cells: gpd.GeoDataFrame | None
) -> NDArray[np.float64]:
    """Units with a place of each field, and the effective number of them."""
    fields = found.counts.index
    nothing = np.full((len(fields), 2), np.nan)
    if cells is None or not found.total:
        return nothing
    position = [unit_positions(layer, cells) for layer in found.places]
    placed = pd.DataFrame(
        {
            "concept": np.concatenate([layer["concept"].astype("str") for layer in found.places]),
            "cell": np.concatenate(position),
        }
    )
    if (placed["cell"] != OUTSIDE).mean() < LEAST_COVERED:
        return nothing
    inside = placed[placed["cell"] != OUTSIDE].merge(evidence, on="concept")
    code = pd.Index(fields).get_indexer(inside["field"])
    flat = code * len(cells) + inside["cell"].to_numpy()
    counts = np.bincount(flat, minlength=len(fields) * len(cells)).reshape(len(fields), len(cells))
    return np.column_stack([hill_numbers(counts, q=0), hill_numbers(counts, q=1)])


def _anchors(
    places: list[gpd.GeoDataFrame], evidence: pd.DataFrame, fields: pd.Index[Any], most: int
) -> NDArray[Any]:
    """Names and ids of the places that speak for each field most surely; never made up ones."""
    direct = evidence[evidence["strength"] == STRENGTHS[0]]
    parts = [_candidates(layer) for layer in places]
    named = pd.concat(parts) if parts else _candidates(gpd.GeoDataFrame({"concept": []}))
    named = named.sort_values(["certain", "single", "exact", "uncertainty", "id"])
    found = []
    for field in fields:
        concepts = set(direct.loc[direct["field"] == field, "concept"])
        best = named[named["concept"].isin(concepts)].head(most)
        found.append(("; ".join(best["name"]) or None, ";".join(best["id"]) or None))
    return np.array(found, dtype=object).reshape(len(fields), 2)


def _candidates(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """Named places that may be shown as examples, and how sure they are."""

    def column(name: str) -> pd.Series[Any]:
        return layer[name] if name in layer else pd.Series(None, index=layer.index, dtype=object)

    def order(name: str, ranked: tuple[str, ...]) -> pd.Series[Any]:
        return column(name).map({word: at for at, word in enumerate(ranked)})

    table = pd.DataFrame(
        {
            "id": layer.index.astype("str"),
            "name": column("name").astype("str").to_numpy(),
            "concept": layer["concept"].astype("str").to_numpy(),
            "certain": order("confidence", MOST_CERTAIN).fillna(len(MOST_CERTAIN)).to_numpy(),
            "single": column("also_ids").isna().to_numpy(),
            "exact": order("accuracy", MOST_EXACT).fillna(len(MOST_EXACT)).to_numpy(),
            "uncertainty": pd.to_numeric(column("uncertainty_m")).fillna(np.inf).to_numpy(),
        }
    )
    doubtful = column("confidence").isin(["disputed", "withheld"]).to_numpy()
    hidden = column("dataGeneralizations").notna().to_numpy()
    named = column("name").notna().to_numpy() & (column("name").astype("str") != "").to_numpy()
    return table[named & ~doubtful & ~hidden & ~is_illustrative(layer)]
