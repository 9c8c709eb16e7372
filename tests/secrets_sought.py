"""Looks for places and words in every file of a results folder, whatever they are packed in."""

from __future__ import annotations

import io
import re
import sqlite3
import struct
import zipfile
import zlib
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from pyproj import Transformer

TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:32647", always_xy=True)
TO_WEB = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# What holds coordinates as text, if at all.
TEXTS = {".png", ".pdf", ".svg", ".html", ".json", ".csv", ".md", ".txt"}
NEAR_DEG, NEAR_M = 2e-5, 2.0


class Secret(NamedTuple):
    """A place, and words that lead to it."""

    lon: float
    lat: float
    words: tuple[str, ...] = ()


def found_in(folder, secrets):
    """Which secrets a folder tells, with the file and how: {(name, file, how)}."""
    told = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for blob in unpacked(path.name, path.read_bytes()):
            text = blob.decode("utf-8", "replace")
            numbers = np.empty(0) if path.suffix in TEXTS else _numbers(blob)
            integers = set(re.findall(r"\d{6,8}", text))
            for name, secret in secrets.items():
                ways = {word for word in secret.words if _says(text, word)}
                ways |= _written(secret, text, integers) | _stored(secret, numbers)
                told |= {(name, path.relative_to(folder).as_posix(), way) for way in ways}
    return told


def _says(text, word):
    """Whether a text holds a word; a number is none within the digits of another one."""
    if word.isdecimal():
        return re.search(rf"(?<![\d.]){word}(?!\d)", text) is not None
    return word in text


def unpacked(name, data):
    """The bytes of a file, and of everything in it that is compressed or encoded."""
    if not name.endswith(".png"):
        yield data
    if name.endswith((".zip", ".kmz", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from unpacked(member, archive.read(member))
    elif name.endswith(".pdf"):
        for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, flags=re.DOTALL):
            try:
                yield zlib.decompress(match.group(1))
            except zlib.error:
                continue
    elif name.endswith(".png"):
        yield b"".join(_png_texts(data))
    elif name.endswith(".gpkg"):
        yield from _cells_of_database(data)
    elif name.endswith(".parquet"):
        yield from _columns(data)


def _png_texts(data):
    """Text chunks, unpacked where they are."""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind == b"tEXt":
            yield body
        elif kind in {b"zTXt", b"iTXt"}:
            yield body
            for start in range(len(body)):
                if body[start : start + 1] == b"x":
                    try:
                        yield zlib.decompress(body[start:])
                    except zlib.error:
                        continue
        at += 12 + length


def _cells_of_database(data):
    """Every value of every table; the raw pages were looked at before."""
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    tables = [
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    for table in tables:
        try:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
        except sqlite3.OperationalError:  # the index of a missing module: its pages were searched
            continue
        cells = [cell for row in rows for cell in row if cell is not None]
        yield "\n".join(str(c) for c in cells if not isinstance(c, bytes)).encode()
        yield b"".join(c for c in cells if isinstance(c, bytes))
        yield np.array([c for c in cells if isinstance(c, float)], dtype="<f8").tobytes()


def _columns(data):
    """Decoded columns and the metadata: statistics and covering boxes among them."""
    file = pq.ParquetFile(io.BytesIO(data))
    yield str(file.metadata.metadata).encode()
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        yield "\n".join(
            str(row_group.column(i).statistics) for i in range(row_group.num_columns)
        ).encode()
    for column in file.read().columns:
        values = column.to_pylist()
        yield "\n".join(str(v) for v in values if not isinstance(v, bytes)).encode()
        yield b"".join(v for v in values if isinstance(v, bytes))


def _numbers(blob):
    """Every float that the bytes could be read as, in both orders."""
    found = []
    for offset in range(min(8, len(blob))):
        length = (len(blob) - offset) // 8 * 8
        for order in ("<f8", ">f8"):
            with np.errstate(all="ignore"):
                values = np.frombuffer(blob, order, count=length // 8, offset=offset)
            values = values[np.abs(values) < 1e8]
            found.append(values[np.abs(values) > 1].astype(float))
    return np.sort(np.concatenate(found)) if found else np.empty(0)


def _stored(secret, numbers):
    """Coordinates among numbers, in degrees or metres."""
    pairs = {
        "degrees": ((secret.lon, secret.lat), NEAR_DEG),
        "metres": (TO_METRES.transform(secret.lon, secret.lat), NEAR_M),
        "web": (TO_WEB.transform(secret.lon, secret.lat), NEAR_M),
    }
    return {
        f"binary {unit}"
        for unit, (pair, near) in pairs.items()
        if all(
            np.searchsorted(numbers, value - near) < np.searchsorted(numbers, value + near)
            for value in pair
        )
    }


def _written(secret, text, integers):
    """Coordinates in a text, as people and programs write them."""
    ways = set()
    degrees = [(_cut(value), f"{value:.4f}") for value in (secret.lon, secret.lat)]
    for way, change in {
        "decimal": str,
        "comma": lambda t: t.replace(".", ","),
        "Thai": lambda t: t.translate(THAI),
    }.items():
        written = [[re.escape(change(one)) for one in both] for both in degrees]
        if all(re.search(rf"(?<![\d.,])(?:{'|'.join(both)})", text) for both in written):
            ways.add(way)
    for way, transformer in (("UTM", TO_METRES), ("web", TO_WEB)):
        metres = transformer.transform(secret.lon, secret.lat)
        if all(integers & {str(int(value)), str(int(value) + 1)} for value in metres):
            ways.add(way)
    if all(re.search(_dms(value), text) for value in (secret.lon, secret.lat)):
        ways.add("DMS")
    return ways


def _cut(value):
    return f"{int(value * 10_000) / 10_000:.4f}"


def _dms(value):
    """Degrees, minutes and whole seconds, whatever stands between."""
    minutes = (value - int(value)) * 60
    seconds = int((minutes - int(minutes)) * 60)
    return rf"(?<!\d){int(value)}\s*[°º]\s*0?{int(minutes)}\s*['′]\s*0?{seconds}(?!\d)"
