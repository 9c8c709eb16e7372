"""
What features are: pillars, creative fields, concepts with their OpenStreetMap rules.

Everything here is read from ``resources/taxonomy/*.toml`` and from the city's own
``taxonomy/*.toml``, which may add or replace any entry. The code knows no pillar,
field or concept by name.
"""

from __future__ import annotations

from creative_spatial.taxonomy.classifier import LIFECYCLES, OPEN, Classification
from creative_spatial.taxonomy.core import Language, Taxonomy
from creative_spatial.taxonomy.crosswalks import Crosswalk, fcs2009
from creative_spatial.taxonomy.entries import (
    NO_EVIDENCE,
    Color,
    Concept,
    CreativeField,
    Deprecation,
    Labels,
    LegendClass,
    Pillar,
    Rule,
    Strength,
)

__all__ = [
    "LIFECYCLES",
    "NO_EVIDENCE",
    "OPEN",
    "Classification",
    "Color",
    "Concept",
    "CreativeField",
    "Crosswalk",
    "Deprecation",
    "Labels",
    "Language",
    "LegendClass",
    "Pillar",
    "Rule",
    "Strength",
    "Taxonomy",
    "fcs2009",
]
