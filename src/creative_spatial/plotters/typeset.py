"""
Setting type on a sheet: how wide a text is on paper, and where its lines go.

Sizes are measured with the renderer that draws, so what fits here fits on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.text import clusters, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Style:
    """
    How a text is set.

    Parameters
    ----------
    size : float, points
        Size of type.
    family : tuple of str
        Families, the first choice first.
    color : str
        Colour of the ink.
    bold, italic : bool
        Face.
    """

    size: float
    family: tuple[str, ...]
    color: str = "#1F1F1F"
    bold: bool = False
    italic: bool = False

    @property
    def leading_mm(self) -> float:
        """From one line to the next, millimetres."""
        # Thai stacks two marks above and one below its letters.
        extra = 1.16 if self.family[:1] == ("Sarabun",) else 1.0
        return self.size * cartography().type.leading * extra / POINTS_PER_MM

    def properties(self) -> dict[str, Any]:
        """
        List what matplotlib's Text takes.

        Returns
        -------
        dict
            Mathematical markup is always off: names are data.
        """
        return {
            "fontsize": self.size,
            "fontfamily": list(self.family),
            "fontweight": "bold" if self.bold else "normal",
            "fontstyle": "italic" if self.italic else "normal",
            "color": self.color,
            "parse_math": False,
        }


def style_for(language: str, size: float, **options: Any) -> Style:
    """
    Style of a language.

    Parameters
    ----------
    language : str
        ISO 639-1 code, or a text.
    size : float, points
        Size of type; never set smaller than the smallest that is legible in print.
    **options : Any
        Other fields of `Style`.

    Returns
    -------
    Style
        With the language's families.
    """
    size = max(size, cartography().type.smallest_pt)
    return Style(size, tuple(font_family(language)), **options)


@lru_cache(maxsize=1)
def _measuring_text() -> Text:
    """A text on a figure of its own that is never drawn."""
    figure = Figure(figsize=(1, 1), dpi=cartography().page.dpi)
    FigureCanvasAgg(figure)
    return figure.text(0, 0, "", parse_math=False)


@lru_cache(maxsize=20_000)
def extent_mm(text: str, style: Style) -> tuple[float, float]:
    """
    Width and height of one line on paper.

    Parameters
    ----------
    text : str
        Fit to draw.
    style : Style
        How it is set.

    Returns
    -------
    (float, float), millimetres
        Of the ink's box.
    """
    if not text:
        return (0.0, 0.0)
    measuring = _measuring_text()
    measuring.set(text=text, **style.properties())
    box = measuring.get_window_extent()
    mm = 25.4 / cartography().page.dpi
    return (float(box.width) * mm, float(box.height) * mm)


def width_mm(text: str, style: Style) -> float:
    """
    Width of one line on paper.

    Parameters
    ----------
    text : str
        Zero-width spaces count nothing.
    style : Style
        How it is set.

    Returns
    -------
    float, millimetres
        Of the ink's box.
    """
    return extent_mm(drawable(text), style)[0]


def lines_of(text: str, style: Style, room_mm: float, *, most: int = 99) -> list[str]:
    """
    Break a text into lines that fit.

    Parameters
    ----------
    text : str
        Any script.
    style : Style
        How it is set.
    room_mm : float, millimetres
        Width there is.
    most : int
        Lines there is room for; the last one then ends in "…".

    Returns
    -------
    list of str
        Ready to draw.
    """
    lines = [drawable(line) for line in wrap(text, room_mm, lambda part: width_mm(part, style))]
    lines = [line for line in lines if line]
    if len(lines) <= most:
        return lines
    last = clusters(lines[most - 1])
    while last and width_mm(f"{''.join(last)}…", style) > room_mm:
        last.pop()
    return [*lines[: most - 1], f"{''.join(last).rstrip()}…"]


def put_line(
    page: Axes, x: float, y: float, text: str, style: Style, *, align: Align = "left"
) -> None:
    """
    Draw one line by its baseline.

    Parameters
    ----------
    page : Axes
        In millimetres.
    x, y : float, millimetres
        Start, middle or end of the baseline.
    text : str
        One line.
    style : Style
        How it is set.
    align : {"left", "center", "right"}
        What `x` is.
    """
    shown = drawable(text)
    if shown:
        page.text(x, y, shown, ha=align, va="baseline", clip_on=False, **style.properties())


def put_lines(
    page: Axes, x: float, top: float, lines: list[str], style: Style, *, align: Align = "left"
) -> float:
    """
    Draw lines downwards.

    Parameters
    ----------
    page : Axes
        In millimetres.
    x, top : float, millimetres
        Where the first line's room begins.
    lines : list of str
        Broken already.
    style : Style
        How they are set.
    align : {"left", "center", "right"}
        What `x` is.

    Returns
    -------
    float, millimetres
        Lower end of the last line's room.
    """
    for line in lines:
        put_line(page, x, top - 0.76 * style.leading_mm, line, style, align=align)
        top -= style.leading_mm
    return top
