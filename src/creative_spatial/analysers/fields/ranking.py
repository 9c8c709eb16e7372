"""The creative fields in the order of their location quotients, and how sure that order is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.analysers.fields.counts import FieldCounts, field_counts
from creative_spatial.analysers.fields.quotients import (
    NOT_COUNTED,
    NOTHING_HERE,
    NOTHING_THERE,
    NOWHERE,
    grades_of,
)
from creative_spatial.analysers.places.composition import STRENGTHS
from creative_spatial.resources.field_ranking import UNKNOWN, RankingModel, ranking_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

COLUMNS = (
    "unit_id", "category", "field", "rank", "value", "low", "high", "n", "p_first", "mean_rank",
    "next", "p_beats_next", "p_below_first", "reference",
    "reference_boundary", "reference_n", "reference_total", "grade", "illustrative", "reason",
)  # fmt: skip
TAIL = 0.025


def field_ranking(
    layers: Sequence[gpd.GeoDataFrame | None],
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    boundaries: gpd.GeoDataFrame | None = None,
    reference: pd.DataFrame | None = None,
    grades: pd.DataFrame | None = None,
    draws: int = 10_000,
    seed: int = 0,
    model: RankingModel | None = None,
) -> pd.DataFrame:
    r"""
    Rank the creative fields by location quotient, under what is uncertain of it.

    In each draw the quotient of field :math:`f` is

    .. math::

        \theta_f = \frac{\sum_s w_s (X_{fs} k_f + A_f \pi_{fs})}
                        {\sum_s w_s (\sum_p v_p Y_{pfs} k'_f \, n / m_v + a \, \pi_{fs})},
        \qquad m_v = \sum_p v_p m_p, \qquad k_f = \frac{1 / c_f}{\sum_g x_g / c_g \big/ \sum_g x_g}

    where, of strength :math:`s` (direct, indirect, weak), a place counts :math:`w_s`, drawn
    from the range of its strength, the same here and in the reference;
    :math:`X_{fs} \sim \Gamma(x_{fs})` and :math:`Y_{pfs} \sim \Gamma(y_{pfs} + b \pi_{fs} / P)`
    are the means that the :math:`x_{fs}` of the city's :math:`n` places, and the
    :math:`y_{pfs}` of the :math:`m_p` in each of the reference's :math:`P` parts, may stand
    for, as counts of a Poisson law; :math:`v_p`, of mean 1, is what part :math:`p` counts, by
    Rubin's bootstrap: whether the city is beside its district more, or beside the far province,
    or which of several given cities. The parts are the given references, or what lies between
    each boundary and the next smaller one; a reference of one part is not varied so;
    :math:`c_f` is the share of the field's places that is on the map, drawn from the range of
    its grade (so :math:`c'_f` in the reference), of which only the difference between fields
    counts; :math:`A_f \sim \Gamma(a)` holds against :math:`a` a field of few places near 1, as
    Clayton and Kaldor do; and :math:`\pi_{fs}` is the share of strength :math:`s` among the
    field's places, here and there. All ranges and :math:`a, b` are in
    ``resources/field_ranking.toml``, each with its reason.

    Parameters
    ----------
    layers : sequence of GeoDataFrame or None, any geometry
        All mapped places, with `concept`; what is None was not read.
    evidence : DataFrame
        `concept`, `field`, `strength`, as `Taxonomy.field_evidence` returns it.
    units : GeoDataFrame, k rows, polygons
        Boundaries to be ranked in.
    boundaries : GeoDataFrame of (Multi)Polygon, optional
        Every boundary; the largest, without the one ranked in, is the reference.
    reference : DataFrame, optional
        Counts elsewhere, as in `field_quotients`.
    grades : DataFrame, optional
        Completeness of each field: `boundary`, `field`, `grade`.
    draws : int, > 0
        Number of draws.
    seed : int
        Of the draws.
    model : RankingModel, optional
        Ranges other than the package's.

    Returns
    -------
    DataFrame, one row a boundary and field, first the first
        `unit_id`; `category` and `field`; `rank` by `value`, the median of the draws; `low` and
        `high`, which hold 95 % of them; `n`, places of the field; `p_first`, share of the draws
        in which it is first, and `mean_rank`; `next`, the field that follows, and
        `p_beats_next`, the share of the draws in which this one has the higher quotient;
        `p_below_first`, the share in which the first field has; `reference`,
        `reference_boundary`, the id of the boundary that it is the rest of, `reference_n`, its
        places of the field, and `reference_total`, all of them; `grade`; `illustrative`;
        `reason`. A field without places here and there is not ranked.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    ValueError
        If `draws` is not positive.

    Notes
    -----
    The shares are of paired draws: fields are compared within each. A place that serves two
    fields is drawn for each by itself, which makes them harder, never easier, to tell apart.

    References
    ----------
    Clayton and Kaldor (1987), Empirical Bayes estimates of age-standardized relative risks for
    use in disease mapping, Biometrics 43. Rubin (1981), The Bayesian bootstrap, Annals of
    Statistics 9. Domain report, section 9.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> boundaries = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 4, 4), shapely.box(0, 0, 9, 9)],
    ...     index=["town", "land"])
    >>> places = gpd.GeoDataFrame({"concept": ["market"] * 60 + ["cinema"] * 40},
    ...     geometry=gpd.points_from_xy([1] * 50 + [8] * 10 + [1] * 5 + [8] * 35, [1] * 100))
    >>> evidence = pd.DataFrame({"concept": ["market", "cinema"],
    ...     "field": ["gastronomy", "film"], "strength": ["direct", "direct"]})
    >>> ranked = field_ranking([places], evidence, boundaries.iloc[:1], boundaries=boundaries)
    >>> ranked[["field", "rank", "n"]].values.tolist()
    [['gastronomy', 1.0, 50.0], ['film', 2.0, 5.0]]
    >>> bool(ranked.at[0, "p_first"] > 0.95)
    True
    """
    if not draws > 0:
        raise ValueError(f"`draws` is {draws!r}; a number over 0 is needed.")
    facts = ranking_model() if model is None else model
    blocks = []
    for unit_id in units.index:
        found = field_counts(
            layers, evidence, units.loc[[unit_id]], boundaries=boundaries, reference=reference
        )
        fields = found.counts.index
        own = grades_of(grades, unit_id, fields)
        other = grades_of(grades, found.reference.boundary, fields)
        reason = _unranked(found)
        ranked = (reason == "").to_numpy()
        drawn = (
            _draws(found, ranked, (own, other), facts, draws=draws, seed=seed)
            if ranked.any()
            else None
        )
        rows = _ranks(fields[ranked], drawn)
        rows = rows.reindex([*rows.index, *fields[~ranked]])
        rows = rows.assign(
            n=found.counts["n"], grade=own, reason=reason, reference=found.reference.name or None, reference_boundary=found.reference.boundary,
            reference_n=found.reference.counts["n"], reference_total=found.reference.total,
            illustrative=found.illustrative, unit_id=unit_id,
        )  # fmt: skip
        blocks.append(rows.rename_axis("field").reset_index())
    table = pd.concat(blocks, ignore_index=True)
    texts = {"reference": "str", "reference_boundary": "str"}
    return table.assign(category=table["field"]).astype(texts)[list(COLUMNS)]


def _unranked(found: FieldCounts) -> pd.Series[str]:
    """Why a field has no rank; nothing where it has one."""
    fields, other = found.counts.index, found.reference
    if other.reason:
        return pd.Series(other.reason, index=fields, dtype="str")
    if not (found.total and other.total):
        return pd.Series(NOTHING_THERE if found.total else NOTHING_HERE, index=fields, dtype="str")
    x, y = found.counts["n"], other.counts["n"]
    reason = np.select([y.isna(), (x == 0) & (y == 0)], [NOT_COUNTED, NOWHERE], default="")
    return pd.Series(reason, index=fields, dtype="str")


def _draws(
    found: FieldCounts,
    ranked: NDArray[np.bool_],
    grades: tuple[pd.Series[str], pd.Series[str]],
    facts: RankingModel,
    *,
    draws: int,
    seed: int,
) -> NDArray[np.float64]:
    """Quotients of the ranked fields, shape (draws, fields)."""
    rng = np.random.default_rng(seed)
    x = found.counts.loc[ranked, list(STRENGTHS)].to_numpy(dtype=float)
    parts = found.reference.parts
    y_parts = [_strengths_there(part.counts[ranked], x) for part in parts]
    y = np.sum(y_parts, axis=0)
    # (draws, 1, strengths): what a place is worth does not hang on the field.
    ranges = [facts.strengths[name] for name in STRENGTHS]
    worth = rng.uniform([r.low for r in ranges], [r.high for r in ranges], (draws, 1, len(ranges)))
    share = (x + y) / (x + y).sum(axis=1, keepdims=True)
    a = facts.prior_places.value
    here = rng.standard_gamma(x, (draws, *x.shape))
    prior = facts.reference_prior.value * share / len(parts)
    there = [rng.standard_gamma(part + prior, (draws, *y.shape)) for part in y_parts]
    belief = rng.standard_gamma(a, (draws, len(x), 1))
    mapped = [
        _completeness(grade[ranked], counts.sum(axis=1), facts, draws, rng)
        for grade, counts in zip(grades, (x, y), strict=True)
    ]
    # (parts, draws): with one part, always 1.
    weight = rng.dirichlet(np.ones(len(parts)), draws).T * len(parts)
    beside = sum(v[:, None, None] * drawn for v, drawn in zip(weight, there, strict=True))
    scale = found.total / (np.array([part.total for part in parts]) @ weight)[:, None, None]
    above = (worth * (here * mapped[0] + belief * share)).sum(axis=2)
    below = (worth * (beside * mapped[1] * scale + a * share)).sum(axis=2)
    # Where only weak evidence is there and it is drawn as worth nothing, nothing is known: 1.
    quotient: NDArray[np.float64] = np.divide(
        above, below, out=np.ones_like(above), where=below > 0
    )
    return quotient


def _strengths_there(counts: pd.DataFrame, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of the reference by strength; where it does not say, in the city's proportions."""
    known = counts[list(STRENGTHS)].to_numpy(dtype=float)
    n = counts["n"].to_numpy(dtype=float)[:, None]
    all_here = x.sum(axis=1, keepdims=True)
    direct = np.zeros_like(x)
    direct[:, 0] = 1.0
    mix = np.divide(x, all_here, out=direct, where=all_here > 0)
    return np.where(np.isnan(known), n * mix, known)


def _completeness(
    grades: pd.Series[str],
    weight: NDArray[np.float64],
    facts: RankingModel,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Factors by which fields are short beside one another, shape (draws, fields, 1)."""
    ranges = [facts.completeness[UNKNOWN if pd.isna(g) else g] for g in grades]
    share = rng.uniform([r.low for r in ranges], [r.high for r in ranges], (draws, len(ranges)))
    if not weight.sum():
        return np.ones((draws, len(ranges), 1))
    mean = (weight / share).sum(axis=1, keepdims=True) / weight.sum()
    factor: NDArray[np.float64] = (1 / share / mean)[:, :, None]
    return factor


def _ranks(fields: pd.Index[Any], drawn: NDArray[np.float64] | None) -> pd.DataFrame:
    """What the draws say of each field, the first first; ties keep the order of the fields."""
    columns = ["rank", "value", "low", "high", "p_first", "mean_rank", "next",
               "p_beats_next", "p_below_first"]  # fmt: skip
    if drawn is None:
        return pd.DataFrame(index=fields[:0], columns=columns, dtype=float).astype({"next": "str"})
    median = np.median(drawn, axis=0)
    order = np.argsort(-median, kind="stable")
    drawn = drawn[:, order]
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL], axis=0)
    first = np.bincount(drawn.argmax(axis=1), minlength=len(order)) / len(drawn)
    ranks = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1) + 1
    names = fields[order]
    beats = (drawn[:, :-1] > drawn[:, 1:]).mean(axis=0)
    return pd.DataFrame(
        {
            "rank": np.arange(1.0, len(order) + 1),
            "value": median[order],
            "low": low,
            "high": high,
            "p_first": first,
            "mean_rank": ranks.mean(axis=0),
            "next": pd.array([*names[1:], None], dtype="str"),
            "p_beats_next": [*beats, np.nan],
            "p_below_first": [np.nan, *(drawn[:, [0]] > drawn[:, 1:]).mean(axis=0)],
        },
        index=names,
        columns=columns,
    )
