"""The same venue mapped as node and building, or listed twice, counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.names import name_keys
from creative_spatial.schema import INDEX, require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_POINT, _LINE, _AREA = 0, 1, 2
_OVERLAP = 0.5
_FLAGS = ("sensitivity", "consent")


def drop_duplicates(
    layer: gpd.GeoDataFrame, *, distance_m: float = 50.0
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Keep one record of each venue, and list the others with the one that stands for them.

    Two records are one venue if they have the same concept, share a name in any language
    (case, accents and punctuation apart), and a point lies in the other's area or within
    a distance of it, or two areas share half of the smaller. Lines, and areas side by
    side, are measured rather than counted and stay. Nameless features stay.

    Of a venue's records that stays which carries a flag of sensitivity or consent, so
    that no flag is lost; else the first source's in the order of the layer; of one
    source, the area before the line before the point, then the one with more filled in.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        A valid layer; the sources that win come first.
    distance_m : float, metres, >= 0
        How far apart two points of one venue may be; more where `uncertainty_m` says so.

    Returns
    -------
    layer : GeoDataFrame, at most n rows
        Without the duplicates, order and columns kept.
    dropped : DataFrame
        Indexed by the dropped `feature_id`; `kept_id`, `distance_m`, `concept`, `reason`.

    Raises
    ------
    ValueError
        If `distance_m` is negative.
    LayerSchemaError
        If `name` or `concept` is missing.
    """
    if distance_m < 0:
        raise ValueError(f"distance_m is {distance_m:g}; it must not be negative.")
    require_columns(layer, "name", "concept", name="layer")
    shapes = layer.geometry.to_numpy()
    pairs = same_venue(layer, shapes, distance_m)
    if not len(pairs):
        return layer.copy(), _table(layer, [], [])
    rank = rank_records(layer, shapes)
    kept_for = stand_ins(pairs, rank, len(layer))
    dropped = [row for row, kept in enumerate(kept_for) if kept != row]
    table = _table(layer, dropped, [kept_for[row] for row in dropped])
    stays = np.ones(len(layer), dtype=bool)
    stays[dropped] = False
    return layer.loc[stays].copy(), table


def same_venue(
    layer: gpd.GeoDataFrame, shapes: NDArray[np.object_], distance_m: float
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

    Returns
    -------
    array of int, shape (pairs, 2)
        Row numbers, the smaller first.
    """
    uncertainty = _uncertainty(layer)
    found = [np.empty((0, 2), dtype=np.int64)]
    for rows in _namesakes(layer):
        # Two records' errors add up as a root of squares; the search takes the widest.
        reach = np.hypot(uncertainty[rows], uncertainty[rows].max())
        tree = shapely.STRtree(shapes[rows])
        left, right = tree.query(
            shapes[rows], predicate="dwithin", distance=np.maximum(distance_m, reach)
        )
        first, second = rows[left[left < right]], rows[right[left < right]]
        allowed = np.maximum(distance_m, np.hypot(uncertainty[first], uncertainty[second]))
        one = is_one_shape(shapes[first], shapes[second], allowed)
        found.append(np.column_stack([first[one], second[one]]))
    return np.concatenate(found)


def _namesakes(layer: gpd.GeoDataFrame) -> list[NDArray[np.int64]]:
    """Rows that share a concept and a name, where there is more than one."""
    groups: dict[tuple[str, str], list[int]] = {}
    for row, (concept, keys) in enumerate(zip(layer["concept"], name_keys(layer), strict=True)):
        for key in keys:
            groups.setdefault((concept, key), []).append(row)
    return [np.array(rows, dtype=np.int64) for rows in groups.values() if len(rows) > 1]


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


def rank_records(layer: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """
    Rank rows by who stands for a venue.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        The layer.
    shapes : array of geometry, n items
        Its geometries.

    Returns
    -------
    array of int, n items
        0 stands first: flagged rows, then by source, dimension and what is filled in.
    """
    flagged = np.zeros(len(layer), dtype=bool)
    for name in _FLAGS:
        if name in layer:
            flagged |= (
                layer[name].notna() & (layer[name].astype(str).str.strip() != "")
            ).to_numpy()
    source = (
        pd.factorize(layer["source_id"])[0] if "source_id" in layer else np.zeros(len(layer), int)
    )
    filled = layer.notna().sum(axis=1).to_numpy()
    order = np.lexsort(
        (np.arange(len(layer)), -filled, -shapely.get_dimensions(shapes), source, ~flagged)
    )
    ranks = np.empty(len(layer), dtype=np.int64)
    ranks[order] = np.arange(len(layer))
    return ranks


def stand_ins(pairs: NDArray[np.int64], rank: NDArray[np.int64], n: int) -> list[int]:
    """
    Choose the row that stands for each row: the best ranked of all it is joined to.

    Parameters
    ----------
    pairs : array of int, shape (pairs, 2)
        Rows that are one venue.
    rank : array of int, n items
        What `rank_records` returns.
    n : int
        Number of rows.

    Returns
    -------
    list of int, n items
        Row numbers; its own for a row that stands for itself.
    """
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in pairs.tolist():
        one, other = root(a), root(b)
        best, worse = (one, other) if rank[one] < rank[other] else (other, one)
        parent[worse] = best
    return [root(row) for row in range(n)]


def _table(layer: gpd.GeoDataFrame, dropped: list[int], kept: list[int]) -> pd.DataFrame:
    """What was dropped, for whom, and why."""
    shapes = layer.geometry.to_numpy()
    distance = shapely.distance(shapes[dropped], shapes[kept]) if dropped else np.empty(0)
    return pd.DataFrame(
        {
            "kept_id": pd.Series(layer.index[kept], dtype="str").to_numpy(),
            "distance_m": np.asarray(distance, dtype=float),
            "concept": layer["concept"].to_numpy()[dropped],
            "reason": [
                "same name and concept, "
                + ("in its area or on it" if apart == 0 else f"{apart:.0f} m apart")
                for apart in distance
            ],
        },
        index=pd.Index(layer.index[dropped], dtype="str", name=INDEX),
    )
