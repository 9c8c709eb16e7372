"""Walking time to the nearest target: from places, from every node, and for a unit's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.measured import measure_frame
from creative_spatial.analysers.walking.people import (
    FRONTAGE_M,
    Starts,
    arrive,
    minutes_to,
    people_walking,
    ready,
    within_areas,
)
from creative_spatial.analysers.walking.search import cost_from
from creative_spatial.analysers.walking.snapping import snap
from creative_spatial.crs import require_crs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import EdgeMinutes, Network
    from creative_spatial.raster import Raster


def time_to_nearest(
    origins: gpd.GeoDataFrame,
    targets: gpd.GeoDataFrame,
    network: Network,
    *,
    max_snap_m: float,
    minutes: EdgeMinutes | None = None,
    frontage_m: float = FRONTAGE_M,
    gates: gpd.GeoDataFrame | None = None,
    limit_min: float = np.inf,
) -> pd.DataFrame:
    """
    Walking time from each origin to the nearest target, in minutes.

    Origins are brought to the network as by `network_distances`; targets are entered as
    `target_access` says: parks with known gates at these and where paths cross the outline,
    others wherever a path runs along them. An origin inside an areal target is there. The way
    between a place and its path is not in the time. Ferries are travelled on, not snapped to.

    Parameters
    ----------
    origins : GeoDataFrame, n rows, any geometry
        Where people set out.
    targets : GeoDataFrame, m rows, any geometry
        Where they go; none leaves every time infinite.
    network : Network
        In the CRS of both.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    minutes : EdgeMinutes, optional
        What `walking_minutes` gives; left out: on the level, with ferries as assumed there.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.
    gates : GeoDataFrame of Point, optional
        Gates and entrances, as `loaders.read_gates` gives them.
    limit_min : float, minutes
        Farther targets are not looked for.

    Returns
    -------
    DataFrame, n rows
        Indexed like `origins`. `snap_m`: metres to the path, null where none is within
        `max_snap_m`; `minutes`: infinite where no target is within reach, null where the origin
        is not on the network.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the network.
    ValueError
        If a distance is out of range, or `minutes` are not of this network.

    References
    ----------
    Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [800.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([800.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> groups = gpd.GeoDataFrame(geometry=gpd.points_from_xy([100, 100], [5, 900]))
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500], [-10]))
    >>> time_to_nearest(groups, temples, street, max_snap_m=50).values.tolist()
    [[5.0, 5.0], [nan, nan]]
    """
    require_crs(network.crs, origins=origins, targets=targets, gates=gates)
    edges, spent = ready(network, minutes, max_snap_m, frontage_m)
    goals = targets.geometry.to_numpy()
    entering = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    arrival = arrive(goals, edges, network, spent, limit_min=limit_min, **entering)
    points = representative_points(origins)
    start = snap(points, edges, max_snap_m=max_snap_m)
    on = np.isfinite(start.snap_m)
    found = np.full(len(origins), np.nan)
    found[on] = cost_from(start.edge[on], start.offset_m[on], arrival, network, spent)
    found[found > limit_min] = np.inf
    found[on & within_areas(points, goals)] = 0.0
    return pd.DataFrame({"snap_m": start.snap_m, "minutes": found}, index=origins.index)


def node_time_to_nearest(
    targets: gpd.GeoDataFrame,
    network: Network,
    *,
    max_snap_m: float,
    minutes: EdgeMinutes | None = None,
    frontage_m: float = FRONTAGE_M,
    gates: gpd.GeoDataFrame | None = None,
    limit_min: float = np.inf,
) -> pd.Series[float]:
    """
    Walking time from every node of the network to the nearest target, in minutes.

    Parameters
    ----------
    targets : GeoDataFrame, m rows, any geometry
        See `time_to_nearest`.
    network : Network
        In the CRS of `targets`; n nodes.
    max_snap_m : float, metres, > 0
        Farthest that a target is brought to a path.
    minutes : EdgeMinutes, optional
        What `walking_minutes` gives.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.
    gates : GeoDataFrame of Point, optional
        Gates and entrances.
    limit_min : float, minutes
        Farther targets are not looked for.

    Returns
    -------
    Series of float, minutes, n rows
        Index `node`, in the order of the network's nodes; infinite where there is no way.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the network.
    ValueError
        If a distance is out of range, or `minutes` are not of this network.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [800.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([800.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([200], [-10]))
    >>> node_time_to_nearest(temples, street, max_snap_m=50).tolist()
    [2.5, 7.5]
    """
    require_crs(network.crs, targets=targets, gates=gates)
    edges, spent = ready(network, minutes, max_snap_m, frontage_m)
    goals = targets.geometry.to_numpy()
    entering = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    arrival = arrive(goals, edges, network, spent, limit_min=limit_min, **entering)
    index = pd.RangeIndex(network.n_nodes, name="node")
    return pd.Series(arrival.at_node, index=index, name="minutes")


def median_time_to_nearest(
    targets: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    max_snap_m: float,
    population: Raster | None = None,
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
    gates: gpd.GeoDataFrame | None = None,
    speed_m_per_min: float = 80.0,
    frontage_m: float = FRONTAGE_M,
) -> pd.DataFrame:
    r"""
    Median walking time to the nearest target: half of a unit's people are there sooner.

    .. math:: m_u = \min \{ t : \sum_{c \in u,\, t_c \le t} w_c \ge \tfrac12 \sum_{c \in u} w_c \}

    where :math:`c` are the population's cells whose centre lies in the unit and :math:`w_c` their
    inhabitants; without a population, edges and their lengths, each edge in the unit of its
    middle: half of the streets are nearer. The median, as of the walk to parks in the work
    cited, stands where a mean would not: some people reach nothing, and their time is
    infinite.

    Parameters
    ----------
    targets : GeoDataFrame, m rows, any geometry
        Those outside a unit count too.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    population : Raster, optional
        Inhabitants a cell, in any CRS. A cell counts at its centre: cells should be small
        beside the units.
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
        `value` in minutes, null where a unit has nobody (no street) on the network, or half of
        them reach no target; `n`: people, or edges, counted; `low`, `high` null.

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.
    ValueError
        If a speed or a distance is out of range.

    Warns
    -----
    DataQualityWarning
        If people live farther than `max_snap_m` from any path: left out, and how many.

    References
    ----------
    Comparing access to urban parks across six OECD countries (2023), Research Square: median
    walking time to the closest park of the inhabitants of WorldPop's cells.

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
    >>> median_time_to_nearest(temples, street, town, max_snap_m=50).loc["town"].tolist()
    [5.0, nan, nan, 2.0]
    """
    require_crs(units.crs, targets=targets, gates=gates)
    require_crs(network.crs, units=units)
    require_crs(units.crs, targets=targets)
    walk = people_walking(
        network, units, population, max_snap_m=max_snap_m, frontage_m=frontage_m, gates=gates,
        elevation=elevation, ferries=ferries, speed_m_per_min=speed_m_per_min,
    )  # fmt: skip
    found, starts = minutes_to(targets, walk), walk.starts
    counts = np.ones(len(found)) if population is None else starts.weight
    n = np.bincount(starts.unit, weights=counts, minlength=len(units))
    return measure_frame(units, _medians(found, starts, len(units)), n=n)


def _medians(minutes: NDArray[np.float64], starts: Starts, n_units: int) -> NDArray[np.float64]:
    """Lower weighted median of each unit; null where there is none, or it is infinite."""
    order = np.lexsort((minutes, starts.unit))
    unit, weight = starts.unit[order], starts.weight[order]
    value = np.full(n_units, np.nan)
    for at in np.unique(unit):
        first, last = np.searchsorted(unit, [at, at + 1])
        cumulated = np.cumsum(weight[first:last])
        half = np.searchsorted(cumulated, cumulated[-1] / 2)
        value[at] = minutes[order[first + half]]
    value[~np.isfinite(value)] = np.nan
    return value
