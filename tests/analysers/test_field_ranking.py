"""The ranking of the fields: distributions known in closed form, and its corners."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawn_fields import BOUNDARIES, EVIDENCE, LAND, TOWN, layer
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CRS, square
from scipy import stats

from creative_spatial.analysers.fields.ranking import field_ranking
from creative_spatial.resources.field_ranking import Constant, Range, ranking_model

MODEL = ranking_model()
SURE = Range(low=1, high=1, reference="test")
PLAIN = MODEL.model_copy(
    update={
        "strengths": dict.fromkeys(("direct", "indirect", "weak"), SURE),
        "completeness": {key: MODEL.completeness["A"].model_copy(update={"low": 1.0})
                         for key in MODEL.completeness},
        "prior_places": Constant(value=1e-9, reference="test"),
    }
)  # fmt: skip
PLACES = layer(
    {"market": 60, "weaver": 10, "cinema": 2, "wat": 128},
    {"market": 240, "weaver": 400, "cinema": 20, "wat": 3340},
)


def ranking(layers=(PLACES,), units=TOWN, **options) -> pd.DataFrame:
    options = {"boundaries": BOUNDARIES, **options}
    return field_ranking(list(layers), EVIDENCE, units, **options).set_index("field")


class TestDraws:
    def test_with_nothing_else_uncertain_the_quotient_is_a_ratio_of_gamma_variates(self):
        row = ranking(model=PLAIN, draws=200_000).loc["gastronomy"]
        # X/60 over Y/240.5 is F with 120 and 481 degrees of freedom.
        f = stats.f(120, 481)
        scale = (60 / 200) / (240.5 / 4000)
        assert row["value"] == pytest.approx(scale * f.ppf(0.5), rel=0.005)
        assert row["low"] == pytest.approx(scale * f.ppf(0.025), rel=0.01)
        assert row["high"] == pytest.approx(scale * f.ppf(0.975), rel=0.01)

    def test_paired_shares_against_the_same_ratio(self):
        table = ranking([layer({"market": 9, "cinema": 4}, {"market": 30, "cinema": 30})],
                        model=PLAIN, draws=200_000)  # fmt: skip
        # P(X1/Y1 > X2/Y2), the ratios being scaled F variates: integrated numerically.
        one, two = stats.f(18, 61), stats.f(8, 61)
        q = (np.arange(4000) + 0.5) / 4000
        expected = np.mean(two.cdf(one.ppf(q) * (9 / 4)))
        assert table.at["gastronomy", "p_beats_next"] == pytest.approx(expected, abs=0.005)
        assert table.at["film", "p_below_first"] == table.at["gastronomy", "p_beats_next"]
        assert table.at["gastronomy", "p_first"] == table.at["gastronomy", "p_beats_next"]

    def test_two_fields_alike_are_a_toss_up(self):
        table = ranking([layer({"market": 10, "cinema": 10}, {"market": 50, "cinema": 50})])
        assert table.at[table.index[0], "p_beats_next"] == pytest.approx(0.5, abs=0.03)

    def test_a_single_place_that_the_reference_lacks_makes_no_field_sure(self):
        places = layer({"market": 100, "cinema": 1, "wat": 99}, {"market": 1000, "wat": 3000})
        table = ranking([places])
        assert table.at["film", "low"] < 1
        assert table.at["film", "p_first"] < 0.75
        sure = ranking([places], model=PLAIN)
        assert sure.at["film", "p_first"] > 0.95  # which is what the prior is for

    def test_evenly_incomplete_data_change_nothing_much(self):
        grades = pd.DataFrame(
            [(b, f, "B") for b in ("town", "land") for f in EVIDENCE["field"].unique()],
            columns=["boundary", "field", "grade"],
        )
        same = MODEL.completeness["B"].model_copy(update={"low": 0.6, "high": 0.6})
        model = PLAIN.model_copy(update={"completeness": {**PLAIN.completeness, "B": same}})
        pd.testing.assert_series_equal(
            ranking(model=model, grades=grades)["value"], ranking(model=PLAIN)["value"]
        )

    def test_a_field_mapped_badly_here_and_well_there_has_more_than_is_seen(self):
        grades = pd.DataFrame(
            [("town", "crafts", "D"), ("land", "crafts", "A")],
            columns=["boundary", "field", "grade"],
        )
        badly = ranking(grades=grades).loc["crafts"]
        assert badly["value"] > 2 * ranking().at["crafts", "value"]
        assert badly["grade"] == "D"

    def test_weak_evidence_counts_for_less(self):
        weak = layer({"gift_shop": 50, "market": 50}, {"gift_shop": 50, "weaver": 50, "wat": 900})
        unweighed = ranking([weak], model=PLAIN).at["crafts", "value"]
        assert ranking([weak]).at["crafts", "value"] < unweighed / 2

    def test_the_same_seed_gives_the_same_and_another_another(self):
        pd.testing.assert_frame_equal(ranking(seed=5), ranking(seed=5))
        assert not ranking(seed=5)["value"].equals(ranking(seed=6)["value"])
        with pytest.raises(ValueError, match="`draws` is 0"):
            ranking(draws=0)


class TestParts:
    """What the city is beside: more of the one part of its reference, or more of the other."""

    # So many places that the law of each count is as good as its mean.
    MANY = layer({"market": 30_000, "cinema": 10_000, "wat": 60_000}, {})

    @staticmethod
    def share_of_markets(u):
        """Of a part with a tenth and one with a half, as the first counts 1 - u and the other u."""
        return 0.1 * (1 - u) + 0.5 * u

    def is_uniform_in_the_mix(self, row):
        # 30 % here; Dirichlet's weights of two parts of one size are u and 1 - u, u even in (0, 1).
        assert row["value"] == pytest.approx(0.3 / self.share_of_markets(0.5), rel=0.02)
        assert row["low"] == pytest.approx(0.3 / self.share_of_markets(0.975), rel=0.02)
        assert row["high"] == pytest.approx(0.3 / self.share_of_markets(0.025), rel=0.03)

    def test_of_two_given_references_each_draw_takes_its_own_mix(self):
        given = pd.DataFrame({
            "field": ["gastronomy"] * 2, "strength": ["direct"] * 2, "value": [10_000, 50_000],
            "total": [100_000.0] * 2, "reference": ["Phuket", "Nan"],
        })  # fmt: skip
        table = ranking([self.MANY], reference=given, boundaries=None, model=PLAIN)
        self.is_uniform_in_the_mix(table.loc["gastronomy"])
        # one reference, and what it adds up to is sure
        one = given.assign(reference="both", total=200_000.0)
        sure = ranking([self.MANY], reference=one, boundaries=None, model=PLAIN).loc["gastronomy"]
        assert [sure["low"], sure["high"]] == pytest.approx([1, 1], abs=0.03)

    def test_so_it_does_of_the_rings_between_the_boundaries(self):
        ring = layer({}, {"market": 10_000, "wat": 90_000})
        ring.index = "ring:" + ring.index
        ring.geometry = ring.translate(-1000)  # from the far side to 1.5 km
        far = layer({}, {"market": 50_000, "wat": 50_000})
        far.index = "far:" + far.index
        district = gpd.GeoDataFrame(
            {"name": ["District"]}, geometry=[square(0, 0, 2, 2)], index=["district"], crs=CRS
        )
        layers = [self.MANY, ring, far]
        between = pd.concat([BOUNDARIES, district])
        table = ranking(layers, boundaries=between, model=PLAIN)
        self.is_uniform_in_the_mix(table.loc["gastronomy"])
        assert (table["reference"].dropna() == "Land without Town").all()
        assert table.at["gastronomy", "reference_total"] == 200_000
        # without a boundary between, it is one reference
        sure = ranking(layers, model=PLAIN).loc["gastronomy"]
        assert [sure["low"], sure["high"]] == pytest.approx([1, 1], abs=0.03)

    def test_a_boundary_without_places_is_no_part(self):
        empty = gpd.GeoDataFrame(
            {"name": ["Island"]}, geometry=[square(2, 2)], index=["island"], crs=CRS
        )
        pd.testing.assert_frame_equal(ranking(boundaries=pd.concat([BOUNDARIES, empty])), ranking())


class TestProperties:
    counts = st.dictionaries(
        st.sampled_from(["market", "weaver", "gift_shop", "cinema", "wat"]),
        st.integers(1, 30),
        min_size=1,
    )

    @settings(max_examples=15, deadline=None)
    @given(counts, counts)
    def test_shares_of_being_first_sum_to_one(self, town, land):
        table = ranking([layer(town, land)], draws=200)
        ranked = table[table["rank"].notna()]
        if len(ranked):
            assert ranked["p_first"].sum() == pytest.approx(1)
            assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
            assert ranked["mean_rank"].sum() == pytest.approx(ranked["rank"].sum())
            assert (ranked["value"].diff().dropna() <= 0).all()
            assert ranked["high"].ge(ranked["low"]).all()


class TestCertainty:
    def clear(self, seed, **more) -> bool:
        """Whether gastronomy or another field is told apart from all others in a drawn city."""
        rng = np.random.default_rng(seed)
        kinds = ("market", "weaver", "cinema")
        town = {kind: int(rng.poisson(20 * more.get(kind, 1))) for kind in kinds}
        land = {kind: int(rng.poisson(200)) for kind in kinds}
        table = ranking([layer({**town, "wat": 300}, {**land, "wat": 3000})], draws=1000, seed=seed)
        others = table.loc[table.index.isin(["gastronomy", "crafts", "film"]), "p_below_first"]
        return bool((others.dropna() >= MODEL.apart.value).all())

    def test_where_all_are_as_common_as_elsewhere_no_field_is_told_apart(self):
        assert sum(self.clear(seed) for seed in range(15)) <= 1

    def test_a_field_five_times_as_common_is(self):
        assert sum(self.clear(seed, market=5) for seed in range(15)) >= 13


class TestCorners:
    def test_the_largest_boundary_has_no_ranking_and_says_why(self):
        table = ranking(units=LAND)
        assert table[["rank", "value", "p_first"]].isna().all(axis=None)
        assert table["reason"].str.startswith("no reference").all()
        assert table.index.tolist() == EVIDENCE["field"].unique().tolist()

    def test_a_field_absent_here_and_there_is_not_ranked(self):
        table = ranking([layer({"market": 3}, {"market": 9})])
        assert table["rank"].dropna().index.tolist() == ["gastronomy"]
        assert table.at["gastronomy", "p_first"] == 1
        assert np.isnan(table.at["gastronomy", "p_beats_next"])
        assert table.at["film", "reason"] == "no place of this field here or in the reference"

    def test_nothing_mapped(self):
        assert (
            ranking([layer({}, {"market": 9})])["reason"] == "no mapped place in this boundary"
        ).all()

    def test_a_city_like_its_reference_has_no_first(self):
        counts = {"market": 30, "weaver": 30, "cinema": 30, "wat": 60}
        table = ranking([layer(counts, {k: 10 * n for k, n in counts.items()})])
        assert (table["low"] < 1).all()
        assert (table["high"] > 1).all()
        assert table["p_first"].max() < 0.6

    def test_a_reference_without_strengths_is_taken_in_the_city_s_proportions(self):
        given = pd.DataFrame({
            "field": ["gastronomy", "crafts"], "strength": [None, None], "value": [240.0, 400.0],
            "total": 4000.0, "reference": "Register",
        }).astype({"strength": "str"})  # fmt: skip
        table = ranking(reference=given)
        assert table.at["gastronomy", "value"] == pytest.approx(5, rel=0.1)
        assert table.at["film", "reason"] == "the reference does not count this field"
        assert table["reference"].eq("Register").all()
        assert table["reference_boundary"].isna().all()
        assert ranking()["reference_boundary"].eq("land").all()
