"""Walking time to the nearest target: exact, each way, and for a unit's people."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from creative_spatial.analysers import (
    median_time_to_nearest,
    network_distances,
    node_time_to_nearest,
    time_to_nearest,
    walking_minutes,
)
from creative_spatial.analysers.walking.search import cost_from, walk_to
from creative_spatial.analysers.walking.snapping import Stretches
from creative_spatial.errors import CRSError, DataQualityWarning
from creative_spatial.network import EdgeMinutes, Network
from creative_spatial.raster import Raster

X, Y = 600_000.0, 790_000.0
UTM = CRS.from_epsg(32647)


def times(origins, targets, network, **options):
    return time_to_nearest(origins, targets, network, **{"max_snap_m": 50, **options})[
        "minutes"
    ].tolist()


@pytest.fixture
def people():
    """A raster of inhabitants from rows of cells, its corner at the town's north-west."""

    def make(rows, cell_m, *, north=1000.0):
        transform = Affine(cell_m, 0, X, 0, -cell_m, Y + north)
        return Raster(np.asarray(rows, dtype="float32"), transform, UTM, "census")

    return make


def test_time_is_distance_over_speed_on_the_level(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    origins, targets = points([(100, 5), (980, -5)]), points([(340, 10)])
    assert times(origins, targets, street) == pytest.approx([240 / 80, 640 / 80])


def test_going_up_to_a_temple_takes_longer_than_coming_down(points, streets):
    hill = streets([(0, 0), (400, 0)], [(0, 1)])
    minutes = walking_minutes(hill, elevation_m=np.array([0.0, 40.0]))
    foot, top = points([(0, 0)]), points([(400, 0)])
    up, down = (times(*pair, hill, minutes=minutes)[0] for pair in ((foot, top), (top, foot)))
    assert up == pytest.approx(5 * np.exp(0.35))
    assert down == pytest.approx(5.0)


def test_on_one_edge_the_direction_decides_too(points, streets):
    hill = streets([(0, 0), (400, 0)], [(0, 1)])
    minutes = EdgeMinutes(np.array([8.0]), np.array([4.0]))
    found = times(points([(100, 0), (300, 0)]), points([(200, 0)]), hill, minutes=minutes)
    assert found == pytest.approx([2.0, 1.0])


def test_the_quicker_way_is_taken_even_where_it_is_longer(points, streets):
    block = streets([(0, 0), (100, 0), (50, 20)], [(0, 1), (0, 2), (2, 1)])
    minutes = EdgeMinutes(np.array([9.0, 1.0, 1.0]), np.array([1.0, 5.0, 5.0]))
    there = times(points([(0, 0)]), points([(100, 0)]), block, minutes=minutes, max_snap_m=5)
    back = times(points([(100, 0)]), points([(0, 0)]), block, minutes=minutes, max_snap_m=5)
    assert (there, back) == ([2.0], [1.0])


def test_of_parallel_edges_the_quicker_is_walked_each_way(points, streets):
    pair = streets([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 0), (1, 2)])
    minutes = EdgeMinutes(np.array([4.0, 7.0, 1.0]), np.array([6.0, 3.0, 1.0]))
    assert times(points([(-30, 0)]), points([(200, 0)]), pair, minutes=minutes) == [4.0]
    assert times(points([(200, 0)]), points([(-30, 0)]), pair, minutes=minutes) == [7.0]


def test_an_endless_edge_is_not_walked_and_does_not_spoil_its_ends(points, streets):
    street = streets([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)])
    minutes = EdgeMinutes(np.array([np.inf, 1.0]), np.array([np.inf, 1.0]))
    found = times(points([(0, 0), (200, 0)]), points([(100, 0)]), street, minutes=minutes)
    assert found == [np.inf, 1.0]


def test_far_from_paths_is_null_no_way_is_infinite_and_nothing_to_reach_is_infinite(
    points, streets
):
    islands = streets([(0, 0), (100, 0), (500, 0), (600, 0)], [(0, 1), (2, 3)])
    origins = points([(50, 49), (50, 51), (550, 0)])
    found = time_to_nearest(origins, points([(0, 0)]), islands, max_snap_m=50)
    assert found["minutes"].tolist() == pytest.approx([0.625, np.nan, np.inf], nan_ok=True)
    assert found["snap_m"].tolist() == pytest.approx([49, np.nan, 0], nan_ok=True)
    assert times(points([(50, 0)]), points([]), islands) == [np.inf]
    far = points([(50, 900)])
    assert times(points([(50, 0)]), far, islands) == [np.inf]


def test_beyond_the_limit_is_infinite_and_at_it_is_not(points, streets):
    street = streets([(0, 0), (800, 0)], [(0, 1)])
    origins, target = points([(400, 0), (401, 0)]), points([(0, 0)])
    assert times(origins, target, street, limit_min=5) == [5.0, np.inf]


def test_within_a_park_one_is_there(points, boxes, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    park = boxes([(0, 5, 300, 45)])
    assert times(points([(150, 40), (400, 0)]), park, street, frontage_m=0) == [0.0, 1.25]


def test_a_park_with_a_gate_is_entered_there_and_not_along_its_fence(points, boxes, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    park, gate = boxes([(0, 5, 400, 200)]), points([(80, 6)])
    origin = points([(480, 0)])
    assert times(origin, park, street) == pytest.approx(
        [(80 - np.sqrt(20**2 - 5**2)) / 80], abs=0.01
    )
    assert times(origin, park, street, gates=gate) == pytest.approx([5.0])


def test_every_node_at_once_agrees_with_its_own_time_as_an_origin(points, streets):
    block = streets([(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 1), (1, 2), (2, 3), (3, 0)])
    minutes = walking_minutes(block, elevation_m=np.array([0.0, 10.0, 30.0, 5.0]))
    target = points([(100, 30)])
    found = node_time_to_nearest(target, block, max_snap_m=50, minutes=minutes)
    each = times(points(block.node_xy - [X, Y]), target, block, minutes=minutes)
    assert found.tolist() == pytest.approx(each)
    assert found.index.name == "node"


@st.composite
def hilly_towns(draw):
    """A random network with stairs and ferries, heights, and places on its edges."""
    n = draw(st.integers(3, 12))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    edges = draw(st.lists(pairs, min_size=2, max_size=25))
    seed = draw(st.integers(0, 2**32 - 1))
    return n, np.array(edges, dtype=np.int32), seed


@settings(max_examples=80, deadline=None)
@given(hilly_towns())
def test_as_networkx_finds_on_random_towns_with_slopes_stairs_and_ferries(town):
    n, edges, seed = town
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 1000, (n, 2)) + np.array([X, Y])
    kind = random.choice([0, 0, 1, 2], len(edges)).astype(np.int8)
    kind[0] = 0
    length = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T) * random.uniform(1, 1.4, len(edges))
    network = Network(xy, np.arange(n), edges, length, kind, np.arange(len(edges)), UTM)
    minutes = walking_minutes(network, elevation_m=random.uniform(0, 80, n))

    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(n))
    for (u, v), forth, back in zip(edges.tolist(), *minutes, strict=True):
        graph.add_edge(u, v, weight=forth)
        graph.add_edge(v, u, weight=back)
    walked = np.flatnonzero(kind != 2)
    goals = []
    for name, edge in enumerate(random.choice(walked, 3)):
        along = random.uniform(0.02, 0.98)
        (u, v), forth, back = edges[edge].tolist(), minutes.forward[edge], minutes.backward[edge]
        graph.add_edge(u, f"goal{name}", weight=forth * along)
        graph.add_edge(v, f"goal{name}", weight=back * (1 - along))
        goals.append(f"goal{name}")
        goals.append((edge, along))
    names, places = goals[::2], goals[1::2]
    expected = nx.multi_source_dijkstra_path_length(graph.reverse(), set(names))

    edge = np.array([place[0] for place in places])
    at = np.array([place[1] for place in places]) * length[edge]
    arrival = walk_to(Stretches(edge, at, at), network, minutes)
    assert arrival.at_node.tolist() == pytest.approx(
        [expected.get(node, np.inf) for node in range(n)], abs=1e-6
    )
    # And from a place on an edge: over either end, or along the edge to a goal on it.
    own = int(random.choice(walked))
    share = float(random.uniform(0, 1))
    forth, back = minutes.forward[own], minutes.backward[own]
    ways = [
        expected.get(int(edges[own, 0]), np.inf) + share * back,
        expected.get(int(edges[own, 1]), np.inf) + (1 - share) * forth,
    ]
    ways += [
        (along - share) * forth if along >= share else (share - along) * back
        for goal_edge, along in places
        if goal_edge == own
    ]
    found = cost_from(np.array([own]), np.array([share * length[own]]), arrival, network, minutes)
    assert found[0] == pytest.approx(min(ways), abs=1e-6)


def test_on_the_level_time_is_the_distance_that_is_measured_elsewhere(points, boxes, streets):
    random = np.random.default_rng(7)
    xy = random.uniform(0, 1000, (60, 2))
    near = np.argsort(np.linalg.norm(xy[:, None] - xy, axis=2), axis=1)[:, 1:4]
    edges = np.column_stack([np.repeat(np.arange(60), 3), near.ravel()])
    town = streets(xy, edges)
    origins = points(random.uniform(0, 1000, (40, 2)))
    parks = boxes([(w, s, w + 60, s + 60) for w, s in random.uniform(0, 900, (4, 2))])
    metres = network_distances(origins, parks, town, max_snap_m=80)["distance_m"]
    minutes = times(origins, parks, town, max_snap_m=80)
    assert minutes == pytest.approx((metres / 80).tolist(), nan_ok=True)
    assert np.isfinite(minutes).sum() > 0


class TestMedian:
    def test_half_of_the_people_are_there_sooner(self, points, streets, units, people):
        street = streets([(0, 500), (1000, 500)], [(0, 1)])
        # Cells of 250 m, centres 125, 375, 625, 875 m along the street; the crowd is far away.
        census = people([[0] * 4, [100, 100, 100, 350], [0] * 4, [0] * 4], 250, north=875)
        found = median_time_to_nearest(
            points([(0, 500)]), street, units, max_snap_m=50, population=census
        )
        assert found.loc["west", "value"] == pytest.approx(875 / 80)
        assert found.loc["west", "n"] == 650
        assert np.isnan(found.loc["east", "value"])
        assert found.loc["east", "n"] == 0

    def test_without_a_census_streets_count_by_their_length(self, points, streets, units):
        street = streets([(0, 500), (100, 500), (200, 500), (1000, 500)], [(0, 1), (1, 2), (2, 3)])
        found = median_time_to_nearest(points([(0, 500)]), street, units, max_snap_m=50)
        assert found.loc["west", "value"] == pytest.approx(600 / 80)
        assert found.loc["west", "n"] == 3

    def test_a_target_in_the_next_unit_counts(self, points, streets, units, people):
        street = streets([(0, 500), (2000, 500)], [(0, 1)])
        census = people([[10, 0]], 1000, north=1000)
        found = median_time_to_nearest(
            points([(1300, 500)]), street, units, max_snap_m=50, population=census
        )
        assert found.loc["west", "value"] == pytest.approx(10.0)

    def test_where_half_of_the_people_reach_nothing_the_median_is_null_and_they_are_counted(
        self, points, streets, units, people
    ):
        banks = streets([(0, 500), (400, 500), (600, 500), (1000, 500)], [(0, 1), (2, 3)])
        census = people([[10, 30]], 500, north=750)
        found = median_time_to_nearest(
            points([(0, 500)]), banks, units, max_snap_m=50, population=census
        )
        assert np.isnan(found.loc["west", "value"])
        assert found.loc["west", "n"] == 40

    def test_people_far_from_any_path_are_said_to_be_left_out(self, points, streets, units, people):
        street = streets([(0, 500), (1000, 500)], [(0, 1)])
        census = people([[12], [30]], 500, north=1000)
        with pytest.warns(DataQualityWarning, match=r"42 of 42 people .* 'census' .* 100 m"):
            found = median_time_to_nearest(
                points([(0, 500)]), street, units, max_snap_m=100, population=census
            )
        assert found["value"].isna().all()

    def test_heights_make_the_way_up_longer(self, points, streets, units, people):
        street = streets([(500, 100), (500, 900)], [(0, 1)])
        census = people([[10]], 1000, north=600)  # its centre is the south end of the street
        rows = np.linspace(102.5, -2.5, 22).reshape(-1, 1)  # 0.1 m up for every metre north
        dem = Raster(rows, Affine(1000, 0, X, 0, -50, Y + 1075), UTM, "dem")
        top = points([(500, 900)])
        options = {"max_snap_m": 50, "population": census}
        level = median_time_to_nearest(top, street, units, **options)["value"]["west"]
        up = median_time_to_nearest(top, street, units, elevation=dem, **options)["value"]["west"]
        assert level == pytest.approx(10.0)
        assert up == pytest.approx(10 * np.exp(0.35))

    def test_who_lives_inside_a_park_is_there(self, boxes, streets, units, people):
        street = streets([(0, 500), (1000, 500)], [(0, 1)])
        park = boxes([(300, 510, 700, 700)])
        census = people([[10]], 100, north=590)
        census = Raster(census.values, census.transform @ Affine.translation(4.5, 0), UTM, "census")
        found = median_time_to_nearest(
            park, street, units, max_snap_m=50, frontage_m=0, population=census
        )
        assert found.loc["west", "value"] == 0.0

    def test_no_targets_give_null_and_no_error(self, points, streets, units):
        street = streets([(0, 500), (1000, 500)], [(0, 1)])
        found = median_time_to_nearest(points([]), street, units, max_snap_m=50)
        assert found["value"].isna().all()
        assert found.index.equals(units.index)

    def test_a_census_in_degrees_is_brought_to_the_town(self, points, streets, units):
        lonlat = gpd.GeoSeries([shapely.Point(X + 480, Y + 500)], crs=UTM).to_crs(4326)[0]
        census = Raster(
            np.array([[7.0]]),
            Affine(0.001, 0, lonlat.x - 0.0005, 0, -0.001, lonlat.y + 0.0005),
            CRS.from_epsg(4326),
            "census",
        )
        street = streets([(0, 500), (1000, 500)], [(0, 1)])
        found = median_time_to_nearest(
            points([(0, 500)]), street, units, max_snap_m=50, population=census
        )
        assert found.loc["west", "value"] == pytest.approx(6.0, abs=1e-3)


def test_minutes_of_another_network_are_refused(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    wrong = EdgeMinutes(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=r"`minutes\.forward` must be 1 values"):
        times(points([(0, 0)]), points([(9, 0)]), street, minutes=wrong)


def test_times_that_are_no_times_are_refused(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    for bad in (-1.0, np.nan):
        minutes = EdgeMinutes(np.ones(1), np.array([bad]))
        with pytest.raises(ValueError, match=r"`minutes\.backward` must be 1 values of 0 or more"):
            times(points([(0, 0)]), points([(9, 0)]), street, minutes=minutes)


@pytest.mark.parametrize("option", [{"max_snap_m": 0}, {"frontage_m": -1}])
def test_distances_out_of_range_are_refused(points, streets, option):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    with pytest.raises(ValueError, match=f"`{next(iter(option))}` is .* metres"):
        times(points([(0, 0)]), points([(9, 0)]), street, **option)


def test_layers_in_another_crs_are_refused(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    with pytest.raises(CRSError, match="`gates` is in EPSG:4326"):
        times(points([(0, 0)]), points([(9, 0)]), street, gates=points([(0, 0)]).to_crs(4326))
