"""Reading OpenStreetMap files with osmium, once and for everything."""

from __future__ import annotations

from creative_spatial.loaders.osm.extract import OsmExtract, read_osm

__all__ = ["OsmExtract", "read_osm"]
