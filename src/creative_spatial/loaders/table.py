"""Tables with coordinates in two columns or as WKT, as spreadsheets and forms export them."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError

from creative_spatial.crs import WGS84
from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders.columns import near, parse_numbers, rename_columns, tidy_text
from creative_spatial.loaders.coordinates import parse_number
from creative_spatial.loaders.encoding import (
    codec_name,
    encoding_facts,
    is_damaged_utf8,
    rank_encodings,
)
from creative_spatial.loaders.features import ID_COLUMNS, LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.placement import Build
from creative_spatial.loaders.where import select_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

DELIMITERS = (",", ";", "\t")
# Pairs under which coordinates are found without being named, in order.
COORDINATE_NAMES = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("x", "y"))
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HEADER_ROW = 1


def read_table(
    path: Path,
    *,
    source: Source,
    target_crs: Any,
    taxonomy: Taxonomy | None = None,
    crs: Any = None,
    encoding: str | None = None,
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
    concept: str | None = None,
    concepts: Mapping[str, str] | None = None,
    boundary: BaseGeometry | None = None,
    pillar: str | None = None,
) -> gpd.GeoDataFrame:
    """
    Read a table of places as a checked layer in the working CRS.

    Rows are numbered as a spreadsheet shows them: the header is row 1. Cells are data,
    never formulas or markup. Coordinates may be in Thai, Persian or Arabic digits and
    with decimal commas; they are not kept as columns.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv`` or ``.txt``, parted by comma, semicolon or tab.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    crs : CRS-like, optional
        What the coordinates are in; degrees on WGS 84 otherwise.
    encoding : str, optional
        Text encoding, e.g. "cp874"; found out otherwise.
    where : str, optional
        Condition on the file's columns, in SQL.
    columns : mapping of str to str, optional
        The file's column by our name, `lon` and `lat` (or `wkt`) among them.
    concept : str, optional
        One concept for all rows.
    concepts : mapping of str to str, optional
        Concept by the file's word for it.
    boundary : (Multi)Polygon in `target_crs`, optional
        Places that do not meet it are left out.
    pillar : str, optional
        Primary pillar of every row.

    Returns
    -------
    GeoDataFrame, n rows, points or what the WKT holds
        A valid layer; ``attrs["rows"]`` counts rows in, out, outside and left out.

    Raises
    ------
    LoadError
        If the file is empty or no table, or columns, coordinates, concepts, ids or the
        encoding are at fault; the message names file, rows and remedy.
    CRSError
        If `crs` is none.
    """
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=dict(columns or {}),
        concept=concept,
        concepts=dict(concepts or {}),
        boundary=boundary,
        pillar=pillar,
    )
    text = _read_text(path, encoding)
    table = _parse(text, path.name)
    if where is not None and len(table):
        table = select_rows(parse_numbers(table, keep=()), where, path.name)
    table = rename_columns(table, options.columns, path.name)
    pair = _coordinate_columns(table, path.name)
    if not len(table):
        why = f"no rows where {where}." if where else "there is a header, and no row below it."
        return empty_layer(options, file=path.name, why=why)
    own = _stated_crs(crs, path.name)
    build = Build(path.name, "row")
    frame = _located(tidy_text(table), pair, own, build)
    text_columns = [
        str(name) for name in frame if name in {*ID_COLUMNS, "concept"} or _is_name(name)
    ]
    numbers = parse_numbers(pd.DataFrame(frame.drop(columns="geometry")), keep=text_columns)
    ready = gpd.GeoDataFrame(numbers, geometry=frame.geometry, crs=own)
    return build_layer(ready, options, file=path.name, left_out=build.left_out)


def _is_name(column: Any) -> bool:
    return str(column).partition(":")[0] == "name"


def _stated_crs(crs: Any, file: str) -> CRS:
    """What the coordinates are in."""
    try:
        return WGS84 if crs is None else CRS.from_user_input(crs)
    except UnknownCRSError as error:
        raise CRSError(f"{file}: {crs!r} is no CRS; say e.g. 'EPSG:32647'.") from error


def _read_text(path: Path, encoding: str | None) -> str:
    """The file as text, in the encoding stated, marked or found out."""
    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise LoadError(f"{path}: no such file{near(path.name, beside)}")
    raw = path.read_bytes()
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise LoadError(f"{path.name} is empty; export the table again, with its header.")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise LoadError(f"{path.name} is a workbook; save the sheet as 'CSV UTF-8'.")
    marked = next((codec for mark, codec in _BOMS.items() if raw.startswith(mark)), None)
    if encoding is not None:
        return _decode_stated(raw, encoding, path.name)
    if marked is not None:
        return _decode_stated(raw, marked, path.name)
    if b"\x00" in raw:
        raise LoadError(f"{path.name} is not text; save the sheet as 'CSV UTF-8'.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_guessed(raw, path.name)


def _decode_stated(raw: bytes, encoding: str, file: str) -> str:
    """Text in the encoding that somebody states; where it is not, say in which cell."""
    codec = codec_name(encoding)
    if codec is None:
        raise LoadError(f"{file}: unknown encoding {encoding!r}; say e.g. 'utf-8' or 'cp874'.")
    try:
        return raw.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        best = next(iter(rank_encodings(raw.splitlines())), None)
        hint = f"; {best.codec} ({best.label}) can" if best else ""
        place = _undecodable_cell(raw, codec)
        raise LoadError(
            f"{file}: encoding {encoding!r} cannot read {place} "
            f"(bytes {raw[error.start : error.start + 8].hex(' ')}){hint}."
        ) from error


def _undecodable_cell(raw: bytes, codec: str) -> str:
    """Row and column of the first cell that an encoding cannot read."""
    if codec.startswith(("utf-16", "utf-32")):
        return "the file"
    text = raw.decode("latin-1")
    header: list[str] = []
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        for number, row in enumerate(rows, start=_HEADER_ROW):
            header = header or row
            for position, cell in enumerate(row):
                try:
                    cell.encode("latin-1").decode(codec)
                except UnicodeDecodeError:
                    name = header[position] if position < len(header) else f"column {position + 1}"
                    return f"column {name!r} of row {number}"
    except csv.Error:
        pass
    return "the file"


def _decode_guessed(raw: bytes, file: str) -> str:
    """Text in the most plausible encoding, with a warning."""
    lines = raw.splitlines()
    if is_damaged_utf8(lines):
        raise LoadError(
            f"{file} is UTF-8 but damaged in {_undecodable_cell(raw, 'utf-8')}; export it again, or "
            "type that cell anew."
        )
    ranked = [guess for guess in rank_encodings(lines) if guess.codec != "utf-8"]
    if not ranked or ranked[0].score < encoding_facts().settings.accept_score:
        tried = ", ".join(f"{g.codec} {g.score:.2f}" for g in ranked) or "none decodes it"
        place = _undecodable_cell(raw, "utf-8")
        raise LoadError(
            f"{file}: not UTF-8 ({place}), and no other encoding is plausible ({tried}); save it "
            'as UTF-8, or state it, e.g. `encoding = "cp874"`.'
        )
    best = ranked[0]
    example = next(line for line in lines if not line.isascii()).decode(best.codec)[:60]
    Build(file, "row").warn(
        f"not UTF-8; read as {best.codec} ({best.label}), plausible for {best.score:.0%} of its "
        f'characters, e.g. {example!r}. If that is right, state `encoding = "{best.codec}"`.'
    )
    return raw.decode(best.codec)


def _delimiter(text: str) -> str:
    """The delimiter that the header uses most, outside quotes."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    if first.lower().startswith("sep=") and len(first.strip("\r")) == len("sep=;"):
        return first[4]
    outside = "".join(first.split('"')[::2])
    counts = Counter({mark: outside.count(mark) for mark in DELIMITERS})
    return counts.most_common(1)[0][0]


def _parse(text: str, file: str) -> pd.DataFrame:
    """Every cell as text, indexed by row number as a spreadsheet shows it."""
    mark = _delimiter(text)
    body = text.lstrip("\ufeff")
    if body.lower().startswith("sep="):
        body = body.partition("\n")[2]
    header, width = _header(body, mark, file)
    try:
        cells = pd.read_csv(
            io.StringIO(body, newline=""),
            sep=mark,
            header=None,
            names=range(width),
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            quotechar='"',
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LoadError(f"{file}: {_ragged(body, mark, len(header)) or error}") from error
    cells.index = pd.RangeIndex(_HEADER_ROW, _HEADER_ROW + len(cells))
    rows = cells.iloc[1:]
    rows = rows[(rows.map(str.strip) != "").any(axis=1)]
    beyond = rows.iloc[:, len(header) :]
    if (beyond.map(str.strip) != "").any(axis=None):
        raise LoadError(f"{file}: {_ragged(body, mark, len(header))}")
    table = rows.iloc[:, : len(header)].set_axis(header, axis=1)
    named = [name for name in header if name]
    return table[named].where(lambda cell: cell != "", None).astype("str")


def _header(body: str, mark: str, file: str) -> tuple[list[str], int]:
    """Column names, and the greatest number of cells in a row."""
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(body, newline=""), delimiter=mark)]
        first = next(csv.reader(io.StringIO(body, newline=""), delimiter=mark))
    except (csv.Error, StopIteration) as error:
        raise LoadError(f"{file} cannot be read as a table: {error}.") from error
    header = [name.strip() for name in first]
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    if twice:
        raise LoadError(f"{file}: the columns {twice} occur more than once; rename them.")
    if not any(header):
        raise LoadError(f"{file}: row 1 is blank; the first row must name the columns.")
    return header, max(*widths, len(header))


def _ragged(body: str, mark: str, width: int) -> str:
    """Name the rows that have more cells than the header has names."""
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=mark)
    long = [
        f"row {number} has {len(row)} cells"
        for number, row in enumerate(rows, start=_HEADER_ROW)
        if any(cell.strip() for cell in row[width:])
    ]
    if not long:
        return ""
    more = f" and {len(long) - 3} rows more" if len(long) > 3 else ""
    return (
        f"{', '.join(long[:3])}{more}, the header has {width}: a {mark!r} inside a cell needs "
        "double quotes around it."
    )


def _coordinate_columns(table: pd.DataFrame, file: str) -> tuple[str, ...]:
    """The columns that say where a row is: two, or one with WKT."""
    if "wkt" in table:
        return ("wkt",)
    small = {str(name).casefold(): str(name) for name in table.columns}
    for pair in COORDINATE_NAMES:
        if all(name in small for name in pair):
            return (small[pair[0]], small[pair[1]])
    half = [name for name in ("lon", "lat") if name in table]
    have = f"only {half[0]!r} is there" if half else f"it has {list(map(str, table.columns))}"
    raise LoadError(
        f"{file}: no coordinates: {have}; name them, e.g. "
        '`columns = { lon = "longitude", lat = "latitude" }` or `columns = { wkt = "geometry" }`.'
    )


def _located(
    table: pd.DataFrame, pair: tuple[str, ...], crs: CRS, build: Build
) -> gpd.GeoDataFrame:
    """Rows with geometry made of their coordinates; those without are left out and named."""
    if len(pair) == 1:
        shapes = shapely.from_wkt(table[pair[0]].fillna("").to_numpy(str), on_invalid="ignore")
        frame = gpd.GeoDataFrame(table.drop(columns=list(pair)), geometry=shapes, crs=crs)
        return build.keep(frame, ~shapely.is_missing(shapes), otherwise="no WKT that can be read")
    points = np.column_stack([_numbers(table[name], degrees=crs.is_geographic) for name in pair])
    blank = np.asarray(table[list(pair)].isna().any(axis=1), dtype=bool)
    unread = np.asarray(np.isnan(points).any(axis=1) & ~blank)
    frame = gpd.GeoDataFrame(
        table.drop(columns=list(pair)),
        geometry=shapely.points(np.where(np.isnan(points), 0, points)),
        crs=crs,
    )
    kept = build.keep(frame, ~blank, otherwise="no coordinates")
    detail = f"first: {table.loc[unread, list(pair)].iloc[0].tolist()}" if unread.any() else ""
    reason = "coordinates that cannot be read"
    return build.keep(kept, ~unread[~blank], otherwise=reason, detail=detail)


def _numbers(column: pd.Series[str], *, degrees: bool) -> NDArray[np.float64]:
    """Coordinates of one column; not-a-number where there is none that can be read."""
    values = [
        None if pd.isna(cell) else parse_number(str(cell), degrees=degrees) for cell in column
    ]
    return np.array([np.nan if value is None else value for value in values], dtype=float)
