"""Gates, ferries, slopes and islands, through a whole run."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from drawn_osm import DrawnOsm
from pyproj import Geod
from shapely.geometry import box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning

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
cell_m = 2000
[osm]
path = "town.osm"
[[source]]
id = "list"
title = "Town hall"
license = "CC0-1.0"
attribution = "Town hall"
[[layer]]
pillar = "population"
kind = "raster"
path = "people.tif"
source = "list"
"""
HEIGHTS = """
[[layer]]
pillar = "elevation"
kind = "raster"
path = "heights.tif"
source = "list"
"""
HOME, CORNER = (100.05, 7.05), (100.06, 7.05)


def metres(one, other):
    return Geod(ellps="WGS84").inv(*one, *other)[2]


def grid(path, cells, *, west, north, step):
    transform = rasterio.transform.from_origin(west, north, step, step)
    cells = np.array(cells, dtype="float32")
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
    height, width = cells.shape
    with rasterio.open(
        path, "w", transform=transform, height=height, width=width, **profile
    ) as file:
        file.write(cells, 1)


@pytest.fixture
def run(tmp_path):
    """Assess a town where 100 people live at HOME, on a street to the east."""

    def assess(osm, *, layers=TOWN, people=((HOME, 100.0),), only="walk_to_culture"):
        osm.nodes(1, [HOME, CORNER])
        osm.way(1, [1, 2], highway="residential")
        osm.write(tmp_path / "town.osm")
        town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326)
        town.to_file(tmp_path / "town.geojson")
        cells = np.zeros((100, 100))
        for (lon, lat), number in people:
            cells[round((7.1005 - lat) / 0.001 - 0.5), round((lon - 99.9995) / 0.001 - 0.5)] = (
                number
            )
        grid(tmp_path / "people.tif", cells, west=99.9995, north=7.1005, step=0.001)
        (tmp_path / "city.toml").write_text(layers, encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CreativeSpatialWarning)
            return Assessment.from_toml(tmp_path).run(only=[only])

    return assess


def museum(osm):
    """A museum's grounds, 11 m north of the street, from 220 m to 880 m along it."""
    corners = [(100.052, 7.0501), (100.058, 7.0501), (100.058, 7.051), (100.052, 7.051)]
    refs = osm.nodes(20, corners)
    osm.way(20, [*refs, refs[0]], tourism="museum", name="Museum of Boats")


def test_without_gates_a_museum_is_reached_where_the_street_runs_along_it(run):
    osm = DrawnOsm()
    museum(osm)
    near = metres(HOME, (100.052, 7.05))
    # A path is at it from 20 m away: sqrt(20² - 11²) = 17 m before the corner.
    assert run(osm).value("walk_to_culture") == pytest.approx((near - 16.7) / 80, abs=0.01)


def test_with_a_gate_it_is_entered_there(run):
    osm = DrawnOsm()
    museum(osm)
    osm.node(30, 100.058, 7.0501, barrier="gate")
    expected = metres(HOME, (100.058, 7.05)) / 80
    result = run(osm)
    assert result.value("walk_to_culture") == pytest.approx(expected, rel=1e-3)
    row = result.indicators.query("id == 'walk_to_culture' and level == 'city'").iloc[0]
    assert "gates" in row["method"]


def test_a_locked_gate_is_none(run):
    osm = DrawnOsm()
    museum(osm)
    osm.node(30, 100.058, 7.0501, barrier="gate", access="private")
    assert run(osm).value("walk_to_culture") < 4


def test_a_ferry_takes_its_crossing_and_half_its_headway(run):
    osm = DrawnOsm()
    pier, island, far = CORNER, (100.07, 7.05), (100.075, 7.05)
    osm.nodes(40, [island, far])
    osm.way(40, [2, 40], route="ferry", duration="00:10", interval="00:40")
    osm.way(41, [40, 41], highway="path")
    osm.node(50, *far, tourism="museum", name="Museum of Boats")
    walked = metres(HOME, pier) + metres(island, far)
    assert run(osm).value("walk_to_culture") == pytest.approx(walked / 80 + 10 + 20, rel=1e-3)


def test_heights_slow_the_walk_up(run, tmp_path):
    osm = DrawnOsm()
    osm.node(50, *CORNER, tourism="museum", name="Museum of Boats")
    # 100 m up over 1,105 m; Tobler: v exp(-3.5 (|s + 0.05| - 0.05)).
    heights = np.tile((np.arange(100) - 50) * 10.0, (100, 1))
    grid(tmp_path / "heights.tif", heights, west=99.9995, north=7.1005, step=0.001)
    length = metres(HOME, CORNER)
    expected = length / 80 * np.exp(3.5 * 100 / length)
    found = run(osm, layers=TOWN + HEIGHTS).value("walk_to_culture")
    assert found == pytest.approx(expected, rel=0.01)


def test_an_island_is_reported_with_its_people_and_places(run):
    osm = DrawnOsm()
    osm.nodes(40, [(100.08, 7.08), (100.085, 7.08)])
    osm.way(41, [40, 41], highway="path")
    osm.node(50, 100.08, 7.08, tourism="museum", name="Museum of Boats")
    osm.node(51, 100.02, 7.02, tourism="museum", name="Museum of the Hills")
    people = ((HOME, 100.0), ((100.08, 7.08), 30.0))
    result = run(osm, people=people)
    parts = result.tables["network_parts"].set_index("kind")
    assert parts["people"].to_dict() == {"main": 100, "cut off": 30, "off network": 0}
    assert parts["culture"].to_dict() == {"main": 0, "cut off": 1, "off network": 1}
    steps = {step["step"]: step for step in result.steps}
    assert steps["walking network"]["status"] == "warning"
    assert (
        "1 parts are cut off, with 30 people and 1 features of culture"
        in (steps["walking network"]["reason"])
    )
    (row,) = result.tables["not_snapped"].to_dict("records")
    assert (row["indicator"], row["layer"], row["feature_id"], row["name"]) == (
        "walk_to_culture", "culture", "osm:node/51", "Museum of the Hills",
    )  # fmt: skip
    assert row["away_m"] > row["max_snap_m"] == 200


def test_a_school_that_no_path_is_near_is_listed_too(run):
    osm = DrawnOsm()
    osm.node(50, *CORNER, amenity="school", name="Corner School")
    osm.node(51, 100.02, 7.02, amenity="school", name="School of the Hills")
    (row,) = run(osm, only="learning_within_15_min").tables["not_snapped"].to_dict("records")
    assert (row["layer"], row["feature_id"]) == ("learning", "osm:node/51")


def test_what_does_not_walk_has_no_such_tables(run):
    result = run(DrawnOsm(), only="asset_density")
    assert not {"network_parts", "not_snapped"} & set(result.tables)
