"""How far beyond its boundaries a city's data is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

# Maps and walks reach a little beyond the boundary: what lies there is loaded too.
MARGIN_SHARE = 0.25
MAX_MARGIN_M = 20_000.0


def reach_of(boundaries: gpd.GeoDataFrame) -> BaseGeometry:
    """
    Say how far from the boundaries data is loaded: for maps' margins and walks across.

    Parameters
    ----------
    boundaries : GeoDataFrame, metres
        Every boundary.

    Returns
    -------
    Polygon
        A box.
    """
    west, south, east, north = boundaries.total_bounds.tolist()
    margin = min(MARGIN_SHARE * max(east - west, north - south), MAX_MARGIN_M)
    return shapely.box(west - margin, south - margin, east + margin, north + margin)
