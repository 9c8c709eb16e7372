"""Mixing by unit and on foot, beside shuffled communities: by hand, by enumeration, by networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from scipy import stats

from creative_spatial.analysers.mixing.indices import counts_by_unit, information_theory_index
from creative_spatial.analysers.mixing.neighbourhoods import mixing_on_foot, neighbourhood_mix
from creative_spatial.analysers.mixing.separation import mixing_exposure, mixing_theil
from creative_spatial.analysers.places.composition import column_mean
from creative_spatial.analysers.walking.neighbours import walking_neighbours
from creative_spatial.analysers.walking.snapping import Snapped
from creative_spatial.errors import CRSError, InsufficientDataError

ON_FOOT = {"by": "community", "distance_m": 100, "max_snap_m": 20}
LN2 = np.log(2)


@pytest.fixture
def pairs(points):
    """Two places of a in the west, two of b in the east."""
    return points(
        [(100, 500), (200, 500), (1100, 500), (1200, 500)], community=["a", "a", "b", "b"]
    )


@pytest.fixture
def street(streets):
    """A street of 1 km along the town's middle."""
    return streets([(0, 500), (1000, 500)], [(0, 1)])


def scattered(points, n, seed, kinds="abc"):
    rng = np.random.default_rng(seed)
    xy = rng.uniform([0, 0], [2000, 1000], (n, 2))
    return points(xy, community=rng.choice(list(kinds), n))


def grid(units, side=500):
    """The two squares as cells."""
    west, south, east, north = units.total_bounds
    shapes = [
        shapely.box(x, y, x + side, y + side)
        for x in np.arange(west, east, side)
        for y in np.arange(south, north, side)
    ]
    names = pd.Index([f"c{i}" for i in range(len(shapes))], name="unit_id")
    return type(units)(geometry=shapes, index=names, crs=units.crs)


class TestByUnit:
    def test_chance_of_two_pairs_by_enumeration(self, pairs, units, whole):
        # Of six ways to label the four places, two part the communities (H = 1), four mix (0).
        found = mixing_theil(pairs, units, whole, by="community", permutations=1999).loc[0]
        assert found["value"] == pytest.approx(1)
        assert found["expected"] == pytest.approx(1 / 3, abs=0.04)
        assert found["p"] == pytest.approx(2 / 3, abs=0.08)
        assert found[["n", "units", "unknown", "outside"]].tolist() == [4, 2, 0, 0]

    def test_chance_of_exposure_by_enumeration(self, pairs, units, whole):
        # A place meets itself, and its one neighbour, which is of its own kind one time in three.
        found = mixing_exposure(pairs, units, whole, by="community", permutations=1999)
        found = found.set_index(["of", "to"])
        assert found.at[("a", "a"), "value"] == pytest.approx(1)
        assert found.at[("a", "a"), "expected"] == pytest.approx(2 / 3, abs=0.03)
        assert found.at[("a", "b"), "expected"] == pytest.approx(1 / 3, abs=0.03)
        assert found["share"].tolist() == pytest.approx([0.5] * 4)
        assert found.groupby("of")["value"].sum().tolist() == pytest.approx([1, 1])

    def test_the_index_is_that_of_the_counts(self, points, units, whole):
        layer = scattered(points, 80, 3)
        cells = grid(units)
        expected = information_theory_index(counts_by_unit(layer, cells, by="community"))
        found = mixing_theil(layer, cells, whole, by="community", permutations=99)
        assert found.at[0, "value"] == pytest.approx(expected, abs=1e-12)

    def test_new_names_and_an_empty_unit_outside_change_nothing(self, points, units, whole):
        layer, cells = scattered(points, 60, 5), grid(units)
        far = type(cells)(
            geometry=[shapely.box(0, 0, 1, 1)], index=pd.Index(["far"]), crs=cells.crs
        )
        wider = pd.concat([cells, far])
        renamed = layer.assign(community=layer["community"].map({"a": "z", "b": "ก", "c": "م"}))
        options = {"by": "community", "permutations": 99, "seed": 4}
        first = mixing_theil(layer, cells, whole, **options)
        pd.testing.assert_frame_equal(first, mixing_theil(renamed, cells, whole, **options))
        pd.testing.assert_frame_equal(first, mixing_theil(layer, wider, whole, **options))
        numbers = ["value", "expected", "low", "high", "p", "n"]
        met = mixing_exposure(layer, cells, whole, **options).sort_values(numbers)[numbers]
        again = mixing_exposure(renamed, wider, whole, **options).sort_values(numbers)[numbers]
        np.testing.assert_allclose(met, again, atol=1e-12)

    def test_p_is_uniform_under_the_null(self, points, units, whole):
        cells = grid(units)
        p = [
            mixing_theil(
                scattered(points, 60, seed),
                cells,
                whole,
                by="community",
                permutations=99,
                seed=seed,
            ).at[0, "p"]
            for seed in range(150)
        ]
        assert stats.kstest(p, "uniform").pvalue > 0.01

    def test_unknown_outside_and_beyond_are_counted_apart(self, pairs, units, whole, points):
        more = points([(150, 500), (500, 5000)], community=["unknown", "a"])
        layer = pd.concat([pairs, more.set_axis(["x", "y"])])
        west_only = units.iloc[:1]
        found = mixing_theil(layer, units, whole, by="community", without=["unknown"]).loc[0]
        assert found[["n", "unknown", "outside"]].tolist() == [4, 1, 0]
        shared = layer.assign(community=["a", "b", "a", "b", "shared", "civic"])
        told = mixing_theil(shared, units, whole, by="community", without=["shared", "civic"])
        assert told.at[0, "n"] == 4
        assert told.attrs["note"] == "Of 5 places, 1 is left out: 1 shared."
        mixed = layer.assign(community=["a", "b", "b", "b", "unknown", "a"])
        with pytest.raises(InsufficientDataError, match="there are 2 of 2, and 1 of no one known"):
            mixing_theil(mixed, west_only, whole, by="community", without=["unknown"])

    def test_all_in_one_unit_says_nothing_of_units(self, points, units, whole):
        layer = points([(100, 1), (200, 1), (300, 1)], community=["a", "b", "b"])
        with pytest.raises(InsufficientDataError, match="all 3 places of a known kind are in one"):
            mixing_theil(layer, units, whole, by="community")

    def test_two_communities_are_enough_and_one_is_not(self, pairs, units, whole):
        assert len(mixing_exposure(pairs, units, whole, by="community")) == 4
        with pytest.raises(InsufficientDataError, match="there are 4 of 1"):
            mixing_exposure(pairs.assign(community="a"), units, whole, by="community")

    def test_another_crs_is_refused(self, pairs, units, whole):
        with pytest.raises(CRSError):
            mixing_theil(pairs, units.to_crs(CRS.from_epsg(32648)), whole, by="community")


class TestOnFoot:
    def test_neighbourhoods_by_hand(self, points, street, whole):
        # 100 m reach the next place, and the last one stands alone.
        layer = points(
            [(0, 505), (100, 505), (200, 505), (900, 505)], community=["a", "a", "b", "b"]
        )
        two_thirds = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
        found = neighbourhood_mix(layer, street, whole, **ON_FOOT)
        assert found["others"].tolist() == [1, 2, 1, 0]
        assert found["kinds"].tolist() == [1, 2, 2, 1]
        assert found["entropy"].tolist() == pytest.approx([0, two_thirds, LN2, 0])
        assert found["effective"].tolist() == pytest.approx([1, np.exp(two_thirds), 2, 1])
        index = mixing_on_foot(layer, street, whole, **ON_FOOT).loc[0]
        assert index["value"] == pytest.approx(1 - (two_thirds + LN2) / (4 * LN2))
        assert index[["n", "alone", "centres"]].tolist() == [4, 1, 4]

    def test_chance_of_two_pairs_by_enumeration(self, points, street, whole):
        # Pairs at either end: parted in two of six labellings (1), mixed in four (0).
        layer = points(
            [(0, 500), (50, 500), (900, 500), (950, 500)], community=["a", "b", "a", "b"]
        )
        found = mixing_on_foot(layer, street, whole, permutations=1999, **ON_FOOT).loc[0]
        assert found["value"] == pytest.approx(0, abs=1e-12)
        assert found["expected"] == pytest.approx(1 / 3, abs=0.04)
        assert found["p"] == pytest.approx(1)

    def test_mean_by_unit_counts_the_places_with_a_value(self, points, street, units, whole):
        layer = points(
            [(0, 500), (50, 500), (900, 500), (500, 900)], community=["a", "b", "b", "b"]
        )
        found = neighbourhood_mix(layer, street, whole, **ON_FOOT)
        assert found["reason"].tolist()[3] == "no path within 20 m"
        mean = column_mean(found, units, column="effective")
        assert mean.loc["west", ["value", "n"]].tolist() == pytest.approx([5 / 3, 3])
        assert mean.loc["east", ["value", "n"]].tolist() == pytest.approx([np.nan, 0], nan_ok=True)

    def test_places_less_certain_than_the_walk_are_left_out_and_counted(
        self, points, street, whole
    ):
        layer = points(
            [(0, 500), (50, 500), (80, 500), (90, 500)],
            community=["a", "b", "b", "a"],
            uncertainty_m=[None, 20.0, 100.0, 101.0],
        )
        found = neighbourhood_mix(layer, street, whole, **ON_FOOT)
        assert found["reason"].tolist()[3] == "uncertain by more than 100 m"
        assert found["others"].tolist()[:3] == [2, 2, 2]
        index = mixing_on_foot(layer, street, whole, **ON_FOOT).loc[0]
        assert index[["n", "vague", "off_network", "unknown"]].tolist() == [3, 1, 0, 0]

    def test_neighbours_are_those_of_networkx(self, streets):
        rng = np.random.default_rng(7)
        xy = rng.uniform(0, 1000, (60, 2))
        edges = np.array([(i, j) for i in range(60) for j in rng.integers(0, 60, 3) if i != j])
        network = streets(xy, edges, length_m=rng.uniform(20, 200, len(edges)))
        edge = np.sort(rng.integers(0, len(edges), 150))
        offset = rng.uniform(0, 1, 150) * network.length_m[edge]
        offset[:5] = 0.0
        offset[5:10] = network.length_m[edge[5:10]]
        near = np.zeros((150, 150), dtype=bool)
        batches = walking_neighbours(Snapped(edge, offset, offset), network, distance_m=150)
        for rows, found in batches:
            near[rows] = found.toarray() > 0
        graph = nx.Graph()
        for at, (a, b) in enumerate(edges):
            on = np.flatnonzero(edge == at)
            on = on[np.argsort(offset[on], kind="stable")]
            stops = [("n", a), *(("p", int(i)) for i in on), ("n", b)]
            metres = np.diff([0.0, *offset[on], network.length_m[at]])
            for one, other, length in zip(stops, stops[1:], metres, strict=False):
                before = graph.get_edge_data(one, other, {"weight": np.inf})["weight"]
                graph.add_edge(one, other, weight=min(before, length))
        for at in range(150):
            reach = nx.single_source_dijkstra_path_length(graph, ("p", at), cutoff=150)
            theirs = {i for kind, i in reach if kind == "p"}
            assert set(np.flatnonzero(near[at])) == theirs
        assert (near == near.T).all()

    def test_a_choice_of_centres_is_walked_from_and_all_are_walked_to(self, streets, points, whole):
        street = streets([(0, 500), (2000, 500)], [(0, 1)])
        x = np.linspace(0, 2000, 200)
        layer = points(np.column_stack([x, np.full(200, 500)]), community=["a", "b"] * 100)
        full = mixing_on_foot(layer, street, whole, permutations=99, **ON_FOOT).loc[0]
        some = mixing_on_foot(layer, street, whole, permutations=99, max_centres=50, **ON_FOOT).loc[
            0
        ]
        assert (some["centres"], some["n"]) == (50, 200)
        assert some["value"] == pytest.approx(full["value"], abs=0.01)

    @pytest.mark.parametrize(
        ("xy", "communities", "said"),
        [
            ([(0, 500)], ["a"], "there are 1 of 1"),
            ([(0, 500), (9, 500), (20, 500)], ["a", "a", "a"], "there are 3 of 1"),
            ([(7, 500)] * 4, ["a", "b", "a", "b"], "all 4 are at one"),
            ([(0, 500), (9, 500), (20, 900)], ["a", "b", "b"], "there are 2 of 2"),
        ],
    )
    def test_too_little_is_refused(self, points, street, whole, *, xy, communities, said):
        with pytest.raises(InsufficientDataError, match=said):
            mixing_on_foot(points(xy, community=communities), street, whole, **ON_FOOT)

    def test_a_network_without_paths_is_refused(self, points, streets, whole):
        ferry = streets([(0, 500), (1000, 500)], [(0, 1)], kind=[2])
        layer = points([(0, 500), (9, 500), (20, 500)], community=["a", "b", "b"])
        with pytest.raises(InsufficientDataError, match="the network has none"):
            neighbourhood_mix(layer, ferry, whole, **ON_FOOT)
