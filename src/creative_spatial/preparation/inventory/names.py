"""Scripts and languages of names: facts about names, which say nothing of whose a place is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from creative_spatial.resources.inventory import inventory_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTH = re.compile(r"^(FULL|HALF)WIDTH ")
_NAME_KEY = re.compile(r"name:([a-z]{2,3})((?:-[A-Za-z0-9]{2,8})*)")


@lru_cache(maxsize=1 << 14)
def scripts_of(name: str) -> tuple[str, ...]:
    """
    List the scripts that a name is written in.

    Parameters
    ----------
    name : str
        A name as displayed.

    Returns
    -------
    tuple of str
        ISO 15924 codes in the order in which they occur; digits, marks and punctuation have
        no script of their own. Empty where the name has no letter.

    Examples
    --------
    >>> scripts_of("ร้าน 7 Café 海"), scripts_of("๑ 24/7")
    (('Thai', 'Latn', 'Hani'), ())
    """
    codes = inventory_facts().scripts.codes
    found = dict.fromkeys(
        _WIDTH.sub("", unicodedata.name(char, "")).partition(" ")[0]
        for char in name
        if unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lo"}
    )
    return tuple(dict.fromkeys(codes.get(word, word.title()) for word in found if word))


def languages_of(keys: Iterable[str]) -> tuple[str, ...]:
    """
    List the languages that a feature has names in.

    Parameters
    ----------
    keys : iterable of str
        Keys or columns that are filled in; those like ``name:th`` are looked at.

    Returns
    -------
    tuple of str
        Codes as written (th, zh-Hant, ms-Arab), sorted. A plain ``name`` has no language:
        none is guessed from its script.

    Examples
    --------
    >>> languages_of(["name", "name:th", "name:ms-Arab", "name:etymology:wikidata"])
    ('ms-Arab', 'th')
    """
    other = inventory_facts().scripts.not_languages
    matches = (_NAME_KEY.fullmatch(key) for key in keys)
    return tuple(sorted({m[1] + m[2] for m in matches if m and m[1] not in other}))
