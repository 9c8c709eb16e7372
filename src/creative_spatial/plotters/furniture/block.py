"""Blocks of furniture and the columns they flow into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.typeset import (
    Style,
    lines_of,
    put_line,
    put_lines,
    style_for,
    width_mm,
)
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes


INLINE_GAP_MM = 1.6


@dataclass(frozen=True)
class Block:
    """
    A piece of furniture that knows its height.

    Parameters
    ----------
    name : str
        What it is.
    height_mm : float, millimetres
        Room it takes.
    draw : callable
        Draws it on the page from its left upper corner (x, top), millimetres.
    """

    name: str
    height_mm: float
    draw: Callable[[Axes, float, float], None]


def flow(
    blocks: Sequence[Block], columns: int, height_mm: float, gap_mm: float
) -> list[list[Block]] | None:
    """
    Fill columns from the first to the last.

    Parameters
    ----------
    blocks : sequence of Block
        In order.
    columns : int
        How many there are.
    height_mm, gap_mm : float, millimetres
        Height of a column, and the space between blocks.

    Returns
    -------
    list of list of Block or None
        One list a column; None where they do not fit.
    """
    filled: list[list[Block]] = [[]]
    used = 0.0
    for block in blocks:
        needed = block.height_mm + (gap_mm if filled[-1] else 0.0)
        if used + needed > height_mm and filled[-1]:
            filled.append([])
            used, needed = 0.0, block.height_mm
        if len(filled) > columns or needed > height_mm + 1e-6:
            return None
        filled[-1].append(block)
        used += needed
    return filled + [[] for _ in range(columns - len(filled))]


def pack(
    blocks: Sequence[Block], columns: int, height_mm: float, gap_mm: float
) -> list[list[Block]] | None:
    """
    Fill columns so that less room is left over: each block goes to the first that has room.

    Parameters
    ----------
    blocks : sequence of Block
        In order, which is kept within a column alone.
    columns : int
        How many there are.
    height_mm, gap_mm : float, millimetres
        Height of a column, and the space between blocks.

    Returns
    -------
    list of list of Block or None
        One list a column; None where they do not fit.

    Examples
    --------
    >>> a, b, c = (Block("", height, lambda *_: None) for height in (4.0, 9.0, 6.0))
    >>> flow([a, b, c], 2, 11.0, 1.0) is None
    True
    >>> pack([a, b, c], 2, 11.0, 1.0) == [[a, c], [b]]
    True
    """
    filled: list[list[Block]] = [[] for _ in range(columns)]
    used = [0.0] * columns
    for block in blocks:
        for number in range(columns):
            needed = block.height_mm + (gap_mm if filled[number] else 0.0)
            if used[number] + needed <= height_mm + 1e-6:
                filled[number].append(block)
                used[number] += needed
                break
        else:
            return None
    return filled


@dataclass(frozen=True)
class Bilingual:
    """
    A text in one or two languages, broken for a width.

    Parameters
    ----------
    parts : tuple of (list of str, Style)
        Lines of each language.
    inline : bool
        Both languages on one line, for want of room.
    """

    parts: tuple[tuple[list[str], Style], ...]
    inline: bool = False

    @property
    def height_mm(self) -> float:
        """Room it takes, millimetres."""
        heights = [len(lines) * style.leading_mm for lines, style in self.parts]
        return max(heights, default=0.0) if self.inline else sum(heights)

    def draw(self, page: Axes, x: float, top: float) -> float:
        """
        Draw it.

        Parameters
        ----------
        page : Axes
            In millimetres.
        x, top : float, millimetres
            Left upper corner.

        Returns
        -------
        float, millimetres
            Its lower end.
        """
        if self.inline:
            baseline = top - 0.76 * self.parts[0][1].leading_mm
            for (line,), style in self.parts:
                put_line(page, x, baseline, line, style)
                x += width_mm(line, style) + INLINE_GAP_MM
            return top - self.height_mm
        for lines, style in self.parts:
            top = put_lines(page, x, top, lines, style)
        return top


def bilingual(
    texts: Mapping[str, str], languages: Sequence[str], room_mm: float, size: float,
    *, bold: bool = False, color: str | None = None, most: int = 3, tight: bool = False,
) -> Bilingual:  # fmt: skip
    """
    Set a text in the first language, and below it smaller in the second.

    Parameters
    ----------
    texts : mapping of str to str
        By language.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Room there is.
    size : float, points
        Size of the first.
    bold : bool
        Face of the first.
    color : str, optional
        Ink of the first.
    most : int
        Lines of each.
    tight : bool
        Put both on one line where they fit.

    Returns
    -------
    Bilingual
        A second text equal to the first is left out.
    """
    look = cartography()
    parts: list[tuple[list[str], Style]] = []
    said: set[str] = set()
    for position, language in enumerate(languages[:2]):
        text = in_language(texts, language) if texts else ""
        if not text or text in said:
            continue
        said.add(text)
        first = position == 0
        style = style_for(
            languages[0],
            size if first else size * look.type.second_language,
            bold=bold and first,
            color=(color or look.ground.ink) if first else look.ground.quiet_ink,
        )
        parts.append((lines_of(text, style, room_mm, most=most), style))
    single = len(parts) == 2 and all(len(lines) == 1 for lines, _ in parts)
    wide = sum(width_mm(lines[0], style) for lines, style in parts if lines) + INLINE_GAP_MM
    return Bilingual(tuple(parts), inline=tight and single and wide <= room_mm)
