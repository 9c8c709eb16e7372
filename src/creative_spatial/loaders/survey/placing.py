"""Answers at their places: what the phone wrote, how well it knew, and rows without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import WGS84
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.features import build_layer
from creative_spatial.loaders.survey.facts import survey_facts

if TYPE_CHECKING:
    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.features import LayerOptions


def place_answers(
    table: pd.DataFrame, places: pd.DataFrame, options: LayerOptions, build: Build
) -> gpd.GeoDataFrame:
    """
    Put answers at their places, as a checked layer.

    Parameters
    ----------
    table : DataFrame, n rows
        Answers under our names, indexed by row number.
    places : DataFrame, n rows
        As `read_positions` returns it.
    options : LayerOptions
        What the layer is to become.
    build : Build
        Is told of rows without a place, of positions that were mended and of vague ones.

    Returns
    -------
    GeoDataFrame, at most n rows
        As `build_layer` returns it.
    """
    shapes = places["geometry"].to_numpy()
    read = ~np.asarray(shapely.is_missing(shapes))
    answered = np.asarray(places["answered"], dtype=bool)
    unset = read & (shapely.bounds(shapes) == 0).all(axis=1)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
    if "uncertainty_m" not in frame:
        frame["uncertainty_m"] = places["uncertainty_m"]
        frame = _with_accuracy(frame, build)
    if build.repair:
        mended = places[places["mended"].notna() & read]
        for row, kind, cell, shape in zip(
            mended.index.tolist(), mended["mended"], mended["text"], mended["geometry"], strict=True
        ):
            build.mend(kind, row, "position", cell, shapely.to_wkt(shape, rounding_precision=-1))
    else:
        read = read & places["mended"].isna().to_numpy()
    kept = build.keep(frame, answered, "no_position")
    kept = build.keep(kept, read[answered], "unreadable_position")
    kept = build.keep(kept, ~unset[answered & read], "zero_coordinates")
    return build_layer(kept, options, build)


def _with_accuracy(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Mark the places that a phone knew too little of."""
    limit = survey_facts().accuracy.approximate_above_m
    vague = frame["uncertainty_m"] > limit
    if not vague.any():
        return frame
    build.warn(
        f"the phone knew the place to no better than {limit:g} m in "
        f"{list_rows(frame.index[vague], build.word)} (worst: {frame['uncertainty_m'].max():g} m); "
        "kept and marked approximate.",
        rows=frame.index[vague],
    )
    given = (
        frame["accuracy"] if "accuracy" in frame else pd.Series(None, frame.index, dtype="object")
    )
    return frame.assign(accuracy=given.mask(vague & given.isna(), "approximate").astype("str"))
