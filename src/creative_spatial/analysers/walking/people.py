"""Who sets out on the walking network, and how long it takes them to the nearest target."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate
from creative_spatial.analysers.inhabitants import inhabited_cells
from creative_spatial.analysers.walking.access import entrances
from creative_spatial.analysers.walking.search import Arrival, cost_from, walk_to
from creative_spatial.analysers.walking.snapping import Edges, snap, walkable
from creative_spatial.analysers.walking.time import node_elevation, walking_minutes
from creative_spatial.crs import require_crs
from creative_spatial.errors import DataQualityWarning

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from creative_spatial.network import EdgeMinutes, Network
    from creative_spatial.raster import Raster

FRONTAGE_M = 20.0


class Starts(NamedTuple):
    """Points on the network that people set out from, and how much each counts."""

    points: NDArray[Any]
    unit: NDArray[np.intp]
    edge: NDArray[np.intp]
    offset_m: NDArray[np.float64]
    weight: NDArray[np.float64]


class Walk(NamedTuple):
    """People of some units on the network, ready to set out, and how targets are entered."""

    network: Network
    minutes: EdgeMinutes
    edges: Edges
    starts: Starts
    max_snap_m: float
    frontage_m: float
    gates: gpd.GeoDataFrame | None


def people_walking(
    network: Network,
    units: gpd.GeoDataFrame,
    population: Raster | None,
    *,
    max_snap_m: float,
    frontage_m: float,
    gates: gpd.GeoDataFrame | None,
    elevation: Raster | None,
    ferries: pd.DataFrame | None,
    speed_m_per_min: float,
) -> Walk:
    """
    Bring the people of some units to the network: once, wherever they then go.

    Parameters
    ----------
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, polygons
        Whose people.
    population : Raster or None
        Inhabitants a cell, who set out at its centre; None: from every street of the units.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line to be at it.
    gates : GeoDataFrame of Point or None
        Gates and entrances.
    elevation : Raster or None
        Heights in metres.
    ferries : DataFrame or None
        As in `walking_minutes`.
    speed_m_per_min : float, metres a minute, > 0
        On the level.

    Returns
    -------
    Walk
        Its `starts` hold unit, and inhabitants, or metres of street.

    Raises
    ------
    CRSError
        If the gates or the network are not in the CRS of `units`.
    ValueError
        If a speed or a distance is out of range.

    Warns
    -----
    DataQualityWarning
        If people live farther than `max_snap_m` from any path: left out, and how many.
    """
    require_crs(units.crs, gates=gates)
    require_crs(network.crs, units=units)
    heights = None if elevation is None else node_elevation(network, elevation)
    spent = walking_minutes(
        network, speed_m_per_min=speed_m_per_min, elevation_m=heights, ferries=ferries
    )
    edges, spent = ready(network, spent, max_snap_m, frontage_m)
    starts = (
        _streets(edges, units)
        if population is None
        else _people(population, edges, units, max_snap_m)
    )
    return Walk(network, spent, edges, starts, max_snap_m, frontage_m, gates)


def minutes_to(targets: gpd.GeoDataFrame, walk: Walk) -> NDArray[np.float64]:
    """
    Walking time from each start to the nearest target, in minutes.

    Parameters
    ----------
    targets : GeoDataFrame, any geometry
        Those outside the units count too.
    walk : Walk
        What `people_walking` returned.

    Returns
    -------
    array of float, n values
        Of each of the starts; infinite where no target is within reach.

    Raises
    ------
    CRSError
        If the targets are not in the CRS of the network.
    """
    require_crs(walk.network.crs, targets=targets)
    goals = targets.geometry.to_numpy()
    arrival = arrive(
        goals, walk.edges, walk.network, walk.minutes,
        max_snap_m=walk.max_snap_m, frontage_m=walk.frontage_m, gates=walk.gates,
    )  # fmt: skip
    starts = walk.starts
    found = cost_from(starts.edge, starts.offset_m, arrival, walk.network, walk.minutes)
    found[within_areas(starts.points, goals)] = 0.0
    return found


def ready(
    network: Network, minutes: EdgeMinutes | None, max_snap_m: float, frontage_m: float
) -> tuple[Edges, EdgeMinutes]:
    """
    Take edges to step onto and their minutes, after looking at the options.

    Parameters
    ----------
    network : Network
        Walking network.
    minutes : EdgeMinutes or None
        What `walking_minutes` gives; None: on the level.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an area or a line.

    Returns
    -------
    edges : Edges
        What can be stepped onto.
    minutes : EdgeMinutes
        Of each edge of the network, each way.

    Raises
    ------
    ValueError
        If a distance is out of range, or `minutes` are not of this network.
    """
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


def arrive(
    goals: NDArray[Any],
    edges: Edges,
    network: Network,
    minutes: EdgeMinutes,
    *,
    limit_min: float = np.inf,
    **entered: Any,
) -> Arrival:
    """
    Bring targets to the network and find the time from every node.

    Parameters
    ----------
    goals : array of geometry
        Targets.
    edges : Edges
        Where they are entered from.
    network : Network
        Walking network.
    minutes : EdgeMinutes
        Of each edge.
    limit_min : float, minutes
        Farther targets are not looked for.
    **entered : object
        How they are entered: see `entrances`.

    Returns
    -------
    Arrival
        Where targets are reached, and minutes from every node.
    """
    return walk_to(entrances(goals, edges, **entered), network, minutes, limit=limit_min)


def _streets(edges: Edges, units: gpd.GeoDataFrame) -> Starts:
    """The middle of every edge in a unit, counting for the edge's length."""
    middle = shapely.line_interpolate_point(edges.lines, 0.5, normalized=True)
    unit = locate(middle, units.geometry.to_numpy())
    held = unit != OUTSIDE
    length = edges.length_m[held]
    return Starts(middle[held], unit[held], edges.edge[held], length / 2, length)


def _people(population: Raster, edges: Edges, units: gpd.GeoDataFrame, max_snap_m: float) -> Starts:
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
            stacklevel=4,
        )
    return Starts(points[on], unit[on], start.edge[on], start.offset_m[on], weight[on])


def within_areas(points: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.bool_]:
    """
    Say whether each point lies in an areal target.

    Parameters
    ----------
    points : array of Point, n values
        Where people are.
    targets : array of geometry
        Where they go.

    Returns
    -------
    array of bool, n values
        True inside or on the edge of a polygon.
    """
    areas = targets[shapely.get_dimensions(targets) == 2]
    inside: NDArray[np.bool_] = locate(points, areas) != OUTSIDE
    return inside
