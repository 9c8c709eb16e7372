"""Whether the city's own places stand on land: one in the middle of a lagoon is a slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.findings import finding
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.findings import Finding
    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy


def water_findings(data: CityData, taxonomy: Taxonomy) -> list[Finding]:
    """
    Find places that stand in the water for certain.

    Points of the city's own layers that are public, of a pillar of places and of no form of
    heritage that may be on the water (a procession of boats, a floating market). One is certain
    where the shore, or the end of the known water, is further off than the place is uncertain,
    and beyond that than jetties and houses on stilts reach (`offshore_m` in ``repairs.toml``) or
    the water's own outline is.

    Parameters
    ----------
    data : CityData
        What was read.
    taxonomy : Taxonomy
        What concepts are.

    Returns
    -------
    list of Finding
        A warning for each layer with such places, by row.
    """
    from creative_spatial.preparation import is_flagged

    if data.area.water.is_empty:
        return []
    shapely.prepare(data.area.water)
    shore = data.area.water.boundary
    margin_m = max(repair_facts().settings.offshore_m, _uncertainty_of_water(data))
    findings: list[Finding] = []
    for read in data.layers:
        if read is data.osm_features:
            continue
        numbers = dict(read.attrs.get("numbers", ()))
        layer = read[~is_flagged(read) & _stands(read, taxonomy) & read.index.isin(list(numbers))]
        away = _offshore(layer, data.area.water, shore, margin_m)
        if np.isnan(away).all():
            continue
        rows = tuple(numbers[key] for key in layer.index[~np.isnan(away)])
        said = _said(layer[~np.isnan(away)], away[~np.isnan(away)], rows, read.attrs["word"])
        findings.append(finding("warning", read.attrs["file"], said, kind="wet", rows=rows))
    return findings


def _said(
    wet: gpd.GeoDataFrame, away: NDArray[np.float64], rows: tuple[int, ...], word: str
) -> str:
    """How many, where, and how far out the first is."""
    from creative_spatial.loaders.columns import list_rows

    stand, their = ("place stands", "its") if len(wet) == 1 else ("places stand", "their")
    return (
        f"{len(wet)} {stand} in the water, further from the shore than {their} uncertainty and a "
        f"jetty reach: {list_rows(rows, word)} (first: {wet['concept'].iloc[0]}, {away[0]:.0f} m "
        f"off); correct {their} coordinates, or the outline of the water."
    )


def _stands(layer: gpd.GeoDataFrame, taxonomy: Taxonomy) -> NDArray[np.bool_]:
    """Which rows are points of something that stands on land."""
    afloat = {name for name, form in inventory_facts().forms.items() if form.afloat}
    dry = [
        concept.id
        for concept in taxonomy.concepts.values()
        if concept.pillar in taxonomy.place_pillars
        if concept.attributes.get("heritage_form") not in afloat
    ]
    return np.asarray(layer.geom_type.eq("Point") & layer["concept"].isin(dry))


def _uncertainty_of_water(data: CityData) -> float:
    """How far off the outlines of water may be, as far as anybody says."""
    stated = [
        pd.to_numeric(data.background[name]["uncertainty_m"], errors="coerce").max()
        for name in ("sea", "water")
        if name in data.background and "uncertainty_m" in data.background[name]
    ]
    return float(np.nanmax([0.0, *stated]))


def _offshore(
    layer: gpd.GeoDataFrame, water: BaseGeometry, shore: BaseGeometry, margin_m: float
) -> NDArray[np.float64]:
    """Metres from the shore of places that are in the water for certain; null of the others."""
    from creative_spatial.preparation import position_uncertainty

    shapes = layer.geometry.to_numpy()
    inside = np.flatnonzero(shapely.contains(water, shapes))
    away = np.full(len(layer), np.nan)
    away[inside] = shapely.distance(shore, shapes[inside])
    return np.where(away > position_uncertainty(layer) + margin_m, away, np.nan)
