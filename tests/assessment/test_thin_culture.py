"""Cities whose culture is hard to measure: a run says so in each number's place, and goes on."""

from __future__ import annotations

import csv
import warnings

import geopandas as gpd
import numpy as np
import pytest
from places import CRS, ORIGIN, square

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning

CITY = """
schema = 1
[city]
name = "Town"
languages = ["en"]
field = "gastronomy"
[[boundary]]
id = "town"
path = "town.gpkg"
layer = "town"
source = "survey"
[units]
grid = "square"
cell_m = 500
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
[[layer]]
pillar = "culture"
kind = "table"
path = "assets.csv"
source = "survey"
columns = { id = "id", name = "name", concept = "concept", community = "community", lon = "lon", lat = "lat" }
[[layer]]
pillar = "water"
kind = "vector"
path = "lake.gpkg"
source = "survey"
concept = "lake"
"""
LAKE = square(3.5, 0, 0.5, 4)
OF_CLUSTERS = ("hot_spots", "quarters", "culture_density", "culture_relative_risk")


@pytest.fixture
def town(tmp_path):
    """A town of 4 by 4 km with a lake along its east side, and the assets that a test puts there."""

    def assess(assets, communities=None):
        town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[square(0, 0, 4, 4)], crs=CRS)
        town.to_file(tmp_path / "town.gpkg", layer="town")
        lake = gpd.GeoDataFrame({"name": ["Lake"]}, geometry=[LAKE], crs=CRS)
        lake.to_file(tmp_path / "lake.gpkg")
        places = gpd.GeoSeries.from_xy(*(np.array(assets).T * 1000 + np.array([ORIGIN]).T), crs=CRS)
        named = communities or ["buddhist"] * len(assets)
        with (tmp_path / "assets.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "name", "concept", "community", "lon", "lat"])
            for at, (place, community) in enumerate(zip(places.to_crs(4326), named, strict=True)):
                concept = ("wat", "mosque", "museum", "restaurant")[at % 4]
                rows.writerow([at, f"Place {at}", concept, community, place.x, place.y])
        (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CreativeSpatialWarning)
            return Assessment.from_toml(tmp_path).run()

    return assess


def scattered(n, seed=1):
    return np.random.default_rng(seed).uniform(0.1, 3.4, (n, 2)).tolist()


def reason(result, indicator):
    """Why an indicator has no number."""
    rows = result.indicators[result.indicators["id"] == indicator]
    assert rows["value"].isna().all(), rows[["category", "value"]]
    return " ".join(rows["reason"].unique())


def counted(result):
    return result.value("asset_density") * result.area.boundaries.at["town", "area_land"] / 1e6


def test_one_asset(town):
    result = town([[1.0, 1.0]])
    assert counted(result) == pytest.approx(1)
    for indicator in ("colocation_communities", "nearest_neighbour", "clustering", "hot_spots"):
        assert reason(result, indicator)
    assert not len(result.layers.get("quarters", []))


def test_all_assets_at_one_point(town):
    result = town([[1.0, 1.0]] * 40)
    assert counted(result) == pytest.approx(40)
    assert "30" in reason(result, "hot_spots")


def test_nobody_counted_the_inhabitants(town):
    result = town(scattered(60))
    assert "no population" in reason(result, "assets_per_10000")
    assert "population" in reason(result, "culture_within_15_min")
    assert result.value("asset_density") > 0
    quotients = result.tables["field_quotients"]
    assert quotients["per_10000"].isna().all()


def test_communities_named_in_many_scripts_are_told_apart_and_alike_in_every_run(town):
    words = ["พุทธ", "مسلم", "華人", "Tín ngưỡng", "<b>&amp;"]
    result = town(scattered(60), [words[at % 5] for at in range(60)])
    again = town(scattered(60), [words[at % 5] for at in range(60)])
    assert result.value("worship_hill", category="q0") == pytest.approx(5)
    table = result.tables["colocation_communities"]
    # Words of ours are read by their labels; others are one class each, in small letters.
    assert set(table["of"]) == {"buddhist", "muslim", "華人", "tín ngưỡng", "<b>&amp;"}
    assert table["value"].tolist() == again.tables["colocation_communities"]["value"].tolist()


def test_two_communities_only(town):
    result = town(scattered(60), ["buddhist", "muslim"] * 30)
    exposure = result.tables["mixing_exposure"]
    assert set(exposure["of"]) == {"buddhist", "muslim"}
    by_community = exposure.groupby("of")["value"].sum()
    assert by_community.to_numpy() == pytest.approx([1.0, 1.0])


def test_an_asset_on_the_water_is_in_the_city_and_in_no_surface(town):
    result = town([*scattered(60), [3.75, 2.0]])
    assert counted(result) == pytest.approx(61)
    surface = result.rasters["culture_density"]
    column, row = ~surface.transform @ (ORIGIN[0] + 3750, ORIGIN[1] + 2000)
    rows, columns = surface.values.shape
    inside = 0 <= row < rows and 0 <= column < columns
    assert not inside or np.isnan(surface.values[int(row), int(column)])
    assert not result.layers["quarters"].intersects(LAKE.buffer(-1)).any()


def test_what_cannot_be_computed_is_a_step_with_its_reason(town):
    steps = {step["step"]: step for step in town([[1.0, 1.0]]).steps}
    assert {steps[name]["status"] for name in OF_CLUSTERS} <= {"done", "skipped"}
    assert steps["hot_spots"]["status"] == "skipped"
    assert "30" in steps["hot_spots"]["reason"]
