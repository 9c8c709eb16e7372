"""Which part of the people walks to the nearest target within so many minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.analysers.places.counts import of_concepts
from creative_spatial.analysers.walking.people import (
    FRONTAGE_M,
    Walk,
    minutes_to,
    people_walking,
)
from creative_spatial.crs import require_crs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.network import Network
    from creative_spatial.raster import Raster


def share_of_population_within(
    targets: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    walk_min: float,
    max_snap_m: float,
    population: Raster | None = None,
    concepts: Sequence[str] = (),
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
    gates: gpd.GeoDataFrame | None = None,
    speed_m_per_min: float = 80.0,
    frontage_m: float = FRONTAGE_M,
) -> pd.DataFrame:
    r"""
    Percentage of a unit's people who walk to the nearest target within so many minutes.

    .. math:: s_u = 100 \sum_{c \in u,\, t_c \le t_{max}} w_c \Big/ \sum_{c \in u} w_c

    where :math:`c` are the population's cells whose centre lies in the unit, :math:`w_c` their
    inhabitants and :math:`t_c` the time along the network, as in `median_time_to_nearest`;
    without a population, edges and their lengths: the share of the streets.

    Parameters
    ----------
    targets : GeoDataFrame, m rows, any geometry
        Those outside a unit count too. Where there is none, nobody is within reach of one.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    walk_min : float, minutes, > 0
        Longest walk that counts.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    population : Raster, optional
        Inhabitants a cell, in any CRS. A cell counts at its centre.
    concepts : sequence of str
        Only targets of these concepts; all otherwise.
    elevation : Raster, optional
        Heights in metres, in any CRS, for Tobler's hiking function.
    ferries : DataFrame, optional
        As in `walking_minutes`.
    gates : GeoDataFrame of Point, optional
        As in `time_to_nearest`.
    speed_m_per_min : float, metres a minute, > 0
        On the level.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.

    Returns
    -------
    DataFrame, k rows
        `value` in percent, null where a unit has nobody (no street) on the network; `n`:
        people, or edges, counted; `low`, `high` null.

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.
    LayerSchemaError
        If concepts are asked for and the targets have none.
    ValueError
        If a time, a speed or a distance is out of range.

    Warns
    -----
    DataQualityWarning
        If people live farther than `max_snap_m` from any path: left out, and how many.

    References
    ----------
    UNESCO (2019), Culture|2030 Indicators, indicator 20: access to culture. A quarter of an
    hour at 80 m a minute: Moreno et al. (2021), Smart Cities 4.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [800.0, 0.0], [1000.0, 0.0]]),
    ...     node_id=np.array([1, 2, 3]), edges=np.array([[0, 1], [1, 2]], dtype="int32"),
    ...     length_m=np.array([800.0, 200.0]), kind=np.array([0, 0], dtype="int8"),
    ...     way_id=np.array([1, 1]), crs=None)
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, -50, 1000, 50)], index=["town"])
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [-10]))
    >>> found = share_of_population_within(temples, street, town, walk_min=10, max_snap_m=50)
    >>> float(found.at["town", "value"])
    80.0
    """
    _check(walk_min)
    goals = of_concepts(targets, concepts)
    require_crs(units.crs, targets=goals)
    walk = people_walking(
        network, units, population, max_snap_m=max_snap_m, frontage_m=frontage_m, gates=gates,
        elevation=elevation, ferries=ferries, speed_m_per_min=speed_m_per_min,
    )  # fmt: skip
    return _shares(goals, walk, units, walk_min=walk_min, of_people=population is not None)


def population_within_by_type(
    targets: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    types: Mapping[str, Sequence[str]],
    walk_min: float,
    max_snap_m: float,
    population: Raster | None = None,
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
    gates: gpd.GeoDataFrame | None = None,
    speed_m_per_min: float = 80.0,
    frontage_m: float = FRONTAGE_M,
) -> pd.DataFrame:
    """
    `share_of_population_within` for each type of target: people are brought to the network once.

    Parameters
    ----------
    targets : GeoDataFrame, m rows, any geometry
        With `concept`.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    types : mapping of str to sequence of str
        Concepts of each type; none takes every target.
    walk_min : float, minutes, > 0
        Longest walk that counts.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    population : Raster, optional
        Inhabitants a cell, in any CRS.
    elevation : Raster, optional
        Heights in metres, in any CRS.
    ferries : DataFrame, optional
        As in `walking_minutes`.
    gates : GeoDataFrame of Point, optional
        As in `time_to_nearest`.
    speed_m_per_min : float, metres a minute, > 0
        On the level.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.

    Returns
    -------
    DataFrame, one row a type and unit
        `unit_id`, `category` (the type), and `value`, `low`, `high`, `n` as there.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If the targets have no concepts.
    ValueError
        If a time, a speed or a distance is out of range.
    """
    _check(walk_min)
    require_crs(units.crs, targets=targets)
    walk = people_walking(
        network, units, population, max_snap_m=max_snap_m, frontage_m=frontage_m, gates=gates,
        elevation=elevation, ferries=ferries, speed_m_per_min=speed_m_per_min,
    )  # fmt: skip
    found = [
        _shares(
            of_concepts(targets, concepts), walk, units,
            walk_min=walk_min, of_people=population is not None,
        )
        .rename_axis("unit_id")
        .reset_index()
        .assign(category=name)
        for name, concepts in types.items()
    ]  # fmt: skip
    return pd.concat(found, ignore_index=True)[["unit_id", "category", "value", "low", "high", "n"]]


def _check(walk_min: float) -> None:
    if not 0 < walk_min < np.inf:
        raise ValueError(f"`walk_min` is {walk_min!r}; minutes over 0 are needed.")


def _shares(
    goals: gpd.GeoDataFrame,
    walk: Walk,
    units: gpd.GeoDataFrame,
    *,
    walk_min: float,
    of_people: bool,
) -> pd.DataFrame:
    """Share of each unit's people, or streets, that reach a goal in time."""
    starts, k = walk.starts, len(units)
    in_time = minutes_to(goals, walk) <= walk_min
    everyone = np.bincount(starts.unit, weights=starts.weight, minlength=k)
    there = np.bincount(starts.unit, weights=starts.weight * in_time, minlength=k)
    n = everyone if of_people else np.bincount(starts.unit, minlength=k)
    return measure_frame(units, 100 * ratio(there, everyone), n=n)
