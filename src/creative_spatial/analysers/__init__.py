"""
Measures, derivations and tables: pure functions from layers to numbers.

A measure returns a table `value`, `low`, `high`, `n` indexed exactly like the units; a
table returns tidy rows with a `category`; a derivation returns a layer.
"""

from creative_spatial.analysers.assignment import assign_units
from creative_spatial.analysers.clusters.density import kernel_density, relative_risk
from creative_spatial.analysers.clusters.hot_spots import hot_spots
from creative_spatial.analysers.clusters.local_autocorrelation import getis_ord, local_moran
from creative_spatial.analysers.clusters.local_shares import local_statistics
from creative_spatial.analysers.clusters.neighbours import contiguity, within_distance
from creative_spatial.analysers.clusters.stability import hot_spot_stability
from creative_spatial.analysers.clusters.surfaces import density_surface, risk_surface
from creative_spatial.analysers.fields.quotients import field_quotients
from creative_spatial.analysers.fields.ranking import field_ranking
from creative_spatial.analysers.fields.specialisation import location_quotient
from creative_spatial.analysers.fields.words import word_quotients
from creative_spatial.analysers.land.coverage import area_per_population, area_share
from creative_spatial.analysers.land.zonal import class_shares, zonal_sum
from creative_spatial.analysers.land.zones import habitat_zones, zone_conflicts
from creative_spatial.analysers.mixing.beside_others import (
    communities_beside_others,
    fields_beside_others,
)
from creative_spatial.analysers.mixing.colocation import (
    colocation_communities,
    colocation_fields,
    colocation_quotients,
)
from creative_spatial.analysers.mixing.diversity import hill_number, hill_numbers
from creative_spatial.analysers.mixing.indices import (
    counts_by_unit,
    exposure,
    information_theory_index,
)
from creative_spatial.analysers.mixing.local_colocation import local_colocation
from creative_spatial.analysers.mixing.nearest_other import walk_between_communities
from creative_spatial.analysers.mixing.neighbourhoods import mixing_on_foot, neighbourhood_mix
from creative_spatial.analysers.mixing.profiles import hill_profiles
from creative_spatial.analysers.mixing.separation import mixing_exposure, mixing_theil
from creative_spatial.analysers.patterns.k_functions import (
    cross_k,
    labelled_k,
    ripley_k,
)
from creative_spatial.analysers.patterns.neighbour_ratio import nearest_neighbour_ratio
from creative_spatial.analysers.patterns.surface_pattern import surface_k
from creative_spatial.analysers.patterns.tables import (
    clustering,
    cross_clustering,
    nearest_neighbours,
)
from creative_spatial.analysers.places.composition import (
    category_mix,
    column_mean,
    domain_profile,
    field_profile,
)
from creative_spatial.analysers.places.counts import (
    feature_count,
    feature_density,
    features_per_population,
    record_count,
)
from creative_spatial.analysers.places.facilities import share_with_feature, uneven_distribution
from creative_spatial.analysers.places.known import share_known, share_true
from creative_spatial.analysers.places.presence import pillars_present
from creative_spatial.analysers.quarters.core import quarters
from creative_spatial.analysers.quarters.facts import quarter_fields
from creative_spatial.analysers.trails.core import heritage_trail
from creative_spatial.analysers.trails.layers import (
    route_legs,
    route_minutes,
    route_stops,
    routes,
)
from creative_spatial.analysers.trails.plan import Trail, TrailPlan
from creative_spatial.analysers.walking.access import target_access
from creative_spatial.analysers.walking.nearest import (
    median_time_to_nearest,
    node_time_to_nearest,
    time_to_nearest,
)
from creative_spatial.analysers.walking.parts import network_parts
from creative_spatial.analysers.walking.proximity import network_distances, share_within_network
from creative_spatial.analysers.walking.share import (
    population_within_by_type,
    share_of_population_within,
)
from creative_spatial.analysers.walking.time import node_elevation, walking_minutes

__all__ = [
    "Trail",
    "TrailPlan",
    "area_per_population",
    "area_share",
    "assign_units",
    "category_mix",
    "class_shares",
    "clustering",
    "colocation_communities",
    "colocation_fields",
    "colocation_quotients",
    "column_mean",
    "communities_beside_others",
    "contiguity",
    "counts_by_unit",
    "cross_clustering",
    "cross_k",
    "density_surface",
    "domain_profile",
    "exposure",
    "feature_count",
    "feature_density",
    "features_per_population",
    "field_profile",
    "field_quotients",
    "field_ranking",
    "fields_beside_others",
    "getis_ord",
    "habitat_zones",
    "heritage_trail",
    "hill_number",
    "hill_numbers",
    "hill_profiles",
    "hot_spot_stability",
    "hot_spots",
    "information_theory_index",
    "kernel_density",
    "labelled_k",
    "local_colocation",
    "local_moran",
    "local_statistics",
    "location_quotient",
    "median_time_to_nearest",
    "mixing_exposure",
    "mixing_on_foot",
    "mixing_theil",
    "nearest_neighbour_ratio",
    "nearest_neighbours",
    "neighbourhood_mix",
    "network_distances",
    "network_parts",
    "node_elevation",
    "node_time_to_nearest",
    "pillars_present",
    "population_within_by_type",
    "quarter_fields",
    "quarters",
    "record_count",
    "relative_risk",
    "ripley_k",
    "risk_surface",
    "route_legs",
    "route_minutes",
    "route_stops",
    "routes",
    "share_known",
    "share_of_population_within",
    "share_true",
    "share_with_feature",
    "share_within_network",
    "surface_k",
    "target_access",
    "time_to_nearest",
    "uneven_distribution",
    "walk_between_communities",
    "walking_minutes",
    "within_distance",
    "word_quotients",
    "zonal_sum",
    "zone_conflicts",
]
