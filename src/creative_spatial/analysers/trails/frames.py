"""A trail as layers: its legs, its stops and the route as a whole."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.schema import BASIS, INDEX, is_illustrative, source_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.analysers.trails.plan import TrailPlan
    from creative_spatial.analysers.trails.ways import Ways
    from creative_spatial.network import Network

VISITED = "visited"
NO_PATH, NO_WAY, OVER_BUDGET = "no path near", "no way there", "over the budget"
NO_ROUTE = "no route"
ON_FOOT, BY_FERRY, OFF_NETWORK = WAYS = ("on foot", "by ferry", "not on the network")
_STOP_FACTS = ("name", "concept", "source_id", "accuracy", "uncertainty_m", BASIS)


class Chosen(NamedTuple):
    """
    Stops that a trail visits, in order, and why it leaves out the others.

    `method` says how the order was found, `gap_pct` how far from the best it may be.
    """

    order: tuple[int, ...]
    left_out: Mapping[int, str]
    method: str
    gap_pct: float


def legs_frame(
    stops: gpd.GeoDataFrame, ways: Ways, chosen: Chosen, plan: TrailPlan, network: Network
) -> gpd.GeoDataFrame:
    """
    List what there is between the stops of a trail, in order.

    Parameters
    ----------
    stops : GeoDataFrame of Point, n rows
        Indexed by id.
    ways : Ways
        Between them.
    chosen : Chosen
        Which are visited.
    plan : TrailPlan
        Whose trail it is.
    network : Network
        Whose CRS and source the legs have.

    Returns
    -------
    GeoDataFrame of LineString
        Index `leg_id`; null geometry between stops at one place.
    """
    places = stops.geometry.to_numpy()
    points = np.column_stack([shapely.get_x(places), shapely.get_y(places)])  # null where none is
    pairs = list(itertools.pairwise(chosen.order))
    if plan.closed and len(chosen.order) > 1:
        pairs.append((chosen.order[-1], chosen.order[0]))
    rows: list[dict[str, Any]] = []
    for leg, (start, end) in enumerate(pairs, start=1):
        ends = {"leg": leg, "from_id": stops.index[start], "to_id": stops.index[end]}
        if not np.isfinite(ways.minutes[start, end]):
            straight = points[[start, end]]
            apart = float(np.hypot(*(straight[1] - straight[0])))
            rows.append(
                {**ends, "part": 1, "way": OFF_NETWORK, "minutes": np.nan, "length_m": np.nan}
                | {"straight_m": apart, "geometry": _line(straight)}
            )
            continue
        stretches = [it for it in ways.leg(start, end) if it.length_m or it.minutes]
        rows += [
            {**ends, "part": part, "way": BY_FERRY if stretch.afloat else ON_FOOT}
            | {"minutes": stretch.minutes, "length_m": stretch.length_m, "straight_m": np.nan}
            | {"geometry": _line(stretch.xy)}
            for part, stretch in enumerate(stretches, start=1)
        ] or [
            {**ends, "part": 1, "way": ON_FOOT, "minutes": 0.0, "length_m": 0.0}
            | {"straight_m": np.nan, "geometry": None}
        ]
    used = {network.source_id, *([plan.source_id] if plan.source_id else [])}
    facts = {"source_id": ";".join(sorted(used)), "accuracy": _accuracy(stops, plan)}
    return legs_layer([{**row, **facts, "route_id": plan.id} for row in rows], stops.crs)


def legs_layer(rows: list[dict[str, Any]], crs: Any) -> gpd.GeoDataFrame:
    """
    Give legs the columns that they have, and an index.

    Parameters
    ----------
    rows : list of dict
        What is known of each; none makes an empty layer.
    crs : CRS-like
        The layer's CRS.

    Returns
    -------
    GeoDataFrame of LineString
        Index `leg_id`.
    """
    import geopandas as gpd

    columns = [
        "route_id", "leg", "part", "from_id", "to_id", "way", "minutes", "length_m", "straight_m",
        "source_id", "accuracy",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=[*columns, "geometry"])
    frame = gpd.GeoDataFrame(
        table[columns].astype({"accuracy": "str"}), geometry=list(table["geometry"]), crs=crs
    )
    frame.index = pd.Index(
        [f"{r}/{leg}.{part}" for r, leg, part in zip(*table[columns[:3]].T.values, strict=True)],
        name="leg_id",
        dtype="str",
    )
    return frame


def stops_frame(
    stops: gpd.GeoDataFrame,
    chosen: Chosen,
    plan: TrailPlan,
    legs: gpd.GeoDataFrame,
    *,
    snap_m: NDArray[np.float64],
    stay_min: NDArray[np.float64],
) -> gpd.GeoDataFrame:
    """
    List every stop: those visited in order, then those left out with the reason.

    Parameters
    ----------
    stops : GeoDataFrame of Point, n rows
        Indexed by id.
    chosen : Chosen
        Which are visited, and why not.
    plan : TrailPlan
        Whose trail it is.
    legs : GeoDataFrame
        What `legs_frame` returned.
    snap_m : array of float, metres, n values
        From each stop to its path.
    stay_min : array of float, minutes, n values
        Time at each stop.

    Returns
    -------
    GeoDataFrame of Point, n rows
        Index `route_stop_id`.
    """
    import geopandas as gpd

    rows = [*chosen.order, *chosen.left_out]
    n, m = len(chosen.order), len(chosen.left_out)
    summed = legs.groupby("leg")[["minutes", "length_m", "straight_m"]].sum(min_count=1)
    into = np.full((n + m, 3), np.nan)
    into[1:n] = summed.to_numpy(dtype=float)[: max(n - 1, 0)]
    stay = stay_min[rows]
    # Where a way is not on the network, nobody knows when one arrives from there on.
    arrive = np.concatenate([[0.0], np.cumsum(stay[: max(n - 1, 0)] + into[1:n, 0])])[:n]
    told = {
        "route_id": plan.id,
        "order": pd.array([*range(1, n + 1), *[None] * m], dtype="Int64"),
        INDEX: stops.index[rows].astype("str"),
        **{name: stops[name].to_numpy()[rows] for name in _kept_columns(stops)},
        "visit": pd.Index([VISITED] * n + list(chosen.left_out.values()), dtype="str"),
        "must_see": stops.index[rows].isin([*plan.must_see, plan.start, plan.end]),
        "arrive_min": np.append(arrive, np.full(m, np.nan)),
        "stay_min": stay,
        "leg_min": into[:, 0],
        "leg_m": into[:, 1],
        "straight_m": into[:, 2],
        "snap_m": snap_m[rows],
        "method": chosen.method,
        "gap_pct": chosen.gap_pct,
    }
    frame = gpd.GeoDataFrame(told, geometry=stops.geometry.to_numpy()[rows], crs=stops.crs)
    ids = [f"{plan.id}/{row}" for row in frame[INDEX]]
    frame.index = pd.Index(ids, name="route_stop_id", dtype="str")
    return frame


def _kept_columns(stops: gpd.GeoDataFrame) -> list[str]:
    """What is kept of a stop: its names, and where it comes from."""
    names = [name for name in stops.columns if str(name).startswith("name:")]
    return [name for name in _STOP_FACTS if name in stops] + names


def route_frame(
    legs: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, plan: TrailPlan
) -> gpd.GeoDataFrame:
    """
    Sum up a trail.

    Parameters
    ----------
    legs : GeoDataFrame
        What `legs_frame` returned.
    stops : GeoDataFrame
        What `stops_frame` returned.
    plan : TrailPlan
        Whose trail it is.

    Returns
    -------
    GeoDataFrame of LineString or MultiLineString, 1 row
        Index `route_id`.
    """
    import geopandas as gpd

    visited = stops["visit"] == VISITED
    used = {*source_ids(legs, stops[visited]), *([plan.source_id] if plan.source_id else [])}
    spent = legs.groupby("way")["minutes"].sum().reindex(WAYS[:2], fill_value=0.0)
    straight = legs.loc[legs["way"] == OFF_NETWORK, "straight_m"].to_numpy(dtype=float)
    gaps = len(straight)
    stay = float(stops.loc[visited, "stay_min"].sum())
    facts = {
        "name": plan.name or plan.id,
        **{f"name:{language}": name for language, name in plan.names.items()},
        "note": plan.note.get("en") or next(iter(plan.note.values()), None),
        **{f"note:{language}": text for language, text in plan.note.items()},
        **_listed("must_see", stops[stops[INDEX].isin(plan.must_see)]),
        **_listed("left_out_names", stops[~visited]),
        "closed": plan.closed,
        "ordered": plan.ordered,
        "n_stops": int(visited.sum()),
        "left_out": int((~visited).sum()),
        "walking_min": float(spent[ON_FOOT]),
        "ferry_min": float(spent[BY_FERRY]),
        "stay_min": stay,
        "total_min": np.nan if gaps else float(spent.sum()) + stay,
        "budget_min": np.nan if plan.budget_min is None else plan.budget_min,
        "length_m": float(legs["length_m"].sum()),
        "gaps": gaps,
        "straight_m": float(straight.sum()),
        "method": stops["method"].iloc[0],
        "gap_pct": stops["gap_pct"].iloc[0],
        "source_id": ";".join(sorted(used)),
        "accuracy": _accuracy(stops[visited], plan),
    }
    index = pd.Index([plan.id], name="route_id", dtype="str")
    table = pd.DataFrame([facts], index=index).astype({"accuracy": "str"})
    return gpd.GeoDataFrame(table, geometry=[_course(legs)], crs=legs.crs)


def _listed(column: str, stops: gpd.GeoDataFrame) -> dict[str, Any]:
    """Names of stops as one text, in each language that all or some of them are named in."""
    if "name" not in stops:
        return {column: None}
    names = {"": stops["name"]} | {
        str(c).removeprefix("name"): stops[c].fillna(stops["name"])
        for c in stops
        if str(c).startswith("name:")
    }
    return {
        f"{column}{language}": "; ".join(texts.dropna().astype(str)) or None
        for language, texts in names.items()
    }


def _accuracy(stops: gpd.GeoDataFrame, plan: TrailPlan) -> str | None:
    """Illustrative where anything is; else what the plan says."""
    return "illustrative" if is_illustrative(stops).any() else plan.accuracy


def _line(xy: NDArray[np.float64]) -> Any:
    """A line without repeated points; null where nothing is left of it."""
    moved = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
    return shapely.LineString(xy[moved]) if moved.sum() > 1 and np.isfinite(xy).all() else None


def _course(legs: gpd.GeoDataFrame) -> Any:
    """The legs on the network joined end to end; several lines where a leg between is not on it."""
    off = (legs["way"] == OFF_NETWORK).to_numpy()
    drawn = ~off & legs.geometry.notna().to_numpy()
    lines = []
    for _, run in legs[drawn].groupby(np.cumsum(off)[drawn]):
        line = _line(shapely.get_coordinates(run.geometry.to_numpy()))
        lines += [] if line is None else [line]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
