"""
From columns to colours, shapes and hatches, by the legends of the taxonomy.

A column without a legend gets the eight colours of Okabe and Ito, in the order of its
values, so that a plain table is drawn as readily as a city's own pillar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from creative_spatial.plotters.text import plain_name
from creative_spatial.plotters.words import FALLBACK, languages, word
from creative_spatial.taxonomy import LegendClass
from creative_spatial.taxonomy.signs import with_signs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.taxonomy import Taxonomy
    from creative_spatial.taxonomy.entries import Marker

UNKNOWN, OTHER = "unknown", "other"
OTHER_COLOR, UNKNOWN_COLOR = "#B0AAA0", "#8C8C8C"
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#4D4D4D")
MARKERS: tuple[Marker, ...] = ("o", "s", "^", "D", "P", "v", "*", "X")
DEFAULT_COLOR = "#5B3A29"
Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class Classes:
    """
    The classes of one column as a map draws them.

    Parameters
    ----------
    keys : array of str, shape (n,)
        Class of each row; "unknown" for null, "other" for what was merged.
    legend : mapping of str to LegendClass
        Those that occur, in the order of the legend.
    merged : tuple of LegendClass
        What stands behind "other".
    """

    keys: NDArray[np.object_]
    legend: Mapping[str, LegendClass]
    merged: tuple[LegendClass, ...] = field(default=())


def classify(
    layer: pd.DataFrame,
    column: str,
    taxonomy: Taxonomy,
    *,
    weights: NDArray[np.float64] | None = None,
    max_classes: int | None = None,
    ground: Sequence[str] = (),
) -> Classes:
    """
    Sort a layer's rows into the classes of a legend; one that is part of another is drawn as it.

    Parameters
    ----------
    layer : DataFrame, n rows
        With the column; without it every row is unknown.
    column : str
        A legend of the taxonomy, or any column of few values.
    taxonomy : Taxonomy
        Its legends.
    weights : array of float, shape (n,), optional
        What a class's size is measured by; rows otherwise.
    max_classes : int, optional
        Beyond it the smallest classes become one, "other".
    ground : sequence of str
        Classes that are never merged and do not count.

    Returns
    -------
    Classes
        For each row its class, and how the classes are drawn, each with its sign.
    """
    values = layer[column] if column in layer else pd.Series(None, index=layer.index, dtype=object)
    keys = values.astype(object).where(values.notna(), UNKNOWN).astype(str).to_numpy(dtype=object)
    keys[keys == ""] = UNKNOWN
    known = dict(taxonomy.legends.get(column, {}))
    parts = {key: entry.part_of for key, entry in known.items() if entry.part_of}
    keys = np.array([parts.get(key, key) for key in keys], dtype=object)
    present = list(dict.fromkeys([key for key in known if (keys == key).any()]))
    present += sorted(set(keys.tolist()) - set(present) - {UNKNOWN})
    if (keys == UNKNOWN).any() and UNKNOWN not in present:
        present.append(UNKNOWN)
    legend: dict[str, LegendClass] = {}
    for rank, key in enumerate(present):
        legend[key] = known.get(key) or _own_class(key, rank, {**known, **legend})
    countable = [key for key in legend if key not in ground]
    if max_classes is None or len(countable) <= max_classes:
        return Classes(keys, with_signs(legend, known))
    size = np.ones(len(keys)) if weights is None else weights
    sizes = {key: float(size[keys == key].sum()) for key in countable}
    kept = set(sorted(countable, key=lambda key: -sizes[key])[: max_classes - 1])
    merged = [key for key in countable if key not in kept]
    keys = np.where(np.isin(keys, merged), OTHER, keys).astype(object)
    shown = {key: entry for key, entry in legend.items() if key not in merged}
    shown[OTHER] = _own_class(OTHER, 0, known)
    return Classes(keys, with_signs(shown, known), tuple(legend[key] for key in merged))


def _own_class(key: str, rank: int, others: Mapping[str, LegendClass]) -> LegendClass:
    """A class that no legend names, in a colour and shape that no other has while there are any."""
    if key in {UNKNOWN, OTHER}:
        labels = {language: word(key, language) for language in languages()}
        color = UNKNOWN_COLOR if key == UNKNOWN else OTHER_COLOR
        return LegendClass(id=key, labels=labels, color=color, hollow=key == UNKNOWN)
    return LegendClass(
        id=key,
        labels={FALLBACK: plain_name(key)},
        color=_unused(OKABE_ITO, {it.color for it in others.values()}, rank),
        marker=_unused(MARKERS, {it.marker for it in others.values()}, rank),
    )


def _unused(choices: Sequence[Choice], taken: set[Choice], rank: int) -> Choice:
    """The first choice that is not taken; by rank where all are."""
    return next((it for it in choices if it not in taken), choices[rank % len(choices)])


def matching(layer: pd.DataFrame, where: Mapping[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    """
    Say which rows hold one of the wanted values in every named column.

    Parameters
    ----------
    layer : DataFrame, n rows
        A column that it lacks holds nothing.
    where : mapping of str to tuple of str
        Wanted values by column; a cell may list several, parted by ";".

    Returns
    -------
    array of bool, shape (n,)
        All true for an empty `where`.
    """
    held = np.ones(len(layer), dtype=bool)
    for column, wanted in where.items():
        if column not in layer:
            return np.zeros(len(layer), dtype=bool)
        cells = layer[column].astype(object).where(layer[column].notna(), "").astype(str)
        exact = cells.isin(wanted).to_numpy().copy()
        listed = cells.str.contains(";", regex=False).to_numpy()
        if listed.any():
            several = [
                any(part.strip() in wanted for part in cell.split(";")) for cell in cells[listed]
            ]
            exact[listed] |= several
        held &= exact
    return held


def any_matching(
    layer: pd.DataFrame, conditions: Mapping[str, tuple[str, ...]]
) -> NDArray[np.bool_]:
    """
    Say which rows hold one of the wanted values in any named column.

    Parameters
    ----------
    layer : DataFrame, n rows
        A column that it lacks holds nothing.
    conditions : mapping of str to tuple of str
        Wanted values by column.

    Returns
    -------
    array of bool, shape (n,)
        All false without a condition.
    """
    held = np.zeros(len(layer), dtype=bool)
    for column, wanted in conditions.items():
        held |= matching(layer, {column: wanted})
    return held


def selected(
    layer: gpd.GeoDataFrame,
    where: Mapping[str, tuple[str, ...]],
    taxonomy: Taxonomy,
    *columns: str | None,
) -> gpd.GeoDataFrame:
    """
    Rows of a layer that a map shows, with what their concepts say of them.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        A layer, annotated or not.
    where : mapping of str to tuple of str
        Which rows.
    taxonomy : Taxonomy
        What concepts say.
    *columns : str or None
        Columns needed; missing ones come from the concepts.

    Returns
    -------
    GeoDataFrame, m rows
        Rows with a geometry.
    """
    needed = {*where, *(column for column in columns if column)}
    if "concept" in layer and needed - set(layer.columns):
        layer = taxonomy.annotate(layer)
    filled = ~(layer.geometry.isna() | layer.geometry.is_empty).to_numpy()
    return layer[filled & matching(layer, where)]
