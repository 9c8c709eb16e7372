"""A box of numbers that carry the message, and the notes that every sheet owes its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.furniture.block import Block, bilingual
from creative_spatial.plotters.messages import fill, why_unknown
from creative_spatial.plotters.typeset import put_line, style_for, width_mm
from creative_spatial.plotters.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.specs import FactSpec
    from creative_spatial.result import Result

MOST_LINES = 6


def facts_block(
    facts: Sequence[FactSpec], result: Result, languages: Sequence[str], room_mm: float, size: float
) -> Block:
    """
    Build the box of numbers.

    Parameters
    ----------
    facts : sequence of FactSpec
        Values and what they say.
    result : Result
        Where the values are.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width of the column.
    size : float, points
        Size of type.

    Returns
    -------
    Block
        A value that is not known is printed as "–" and called not computed, or
        none found where it would be a zero that nobody has shown.
    """
    figure = style_for(languages[0], size * 1.5, bold=True)
    values = [fill(fact.value, result, languages[0]) for fact in facts]
    shown = ["–" if value is None else value for value in values]
    column = max(width_mm(value, figure) for value in shown) + 2.5
    texts = []
    for fact, value in zip(facts, values, strict=True):
        said: Mapping[str, str] = fact.text
        if value is None:
            why = why_unknown(fact.value, result)
            said = {language: f"{text} ({word(why, language)})" for language, text in said.items()}
        texts.append(bilingual(said, languages, room_mm - column - 4, size * 0.95))
    heights = [max(text.height_mm, figure.leading_mm * 0.95) + 0.9 for text in texts]
    total = sum(heights) + 2.6

    def draw(page: Axes, x: float, top: float) -> None:
        page.add_patch(Rectangle(
            (x, top - total), room_mm, total, facecolor="#F7F6F2", edgecolor="#BDB8AE", linewidth=0.5,
        ))  # fmt: skip
        top -= 1.6
        for value, text, height in zip(shown, texts, heights, strict=True):
            put_line(
                page,
                x + column,
                top - height / 2 - figure.size * 0.115,
                value,
                figure,
                align="right",
            )
            text.draw(page, x + column + 2, top - (height - text.height_mm) / 2)
            top -= height

    return Block("facts", total, draw)


def notes_block(
    lines: Sequence[Mapping[str, str]],
    languages: Sequence[str],
    room_mm: float,
    size: float,
    *,
    tight: bool = False,
) -> Block:
    """
    Build the notes: boundary and area, what is shown, date, what is illustrative.

    Parameters
    ----------
    lines : sequence of mapping of str to str
        Each by language.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width of the column.
    size : float, points
        Size of type.
    tight : bool
        Both languages on one line where they fit.

    Returns
    -------
    Block
        All notes in the first language, each with the second below it.
    """
    texts = [
        bilingual(line, languages, room_mm, size * 0.9, most=MOST_LINES, tight=tight)
        for line in lines
    ]
    gap = 0.6

    def draw(page: Axes, x: float, top: float) -> None:
        for text in texts:
            top = text.draw(page, x, top) - gap

    return Block("notes", sum(text.height_mm + gap for text in texts), draw)


def illustrative_block(
    line: Mapping[str, str], languages: Sequence[str], room_mm: float, size: float
) -> Block:
    """
    Build the warning that what is shown is an example.

    Parameters
    ----------
    line : mapping of str to str
        By language.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width of the column.
    size : float, points
        Size of type.

    Returns
    -------
    Block
        Framed, so that it cannot be overlooked.
    """
    mark = cartography().ground.locator_mark
    text = bilingual(line, languages, room_mm - 4, size * 0.9, bold=True, color=mark, most=4)
    total = text.height_mm + 2.2

    def draw(page: Axes, x: float, top: float) -> None:
        page.add_patch(Rectangle(
            (x, top - total), room_mm, total, facecolor="#FFF7FA", edgecolor=mark, linewidth=0.7, gid="illustrative",
        ))  # fmt: skip
        text.draw(page, x + 2, top - 1.1)

    return Block("illustrative", total, draw)
