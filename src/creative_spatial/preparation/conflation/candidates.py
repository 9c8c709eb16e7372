"""Which records can be one place, by distance and concept, and how far they agree."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import DataQualityWarning
from creative_spatial.preparation.conflation.similarity import compare_names
from creative_spatial.preparation.crowds import crowded
from creative_spatial.resources.conflation import conflation_facts
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.preparation.conflation.records import Records

COLUMNS = ("one", "other", "score", "name_score", "distance_m", "allowed_m", "generic", "reasons")
# A limit of memory, not of meaning: a pair takes some 300 bytes.
MOST_PAIRS = 4_000_000


def find_candidates(records: Records) -> pd.DataFrame:
    """
    Compare every two records that are near enough and of concepts that go together.

    The score is the agreement of names, less what distance and concept take off:
    nothing up to the joint uncertainty of the two positions, and the more the farther.

    Parameters
    ----------
    records : Records
        All sources.

    Returns
    -------
    DataFrame
        One row a pair: `one` < `other` are record numbers; `score`, `name_score` in
        [0, 1]; `distance_m`, `allowed_m`; `generic`; `reasons`.
    """
    limits = conflation_facts().limits
    one, other = _near_pairs(records)
    allowed = np.maximum(
        limits.base_m.value, np.hypot(records.uncertainty[one], records.uncertainty[other])
    )
    distance = shapely.distance(records.shapes[one], records.shapes[other])
    reach = np.minimum(limits.furthest.value * allowed, limits.longest_m.value)
    concept = concept_weights(records, one, other)
    possible = (distance <= reach) & (concept > 0)
    one, other, allowed = one[possible], other[possible], allowed[possible]
    distance, concept = distance[possible], concept[possible]
    excess = np.clip((distance / allowed - 1) / (limits.furthest.value - 1), 0, 1)
    weight = concept * (1 - (1 - limits.far_weight.value) * excess)
    rows = []
    for at, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        match = compare_names(records.readings[a], records.readings[b])
        if match is None:
            continue
        reasons = [f"names agree to {match.score:.2f}", *match.reasons]
        if concept[at] < 1:
            reasons.append(f"{records.concepts[a]} against {records.concepts[b]}")
        reasons.append(f"{distance[at]:.0f} m apart, {allowed[at]:.0f} m expected")
        score = match.score * weight[at]
        rows.append(
            (a, b, score, match.score, distance[at], allowed[at], match.generic, "; ".join(reasons))
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _near_pairs(records: Records) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Pairs of named records within reach of each other, the smaller number first.

    Nameless ones agree with nothing, and are often the largest outlines.
    Of two records the vaguer finds the other: the joint uncertainty is at most the root
    of two times the larger, so that one vague pin does not widen everyone's search.
    """
    limits = conflation_facts().limits
    named = np.flatnonzero([bool(reading) for reading in records.readings])
    shapes = records.shapes[named]
    own = np.maximum(limits.base_m.value, np.sqrt(2) * records.uncertainty[named])
    radius = np.minimum(limits.furthest.value * own, limits.longest_m.value)
    lone = ~crowded(shapes, radius, most_pairs=MOST_PAIRS)
    found = shapely.STRtree(shapes).query(shapes[lone], predicate="dwithin", distance=radius[lone])
    ends = [np.column_stack([named[lone][found[0]], named[found[1]]])]
    if not lone.all():
        ends.append(_namesakes(records, named[~lone]))
        _warn_of_crowd(records, named[~lone])
    pairs = np.sort(np.concatenate(ends), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return pairs[:, 0], pairs[:, 1]


def _namesakes(records: Records, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs that join the records of one name, each with the first that has it."""
    first: dict[str, int] = {}
    pairs = [
        (first.setdefault(reading.text, row), row)
        for row in rows.tolist()
        for reading in records.readings[row]
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _warn_of_crowd(records: Records, rows: NDArray[np.int64]) -> None:
    """Where so many records stand, a position tells none of them apart."""
    warnings.warn(
        f"{len(rows):,} records stand where so many others do that their positions tell nothing apart "
        f"(first: {records.ids[rows[0]]}): they are compared by their whole names alone. An address "
        "search that found no more than the town gives such positions; look them up anew.",
        DataQualityWarning,
        stacklevel=5,
    )


def concept_weights(
    records: Records, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """
    Say how far the concepts of pairs of records go together.

    Parameters
    ----------
    records : Records
        All sources.
    one, other : array of int, n items
        The pairs.

    Returns
    -------
    array of float, n items
        1 for one concept, less for concepts that sources mix up, 0 for others.
    """
    related = conflation_facts().limits.related_weight.value
    codes, concepts = pd.factorize(records.concepts)
    table = np.array([[_weigh(str(a), str(b)) for b in concepts] for a in concepts])
    weights = table[codes[one], codes[other]] if len(concepts) else np.empty(0)
    for at in np.flatnonzero(weights == 0):
        if records.also[one[at]] & records.also[other[at]]:
            weights[at] = related
    return np.asarray(weights, dtype=float)


@lru_cache(maxsize=65536)
def _weigh(one: str, other: str) -> float:
    """1 for one concept, less for concepts that sources mix up, 0 for others."""
    if one == other:
        return 1.0
    facts = conflation_facts()
    related = facts.limits.related_weight.value
    if any(one in group and other in group for group in facts.concepts.related):
        return related
    known = Taxonomy.load().concepts
    if one not in known or other not in known:
        return 0.0
    a, b = known[one], known[other]
    if {one, other} & set(facts.concepts.vague):
        return related if a.pillar == b.pillar else 0.0
    kind = a.attributes.get("kind")
    if kind is None or kind != b.attributes.get("kind"):
        return 0.0
    communities = {a.attributes.get("community"), b.attributes.get("community")}
    agree = len(communities) == 1 or communities & {None, *facts.concepts.communities_of_any}
    return related if agree else 0.0
