"""Archives and FlatGeobuf: the layer inside is read; what could do harm is refused."""

from __future__ import annotations

import zipfile

import pyogrio
import pytest
from places import CRS

from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders import archive as archives
from creative_spatial.loaders.vector import read_rows, read_vector

COLUMNS = {"id": "code", "name": "title", "concept": "type"}


@pytest.fixture
def pack(tmp_path):
    """Pack files, each under a name of the test's choosing."""

    def write(members, name="places.zip", *, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return write


@pytest.fixture
def shapefile(write_shapefile, places):
    """A Shapefile's parts in cp874, by ending."""
    path = write_shapefile(places, cpg="cp874")
    return {
        end: path.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf", ".prj", ".cpg")
    }


@pytest.fixture
def read(source, taxonomy):
    """Read with the usual options."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": CRS, "taxonomy": taxonomy, "columns": COLUMNS}
        return read_vector(path, **{**settings, **options})

    return read_with


def test_a_zipped_shapefile_is_read_in_its_encoding(pack, shapefile, read):
    layer = read(pack({f"วัด/Temples{end.upper()}": raw for end, raw in shapefile.items()}))
    assert layer.index.tolist() == ["hall:a1", "hall:a2", "hall:a3"]
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    assert layer.crs == CRS


def test_what_systems_add_to_archives_is_passed_over(pack, shapefile, read):
    members = {f"a{end}": raw for end, raw in shapefile.items()}
    assert len(read(pack({**members, "__MACOSX/._a.shp": b"x", "._a.shp": b"x", "b/": b""}))) == 3


def test_of_several_files_one_is_named(pack, shapefile, read):
    members = {f"{name}{end}": raw for name in ("a", "b") for end, raw in shapefile.items()}
    with pytest.raises(LoadError, match=r"has 2 vector files; name one of \['a', 'b'\] as `layer`"):
        read(pack(members))
    assert len(read(pack(members), layer="b")) == 3
    assert len(read(pack(members), layer="b.shp")) == 3
    with pytest.raises(LoadError, match=r"no file 'c'.* name one of"):
        read(pack(members), layer="c")


def test_a_missing_part_is_named_with_the_archive(pack, shapefile, read):
    members = {f"a{end}": raw for end, raw in shapefile.items() if end != ".dbf"}
    with pytest.raises(LoadError, match=r"places.zip: a.shp: a.dbf missing beside it"):
        read(pack(members))
    without = {f"a{end}": raw for end, raw in shapefile.items() if end != ".prj"}
    with pytest.raises(CRSError, match=r"places.zip: a.shp does not say what its coordinates"):
        read(pack(without))


def test_other_formats_are_read_out_of_archives(pack, tmp_path, places, read):
    inner = tmp_path / "p.gpkg"
    pyogrio.write_dataframe(places, inner, layer="one")
    pyogrio.write_dataframe(places.iloc[:1], inner, layer="two", append=True)
    path = pack({"folder/p.gpkg": inner.read_bytes(), "readme.txt": "x"})
    assert len(read(path, layer="two")) == 1
    with pytest.raises(LoadError, match=r"places.zip: p.gpkg has 2 layers"):
        read(path)


def test_flatgeobuf_is_read(tmp_path, places, read):
    path = tmp_path / "places.fgb"
    pyogrio.write_dataframe(places, path)
    layer = read(path).sort_index()
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    path.write_bytes(b"<html>")
    with pytest.raises(LoadError, match="is not FlatGeobuf"):
        read(path)


@pytest.mark.parametrize(
    "name", ["../a.shp", "/etc/a.shp", "b/../../a.shp", "..\\a.shp", "C:\\a.shp", "\\\\host\\a.shp"]
)
def test_a_path_that_leads_out_is_refused(pack, name, tmp_path):
    path = pack({name: b"x"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(
        LoadError, match="a path that leads out of the archive; nothing was unpacked"
    ):
        read_rows(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_refused_before_it_is_unpacked(pack):
    path = pack({"a.geojson": bytes(120_000_000)})
    assert path.stat().st_size < 200_000
    with pytest.raises(LoadError, match=r"would unpack from .* to 120,000,000 bytes"):
        read_rows(path)


def test_too_much_or_too_many_is_refused(pack, monkeypatch):
    limits = archives.archive_limits()
    small = limits.model_copy(update={"members": 2, "bytes": 100})
    monkeypatch.setattr(archives, "archive_limits", lambda: small)
    with pytest.raises(LoadError, match="holds 3 files, more than the 2 that are read"):
        read_rows(pack({"a": "", "b": "", "c": ""}))
    with pytest.raises(LoadError, match=r"would unpack from .* to 101 bytes"):
        read_rows(pack({"a.geojson": "x" * 101}))


def test_a_size_that_is_a_lie_gives_no_more_than_it_says(pack):
    path = pack({"a.geojson": b"x" * 5000})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(LoadError, match=r"'a.geojson' in it is damaged \(Bad CRC"):
        read_rows(path)


def test_a_locked_archive_says_so(pack):
    path = pack({"a.geojson": b"{}"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(LoadError, match="is locked by a password"):
        read_rows(path)


def test_unusual_packing_is_refused(pack):
    with pytest.raises(LoadError, match="packed by a method that is not read"):
        read_rows(pack({"a.geojson": b"{}"}, method=zipfile.ZIP_LZMA))


def test_what_is_no_archive_or_holds_no_layer_says_so(tmp_path, pack):
    path = tmp_path / "places.zip"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(LoadError, match="is no zip archive, or damaged"):
        read_rows(path)
    with pytest.raises(LoadError, match=r"holds no vector file .*, but \['readme.txt'\]"):
        read_rows(pack({"readme.txt": "x"}))


def test_a_member_without_a_name_is_passed_over(pack, shapefile, read):
    members = {f"a{end}": raw for end, raw in shapefile.items()}
    path = pack({**members, "a name": b""})
    path.write_bytes(path.read_bytes().replace(b"a name", b"\x00 name"))
    assert len(read(path)) == 3


@pytest.mark.parametrize("codec", ["cp874", "utf-8"])
def test_names_without_a_declared_encoding_are_readable(tmp_path, places, codec):
    inner = tmp_path / "p.geojson"
    pyogrio.write_dataframe(places.to_crs(4326), inner)
    path = tmp_path / "places.zip"
    placeholder = "x" * len("วัดกลาง".encode(codec))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, f"{placeholder}.geojson")
        archive.write(inner, "other.geojson")
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), "วัดกลาง".encode(codec)))
    assert len(read_rows(path, layer="วัดกลาง")) == 3
