"""
The fonts that maps are set in: shipped with the package, found by script or language.

Families are registered with matplotlib ahead of the system's, so that a sheet looks the
same everywhere; no global setting is changed.
"""

from __future__ import annotations

import unicodedata
import warnings
from functools import lru_cache

from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

from creative_spatial.errors import FontWarning
from creative_spatial.plotters.text import ZERO_WIDTH_SPACE
from creative_spatial.resources import resource_path

LATIN, THAI, ARABIC = "Noto Sans", "Sarabun", "Vazirmatn"
_FIRST_BY_LANGUAGE = {"th": THAI, "fa": ARABIC, "ar": ARABIC, "ur": ARABIC}
_THAI_BLOCK = range(0x0E00, 0x0E80)
_ARABIC_BLOCKS = (range(0x0600, 0x0780), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
_LANGUAGE_CODE_LENGTH = 3


def font_family(text_or_language: str) -> list[str]:
    """
    Families to set a text in, the first choice first.

    Parameters
    ----------
    text_or_language : str
        An ISO 639 code, or the text itself, whose script then decides.

    Returns
    -------
    list of str
        Registered with matplotlib; later families fill what earlier ones lack.

    Examples
    --------
    >>> font_family("th")
    ['Sarabun', 'Noto Sans', 'Vazirmatn']
    >>> font_family("شهر خلاق")[0]
    'Vazirmatn'
    """
    register()
    first = LATIN
    if text_or_language in _FIRST_BY_LANGUAGE:
        first = _FIRST_BY_LANGUAGE[text_or_language]
    elif len(text_or_language) > _LANGUAGE_CODE_LENGTH or not text_or_language.isascii():
        codes = [ord(character) for character in text_or_language]
        if any(code in _THAI_BLOCK for code in codes):
            first = THAI
        elif any(code in block for code in codes for block in _ARABIC_BLOCKS):
            first = ARABIC
    return [first, *(family for family in (LATIN, THAI, ARABIC) if family != first)]


@lru_cache(maxsize=1)
def register() -> tuple[str, ...]:
    """
    Make the package's fonts known to matplotlib, once.

    Returns
    -------
    tuple of str
        Paths of the font files.
    """
    paths = sorted(str(path) for path in resource_path("fonts").glob("*.ttf"))
    for path in paths:
        known = len(fontManager.ttflist)
        fontManager.addfont(path)
        # Ahead of a system font of the same name: equal matches go to the first.
        added = fontManager.ttflist[known:]
        del fontManager.ttflist[known:]
        fontManager.ttflist[:0] = added
    return tuple(paths)


@lru_cache(maxsize=1)
def covered_characters() -> frozenset[int]:
    """
    Code points that at least one regular face has a glyph for.

    Returns
    -------
    frozenset of int
        Unicode code points.
    """
    faces = [path for path in register() if path.endswith("-Regular.ttf")]
    return frozenset(code for path in faces for code in FT2Font(path).get_charmap())


def drawable(text: str) -> str:
    """
    Drop what no font has, and say so once for each text.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    str
        The rest, without zero-width spaces; possibly empty.

    Warns
    -----
    FontWarning
        Naming the characters and their script.

    Examples
    --------
    >>> drawable("สงขลา (Songkhla)")
    'สงขลา (Songkhla)'
    """
    text = text.replace(ZERO_WIDTH_SPACE, "")
    if text.isascii():
        return text
    covered = covered_characters()
    missing = [character for character in dict.fromkeys(text) if ord(character) not in covered]
    if not missing:
        return text
    _warn_missing(text, "".join(missing))
    return " ".join("".join(" " if c in missing else c for c in text).split())


@lru_cache(maxsize=4096)
def _warn_missing(text: str, missing: str) -> None:
    """Name the missing characters; the cache keeps it to once a text."""
    scripts = sorted({_script(character) for character in missing})
    warnings.warn(
        f"No bundled font has {missing!r} ({', '.join(scripts)}) in {text!r}; the rest is drawn. "
        "Give the feature a name in a language of the map.",
        FontWarning,
        stacklevel=4,
    )


def _script(character: str) -> str:
    """First word of a character's Unicode name: "CJK", "DEVANAGARI"."""
    return unicodedata.name(character, "unassigned character").split(" ")[0].split("-")[0]
