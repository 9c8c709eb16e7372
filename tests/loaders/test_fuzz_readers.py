"""
Files of every kind damaged at random: a layer, or one of the package's own errors.

Each input is made from its kind and number alone, so that a failure can be made again.
`CREATIVE_SPATIAL_FUZZ_SECONDS=40` tries each kind for so long in place of a few inputs;
`CREATIVE_SPATIAL_FUZZ_FROM=1000` begins at that number.
"""

from __future__ import annotations

import io
import os
import random
import re
import signal
import time
import warnings
import zipfile
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import osmium
import pyogrio
import pytest
from drawn_osm import DrawnOsm
from places import CRS

from creative_spatial.errors import CreativeSpatialError
from creative_spatial.loaders import (
    read_occurrence,
    read_osm,
    read_raster,
    read_survey,
    read_table,
    read_vector,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 40
SECONDS = float(os.environ.get("CREATIVE_SPATIAL_FUZZ_SECONDS", "0"))
FIRST = int(os.environ.get("CREATIVE_SPATIAL_FUZZ_FROM", "0"))
LONGEST_S = 30  # a reader that takes longer over a few kilobytes hangs
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>f</name>'
    '<Placemark id="p"><name>วัด</name><ExtendedData><Data name="code"><value>1</value></Data></ExtendedData>'
    "<Point><coordinates>100.59,7.2,0</coordinates></Point></Placemark></Folder></Document></kml>"
)
TABLE = (
    "id,name,kind,lon,lat,founded\n1,วัดกลาง,wat,100.59,7.2,2561\n"
    '2,"Wat ""B""",wat,"100°35\'27""E",๗.๒๐๑,15 ม.ค. 2561\n3,Ê§¢ÅÒ,wat,"100,59",7.2,พ.ศ. ๒๕๖๐\n'
)
SURVEY = "org;who;who/a;gps;_gps_latitude;_gps_longitude;_uuid;_index\nx;a b;1;7.2 100.59 0 5;7.2;100.59;u;1\n"
RECORDS = "gbifID\tscientificName\tdecimalLatitude\tdecimalLongitude\teventDate\n1\tA b\t7.2\t100.59\t2019-05\n"
META = (
    '<archive><core rowType="http://rs.tdwg.org/dwc/terms/Occurrence" ignoreHeaderLines="1" fieldsTerminatedBy="\\t">'
    '<files><location>o.txt</location></files><id index="0"/><field index="1" term="scientificName"/>'
    '<field index="2" term="decimalLatitude"/><field index="3" term="decimalLongitude"/></core></archive>'
)


def features(read, **columns) -> Callable:
    """A reader of features, all of them temples."""

    def run(path, source, taxonomy):
        return read(path, source=source, target_crs=CRS, concept="wat", columns=columns)

    return run


def osm(path, source, taxonomy):
    return read_osm(path, taxonomy=taxonomy, crs=CRS, source=source)


def raster(path, source, taxonomy):
    return read_raster(path, source=source)


READERS = {
    "csv": features(read_table, id="id", lon="lon", lat="lat"),
    "xlsx": features(read_table),
    "geojson": features(read_vector),
    "gpkg": features(read_vector),
    "shp": features(read_vector),
    "fgb": features(read_vector),
    "parquet": features(read_vector),
    "kml": features(read_vector),
    "kmz": features(read_vector),
    "zip": features(read_vector),
    "osm": osm,
    "osm.pbf": osm,
    "tif": raster,
    "survey.csv": features(read_survey),
    "tsv": features(read_occurrence),
    "dwca.zip": features(read_occurrence),
}


@pytest.fixture
def seeds(tmp_path, places, write_shapefile, write_tiff):
    """The files of a whole input of each kind, by what follows its name."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for kind in ("fgb", "geojson", "gpkg"):
        pyogrio.write_dataframe(places, folder / f"a.{kind}")
    places.to_parquet(folder / "a.parquet")
    shape = write_shapefile(places, cpg="cp874")
    parts = {end: shape.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf", ".prj")}
    book = openpyxl.Workbook()
    for row in (["id", "name", "lon", "lat"], [1, "วัด", 100.59, 7.2], [2, "b", "100,6", "๗.๒"]):
        book.active.append(row)
    book.save(folder / "a.xlsx")
    drawn = _drawn()
    drawn.write(folder / "a.osm")
    # Not compressed, or every damage would end at the checksum.
    plain = osmium.io.File(str(folder / "a.osm.pbf"), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(plain) as writer:
        for thing in osmium.FileProcessor(str(folder / "a.osm")):
            writer.add(thing)
    raw = {
        **{kind: (folder / f"a.{kind}").read_bytes() for kind in READERS if (folder / f"a.{kind}").exists()},
        "tif": write_tiff(np.arange(100, dtype="float32").reshape(10, 10)).read_bytes(),
        "csv": TABLE.encode(),
        "kml": KML.encode(),
        "kmz": packed({"doc.kml": KML.encode()}),
        "zip": packed({f"a{end}": content for end, content in parts.items()}),
        "survey.csv": SURVEY.encode(),
        "tsv": RECORDS.encode(),
        "dwca.zip": packed({"meta.xml": META.encode(), "o.txt": RECORDS.encode()}),
    }  # fmt: skip
    whole = {kind: {f".{kind}": content} for kind, content in raw.items()}
    return {**whole, "shp": {**parts, ".cpg": b"cp874"}}


def _drawn():
    """A temple, a street, a pond with an island."""
    city = DrawnOsm((100.5, 7.1, 100.7, 7.3))
    city.node(1, 100.59, 7.2, amenity="place_of_worship", religion="buddhist", name="วัดกลาง")
    city.way(2, city.nodes(20, [(100.59, 7.2), (100.60, 7.21)]), {"highway": "residential"})
    city.square(3, 100.60, 7.20, 0.01)
    city.square(4, 100.603, 7.203, 0.002)
    city.relation(
        5,
        [("way", 3, "outer"), ("way", 4, "inner")],
        type="multipolygon",
        natural="water",
    )
    return city


def packed(members):
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return store.getvalue()


ODD = (
    b"<", b"&#0;", b"\xff", b"\x00", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"9" * 30, b"nan", b"-",
    b"1e309", b"-inf", b"{", b"]", b"null", b"\xef\xbb\xbf", b"\xff\xfe", "๙".encode(), "²".encode(),
    b"\xe0\xb8", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"=1+1", b"../",
)  # fmt: skip


def damaged(raw, chance):
    """Bytes changed, lost, doubled, moved or put in, in up to eight places; or the end cut off."""
    content = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 8))):
        at, length = chance.randrange(len(content) or 1), chance.randint(1, 40)
        match chance.randrange(7):
            case 0 if content:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + length]
            case 2:
                content[at:at] = content[at : at + length]
            case 3 if content:
                content[at] ^= 1 << chance.randrange(8)
            case 4:
                piece = content[at : at + length]
                del content[at : at + length]
                to = chance.randrange(len(content) + 1)
                content[to:to] = piece
            case 5 if chance.random() < 0.2:
                del content[at:]
            case _:
                content[at:at] = chance.choice(ODD)
    return bytes(content)


VALUE = re.compile(rb"-?\d+(?:\.\d+)?|(?<=\")[^\"<>]*(?=\")|(?<=>)[^<>]+(?=<)")


def other_values(raw, chance):
    """A text that is whole, with other numbers and words in up to three places."""
    content = raw
    for _ in range(chance.choice((1, 1, 2, 3))):
        found = list(VALUE.finditer(content))
        if found:
            place, other = chance.choice(found), chance.choice(found)[0]
            put = chance.choice((other, b"", *ODD)).replace(b"<", b"&lt;")
            content = content[: place.start()] + put + content[place.end() :]
    return content


def damaged_inside(raw, chance):
    """An archive that is whole, with one damaged file in it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = chance.choice(sorted(members))
    return packed({**members, name: damaged_somehow(members[name], chance)})


def damaged_somehow(raw, chance):
    """Text sometimes in its values alone, so that a parser goes further into it."""
    as_text = chance.random() < 0.6 and b"\x00" not in raw
    return (other_values if as_text else damaged)(raw, chance)


def made(kind, seed, number):
    """Input `number` of a kind; number 0 is whole."""
    if number == 0:
        return seed
    chance = random.Random(f"{kind} {number}")
    end = chance.choice(sorted(seed))
    inside = number % 3 and seed[end].startswith(b"PK")
    return {**seed, end: (damaged_inside if inside else damaged_somehow)(seed[end], chance)}


def write(folder, parts):
    """The input's files; gives the path of the one that is named."""
    for end, content in parts.items():
        (folder / f"damaged{end}").write_bytes(content)
    return folder / f"damaged{next(iter(parts))}"


def numbers():
    """Numbers of the inputs to try: a few, or as many as the time allows."""
    until = time.monotonic() + SECONDS
    for number in count(FIRST):
        if (time.monotonic() > until) if SECONDS else (number >= FIRST + TIMES):
            return
        yield number


def too_long(*_):
    raise TimeoutError(f"no answer after {LONGEST_S} seconds")


@pytest.mark.parametrize("kind", READERS)
def test_only_the_packages_own_errors_come_out(kind, seeds, tmp_path, source, taxonomy):
    outcomes = {"read": 0, "refused": 0}
    before = signal.signal(signal.SIGALRM, too_long)
    try:
        for number in numbers():
            path = write(tmp_path, made(kind, seeds[kind], number))
            signal.alarm(LONGEST_S)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    READERS[kind](path, source, taxonomy)
                    outcomes["read"] += 1
                except CreativeSpatialError:
                    outcomes["refused"] += 1
                    if number == 0:
                        raise
                except Exception as error:
                    error.add_note(f"{kind}, input {number}: CREATIVE_SPATIAL_FUZZ_FROM={number}")
                    raise
            signal.alarm(0)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    print(kind, outcomes)
    assert all(outcomes.values())
