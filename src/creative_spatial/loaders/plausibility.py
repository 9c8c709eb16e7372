"""How plausible a decoded text is in a script, by which letters may stand beside which."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Script = Literal["thai", "latin", "arabic", "vietnamese"]


def plausibility(text: str, script: Script) -> float:
    """
    Share of a text's non-ASCII characters that make sense in a script.

    Parameters
    ----------
    text : str
        Decoded text.
    script : {"thai", "latin", "arabic", "vietnamese"}
        The script to judge by: which letters may stand beside which.

    Returns
    -------
    float, in [0, 1]
        1 for plain ASCII.

    Examples
    --------
    >>> plausibility("สงขลา", "thai"), plausibility("Ê§¢ÅÒ", "latin")
    (1.0, 0.0)
    """
    padded = f"\n{unicodedata.normalize('NFC', text)}\n"
    judge = _JUDGES[script]
    verdicts = [
        verdict
        for i, char in enumerate(padded)
        if not char.isascii() and (verdict := judge(padded[i - 1], char, padded[i + 1])) is not None
    ]
    return sum(verdicts) / len(verdicts) if verdicts else float(text.isascii())


def _ascii_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _typographic(char: str) -> bool:
    """Quotes, dashes, ellipses and spaces, at home in every script."""
    return unicodedata.category(char) in {"Pi", "Pf", "Pd", "Ps", "Pe", "Zs", "Cf"} or char in "…•·"


def _thai_class(char: str) -> str:
    """Role of a character in a Thai syllable."""
    code = ord(char)
    if 0x0E01 <= code <= 0x0E2E:
        return "consonant"
    if code == 0x0E31 or 0x0E34 <= code <= 0x0E3A:
        return "mark"
    if 0x0E47 <= code <= 0x0E4E:
        return "tone"
    if code in {0x0E30, 0x0E32, 0x0E33, 0x0E45}:
        return "following"
    if 0x0E40 <= code <= 0x0E44:
        return "leading"
    return "other" if 0x0E00 <= code <= 0x0E7F else ""


_THAI_BEFORE = {
    "mark": {"consonant"},
    "tone": {"consonant", "mark"},
    "following": {"consonant", "tone", "mark"},
}


def _thai(before: str, char: str, after: str) -> bool | None:
    """Thai spelling: marks sit on consonants, leading vowels stand before one."""
    role = _thai_class(char)
    if not role:
        return None if _typographic(char) else False
    if _ascii_letter(before) or _ascii_letter(after):
        return False
    if role in _THAI_BEFORE:
        return _thai_class(before) in _THAI_BEFORE[role] or before + char == "าะ"  # as in เกาะ
    return role != "leading" or _thai_class(after) == "consonant"


def _cased_well(before: str, char: str) -> bool:
    """No capital inside a word that began small."""
    return not (char.isupper() and before.islower())


def _latin(before: str, char: str, after: str) -> bool | None:
    """Western spelling: accented letters stand alone among plain ones, but for "ñó" and "çã"."""
    if _typographic(char):
        return None
    for beside in (before, after):
        pair = char.isalpha() and beside.isalpha() and {char.lower(), beside.lower()} & {"ñ", "ç"}
        if not (beside.isascii() or _typographic(beside) or pair):
            return False
    if char.isalpha():
        return _cased_well(before, char)
    return not (_ascii_letter(before) and _ascii_letter(after))


def _is_arabic(char: str) -> bool:
    return 0x0600 <= ord(char) <= 0x06FF or char in "\u200c\u200d\u200e\u200f"


def _arabic(before: str, char: str, after: str) -> bool | None:
    """Arabic and Persian spelling: letters stand among their own."""
    if not _is_arabic(char):
        return None if _typographic(char) else False
    return all(
        _is_arabic(c) or _typographic(c) or (c.isascii() and not c.isalpha())
        for c in (before, after)
    )


_VIETNAMESE = frozenset("àáâãèéêìíòóôõùúýăđĩũơư")


def _vietnamese(before: str, char: str, after: str) -> bool | None:
    """Vietnamese spelling: its own letters, every tone mark on a vowel that takes it."""
    if _typographic(char):
        return None
    small = char.lower()
    known = small in _VIETNAMESE or 0x1EA0 <= ord(char) <= 0x1EF9
    return known and _cased_well(before, char) and not unicodedata.combining(after)


_JUDGES: dict[Script, Callable[[str, str, str], bool | None]] = {
    "thai": _thai,
    "latin": _latin,
    "arabic": _arabic,
    "vietnamese": _vietnamese,
}
