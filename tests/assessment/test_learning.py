"""Places of learning through a whole run: what is taught decides whether it is culture."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from drawn_osm import DrawnOsm
from shapely.geometry import box

from creative_spatial.assessment import Assessment

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
OSM = """
[osm]
path = "town.osm"
"""
LIST = """
[[layer]]
pillar = "culture"
kind = "table"
path = "places.csv"
source = "list"
columns = { id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }
"""


def run(folder, toml, rows):
    osm = DrawnOsm()
    osm.node(1, 100.05, 7.05, name="Town School", amenity="school")
    osm.node(2, 100.06, 7.05, name="Nora Cooking School", amenity="cooking_school")
    osm.node(3, 100.04, 7.04, name="Museum of Boats", tourism="museum")
    osm.node(
        4, 100.03, 7.03, name="Wat School", amenity="school", historic="building", building="yes"
    )
    osm.write(folder / "town.osm")
    town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326)
    town.to_file(folder / "town.geojson")
    columns = ["id", "name", "concept", "lon", "lat"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "places.csv", index=False)
    (folder / "city.toml").write_text(TOWN + toml, encoding="utf-8")
    return Assessment.from_toml(folder).run(only=["asset_density"])


def test_a_school_is_a_place_of_learning_and_no_cultural_asset(tmp_path):
    result = run(tmp_path, OSM, [])
    assert sorted(result.layers["learning"]["name"]) == ["Nora Cooking School", "Town School"]
    assert sorted(result.layers["culture"]["name"]) == [
        "Museum of Boats",
        "Nora Cooking School",
        "Wat School",
    ]
    steps = {step["step"]: step for step in result.steps}
    assert steps["places of learning"]["rows"] == {
        "in": 2, "counted_twice": 0, "withheld": 0, "out": 2, "evidence_of_no_pillar": 1,
    }  # fmt: skip
    assert steps["pillar culture"]["rows"]["in"] == 3


def test_a_city_that_knows_what_is_taught_says_so_and_the_school_counts_once(tmp_path):
    rows = [("A", "Town School", "art_school", 100.05, 7.05)]
    result = run(tmp_path, OSM + LIST, rows)
    assert "list:A" in result.layers["culture"].index
    learning = result.layers["learning"]
    assert sorted(learning.index) == ["list:A", "osm:node/2"]
    assert learning.loc["list:A", "strength"] == "direct"


def test_where_nobody_teaches_the_layer_is_empty_and_valid(tmp_path):
    result = run(tmp_path, LIST, [("A", "Wat Klang", "wat", 100.05, 7.05)])
    assert len(result.layers["learning"]) == 0
    assert not [step for step in result.steps if step["step"] == "places of learning"]
