"""Location quotients of the creative fields: a town in a land, counted by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_fields import BOUNDARIES, EVIDENCE, LAND, TOWN, layer
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CRS, ORIGIN, square

from creative_spatial.analysers.fields.quotients import field_quotients
from creative_spatial.analysers.places.composition import field_profile
from creative_spatial.errors import CRSError, LayerSchemaError
from creative_spatial.grid import make_grid


def quotients(layers, units=TOWN, **options) -> pd.DataFrame:
    options = {"boundaries": BOUNDARIES, **options}
    table = field_quotients(layers, EVIDENCE, units, **options)
    return table.set_index("field")


PLACES = layer(
    {"market": 20, "cafe": 10, "weaver": 5, "wat": 165},
    {"market": 100, "cafe": 20, "weaver": 300, "cinema": 7, "wat": 3573},
)


class TestQuotient:
    def test_worked_value_of_the_domain_report(self):
        row = quotients([PLACES]).loc["gastronomy"]
        assert row["value"] == pytest.approx(5.0)  # 30 of 200 beside 120 of 4,000
        assert row["n"] == 30
        assert row["total"] == 200
        assert row[["direct", "indirect", "weak"]].tolist() == [20, 10, 0]
        assert row[["reference_n", "reference_total"]].tolist() == [120, 4000]
        assert row["reference"] == "Land without Town"
        assert row["per_10000"] == 15
        # Exact limits of the ratio of two Poisson means, as test_composition_of_fields checks.
        assert row["low"] < 5 < row["high"]

    def test_a_place_counts_for_each_field_it_serves_and_the_total_once(self):
        table = quotients([PLACES])
        assert table["n"].to_dict() == {"gastronomy": 30, "crafts": 5, "design": 5, "film": 0}
        assert (table["total"] == 200).all()

    def test_layers_add_up_and_one_that_was_not_read_is_left_out(self):
        west, east = PLACES.iloc[::2], PLACES.iloc[1::2]
        both = quotients([west, None, east])
        pd.testing.assert_frame_equal(both, quotients([PLACES]))

    def test_a_procession_that_leaves_town_is_of_the_town_as_in_every_count(self):
        way = layer({"market": 1, "wat": 1}, {"market": 2, "wat": 2})
        x, y = ORIGIN[0], ORIGIN[1] + 500
        way.loc["test:0", "geometry"] = shapely.LineString([(x + 300, y), (x + 1100, y)])
        row = quotients([way]).loc["gastronomy"]
        counted = field_profile([way], EVIDENCE, TOWN)
        gastronomy = counted[counted["field"] == "gastronomy"]
        assert row["n"] == gastronomy["n"].sum() == 1
        assert row[["total", "reference_n", "reference_total"]].tolist() == [2, 2, 4]

    def test_the_largest_boundary_has_no_reference_and_says_so(self):
        table = quotients([PLACES], LAND)
        assert table[["value", "low", "high"]].isna().all(axis=None)
        assert table["reason"].str.startswith("no reference: this is the largest boundary").all()
        assert table["n"].to_dict() == {"gastronomy": 150, "crafts": 305, "design": 305, "film": 7}

    def test_without_any_boundary_there_is_none_either(self):
        assert quotients([PLACES], boundaries=None)["value"].isna().all()

    def test_an_absent_field_is_zero_and_one_that_only_the_city_has_has_no_quotient(self):
        table = quotients([layer({"market": 3, "weaver": 1}, {"weaver": 4, "cinema": 1})])
        assert table.at["film", "value"] == 0
        assert table.at["film", "low"] == 0
        assert np.isnan(table.at["gastronomy", "value"])
        assert table.at["gastronomy", "low"] > 0
        assert np.isnan(table.at["gastronomy", "high"])
        assert table.at["gastronomy", "reason"] == "the reference has no place of this field"

    def test_a_field_absent_in_both_is_unknown(self):
        row = quotients([layer({"market": 3}, {"market": 4})]).loc["film"]
        assert np.isnan(row["value"])
        assert row["reason"] == "no place of this field here or in the reference"

    def test_all_places_of_one_field_here_and_there_are_worth_one(self):
        assert quotients([layer({"market": 3}, {"market": 40})]).at["gastronomy", "value"] == 1

    def test_one_place(self):
        row = quotients([layer({"market": 1}, {"market": 1, "wat": 3})]).loc["gastronomy"]
        assert row["value"] == 4
        assert row["low"] < 1 < row["high"]

    @pytest.mark.parametrize(
        ("places", "reason"),
        [
            (layer({}, {"market": 3}), "no mapped place in this boundary"),
            (layer({"market": 3}, {}), "no mapped place in the reference"),
        ],
    )
    def test_nothing_mapped(self, places, reason):
        table = quotients([places])
        assert table["value"].isna().all()
        assert (table["reason"] == reason).all()

    def test_without_inhabitants_there_is_no_rate(self):
        for people in (0.0, np.nan):
            table = quotients([PLACES], TOWN.assign(population=people))
            assert table["per_10000"].isna().all()
        assert quotients([PLACES], TOWN.drop(columns="population"))["per_10000"].isna().all()

    def test_another_crs_and_missing_columns_are_refused(self):
        with pytest.raises(CRSError, match="layer"):
            quotients([PLACES.to_crs(4326)])
        with pytest.raises(LayerSchemaError, match="concept"):
            quotients([PLACES[["geometry"]]])

    def test_the_grade_is_that_of_the_field_in_the_boundary(self):
        grades = pd.DataFrame(
            [("town", "gastronomy", "B"), ("land", "gastronomy", "D"), ("town", "film", None)],
            columns=["boundary", "field", "grade"],
        )
        table = quotients([PLACES], grades=grades)
        assert table.at["gastronomy", "grade"] == "B"
        assert table.loc[["crafts", "film"], "grade"].isna().all()

    def test_made_up_places_mark_every_row(self):
        made_up = PLACES.assign(accuracy="surveyed")
        assert not quotients([made_up])["illustrative"].any()
        made_up.loc["test:399", "accuracy"] = "illustrative"  # in the reference
        assert quotients([made_up])["illustrative"].all()


class TestProperties:
    counts = st.dictionaries(
        st.sampled_from(["market", "cafe", "weaver", "gift_shop", "cinema", "wat"]),
        st.integers(1, 9),
        min_size=1,
    )

    @settings(max_examples=12, deadline=None)
    @given(counts, counts, st.integers(2, 5), st.integers(2, 5))
    def test_twice_the_mapping_here_or_there_leaves_the_quotient(self, town, land, here, there):
        once = quotients([layer(town, land)])["value"]
        scaled = layer(
            {k: here * n for k, n in town.items()}, {k: there * n for k, n in land.items()}
        )
        pd.testing.assert_series_equal(quotients([scaled])["value"], once)

    @settings(max_examples=12, deadline=None)
    @given(counts, counts, st.permutations(range(len(EVIDENCE))))
    def test_the_order_of_fields_and_places_is_irrelevant(self, town, land, order):
        places = layer(town, land)
        once = quotients([places])
        again = field_quotients(
            [places.iloc[::-1]], EVIDENCE.iloc[order], TOWN, boundaries=BOUNDARIES
        ).set_index("field")
        columns = ["value", "low", "high", "n", "direct", "indirect", "weak"]
        pd.testing.assert_frame_equal(again.loc[once.index, columns], once[columns])

    @settings(max_examples=12, deadline=None)
    @given(counts, counts)
    def test_a_boundary_outside_that_holds_nothing_changes_nothing(self, town, land):
        places = layer(town, land)
        empty = gpd.GeoDataFrame(
            {"name": ["Isle"]}, geometry=[square(9, 9)], index=["isle"], crs=CRS
        )
        more = pd.concat([BOUNDARIES, empty])
        pd.testing.assert_frame_equal(quotients([places], boundaries=more), quotients([places]))


class TestReference:
    given = pd.DataFrame(
        {
            "field": ["gastronomy", "crafts", "film"],
            "strength": [None, None, None],
            "value": [120.0, 40.0, 0.0],
            "total": 4000.0,
            "reference": "Register of Phuket",
        }
    ).astype({"strength": "str"})

    def test_given_counts_serve_every_boundary(self):
        for units in (TOWN, LAND):
            table = quotients([PLACES], units, reference=self.given)
            assert (table["reference"] == "Register of Phuket").all()
        town = quotients([PLACES], reference=self.given)
        assert town.at["gastronomy", "value"] == pytest.approx(5.0)
        assert town.at["crafts", "value"] == pytest.approx((5 / 200) / (40 / 4000))

    def test_what_it_does_not_count_is_unknown_and_no_zero(self):
        row = quotients([PLACES], reference=self.given).loc["design"]
        assert np.isnan(row["value"])
        assert row["reason"] == "the reference does not count this field"

    def test_several_add_up_where_all_of_them_count(self):
        other = self.given[self.given["field"] != "film"].assign(
            reference="Register of Nan", total=1000.0
        )
        table = quotients([PLACES], reference=pd.concat([self.given, other]))
        row = table.loc["gastronomy"]
        assert row[["reference_n", "reference_total"]].tolist() == [240, 5000]
        assert row["reference"] == "Register of Phuket + Register of Nan"
        assert np.isnan(table.at["film", "reference_n"])

    def test_a_made_up_reference_marks_every_row(self):
        assert quotients([PLACES], reference=self.given.assign(accuracy="illustrative"))[
            "illustrative"
        ].all()


class TestSpread:
    cells = gpd.GeoDataFrame(geometry=make_grid(square(0, 0), 500, shape="square"), crs=CRS)

    def places(self, corners):
        x, y = zip(*corners, strict=True)
        return gpd.GeoDataFrame(
            {"concept": pd.array(["market"] * len(corners), dtype="str")},
            geometry=gpd.points_from_xy(np.add(x, ORIGIN[0]), np.add(y, ORIGIN[1])),
            crs=CRS,
        )

    def test_evenly_over_four_units_and_all_in_one(self):
        even = self.places([(100, 100), (600, 100), (100, 600), (600, 600)])
        row = quotients([even], cells=self.cells).loc["gastronomy"]
        assert row[["units_with", "spread"]].tolist() == pytest.approx([4, 4])
        row = quotients([self.places([(100, 100)] * 4)], cells=self.cells).loc["gastronomy"]
        assert row[["units_with", "spread"]].tolist() == pytest.approx([1, 1])

    def test_three_to_one(self):
        uneven = self.places([(100, 100)] * 3 + [(600, 600)])
        row = quotients([uneven], cells=self.cells).loc["gastronomy"]
        entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
        assert row["spread"] == pytest.approx(np.exp(entropy))

    def test_an_empty_unit_more_changes_nothing(self):
        uneven = self.places([(100, 100)] * 3 + [(600, 600)])
        far = gpd.GeoDataFrame(geometry=[square(7, 7)], crs=CRS)
        more = pd.concat([self.cells, far], ignore_index=True)
        pd.testing.assert_frame_equal(
            quotients([uneven], cells=more), quotients([uneven], cells=self.cells)
        )

    def test_a_field_without_places_is_in_no_unit(self):
        row = quotients([self.places([(1, 1)])], cells=self.cells).loc["film"]
        assert row["units_with"] == 0
        assert np.isnan(row["spread"])

    def test_units_of_another_boundary_say_nothing(self):
        table = quotients([PLACES], LAND, cells=self.cells)
        assert table[["units_with", "spread"]].isna().all(axis=None)


class TestAnchors:
    def anchors(self, most=5, **columns):
        rows = {"name": [f"M{i}" for i in range(7)], **columns}
        table = quotients([layer({"market": 7}, {"market": 1}).iloc[:7].assign(**rows)],
                          most_anchors=most)  # fmt: skip
        return table.loc["gastronomy", ["anchors", "anchor_ids"]].tolist()

    def test_the_most_certain_come_first_and_at_most_five(self):
        names, ids = self.anchors(
            confidence=[None, "reported", "probable", "confirmed", "disputed", None, None],
            accuracy=[None, None, None, None, None, "surveyed", "illustrative"],
        )
        assert names == "M3; M2; M1; M5; M0"
        assert ids == "test:3;test:2;test:1;test:5;test:0"

    def test_the_better_placed_come_first(self):
        assert self.anchors(2, uncertainty_m=[9, 8, 7, 6, 5, 4, np.nan])[0] == "M5; M4"

    def test_of_the_equally_certain_those_come_first_that_several_records_speak_of(self):
        agreed = [None, None, "osm:node/1", None, None, "osm:way/2", None]
        assert self.anchors(3, also_ids=agreed)[0] == "M2; M5; M0"

    def test_what_is_made_up_hidden_or_without_a_name_is_none(self):
        assert self.anchors(accuracy="illustrative") == [None, None]
        assert self.anchors(dataGeneralizations="0.01 degree") == [None, None]
        assert self.anchors(name=[None, ""] + [None] * 5) == [None, None]

    def test_indirect_evidence_is_no_anchor(self):
        table = quotients([layer({"cafe": 1}, {"cafe": 1}, name="Hub Seng")])
        assert table["anchors"].isna().all()
