"""Rows of a table, streamed in batches: attributes, shapes, and a hash that no order changes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from creative_spatial.crs import describe_crs, make_transformer
from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.encoding import codec_name
from creative_spatial.loaders.where import select_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.postgis.catalogue import Column, Relation

BATCH_ROWS = 5_000
_MARGIN = 0.01
"""Share by which the box is widened: rows are cut to the area afterwards, exactly."""
GEOMETRY = "geometry"


class Rows(NamedTuple):
    """
    What a table answered.

    Parameters
    ----------
    frame : GeoDataFrame
        Attributes and `geometry`, indexed from 1, in an order that the same rows always have.
    fetched : int
        Rows that came, before `where`.
    sha256 : str
        Of all that came.
    """

    frame: gpd.GeoDataFrame
    fetched: int
    sha256: str


def box_in(boundary: BaseGeometry, target: Any, crs: CRS, file: str) -> tuple[float, ...]:
    """
    Transform the area's box to what a table is in.

    Parameters
    ----------
    boundary : (Multi)Polygon, in `target`
        The area.
    target : CRS-like
        The working CRS.
    crs : CRS
        The table's.
    file : str
        What messages call the table.

    Returns
    -------
    (minx, miny, maxx, maxy), in `crs`
        A little wider than the area.

    Raises
    ------
    CRSError
        If the table's CRS has no place for the area.
    """
    transformer = make_transformer(CRS.from_user_input(target), crs)
    try:
        west, south, east, north = transformer.transform_bounds(*boundary.bounds)
    except ProjError:
        west = np.inf
    if not np.isfinite(west):
        raise CRSError(f"{file}: the area does not lie where {describe_crs(crs)} is defined.")
    x, y = _MARGIN * (east - west), _MARGIN * (north - south)
    return (west - x, south - y, east + x, north + y)


async def fetch_rows(
    connection: Any,
    relation: Relation,
    file: str,
    *,
    box: tuple[float, ...] | None,
    raw_text: str | None,
    where: str | None,
    max_rows: int,
) -> Rows:
    """
    Stream the rows whose box meets a box, and those without a shape, which are to be named.

    Parameters
    ----------
    connection : asyncpg.Connection
        In its transaction, PostGIS on the search path.
    relation : Relation
        The table.
    file : str
        What messages call it.
    box : (minx, miny, maxx, maxy) or None
        In the table's CRS; None is everywhere.
    raw_text : str or None
        The encoding of a database that says none (SQL_ASCII); None where the server knows.
    where : str or None
        Condition on the attributes, in SQL as for files; evaluated here, not by the server.
    max_rows : int
        More are refused.

    Returns
    -------
    Rows
        Without a CRS.

    Raises
    ------
    LoadError
        If there are too many rows, a condition that makes no sense, or text that is not in
        the encoding.
    """
    query, values = _statement(relation, box, raw=raw_text is not None)
    decode = _decoder(relation.columns, raw_text, file)
    cursor = await connection.cursor(query, *values)
    names = [_free(column.name, relation) for column in relation.columns]
    parts: list[gpd.GeoDataFrame] = []
    digests: list[bytes] = []
    kept: list[bytes] = []
    while batch := await cursor.fetch(BATCH_ROWS):
        if len(digests) + len(batch) > max_rows:
            raise LoadError(
                f"{file} has more than {max_rows:,} rows in the area; name a view with those that "
                "matter, or read it with a larger `max_rows`."
            )
        rows = [decode(tuple(record), len(digests) + n) for n, record in enumerate(batch, start=1)]
        own = [_digest(row) for row in rows]
        part = _frame(rows, names)
        part = select_rows(part, where, file) if where else part
        kept += [own[position] for position in part.index]
        digests += own
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True) if parts else _frame([], names)
    if not relation.key:
        frame = frame.iloc[sorted(range(len(kept)), key=kept.__getitem__)]
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    whole = hashlib.sha256(b"".join(sorted(digests))).hexdigest()
    return Rows(frame, len(digests), whole)


async def extent_of(connection: Any, relation: Relation) -> tuple[int, tuple[float, ...] | None]:
    """
    Ask how many rows a table has and where they lie.

    Parameters
    ----------
    connection : asyncpg.Connection
        In its transaction.
    relation : Relation
        The table.

    Returns
    -------
    (int, (minx, miny, maxx, maxy) or None)
        None where no row has a shape.
    """
    shape = relation.shape.plain
    row = await connection.fetchrow(
        "SELECT n, ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north "  # noqa: S608  (quoted by the server)
        f"FROM (SELECT count(*) AS n, ST_Extent({shape}) AS e FROM {relation.quoted}) AS whole"
    )
    corners = tuple(row[side] for side in ("west", "south", "east", "north"))
    return row["n"], None if corners[0] is None else corners


def _statement(
    relation: Relation, box: tuple[float, ...] | None, *, raw: bool
) -> tuple[str, list[Any]]:
    """What is asked for; names as the server quotes them, everything else a parameter."""
    shape = relation.shape.plain
    wanted = [_wanted(column, raw=raw) for column in relation.columns]
    # Arcs become lines here, since a GEOS geometry has none.
    wanted.append(f"ST_AsBinary(ST_CurveToLine({shape}))")
    query = f"SELECT {', '.join(wanted)} FROM {relation.quoted}"  # noqa: S608  (quoted by the server)
    values: list[Any] = []
    if box is not None:
        query += f" WHERE {shape} IS NULL OR {shape} && ST_MakeEnvelope($1, $2, $3, $4, $5)"
        values = [*box, relation.srid]
    if relation.key:
        query += f" ORDER BY {', '.join(column.quoted for column in relation.key)}"
    return query, values


def _wanted(column: Column, *, raw: bool) -> str:
    """A column in a statement; text as the bytes that lie there where nobody says their encoding."""
    return f"convert_to({column.plain}, 'SQL_ASCII')" if raw and _is_text(column) else column.plain


def _is_text(column: Column) -> bool:
    return column.plain.endswith("::text")


def _decoder(
    columns: Sequence[Column], encoding: str | None, file: str
) -> Callable[[tuple[Any, ...], int], tuple[Any, ...]]:
    """Bytes to text, for a database that does not know its own encoding."""
    if encoding is None:
        return lambda row, _number: row
    codec = codec_name(encoding)
    if codec is None:
        raise LoadError(f"{file}: unknown encoding {encoding!r}; say e.g. 'utf-8' or 'cp874'.")

    def decode(row: tuple[Any, ...], number: int) -> tuple[Any, ...]:
        try:
            return tuple(
                value.decode(codec) if value is not None and position in text else value
                for position, value in enumerate(row)
            )
        except UnicodeDecodeError:
            raise LoadError(
                f"{file}: the database does not say how its text is encoded (SQL_ASCII), and "
                f'{list_rows([number])} is not in {encoding}; state it, e.g. `encoding = "cp874"`.'
            ) from None

    text = {position for position, column in enumerate(columns) if _is_text(column)}
    return decode


def _free(name: str, relation: Relation) -> str:
    """A column's name, with none in the way of the geometry's."""
    return f"file:{name}" if name == GEOMETRY and relation.shape.name != name else name


def _frame(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> gpd.GeoDataFrame:
    """One batch: attributes and shapes."""
    *columns, shapes = zip(*rows, strict=True) if rows else ([()] * (len(names) + 1))
    table = {name: pd.Series(values) for name, values in zip(names, columns, strict=True)}
    wkb: NDArray[np.object_] = np.array([s or None for s in shapes], dtype=object)
    return gpd.GeoDataFrame(table, geometry=shapely.from_wkb(wkb, on_invalid="ignore"))


def _digest(row: tuple[Any, ...]) -> bytes:
    """SHA-256 of one row."""
    *values, shape = row
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode() + b"\x00" + (shape or b"")).digest()
