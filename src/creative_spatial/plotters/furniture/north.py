"""An arrow to true north: the meridian through the map's centre, not the grid's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patches import Polygon

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.typeset import put_line, style_for
from creative_spatial.plotters.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from creative_spatial.plotters.frame import Frame

GID = "north"


def draw_north(
    page: Axes, frame: Frame, x: float, y: float, language: str, *, height_mm: float = 8.5
) -> None:
    """
    Draw the arrow.

    Parameters
    ----------
    page : Axes
        In millimetres.
    frame : Frame
        Its meridian gives the direction.
    x, y : float, millimetres
        Middle of the arrow.
    language : str
        Of the letter.
    height_mm : float, millimetres
        Length of the arrow.
    """
    ink = cartography().ground.ink
    turn = math.radians(-frame.north)

    def turned(dx: float, dy: float) -> tuple[float, float]:
        return (
            x + dx * math.cos(turn) - dy * math.sin(turn),
            y + dx * math.sin(turn) + dy * math.cos(turn),
        )

    half, wide = height_mm / 2, height_mm * 0.24
    tip, notch = turned(0, half), turned(0, -half * 0.55)
    left, right = turned(-wide, -half), turned(wide, -half)
    page.add_patch(
        Polygon(
            [tip, notch, left], closed=True, facecolor=ink, edgecolor=ink, linewidth=0.4, gid=GID
        )
    )
    page.add_patch(
        Polygon([tip, notch, right], closed=True, facecolor="#FFFFFF", edgecolor=ink, linewidth=0.4)
    )
    spot = turned(0, half + 1.8)
    put_line(
        page,
        spot[0],
        spot[1] - 0.9,
        word("north", language),
        style_for(language, 7.5, bold=True),
        align="center",
    )
