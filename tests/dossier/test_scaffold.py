"""A new city folder: nothing written over, nothing left behind, and a city.toml that parses."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tomllib
import unicodedata

import geopandas as gpd
import pytest
from places import CRS, square

from creative_spatial.dossier import scaffold
from creative_spatial.dossier.scaffold import NEEDS_DATA, write_city_folder
from creative_spatial.errors import CRSError, GeometryError, LoadError, OutputError

TOWN = gpd.GeoSeries([square(0, 0)], crs=CRS)


@pytest.fixture
def boundary(tmp_path):
    path = tmp_path / "given" / "town.geojson"
    path.parent.mkdir()
    TOWN.to_crs(4326).to_file(path)
    return path


@pytest.fixture
def osm(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text('<osm version="0.6"/>', encoding="utf-8")
    return path


def read(file):
    return tomllib.loads(file.read_text(encoding="utf-8"))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_files_lie_in_the_folder_and_city_toml_names_them(tmp_path, boundary, osm):
    file = write_city_folder(tmp_path / "a" / "b", boundary=boundary, pbf=osm, name="สงขลา")
    assert names(file.parent) == ["city.toml", "town.geojson", "town.osm"]
    city = read(file)
    assert (city["city"]["name"], city["osm"]["path"]) == ("สงขลา", "town.osm")
    assert "layer" not in city["boundary"][0]
    assert NEEDS_DATA not in file.read_text(encoding="utf-8")


def test_without_an_osm_file_city_toml_says_on_top_what_it_still_needs(tmp_path, boundary):
    file = write_city_folder(tmp_path / "new", boundary=boundary, pbf=None, name="Town")
    head = file.read_text(encoding="utf-8").split("schema = 1")[0]
    assert f"# {NEEDS_DATA}\n" in head
    assert "osm" not in read(file)


def test_an_outline_from_openstreetmap_asks_overpass_and_needs_no_more(tmp_path):
    file = write_city_folder(tmp_path / "new", boundary=TOWN, pbf=None, name="Town")
    assert names(file.parent) == ["boundary.geojson", "city.toml"]
    assert read(file)["osm"] == {}
    assert NEEDS_DATA not in file.read_text(encoding="utf-8")


def test_a_folder_with_a_city_is_refused_even_if_city_toml_is_a_broken_link(tmp_path, boundary):
    (tmp_path / "city.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="is there already; choose another folder"):
        write_city_folder(tmp_path, boundary=boundary, pbf=None, name="Town")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mine", ["town.geojson", "town.osm"])
def test_a_file_that_is_there_is_never_written_over(tmp_path, boundary, osm, mine):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / mine).write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match=rf"{mine} is there already and differs; move it away"):
        write_city_folder(folder, boundary=boundary, pbf=osm, name="Town")
    assert names(folder) == [mine]
    assert (folder / mine).read_text(encoding="utf-8") == "years of work"


def test_an_outline_never_writes_over_a_boundary_that_is_there(tmp_path):
    (tmp_path / "boundary.geojson").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match=r"boundary\.geojson is there already and differs"):
        write_city_folder(tmp_path, boundary=TOWN, pbf=None, name="Town")
    assert (tmp_path / "boundary.geojson").read_text(encoding="utf-8") == "years of work"


def test_files_that_lie_in_the_folder_already_stay_as_they_are(tmp_path, boundary, osm):
    shutil.copy(osm, boundary.parent)
    before = boundary.read_bytes()
    write_city_folder(boundary.parent, boundary=boundary, pbf=osm, name="Town")
    assert names(boundary.parent) == ["city.toml", "town.geojson", "town.osm"]
    assert boundary.read_bytes() == before


@pytest.mark.parametrize("name", ["city.toml", "City.TOML", "TOWN.geojson"])
def test_two_files_of_one_name_are_refused(tmp_path, boundary, osm, name):
    same = osm.rename(tmp_path / name)
    with pytest.raises(OutputError, match=rf"has a file '{name}' of its own; rename it"):
        write_city_folder(tmp_path / "new", boundary=boundary, pbf=same, name="Town")
    assert not (tmp_path / "new").exists()


def test_a_boundary_called_city_toml_is_no_boundary(tmp_path, boundary):
    with pytest.raises(LoadError, match="are not read"):
        write_city_folder(
            tmp_path / "new",
            boundary=boundary.rename(tmp_path / "city.toml"),
            pbf=None,
            name="Town",
        )
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"{}", b'{"type": "FeatureCollection"'])
def test_garbage_is_no_boundary(tmp_path, content):
    path = tmp_path / "town.geojson"
    path.write_bytes(content)
    with pytest.raises(LoadError, match=r"town\.geojson"):
        write_city_folder(tmp_path / "new", boundary=path, pbf=None, name="Town")
    assert not (tmp_path / "new").exists()


def test_points_are_no_boundary(tmp_path):
    path = tmp_path / "town.gpkg"
    TOWN.centroid.to_file(path)
    with pytest.raises(GeometryError, match="row 1 is a Point; polygons are needed"):
        write_city_folder(tmp_path / "new", boundary=path, pbf=None, name="Town")


def test_of_several_layers_one_is_to_be_named(tmp_path):
    path = tmp_path / "towns.gpkg"
    for layer in ("province", "town"):
        TOWN.to_file(path, layer=layer)
    with pytest.raises(LoadError, match=r"2 layers; name one of \['province', 'town'\] as `layer`"):
        write_city_folder(tmp_path / "new", boundary=path, pbf=None, name="Town")
    assert not (tmp_path / "new").exists()
    file = write_city_folder(tmp_path / "new", boundary=path, pbf=None, name="Town", layer="town")
    assert read(file)["boundary"][0]["layer"] == "town"


@pytest.mark.parametrize("parts", ["SHP SHX DBF PRJ", "shp SHX DBF prj", "SHP shx dbf PRJ"])
def test_a_shapefiles_parts_go_along_in_capital_letters_too(tmp_path, parts):
    TOWN.to_file(tmp_path / "T.shp")
    (tmp_path / "T.cpg").unlink(missing_ok=True)
    for suffix in parts.split():
        (tmp_path / f"T.{suffix.lower()}").replace(tmp_path / f"T.{suffix}")
    shp = tmp_path / f"T.{parts.split()[0]}"
    file = write_city_folder(tmp_path / "new", boundary=shp, pbf=None, name="Town")
    assert names(file.parent) == sorted([*(f"T.{s}" for s in parts.split()), "city.toml"])


def test_a_boundary_that_does_not_say_its_crs_takes_it_from_the_caller(tmp_path):
    TOWN.to_file(tmp_path / "t.shp")
    (tmp_path / "t.prj").unlink()
    with pytest.raises(CRSError, match="does not say what its coordinates are in"):
        write_city_folder(tmp_path / "new", boundary=tmp_path / "t.shp", pbf=None, name="Town")
    file = write_city_folder(
        tmp_path / "new", boundary=tmp_path / "t.shp", pbf=None, name="Town", crs=CRS
    )
    assert read(file)["boundary"][0]["crs"] == CRS


def test_every_control_character_in_a_name_comes_back_as_it_was(tmp_path, boundary):
    odd = "".join(
        chr(point)
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in {"Cc", "Cf", "Zl", "Zp"}
    )
    assert "\x7f" in odd
    name = f'{odd}"\\{{name}}'
    file = write_city_folder(tmp_path / "new", boundary=boundary, pbf=None, name=name)
    assert read(file)["city"]["name"] == name


def test_a_name_that_is_not_unicode_is_refused(tmp_path, boundary):
    with pytest.raises(OutputError, match="is not Unicode text"):
        write_city_folder(tmp_path / "new", boundary=boundary, pbf=None, name="a\udcff")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("folder_is_there", [False, True])
def test_a_full_disk_leaves_nothing_behind(tmp_path, boundary, osm, monkeypatch, folder_is_there):
    folder = tmp_path / "a" / "b"
    if folder_is_there:
        folder.mkdir(parents=True)
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
    copy = shutil.copyfileobj

    def until_full(source, target, length):
        if source.name.endswith(".osm"):
            target.write(b"<os")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        copy(source, target, length)

    monkeypatch.setattr(scaffold.shutil, "copyfileobj", until_full)
    with pytest.raises(OutputError, match="The disk is full: free some space, or name a folder"):
        write_city_folder(folder, boundary=boundary, pbf=osm, name="Town")
    if folder_is_there:
        assert names(folder) == ["mine.txt"]
    else:
        assert not (tmp_path / "a").exists()


def test_a_file_that_is_not_there_is_named(tmp_path, boundary):
    with pytest.raises(OutputError, match=r"none\.osm: no such file"):
        write_city_folder(tmp_path / "new", boundary=boundary, pbf=tmp_path / "none.osm", name="T")
    assert not (tmp_path / "new").exists()
