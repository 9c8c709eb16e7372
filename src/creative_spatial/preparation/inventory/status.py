"""What lists or protects a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.preparation.inventory.values import listed
from creative_spatial.resources.inventory import inventory_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO = frozenset({"no", "none", ""})


def heritage_status_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """
    Say what lists or protects a place, by its tags (``resources/inventory.toml``).

    Parameters
    ----------
    tags : mapping of str to str
        Raw OpenStreetMap tags.

    Returns
    -------
    tuple of str
        Words of the table, in its order; "listed" only where nothing says by whom.

    Examples
    --------
    >>> heritage_status_of({"heritage": "2", "heritage:operator": "fad", "ref:fad": "0001234"})
    ('fine_arts_department', 'national')
    >>> heritage_status_of({"heritage": "yes"}), heritage_status_of({"heritage": "no"})
    (('listed',), ())
    """
    said = {key: set(listed(tags[key])) - _NO for key in tags if _is_of_heritage(key)}
    words = [
        entry.word
        for entry in inventory_facts().heritage
        if any(_says(said.get(key, set()), values) for key, values in entry.tags.items())
    ]
    return tuple(words if len(words) == 1 else [word for word in words if word != "listed"])


def _is_of_heritage(key: str) -> bool:
    return any(key in entry.tags for entry in inventory_facts().heritage)


def _says(said: set[str], values: tuple[str, ...]) -> bool:
    return bool(said) and ("*" in values or not said.isdisjoint(values))
