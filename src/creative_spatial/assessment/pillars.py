"""The pillars' layers: each feature once, and generalised where it is sensitive."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import EmptyLayerWarning
from creative_spatial.evaluation import DONE, SKIPPED, WARNED
from creative_spatial.schema import empty_features

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy

UNFED = "nothing was read for it; it would take a [[layer]] with pillar = {!r}, or an [osm] file"


def pillar_layers(
    data: CityData, taxonomy: Taxonomy
) -> tuple[dict[str, gpd.GeoDataFrame], list[dict[str, Any]]]:
    """
    Join what was read into one public layer a pillar.

    Parameters
    ----------
    data : CityData
        Layers in the order in which they win.
    taxonomy : Taxonomy
        Pillars, and what concepts say of features.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        By pillar, annotated; empty where nothing was found, with a warning.
    steps : list of dict
        Rows in, counted twice, withheld and kept, by pillar: they add up.
    """
    annotated = [taxonomy.annotate(layer) for layer in data.layers]
    layers: dict[str, gpd.GeoDataFrame] = {}
    steps: list[dict[str, Any]] = []
    for pillar in taxonomy.pillars:
        parts = [layer[layer["pillar"] == pillar] for layer in annotated]
        parts = [part for part in parts if len(part)]
        if parts:
            layers[pillar], counts = _public(parts, taxonomy)
            said = (
                f"{counts['in']} features read, {counts['counted_twice']} counted twice, "
                f"{counts['withheld']} withheld, {counts['out']} kept"
            )
            step = {"step": f"pillar {pillar}", "status": DONE, "reason": said, "rows": counts}
            steps.append(step)
            continue
        layers[pillar] = taxonomy.annotate(empty_features(data.area.crs))
        title = f"pillar {pillar}"
        if pillar not in sources_of_pillars(data, taxonomy):
            steps.append({"step": title, "status": SKIPPED, "reason": UNFED.format(pillar)})
            continue
        message = f"There is no feature of pillar {pillar!r} in the area."
        warnings.warn(message, EmptyLayerWarning, stacklevel=3)
        steps.append({"step": title, "status": WARNED, "reason": "no features found"})
    return layers, steps


def sources_of_pillars(data: CityData, taxonomy: Taxonomy) -> set[str]:
    """
    Pillars that something was read for: what is not among them is unknown, not empty.

    Parameters
    ----------
    data : CityData
        What was read.
    taxonomy : Taxonomy
        Which pillars OpenStreetMap can speak of.

    Returns
    -------
    set of str
        Ids of pillars.
    """
    mapped = {c.pillar for c in taxonomy.concepts.values() if c.osm}
    return set(data.named_pillars) | (mapped if data.osm_features is not None else set())


def _public(
    parts: list[gpd.GeoDataFrame], taxonomy: Taxonomy
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """One layer of several, without doubles and without what may not be shown; and the counts."""
    from creative_spatial import preparation

    joined = parts[0] if len(parts) == 1 else pd.concat(parts)
    once, dropped = preparation.drop_duplicates(joined, taxonomy=taxonomy)
    public, withheld = preparation.generalise(once)
    counts = {
        "in": len(joined),
        "counted_twice": len(dropped),
        "withheld": len(withheld),
        "out": len(public),
    }
    return public, counts
