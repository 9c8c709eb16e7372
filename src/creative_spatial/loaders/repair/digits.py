"""Text of any keyboard made plain: one kind of digit, one kind of space."""

from __future__ import annotations

import unicodedata

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u3000\t\r\n"), " ")
_UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff")
)


def plain_text(text: str) -> str:
    """
    Write a text with ASCII digits, plain spaces and no invisible marks, in lower case.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    str
        For reading numbers from, not for showing: what joins letters is gone too.

    Examples
    --------
    >>> plain_text(" ๑๕\u00a0Jan ۱۴۰۲\u200e")
    '15 jan 1402'
    """
    composed = unicodedata.normalize("NFC", text).translate(_SPACES | _UNSEEN)
    digits = "".join(_ascii_digit(char) for char in composed)
    return digits.replace("\u2212", "-").replace("٫", ".").strip().lower()


def _ascii_digit(char: str) -> str:
    """A digit of any script as ASCII; other characters as they are."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
