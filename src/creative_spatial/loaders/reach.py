"""How far beyond its boundaries a city's data is loaded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

from creative_spatial.resources.sensitivity import sensitivity_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def in_whole_cells(
    bounds: tuple[float, float, float, float], categories: Iterable[str]
) -> tuple[float, float, float, float]:
    """
    Widen a box to whole cells of what is not public in it, so that it ends within none.

    Parameters
    ----------
    bounds : tuple of float, degrees
        West, south, east, north.
    categories : iterable of str
        Of ``resources/sensitivity.toml``.

    Returns
    -------
    tuple of float, degrees
        The same without categories.

    Examples
    --------
    >>> in_whole_cells((100.013, 7.0, 100.042, 7.069), ["grave"])
    (100.01, 7.0, 100.05, 7.07)
    """
    facts = sensitivity_facts()
    sides = [facts.category[name].grid_deg or facts.gap.withheld_deg for name in categories]
    if not sides:
        return bounds
    cells = round(1 / max(sides))
    west, south, east, north = (round(value * cells, 6) for value in bounds)
    whole = (math.floor(west), math.floor(south), math.ceil(east), math.ceil(north))
    west, south, east, north = (value / cells for value in whole)
    return west, south, east, north
