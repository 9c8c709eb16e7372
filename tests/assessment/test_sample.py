"""The main job, end to end, on the sample city."""

from __future__ import annotations

import hashlib
import json

import geopandas as gpd
import pandas as pd
import pytest
from check_results import faults
from places import SAMPLE

from creative_spatial.analysers import assign_units
from creative_spatial.assessment import Assessment
from creative_spatial.indicators import load_indicators
from creative_spatial.result import ROW_COLUMNS


@pytest.fixture(scope="module")
def saved(sample_result, tmp_path_factory):
    """The results folder of the sample."""
    out = tmp_path_factory.mktemp("results") / "songkhla"
    return Assessment.from_toml(SAMPLE).save(sample_result, out)


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"log.txt", "city.gpkg"}
    }


def test_the_results_folder_holds_all_that_is_promised(saved):
    assert faults(saved) == []


@pytest.mark.filterwarnings("ignore::creative_spatial.errors.DataQualityWarning")
def test_two_runs_give_the_same_bytes(saved, tmp_path):
    again = Assessment.from_toml(SAMPLE)
    again.save(again.run(), tmp_path / "again")
    assert hashes(tmp_path / "again") == hashes(saved)


def test_every_boundary_has_every_indicator(sample_result):
    city = sample_result.table()
    # A derivation is of the primary boundary alone, and so is what is told of its units only.
    specs = load_indicators().items()
    wanted = {key for key, it in specs if it.kind != "derivation" and "city" in it.levels}
    for boundary in ("municipality", "district", "province"):
        assert set(city.index[city["boundary"] == boundary]) >= wanted


def test_rows_have_the_promised_columns_and_name_their_sources(sample_result, saved):
    rows = json.loads((saved / "indicators.json").read_text(encoding="utf-8"))["indicators"]
    assert tuple(rows[0]) == ROW_COLUMNS
    known = set(sample_result.sources)
    named = {source for row in rows for source in row["sources"] if row["status"] == "done"}
    assert named <= known


def test_what_is_illustrative_is_marked_on_every_number_that_rests_on_it(sample_result):
    done = sample_result.indicators[sample_result.indicators["status"] == "done"]
    habitats = done[done["id"].isin(["natural_share", "habitat_hill", "green_per_1000"])]
    assert habitats["notes"].str.contains("not evidence").all()


def test_a_rate_names_what_it_is_divided_by_as_well(sample_result):
    rows = sample_result.indicators.query("level == 'city' and boundary == 'municipality'")
    rows = rows.set_index("id")["sources"]
    # Boundary, shoreline and population raster decide a rate as much as the assets do.
    assert {"boundaries", "shoreline", "illustrative", "places"} <= set(
        rows["assets_per_10000"].split(";")
    )


def test_warnings_met_while_measuring_are_in_the_steps(sample_result):
    said = [
        s for s in sample_result.steps if s["step"] == "initiatives_near_pillars" and s["reason"]
    ]
    assert said
    assert all(step["status"] == "warning" for step in said)


def test_places_less_certain_than_a_unit_is_wide_are_pointed_out(sample_result):
    (step,) = [s for s in sample_result.steps if s["step"] == "units and culture"]
    assert (
        "uncertain by more than half a unit's width (233 m, the root of its area)" in step["reason"]
    )


@pytest.mark.parametrize(
    "name",
    ["biodiversity", "culture", "community", "learning", "other_places", "zones", "water"],
)
def test_every_place_says_how_well_it_is_known(sample_result, name):
    layer = sample_result.layers[name]
    assert (layer["uncertainty_m"] >= 20).all()
    assert set(layer["uncertainty_basis"]) <= {"stated", "generalised", "assumed"}


def test_counts_over_units_add_up_to_the_city(sample_result):
    area = sample_result.area
    density = sample_result.unit_values("asset_density")
    counted = (density.fillna(0) * area.units["area_land"] / 1e6).sum()
    whole = (
        sample_result.value("asset_density") * area.boundaries.at["municipality", "area_land"] / 1e6
    )
    outside_land = area.units["area_land"] == 0
    assert counted == pytest.approx(whole) or outside_land.any()


def test_rates_are_not_given_for_a_handful_of_people(sample_result):
    rows = sample_result.indicators
    few = sample_result.area.units.index[sample_result.area.units["population"] < 500]
    rates = rows[(rows["id"] == "assets_per_10000") & rows["unit_id"].isin(few)]
    assert len(rates)
    assert (rates["status"] == "suppressed").all()
    assert rates["value"].isna().all()


def test_steps_say_what_was_read_and_counts_add_up(sample_result):
    steps = {step["step"]: step["reason"] for step in sample_result.steps}
    for pillar in ("biodiversity", "culture", "community"):
        read, twice, withheld, kept = (
            int(part.split()[0]) for part in steps[f"pillar {pillar}"].split(", ")
        )
        assert read == twice + withheld + kept
        assert kept == len(sample_result.layers[pillar])


def test_a_sensitive_place_lies_on_its_grid_in_every_output(saved, sample_result):
    culture = sample_result.layers["culture"]
    sensitive = culture[culture["sensitivity"].fillna("") != ""]
    assert len(sensitive)
    written = gpd.read_parquet(saved / "layers" / "culture.parquet").geometry.loc[sensitive.index]
    assert written.geom_equals(sensitive.geometry).all()
    lonlat = sensitive.geometry.to_crs(4326)
    # Centres of cells of 0.01 degree end in 5 at the third decimal.
    for value in (*lonlat.x, *lonlat.y):
        assert round(value * 1000) % 10 == 5


def test_without_consent_an_initiative_is_in_no_output(saved):
    register = pd.read_csv(SAMPLE / "initiatives.csv")
    private = set(register.loc[register["consent"] != "yes", "name_en"])
    assert private
    told = (saved / "run.json").read_text(encoding="utf-8")
    layer = gpd.read_parquet(saved / "layers" / "community.parquet")
    refused = set(register.loc[register["consent"] == "no", "name_en"])
    assert not refused & set(layer["name"])
    assert not any(name in told for name in refused)


def test_the_geopackage_lists_layers_and_styles(saved):
    layers = {str(name) for name in gpd.list_layers(saved / "city.gpkg")["name"]}
    assert {"boundaries", "units", "zones", "layer_styles"} <= layers


def test_results_show_themselves_in_a_notebook(sample_result):
    shown = sample_result._repr_html_()
    assert "<table" in shown
    assert "Songkhla" in shown


def test_every_feature_is_in_one_domain_of_cultural_statistics_or_outside(sample_result):
    table = sample_result.tables["fcs_domains"].query("boundary == 'municipality'")
    inside = sample_result.area.as_units("municipality")
    counted = 0
    for pillar in sample_result.taxonomy.pillars:
        layer = sample_result.layers[pillar]
        status = layer["status"]
        here = assign_units(layer[status.isna() | (status == "open")], inside)
        counted += here.notna().sum()
    assert table["value"].sum() == counted
    gastronomy = table.set_index("category").loc["gastronomy"]
    assert gastronomy["part_of"] == "intangible"
    assert gastronomy["value"] > 0


def test_evening_supply_says_what_the_unknown_could_change(sample_result):
    row = sample_result.table(boundary="municipality").loc["evening_supply"]
    culture = sample_result.layers["culture"]
    assert row["low"] < row["value"] < row["high"]
    assert 0 < row["n"] < len(culture)


def test_the_inventory_has_every_asset_and_every_event_once(sample_result):
    inventory = sample_result.tables["inventory"]
    events = sample_result.tables["events"]
    homeless = events["place_known"].eq(False).sum()
    culture, learning = (sample_result.layers[name] for name in ("culture", "learning"))
    apart = ~learning.index.isin(culture.index)
    assert 0 < apart.sum() < len(learning)
    assert len(inventory) == len(culture) + homeless + apart.sum()
    assert set(learning.index) <= set(inventory.loc[inventory["stage"] == "learn", "feature_id"])
    assert not inventory["feature_id"].duplicated().any()
    assert homeless == 7
    assert set(events["feature_id"]) <= set(inventory["feature_id"])
