"""Curves by kind, each in a panel of its own: Hill profiles, clustering beside what chance gives."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.errors import InsufficientDataError
from creative_spatial.plotters.charts.chart import (
    Chart,
    label_in,
    refuse_others,
    sources_of,
    table_of,
)
from creative_spatial.plotters.charts.drawing import (
    GRID,
    LABEL_PT,
    RULE,
    SMALL_PT,
    column,
    ready_container,
    write,
    write_bilingual,
)
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.words import check_languages, format_number
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.charts.specs import ChartSpec
    from creative_spatial.plotters.messages import Numbers
    from creative_spatial.result import Result

CURVE, BAND = "#7A2E1D", "#B9CBD6"
COLUMNS, PANEL_MM, HEAD_MM, AXIS_MM, GAP_MM, LEFT_MM = 4, 30.0, 8.5, 5.0, 4.0, 8.0
MOST = 16
LEVEL = 0.05


def plot_curves(
    table: pd.DataFrame, *, x: str, by: str = "of", labels: Mapping[str, Mapping[str, str]] | None = None,
    language: str | Sequence[str] = "en", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw a curve for each kind, in a panel of its own from zero upwards.

    Panels have one axis across and each its own upwards: their shapes compare, not their
    heights. Where the table says what chance gives, its band and its mean lie behind.

    Parameters
    ----------
    table : DataFrame
        `value`, the columns `x` and `by`, and maybe `low`, `high` and `expected`: rows of one
        boundary.
    x : str
        Column along the axis, e.g. "q" or "distance_m".
    by : str
        Column of the kinds.
    labels : mapping of str to mapping of str to str, optional
        What kinds are called, by language.
    language : str or sequence of str
        Of all words; two stand one below the other.
    ax : Axes, optional
        Where to draw, at least 120 mm wide; a new one otherwise.

    Returns
    -------
    Axes
        The panels are its `child_axes`. A kind without any value has none.

    Raises
    ------
    LayerSchemaError
        If a column is missing.
    ConfigError
        If there is no such language.

    Examples
    --------
    >>> profile = pd.DataFrame({"of": "communities", "q": [0, 1, 2], "value": [4.0, 3.6, 3.5]})
    >>> ax = plot_curves(profile, x="q")
    >>> [panel.get_gid() for panel in ax.child_axes]
    ['communities']
    """
    languages = [language] if isinstance(language, str) else list(language)
    check_languages(languages)
    require_columns(table, "value", x, by, name="table")
    kinds = _kinds(table, by)
    rows = math.ceil(len(kinds) / COLUMNS)
    ax = ready_container(ax, rows * (PANEL_MM + HEAD_MM + AXIS_MM + GAP_MM) / 25.4 + 0.4)
    width, height = axes_size_mm(ax)
    across = min(len(kinds), COLUMNS) or 1
    wide = (width - (across - 1) * GAP_MM) / across
    high = height / max(rows, 1)
    ends = (float(table[x].min()), float(table[x].max()))
    for number, kind in enumerate(kinds):
        row, place = divmod(number, COLUMNS)
        left, low = place * (wide + GAP_MM), height - (row + 1) * high
        panel = column(ax, left + LEFT_MM, left + wide, low + AXIS_MM, low + high - HEAD_MM)
        panel.set(xlim=ends if ends[0] < ends[1] else (ends[0] - 1, ends[1] + 1), gid=kind)
        _draw_panel(panel, table[table[by] == kind].sort_values(x), x, languages[0])
        write_bilingual(
            ax, left / width, (low + high - HEAD_MM / 2) / height, (labels or {}).get(kind) or {"en": kind},
            languages, room_mm=wide, size=LABEL_PT, height_mm=height, bold=True, most=1,
        )  # fmt: skip
    return ax


def chart_of(result: Result, spec: ChartSpec) -> Chart:
    """
    Read the curves of a result.

    Parameters
    ----------
    result : Result
        With the chart's table.
    spec : ChartSpec
        Which table, with what along the axis.

    Returns
    -------
    Chart
        Of the primary boundary, a panel for each kind that has a value.

    Raises
    ------
    InsufficientDataError
        If there is no table, no value in it, or it is none of curves.
    """
    table = table_of(result, spec)
    refuse_others(table, spec, "of", "value", number=spec.along)
    kinds = _kinds(table, "of")
    if not kinds:
        raise InsufficientDataError(f"no curve of {spec.table!r} has a value")
    labels = _labels(result)
    rows = math.ceil(len(kinds) / COLUMNS)
    x = str(spec.along)
    return Chart(
        draw=lambda ax, languages: plot_curves(
            table, x=x, labels=labels, language=languages, ax=ax
        ),
        height_mm=rows * (PANEL_MM + HEAD_MM + AXIS_MM),
        numbers=partial(_numbers, table, kinds, labels),
        rows=lambda language: [
            _row_numbers(table[table["of"] == kind].sort_values(x), kind, x, labels, language)
            for kind in kinds
        ],
        legend=_legend(table),
        source_ids=sources_of(result, spec.table),
        illustrative=int(_invented(result, spec.table)),
    )


def _kinds(table: pd.DataFrame, by: str) -> list[str]:
    """Kinds with a value, in the order of the table."""
    return [str(kind) for kind in table.loc[table["value"].notna(), by].unique()][:MOST]


def _labels(result: Result) -> dict[str, Mapping[str, str]]:
    """Fields and communities by their labels, and the lists of them by words."""
    taxonomy = result.taxonomy
    named = {key: worded(f"curve_{key}") for key in ("communities", "functions", "fields")}
    communities = {
        key: entry.labels for key, entry in taxonomy.legends.get("community", {}).items()
    }
    return {**communities, **{key: field.labels for key, field in taxonomy.fields.items()}, **named}


def _draw_panel(ax: Axes, rows: pd.DataFrame, x: str, language: str) -> None:
    """One curve over what chance gives, with its ends in figures."""
    across = rows[x].to_numpy(dtype=float)
    shown = [name for name in ("value", "low", "high", "expected") if name in rows]
    top = float(np.nanmax(rows[shown].to_numpy(dtype=float))) or 1.0
    ax.set_ylim(0, 1.08 * top)
    if {"low", "high"} <= set(rows.columns):
        low, high = (rows[name].to_numpy(dtype=float) for name in ("low", "high"))
        ax.fill_between(across, low, high, color=BAND, linewidth=0, zorder=1)
    if "expected" in rows:
        expected = rows["expected"].to_numpy(dtype=float)
        ax.plot(across, expected, color=RULE, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1.5)
    ax.plot(
        across, rows["value"].to_numpy(dtype=float), color=CURVE, linewidth=1.5, marker="o",
        markersize=2.6 if len(rows) < 12 else 0, zorder=2, gid="curve", clip_on=False,
    )  # fmt: skip
    for at, align in ((0, "left"), (-1, "right")):
        write(
            ax, across[at], 0, format_number(across[at], 0, language), language=language, size=SMALL_PT,
            ha=align, va="top",
        )  # fmt: skip
    for value in (0.0, top):
        ax.axhline(value, color=GRID, linewidth=0.6, zorder=0.5)
        said = format_number(value, 0 if value == 0 else 1, language)
        write(
            ax, -0.04, value, said, language=language, size=SMALL_PT, ha="right", va="middle",
            transform=ax.get_yaxis_transform(),
        )  # fmt: skip


def _legend(table: pd.DataFrame) -> tuple[LegendGroup, ...]:
    """What the marks are."""
    items = [LegendItem("line", worded("curve_found"), CURVE, width_mm=0.55)]
    if {"low", "high"} <= set(table.columns):
        items.append(LegendItem("fill", worded("curve_chance"), BAND))
    if "expected" in table:
        items.append(LegendItem("line", worded("curve_expected"), RULE, dashes="--", width_mm=0.3))
    return (LegendGroup({}, tuple(items)),)


def _numbers(
    table: pd.DataFrame,
    kinds: Sequence[str],
    labels: Mapping[str, Mapping[str, str]],
    language: str,
) -> Numbers:
    """What the message may say: how many curves, and which leave the band for certain."""
    found: dict[str, Any] = {"curves": float(len(kinds))}
    for kind in kinds:
        rows = table[table["of"] == kind]
        for order in (0, 1, 2):
            if "q" in rows and (rows["q"] == order).any():
                found[f"{kind}_q{order}"] = float(rows.loc[rows["q"] == order, "value"].iloc[0])
    if "p_adjusted" in table:
        sure = table[table["p_adjusted"] <= LEVEL]
        names = [
            label_in(labels.get(kind, {}), language, kind)
            for kind in kinds
            if (sure["of"] == kind).any()
        ]
        found |= {"certain": float(len(names)), "names": ", ".join(names) or None}
    return found


def _row_numbers(
    rows: pd.DataFrame, kind: str, x: str, labels: Mapping[str, Mapping[str, str]], language: str
) -> Numbers:
    """What the alternative text may say of a curve."""
    known = rows[rows["value"].notna()]
    first, last = known.iloc[0], known.iloc[-1]
    p = known["p_adjusted"].iloc[0] if "p_adjusted" in known else math.nan
    return {
        "label": label_in(labels.get(kind, {}), language, kind),
        "from": float(first[x]), "first": float(first["value"]),
        "to": float(last[x]), "last": float(last["value"]),
        "p": None if pd.isna(p) else float(p), "n": float(first["n"]) if "n" in known else None,
    }  # fmt: skip


def _invented(result: Result, indicator: str) -> bool:
    """Whether a source of an indicator is illustrative."""
    given = (result.sources.get(key) for key in sources_of(result, indicator))
    return any(source is not None and source.accuracy == "illustrative" for source in given)
