"""What a legend explains: symbols with their labels in every language, in groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from creative_spatial.plotters.words import languages, word
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creative_spatial.taxonomy.entries import Sign

Dashes = Literal["-", "--", "-.", ":"]
SymbolKind = Literal["fill", "marker", "line", "ring", "disc", "number", "numbered"]


@dataclass(frozen=True)
class LegendItem:
    """
    One line of a legend.

    Parameters
    ----------
    kind : {"fill", "marker", "line", "ring", "disc", "number", "numbered"}
        What is drawn beside the label.
    labels : mapping of str to str
        The label by language.
    color : str
        Of the fill, marker or line.
    marker, hatch, dashes : str
        As matplotlib writes them.
    hollow : bool
        Outline only.
    width_mm : float
        Of a line.
    size : float
        Of a marker, beside the others of its legend.
    edge : str
        Colour of a fill's outline, which `dashes` then breaks; a shade of its own otherwise.
    sign : str
        Inside the marker, in the middle of a fill, beside a number.
    lines : int
        Most lines of the label in each language; what is longer ends in "…".
    """

    kind: SymbolKind
    labels: Mapping[str, str]
    color: str
    marker: str = "o"
    hatch: str = ""
    dashes: Dashes = "-"
    hollow: bool = False
    width_mm: float = 0.4
    size: float = 1.0
    edge: str = ""
    sign: Sign = PLAIN
    lines: int = 3


@dataclass(frozen=True)
class LegendGroup:
    """
    Lines of a legend under one heading.

    Parameters
    ----------
    title : mapping of str to str
        The heading by language; empty for none.
    items : tuple of LegendItem
        In order.
    """

    title: Mapping[str, str]
    items: tuple[LegendItem, ...] = field(default=())


def merged(groups: Iterable[LegendGroup]) -> tuple[LegendGroup, ...]:
    """
    Put groups of one heading together.

    Parameters
    ----------
    groups : iterable of LegendGroup
        In order.

    Returns
    -------
    tuple of LegendGroup
        Each heading once, where it first stood, and below it each line once.

    Examples
    --------
    >>> park = LegendItem("fill", {"en": "Park"}, "#B7D9A0")
    >>> one = LegendGroup({"en": "Green"}, (park,))
    >>> merged([one, one]) == (one,)
    True
    """
    found: dict[tuple[tuple[str, str], ...], LegendGroup] = {}
    for group in groups:
        key = tuple(sorted(group.title.items()))
        said = found.get(key, LegendGroup(group.title))
        new = tuple(item for item in group.items if item not in said.items)
        found[key] = LegendGroup(group.title, said.items + new)
    return tuple(found.values())


def worded(key: str, **values: str) -> dict[str, str]:
    """
    List a word of ``text.toml`` in every language that the sheets speak.

    Parameters
    ----------
    key : str
        Its table.
    **values : str
        What goes into its braces.

    Returns
    -------
    dict of str to str
        By language.

    Examples
    --------
    >>> worded("unknown")["en"]
    'not known'
    """
    return {language: word(key, language, **values) for language in languages()}
