"""How complete the data is: the criteria one by one, against published and hand-worked numbers."""

from __future__ import annotations

from math import comb

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from places import CRS, point, square

from creative_spatial.errors import CRSError, LayerSchemaError
from creative_spatial.preparation import chapman, conflate, match_benchmark
from creative_spatial.preparation.completeness import (
    benchmark_match,
    concept_groups,
    edit_age,
    street_cover,
    two_list_match,
)
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.taxonomy import Taxonomy

GROUPS = {"museum": "culture/gallery", "wat": "culture/worship"}


def units(*squares):
    names = [f"u{i}" for i in range(len(squares))]
    return gpd.GeoDataFrame(geometry=list(squares), index=pd.Index(names, name="unit_id"), crs=CRS)


def lines(*ends, **columns):
    """Streets given by their ends in kilometres from the origin."""
    shapes = [shapely.LineString([point(*a), point(*b)]) for a, b in ends]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def polygons(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


# ------------------------------------------------------------------------------- two lists


class TestChapman:
    # Krebs (1989), Box 2.1; Ricker (1975); Pine et al. (2013), Box 11.2; Seber (2002),
    # tables 3.7 and 3.8, as the package FSA of R holds itself to them.
    @pytest.mark.parametrize(
        ("n1", "n2", "m", "total", "error"),
        [
            (948, 421, 167, 2383, None),
            (109, 177, 57, 337, None),
            (421, 332, 88, 1578, None),
            (500, 149, 7, 9393, 3022),
            (1000, 243, 21, 11101, 2184),
        ],
    )
    def test_textbooks_agree(self, n1, n2, m, total, error):
        found = chapman(n1, n2, m)
        assert round(found.total) == total
        if error is not None:
            assert round(found.standard_error) == error

    def test_the_textbook_s_normal_interval_follows_from_the_standard_error(self):
        found = chapman(421, 332, 88)  # Pine et al. (2013): 1330 to 1826
        assert round(found.total - 1.96 * found.standard_error) == 1330
        assert round(found.total + 1.96 * found.standard_error) == 1826

    def test_by_hand(self):
        found = chapman(3, 3, 1)  # 4 x 4 / 2 - 1 = 7 places, 5 listed
        assert found.total == pytest.approx(7)
        assert found.standard_error == pytest.approx(np.sqrt(4 * 4 * 2 * 2 / (4 * 3)))
        assert (found.first, found.together) == (pytest.approx(3 / 7), pytest.approx(5 / 7))

    def test_two_equal_lists_seem_complete(self):
        found = chapman(20, 20, 20)
        assert (found.total, found.standard_error) == (20, 0)
        assert found.together == found.together_high == 1
        assert found.together_low == 20 / 21  # 21 places would give such lists once in 21

    def test_too_few_common_places_are_not_assessed(self):
        least = int(completeness_facts().chapman.min_matches.value)
        assert not chapman(50, 50, least - 1).assessed
        assert chapman(50, 50, least).assessed

    def test_empty_lists_have_no_share(self):
        found = chapman(0, 0, 0)
        assert found.total == 0
        assert np.isnan(found.together)
        assert not found.assessed

    @pytest.mark.parametrize("numbers", [(3, 5, 4), (5, 3, 4), (-1, 3, 0), (3, 3, -1)])
    def test_impossible_numbers_are_refused(self, numbers):
        with pytest.raises(ValueError, match="no more can be in both"):
            chapman(*numbers)

    def test_simulated_lists_of_known_size_are_covered(self):
        rng = np.random.default_rng(20)
        size, inside, totals = 300, 0, []
        for _ in range(400):
            one, other = rng.random(size) < 0.5, rng.random(size) < 0.3
            found = chapman(int(one.sum()), int(other.sum()), int((one & other).sum()))
            totals.append(found.total)
            inside += found.low <= size <= found.high
        assert np.mean(totals) == pytest.approx(size, rel=0.01)
        assert 0.94 <= inside / 400 <= 0.985  # exact intervals keep their level or more
        assert np.std(totals) == pytest.approx(chapman(150, 90, 45).standard_error, rel=0.1)

    def test_lists_that_know_of_each_other_make_it_an_upper_bound(self):
        rng = np.random.default_rng(21)
        size, shares, truth = 400, [], []
        for _ in range(60):
            famous = rng.random(size) < 0.4
            chance = np.where(famous, 0.8, 0.15)
            one, other = rng.random(size) < chance, rng.random(size) < chance
            found = chapman(int(one.sum()), int(other.sum()), int((one & other).sum()))
            shares.append(found.together)
            truth.append((one | other).mean())
        assert np.mean(shares) > np.mean(truth) + 0.1

    @given(st.integers(0, 300), st.integers(0, 300), st.data())
    def test_more_common_places_never_make_it_less_complete(self, only_one, only_other, data):
        m = data.draw(st.integers(0, 200))
        n1, n2 = only_one + m, only_other + m
        fewer, more = chapman(n1 + 1, n2 + 1, m), chapman(n1 + 1, n2 + 1, m + 1)
        assert more.total <= fewer.total + 1e-9
        assert more.first >= fewer.first - 1e-12
        assert more.together >= fewer.together - 1e-12
        assert more.high <= fewer.high

    @given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 200))
    def test_a_place_found_again_in_the_other_list_never_does_either(self, only_one, only_other, m):
        n1, n2 = only_one + m, only_other + m
        before, after = chapman(n1, n2, m), chapman(n1, n2 + 1, m + 1)
        assert after.together >= before.together - 1e-12
        assert after.together_low >= before.together_low - 1e-12

    @given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
    def test_bounds_hold_the_estimate_s_own_order(self, only_one, only_other, m):
        found = chapman(only_one + m, only_other + m, m)
        listed = only_one + only_other + m
        assert listed <= found.total
        assert listed <= found.low <= found.high
        if listed:
            assert 0 <= found.together_low <= found.together_high <= 1

    @pytest.mark.parametrize("numbers", [(10, 15, 5), (8, 8, 8), (30, 20, 7), (12, 9, 4)])
    def test_the_interval_holds_every_total_that_the_overlap_does_not_refute(self, numbers):
        n1, n2, m = numbers
        found = chapman(*numbers)

        def chances(total):  # of each overlap, by counting the ways to draw the second list
            ways = [comb(n1, k) * comb(total - n1, n2 - k) for k in range(n2 + 1)]
            return np.array(ways, dtype=float) / comb(total, n2)

        fits = [
            total
            for total in range(n1 + n2 - m, 600)
            if chances(total)[: m + 1].sum() >= 0.025 and chances(total)[m:].sum() >= 0.025
        ]
        assert (found.low, found.high) == (fits[0], fits[-1])


@pytest.fixture
def two_lists(make_features):
    """OSM has ten museums, the city hall twelve; eight are the same, all in u0 but one pair."""

    def museums(source, numbers, north=0.0):
        places = [point(0.05 + 0.09 * i, 0.5 + north) for i in numbers]
        layer = make_features(places, source_id=source)
        return layer.assign(name=[f"Museum of the {NUMBERS[i]}" for i in numbers])

    return {"OSM": museums("osm", range(10)), "hall": museums("hall", range(2, 14), 0.001)}


NUMBERS = (
    "harbour", "weavers", "tigers", "lagoon", "printers", "sultans", "railway", "shells", "moon", "goldsmiths",
    "theatre", "botany", "currency", "kites",
)  # fmt: skip


def test_two_lists_are_counted_by_group_and_unit(two_lists):
    matches = conflate(two_lists)
    found = two_list_match(matches, "OSM", units(square(0, 0, 2), square(5, 5)), GROUPS)
    assert found.index.tolist() == [("culture/gallery", "u0")]
    row = found.iloc[0]
    assert row[["chapman_n1", "chapman_n2", "chapman_m"]].tolist() == [10, 12, 8]
    # 11 x 13 / 9 - 1 = 14.889, 14 of them listed
    assert row["chapman_total"] == pytest.approx(14.8889, abs=1e-4)
    assert row["chapman_share"] == pytest.approx(14 / 14.8889, abs=1e-4)


def test_order_of_records_changes_nothing(two_lists):
    matches = conflate(two_lists)
    where = units(square(0, 0, 0.5), square(0.5, 0, 1.5))
    shuffled = matches.sample(frac=1, random_state=3)
    first = shuffled.sort_values("source", key=lambda s: s != "OSM", kind="stable")
    pd.testing.assert_frame_equal(
        two_list_match(first, "OSM", where, GROUPS), two_list_match(matches, "OSM", where, GROUPS)
    )


def test_one_list_alone_says_nothing(two_lists):
    found = two_list_match(conflate({"OSM": two_lists["OSM"]}), "OSM", units(square(0, 0)), GROUPS)
    assert found["chapman_m"].tolist() == [0]
    assert found["chapman_share"].isna().all()


# -------------------------------------------------------------------------------- benchmark


def test_places_of_an_inventory_are_found_by_name_and_place(two_lists):
    found = match_benchmark(two_lists["hall"], two_lists["OSM"])
    assert found["found"].tolist() == [True] * 8 + [False] * 4
    assert two_lists["hall"].columns.tolist() == found.columns.tolist()[:-1]


def test_a_place_that_the_inventory_lists_twice_counts_once(make_features):
    spots = [point(0.5, 0.5), point(0.5, 0.5)]
    inventory = make_features(spots, source_id="b").assign(name="National Museum")
    layer = make_features(spots[:1], source_id="osm").assign(name="National Museum")
    assert match_benchmark(inventory, layer)["found"].tolist() == [True]


def test_a_benchmark_s_share_has_wilson_s_interval(make_features):
    inventory = make_features([point(0.5, 0.5)] * 20).assign(found=[True] * 14 + [False] * 6)
    row = benchmark_match(inventory, units(square(0, 0)), GROUPS).iloc[0]
    n, p, z = 20, 0.7, 1.959963984540054
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert row["benchmark_share"] == pytest.approx(0.7)
    assert row["benchmark_low"] == pytest.approx(middle - half)
    assert row["benchmark_high"] == pytest.approx(middle + half)
    assert row["benchmark_low"] == pytest.approx(0.4810, abs=1e-4)


def test_few_benchmark_places_are_counted_and_not_judged(make_features):
    least = int(completeness_facts().benchmark.min_places.value)
    where = units(square(0, 0), square(1, 0))
    west, east = [point(0.5, 0.5)] * (least - 1), [point(1.5, 0.5)] * least
    inventory = make_features(west + east).assign(found=True)
    found = benchmark_match(inventory, where, GROUPS).droplevel("group")
    assert found["benchmark_n"].tolist() == [least - 1, least]
    assert found["benchmark_share"].tolist() == [pytest.approx(np.nan, nan_ok=True), 1.0]


def test_a_benchmark_that_was_not_matched_is_refused(make_features):
    with pytest.raises(LayerSchemaError, match="found"):
        benchmark_match(make_features([point(0, 0)]), units(square(0, 0)), GROUPS)


# ------------------------------------------------------------------------------------ cover


def test_streets_are_measured_against_built_up_land():
    # 0.95 km by 0.15 km and 25 m around: a fifth of a km² but for the corners.
    where = units(square(-0.1, -0.1, 1.2, 1.2))
    built = polygons(square(0.025, 0.025, 0.95, 0.15))
    streets = lines(((0, 0.1), (1, 0.1)), ((0.1, 0.05), (0.8, 0.05)), ((0, 0.9), (0.7, 0.9)))
    row = street_cover(where, built, streets=streets).iloc[0]
    corners = 4 * (1 - 2 * np.sqrt(2) / 4) * 0.025**2  # of arcs drawn with two segments
    assert row["built_up_km2"] == pytest.approx(0.2 - corners)
    # The third street runs through open land.
    assert row["street_km_per_km2"] == pytest.approx(1.7 / (0.2 - corners))
    assert row["cover_share"] == pytest.approx(1.7 / (0.2 - corners) / 18)


def test_blocks_drawn_one_by_one_hold_the_street_between_them():
    where = units(square(0, 0))
    blocks = polygons(square(0.1, 0.1, 0.38, 0.8), square(0.52, 0.1, 0.38, 0.8))
    found = street_cover(where, blocks, streets=lines(((0.5, 0.2), (0.5, 0.8))))
    assert found["street_km_per_km2"].iloc[0] * found["built_up_km2"].iloc[0] == pytest.approx(0.6)


def test_where_only_an_area_is_known_all_streets_of_the_unit_count():
    where = units(square(0, 0))
    streets = lines(((0, 0.1), (1, 0.1)), ((0, 0.5), (1, 0.5)), ((0, 0.9), (0.7, 0.9)))
    row = street_cover(where, pd.Series([0.2e6], index=where.index), streets=streets).iloc[0]
    assert row["street_km_per_km2"] == pytest.approx(13.5)
    assert row["cover_share"] == pytest.approx(0.75)


def test_streets_are_cut_at_the_unit_s_edge_and_paths_left_out():
    where = units(square(0, 0), square(1, 0))
    built = pd.Series([1e6, 1e6], index=where.index)
    streets = lines(((0.5, 0.5), (1.25, 0.5)), ((0.1, 0.1), (0.9, 0.1)), rank=[2, 4])
    found = street_cover(where, built, streets=streets)
    assert found["street_km_per_km2"].tolist() == pytest.approx([0.5, 0.25])


def test_land_that_two_outlines_share_is_built_up_once():
    one = polygons(square(0.1, 0.1, 0.75, 0.5))
    two = polygons(square(0.1, 0.1, 0.5, 0.5), square(0.35, 0.1, 0.5, 0.5), point(0.5, 0.5))
    where = units(square(0, 0))
    areas = [street_cover(where, it)["built_up_km2"].iloc[0] for it in (one, two)]
    assert areas[0] == pytest.approx(areas[1])


@pytest.mark.parametrize("built_m2", [0.0, np.nan, 9_000.0, 99_000.0])
def test_open_land_is_not_assessed(built_m2):
    where = units(square(0, 0))
    built = pd.Series([built_m2], index=where.index)
    found = street_cover(where, built, streets=lines(((0, 0.5), (1, 0.5))))
    assert found["cover_share"].isna().all()


def test_built_up_land_without_a_street_is_poorly_covered():
    where = units(square(0, 0))
    found = street_cover(where, pd.Series([1e6], index=where.index), streets=lines().set_crs(CRS))
    assert found["cover_share"].tolist() == [0.0]


def test_buildings_stand_in_for_streets():
    where = units(square(0, 0))
    built = pd.Series([0.5e6], index=where.index)
    found = street_cover(where, built, buildings=polygons(square(0.1, 0.1, 0.1, 0.5)))
    assert found["cover_share"].tolist() == pytest.approx([0.5])  # 10 % of the ground, of 20


def test_streets_in_another_crs_are_refused():
    where = units(square(0, 0))
    streets = lines(((0, 0.5), (1, 0.5))).to_crs(4326)
    with pytest.raises(CRSError):
        street_cover(where, pd.Series([1e6], index=where.index), streets=streets)


# ----------------------------------------------------------------------------------- age


def test_age_is_the_median_at_the_data_s_date(make_features):
    years = [2012, 2014, 2016, 2018, 2020]
    layer = make_features(
        [point(0.5, 0.5)] * 5, osm_timestamp=pd.to_datetime([f"{y}-07-01" for y in years], utc=True)
    )
    row = edit_age(layer, units(square(0, 0)), GROUPS, as_of="2022-07-01").iloc[0]
    assert row["age_n"] == 5
    assert row["age_years"] == pytest.approx(6, abs=0.01)
    latest = edit_age(layer, units(square(0, 0)), GROUPS).iloc[0]
    assert latest["age_years"] == pytest.approx(4, abs=0.01)


def test_undated_features_do_not_count_and_few_have_no_median(make_features):
    stamps = pd.to_datetime(["2020-01-01"] * 4 + [None], utc=True)
    layer = make_features([point(0.5, 0.5)] * 5, osm_timestamp=stamps)
    row = edit_age(layer, units(square(0, 0)), GROUPS, as_of="2022-01-01").iloc[0]
    assert row["age_n"] == 4
    assert np.isnan(row["age_years"])


def test_an_edit_after_the_date_is_of_today(make_features):
    stamps = pd.to_datetime(["2023-01-01"] * 5, utc=True)
    layer = make_features([point(0.5, 0.5)] * 5, osm_timestamp=stamps)
    row = edit_age(layer, units(square(0, 0)), GROUPS, as_of="2022-01-01").iloc[0]
    assert row["age_years"] == 0


# ------------------------------------------------------------------------------ what it rests on


def test_every_concept_is_in_one_group_of_its_pillar():
    taxonomy = Taxonomy.load()
    groups = concept_groups(taxonomy)
    assert set(groups) == set(taxonomy.concepts)
    assert groups["wat"] == groups["mosque"] == "culture/worship"
    assert all(groups[c.id].startswith(c.pillar + "/") for c in taxonomy.concepts.values())


def test_every_threshold_says_where_it_comes_from():
    facts = completeness_facts()
    scales = (facts.benchmark, facts.chapman, facts.cover)
    assert all(scale.reference for scale in scales)
    limits = [
        facts.benchmark.min_places, facts.chapman.min_matches, facts.cover.expected_km_per_km2,
        facts.cover.expected_building_share, facts.cover.min_built_m2, facts.cover.min_built_share,
        facts.cover.max_rank, facts.edit_age.min_features, facts.edit_age.max_years,
        facts.together.min_share, facts.together.min_assessed_share,
    ]  # fmt: skip
    assert all(limit.reference for limit in limits)
    for scale in scales:
        assert list(scale.limits.values()) == sorted(scale.limits.values(), reverse=True)
    assert "A" not in facts.chapman.limits, "an upper bound attests no A"
    assert set(facts.cover.limits) == {"C"}, "streets attest no museum"
    assert set(facts.land_cover.built) <= set(facts.land_cover.known)
