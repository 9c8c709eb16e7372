"""The scale bar, true on the ground at the map's centre, with the scale in figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.furniture.block import Block
from creative_spatial.plotters.typeset import put_line, style_for
from creative_spatial.plotters.words import format_number, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.frame import Frame

GID = "scale-bar"
_BAR_MM = 1.5


def bar_length_m(frame: Frame, room_mm: float) -> float:
    """
    Round ground length that fits a width.

    Parameters
    ----------
    frame : Frame
        The scale.
    room_mm : float, millimetres
        Longest bar.

    Returns
    -------
    float, metres
        1, 2 or 5 times a power of ten.
    """
    most = room_mm * frame.scale / 1000
    power = 10 ** math.floor(math.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most))


def scale_block(frame: Frame, languages: Sequence[str], width_mm: float, size: float) -> Block:
    """
    Build the block of the scale bar.

    Parameters
    ----------
    frame : Frame
        The scale.
    languages : sequence of str
        One or two.
    width_mm : float, millimetres
        Of the column.
    size : float, points
        Size of type.

    Returns
    -------
    Block
        Bar, its end in metres or kilometres, and "1:25,000".
    """
    length = bar_length_m(frame, min(width_mm - 14, 44))
    long_mm = 1000 * length / frame.scale
    unit, shown = ("km", length / 1000) if length >= 1000 else ("m", length)
    style = style_for(languages[0], size * 0.92)
    ratio = f"1:{format_number(frame.scale, 0, languages[0])}"
    said = dict.fromkeys(word("scale", language) for language in languages[:2])
    sentence = f"{' / '.join(said)} {ratio} {word('on_a4', languages[0])}"
    ink = cartography().ground.ink

    def draw(page: Axes, x: float, top: float) -> None:
        put_line(page, x, top - 0.76 * style.leading_mm, sentence, style)
        y = top - style.leading_mm - 4.6
        for part in range(4):
            page.add_patch(Rectangle(
                (x + part * long_mm / 4, y), long_mm / 4, _BAR_MM, facecolor=ink if part % 2 == 0 else "#FFFFFF",
                edgecolor=ink, linewidth=0.5, gid=f"{GID}-{part}",
            ))  # fmt: skip
        small = style_for(languages[0], size * 0.8)
        for share, at in ((0.0, x), (0.5, x + long_mm / 2), (1.0, x + long_mm)):
            decimals = 0 if float(shown * share).is_integer() else 1
            if shown * share * 10 % 1:
                decimals = 2
            text = format_number(shown * share, decimals, languages[0]) + (
                f" {unit}" if share == 1 else ""
            )
            put_line(
                page,
                at,
                y + _BAR_MM + 0.6,
                text,
                small,
                align="left" if share == 1 else "center" if share else "left",
            )

    return Block("scale", style.leading_mm + 5.2, draw)
