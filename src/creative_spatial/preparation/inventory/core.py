"""The columns of an inventory, from tags and from what a layer says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from creative_spatial.periods import period_of
from creative_spatial.preparation.inventory.food import cuisine_communities_of, cuisines_of
from creative_spatial.preparation.inventory.hours import Supply, supply_of
from creative_spatial.preparation.inventory.names import languages_of, scripts_of
from creative_spatial.preparation.inventory.status import heritage_status_of
from creative_spatial.preparation.inventory.values import listed, tags_of, text_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd

OPENING = ("opens_evening", "opens_weekend")
COLUMNS = (
    "denomination", "cuisine", "cuisine_community", "scripts", "languages", "origin",
    "heritage_status", "period", *OPENING,
)  # fmt: skip
_YES, _NO = frozenset({"yes", "true", "1", "1.0", "y"}), frozenset({"no", "false", "0", "0.0", "n"})
_OPENING_HOURS, _START_DATE = "opening_hours", "start_date"


class Unread(NamedTuple):
    """
    What was said and could not be read.

    Parameters
    ----------
    hours : int
        Features whose opening hours are stated and tell nothing of evening or weekend.
    hours_stated : int
        Features whose opening hours are stated.
    periods : int
        Features whose date or period is stated and was not read.
    periods_stated : int
        Features whose date or period is stated.
    flags : int
        Cells of a layer's own `opens_evening` or `opens_weekend` that are neither yes nor no.
    """

    hours: int
    hours_stated: int
    periods: int
    periods_stated: int
    flags: int


def inventory_columns(layer: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Unread]:
    """
    Say of every feature what an inventory asks: food, faith, names, status, period, hours.

    What a layer says in a column of its own stays and wins over the tags; what neither says
    is null. Scripts and languages are facts about names: no community is read from them, and
    none from a cuisine.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        With `name`; where known, `name:th` and the like, `tags` (raw tags as JSON text), and
        any of the columns that are added, or `opening_hours` and `start_date`.

    Returns
    -------
    layer : GeoDataFrame, n rows
        A copy with `denomination`, `cuisine`, `cuisine_community`, `scripts`, `languages`,
        `origin`, `heritage_status` (joined by ";"), `period`, and the nullable `opens_evening`
        and `opens_weekend`.
    unread : Unread
        How much was stated and could not be read.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shop = gpd.GeoDataFrame({
    ...     "name": ["แต้เฮี้ยงอิ้ว"],
    ...     "tags": ['{"cuisine": "teochew", "opening_hours": "Mo-Su 11:00-21:00"}'],
    ... }, geometry=gpd.points_from_xy([0], [0]))
    >>> rows, unread = inventory_columns(shop)
    >>> rows[["cuisine_community", "scripts"]].iloc[0].tolist(), bool(rows["opens_evening"].all())
    (['chinese', 'Thai'], True)
    """
    tags = tags_of(layer)
    added = layer.copy()
    cuisines = _joined(
        layer, "cuisine", [cuisines_of(t.get("cuisine", "")) for t in tags], cuisines_of
    )
    columns: dict[str, list[str | None]] = {
        "denomination": _joined(layer, "denomination", _tagged(tags, "denomination"), listed),
        "cuisine": cuisines,
        "cuisine_community": _joined(
            layer,
            "cuisine_community",
            [
                cuisine_communities_of((words or "").split(";"), table)
                for words, table in zip(cuisines, tags, strict=True)
            ],
            listed,
        ),
        "scripts": [";".join(scripts_of(name)) or None for name in _names(layer)],
        "languages": [";".join(codes) or None for codes in _languages(layer, tags)],
        "origin": _own(layer, "origin"),
        "heritage_status": _joined(
            layer, "heritage_status", [heritage_status_of(table) for table in tags], None
        ),
    }
    columns["period"], periods, unread_periods = _periods(layer, tags)
    for name, values in columns.items():
        added[name] = pd.array(values, dtype="str")
    supplies, hours, unread_hours = _supplies(layer, tags)
    unread_flags = 0
    for name, found in zip(
        OPENING, ([s.evening for s in supplies], [s.weekend for s in supplies]), strict=True
    ):
        flags, odd = _flags(layer, name, found)
        added[name] = pd.array(flags, dtype="boolean")
        unread_flags += odd
    rest = [name for name in added.columns if name != layer.geometry.name]
    return added[[*rest, layer.geometry.name]], Unread(
        unread_hours, hours, unread_periods, periods, unread_flags
    )


def _own(layer: pd.DataFrame, column: str) -> list[str | None]:
    """What a layer says itself, as text."""
    if column not in layer:
        return [None] * len(layer)
    return [text_cell(value) for value in layer[column]]


def _tagged(tags: Sequence[Mapping[str, str]], key: str) -> list[tuple[str, ...]]:
    return [listed(table.get(key, "")) for table in tags]


def _joined(
    layer: pd.DataFrame,
    column: str,
    tagged: Sequence[tuple[str, ...]],
    parted: Callable[[str], tuple[str, ...]] | None,
) -> list[str | None]:
    """A layer's own words, else those of the tags; joined by ";"."""
    return [
        (";".join(parted(own)) if own and parted else own) or ";".join(words) or None
        for own, words in zip(_own(layer, column), tagged, strict=True)
    ]


def _names(layer: pd.DataFrame) -> list[str]:
    return [name or "" for name in _own(layer, "name")]


def _languages(layer: pd.DataFrame, tags: Sequence[Mapping[str, str]]) -> list[tuple[str, ...]]:
    """Languages of the names in columns and tags."""
    columns = [str(name) for name in layer.columns if str(name).startswith("name:")]
    filled = {name: layer[name].notna().to_numpy() for name in columns}
    return [
        languages_of([*(name for name in columns if filled[name][row]), *table])
        for row, table in enumerate(tags)
    ]


def _periods(
    layer: pd.DataFrame, tags: Sequence[Mapping[str, str]]
) -> tuple[list[str | None], int, int]:
    """Periods; how many are stated, and how many of them could not be read."""
    said = [
        own or date or table.get(_START_DATE)
        for own, date, table in zip(
            _own(layer, "period"), _own(layer, _START_DATE), tags, strict=True
        )
    ]
    read = [period_of(text) if text else None for text in said]
    stated = sum(text is not None for text in said)
    return read, stated, stated - sum(period is not None for period in read)


def _supplies(
    layer: pd.DataFrame, tags: Sequence[Mapping[str, str]]
) -> tuple[list[Supply], int, int]:
    """When each is open; how many say their hours, and of how many these tell nothing."""
    said = [
        own or table.get(_OPENING_HOURS)
        for own, table in zip(_own(layer, _OPENING_HOURS), tags, strict=True)
    ]
    read = {text: supply_of(text) for text in dict.fromkeys(said) if text}
    nothing = Supply(None, None)
    supplies = [read.get(text, nothing) if text else nothing for text in said]
    stated = [supply for text, supply in zip(said, supplies, strict=True) if text]
    return supplies, len(stated), sum(supply == nothing for supply in stated)


def _flags(
    layer: pd.DataFrame, column: str, found: Sequence[bool | None]
) -> tuple[list[bool | None], int]:
    """A layer's own yes or no, else what its hours say; and how many cells are neither."""
    own = [(text or "").casefold() for text in _own(layer, column)]
    flags = [
        True if word in _YES else False if word in _NO else value
        for word, value in zip(own, found, strict=True)
    ]
    return flags, sum(bool(word) and word not in _YES | _NO for word in own)
