"""The command line, as a planner types it: in a process of its own, by exit code and words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import geopandas as gpd
import pytest
from places import CRS, square

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
[[layer]]
pillar = "culture"
kind = "table"
path = "assets.csv"
source = "survey"
columns = { id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
"""


@pytest.fixture
def city(tmp_path):
    town = gpd.GeoSeries([square(0, 0, 2, 1)], crs=CRS).to_crs(4326)
    town.to_file(tmp_path / "town.geojson", driver="GeoJSON")
    west, south, east, north = town.total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    (tmp_path / "assets.csv").write_text(
        f"id,name,concept,lon,lat\n1,Old mill,museum,{lon},{lat}\n2,Market,food_market,{lon},{lat}\n",
        encoding="utf-8",
    )
    (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
    return tmp_path


def creative_spatial(*arguments, **variables):
    """Run the command; give back its exit code and what it said."""
    return subprocess.run(
        [sys.executable, "-m", "creative_spatial.cli", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=300, encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": "", **variables},
    )  # fmt: skip


def test_assess_writes_the_results_folder_and_says_where(city, tmp_path):
    out = tmp_path / "out"
    done = creative_spatial(
        "assess",
        city / "city.toml",
        "--out",
        out,
        "--formats",
        "png",
        "--only",
        "asset_density,pillar-2-culture",
    )
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    rows = json.loads((out / "indicators.json").read_text(encoding="utf-8"))["indicators"]
    assert {row["id"] for row in rows} == {"asset_density"}
    assert rows[0]["value"] == pytest.approx(1.0, rel=1e-3)
    assert sorted(path.name for path in (out / "maps").iterdir()) == [
        "pillar-2-culture.png", "pillar-2-culture.txt",
    ]  # fmt: skip


def test_what_nothing_was_read_for_is_skipped_and_never_zero(city, tmp_path):
    out = tmp_path / "out"
    done = creative_spatial("assess", city, "--out", out, "--formats", "png")
    assert done.returncode == 0, done.stderr
    rows = json.loads((out / "indicators.json").read_text(encoding="utf-8"))["indicators"]
    skipped = {row["id"]: row["reason"] for row in rows if row["status"] == "skipped"}
    assert {"natural_share", "protected_share", "habitat_hill", "initiatives_per_10000"} <= set(
        skipped
    )
    assert "it would take" in skipped["natural_share"]
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    (step,) = [s for s in run["steps"] if s["step"] == "pillar biodiversity"]
    assert step["status"] == "skipped"


def test_a_wrong_indicator_is_found_by_check(city):
    (city / "indicators.toml").write_text(
        '[x]\nfunction = "feature_density"\npillar = "culture"\ntitle = { en = "X" }\n'
        'unit = "per km²"\ninputs = { layer = "culturee" }\nmethod = "m"\nreference = "r"\n',
        encoding="utf-8",
    )
    done = creative_spatial("check", city)
    assert done.returncode == 1
    assert "unknown input 'culturee'; did you mean 'culture'?" in done.stdout


def test_progress_is_plain_lines(city, tmp_path):
    done = creative_spatial("assess", city, "--out", tmp_path / "out", "--only", "asset_density")
    assert "read: assets.csv" in done.stderr
    assert "read: assets.csv" in done.stderr
    assert "analyse: asset_density" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_whether_assess_would_run(city):
    done = creative_spatial("check", city)
    assert done.returncode == 0, done.stderr
    assert "assess would run" in done.stdout


def test_check_reports_the_faults_of_every_file_at_once(city):
    (city / "assets.csv").write_text(
        "id,name,concept,lon,lat\n1,Mill,musuem,100.6,7.19\n", encoding="utf-8"
    )
    (city / "bad.geojson").write_text("not json", encoding="utf-8")
    extra = '\n[[layer]]\npillar = "biodiversity"\nkind = "vector"\npath = "bad.geojson"\nsource = "survey"\nconcept = "forest"\n'
    (city / "city.toml").write_text(CITY + extra, encoding="utf-8")
    done = creative_spatial("check", city, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    errors = {f["file"]: f["message"] for f in found if f["severity"] == "error"}
    assert set(errors) == {"assets.csv", "bad.geojson"}
    assert "musuem" in errors["assets.csv"]
    assert "museum" in errors["assets.csv"]


def test_a_fault_of_the_input_exits_1_with_file_and_remedy(city, tmp_path):
    (city / "city.toml").write_text(CITY.replace("cell_m", "cel_m"), encoding="utf-8")
    done = creative_spatial("assess", city, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "error: city.toml: unknown key 'units.cel_m'; did you mean 'cell_m'?" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("assess",),
        ("assess", "city.toml"),
        ("nonsense",),
        ("list", "everything"),
        ("assess", "c", "--out", "o", "--formats", "bmp"),
    ],
)
def test_a_fault_of_usage_exits_2(arguments, tmp_path):
    done = creative_spatial(*arguments)
    assert done.returncode == 2
    assert "Error" in done.stderr


def test_an_unknown_id_is_refused_before_any_work(city, tmp_path):
    done = creative_spatial("assess", city, "--out", tmp_path / "out", "--only", "asset_densty")
    assert done.returncode == 2
    assert "asset_densty" in done.stderr
    assert "read:" not in done.stderr


def test_a_language_that_is_none_is_refused_before_any_work(city, tmp_path):
    said = creative_spatial("assess", city, "--out", tmp_path / "out", "--language", "en,xx")
    assert said.returncode == 2
    assert "Unknown language 'xx'" in said.stderr
    assert "read:" not in said.stderr
    (city / "city.toml").write_text(CITY.replace('["en"]', '["xx"]'), encoding="utf-8")
    said = creative_spatial("check", city)
    assert said.returncode == 1
    assert "Unknown language 'xx'" in said.stdout


def test_control_characters_from_data_cannot_drive_the_terminal(city, tmp_path):
    evil = "id,name,concept,lon,lat\n1,Mill,\x1b[31mred,100.6,7.19\n"
    (city / "assets.csv").write_text(evil, encoding="utf-8")
    done = creative_spatial("assess", city, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr + done.stdout


def test_init_makes_a_folder_that_check_and_assess_take_as_it_is(city, tmp_path):
    folder = tmp_path / "new" / "My town"
    pbf = tmp_path / "town.osm"
    west, south, _, _ = gpd.read_file(city / "town.geojson").total_bounds
    pbf.write_text(
        f'<osm version="0.6"><node id="1" version="1" lat="{south + 0.004}" lon="{west + 0.004}">'
        '<tag k="tourism" v="museum"/></node></osm>', encoding="utf-8",
    )  # fmt: skip
    made = creative_spatial("init", folder, "--boundary", city / "town.geojson", "--pbf", pbf)
    assert made.returncode == 0, made.stderr
    checked = creative_spatial("check", folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = creative_spatial("init", folder, "--boundary", city / "town.geojson")
    assert again.returncode == 1
    assert "is there already; choose another folder" in again.stderr


def test_init_copies_the_parts_of_a_shapefile(city, tmp_path):
    gpd.read_file(city / "town.geojson").to_file(tmp_path / "town.shp")
    creative_spatial("init", tmp_path / "new", "--boundary", tmp_path / "town.shp")
    assert {path.suffix for path in (tmp_path / "new").iterdir()} >= {
        ".shp",
        ".dbf",
        ".shx",
        ".prj",
        ".toml",
    }


@pytest.mark.parametrize(
    "what", ["concepts", "fields", "indicators", "maps", "charts", "languages"]
)
def test_list_shows_ids_with_their_labels(what):
    done = creative_spatial("list", what)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 3


def test_explain_says_how_and_after_whom():
    done = creative_spatial("explain", "natural_share")
    assert done.returncode == 0, done.stderr
    for word in (
        "method",
        "reference",
        "definition",
        "creative_spatial.analysers.area_share",
    ):
        assert word in done.stdout


def test_explain_an_unknown_indicator_names_the_nearest():
    done = creative_spatial("explain", "natural_shar")
    assert done.returncode == 1
    assert "did you mean natural_share" in done.stderr


def test_the_installed_command_is_there():
    found = [e.value for e in entry_points(group="console_scripts") if e.name == "creative-spatial"]
    assert found == ["creative_spatial.cli:main"]


@pytest.mark.parametrize("met", ["click", "creative_spatial.cli.commands", "numpy", "shapely"])
def test_ctrl_c_while_packages_load_stops_without_a_traceback(met, city):
    code = f"""
import builtins, os, signal, sys
import creative_spatial.cli
real = builtins.__import__
def interrupted(name, *rest, **more):
    if name == {met!r}:
        builtins.__import__ = real
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest, **more)
builtins.__import__ = interrupted
sys.argv = ["creative-spatial", "check", {str(city)!r}]
creative_spatial.cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stderr.strip().splitlines()[-1] == "Stopped; nothing was written."
    assert "Traceback" not in done.stderr
    assert done.returncode == 130


FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="the system has no full device")


@needs_full
@pytest.mark.parametrize("arguments", [["list", "concepts"], ["check", "CITY"], ["--help"]])
def test_an_output_that_is_full_is_said_in_one_line(arguments, city):
    words = [str(city) if word == "CITY" else word for word in arguments]
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "creative_spatial.cli", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=300,
        )  # fmt: skip
    assert done.stderr.strip().splitlines()[-1] == (
        "error: what is printed cannot be written: No space left on device."
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@needs_full
def test_where_nothing_can_be_said_it_ends_all_the_same(city):
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "creative_spatial.cli", "check", str(city)],
            stdout=full, stderr=full, check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 1


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, creative_spatial; "
        "heavy = {'pandas', 'geopandas', 'matplotlib', 'osmnx', 'osmium', 'rasterio', 'scipy', 'numpy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_extract_makes_city_folders_that_check_accepts(tmp_path):
    import geopandas as gpd
    import shapely
    from drawn_osm import DrawnOsm

    drawn = DrawnOsm()
    drawn.node(1, 100.02, 7.02, tourism="museum")
    drawn.square(2, 100.02, 7.02, 0.005, leisure="park")
    drawn.write(tmp_path / "country.osm")
    town = shapely.box(100.01, 7.01, 100.03, 7.03)
    areas = gpd.GeoDataFrame({"name": ["Ban \x1b[2J Nok"]}, geometry=[town], crs=4326)
    areas.to_file(tmp_path / "areas.gpkg")
    command = ("extract", tmp_path / "country.osm", "--areas", tmp_path / "areas.gpkg")
    done = creative_spatial(*command, "--out", tmp_path / "cities")
    assert done.returncode == 0, done.stderr
    assert "ban-2j-nok" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    city = tmp_path / "cities" / "ban-2j-nok"
    assert sorted(one.name for one in city.iterdir()) == ["boundary.geojson", "city.toml", "osm"]
    checked = creative_spatial("check", city)
    assert checked.returncode == 0, checked.stdout
    (city / "city.toml").write_text("# mine", encoding="utf-8")
    assert creative_spatial(*command, "--out", tmp_path / "cities").returncode == 0
    assert (city / "city.toml").read_text(encoding="utf-8") == "# mine"
