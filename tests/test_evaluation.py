"""evaluate turns specifications and inputs into rows, and does nothing else."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from places import point, square

from creative_spatial import analysers
from creative_spatial.errors import ConfigError, IndicatorError, InsufficientDataError
from creative_spatial.evaluation import Grades, check_specs, evaluate, open_rows, resolve
from creative_spatial.evaluation.rows import from_table
from creative_spatial.indicators import IndicatorSpec, select
from creative_spatial.provenance import Source
from creative_spatial.raster import Raster
from creative_spatial.resources import parse
from creative_spatial.result import ROW_COLUMNS
from creative_spatial.schema import source_ids


def spec(**changes):
    """A density of culture per km², with some things changed."""
    table = {
        "id": "asset_density",
        "function": "feature_density",
        "pillar": "culture",
        "title": {"en": "Density"},
        "unit": "per km²",
        "inputs": {"layer": "culture"},
        "method": "Counted.",
        "reference": "by hand",
        **changes,
    }
    return {table["id"]: parse(IndicatorSpec, table, where="test")}


@pytest.fixture
def culture(make_features):
    """Three places in the west, one in the east."""
    return make_features([point(0.2, 0.5), point(0.4, 0.5), point(0.6, 0.5), point(1.5, 0.5)])


def values(rows, level):
    return rows[rows["level"] == level].set_index(["unit_id" if level == "unit" else "boundary"])[
        "value"
    ]


def test_every_boundary_and_every_unit_gets_its_row(area, culture):
    rows = evaluate(spec(), {"culture": culture}, area).rows
    assert tuple(rows.columns) == ROW_COLUMNS
    assert values(rows, "city").to_dict() == {"town": 2.0}
    assert values(rows, "unit").to_dict() == {"west": 3.0, "east": 1.0}


def test_the_city_s_figure_is_no_mean_of_the_units(area, make_features):
    zones = make_features([square(0, 0, 0.5, 1)])
    shares = spec(function="area_share", inputs={"zones": "zones"}, unit="percent")
    rows = evaluate(shares, {"zones": zones}, area).rows
    assert values(rows, "unit").tolist() == pytest.approx([50.0, 0.0])
    assert values(rows, "city").tolist() == pytest.approx([25.0])


def test_disused_and_planned_places_are_no_presence(area, culture):
    culture = culture.assign(status=["disused", None, "open", "proposed"])
    rows = evaluate(spec(), {"culture": culture}, area).rows
    assert values(rows, "unit").to_dict() == {"west": 2.0, "east": 0.0}
    assert len(open_rows(culture)) == 2


def test_where_picks_rows_by_their_values(area, culture):
    culture = culture.assign(kind=["worship", "food", "worship", "food"])
    picky = spec(inputs={"layer": {"layer": "culture", "where": {"kind": "worship"}}})
    assert values(evaluate(picky, {"culture": culture}, area).rows, "city").tolist() == [1.0]


def test_where_on_a_column_that_is_not_there_is_refused(area, culture):
    picky = spec(inputs={"layer": {"layer": "culture", "where": {"colour": "red"}}})
    with pytest.raises(IndicatorError, match="input 'culture' has no column 'colour' to filter by"):
        evaluate(picky, {"culture": culture}, area)


def test_what_lacks_data_is_skipped_and_says_what_would_enable_it(area, culture):
    rates = spec(function="features_per_population", params={"per": 10_000}, needs_population=True)
    outcome = evaluate(rates, {"culture": culture}, area)
    row = outcome.rows.iloc[0]
    assert (row["status"], row["value"]) == ("skipped", pytest.approx(np.nan, nan_ok=True))
    assert 'no population; it would take a [[layer]] with pillar = "population"' in row["reason"]
    assert outcome.steps == [
        {"step": "asset_density", "status": "skipped", "reason": row["reason"]}
    ]


def test_a_missing_layer_is_not_an_empty_one(area, culture):
    skipped = evaluate(spec(), {}, area).rows
    nothing = evaluate(spec(), {"culture": culture.iloc[:0]}, area).rows
    assert skipped["status"].tolist() == ["skipped"]
    assert nothing["status"].unique().tolist() == ["done"]
    assert nothing["value"].tolist() == [0.0, 0.0, 0.0]


def test_a_rate_of_few_people_is_suppressed_in_units_only(area, culture):
    counted = area.with_population(
        units=pd.Series([499.0, 500.0], index=area.units.index),
        boundaries=pd.Series([999.0], index=["town"]),
    )
    rates = spec(
        function="features_per_population", params={"per": 10_000}, needs_population=True,
        min_population=500,
    )  # fmt: skip
    rows = evaluate(rates, {"culture": culture}, counted).rows
    units = rows[rows["level"] == "unit"].set_index("unit_id")
    assert units.at["west", "status"] == "suppressed"
    assert units.at["west", "reason"] == "fewer than 500 inhabitants"
    assert np.isnan(units.at["west", "value"])
    assert units.at["east", "value"] == pytest.approx(20.0)
    assert values(rows, "city").tolist() == pytest.approx([40_000 / 999])


def test_illustrative_rows_are_named_in_the_note(area, culture):
    culture = culture.assign(accuracy=["surveyed", "illustrative", "surveyed", "surveyed"])
    rows = evaluate(spec(), {"culture": culture}, area).rows
    assert rows["notes"].str.contains("illustrative data: not evidence").all()


def test_a_row_carries_the_sources_and_dates_of_its_data(area, culture):
    culture.loc[culture.index[0], "source_id"] = "register"
    sources = {
        "test": Source("test", "T", "CC0-1.0", "T", date="2023-02-21"),
        "register": Source("register", "R", "CC-BY-4.0", "R", date="2026-01-15"),
    }
    rows = evaluate(spec(), {"culture": culture}, area, sources=sources).rows
    assert rows["sources"].unique().tolist() == ["register;test"]
    assert rows["date"].unique().tolist() == ["2023-02-21/2026-01-15"]


def test_arguments_are_left_as_they_were(area, culture):
    before, units = culture.copy(), area.units.copy()
    evaluate(spec(), {"culture": culture}, area)
    pd.testing.assert_frame_equal(culture, before)
    pd.testing.assert_frame_equal(area.units, units)


def test_choosing_fewer_indicators_changes_no_number(area, culture):
    both = {**spec(), **spec(id="other_density")}
    alone = evaluate(spec(), {"culture": culture}, area).rows
    together = evaluate(both, {"culture": culture}, area).rows
    pd.testing.assert_frame_equal(together[together["id"] == "asset_density"], alone)


@pytest.mark.parametrize(
    "function",
    [
        "os.system",
        "nothing",
        "_private",
        "__getattribute__",
        "places",
        "places.counts.feature_density",
        "..evaluation.evaluate",
        "TrailPlan",
        "locate",
    ],
)
def test_a_specification_can_name_the_package_s_analysers_only(function):
    with pytest.raises(IndicatorError, match=r"is not a function of creative_spatial\.analysers"):
        resolve(function)


def test_a_name_that_is_nearly_right_is_proposed():
    with pytest.raises(IndicatorError, match="did you mean 'feature_density'"):
        resolve("counts.feature_densty")


def test_parameters_that_a_function_does_not_know_are_refused(area, culture):
    with pytest.raises(
        IndicatorError, match=r"'asset_density': feature_density.*unexpected keyword"
    ):
        evaluate(spec(params={"radius": 3}), {"culture": culture}, area)


def test_the_definition_changes_with_what_decides_the_number_and_not_with_its_title():
    plain = spec()["asset_density"].definition
    assert spec(title={"en": "Another title"})["asset_density"].definition == plain
    assert spec(params={"per": 1})["asset_density"].definition != plain


def test_rows_hold_nothing_that_json_cannot_say(area, culture):
    rows = evaluate(spec(), {"culture": culture}, area).rows
    assert json.loads(rows.to_json(orient="records"))[0]["value"] == 2.0


def test_a_published_population_serves_the_city_and_not_the_units(area, culture):
    known = area.boundaries.assign(population=[2000.0])
    stated = type(area)(**{**vars(area), "boundaries": known})
    rates = spec(function="features_per_population", params={"per": 10_000}, needs_population=True)
    outcome = evaluate(rates, {"culture": culture}, stated)
    assert values(outcome.rows, "city").tolist() == [20.0]
    assert set(outcome.rows["level"]) == {"city"}
    assert outcome.steps[-1]["step"] == "asset_density by unit"
    assert outcome.steps[-1]["status"] == "skipped"


def test_a_unit_whose_people_nobody_counted_is_not_a_unit_of_few(area, culture):
    counted = area.with_population(
        units=pd.Series([np.nan, 900.0], index=area.units.index),
        boundaries=pd.Series([900.0], index=["town"]),
    )
    rates = spec(
        function="features_per_population", params={"per": 10_000}, needs_population=True,
        min_population=500,
    )  # fmt: skip
    rows = evaluate(rates, {"culture": culture}, counted).rows.set_index("unit_id")
    assert (rows.at["west", "status"], rows.at["west", "reason"]) == (
        "undefined",
        "population unknown",
    )


def test_what_is_divided_by_is_named_and_makes_a_number_illustrative_too(area, culture):
    drawn = type(area)(**{**vars(area), "water_sources": ("sketch",)})
    sources = {"sketch": Source("sketch", "S", "CC0-1.0", "S", accuracy="illustrative")}
    rows = evaluate(spec(), {"culture": culture}, drawn, sources=sources).rows
    assert rows["sources"].unique().tolist() == ["sketch;test"]
    assert rows["notes"].str.contains("not evidence").all()


def test_all_pillars_can_be_asked_for_at_once(area, culture, make_features):
    groups = make_features([point(1.5, 0.5)], concept="ngo", source_id="register")
    both = spec(function="pillars_present", inputs={"layers": "pillars"})
    rows = evaluate(both, {"pillars": [culture, groups]}, area).rows
    assert values(rows, "unit").to_dict() == {"west": 1.0, "east": 2.0}
    assert rows["sources"].unique().tolist() == ["register;test"]


def test_no_pillar_at_all_is_a_reason_to_skip(area):
    both = spec(function="pillars_present", inputs={"layers": "pillars"})
    assert evaluate(both, {"pillars": []}, area).rows["status"].tolist() == ["skipped"]


def test_a_value_that_a_function_refuses_is_said_with_the_indicator(area, culture):
    rates = spec(function="features_per_population", params={"per": -5})
    people = area.with_population(
        units=pd.Series([900.0, 900.0], index=area.units.index),
        boundaries=pd.Series([1800.0], index=["town"]),
    )
    with pytest.raises(IndicatorError, match="indicator 'asset_density'"):
        evaluate(rates, {"culture": culture}, people)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"inputs": {"layer": "culturee"}}, r"unknown input 'culturee'; did you mean 'culture'\?"),
        ({"params": {"radius": 3}}, "got an unexpected keyword argument 'radius'"),
        ({"inputs": {"layers": "culture"}}, "missing a required argument: 'layer'"),
        ({"function": "nothing"}, "is not a function of creative_spatial"),
        (
            {"function": "features_per_population", "params": {"per": "many"}},
            "'asset_density': per takes a number; found 'many'",
        ),
        (
            {"function": "features_per_population", "params": {"per": True}},
            "'asset_density': per takes a number; found 'True'",
        ),
    ],
)
def test_a_specification_is_checked_before_any_data_is_read(changes, fault):
    (said,) = check_specs(spec(**changes), ["culture", "zones"])
    assert re.search(fault, said)


def test_a_right_specification_has_no_fault():
    assert check_specs(spec(), ["culture"]) == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("derivation", "culture"), ("derivation", "land"), ("derivation", "water"),
        ("table", "events"), ("measure", "culture"),
    ],
)  # fmt: skip
def test_no_result_takes_the_name_of_another(kind, key):
    taken = {"derivation": ["water"], "table": ["events"]}
    faults = check_specs(spec(kind=kind, id=key), ["culture"], taken=taken)
    assert any(
        re.search(f"'{key}': a {kind} cannot have this id.*'own_{key}'", it) for it in faults
    )


def test_a_number_may_be_called_as_a_layer_of_the_results_is():
    taken = {"derivation": ["water"], "table": ["events"]}
    for key in ("water", "events"):
        assert check_specs(spec(kind="measure", id=key), ["culture"], taken=taken) == []


@pytest.mark.parametrize("key", ["../../evil", "a b", "<b>", "CULTURE", "", "x" * 61])
def test_an_indicator_s_id_can_name_a_file_or_is_refused(key):
    with pytest.raises(
        ConfigError, match=r"'id': (an id is made of|String should have at most 60)"
    ):
        spec(id=key)


def test_a_parameter_of_another_type_is_the_specification_s_fault(area, culture):
    wide = spec(function="features_per_population", params={"per": "many"})
    people = area.with_population(
        units=pd.Series([900.0, 900.0], index=area.units.index),
        boundaries=pd.Series([1800.0], index=["town"]),
    )
    with pytest.raises(IndicatorError, match=r"indicator 'asset_density': feature"):
        evaluate(wide, {"culture": culture}, people)


class TestGrades:
    """How complete the data is, said with each number."""

    def grades(self, **by_group):
        """Letters for the town, the west and the east, by kind of place."""
        places = [("city", "town", "town"), ("unit", "town", "west"), ("unit", "town", "east")]
        rows = [
            {
                "pillar": "culture", "group": f"culture/{group}", "level": level, "boundary": boundary,
                "unit_id": unit, "grade": None if letter == "-" else letter,
            }
            for group, letters in by_group.items()
            for (level, boundary, unit), letter in zip(places, letters, strict=True)
        ]  # fmt: skip
        return Grades(pd.DataFrame(rows), {"museum": "culture/gallery", "wat": "culture/worship"})

    def found(self, area, culture, grades, **changes):
        rows = evaluate(spec(**changes), {"culture": culture}, area, grades=grades).rows
        return dict(zip(rows["unit_id"].fillna("town"), rows["grade"], strict=True))

    def test_without_grades_nothing_is_graded(self, area, culture):
        assert evaluate(spec(), {"culture": culture}, area).rows["grade"].isna().all()

    def test_each_row_has_the_grade_of_its_own_unit(self, area, culture):
        grades = self.grades(gallery="BCD")
        assert self.found(area, culture, grades) == {"town": "B", "west": "C", "east": "D"}

    def test_the_worst_of_the_groups_that_fed_a_number_counts(self, area, culture):
        mixed = culture.assign(concept=["museum", "museum", "wat", "wat"])
        grades = self.grades(gallery="AAA", worship="CAD")
        assert self.found(area, mixed, grades) == {"town": "C", "west": "A", "east": "D"}

    def test_what_was_left_out_by_where_does_not_count(self, area, culture):
        mixed = culture.assign(
            concept=["museum", "museum", "wat", "wat"], kind=["gallery"] * 2 + ["worship"] * 2
        )
        picky = {"inputs": {"layer": {"layer": "culture", "where": {"kind": "gallery"}}}}
        grades = self.grades(gallery="AAA", worship="DDD")
        assert set(self.found(area, mixed, grades, **picky).values()) == {"A"}

    def test_where_most_is_not_assessed_there_is_no_grade(self, area, culture):
        mixed = culture.assign(concept=["museum", "wat", "wat", "wat"])
        found = self.found(area, mixed, self.grades(gallery="AAA"))
        assert all(pd.isna(grade) for grade in found.values())

    def test_a_zero_at_grade_d_says_that_it_is_no_absence(self, area, make_features):
        culture = make_features([point(0.5, 0.5)] * 3)
        for letters, noted in (("DDD", ["east"]), ("CCC", [])):
            rows = evaluate(
                spec(), {"culture": culture}, area, grades=self.grades(gallery=letters)
            ).rows
            said = rows["notes"].str.contains("no absence")
            assert rows.loc[said, "unit_id"].tolist() == noted

    def test_where_nothing_fits_zero_is_as_sure_as_the_pillar_is_mapped(self, area, culture):
        picky = {"inputs": {"layer": {"layer": "culture", "where": {"concept": "cinema"}}}}
        for gallery, worship, grade in (("DDD", "CCC", "D"), ("BBB", "CCC", "C")):
            grades = self.grades(gallery=gallery, worship=worship)
            rows = evaluate(spec(**picky), {"culture": culture}, area, grades=grades).rows
            assert set(rows["grade"]) == {grade}
            assert rows["notes"].str.contains("no absence").all() == (grade == "D")

    def test_grades_change_no_number_and_no_definition(self, area, culture):
        plain = evaluate(spec(), {"culture": culture}, area).rows
        graded = evaluate(
            spec(), {"culture": culture}, area, grades=self.grades(gallery="DDD")
        ).rows
        pd.testing.assert_frame_equal(
            plain.drop(columns=["grade", "notes"]), graded.drop(columns=["grade", "notes"])
        )

    def test_skipped_rows_have_no_grade(self, area):
        rows = evaluate(spec(), {}, area, grades=self.grades(gallery="DDD")).rows
        assert rows["grade"].isna().all()


class TestDerivations:
    """What gives a layer or a surface, for maps and for other indicators."""

    @pytest.fixture
    def analyser(self, monkeypatch):
        """Name a function as if it were one of the package's."""

        def name(function):
            function.__module__ = analysers.__name__
            monkeypatch.setattr(analysers, function.__name__, function, raising=False)
            return function.__name__

        return name

    @pytest.fixture
    def halves(self, analyser, area):
        def halves(layer, land, units):
            assert units.index.tolist() == ["town"]
            cut = [land.intersection(square(x, 0, 1, 1)) for x in (0, 1)]
            inside = [layer.intersects(half).sum() for half in cut]
            return gpd.GeoDataFrame(
                {"places": inside}, index=["h1", "h2"], geometry=cut, crs=area.crs
            )

        wanted = {"layer": "culture", "land": "land"}
        return spec(id="halves", kind="derivation", function=analyser(halves), inputs=wanted)

    def test_a_derivation_is_a_layer_of_the_primary_boundary(self, area, culture, halves):
        found = evaluate(halves, {"culture": culture}, area)
        assert found.layers["halves"]["places"].tolist() == [3, 1]
        (row,) = found.rows.to_dict("records")
        assert (row["level"], row["boundary"], row["value"], row["n"]) == ("city", "town", 2, 2)

    def test_it_names_the_sources_it_rests_on_and_what_is_made_up(self, area, culture, halves):
        culture.loc[culture.index[0], "source_id"] = "register"
        culture = culture.assign(accuracy=["surveyed", "illustrative", "surveyed", "surveyed"])
        layer = evaluate(halves, {"culture": culture}, area).layers["halves"]
        assert layer["source_id"].tolist() == ["register;test"] * 2
        assert layer["accuracy"].tolist() == ["illustrative"] * 2
        assert source_ids(layer) == ["register", "test"]

    def test_other_indicators_count_it_whatever_their_order(self, area, culture, halves):
        density = spec(inputs={"layer": "halves"})
        culture = culture.assign(accuracy="illustrative")
        found = evaluate({**density, **halves}, {"culture": culture}, area)
        assert found.rows["id"].tolist() == ["halves", *["asset_density"] * 3]
        assert values(found.rows, "unit").to_dict() == {"west": 1.0, "east": 1.0}
        counted = found.rows[found.rows["id"] == "asset_density"]
        assert counted["sources"].unique().tolist() == ["test"]
        assert counted["notes"].str.contains("not evidence").all()

    def test_what_rests_on_a_skipped_one_is_skipped_and_says_so(self, area, halves):
        found = evaluate({**spec(inputs={"layer": "halves"}), **halves}, {}, area)
        assert found.rows["status"].unique().tolist() == ["skipped"]
        assert found.rows["reason"].tolist()[1] == (
            "it rests on halves, which could not be computed"
        )

    def test_a_surface_is_a_raster_and_its_number_the_peak(self, area, analyser):
        def surface(units):
            values = np.array([[1.0, 4.0], [np.nan, 2.0]])
            return Raster(values, Affine(1, 0, 0, 0, -1, 0), area.crs, "")

        peak = spec(id="surface", kind="derivation", function=analyser(surface), inputs={})
        found = evaluate(peak, {}, area)
        assert found.rasters["surface"].values[0, 1] == 4.0
        assert found.rows[["value", "n"]].to_numpy().tolist() == [[4.0, 3.0]]
        assert not found.layers

    @pytest.mark.parametrize("kind", ["layer", "surface", "table", "measure"])
    def test_what_a_function_says_of_its_result_is_in_the_notes(
        self, area, culture, analyser, kind
    ):
        said = "Two of them were left out."

        def telling(layer, units):
            if kind == "surface":
                return Raster(np.ones((1, 1)), Affine(1, 0, 0, 0, -1, 0), area.crs, "", note=said)
            found = layer.iloc[:1].copy() if kind == "layer" else pd.DataFrame({"value": [1.0]})
            if kind == "measure":
                found = pd.Series(1.0, index=units.index)
            found.attrs["note"] = said
            return found.assign(category="c") if kind == "table" else found

        kinds = {"layer": "derivation", "surface": "derivation"}
        one = spec(
            id="telling", kind=kinds.get(kind, kind), function=analyser(telling), levels=("city",),
            inputs={"layer": "culture"}, notes="Of the spec.",
        )  # fmt: skip
        rows = evaluate(one, {"culture": culture}, area).rows
        assert set(rows["notes"]) == {f"Of the spec. {said}"}

    def test_indicators_in_a_circle_are_refused(self, area):
        circle = {
            **spec(id="a", kind="derivation", inputs={"layer": "b"}),
            **spec(id="b", kind="derivation", inputs={"layer": "a"}),
        }
        with pytest.raises(ConfigError, match="in a circle: 'a' needs 'b' needs 'a'"):
            evaluate(circle, {}, area)
        assert any("circle" in fault for fault in check_specs(circle, []))

    def test_choosing_an_indicator_brings_what_it_needs(self, halves):
        both = {**halves, **spec(inputs={"layer": "halves"}), **spec(id="other")}
        assert list(select(both, ["asset_density"])) == ["halves", "asset_density"]

    def test_another_thing_than_a_layer_is_refused(self, area, analyser):
        def number(units):
            return 3

        wrong = spec(id="number", kind="derivation", function=analyser(number), inputs={})
        with pytest.raises(IndicatorError, match="gave a int; a derivation gives a GeoDataFrame"):
            evaluate(wrong, {}, area)


class TestTooFewData:
    """A run goes on where the data cannot answer, and says so in place of the number."""

    @pytest.fixture
    def thin(self, monkeypatch):
        def thin(layer, units):
            if len(units) == 1:
                raise InsufficientDataError("two units are needed; there is 1.")
            return pd.Series([1.0, 2.0], index=units.index)

        thin.__module__ = analysers.__name__
        monkeypatch.setattr(analysers, "thin", thin, raising=False)
        return spec(function="thin")

    def test_other_places_have_their_numbers(self, area, culture, thin):
        found = evaluate(thin, {"culture": culture}, area)
        assert values(found.rows, "unit").to_dict() == {"west": 1.0, "east": 2.0}
        (city,) = found.rows[found.rows["level"] == "city"].to_dict("records")
        assert (city["status"], city["reason"]) == (
            "undefined", "two units are needed; there is 1.",
        )  # fmt: skip
        assert [step["reason"] for step in found.steps] == [
            "", "town: two units are needed; there is 1.",
        ]  # fmt: skip

    def test_where_no_place_has_one_it_is_skipped(self, area, culture, thin):
        alone = {"asset_density": thin["asset_density"].model_copy(update={"levels": ("city",)})}
        (step,) = evaluate(alone, {"culture": culture}, area).steps
        assert step["status"] == "skipped"
        assert "two units are needed" in step["reason"]


def test_units_are_asked_for_as_cells_and_only_the_primary_boundary_has_them(monkeypatch, area):
    def cells(cells, units):
        return pd.DataFrame({"category": ["k"], "value": [float(len(cells))]})

    cells.__module__ = analysers.__name__
    monkeypatch.setattr(analysers, "cells", cells, raising=False)
    wanted = spec(kind="table", function="cells", inputs={"cells": "cells"}, levels=["city"])
    rows = evaluate(wanted, {}, area).rows
    assert rows["value"].tolist() == [2.0]


def test_a_long_table_says_which_of_its_rows_are_numbers_of_the_city(monkeypatch, area):
    def curve(units):
        steps = pd.DataFrame({"category": ["r1", "r2"], "value": [1.0, 2.0]})
        return steps.assign(headline=[False, True])

    curve.__module__ = analysers.__name__
    monkeypatch.setattr(analysers, "curve", curve, raising=False)
    wanted = spec(kind="table", function="curve", inputs={}, levels=["city"])
    found = evaluate(wanted, {}, area)
    assert found.rows["category"].tolist() == ["r2"]
    assert len(found.tables["asset_density"]) == 2


def test_limits_of_what_is_expected_are_not_limits_of_the_value():
    given = pd.DataFrame(
        {
            "category": ["a"],
            "value": [9.0],
            "expected": [1.0],
            "low": [0.5],
            "high": [1.5],
            "n": [3],
        }
    )
    (key,) = spec(kind="table")
    units = pd.DataFrame(index=["town"])
    row = from_table(spec(kind="table")[key], given, units).iloc[0]
    assert row[["value", "n"]].tolist() == [9.0, 3]
    assert row[["low", "high"]].isna().all()
    row = from_table(spec(kind="table")[key], given.drop(columns="expected"), units).iloc[0]
    assert row[["low", "high"]].tolist() == [0.5, 1.5]
