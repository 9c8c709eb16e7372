"""Events through a whole run: with a footprint, along a line, or without any place."""

from __future__ import annotations

import warnings

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning

pytestmark = pytest.mark.filterwarnings("ignore::creative_spatial.errors.CreativeSpatialWarning")

TOWN = """
schema = 1
[city]
name = "Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.geojson"
source = "list"
[units]
grid = "square"
cell_m = 1000
[[source]]
id = "list"
title = "Register"
license = "CC0-1.0"
attribution = "Town hall"
"""
EVENTS = """
[[layer]]
pillar = "culture"
kind = "table"
path = "events.csv"
source = "list"
"""
PLACES = """
[[layer]]
pillar = "culture"
kind = "vector"
path = "places.geojson"
source = "list"
columns = { id = "id", name = "name", concept = "concept" }
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The town's result and results folder: two events drawn, three rows of a table without places."""
    folder = tmp_path_factory.mktemp("town")
    gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326).to_file(
        folder / "town.geojson"
    )
    places = {
        "id": ["A", "B", "C"],
        "name": ["Boat procession", "Fair ground", "Museum"],
        "concept": ["procession", "craft_fair", "museum"],
        "months": ["ต.ค.", "Nov-Jan", None],
        "recurrence": ["end of Buddhist lent", None, None],
    }
    shapes = [
        LineString([(100.02, 7.02), (100.08, 7.02)]),
        box(100.04, 7.04, 100.05, 7.05),
        box(100.06, 7.06, 100.061, 7.061),
    ]
    gpd.GeoDataFrame(places, geometry=shapes, crs=4326).to_file(folder / "places.geojson")
    rows = [
        ("1", "Vegetarian festival", "food_festival", "Sep-Oct", "2025-10-21", "2025-10-29"),
        ("2", "=Nora", "performing_art", None, None, None),
        ("3", "Film week", "film_festival", None, "2024-12-20", "2025-01-05"),
    ]
    columns = ["id", "name", "concept", "months", "starts", "ends"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "events.csv", index=False)
    (folder / "city.toml").write_text(TOWN + PLACES + EVENTS, encoding="utf-8")
    assessment = Assessment.from_toml(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        result = assessment.run(only=["asset_density"])
        assessment.save(result, folder / "out", maps=(), formats=())
    return result, folder / "out"


def test_an_event_without_a_place_does_not_vanish(town):
    events = pd.read_parquet(town[1] / "tables" / "events.parquet").set_index("feature_id")
    assert events["place_known"].to_dict() == {
        "list:A": True, "list:B": True, "list:1": False, "list:2": False, "list:3": False,
    }  # fmt: skip
    assert events["place"].dropna().to_dict() == {"list:A": "line", "list:B": "area"}
    assert events["unit_id"].notna().tolist() == [True, True, False, False, False]


def test_the_calendar_is_in_one_form(town):
    events = town[0].tables["events"].set_index("feature_id")
    assert events["months"].dropna().to_dict() == {
        "list:A": "10", "list:B": "1;11;12", "list:1": "9;10", "list:3": "1;12",
    }  # fmt: skip
    assert events.loc["list:1", ["starts", "ends"]].tolist() == ["2025-10-21", "2025-10-29"]
    assert events.loc["list:A", "recurrence"] == "end of Buddhist lent"


def test_what_has_no_place_is_in_the_inventory_and_in_no_layer(town):
    result = town[0]
    assert sorted(result.layers["culture"].index) == ["list:A", "list:B", "list:C"]
    inventory = result.tables["inventory"].set_index("feature_id")
    assert len(inventory) == 6
    assert inventory["lon"].isna().to_dict() == {
        "list:A": False, "list:B": False, "list:C": False,
        "list:1": True, "list:2": True, "list:3": True,
    }  # fmt: skip
    density = result.table().loc["asset_density", "n"]
    assert density == 3


def test_counts_add_up_in_the_record_and_the_check(town):
    result = town[0]
    steps = {step["step"]: step for step in result.steps}
    assert steps["records without a place"]["rows"] == {"placeless": 3, "months_known": 2}
    rows = result.inputs["events.csv"]["layers"][0]["rows"]
    assert rows == {
        "in": 3, "out": 0, "outside": 0, "placeless": 3, "repaired": 0, "quarantined": {},
    }  # fmt: skip
    counts = {row.file: row for row in result.checks.counts}["events.csv"]
    assert (counts.read, counts.used, counts.quarantined) == (3, 3, 0)


def test_the_spreadsheet_runs_no_formula(town):
    text = (town[1] / "inventory.csv").read_text(encoding="utf-8-sig")
    assert "'=Nora" in text
    assert ",=Nora" not in text
