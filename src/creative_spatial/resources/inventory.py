"""Words and thresholds of the inventory."""

from __future__ import annotations

from functools import lru_cache

from creative_spatial.resources import Facts, parse, read_toml, resource_path


class Word(Facts):
    """A stage of the chain or a form of heritage."""

    labels: dict[str, str]
    meaning: str
    reference: str


class InventoryFacts(Facts):
    """The whole table."""

    stages: dict[str, Word]
    forms: dict[str, Word]


@lru_cache(maxsize=1)
def inventory_facts() -> InventoryFacts:
    """
    Read the table of the inventory.

    Returns
    -------
    InventoryFacts
        Frozen; read once.
    """
    path = resource_path("inventory.toml")
    return parse(InventoryFacts, read_toml(path), where=path.name)
