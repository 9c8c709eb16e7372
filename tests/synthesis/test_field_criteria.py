"""The criteria of a field beside what a run found: evidence, none yet, or a layer wanting."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from creative_spatial.analysers import field_profile
from creative_spatial.errors import ConfigError, LayerSchemaError
from creative_spatial.indicators import load_indicators
from creative_spatial.resources import read_toml, resource_path
from creative_spatial.resources.field_criteria import LANGUAGES, criteria_of, unread_criteria
from creative_spatial.result import ILLUSTRATIVE_NOTE, ROW_COLUMNS
from creative_spatial.synthesis import field_criteria
from creative_spatial.taxonomy import Taxonomy

LISTS = sorted(path.stem for path in resource_path("criteria").glob("*.toml"))
SPECS = load_indicators()
TAXONOMY = Taxonomy.load()
# How many criteria each list has at its source, how ours are named, and whether it was read there.
AT_SOURCE = {
    "crafts": ("C", 6, True),
    "design": ("D", 7, True),
    "film": ("F", 8, True),
    "gastronomy": ("G", 8, True),
    "literature": ("L", 7, False),
    "media_arts": ("MA", 5, True),
    "music": ("M", 7, True),
}
# Events of a field are counted under its id, but for these.
EVENTS = {"gastronomy": "food"}


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


def every_evidence():
    """Each indicator that a list names, with its criterion; for parametrize."""
    return [
        pytest.param(criterion, evidence, id=f"{key}-{evidence.indicator}-{evidence.category}")
        for field in AT_SOURCE
        for key, criterion in criteria_of(field).criteria.items()
        for evidence in criterion.evidence
    ]


def categories_of(spec) -> set[str]:
    """Categories of an indicator that something could be in; none where it is one number."""
    if spec.id == "field_profile":
        return PROFILED
    if spec.id == "field_quotients":
        return set(TAXONOMY.fields)
    if spec.id == "cuisine_quotients":
        tags = [tag for rule in TAXONOMY.concepts["local_restaurant"].osm for tag in rule.items()]
        return {word for key, words in tags if key == "cuisine" for word in words}
    return set(spec.categories or spec.params.get("types", {}))


def profiled() -> set[str]:
    """Fields and strengths that places count in, where there is one of every kind of place."""
    kinds = [
        key for key, one in TAXONOMY.concepts.items() if one.pillar in ("culture", "community")
    ]
    spots = gpd.GeoDataFrame({"concept": kinds}, geometry=[shapely.Point(1, 1)] * len(kinds))
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    found = field_profile([spots], TAXONOMY.field_evidence(), town)
    return set(found.loc[found["value"] > 0, "category"])


PROFILED = profiled()


def concepts_in(words) -> set[str]:
    """Concepts that a sentence names."""
    return set(TAXONOMY.concepts) & set(re.findall("[a-z_]+", words))


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

    @pytest.mark.parametrize(("criterion", "evidence"), every_evidence())
    def test_every_indicator_that_is_named_can_come_with_its_category(self, criterion, evidence):
        known = categories_of(SPECS[evidence.indicator])
        if known:
            assert evidence.category in known
        else:
            assert evidence.category is None
        assert "city" in SPECS[evidence.indicator].levels

    @pytest.mark.parametrize("field", AT_SOURCE)
    def test_a_list_is_as_long_as_at_its_source_and_says_whether_it_was_read_there(self, field):
        letters, number, verified = AT_SOURCE[field]
        listed = criteria_of(field)
        assert list(listed.criteria) == [f"{letters}{i}" for i in range(1, number + 1)]
        assert listed.verified == verified
        assert ("secondary" in listed.reference) != verified
        assert ("not read at unesco.org" in listed.reference) != verified

    def test_only_architecture_has_no_list(self):
        assert set(TAXONOMY.fields) - set(AT_SOURCE) == {"architecture"}
        assert set(LISTS) == {*AT_SOURCE, "unread"}

    @pytest.mark.parametrize("field", sorted(set(AT_SOURCE) - {"media_arts"}))
    def test_festivals_of_the_field_speak_to_one_criterion_that_no_map_knows_of(self, field):
        named = {
            key: criterion
            for key, criterion in criteria_of(field).criteria.items()
            if any(evidence.indicator == "festivals" for evidence in criterion.evidence)
        }
        ((_, criterion),) = named.items()
        assert criterion.needs_layer
        (concept,) = SPECS["festivals"].categories[EVENTS.get(field, field)]["concepts"]
        assert all(concept in words for words in criterion.would_give.values())
        told = [one for one in criterion.evidence if not one.beside]
        assert [(one.indicator, one.category) for one in told] == [
            ("festivals", EVENTS.get(field, field)),
            ("events_without_place", EVENTS.get(field, field)),
        ]

    @pytest.mark.parametrize("field", AT_SOURCE)
    def test_concepts_that_would_give_evidence_are_of_the_taxonomy_in_every_language(self, field):
        for criterion in criteria_of(field).criteria.values():
            english, *others = criterion.would_give.values()
            assert {*re.findall(r"[a-z]+_[a-z]+", english)} <= set(TAXONOMY.concepts)
            for words in others:
                assert concepts_in(words) == concepts_in(english)

    def test_every_list_is_of_a_field(self):
        assert {*LISTS} - {"unread"} <= set(TAXONOMY.fields)

    def test_names_that_lead_elsewhere_are_no_list(self):
        for name in ("../fields", "unread", "architecture", ""):
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

    def test_a_cinema_stands_beside_what_a_layer_says_of_festivals(self):
        cinema = {"id": "facilities_per_10000", "category": "cinemas", "value": 0.2}
        none = {"id": "festivals", "category": "film", "value": 0.0}
        found = criteria(cinema, none, field="film")
        assert line(found, "F3", "facilities_per_10000")["status"] == "no evidence yet"
        assert line(found, "F3", "festivals")["status"] == "needs a layer"
        found = criteria(cinema, {**none, "value": 1.0}, field="film")
        assert set(found.loc[found["criterion"] == "F3", "criterion_status"]) == {"evidence"}

    def test_more_music_than_elsewhere_speaks_of_its_centres_not_of_who_supports_it(self):
        more = {"id": "field_quotients", "category": "music", "value": 3.0, "low": 1.5}
        found = criteria(more, field="music")
        assert line(found, "M1", "field_quotients")["status"] == "evidence"
        assert line(found, "M3", "field_quotients")["status"] == "no evidence yet"

    @pytest.mark.parametrize("field", AT_SOURCE)
    def test_of_no_criterion_is_an_absence_a_failure(self, field):
        found = criteria(field=field)
        assert list(found["criterion"].unique()) == list(criteria_of(field).criteria)
        assert set(found["status"]) <= {"no evidence yet", "needs a layer"}
        assert set(found["reason"]) <= {"not computed in this run", "no indicator speaks to it"}
        words = found[["text_en", "would_give_en"]].to_numpy().ravel()
        assert not [said for said in words if re.search("fail|lack|missing|weak", said)]

    def test_an_indicator_that_was_not_asked_for_is_said_to_be(self):
        found = line(criteria(), "G7")
        assert found["reason"] == "not computed in this run"


def test_a_field_whose_list_nobody_read_has_one_row_that_says_so():
    table = criteria(field="architecture", boundaries=["town", "land"])
    assert table["status"].tolist() == ["no list read", "no list read"]
    assert table["criterion"].isna().all()
    assert table["text_en"].str.contains("not read by anyone").all()
    assert not table["verified"].any()


def test_what_are_no_rows_of_a_run_is_refused():
    with pytest.raises(LayerSchemaError, match="indicators"):
        field_criteria(pd.DataFrame({"id": []}), "gastronomy", ["town"])
