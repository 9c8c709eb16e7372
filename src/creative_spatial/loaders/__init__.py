"""Reading: OpenStreetMap files, the city's own layers, rasters, and a whole city folder."""

from __future__ import annotations

from creative_spatial.findings import CheckReport, Finding
from creative_spatial.loaders.boundaries import read_boundary
from creative_spatial.loaders.city import CityData, check_city, load_city
from creative_spatial.loaders.edits import Edited, edits_json, read_edited, read_edits
from creative_spatial.loaders.graphs import from_osmnx, to_osmnx
from creative_spatial.loaders.occurrence import read_occurrence
from creative_spatial.loaders.osm import OsmExtract, read_osm
from creative_spatial.loaders.osm.cutting import cut_osm
from creative_spatial.loaders.osm.walk_details import read_ferries, read_gates
from creative_spatial.loaders.postgis import read_postgis
from creative_spatial.loaders.raster import read_raster
from creative_spatial.loaders.repair.ledger import Proposal, Quarantined, Repair
from creative_spatial.loaders.repair.undo import undo_repairs
from creative_spatial.loaders.survey import Survey, read_survey
from creative_spatial.loaders.table import read_table
from creative_spatial.loaders.vector import read_vector

__all__ = [
    "CheckReport",
    "CityData",
    "Edited",
    "Finding",
    "OsmExtract",
    "Proposal",
    "Quarantined",
    "Repair",
    "Survey",
    "check_city",
    "cut_osm",
    "edits_json",
    "from_osmnx",
    "load_city",
    "read_boundary",
    "read_edited",
    "read_edits",
    "read_ferries",
    "read_gates",
    "read_occurrence",
    "read_osm",
    "read_postgis",
    "read_raster",
    "read_survey",
    "read_table",
    "read_vector",
    "to_osmnx",
    "undo_repairs",
]
