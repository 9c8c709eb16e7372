"""Reading a whole city folder: what ``city.toml`` names, in one working CRS."""

from creative_spatial.loaders.city.check import check_city
from creative_spatial.loaders.city.core import CityData, load_city

__all__ = ["CityData", "check_city", "load_city"]
