"""Of several records of one place, the one that stands for it, and what becomes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.generic_names import placeholder_keys
from creative_spatial.preparation.names import name_keys
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_FLAGS = ("sensitivity", "consent")


def rank_records(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    *,
    vague: frozenset[str] = frozenset(),
) -> NDArray[np.int64]:
    """
    Rank rows by who stands for a venue.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        The layer.
    shapes : array of geometry, n items
        Its geometries.
    vague : frozenset of str, optional
        Keys of names that only say what a place is: little better than none.

    Returns
    -------
    array of int, n items
        0 stands first: flagged rows, then by source, whether there is a name, dimension,
        area and what is filled in.
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
    names = [keys - placeholder_keys() for keys in name_keys(layer)]
    nameless = np.array([(not keys) + (not keys - vague) for keys in names], dtype=int)
    filled = layer.notna().sum(axis=1).to_numpy()
    size = (-shapely.area(shapes), -shapely.get_dimensions(shapes))
    order = np.lexsort((np.arange(len(layer)), -filled, *size, nameless, source, ~flagged))
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
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    joined = coo_array((np.ones(len(ends), dtype=bool), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, venue = connected_components(joined, directed=False)
    by_rank = np.argsort(rank)
    _, best = np.unique(venue[by_rank], return_index=True)
    chosen: list[int] = by_rank[best][venue].tolist()
    return chosen


def keep_one(
    layer: gpd.GeoDataFrame, kept_for: NDArray[np.int64], reasons: NDArray[np.object_]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Keep the records that stand for themselves, and list the others with those that stand for them.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, metres
        A valid layer.
    kept_for : array of int, n items
        What `stand_ins` returns.
    reasons : array of str, n items
        Why each record is one place with the one that stands for it.

    Returns
    -------
    layer : GeoDataFrame, at most n rows
        Order and columns kept.
    dropped : DataFrame
        Indexed by the dropped `feature_id`; `kept_id`, `distance_m`, `concept`, `reason`.
    """
    away = np.flatnonzero(kept_for != np.arange(len(layer)))
    kept = kept_for[away]
    shapes = layer.geometry.to_numpy()
    distance = np.asarray(shapely.distance(shapes[away], shapes[kept]), dtype=float)
    table = pd.DataFrame(
        {
            "kept_id": pd.Series(layer.index[kept], dtype="str").to_numpy(),
            "distance_m": distance,
            "concept": layer["concept"].to_numpy()[away],
            "reason": [
                f"{reason}, " + ("in its area or on it" if apart == 0 else f"{apart:.0f} m apart")
                for reason, apart in zip(reasons[away], distance, strict=True)
            ],
        },
        index=pd.Index(layer.index[away], dtype="str", name=INDEX),
    )
    stays = np.ones(len(layer), dtype=bool)
    stays[away] = False
    return layer.loc[stays].copy(), table
