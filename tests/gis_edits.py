"""Edits of a GeoPackage in place, as QGIS makes them: same tables, triggers, row numbers."""

from __future__ import annotations

import contextlib
import sqlite3
import struct

import shapely

_ENVELOPES = (0, 32, 48, 48, 64)


def to_blob(shape, srs_id=32647):
    """A geometry as GeoPackage stores it."""
    flags = 0b00000001 | (0b00010000 if shape.is_empty else 0)
    return b"GP\x00" + bytes([flags]) + struct.pack("<i", srs_id) + shapely.to_wkb(shape)


def from_blob(blob):
    """What GeoPackage stores as a geometry."""
    start = 8 + _ENVELOPES[blob[3] >> 1 & 7]
    return shapely.from_wkb(blob[start:])


@contextlib.contextmanager
def qgis(path):
    """A connection with the functions that the triggers of a spatial index call."""
    database = sqlite3.connect(path)
    bounds = {"ST_MinX": 0, "ST_MinY": 1, "ST_MaxX": 2, "ST_MaxY": 3}
    for name, side in bounds.items():
        database.create_function(
            name, 1, lambda blob, side=side: None if blob is None else from_blob(blob).bounds[side]
        )
    database.create_function(
        "ST_IsEmpty", 1, lambda blob: None if blob is None else int(from_blob(blob).is_empty)
    )
    with contextlib.closing(database), database:
        yield database
        now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
        database.execute(
            f"UPDATE gpkg_contents SET last_change = {now} WHERE data_type = 'features'"
        )
