"""
A hash of what a GeoPackage holds, whatever its bytes.

SQLite may store the same rows in other bytes, and QGIS changes bytes by merely opening a
file. What counts are the tables that `gpkg_contents` names: their columns, their rows and
geometries, the styles.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CONTENTS = (
    "SELECT table_name, data_type, identifier, description, srs_id FROM gpkg_contents "
    "ORDER BY table_name"
)
_GEOMETRIES = (
    "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns "
    "ORDER BY table_name"
)
_SYSTEMS = "SELECT srs_id, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys ORDER BY srs_id"


def geopackage_sha256(path: Path) -> str | None:
    """
    Hash the content of a GeoPackage: equal for equal tables, styles and descriptions.

    Dates of change, spatial indexes and bounding boxes are left out, since programs
    renew them without a change of content.

    Parameters
    ----------
    path : Path
        The file; what another program has not yet folded into it is read with it.

    Returns
    -------
    str or None
        Hexadecimal SHA-256; None where it cannot be read as a GeoPackage.
    """
    digest = hashlib.sha256()
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = bytes
            tables = [row[0].decode() for row in database.execute(_CONTENTS)]
            for query in (_CONTENTS, _GEOMETRIES, _SYSTEMS):
                _add_rows(digest, database.execute(query))
            for table in tables:
                name = table.replace('"', '""')
                columns = [
                    (row[1], row[2]) for row in database.execute(f'PRAGMA table_info("{name}")')
                ]
                digest.update(f"\x1d{table}".encode())
                _add_rows(digest, columns)
                _add_rows(digest, database.execute(f'SELECT * FROM "{name}" ORDER BY 1'))  # noqa: S608  (quoted)
    except (sqlite3.Error, ValueError):
        return None
    return digest.hexdigest()


def _add_rows(digest: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    """Add every value with its type and length, so that no two tables read the same."""
    for row in rows:
        digest.update(struct.pack("<cI", b"r", len(row)))
        for value in row:
            kind, data = _packed(value)
            digest.update(struct.pack("<cQ", kind, len(data)))
            digest.update(data)


def _packed(value: Any) -> tuple[bytes, bytes]:
    """A value of SQLite as a letter for its type and bytes."""
    if value is None:
        return b"n", b""
    if isinstance(value, int):
        return b"i", str(value).encode()
    if isinstance(value, float):
        return b"f", struct.pack("<d", value)
    return b"b", bytes(value)
