"""Files that are not what their names say, or not whole: what is wrong and what to do."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import near, sentence

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = {
    ".gpkg": (b"SQLite format 3", "a GeoPackage"),
    ".shp": (b"\x00\x00\x27\x0a", "a Shapefile"),
    ".parquet": (b"PAR1", "a Parquet file"),
    ".geoparquet": (b"PAR1", "a Parquet file"),
    ".geojson": (b"{", "GeoJSON"),
    ".json": (b"{", "GeoJSON"),
    ".fgb": (b"fgb\x03fgb", "FlatGeobuf"),
    ".kml": (b"<", "KML"),
    ".kmz": (b"PK", "a KMZ archive"),
    ".zip": (b"PK", "a zip archive"),
}
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def check_file(path: Path) -> None:
    """
    Refuse a file that is not there, not of a kind read here, or not what its name says.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    LoadError
        With the kinds that are read, or what to do.
    """
    if not path.exists():
        raise LoadError(f"{path}: no such file{_beside(path)}")
    if path.is_dir():
        raise LoadError(f"{path} is a folder; name the file in it.")
    kind = path.suffix.lower()
    if kind in _TABLES:
        raise LoadError(f'{path.name} is a table, and its layer of `kind = "table"`.')
    if kind not in _MAGIC:
        raise LoadError(
            f"{path.name}: files of type {kind or 'none'!r} are not read; convert it to GeoPackage "
            f"(read: {', '.join(_MAGIC)})."
        )
    start, what = _MAGIC[kind]
    with path.open("rb") as opened:
        head = opened.read(4096)
    if not head:
        raise LoadError(f"{path.name} is empty (0 bytes); copy or export it again.")
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t").startswith(start):
        raise LoadError(f"{path.name} is not {what}, whatever its name says; export it again.")


def _beside(path: Path) -> str:
    """Hint at files whose name is near to one that is missing."""
    if not path.parent.is_dir():
        return "; its folder does not exist."
    beside = near(path.name, sorted(p.name for p in path.parent.iterdir() if p.is_file()))
    return sentence(beside) if beside else "."


def explain_damage(path: Path) -> str:
    """
    Say where a file that cannot be read breaks off, and what to do.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Without the file's name; "" where nothing more can be said than its reader did.
    """
    kind = path.suffix.lower()
    if kind in {".geojson", ".json"}:
        try:
            json.loads(path.read_text(encoding="utf-8-sig"))
        except json.JSONDecodeError as error:
            end = "it ends too early" if error.pos >= len(error.doc.rstrip()) - 1 else error.msg
            return (
                f"it is no whole JSON: {end}, in line {error.lineno}, column {error.colno}; copy or "
                "export it again."
            )
        except (OSError, ValueError, RecursionError):
            return ""
    if kind == ".gpkg":
        fault = _sqlite_fault(path)
        return f"the GeoPackage is damaged ({fault}); copy or export it again." if fault else ""
    return ""


def _sqlite_fault(path: Path) -> str:
    """What SQLite itself finds wrong with a file that it is only to look at."""
    import sqlite3

    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError:  # SQLite quotes a name that is no text any more
        return "malformed database schema"
    except (sqlite3.Error, OSError) as error:
        return str(error)
    return "" if found == "ok" else str(found).splitlines()[0]
