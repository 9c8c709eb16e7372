"""
What features are: pillars, creative fields, concepts with their OpenStreetMap rules.

Everything here is read from ``resources/taxonomy/*.toml`` and from the city's own
``taxonomy/*.toml``, which may add or replace any entry. The code knows no pillar,
field or concept by name.
"""

from __future__ import annotations

from creative_spatial.taxonomy.classifier import LIFECYCLES, OPEN, Classification
from creative_spatial.taxonomy.core import Language, Taxonomy
from creative_spatial.taxonomy.entries import (
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
    "OPEN",
    "Classification",
    "Color",
    "Concept",
    "CreativeField",
    "Deprecation",
    "Labels",
    "Language",
    "LegendClass",
    "Pillar",
    "Rule",
    "Strength",
    "Taxonomy",
]
