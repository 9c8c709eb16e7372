"""What walking takes from an OpenStreetMap file beside its ways: gates, and ferries' times."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from creative_spatial.crs import WGS84, reproject
from creative_spatial.errors import EmptyLayerWarning
from creative_spatial.loaders.osm.extract import OsmExtract, read_osm

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd


def read_gates(path: Path | str, *, crs: Any = WGS84) -> gpd.GeoDataFrame:
    """
    Read the gates and entrances that people may walk through.

    `read_osm` has them too, as `gates`, read in the same pass as everything else.

    Parameters
    ----------
    path : Path or str
        An OpenStreetMap file.
    crs : CRS-like, optional
        Where to bring them; left out: degrees.

    Returns
    -------
    GeoDataFrame of Point
        Index `feature_id` ("osm:node/1"); columns `kind`, the value of `barrier` or
        "entrance", and `source_id`. Which tags are gates is in ``gates.toml``; gates closed
        to the public are not in it.

    Raises
    ------
    LoadError
        If the file is no OpenStreetMap file or breaks off.
    """
    return reproject(_read_walks(path).gates, crs)


def read_ferries(path: Path | str) -> pd.DataFrame:
    """
    Read how long ferries take and how often they go.

    A way's own tags win over those of the routes that it is part of; a route's `duration` is for
    all its ways together. `read_osm` has them too, as `ferries`.

    Parameters
    ----------
    path : Path or str
        An OpenStreetMap file.

    Returns
    -------
    DataFrame
        Index `way_id`, one row for each ferry way; `duration_min` of one crossing and `length_m`
        of the way or route that takes it, both null where it is not tagged, cannot be read, or
        the file lacks some of its nodes; `headway_min`, null where it is not tagged.

    Raises
    ------
    LoadError
        If the file is no OpenStreetMap file or breaks off.

    References
    ----------
    OSM wiki, Key:duration and Key:interval: hh:mm, hh:mm:ss, or minutes.
    """
    return _read_walks(path).ferries


def _read_walks(path: Path | str) -> OsmExtract:
    """What is walked in a file, and nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EmptyLayerWarning)
        return read_osm(path, parts=["network"])
