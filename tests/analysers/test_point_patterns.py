"""K functions against pointpats and by hand; global tests that hold their level."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from places import CRS

from creative_spatial.analysers.clusters.density import kernel_density
from creative_spatial.analysers.patterns.k_functions import (
    cross_k,
    labelled_k,
    ripley_k,
)
from creative_spatial.analysers.patterns.neighbour_ratio import nearest_neighbour_ratio
from creative_spatial.analysers.patterns.surface_pattern import surface_k
from creative_spatial.errors import CRSError, IndicatorError

STEPS = [50, 100, 200, 400]


def places(points, first: int = 0) -> gpd.GeoDataFrame:
    x, y = np.asarray(points, dtype=float).T
    return gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(x, y), index=range(first, first + len(x)), crs=CRS
    )


def scattered(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 2000, (n, 2))


def test_k_of_a_right_triangle_by_hand():
    # Two of three pairs within 1, all within 2: 2 * 2 / 6 of an area of 6, then all of it.
    assert ripley_k(np.array([[0.0, 0], [1, 0], [0, 1]]), [0.5, 1, 2], 6).tolist() == [0, 4, 6]


def test_k_equals_pointpats():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pointpats = pytest.importorskip("pointpats")
        points = scattered(200, 7)
        support, theirs = pointpats.k(points, support=np.array([0.0, *STEPS]))
    # They divide by n twice where Ripley has n - 1 once, over the box around the points.
    box = np.ptp(points, axis=0).prod()
    assert ripley_k(points, support[1:], box) * 199 / 200 == pytest.approx(theirs[1:], rel=1e-10)


def test_a_cluster_among_mapped_places_is_found():
    everything = places(scattered(300, 1))
    near = everything.distance(shapely.Point(1000, 1000)).nsmallest(30).index
    found = labelled_k(everything.loc[near], everything, distances_m=STEPS, permutations=199)
    assert found.p == 1 / 200
    assert (found.table["value"] > found.table["high"]).any()


def test_expected_value_of_random_labels_is_one():
    everything = places(scattered(300, 2))
    drawn = [
        labelled_k(everything.sample(60, random_state=seed), everything,
                   distances_m=[200, 400], permutations=2).table
        for seed in range(200)
    ]  # fmt: skip
    assert drawn[0]["expected"].tolist() == [1, 1]
    assert np.mean([table["value"] for table in drawn], axis=0) == pytest.approx([1, 1], abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_as_far_below_what_is_expected_as_another_above_is_as_extreme(seed):
    # Of four in a row half of the pairs are within 1. Any three have one or two pairs of three
    # within it: 2/3 or 4/3, a third below or above 1. Nothing is nearer to it than what is seen.
    everything = places([(0, 0), (1, 0), (2, 0), (3, 0)])
    found = labelled_k(everything.iloc[:3], everything, distances_m=[1], permutations=99, seed=seed)
    assert found.table["value"].tolist() == pytest.approx([4 / 3])
    assert found.p == 1


def test_the_global_test_holds_its_level():
    everything, rng = places(scattered(120, 3)), np.random.default_rng(0)
    p = [
        labelled_k(everything.sample(40, random_state=int(rng.integers(2**31))), everything,
                   distances_m=STEPS, permutations=99, seed=seed).p
        for seed in range(200)
    ]  # fmt: skip
    assert np.mean(np.array(p) <= 0.05) < 0.095  # 0.05 and three standard errors
    assert np.mean(p) == pytest.approx(0.5, abs=0.07)


def test_two_kinds_that_stand_together_and_two_that_stand_apart():
    base = scattered(60, 5)
    beside = places(base + 5, first=100)
    assert cross_k(places(base), beside, distances_m=[20, 50], permutations=199).p == 1 / 200
    west, east = base * [0.4, 1], base * [0.4, 1] + [1200, 0]
    found = cross_k(places(west), places(east, first=100), distances_m=[100, 200], permutations=199)
    assert found.p == 1 / 200
    assert (found.table["value"] < found.table["low"]).any()


def test_clustering_that_the_surface_explains_is_not_found():
    middle = np.random.default_rng(6).normal(1000, 150, (400, 2))
    land = shapely.box(0, 0, 2000, 2000)
    surface = kernel_density(places(middle), land, bandwidth_m=150, cell_m=30)
    drawn = np.random.default_rng(8).normal(1000, 210, (60, 2))  # the kernel widens the cloud
    assert surface_k(places(drawn), surface, distances_m=STEPS, permutations=99).p > 0.05
    flat = kernel_density(places(scattered(2000, 9)), land, bandwidth_m=400, cell_m=50)
    assert surface_k(places(drawn), flat, distances_m=STEPS, permutations=99).p == 0.01


def test_nearest_neighbours_of_a_cluster_are_nearer_than_by_chance():
    everything = places(scattered(300, 1))
    near = everything.distance(shapely.Point(1000, 1000)).nsmallest(30).index
    found = nearest_neighbour_ratio(everything.loc[near], everything, permutations=199)
    assert found["value"] < 0.6
    assert found["p"] == pytest.approx(2 / 200)
    assert found["value"] == pytest.approx(found["observed_m"] / found["expected_m"])


def test_a_seed_gives_the_same_curve():
    everything = places(scattered(80, 2))
    runs = [
        labelled_k(everything.iloc[:20], everything, distances_m=STEPS, permutations=19, seed=4)
        for _ in range(2)
    ]
    assert runs[0].table.equals(runs[1].table)


def test_all_places_at_one_point_tell_nothing():
    everything = places([(5.0, 5.0)] * 10)
    assert labelled_k(everything.iloc[:4], everything, distances_m=STEPS, permutations=19).p == 1


def test_what_cannot_be_tested_is_refused():
    everything = places(scattered(10, 0))
    with pytest.raises(IndicatorError, match="must be a row of `places`"):
        labelled_k(places(scattered(3, 1), first=90), everything, distances_m=STEPS)
    with pytest.raises(IndicatorError, match="at least 3"):
        labelled_k(everything.iloc[:2], everything, distances_m=STEPS)
    with pytest.raises(IndicatorError, match="of both kinds"):
        cross_k(everything, everything, distances_m=STEPS)
    with pytest.raises(IndicatorError, match="ascend"):
        labelled_k(everything.iloc[:5], everything, distances_m=[100, 50])
    with pytest.raises(CRSError):
        cross_k(everything, everything.to_crs(4326), distances_m=STEPS)
