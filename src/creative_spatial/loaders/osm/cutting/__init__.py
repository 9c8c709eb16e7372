"""Cutting many areas out of one OpenStreetMap file, and reading a cut as if it were the file."""

from __future__ import annotations

from creative_spatial.loaders.osm.cutting.core import cut_osm

__all__ = ["cut_osm"]
