"""
Measures, derivations and tables: pure functions from layers to numbers.

A measure returns a table `value`, `low`, `high`, `n` indexed exactly like the units; a
table returns tidy rows with a `category`; a derivation returns a layer.
"""

from creative_spatial.analysers.assignment import assign_units
from creative_spatial.analysers.composition import category_mix, field_profile
from creative_spatial.analysers.counts import (
    feature_count,
    feature_density,
    features_per_population,
)
from creative_spatial.analysers.coverage import area_per_population, area_share
from creative_spatial.analysers.diversity import hill_number, hill_numbers
from creative_spatial.analysers.parts import network_parts
from creative_spatial.analysers.presence import pillars_present
from creative_spatial.analysers.proximity import network_distances, share_within_network
from creative_spatial.analysers.travel import (
    median_time_to_nearest,
    node_time_to_nearest,
    time_to_nearest,
)
from creative_spatial.analysers.travel_access import target_access
from creative_spatial.analysers.travel_time import node_elevation, walking_minutes
from creative_spatial.analysers.zonal import class_shares, zonal_sum
from creative_spatial.analysers.zones import habitat_zones, zone_conflicts

__all__ = [
    "area_per_population",
    "area_share",
    "assign_units",
    "category_mix",
    "class_shares",
    "feature_count",
    "feature_density",
    "features_per_population",
    "field_profile",
    "habitat_zones",
    "hill_number",
    "hill_numbers",
    "median_time_to_nearest",
    "network_distances",
    "network_parts",
    "node_elevation",
    "node_time_to_nearest",
    "pillars_present",
    "share_within_network",
    "target_access",
    "time_to_nearest",
    "walking_minutes",
    "zonal_sum",
    "zone_conflicts",
]
