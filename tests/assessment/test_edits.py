"""From a map edited in QGIS to the next assessment, and what is reported on the way."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from gis_edits import qgis, to_blob
from places import CRS, point
from pyproj import Transformer
from secrets_sought import Secret, found_in

from creative_spatial import Assessment
from creative_spatial.cli import cli
from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.evaluation import WARNED

CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.gpkg"
[units]
cell_m = 500
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[source]]
id = "team"
title = "Walks of the team"
license = "CC0-1.0"
attribution = "The team"
[[layer]]
pillar = "culture"
kind = "vector"
path = "places.gpkg"
source = "hall"
columns = { id = "code" }
concept = "museum"
"""
EDITS = '\n[[edits]]\npath = "edits.json"\nsource = "team"\n'
FIRST, SECOND, NEW = point(0.2, 0.2), point(1.5, 0.5), point(0.8, 0.5)
WRITTEN: dict[str, Path] = {}


def to_degrees(place):
    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(place.x, place.y)


def write_places(folder, shift_m=0.0):
    shapes = [shapely.Point(FIRST.x + shift_m, FIRST.y), SECOND]
    places = gpd.GeoDataFrame(
        {"code": ["a", "b"], "name": ["Old mill", "Fort"]}, geometry=shapes, crs=CRS
    )
    places.to_file(folder / "places.gpkg")


@pytest.fixture
def city(tmp_path, town):
    folder = tmp_path / "city"
    folder.mkdir()
    town.to_file(folder / "town.gpkg")
    write_places(folder)
    (folder / "city.toml").write_text(CITY)
    return folder


@pytest.fixture
def results(city, tmp_path, tmp_path_factory):
    """Results in whose map a museum was moved by 50 m, another renamed, and one drawn."""
    if "results" not in WRITTEN:
        assessment = Assessment.from_toml(city)
        written = tmp_path_factory.mktemp("written") / "results"
        WRITTEN["results"] = assessment.save(assessment.run(only=[]), written, maps=[])
    folder = Path(shutil.copytree(WRITTEN["results"], tmp_path / "results"))
    moved = shapely.Point(FIRST.x + 30, FIRST.y + 40)
    with qgis(folder / "city.gpkg") as database:
        database.execute(
            "UPDATE culture SET geom = ? WHERE feature_id = 'hall:a'", (to_blob(moved),)
        )
        database.execute("UPDATE culture SET name = 'Fort Noi' WHERE feature_id = 'hall:b'")
        database.execute(
            "INSERT INTO culture (geom, name, concept) VALUES (?, 'Gallery', 'museum')",
            (to_blob(NEW),),
        )
    return folder


def changes(*arguments):
    return CliRunner().invoke(cli, ["changes", *map(str, arguments)])


def culture_of(city):
    result = Assessment.from_toml(city).run(only=[])
    return result, result.layers["culture"].sort_values("name")


def test_edits_of_the_map_enter_the_next_assessment(city, results):
    done = changes(results, "--save", city / "edits.json")
    assert done.exit_code == 0, done.output
    assert "hall:a (Old mill): moved or reshaped by 50.0 m" in done.output
    assert "features: 1 added, 1 moved or reshaped, 1 with other attributes" in done.output
    (city / "city.toml").write_text(CITY + EDITS)

    result, culture = culture_of(city)
    assert culture["name"].tolist() == ["Fort Noi", "Gallery", "Old mill"]
    assert culture["source_id"].tolist() == ["hall", "team", "hall"]
    assert culture["edit_note"].tolist() == ["team: name", "team: added", "team: geometry"]
    assert culture.geometry.tolist()[2].equals_exact(
        shapely.Point(FIRST.x + 30, FIRST.y + 40), 0.01
    )
    assert set(result.tables["edits"]["outcome"]) == {"applied"}
    assert "team" in result.sources
    assert result.inputs["edits.json"]["layers"] == [
        {"role": "edits", "source": "team", "rows": {"in": 5, "applied": 5}}
    ]
    assert {"step": "edits edits.json", "status": "done", "reason": "5 applied",
            "rows": {"applied": 5}} in result.steps  # fmt: skip


def test_how_well_a_place_is_known_is_assumed_until_somebody_says_it(city, results):
    with qgis(results / "city.gpkg") as database:
        database.execute("UPDATE culture SET uncertainty_m = 8 WHERE feature_id = 'hall:b'")
    changes(results, "--save", city / "edits.json")
    (city / "city.toml").write_text(CITY + EDITS)

    result, culture = culture_of(city)
    known = culture.set_index("name")[["uncertainty_m", "uncertainty_basis"]]
    assert known.loc["Fort Noi"].tolist() == [8, "stated"]
    assert known.loc["Gallery"].tolist() == [250, "assumed"]
    assert {"places": 3, "stated": 1, "assumed": 2} in [
        step.get("rows") for step in result.steps if step["step"] == "positions of culture"
    ]


def test_an_edit_of_what_the_source_has_moved_since_is_reported_and_not_made(city, results):
    changes(results, "--save", city / "edits.json")
    (city / "city.toml").write_text(CITY + EDITS)
    write_places(city, shift_m=400)

    with pytest.warns(
        DataQualityWarning, match="stale, not applied: hall:a: the source has moved it"
    ):
        result, culture = culture_of(city)
    assert culture.geometry.tolist()[2].x == pytest.approx(FIRST.x + 400)
    assert any("stale" in step["reason"] for step in result.steps if step["status"] == WARNED)


def test_results_made_with_edits_are_the_base_of_the_next_ones(city, results, tmp_path):
    changes(results, "--save", city / "edits.json")
    (city / "city.toml").write_text(CITY + EDITS)
    assessment = Assessment.from_toml(city)
    again = assessment.save(assessment.run(only=[]), tmp_path / "again", maps=[])

    assert changes(again).output.strip() == "no feature was changed"


def test_a_run_over_an_edited_map_keeps_what_was_changed(city, results):
    assessment = Assessment.from_toml(city)
    assessment.save(assessment.run(only=[]), results, maps=[])

    kept = json.loads(
        (results.with_name("results.edits") / "city.edited.json").read_text(encoding="utf-8")
    )
    assert {edit["feature_id"] for edit in kept["edits"]} >= {"hall:a", "hall:b"}
    assert (results.with_name("results.edits") / "city.edited.gpkg").exists()


@pytest.mark.parametrize(
    ("concept", "sensitivity", "secret"),
    [
        ("museum", "'grave'", True),
        ("tomb", "NULL", True),
        ("no such thing", "'grave'", True),
        ("museum", "NULL", False),
    ],
)
def test_a_grave_drawn_into_the_map_is_in_no_file_of_the_next_results(
    city, results, concept, sensitivity, secret
):
    (city / "taxonomy").mkdir()
    (city / "taxonomy" / "own.toml").write_text('[concepts.tomb]\nsensitivity = "grave"\n')
    place = shapely.Point(600_211.25, 790_322.75)
    with qgis(results / "city.gpkg") as database:
        database.execute("ALTER TABLE culture ADD COLUMN sensitivity TEXT")
        database.execute(
            "INSERT INTO culture (geom, name, concept, sensitivity) "
            f"VALUES (?, 'Grave of Nai Dam', '{concept}', {sensitivity})",
            (to_blob(place),),
        )
    changes(results, "--save", city / "edits.json")
    (city / "city.toml").write_text(CITY + EDITS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        assessment = Assessment.from_toml(city)
        assessment.save(assessment.run(only=[]), results, maps=[])

    grave = {"grave": Secret(*to_degrees(place), ("Grave of Nai Dam", "600211.25"))}
    assert bool(found_in(results, grave)) is not secret
    assert {"gpkg", "json"} <= {
        file.rpartition(".")[2]
        for _, file, _ in found_in(results.with_name("results.edits"), grave)
    }
    facts = json.loads((results / "run.json").read_text(encoding="utf-8"))["inputs"]["edits.json"]
    assert (facts["sha256"] is None) is secret
    assert ("withheld" in facts) is secret


def test_the_command_prints_what_programs_read(results):
    assert json.loads(changes(results, "--json").output)["city"] == "Town"
    assert changes(results, "--csv").output.startswith("layer,feature_id,name,change,column,")


def test_a_file_of_edits_is_not_overwritten(results, tmp_path):
    kept = tmp_path / "edits.json"
    kept.write_text("mine")
    done = changes(results, "--save", kept)
    assert "is there already" in str(done.exception)
    assert kept.read_text() == "mine"


def test_check_reports_a_file_of_edits_that_cannot_be_read(city):
    (city / "city.toml").write_text(CITY + EDITS)
    (city / "edits.json").write_text("{}")
    found = Assessment.from_toml(city).check().of("error")
    assert [one.file for one in found] == ["edits.json"]
    assert "creative-spatial changes" in found[0].message


def test_edits_need_a_source_and_a_file_in_the_folder(city):
    (city / "city.toml").write_text(CITY + EDITS.replace('"team"', '"nobody"'))
    with pytest.raises(ConfigError, match=r"\[\[edits\]\] edits.json: source 'nobody' has no"):
        Assessment.from_toml(city)
    (city / "city.toml").write_text(CITY + EDITS)
    found = Assessment.from_toml(city).check().of("error")
    assert [(one.file, one.kind) for one in found] == [("edits.json", "missing")]
