"""Location quotients, mixing and co-location: worked values, other packages', corners."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from places import CRS
from scipy import stats

from creative_spatial.analysers.fields.specialisation import location_quotient
from creative_spatial.analysers.mixing.colocation import colocation_quotients
from creative_spatial.analysers.mixing.indices import (
    counts_by_unit,
    entropy,
    exposure,
    information_theory_index,
)
from creative_spatial.analysers.mixing.local_colocation import local_colocation
from creative_spatial.errors import IndicatorError, InsufficientDataError, LayerSchemaError


def stalls(kinds, x) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"kind": list(kinds)}, geometry=gpd.points_from_xy(x, [0] * len(x)), crs=CRS
    )


class TestLocationQuotient:
    def test_worked_value(self):
        found = location_quotient([30], 200, [120], 4000).loc[0]
        assert found["value"] == pytest.approx(5.0)
        assert found["n"] == 30

    def test_the_interval_is_that_of_the_exact_test_of_two_poisson_means(self):
        found = location_quotient([30], 200, [120], 4000).loc[0]
        for quotient, tail in ((found["low"], "greater"), (found["high"], "less")):
            odds = quotient * 200 / 4000
            test = stats.binomtest(30, 150, odds / (1 + odds), alternative=tail)
            assert test.pvalue == pytest.approx(0.025, abs=1e-9)

    def test_none_here_and_none_elsewhere(self):
        found = location_quotient([0, 5, 0], 10, [3, 0, 0], 100)
        assert found["value"].tolist() == pytest.approx([0, np.nan, np.nan], nan_ok=True)
        assert found.loc[0, "low"] == 0
        assert found.loc[1, "high"] == np.inf
        assert found.loc[2, ["low", "high"]].isna().all()

    @pytest.mark.parametrize(
        "counts", [([1], 0, [1], 5), ([6], 5, [1], 5), ([-1], 5, [1], 5), ([1], 5, [9], 5)]
    )
    def test_impossible_counts_are_refused(self, counts):
        with pytest.raises(IndicatorError):
            location_quotient(*counts)

    @given(st.integers(0, 50), st.integers(0, 50))
    def test_the_interval_holds_the_value(self, x, y):
        found = location_quotient([x], 50, [y], 50).loc[0]
        if y:
            assert found["low"] - 1e-12 <= found["value"] <= found["high"] + 1e-12


class TestMixing:
    counts = pd.DataFrame(
        {"buddhist": [12.0, 3, 0, 5], "muslim": [2.0, 9, 4, 5], "chinese": [6.0, 1, 0, 5]}
    )

    def test_exposure_and_isolation_by_hand(self):
        found = exposure(pd.DataFrame({"x": [3.0, 1], "y": [1.0, 3]})).set_index(["of", "to"])[
            "value"
        ]
        assert found["x", "x"] == pytest.approx(3 / 4 * 3 / 4 + 1 / 4 * 1 / 4)
        assert found["x", "y"] == pytest.approx(3 / 4 * 1 / 4 + 1 / 4 * 3 / 4)

    def test_segregation_package_gives_the_same(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            multigroup = pytest.importorskip("segregation.multigroup")
            singlegroup = pytest.importorskip("segregation.singlegroup")
            theirs = multigroup.MultiInfoTheory(self.counts, list(self.counts.columns)).statistic
            two = self.counts.assign(all=self.counts[["buddhist", "muslim"]].sum(axis=1))
            apart = singlegroup.Isolation(two, "buddhist", "all").statistic
            met = singlegroup.Interaction(two, "buddhist", "all").statistic
        assert information_theory_index(self.counts) == pytest.approx(theirs, abs=1e-10)
        found = exposure(self.counts[["buddhist", "muslim"]]).set_index(["of", "to"])["value"]
        assert found["buddhist", "buddhist"] == pytest.approx(apart, abs=1e-10)
        assert found["buddhist", "muslim"] == pytest.approx(met, abs=1e-10)

    def test_perfect_mixing_and_perfect_separation(self):
        even = pd.DataFrame({"a": [2.0, 4], "b": [1.0, 2]})
        assert information_theory_index(even) == pytest.approx(0, abs=1e-12)
        assert (exposure(even)["value"] - exposure(even)["expected"]).abs().max() < 1e-12
        assert information_theory_index(pd.DataFrame({"a": [2.0, 0], "b": [0.0, 2]})) == 1

    def test_names_and_empty_units_do_not_matter(self):
        renamed = self.counts.rename(columns={"buddhist": "zz"})
        assert information_theory_index(renamed) == pytest.approx(
            information_theory_index(self.counts)
        )
        wider = pd.concat([self.counts, pd.DataFrame(0.0, index=[9], columns=self.counts.columns)])
        assert information_theory_index(wider) == pytest.approx(
            information_theory_index(self.counts)
        )
        pd.testing.assert_frame_equal(exposure(wider), exposure(self.counts))

    def test_one_community_cannot_be_mixed(self):
        assert np.isnan(information_theory_index(pd.DataFrame({"a": [2.0, 0], "b": [0.0, 0]})))
        assert exposure(pd.DataFrame({"a": [0.0]})).empty

    def test_what_is_missing_is_refused(self):
        with pytest.raises(IndicatorError, match="negative or missing"):
            exposure(pd.DataFrame({"a": [np.nan]}))

    def test_entropy_of_equal_kinds_is_the_logarithm_of_their_number(self):
        assert entropy(np.ones((3, 5))) == pytest.approx(np.log(5))
        assert not np.signbit(entropy(np.array([[2.0, 0.0], [0.0, 0.0]]))).any()

    def test_unknown_and_outside_are_not_counted(self):
        units = gpd.GeoDataFrame(geometry=[shapely.box(0, -1, 10, 1)], index=["town"], crs=CRS)
        layer = stalls(["a", "unknown", None, "b"], [1, 2, 3, 99])
        counts = counts_by_unit(layer, units, by="kind", without=["unknown"])
        assert counts.loc["town"].to_dict() == {"a": 1.0, "b": 0.0}
        with pytest.raises(LayerSchemaError):
            counts_by_unit(layer, units, by="community")


class TestColocation:
    def test_worked_value(self):
        layer = stalls("ABABAAB", [0, 1, 10, 11, 20, 21.5, 50])
        found = colocation_quotients(layer, by="kind", permutations=9).set_index(["of", "to"])
        # Four of A: nearest are B, B, A, A; three of B among the six others.
        assert found.at[("A", "B"), "value"] == pytest.approx((2 / 4) / (3 / 6))
        assert found.at[("A", "A"), "value"] == pytest.approx((2 / 4) / (3 / 6))

    def test_three_of_a_and_four_of_b_are_worth_one(self):
        # Nearest of the three A: B, B and A. (2 / 3) / (4 / 6).
        layer = stalls("ABABABB", [0, 1, 10, 11, 8.5, 100, 200])
        found = colocation_quotients(layer, by="kind", permutations=9).set_index(["of", "to"])
        assert found.at[("A", "B"), "value"] == pytest.approx(1.0)
        # B at 1 has A, B at 11 has A, and each of the far ones has B: (2 / 4) / (3 / 6).
        assert found.at[("B", "A"), "value"] == pytest.approx(1.0)

    def test_equally_near_places_share(self):
        found = colocation_quotients(stalls("BAC", [-1, 0, 1]), by="kind", permutations=9)
        table = found.set_index(["of", "to"])["value"]
        assert table["A", "B"] == pytest.approx(0.5 / (1 / 2))
        assert table["A", "C"] == pytest.approx(0.5 / (1 / 2))

    def test_pairs_side_by_side_are_found_and_renaming_changes_nothing(self):
        x = np.repeat(np.arange(60) * 100.0, 2) + np.tile([0, 1], 60)
        found = colocation_quotients(stalls("AB" * 60, x), by="kind").set_index(["of", "to"])
        assert found.at[("A", "B"), "p"] < 0.01
        assert found.at[("A", "B"), "value"] == pytest.approx(119 / 60)
        assert found.at[("A", "A"), "value"] == 0
        renamed = colocation_quotients(stalls("ZB" * 60, x), by="kind").set_index(["of", "to"])
        assert renamed.at[("Z", "B"), "value"] == found.at[("A", "B"), "value"]

    def test_random_kinds_are_rarely_significant(self):
        rng = np.random.default_rng(1)
        p = []
        for seed in range(60):
            layer = gpd.GeoDataFrame(
                {"kind": rng.choice(["A", "B", "C"], 80)},
                geometry=gpd.points_from_xy(*rng.uniform(0, 1000, (2, 80))),
                crs=CRS,
            )
            p += colocation_quotients(layer, by="kind", permutations=99, seed=seed)["p"].tolist()
        assert np.mean(np.array(p) <= 0.05) < 0.07
        assert np.mean(np.array(p) <= 0.5) < 0.53  # counts are discrete, so the test is shy

    def test_a_kind_with_one_place_has_none_of_its_own_near(self):
        table = colocation_quotients(stalls("ABB", [0, 1, 2]), by="kind", permutations=9)
        own = table[(table["of"] == "A") & (table["to"] == "A")].iloc[0]
        assert own[["value", "p"]].isna().all()

    def test_all_places_at_one_point_are_refused(self):
        with pytest.raises(InsufficientDataError, match="all 4 are at one"):
            colocation_quotients(stalls("AABB", [5, 5, 5, 5]), by="kind", permutations=9)

    def test_places_at_one_point_are_one_another_s_nearest(self):
        # At 0: A, A and B; at 9: B, whose nearest are those three.
        found = colocation_quotients(stalls("AABB", [0, 0, 0, 9]), by="kind", permutations=9)
        table = found.set_index(["of", "to"])["value"]
        assert table["A", "A"] == pytest.approx((0.5 + 0.5) / (2 * 1 / 3))
        assert table["A", "B"] == pytest.approx((0.5 + 0.5) / (2 * 2 / 3))
        assert table["B", "A"] == pytest.approx((1 + 2 / 3) / (2 * 2 / 3))

    def test_thousands_at_one_point_need_no_memory(self):
        kinds, x = ["A", "B"] * 3000, np.zeros(6000)
        x[-1] = 50
        found = colocation_quotients(stalls(kinds, x), by="kind", permutations=9)
        assert found["value"].between(0.99, 1.01).all()

    @pytest.mark.parametrize(("kinds", "x"), [("AB", [0, 1]), ("AAA", [0, 1, 2])])
    def test_too_little_is_refused(self, kinds, x):
        with pytest.raises(InsufficientDataError, match="three places of two kinds"):
            colocation_quotients(stalls(kinds, x), by="kind")

    def test_local_quotients_differ_from_place_to_place(self):
        kinds = "AB" * 30 + "AC" * 30
        x = np.concatenate([np.arange(60.0), 5000 + np.arange(60.0)])
        found = local_colocation(stalls(kinds, x), by="kind", of="A", to="B", bandwidth_m=5)
        assert (found["value"].iloc[:30] > 1).all()
        assert (found["value"].iloc[30:] == 0).all()
        assert (found["p_adjusted"].iloc[5:25] <= 0.05).all()

    def test_a_place_with_nothing_in_reach_is_not_judged(self):
        found = local_colocation(
            stalls("ABB", [0, 5000, 5001]), by="kind", of="A", to="B", bandwidth_m=5, permutations=9
        )
        assert found.iloc[0].isna().all()
        with pytest.raises(IndicatorError, match="No place is of kind"):
            local_colocation(stalls("ABB", [0, 1, 2]), by="kind", of="A", to="Q", bandwidth_m=5)
