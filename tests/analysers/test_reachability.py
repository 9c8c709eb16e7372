"""Clusters by reachability: scikit-learn's, and what lies between two shores."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from creative_spatial.analysers.quarters.reachability import (
    NONE,
    clusters_of,
    finest_step,
    links_over_land,
    sites_of,
    spanning_links,
)

X, Y = 600_000.0, 790_000.0  # the corner of the town that `streets` draws in
FIELD = shapely.box(-1000, -1000, 3000, 3000)


def scattered(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    crowds = rng.uniform(0, 2000, (6, 2)).repeat(30, axis=0) + rng.normal(0, 60, (180, 2))
    return np.concatenate([crowds, rng.uniform(0, 2000, (120, 2))])


def partition(labels) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == it).tolist()) for it in set(labels) - {NONE}}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("core_sites", [2, 5, 9])
def test_cores_and_their_clusters_are_those_of_scikit_learn(seed, core_sites):
    cluster = pytest.importorskip("sklearn.cluster")
    sites = sites_of(scattered(seed))
    links = links_over_land(sites.xy, FIELD, reach_m=80)
    labels = clusters_of(len(sites.xy), links, reach_m=80, core_sites=core_sites)
    theirs = cluster.DBSCAN(eps=80, min_samples=core_sites).fit(sites.xy)
    cores = np.full(len(sites.xy), NONE)
    cores[theirs.core_sample_indices_] = theirs.labels_[theirs.core_sample_indices_]
    assert partition(labels) == partition(cores)
    assert len(partition(labels)) > 1


def test_a_wider_search_gives_the_same_clusters():
    sites = sites_of(scattered(1))
    near, wide = (links_over_land(sites.xy, FIELD, reach_m=reach) for reach in (80, 200))
    assert (
        clusters_of(300, near, reach_m=80, core_sites=5)
        == clusters_of(300, wide, reach_m=80, core_sites=5)
    ).all()


def test_a_site_that_is_not_certain_is_no_core_and_makes_none():
    # Five in a row, ten metres apart: without the middle one, nobody has three within reach.
    row = sites_of(np.column_stack([np.arange(5) * 10.0, np.zeros(5)]))
    links = links_over_land(row.xy, FIELD, reach_m=10)
    assert clusters_of(5, links, reach_m=10, core_sites=3).tolist() == [NONE, 0, 0, 0, NONE]
    sure = np.array([True, True, False, True, True])
    assert (clusters_of(5, links, reach_m=10, core_sites=3, certain=sure) == NONE).all()


def test_what_stands_at_one_point_is_one_site():
    sites = sites_of(np.array([[0.0, 0], [0, 0], [0, 0.004], [9, 0]]))
    assert sites.places.tolist() == [3, 1]
    assert sites.at.tolist() == [0, 0, 0, 1]


@pytest.fixture
def canal(streets):
    """Two places 60 m apart, a canal between them, and paths on both banks; a bridge north or not."""

    def make(bridge_at: float | None):
        banks = FIELD.difference(shapely.box(45, -1000, 55, 3000))
        nodes = [(20, 0), (20, 1000), (80, 0), (80, 1000)]
        edges = [(0, 1), (2, 3)]
        if bridge_at is not None:
            nodes += [(20, bridge_at), (80, bridge_at)]
            edges = [(0, 4), (4, 1), (2, 5), (5, 3), (4, 5)]
        return banks, streets(nodes, edges)

    return make


@pytest.mark.parametrize(
    ("bridge_at", "linked"), [(None, False), (110.0, True), (120.0, True), (150.0, False)]
)
def test_across_a_canal_it_takes_a_bridge_that_is_near(canal, bridge_at, linked):
    banks, paths = canal(bridge_at)
    moved = shapely.transform(banks, lambda xy: xy + np.array([X, Y]))
    places = np.array([[20.0, 100.0], [80.0, 100.0]]) + np.array([X, Y])
    links = links_over_land(places, moved, reach_m=100, network=paths)
    # Over the bridge at 120 m: 20 up, 60 across, 20 down.
    assert len(links.pairs) == linked
    assert not len(links_over_land(places, moved, reach_m=100).pairs)


def test_a_walk_over_a_bridge_is_as_long_as_the_paths_say(canal):
    banks, paths = canal(110.0)
    moved = shapely.transform(banks, lambda xy: xy + np.array([X, Y]))
    places = np.array([[20.0, 100.0], [20.0, 105.0], [80.0, 100.0]]) + np.array([X, Y])
    links = links_over_land(places, moved, reach_m=100, network=paths)
    assert dict(zip(map(tuple, links.pairs.tolist()), links.metres.tolist(), strict=True)) == {
        (0, 1): 5.0,
        (0, 2): 80.0,
        (1, 2): 75.0,
    }


def test_a_ferry_is_no_bridge(streets):
    paths = streets([(20, 0), (20, 100), (80, 0), (80, 100)], [(0, 1), (2, 3), (1, 3)],
                    kind=[0, 0, 2])  # fmt: skip
    banks = FIELD.difference(shapely.box(45, -1000, 55, 3000))
    moved = shapely.transform(banks, lambda xy: xy + np.array([X, Y]))
    places = np.array([[20.0, 100.0], [80.0, 100.0]]) + np.array([X, Y])
    assert not len(links_over_land(places, moved, reach_m=100, network=paths).pairs)


def test_the_shortest_links_span_each_cluster():
    sites = sites_of(scattered(2))
    links = links_over_land(sites.xy, FIELD, reach_m=80)
    labels = clusters_of(len(sites.xy), links, reach_m=80, core_sites=5)
    tree = spanning_links(links, labels)
    cores = np.bincount(labels[labels != NONE])
    assert np.bincount(labels[tree[:, 0]]).tolist() == (cores - 1).tolist()
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import pdist, squareform

    for label in range(len(cores)):
        xy = sites.xy[labels == label]
        ours = np.hypot(*(sites.xy[tree[:, 0]] - sites.xy[tree[:, 1]]).T)[
            labels[tree[:, 0]] == label
        ]
        assert ours.sum() == pytest.approx(minimum_spanning_tree(squareform(pdist(xy))).sum())


def test_a_crowd_is_told_apart_as_finely_as_memory_allows():
    """101 x 101 places a centimetre apart have 52 million links; 11 x 11 have 7,260."""
    side = np.arange(101) / 100
    crowd = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    step = finest_step(crowd, reach_m=150)
    assert step == pytest.approx(0.1)
    sites = sites_of(crowd, step_m=step)
    assert len(sites.xy) == 121
    assert sites.places.sum() == 10_201
    apart = np.column_stack([np.arange(2000.0), np.zeros(2000)])
    assert finest_step(apart, reach_m=150) == 0.01
