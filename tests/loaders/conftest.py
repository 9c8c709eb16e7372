"""Files as cities send them, written by hand for each test."""

from __future__ import annotations

import struct
import warnings
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from places import CRS, point

from creative_spatial.provenance import Source

TAXONOMY_CONCEPTS = {
    "museum": {"en": "Museum", "th": "พิพิธภัณฑ์"},
    "mosque": {"en": "Mosque", "th": "มัสยิด"},
    "wat": {"en": "Buddhist temple", "th": "วัด"},
}


@pytest.fixture
def source():
    """City hall, whose data are approximate unless a row says otherwise."""
    return Source(
        id="hall",
        title="Register",
        license="CC-BY-4.0",
        attribution="City hall",
        accuracy="approximate",
    )


@pytest.fixture
def loopback(monkeypatch):
    """Servers of this machine are asked without a proxy, and without osmnx's pause of a second."""
    from osmnx import _nominatim

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(_nominatim, "time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def taxonomy():
    """Three concepts and a former one."""
    from creative_spatial.taxonomy import Concept, Pillar, Taxonomy

    concepts = {
        key: Concept(id=key, pillar="culture", labels=labels, reference="test")
        for key, labels in TAXONOMY_CONCEPTS.items()
    }
    concepts["old_museum"] = Concept(
        id="old_museum",
        pillar="culture",
        labels={"en": "x"},
        reference="test",
        replaced_by="museum",
    )
    pillar = Pillar(id="culture", labels={"en": "Culture"}, color="#000000", reference="test")
    return Taxonomy({"culture": pillar}, {}, concepts, {})


@pytest.fixture
def places():
    """Three temples of Songkhla, a kilometre apart, with Thai names."""
    return gpd.GeoDataFrame(
        {
            "code": ["a1", "a2", "a3"],
            "title": ["วัดกลาง", "สงขลา", "Wat Pho"],
            "type": ["wat", "wat", "wat"],
        },
        geometry=[point(0, 0), point(1, 0), point(2, 0)],
        crs=CRS,
    )


@pytest.fixture
def write_shapefile(tmp_path):
    """Write a Shapefile in an encoding, with or without what says so."""

    def write(frame, encoding="cp874", *, cpg=None, language_byte=0, name="places"):
        path = tmp_path / f"{name}.shp"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyogrio's remarks on lossy characters
            pyogrio.write_dataframe(frame, path, encoding=encoding)
        stated = path.with_suffix(".cpg")
        stated.unlink(missing_ok=True)
        if cpg is not None:
            stated.write_text(cpg)
        dbf = path.with_suffix(".dbf")
        raw = bytearray(dbf.read_bytes())
        raw[29] = language_byte
        dbf.write_bytes(raw)
        return path

    return write


@pytest.fixture
def write_csv(tmp_path):
    """Write text as a CSV file."""

    def write(text, encoding="utf-8", name="places.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def write_tiff(tmp_path):
    """Write a 10 x 10 GeoTIFF whose cell (row, column) holds 10 row + column."""

    def write(values=None, **profile):
        import rasterio
        from rasterio.transform import from_origin

        cells = np.arange(100, dtype="float32").reshape(10, 10) if values is None else values
        settings = {
            "driver": "GTiff",
            "width": cells.shape[1],
            "height": cells.shape[0],
            "count": 1,
            "dtype": cells.dtype,
            "crs": CRS,
            "transform": from_origin(676_000, 796_000, 100, 100),
            **profile,
        }
        path = tmp_path / "cells.tif"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file without a place is meant
            with rasterio.open(path, "w", **settings) as opened:
                opened.write(cells, 1)
        return path

    return write


@pytest.fixture
def dbf_with_thai_header(write_shapefile, places):
    """A Shapefile whose first field is called ชื่อ in cp874."""
    path = write_shapefile(places.rename(columns={"title": "name"}))
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    fields = [32 + 32 * i for i in range((struct.unpack_from("<H", raw, 8)[0] - 33) // 32)]
    start = next(at for at in fields if raw[at : at + 5] == b"name\x00")
    raw[start : start + 11] = "ชื่อ".encode("cp874").ljust(11, b"\x00")
    dbf.write_bytes(raw)
    return SimpleNamespace(path=path)
