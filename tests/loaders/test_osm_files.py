"""Files that are, or are not, OpenStreetMap data."""

from __future__ import annotations

import bz2
import gzip

import osmium
import pytest
from drawn_osm import DrawnOsm

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm import read_osm

BOMB = """<?xml version="1.0"?>
<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<osm version="0.6"><node id="1" lat="7" lon="100"><tag k="name" v="&b;"/></node></osm>
"""


@pytest.fixture
def drawn():
    drawn = DrawnOsm()
    drawn.node(1, 100.01, 7.01, tourism="museum", name="พิพิธภัณฑ์")
    drawn.square(2, 100.03, 7.03, natural="wood")
    return drawn


@pytest.fixture
def pbf(drawn, tmp_path):
    """The drawn place as PBF."""
    xml = drawn.write(tmp_path / "source.osm")
    path = tmp_path / "city.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(xml)):
            writer.add(thing)
    return path


def test_every_packing_reads_the_same(drawn, pbf, tmp_path):
    plain = drawn.write(tmp_path / "city.osm")
    packed = {"city.osm.bz2": bz2.compress, "city.osm.gz": gzip.compress}
    for name, pack in packed.items():
        (tmp_path / name).write_bytes(pack(plain.read_bytes()))
    names = ["city.osm", *packed, pbf.name]
    tables = [read_osm(tmp_path / name, crs="EPSG:32647").features.to_wkb() for name in names]
    assert tables[0].index.tolist() == ["osm:node/1", "osm:way/2"]
    assert all(table.equals(tables[0]) for table in tables[1:])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("city.osm.pbf", b"", r"city.osm.pbf is empty \(0 bytes\).*Fetch it again"),
        ("city.osm", b"", r"city.osm is empty"),
        ("city.osm", b"osm=yes", "content is not what the name says"),
        ("city.osm", b"<html><body>Not found</body></html>", "is a web page.*fetch it again"),
        (
            "city.geojson",
            b"{}",
            r"not named as an OpenStreetMap file; expected a file named \*.osm",
        ),
        ("city.osm.pbf", b"<osm version='0.6'></osm>", "looks like .osm: rename it"),
        ("city.osm", b"BZh91AY", "looks like .osm.bz2: rename it"),
        ("city.osm.bz2", b"BZh91AY&SYgarbage", "cannot be unpacked"),
        ("city.osm.gz", b"\x1f\x8b\x08\x00garbage", "cannot be unpacked"),
        ("city.osm", b"<osm version='0.6'><node id='1'", "cannot be read to its end as osm"),
        ("city.osm", b"<osm version='0.6'><way id='x'/></osm>", "cannot be read to its end"),
        ("city.osm", "<osm/>".encode("utf-16"), "content is not what the name says"),
        ("city.osm", b"<?xml version='1.0'?><gpx><osm/></gpx>", "its first element is not <osm>"),
    ],
)
def test_what_is_no_osm_file_is_refused_with_file_fault_and_remedy(
    tmp_path, name, content, message
):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LoadError, match=message) as caught:
        read_osm(path)
    assert str(caught.value).startswith(name)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_a_folder_and_an_address_are_refused(tmp_path):
    with pytest.raises(LoadError, match="no such file"):
        read_osm(tmp_path / "city.osm.pbf")
    with pytest.raises(LoadError, match="is a folder"):
        read_osm(tmp_path)
    with pytest.raises(LoadError, match="no such file"):
        read_osm("http://localhost/city.osm.pbf")
    with pytest.raises(LoadError, match="no such file"):
        read_osm("-")


@pytest.mark.parametrize("kept", [30, 150, 0.5, 0.9])
def test_a_pbf_that_breaks_off_is_refused(pbf, kept):
    content = pbf.read_bytes()
    pbf.write_bytes(content[: kept if kept > 1 else int(len(content) * kept)])
    with pytest.raises(LoadError, match=r"cannot be read to its end as pbf.*fetch it again"):
        read_osm(pbf)


@pytest.mark.parametrize("pack", [bz2.compress, gzip.compress])
def test_a_packed_file_that_breaks_off_is_refused(drawn, tmp_path, pack):
    for i in range(5000):
        drawn.node(1000 + i, 100 + i / 1e5, 7.05 + (i * 7919 % 1000) / 1e5, name=f"{i * 7919}")
    path = tmp_path / ("city.osm.bz2" if pack is bz2.compress else "city.osm.gz")
    content = pack(drawn.xml().encode())
    path.write_bytes(content[: int(len(content) * 0.8)])
    with pytest.raises(LoadError, match=r"Fetch the file again|fetch it again"):
        read_osm(path)


@pytest.mark.parametrize("pack", [bytes, bz2.compress, gzip.compress])
def test_a_document_type_is_refused_before_parsing(tmp_path, pack, monkeypatch):
    suffix = {bytes: ".osm", bz2.compress: ".osm.bz2", gzip.compress: ".osm.gz"}[pack]
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(pack(BOMB.encode()))
    monkeypatch.setattr(osmium, "FileProcessor", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(LoadError, match=r"bomb.*declares a document type or entities.*not parsed"):
        read_osm(path)


def test_the_parser_itself_refuses_entities(tmp_path):
    path = tmp_path / "bomb.osm"
    path.write_text(BOMB)
    with pytest.raises(RuntimeError, match="entities are not supported"):
        list(osmium.FileProcessor(str(path)))


def test_a_document_type_cannot_hide_behind_a_long_comment(tmp_path):
    path = tmp_path / "bomb.osm"
    path.write_text(BOMB.replace("<!DOCTYPE", f"<!-- {'x' * 100_000} --><!DOCTYPE"))
    with pytest.raises(LoadError, match="its first element is not <osm>"):
        read_osm(path)


def test_a_file_of_many_versions_is_refused(tmp_path):
    history = tmp_path / "city.osh.pbf"
    with osmium.SimpleWriter(str(history)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(100, 7)))
    path = history.rename(tmp_path / "city.osm.pbf")
    with pytest.raises(LoadError, match="history of its objects; expected one version"):
        read_osm(path)


def test_the_date_and_box_of_a_pbf_come_from_its_header(tmp_path):
    path = tmp_path / "city.osm.pbf"
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(100.0, 7.0, 100.1, 7.1))
    header.set("osmosis_replication_timestamp", "2023-02-21T03:31:14Z")
    with osmium.SimpleWriter(str(path), header=header) as writer:
        tags = {"tourism": "museum"}
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(100.01, 7.01), tags=tags))
    extract = read_osm(path)
    assert extract.source.date == "2023-02-21T03:31:14Z"
    assert extract.crs.to_epsg() == 32647
    assert "1 features" in repr(extract)
