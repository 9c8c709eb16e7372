"""Every kind of layer that a city folder can name is read from it, or refused with its remedy."""

from __future__ import annotations

import json
import warnings

import pytest

from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.loaders import check_city, load_city
from creative_spatial.taxonomy import Taxonomy

CITY = """
schema = 1
[city]
name = "Songkhla"
[[boundary]]
id = "municipality"
path = "boundary.geojson"
source = "hall"
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[layer]]
source = "hall"
"""
SURVEY = (
    "org_name,kind,phone,consent,gps,_uuid,_submission_time\n"
    "Weavers,w,0812345678,yes,7.206 100.593 0 4,u-1,2026-01-05\n"
)
RECORDS = (
    "gbifID\tscientificName\tdecimalLatitude\tdecimalLongitude\tlicense\n"
    "7\tDugong dugon\t7.206\t100.593\tCC_BY_4_0\n"
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="p1"><name>Wat</name>'
    "<Point><coordinates>100.593,7.206</coordinates></Point></Placemark></Document></kml>"
)


@pytest.fixture
def city(tmp_path):
    """Write a city folder with one layer."""
    west, south, east, north = 100.56, 7.17, 100.62, 7.23
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    (tmp_path / "boundary.geojson").write_text(json.dumps(boundary))

    def write(layer, **files):
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
        (tmp_path / "city.toml").write_text(CITY + layer, encoding="utf-8")
        return CityConfig.read(tmp_path)

    return write


def read(config):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_city(config, Taxonomy.load())


def test_a_survey_is_a_layer_without_what_is_about_people(city):
    config = city(
        'pillar = "community"\nkind = "survey"\npath = "s.csv"\npersonal = ["org_name"]\n'
        'columns = { concept = "kind" }\nconcepts = { w = "weaving_group" }\n',
        s__csv=SURVEY,
    )
    data = read(config)
    layer = data.layers[0]
    assert layer.index.tolist() == ["hall:u-1"]
    assert layer["concept"].tolist() == ["weaving_group"]
    assert not {"phone", "org_name"} & set(layer.columns)
    assert data.inputs["s.csv"]["layers"][0]["rows"]["out"] == 1


def test_a_survey_without_its_form_is_refused_before_anything_is_read(city):
    with pytest.raises(ConfigError, match=r"\[\[layer\]\] form: no such file: 'form.xlsx'"):
        city(
            'pillar = "community"\nkind = "survey"\npath = "s.csv"\nform = "form.xlsx"\n',
            s__csv=SURVEY,
        )


def test_records_of_species_are_a_layer(city):
    config = city(
        'pillar = "biodiversity"\nkind = "occurrence"\npath = "r.csv"\nconcept = "wildlife_range"\n',
        r__csv=RECORDS,
    )
    layer = read(config).layers[0]
    assert layer.index.tolist() == ["hall:7"]
    assert layer["license"].tolist() == ["CC-BY-4.0"]


def test_a_kml_file_is_a_layer(city):
    config = city(
        'pillar = "culture"\nkind = "vector"\npath = "w.kml"\nconcept = "wat"\n', w__kml=KML
    )
    assert read(config).layers[0].index.tolist() == ["hall:p1"]


def test_check_names_the_survey_and_what_was_mended_in_it(city):
    config = city(
        'pillar = "community"\nkind = "survey"\npath = "s.csv"\nconcept = "ngo"\n',
        s__csv=SURVEY.replace("7.206 100.593", "100.593 7.206"),
    )
    found = [f for f in check_city(config, Taxonomy.load()) if "exchanged" in f.message]
    assert [(f.severity, f.file) for f in found] == [("note", "s.csv")]
    assert "latitude and longitude exchanged, since only then" in found[0].message
    assert "100.593" not in found[0].message, "people's answers are quoted nowhere"


def test_check_names_each_file_once_and_what_else_was_said_of_it(city):
    config = city(
        'pillar = "culture"\nkind = "table"\npath = "t.csv"\nconcept = "wat"\n',
        t__csv="id,lon,lat\n1,7.206,100.593\n2,100.593,7.206\n3,,\n",
    )
    found = check_city(config, Taxonomy.load())
    assert not [f for f in found if f.severity == "error"]
    said = {(f.severity, f.file, f.message) for f in found}
    remedy = "Fill in both, or take the row out."
    assert ("warning", "t.csv", f"1 quarantined, no coordinates: row 4. {remedy}") in said
    assert [(counts.file, counts.read, counts.used, counts.repaired) for counts in found.counts] == [
        ("boundary.geojson", None, None, 0), ("t.csv", 3, 2, 1),
    ]  # fmt: skip
    (note,) = [f.message for f in found if f.severity == "note" and "exchanged" in f.message]
    assert note.startswith("1 repaired, latitude and longitude exchanged")
    assert "row 2 (first: 'POINT (7.206 100.593)'" in note


@pytest.mark.parametrize(
    ("layer", "fault"),
    [
        (
            'kind = "table"\npath = "s.csv"\npersonal = ["phone"]\n',
            "form and personal are for kind",
        ),
        (
            'kind = "survey"\npath = "s.csv"\ncrs = "EPSG:32647"\n',
            "kind 'survey' says its CRS itself",
        ),
        (
            'kind = "occurrence"\npath = "s.csv"\nlayer = "x"\n',
            "describes itself; take layer, encoding out",
        ),
    ],
)
def test_options_that_a_kind_cannot_have_are_refused(city, layer, fault):
    with pytest.raises(ConfigError, match=fault):
        city(f'pillar = "community"\n{layer}', s__csv=SURVEY)


def test_ids_of_two_files_of_one_source_are_told_apart_in_repairs_too(city):
    table = (
        'pillar = "culture"\nkind = "table"\npath = "{}.csv"\nconcept = "wat"\n'
        'columns = {{ id = "id", name = "name", lon = "lon", lat = "lat" }}\n'
    )
    head = "id,name,lon,lat\n"
    config = city(
        table.format("a") + '[[layer]]\nsource = "hall"\n' + table.format("b"),
        a__csv=f"{head}1,A,100.591,7.201\n2,B,100.592,7.202\n",
        b__csv=f"{head}1,C,๑๐๐.๕๘๑,7.191\n3,D,๑๐๐.๕๘๒,7.192\n",
    )
    with pytest.warns(DataQualityWarning) as said:
        data = load_city(config, Taxonomy.load())
    assert any("b.csv: 1 id of 2 is also in another file" in str(one.message) for one in said)
    first, second = data.layers
    assert first.index.tolist() == ["hall:1", "hall:2"]
    assert second.index.tolist() == ["hall:1#2", "hall:3"]
    assert data.repairs["feature_id"].tolist() == ["hall:1#2", "hall:3"]


def test_one_place_in_two_pillars_keeps_its_id_in_both(city):
    table = (
        'pillar = "{}"\nkind = "table"\npath = "a.csv"\nconcept = "{}"\n'
        'columns = {{ id = "id", name = "name", lon = "lon", lat = "lat" }}\n'
    )
    config = city(
        table.format("culture", "wat")
        + '[[layer]]\nsource = "hall"\n'
        + table.format("community", "weaving_group"),
        a__csv="id,name,lon,lat\n1,A,100.591,7.201\n",
    )
    data = load_city(config, Taxonomy.load())
    assert [layer.index.tolist() for layer in data.layers] == [["hall:1"], ["hall:1"]]


def test_check_tells_rows_whose_words_hours_or_periods_nobody_can_read(city):
    config = city(
        'pillar = "culture"\nkind = "table"\npath = "t.csv"\nconcept = "museum"\n'
        'words = { community = { "กลุ่ม ก" = "muslim" } }\n',
        t__csv="id,name,lon,lat,community,opening_hours,period\n"
        "1,A,100.593,7.206,กลุ่ม ก,08.00-17.00 น.,พ.ศ. 2500\n"
        "2,B,100.594,7.206,Moken,by appointment,สมัยอยุธยา\n",
    )
    found = check_city(config, Taxonomy.load())
    warned = {f.message.split(" ")[0]: f.rows for f in found if f.severity == "warning"}
    assert warned == {"community": (3,), "opening_hours": (3,), "period": (3,)}
    layer = read(config).layers[0]
    assert layer["community"].tolist() == ["muslim", "moken"]
    assert (layer["opening_hours"].iloc[0], layer["period"].iloc[0]) == ("08:00-17:00", "1957")
    kinds = [record.kind for record in layer.attrs["repairs"] if record.row == 2]
    assert sorted(kinds) == ["eras", "hours", "words"]
