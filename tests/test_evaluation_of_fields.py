"""The fields' tables in a run: their own grades, their reference, units where there are any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drawn_fields import BOUNDARIES, EVIDENCE, layer

from creative_spatial.area import StudyArea
from creative_spatial.evaluation import Grades, evaluate, grades_of_fields
from creative_spatial.indicators import load_indicators, select

SPECS = select(load_indicators(), ["field_quotients", "field_ranking"])
CULTURE = layer(
    {"market": 20, "cafe": 10, "weaver": 5, "wat": 165},
    {"market": 100, "cafe": 20, "weaver": 300, "cinema": 7, "wat": 3573},
    source_id="test",
)
GRADES = Grades(
    pd.DataFrame(
        [("town", "city", "town", "food", "B"), ("town", "city", "town", "craft", "D"),
         ("land", "city", "land", "food", "A"), ("town", "unit", "0", "food", "D")],
        columns=["boundary", "level", "unit_id", "group", "grade"],
    ),
    {"market": "food", "cafe": "food", "weaver": "craft", "gift_shop": "craft"},
)  # fmt: skip


@pytest.fixture(scope="module")
def found():
    area = StudyArea.from_geometries(
        BOUNDARIES.assign(source_id="test", primary=[True, False]),
        name="Town", grid="square", cell_m=500,
    )  # fmt: skip
    grades = grades_of_fields([CULTURE], EVIDENCE, GRADES)
    inputs = {"places": [CULTURE], "field_evidence": EVIDENCE, "field_grades": grades}
    return evaluate(SPECS, inputs, area, grades=GRADES)


def rows(found, indicator, boundary):
    table = found.rows[(found.rows["id"] == indicator) & (found.rows["boundary"] == boundary)]
    return table.set_index("category")


def test_a_field_has_the_worst_grade_of_the_groups_that_serve_it():
    table = grades_of_fields([CULTURE], EVIDENCE, GRADES).set_index(["boundary", "field"])["grade"]
    assert table["town", "gastronomy"] == "B"
    assert table["town", "crafts"] == "D"
    assert table["land", "gastronomy"] == "A"
    assert pd.isna(table["land", "crafts"])
    assert pd.isna(table["town", "film"])
    none = grades_of_fields([CULTURE.iloc[:0]], EVIDENCE, GRADES).set_index(["boundary", "field"])
    assert none.loc[("town", "crafts"), "grade"] == "D"  # none found: as sure as the group is
    assert len(grades_of_fields([], EVIDENCE, GRADES)) == 2 * EVIDENCE["field"].nunique()


def test_rows_have_the_grade_of_their_field_and_name_the_reference(found):
    for indicator in SPECS:
        row = rows(found, indicator, "town").loc["gastronomy"]
        assert row["value"] > 1
        assert row["grade"] == "B"
        assert row["notes"].endswith("Compared with: Land without Town.")
        assert row["status"] == "done"


def test_the_largest_boundary_has_rows_that_say_why_there_is_no_number(found):
    table = rows(found, "field_quotients", "land")
    assert table["value"].isna().all()
    assert table["status"].eq("undefined").all()
    assert table["reason"].str.startswith("no reference").all()
    assert not table["notes"].str.contains("Compared with").any()
    assert table["n"].tolist() == [150, 305, 305, 7]


def test_only_the_boundary_with_units_has_a_spread(found):
    table = found.tables["field_quotients"].set_index(["boundary", "field"])
    assert table.loc[("town", "gastronomy"), ["units_with", "spread"]].tolist() == [1, 1]
    assert np.isnan(table.at[("land", "gastronomy"), "spread"])


def test_without_any_layer_nothing_is_invented():
    area = StudyArea.from_geometries(BOUNDARIES, name="Town", grid="square", cell_m=500)
    table = evaluate(SPECS, {"field_evidence": EVIDENCE}, area).rows
    assert table["value"].isna().all()
    assert set(table["status"]) == {"skipped"}
    assert set(table["reason"]) == {
        "no places; it would take an [osm] table or a [[layer]] of places, such as pillar = 'culture'"
    }
