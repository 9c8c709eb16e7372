"""Inhabitants of units and boundaries, from a population raster."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from creative_spatial.crs import reproject
from creative_spatial.errors import DataQualityWarning
from creative_spatial.evaluation import DONE, SKIPPED

if TYPE_CHECKING:
    import pandas as pd

    from creative_spatial.area import StudyArea
    from creative_spatial.raster import Raster

STEP = "population of the units"
PUBLISHED_TOLERANCE = 0.05


def populated(area: StudyArea, raster: Raster | None) -> tuple[StudyArea, dict[str, str]]:
    """
    Count a raster's people in the units, and in boundaries without a published figure.

    Parameters
    ----------
    area : StudyArea
        The area.
    raster : Raster or None
        Inhabitants per cell.

    Returns
    -------
    area : StudyArea
        With `population`, as far as it is known.
    step : dict
        What was done, or why not.
    """
    from creative_spatial.analysers.zonal import zonal_sum

    if raster is None:
        reason = "no population raster"
        if "population" in area.boundaries:
            reason += ", boundaries have published figures"
        return area, {"step": STEP, "status": SKIPPED, "reason": reason}
    # A raster that covers part of a boundary counts part of its people: no figure, then.
    boundaries = zonal_sum(raster, area.boundaries).where(_covered(raster, area.boundaries) > 0.99)
    counted = area.with_population(
        units=zonal_sum(raster, area.units), boundaries=boundaries, sources=(raster.source_id,)
    )
    _compare_with_published(counted, boundaries)
    people = f"{counted.units['population'].sum():,.0f} people in the units"
    return counted, {"step": STEP, "status": DONE, "reason": people}


def _covered(raster: Raster, boundaries: gpd.GeoDataFrame) -> pd.Series[float]:
    """Share of each boundary that lies under a raster."""
    corners = gpd.GeoDataFrame(geometry=[shapely.box(*raster.bounds)], crs=raster.crs)
    footprint = reproject(corners, boundaries.crs).geometry.iloc[0]
    share: pd.Series[float] = boundaries.intersection(footprint).area / boundaries.area
    return share


def _compare_with_published(area: StudyArea, summed: pd.Series[float]) -> None:
    """Warn where the raster's people are not the published ones."""
    known = summed.dropna()
    for boundary, people in zip(known.index.astype(str), known.tolist(), strict=True):
        published = float(area.boundaries["population"].loc[boundary])
        if published > 0 and abs(people / published - 1) > PUBLISHED_TOLERANCE:
            warnings.warn(
                f"Boundary {boundary!r}: the population raster sums to {people:,.0f}, "
                f"{published:,.0f} is published; city figures use the published one.",
                DataQualityWarning,
                stacklevel=4,
            )
