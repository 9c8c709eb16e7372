"""Occurrences of species: Darwin Core archives and downloads of GBIF."""

from __future__ import annotations

from creative_spatial.loaders.occurrence.reading import read_occurrence

__all__ = ["read_occurrence"]
