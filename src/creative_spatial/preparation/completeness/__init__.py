"""How complete the data is: by group of concepts and unit, from A to D, with the reasons."""

from __future__ import annotations

from creative_spatial.preparation.completeness.benchmark import benchmark_match, match_benchmark
from creative_spatial.preparation.completeness.core import grade_completeness, worst_of
from creative_spatial.preparation.completeness.cover import street_cover
from creative_spatial.preparation.completeness.edit_age import edit_age
from creative_spatial.preparation.completeness.groups import concept_groups
from creative_spatial.preparation.completeness.recapture import two_list_match
from creative_spatial.preparation.completeness.two_lists import TwoLists, chapman

__all__ = [
    "TwoLists",
    "benchmark_match",
    "chapman",
    "concept_groups",
    "edit_age",
    "grade_completeness",
    "match_benchmark",
    "street_cover",
    "two_list_match",
    "worst_of",
]
