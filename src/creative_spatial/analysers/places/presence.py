"""Where the pillars meet: how many of them have something in each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from creative_spatial.analysers.assignment import count_in_units, unit_positions
from creative_spatial.analysers.land.overlay import rows_in_units
from creative_spatial.analysers.measured import measure_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def pillars_present(layers: Sequence[gpd.GeoDataFrame], units: gpd.GeoDataFrame) -> pd.DataFrame:
    r"""
    Number of layers, one a pillar, with at least one feature in each unit.

    .. math:: v_u = \sum_p [\, n_{pu} > 0 \,]

    A point is in the unit of `assign_units`. A line or an area is in every unit that it
    enters, since a lagoon is present all along its shore; one that only touches the edge
    of a unit is not in it.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, any geometry
        One layer a pillar; any number of them.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    DataFrame, k rows
        `value`: 0 to the number of layers; `n`: features behind it, over all layers.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> units = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], index=["west", "east"])
    >>> lagoon = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 0.5)])
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.5], [0.8]))
    >>> pillars_present([lagoon, temples], units)["value"].to_dict()
    {'west': 2.0, 'east': 1.0}
    """
    counts = np.zeros((len(layers), len(units)), dtype=np.intp)
    for row, layer in enumerate(layers):
        counts[row] = _features_in(layer, units)
    return measure_frame(units, (counts > 0).sum(axis=0), n=counts.sum(axis=0))


def _features_in(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """Features of a layer in each unit, extended ones in every unit they enter."""
    extended = shapely.get_dimensions(layer.geometry.to_numpy()) > 0
    points = count_in_units(unit_positions(layer[~extended], units), len(units))
    shapes, row = shapely.get_parts(layer.geometry.to_numpy()[extended], return_index=True)
    return points + rows_in_units(shapes, row, units.geometry.to_numpy())
