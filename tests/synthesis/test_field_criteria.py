"""The criteria of a field beside what a run found: evidence, none yet, or a layer wanting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creative_spatial.errors import ConfigError, LayerSchemaError
from creative_spatial.indicators import load_indicators
from creative_spatial.resources import read_toml, resource_path
from creative_spatial.resources.field_criteria import LANGUAGES, criteria_of, unread_criteria
from creative_spatial.result import ILLUSTRATIVE_NOTE, ROW_COLUMNS
from creative_spatial.synthesis import field_criteria
from creative_spatial.taxonomy import Taxonomy

LISTS = sorted(path.stem for path in resource_path("criteria").glob("*.toml"))
SPECS = load_indicators()


def rows(*found) -> pd.DataFrame:
    """Rows of a run; each given as some of its columns."""
    plain = {
        "boundary": "town", "level": "city", "value": 1.0, "status": "done", "reason": "",
        "notes": "", "category": None, "n": 1.0, "grade": "B", "title": "Title", "unit": "per km²",
    }  # fmt: skip
    table = pd.DataFrame([{**plain, **one} for one in found])
    return table.reindex(columns=list(ROW_COLUMNS))


def criteria(*found, field="gastronomy", boundaries=("town",)):
    return field_criteria(rows(*found), field, boundaries)


def line(table, criterion, indicator=None):
    picked = table[table["criterion"] == criterion]
    if indicator is not None:
        picked = picked[picked["indicator"] == indicator]
    assert len(picked) == 1
    return picked.iloc[0]


class TestLists:
    @pytest.mark.parametrize("name", LISTS)
    def test_every_criterion_is_in_three_languages_and_names_indicators_that_are_there(self, name):
        listed = unread_criteria() if name == "unread" else criteria_of(name)
        assert listed.reference
        for criterion in listed.criteria.values():
            for words in (criterion.text, criterion.would_give):
                assert set(words) == set(LANGUAGES)
                assert all(words.values())
            for evidence in criterion.evidence:
                spec = SPECS[evidence.indicator]
                known = spec.categories or spec.params.get("types", {})
                if known:
                    assert evidence.category in known
                elif evidence.category is not None and evidence.indicator != "cuisine_quotients":
                    field = evidence.category.partition(":")[0]
                    assert spec.kind == "table"
                    assert field in Taxonomy.load().fields

    def test_gastronomy_has_the_eight_that_were_read_and_design_a_second_hand_list(self):
        assert list(criteria_of("gastronomy").criteria) == [f"G{i}" for i in range(1, 9)]
        assert criteria_of("gastronomy").verified
        assert not criteria_of("design").verified
        assert len(criteria_of("design").criteria) == 7

    def test_every_list_is_of_a_field(self):
        assert {*LISTS} - {"unread"} <= set(Taxonomy.load().fields)

    def test_names_that_lead_elsewhere_are_no_list(self):
        for name in ("../fields", "unread", "film", ""):
            assert criteria_of(name) is None

    def test_a_fault_in_a_list_is_named(self, tmp_path):
        from creative_spatial.resources import parse
        from creative_spatial.resources.field_criteria import FieldCriteria

        path = tmp_path / "film.toml"
        path.write_text('verified = true\nreference = "x"\n[criteria.F1]\ntekst = {}\n')
        with pytest.raises(ConfigError, match=r"unknown key 'criteria\.F1\.tekst'"):
            parse(FieldCriteria, read_toml(path), where=path.name)


class TestStatus:
    def test_a_number_is_evidence_and_comes_with_its_grade(self):
        row = {"id": "independent_eateries_per_10000", "value": 14.7, "unit": "per 10,000"}
        found = line(criteria(row), "G2", row["id"])
        assert found[["value", "n", "unit", "grade", "status"]].tolist() == [
            14.7, 1.0, "per 10,000", "B", "evidence",
        ]  # fmt: skip
        assert found["reason"] == ""

    @pytest.mark.parametrize(
        ("row", "status", "reason"),
        [
            ({"value": 0.0}, "no evidence yet", "none found"),
            ({"value": np.nan, "reason": "nobody there"}, "no evidence yet", "nobody there"),
            ({"notes": f"Note. {ILLUSTRATIVE_NOTE}"}, "no evidence yet", "illustrative data"),
            ({"value": np.nan, "status": "skipped", "reason": "no network"}, "needs a layer",
             "no network"),
        ],
    )  # fmt: skip
    def test_zero_null_and_made_up_are_none_and_what_was_skipped_needs_a_layer(
        self, row, status, reason
    ):
        row = {"id": "independent_eateries_per_10000", **row}
        found = line(criteria(row), "G2", "independent_eateries_per_10000")
        assert found["status"] == status
        assert reason in found["reason"]
        assert found["illustrative"] == ("notes" in row)

    @pytest.mark.parametrize(
        ("value", "low", "status"),
        [(2.0, 1.2, "evidence"), (2.0, 0.9, "no evidence yet"), (0.5, 0.3, "no evidence yet")],
    )
    def test_a_quotient_is_evidence_where_it_is_above_one_beyond_doubt(self, value, low, status):
        row = {"id": "field_quotients", "category": "gastronomy", "value": value, "low": low}
        found = line(criteria(row), "G1", "field_quotients")
        assert found["status"] == status
        assert (found["reason"] == "not above 1 beyond doubt") == (status != "evidence")

    def test_a_number_of_which_more_is_not_more_evidence_stands_beside(self):
        found = line(criteria({"id": "walk_to_market", "value": 40.0}), "G5", "walk_to_market")
        assert (found["status"], found["value"]) == ("no evidence yet", 40.0)
        assert found["reason"] == "says something of it, and is no evidence by itself"
        assert found["criterion_status"] != "evidence"

    def test_what_openstreetmap_cannot_know_needs_a_layer_until_there_is_one(self):
        none = {"id": "festivals", "category": "food", "value": 0.0}
        assert line(criteria(none), "G6", "festivals")["status"] == "needs a layer"
        some = {"id": "festivals", "category": "food", "value": 3.0}
        assert line(criteria(some), "G6", "festivals")["status"] == "evidence"
        assert "food_festival" in line(criteria(none), "G6", "festivals")["would_give_en"]

    def test_a_festival_without_a_place_speaks_too(self):
        none = {"id": "festivals", "category": "food", "value": 0.0}
        one = {"id": "events_without_place", "category": "food", "value": 1.0}
        found = criteria(none, one)
        assert line(found, "G6", "events_without_place")["status"] == "evidence"
        assert set(found.loc[found["criterion"] == "G6", "criterion_status"]) == {"evidence"}

    def test_nothing_speaks_of_the_ingredients(self):
        found = line(criteria(), "G3")
        assert found["status"] == "needs a layer"
        assert pd.isna(found["indicator"])

    def test_the_right_category_and_boundary_are_taken(self):
        table = criteria(
            {"id": "field_quotients", "category": "film", "value": 9.0},
            {"id": "field_quotients", "category": "gastronomy", "value": 2.0},
            {"id": "field_quotients", "category": "gastronomy", "value": 7.0, "boundary": "land"},
            {"id": "field_quotients", "category": "gastronomy", "value": 8.0, "level": "unit"},
            boundaries=["town", "land"],
        )
        picked = table[table["indicator"] == "field_quotients"]
        assert picked[["boundary", "value"]].values.tolist() == [["town", 2.0], ["land", 7.0]]

    def test_a_criterion_is_as_good_as_the_best_that_speaks_to_it(self):
        found = {"id": "food_markets_per_10000", "category": "markets"}
        table = criteria(found).set_index("criterion")["criterion_status"]
        assert set(table["G5"]) == {"evidence"}
        assert set(table["G8"]) == {"no evidence yet"}

    def test_an_indicator_that_was_not_asked_for_is_said_to_be(self):
        found = line(criteria(), "G7")
        assert found["reason"] == "not computed in this run"


def test_a_field_whose_list_nobody_read_has_one_row_that_says_so():
    table = criteria(field="music", boundaries=["town", "land"])
    assert table["status"].tolist() == ["no list read", "no list read"]
    assert table["criterion"].isna().all()
    assert table["text_en"].str.contains("not read by anyone").all()
    assert not table["verified"].any()


def test_what_are_no_rows_of_a_run_is_refused():
    with pytest.raises(LayerSchemaError, match="indicators"):
        field_criteria(pd.DataFrame({"id": []}), "gastronomy", ["town"])
