"""Trails along hand-drawn streets: order, minutes, course, ferries, and what is left out."""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from creative_spatial.analysers import TrailPlan, heritage_trail, walking_minutes
from creative_spatial.analysers.trails.layers import (
    route_legs,
    route_minutes,
    route_stops,
    routes,
)
from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    IndicatorError,
    InsufficientDataError,
)
from creative_spatial.network import EdgeMinutes, Network

X, Y = 600_000.0, 790_000.0
UTM = CRS.from_epsg(32647)
FERRY = 2


def lay(stops, network, plan=None, **options):
    return heritage_trail(stops, network, plan, **{"max_snap_m": 50, **options})


def visited(trail):
    return trail.stops.loc[trail.stops["visit"] == "visited", "feature_id"].tolist()


def local(geometry):
    """Coordinates of a line in metres from the town's corner."""
    return (shapely.get_coordinates(geometry) - [X, Y]).round(6).tolist()


@pytest.fixture
def street(streets):
    """800 m of street, straight to the east."""
    return streets([(0, 0), (800, 0)], [(0, 1)])


@pytest.fixture
def block(streets):
    """Round a block of 400 by 300 m; a diagonal of 500 m joins two corners."""
    corners = [(0, 0), (400, 0), (400, 300), (0, 300)]
    return streets(corners, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])


@pytest.fixture
def lagoon(streets):
    """Two streets of 400 m; a ferry of 800 m joins the end of the first to the second."""
    nodes = [(0, 0), (400, 0), (1200, 0), (1600, 0)]
    return streets(nodes, [(0, 1), (1, 2), (2, 3)], kind=[0, FERRY, 0])


def test_the_line_follows_the_streets_round_the_corner(block, points):
    stops = points([(100, 4), (400, 200)], name=["wat", "mosque"])
    trail = lay(stops, block)
    assert local(trail.route.geometry.iloc[0]) == [[100, 0], [400, 0], [400, 200]]
    row = trail.route.iloc[0]
    assert (row["length_m"], row["walking_min"]) == (500, 500 / 80)
    assert trail.stops["leg_m"].tolist()[1] == 500
    assert trail.stops["snap_m"].tolist() == [4, 0]
    assert trail.route.crs == stops.crs


def test_a_closed_trail_comes_back_by_the_shortest_way(block, points):
    stops = points([(0, 0), (400, 0), (400, 300)])
    trail = lay(stops, block, TrailPlan(closed=True))
    assert trail.route["length_m"].iloc[0] == 400 + 300 + 500
    line = local(trail.route.geometry.iloc[0])
    assert line[0] == line[-1]
    assert trail.legs["to_id"].iloc[-1] == visited(trail)[0]
    assert len(trail.legs) == 3
    assert trail.stops["leg_m"].sum() == pytest.approx(1200 - trail.legs["length_m"].iloc[-1])


def test_arrival_counts_walking_and_the_stays_before(street, points):
    stops = points([(0, 0), (160, 0), (800, 0)], minutes=[5, 10, 15])
    trail = lay(stops, street, TrailPlan(stay_min="minutes", start="test:0"))
    assert trail.stops["arrive_min"].tolist() == [0, 5 + 2, 5 + 2 + 10 + 8]
    row = trail.route.iloc[0]
    assert (row["walking_min"], row["stay_min"], row["total_min"]) == (10, 30, 40)
    assert (row["n_stops"], row["left_out"], row["gaps"]) == (3, 0, 0)


def test_a_start_and_an_end_are_kept(street, points):
    stops = points([(0, 0), (160, 0), (800, 0)])
    plan = TrailPlan(start="test:1", end="test:2")
    assert visited(lay(stops, street, plan)) == ["test:1", "test:0", "test:2"]


def test_slopes_decide_the_direction(streets, points):
    hill = streets([(0, 0), (400, 0)], [(0, 1)])
    minutes = walking_minutes(hill, elevation_m=np.array([40.0, 0.0]))
    stops = points([(400, 0), (0, 0)])
    trail = lay(stops, hill, minutes=minutes)
    assert visited(trail) == ["test:1", "test:0"]  # from the top, at node 0, down
    assert trail.route["walking_min"].iloc[0] == pytest.approx(5.0)
    back = lay(stops, hill, TrailPlan(closed=True), minutes=minutes)
    assert back.route["walking_min"].iloc[0] == pytest.approx(5 + 5 * np.exp(0.35))


def test_a_ferry_and_its_wait_are_counted_apart_and_once_a_crossing(lagoon, points):
    stops = points([(0, 0), (400, 0), (1600, 0)])
    ferries = pd.DataFrame(
        {"duration_min": [8.0], "length_m": [800.0], "headway_min": [30.0]}, index=[1]
    )
    minutes = walking_minutes(lagoon, ferries=ferries)
    trail = lay(stops, lagoon, minutes=minutes)
    assert visited(trail) == ["test:0", "test:1", "test:2"]
    row = trail.route.iloc[0]
    assert (row["walking_min"], row["ferry_min"]) == (10, 8 + 15)
    assert trail.legs["way"].tolist() == ["on foot", "by ferry", "on foot"]
    assert trail.legs["minutes"].tolist() == [5, 23, 5]
    assert trail.legs[["leg", "part"]].values.tolist() == [[1, 1], [2, 1], [2, 2]]
    assert local(trail.route.geometry.iloc[0]) == [[0, 0], [400, 0], [1200, 0], [1600, 0]]
    back = lay(stops, lagoon, TrailPlan(closed=True), minutes=minutes)
    assert back.route["ferry_min"].iloc[0] == 46


def test_a_boat_that_goes_one_way_only_is_not_taken_home(lagoon, points):
    level = walking_minutes(lagoon)
    out = EdgeMinutes(level.forward, np.where(lagoon.kind == FERRY, np.inf, level.backward))
    stops = points([(0, 0), (400, 0), (1600, 0)])
    assert visited(lay(stops, lagoon, minutes=out)) == ["test:0", "test:1", "test:2"]
    home = lay(stops, lagoon, TrailPlan(closed=True), minutes=out)
    assert visited(home) == ["test:0", "test:1"]
    assert home.stops["visit"].tolist()[2] == "no way there"
    assert home.route["left_out"].iloc[0] == 1
    must = TrailPlan(closed=True, must_see=("test:2", "test:0"))
    with pytest.raises(IndicatorError, match=r"no way between.*and return"):
        lay(stops, lagoon, must, minutes=out)


def test_stops_far_from_any_path_are_listed_not_dropped(street, points):
    stops = points([(0, 0), (300, 900), (800, 0)], name=["a", "islet", "c"])
    trail = lay(stops, street)
    assert trail.stops["visit"].tolist() == ["visited", "visited", "no path near"]
    assert trail.stops["order"].isna().tolist() == [False, False, True]
    assert len(trail.stops) == 3
    with pytest.raises(IndicatorError, match="no path is near islet"):
        lay(stops, street, TrailPlan(must_see=("test:1",)))


def test_within_a_budget_what_is_worth_most_is_seen(street, points):
    stops = points([(0, 0), (80, 0), (160, 0), (800, 0)], worth=[1, 1, 1, 5])
    near = TrailPlan(budget_min=12.0, stay_min=2.0, start="test:0")
    trail = lay(stops, street, near)
    assert visited(trail) == ["test:0", "test:1", "test:2"]
    assert trail.stops["visit"].tolist()[3] == "over the budget"
    assert trail.route["total_min"].iloc[0] == 2 + 6
    far = TrailPlan(budget_min=14.0, stay_min=2.0, start="test:0", score="worth")
    assert visited(lay(stops, street, far)) == ["test:0", "test:3"]  # 10 min, two stays
    assert lay(stops, street, far).route["budget_min"].iloc[0] == 14


def test_a_must_see_beyond_the_budget_says_what_it_takes(street, points):
    stops = points([(0, 0), (80, 0), (800, 0)], name=["a", "b", "lighthouse"])
    plan = TrailPlan(budget_min=11.0, stay_min=1.0, must_see=("test:0", "test:2"))
    said = r"a, lighthouse must be visited and take 12\.0 min \(10\.0 min on the way, 2\.0 min of stay\)"
    with pytest.raises(IndicatorError, match=said):
        lay(stops, street, plan)
    with pytest.raises(InsufficientDataError, match="no stop fits a budget of 1 min"):
        lay(stops, street, TrailPlan(budget_min=1.0, stay_min=5.0))


def test_two_stops_at_one_place_are_no_way_apart(street, points):
    trail = lay(points([(80, 0), (80, 0)]), street)
    row = trail.route.iloc[0]
    assert (row["length_m"], row["walking_min"], row["n_stops"]) == (0, 0, 2)
    assert row["geometry"] is None
    three = lay(points([(80, 0), (80, 0), (160, 0)]), street)
    assert three.route["length_m"].iloc[0] == 80
    assert three.route.geometry.iloc[0].is_valid


def test_one_stop_or_one_near_a_path_is_no_trail(street, points):
    for xy in ([], [(0, 0)]):
        with pytest.raises(InsufficientDataError, match=f"there are {len(xy)}"):
            lay(points(xy), street)
    with pytest.raises(InsufficientDataError, match="1 of 2 stops are near a path"):
        lay(points([(0, 0), (0, 900)]), street)


def test_without_a_network_nothing_is_near(streets, points):
    with pytest.raises(InsufficientDataError, match="0 of 2 stops"):
        lay(points([(0, 0), (10, 0)]), streets([], []))


def test_a_published_route_keeps_its_order_and_is_measured(street, points):
    stops = points([(800, 0), (0, 0), (400, 0)])
    trail = lay(stops, street, TrailPlan(ordered=True))
    assert visited(trail) == ["test:0", "test:1", "test:2"]
    row = trail.route.iloc[0]
    assert (row["length_m"], row["method"]) == (1200, "published order")


def test_a_route_tells_what_must_be_seen_what_is_left_out_and_its_note(street, points):
    stops = points([(0, 0), (400, 0), (800, 0)])
    stops = stops.assign(**{"name": ["Pier; A", "Wat", "Fort"], "name:th": ["ท่า", None, "ป้อม"]})
    plan = TrailPlan(
        budget_min=26,
        stay_min=10.0,
        must_see=("test:0", "test:1"),
        note={"th": "เดิน", "en": "Walk"},
    )
    row = lay(stops, street, plan).route.iloc[0]  # 10 + 5 + 10; the third would add 15
    assert (row["must_see"], row["must_see:th"]) == ("Pier; A; Wat", "ท่า; Wat")
    assert (row["left_out"], row["left_out_names"], row["left_out_names:th"]) == (1, "Fort", "ป้อม")
    assert (row["note"], row["note:th"]) == ("Walk", "เดิน")
    plain = lay(stops, street, TrailPlan()).route.iloc[0]
    assert plain[["note", "must_see", "left_out_names"]].isna().all()


def test_legs_off_the_network_are_never_walking_minutes(street, points):
    stops = points([(0, 0), (800, 0), (800, 30_000), (400, 0)])
    trail = lay(stops, street, TrailPlan(ordered=True, stay_min=5.0))
    assert trail.legs["way"].tolist() == ["on foot", "not on the network", "not on the network"]
    row = trail.route.iloc[0]
    assert (row["gaps"], row["length_m"], row["walking_min"]) == (2, 800, 10)
    assert np.isnan(row["total_min"])
    assert row["straight_m"] == pytest.approx(30_000 + np.hypot(400, 30_000))
    assert trail.stops["leg_min"].isna().tolist() == [True, False, True, True]
    assert trail.stops["arrive_min"].isna().tolist() == [False, False, True, True]
    assert row["geometry"].length == 800  # the straight lines are no part of it


def test_a_gap_in_the_middle_leaves_two_lines(streets, points):
    apart = streets([(0, 0), (400, 0), (1000, 0), (1400, 0)], [(0, 1), (2, 3)])
    trail = lay(points([(0, 0), (400, 0), (1000, 0), (1400, 0)]), apart, TrailPlan(ordered=True))
    line = trail.route.geometry.iloc[0]
    assert line.geom_type == "MultiLineString"
    assert [part.length for part in line.geoms] == [400, 400]


def test_the_aisle_of_a_cathedral_is_no_path_to_stop_at(streets, points):
    nodes = [(0, 0), (800, 0), (400, 10), (400, 40), (0, 500), (900, 500)]
    net = streets(nodes, [(0, 1), (2, 3), (4, 5)])
    trail = lay(points([(0, 0), (400, 30), (800, 0)]), net)
    assert trail.stops["snap_m"].tolist() == [0, 30, 0]  # to the street, not to the aisle
    assert trail.route["length_m"].iloc[0] == 800
    # What is longer than the farthest snap is a place of its own, with no way to it.
    other = lay(points([(0, 0), (400, 490), (800, 0)]), net)
    assert other.stops["visit"].tolist() == ["visited", "visited", "no way there"]


def test_a_stop_without_a_place_is_a_gap_of_unknown_length(street, points):
    stops = points([(0, 0), (400, 0), (800, 0)])
    stops = stops.set_geometry([stops.geometry.iloc[0], None, stops.geometry.iloc[2]], crs=UTM)
    trail = lay(stops, street, TrailPlan(ordered=True))
    assert trail.legs["way"].tolist() == ["not on the network"] * 2
    assert trail.legs["straight_m"].isna().all()
    assert trail.legs.geometry.isna().all()
    assert trail.route[["gaps", "straight_m"]].isna().values.tolist() == [[False, True]]
    assert lay(stops, street).stops["visit"].tolist() == ["visited", "visited", "no path near"]


def test_an_area_is_reached_where_the_path_comes_nearest(street, boxes):
    parks = boxes([(100, 10, 300, 90), (500, -20, 700, 20)])
    trail = lay(parks, street)
    assert trail.stops["snap_m"].tolist() == [10, 0]
    assert set(trail.stops.geom_type) == {"Point"}
    assert trail.stops.geometry.iloc[0].y == Y + 10


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(6)), closed=st.booleans(), budget=st.sampled_from([None, 25.0]))
def test_the_order_of_the_rows_changes_nothing(order, closed, budget):
    net = grid_network(UTM)
    places = grid_places(UTM)
    plan = TrailPlan(closed=closed, budget_min=budget, stay_min=1.0)
    first, again = (lay(rows, net, plan) for rows in (places, places.iloc[list(order)]))
    pd.testing.assert_frame_equal(first.stops, again.stops)
    pd.testing.assert_frame_equal(first.legs, again.legs)
    assert first.route.geometry.iloc[0].equals_exact(again.route.geometry.iloc[0], 0)


def grid_network(crs):
    side = 5
    xy = np.array([(100.0 * x, 100.0 * y) for x in range(side) for y in range(side)])
    edges = [(i, i + 1) for i in range(side**2 - 1) if (i + 1) % side]
    edges += [(i, i + side) for i in range(side * (side - 1))]
    pairs = np.array(edges, dtype=np.int32)
    return Network(
        node_xy=xy + np.array([X, Y]),
        node_id=np.arange(len(xy)),
        edges=pairs,
        length_m=np.full(len(pairs), 100.0),
        kind=np.zeros(len(pairs), dtype=np.int8),
        way_id=np.arange(len(pairs)),
        crs=crs,
    )


def grid_places(crs):
    xy = np.array([(0, 0), (400, 0), (400, 400), (0, 400), (200, 200), (100, 300)])
    index = pd.Index([f"test:{i}" for i in range(6)], name="feature_id")
    return gpd.GeoDataFrame(
        {"name": list("abcdef")},
        geometry=gpd.points_from_xy(*(xy + np.array([X, Y])).T),
        index=index,
        crs=crs,
    )


def test_legs_are_as_long_as_networkx_finds_them():
    rng = np.random.default_rng(4)
    net = grid_network(UTM)
    minutes = EdgeMinutes(*rng.uniform(1, 5, (2, net.n_edges)))
    graph = nx.DiGraph()
    for (a, b), there, back in zip(net.edges.tolist(), *minutes, strict=True):
        graph.add_edge(a, b, weight=there)
        graph.add_edge(b, a, weight=back)
    places = grid_places(UTM)
    trail = lay(places, net, TrailPlan(ordered=True), minutes=minutes)
    nodes = [0, 20, 24, 4, 12, 8]  # of the places: 5 * column + row
    for (start, end), leg in zip(itertools.pairwise(nodes), trail.legs.itertuples(), strict=True):
        assert leg.minutes == pytest.approx(nx.dijkstra_path_length(graph, start, end))
        assert leg.length_m == pytest.approx(leg.geometry.length)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"closed": True, "end": "test:1"}, "ends where it starts"),
        ({"start": "test:1", "end": "test:1"}, "are one stop"),
        ({"budget_min": 0.0}, "minutes over 0"),
        ({"budget_min": float("nan")}, "minutes over 0"),
        ({"ordered": True, "must_see": ("test:1",)}, "leave `budget_min`"),
    ],
)
def test_plans_that_cannot_be_meant_are_refused(options, fault):
    with pytest.raises(ValueError, match=fault):
        TrailPlan(**options)


def test_stops_that_cannot_be_meant_are_refused(street, points):
    stops = points([(0, 0), (80, 0)], worth=[1, None])
    with pytest.raises(ValueError, match=r"\['nowhere'\] are not among the 2 stops"):
        lay(stops, street, TrailPlan(must_see=("nowhere",)))
    with pytest.raises(ValueError, match=r"`score` \('worth'\) must be 0 or more.*test:1"):
        lay(stops, street, TrailPlan(budget_min=9.0, score="worth"))
    with pytest.raises(ValueError, match="more than once"):
        lay(pd.concat([stops, stops]), street)
    with pytest.raises(ValueError, match="max_snap_m"):
        lay(stops, street, max_snap_m=0)
    with pytest.raises(CRSError, match="EPSG:4326"):
        lay(stops.to_crs(4326), street)


def planned(stops, **routes_of):
    parts = [stops.loc[ids].assign(route_id=route) for route, ids in routes_of.items()]
    joined = pd.concat(parts).rename_axis("feature_id").reset_index()
    joined.index = joined["route_id"] + "/" + joined["feature_id"]
    return joined


def test_the_routes_of_a_city_are_laid_one_by_one(street, points, whole):
    stops = points(
        [(0, 0), (160, 0), (800, 0)], name=["a", "b", "c"], accuracy=[None, None, "illustrative"]
    )
    stops["source_id"] = "list"
    plans = {
        "short": TrailPlan(id="short", name="Short", names={"th": "สั้น"}, source_id="guide"),
        "long": TrailPlan(id="long", closed=True),
        "dear": TrailPlan(id="dear", budget_min=2.0, must_see=("test:0", "test:2")),
    }
    given_stops = planned(
        stops, short=["test:0", "test:1"], long=list(stops.index), dear=list(stops.index)
    )
    with pytest.warns(DataQualityWarning, match="'dear' is not drawn: a, c must be visited"):
        found = route_stops(given_stops, plans, street, whole, max_snap_m=50)
    assert len(found) == len(given_stops)
    assert found["visit"].value_counts().to_dict() == {"visited": 5, "no route": 3}
    legs = route_legs(found, plans, street, whole, max_snap_m=50)
    lines = routes(legs, found, plans, whole)
    assert lines.index.tolist() == ["short", "long"]
    assert lines["total_min"].tolist() == [2, 20]
    assert lines["source_id"].tolist() == ["guide;list;test", "list;test"]
    assert lines["accuracy"].isna().tolist() == [True, False]
    assert lines.loc["long", "accuracy"] == "illustrative"
    assert lines.loc["short", "name:th"] == "สั้น"
    table = route_minutes(lines, found, whole)
    assert table[["unit_id", "category", "value", "n"]].values.tolist() == [
        ["town", "short", 2, 2],
        ["town", "long", 20, 3],
    ]


def test_a_layer_of_routes_says_what_the_trail_alone_says(block, points, whole):
    stops = points([(100, 4), (400, 200), (0, 300)], name=list("abc"))
    plan = TrailPlan(id="walk", closed=True, stay_min=3.0)
    alone = lay(stops, block, plan)
    found = route_stops(
        planned(stops, walk=list(stops.index)), {"walk": plan}, block, whole, max_snap_m=50
    )
    legs = route_legs(found, {"walk": plan}, block, whole, max_snap_m=50)
    pd.testing.assert_frame_equal(found, alone.stops)
    pd.testing.assert_frame_equal(legs, alone.legs)
    pd.testing.assert_frame_equal(routes(legs, found, {"walk": plan}, whole), alone.route)


def test_a_city_without_routes_or_with_none_that_can_be_laid_skips_them(street, points, whole):
    stops = points([(0, 900), (160, 900)], name=["a", "b"])
    plans = {"far": TrailPlan(id="far")}
    with pytest.raises(InsufficientDataError, match="No route is planned"):
        route_stops(planned(stops, far=list(stops.index)), {}, street, whole, max_snap_m=50)
    with pytest.warns(DataQualityWarning, match="0 of 2 stops are near a path"):
        found = route_stops(
            planned(stops, far=list(stops.index)), plans, street, whole, max_snap_m=50
        )
    with pytest.raises(InsufficientDataError, match="No route could be laid"):
        route_legs(found, plans, street, whole, max_snap_m=50)


def test_a_route_that_leaves_the_unit_is_not_its_own(street, points, units):
    stops = points([(100, 0), (900, 0), (1100, 0)], name=list("abc"))
    net = street
    plans = {"in": TrailPlan(id="in"), "over": TrailPlan(id="over")}
    given_stops = planned(stops, **{"in": ["test:0", "test:1"], "over": ["test:1", "test:2"]})
    found = route_stops(given_stops, plans, net, units, max_snap_m=400)
    legs = route_legs(found, plans, net, units, max_snap_m=400)
    table = route_minutes(routes(legs, found, plans, units), found, units)
    assert table[["unit_id", "category"]].values.tolist() == [["west", "in"]]
    with pytest.raises(InsufficientDataError, match="no route has all its stops within it"):
        route_minutes(routes(legs, found, plans, units), found, units.loc[["east"]])
