"""
Text as it goes on paper: hostile names made plain, lines broken between clusters.

Matplotlib shapes the text itself; nothing here reorders or joins letters.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NAME_LENGTH, LONGEST_SENTENCE = 160, 1_000
ZERO_WIDTH_SPACE = "\u200b"
_JOINERS = "\u200c\u200d"
# Directional overrides would let a name rewrite the text around it.
_DIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# A name of zero-width characters alone is none.
_UNSEEN = frozenset({"Cf", "Zs"})
_THAI_LEADING_VOWELS = frozenset("เแโใไ")
_NEVER_FIRST = frozenset("ๆฯ)]}»”’,.;:!?%…")


def plain(name: Any, *, most: int = MAX_NAME_LENGTH) -> str:
    r"""
    Make a name fit to draw on one line, whatever it holds.

    Parameters
    ----------
    name : object
        A name from OpenStreetMap or a spreadsheet; null gives "".
    most : int
        Characters that a name may have.

    Returns
    -------
    str
        NFC, without control characters, newlines or directional overrides, white space
        joined, at most `most` characters; "" where nothing of it is seen. Nothing is
        interpreted: ``$x$`` stays ``$x$``.

    Examples
    --------
    >>> plain("Wat\nMatchimawat\x00 <b>")
    'Wat Matchimawat <b>'
    >>> plain(None)
    ''
    """
    if name is None or name is pd.NA or (isinstance(name, float) and math.isnan(name)):
        return ""
    kept = [
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character
        for character in unicodedata.normalize("NFC", str(name))
        if character not in _DIRECTIONAL and unicodedata.category(character) not in {"Cs", "Co"}
    ]
    text = " ".join("".join(kept).split())
    if all(unicodedata.category(character) in _UNSEEN for character in text):
        return ""
    if len(text) <= most:
        return text
    return "".join(clusters(text[:most])[:-1]) + "…"


def plain_name(name: Any, *, most: int = MAX_NAME_LENGTH) -> str:
    """
    Make a name fit to stand among the texts of a sheet, where "|" marks where a line may break.

    Parameters
    ----------
    name : object
        As `plain` takes it.
    most : int
        Characters that it may have.

    Returns
    -------
    str
        As `plain` gives it, its bars broken: a whole one would be taken for such a mark, and lost.

    Examples
    --------
    >>> plain_name("Gallery|Bar")
    'Gallery¦Bar'
    """
    return plain(name, most=most).replace("|", "¦")


def names_of(row: Any) -> dict[str, str]:
    """
    List a row's names by language, fit to draw.

    Parameters
    ----------
    row : Series or mapping
        With `name` and maybe `name:<language>`.

    Returns
    -------
    dict of str to str
        `name` stands for English where there is no English one.

    Examples
    --------
    >>> names_of({"name": "หับ โห้ หิ้น", "name:en": "Hub Ho Hin"})
    {'en': 'Hub Ho Hin'}
    """
    names = {
        str(c).removeprefix("name:"): plain_name(name)
        for c, name in row.items()
        if str(c).startswith("name:")
    }
    return {"en": plain_name(row.get("name")), **{k: v for k, v in names.items() if v}}


def clusters(text: str) -> list[str]:
    """
    Split a text where a line may break without parting a letter from its marks.

    Parameters
    ----------
    text : str
        Any script.

    Returns
    -------
    list of str
        Pieces that join to the text. Combining marks and SARA AM stay with what they
        follow, Thai leading vowels and joiners with what comes next.

    Examples
    --------
    >>> clusters("น้ำใส")
    ['น้ำ', 'ใส']
    """
    pieces: list[str] = []
    for character in text:
        follows = pieces and (
            unicodedata.category(character) in {"Mn", "Me", "Mc"}
            or character in "\u0e33\u0eb3"
            or character in _JOINERS
            or pieces[-1][-1] in _JOINERS
            or pieces[-1] in _THAI_LEADING_VOWELS
        )
        if follows:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """
    Break a text into lines no wider than a width.

    Parameters
    ----------
    text : str
        Breaks at spaces and zero-width spaces; inside a word that is wider than the
        line (Thai writes none between words) between clusters.
    width : float
        In the unit of `measure`.
    measure : callable
        Width of a piece of text.

    Returns
    -------
    list of str
        Lines without zero-width spaces; one wider than `width` only where a single
        cluster is.

    Examples
    --------
    >>> wrap("one two three", 7, len)
    ['one two', 'three']
    >>> wrap("น้ำน้ำน้ำ", 6, len)
    ['น้ำน้ำ', 'น้ำ']
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if measure((line + word).rstrip()) <= width:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = ""
        if measure(word.rstrip()) <= width:
            line = word
            continue
        for piece in _breakable(word):
            if line and measure((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    """Words with the spaces that follow them."""
    words: list[str] = []
    for part in text.split(ZERO_WIDTH_SPACE):
        spaced = part.split(" ")
        words += [f"{word} " for word in spaced[:-1]]
        words.append(spaced[-1])
    return [word for word in words if word]


def _breakable(word: str) -> list[str]:
    """Clusters, with closing marks kept beside what they close."""
    pieces: list[str] = []
    for piece in clusters(word):
        if pieces and (piece[0] in _NEVER_FIRST or piece == " "):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
