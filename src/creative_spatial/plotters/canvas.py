"""The Axes a map is drawn on, and matplotlib's own legend beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.drawn import darker
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.foot import FOOT_PT, OWN_FIGURE, grow_figure
from creative_spatial.plotters.frame import axes_size_mm, fit_frame
from creative_spatial.plotters.sheet import set_limits
from creative_spatial.plotters.signs import add_sign
from creative_spatial.plotters.typeset import lines_of, style_for
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.legend_items import LegendGroup, LegendItem

AXES_MARGIN = 0.06
LEGEND_PT = 7.5
# Room for two lines of title above, the foot below and the legend beside; it grows at need.
OWN_SIZE, OWN_PLACE = (8.0, 7.5), (0.02, 0.1, 0.68, 0.78)
LEGEND_SHARE, LEGEND_MM, SYMBOL_MM = 0.32, 52.0, 14.0


def ready_axes(
    ax: Axes | None, area: StudyArea, held: BaseGeometry | None = None, *, credit: str = ""
) -> Axes:
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
    credit : str
        What will stand below it: a given Axes leaves that much room.

    Returns
    -------
    Axes
        At one scale in both directions.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots(figsize=OWN_SIZE, layout="none")
        figure.set_gid(OWN_FIGURE)
        ax.set_position(OWN_PLACE)
        ax.set_in_layout(True)
    if ax.get_xlim() == (0.0, 1.0) and ax.get_ylim() == (0.0, 1.0):
        _make_room(ax, credit)
        size = axes_size_mm(ax)
        shown = area.primary if held is None else held
        fitted = fit_frame(shown, area.crs, width_mm=size[0], height_mm=size[1], margin=AXES_MARGIN)
        set_limits(ax, fitted)
        ax.set_aspect("equal")
    ax.set_autoscale_on(False)
    return ax


def _make_room(ax: Axes, credit: str) -> None:
    """Let legend and foot stand inside the room that a given Axes had, before anything is drawn."""
    figure: Any = ax.get_figure(root=True)
    if figure is None or figure.get_gid() == OWN_FIGURE or figure.get_layout_engine() is not None:
        return
    place = ax.get_position(original=True)
    full = 25.4 * float(figure.get_size_inches()[0]) * place.width
    high = 25.4 * float(figure.get_size_inches()[1])
    # The margin of the figure serves as well, where nothing stands beside the Axes.
    alone = len(figure.axes) == 1
    beside = (1 - place.x1) * 25.4 * float(figure.get_size_inches()[0]) if alone else 0.0
    below = place.y0 * high if alone else 4.0
    keep = max(full - max(legend_mm(full) - beside, 0.0), 0.4 * full) / full
    lines = lines_of(credit, style_for("th", FOOT_PT), max(keep * full, 20.0))
    # Two lines more, for what is illustrative.
    foot = (len(lines) + 2) * style_for("th", FOOT_PT).leading_mm + 2.0
    lift = min(max(foot - below, 0.0) / high, 0.4 * place.height)
    ax.set_position((place.x0, place.y0 + lift, place.width * keep, place.height - lift))
    ax.set_in_layout(True)


def legend_mm(room_mm: float) -> float:
    """
    Width that a legend beside a map gets.

    Parameters
    ----------
    room_mm : float, millimetres
        Map and legend together.

    Returns
    -------
    float, millimetres
        A third of it, at most what is comfortable.

    Examples
    --------
    >>> legend_mm(100.0)
    32.0
    """
    return min(LEGEND_SHARE * room_mm, LEGEND_MM)


def _legend_room(ax: Axes) -> float:
    """Millimetres that there are beside a map for its legend."""
    figure: Any = ax.get_figure(root=True)
    if figure is None or figure.get_gid() == OWN_FIGURE:
        return LEGEND_MM
    width, _ = axes_size_mm(ax)
    slot = ax.get_subplotspec()
    if figure.get_layout_engine() is not None or slot is None:
        return legend_mm(width)
    edge = 1.0 if len(figure.axes) == 1 else float(slot.get_position(figure).x1)
    place = ax.get_position(original=True)
    room = 25.4 * float(figure.get_size_inches()[0]) * (edge - place.x1)
    # On an Axes with limits of its own no room was made.
    return min(room, LEGEND_MM) if room > SYMBOL_MM else legend_mm(width)


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
    return legend_of(ax, legend_handles(groups, language), "", language)


def legend_handles(groups: Sequence[LegendGroup], language: str) -> list[Any]:
    """
    Make an artist for each line of a legend.

    Parameters
    ----------
    groups : sequence of LegendGroup
        From the layers.
    language : str
        Of the labels.

    Returns
    -------
    list of Artist
        With their labels.
    """
    return [_handle(item, language) for group in groups for item in group.items]


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
    width = max(_legend_room(ax) - SYMBOL_MM, 14.0)
    style = style_for(language, LEGEND_PT)
    for handle in handles:
        handle.set_label("\n".join(lines_of(str(handle.get_label()), style, width)))
    title = "\n".join(lines_of(title, style, width))
    legend = ax.legend(
        handles=handles, title=title or None, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
        frameon=False, prop={"family": families, "size": LEGEND_PT}, title_fontproperties={"family": families, "size": 8},
    )  # fmt: skip
    for text in (*legend.get_texts(), legend.get_title()):
        text.set_parse_math(False)
    figure: Any = ax.get_figure(root=True)
    if figure is not None and figure.get_gid() == OWN_FIGURE:
        extent = legend.get_window_extent()
        mm = 25.4 / figure.dpi
        grow_figure(
            ax, right_mm=extent.width * mm + 0.012 * axes_size_mm(ax)[0] + 3.0,
            bottom_mm=max(extent.height * mm - axes_size_mm(ax)[1], 0.0) + 3.0,
        )  # fmt: skip
    return legend


def _handle(item: LegendItem, language: str) -> Any:
    """An artist that stands for a legend's line."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    label = drawable(in_language(item.labels, language)) if item.labels else ""
    if item.kind == "fill":
        return Patch(
            facecolor="none" if item.hollow else item.color, edgecolor=item.edge or (item.color if item.hollow else darker(item.color)), linestyle=item.dashes,
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
    round_ = item.kind in {"disc", "ring", "numbered"}
    marker = "s" if item.kind == "number" else "o" if round_ else item.marker
    hollow = item.hollow or item.kind == "ring"
    handle = Line2D(
        [], [], linestyle="none", marker=marker, markersize=(8.5 if marker == "*" else 6) * item.size,
        markeredgewidth=1.0 if hollow else 0.4, label=label, alpha=0.4 if item.kind == "disc" else 1.0,
        markerfacecolor="#FFFFFF" if hollow else item.color, markeredgecolor=item.color if hollow else "#FFFFFF",
    )  # fmt: skip
    if item.kind == "marker":
        add_sign(handle, item)
    return handle
