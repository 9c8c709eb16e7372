"""A point in an area of the same thing is one venue, though a name is missing or in another script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.conflation.candidates import concept_weights
from creative_spatial.preparation.conflation.records import gather
from creative_spatial.preparation.conflation.similarity import compare_names
from creative_spatial.preparation.generic_names import placeholder_keys
from creative_spatial.preparation.names import name_keys
from creative_spatial.resources.conflation import conflation_facts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_POINT, _AREA = 0, 2
# What is on the edge may lie beside it by what reprojection rounds off.
_EDGE_M = 0.01
_TIE = 1e-9
NAMELESS, AGREEING = "of one concept, and a name is missing", "the names agree"


def points_in_areas(layer: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> pd.DataFrame:
    """
    Find the points that are one venue with the area of their own source that they lie in.

    Where either has no name, both must be of one concept that says what they are (a hotel
    and a school are both an "other place"), the area hold no other point of it, and the
    point lie in no other area of it: of several nameless halls in a temple's ground, or one
    in two outlines, nothing says which is the venue, and all stay.

    Where both have names, these must agree as conflation requires: across scripts by
    `accept`, within a script by `duplicate` (``resources/conflation.toml``), with what is
    taken off for concepts that sources mix up, such as restaurant and cafe; and of several
    points or areas one must agree best. The same name and concept is left to `same_venue`.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, metres
        With `name` and `concept`.
    shapes : array of geometry, n items
        Its geometries.

    Returns
    -------
    DataFrame
        One row a pair: `point` and `area` are row numbers; `reason`.
    """
    pairs = _inside(layer, shapes)
    keys = [names - placeholder_keys() for names in name_keys(layer)]
    named = np.array([bool(names) for names in keys], dtype=bool)
    concept = layer["concept"].to_numpy(dtype=object)
    point, area = pairs["point"].to_numpy(), pairs["area"].to_numpy()
    same = concept[point] == concept[area]
    facts = conflation_facts().concepts
    alike = pairs[same & ~np.isin(concept[point], [*facts.vague, *facts.anything])]
    sole = ~(alike.duplicated("point", keep=False) | alike.duplicated("area", keep=False))
    missing = ~(named[alike["point"]] & named[alike["area"]])
    shared = [bool(keys[p] & keys[a]) for p, a in zip(point, area, strict=True)]
    both = pairs.assign(same=same, shared=shared)[named[point] & named[area]]
    agree = _agreeing(layer, both)
    known = agree["same"].to_numpy(bool) & agree["shared"].to_numpy(bool)
    found = [
        alike[sole.to_numpy(bool) & missing].assign(reason=NAMELESS),
        agree.loc[~known, ["point", "area"]].assign(reason=AGREEING),
    ]
    told: pd.DataFrame = pd.concat(found, ignore_index=True)
    return told


def _inside(layer: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> pd.DataFrame:
    """Every point with every area of its own source that it lies in or on the edge of."""
    dimension = shapely.get_dimensions(shapes)
    points, areas = np.flatnonzero(dimension == _POINT), np.flatnonzero(dimension == _AREA)
    left, right = shapely.STRtree(shapes[areas]).query(
        shapes[points], predicate="dwithin", distance=_EDGE_M
    )
    point, area = points[left], areas[right]
    if "source_id" in layer:
        source = pd.factorize(layer["source_id"])[0]
        own = source[point] == source[area]
        point, area = point[own], area[own]
    return pd.DataFrame({"point": point.astype(np.int64), "area": area.astype(np.int64)})


def _agreeing(layer: gpd.GeoDataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Those of the pairs whose names agree, and best with each other."""
    scores = _scores(layer, pairs)
    ranked = pairs.assign(score=scores)[scores > 0]
    best = pd.Series(data=True, index=ranked.index)
    for end in ("point", "area"):
        top = ranked["score"] >= ranked.groupby(end)["score"].transform("max") - _TIE
        best &= top & (top.groupby(ranked[end]).transform("sum") == 1)
    agreeing: pd.DataFrame = ranked[best]
    return agreeing


def _scores(layer: gpd.GeoDataFrame, pairs: pd.DataFrame) -> NDArray[np.float64]:
    """Agreement of names and concepts of each pair; 0 where it is too little."""
    limits = conflation_facts().limits
    scores = np.zeros(len(pairs))
    rows = np.unique(pairs[["point", "area"]].to_numpy(dtype=np.int64))
    if not len(rows):
        return scores
    records = gather({"layer": layer.iloc[rows]}, ())
    one, other = (np.searchsorted(rows, pairs[end].to_numpy()) for end in ("point", "area"))
    weights = concept_weights(records, one, other)
    shared = pairs["shared"].to_numpy(bool)
    for at in np.flatnonzero(weights > 0):
        a, b = records.readings[one[at]], records.readings[other[at]]
        match = compare_names(a, b)
        if match is None or (match.generic and weights[at] < 1):
            continue
        within = {reading.script for reading in a} & {reading.script for reading in b}
        score = weights[at] * (1.0 if shared[at] else match.score)
        if score >= (limits.duplicate.value if within else limits.accept.value):
            scores[at] = score
    return scores
