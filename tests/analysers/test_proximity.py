"""Nearness along the network, and what chance would give."""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from creative_spatial.analysers import network_distances, share_within_network
from creative_spatial.errors import CRSError, DataQualityWarning

FERRY = 2


def distances(origins, targets, network, **options):
    return network_distances(origins, targets, network, **{"max_snap_m": 50, **options})[
        "distance_m"
    ].tolist()


def test_distance_runs_along_edges_and_not_from_node_to_node(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    origins, targets = points([(100, 5), (980, -5)]), points([(350, 10), (900, 0)])
    assert distances(origins, targets, street) == pytest.approx([250, 80])


def test_the_shorter_way_round_is_taken(points, streets):
    block = streets([(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 1), (1, 2), (2, 3), (3, 0)])
    assert distances(points([(0, 90)]), points([(100, 95)]), block) == pytest.approx([10 + 100 + 5])
    assert distances(points([(0, 10)]), points([(100, 5)]), block) == pytest.approx([10 + 100 + 5])


def test_a_river_is_walked_around(points, streets):
    banks = streets([(0, 0), (0, 500), (60, 500), (60, 0)], [(0, 1), (1, 2), (2, 3)])
    assert distances(points([(0, 0)]), points([(60, 0)]), banks, max_snap_m=20) == pytest.approx(
        [1060]
    )


def test_ground_length_counts_where_it_differs_from_the_drawing(points, streets):
    slope = streets([(0, 0), (100, 0)], [(0, 1)], length_m=[200])
    assert distances(points([(25, 0)]), points([(75, 0)]), slope) == pytest.approx([100])


def test_of_parallel_edges_the_shortest_is_walked(points, streets):
    pair = streets([(0, 0), (100, 0), (300, 0)], [(0, 1), (1, 0), (1, 2)], length_m=[180, 100, 200])
    found = network_distances(points([(300, 0)]), points([(-30, 0)]), pair, max_snap_m=50)
    assert found["distance_m"].tolist() == pytest.approx([300])


def test_what_is_far_from_any_path_is_null_and_what_has_no_way_is_infinite(points, streets):
    islands = streets([(0, 0), (100, 0), (500, 0), (600, 0)], [(0, 1), (2, 3)])
    found = network_distances(
        points([(50, 49), (50, 51), (550, 0)]), points([(0, 0)]), islands, max_snap_m=50
    )
    assert found["snap_m"].tolist() == pytest.approx([49, np.nan, 0], nan_ok=True)
    assert found["distance_m"].tolist() == pytest.approx([50, np.nan, np.inf], nan_ok=True)


def test_a_ferry_is_travelled_on_but_not_boarded_at_sea(points, streets):
    crossing = streets(
        [(0, 0), (100, 0), (500, 0), (600, 0)], [(0, 1), (1, 2), (2, 3)], kind=[0, FERRY, 0]
    )
    found = network_distances(
        points([(0, 0), (300, 0)]), points([(600, 0)]), crossing, max_snap_m=50
    )
    assert found["distance_m"].tolist() == pytest.approx([600, np.nan], nan_ok=True)


def test_a_park_is_reached_where_a_path_enters_or_runs_along_it(boxes, points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    fence = boxes([(400, 10, 600, 300)])
    origins = points([(300, 0), (500, 0), (700, 0)])
    along = distances(origins, fence, street, frontage_m=10)
    assert along == pytest.approx([100, 0, 100])
    entered = boxes([(400, -10, 600, 300)])
    assert distances(origins, entered, street, frontage_m=0) == pytest.approx([100, 0, 100])


def test_a_park_off_every_path_is_reached_from_the_nearest(boxes, points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    park = boxes([(400, 40, 401, 300)])
    assert distances(points([(300, 0)]), park, street, frontage_m=20)[0] == pytest.approx(
        100, abs=1.01
    )
    assert distances(points([(300, 0)]), boxes([(400, 60, 401, 300)]), street) == [np.inf]


def test_inside_an_area_nothing_has_to_be_walked(boxes, points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    wood = boxes([(100, 30, 900, 300)])
    assert distances(points([(500, 45)]), wood, street, frontage_m=20) == [0]


def test_beyond_the_limit_nothing_is_found(points, streets):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    assert distances(points([(0, 0), (100, 0)]), points([(400, 0)]), street, limit_m=300) == [
        np.inf,
        300,
    ]


@pytest.mark.parametrize("empty", ["origins", "targets", "network"])
def test_nothing_to_measure_is_no_fault(empty, points, streets, units):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    origins, targets = points([(5, 5)]), points([(9, 9)])
    if empty == "origins":
        origins = points([])
    elif empty == "targets":
        targets = points([])
    else:
        street = streets([], [])
    found = network_distances(origins, targets, street, max_snap_m=50)
    assert found.index.equals(origins.index)
    assert not (found["distance_m"] < np.inf).any()


def test_distances_out_of_range_and_other_crs_are_refused(points, streets, units):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    layer = points([(5, 5)])
    with pytest.raises(ValueError, match="`max_snap_m` is 0"):
        network_distances(layer, layer, street, max_snap_m=0)
    with pytest.raises(ValueError, match="`frontage_m` is -1"):
        network_distances(layer, layer, street, max_snap_m=50, frontage_m=-1)
    with pytest.raises(CRSError, match="`targets` is in EPSG:4326"):
        network_distances(layer, layer.to_crs(4326), street, max_snap_m=50)
    near = {"distance_m": 300, "max_snap_m": 50}
    with pytest.raises(CRSError, match="`units` is in EPSG:3857"):
        share_within_network(*[layer.to_crs(3857)] * 2, street, units.to_crs(3857), **near)
    with pytest.raises(ValueError, match="`distance_m` is -1"):
        share_within_network(layer, layer, street, units, distance_m=-1, max_snap_m=50)
    with pytest.raises(ValueError, match="expected 'origins' or 'chance'"):
        share_within_network(layer, layer, street, units, of="luck", **near)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_distances_are_those_of_networkx(seed):
    from pyproj import CRS

    from creative_spatial.network import Network

    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (25, 2))
    edges = rng.integers(0, 25, (35, 2)).astype(np.int32)
    edges = edges[edges[:, 0] != edges[:, 1]]
    length = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T) * rng.uniform(1, 1.5, len(edges))
    crs = CRS.from_epsg(32647)
    network = Network(
        xy, np.arange(25), edges, length, np.zeros(len(edges), np.int8), np.arange(len(edges)), crs
    )
    on_edge, share = rng.integers(0, len(edges), 16), rng.uniform(0, 1, 16)
    share[:4] = [0, 1, 0, 1]
    place = xy[edges[on_edge, 0]] * (1 - share[:, None]) + xy[edges[on_edge, 1]] * share[:, None]
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*place.T), crs=crs)
    found = network_distances(layer.iloc[:8], layer.iloc[8:], network, max_snap_m=1e-3)[
        "distance_m"
    ]

    graph = nx.MultiGraph()
    graph.add_nodes_from(range(25))
    stops = {edge: [] for edge in range(len(edges))}
    for position, point in enumerate(layer.geometry):
        for edge in np.flatnonzero(shapely.distance(network.lines(), point) < 1e-3):
            # A place where edges meet or cross lies on the one that is snapped to: the first
            # of the nearest. Only the end nodes of edges are shared.
            fraction = shapely.line_locate_point(network.lines()[edge], point, normalized=True)
            stops[edge].append(
                (
                    fraction * length[edge],
                    ("stop", position),
                    shapely.distance(network.lines()[edge], point),
                )
            )
    nearest = {}
    for edge, list_ in stops.items():
        for _, name, away in list_:
            if name not in nearest or away < nearest[name][0]:
                nearest[name] = (away, edge)
    for edge, (left, right) in enumerate(edges.tolist()):
        here = sorted(stop[:2] for stop in stops[edge] if nearest[stop[1]][1] == edge)
        chain = [(0.0, left), *here, (length[edge], right)]
        for (start, a), (end, b) in itertools.pairwise(chain):
            graph.add_edge(a, b, weight=end - start)
    expected = nx.multi_source_dijkstra_path_length(
        graph, {("stop", position) for position in range(8, 16)}
    )
    for position in range(8):
        assert found.iloc[position] == pytest.approx(
            expected.get(("stop", position), np.inf), abs=1e-6
        )


@pytest.fixture
def main_street(streets):
    """Two kilometres of street through both squares, one kilometre in each."""
    return streets([(0, 500), (1000, 500), (2000, 500)], [(0, 1), (1, 2)])


NEAR = {"distance_m": 300, "max_snap_m": 50}


def test_observed_share_per_unit_and_of_the_whole(points, main_street, units, whole):
    groups = points([(100, 500), (200, 500), (900, 500), (1500, 500)])
    temples = points([(0, 500), (1150, 500)])
    by_unit = share_within_network(groups, temples, main_street, units, **NEAR)
    assert by_unit["value"].tolist() == [100, 0]
    assert by_unit["n"].tolist() == [3, 1]
    assert by_unit[["low", "high"]].isna().all(axis=None)
    assert share_within_network(groups, temples, main_street, whole, **NEAR)["value"].tolist() == [
        75
    ]


def test_chance_is_the_share_of_streets_that_are_near(points, main_street, units, whole):
    groups, temples = points([(900, 500), (1900, 500)]), points([(0, 500), (100, 500)])
    found = share_within_network(groups, temples, main_street, units, of="chance", **NEAR)
    assert found["value"].tolist() == pytest.approx([40, 0])
    assert found.loc["east", ["low", "high"]].tolist() == [0, 0]
    whole_town = share_within_network(groups, temples, main_street, whole, of="chance", **NEAR)
    assert whole_town["value"].tolist() == pytest.approx([20])


def test_chance_agrees_with_origins_put_on_the_streets_at_random(points, streets, whole):
    rng = np.random.default_rng(7)
    grid = [(x, y) for x in range(0, 2000, 200) for y in range(0, 1000, 200)]
    pairs = [
        (i, j)
        for i, a in enumerate(grid)
        for j, b in enumerate(grid)
        if i < j and np.hypot(a[0] - b[0], a[1] - b[1]) == 200
    ]
    network = streets(grid, pairs)
    temples = points(rng.uniform((0, 0), (1900, 900), (6, 2)))
    groups = points(rng.uniform((0, 0), (1800, 800), (20, 2)))
    options = {"distance_m": 300, "max_snap_m": 150}
    chance = share_within_network(groups, temples, network, whole, of="chance", **options).iloc[0]
    edge = rng.choice(network.n_edges, 20 * 400, p=network.length_m / network.length_m.sum())
    along = rng.uniform(size=(len(edge), 1))
    ends = network.node_xy[network.edges[edge]]
    xy = ends[:, 0] * (1 - along) + ends[:, 1] * along
    drawn = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=whole.crs)
    near = (
        network_distances(drawn, temples, network, max_snap_m=150)["distance_m"].to_numpy() <= 300
    )
    shares = 100 * near.reshape(400, 20).mean(axis=1)
    assert chance["value"] == pytest.approx(shares.mean(), abs=2)
    assert np.mean((shares >= chance["low"]) & (shares <= chance["high"])) >= 0.93
    assert chance["low"] < chance["value"] < chance["high"]


def test_ferries_are_no_place_to_stand(points, streets, whole):
    crossing = streets(
        [(0, 500), (500, 500), (1500, 500), (2000, 500)],
        [(0, 1), (1, 2), (2, 3)],
        kind=[0, FERRY, 0],
    )
    found = share_within_network(
        points([(0, 500)]), points([(250, 500)]), crossing, whole, of="chance", **NEAR
    )
    assert found["value"].tolist() == pytest.approx([50])


def test_further_targets_count_too(boxes, points, main_street, units):
    groups, none = points([(500, 500), (1500, 500)]), points([], concept=[])
    park = boxes([(600, 400, 700, 600)], naturalness=["park"])
    found = share_within_network(groups, none, main_street, units, also=park, **NEAR)
    assert found["value"].tolist() == [100, 0]


def test_origins_off_the_network_are_named_and_left_out(points, main_street, units):
    groups = points([(100, 500), (100, 900)])
    with pytest.warns(DataQualityWarning, match=r"1 origins are farther than 50 m .* \['test:1'\]"):
        found = share_within_network(groups, points([(0, 500)]), main_street, units, **NEAR)
    assert found.at["west", "value"] == 100
    assert found.at["west", "n"] == 1


def test_a_share_of_no_origins_is_null(points, main_street, units):
    for of in ("origins", "chance"):
        found = share_within_network(
            points([]), points([(0, 500)]), main_street, units, of=of, **NEAR
        )
        assert found[["value", "low", "high"]].isna().all(axis=None)
        assert found["n"].tolist() == [0, 0]


def test_no_targets_near_is_zero(points, main_street, units):
    found = share_within_network(points([(100, 500)]), points([]), main_street, units, **NEAR)
    assert found.at["west", "value"] == 0


def test_a_unit_without_streets_has_no_chance_value(points, streets, units):
    street = streets([(0, 500), (990, 500)], [(0, 1)])
    groups = points([(500, 500), (1010, 500)])
    found = share_within_network(groups, points([(500, 500)]), street, units, of="chance", **NEAR)
    assert found["value"].isna().tolist() == [False, True]
    assert found.index.equals(units.index)


def test_arguments_are_left_as_they_were(points, boxes, main_street, units):
    groups, park = points([(100, 500)]), boxes([(600, 400, 700, 600)])
    before = groups.copy(), park.copy(), main_street.length_m.copy()
    share_within_network(groups, park, main_street, units, also=park, of="chance", **NEAR)
    assert groups.equals(before[0])
    assert park.equals(before[1])
    assert np.array_equal(main_street.length_m, before[2])


@pytest.mark.parametrize(
    ("n", "share"), [(1, 0.2), (7, 0.5), (40, 0.03), (400, 0.81), (5, 0.0), (5, 1.0)]
)
def test_the_interval_of_chance_is_that_of_the_binomial(n, share, points, streets, whole):
    from scipy.stats import binom

    near = 1000 * share
    street = streets([(0, 500), (near, 500), (1500, 500), (2500 - near, 500)], [(0, 1), (2, 3)])
    groups, park = points([(1500, 500)] * n), points([(0, 500)])
    found = share_within_network(
        groups, park, street, whole, of="chance", distance_m=near, max_snap_m=50
    )
    # Rounding may put a share at the very edge of the next count.
    expected = 100 * binom.ppf([0.025, 0.975], n, share).clip(0) / n
    assert found.loc["town", ["low", "high"]].tolist() == pytest.approx(expected.tolist())


def test_places_less_certain_than_the_distance_cannot_be_near_or_far(points, main_street, units):
    groups = points([(100, 500), (120, 500)]).assign(uncertainty_m=[1_000.0, 20.0])
    temples = points([(150, 500), (900, 500)]).assign(uncertainty_m=[None, 500.0])
    with pytest.warns(
        DataQualityWarning, match="1 origins and 1 targets are uncertain by more than"
    ):
        found = share_within_network(groups, temples, main_street, units, **NEAR)
    assert found.at["west", "n"] == 1
    assert found.at["west", "value"] == 100
