"""What lies on the land: habitat zones and protected areas, read from every pillar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.evaluation import open_rows
from creative_spatial.schema import empty_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy


def land_layers(
    data: CityData, taxonomy: Taxonomy, pillars: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """
    Derive the layers that speak of land rather than of places.

    Parameters
    ----------
    data : CityData
        For the order of the sources, the sea and the water.
    taxonomy : Taxonomy
        Which concepts are habitats, and which protect.
    pillars : mapping of str to GeoDataFrame
        The pillars' layers, annotated.

    Returns
    -------
    dict of str to GeoDataFrame
        `zones`, habitat polygons that do not overlap; `protected`, outlines that may.
    """
    from creative_spatial.analysers import habitat_zones
    from creative_spatial.preparation import with_uncertainty

    habitats = _habitats(data, taxonomy, pillars)
    return {
        "zones": with_uncertainty(
            habitat_zones(habitats, crs=data.area.crs, water=data.area.water)
        ),
        "protected": _of_role(pillars, "protected", taxonomy, data.area),
    }


def _habitats(
    data: CityData, taxonomy: Taxonomy, layers: Mapping[str, gpd.GeoDataFrame]
) -> list[gpd.GeoDataFrame]:
    """Habitat polygons by source, first the one that wins: the city's own, OSM, then the sea."""
    habitats = _of_role(layers, "habitat", taxonomy, data.area)
    order = list(dict.fromkeys(i for layer in data.layers for i in layer["source_id"].unique()))
    ranked = [habitats[habitats["source_id"] == source_id] for source_id in order]
    sea = data.background.get("sea")
    if sea is not None and len(sea):
        ranked.append(taxonomy.annotate(sea.assign(concept="sea")))
    return [part for part in ranked if len(part)]


def is_fed(role: str, data: CityData, taxonomy: Taxonomy) -> bool:
    """
    Whether anything was read that could show land of a role: otherwise there is no zero.

    Parameters
    ----------
    role : str
        "habitat" or "protected".
    data : CityData
        What was read.
    taxonomy : Taxonomy
        Which concepts have the role.

    Returns
    -------
    bool
        True with an OpenStreetMap file, or a row of that role in the city's own layers.
    """
    if data.osm_features is not None:
        return True
    return any(len(taxonomy.readings(layer, "role", role)) for layer in data.layers)


def _of_role(
    layers: Mapping[str, gpd.GeoDataFrame], role: str, taxonomy: Taxonomy, area: StudyArea
) -> gpd.GeoDataFrame:
    """Polygons of what is there, of which any concept has a role, in reading order."""
    found = [taxonomy.readings(open_rows(layer), "role", role) for layer in layers.values()]
    found = [part[_is_polygon(part)] for part in found if len(part)]
    found = [part for part in found if len(part)]
    return pd.concat(found) if found else taxonomy.annotate(empty_features(area.crs))


def _is_polygon(layer: gpd.GeoDataFrame) -> pd.Series[bool]:
    return layer.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
