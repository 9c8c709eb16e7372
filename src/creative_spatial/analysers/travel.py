"""Walking time to the nearest target: from places, from every node, and for a unit's people."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate, representative_points
from creative_spatial.analysers.inhabitants import inhabited_cells
from creative_spatial.analysers.measured import measure_frame
from creative_spatial.analysers.snapping import Edges, snap, walkable
from creative_spatial.analysers.travel_access import entrances
from creative_spatial.analysers.travel_search import Arrival, cost_from, walk_to
from creative_spatial.analysers.travel_time import node_elevation, walking_minutes
from creative_spatial.crs import require_crs
from creative_spatial.errors import DataQualityWarning

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import EdgeMinutes, Network
    from creative_spatial.raster import Raster

FRONTAGE_M = 20.0


class _Starts(NamedTuple):
    """Points on the network that people set out from, and how much each counts."""

    points: NDArray[Any]
    unit: NDArray[np.intp]
    edge: NDArray[np.intp]
    offset_m: NDArray[np.float64]
    weight: NDArray[np.float64]


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
    edges, spent = _ready(network, minutes, max_snap_m, frontage_m)
    goals = targets.geometry.to_numpy()
    entering = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    arrival = _arrive(goals, edges, network, spent, limit_min=limit_min, **entering)
    points = representative_points(origins)
    start = snap(points, edges, max_snap_m=max_snap_m)
    on = np.isfinite(start.snap_m)
    found = np.full(len(origins), np.nan)
    found[on] = cost_from(start.edge[on], start.offset_m[on], arrival, network, spent)
    found[found > limit_min] = np.inf
    found[on & _inside(points, goals)] = 0.0
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
    edges, spent = _ready(network, minutes, max_snap_m, frontage_m)
    goals = targets.geometry.to_numpy()
    entering = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    arrival = _arrive(goals, edges, network, spent, limit_min=limit_min, **entering)
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
    >>> import geopandas as gpd
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
    heights = None if elevation is None else node_elevation(network, elevation)
    spent = walking_minutes(
        network, speed_m_per_min=speed_m_per_min, elevation_m=heights, ferries=ferries
    )
    edges, spent = _ready(network, spent, max_snap_m, frontage_m)
    goals = targets.geometry.to_numpy()
    arrival = _arrive(
        goals, edges, network, spent, max_snap_m=max_snap_m, frontage_m=frontage_m, gates=gates
    )
    starts = (
        _streets(edges, units)
        if population is None
        else _people(population, edges, units, max_snap_m)
    )
    found = cost_from(starts.edge, starts.offset_m, arrival, network, spent)
    found[_inside(starts.points, goals)] = 0.0
    counts = np.ones(len(found)) if population is None else starts.weight
    n = np.bincount(starts.unit, weights=counts, minlength=len(units))
    return measure_frame(units, _medians(found, starts, len(units)), n=n)


def _ready(
    network: Network, minutes: EdgeMinutes | None, max_snap_m: float, frontage_m: float
) -> tuple[Edges, EdgeMinutes]:
    """Edges to step onto and their minutes, after looking at the options."""
    if not 0 < max_snap_m < np.inf:
        raise ValueError(f"`max_snap_m` is {max_snap_m!r}; metres over 0 are needed.")
    if not 0 <= frontage_m < np.inf:
        raise ValueError(f"`frontage_m` is {frontage_m!r}; metres of 0 or more are needed.")
    spent = walking_minutes(network) if minutes is None else minutes
    for way, time in zip(("forward", "backward"), spent, strict=True):
        if time.shape != (network.n_edges,) or not (time >= 0).all():
            raise ValueError(
                f"`minutes.{way}` must be {network.n_edges} values of 0 or more, one an edge of "
                f"this network; found the shape {time.shape}. Make them with `walking_minutes`."
            )
    return walkable(network), spent


def _arrive(
    goals: NDArray[Any],
    edges: Edges,
    network: Network,
    minutes: EdgeMinutes,
    *,
    limit_min: float = np.inf,
    **entered: Any,
) -> Arrival:
    """Bring targets to the network and find the time from every node."""
    return walk_to(entrances(goals, edges, **entered), network, minutes, limit=limit_min)


def _streets(edges: Edges, units: gpd.GeoDataFrame) -> _Starts:
    """The middle of every edge in a unit, counting for the edge's length."""
    middle = shapely.line_interpolate_point(edges.lines, 0.5, normalized=True)
    unit = locate(middle, units.geometry.to_numpy())
    held = unit != OUTSIDE
    length = edges.length_m[held]
    return _Starts(middle[held], unit[held], edges.edge[held], length / 2, length)


def _people(
    population: Raster, edges: Edges, units: gpd.GeoDataFrame, max_snap_m: float
) -> _Starts:
    """The centre of every inhabited cell in a unit, counting for its inhabitants."""
    points, unit, weight = inhabited_cells(population, units)
    start = snap(points, edges, max_snap_m=max_snap_m)
    on = np.isfinite(start.snap_m)
    if not on.all():
        warnings.warn(
            f"{weight[~on].sum():,.0f} of {weight.sum():,.0f} people live in cells of "
            f"{population.source_id!r} whose centre is farther than {max_snap_m:g} m from any "
            "path; they are left out of the walking time. A larger `max_snap_m` takes them in.",
            DataQualityWarning,
            stacklevel=3,
        )
    return _Starts(points[on], unit[on], start.edge[on], start.offset_m[on], weight[on])


def _inside(points: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each point lies in an areal target."""
    areas = targets[shapely.get_dimensions(targets) == 2]
    inside: NDArray[np.bool_] = locate(points, areas) != OUTSIDE
    return inside


def _medians(minutes: NDArray[np.float64], starts: _Starts, n_units: int) -> NDArray[np.float64]:
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
