"""OpenStreetMap online: an area from Overpass, a place's outline from Nominatim, through osmnx."""

from __future__ import annotations

from creative_spatial.loaders.online.cache import Answer, Record
from creative_spatial.loaders.online.nominatim import Place, find_place
from creative_spatial.loaders.online.overpass import download_area, download_relation
from creative_spatial.loaders.online.settings import Clock, OnlineSettings

__all__ = [
    "Answer",
    "Clock",
    "OnlineSettings",
    "Place",
    "Record",
    "download_area",
    "download_relation",
    "find_place",
]
