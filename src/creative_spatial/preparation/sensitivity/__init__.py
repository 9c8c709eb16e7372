"""What is flagged is generalised before anything is computed; what is public stays public."""

from __future__ import annotations

from creative_spatial.preparation.sensitivity.core import generalise
from creative_spatial.preparation.sensitivity.people import people_hexagons
from creative_spatial.preparation.sensitivity.twins import known_places
from creative_spatial.preparation.sensitivity.words import OWN_WORDS
from creative_spatial.sensitivity import is_flagged

__all__ = ["OWN_WORDS", "generalise", "is_flagged", "known_places", "people_hexagons"]
