"""Trails through chosen places along the walking network: the best order, or a published one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.trails.frames import (
    NO_PATH,
    NO_WAY,
    OVER_BUDGET,
    Chosen,
    legs_frame,
    route_frame,
    stops_frame,
)
from creative_spatial.analysers.trails.order import best_within, complete_order, shortest_order
from creative_spatial.analysers.trails.plan import Trail, TrailPlan
from creative_spatial.analysers.trails.search import Ends
from creative_spatial.analysers.trails.ways import Ways, ways_between
from creative_spatial.analysers.walking.time import walking_minutes
from creative_spatial.crs import require_crs
from creative_spatial.errors import IndicatorError, InsufficientDataError
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.analysers.walking.snapping import Edges
    from creative_spatial.network import EdgeMinutes, Network


def heritage_trail(
    stops: gpd.GeoDataFrame,
    network: Network,
    plan: TrailPlan | None = None,
    *,
    max_snap_m: float,
    minutes: EdgeMinutes | None = None,
    edges: Edges | None = None,
) -> Trail:
    """
    Lay a trail through places along the walking network.

    Without a budget through all of them in the least time; with one through those that are
    worth most, `must_see` in any case; with `ordered` in the order given. A published route may
    have legs that nobody walks: these are listed as not on the network, and never counted as
    walking.

    Parameters
    ----------
    stops : GeoDataFrame, n rows, any geometry
        Indexed by unique ids; `name`, `source_id` and `accuracy` are kept where there are any.
    network : Network
        In the CRS of `stops`.
    plan : TrailPlan, optional
        What is wanted; left out, the shortest open trail through all stops.
    max_snap_m : float, metres, > 0
        Farthest that a stop is from its path; the way between them is not in the time. Pieces of
        path that nothing joins and that are shorter than this in all are no paths to stop at.
    minutes : EdgeMinutes, optional
        What `walking_minutes` gives; left out: on the level, with ferries as assumed there.
    edges : Edges, optional
        What `paths_to_stop_at` gives for the network: saves time where many trails are laid.

    Returns
    -------
    Trail
        Route, stops and legs. The order of the rows of `stops` changes nothing, but for
        `ordered`.

    Raises
    ------
    CRSError
        If `stops` are not in the CRS of the network.
    InsufficientDataError
        If fewer than two stops are near a path, or none fits the budget.
    IndicatorError
        If a stop that must be visited cannot be, or those do not fit the budget: with the
        minutes that they take.
    ValueError
        If an id is unknown or given twice, or an option is out of range.

    See Also
    --------
    creative_spatial.analysers.trails.order : How the order is found.

    References
    ----------
    Held and Karp (1962), Journal of SIAM 10; Golden, Levy and Vohra (1987), Naval Research
    Logistics 34; Dijkstra (1959), Numerische Mathematik 1.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [800.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([800.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> places = gpd.GeoDataFrame({"name": ["wat", "mosque", "shrine"]},
    ...     index=["a:1", "a:2", "a:3"], geometry=gpd.points_from_xy([80, 720, 240], [5, 9, -5]))
    >>> trail = heritage_trail(places, street, TrailPlan(stay_min=10.0), max_snap_m=50)
    >>> trail.stops[["name", "order", "arrive_min", "leg_m"]].values.tolist()
    [['wat', 1, 0.0, nan], ['shrine', 2, 12.0, 160.0], ['mosque', 3, 28.0, 480.0]]
    >>> trail.route[["length_m", "walking_min", "stay_min"]].values.tolist()
    [[640.0, 8.0, 30.0]]
    """
    import geopandas as gpd

    wanted = TrailPlan() if plan is None else plan
    require_crs(network.crs, stops=stops)
    if not 0 < max_snap_m < np.inf:
        raise ValueError(f"`max_snap_m` is {max_snap_m!r}; metres over 0 are needed.")
    _check_ids(stops, wanted)
    # A fixed order of rows, so that of equally good trails always the same is found.
    rows = stops if wanted.ordered else stops.sort_index()
    if len(rows) < 2:
        raise InsufficientDataError(f"A trail needs two stops; there are {len(rows)}.")
    spent = walking_minutes(network) if minutes is None else minutes
    ways = ways_between(
        rows.geometry.to_numpy(), network, spent, max_snap_m=max_snap_m, edges=edges
    )
    stay = _numbers(rows, wanted.stay_min, "stay_min")
    chosen = _as_published(ways) if wanted.ordered else _choice(rows, ways, wanted, stay)
    rows = rows.set_geometry(gpd.GeoSeries(ways.at, index=rows.index, crs=rows.crs))
    legs = legs_frame(rows, ways, chosen, wanted, network)
    visited = stops_frame(rows, chosen, wanted, legs, snap_m=ways.snap_m, stay_min=stay)
    return Trail(route_frame(legs, visited, wanted), visited, legs)


def _check_ids(stops: gpd.GeoDataFrame, plan: TrailPlan) -> None:
    """Refuse ids that are not there, or there twice."""
    if not stops.index.is_unique:
        twice = stops.index[stops.index.duplicated()].unique()[:3].tolist()
        raise ValueError(f"`stops` has ids more than once, e.g. {twice}; a stop is visited once.")
    named = [row for row in (*plan.must_see, plan.start, plan.end) if row is not None]
    if unknown := [row for row in named if row not in stops.index]:
        raise ValueError(f"{unknown} are not among the {len(stops)} stops.")


def _numbers(stops: gpd.GeoDataFrame, given: float | str, option: str) -> NDArray[np.float64]:
    """A value for each stop: one for all, or those of a column."""
    if isinstance(given, str):
        require_columns(stops, given, name="stops")
        values = pd.to_numeric(stops[given], errors="coerce").to_numpy(dtype=float)
    else:
        values = np.full(len(stops), float(given))
    if not (np.isfinite(values) & (values >= 0)).all():
        bad = stops.index[~(np.isfinite(values) & (values >= 0))][:3].tolist()
        raise ValueError(f"`{option}` ({given!r}) must be 0 or more at every stop; see {bad}.")
    return values


def _as_published(ways: Ways) -> Chosen:
    """Every stop, in the order given."""
    return Chosen(tuple(range(len(ways.node))), {}, "published order", np.nan)


def _choice(
    stops: gpd.GeoDataFrame, ways: Ways, plan: TrailPlan, stay: NDArray[np.float64]
) -> Chosen:
    """Stops and order that the plan's search finds, and why others are left out."""
    near = np.flatnonzero(np.isfinite(ways.snap_m))
    position = {row: at for at, row in enumerate(stops.index[near])}
    kept = [row for row in (*plan.must_see, plan.start, plan.end) if row is not None]
    if far := [row for row in dict.fromkeys(kept) if row not in position]:
        raise IndicatorError(
            f"no path is near {_called(stops.loc[far])}, which the trail must visit; a larger "
            "`max_snap_m`, or another place, would mend it."
        )
    if len(near) < 2:
        raise InsufficientDataError(
            f"{len(near)} of {len(stops)} stops are near a path; a trail needs two."
        )
    ends = Ends(
        plan.closed,
        position[plan.start] if plan.start is not None else None,
        position[plan.end] if plan.end is not None and not plan.closed else None,
    )
    must = [position[row] for row in dict.fromkeys(kept)]
    minutes, budget = ways.minutes[np.ix_(near, near)], plan.budget_min or np.inf
    free = plan.budget_min is None
    one = np.ones(len(near))
    score = one if free or plan.score is None else _numbers(stops, plan.score, "score")[near]
    found = (
        complete_order(minutes, ends, must)
        if free
        else best_within(
            minutes, ends, stay_min=stay[near], score=score, must=must, budget_min=budget
        )
    )
    if found is None:
        raise _unfit(stops.iloc[near], minutes, ends, stay=stay[near], must=must, budget=budget)
    order = tuple(int(near[row]) for row in found.stops)
    worth = float(score[list(found.stops)].sum())
    if found.exact:
        method, gap = "exact", 0.0
    elif free:
        gap = 100 * (found.minutes / found.bound - 1) if found.bound > 0 else np.nan
        method = f"heuristic, at most {gap:.1f} % over the lower bound"
    else:
        gap = 100 * (1 - worth / found.bound) if found.bound > 0 else np.nan
        method = f"heuristic, at most {gap:.0f} % under the greatest possible score"
    return Chosen(order, _left_out(ways, order, free=free), method, gap)


def _left_out(ways: Ways, order: Sequence[int], *, free: bool) -> dict[int, str]:
    """Why each stop that is not visited is not."""
    way = np.isfinite(ways.minutes)
    visited = list(order)
    reasons = {}
    for row in sorted(set(range(len(way))) - set(order)):
        reached = way[visited, row].any() and way[row, visited].any()
        if not np.isfinite(ways.snap_m[row]):
            reasons[row] = NO_PATH
        else:
            reasons[row] = OVER_BUDGET if reached and not free else NO_WAY
    return reasons


def _unfit(
    stops: gpd.GeoDataFrame,
    minutes: NDArray[np.float64],
    ends: Ends,
    *,
    stay: NDArray[np.float64],
    must: list[int],
    budget: float,
) -> IndicatorError:
    """Why no trail was found, with the minutes that what must be seen takes."""
    if not must:
        return InsufficientDataError(
            f"no stop fits a budget of {budget:g} min: the shortest stay is {stay.min():g} min."
        )
    within = {row: at for at, row in enumerate(must)}
    inner = Ends(
        ends.closed,
        within[ends.start] if ends.start is not None else None,
        within[ends.end] if ends.end is not None else None,
    )
    needed = shortest_order(minutes[np.ix_(must, must)], inner)
    called = _called(stops.iloc[must])
    if needed is None:
        return IndicatorError(
            f"there is no way between {called}, all of which the trail must visit"
            + (" and return from." if ends.closed else ".")
        )
    total = needed.minutes + float(stay[must].sum())
    return IndicatorError(
        f"{called} must be visited and take {total:.1f} min ({needed.minutes:.1f} min on the way, "
        f"{stay[must].sum():.1f} min of stay); `budget_min` is {budget:g}."
    )


def _called(stops: gpd.GeoDataFrame) -> str:
    """Names of stops, or their ids."""
    names = stops["name"] if "name" in stops else pd.Series(index=stops.index, dtype="str")
    return ", ".join(
        str(row if pd.isna(name) or not name else name)
        for row, name in zip(stops.index, names, strict=True)
    )
