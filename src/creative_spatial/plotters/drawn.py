"""What drawing a layer leaves behind, and in which order things lie on a map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from creative_spatial.plotters.symbols import OTHER, Classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.legend_items import LegendGroup, LegendItem
    from creative_spatial.taxonomy import LegendClass

Z_ZONES, Z_OUTLINES, Z_POINTS, Z_VEIL = 2.0, 4.0, 5.0, 6.0
Z_POOR = 3.0
Z_BOUNDARIES, Z_NUMBERS, Z_LABELS = 7.0, 8.0, 9.0


@dataclass(frozen=True)
class Drawn:
    """
    What one layer became on a map.

    Parameters
    ----------
    rows : GeoDataFrame
        The rows inside the frame.
    legend : tuple of LegendGroup
        What explains them.
    ground : tuple of LegendItem
        Classes that belong with the base map.
    markers : array of float, shape (n, 2), units of the CRS
        Where markers stand.
    barriers : array of float, shape (m, 2), units of the CRS
        Those of the markers that no leader line may cross.
    radius_mm : float
        Radius of the markers.
    not_placed : GeoDataFrame or None
        Rows whose place is too uncertain to draw.
    counted : bool
        Whether its rows are the map's n.
    moved : mapping of str to (x, y), units of the CRS
        Where markers stand that were moved out of a crowd, by feature.
    covered : tuple of geometry, units of the CRS
        What no name and no leader line may cover: numbers that a list explains.
    listed : mapping of str to LegendItem
        What the list says of each of these, by feature.
    are_areas : bool
        Whether its rows are drawn as areas or lines, not as points.
    """

    rows: gpd.GeoDataFrame
    legend: tuple[LegendGroup, ...] = ()
    ground: tuple[LegendItem, ...] = ()
    markers: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    barriers: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    radius_mm: float = 0.0
    not_placed: gpd.GeoDataFrame | None = None
    counted: bool = True
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    covered: tuple[BaseGeometry, ...] = ()
    listed: Mapping[str, LegendItem] = field(default_factory=dict)
    are_areas: bool = False


def darker(color: str, share: float = 0.68) -> str:
    """
    Darken a colour.

    Parameters
    ----------
    color : str
        As matplotlib takes it.
    share : float
        What remains of its light.

    Returns
    -------
    str
        Hexadecimal.

    Examples
    --------
    >>> darker("#FFFFFF", 0.5)
    '#808080'
    """
    red, green, blue = to_rgb(color)
    return to_hex((red * share, green * share, blue * share))


def class_labels(entry: LegendClass, classes: Classes) -> Mapping[str, str]:
    """
    Label a class; "other" names what it stands for.

    Parameters
    ----------
    entry : LegendClass
        The class.
    classes : Classes
        All of the map's.

    Returns
    -------
    mapping of str to str
        By language.
    """
    if entry.id != OTHER or not classes.merged:
        return entry.labels
    return {
        language: f"{text}: "
        + ", ".join(c.labels.get(language) or c.labels["en"] for c in classes.merged)
        for language, text in entry.labels.items()
    }
