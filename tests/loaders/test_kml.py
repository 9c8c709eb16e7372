"""KML and KMZ: folders of placemarks; nothing that could reach outside the file."""

from __future__ import annotations

import zipfile

import pytest
from places import CRS, square

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.vector import read_vector
from creative_spatial.loaders.xml import check_xml, parse_xml

AREA = square(-10, -10, 30, 30)


def placemark(name, lon=100.59, *, inner=""):
    shape = f"<Point><coordinates>{lon},7.2,0</coordinates></Point>"
    return f"<Placemark><name>{name}</name>{inner}{shape}</Placemark>"


def document(body, *, start=""):
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}{start}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Map</name>{body}</Document></kml>'


@pytest.fixture
def read(source):
    """Write a KML file and read it."""

    def read_with(text, name="places.kml", **options):
        path = write(text, name)
        settings = {"source": source, "target_crs": CRS, "concept": "wat", "boundary": AREA}
        return read_vector(path, **{**settings, **options})

    def write(text, name):
        path = folder / name
        if name.endswith(".kmz"):
            with zipfile.ZipFile(path, "w") as archive:
                for member, content in text.items():
                    archive.writestr(member, content)
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        yield read_with


CODE = '<ExtendedData><Data name="code"><value>{}</value></Data></ExtendedData>'
FOLDERS = (
    f"<Folder><name>wat</name>{placemark('วัดกลาง', inner=CODE.format('a1'))}</Folder>"
    f"<Folder><name>mosque</name>{placemark('Masjid', 100.6, inner=CODE.format('a2'))}</Folder>"
)


def test_all_folders_are_read_and_a_folder_can_be_the_concept(read, taxonomy):
    columns = {"id": "code", "concept": "folder"}
    layer = read(document(FOLDERS), concept=None, columns=columns, taxonomy=taxonomy)
    assert layer.index.tolist() == ["hall:a1", "hall:a2"]
    assert layer["name"].tolist() == ["วัดกลาง", "Masjid"]
    assert layer["concept"].tolist() == ["wat", "mosque"]
    # 7.2 N, 100.59 E as the domain report has it, in zone 47
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27, abs=0.01)
    assert not {"tessellate", "visibility", "timestamp", "icon"} & set(layer.columns)


def test_one_folder_is_read_by_name(read):
    layer = read(document(FOLDERS), layer="mosque", columns={"id": "code"})
    assert layer["name"].tolist() == ["Masjid"]
    with pytest.raises(LoadError, match=r"no folder 'mosk'; did you mean 'mosque'\?"):
        read(document(FOLDERS), layer="mosk")


def test_two_folders_of_one_name_are_one(read):
    body = f"<Folder><name>f</name>{placemark('a')}</Folder><Folder><name>f</name>{placemark('b')}</Folder>"
    with pytest.warns(DataQualityWarning, match="no column with ids"):
        layer = read(document(body), layer="f")
    assert layer["folder"].tolist() == ["f", "f"]


def test_a_placemark_without_coordinates_is_named(read):
    body = placemark("a", inner=CODE.format("1")) + "<Placemark><name>b</name></Placemark>"
    with pytest.warns(DataQualityWarning, match="no geometry that can be read: feature 2"):
        layer = read(document(body), columns={"id": "code"})
    assert layer["name"].tolist() == ["a"]
    assert layer.attrs["rows"]["quarantined"] == {"no geometry that can be read": 1}


def test_conditions_and_conversions_apply(read):
    layer = read(document(FOLDERS), where="code = 'a2'", columns={"id": "code"})
    assert layer["name"].tolist() == ["Masjid"]


def test_a_kmz_archive_is_its_document(read):
    images = {"images/a.png": b"x", "links/other.kml": document(""), "doc.kml": document(FOLDERS)}
    assert len(read(images, "places.kmz", columns={"id": "code"})) == 2


def test_faults_inside_a_kmz_archive_name_the_archive(read):
    with pytest.raises(LoadError, match=r"places.kmz: doc.kml holds no places"):
        read({"doc.kml": document("")}, "places.kmz")
    with pytest.raises(LoadError, match=r"places.kmz holds no vector file"):
        read({"readme.txt": "x"}, "places.kmz")


ENTITY = '<!DOCTYPE kml [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(read, encoding):
    text = document(placemark("&secret;"), start=ENTITY).replace("UTF-8", encoding)
    with pytest.raises(LoadError, match=r"declares a document type|is not KML"):
        read(text.encode(encoding))


def test_a_file_that_only_links_elsewhere_says_what_to_export(read):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/map</href></Link></NetworkLink>"
    with pytest.raises(LoadError, match="only a link to a map elsewhere; export the map itself"):
        read(document(link))


def test_a_link_beside_places_is_told_and_not_followed(read):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/map</href></Link></NetworkLink>"
    with pytest.warns(DataQualityWarning, match="places.kml: 1 link to a map elsewhere.*not foll"):
        layer = read(document(link + FOLDERS), columns={"id": "code"})
    assert len(layer) == 2


def test_a_tower_of_elements_is_refused(read):
    tall = "<Folder>" * 10_000 + placemark("x") + "</Folder>" * 10_000
    with pytest.raises(LoadError, match="more than 200 elements inside one another"):
        read(document(tall))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (document(placemark("x"))[:-20], "is damaged"),
        ("places: none", "is not KML, whatever its name says"),
        ("", "is empty"),
        ("<html><body>404 Not found</body></html>", "holds no places"),
    ],
)
def test_what_is_no_kml_says_so(read, text, fault):
    with pytest.raises(LoadError, match=fault):
        read(text)


def test_xml_is_counted_and_parsed():
    assert check_xml([b"<a><b/>", b"<b/></a>"], "x") == {"a": 1, "b": 2}
    assert parse_xml(b"<a x='1'/>", "x").get("x") == "1"


def test_a_check_of_the_start_alone_still_refuses_a_document_type():
    assert not check_xml([b"<a><b></a>"], "x", start_only=True)
    with pytest.raises(LoadError, match="declares a document type"):
        check_xml([b"<!DOCTYPE a>", b"<a/>"], "x", start_only=True)
