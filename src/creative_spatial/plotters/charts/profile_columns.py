"""The columns of the field profile: quotients, counts by strength, first places, grades."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from creative_spatial.plotters.charts.drawing import GRID, LABEL_PT, RULE, SMALL_PT, points, write
from creative_spatial.plotters.completeness import POOR_COLOR, POOR_HATCH, WORST
from creative_spatial.plotters.drawn import darker
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.typeset import style_for, width_mm
from creative_spatial.plotters.words import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRENGTHS = {"direct": "#7A2E1D", "indirect": "#D39A80", "weak": "#E4DED5"}
INTERVAL, BAND = "#1F1F1F", "#B9CBD6"
WIDEST, NARROWEST = 50.0, 0.02
TICKS = tuple(m * 10.0**e for e in range(-2, 3) for m in (1, 2, 5))


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: round, with 1 inside, and no wider than can be read."""
    numbers = rows[["value", "low", "high", "draws", "draws_low", "draws_high"]].to_numpy(
        dtype=float
    )
    known = numbers[np.isfinite(numbers) & (numbers > 0)]
    least = max(min([*known.tolist(), 0.5]), NARROWEST)
    most = min(max([*known.tolist(), 2.0]), WIDEST)
    below = [tick for tick in TICKS if tick <= least * 1.0001]
    above = [tick for tick in TICKS if tick >= most * 0.9999]
    return below[-1], above[0]


def draw_quotients(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """
    Draw bands of the draws, exact intervals and dots; what reaches beyond the axis is an arrow.

    Parameters
    ----------
    ax : Axes
        The column.
    rows : DataFrame
        From `profile_rows`.
    language : str
        Of the figures.
    """
    low, high = _limits(rows)
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(NullLocator())
    ax.xaxis.set_minor_locator(NullLocator())
    ticks = [tick for tick in TICKS if low * 0.9999 <= tick <= high * 1.0001]
    if len(ticks) > 7:
        ticks = [
            tick for tick in ticks if round(math.log10(tick), 6) % 1 == 0 or tick in {0.5, 2.0}
        ]
    for tick in ticks:
        ax.axvline(tick, color=GRID, linewidth=0.6, zorder=0.6)
        said = format_number(tick, 0 if tick >= 1 else 1 if tick >= 0.1 else 2, language)
        write(
            ax, tick, 0.0, said, language=language, size=SMALL_PT, ha="center", va="top",
            transform=ax.get_xaxis_transform(),
        )  # fmt: skip
    ax.axvline(1.0, color=RULE, linewidth=1.0, zorder=0.8, gid="as-in-the-reference")
    for y, (_, row) in enumerate(rows.iterrows()):
        if pd.notna(row["draws"]):
            left, right = _within(row["draws_low"], row["draws_high"], low, high)
            ax.add_patch(
                Rectangle(
                    (left, y - 0.24), right - left, 0.48, facecolor=BAND, edgecolor="none", zorder=1
                )
            )
            ax.plot(
                [row["draws"]] * 2,
                [y - 0.24, y + 0.24],
                color=darker(BAND, 0.6),
                linewidth=1.4,
                zorder=1.1,
            )
        if pd.isna(row["low"]) and pd.isna(row["value"]):
            continue
        upper = row["high"] if pd.notna(row["high"]) else math.inf
        left, right = _within(row["low"], upper, low, high)
        ax.plot(
            [left, right], [y, y], color=INTERVAL, linewidth=1.1, solid_capstyle="butt", zorder=2
        )
        for reached, edge, marker in ((upper > high, right, ">"), (row["low"] < low, left, "<")):
            if reached:
                ax.plot(
                    [edge],
                    [y],
                    marker=marker,
                    color=INTERVAL,
                    markersize=4.2,
                    clip_on=False,
                    zorder=2,
                )
        if pd.notna(row["value"]) and low <= row["value"] <= high:
            ax.plot(
                [row["value"]], [y], marker="o", color=INTERVAL, markersize=points(1.9), zorder=2.1
            )


def _within(lower: float, upper: float, low: float, high: float) -> tuple[float, float]:
    """An interval as far as the axis shows it."""
    return min(max(lower, low), high), max(min(upper, high), low)


def draw_counts(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """
    Draw bars of places by strength, and their number.

    Parameters
    ----------
    ax : Axes
        The column.
    rows : DataFrame
        From `profile_rows`.
    language : str
        Of the figures.
    """
    totals = rows[list(STRENGTHS)].sum(axis=1).to_numpy(dtype=float)
    style = style_for(language, LABEL_PT)
    said = [format_number(total, 0, language) for total in totals]
    room = axes_size_mm(ax)[0]
    # The longest bar leaves room for its number.
    share = max(1 - (max(map(partial(width_mm, style=style), said), default=0.0) + 1.6) / room, 0.3)
    ax.set_xlim(0, max(totals.max(initial=0.0), 1.0) / share)
    start = np.zeros(len(rows))
    for strength, color in STRENGTHS.items():
        counts = rows[strength].to_numpy(dtype=float)
        ax.barh(
            np.arange(len(rows)), counts, left=start, height=0.5, color=color,
            edgecolor=darker(color, 0.75), linewidth=0.4, zorder=2, gid=strength,
        )  # fmt: skip
        start = start + counts
    ax.axvline(0, color=RULE, linewidth=0.8, zorder=2.1)
    gap = 1.0 / room * ax.get_xlim()[1]
    for y, (total, text) in enumerate(zip(totals, said, strict=True)):
        write(ax, total + gap, y, text, language=language, ha="left", va="middle")


def draw_first(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """
    Draw the share of draws in which a field comes first.

    Parameters
    ----------
    ax : Axes
        The column.
    rows : DataFrame
        From `profile_rows`.
    language : str
        Of the figures.
    """
    ax.set_xlim(0, 1)
    for y, share in enumerate(rows["p_first"]):
        if pd.isna(share):
            write(ax, 1, y, "–", language=language, ha="right", va="middle")
            continue
        ax.add_patch(
            Rectangle((0, y - 0.25), share * 0.42, 0.5, facecolor=BAND, edgecolor="none", zorder=1)
        )
        write(ax, 1, y, percent(share), language=language, ha="right", va="middle")


def draw_grades(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """
    Draw the grade of each field's completeness; the worst hatched as on the maps.

    Parameters
    ----------
    ax : Axes
        The column.
    rows : DataFrame
        From `profile_rows`.
    language : str
        Of the letters.
    """
    ax.set_xlim(0, 1)
    for y, grade in enumerate(rows["grade"]):
        if grade == WORST:
            ax.add_patch(Rectangle(
                (0.1, y - 0.32), 0.8, 0.64, facecolor="#FFFFFF", edgecolor=darker(POOR_COLOR), hatch=POOR_HATCH,
                hatchcolor=POOR_COLOR, linewidth=0.4, zorder=1,
            ))  # fmt: skip
        said = "–" if pd.isna(grade) else str(grade)
        write(ax, 0.5, y, said, language=language, ha="center", va="middle", bold=grade == WORST)


def percent(share: float) -> str:
    """
    Write a share of draws, which is never all or none.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Returns
    -------
    str
        Whole per cent.

    Examples
    --------
    >>> percent(0.533), percent(0.9999), percent(0.0)
    ('53 %', '> 99 %', '< 1 %')
    """
    if share > 0.99:
        return "> 99 %"
    return "< 1 %" if share < 0.01 else f"{100 * share:.0f} %"
