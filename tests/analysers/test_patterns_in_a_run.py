"""Co-location and clustering as tables and layers of a run: worked places, thin data, chance."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from shapely.geometry import box

from creative_spatial.analysers.mixing.beside_others import (
    communities_beside_others,
    fields_beside_others,
)
from creative_spatial.analysers.mixing.colocation import colocation_communities, colocation_fields
from creative_spatial.analysers.mixing.local_colocation import local_colocation
from creative_spatial.analysers.mixing.separation import mixing_exposure, mixing_theil
from creative_spatial.analysers.nearest_places import near_pairs, nearest_places
from creative_spatial.analysers.patterns.k_functions import labelled_k
from creative_spatial.analysers.patterns.neighbour_ratio import nearest_neighbour_ratio
from creative_spatial.analysers.patterns.tables import (
    clustering,
    cross_clustering,
    nearest_neighbours,
)
from creative_spatial.errors import InsufficientDataError

EVIDENCE = pd.DataFrame(
    {
        "concept": ["studio", "studio", "kiln", "café"],
        "field": ["film", "music", "crafts", "gastronomy"],
        "strength": ["direct", "direct", "direct", "weak"],
    }
)
STEPS = [100, 200, 400]


@pytest.fixture
def town(points):
    """Two hundred places anywhere; kilns in one corner, two studios, temples of two communities."""
    rng = np.random.default_rng(2)
    xy = rng.uniform([0, 0], [2000, 1000], (200, 2))
    concept = np.array(["shop"] * 200, dtype=object)
    corner = np.argsort(np.hypot(*(xy - [300, 300]).T))
    concept[corner[:20]] = "kiln"
    concept[corner[-2:]] = "studio"
    west = np.flatnonzero((xy[:, 0] < 700) & (concept == "shop"))[:15]
    east = np.flatnonzero((xy[:, 0] > 1300) & (concept == "shop"))[:15]
    community = np.array([None] * 200, dtype=object)
    community[west], community[east] = "ไทย", "中国"
    kind = np.where(pd.notna(community), "worship", "craft")
    return points(xy, concept=concept, community=community, kind=kind)


def worship(town):
    return town[town["kind"] == "worship"]


class TestColocation:
    def test_a_place_of_two_fields_by_hand(self, points, whole):
        # In a row, 10 m apart: crafts, film and music at once, crafts; 100 m on: crafts.
        layer = points(
            [(0, 0), (10, 0), (21, 0), (121, 0)], concept=["kiln", "studio", "kiln", "kiln"]
        )
        found = colocation_fields(layer, EVIDENCE, whole, permutations=9).set_index(["of", "to"])
        # Nearest: the studio, the first kiln, the studio, the second kiln.
        assert found.at[("crafts", "film"), "value"] == pytest.approx(2 / (3 * 1 / 3))
        assert found.at[("crafts", "crafts"), "value"] == pytest.approx(1 / (3 * 2 / 3))
        assert found.at[("film", "crafts"), "value"] == pytest.approx(1 / (1 * 3 / 3))
        # The one place of film and music has no other of either near it, nor could it have.
        assert found.loc[("film", "music"), ["value", "p"]].isna().all()
        assert found.at[("film", "crafts"), "category"] == "film:crafts"

    def test_the_mean_over_all_labellings_is_one(self, points):
        # Of places of one or two kinds, over every order of the four.
        near = nearest_places(np.array([[0.0, 0], [1, 0], [3, 0], [7, 0]]))
        held = np.array([[1.0, 0], [1, 1], [0, 1], [0, 1]])
        counts = [
            held[list(order)].T @ near.shares(held[list(order)])
            for order in itertools.permutations(range(4))
        ]
        size = held.sum(axis=0)
        expected = (np.outer(size, size) - held.T @ held) / 3
        np.testing.assert_allclose(np.mean(counts, axis=0), expected)

    def test_only_the_boundary_counts(self, town, units):
        west = units.iloc[:1]
        found = colocation_communities(worship(town), units, by="community", permutations=99)
        assert found["n"].unique().tolist() == [15]
        with pytest.raises(InsufficientDataError, match="there are 15 of 1"):
            colocation_communities(worship(town), west, by="community")

    def test_communities_that_keep_apart(self, town, whole):
        found = colocation_communities(worship(town), whole, by="community")
        table = found.set_index(["of", "to"])
        assert table.at[("ไทย", "中国"), "value"] == 0
        assert (table["p_adjusted"] < 0.05).all()
        assert (table["value"] > table["high"]).tolist() == [True, False, False, True]

    def test_uncertainty_stands_beside_the_distance_that_it_blurs(self, points, whole):
        layer = points(
            [(0, 0), (10, 0), (30, 0)], community=["a", "b", "b"], uncertainty_m=[50, 100, None]
        )
        found = colocation_communities(layer, whole, by="community", permutations=9)
        assert found.loc[0, ["nearest_m", "resolved_m"]].tolist() == [10, 150]


class TestLocal:
    def test_apart_and_beside(self, points, whole):
        # Sixty of a among themselves; one of a amid twelve of b.
        rng = np.random.default_rng(1)
        among = rng.uniform([0, 0], [300, 300], (60, 2))
        amid = rng.uniform([1500, 500], [1600, 600], (13, 2))
        layer = points(
            np.r_[among, amid], community=["a"] * 61 + ["b"] * 12, name=[f"n{i}" for i in range(73)]
        )
        found = communities_beside_others(layer, whole, by="community", bandwidth_m=100)
        assert found["pattern"].value_counts().to_dict() == {"apart": 72, "beside others": 1}
        assert found["value"].iloc[60] == pytest.approx(72 / 12)
        assert found["value"].iloc[:60].max() == 0
        assert list(found.columns) == [
            "community",
            "name",
            "geometry",
            "value",
            "p",
            "p_adjusted",
            "pattern",
            "reason",
        ]

    def test_its_p_is_that_of_every_shuffle_of_the_others(self, points):
        # A beside B; C and B afar. The others (B, B, C) have three orders: B is beside A in two.
        layer = points([(0, 0), (10, 0), (500, 0), (520, 0)], kind=["A", "B", "B", "C"])
        found = local_colocation(
            layer, by="kind", of="A", to="B", bandwidth_m=20, permutations=2999
        ).iloc[0]
        assert found["value"] == pytest.approx(1 / (2 / 3))
        assert found["p"] == pytest.approx(1, abs=0.01)  # twice two thirds, at most 1
        rarer = layer.assign(kind=["A", "B", "C", "C"])
        found = local_colocation(
            rarer, by="kind", of="A", to="B", bandwidth_m=20, permutations=2999
        ).iloc[0]
        assert found["value"] == pytest.approx(3)
        assert found["p"] == pytest.approx(2 / 3, abs=0.06)

    def test_places_that_share_a_field_are_no_others(self, points, whole):
        layer = points(
            [(0, 0), (10, 0), (500, 0), (510, 0), (2000, 1000)],
            concept=["studio", "studio", "kiln", "studio", "shop"],
        )
        found = fields_beside_others(layer, EVIDENCE, whole, bandwidth_m=20, permutations=99)
        assert found["fields"].tolist() == ["film;music", "film;music", "crafts", "film;music"]
        # Of three others, one differs from a studio, and all three from the kiln.
        assert found["value"].tolist() == pytest.approx([0, 0, 1, 3])

    def test_a_place_with_nothing_near_has_no_pattern(self, points, whole):
        layer = points([(0, 0), (10, 0), (2000, 1000)], community=["a", "b", "b"])
        found = communities_beside_others(layer, whole, by="community", bandwidth_m=20)
        assert found[["value", "p", "pattern"]].iloc[2].isna().all()
        assert found["pattern"].tolist()[:2] == ["neither", "neither"]
        assert (
            found["reason"].tolist()[2] == "no other place within 80 m, or none of others anywhere"
        )
        assert found["reason"].isna().tolist() == [True, True, False]

    def test_places_less_certain_than_the_kernel_are_nobodys_neighbours(self, points, whole):
        # Two graves shown in the middle of one cell are not side by side.
        x = [(0, 0), (10, 0), (20, 0), (5, 0), (5, 0)]
        layer = points(x, community=["a", "b", "a", "c", "c"]).assign(
            uncertainty_m=[5, None, 20, 783, 20.1]
        )
        found = communities_beside_others(layer, whole, by="community", bandwidth_m=20)
        sure = communities_beside_others(layer.iloc[:3], whole, by="community", bandwidth_m=20)
        assert found["value"].tolist()[:3] == sure["value"].tolist()
        assert found["value"].isna().tolist() == [False] * 3 + [True] * 2
        assert found["reason"].tolist()[3:] == ["uncertain by more than 20 m"] * 2

    def test_too_many_pairs_are_refused_before_they_are_listed(self):
        crowd = np.zeros((5000, 2))
        with pytest.raises(InsufficientDataError, match="within 9 m: too many"):
            near_pairs(crowd, np.arange(5000), 9.0)


def halves(whole):
    """Two units, with a border in the middle of the town."""
    west, south, east, north = whole.total_bounds
    middle = (west + east) / 2
    shapes = [box(west, south, middle, north), box(middle, south, east, north)]
    return gpd.GeoDataFrame(geometry=shapes, index=["west", "east"], crs=whole.crs)


class TestWhatIsShownByACell:
    """Graves in the middle of one cell stand at one point there, and are not side by side."""

    @pytest.fixture
    def both(self, town, points):
        graves = points([(900, 500)] * 6, concept="kiln", community="ไทย", kind="worship")
        graves.index = [f"grave:{i}" for i in range(6)]
        return pd.concat([town, graves.assign(dataGeneralizations="to 0.01 degree")])

    @pytest.mark.parametrize(
        "function",
        [
            lambda rows, whole: colocation_communities(
                rows, whole, by="community", permutations=99
            ),
            lambda rows, whole: colocation_fields(rows, EVIDENCE, whole, permutations=99),
            lambda rows, whole: mixing_theil(
                rows, halves(whole), whole, by="community", permutations=99
            ),
            lambda rows, whole: mixing_exposure(
                rows, halves(whole), whole, by="community", permutations=99
            ),
            lambda rows, whole: nearest_neighbours(
                rows, worship(rows), EVIDENCE, whole, permutations=99
            ),
            lambda rows, whole: clustering(
                rows, worship(rows), EVIDENCE, whole, distances_m=STEPS, permutations=99
            ),
            lambda rows, whole: cross_clustering(
                rows, whole, by="community", distances_m=STEPS, permutations=99
            ),
        ],
    )
    def test_they_are_left_out_and_counted(self, function, both, town, whole):
        found, without = function(both, whole), function(town, whole)
        assert (found.pop("generalised") == 6).all()
        assert (without.pop("generalised") == 0).all()
        pd.testing.assert_frame_equal(found, without)


def test_of_how_many_places_the_unit_is_not_known_is_said(town, whole):
    units = halves(whole)
    half = units.area.max() ** 0.5 / 2
    vague = town.assign(uncertainty_m=half)
    vague.loc[town.index[town["community"].notna()][:4], "uncertainty_m"] = half + 1
    for function in (mixing_theil, mixing_exposure):
        sure = function(town, units, whole, by="community", permutations=9)
        found = function(vague, units, whole, by="community", permutations=9)
        left_out = "Of 200 places, 170 are left out: 170 unknown."
        assert sure.attrs["note"] == left_out
        assert found.attrs["note"].startswith(
            f"{left_out} Of 4 of 30 places it is not known in which unit"
        )
        pd.testing.assert_series_equal(found["value"], sure["value"])


class TestPatterns:
    def test_kilns_cluster_and_what_is_rare_is_not_judged(self, town, whole):
        given = (town, worship(town), EVIDENCE, whole)
        found = nearest_neighbours(*given).set_index("category")
        assert found.at["field:crafts", "value"] < 0.6
        assert found.at["field:crafts", "p_adjusted"] < 0.05
        assert found.at["field:film", "reason"] == "a pattern needs at least 3 places; there are 2"
        assert np.isnan(found.at["field:film", "value"])
        assert found["n"].to_dict() == {
            "field:crafts": 20, "field:film": 2, "field:music": 2,
            "community:ไทย": 15, "community:中国": 15,
        }  # fmt: skip

    def test_curves_are_those_of_one_kind(self, town, whole):
        given = (town, worship(town), EVIDENCE, whole)
        found = clustering(*given, distances_m=STEPS, permutations=199)
        crafts = found[found["of"] == "crafts"]
        alone = labelled_k(town[town["concept"] == "kiln"], town, distances_m=STEPS).table
        assert crafts["value"].tolist() == pytest.approx(alone["value"].tolist())
        assert (crafts["value"] > crafts["high"]).all()
        assert crafts["p"].unique().tolist() == [1 / 200]
        assert (found.groupby("category")["headline"].sum() == 1).all()
        assert found.loc[found["of"] == "film", "reason"].tolist() == [
            "a pattern needs at least 3 places; there are 2"
        ]

    def test_distances_that_uncertainty_blurs_are_left_out(self, town, whole):
        vague = town.assign(uncertainty_m=np.where(town["concept"] == "kiln", 80.0, np.nan))
        given = (vague, worship(vague), EVIDENCE, whole)
        found = clustering(*given, distances_m=STEPS, permutations=99)
        assert found.loc[found["of"] == "crafts", "distance_m"].tolist() == [200, 400]
        assert found.loc[found["of"] == "ไทย", "distance_m"].tolist() == STEPS
        near = nearest_neighbours(*given, permutations=99).set_index("of")
        assert np.isnan(near.at["crafts", "value"])
        assert near.at["crafts", "observed_m"] < 160
        assert (
            "less than twice the median uncertainty of the places (160 m)"
            in near.at["crafts", "reason"]
        )
        lost = vague.assign(uncertainty_m=900.0)
        found = clustering(lost, worship(lost), EVIDENCE, whole, distances_m=STEPS, permutations=99)
        assert found["value"].isna().all()
        assert found["reason"].str.startswith(("400 m is less", "a pattern")).all()

    def test_two_communities_that_keep_apart(self, town, whole):
        found = cross_clustering(
            worship(town), whole, by="community", distances_m=STEPS, permutations=199
        )
        assert found["value"].tolist()[:2] == [0, 0]
        assert found["p"].unique().tolist() == [1 / 200]
        assert found[["category", "n", "n_to"]].iloc[0].tolist() == ["ไทย:中国", 15, 15]
        assert (found["low"] >= 0).all()

    def test_cross_k_of_one_community_is_refused(self, town, whole):
        only = worship(town)
        only = only[only["community"] == "ไทย"]
        with pytest.raises(InsufficientDataError, match="there are 1 among 1"):
            cross_clustering(only, whole, by="community", distances_m=STEPS)

    @pytest.mark.parametrize("kept", [0, 1, 2])
    def test_next_to_nothing_is_refused(self, town, whole, kept):
        few = town[town["concept"] == "kiln"].iloc[:kept]
        with pytest.raises(InsufficientDataError, match="has three places at different points"):
            nearest_neighbours(few, worship(few), EVIDENCE, whole)

    def test_all_at_one_point_is_said(self, points, whole):
        layer = points([(5, 5)] * 6, concept="kiln", community="a", kind="worship")
        found = clustering(layer, layer, EVIDENCE, whole, distances_m=STEPS, permutations=99)
        assert found["value"].isna().all()
        assert found["reason"].str.contains("all 6 are at one").all()

    def test_one_kind_more_changes_no_other_s_observed_value(self, town, whole):
        fewer = EVIDENCE[EVIDENCE["field"] != "film"]
        given = (town, worship(town))
        full = nearest_neighbours(*given, EVIDENCE, whole, permutations=99).set_index("of")
        less = nearest_neighbours(*given, fewer, whole, permutations=99).set_index("of")
        assert full.at["crafts", "value"] == less.at["crafts", "value"]
        assert full.at["crafts", "observed_m"] == less.at["crafts", "observed_m"]

    def test_p_of_nearest_neighbours_is_uniform_under_the_null(self, town):
        p = [
            nearest_neighbour_ratio(
                town.sample(25, random_state=seed), town, permutations=79, seed=seed
            )["p"]
            for seed in range(70)
        ]
        assert stats.kstest(p, "uniform").pvalue > 0.01
