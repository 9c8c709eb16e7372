"""Names that do not tell one place from another: placeholders, and what a place merely is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from creative_spatial.preparation.names import match_key
from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.resources.conflation import conflation_facts

if TYPE_CHECKING:
    from creative_spatial.taxonomy import Taxonomy


class _Placeholders(Facts):
    words: tuple[str, ...]
    reference: str


@lru_cache(maxsize=1)
def placeholder_keys() -> frozenset[str]:
    """
    Keys of what is written where a place has no name.

    Returns
    -------
    frozenset of str
        As `match_key` makes them, from ``resources/names.toml``.

    Examples
    --------
    >>> match_key("Un-named") in placeholder_keys(), match_key("วัดกลาง") in placeholder_keys()
    (True, False)
    """
    file = resource_path("names.toml")
    table = read_toml(file)["placeholders"]
    words = parse(_Placeholders, table, where=f"{file.name}, [placeholders]").words
    return frozenset(match_key(word) for word in words)


def kind_keys(taxonomy: Taxonomy) -> frozenset[str]:
    """
    Keys of names that only say what a place is.

    Parameters
    ----------
    taxonomy : Taxonomy
        Whose concepts' labels are such names, in every language.

    Returns
    -------
    frozenset of str
        With the words for kinds of places in ``resources/conflation.toml``.

    Examples
    --------
    >>> from creative_spatial.taxonomy import Taxonomy
    >>> {match_key("Museum"), match_key("ศาลเจ้า")} <= kind_keys(Taxonomy.load())
    True
    """
    labels = (label for concept in taxonomy.concepts.values() for label in concept.labels.values())
    words = (word for kind in conflation_facts().kinds for word in kind.words)
    return frozenset(match_key(name) for name in (*labels, *words)) - {""}
