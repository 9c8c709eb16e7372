"""What `check` says of a folder and what `assess` does with it agree: one reading serves both."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import warnings

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from places import CRS, point, square
from rasterio.transform import from_bounds

from creative_spatial.assessment import Assessment, check_folder
from creative_spatial.errors import ConfigError, CreativeSpatialError, InputError, LoadError

CITY = """
schema = 1
[city]
name = "Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.geojson"
source = "survey"
[units]
cell_m = 500
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
"""
TABLE = """
[[layer]]
pillar = "{pillar}"
kind = "table"
path = "{path}"
source = "survey"
columns = {{ id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }}
"""
ASSETS = TABLE.format(pillar="culture", path="assets.csv")
FOREST = """
[[layer]]
pillar = "biodiversity"
kind = "vector"
path = "forest.geojson"
source = "survey"
concept = "forest"
"""


class Folder:
    """A city folder that is right until a test breaks it."""

    def __init__(self, path):
        self.path, self.out = path, path.parent / "out"
        town = gpd.GeoSeries([square(0, 0, 2, 1)], crs=CRS).to_crs(4326)
        town.to_file(path / "town.geojson", driver="GeoJSON")
        self.lon, self.lat = gpd.GeoSeries([point(1, 0.5)], crs=CRS).to_crs(4326).iloc[0].coords[0]
        self.table("1,Old mill,museum,{lon},{lat}", "2,Market,food_market,{lon},{lat}")
        self.configure(ASSETS)

    def table(self, *rows, name="assets.csv"):
        text = [row.format(lon=self.lon, lat=self.lat) for row in rows]
        lines = "\n".join(["id,name,concept,lon,lat", *text]) + "\n"
        (self.path / name).write_text(lines, encoding="utf-8")

    def configure(self, layers, city=CITY):
        (self.path / "city.toml").write_text(city + layers, encoding="utf-8")

    def check(self):
        return check_folder(self.path)

    def command(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "creative_spatial.cli", *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=300, encoding="utf-8",
            env={**os.environ, "PYTHONWARNINGS": ""},
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def fingerprint(self):
        return {
            path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in self.path.iterdir()
        }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "city").mkdir()
    return Folder(tmp_path / "city")


def break_everything(folder):
    """One fault in each of five inputs: a register, a drawing, a missing file, units, indicators."""
    folder.table("1,Mill,musuem,{lon},{lat}", "1,Market,food_market,{lon},{lat}")
    (folder.path / "forest.geojson").write_text("not json")
    units = '[units]\npath = "units.geojson"'
    gpd.GeoDataFrame({"a": [1]}, geometry=[point(0, 0)], crs=CRS).to_crs(4326).to_file(
        folder.path / "units.geojson", driver="GeoJSON"
    )
    folder.configure(
        ASSETS + FOREST + TABLE.format(pillar="culture", path="nowhere.csv"),
        CITY.replace("[units]\ncell_m = 500", units),
    )
    (folder.path / "indicators.toml").write_text(
        '[x]\nfunction = "feature_density"\npillar = "culture"\ntitle = { en = "X" }\n'
        'unit = "per km²"\ninputs = { layer = "culturee" }\nmethod = "m"\nreference = "r"\n',
        encoding="utf-8",
    )


def test_every_input_at_fault_is_in_one_report(folder):
    break_everything(folder)
    report = folder.check()
    assert not report.would_run
    assert {error.file for error in report.of("error")} == {
        "assets.csv", "forest.geojson", "nowhere.csv", "units.geojson", "indicators.toml",
    }  # fmt: skip
    for error in report.of("error"):
        assert error.cause
        assert error.remedy


def test_assess_refuses_what_check_refuses_in_the_same_words(folder):
    break_everything(folder)
    found = json.loads(folder.command("check", folder.path, "--json").stdout)
    done = folder.command("assess", folder.path, "--out", folder.out)
    assert found["would_run"] is False
    assert done.returncode == 1
    assert not folder.out.exists()
    errors = [each for each in found["findings"] if each["severity"] == "error"]
    assert len({error["file"] for error in errors}) == 5
    assert len(errors) == 6  # the register has two faults
    assert "error: 5 inputs are at fault." in done.stderr
    for error in errors:
        assert error["message"] in done.stderr


def test_what_assess_keeps_is_what_check_says_to_the_byte(folder):
    folder.table("1,Mill,museum,{lon},{lat}", "2,Nowhere,museum,,")
    city = CITY.replace('source = "survey"', 'source = "survey"\npublished_area_km2 = 5', 1)
    folder.configure(ASSETS, city)
    page = folder.path.parent / "check.html"
    checked = folder.command("check", folder.path, "--json", "--html", page)
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["number"]["warning"] >= 2
    done = folder.command("assess", folder.path, "--out", folder.out, "--only", "asset_density",
                          "--formats", "png")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (folder.out / "checks.json").read_text(encoding="utf-8") == checked.stdout
    assert (folder.out / "check.html").read_bytes() == page.read_bytes()
    files = json.loads((folder.out / "run.json").read_text(encoding="utf-8"))["files"]
    assert {"checks.json", "check.html"} <= set(files)


def test_a_check_changes_nothing(folder):
    break_everything(folder)
    before = folder.fingerprint()
    folder.command("check", folder.path)
    assert folder.fingerprint() == before


def test_a_check_that_is_asked_for_a_page_never_writes_over_an_input(folder):
    done = folder.command("check", folder.path, "--html", folder.path / "city.toml")
    assert done.returncode == 1
    assert "ends in .html" in done.stderr
    assert (folder.path / "city.toml").read_text(encoding="utf-8") == CITY + ASSETS


def test_faults_of_the_settings_are_a_report_too(folder):
    folder.configure(ASSETS, CITY.replace("cell_m", "cel_m").replace("license", "licence"))
    report = folder.check()
    assert [(e.file, e.kind) for e in report.of("error")] == [("city.toml", "config")] * 3
    assert "unknown key 'units.cel_m'" in "".join(e.message for e in report)
    page = folder.path.parent / "check.html"
    done = folder.command("check", folder.path, "--html", page)
    assert done.returncode == 1
    assert "cel_m" in page.read_text(encoding="utf-8")


def test_an_unknown_key_hides_no_fault_of_the_data(folder):
    folder.table("1,Mill,musuem,{lon},{lat}")
    other = TABLE.format(pillar="community", path="more.csv").replace(
        "columns = {", 'crs = "EPSG:99999"\nconcept = "nonsense"\ncolumns = { period = "per", '
    )
    folder.table("1,Mill,musuem,{lon},{lat}", name="more.csv")
    crs = other.replace('period = "per", ', "").replace("more.csv", "crs.csv")
    folder.table("1,Mill,museum,{lon},{lat}", name="crs.csv")
    folder.configure(ASSETS + other + crs + "[foo]\na = 1\n")
    said = [f"{error.file}: {error.message}" for error in folder.check().of("error")]
    assert len(said) == 5
    for text in (
        "city.toml: unknown key 'foo'",
        "assets.csv: unknown concept 'musuem' in row 2",
        "more.csv: no column 'per' (for 'period')",
        "crs.csv: 'EPSG:99999' is no CRS",
        "crs.csv: unknown concept 'nonsense'",
    ):
        assert sum(line.startswith(text) for line in said) == 1, text
    with pytest.raises(ConfigError, match="unknown key 'foo'"):
        Assessment.from_toml(folder.path)


def test_what_unknown_keys_hide_in_the_settings_is_told_too(folder):
    folder.configure(ASSETS.replace('source = "survey"', 'source = "nobody"') + "[foo]\na = 1\n")
    said = [error.message for error in folder.check().of("error")]
    assert len(said) == 2
    assert "unknown key 'foo'" in said[0]
    assert "source 'nobody' has no [[source]]" in said[1]


def test_a_misspelled_sensitivity_does_not_make_a_row_public(folder):
    folder.table("1,Secret mill,museum,north of here,{lat}", "2,Mill,museum,{lon},{lat}")
    folder.configure(ASSETS + 'sensitvity = "grave"\n')
    report = folder.check()
    assert "did you mean 'sensitivity'" in report.of("error")[0].message
    (found,) = [each for each in report if each.kind == "quarantined:unreadable_coordinates"]
    assert found.rows == (2,)
    assert "withheld" in found.message
    assert "north of here" not in "".join(map(str, report))


def test_concepts_of_rows_set_aside_are_checked_as_well(folder):
    folder.table("1,Mill,museum,{lon},{lat}", "2,Shrine,wot,,", "3,Shrine,,,")
    report = folder.check()
    assert not report.of("error")
    (found,) = [each for each in report if each.kind == "concept"]
    assert (found.severity, found.rows) == ("warning", (3,))
    assert "among what is set aside: unknown concept 'wot' in row 3" in found.message


def test_a_fault_in_the_city_s_own_facts_does_not_hide_those_of_its_data(folder):
    folder.table("1,Mill,musuem,{lon},{lat}")
    (folder.path / "indicators.toml").write_text("[x]\ntitel = 1\n")
    files = [error.file for error in folder.check().of("error")]
    assert "assets.csv" in files
    assert "indicators.toml" in files


def test_without_a_boundary_rows_are_checked_and_the_rest_is_said_to_wait(folder):
    folder.table("1,Mill,musuem,{lon},{lat}")
    (folder.path / "town.geojson").write_text("not json")
    (folder.path / "town.osm").write_text('<osm version="0.6"></osm>')
    folder.configure(ASSETS + '[osm]\npath = "town.osm"\n')
    report = folder.check()
    assert {error.file for error in report.of("error")} == {"town.geojson", "assets.csv"}
    (note,) = report.of("note")
    assert (note.file, note.kind) == ("town.osm", "unchecked")


def test_a_population_raster_that_counts_no_people_is_found_before_the_run(folder):
    cells = np.full((1, 10, 20), 3.4e38, dtype="float32")
    transform = from_bounds(*square(0, 0, 2, 1).bounds, 20, 10)
    with rasterio.open(folder.path / "people.tif", "w", driver="GTiff", height=10, width=20, count=1,
                       dtype="float32", crs=CRS, transform=transform) as file:  # fmt: skip
        file.write(cells)
    raster = '[[layer]]\npillar = "population"\nkind = "raster"\npath = "people.tif"\nsource = "survey"\n'
    folder.configure(ASSETS + raster)
    (error,) = folder.check().of("error")
    assert error.file == "people.tif"
    assert "cannot be people" in error.message
    with pytest.raises(LoadError, match="cannot be people"):
        Assessment.from_toml(folder.path).run()


def test_a_layer_that_lies_beside_its_namesakes_in_openstreetmap_is_a_finding(folder):
    spots = [point(0.2 * i, 0.1 * (i % 7)) for i in range(1, 10)]
    lonlat = gpd.GeoSeries(spots, crs=CRS).to_crs(4326)
    nodes = "".join(
        f'<node id="{i}" version="1" lat="{p.y}" lon="{p.x}"><tag k="tourism" v="museum"/>'
        f'<tag k="name" v="Museum {i}"/></node>'
        for i, p in enumerate(lonlat, start=1)
    )
    (folder.path / "town.osm").write_text(f'<osm version="0.6">{nodes}</osm>', encoding="utf-8")
    # What 24047 coordinates look like when they are read as 32647: 332 m west, 301 m south.
    gpd.GeoDataFrame(
        {"id": range(1, 10), "name": [f"Museum {i}" for i in range(1, 10)]},
        geometry=gpd.GeoSeries(spots, crs=CRS).translate(332.0, -300.7).to_numpy(),
        crs=CRS,
    ).to_file(folder.path / "museums.gpkg", layer="museums")
    layer = FOREST.replace("biodiversity", "culture").replace("forest.geojson", "museums.gpkg")
    folder.configure(
        layer.replace('"forest"', '"museum"\ncolumns = { id = "id", name = "name" }')
        + '[osm]\npath = "town.osm"\n'
    )
    (found,) = [each for each in folder.check() if each.kind == "datum"]
    assert (found.severity, found.file) == ("warning", "museums.gpkg")
    assert "EPSG:24047" in found.message


@pytest.mark.parametrize(
    ("osm", "why"),
    [
        ("", "there is no OpenStreetMap file to compare its places with"),
        ('[osm]\npath = "town.osm"\n', "1 places are in the reference under the same name, 5 are"),
    ],
)
def test_a_layer_whose_position_nobody_can_check_is_a_note(folder, osm, why):
    (folder.path / "town.osm").write_text(
        f'<osm version="0.6"><node id="1" version="1" lat="{folder.lat}" lon="{folder.lon}">'
        '<tag k="tourism" v="museum"/><tag k="name" v="Old mill"/></node></osm>'
    )
    folder.configure(ASSETS + osm)
    (note,) = [each for each in folder.check() if each.kind == "position_unchecked"]
    assert (note.severity, note.file) == ("note", "assets.csv")
    assert note.message.startswith("Survey: position not checkable:")
    assert why in note.message


def test_a_run_raises_the_one_error_as_it_is_and_several_together(folder):
    folder.table("1,Mill,musuem,{lon},{lat}")
    with pytest.raises(LoadError, match="musuem"):
        Assessment.from_toml(folder.path).run()
    (folder.path / "forest.geojson").write_text("not json")
    folder.configure(ASSETS + FOREST)
    with pytest.raises(InputError, match=r"(?s)assets\.csv.*forest\.geojson") as caught:
        Assessment.from_toml(folder.path).run()
    assert all(isinstance(error, CreativeSpatialError) for error in caught.value.errors)


def test_rows_of_findings_are_those_of_the_counts_and_of_the_results(folder):
    lon, lat = f"{folder.lon:.4f}", f"{folder.lat:.4f}"
    folder.table(
        f"1,Mill,museum,{lon},{lat}",
        "2,Nowhere,museum,,",
        "3,Nobody,museum,,",
        f"4,Swapped,museum,{lat},{lon}",
        f"1,Mill,museum,{lon},{lat}",
        f"6,Unsaid,,{lon},{lat}",
    )
    assessment = Assessment.from_toml(folder.path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = assessment.run(only=["asset_density"])
    (counts,) = [each for each in result.checks.counts if each.file == "assets.csv"]
    assert counts[3:] == (6, 2, 0, 1, 4)  # read, used, outside, repaired, quarantined
    found = {each.kind: each.rows for each in result.checks if each.rows}
    assert found == {
        "quarantined:no_coordinates": (3, 4),
        "quarantined:exact_duplicate": (6,),
        "quarantined:no_concept": (7,),
        "repaired:swapped": (5,),
    }
    quarantine = result.tables["quarantine"]
    assert sorted(quarantine["row"]) == [3, 4, 6, 7]
    assert result.tables["repairs"]["row"].tolist() == [5]


def test_a_result_has_the_report_of_its_inputs(folder):
    folder.table("1,Mill,museum,{lon},{lat}", "2,Nowhere,museum,,")
    assessment = Assessment.from_toml(folder.path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = assessment.run(only=["asset_density"])
    assert result.checks == assessment.check() == folder.check()
    (counts,) = [each for each in result.checks.counts if each.file == "assets.csv"]
    assert (counts.read, counts.used, counts.quarantined) == (2, 1, 1)
    steps = {(step["step"], step["reason"]) for step in result.steps}
    for found in result.checks.of("warning"):
        assert (f"read {found.file}", found.message) in steps
