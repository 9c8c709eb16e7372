"""The field profile: location quotients with intervals, evidence by strength, who comes first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.errors import InsufficientDataError
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.charts.chart import Chart, label_in, sources_of, table_of
from creative_spatial.plotters.charts.drawing import (
    GRID,
    LABEL_PT,
    RULE,
    SMALL_PT,
    column,
    ready_container,
    write_bilingual,
)
from creative_spatial.plotters.charts.profile_columns import (
    BAND,
    INTERVAL,
    STRENGTHS,
    draw_counts,
    draw_first,
    draw_grades,
    draw_quotients,
    percent,
)
from creative_spatial.plotters.completeness import POOR_COLOR, POOR_HATCH, WORST
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.messages import boundary_name
from creative_spatial.plotters.typeset import style_for, width_mm
from creative_spatial.plotters.words import check_languages
from creative_spatial.resources.field_ranking import ranking_model
from creative_spatial.schema import require_columns
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.charts.specs import ChartSpec
    from creative_spatial.plotters.messages import Numbers
    from creative_spatial.result import Result

DRAWS = "field_ranking"
ROW_MM, HEAD_MM, AXIS_MM, GAP_MM = 8.8, 8.0, 5.5, 4.0
FIRST_MM, GRADE_MM = 17.0, 9.0


def profile_rows(quotients: pd.DataFrame, ranking: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Join what is known of each field, the first in the ranking first.

    Parameters
    ----------
    quotients : DataFrame
        The table `field_quotients` of one boundary: `field`, `value`, `low`, `high`, `n`,
        `direct`, `indirect`, `weak`, and `grade` where it is known.
    ranking : DataFrame, optional
        The table `field_ranking` of the same boundary: `field`, `rank`, `value`, `low`,
        `high`, `p_first`.

    Returns
    -------
    DataFrame
        One row a field: those columns, with `draws`, `draws_low` and `draws_high` for the
        ranking's value and interval. Fields without a rank come last, by the number of
        places, then by id.

    Raises
    ------
    LayerSchemaError
        If a column is missing.

    Examples
    --------
    >>> quotients = pd.DataFrame({"field": ["film", "music"], "value": [0.5, 2.0], "low": [0.1, 1.1],
    ...     "high": [2.0, 4.0], "n": 5, "direct": 5, "indirect": 0, "weak": 0})
    >>> ranking = pd.DataFrame({"field": ["music", "film"], "rank": [1, 2], "value": [1.9, 0.6],
    ...     "low": [1.0, 0.1], "high": [4.0, 2.0], "p_first": [0.9, 0.1]})
    >>> profile_rows(quotients, ranking)["field"].tolist()
    ['music', 'film']
    """
    counted = ("direct", "indirect", "weak", "n")
    require_columns(quotients, "field", "value", "low", "high", *counted, name="quotients")
    rows = quotients.reset_index(drop=True)
    if "grade" not in rows:
        rows = rows.assign(grade=None)
    columns = {
        "value": "draws",
        "low": "draws_low",
        "high": "draws_high",
        "rank": "rank",
        "p_first": "p_first",
    }
    if ranking is None:
        rows = rows.assign(**dict.fromkeys(columns.values(), np.nan))
    else:
        require_columns(ranking, "field", *columns, name="ranking")
        if "p_below_first" in ranking:
            columns["p_below_first"] = "p_below_first"
        ranks = ranking[["field", *columns]].rename(columns=columns)
        rows = rows.drop(columns=list(columns.values()), errors="ignore").merge(
            ranks, on="field", how="left"
        )
    return rows.sort_values(
        ["rank", "n", "field"], ascending=[True, False, True], na_position="last", ignore_index=True
    )


def plot_field_profile(
    quotients: pd.DataFrame, ranking: pd.DataFrame | None = None, *, labels: Mapping[str, Mapping[str, str]] | None = None,
    language: str | Sequence[str] = "en", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw the creative fields: how common each is beside the reference, and what evidence there is.

    On a logarithmic axis a dot is the location quotient with its exact interval; the band
    behind it holds 95 % of the draws in which weights, completeness and reference vary, and
    its stroke is their median. Beside it stand the places by strength of evidence, the
    share of draws in which the field comes first, and the grade of completeness. It
    supports a choice; it does not predict a designation.

    Parameters
    ----------
    quotients : DataFrame
        The table `field_quotients`, rows of one boundary.
    ranking : DataFrame, optional
        The table `field_ranking`, rows of the same boundary; fields without a rank come last,
        by the number of places, then by id.
    labels : mapping of str to mapping of str to str, optional
        What fields are called, by language; the package's taxonomy says otherwise.
    language : str or sequence of str
        Of all words; two stand one below the other.
    ax : Axes, optional
        Where to draw, at least 120 mm wide; a new one otherwise.

    Returns
    -------
    Axes
        The columns are its `child_axes`. A quotient that is not known has no dot.

    Raises
    ------
    LayerSchemaError
        If a column is missing.
    ConfigError
        If there is no such language.

    Examples
    --------
    >>> quotients = pd.DataFrame({"field": ["film", "music"], "value": [0.5, 2.0], "low": [0.1, 1.1],
    ...     "high": [2.0, 4.0], "n": 5, "direct": 5, "indirect": 0, "weak": 0})
    >>> ax = plot_field_profile(quotients)
    >>> len(ax.child_axes)
    2
    """
    languages = [language] if isinstance(language, str) else list(language)
    check_languages(languages)
    if labels is None:
        labels = {key: field.labels for key, field in Taxonomy.load().fields.items()}
    rows = profile_rows(quotients, ranking)
    ax = ready_container(ax, (HEAD_MM + AXIS_MM + ROW_MM * max(len(rows), 1)) / 25.4 + 0.5)
    places = _columns(ax, rows, labels, languages)
    row_mm = _row_mm(ax, rows)
    _write_labels(ax, rows, labels, languages, row_mm=row_mm, room_mm=places["label"][1])
    drawers = {
        "quotient": draw_quotients,
        "counts": draw_counts,
        "first": draw_first,
        "grade": draw_grades,
    }
    heads = {
        "quotient": "quotient_head",
        "counts": "counts_head",
        "first": "first_head",
        "grade": "grade_head",
    }
    for name, (left, right) in places.items():
        if name not in drawers:
            continue
        inner = column(ax, left, right, AXIS_MM, AXIS_MM + row_mm * len(rows))
        inner.set_ylim(len(rows) - 0.5, -0.5)
        inner.set_gid(name)
        drawers[name](inner, rows, languages[0])
        width, height = axes_size_mm(ax)
        write_bilingual(
            ax, (left + right) / 2 / width, (AXIS_MM + row_mm * len(rows) + 4.0) / height, worded(heads[name]), languages,
            room_mm=right - left + GAP_MM, size=SMALL_PT, height_mm=height, align="center", bold=True,
        )  # fmt: skip
    return ax


def chart_of(result: Result, spec: ChartSpec) -> Chart:
    """
    Read the field profile of a result.

    Parameters
    ----------
    result : Result
        With the tables `field_quotients` and, if there is one, `field_ranking`.
    spec : ChartSpec
        Which table.

    Returns
    -------
    Chart
        Of the primary boundary.

    Raises
    ------
    InsufficientDataError
        If there is no table, or no place at all is evidence of a field.
    """
    quotients = table_of(result, spec)
    ranking = table_of(result, spec, name=DRAWS) if DRAWS in result.tables else None
    rows = profile_rows(quotients, ranking)
    if not rows["n"].sum():
        raise InsufficientDataError("no mapped place is evidence of a creative field")
    labels = {key: field.labels for key, field in result.taxonomy.fields.items()}
    invented = "illustrative" in rows and bool(rows["illustrative"].any())
    total = rows["total"].iloc[0] if "total" in rows else math.nan
    return Chart(
        draw=lambda ax, languages: plot_field_profile(
            quotients, ranking, labels=labels, language=languages, ax=ax
        ),
        height_mm=HEAD_MM + AXIS_MM + ROW_MM * len(rows),
        numbers=lambda language: {
            **_numbers(rows, labels, language),
            "reference": _reference(result, ranking, rows, language),
            "reference_total": float(rows["reference_total"].iloc[0])
            if "reference_total" in rows
            else None,
        },
        rows=lambda language: [_row_numbers(row, labels, language) for _, row in rows.iterrows()],
        legend=_legend(rows),
        n=None if pd.isna(total) else int(total),
        source_ids=sources_of(result, str(spec.table)),
        illustrative=int(invented),
    )


def _columns(
    ax: Axes, rows: pd.DataFrame, labels: Mapping[str, Mapping[str, str]], languages: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Left and right edge of each column, in millimetres; columns of nothing are left out."""
    total = axes_size_mm(ax)[0]
    sizes = (LABEL_PT, LABEL_PT * cartography().type.second_language)
    widest = max(
        (
            width_mm(label_in(labels.get(field, {}), code, field), style_for(languages[0], size))
            for code, size in zip(languages, sizes, strict=False) for field in rows["field"]
        ),
        default=0.0,
    )  # fmt: skip
    names = min(widest + 2.0, 0.32 * total)
    places = {"label": (0.0, names)}
    right = total
    if rows["grade"].notna().any():
        places["grade"] = (right - GRADE_MM, right)
        right -= GRADE_MM + 1.0
    if rows["p_first"].notna().any():
        places["first"] = (right - FIRST_MM, right)
        right -= FIRST_MM + GAP_MM
    left = names + GAP_MM
    if rows[["value", "low", "draws"]].notna().any(axis=None):
        middle = left + 0.56 * (right - left)
        places["quotient"] = (left, middle)
        left = middle + GAP_MM
    places["counts"] = (left, right)
    return places


def _row_mm(ax: Axes, rows: pd.DataFrame) -> float:
    """Height of a row: what there is, shared."""
    return max((axes_size_mm(ax)[1] - HEAD_MM - AXIS_MM) / max(len(rows), 1), 1.0)


def _write_labels(
    ax: Axes, rows: pd.DataFrame, labels: Mapping[str, Mapping[str, str]], languages: Sequence[str],
    *, row_mm: float, room_mm: float,
) -> None:  # fmt: skip
    """The fields' names, and a hairline below each row."""
    height = axes_size_mm(ax)[1]
    for number, field in enumerate(rows["field"]):
        middle = (AXIS_MM + row_mm * (len(rows) - number - 0.5)) / height
        texts = labels.get(field) or {"en": str(field)}
        write_bilingual(ax, 0.0, middle, texts, languages, room_mm=room_mm, height_mm=height)
        low = middle - row_mm / 2 / height
        ax.plot([0, 1], [low, low], color=GRID, linewidth=0.5, zorder=0.5, clip_on=False)


def _legend(rows: pd.DataFrame) -> tuple[LegendGroup, ...]:
    """What the marks are."""
    groups = [LegendGroup(worded("counts_head"), tuple(
        LegendItem("fill", worded(f"strength_{name}"), color) for name, color in STRENGTHS.items()
    ))]  # fmt: skip
    marks = []
    if rows[["value", "low"]].notna().any(axis=None):
        marks += [
            LegendItem("marker", worded("quotient_dot"), INTERVAL, "o", size=0.76),
            LegendItem("line", worded("quotient_interval"), INTERVAL, width_mm=0.39),
        ]
    if rows["draws"].notna().any():
        marks.append(LegendItem("fill", worded("draws_band"), BAND))
    if marks:
        marks.append(LegendItem("line", worded("as_reference"), RULE, width_mm=0.35))
        groups.append(LegendGroup(worded("quotient_head"), tuple(marks)))
    if (rows["grade"] == WORST).any():
        groups.append(LegendGroup({}, (
            LegendItem("fill", worded("grade_d"), POOR_COLOR, hatch=POOR_HATCH, hollow=True),
        )))  # fmt: skip
    return tuple(groups)


def _numbers(rows: pd.DataFrame, labels: Mapping[str, Mapping[str, str]], language: str) -> Numbers:
    """What the message may say."""
    found: dict[str, Any] = {
        "fields": float(len(rows)),
        "fields_filled": float((rows["n"] > 0).sum()),
        "fields_direct": float((rows["direct"] > 0).sum()),
    }
    first = rows.iloc[0]
    if "p_below_first" in rows:
        near = int((rows["p_below_first"].iloc[1:] < ranking_model().apart.value).sum())
        found["near"] = float(near) if near else None
    if pd.notna(first["rank"]):
        numbers = _row_numbers(first, labels, language)
        found |= {f"{_standing(rows)}_{key}": value for key, value in numbers.items()}
    return found


def _standing(rows: pd.DataFrame) -> str:
    """What the first field is: first, the only one compared, or the most common of none that is more."""
    if rows["rank"].notna().sum() == 1:
        return "only"
    return "first" if rows["draws"].iloc[0] > 1 else "most"


def _reference(
    result: Result, ranking: pd.DataFrame | None, rows: pd.DataFrame, language: str
) -> str | None:
    """What the fields are beside: the rest of a boundary in the words of the language."""
    outer = None if ranking is None else _text(ranking.iloc[0].get("reference_boundary"))
    words = ranking_model().sentences.get(language)
    if outer is None or words is None or outer not in result.area.boundaries.index:
        return _text(rows.iloc[0].get("reference"))
    return words.rest.format(
        outer=boundary_name(result, language, outer), inner=boundary_name(result, language)
    )


def _row_numbers(
    row: pd.Series[Any], labels: Mapping[str, Mapping[str, str]], language: str
) -> Numbers:
    """What the alternative text may say of a field."""
    numbers = (
        "n",
        "direct",
        "indirect",
        "weak",
        "value",
        "low",
        "high",
        "draws",
        "draws_low",
        "draws_high",
    )
    return {
        "label": label_in(labels.get(row["field"], {}), language, str(row["field"])),
        "share": None if pd.isna(row["p_first"]) else percent(float(row["p_first"])),
        "grade": _text(row["grade"]) or "–",
        **{key: None if pd.isna(row[key]) else float(row[key]) for key in numbers},
    }


def _text(cell: Any) -> str | None:
    """A cell as text, or None."""
    return None if cell is None or pd.isna(cell) else str(cell)
