"""The walk to the nearest place of another community: by hand, by enumeration, by networkx."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from creative_spatial.analysers import walk_between_communities
from creative_spatial.errors import CRSError, InsufficientDataError
from creative_spatial.network import STEPS

WALK = {
    "by": "community",
    "without": ["unknown", "shared"],
    "certain_m": 400,
    "max_snap_m": 50,
    "limit_min": 60,
}


@pytest.fixture
def street(streets):
    """A street of 1.6 km along the town's middle, and beyond water one of 400 m."""
    return streets([(0, 500), (1600, 500), (1700, 900), (2000, 900)], [(0, 1), (2, 3)])


def along(points, metres, communities, **columns):
    return points([(x, 505) for x in metres], community=communities, **columns)


def walked(layer, network, whole, **options):
    return walk_between_communities(layer, network, whole, **{**WALK, **options}).set_index(
        "category"
    )


def test_a_street_by_hand_and_its_chance_by_enumeration(points, street, whole):
    # b stands 400 m from one a and 800 m from the other: 5, 5 and 10 min. Shuffled, b stands in
    # the middle (5, 5, 10), first (5, 5, 15) or last (10, 10, 15): medians of 5, 5 and 10.
    layer = along(points, [0, 400, 1200], ["a", "b", "a"])
    found = walked(layer, street, whole, permutations=2999)
    assert found.at["observed", "value"] == pytest.approx(5)
    assert found["n"].tolist() == [3, 3]
    assert np.isnan(found.loc["observed", ["low", "high"]].astype(float)).all()
    assert found.at["shuffled", "value"] == pytest.approx(5)
    assert found.loc["shuffled", ["low", "high"]].tolist() == pytest.approx([5, 10])
    assert found.at["observed", "p"] == 1
    assert "chance, which gives 5.00 (5.00 to 10.00); p = 1" in found.at["observed", "reference"]


def test_half_of_an_even_number_is_the_lower_middle(points, street, whole):
    # 1, 1, 5 and 15 min: within 1 min half of them are there.
    layer = along(points, [0, 80, 480, 1280], ["a", "b", "a", "a"])
    assert walked(layer, street, whole).at["observed", "value"] == pytest.approx(1)


def test_what_stands_at_one_point_is_no_walk_apart(points, street, whole):
    layer = along(points, [800, 800, 800, 0], ["a", "b", "a", "a"])
    assert walked(layer, street, whole).at["observed", "value"] == 0


def test_stairs_are_slower(points, streets, whole):
    layer = along(points, [0, 400, 800], ["a", "b", "a"])
    flat, stairs = (streets([(0, 500), (1600, 500)], [(0, 1)], kind=[kind]) for kind in (0, STEPS))
    level = walked(layer, flat, whole).at["observed", "value"]
    assert walked(layer, stairs, whole).at["observed", "value"] == pytest.approx(level / 0.455)


def test_an_island_is_infinitely_far_and_counted(points, street, whole):
    town = along(points, [0, 400, 800, 1600], ["a", "b", "a", "b"])
    island = points([(1700, 905), (1800, 905)], community=["a", "a"])
    layer = pd.concat([town, island.set_axis(["x", "y"])])
    table = walk_between_communities(layer, street, whole, **WALK)
    # 5, 5, 5, 10 min and two infinite ones: the third of six.
    assert table.at[0, "value"] == pytest.approx(5)
    assert table["unreached"].tolist() == [2, 2]
    assert "2 of 6 reach no other community within 60 min." in table.attrs["note"]


def test_a_scrap_of_path_in_a_ground_is_no_path(points, streets, whole):
    # The b of the middle stands beside 20 m of footway in its own ground, nearer than the street.
    network = streets([(0, 500), (1600, 500), (390, 520), (410, 520)], [(0, 1), (2, 3)])
    town = along(points, [0, 1200], ["a", "a"])
    layer = pd.concat([town, points([(400, 518)], community=["b"]).set_axis(["x"])])
    table = walk_between_communities(layer, network, whole, **WALK)
    assert table.at[0, "value"] == pytest.approx(5)
    assert table.loc[0, ["n", "alone"]].tolist() == [3, 0]
    # as long as a place may be from a path it is one, and joins the place to no other
    with pytest.raises(InsufficientDataError, match="there are 2 of 1"):
        walk_between_communities(layer, network, whole, **{**WALK, "max_snap_m": 19})


def test_one_that_paths_join_to_no_other_place_is_left_out_and_counted(points, street, whole):
    town = along(points, [0, 400, 1200], ["a", "b", "a"])
    layer = pd.concat([town, points([(1800, 905)], community=["b"]).set_axis(["x"])])
    table = walk_between_communities(layer, street, whole, **WALK)
    assert table.at[0, "value"] == pytest.approx(5)
    assert table.loc[0, ["n", "alone", "unreached"]].tolist() == [3, 1, 0]
    assert table.attrs["note"] == "Left out, being joined by paths to no other place: 1."
    with pytest.raises(InsufficientDataError, match="there are 2 of 2"):
        walked(layer.drop(index=layer.index[1]).assign(community=["a", "b", "c"]), street, whole)


def test_where_half_reach_none_there_is_no_number_but_a_reason(points, street, whole):
    town = along(points, [0, 400], ["a", "b"])
    island = points([(1700, 905), (1800, 905), (1900, 905)], community=["a", "a", "a"])
    found = walked(pd.concat([town, island.set_axis(["x", "y", "z"])]), street, whole)
    assert np.isnan(found.at["observed", "value"])
    assert np.isnan(found.at["observed", "p"])
    assert found.at["observed", "reason"].startswith("half of the places or more reach none")
    assert found.at["observed", "unreached"] == 3


def test_farther_than_the_limit_is_not_reached(points, street, whole):
    layer = along(points, [0, 400, 1200], ["a", "b", "a"])
    assert walked(layer, street, whole, limit_min=10).at["observed", "unreached"] == 0
    assert walked(layer, street, whole, limit_min=9.9).at["observed", "unreached"] == 1


def test_shared_vague_and_distant_places_are_left_out_and_counted(points, street, whole):
    sure = along(points, [0, 400, 1200], ["a", "b", "a"], uncertainty_m=20.0)
    more = points(
        [(100, 505), (200, 505), (600, 700), (700, 505)],
        community=["shared", None, "b", "b"],
        uncertainty_m=[20.0, 20.0, 20.0, 401.0],
    ).set_axis(list("wxyz"))
    table = walk_between_communities(pd.concat([sure, more]), street, whole, **WALK)
    assert table.at[0, "value"] == pytest.approx(5)
    counts = table.loc[0, ["n", "unknown", "off_network", "vague", "generalised"]]
    assert counts.tolist() == [3, 2, 1, 1, 0]
    assert table.attrs["note"] == (
        "Of 7 places, 2 are left out: 1 shared, 1 unknown. Left out, being uncertain by more than "
        "400 m: 1. Left out, being farther than 50 m from any path: 1. Where it is stated, places "
        "are uncertain by 20 m in the median."
    )
    table = walk_between_communities(sure.assign(uncertainty_m=201.0), street, whole, **WALK)
    assert table.attrs["note"].endswith(
        "201 m in the median. That is half of the walk or more: "
        "which place is the nearest is not sure."
    )


def test_one_community_two_places_and_no_path_are_refused(points, streets, street, whole):
    with pytest.raises(InsufficientDataError, match="there are 3 of 1"):
        walked(along(points, [0, 400, 800], ["a"] * 3), street, whole)
    with pytest.raises(InsufficientDataError, match="there are 2 of 2, and 1 of no one known"):
        walked(along(points, [0, 400, 800], ["a", "b", "shared"]), street, whole)
    nowhere = streets([(0, 500), (1600, 500)], np.empty((0, 2), dtype="int32"))
    with pytest.raises(InsufficientDataError, match="needs paths; the network has none"):
        walked(along(points, [0, 400, 800], ["a", "b", "a"]), nowhere, whole)


def test_faults_are_named(points, street, whole):
    layer = along(points, [0, 400, 800], ["a", "b", "a"])
    with pytest.raises(ValueError, match="`limit_min` is 0"):
        walked(layer, street, whole, limit_min=0)
    with pytest.raises(CRSError):
        walked(layer.to_crs(CRS.from_epsg(32648)), street, whole)


def test_another_name_or_order_changes_nothing(points, street, whole):
    metres = np.random.default_rng(2).uniform(0, 1600, 40)
    kinds = np.random.default_rng(3).choice(list("abc"), 40)
    layer = along(points, metres, kinds)
    names = {"a": "ไทย", "b": "中国", "c": "مسلم"}
    first = walked(layer, street, whole, permutations=99)
    again = walked(
        layer.assign(community=[names[k] for k in kinds]), street, whole, permutations=99
    )
    pd.testing.assert_frame_equal(first, again)


def test_a_drawn_network_against_networkx(points, streets, whole):
    """On a grid whose streets are unequally long, as observed and under every shuffling drawn."""
    rng = np.random.default_rng(11)
    side = 6
    xy = [(200.0 * c, 150.0 * r) for r in range(side) for c in range(side)]
    edges = [(i, i + 1) for i in range(side**2) if i % side < side - 1]
    edges += [(i, i + side) for i in range(side * (side - 1))]
    length = rng.uniform(200, 400, len(edges))
    network = streets(xy, edges, length_m=length)
    graph = nx.Graph()
    graph.add_weighted_edges_from((a, b, m) for (a, b), m in zip(edges, length, strict=True))
    at = rng.permutation(side**2)[:30]
    kinds = np.array(["a"] * 27 + ["b", "b", "c"])
    layer = points([xy[i] for i in at], community=kinds)
    apart = dict(nx.all_pairs_dijkstra_path_length(graph))
    minutes = np.array([[apart[i][j] for j in at] for i in at]) / 80

    def median(labels):
        walks = [minutes[i][labels != labels[i]].min() for i in range(len(at))]
        return np.sort(walks)[(len(walks) - 1) // 2]

    found = walked(layer, network, whole, permutations=999, seed=5)
    assert found.at["observed", "value"] == pytest.approx(median(kinds))
    drawn = np.sort([median(rng.permutation(kinds)) for _ in range(2000)])
    assert found.at["shuffled", "value"] == pytest.approx(np.median(drawn), abs=0.3)
    wanted = np.quantile(drawn, [0.025, 0.975])
    assert found.loc["shuffled", ["low", "high"]].tolist() == pytest.approx(wanted, abs=0.5)


def test_of_many_places_some_are_walked_from(points, street, whole):
    metres = np.linspace(0, 1600, 41)
    layer = along(points, metres, list(itertools.islice(itertools.cycle("ab"), 41)))
    found = walked(layer, street, whole, max_centres=10, permutations=99)
    assert found.loc["observed", ["n", "places"]].tolist() == [10, 41]
    assert found.at["observed", "value"] == pytest.approx(0.5)
