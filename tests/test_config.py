"""city.toml is read once; every fault comes with its key, and the likely remedy."""

from __future__ import annotations

import pytest

from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError

MINIMAL = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.geojson"
[osm]
path = "town.osm"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "town.geojson").write_text("{}")
    (tmp_path / "town.osm").write_text("<osm/>")
    return tmp_path


def read(folder, text):
    (folder / "city.toml").write_text(text, encoding="utf-8")
    return CityConfig.read(folder / "city.toml")


def test_little_is_required_and_the_rest_has_defaults(folder):
    config = read(folder, MINIMAL)
    assert config.city.languages == ("en",)
    assert config.units.grid == "hexagon"
    assert config.as_dict()["schema"] == 1


def test_a_folder_stands_for_its_city_toml(folder):
    read(folder, MINIMAL)
    assert CityConfig.read(folder).city.name == "Town"


def test_a_byte_order_mark_from_a_spreadsheet_editor_is_no_fault(folder):
    (folder / "city.toml").write_text(MINIMAL, encoding="utf-8-sig")
    assert CityConfig.read(folder).city.name == "Town"


def test_a_misspelt_key_names_the_likely_one(folder):
    with pytest.raises(
        ConfigError, match=r"city.toml: unknown key 'city.langauges'; did you mean 'languages'\?"
    ):
        read(folder, MINIMAL.replace('name = "Town"', 'name = "Town"\nlangauges = ["th"]'))


def test_every_fault_is_named_at_once(folder):
    text = MINIMAL.replace('name = "Town"', "name = 3").replace('id = "town"', 'id = "Town!"')
    with pytest.raises(ConfigError) as fault:
        read(folder, text)
    assert "city.name" in str(fault.value)
    assert "boundary.0.id" in str(fault.value)


@pytest.mark.parametrize("path", ["../secret.geojson", "/etc/passwd", "a/../../secret.geojson"])
def test_a_path_that_leaves_the_folder_is_refused(folder, path):
    with pytest.raises(
        ConfigError, match="leaves the city's folder; copy the file there, or set `allow_outside"
    ):
        read(folder, MINIMAL.replace("town.geojson", path))


def test_a_link_that_leads_out_of_the_folder_is_refused(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "town.geojson"
    outside.write_text("{}")
    (folder / "town.geojson").unlink()
    (folder / "town.geojson").symlink_to(outside)
    with pytest.raises(ConfigError, match="leaves the city's folder"):
        read(folder, MINIMAL)


def test_allow_outside_lets_a_path_leave(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "town.geojson"
    outside.write_text("{}")
    text = "allow_outside = true\n" + MINIMAL.replace("town.geojson", str(outside))
    assert read(folder, text).resolve(str(outside)) == outside


def test_missing_files_are_all_named(folder):
    text = MINIMAL.replace("town.geojson", "a.gpkg").replace("town.osm", "b.pbf")
    with pytest.raises(ConfigError, match=r"(?s)no such file: 'a.gpkg'.*no such file: 'b.pbf'"):
        read(folder, text)


def test_a_geodatabase_is_a_folder_and_not_missing(folder):
    (folder / "city.gdb").mkdir()
    with pytest.raises(ConfigError, match=r"'city.gdb' is a folder; .* to a GeoPackage"):
        read(folder, MINIMAL.replace("town.geojson", "city.gdb"))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("schema = 1", "schema = 7"), "schema = 7; this version reads 1"),
        (
            ('path = "town.osm"', 'path = "town.osm"\nsource = "nobody"'),
            r"source 'nobody' has no \[\[source\]\]",
        ),
        (('path = "town.geojson"', ""), "needs one of: a path, an OSM relation"),
        (
            ('[osm]\npath = "town.osm"', ""),
            "there is no data: add an \\[osm\\] table or a \\[\\[layer\\]\\]",
        ),
        (('id = "town"', 'id = "town"\npublished_area_km2 = -1'), "greater than 0"),
        (('name = "Town"', 'name = "Town"\nlanguages = []'), "languages is empty"),
    ],
)
def test_each_inconsistency_is_explained(folder, change, fault):
    with pytest.raises(ConfigError, match=fault):
        read(folder, MINIMAL.replace(*change))


def test_two_boundaries_need_a_primary_one(folder):
    second = '\n[[boundary]]\nid = "b"\npath = "town.geojson"\n'
    with pytest.raises(ConfigError, match="no boundary is primary; set `primary = true`"):
        read(folder, MINIMAL + second)
    with pytest.raises(ConfigError, match=r"boundary\]\] ids \['town'\] occur more than once"):
        read(folder, MINIMAL + second.replace('"b"', '"town"'))


def test_a_raster_must_be_a_raster_input(folder):
    layer = '\n[[layer]]\npillar = "culture"\nkind = "raster"\npath = "town.osm"\nsource = "osm"\n'
    with pytest.raises(ConfigError, match="rasters, and only rasters, have a pillar of population"):
        read(folder, MINIMAL + layer)


def test_broken_toml_names_the_line(folder):
    with pytest.raises(ConfigError, match=r"city\.toml: .*line 3"):
        read(folder, 'schema = 1\n[city]\nname = "Town\n')


def test_a_missing_city_toml_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"city\.toml: no such file"):
        CityConfig.read(tmp_path)


@pytest.mark.parametrize("cell", ["inf", "nan", "1e300", "0", "-1"])
def test_a_cell_without_a_sensible_width_is_refused(folder, cell):
    with pytest.raises(ConfigError, match=r"units\.cell_m"):
        read(folder, MINIMAL + f"[units]\ncell_m = {cell}\n")


def test_a_path_too_long_for_any_disk_is_a_fault_and_no_crash(folder):
    with pytest.raises(ConfigError, match="cannot be used"):
        read(folder, MINIMAL.replace("town.geojson", "a" * 5_000))


@pytest.mark.parametrize("text", ["x = " + "9" * 5_000, "x = " + "[" * 5_000])
def test_toml_made_to_break_the_reader_is_refused(folder, text):
    with pytest.raises(ConfigError, match=r"city\.toml"):
        read(folder, text)


def test_a_file_in_an_old_encoding_says_how_to_save_it(folder):
    (folder / "city.toml").write_bytes('[city]\nname = "สงขลา"\n'.encode("cp874"))
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        CityConfig.read(folder)


def test_backslashes_in_a_path_are_pointed_out(folder):
    with pytest.raises(ConfigError, match="write folders with '/'"):
        read(folder, MINIMAL.replace("town.geojson", r"sub\\town.geojson"))


def test_one_fault_is_one_line(folder):
    with pytest.raises(ConfigError) as fault:
        read(folder, MINIMAL.replace('id = "town"', 'id = "town"\npopulaton = 3'))
    assert str(fault.value).count("\n") == 0
    assert "did you mean 'population'?" in str(fault.value)


@pytest.mark.parametrize(
    ("date", "fault"),
    [
        ("2568-01-15", "if it is of the Buddhist era, write 2025"),
        ("2025-99-99", "month must be in 1..12"),
        ("15/01/2025", "should match pattern"),
    ],
)
def test_a_date_that_no_calendar_has_is_refused(folder, date, fault):
    source = f'\n[[source]]\nid = "s"\ntitle = "S"\nlicense = "CC0"\nattribution = "S"\ndate = "{date}"\n'
    with pytest.raises(ConfigError, match=fault):
        read(folder, MINIMAL + source)


@pytest.mark.parametrize("date", ['"2025"', '"2025-03"', '"2025-03-31"', "2025-03-31"])
def test_a_date_may_be_as_coarse_as_it_is_known(folder, date):
    source = (
        f'\n[[source]]\nid = "s"\ntitle = "S"\nlicense = "CC0"\nattribution = "S"\ndate = {date}\n'
    )
    assert read(folder, MINIMAL + source).source[0].date == date.strip('"')


def test_the_geometry_cannot_be_a_column(folder):
    layer = (
        '\n[[layer]]\npillar = "culture"\nkind = "vector"\npath = "town.geojson"\nsource = "osm"\n'
    )
    with pytest.raises(ConfigError, match="geometry is the file's own"):
        read(folder, MINIMAL + layer + 'columns = { geometry = "name" }\n')


LAYER = """
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[layer]]
pillar = "culture"
kind = "table"
path = "town.geojson"
source = "hall"
"""


def test_a_layer_is_mended_unless_it_says_otherwise(folder):
    assert read(folder, MINIMAL + LAYER).layer[0].repair is True
    assert read(folder, MINIMAL + LAYER + "repair = false").layer[0].repair is False


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (
            'accept = ["mojibak"]',
            r"accept: unknown \['mojibak'\]; there are mojibake, buddhist_dates",
        ),
        ('accept = ["digits"]', "accept: unknown"),  # done by itself
        ('accept = ["mojibake"]\nrepair = false', "repair = false forbids"),
    ],
)
def test_only_proposals_that_there_are_can_be_accepted(folder, more, fault):
    with pytest.raises(ConfigError, match=fault):
        read(folder, MINIMAL + LAYER + more)
