"""Choropleths: one number a unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.area import StudyArea
from creative_spatial.errors import ConfigError
from creative_spatial.plotters.artists import add_polygons
from creative_spatial.plotters.attribution import (
    any_illustrative,
    credits_list,
    credits_sentence,
)
from creative_spatial.plotters.canvas import legend_of, ready_axes
from creative_spatial.plotters.completeness import POOR_COLOR, POOR_HATCH, WORST, hatch_poor
from creative_spatial.plotters.drawn import Z_ZONES, darker
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.foot import add_foot
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.ground import draw_boundaries
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.words import check_languages, format_number, word
from creative_spatial.result import Result
from creative_spatial.schema import source_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from creative_spatial.provenance import Source


def plot_values(
    values: pd.Series[float] | Result, area: StudyArea | str, *, category: str | None = None,
    scheme: str = "quantiles", k: int = 5, cmap: str = "YlGnBu", label: str | None = None, decimals: int = 1,
    language: str = "en", sources: Mapping[str, Source] | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw one number a unit as a choropleth; null is hatched and called "no data".

    Units of a result where little is mapped (grade D) are crossed over.

    Parameters
    ----------
    values : Series of float, or Result
        Indexed by units of the area; or the result that holds them.
    area : StudyArea, or str
        Whose units; with a result, the id of one of its indicators.
    category : str, optional
        With a result: which category, where the indicator has several.
    scheme : str
        A classifier of mapclassify, e.g. "quantiles", "naturalbreaks", "equalinterval".
    k : int
        Classes wanted; fewer where there are fewer values.
    cmap : str
        A sequential colour map of matplotlib.
    label : str, optional
        Heading of the legend, with the unit; with a result, the indicator's own otherwise.
    decimals : int
        Of the class limits.
    language : str
        Of the legend.
    sources : mapping of str to Source, optional
        What the ids in `source_id` stand for, for the credits; a result knows its own.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend, and credits below.

    Raises
    ------
    ConfigError
        If a value belongs to no unit, the arguments are swapped, or there is no such
        indicator, category or language.
    """
    check_languages([language])
    choice = _chosen(values, area, category, sources or {})
    return _draw_values(
        choice, scheme=scheme, k=k, cmap=cmap, decimals=decimals, language=language, ax=ax,
        label=choice.label if label is None else label,
    )  # fmt: skip


@dataclass(frozen=True)
class _Choice:
    """What is to be drawn, wherever it came from."""

    values: pd.Series[float]
    area: StudyArea
    label: str = ""
    source_ids: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    poor: tuple[str, ...] = ()


def _chosen(values: Any, area: Any, category: str | None, sources: Mapping[str, Source]) -> _Choice:
    """Sort the two ways of calling apart, and refuse what is neither."""
    if isinstance(values, Result):
        if not isinstance(area, str):
            raise ConfigError(
                "plot_values with a Result takes the id of one of its indicators second, not a "
                f"{type(area).__name__}; there are {', '.join(_drawable_ids(values)) or 'none'}."
            )
        return _of_result(values, area, category, sources)
    swapped = isinstance(values, StudyArea | str) and isinstance(area, pd.Series | Result)
    if swapped or not isinstance(values, pd.Series) or not isinstance(area, StudyArea):
        hint = "; the two are swapped" if swapped else ""
        raise ConfigError(
            "plot_values takes a Series and a StudyArea, or a Result and the id of an indicator; "
            f"found a {type(values).__name__} and a {type(area).__name__}{hint}."
        )
    if category is not None:
        raise ConfigError("plot_values: `category` goes with a Result, not with a Series.")
    return _Choice(values, area, sources=sources)


def _drawable_ids(result: Result) -> list[str]:
    """Indicators that have values by unit."""
    rows = result.indicators
    return list(dict.fromkeys(rows.loc[rows["level"] == "unit", "id"].astype(str)))


def _of_result(
    result: Result, indicator: str, category: str | None, sources: Mapping[str, Source]
) -> _Choice:
    """One indicator's values by unit, with its title and the sources it was computed from."""
    rows = result.indicators
    rows = rows[(rows["id"] == indicator) & (rows["level"] == "unit")]
    if not len(rows):
        raise ConfigError(
            f"The result has no values by unit for indicator {indicator!r}; there are "
            f"{', '.join(_drawable_ids(result)) or 'none'}."
        )
    categories = rows["category"].dropna().astype(str).unique().tolist()
    if (category is None and len(categories) > 1) or (
        category is not None and category not in categories
    ):
        raise ConfigError(
            f"Indicator {indicator!r} has the categories {', '.join(categories) or 'none'}; "
            f"`category` is {category!r}."
        )
    only = category if category is not None or not categories else categories[0]
    title, unit = rows["title"].iloc[0], rows["unit"].iloc[0]
    heading = str(title) if pd.notna(title) else indicator
    heading += f" ({only})" if only else ""
    given = (part.strip() for cell in rows["sources"].dropna() for part in str(cell).split(";"))
    return _Choice(
        result.unit_values(indicator, category=only), result.area,
        f"{heading}, {unit}" if pd.notna(unit) and unit else heading,
        tuple(dict.fromkeys(part for part in given if part)), {**result.sources, **sources},
        tuple(rows.loc[(rows["grade"] == WORST) & _of(rows, only), "unit_id"].astype(str)),
    )  # fmt: skip


def _of(rows: pd.DataFrame, category: str | None) -> pd.Series[bool]:
    """Rows of a category, or all where there are none."""
    return rows["category"] == category if category is not None else rows["category"].isna()


def _draw_values(
    choice: _Choice, *, scheme: str, k: int, cmap: str, label: str, decimals: int, language: str,
    ax: Axes | None,
) -> Axes:  # fmt: skip
    """The choropleth itself."""
    from matplotlib import colormaps
    from matplotlib.patches import Patch

    values, area = choice.values, choice.area
    strangers = values.index.difference(area.units.index)
    if len(strangers):
        raise ConfigError(
            f"`values` has units that the area has not, e.g. {strangers[:3].tolist()}."
        )
    tables = [area.units, area.boundaries]
    lines = credits_list({*choice.source_ids, *source_ids(*tables)}, choice.sources)
    ax = ready_axes(ax, area, credit=credits_sentence(lines, [language]))
    units = np.asarray(area.units.geometry.reindex(values.index), dtype=object)
    known = values.notna().to_numpy()
    handles = []
    numbers = np.asarray(values[known], dtype=np.float64)
    for lower, upper, members, share in _value_classes(numbers, scheme, k):
        color = colormaps[cmap](0.15 + 0.75 * share)
        add_polygons(
            ax,
            units[known][members],
            facecolors=[color],
            edgecolors=[color],
            linewidths=0.15,
            zorder=Z_ZONES,
        )
        span = " – ".join(
            format_number(limit, decimals, language) for limit in dict.fromkeys((lower, upper))
        )
        handles.append(Patch(facecolor=color, edgecolor="#777777", linewidth=0.4, label=span))
    if not known.all():
        style: dict[str, Any] = {"facecolor": "#F2F2F2", "hatch": "////", "hatchcolor": "#B5B5B5"}
        add_polygons(
            ax,
            units[~known],
            facecolors="#F2F2F2",
            edgecolors="none",
            hatch="////",
            hatchcolors="#B5B5B5",
            zorder=Z_ZONES,
        )
        handles.append(
            Patch(**style, edgecolor="#777777", linewidth=0.4, label=word("no_data", language))
        )
    shown = values.index[known].intersection(list(choice.poor))
    if len(shown) and hatch_poor(ax, shown.tolist(), area):
        handles.append(
            Patch(
                facecolor="none", edgecolor="#777777", linewidth=0.4, hatch=POOR_HATCH,
                hatchcolor=darker(POOR_COLOR), label=word("grade_d", language),
            )
        )  # fmt: skip
    draw_boundaries(ax, area, frame_of(ax, area.crs))
    legend_of(ax, handles, drawable(label), language)
    invented = any(any_illustrative(table, choice.sources) for table in tables) or any(
        source is not None and source.accuracy == "illustrative"
        for source in map(choice.sources.get, choice.source_ids)
    )
    add_foot(
        ax, lines, language,
        warning=worded("illustrative_some") if invented else None,
    )  # fmt: skip
    return ax


def _value_classes(
    numbers: np.ndarray[Any, np.dtype[np.float64]], scheme: str, k: int
) -> list[tuple[float, float, Any, float]]:
    """Lower and upper value, members, and place on the colour ramp of each class."""
    distinct = len(np.unique(numbers))
    if distinct == 0:
        return []
    if distinct == 1:
        return [(float(numbers[0]), float(numbers[0]), np.ones(len(numbers), dtype=bool), 0.5)]
    import mapclassify

    classifier = mapclassify.classify(numbers, scheme, k=min(k, distinct))
    used = sorted(set(classifier.yb.tolist()))
    classes = []
    for rank, number in enumerate(used):
        members = classifier.yb == number
        inside = numbers[members]
        classes.append(
            (float(inside.min()), float(inside.max()), members, rank / max(len(used) - 1, 1))
        )
    return classes
