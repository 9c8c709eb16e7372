"""
A city's ``city.toml`` as frozen models: checked once, every fault named at once.

Paths are relative to the file and stay in its folder unless ``allow_outside = true``.
"""

from creative_spatial.config.city import CITY_FILE, CityConfig
from creative_spatial.config.routes import RouteSection
from creative_spatial.config.sections import (
    BUDDHIST_ERA,
    COUNT_INPUTS,
    DRAWN_INPUTS,
    EXTRACT_MANIFEST,
    LAST_YEAR,
    RASTER_INPUTS,
    BoundarySection,
    Identifier,
    LayerSection,
    database_label,
)

__all__ = [
    "BUDDHIST_ERA",
    "CITY_FILE",
    "COUNT_INPUTS",
    "DRAWN_INPUTS",
    "EXTRACT_MANIFEST",
    "LAST_YEAR",
    "RASTER_INPUTS",
    "BoundarySection",
    "CityConfig",
    "Identifier",
    "LayerSection",
    "RouteSection",
    "database_label",
]
