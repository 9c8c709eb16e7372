"""Where the parts of a sheet stand: the map or the panels, head, foot and side panel."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.frame import Frame, fit_frame
from creative_spatial.plotters.furniture.block import bilingual
from creative_spatial.plotters.typeset import lines_of, style_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.furniture.block import Bilingual

MUCH_EMPTIER = 0.15
SETTING_MM = 8.0
MOST_CREDIT_LINES = 12
ARRANGEMENTS = (("portrait", "below"), ("portrait", "beside"), ("landscape", "beside"))


@dataclass(frozen=True)
class Panels:
    """
    Several maps on one sheet.

    Parameters
    ----------
    count : int
        How many.
    heading_mm : callable
        Room above a panel for what it is called, by the panel's width; millimetres.
    """

    count: int
    heading_mm: Callable[[float], float]


@dataclass(frozen=True)
class Layout:
    """
    Where the parts of a sheet stand, in millimetres.

    Parameters
    ----------
    width_mm, height_mm : float
        The page.
    corners : tuple of (float, float)
        Lower left corner of the map, or of each panel.
    frame : Frame
        The map, or every panel.
    panel : (float, float, float, float)
        Left, top, width and height of the panel of furniture.
    columns : int
        Of that panel.
    head : Head
        Title and message, broken for the page.
    foot : list of str
        Credits, broken for the page.
    strip : (float, float, float), optional
        Left, bottom and width of a strip below the map, for an inset.
    """

    width_mm: float
    height_mm: float
    corners: tuple[tuple[float, float], ...]
    frame: Frame
    panel: tuple[float, float, float, float]
    columns: int
    head: Head
    foot: list[str]
    strip: tuple[float, float, float] | None = None


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


def make_head(
    title: Mapping[str, str], message: Mapping[str, str], languages: Sequence[str], room_mm: float
) -> Head:
    """
    Set title and message.

    Parameters
    ----------
    title, message : mapping of str to str
        By language.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width there is.

    Returns
    -------
    Head
        Two lines of each language at most.
    """
    size = cartography().type
    return Head(
        bilingual(title, languages, room_mm, size.title_pt, bold=True, most=2),
        bilingual(message, languages, room_mm, size.message_pt, most=3),
    )


def make_foot(credit: str, languages: Sequence[str], room_mm: float) -> tuple[list[str], float]:
    """
    Break the credits into the lines of the foot.

    Parameters
    ----------
    credit : str
        One sentence.
    languages : sequence of str
        The first one's families set it.
    room_mm : float, millimetres
        Width there is.

    Returns
    -------
    lines : list of str
        All of them, as far as a foot reaches: what is owed to a source is not cut.
    height_mm : float, millimetres
        Room they take.
    """
    style = style_for(languages[0], cartography().type.note_pt)
    lines = lines_of(credit, style, room_mm, most=MOST_CREDIT_LINES)
    return lines, len(lines) * style.leading_mm


def lay_out(
    held: BaseGeometry, crs: CRS, *, margin: float, orientation: str, languages: Sequence[str],
    title: Mapping[str, str], message: Mapping[str, str], credit: str, known: Box | None = None,
    panels: Panels | None = None, strip_mm: float = 0.0, more_panel_mm: float = 0.0,
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
    panels : Panels, optional
        Several maps of one frame in place of one.
    strip_mm : float, millimetres
        Height of a strip below the map, for an inset; 0 for none.
    more_panel_mm : float, millimetres
        What a panel below the map is higher by.

    Returns
    -------
    Layout
        Ready to draw into.
    """
    arrangements = [it for it in ARRANGEMENTS if orientation in {"auto", it[0]}]
    layouts = [
        _one_layout(
            it, held, crs, margin, languages,
            title=title, message=message, credit=credit, panels=panels, strip_mm=strip_mm,
            more_panel_mm=more_panel_mm,
        )
        for it in arrangements
    ]  # fmt: skip
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
    *, title: Mapping[str, str], message: Mapping[str, str], credit: str, panels: Panels | None, strip_mm: float,
    more_panel_mm: float,
) -> Layout:  # fmt: skip
    """A page in one arrangement."""
    look = cartography()
    page = look.page
    upright, below = arrangement[0] == "portrait", arrangement[1] == "below"
    width = page.short_mm if upright else page.long_mm
    height = page.long_mm if upright else page.short_mm
    room = width - 2 * page.margin_mm
    head = make_head(title, message, languages, room)
    foot, foot_height = make_foot(credit, languages, room)
    top = height - page.margin_mm - head.height_mm
    bottom = page.margin_mm - 2 + foot_height + 1.5
    graticule = page.graticule_mm if panels is None else 0.0
    left, right, low = page.margin_mm + graticule, width - page.margin_mm, bottom + graticule
    if below:
        foot_panel = page.foot_panel_mm if panels is None else look.panels.foot_panel_mm
        foot_panel += more_panel_mm
        low += foot_panel + page.gap_mm
        panel = (page.margin_mm, bottom + foot_panel, room, foot_panel)
    else:
        right -= page.side_panel_mm + page.gap_mm
        panel = (width - page.margin_mm - page.side_panel_mm, top, page.side_panel_mm, top - bottom)
    strip = (left, low, right - left) if strip_mm else None
    low += strip_mm + page.gap_mm + graticule if strip_mm else 0.0
    space = (left, low, right - left, top - low)
    if panels is None:
        corners: tuple[tuple[float, float], ...] = ((left, low),)
        frame = fit_frame(held, crs, width_mm=space[2], height_mm=space[3], margin=margin)
    else:
        corners, frame, spare = _grid(panels, space, held, crs, margin, cropped=below)
        panel = (panel[0], panel[1] + spare, panel[2], panel[3] + spare)
    return Layout(width, height, corners, frame, panel, 3 if below else 1, head, foot, strip)


def _grid(
    panels: Panels, space: tuple[float, float, float, float], held: BaseGeometry, crs: CRS, margin: float,
    *, cropped: bool,
) -> tuple[tuple[tuple[float, float], ...], Frame, float]:  # fmt: skip
    """
    Rows and columns of panels at the largest scale, and of these the one with fewest gaps.

    Cropped, they are no higher than what they hold and its setting need; the height that is
    then to spare is the third.
    """
    left, low, width, height = space
    gap = cartography().panels.gap_mm
    found = []
    for columns in range(1, panels.count + 1):
        rows = math.ceil(panels.count / columns)
        wide = _whole_pixels((width - (columns - 1) * gap) / columns)
        heading = panels.heading_mm(wide)
        high = _whole_pixels((height - (rows - 1) * gap) / rows - heading)
        if min(wide, high) <= 0:
            continue
        frame = fit_frame(held, crs, width_mm=wide, height_mm=high, margin=margin)
        found.append((frame.scale, rows * columns - panels.count, columns, heading, frame))
    _, _, columns, heading, frame = min(found, key=lambda it: it[:3])
    x0, y0, x1, y1 = shapely.bounds(held)
    needed = (y1 - y0 + 2 * margin * max(x1 - x0, y1 - y0)) / frame.unit + SETTING_MM
    high = min(frame.height_mm, _whole_pixels(max(needed, frame.width_mm)))
    high = high if cropped else frame.height_mm
    spare = math.ceil(panels.count / columns) * (frame.height_mm - high)
    frame = replace(frame, height_mm=high)
    corners = []
    for number in range(panels.count):
        row, column = divmod(number, columns)
        upper = low + height - row * (frame.height_mm + heading + gap) - heading
        corners.append(
            (_whole_pixels(left + column * (frame.width_mm + gap)), _whole_pixels(upper - frame.height_mm))
        )  # fmt: skip
    return tuple(corners), frame, spare


def _whole_pixels(length_mm: float) -> float:
    """The length, less what is no whole pixel in print: the ground of a panel is an image."""
    pixel = 25.4 / cartography().page.dpi
    return math.floor(length_mm / pixel + 1e-9) * pixel
