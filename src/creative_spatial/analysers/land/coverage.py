"""How much ground: shares of units covered by zones, and hectares for each inhabitant."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from creative_spatial.analysers.land.overlay import (
    area_in_units,
    clip,
    dissolve,
    patches,
    rows_in_units,
)
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.crs import require_crs
from creative_spatial.errors import DataQualityWarning
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

Denominator = Literal["area_land", "area_total"]
M2_PER_HA = 1e4
ROUNDING = 1e-6


def area_share(
    zones: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    denominator: Denominator = "area_land",
    within: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    r"""
    Percentage of each unit's area that zones cover.

    .. math:: s_u = 100 \, \frac{|\bigcup Z \cap W \cap u|}{A_u}

    where :math:`Z` are the zones, :math:`W` is `within` (everywhere if left out) and
    :math:`A_u` the unit's land or total area. Ground under several zones counts once.

    Parameters
    ----------
    zones : GeoDataFrame, n rows, polygons
        What covers; points and lines have no area.
    units : GeoDataFrame, k rows, polygons
        Reporting units with `area_land` or `area_total` in m².
    denominator : {"area_land", "area_total"}
        What the share is of.
    within : GeoDataFrame of polygons, optional
        Only zones inside these count, e.g. protected areas.

    Returns
    -------
    DataFrame, k rows
        `value` in percent, 0 to 100: 0 where no zone is, null where the denominator is zero;
        `n`: zones with ground in the unit.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    GeometryError
        If a polygon crosses itself.
    LayerSchemaError
        If `units` lacks the denominator.

    Warns
    -----
    DataQualityWarning
        If zones cover more than all of a unit's land, that is, lie on water; null there.

    References
    ----------
    Chan et al. (2021). Handbook on the Singapore Index on Cities' Biodiversity. CBD Technical
    Series 98, indicators 1 and 8 (2014 manual: 1 and 9).

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame({"area_land": [100.0, 100.0]}, index=["west", "east"],
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> half = shapely.box(0, 0, 5, 10)
    >>> area_share(gpd.GeoDataFrame(geometry=[half, half]), units)["value"].tolist()
    [50.0, 0.0]
    """
    if denominator not in {"area_land", "area_total"}:
        raise ValueError(f"`denominator` is {denominator!r}; expected 'area_land' or 'area_total'.")
    require_columns(units, denominator, name="units")
    covered, count = _covered(zones, units, within)
    share = 100 * ratio(covered, units[denominator])
    over = share > 100 * (1 + ROUNDING)
    if over.any():
        warnings.warn(
            f"Zones cover up to {np.nanmax(share):.0f} % of `{denominator}` in {int(over.sum())} of "
            f"{len(units)} units, so some lie outside it, e.g. on water: null there. Keep zones on "
            "land (`ground` of `habitat_zones`), or take 'area_total'.",
            DataQualityWarning,
            stacklevel=2,
        )
        share[over] = np.nan
    return measure_frame(units, np.minimum(share, 100), n=count)


def area_per_population(
    zones: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    per: float = 1_000,
    within: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    r"""
    Hectares of zones for every so many inhabitants.

    .. math:: r_u = \frac{|\bigcup Z \cap W \cap u| / 10^4}{P_u} \cdot \mathrm{per}

    Parameters
    ----------
    zones : GeoDataFrame, n rows, polygons
        What covers; ground under several zones counts once.
    units : GeoDataFrame, k rows, polygons
        Reporting units with `population`; null where it is not known.
    per : float, inhabitants, > 0
        What the rate refers to.
    within : GeoDataFrame of polygons, optional
        Only zones inside these count.

    Returns
    -------
    DataFrame, k rows
        `value` in hectares per `per` inhabitants: 0 where no zone is, null where nobody
        lives or the population is not known; `n`: zones with ground in the unit.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    GeometryError
        If a polygon crosses itself.
    LayerSchemaError
        If `units` has no `population`.
    ValueError
        If `per` is not positive.

    References
    ----------
    Chan et al. (2021). Handbook on the Singapore Index on Cities' Biodiversity. CBD Technical
    Series 98, indicator 12 (2014 manual: 13).

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame({"population": [2_000]}, index=["town"],
    ...     geometry=[shapely.box(0, 0, 1000, 1000)])
    >>> park = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 200, 100)])
    >>> float(area_per_population(park, units).at["town", "value"])
    1.0
    """
    if not per > 0:
        raise ValueError(f"`per` is {per!r}; a number of inhabitants over 0 is needed.")
    require_columns(units, "population", name="units")
    covered, count = _covered(zones, units, within)
    people = pd.to_numeric(units["population"])
    return measure_frame(units, ratio(covered / M2_PER_HA * per, people), n=count)


def _covered(
    zones: gpd.GeoDataFrame, units: gpd.GeoDataFrame, within: gpd.GeoDataFrame | None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Area of the zones' union in each unit, in m², and the number of zones it is made of."""
    require_crs(units.crs, zones=zones, within=within)
    found = patches(zones, name="zones")
    if within is not None:
        found = clip(found, dissolve(patches(within, name="within").shapes))
    places = units.geometry.to_numpy()
    covered = area_in_units(dissolve(found.shapes), places)
    return covered, rows_in_units(*found, places)
