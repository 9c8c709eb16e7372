"""What lies behind the maps: rules for water, land use, streets and buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.taxonomy import Rule  # noqa: TC001  (pydantic reads it)

if TYPE_CHECKING:
    from creative_spatial.loaders.osm.selection import Tags

LINE_LAYERS = ("streets",)
AREA_LAYERS = ("water", "land_use", "buildings")
BACKGROUND_LAYERS = (*AREA_LAYERS, *LINE_LAYERS)


class BackgroundClass(Facts):
    """One kind of thing in a background layer."""

    osm: tuple[Rule, ...]
    deny: tuple[Rule, ...] = ()
    concept: str | None = None
    rank: int | None = None


class _Table(Facts):
    """The table `background.toml`."""

    reference: str
    water: dict[str, BackgroundClass]
    land_use: dict[str, BackgroundClass]
    streets: dict[str, BackgroundClass]
    buildings: dict[str, BackgroundClass]


class Backdrop(NamedTuple):
    """What an object is in a background layer."""

    kind: str
    concept: str
    rank: int | None


class _Entry(NamedTuple):
    order: int
    layer: str
    what: Backdrop
    rest: tuple[tuple[str, tuple[str, ...]], ...]
    deny: tuple[Rule, ...]


class BackgroundRules:
    """The table `background.toml`, by the key and value that its rules begin with."""

    def __init__(self) -> None:
        path = resource_path("background.toml")
        table = parse(_Table, read_toml(path), where=path.name)
        self._lines = _index(table, LINE_LAYERS)
        self._areas = _index(table, AREA_LAYERS)
        self.keys = frozenset(self._lines) | frozenset(self._areas)

    def line(self, tags: Tags) -> dict[str, Backdrop]:
        """
        What a line is in the background.

        Parameters
        ----------
        tags : osmium TagList or dict
            Of a way that is not an area.

        Returns
        -------
        dict of str to Backdrop
            By layer; empty for what is not drawn.

        Examples
        --------
        >>> BackgroundRules().line({"highway": "tertiary"})["streets"].rank
        2
        """
        return _match(self._lines, tags)

    def area(self, tags: Tags) -> dict[str, Backdrop]:
        """
        What an area is in the background.

        Parameters
        ----------
        tags : osmium TagList or dict
            Of a closed way or multipolygon.

        Returns
        -------
        dict of str to Backdrop
            By layer; a mall on retail land is in two.

        Examples
        --------
        >>> BackgroundRules().area({"natural": "water", "water": "lagoon"})["water"].kind
        'lagoon'
        """
        return _match(self._areas, tags)


_Index = dict[str, dict[str, list[_Entry]]]


def _index(table: _Table, layers: tuple[str, ...]) -> _Index:
    """Entries by key and value of their first tag."""
    index: _Index = {}
    for layer in layers:
        for order, (kind, entry) in enumerate(getattr(table, layer).items()):
            what = Backdrop(kind, entry.concept or kind, entry.rank)
            for rule in entry.osm:
                (key, values), *rest = rule.items()
                for value in values:
                    found = _Entry(order, layer, what, tuple(rest), entry.deny)
                    index.setdefault(key, {}).setdefault(value, []).append(found)
    return index


def _match(index: _Index, tags: Tags) -> dict[str, Backdrop]:
    """The first class of each layer whose rule holds."""
    best: dict[str, tuple[int, Backdrop]] = {}
    for key, by_value in index.items():
        value = tags.get(key)
        if value is None:
            continue
        for entry in (*by_value.get(value, ()), *by_value.get("*", ())):
            known = best.get(entry.layer)
            if known is not None and known[0] <= entry.order:
                continue
            if all(_has(tags, k, v) for k, v in entry.rest) and not any(
                all(_has(tags, k, v) for k, v in deny.items()) for deny in entry.deny
            ):
                best[entry.layer] = (entry.order, entry.what)
    return {layer: what for layer, (_, what) in best.items()}


def _has(tags: Tags, key: str, values: tuple[str, ...]) -> bool:
    """Whether a tag has one of the values, or any for "*"."""
    value = tags.get(key)
    return value is not None and ("*" in values or value in values)
