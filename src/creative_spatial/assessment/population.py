"""Inhabitants of units and boundaries, from a population raster."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from creative_spatial.crs import reproject
from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.evaluation import DONE, SKIPPED

if TYPE_CHECKING:
    import pandas as pd

    from creative_spatial.area import StudyArea
    from creative_spatial.raster import Raster

STEP = "population of the units"
PUBLISHED_TOLERANCE = 0.05
FULL_COVER = 0.99
# More people than the largest city has: a fill value such as 3.4e38, not a count.
MOST_PEOPLE_IN_A_CELL = 1e8


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
    from creative_spatial.analysers.land.zonal import zonal_sum

    if raster is None:
        reason = "no population raster"
        if "population" in area.boundaries:
            reason += ", boundaries have published figures"
        return area, {"step": STEP, "status": SKIPPED, "reason": reason}
    _refuse_impossible(raster)
    covered = _covered(raster, area.boundaries)
    # A raster that covers part of a boundary counts part of its people: no figure, then.
    boundaries = zonal_sum(raster, area.boundaries).where(covered > FULL_COVER)
    counted = area.with_population(
        units=zonal_sum(raster, area.units), boundaries=boundaries, sources=(raster.source_id,)
    )
    _compare_with_published(counted, boundaries)
    _say_partial(covered, counted)
    people = f"{counted.units['population'].sum():,.0f} people in the units"
    return counted, {"step": STEP, "status": DONE, "reason": people}


def _refuse_impossible(raster: Raster) -> None:
    """Refuse a raster whose cells cannot be people: usually a fill value nobody declared."""
    cells = np.asarray(raster.values)
    if np.iscomplexobj(cells):
        raise LoadError("The population raster has complex numbers; export real ones.")
    known = cells[~np.isnan(cells)] if np.issubdtype(cells.dtype, np.floating) else cells
    if raster.nodata is not None:
        known = known[known != raster.nodata]
    wrong = known[(known < 0) | ~np.isfinite(known) | (known > MOST_PEOPLE_IN_A_CELL)]
    if wrong.size:
        raise LoadError(
            f"The population raster has {wrong.size:,} cells that cannot be people, e.g. "
            f'{wrong.flat[0]:g}: if that means "no data", declare it '
            f"(`gdal_edit.py -a_nodata {wrong.flat[0]:g} FILE`)."
        )


def _say_partial(covered: pd.Series[float], area: StudyArea) -> None:
    """Warn of boundaries of which the raster covers a part, so that they have no figure."""
    unknown = area.boundaries["population"].isna()
    for boundary, share in covered[unknown.reindex(covered.index)].items():
        warnings.warn(
            f"The population raster covers {share:.0%} of boundary {boundary!r}: its inhabitants are "
            "not known; give `population` on its [[boundary]], or a raster of all of it.",
            DataQualityWarning,
            stacklevel=4,
        )


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
