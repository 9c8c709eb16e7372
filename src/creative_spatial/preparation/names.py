"""Names made comparable across scripts, spellings and keyboards; never for display."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Arabic letters that Persian keyboards write otherwise, and Thai sara am in two parts.
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "\u0640": None})
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_NOT_A_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 16)
def match_key(name: str) -> str:
    """
    Fold a name to what two spellings of it share.

    Case, spaces, punctuation, digits' script, invisible joiners and accents on Latin
    letters go; Thai vowels and tone marks, which tell words apart, stay.

    Parameters
    ----------
    name : str
        A name as displayed.

    Returns
    -------
    str
        The key; empty where the name has no letter or digit.

    Examples
    --------
    >>> match_key("Café  Möwe (1)") == match_key("cafe mowe ๑")
    True
    >>> match_key("น้ํา") == match_key("น้ำ")
    True
    """
    if name.isascii():
        return " ".join(_NOT_A_WORD.sub(" ", name.casefold()).split())
    text = unicodedata.normalize("NFC", name).casefold().translate(_FOLDED)
    text = _SARA_AM.sub("\\1\u0e33", text).replace("\u0e4d\u0e32", "\u0e33")
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            letters.append(str(digit))
        elif unicodedata.category(char) == "Cf" or "\u0300" <= char <= "\u036f":
            continue
        elif unicodedata.combining(char) or unicodedata.category(char).startswith("M"):
            # A mark belongs to a letter; in front of all of them it is no part of a name.
            letters.append(char if any(letter.strip() for letter in letters) else "")
        else:
            letters.append(char if not _NOT_A_WORD.fullmatch(char) else " ")
    return " ".join("".join(letters).split())


def name_keys(layer: pd.DataFrame) -> list[frozenset[str]]:
    """
    Keys of every name that each feature goes by.

    Parameters
    ----------
    layer : DataFrame, n rows
        With `name` and, where known, `name:th` and the like.

    Returns
    -------
    list of frozenset of str, n items
        Empty for a feature without a name.
    """
    columns = [name for name in layer.columns if str(name).partition(":")[0] == "name"]
    keys: list[set[str]] = [set() for _ in range(len(layer))]
    for column in columns:
        for row, value in enumerate(layer[column]):
            if isinstance(value, str) and (key := match_key(value)):
                keys[row].add(key)
    return [frozenset(names) for names in keys]
