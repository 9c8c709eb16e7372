"""The criteria of the chosen creative field, each with what the run can say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.resources.field_criteria import (
    LANGUAGES,
    Criterion,
    Evidence,
    criteria_of,
    unread_criteria,
)
from creative_spatial.result import ILLUSTRATIVE_NOTE, ROW_COLUMNS
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

EVIDENCE, NO_EVIDENCE, NEEDS_LAYER = "evidence", "no evidence yet", "needs a layer"
NO_LIST = "no list read"
MADE_UP = "rests on illustrative data, which is no evidence"
NONE_FOUND = "none found"
TOO_LOW = "not above {:g} beyond doubt"
BESIDE = "says something of it, and is no evidence by itself"
NOT_RUN = "not computed in this run"
NOTHING_SPEAKS = "no indicator speaks to it"
NUMBERS = ("value", "low", "high", "n", "unit", "grade")
COLUMNS = (
    "boundary", "field", "criterion", *(f"text_{code}" for code in LANGUAGES), "indicator",
    "category", "title", *NUMBERS, "status", "criterion_status", "reason",
    *(f"would_give_{code}" for code in LANGUAGES), "illustrative", "verified", "reference",
)  # fmt: skip


def field_criteria(indicators: pd.DataFrame, field: str, boundaries: Iterable[str]) -> pd.DataFrame:
    """
    Set what the run found beside each criterion of a creative field.

    A number over 0 is evidence, unless it rests on illustrative data: what it is worth, the
    reader judges by the number. A location quotient is where its whole interval lies above 1:
    less than elsewhere speaks for no criterion. What is null, zero or made up is no evidence yet; where
    OpenStreetMap cannot know of the matter, it needs a layer of the city's own. A field whose
    criteria nobody here read has a single row that says so.

    Parameters
    ----------
    indicators : DataFrame
        Rows of the run, as `evaluate` gives them.
    field : str
        Id of the field.
    boundaries : iterable of str
        Ids of the boundaries.

    Returns
    -------
    DataFrame, one row a boundary, criterion and indicator that speaks to it
        `boundary`, `field`, `criterion`; `text_en` and the like, in our own words; `indicator`,
        `category`, `title`, `value`, `low`, `high`, `n`, `unit`, `grade`, null where nothing
        speaks; `status` ("evidence", "no evidence yet", "needs a layer", "no list read") and
        `criterion_status`, the best of the criterion's rows; `reason` where there is no
        evidence; `would_give_en` and the like, what would give it; `illustrative`; `verified`,
        whether the list was read at its source; `reference`.

    Raises
    ------
    LayerSchemaError
        If the rows lack a column.

    Examples
    --------
    >>> from creative_spatial.result import ROW_COLUMNS
    >>> nothing = pd.DataFrame(columns=list(ROW_COLUMNS))
    >>> field_criteria(nothing, "gastronomy", ["town"])["status"].value_counts().to_dict()
    {'no evidence yet': 10, 'needs a layer': 5}
    """
    require_columns(indicators, *ROW_COLUMNS, name="indicators")
    known = criteria_of(field)
    listed = known or unread_criteria()
    city = indicators[indicators["level"] == "city"]
    rows = [
        {
            "boundary": boundary,
            "field": field,
            "criterion": key if known else None,
            **{f"text_{code}": criterion.text[code] for code in LANGUAGES},
            **_found(city[city["boundary"] == boundary], criterion, one, listed=known is not None),
            **{f"would_give_{code}": criterion.would_give[code] for code in LANGUAGES},
            "verified": listed.verified,
            "reference": listed.reference,
        }
        for boundary in boundaries
        for key, criterion in listed.criteria.items()
        for one in criterion.evidence or (None,)
    ]
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    by = table.assign(criterion=table["criterion"].fillna("")).groupby(
        ["boundary", "criterion"], sort=False
    )
    has = by["status"].transform(lambda status: (status == EVIDENCE).any())
    table["criterion_status"] = table["status"].mask(has.astype(bool), EVIDENCE)
    numbers = ["value", "low", "high", "n"]
    table[numbers] = table[numbers].astype(float)
    return table


def _found(
    rows: pd.DataFrame, criterion: Criterion, evidence: Evidence | None, *, listed: bool
) -> dict[str, Any]:
    """What one indicator says of a criterion in one boundary, and what that amounts to."""
    without = NEEDS_LAYER if criterion.needs_layer else NO_EVIDENCE
    if not listed:
        return {"status": NO_LIST, "reason": "", "illustrative": False}
    if evidence is None:
        return {"status": without, "reason": NOTHING_SPEAKS, "illustrative": False}
    named = {"indicator": evidence.indicator, "category": evidence.category}
    fitting = rows[rows["id"] == evidence.indicator]
    if evidence.category is not None and fitting["category"].notna().any():
        fitting = fitting[fitting["category"] == evidence.category]
    if fitting.empty:
        return {**named, "status": without, "reason": NOT_RUN, "illustrative": False}
    row = fitting.iloc[0]
    made_up = ILLUSTRATIVE_NOTE in str(row["notes"])
    reason = _doubt(row, evidence, made_up=made_up)
    if not reason:
        status = EVIDENCE
    elif row["status"] == "skipped":
        status = NEEDS_LAYER
    else:
        status = NO_EVIDENCE if reason in {MADE_UP, BESIDE} else without
    return {
        **named,
        "title": row["title"],
        **{name: row[name] for name in NUMBERS},
        "status": status,
        "reason": reason,
        "illustrative": made_up,
    }


def _doubt(row: pd.Series[Any], evidence: Evidence, *, made_up: bool) -> str:
    """Why a number is no evidence; nothing where it is."""
    if row["status"] == "skipped" or pd.isna(row["value"]):
        return str(row["reason"])
    if row["value"] == 0:
        return NONE_FOUND
    limit = evidence.above
    if not (row["value"] > limit and (pd.isna(row["low"]) or row["low"] > limit)):
        return TOO_LOW.format(limit)
    if evidence.beside:
        return BESIDE
    return MADE_UP if made_up else ""
