"""A city folder without an OSM file, and without a boundary file, from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from drawn_osm import DrawnOsm
from loopback import JSON, LoopbackServer, Reply, overpass_xml

from creative_spatial import Assessment
from creative_spatial.errors import SourceUnavailableError

OUTLINE = [[100.04, 7.04], [100.06, 7.04], [100.06, 7.06], [100.04, 7.06], [100.04, 7.04]]
PLACE = {
    "osm_type": "relation",
    "osm_id": 77,
    "display_name": 'Town "of" สงขลา\x1b[2J',
    "geojson": {"type": "Polygon", "coordinates": [OUTLINE]},
}
CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
{boundary}
[units]
cell_m = 500
[osm]
"""


@pytest.fixture
def town():
    """Two museums, a street, and the town's boundary as a relation."""
    drawn = DrawnOsm(bounds=None)
    drawn.node(1, 100.05, 7.05, tourism="museum", name="Old mill")
    drawn.node(2, 100.051, 7.051, tourism="museum", name="Town hall")
    drawn.way(3, drawn.nodes(30, [(100.045, 7.05), (100.055, 7.05)]), highway="residential")
    drawn.way(4, [*(refs := drawn.nodes(40, OUTLINE[:-1])), refs[0]])
    drawn.relation(77, [("w", 4, "outer")], type="boundary", boundary="administrative")
    drawn.parts["relation"][0] = drawn.parts["relation"][0].replace('type="w"', 'type="way"')
    return drawn


@pytest.fixture
def online(town, loopback, monkeypatch, tmp_path):
    """Overpass and Nominatim on this machine, named by the environment."""
    nominatim = Reply(json.dumps([PLACE]), kind=JSON)
    with LoopbackServer(Reply(overpass_xml(town))) as overpass, LoopbackServer(nominatim) as names:
        monkeypatch.setenv("CREATIVE_SPATIAL_OVERPASS", f"{overpass.url}api")
        monkeypatch.setenv("CREATIVE_SPATIAL_NOMINATIM", names.url)
        monkeypatch.setenv("CREATIVE_SPATIAL_CACHE", str(tmp_path / "cache"))
        yield overpass, names


def city(tmp_path, boundary):
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "city.toml").write_text(CITY.format(boundary=boundary), encoding="utf-8")
    return folder


@pytest.mark.parametrize("boundary", ['place = "Town"', "relation = 77"])
def test_a_city_that_names_no_file_is_read_online_once_and_then_offline(tmp_path, online, boundary):
    overpass, names = online
    folder = city(tmp_path, boundary)
    data = Assessment.from_toml(folder).load()
    asked = len(overpass.asked), len(names.asked)
    assert asked == ((1, 1) if "place" in boundary else (2, 0))
    assert sorted(data.osm_features["name"]) == ["Old mill", "Town hall"]
    assert data.network.n_edges == 1
    west, south, east, north = data.area.boundaries.to_crs(4326).total_bounds
    assert (west, south, east, north) == pytest.approx((100.04, 7.04, 100.06, 7.06), abs=1e-6)
    again = Assessment.from_toml(folder, offline=True).load()
    assert (len(overpass.asked), len(names.asked)) == asked
    assert again.inputs == data.inputs


def test_the_record_of_the_run_says_what_was_asked_and_as_of_when(tmp_path, online):
    overpass, _ = online
    data = Assessment.from_toml(city(tmp_path, 'place = "Town"')).load()
    assert sorted(data.inputs) == ["Nominatim Town", "Overpass"]
    facts = data.inputs["Overpass"]["online"]
    assert facts["data_timestamp"] == "2026-02-28T23:00:00Z" == data.sources["osm"].date
    assert facts["endpoint"] == f"{overpass.url}api/interpreter"
    # A quarter of the boundary's longer side around it, as for a file.
    assert "node(7.034,100.034,7.066,100.066);" in facts["query"]
    assert data.inputs["Overpass"]["rows"] == 2
    assert data.inputs["Nominatim Town"]["online"]["object"] == "relation/77"


def test_offline_without_an_earlier_answer_stops(tmp_path, online):
    assessment = Assessment.from_toml(city(tmp_path, "relation = 77"), offline=True)
    with pytest.raises(SourceUnavailableError, match="Overpass, relation 77: offline"):
        assessment.load()
    (error,) = assessment.check().of("error")
    assert "offline" in error.message
    assert error.kind == "unavailable"
    assert not online[0].asked


def test_check_reports_the_failing_service_and_asks_once(tmp_path, online):
    overpass, _ = online
    overpass.replies[:] = [Reply("<p>closed</p>", status=403, kind="text/html")]
    findings = Assessment.from_toml(city(tmp_path, 'place = "Town"')).check()
    (error,) = [finding for finding in findings if finding.severity == "error"]
    assert error.file == "Overpass"
    assert "refuses the request (403): closed" in error.message
    assert len(overpass.asked) == 1


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "creative_spatial.cli", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=300, encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": ""},
    )  # fmt: skip


def test_init_with_a_place_makes_a_folder_that_check_accepts(tmp_path, online):
    folder = tmp_path / "town"
    made = command("init", folder, "--place", "Town")
    assert made.returncode == 0, made.stderr
    assert "(relation/77)" in made.stdout
    assert "\x1b" not in made.stdout
    text = (folder / "city.toml").read_text(encoding="utf-8")
    assert 'path = "boundary.geojson"' in text
    assert 'license = "ODbL-1.0"' in text
    assert 'url = "https://www.openstreetmap.org/relation/77"' in text
    checked = command("check", folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Overpass (features): 2 rows used" in checked.stdout
    assert len(online[0].asked) == len(online[1].asked) == 1


def test_init_asks_nobody_for_a_folder_that_is_taken(tmp_path, online):
    folder = city(tmp_path, "relation = 77")
    refused = command("init", folder, "--place", "Town")
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert not online[1].asked


@pytest.mark.parametrize("options", [[], ["--place", "Town", "--boundary", __file__]])
def test_init_wants_one_boundary(tmp_path, options):
    refused = command("init", tmp_path / "new", *options)
    assert refused.returncode == 2
    assert "one of --boundary FILE and --place NAME" in refused.stderr
