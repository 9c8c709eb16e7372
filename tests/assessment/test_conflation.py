"""The same venue in a city's list and in OpenStreetMap, through a whole run."""

from __future__ import annotations

import csv
import io
import warnings

import geopandas as gpd
import pandas as pd
import pytest
from drawn_osm import DrawnOsm
from shapely.geometry import box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning

# The town has no initiatives, no habitats and no inhabitants.
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
[osm]
path = "town.osm"
[[source]]
id = "list"
title = "Register of temples"
license = "CC0-1.0"
attribution = "Town hall"
"""
LIST = """
[[layer]]
pillar = "culture"
kind = "table"
path = "places.csv"
source = "list"
columns = { id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }
"""
# 0.0001 degree is 11 m.
ROWS = [
    ("A", "Wat Klang", "wat", 100.0500, 7.0500, None),
    ("B", "Guan Yu Shrine", "chinese_shrine", 100.0600, 7.0600, None),
    ("C", "Grave of the founders", "tomb", 100.0300, 7.0300, "grave"),
    ("D", "Hidden tomb", "tomb", 100.0700, 7.0300, "grave"),
]


def drawn(folder, rows, *, layer=LIST):
    osm = DrawnOsm()
    osm.node(1, 100.0502, 7.0501, name="วัดกลาง", amenity="place_of_worship", religion="buddhist")
    osm.node(2, 100.0400, 7.0400, name="Museum of Boats", tourism="museum")
    osm.node(3, 100.0301, 7.0301, name="Grave of the founders", historic="tomb")
    osm.write(folder / "town.osm")
    town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326)
    town.to_file(folder / "town.geojson")
    columns = ["id", "name", "concept", "lon", "lat", "sensitivity"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "places.csv", index=False)
    (folder / "city.toml").write_text(TOWN + layer, encoding="utf-8")
    return Assessment.from_toml(folder)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The town's assessment, result and results folder."""
    folder = tmp_path_factory.mktemp("town")
    assessment = drawn(folder, ROWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        result = assessment.run(only=["asset_density"])
        assessment.save(result, folder / "out", maps=(), formats=())
    return result, folder / "out"


def test_a_venue_in_two_sources_is_one_record_of_the_first(town):
    culture = town[0].layers["culture"]
    assert "osm:node/1" not in culture.index
    assert culture.loc["list:A", ["also_ids", "confidence"]].tolist() == ["osm:node/1", "confirmed"]


def test_the_steps_count_what_was_compared(town):
    steps = {step["step"]: step for step in town[0].steps}
    # A, B and the museum, A's twin in OpenStreetMap, the grave that is public there; neither
    # of the graves that the list flags.
    assert steps["conflation of culture"]["rows"] == {
        "compared": 5, "matched": 2, "places_in_several": 1, "probable_duplicates": 0,
    }  # fmt: skip
    assert steps["pillar culture"]["rows"] == {"in": 7, "counted_twice": 2, "withheld": 0, "out": 5}


def test_the_table_says_which_are_in_both_and_which_in_one(town):
    table = pd.read_parquet(town[1] / "tables" / "conflation.parquet").set_index("feature_id")
    assert table["status"].to_dict() == {
        "list:A": "matched",
        "list:B": "only in list",
        "osm:node/1": "matched",
        "osm:node/2": "only in osm",
        "osm:node/3": "only in osm",
    }
    assert table.loc["list:B", ["pillar", "lon", "lat"]].tolist() == ["culture", 100.06, 7.06]


def test_the_visit_list_opens_in_a_spreadsheet_and_asks_for_what_is_not_confirmed(town):
    data = (town[1] / "visit_list.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {
        "Guan Yu Shrine", "Museum of Boats", "Grave of the founders",
    }  # fmt: skip
    assert all(row["unit_id"] in town[0].area.units.index for row in rows)


def test_flagged_records_are_in_neither_file(town):
    written = [
        (town[1] / "visit_list.csv").read_text(encoding="utf-8-sig"),
        pd.read_parquet(town[1] / "tables" / "conflation.parquet").to_csv(),
    ]
    for text in written:
        for secret in ("Hidden", "list:C", "list:D", "flagged", "100.07"):
            assert secret not in text


def test_a_flagged_record_of_a_place_that_is_public_leaves_no_trace(town):
    # Without the list, OpenStreetMap would show the same: hiding it would tell where C lies.
    layer = town[0].layers["culture"]
    assert layer.loc["osm:node/3", "name"] == "Grave of the founders"
    assert pd.isna(layer.loc["osm:node/3", "also_ids"])
    assert layer.loc[layer["sensitivity"].notna(), "name"].isna().all()
    assert layer.index[layer["sensitivity"].notna()].tolist() == ["list:flagged/1"]


def test_openstreetmap_alone_is_compared_with_nothing(tmp_path):
    result = drawn(tmp_path, ROWS, layer="").run(only=["asset_density"])
    assert not {"conflation", "visit_list"} & set(result.tables)
    steps = {step["step"]: step["status"] for step in result.steps}
    assert steps["conflation of culture"] == "skipped"


def test_a_list_alone_is_searched_for_places_it_has_twice(tmp_path):
    rows = [
        ("A", "Wat Matchimawat", "wat", 100.05, 7.05, None),
        ("B", "Wat Machimawat", "wat", 100.0503, 7.05, None),
    ]
    assessment = drawn(tmp_path, rows)
    toml = (tmp_path / "city.toml").read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(toml.replace('[osm]\npath = "town.osm"\n', ""))
    result = Assessment.from_toml(tmp_path).run(only=["asset_density"])
    assert len(result.layers["culture"]) == 2
    assert sorted(result.tables["conflation"]["status"]) == ["only in list", "probable duplicate"]
    assert assessment.config.osm is not None


def test_a_list_of_points_takes_no_park_from_the_land(tmp_path):
    assessment = drawn(tmp_path, [("P", "Town Park", "park", 100.055, 7.055, None)])
    osm = DrawnOsm()
    osm.square(5, 100.05, 7.05, name="Town Park", leisure="park")
    osm.write(tmp_path / "town.osm")
    layer = LIST.replace("culture", "biodiversity")
    (tmp_path / "city.toml").write_text(TOWN + layer, encoding="utf-8")
    result = Assessment.from_toml(tmp_path).run(only=["habitat_hill"])
    assert result.layers["biodiversity"]["also_ids"].tolist() == ["osm:way/5"]
    (park,) = result.layers["zones"].geometry
    # 0.01 degree is 1,105 m there, to within 1 %.
    assert park.area == pytest.approx(1105**2, rel=0.01)
    assert assessment.config.city.name == "Town"
