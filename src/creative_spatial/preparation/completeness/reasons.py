"""Why a grade is what it is, in a sentence with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.resources.completeness import completeness_facts

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping


OF_STREETS = "of what is expected"


def reasons(rows: pd.DataFrame) -> pd.Series[str]:
    """
    Say of each row what decided, or what it would take.

    Parameters
    ----------
    rows : DataFrame
        Criteria and `decided_by`.

    Returns
    -------
    Series of str
        One sentence a row.
    """
    said = [_said(row) for row in rows.to_dict("records")]
    return pd.Series(said, index=rows.index, dtype="str")


def _said(row: Mapping[Hashable, float | str]) -> str:
    """One row's sentence."""
    decided = row["decided_by"]
    if decided == "benchmark":
        return (
            f"{100 * _of(row, 'benchmark_share'):.0f} % of {_of(row, 'benchmark_n'):.0f} benchmark places "
            f"found (95 %: {100 * _of(row, 'benchmark_low'):.0f} to {100 * _of(row, 'benchmark_high'):.0f} %)"
        )
    if decided == "two lists":
        return (
            f"at most {100 * _of(row, 'chapman_share'):.0f} % of the places are listed (upper bound; lists of "
            f"{_of(row, 'chapman_n1'):.0f} and {_of(row, 'chapman_n2'):.0f}, {_of(row, 'chapman_m'):.0f} in both; "
            f"95 %: {100 * _of(row, 'chapman_low'):.0f} to {100 * _of(row, 'chapman_high'):.0f} %)"
        )
    if decided in {"streets", "edit age"}:
        density = _of(row, "street_km_per_km2")
        what = "buildings" if np.isnan(density) else f"{density:.1f} km of streets per km² built-up"
        cover = f"{what}, {100 * _of(row, 'cover_share'):.0f} % {OF_STREETS}; places not compared"
        if decided == "streets":
            return cover
        age, n = _of(row, "age_years"), _of(row, "age_n")
        return f"median last edit {age:.0f} years old ({n:.0f} features); {cover}"
    return _missing(row)


def _missing(row: Mapping[Hashable, float | str]) -> str:
    """What there was too little of."""
    facts = completeness_facts()
    if _of(row, "benchmark_n") > 0:
        return f"fewer than {facts.benchmark.min_places.value:.0f} benchmark places"
    if _of(row, "chapman_m") > 0:
        return f"fewer than {facts.chapman.min_matches.value:.0f} places in both lists"
    if _of(row, "built_up_km2") >= 0:
        return "little built-up land"
    return "nothing to compare with"


def _of(row: Mapping[Hashable, float | str], name: str) -> float:
    """One number of a row."""
    return float(row[name])
