"""Records of one concept and name that are one venue, by where they lie."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import DataQualityWarning
from creative_spatial.preparation.crowds import (
    count_pairs,
    is_even_crowd,
    neighbours,
    one_of_each_spot,
    spanning_pairs,
)
from creative_spatial.preparation.generic_names import placeholder_keys
from creative_spatial.preparation.names import name_keys

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_POINT, _AREA = 0, 2
_OVERLAP = 0.5
# Limits of memory, not of meaning: pairs found at a time, and of one name in all.
_AT_A_TIME = 4_000_000
_MOST_PAIRS = 200_000
_FEW = 32


def same_venue(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    distance_m: float,
    *,
    vague: frozenset[str] = frozenset(),
) -> NDArray[np.int64]:
    """
    Find the pairs of rows that are one venue.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, metres
        With `name` and `concept`.
    shapes : array of geometry, n items
        Its geometries.
    distance_m : float, metres, >= 0
        How far apart two points may be, where their uncertainty says no more.
    vague : frozenset of str, optional
        Keys of names that only say what a place is: those must lie in the same spot.

    Returns
    -------
    array of int, shape (pairs, 2)
        Row numbers, the smaller first; of a crowd, only as many as join all its rows, the
        nearest ones.

    Warns
    -----
    DataQualityWarning
        If a name makes more pairs than memory should hold: none of them is returned.
    """
    uncertainty = _uncertainty(layer)
    exact = np.zeros(len(layer))
    found = [np.empty((0, 2), dtype=np.int64)]
    for key, rows in _namesakes(layer):
        unsure = exact if key in vague else uncertainty
        within = 0.0 if key in vague else distance_m
        places, told = (
            one_of_each_spot(shapes, unsure, rows) if len(rows) > _FEW else (rows, found[0])
        )
        pairs = _near_pairs(shapes, unsure, places, within)
        if pairs is None:
            pairs = found[0]
            _warn_of_crowd(layer, places)
        found += [told, pairs]
    return np.concatenate(found)


def _near_pairs(
    shapes: NDArray[np.object_],
    uncertainty: NDArray[np.float64],
    rows: NDArray[np.int64],
    distance_m: float,
) -> NDArray[np.int64] | None:
    """Pairs of namesakes that are one venue; None where they are more than memory should hold."""
    # Two records' errors add up as a root of squares; the search takes the widest.
    reach = np.maximum(distance_m, np.hypot(uncertainty[rows], uncertainty[rows].max()))
    if len(rows) > _FEW and is_even_crowd(shapes, reach, rows):
        if count_pairs(shapes[rows], float(reach[0])) > _MOST_PAIRS:
            return None
        if (sides := neighbours(shapes[rows])) is not None:
            ends = rows[sides]
            near = shapely.distance(shapes[ends[:, 0]], shapes[ends[:, 1]]) <= reach[0]
            return spanning_pairs(shapes, rows, ends[near])
    tree = shapely.STRtree(shapes[rows])
    step = max(1, _AT_A_TIME // len(rows))
    found, total = [], 0
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        left, right = tree.query(shapes[rows[part]], predicate="dwithin", distance=reach[part])
        left += start
        first, second = rows[left[left < right]], rows[right[left < right]]
        allowed = np.maximum(distance_m, np.hypot(uncertainty[first], uncertainty[second]))
        one = is_one_shape(shapes[first], shapes[second], allowed)
        found.append(np.column_stack([first[one], second[one]]))
        total += len(found[-1])
        if total > _MOST_PAIRS:
            return None
    pairs = np.concatenate(found)
    return spanning_pairs(shapes, rows, pairs) if len(pairs) > _FEW * len(rows) else pairs


def _warn_of_crowd(layer: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> None:
    """A name that so many share in one place tells none of them from another."""
    name, concept = layer["name"].iloc[rows[0]], layer["concept"].iloc[rows[0]]
    warnings.warn(
        f"{len(rows)} records of {concept!r} are called {name!r} so close together that the name "
        f"tells nothing apart (first: {layer.index[rows[0]]}); it was taken for a placeholder and "
        "they count as separate places. Leave the name empty, or give each its own.",
        DataQualityWarning,
        stacklevel=4,
    )


def _namesakes(layer: gpd.GeoDataFrame) -> list[tuple[str, NDArray[np.int64]]]:
    """Rows that share a concept and a name, where there is more than one, by the name's key."""
    nameless = placeholder_keys()
    groups: dict[tuple[str, str], list[int]] = {}
    for row, (concept, keys) in enumerate(zip(layer["concept"], name_keys(layer), strict=True)):
        for key in keys - nameless:
            groups.setdefault((concept, key), []).append(row)
    return [
        (key, np.array(rows, dtype=np.int64)) for (_, key), rows in groups.items() if len(rows) > 1
    ]


def _uncertainty(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Positional uncertainty in metres, 0 where not known."""
    if "uncertainty_m" not in layer:
        return np.zeros(len(layer))
    return np.asarray(pd.to_numeric(layer["uncertainty_m"], errors="coerce").fillna(0), float)


def is_one_shape(
    a: NDArray[np.object_], b: NDArray[np.object_], allowed: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """
    Say which pairs of geometries can be one venue.

    Parameters
    ----------
    a, b : array of geometry, n items, metres
        The pairs.
    allowed : array of float, metres
        How far apart a point may be from the other geometry.

    Returns
    -------
    array of bool, n items
        True where a point is near enough, or two areas share half of the smaller.
    """
    if not len(a):
        return np.empty(0, dtype=bool)
    dimension_a, dimension_b = shapely.get_dimensions(a), shapely.get_dimensions(b)
    point = (dimension_a == _POINT) | (dimension_b == _POINT)
    near = shapely.distance(a, b) <= allowed
    areas = (dimension_a == _AREA) & (dimension_b == _AREA)
    overlap = np.zeros(len(a), dtype=bool)
    if areas.any():
        common = shapely.area(shapely.intersection(a[areas], b[areas]))
        smaller = np.minimum(shapely.area(a[areas]), shapely.area(b[areas]))
        overlap[areas] = common >= _OVERLAP * smaller
    return np.asarray((point & near) | overlap, dtype=bool)
