"""Layers and surfaces that derivations give: what they count for, and what they rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from creative_spatial.errors import IndicatorError
from creative_spatial.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.evaluation.arguments import Arguments
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.provenance import Source


def from_derivation(
    spec: IndicatorSpec, outcome: gpd.GeoDataFrame | Raster, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """
    Say what a derivation found in one number: how many features, or how high a surface.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    outcome : GeoDataFrame or Raster
        What its function returned.
    units : GeoDataFrame, 1 row
        The primary boundary.

    Returns
    -------
    DataFrame, 1 row
        Columns `value`, `low` and `high` (null), `n` (features, or cells with a value),
        `unit_id`.

    Raises
    ------
    IndicatorError
        If the function returned neither.
    """
    if isinstance(outcome, Raster):
        known = outcome.values[np.isfinite(outcome.values)]
        value, n = (float(known.max()) if known.size else np.nan), known.size
    elif isinstance(outcome, gpd.GeoDataFrame):
        value = n = len(outcome)
    else:
        raise IndicatorError(
            f"indicator {spec.id!r}: {spec.function} gave a {type(outcome).__name__}; a derivation "
            "gives a GeoDataFrame or a Raster."
        )
    numbers = {"value": float(value), "low": np.nan, "high": np.nan, "n": float(n)}
    return pd.DataFrame({"unit_id": units.index}).assign(**numbers)


def with_origin(
    outcome: gpd.GeoDataFrame | Raster, arguments: Arguments, sources: Mapping[str, Source]
) -> gpd.GeoDataFrame | Raster:
    """
    Let what was derived name its sources, and say where it rests on what is made up.

    Parameters
    ----------
    outcome : GeoDataFrame or Raster
        What a derivation found; columns `source_id` and `accuracy` of its own are kept.
    arguments : Arguments
        What it was given.
    sources : mapping of str to Source
        Those that are known.

    Returns
    -------
    GeoDataFrame or Raster
        With ids of sources, ";" between them, and `accuracy` "illustrative" where anything it
        rests on is.
    """
    ids = ";".join(sorted(arguments.source_ids))
    if isinstance(outcome, Raster):
        return replace(outcome, source_id=ids)
    stated = (sources[key].accuracy for key in arguments.source_ids if key in sources)
    made_up = arguments.illustrative or "illustrative" in stated
    given = {"source_id": ids or None} | ({"accuracy": "illustrative"} if made_up else {})
    return outcome.assign(**{key: it for key, it in given.items() if key not in outcome})
