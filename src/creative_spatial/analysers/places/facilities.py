"""Cultural facilities as Culture|2030 asks of them: shared out among people, in open space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, count_in_units, unit_positions
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.analysers.places.counts import of_concepts
from creative_spatial.crs import require_crs
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd


def uneven_distribution(
    layer: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    concepts: Sequence[str] = (),
    min_people: float = 500,
) -> pd.DataFrame:
    r"""
    How unevenly facilities are shared out among the people of a boundary's units.

    .. math:: \sigma = \sqrt{\frac1k \sum_{u=1}^{k} (r_u - \bar r)^2}, \qquad
              r_u = \frac{f_u / \sum f}{p_u / \sum p}

    with :math:`f_u` facilities and :math:`p_u` people of unit :math:`u`: 0 where each has the
    share of the facilities that it has of the people. Only units with enough people count, on
    both sides of the division: of few, any ratio is possible.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Facilities.
    cells : GeoDataFrame, k rows, polygons
        Units with `population`, over which the spread is taken.
    units : GeoDataFrame, 1 row, polygon
        The boundary that they make up.
    concepts : sequence of str
        Only facilities of these concepts; all otherwise.
    min_people : float, inhabitants
        Units with fewer are left out.

    Returns
    -------
    DataFrame, 1 row
        `value`: the standard deviation; `n`: facilities in the units that count.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `cells`.
    InsufficientDataError
        If there is no facility, or there are not two units with enough people.

    Notes
    -----
    Small units leave most of them without any facility: compare only over the same units.

    References
    ----------
    UNESCO (2019), Culture|2030 Indicators, indicator 4, after the Culture for Development
    Indicators' distribution of cultural infrastructures; the formula is from memory.

    Examples
    --------
    Three libraries and one for as many people each:

    >>> import geopandas as gpd
    >>> cells = gpd.GeoDataFrame({"population": [1000, 1000]},
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], index=["west", "east"])
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 1)], index=["town"])
    >>> libraries = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.1, 0.2, 0.3, 1.5], [0.5] * 4))
    >>> float(uneven_distribution(libraries, cells, town).at["town", "value"])
    0.5
    """
    if "population" not in cells:
        raise InsufficientDataError("nobody counted the inhabitants of the units")
    people = pd.to_numeric(cells["population"]).to_numpy(dtype=float)
    counts = people >= min_people
    if counts.sum() < 2:
        raise InsufficientDataError(
            f"fewer than two units have {min_people:g} inhabitants; it takes larger units"
        )
    position = unit_positions(of_concepts(layer, concepts), cells)
    found = count_in_units(position, len(cells))[counts]
    if not found.sum():
        raise InsufficientDataError(f"no facility in units with {min_people:g} inhabitants")
    relative = (found / found.sum()) / (people[counts] / people[counts].sum())
    return measure_frame(units, [relative.std()], n=[found.sum()])


def share_with_feature(
    areas: gpd.GeoDataFrame,
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    distance_m: float,
) -> pd.DataFrame:
    r"""
    Percentage of areas that have a feature in them or at their edge.

    Parameters
    ----------
    areas : GeoDataFrame, n rows, polygons
        E.g. parks; each belongs to the unit of `assign_units`.
    layer : GeoDataFrame, m rows, any geometry
        What they may have, e.g. cultural assets; also those in another unit.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    distance_m : float, metres, >= 0
        Farthest from the outline that is still at the edge, in a straight line.

    Returns
    -------
    DataFrame, k rows
        `value` in percent, null where a unit has no area; `n`: areas.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    ValueError
        If `distance_m` is negative.

    References
    ----------
    UNESCO (2019), Culture|2030 Indicators, indicator 5: open space for culture.

    Examples
    --------
    >>> import geopandas as gpd
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 99, 99)], index=["town"])
    >>> parks = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(50, 50, 60, 60)])
    >>> stages = gpd.GeoDataFrame(geometry=gpd.points_from_xy([10], [5]))
    >>> float(share_with_feature(parks, stages, town, distance_m=5).at["town", "value"])
    50.0
    """
    if not distance_m >= 0:
        raise ValueError(f"`distance_m` is {distance_m!r}; metres of 0 or more are needed.")
    require_crs(units.crs, areas=areas, layer=layer)
    position = unit_positions(areas, units)
    held = position != OUTSIDE
    tree = shapely.STRtree(layer.geometry.to_numpy())
    shapes = areas.geometry.to_numpy()[held]
    near = np.unique(tree.query(shapes, predicate="dwithin", distance=distance_m)[0])
    count = np.bincount(position[held], minlength=len(units))
    has = np.bincount(position[held][near], minlength=len(units))
    return measure_frame(units, 100 * ratio(has, count), n=count)
