"""The Axes a map is drawn on, and matplotlib's own legend beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.drawn import darker
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.frame import axes_size_mm, fit_frame
from creative_spatial.plotters.sheet import set_limits
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.legend_items import LegendGroup, LegendItem

AXES_MARGIN = 0.06


def ready_axes(ax: Axes | None, area: StudyArea, held: BaseGeometry | None = None) -> Axes:
    """
    Give an Axes the area's limits unless it has limits already.

    Parameters
    ----------
    ax : Axes or None
        None makes a figure through pyplot.
    area : StudyArea
        Where.
    held : geometry, working CRS, optional
        What it shows; the primary boundary otherwise.

    Returns
    -------
    Axes
        At one scale in both directions.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(7.5, 7.5), layout=None)
    if ax.get_xlim() == (0.0, 1.0) and ax.get_ylim() == (0.0, 1.0):
        size = axes_size_mm(ax)
        shown = area.primary if held is None else held
        fitted = fit_frame(shown, area.crs, width_mm=size[0], height_mm=size[1], margin=AXES_MARGIN)
        set_limits(ax, fitted)
        ax.set_aspect("equal")
    ax.set_autoscale_on(False)
    return ax


def add_legend(ax: Axes, groups: Sequence[LegendGroup], language: str) -> Legend | None:
    """
    Add matplotlib's own legend for what was drawn.

    Parameters
    ----------
    ax : Axes
        The map.
    groups : sequence of LegendGroup
        From the layers.
    language : str
        Of the labels.

    Returns
    -------
    Legend or None
        None where there is nothing to explain.
    """
    handles = [_handle(item, language) for group in groups for item in group.items]
    return legend_of(ax, handles, "", language)


def legend_of(ax: Axes, handles: list[Any], title: str, language: str) -> Legend | None:
    """
    Add a legend beside the map, set in the language's families.

    Parameters
    ----------
    ax : Axes
        The map.
    handles : list of Artist
        With their labels.
    title : str
        Its heading; "" for none.
    language : str
        Of the labels.

    Returns
    -------
    Legend or None
        None without handles.
    """
    if not handles:
        return None
    families = font_family(language)
    legend = ax.legend(
        handles=handles, title=title or None, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
        frameon=False, prop={"family": families, "size": 7.5}, title_fontproperties={"family": families, "size": 8},
    )  # fmt: skip
    for text in (*legend.get_texts(), legend.get_title()):
        text.set_parse_math(False)
    return legend


def _handle(item: LegendItem, language: str) -> Any:
    """An artist that stands for a legend's line."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    label = drawable(in_language(item.labels, language)) if item.labels else ""
    if item.kind == "fill":
        return Patch(
            facecolor="none" if item.hollow else item.color, edgecolor=item.color if item.hollow else darker(item.color),
            hatch=item.hatch or None, hatchcolor=darker(item.color), linewidth=0.5, label=label,
        )  # fmt: skip
    if item.kind == "line":
        return Line2D(
            [],
            [],
            color=item.color,
            linestyle=item.dashes,
            linewidth=item.width_mm * POINTS_PER_MM,
            label=label,
        )
    marker = "s" if item.kind == "number" else "o" if item.kind in {"disc", "ring"} else item.marker
    hollow = item.hollow or item.kind == "ring"
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=6, label=label, alpha=0.4 if item.kind == "disc" else 1.0,
        markerfacecolor="#FFFFFF" if hollow else item.color, markeredgecolor=item.color if hollow else "#FFFFFF",
    )  # fmt: skip
