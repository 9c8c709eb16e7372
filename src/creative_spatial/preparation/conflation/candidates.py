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


def find_candidates(records: Records) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """
    Compare every two records that are near enough and of concepts that go together.

    Two records of one source are compared if they are near enough to be one venue, since
    they need be no candidates otherwise.

    Parameters
    ----------
    records : Records
        All sources.

    Returns
    -------
    pairs : DataFrame
        As `compare_records` has it.
    others : array of int, shape (m, 2)
        Near pairs of one source that were not compared.
    """
    one, other = _near_pairs(records)
    near = records.source[one] != records.source[other]
    distance = shapely.distance(records.shapes[one], records.shapes[other])
    near |= distance <= _allowed(records, one, other)
    return compare_records(records, one[near], other[near]), np.column_stack([one, other])[~near]


def compare_records(
    records: Records, one: NDArray[np.int64], other: NDArray[np.int64]
) -> pd.DataFrame:
    """
    Compare pairs of records, as far as they are near enough and their concepts go together.

    The score is the agreement of names, less what distance and concept take off:
    nothing up to the joint uncertainty of the two positions, and the more the farther.

    Parameters
    ----------
    records : Records
        All sources.
    one, other : array of int, n items
        Record numbers, the smaller in `one`.

    Returns
    -------
    DataFrame
        One row a pair that can be one place: `one` < `other` are record numbers; `score`,
        `name_score` in [0, 1]; `distance_m`, `allowed_m`; `generic`; `reasons`.
    """
    limits = conflation_facts().limits
    allowed = _allowed(records, one, other)
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


def with_near(
    records: Records, pairs: pd.DataFrame, others: NDArray[np.int64], stands: NDArray[np.int64]
) -> pd.DataFrame:
    """
    Add to the pairs of records what else is near to duplicates and what stands for them.

    Parameters
    ----------
    records : Records
        All sources.
    pairs : DataFrame
        What was compared.
    others : array of int, shape (m, 2)
        What was not, from `find_candidates`.
    stands : array of int, one a record
        The record that stands for each within its source.

    Returns
    -------
    DataFrame
        As `compare_records` has it, in order of the records.
    """
    extra = np.flatnonzero(stands != np.arange(len(records)))
    ends = others[np.isin(others, np.concatenate([extra, stands[extra]])).any(axis=1)]
    if not len(ends):
        return pairs
    joined = pd.concat([pairs, compare_records(records, ends[:, 0], ends[:, 1])])
    return joined.sort_values(["one", "other"], ignore_index=True)


def _allowed(
    records: Records, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far apart two records of one place are expected to be, in metres."""
    joint = np.hypot(records.uncertainty[one], records.uncertainty[other])
    return np.maximum(conflation_facts().limits.base_m.value, joint)


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
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    # As one number each, which sort many times faster than rows do.
    codes = np.sort(pairs[:, 0] * len(records) + pairs[:, 1])
    one, other = np.divmod(codes[np.diff(codes, prepend=-1) > 0], len(records))
    return one, other


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
