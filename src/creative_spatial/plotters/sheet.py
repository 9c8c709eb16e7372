"""The sheet: an A4 page with a map, its title and message above, its panel beside or below."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.frame import Frame, fit_frame
from creative_spatial.plotters.furniture.block import bilingual, flow
from creative_spatial.plotters.typeset import lines_of, put_lines, style_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.furniture.block import Bilingual, Block

NOTEBOOK_DPI = 110
MUCH_EMPTIER = 0.15
ARRANGEMENTS = (("portrait", "below"), ("portrait", "beside"), ("landscape", "beside"))
# Sizes of type to try, and whether both languages then share a line.
_FITS = (
    (1.0, False), (0.93, False), (1.0, True), (0.93, True), (0.86, True), (0.8, True), (0.74, True), (0.68, True),
    (0.62, True), (0.56, True),
)  # fmt: skip


class MapSheet(Figure):
    """
    A figure of one A4 page, in millimetres.

    Parameters
    ----------
    width_mm, height_mm : float, millimetres
        The page.
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        look = cartography().page
        super().__init__(
            figsize=(width_mm / 25.4, height_mm / 25.4), dpi=look.dpi, facecolor="white"
        )
        FigureCanvasAgg(self)
        self.width_mm, self.height_mm = width_mm, height_mm
        self.page = self.add_axes((0, 0, 1, 1), xlim=(0, width_mm), ylim=(0, height_mm), zorder=1)
        self.page.set_axis_off()
        self.page.set_autoscale_on(False)
        self.map: Axes | None = None

    def add_map(self, left: float, bottom: float, frame: Frame) -> Axes:
        """
        Add the map's Axes, framed by the neat line.

        Parameters
        ----------
        left, bottom : float, millimetres
            Its lower left corner.
        frame : Frame
            Its size and limits.

        Returns
        -------
        Axes
            In units of the frame's CRS.
        """
        place = (
            left / self.width_mm, bottom / self.height_mm,
            frame.width_mm / self.width_mm, frame.height_mm / self.height_mm,
        )  # fmt: skip
        self.map = self.add_axes(place, zorder=0)
        set_limits(self.map, frame)
        for spine in self.map.spines.values():
            spine.set(linewidth=0.9, color=cartography().ground.ink, zorder=30)
        return self.map

    def _repr_png_(self) -> bytes:
        """The sheet as a notebook shows it."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=NOTEBOOK_DPI)
        return buffer.getvalue()


def set_limits(ax: Axes, frame: Frame) -> None:
    """
    Make an Axes show a frame, without ticks and without autoscaling.

    Parameters
    ----------
    ax : Axes
        The map's.
    frame : Frame
        What it shows.
    """
    x0, y0, x1, y1 = frame.box
    ax.set(xlim=(x0, x1), ylim=(y0, y1), xticks=[], yticks=[])
    ax.set_autoscale_on(False)


@dataclass(frozen=True)
class Layout:
    """
    Where the parts of a sheet stand, in millimetres.

    Parameters
    ----------
    width_mm, height_mm : float
        The page.
    map_left, map_bottom : float
        Lower left corner of the map.
    frame : Frame
        The map.
    panel : (float, float, float, float)
        Left, top, width and height of the panel.
    columns : int
        Of the panel.
    head : Head
        Title and message, broken for the page.
    foot : list of str
        Credits, broken for the page.
    """

    width_mm: float
    height_mm: float
    map_left: float
    map_bottom: float
    frame: Frame
    panel: tuple[float, float, float, float]
    columns: int
    head: Head
    foot: list[str]


@dataclass(frozen=True)
class Head:
    """
    Title and message as they are set.

    Parameters
    ----------
    title, message : Bilingual
        Each in one or two languages.
    """

    title: Bilingual
    message: Bilingual

    @property
    def height_mm(self) -> float:
        """Room they take."""
        return self.title.height_mm + self.message.height_mm + 2.0


def lay_out(
    held: BaseGeometry, crs: CRS, *, margin: float, orientation: str, languages: Sequence[str],
    title: Mapping[str, str], message: Mapping[str, str], credit: str, known: Box | None = None,
) -> Layout:  # fmt: skip
    """
    Choose orientation and scale, and give every part its room.

    Parameters
    ----------
    held : geometry, units of `crs`
        What the map must hold.
    crs : pyproj.CRS
        Working CRS.
    margin : float
        Setting around it, as a share of its longer side.
    orientation : {"auto", "portrait", "landscape"}
        "auto" takes the one with the larger scale; the panel stands below or beside the
        map, whichever leaves it more.
    languages : sequence of str
        One or two.
    title, message : mapping of str to str
        By language.
    credit : str
        The foot of the page.
    known : (minx, miny, maxx, maxy), optional
        Extent of the data, in units of `crs`.

    Returns
    -------
    Layout
        Ready to draw into.
    """
    arrangements = [it for it in ARRANGEMENTS if orientation in {"auto", it[0]}]
    layouts = [
        _one_layout(it, held, crs, margin, languages, title=title, message=message, credit=credit)
        for it in arrangements
    ]
    # At the same scale the first, so that the maps of a city look alike, unless another one
    # leaves much less paper empty.
    largest = min(layout.frame.scale for layout in layouts)
    best, *others = [layout for layout in layouts if layout.frame.scale == largest]
    for other in others:
        if _empty_share(other.frame, known) < _empty_share(best.frame, known) - MUCH_EMPTIER:
            best = other
    return best


def _empty_share(frame: Frame, known: Box | None) -> float:
    """Share of a frame that lies beyond the data."""
    if known is None:
        return 0.0
    x0, y0, x1, y1 = frame.box
    wide = max(min(x1, known[2]) - max(x0, known[0]), 0.0)
    high = max(min(y1, known[3]) - max(y0, known[1]), 0.0)
    return 1 - wide * high / ((x1 - x0) * (y1 - y0))


def _one_layout(
    arrangement: tuple[str, str], held: BaseGeometry, crs: CRS, margin: float, languages: Sequence[str],
    *, title: Mapping[str, str], message: Mapping[str, str], credit: str,
) -> Layout:  # fmt: skip
    look = cartography()
    page, size = look.page, look.type
    upright, below = arrangement[0] == "portrait", arrangement[1] == "below"
    width = page.short_mm if upright else page.long_mm
    height = page.long_mm if upright else page.short_mm
    room = width - 2 * page.margin_mm
    head = Head(
        bilingual(title, languages, room, size.title_pt, bold=True, most=2),
        bilingual(message, languages, room, size.message_pt, most=2),
    )
    foot = lines_of(credit, style_for(languages[0], size.note_pt), room, most=4)
    foot_height = len(foot) * style_for(languages[0], size.note_pt).leading_mm
    top = height - page.margin_mm - head.height_mm
    bottom = page.margin_mm - 2 + foot_height + 1.5
    map_left = page.margin_mm + page.graticule_mm
    if below:
        map_bottom = bottom + page.foot_panel_mm + page.gap_mm + page.graticule_mm
        map_width = width - page.margin_mm - map_left
        panel = (page.margin_mm, bottom + page.foot_panel_mm, room, page.foot_panel_mm)
    else:
        map_bottom = bottom + page.graticule_mm
        map_width = width - page.margin_mm - page.side_panel_mm - page.gap_mm - map_left
        panel = (width - page.margin_mm - page.side_panel_mm, top, page.side_panel_mm, top - bottom)
    frame = fit_frame(held, crs, width_mm=map_width, height_mm=top - map_bottom, margin=margin)
    return Layout(width, height, map_left, map_bottom, frame, panel, 3 if below else 1, head, foot)


def draw_head_and_foot(sheet: MapSheet, layout: Layout, languages: Sequence[str]) -> None:
    """
    Draw title, message and credits.

    Parameters
    ----------
    sheet : MapSheet
        The page.
    layout : Layout
        Where they stand.
    languages : sequence of str
        One or two.
    """
    look = cartography()
    left, top = look.page.margin_mm, layout.height_mm - look.page.margin_mm + 2
    top = layout.head.title.draw(sheet.page, left, top)
    layout.head.message.draw(sheet.page, left, top - 0.4)
    style = style_for(languages[0], look.type.note_pt, color=look.ground.quiet_ink)
    put_lines(
        sheet.page,
        left,
        look.page.margin_mm - 2 + len(layout.foot) * style.leading_mm,
        layout.foot,
        style,
    )


class BlockMaker(Protocol):
    """Makes the panel's blocks for a column."""

    def __call__(self, *, width: float, size: float, tight: bool) -> list[Block]:
        """Blocks of a width in millimetres, set in a size in points, on shared lines or not."""


def draw_panel(sheet: MapSheet, layout: Layout, make: BlockMaker) -> None:
    """
    Flow the panel's blocks into its columns, at the largest size of type that fits.

    Parameters
    ----------
    sheet : MapSheet
        The page.
    layout : Layout
        Where the panel stands.
    make : callable
        Blocks for a column's width in millimetres, a size of type in points, and whether
        both languages share a line.
    """
    look = cartography()
    left, top, width, height = layout.panel
    gap = look.page.gap_mm
    column = (width - gap * (layout.columns - 1)) / layout.columns
    filled = None
    for factor, tight in _FITS:
        blocks = make(width=column, size=look.type.legend_pt * factor, tight=tight)
        filled = flow(blocks, layout.columns, height, 2.6 * factor)
        if filled is not None:
            break
    if filled is None:
        # Even at the smallest size there is more than the panel holds: keep what comes first.
        filled = _cut(blocks, layout.columns, height, 2.6 * factor)
    for number, blocks in enumerate(filled):
        x, y = left + number * (column + gap), top
        for block in blocks:
            block.draw(sheet.page, x, y)
            y -= block.height_mm + 2.6 * factor


def _cut(blocks: list[Block], columns: int, height: float, gap: float) -> list[list[Block]]:
    """As many of the blocks as fit, in order."""
    kept: list[Block] = []
    for block in blocks:
        if flow([*kept, block], columns, height, gap) is not None:
            kept.append(block)
    return flow(kept, columns, height, gap) or []
