"""What goes from the data that was read into a result as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from creative_spatial.assessment.checks import OSM_REPORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.area import StudyArea
    from creative_spatial.config import CityConfig
    from creative_spatial.loaders import CityData
    from creative_spatial.network import Network
    from creative_spatial.provenance import Source


def with_background(
    layers: Mapping[str, gpd.GeoDataFrame],
    data: CityData,
    area: StudyArea,
    network: Network | None,
) -> dict[str, gpd.GeoDataFrame]:
    """
    Put every layer of a result together: what was analysed, what lies behind, the network.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        What was analysed.
    data : CityData
        What was read.
    area : StudyArea
        For the land of each boundary.
    network : Network or None
        What may be given of the one that was walked on.

    Returns
    -------
    dict of str to GeoDataFrame
        In the working CRS, by name.
    """
    from creative_spatial.preparation import with_uncertainty

    full = dict(layers)
    wet = [data.background[name] for name in ("sea", "water") if len(data.background.get(name, ()))]
    if wet:
        full["water"] = with_uncertainty(pd.concat(wet))
    land = [area.land(shape) for shape in area.boundaries.geometry]
    full["land"] = gpd.GeoDataFrame(
        {"boundary": area.boundaries.index, "source_id": area.boundaries["source_id"].to_numpy()},
        geometry=land,
        crs=area.crs,
    )
    for name in ("streets", "buildings", "land_use"):
        if len(data.background.get(name, ())):
            full[name] = data.background[name]
    if network is not None:
        source_id = network.source_id
        nodes, edges = network.to_frames()
        full["network_nodes"] = nodes.assign(source_id=source_id)
        full["network_edges"] = edges.assign(source_id=source_id)
    return full


def osm_report_table(data: CityData) -> dict[str, pd.DataFrame]:
    """
    Tell which OpenStreetMap objects could not be read whole.

    Parameters
    ----------
    data : CityData
        What was read.

    Returns
    -------
    dict of str to DataFrame
        `osm_report`; empty where all were whole.
    """
    return {OSM_REPORT: data.osm_report.reset_index()} if len(data.osm_report) else {}


def used_sources(data: CityData, config: CityConfig) -> dict[str, Source]:
    """
    Pick the sources that some row or route names.

    Parameters
    ----------
    data : CityData
        What was read.
    config : CityConfig
        Whose routes name sources too.

    Returns
    -------
    dict of str to Source
        In the order of their ids.
    """
    used = set(data.area.boundaries["source_id"].dropna())
    used |= {i for layer in data.layers for i in layer["source_id"].unique()}
    used |= {i for layer in data.benchmarks for i in layer["source_id"].unique()}
    used |= set() if data.reference is None else set(data.reference["source_id"])
    used |= {raster.source_id for raster in data.rasters.values()}
    used |= {data.network.source_id} if data.network is not None else set()
    used |= {route.source for route in config.route if route.source}
    return {key: data.sources[key] for key in sorted(used) if key in data.sources}
