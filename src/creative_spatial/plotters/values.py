"""Choropleths: one number a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from creative_spatial.errors import ConfigError
from creative_spatial.plotters.artists import add_polygons
from creative_spatial.plotters.canvas import legend_of, ready_axes
from creative_spatial.plotters.drawn import Z_ZONES
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.ground import draw_boundaries
from creative_spatial.plotters.words import format_number, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from creative_spatial.area import StudyArea


def plot_values(
    values: pd.Series[float], area: StudyArea, *, scheme: str = "quantiles", k: int = 5, cmap: str = "YlGnBu",
    label: str = "", decimals: int = 1, language: str = "en", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw one number a unit as a choropleth; null is hatched and called "no data".

    Parameters
    ----------
    values : Series of float
        Indexed by units of the area.
    area : StudyArea
        Whose units.
    scheme : str
        A classifier of mapclassify, e.g. "quantiles", "naturalbreaks", "equalinterval".
    k : int
        Classes wanted; fewer where there are fewer values.
    cmap : str
        A sequential colour map of matplotlib.
    label : str
        Heading of the legend, with the unit.
    decimals : int
        Of the class limits.
    language : str
        Of the legend.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.

    Raises
    ------
    ConfigError
        If a value belongs to no unit.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Patch

    strangers = values.index.difference(area.units.index)
    if len(strangers):
        raise ConfigError(
            f"`values` has units that the area has not, e.g. {strangers[:3].tolist()}."
        )
    ax = ready_axes(ax, area)
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
    draw_boundaries(ax, area, frame_of(ax, area.crs))
    legend_of(ax, handles, drawable(label), language)
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
