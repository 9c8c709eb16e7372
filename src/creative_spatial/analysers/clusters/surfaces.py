"""Surfaces of a city's places: where they are dense, and where denser than all that is mapped."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.clusters.density import kernel_density, relative_risk
from creative_spatial.analysers.placed import Placed, placed
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import IndicatorError, InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.raster import Raster

MAX_CELLS = 10_000_000
_CELLS_A_BANDWIDTH = 5


class _Grain(NamedTuple):
    """Standard deviation of the kernel, and side of the cells."""

    bandwidth_m: float
    cell_m: float


def density_surface(
    layer: gpd.GeoDataFrame, land: BaseGeometry, units: gpd.GeoDataFrame, *, bandwidth_m: float
) -> Raster:
    """
    Density of places by a Gaussian kernel, corrected at the edge and masked by the water.

    Cells are a fifth of the bandwidth; where that makes over ten million of them, they are
    wider, and the bandwidth at least two of them, as the note says.

    Parameters
    ----------
    layer : GeoDataFrame, metres
        Places. Those less certain than half the bandwidth are left out.
    land : (Multi)Polygon, same CRS
        The boundary without water.
    units : GeoDataFrame, 1 row, same CRS
        The boundary.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel.

    Returns
    -------
    Raster of float
        Places per hectare, null on the water; `note` says the bandwidth and what was left out.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    InsufficientDataError
        If fewer than two places stand on the land, or all at one point.

    References
    ----------
    As for `kernel_density`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = shapely.box(0, 0, 2000, 2000)
    >>> units = gpd.GeoDataFrame(geometry=[town], crs="EPSG:32647")
    >>> stalls = gpd.GeoDataFrame(geometry=gpd.points_from_xy([900, 950], [900, 950]), crs=units.crs)
    >>> surface = density_surface(stalls, town, units, bandwidth_m=100)
    >>> round(float(surface.values.max()), 2), surface.note
    (0.3, 'Bandwidth 100 m, cells of 20 m.')
    """
    require_crs(units.crs, layer=layer)
    require_metres(layer=layer)
    kept = _enough(placed(layer, land, units, limit_m=bandwidth_m / 2), "places")
    grain = _grain(land, bandwidth_m)
    surface = kernel_density(kept.rows, land, **grain._asdict())
    return replace(surface, note=_note(grain, {"places": kept}))


def risk_surface(
    cases: gpd.GeoDataFrame,
    places: Sequence[gpd.GeoDataFrame | None],
    land: BaseGeometry,
    units: gpd.GeoDataFrame,
    *,
    bandwidth_m: float,
) -> Raster:
    """
    Where a kind is more frequent among the mapped places than in the whole city.

    Parameters
    ----------
    cases : GeoDataFrame, metres
        Places of the kind.
    places : sequence of GeoDataFrame or None, same CRS
        All mapped places, the cases among them, None for what was not read. Of both, those
        less certain than half the bandwidth are left out.
    land : (Multi)Polygon, same CRS
        The boundary without water.
    units : GeoDataFrame, 1 row, same CRS
        The boundary.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel of both surfaces.

    Returns
    -------
    Raster of float
        Base-2 logarithm of the ratio, as `relative_risk` gives it: 1 is twice as frequent.
        Null on the water and where next to nothing is mapped.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    InsufficientDataError
        If fewer than two places of either stand on the land, or all at one point.

    References
    ----------
    As for `relative_risk`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = shapely.box(0, 0, 1000, 100)
    >>> units = gpd.GeoDataFrame(geometry=[town], crs="EPSG:32647")
    >>> places = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([50, 60, 940, 950], [50] * 4), crs=units.crs)
    >>> surface = risk_surface(places.iloc[:2], [places], town, units, bandwidth_m=50)
    >>> float(surface.values[5, 5].round(2))
    1.0
    """
    every = pd.concat([it for it in places if it is not None])
    require_crs(units.crs, cases=cases, places=every)
    require_metres(places=every)
    kind, all_ = (
        _enough(placed(layer, land, units, limit_m=bandwidth_m / 2), what)
        for what, layer in (("cases", cases), ("mapped places", every))
    )
    grain = _grain(land, bandwidth_m)
    surface = relative_risk(kind.rows, all_.rows, land, **grain._asdict())
    return replace(surface, note=_note(grain, {"cases": kind, "mapped places": all_}))


def _enough(kept: Placed, what: str) -> Placed:
    """The places, where a surface can be made of them."""
    if len(np.unique(kept.xy.round(1), axis=0)) < 2:
        found = f"{len(kept.xy)} {what} on the land" + (
            ", at one point" if len(kept.xy) > 1 else ""
        )
        raise InsufficientDataError(
            f"A surface takes places at two points or more; there are {found}. {kept.left_out(what)}".strip()
        )
    return kept


def _grain(land: BaseGeometry, bandwidth_m: float) -> _Grain:
    """Bandwidth and cells, as fine as asked or as the size of the land allows."""
    if not bandwidth_m > 0:
        raise IndicatorError("bandwidth_m must be over 0.")
    west, south, east, north = land.bounds
    least = math.sqrt((east - west) * (north - south) / MAX_CELLS)
    cell = max(bandwidth_m / _CELLS_A_BANDWIDTH, math.ceil(least))
    return _Grain(max(bandwidth_m, 2 * cell), cell)


def _note(grain: _Grain, kept: dict[str, Placed]) -> str:
    said = [f"Bandwidth {grain.bandwidth_m:g} m, cells of {grain.cell_m:g} m."]
    return " ".join([*said, *(text for what, it in kept.items() if (text := it.left_out(what)))])
