"""Words and thresholds of the inventory."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotation)
from functools import lru_cache

from pydantic import Field

from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.resources.completeness import Limit  # noqa: TC001  (pydantic reads it)


class Word(Facts):
    """A stage of the chain or a form of heritage."""

    labels: dict[str, str]
    meaning: str
    reference: str
    placeless: bool = False
    afloat: bool = False


class Weeks(Facts):
    """Mondays of the weeks that are looked at."""

    value: tuple[dt.date, ...]
    reference: str


class Hours(Facts):
    """When a place counts as open in the evening and at the weekend."""

    weeks: Weeks
    least_share_of_weeks: Limit
    evening_begins: Limit
    evening_reaches: Limit
    evening_days: Limit
    day_begins: Limit
    weekend_hours: Limit
    longest_text: Limit


class WrittenHours(Facts):
    """Words for days and times as people write them."""

    days: tuple[tuple[str, ...], ...]
    daily: tuple[str, ...]
    always: tuple[str, ...]
    to: tuple[str, ...]
    and_: tuple[str, ...] = Field(alias="and")
    ignored: tuple[str, ...]
    am: tuple[str, ...]
    pm: tuple[str, ...]
    reference: str


class HeritageWord(Facts):
    """A status, and the tags of which each says it."""

    word: str
    labels: dict[str, str]
    tags: dict[str, tuple[str, ...]]
    reference: str


class Denomination(Facts):
    """A branch of a faith, and what files call it."""

    id: str
    labels: dict[str, str]
    words: tuple[str, ...] = ()
    reference: str


class CuisineCommunity(Facts):
    """Whose cooking some cuisines and diets are."""

    id: str
    labels: dict[str, str]
    cuisines: tuple[str, ...]
    diets: tuple[str, ...] = ()
    reference: str


class Scripts(Facts):
    """Codes of scripts by the first word of their letters' names."""

    codes: dict[str, str]
    not_languages: tuple[str, ...]
    reference: str


class InventoryFacts(Facts):
    """The whole table."""

    stages: dict[str, Word]
    forms: dict[str, Word]
    hours: Hours
    written_hours: WrittenHours
    heritage: tuple[HeritageWord, ...]
    denominations: tuple[Denomination, ...]
    cuisine_communities: tuple[CuisineCommunity, ...]
    scripts: Scripts


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
