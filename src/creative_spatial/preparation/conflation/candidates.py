"""Which records can be one place, by distance and concept, and how far they agree."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.conflation.similarity import compare_names
from creative_spatial.resources.conflation import conflation_facts
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.preparation.conflation.records import Records

COLUMNS = ("one", "other", "score", "name_score", "distance_m", "allowed_m", "generic", "reasons")


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
    concept = _concept_weights(records, one, other)
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
    found = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=radius)
    left, right = named[found]
    low, high = np.minimum(left, right), np.maximum(left, right)
    pairs = np.unique(np.column_stack([low, high])[low < high], axis=0)
    return pairs[:, 0], pairs[:, 1]


def _concept_weights(
    records: Records, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
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
