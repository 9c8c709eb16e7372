"""Files damaged at random: a layer, or one of the package's own errors, and nothing else."""

from __future__ import annotations

import io
import random
import warnings
import zipfile

import openpyxl
import pyogrio
import pytest
from places import CRS

from creative_spatial.errors import CreativeSpatialError
from creative_spatial.loaders import read_occurrence, read_survey, read_table, read_vector

TIMES = 40
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>f</name>'
    '<Placemark id="p"><name>วัด</name><ExtendedData><Data name="code"><value>1</value></Data></ExtendedData>'
    "<Point><coordinates>100.59,7.2,0</coordinates></Point></Placemark></Folder></Document></kml>"
)
SURVEY = "org;who;who/a;gps;_gps_latitude;_gps_longitude;_uuid;_index\nx;a b;1;7.2 100.59 0 5;7.2;100.59;u;1\n"
RECORDS = "gbifID\tscientificName\tdecimalLatitude\tdecimalLongitude\teventDate\n1\tA b\t7.2\t100.59\t2019-05\n"
META = (
    '<archive><core rowType="http://rs.tdwg.org/dwc/terms/Occurrence" ignoreHeaderLines="1" fieldsTerminatedBy="\\t">'
    '<files><location>o.txt</location></files><id index="0"/><field index="1" term="scientificName"/>'
    '<field index="2" term="decimalLatitude"/><field index="3" term="decimalLongitude"/></core></archive>'
)
READERS = {
    "fgb": read_vector,
    "kml": read_vector,
    "kmz": read_vector,
    "zip": read_vector,
    "xlsx": read_table,
    "csv": read_survey,
    "tsv": read_occurrence,
    "dwca.zip": read_occurrence,
}


@pytest.fixture
def seeds(tmp_path, places, write_shapefile):
    """A whole file of each kind."""
    pyogrio.write_dataframe(places, tmp_path / "seed.fgb")
    shape = write_shapefile(places, cpg="cp874")
    book = openpyxl.Workbook()
    for row in (["id", "name", "lon", "lat"], [1, "วัด", 100.59, 7.2], [2, "b", "100,6", "๗.๒"]):
        book.active.append(row)
    book.save(tmp_path / "seed.xlsx")
    parts = {
        f"a{end}": shape.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf", ".prj")
    }
    return {
        "fgb": (tmp_path / "seed.fgb").read_bytes(),
        "kml": KML.encode(),
        "kmz": packed({"doc.kml": KML.encode()}),
        "zip": packed(parts),
        "xlsx": (tmp_path / "seed.xlsx").read_bytes(),
        "csv": SURVEY.encode(),
        "tsv": RECORDS.encode(),
        "dwca.zip": packed({"meta.xml": META.encode(), "o.txt": RECORDS.encode()}),
    }


def packed(members):
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return store.getvalue()


def damaged(raw, chance):
    """Bytes changed, lost, doubled or put in, in up to eight places."""
    content = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(content) or 1), chance.randint(1, 40)
        match chance.randrange(4):
            case 0 if content:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + length]
            case 2:
                content[at:at] = content[at : at + length]
            case _:
                odd = (b"<", b"&#0;", b"\xff", b"\x00", b'"', b";", b"\t", b"9" * 30, b"nan", b"-")
                content[at:at] = chance.choice(odd)
    return bytes(content)


def damaged_inside(raw, chance):
    """An archive that is whole, with one damaged file in it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = chance.choice(sorted(members))
    return packed({**members, name: damaged(members[name], chance)})


@pytest.mark.parametrize("kind", READERS)
def test_only_the_packages_own_errors_come_out(kind, seeds, tmp_path, source):
    chance = random.Random(kind)
    read = READERS[kind]
    path = tmp_path / f"damaged.{kind}"
    raw = seeds[kind]
    outcomes = set()
    for number in range(TIMES):
        inside = number % 3 and raw.startswith(b"PK")
        whole = number == 0
        path.write_bytes(raw if whole else (damaged_inside if inside else damaged)(raw, chance))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read(path, source=source, target_crs=CRS, concept="wat")
                outcomes.add("read")
            except CreativeSpatialError:
                assert not whole
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}
