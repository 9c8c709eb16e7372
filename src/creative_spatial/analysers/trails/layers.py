"""The routes of a city as layers: their stops, the legs between them, and each as a whole."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, locate
from creative_spatial.analysers.trails.core import heritage_trail
from creative_spatial.analysers.trails.frames import (
    NO_ROUTE,
    VISITED,
    Chosen,
    legs_frame,
    legs_layer,
    route_frame,
    stops_frame,
)
from creative_spatial.analysers.trails.ways import ways_between
from creative_spatial.analysers.walking.parts import paths_to_stop_at
from creative_spatial.analysers.walking.time import node_elevation, walking_minutes
from creative_spatial.crs import require_crs
from creative_spatial.errors import DataQualityWarning, IndicatorError, InsufficientDataError
from creative_spatial.schema import INDEX, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.analysers.trails.plan import TrailPlan
    from creative_spatial.network import EdgeMinutes, Network
    from creative_spatial.raster import Raster


def route_stops(
    stops: gpd.GeoDataFrame,
    plans: Mapping[str, TrailPlan],
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    max_snap_m: float,
    speed_m_per_min: float = 80.0,
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """
    Stops of every planned route, in the order in which it visits them.

    Parameters
    ----------
    stops : GeoDataFrame, n rows, any geometry
        Columns `route_id` and `feature_id`, and what the plans name.
    plans : mapping of str to TrailPlan
        By `route_id`.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Their CRS is that of all; routes may leave them.
    max_snap_m : float, metres, > 0
        Farthest that a stop is from its path.
    speed_m_per_min : float, metres a minute, > 0
        On the level.
    elevation : Raster, optional
        Heights in metres, in any CRS, for Tobler's hiking function.
    ferries : DataFrame, optional
        As in `walking_minutes`.

    Returns
    -------
    GeoDataFrame of Point, n rows
        As `heritage_trail` gives them. Of a route that cannot be laid, every stop has the
        `visit` "no route".

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.
    InsufficientDataError
        If there is no plan.

    Warns
    -----
    DataQualityWarning
        If a route cannot be laid, with the reason, or leaves stops out.
    """
    require_crs(units.crs, stops=stops)
    require_crs(network.crs, units=units)
    require_columns(stops, "route_id", INDEX, name="stops")
    if not plans:
        raise InsufficientDataError("No route is planned.")
    spent = _spent(network, speed_m_per_min, elevation, ferries)
    edges = paths_to_stop_at(network, max_snap_m=max_snap_m)
    parts = []
    for route_id, plan in plans.items():
        own = stops[stops["route_id"] == route_id].set_index(INDEX)
        try:
            found = heritage_trail(
                own, network, plan, max_snap_m=max_snap_m, minutes=spent, edges=edges
            ).stops
        except IndicatorError as error:
            _warn(f"Route {route_id!r} is not drawn: {error}")
            found = _without_route(own, plan)
        else:
            _tell_left_out(found, route_id)
        parts.append(found)
    return pd.concat(parts)


def route_legs(
    route_stops: gpd.GeoDataFrame,
    plans: Mapping[str, TrailPlan],
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    max_snap_m: float,
    speed_m_per_min: float = 80.0,
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """
    What there is between the stops of every route: on foot, by ferry, or not on the network.

    Parameters
    ----------
    route_stops : GeoDataFrame
        What `route_stops` returned.
    plans : mapping of str to TrailPlan
        The same.
    network : Network
        The same.
    units : GeoDataFrame, k rows, polygons
        The same.
    max_snap_m : float, metres, > 0
        The same.
    speed_m_per_min : float, metres a minute, > 0
        The same.
    elevation : Raster, optional
        The same.
    ferries : DataFrame, optional
        The same.

    Returns
    -------
    GeoDataFrame of LineString
        Index `leg_id`, in the order of the routes and their stops.

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.
    InsufficientDataError
        If no route could be laid.
    """
    require_crs(units.crs, route_stops=route_stops)
    require_crs(network.crs, units=units)
    spent = _spent(network, speed_m_per_min, elevation, ferries)
    edges = paths_to_stop_at(network, max_snap_m=max_snap_m)
    parts = []
    for route_id, plan in plans.items():
        own = _visited(route_stops, route_id).set_index(INDEX)
        if not len(own):
            continue
        ways = ways_between(
            own.geometry.to_numpy(), network, spent, max_snap_m=max_snap_m, edges=edges
        )
        parts.append(legs_frame(own, ways, _in_order(own), plan, network))
    if not parts:
        raise InsufficientDataError("No route could be laid.")
    return pd.concat(parts)


def routes(
    route_legs: gpd.GeoDataFrame,
    route_stops: gpd.GeoDataFrame,
    plans: Mapping[str, TrailPlan],
    units: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """
    Every route as one line along the network, with its minutes and metres.

    Parameters
    ----------
    route_legs : GeoDataFrame
        What `route_legs` returned.
    route_stops : GeoDataFrame
        What `route_stops` returned.
    plans : mapping of str to TrailPlan
        The same.
    units : GeoDataFrame, k rows, polygons
        Their CRS is that of all.

    Returns
    -------
    GeoDataFrame of LineString or MultiLineString
        Index `route_id`; one row for each route that could be laid, as `heritage_trail` gives it.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    InsufficientDataError
        If no route could be laid.
    """
    require_crs(units.crs, route_legs=route_legs, route_stops=route_stops)
    parts = []
    for route_id, plan in plans.items():
        own = route_stops[route_stops["route_id"] == route_id]
        if (own["visit"] == VISITED).any():
            legs = route_legs[route_legs["route_id"] == route_id]
            parts.append(route_frame(legs, own, plan))
    if not parts:
        raise InsufficientDataError("No route could be laid.")
    return pd.concat(parts)


def route_minutes(
    routes: gpd.GeoDataFrame, route_stops: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """
    Minutes of the routes whose every stop lies in a unit: walking, ferries and stays.

    Parameters
    ----------
    routes : GeoDataFrame
        What `routes` returned.
    route_stops : GeoDataFrame
        What `route_stops` returned.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    DataFrame
        `unit_id`; `category`, the route; `value` in minutes, null where a leg is not on the
        network, with the `reason`; `n`, its stops; `walking_min`, `ferry_min`, `stay_min`,
        `length_m`, `method`.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    InsufficientDataError
        If no route lies in any unit.
    """
    require_crs(units.crs, routes=routes, route_stops=route_stops)
    visited = route_stops[route_stops["visit"] == VISITED]
    unit = locate(visited.geometry.to_numpy(), units.geometry.to_numpy())
    spread = pd.Series(unit).groupby(visited["route_id"].to_numpy()).agg(["min", "max"])
    whole = spread.index[(spread["min"] == spread["max"]) & (spread["min"] != OUTSIDE)]
    rows = routes.loc[[route for route in routes.index if route in whole]]
    if not len(rows):
        raise InsufficientDataError("no route has all its stops within it")
    facts = ["walking_min", "ferry_min", "stay_min", "length_m", "method"]
    told = pd.DataFrame(rows[facts]).reset_index(drop=True)
    return told.assign(
        unit_id=units.index.astype("str").to_numpy()[spread.loc[rows.index, "min"]],
        category=rows.index.astype("str"),
        value=rows["total_min"].to_numpy(dtype=float),
        n=rows["n_stops"].to_numpy(dtype=float),
        reason=[_why_unknown(int(gaps)) for gaps in rows["gaps"]],
    )[["unit_id", "category", "value", "n", "reason", *facts]]


def _why_unknown(gaps: int) -> str:
    """Why nobody knows the minutes of a route with gaps."""
    return f"{gaps} of its legs are not on the walking network" if gaps else ""


def _spent(
    network: Network,
    speed_m_per_min: float,
    elevation: Raster | None,
    ferries: pd.DataFrame | None,
) -> EdgeMinutes:
    """Minutes of every edge."""
    heights = None if elevation is None else node_elevation(network, elevation)
    return walking_minutes(
        network, speed_m_per_min=speed_m_per_min, elevation_m=heights, ferries=ferries
    )


def _visited(stops: gpd.GeoDataFrame, route_id: str) -> gpd.GeoDataFrame:
    """The stops that a route visits, in order."""
    own = stops[(stops["route_id"] == route_id) & (stops["visit"] == VISITED)]
    return own.sort_values("order")


def _in_order(own: gpd.GeoDataFrame) -> Chosen:
    return Chosen(tuple(range(len(own))), {}, "", np.nan)


def _without_route(own: gpd.GeoDataFrame, plan: TrailPlan) -> gpd.GeoDataFrame:
    """The stops of a route that cannot be laid: each with the reason in `visit`."""
    chosen = Chosen((), dict.fromkeys(range(len(own)), NO_ROUTE), NO_ROUTE, np.nan)
    points = own.set_geometry(own.representative_point())
    unknown = np.full(len(own), np.nan)
    legs = legs_layer([], own.crs)
    return stops_frame(points, chosen, plan, legs, snap_m=unknown, stay_min=unknown)


def _tell_left_out(found: gpd.GeoDataFrame, route_id: str) -> None:
    """Warn of stops that nobody can walk to; what a budget leaves out is meant."""
    counts = found.loc[found["visit"].str.startswith("no "), "visit"].value_counts()
    for why, count in counts.sort_index().items():
        _warn(f"Route {route_id!r} leaves out {count} of {len(found)} stops: {why}.")


def _warn(message: str) -> None:
    warnings.warn(message, DataQualityWarning, stacklevel=4)
