"""What is cooked, and whose cooking that is: never whose the place is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from creative_spatial.preparation.inventory.values import listed
from creative_spatial.resources.inventory import inventory_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_YES = frozenset({"yes", "only"})


def cuisines_of(text: str) -> tuple[str, ...]:
    """
    Take a cuisine tag or cell apart.

    Parameters
    ----------
    text : str
        Words parted by ";" or ",".

    Returns
    -------
    tuple of str
        In their order, in lower case, with "_" for spaces, each once.

    Examples
    --------
    >>> cuisines_of("Regional; Stir fry;regional")
    ('regional', 'stir_fry')
    """
    return tuple(dict.fromkeys(word.replace(" ", "_") for word in listed(text.replace(",", ";"))))


def cuisine_communities_of(cuisines: Iterable[str], tags: Mapping[str, str]) -> tuple[str, ...]:
    """
    Say whose cooking some cuisines and diets are (``resources/inventory.toml``).

    Parameters
    ----------
    cuisines : iterable of str
        As `cuisines_of` gives them.
    tags : mapping of str to str
        Of which ``diet:*`` are looked at.

    Returns
    -------
    tuple of str
        In the order of the table; empty where nothing is known, as of seafood.

    Examples
    --------
    >>> cuisine_communities_of(["hainanese", "seafood"], {"diet:halal": "yes"})
    ('chinese', 'halal')
    """
    by_cuisine, by_diet = _tables()
    found = {by_cuisine[word] for word in cuisines if word in by_cuisine}
    for diet, (values, community) in by_diet.items():
        if tags.get(diet, "").casefold() in values:
            found.add(community)
    return tuple(entry.id for entry in inventory_facts().cuisine_communities if entry.id in found)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, tuple[frozenset[str], str]]]:
    """Community by cuisine; values and community by diet."""
    cuisines: dict[str, str] = {}
    diets: dict[str, tuple[frozenset[str], str]] = {}
    for entry in inventory_facts().cuisine_communities:
        cuisines |= dict.fromkeys(entry.cuisines, entry.id)
        for diet in entry.diets:
            key, _, value = diet.partition("=")
            diets[key] = (frozenset({value}) if value else _YES, entry.id)
    return cuisines, diets
