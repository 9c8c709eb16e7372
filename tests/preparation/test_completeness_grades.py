"""One letter for each group of concepts and unit, led by the strongest evidence."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import CRS, point, square

from creative_spatial.errors import LayerSchemaError
from creative_spatial.preparation import grade_completeness
from creative_spatial.preparation.completeness import worst_of
from creative_spatial.preparation.completeness.grading import graded, letters, ranks_of, together
from creative_spatial.resources.completeness import completeness_facts

MUSEUMS, TOWN = "culture/gallery", "culture"


@pytest.fixture
def where():
    """Two square kilometres, west and east."""
    return gpd.GeoDataFrame(
        geometry=[square(0, 0), square(1, 0)], index=pd.Index(["west", "east"], name="unit_id"), crs=CRS
    )  # fmt: skip


def streets(km_west: int, km_east: int):
    """So many kilometres of street in each of the two units, none of it on an edge."""
    shapes = [
        shapely.LineString([point(x + 0.001, y), point(x + 0.999, y)])
        for x, n in ((0, km_west), (1, km_east))
        for y in np.linspace(0.05, 0.95, n)
    ]
    return gpd.GeoDataFrame(geometry=shapes, crs=CRS)


def of(table, group=MUSEUMS, what="grade"):
    return table[table["group"] == group].set_index("unit_id")[what].to_dict()


@pytest.fixture
def museums(make_features):
    return make_features([point(0.5, 0.5)] * 10 + [point(1.5, 0.5)] * 10)


def inventory(make_features, west, east):
    """Twenty benchmark places in each unit, so many of them found."""
    places = make_features([point(0.5, 0.5)] * 20 + [point(1.5, 0.5)] * 20, source_id="b")
    return places.assign(found=[i < west for i in range(20)] + [i < east for i in range(20)])


def test_streets_alone_give_c_or_d(museums, where):
    table = grade_completeness(museums, where, streets=streets(17, 5), built_up=where)
    assert of(table) == {"west": "C", "east": "D"}
    assert of(table, what="decided_by") == {"west": "streets", "east": "streets"}
    reason = of(table, what="reason")["east"]
    assert reason == (
        "5.0 km of streets per km² built-up, 28 % of what is expected; places not compared"
    )


def test_a_benchmark_overrules_the_streets_both_ways(make_features, museums, where):
    table = grade_completeness(
        museums, where, streets=streets(17, 5), built_up=where,
        benchmark=inventory(make_features, west=6, east=20),
    )  # fmt: skip
    # Wilson's lower limits: 6 of 20 gives 0.145, 20 of 20 gives 0.839.
    assert of(table) == {"west": "D", "east": "A"}
    assert of(table, what="decided_by") == {"west": "benchmark", "east": "benchmark"}
    assert of(table, what="reason")["west"] == (
        "30 % of 20 benchmark places found (95 %: 15 to 52 %)"
    )


def matched(n_both, n_osm, n_hall, where):
    """A table as `conflate` makes it, all in the west."""
    rows = [("OSM", f"p{i}") for i in range(n_both + n_osm)]
    rows += [("hall", f"p{i}") for i in range(n_both)]
    rows += [("hall", f"q{i}") for i in range(n_hall)]
    return gpd.GeoDataFrame(
        {"source": [r[0] for r in rows], "place_id": [r[1] for r in rows], "concept": "museum"},
        geometry=[point(0.5, 0.5)] * len(rows), crs=where.crs,
    )  # fmt: skip


def test_two_lists_attest_b_at_most_and_say_upper_bound(museums, where):
    table = grade_completeness(museums, where, matches=matched(60, 2, 2, where))
    assert of(table) == {"west": "B", "east": pytest.approx(np.nan, nan_ok=True)}
    assert "at most 100 % of the places are listed (upper bound" in of(table, what="reason")["west"]
    assert of(table, what="reason")["east"] == "nothing to compare with"


def test_of_two_comparisons_the_worse_one_counts(make_features, museums, where):
    benchmark = inventory(make_features, west=20, east=20)
    good = grade_completeness(museums, where, benchmark=benchmark)
    both = grade_completeness(
        museums, where, benchmark=benchmark, matches=matched(8, 40, 40, where)
    )
    assert of(good)["west"] == "A"
    assert of(both)["west"] == "D"
    assert of(both, what="decided_by")["west"] == "two lists"


def test_old_edits_lower_what_streets_earned_and_earn_nothing(museums, where):
    osm = museums.assign(
        osm_timestamp=pd.to_datetime(["2010-01-01"] * 10 + ["2021-01-01"] * 10, utc=True)
    )
    by_streets = grade_completeness(
        museums, where, osm=osm, as_of="2022-01-01", streets=streets(17, 17), built_up=where
    )
    assert of(by_streets) == {"west": "D", "east": "C"}
    assert of(by_streets, what="decided_by") == {"west": "edit age", "east": "streets"}
    assert of(by_streets, what="reason")["west"].startswith("median last edit 12 years old (10 ")
    alone = grade_completeness(museums, where, osm=osm, as_of="2022-01-01")
    assert alone["grade"].isna().all()
    assert of(alone, what="age_years")["west"] == pytest.approx(12, abs=0.01)


def test_streets_say_nothing_of_land_and_of_what_no_map_of_streets_holds(make_features, where):
    features = make_features([square(0.2, 0.2, 0.2, 0.2), point(0.5, 0.5)]).assign(
        concept=["forest", "museum"]
    )
    table = grade_completeness(features, where, streets=streets(17, 17), built_up=where)
    assert pd.isna(of(table, "biodiversity/forest")["west"])
    assert of(table, MUSEUMS)["west"] == "C"


def test_nothing_to_compare_with_is_null_and_no_d(museums, where):
    table = grade_completeness(museums, where)
    assert table["grade"].isna().all()
    assert set(of(table, what="reason").values()) == {"nothing to compare with"}


def test_no_features_at_all_give_no_rows(museums, where):
    table = grade_completeness(museums.iloc[:0], where, streets=streets(1, 1), built_up=where)
    assert len(table) == 0
    assert "grade" in table


def test_a_pillar_is_graded_by_its_groups_that_matter(make_features, where):
    features = make_features([point(0.5, 0.5)] * 100).assign(
        concept=["museum"] * 90 + ["wat"] * 7 + ["viewpoint"] * 3
    )
    benchmark = make_features([point(0.5, 0.5)] * 60, source_id="b").assign(
        concept=["museum"] * 20 + ["wat"] * 20 + ["viewpoint"] * 20,
        found=[True] * 20 + [True] * 15 + [False] * 5 + [False] * 20,
    )
    table = grade_completeness(features, where, benchmark=benchmark)
    grades = {g: of(table, g)["west"] for g in (MUSEUMS, "culture/worship", "culture/sight", TOWN)}
    # 15 of 20 gives 0.531; three viewpoints of a hundred features decide nothing.
    assert grades == {MUSEUMS: "A", "culture/worship": "C", "culture/sight": "D", TOWN: "C"}
    assert of(table, TOWN, "decided_by")["west"] == "culture/worship"


def test_order_of_rows_and_a_unit_far_away_change_nothing(make_features, museums, where):
    given = {
        "streets": streets(17, 5), "built_up": where, "benchmark": inventory(make_features, 15, 20),
        "matches": matched(8, 4, 4, where),
        "osm": museums.assign(osm_timestamp=pd.Timestamp("2010-01-01", tz="UTC")), "as_of": "2022-01-01",
    }  # fmt: skip
    table = grade_completeness(museums, where, **given)
    mixed = {
        name: layer.sample(frac=1, random_state=4) if isinstance(layer, pd.DataFrame) else layer
        for name, layer in given.items()
    }
    again = grade_completeness(museums.sample(frac=1, random_state=5), where, **mixed)
    pd.testing.assert_frame_equal(again, table)
    far = gpd.GeoDataFrame(geometry=[square(50, 50)], index=["far"], crs=CRS)
    more = grade_completeness(museums, pd.concat([where, far]), **given)
    same = more[more["unit_id"] != "far"].reset_index(drop=True)
    # Built-up land is given for the two units alone: in the third there is none.
    pd.testing.assert_frame_equal(same.sort_values(["group", "unit_id"], ignore_index=True),
                                  table.sort_values(["group", "unit_id"], ignore_index=True))  # fmt: skip
    assert more.loc[more["unit_id"] == "far", "grade"].isna().all()


def test_records_that_are_not_for_everyone_leave_no_count(make_features, museums, where):
    secret = inventory(make_features, 20, 20).assign(sensitivity="grave")
    osm = museums.assign(osm_timestamp=pd.Timestamp("2010-01-01", tz="UTC"), sensitivity="grave")
    matches = matched(60, 2, 2, where).assign(sensitivity="grave")
    table = grade_completeness(museums, where, benchmark=secret, osm=osm, matches=matches)
    assert table[["benchmark_n", "chapman_n1", "age_n"]].isna().all(axis=None)


def test_a_boundary_s_comparison_holds_its_units_down(make_features, museums, where):
    town = gpd.GeoDataFrame(geometry=[square(0, 0, 2)], index=["town"], crs=CRS)
    open_land = where.iloc[:1]
    few = inventory(make_features, west=12, east=2)
    for benchmark, letters_ in ((few, {"west": "D", "east": "D"}), (None, {"west": "C"})):
        whole = grade_completeness(museums, town, benchmark=benchmark)
        table = grade_completeness(
            museums, where, streets=streets(17, 17), built_up=open_land, whole=whole
        )
        assert {k: v for k, v in of(table).items() if pd.notna(v)} == letters_
        if benchmark is not None:
            assert set(of(table, what="decided_by").values()) == {"boundary"}
            assert of(table, what="reason")["west"].startswith("in the whole boundary 35 % of 40 ")
    good = inventory(make_features, west=20, east=20)
    whole = grade_completeness(museums, town, benchmark=good)
    assert of(whole) == {"town": "A"}
    table = grade_completeness(museums, where, streets=streets(17, 17), built_up=where, whole=whole)
    assert of(table) == {"west": "C", "east": "C"}, "what is true of a town may not be of a quarter"


def test_arguments_are_left_as_they_were(make_features, museums, where):
    benchmark = inventory(make_features, 20, 20)
    before = [layer.copy() for layer in (museums, where, benchmark)]
    grade_completeness(museums, where, benchmark=benchmark, streets=streets(9, 9), built_up=where)
    for layer, copy in zip((museums, where, benchmark), before, strict=True):
        pd.testing.assert_frame_equal(layer, copy)


def test_features_without_a_concept_are_refused(museums, where):
    with pytest.raises(LayerSchemaError, match="concept"):
        grade_completeness(museums.drop(columns="concept"), where)


class TestGrading:
    @pytest.mark.parametrize(
        ("share", "letter"),
        [(0.8, "A"), (0.7999, "B"), (0.6, "B"), (0.35, "C"), (0.3499, "D"), (0.0, "D"), (1.0, "A")],
    )
    def test_limits_belong_to_the_better_grade(self, share, letter):
        scale = completeness_facts().benchmark
        assert letters(graded(pd.Series([share]), scale)).tolist() == [letter]

    def test_letters_and_ranks_are_each_other_s_inverse(self):
        given = pd.Series(["A", None, "D", "C", "B"], dtype="str")
        pd.testing.assert_series_equal(letters(ranks_of(given)), given)

    def test_an_unknown_half_gives_no_grade(self):
        weights = np.array([50.0, 50.0])
        assert together(np.array([[0.0, np.nan]]), weights).tolist() == [0.0]
        assert np.isnan(together(np.array([[0.0, np.nan]]), np.array([49.0, 51.0]))).all()
        assert np.isnan(together(np.empty((1, 0)), np.empty(0))).all()

    def test_the_worst_group_of_an_indicator_counts(self, make_features, where):
        features = make_features([point(0.5, 0.5)] * 4).assign(concept=["museum", "wat"] * 2)
        table = grade_completeness(features, where, streets=streets(17, 5), built_up=where)
        assert worst_of(table, {MUSEUMS: 2, "culture/worship": 2}).to_dict() == {
            "west": "C", "east": "D",
        }  # fmt: skip
        assert worst_of(table, {MUSEUMS: 2, "community/group": 9}).isna().all()
