"""Numbers that a legend or a list on the sheet explains: which rows bear them, and the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import (
    representative_xy,
    within_box,
)
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.discs import DARK
from creative_spatial.plotters.legend_items import (
    LegendGroup,
    LegendItem,
)
from creative_spatial.plotters.symbols import any_matching, matching, selected
from creative_spatial.plotters.text import names_of, plain
from creative_spatial.plotters.words import format_number, in_language, languages, word
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec, MapSpec
    from creative_spatial.result import Result
    from creative_spatial.taxonomy import Taxonomy
    from creative_spatial.taxonomy.entries import Sign

LISTED_TOGETHER = 12
_ANY = "*"


def numbers_of(
    layer: gpd.GeoDataFrame,
    spec: LayerSpec,
    taxonomy: Taxonomy,
    frame: Frame,
    boundary: BaseGeometry,
) -> dict[str, int]:
    """
    Choose the points of a layer that bear a number.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        In the frame's CRS.
    spec : LayerSpec
        With or without `numbered`, whose rule this is.
    taxonomy : Taxonomy
        What concepts say.
    frame : Frame
        Of the whole map: what is uncertain on its paper bears no number.
    boundary : geometry, units of the CRS
        The primary one: what lies in it comes before what does not.

    Returns
    -------
    dict of str to int
        1 to at most `most` by feature, from north to south.
    """
    if spec.numbered is None:
        return {}
    rule = spec.numbered
    rows = _candidates(layer, spec, taxonomy, frame)
    named = np.array(
        [bool(plain(name)) for name in rows.get("name", [None] * len(rows))], dtype=bool
    )
    kept = named & (uncertainty_mm(rows, frame) <= cartography().points.uncertain_mm)
    kept &= ~any_matching(rows, rule.unless)
    rows = rows[kept]
    if not len(rows):
        return {}
    xy = representative_xy(rows.geometry.to_numpy())
    inside = shapely.intersects_xy(boundary, xy)
    ranks = [_ranks(rows, column, wanted) for column, wanted in rule.order.items()]
    keys = rows.index.astype(str)
    best = sorted(
        range(len(rows)), key=lambda i: (*(int(rank[i]) for rank in ranks), not inside[i], keys[i])
    )[: rule.most]
    southwards = sorted(best, key=lambda i: (-xy[i, 1], xy[i, 0], keys[i]))
    return {keys[i]: number for number, i in enumerate(southwards, start=1)}


def numbers_on(result: Result, spec: MapSpec, frame: Frame) -> dict[int, dict[str, int]]:
    """
    Number the features of a map once for all maps of its sheet.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    frame : Frame
        Of the whole map.

    Returns
    -------
    dict of int to dict of str to int
        By position of a layer in the map, and by feature.
    """
    found = {}
    for at, it in enumerate(spec.layers):
        layer = result.layers.get(it.layer)
        if layer is None or not (it.numbered or it.draw == "number"):
            continue
        if it.numbered:
            found[at] = numbers_of(layer, it, result.taxonomy, frame, result.area.primary)
            continue
        rows = selected(layer, it.where, result.taxonomy)
        seen = within_box(rows.geometry.to_numpy(), frame.box)[1]
        keys = rows.index[seen][: it.most].astype(str)
        found[at] = {key: number for number, key in enumerate(keys, start=1)}
    return found


def _candidates(
    layer: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy, frame: Frame
) -> gpd.GeoDataFrame:
    """Rows on the map that a rule chooses from."""
    rule: Any = spec.numbered
    columns = (*rule.where, *rule.unless, *rule.order)
    rows = selected(layer, spec.where, taxonomy, spec.hue, spec.shape, *columns)
    rows = rows.iloc[within_box(rows.geometry.to_numpy(), frame.box)[1]]
    return rows[matching(rows, rule.where)]


def _ranks(rows: gpd.GeoDataFrame, column: str, wanted: Sequence[str]) -> NDArray[np.intp]:
    """Place of each row's value in the wanted order; the last for any other."""
    ranks = np.full(len(rows), len(wanted))
    for rank, value in reversed(list(enumerate(wanted))):
        if value == _ANY and column in rows:
            ranks[(rows[column].notna() & (rows[column] != "")).to_numpy()] = rank
        elif value != _ANY:
            ranks[matching(rows, {column: (value,)})] = rank
    return ranks


def list_of(
    listed: Iterable[LegendItem], result: Result, spec: MapSpec, frame: Frame
) -> tuple[LegendGroup, ...]:
    """
    Key the numbers of a map to names, and say of how many places they are.

    Parameters
    ----------
    listed : iterable of LegendItem
        The numbered places.
    result : Result
        With the map's layers.
    spec : MapSpec
        One of whose layers may be `numbered`.
    frame : Frame
        Of the whole map.

    Returns
    -------
    tuple of LegendGroup
        Of at most a dozen lines each, the heading over the first; empty without a number.
    """
    items = sorted(listed, key=lambda item: int(item.marker))
    numbered = [it for it in spec.layers if it.numbered is not None and it.layer in result.layers]
    if not items or not numbered:
        return ()
    total = len(_candidates(result.layers[numbered[0].layer], numbered[0], result.taxonomy, frame))
    named: Any = numbered[0].numbered
    title = {
        code: word(
            "numbered_of", code, title=in_language(named.title, code), value=format_number(len(items), 0, code),
            total=format_number(total, 0, code),
        )
        for code in languages()
    }  # fmt: skip
    parts = [items[at : at + LISTED_TOGETHER] for at in range(0, len(items), LISTED_TOGETHER)]
    return tuple(
        LegendGroup(title if at == 0 else {}, tuple(part)) for at, part in enumerate(parts)
    )


def foreseen(
    result: Result, spec: MapSpec, numbers: Mapping[int, Mapping[str, int]]
) -> list[LegendItem]:
    """
    Say what the list will name, before anything is drawn.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    numbers : mapping of int to mapping of str to int
        From `numbers_on`.

    Returns
    -------
    list of LegendItem
        Without their colours.
    """
    found = []
    for at, given in numbers.items():
        layer = result.layers[spec.layers[at].layer]
        if spec.layers[at].numbered is not None:
            rows = layer[layer.index.astype(str).isin(given)]
            found += [
                item_of(row, given[str(key)], DARK, hollow=True) for key, row in rows.iterrows()
            ]
    return found


def item_of(row: Any, number: int, color: str, *, hollow: bool, sign: Sign = PLAIN) -> LegendItem:
    """
    A numbered row as its line of the list.

    Parameters
    ----------
    row : Series
        With `name` and maybe `name:<language>`.
    number : int
        Its number.
    color : str
        Of its marker.
    hollow : bool
        Whether that is an outline.
    sign : str
        What the marker would bear: it stands beside the number.

    Returns
    -------
    LegendItem
        One line in each language: a longer name ends in "…".
    """
    return LegendItem(
        "numbered", names_of(row), color, str(number), hollow=hollow, sign=sign, lines=1
    )
