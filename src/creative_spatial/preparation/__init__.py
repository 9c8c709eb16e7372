"""Between loading and analysing: one record a venue, checked positions, what is sensitive."""

from __future__ import annotations

from creative_spatial.preparation.conflation import conflate, visit_list
from creative_spatial.preparation.datum import DatumCheck, check_datum
from creative_spatial.preparation.deduplicate import drop_duplicates
from creative_spatial.preparation.names import match_key
from creative_spatial.preparation.sensitivity import generalise

__all__ = [
    "DatumCheck",
    "check_datum",
    "conflate",
    "drop_duplicates",
    "generalise",
    "match_key",
    "visit_list",
]
