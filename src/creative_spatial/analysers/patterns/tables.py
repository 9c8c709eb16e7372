"""
Which fields and communities cluster, and at which distance: the tables of a run.

Cases are the places of a kind, the control all mapped cultural assets: where these are
dense, whatever is mapped is. Distances under twice the median positional uncertainty of
the cases say nothing, and are left out.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.certainty import inside_where_shown, resolved_m
from creative_spatial.analysers.chance import affordable, in_words
from creative_spatial.analysers.clusters.local_autocorrelation import adjusted
from creative_spatial.analysers.kinds import Labels, field_labels, kind_labels, require_apart
from creative_spatial.analysers.patterns.k_functions import MIN_POINTS, cross_k, labelled_k
from creative_spatial.analysers.patterns.neighbour_ratio import nearest_neighbour_ratio
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from creative_spatial.analysers.patterns.curves import Curve

FIELD, COMMUNITY = "field", "community"
_NEAREST_BUDGET = 8e6
_PAIRS_BUDGET = 8e8
_FIRST = ("category", "by", "of", "to", "distance_m", "value")
_NO_KIND = "No field and no community has three places at different points."


class _Cases(NamedTuple):
    """The places of one field or community within a boundary."""

    by: str
    of: str
    places: gpd.GeoDataFrame
    resolved_m: float

    def said(self) -> dict[str, Any]:
        """What every row of a table says of them."""
        return {
            "category": f"{self.by}:{self.of}",
            "by": self.by,
            "of": self.of,
            "n": len(self.places),
            "resolved_m": self.resolved_m,
        }


def nearest_neighbours(
    places: gpd.GeoDataFrame,
    worship: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    community: str = "community",
    without: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Nearest-neighbour ratio of each field and community, under random labelling.

    Parameters
    ----------
    places : GeoDataFrame, any geometry, metres
        All mapped cultural assets, with `concept`.
    worship : GeoDataFrame, any geometry
        Those that are places of worship, with the column `community`.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it; direct evidence counts.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    community : str
        Column that says whose a place is.
    without : sequence of str
        What is no one community, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws of as many of all places; fewer, but at least 99, where these are many.
    seed : int
        Of the draws; the same for every kind, so that one more, or another name, changes none.

    Returns
    -------
    DataFrame
        One row a field or community: `category` ("field:crafts"), `by`, `of`, `value` (observed
        over expected; under 1: clustered), `observed_m`, `expected_m`, `p` (two-sided),
        `p_adjusted` (false-discovery rate), `n`, `resolved_m`, `permutations`, `reason` (why
        there is no value: too few places, all at one point, or nearer than is known), `reference`
        (chance in words, for the notes), `generalised` (places left out, being shown by a cell),
        `unit_id`. ``attrs["note"]`` says how many are left out as of no one community.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    InsufficientDataError
        If no field or community has three places.

    See Also
    --------
    creative_spatial.analysers.nearest_neighbour_ratio : The ratio of one kind.
    """
    inside, generalised = inside_where_shown(places, units)
    kinds, note = _kinds(inside, worship, evidence, units, community=community, without=without)
    rows = []
    for cases in kinds:
        row = cases.said()
        draws = affordable(permutations, len(cases.places) * len(kinds), _NEAREST_BUDGET)
        try:
            _require_cases(cases)
            found = nearest_neighbour_ratio(cases.places, inside, permutations=draws, seed=seed)
        except InsufficientDataError as error:
            rows.append(row | {"reason": str(error)})
            continue
        row |= {name: found[name] for name in ("value", "observed_m", "expected_m", "p")}
        row["permutations"] = draws
        if row["observed_m"] < cases.resolved_m:
            nothing = {"value": np.nan, "p": np.nan}
            row |= nothing | {"reason": _vague(f"{row['observed_m']:,.0f} m", cases)}
        rows.append(row)
    table = _table(
        pd.DataFrame(rows), units, ["value", "observed_m", "expected_m", "p", "permutations"]
    )
    beside = [
        None if np.isnan(p) else f"{metres:,.0f} m by chance; p = {p:.2g}"
        for metres, p in zip(table["expected_m"], table["p"], strict=True)
    ]
    told = np.array(beside, dtype=object)
    adjusted_p = adjusted(table["p"].to_numpy(dtype=float))
    table.attrs["note"] = note
    return table.assign(p_adjusted=adjusted_p, reference=told, generalised=generalised)


def clustering(
    places: gpd.GeoDataFrame,
    worship: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    distances_m: Sequence[float],
    community: str = "community",
    without: Sequence[str] = (),
    permutations: int = 999,
    alpha: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """
    K function of each field and community over that of all places, with a global band.

    Parameters
    ----------
    places : GeoDataFrame, any geometry, metres
        All mapped cultural assets, with `concept`.
    worship : GeoDataFrame, any geometry
        Those that are places of worship, with the column `community`.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it; direct evidence counts.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    distances_m : sequence of float, metres
        Ascending.
    community : str
        Column that says whose a place is.
    without : sequence of str
        What is no one community, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws of as many of all places; fewer, but at least 99, where these are many.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    seed : int
        Of the draws; the same for every kind, so that one more, or another name, changes none.

    Returns
    -------
    DataFrame
        One row a distance of each field or community: `category` ("field:crafts"), `by`, `of`,
        `distance_m`, `value` (over 1: clustered within it), `expected`, `low` and `high` (the
        global band), `p` (of the whole curve) and `p_adjusted` (false-discovery rate over the
        curves), `n`, `resolved_m`, `permutations`, `headline` (the distance at which the curve
        is farthest out, which is a number of the city), `reason` (why there is no curve),
        `reference` (chance in words, for the notes), `generalised` (places left out, being shown
        by a cell), `unit_id`. ``attrs["note"]`` says how many are left out as of no one community.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    InsufficientDataError
        If no field or community has three places.

    See Also
    --------
    creative_spatial.analysers.labelled_k : The curve of one kind.
    """
    inside, generalised = inside_where_shown(places, units)
    kinds, note = _kinds(inside, worship, evidence, units, community=community, without=without)
    curves = []
    for cases in kinds:
        cost = len(cases.places) ** 2 * len(kinds)
        draws = affordable(permutations, cost, _PAIRS_BUDGET)
        try:
            _require_cases(cases)
            curve = labelled_k(
                cases.places,
                inside,
                distances_m=_told(distances_m, cases),
                permutations=draws,
                alpha=alpha,
                seed=seed,
            )
        except InsufficientDataError as error:
            curves.append(_no_curve(cases.said(), str(error)))
            continue
        curves.append(_curve(cases.said(), curve, draws))
    table = _curves(curves, units).assign(generalised=generalised)
    table.attrs["note"] = note
    return table


def cross_clustering(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    distances_m: Sequence[float],
    without: Sequence[str] = (),
    permutations: int = 999,
    alpha: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Cross-K of each pair of communities under random labelling, with a global band.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry, metres
        Places with the column `by`; those outside the boundary do not count.
    units : GeoDataFrame, 1 row, polygon
        The boundary.
    by : str
        Column that says whose a place is.
    distances_m : sequence of float, metres
        Ascending.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws in which the two communities are shuffled over the places of both; fewer, but at
        least 99, where these are many.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    seed : int
        Of the draws; the same for every kind, so that one more, or another name, changes none.

    Returns
    -------
    DataFrame
        As `clustering`, one curve a pair of communities with three places each, once: `of`, `to`
        and `n_to` say which; over 1: together within the distance, under 1: apart.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than two communities have three places.

    See Also
    --------
    creative_spatial.analysers.cross_k : The curve of one pair.
    """
    inside, generalised = inside_where_shown(layer, units)
    labels = kind_labels(inside, by=by, without=without)
    kinds = _of_labels(COMMUNITY, labels)
    several = [cases for cases in kinds if len(cases.places) >= MIN_POINTS]
    pairs = list(combinations(several, 2))
    if not pairs:
        raise InsufficientDataError(
            f"Cross-K needs two communities of {MIN_POINTS} places; there are {len(several)} among "
            f"{len(kinds)}."
        )
    curves = []
    for ones, others in pairs:
        both = pd.concat([ones.places, others.places])
        cases = _Cases(COMMUNITY, f"{ones.of}:{others.of}", both, resolved_m(both))
        said = cases.said() | {"category": cases.of, "of": ones.of, "to": others.of}
        said |= {"n": len(ones.places), "n_to": len(others.places)}
        draws = affordable(permutations, len(both) ** 2 * len(pairs), _PAIRS_BUDGET)
        try:
            _require_cases(cases)
            curve = cross_k(
                ones.places,
                others.places,
                distances_m=_told(distances_m, cases),
                permutations=draws,
                alpha=alpha,
                seed=seed,
            )
        except InsufficientDataError as error:
            curves.append(_no_curve(said, str(error)))
            continue
        curves.append(_curve(said, curve, draws))
    table = _curves(curves, units).assign(generalised=generalised)
    table.attrs["note"] = labels.note
    return table


def _kinds(
    inside: gpd.GeoDataFrame,
    worship: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    community: str,
    without: Sequence[str],
) -> tuple[list[_Cases], str]:
    """The places of each field and community, of which `inside` has all, and what is left out."""
    held, _ = inside_where_shown(worship, units)
    labels = kind_labels(held, by=community, without=without)
    kinds = _of_labels(FIELD, field_labels(inside, evidence)) + _of_labels(COMMUNITY, labels)
    if not any(len(cases.places) >= MIN_POINTS for cases in kinds):
        raise InsufficientDataError(_NO_KIND)
    return kinds, labels.note and f"Communities: {labels.note}"


def _of_labels(by: str, labels: Labels) -> list[_Cases]:
    """The places of each kind."""
    kinds = []
    for at, name in enumerate(labels.names):
        cases = labels.layer[labels.held[:, at]]
        kinds.append(_Cases(by, name, cases, resolved_m(cases)))
    return kinds


def _require_cases(cases: _Cases) -> None:
    """Raise unless a pattern can be asked of the places."""
    if len(cases.places) < MIN_POINTS:
        raise InsufficientDataError(
            f"a pattern needs at least {MIN_POINTS} places; there are {len(cases.places)}"
        )
    require_apart(cases.places, what="a pattern")


def _told(distances_m: Sequence[float], cases: _Cases) -> list[float]:
    """The distances that are longer than what is not known of the places."""
    told = [float(it) for it in distances_m if it >= cases.resolved_m]
    if not told:
        raise InsufficientDataError(_vague(f"{max(distances_m):,.0f} m", cases))
    return told


def _vague(distance: str, cases: _Cases) -> str:
    return (
        f"{distance} is less than twice the median uncertainty of the places "
        f"({cases.resolved_m:,.0f} m)"
    )


def _curve(said: dict[str, Any], curve: Curve, draws: int) -> pd.DataFrame:
    """Rows of a curve; the one that is farthest out of its band is the headline."""
    table = curve.table
    width = (table["high"] - table["expected"]).where(lambda it: it > 0)
    out = ((table["value"] - table["expected"]).abs() / width).fillna(-1.0)
    headline = np.arange(len(table)) == int(out.to_numpy().argmax())
    return table.assign(**said, p=curve.p, permutations=draws, headline=headline)


def _no_curve(said: dict[str, Any], reason: str) -> pd.DataFrame:
    return pd.DataFrame([said | {"headline": True, "reason": reason}])


def _curves(curves: list[pd.DataFrame], units: gpd.GeoDataFrame) -> pd.DataFrame:
    """All curves in one table, their p adjusted once a curve."""
    numbers = ["distance_m", "value", "expected", "low", "high", "p", "permutations"]
    table = _table(pd.concat(curves, ignore_index=True), units, numbers)
    once = [curve["p"].iloc[0] if "p" in curve else np.nan for curve in curves]
    lengths = [len(curve) for curve in curves]
    told = in_words(*(table[name] for name in ("expected", "low", "high", "p")))
    return table.assign(
        reference=told, p_adjusted=np.repeat(adjusted(np.array(once, dtype=float)), lengths)
    )


def _table(rows: pd.DataFrame, units: gpd.GeoDataFrame, numbers: list[str]) -> pd.DataFrame:
    """Rows with every column, null where a row has none."""
    table = rows.assign(unit_id=units.index[0])
    missing = [name for name in [*numbers, "reason"] if name not in table]
    table = table.assign(**dict.fromkeys(missing, np.nan))
    table["reason"] = table["reason"].astype("str").where(table["reason"].notna())
    first = [name for name in _FIRST if name in table]
    table = table[[*first, *(name for name in table if name not in first)]]
    return table.astype(dict.fromkeys(numbers, float))
