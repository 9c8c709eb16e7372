"""What lies in an area of the same thing is one venue with it, though a name is missing or in another script."""

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
from creative_spatial.preparation.namesakes import is_one_shape
from creative_spatial.resources.conflation import conflation_facts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from scipy.cluster.hierarchy import DisjointSet

_POINT, _AREA = 0, 2
# What is on the edge may lie beside it by what reprojection rounds off.
_EDGE_M = 0.01
_TIE = 1e-9
# A way and a relation may have one outline; more records that share one are something else.
_DRAWN_TWICE = 2
NAMELESS, AGREEING = "of one concept, and a name is missing", "the names agree"


def parts_of_areas(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    told: NDArray[np.int64],
    *,
    vague: frozenset[str] = frozenset(),
    measured: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """
    Find the points and areas that are one venue with an area of their own source around them.

    An area lies in another where at least half of it does; of two alike, the smaller in the
    larger. An outline that several records share, such as the village's for each of its groups,
    says where they are and not what: nothing lies in it.

    Where a name is missing, both must be of one concept that says what they are (a hotel
    and a school are both an "other place"). Then, from the smallest area to the largest:

    - In an area with a name, whatever has none is a part of it: a nameless hall in the ground
      of a temple is no temple of its own.
    - An area without a name takes that of the one named venue in it, and a named point's only
      if it holds no other point: of several, nothing says which is the venue.
    - An area without a name in which nothing has one is one with the only thing in it.

    All else stays: shrines with names of their own in a temple's ground, several nameless
    halls or points in a nameless one.

    Where both have names, these must agree as conflation requires: across scripts by
    `accept`, within a script by `duplicate` (``resources/conflation.toml``), with what is
    taken off for concepts that sources mix up, such as restaurant and cafe; and of several
    names one must agree best. The same name and concept is left to `same_venue`.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, metres
        With `name` and `concept`.
    shapes : array of geometry, n items
        Its geometries.
    told : array of int, shape (pairs, 2)
        Row numbers of what is one venue by name, from `same_venue`.
    vague : frozenset of str, optional
        Keys of names that only say what a place is: those count as missing.
    measured : frozenset of str, optional
        Concepts that hold land: an area of these is measured, not counted, and part of nothing.

    Returns
    -------
    DataFrame
        One row a pair: `part` and `whole` are row numbers; `reason`.
    """
    from scipy.cluster.hierarchy import DisjointSet

    keys = [names - placeholder_keys() for names in name_keys(layer)]
    has_key = np.array([bool(names) for names in keys], dtype=bool)
    inside = _inside(layer, shapes, has_key, measured)
    if inside.empty:
        return inside.assign(reason="")
    part, whole = inside["part"].to_numpy(), inside["whole"].to_numpy()
    named = np.array([bool(names - vague) for names in keys], dtype=bool)
    shared = [bool(keys[p] & keys[w]) for p, w in zip(part, whole, strict=True)]
    both = inside.assign(shared=shared)[has_key[part] & has_key[whole]]
    agree = _agreeing(layer, both, keys)
    known = agree["same"].to_numpy(bool) & agree["shared"].to_numpy(bool)
    agree = agree.loc[~known, ["part", "whole"]]
    venues = DisjointSet(range(len(layer)))
    for one, other in [*told.tolist(), *agree.to_numpy().tolist()]:
        venues.merge(one, other)
    facts = conflation_facts().concepts
    concept = layer["concept"].to_numpy(dtype=object)
    telling = inside["same"] & ~np.isin(concept[part], [*facts.vague, *facts.anything])
    areas = shapely.get_dimensions(shapes) == _AREA
    nameless = _nameless(inside[telling], venues, named, areas)
    found = [nameless.assign(reason=NAMELESS), agree.assign(reason=AGREEING)]
    pairs: pd.DataFrame = pd.concat(found, ignore_index=True)
    return pairs


def _inside(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    named: NDArray[np.bool_],
    measured: frozenset[str],
) -> pd.DataFrame:
    """
    Points and areas with the larger areas of their own source that they lie in, smallest first.

    Of one concept, which `same` says, or both with a name.
    """
    dimension, size = shapely.get_dimensions(shapes), shapely.area(shapes)
    concept = layer["concept"].to_numpy(dtype=object)
    points, areas = np.flatnonzero(dimension == _POINT), np.flatnonzero(dimension == _AREA)
    outline = pd.factorize(shapely.to_wkb(shapes[areas]))[0]
    areas = areas[np.bincount(outline, minlength=1)[outline] <= _DRAWN_TWICE]
    lesser = areas[~np.isin(concept[areas], list(measured))]
    tree = shapely.STRtree(shapes[areas])
    spot, around = tree.query(shapes[points], predicate="dwithin", distance=_EDGE_M)
    one, other = tree.query(shapes[lesser], predicate="intersects")
    part = np.concatenate([points[spot], lesser[one]])
    whole = np.concatenate([areas[around], areas[other]])
    same = concept[part] == concept[whole]
    order = np.lexsort((np.arange(len(layer)), size)).argsort()
    can_be = (order[part] < order[whole]) & (same | (named[part] & named[whole]))
    if "source_id" in layer:
        source = pd.factorize(layer["source_id"])[0]
        can_be &= source[part] == source[whole]
    part, whole, same = part[can_be], whole[can_be], same[can_be]
    lies = is_one_shape(shapes[part], shapes[whole], np.full(len(part), _EDGE_M))
    pairs = pd.DataFrame({"part": part, "whole": whole, "same": same})[lies]
    return pairs.iloc[np.argsort(order[pairs["whole"]], kind="stable")]


def _nameless(
    inside: pd.DataFrame, venues: DisjointSet, named: NDArray[np.bool_], areas: NDArray[np.bool_]
) -> pd.DataFrame:
    """Those of the pairs that are one venue though a name is missing; `venues` learns of them."""
    found: list[tuple[int, int]] = []

    def holds(what: NDArray[np.bool_], row: int) -> bool:
        return bool(what[list(venues.subset(row))].any())

    ranked = inside.assign(direct=~inside.duplicated("part"))
    for _, group in ranked.groupby("whole", sort=False):
        whole, parts = int(group["whole"].iloc[0]), group["part"].tolist()
        within = {venues[part]: part for part in parts if not venues.connected(part, whole)}
        known = {venue for venue in within if holds(named, venue)}
        joined = within.keys() - known
        if not holds(named, whole):
            near = {venues[part] for part in group.loc[group["direct"], "part"]} & within.keys()
            spots = {venue for venue in near if not holds(areas, venue)}
            sole = near & known if known else near
            if len(sole) != 1 or (sole <= spots and len(spots) > 1):
                continue
            joined = sole | joined if known else sole
        for venue in sorted(joined):
            found.append((within[venue], whole))
            venues.merge(venue, whole)
    return pd.DataFrame(found, columns=["part", "whole"], dtype=np.int64)


def _agreeing(
    layer: gpd.GeoDataFrame, pairs: pd.DataFrame, keys: list[frozenset[str]]
) -> pd.DataFrame:
    """Those of the pairs whose names agree, and best with each other."""
    scores = _scores(layer, pairs)
    ranked = pairs.assign(score=scores)[scores > 0]
    concept = layer["concept"].to_numpy(dtype=object)
    for end, other in (("part", "whole"), ("whole", "part")):
        best = ranked.groupby(end)["score"].transform("max")
        ranked = ranked[ranked["score"] >= best - _TIE]
        names = [f"{concept[row]} {sorted(keys[row])}" for row in ranked[other]]
        several = ranked.assign(names=names).groupby(end)["names"].transform("nunique") > 1
        ranked = ranked[~several]
    return ranked


def _scores(layer: gpd.GeoDataFrame, pairs: pd.DataFrame) -> NDArray[np.float64]:
    """Agreement of names and concepts of each pair; 0 where it is too little."""
    limits = conflation_facts().limits
    scores = np.zeros(len(pairs))
    rows = np.unique(pairs[["part", "whole"]].to_numpy(dtype=np.int64))
    if not len(rows):
        return scores
    records = gather({"layer": layer.iloc[rows]}, ())
    one, other = (np.searchsorted(rows, pairs[end].to_numpy()) for end in ("part", "whole"))
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
