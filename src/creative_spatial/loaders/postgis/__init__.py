"""Tables and views of a PostGIS database, read in one read-only transaction."""

from creative_spatial.loaders.postgis.reading import MAX_ROWS, TIMEOUT_S, read_postgis

__all__ = ["MAX_ROWS", "TIMEOUT_S", "read_postgis"]
