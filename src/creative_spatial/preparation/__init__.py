"""Between loading and analysing: one record a venue, checked positions, completeness, what is sensitive."""

from __future__ import annotations

from creative_spatial.preparation.completeness import (
    chapman,
    grade_completeness,
    match_benchmark,
)
from creative_spatial.preparation.conflation import (
    conflate,
    merge_matched,
    visit_list,
    with_also_ids,
)
from creative_spatial.preparation.datum import DatumCheck, check_datum
from creative_spatial.preparation.deduplicate import drop_duplicates
from creative_spatial.preparation.edits import Applied, apply_edits
from creative_spatial.preparation.names import match_key
from creative_spatial.preparation.sensitivity import (
    OWN_WORDS,
    generalise,
    is_flagged,
    known_places,
    people_hexagons,
)
from creative_spatial.preparation.uncertainty import position_uncertainty, with_uncertainty

__all__ = [
    "OWN_WORDS",
    "Applied",
    "DatumCheck",
    "apply_edits",
    "chapman",
    "check_datum",
    "conflate",
    "drop_duplicates",
    "generalise",
    "grade_completeness",
    "is_flagged",
    "known_places",
    "match_benchmark",
    "match_key",
    "merge_matched",
    "people_hexagons",
    "position_uncertainty",
    "visit_list",
    "with_also_ids",
    "with_uncertainty",
]
