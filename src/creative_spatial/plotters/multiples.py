"""The panels of a sheet of small multiples: heading, counts, and what an empty one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.content import Content, content_of
from creative_spatial.plotters.drawn import Z_LABELS
from creative_spatial.plotters.furniture.block import bilingual
from creative_spatial.plotters.furniture.legend import MARKER_MM
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.panels import draw_one, joined, paint_ground
from creative_spatial.plotters.points import crowded_mm
from creative_spatial.plotters.typeset import lines_of, put_line, style_for, width_mm
from creative_spatial.plotters.words import format_number, in_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.furniture.block import Bilingual
    from creative_spatial.plotters.layout import Layout
    from creative_spatial.plotters.panels import Panel
    from creative_spatial.plotters.sheet import MapSheet
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.plotters.typeset import Style
    from creative_spatial.result import Result

HEADING_GAP_MM, COUNT_GAP_MM = 0.9, 2.6
SYMBOL_MM = 1.9


def heading_mm(panels: Sequence[Panel], languages: Sequence[str], room_mm: float) -> float:
    """
    Room above a panel for its heading.

    Parameters
    ----------
    panels : sequence of Panel
        All of the sheet's: they stand in rows.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width of a panel.

    Returns
    -------
    float, millimetres
        Of the highest one.
    """
    style = _count_style(languages)
    label = max((_label(it, languages, room_mm).height_mm for it in panels), default=0.0)
    return label + style.leading_mm + HEADING_GAP_MM


def draw_multiples(
    sheet: MapSheet, layout: Layout, result: Result, spec: MapSpec, languages: Sequence[str],
    *, panels: Sequence[Panel], held: BaseGeometry,
) -> Content:  # fmt: skip
    """
    Draw every panel with its heading.

    Parameters
    ----------
    sheet : MapSheet
        The page.
    layout : Layout
        Where the panels stand.
    result : Result
        With the map's layers.
    spec : MapSpec
        With `panels`.
    languages : sequence of str
        One or two.
    panels : sequence of Panel
        From `panels_of`.
    held : geometry, working CRS
        What stays clear of the veil.

    Returns
    -------
    Content
        What legend and notes say of all of them together.
    """
    frame = layout.frame
    ground = paint_ground(result, spec, frame)
    heading = heading_mm(panels, languages, frame.width_mm)
    most = max(sum(count for _, count in panel.counts) for panel in panels)
    found, nested = [], False
    for panel, (left, bottom) in zip(panels, layout.corners, strict=True):
        ax = sheet.add_map(left, bottom, frame)
        for spine in ax.spines.values():
            spine.set_linewidth(0.6)
        drawn, others = draw_one(
            ax, result, spec, panel, ground, frame=frame, held=held, marker_mm=crowded_mm(most)
        )
        found.append(drawn)
        nested |= others
        if panel.empty:
            say_empty(ax, frame, languages)
        top = bottom + frame.height_mm + heading
        _draw_heading(sheet, panel, languages, (left, top, frame.width_mm, heading))
    layers = [joined(same) for same in zip(*found, strict=True)]
    return content_of(
        result, layers, ground.wet, frame, languages, counted=[it for it in layers if it.counted],
        nested=nested, unmapped=ground.unmapped, poor=ground.poor, labels=(),
    )  # fmt: skip


def _label(panel: Panel, languages: Sequence[str], room_mm: float) -> Bilingual:
    """What a panel shows."""
    size = cartography().panels.heading_pt
    return bilingual(panel.labels, languages, room_mm, size, bold=True, most=2)


def _count_style(languages: Sequence[str]) -> Style:
    """How counts are set."""
    return style_for(languages[0], cartography().panels.heading_pt)


def _draw_heading(
    sheet: MapSheet, panel: Panel, languages: Sequence[str], room: tuple[float, float, float, float]
) -> None:
    """Label, and below it the counts by symbol, in the room's left, top, width and height."""
    left, top, width, height = room
    style = _count_style(languages)
    _label(panel, languages, width).draw(sheet.page, left, top)
    x, base = left + SYMBOL_MM / 2, top - height + HEADING_GAP_MM + 0.24 * style.leading_mm
    for item, count in panel.counts:
        sheet.page.add_line(Line2D(
            [x], [base + 0.32 * style.size / POINTS_PER_MM], linestyle="none", marker=item.marker,
            markersize=MARKER_MM * POINTS_PER_MM * item.size, markeredgewidth=0.8 if item.hollow else 0,
            markerfacecolor="#FFFFFF" if item.hollow else item.color, markeredgecolor=item.color,
        ))  # fmt: skip
        said = format_number(count, 0, languages[0])
        put_line(sheet.page, x + SYMBOL_MM / 2 + 0.9, base, said, style)
        x += SYMBOL_MM + width_mm(said, style) + COUNT_GAP_MM


def say_empty(ax: Axes, frame: Frame, languages: Sequence[str]) -> None:
    """
    Say in a panel that nothing is mapped, which is no absence.

    Parameters
    ----------
    ax : Axes
        The panel.
    frame : Frame
        What it shows.
    languages : sequence of str
        One or two.
    """
    texts = worded("no_evidence")
    look = cartography()
    lines: list[str] = []
    for language in dict.fromkeys(languages):
        style = style_for(languages[0], look.type.note_pt, color=look.ground.quiet_ink)
        lines += lines_of(in_language(texts, language), style, 0.8 * frame.width_mm)
    x, y = frame.center
    text = ax.text(
        x, y, "\n".join(lines), ha="center", va="center", zorder=Z_LABELS, gid="no-evidence",
        clip_on=True, **style.properties(),
    )  # fmt: skip
    text.set_bbox(
        {"facecolor": "#FFFFFF", "edgecolor": "#BDB8AE", "linewidth": 0.4, "alpha": 0.92, "pad": 3}
    )
