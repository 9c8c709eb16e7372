"""The sheet: a page in millimetres, its title and message above, its panel beside or below."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.furniture.block import flow, pack
from creative_spatial.plotters.typeset import put_lines, style_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.furniture.block import Block
    from creative_spatial.plotters.layout import Layout

NOTEBOOK_DPI = 110
LIST = "list"
NEVER_LEFT_OUT = frozenset({"notes", "illustrative", "scale", LIST})
# Sizes of type to try, and whether both languages then share a line.
_FITS = (
    (1.0, False), (0.93, False), (1.0, True), (0.93, True), (0.86, True), (0.8, True), (0.74, True), (0.68, True),
    (0.62, True), (0.56, True),
)  # fmt: skip

_Step = tuple["Callable[..., list[list[Block]] | None]", tuple[float, bool]]


class Sheet(Figure):
    """
    A figure of one page, in millimetres.

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

    def _repr_png_(self) -> bytes:
        """The sheet as a notebook shows it."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=NOTEBOOK_DPI)
        return buffer.getvalue()


class MapSheet(Sheet):
    """
    A sheet of one map, or of panels.

    Parameters
    ----------
    width_mm, height_mm : float, millimetres
        The page.
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        super().__init__(width_mm, height_mm)
        self.maps: list[Axes] = []
        self.alternative: dict[str, str] = {}

    @property
    def map(self) -> Axes | None:
        """The Axes of the only map, or of the first panel."""
        return self.maps[0] if self.maps else None

    def add_map(self, left: float, bottom: float, frame: Frame) -> Axes:
        """
        Add a map's Axes, framed by the neat line.

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
        ax = self.add_axes(place, zorder=0)
        set_limits(ax, frame)
        for spine in ax.spines.values():
            spine.set(linewidth=0.9, color=cartography().ground.ink, zorder=30)
        self.maps.append(ax)
        return ax


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


def draw_panel(
    sheet: MapSheet, layout: Layout, make: BlockMaker, fuller: Sequence[BlockMaker] = ()
) -> bool:
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
    fuller : sequence of callable
        The same blocks that say more, the most first: what fits at the size that `make` fits
        at, or at one of the next two.

    Returns
    -------
    bool
        Whether all of them fit; where not, some were left out.
    """
    look = cartography()
    left, top, width, height = layout.panel
    gap = look.page.gap_mm
    column = (width - gap * (layout.columns - 1)) / layout.columns
    size = look.type.legend_pt

    def fill(maker: BlockMaker, step: _Step) -> tuple[list[Block], list[list[Block]] | None]:
        arrange, (factor, tight) = step
        blocks = maker(width=column, size=size * factor, tight=tight)
        return blocks, arrange(blocks, layout.columns, height, 2.6 * factor)

    # In order at any size rather than out of order; out of order rather than not at all.
    steps: list[_Step] = list(itertools.product((flow, pack), _FITS))
    for chosen in steps:
        blocks, filled = fill(make, chosen)
        if filled is not None:
            break
    whole = filled is not None
    if whole:
        # Somewhat smaller rather than less said.
        at = steps.index(chosen)
        near = [it for it in steps[at : at + 3] if it[0] is chosen[0]]
        tried = ((step, fill(maker, step)[1]) for maker, step in itertools.product(fuller, near))
        chosen, filled = next((it for it in tried if it[1] is not None), (chosen, filled))
    factor = chosen[1][0]
    if filled is None:
        # Even at the smallest size there is more than the panel holds: keep what comes first.
        filled = _cut(blocks, layout.columns, height, 2.6 * factor)
    for number, blocks in enumerate(filled):
        x, y = left + number * (column + gap), top
        for block in blocks:
            block.draw(sheet.page, x, y)
            y -= block.height_mm + 2.6 * factor
    return whole


def _cut(blocks: list[Block], columns: int, height: float, gap: float) -> list[list[Block]]:
    """As many of the blocks as fit, in order: what a map must say, and then the rest."""
    kept = [block for block in blocks if block.name in NEVER_LEFT_OUT]
    for block in blocks:
        tried = [it for it in blocks if it is block or it in kept]
        if block not in kept and pack(tried, columns, height, gap) is not None:
            kept = tried
    return pack(kept, columns, height, gap) or []
