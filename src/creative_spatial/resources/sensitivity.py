"""Which records are not for everyone at their exact position, and what becomes of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHER = "flagged"
UNASKED = "consent not recorded"
WITHHELD = "withheld"
BY_PUBLISHER = "withheld by its publisher"
_BLANKS = re.compile(r"[\s_-]+")


class Category(Facts):
    """One reason to keep a place to oneself, and what its records become."""

    words: tuple[str, ...] = ()
    becomes: Literal["withheld", "grid", "hexagon"]
    grid_deg: float | None = None
    names: bool = False
    reference: str

    @model_validator(mode="after")
    def _has_grid(self) -> Category:
        if (self.becomes == "grid") != (self.grid_deg is not None):
            raise ValueError("a category that becomes a grid, and no other, has grid_deg")
        if self.grid_deg not in {None, 0.1, 0.01, 0.001}:
            raise ValueError("grid_deg is 0.1, 0.01 or 0.001, so that the grids nest")
        return self


class PeopleFacts(Facts):
    """Hexagons that records about people are counted in; resolutions of H3."""

    at_least: int = Field(ge=2)
    finest: int = Field(ge=0, le=15)
    coarsest: int = Field(ge=0, le=15)
    reference: str


class GapFacts(Facts):
    """How far around the cell of a record the background is left out."""

    margin: float = Field(gt=0)
    withheld_deg: float = Field(gt=0)
    round_m: float = Field(gt=0)
    reference: str


class KeptColumns(Facts):
    """Columns that a record keeps, those of its taxon, and those that name it, best first."""

    columns: tuple[str, ...]
    taxon: tuple[str, ...]
    names: tuple[str, ...]
    reference: str


class SensitivityFacts(Facts):
    """The whole table; categories strictest first."""

    public: tuple[str, ...]
    category: dict[str, Category]
    people: PeopleFacts
    gap: GapFacts
    kept: KeptColumns


@lru_cache(maxsize=1)
def sensitivity_facts() -> SensitivityFacts:
    """
    Read the table of categories.

    Returns
    -------
    SensitivityFacts
        Frozen; read once.
    """
    path = resource_path("sensitivity.toml")
    return parse(SensitivityFacts, read_toml(path), where=path.name)


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    """Category by each word for it."""
    return {
        _key(word): name
        for name, category in sensitivity_facts().category.items()
        for word in (name, *category.words)
    }


def _key(word: str) -> str:
    return _BLANKS.sub(" ", word).strip().casefold().removesuffix(".0")


def known_category(word: str) -> str | None:
    """
    Look up the category that a word stands for.

    Parameters
    ----------
    word : str
        As an owner writes it.

    Returns
    -------
    str or None
        None where it is no category's word.

    Examples
    --------
    >>> known_category("Nesting_site"), known_category("my aunt lives there")
    ('nest', None)
    """
    return _by_word().get(_key(word))


def category_of(text: Any) -> str | None:
    """
    Say under which category a record falls.

    Parameters
    ----------
    text : Any
        What is written in its `sensitivity`; several reasons are parted by ";".

    Returns
    -------
    str or None
        The strictest of them; "flagged" for reasons of the owner's own, None where nothing
        is written.

    Examples
    --------
    >>> category_of("grave; category 2"), category_of("do not show"), category_of(" ")
    ('threatened species 2', 'flagged', None)
    """
    if text is None or text != text:  # noqa: PLR0124
        return None
    public = {"", *map(_key, sensitivity_facts().public)}
    parts = [part for part in str(text).split(";") if _key(part) not in public]
    return strictest(known_category(part) or OTHER for part in parts) if parts else None


def strictest(categories: Iterable[str]) -> str | None:
    """
    Choose the strictest of several categories.

    Parameters
    ----------
    categories : iterable of str
        Their ids.

    Returns
    -------
    str or None
        None of none.

    Examples
    --------
    >>> strictest(["grave", "withheld", "nest"])
    'withheld'
    """
    rank = list(sensitivity_facts().category)
    return min(categories, key=rank.index, default=None)


def check_category(value: str | dict[str, str] | None) -> str | dict[str, str] | None:
    """
    Refuse words that are no category of ``resources/sensitivity.toml``.

    Parameters
    ----------
    value : str or dict of str to str, or None
        A category, or categories by the file's words.

    Returns
    -------
    str or dict of str to str, or None
        The same, as the categories are called.

    Raises
    ------
    ValueError
        Naming the word and the categories.

    Examples
    --------
    >>> check_category({"crocodile": "Category 2"})
    {'crocodile': 'threatened species 2'}
    """
    if isinstance(value, dict):
        return {word: _checked(category) for word, category in value.items()}
    return None if value is None else _checked(value)


def _checked(word: str) -> str:
    name = known_category(word)
    if name is None:
        known = ", ".join(sensitivity_facts().category)
        raise ValueError(f"{word!r} is no category of sensitivity; known: {known}")
    return name
