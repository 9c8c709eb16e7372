"""Values as indicator rows: status, reason, sources, dates and notes beside each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.errors import IndicatorError
from creative_spatial.evaluation.grading import ZERO_NOTE, grades_of_rows
from creative_spatial.raster import Raster
from creative_spatial.result import ILLUSTRATIVE_NOTE, ROW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.evaluation.arguments import Arguments
    from creative_spatial.evaluation.grading import Grades
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.provenance import Source

DONE, SKIPPED, UNDEFINED, SUPPRESSED = "done", "skipped", "undefined", "suppressed"
WARNED = "warning"
WORST_GRADE = "D"
HEADLINE = "headline"
NOTE = "note"


def from_measure(spec: IndicatorSpec, outcome: Any, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Turn a measure's values into rows; it must speak of just the units it was given.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    outcome : Series or DataFrame
        What the measure returned.
    units : GeoDataFrame
        What it was given.

    Returns
    -------
    DataFrame
        Columns `value`, `low`, `high`, `n`, `reason`, `unit_id`.
    """
    if isinstance(outcome, pd.Series):
        outcome = outcome.to_frame("value")
    if not outcome.index.equals(units.index):
        raise IndicatorError(
            f"indicator {spec.id!r}: {spec.function} did not keep the units' index."
        )
    values: pd.DataFrame = outcome.reindex(columns=["value", "low", "high", "n", "reason"])
    return values.assign(unit_id=units.index).reset_index(drop=True)


def from_table(spec: IndicatorSpec, outcome: pd.DataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Take a table's rows; those of a single unit need not name it.

    A table of many rows, such as a curve, has a column `headline` that picks those which are
    numbers of the city. One that knows the `grade` of each row says it; `reference`, what a
    row is compared with, goes to its notes. Where a table has `expected`, its `low` and `high` are
    of what is expected, not of the value: they stay in the table.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    outcome : DataFrame
        What the function returned.
    units : GeoDataFrame
        What it was given.

    Returns
    -------
    DataFrame
        Columns `category`, `value`, `low`, `high`, `n`, `unit_id`, `reason`, and those of
        `grade` and `reference` that the table has.
    """
    if missing := [c for c in ("category", "value") if c not in outcome]:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function} gave no columns {missing}.")
    if HEADLINE in outcome:
        outcome = outcome[outcome[HEADLINE].astype(bool)]
    if "expected" in outcome:
        outcome = outcome.drop(columns=["low", "high"], errors="ignore")
    columns = ["category", "value", "low", "high", "n", "unit_id", "reason"]
    values = outcome.reindex(
        columns=[*columns, *(name for name in ("grade", "reference") if name in outcome)]
    )
    if len(units) == 1:
        values["unit_id"] = units.index[0]
    return values.reset_index(drop=True)


def without_value(units: gpd.GeoDataFrame, reason: str) -> pd.DataFrame:
    """
    Make rows that say why there is no number.

    Parameters
    ----------
    units : GeoDataFrame, k rows
        Where.
    reason : str
        Why.

    Returns
    -------
    DataFrame, k rows
        Columns `value`, `low`, `high`, `n` (null), `reason`, `unit_id`.
    """
    empty = dict.fromkeys(["value", "low", "high", "n"], np.nan)
    return pd.DataFrame({"unit_id": units.index}).assign(**empty, reason=reason)


def note_of(outcome: Any) -> str:
    """
    Take what a function says of its own result: what it chose, and what it left out.

    Parameters
    ----------
    outcome : Series, DataFrame or Raster
        A frame says it in ``attrs["note"]``, a Raster in `note`.

    Returns
    -------
    str
        For the notes of the rows; empty where it says nothing.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [1.0]})
    >>> table.attrs["note"] = "2 places on the water are left out."
    >>> note_of(table)
    '2 places on the water are left out.'
    """
    return outcome.note if isinstance(outcome, Raster) else str(outcome.attrs.get(NOTE, ""))


def finished(
    spec: IndicatorSpec,
    values: pd.DataFrame,
    arguments: Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
    *,
    grades: Grades | None = None,
) -> pd.DataFrame:
    """
    Give values the columns of an indicator row: status, reason and provenance.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    values : DataFrame
        Values of every level and boundary.
    arguments : Arguments
        What they rest on.
    area : StudyArea
        Where.
    sources : mapping of str to Source
        For dates, and for what is illustrative.
    grades : Grades, optional
        How complete the data is.

    Returns
    -------
    DataFrame
        The columns of `ROW_COLUMNS`.
    """
    rows = values.copy()
    fed = arguments.values.values()
    if "grade" not in rows:
        rows["grade"] = (
            None if grades is None else grades_of_rows(rows, fed, grades, pillar=spec.pillar)
        )
    numbers = ["value", "low", "high", "n"]
    rows[numbers] = rows[numbers].apply(pd.to_numeric).astype(float)
    rows["status"] = np.where(rows["value"].isna(), UNDEFINED, DONE)
    rows["reason"] = _reasons(spec, rows, area)
    is_unit = rows["level"] == "unit"
    if spec.min_population is not None and "population" in area.units:
        few = is_unit & (rows["unit_id"].map(area.units["population"]) < spec.min_population)
        rows.loc[few, ["value", "low", "high"]] = np.nan
        rows.loc[few, "status"] = SUPPRESSED
        rows.loc[few, "reason"] = f"fewer than {spec.min_population} inhabitants"
    rows["unit_id"] = rows["unit_id"].where(is_unit, None)
    facts = {
        boundary: _provenance(spec, boundary, arguments, area, sources)
        for boundary in area.boundaries.index
    }
    for column in ("sources", "date", "notes"):
        rows[column] = rows["boundary"].map({key: fact[column] for key, fact in facts.items()})
    if "reference" in rows:
        named = rows["reference"].notna().to_numpy()
        beside = " Compared with: " + rows.loc[named, "reference"].astype("str") + "."
        rows.loc[named, "notes"] = (rows.loc[named, "notes"] + beside).str.strip()
    if NOTE in rows:
        rows["notes"] = (rows["notes"] + " " + rows[NOTE].fillna("")).str.strip()
    empty = ((rows["value"] == 0) & (rows["grade"] == WORST_GRADE)).to_numpy(dtype=bool)
    rows.loc[empty, "notes"] = (rows.loc[empty, "notes"] + " " + ZERO_NOTE).str.strip()
    return _with_spec(spec, rows)


def _reasons(spec: IndicatorSpec, rows: pd.DataFrame, area: StudyArea) -> pd.Series[str]:
    """Why a value is null: as the measure says, or by what the unit lacks."""
    places = pd.concat([area.units, area.boundaries])
    places = places[~places.index.duplicated()]
    reason = pd.Series("nothing to divide by, or nothing to compare", index=rows.index)
    reason = reason.mask(rows["unit_id"].map(places["area_land"]) == 0, "no land")
    if spec.needs_population:
        people = rows["unit_id"].map(places["population"])
        reason = reason.mask(people == 0, "no inhabitants").mask(
            people.isna(), "population unknown"
        )
    if "reason" in rows:
        reason = rows["reason"].where(rows["reason"].notna(), reason)
    return reason.where(rows["value"].isna(), "")


def _provenance(
    spec: IndicatorSpec,
    boundary: str,
    arguments: Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
) -> dict[str, Any]:
    """What a boundary's rows rest on: what was counted, and what it is divided by."""
    used = set(arguments.source_ids) | set(area.water_sources)
    used |= set(area.boundaries.loc[[boundary], "source_id"].dropna())
    if spec.needs_population or spec.min_population is not None:
        used |= set(area.population_sources)
    stated = any(sources[i].accuracy == "illustrative" for i in used if i in sources)
    notes = [spec.notes] if spec.notes else []
    notes += [ILLUSTRATIVE_NOTE] if arguments.illustrative or stated else []
    return {
        "sources": ";".join(sorted(used)),
        "date": _dates(sorted(used), sources),
        "notes": " ".join(notes),
    }


def _dates(source_ids: Sequence[str], sources: Mapping[str, Source]) -> str | None:
    """Date of the data, or first and last as an ISO 8601 interval."""
    dates = sorted({(sources[i].date or "")[:10] for i in source_ids if i in sources} - {""})
    if not dates:
        return None
    return dates[0] if len(dates) == 1 else f"{dates[0]}/{dates[-1]}"


def skipped_rows(spec: IndicatorSpec, area: StudyArea, reason: str) -> pd.DataFrame:
    """
    Make one row for each boundary that says why there is no number.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    area : StudyArea
        Whose boundaries.
    reason : str
        Why.

    Returns
    -------
    DataFrame
        The columns of `ROW_COLUMNS`.
    """
    rows = pd.DataFrame({"boundary": area.boundaries.index})
    rows = rows.assign(
        level="city",
        grade=None,
        status=SKIPPED,
        reason=reason,
        value=np.nan,
        low=np.nan,
        high=np.nan,
        n=np.nan,
    )
    return _with_spec(spec, rows)


def _with_spec(spec: IndicatorSpec, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the specification says of every row, in the fixed order of columns."""
    full = rows.assign(
        id=spec.id,
        title=spec.title.get("en", spec.id),
        pillar=spec.pillar,
        unit=spec.unit,
        method=spec.method,
        definition=spec.definition,
        objectives=";".join(spec.objectives),
    )
    return full.reindex(columns=list(ROW_COLUMNS))
