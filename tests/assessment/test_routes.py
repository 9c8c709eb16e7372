"""Routes of a drawn town through a whole run: what is laid, what is left out, what is written."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import pytest
from drawn_osm import DrawnOsm
from private_city import LAYERS, private_town
from pyproj import Geod
from shapely.geometry import box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning, InputError

CITY = """
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
[[source]]
id = "guide"
title = "Guide of walks"
license = "CC-BY-4.0"
attribution = "Walkers' club <script>"
"""
WALK = """
[[route]]
id = "walk"
name = "Walk of <b>boats</b>"
names = { th = "เดิน" }
stops = ["Museum of Boats", "osm:node/52", "MUSEUM OF  HILLS"]
stay_min = 10
source = "guide"
note = { th = "เรือ", en = "By <b>boat</b>" }
"""
HOME, CORNER = (100.05, 7.05), (100.06, 7.05)
ON_FOOT = Geod(ellps="WGS84").inv(*HOME, *CORNER)[2]


@pytest.fixture
def town(tmp_path):
    """A street of 1.1 km to the east with three museums on it, and one on a hill far from it."""

    def open_town(routes, city=CITY):
        osm = DrawnOsm()
        osm.nodes(1, [HOME, CORNER])
        osm.way(1, [1, 2], highway="residential")
        osm.node(51, *HOME, tourism="museum", name="Museum of Boats")
        osm.node(52, *CORNER, tourism="museum", name="Museum of Nets")
        osm.node(53, 100.055, 7.05, tourism="museum", name="Museum of Hills")
        osm.node(54, 100.02, 7.02, tourism="museum", name="Museum of Clouds")
        osm.write(tmp_path / "town.osm")
        shape = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326)
        shape.to_file(tmp_path / "town.geojson")
        (tmp_path / "city.toml").write_text(city + routes, encoding="utf-8")
        return Assessment.from_toml(tmp_path)

    return open_town


def run(assessment):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        return assessment.run(only=["route_minutes"])


def steps_of(result, name):
    return [step for step in result.steps if step["step"] == name]


def test_stops_by_name_and_by_id_become_a_walk_along_the_street(town):
    result = run(town(WALK))
    stops = result.layers["route_stops"]
    assert stops["feature_id"].tolist() == ["osm:node/51", "osm:node/53", "osm:node/52"]
    assert stops["order"].tolist() == [1, 2, 3]
    route = result.layers["routes"].loc["walk"]
    assert route["length_m"] == pytest.approx(ON_FOOT, rel=1e-3)
    assert route["total_min"] == pytest.approx(ON_FOOT / 80 + 30, rel=1e-3)
    assert (route["name:th"], route["method"]) == ("เดิน", "exact")
    assert result.value("route_minutes", category="walk") == pytest.approx(route["total_min"])
    assert set(route["source_id"].split(";")) == {"guide", "osm"}
    assert "guide" in result.sources


def test_a_published_route_of_which_no_place_is_known_is_told(town):
    unknown = '[[route]]\nid = "islands"\nname = "Ko <b>Laen</b>"\nsource = "guide"\n'
    result = run(town(WALK + unknown))
    (step,) = steps_of(result, "route islands")
    assert step["status"] == "warning"
    assert step["reason"] == (
        "'Ko <b>Laen</b>' is named by 'Guide of walks', and no stop of it is known: "
        "not drawn, and in no count"
    )
    assert result.layers["routes"].index.tolist() == ["walk"]
    (note,) = [found for found in town(WALK + unknown).check().findings if found.kind == "route"]
    assert (note.severity, note.file) == ("note", "city.toml")
    assert note.message == "[[route]] islands: no stop of 'Ko <b>Laen</b>' is known"


def test_a_city_whose_routes_are_all_unknown_runs(town):
    result = run(town('[[route]]\nid = "islands"\nname = "Islands"\nsource = "guide"\n'))
    assert len(steps_of(result, "route islands")) == 1
    assert "routes" not in result.layers


def test_a_city_without_routes_says_what_they_would_take(town):
    result = run(town(""))
    (step,) = steps_of(result, "route_stops")
    assert (step["status"], step["reason"]) == (
        "skipped", "no route_plans; it would take a [[route]] in city.toml",
    )  # fmt: skip
    assert "routes" not in result.layers


def test_a_stop_that_nobody_knows_is_found_by_check_with_the_nearest_name(town):
    assessment = town(WALK.replace("osm:node/52", "Museum of Boots"))
    (error,) = assessment.check().of("error")
    assert error.file == "city.toml"
    assert "[[route]] walk: no feature is called 'Museum of Boots'; did you mean" in error.message
    with pytest.raises(Exception, match="no feature is called 'Museum of Boots'"):
        run(assessment)
    both = WALK.replace("osm:node/52", "Nowhere") + 'budget_min = 60\nscore = "nam"'
    with pytest.raises(
        InputError, match=r"score: no layer has a column 'nam'; did you mean 'name'"
    ):
        run(town(both))


def test_a_name_of_two_places_takes_the_first_and_says_so(town, tmp_path):
    assessment = town(WALK.replace("osm:node/52", "Museum of Clouds"))
    text = (tmp_path / "town.osm").read_text(encoding="utf-8")
    (tmp_path / "town.osm").write_text(
        text.replace("Museum of Nets", "Museum of Clouds"), encoding="utf-8"
    )
    reasons = [step["reason"] for step in steps_of(run(assessment), "route walk")]
    said = "'Museum of Clouds' is the name of osm:node/52, osm:node/54; the first is taken: write"
    assert reasons == [f"{said} the feature_id that is meant"]


def test_what_does_not_fit_warns_and_the_others_are_laid(town):
    dear = WALK.replace('"walk"', '"dear"') + 'budget_min = 15\nmust_see = ["Museum of Boats"]'
    far = '[[route]]\nid = "far"\nstops = ["Museum of Boats", "Museum of Clouds"]\nordered = true\n'
    late = (
        '[[route]]\nid = "late"\nstops = ["Museum of Boats", "osm:node/52"]\nbudget_min = 5\n'
        'must_see = ["osm:node/52", "Museum of Boats"]\n'
    )
    result = run(town(dear + "\n" + far + late))
    lines = result.layers["routes"]
    assert lines["n_stops"].to_dict() == {"dear": 1, "far": 2}
    assert lines["gaps"].to_dict() == {"dear": 0, "far": 1}
    assert lines.loc["far", "walking_min"] == 0
    said = [s["reason"] for s in steps_of(result, "route_stops") if s["status"] == "warning"]
    assert len(said) == 1
    assert "'late' is not drawn: Museum of Nets, Museum of Boats must be visited" in said[0]
    table = result.table().loc[["route_minutes"]].set_index("category")
    assert table.loc["far", "reason"] == "1 of its legs are not on the walking network"


def test_each_route_is_a_file_in_degrees_with_its_credits(town, tmp_path):
    assessment = town(WALK)
    result = run(assessment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        folder = assessment.save(result, tmp_path / "out", maps=[])
    text = (folder / "routes" / "walk.geojson").read_text(encoding="utf-8")
    assert "<" not in text
    told = json.loads(text)
    assert told["type"] == "FeatureCollection"
    assert "crs" not in told
    assert told["bbox"] == [100.05, 7.05, 100.06, 7.05]
    assert any("Walkers' club <script> (CC-BY-4.0)" in line for line in told["credits"])
    assert [feature["properties"]["kind"] for feature in told["features"]] == [
        "route", "stop", "stop", "stop",
    ]  # fmt: skip
    route = told["features"][0]
    assert route["geometry"]["coordinates"][0] == [100.05, 7.05]
    assert route["properties"]["name"] == "Walk of <b>boats</b>"
    assert route["properties"]["note"] == "By <b>boat</b>"
    assert route["properties"]["note:th"] == "เรือ"
    assert [stop["properties"]["order"] for stop in told["features"][1:]] == [1, 2, 3]
    read = gpd.read_file(folder / "routes" / "walk.geojson")
    assert read.crs.to_epsg() == 4326
    assert read.geometry.iloc[0].geom_type == "LineString"
    again = assessment.save(result, tmp_path / "again", maps=[])
    assert (again / "routes" / "walk.geojson").read_bytes() == text.encode()
    layers = gpd.list_layers(folder / "city.gpkg")["name"].tolist()
    assert {"routes", "route_stops", "route_legs"} <= set(layers)


def test_no_route_leads_to_what_is_not_public(tmp_path):
    routes = """
[[route]]
id = "graves"
stops = [
  "Open Gallery", "Grave of Mae Sri", "Museum of Boats", "secret:G-4712", "Tomb that maps have",
  "osm:node/777123",
]
start = "Tomb that maps have"
must_see = ["osm:node/777123"]
note = { en = "Past the grave of Mae Sri and home", th = "เดิน" }
"""
    secrets, _ = private_town(tmp_path, layers=LAYERS + routes)
    assessment = Assessment.from_toml(tmp_path)
    result = run(assessment)
    assert result.layers["route_stops"]["name"].tolist() == ["Open Gallery", "Museum of Boats"]
    (step,) = steps_of(result, "route graves")
    assert step["reason"] == "4 of 6 stops left out: 4 not public where it is"
    asked = result.config["route"][0]
    assert asked["stops"] == [
        "Open Gallery", "(withheld)", "Museum of Boats", "(withheld)", "(withheld)", "(withheld)",
    ]  # fmt: skip
    assert (asked["start"], asked["must_see"]) == ("(withheld)", ["(withheld)"])
    # A note that names what is not public is not shown, in no language.
    assert asked["note"] == {"en": "(withheld)", "th": "(withheld)"}
    told = json.dumps([result.config, list(result.steps)], default=str)
    for secret in secrets.values():
        assert not any(word in told for word in secret.words)


def test_an_event_without_a_place_is_no_stop(town, tmp_path):
    events = """
[[layer]]
pillar = "culture"
kind = "table"
path = "events.csv"
source = "list"
columns = { id = "id", name = "name", concept = "concept", wkt = "wkt" }
"""
    rows = "id,name,concept,wkt\n1,Night of Kites,food_festival,\n"
    (tmp_path / "events.csv").write_text(rows, encoding="utf-8")
    route = '[[route]]\nid = "r"\nstops = ["Museum of Boats", "night of kites"]\n'
    (found,) = town(events + route).check().of("error")
    assert "[[route]] r: 'night of kites' has no place to go to" in found.message
