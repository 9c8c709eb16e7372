"""A city adds a concept, a field, an indicator, a pillar, a map and a chart from its own folder."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from click.testing import CliRunner
from places import CRS, square

from creative_spatial.assessment import Assessment
from creative_spatial.cli import cli
from creative_spatial.errors import ConfigError

CITY = """
schema = 1
[city]
name = "Reed Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.geojson"
source = "survey"
[units]
grid = "square"
cell_m = 500
[osm]
path = "town.osm"
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Reed Town"
"""

TAXONOMY = """
[pillars.memory]
labels = { en = "Living memory", th = "ความทรงจำ" }
color = "#7A4B2A"
reference = "the city's own"

[fields.games]
labels = { en = "Games", th = "เกม" }
since = 2027
reference = "the city's own"

[concepts.story_bench]
pillar = "memory"
labels = { en = "Story bench", th = "ม้านั่งเล่าเรื่อง" }
osm = [{ amenity = "bench", story = "yes" }]
fields = { games = "weak", literature = "direct" }
attributes = { teller = "elders" }
reference = "the city's own"
matches = [{ amenity = "bench", story = "yes" }]
refuses = [{ amenity = "bench" }]

[legends.teller.elders]
labels = { en = "Elders", th = "ผู้สูงอายุ" }
color = "#7A4B2A"
marker = "s"
"""

INDICATORS = """
[benches_per_km2]
function = "feature_density"
pillar = "memory"
title = { en = "Story benches per square kilometre" }
unit = "per km²"
inputs = { layer = "memory" }
method = "Benches counted, divided by land area."
reference = "the city's own"
"""

MAPS = """
[memory]
title = { en = "Where stories are told" }
reference = "the city's own"
pillar = "memory"
[[memory.message]]
en = "{benches_per_km2} story benches on each square kilometre of {boundary}."
[[memory.layers]]
layer = "memory"
hue = "teller"
[[memory.labels]]
layer = "memory"
"""

CHARTS = """
[our-fields]
draw = "field_profile"
table = "field_quotients"
title = { en = "What our benches tell of" }
reference = "the city's own"
message = [{ en = "{fields_filled} of {fields} fields are told of." }]
lead = { en = "The fields of {boundary}." }
row = [{ en = "{label}: {direct} direct, {indirect} indirect, {weak} weak." }]
"""

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="hand">
  <node id="-1" version="1" lat="{lat}" lon="{lon}">
    <tag k="amenity" v="bench"/><tag k="story" v="yes"/><tag k="name" v="Under the fig tree"/>
  </node>
  <node id="-2" version="1" lat="{lat}" lon="{lon}"><tag k="amenity" v="bench"/></node>
</osm>
"""


@pytest.fixture
def city(tmp_path):
    town = gpd.GeoSeries([square(0, 0, 2, 1)], crs=CRS).to_crs(4326)
    town.to_file(tmp_path / "town.geojson", driver="GeoJSON")
    lon, lat = (
        sum(pair) / 2 for pair in zip(town.total_bounds[:2], town.total_bounds[2:], strict=True)
    )
    (tmp_path / "taxonomy").mkdir()
    (tmp_path / "taxonomy" / "memory.toml").write_text(TAXONOMY, encoding="utf-8")
    (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
    (tmp_path / "indicators.toml").write_text(INDICATORS, encoding="utf-8")
    (tmp_path / "maps.toml").write_text(MAPS, encoding="utf-8")
    (tmp_path / "charts.toml").write_text(CHARTS, encoding="utf-8")
    (tmp_path / "town.osm").write_text(OSM.format(lat=lat, lon=lon), encoding="utf-8")
    return tmp_path


@pytest.mark.filterwarnings("ignore::creative_spatial.errors.EmptyLayerWarning")
def test_all_six_reach_the_results_without_touching_the_package(city, tmp_path_factory):
    assessment = Assessment.from_toml(city)
    result = assessment.run()

    assert result.layers["memory"]["concept"].tolist() == ["story_bench"]
    assert result.value("benches_per_km2") == pytest.approx(0.5, rel=1e-3)
    # The bench is weak evidence of a field the city added and direct evidence of literature.
    assert result.value("field_profile", category="games:weak") == 1
    assert result.value("field_profile", category="literature:direct") == 1
    assert result.value("pillars_present") == 1

    out = tmp_path_factory.mktemp("out") / "results"
    assessment.save(result, out, maps=["memory"], charts=["our-fields"], formats=["png"])
    assert (out / "maps" / "memory.png").stat().st_size > 10_000
    assert (out / "layers" / "memory.parquet").exists()

    assert (out / "charts" / "our-fields.png").stat().st_size > 10_000
    said = (out / "charts" / "our-fields.txt").read_text(encoding="utf-8").splitlines()
    assert said[:3] == [
        "What our benches tell of", "2 of 9 fields are told of.", "The fields of Reed Town.",
    ]  # fmt: skip
    assert {
        "Games: 0 direct, 0 indirect, 1 weak.",
        "Literature: 1 direct, 0 indirect, 0 weak.",
    } <= {*said}
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert "charts.toml" in run["inputs"]
    steps = {step["step"]: step["status"] for step in run["steps"]}
    assert steps["charts/our-fields"] == steps["maps/memory"] == "done"
    assert steps["charts/field-profile"] == steps["maps/overview"] == "skipped"


@pytest.mark.parametrize("file", ["maps.toml", "charts.toml"])
def test_check_finds_a_fault_of_its_maps_and_charts(city, file):
    text = (city / file).read_text(encoding="utf-8")
    (city / file).write_text(text.replace("reference =", "refrence ="), encoding="utf-8")
    found = Assessment.from_toml(city).check().of("error")
    assert {it.file for it in found} == {file}
    assert any("unknown key 'refrence'; did you mean 'reference'" in it.message for it in found)


def test_its_maps_and_charts_are_listed(city):
    for what, line in (
        ("maps", "memory Where stories are told"), ("charts", "our-fields What our benches tell of"),
    ):  # fmt: skip
        shown = CliRunner().invoke(cli, ["list", what, "--city", str(city)])
        assert line in [" ".join(row.split()) for row in shown.output.splitlines()]


@pytest.mark.parametrize("pillar", ["land", "streets", "network", "population", "reference"])
def test_a_pillar_is_called_as_nothing_else_in_a_run_is(city, pillar):
    (city / "taxonomy" / "own.toml").write_text(TAXONOMY.replace("memory", pillar))
    (city / "indicators.toml").unlink()
    (city / "maps.toml").unlink()
    found = Assessment.from_toml(city).check().of("error")
    assert any(f"pillar '{pillar}': a run has something else" in it.message for it in found)


@pytest.mark.parametrize(
    ("was", "key"),
    [("pillars.memory", 'pillars."../x"'), ("fields.games", 'fields."<x>"'),
     ("concepts.story_bench", 'concepts."../x"')],
)  # fmt: skip
def test_an_id_of_a_city_s_own_can_name_a_file(city, was, key):
    (city / "taxonomy" / "own.toml").write_text(TAXONOMY.replace(f"[{was}]", f"[{key}]"))
    with pytest.raises(ConfigError, match="'id': an id is made of"):
        Assessment.from_toml(city)
