"""Shapefiles, whose text is in an encoding that the file may not tell."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.build import Build
from creative_spatial.loaders.columns import count, list_rows
from creative_spatial.loaders.encoding import (
    better_reading,
    codec_name,
    decode,
    encoding_facts,
    is_damaged_utf8,
    language_byte_codec,
    rank_encodings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import geopandas as gpd

LANGUAGE_BYTE = 29
_LENGTH = slice(24, 28)  # of a .shp: its length, in words of two bytes, the first byte highest

_SHX_HEAD, _SHX_RECORD, _DBF_HEAD = 100, 8, 32  # bytes
_DBF_ROWS, _DBF_START, _DBF_WIDTH = slice(4, 8), slice(8, 10), slice(10, 12)


class _Fault(NamedTuple):
    """A value that an encoding cannot read."""

    row: int
    field: str
    raw: bytes


def read_shapefile(
    path: Path, *, encoding: str | None = None, build: Build | None = None
) -> gpd.GeoDataFrame:
    """
    Read a Shapefile's features, text decoded once the encoding is known.

    GDAL would decode by ``.cpg`` or language byte, replace what does not fit, and take
    Latin-1 where neither is there. Here the bytes are kept (every byte is a Latin-1
    character) and decoded strictly: by `encoding`, else ``.cpg``, else the language byte,
    else the most plausible code page, with a warning.

    Parameters
    ----------
    path : Path
        The ``.shp``; ``.shx`` and ``.dbf`` lie beside it.
    encoding : str, optional
        What the text is in.
    build : Build, optional
        Records an encoding that was found out; where nothing is to be mended, it is refused.

    Returns
    -------
    GeoDataFrame, n rows
        With `_fid`, in the file's CRS if it has a ``.prj``.

    Raises
    ------
    LoadError
        If a part is missing, cut off or of another export, `encoding` cannot read a value, or nothing can.
    """
    import pyogrio

    _check_parts(path)
    _check_length(path)
    _check_rows(path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Measured", category=UserWarning)
        raw = pyogrio.read_dataframe(
            path, encoding="ISO-8859-1", fid_as_index=True, on_invalid="ignore"
        )
    if not raw.columns.is_unique:
        twice = sorted(set(raw.columns[raw.columns.duplicated()]))
        raise LoadError(f"{path.name}: the fields {twice} occur more than once; rename them.")
    raw = raw.assign(_fid=raw.index)
    raw.index = pd.RangeIndex(1, len(raw) + 1)
    codec = _choose(path, raw, encoding, build or Build(path.name, "feature"))
    return _decoded(raw, codec, path.name)


def _check_parts(path: Path) -> None:
    """A Shapefile is at least three files."""
    missing = [end for end in (".shx", ".dbf") if _part(path, end) is None]
    if missing:
        raise LoadError(
            f"{path.name}: {' and '.join(path.stem + end for end in missing)} missing beside it; a "
            "Shapefile is several files that travel together: copy them all (or use a GeoPackage)."
        )
    prj = _part(path, ".prj")
    if prj is not None:
        try:
            prj.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise LoadError(
                f"{path.name}: {prj.name} beside it is damaged; export the layer again, or take that "
                "file away and state `crs`."
            ) from error


def _check_length(path: Path) -> None:
    """A file that ends before its header says would give rows without a geometry."""
    with path.open("rb") as opened:
        stated = 2 * int.from_bytes(opened.read(100)[_LENGTH], "big")
    there = path.stat().st_size
    if there < stated:
        raise LoadError(
            f"{path.name} is cut off: it holds {there:,} of the {stated:,} bytes that its header "
            "states; copy or export it again."
        )


def _check_rows(path: Path) -> None:
    """Parts of different exports pair shapes with rows that are not theirs, and lose the rest."""
    index, table = _part(path, ".shx"), _part(path, ".dbf")
    if index is None or table is None:
        return
    shapes = (index.stat().st_size - _SHX_HEAD) // _SHX_RECORD
    with table.open("rb") as opened:
        head = opened.read(_DBF_HEAD)
    rows, start, width = (
        int.from_bytes(head[part], "little") for part in (_DBF_ROWS, _DBF_START, _DBF_WIDTH)
    )
    if shapes != rows:
        raise LoadError(
            f"{path.name} has {count(shapes, 'shape')} and {table.name} {count(rows, 'row')}: they are "
            "not of one export; copy all its parts together again."
        )
    if (there := table.stat().st_size) < start + rows * width:
        raise LoadError(
            f"{table.name} is cut off: it holds {there:,} of the {start + rows * width:,} bytes that "
            "its header states; copy or export it again."
        )


def _part(path: Path, suffix: str) -> Path | None:
    """One of a Shapefile's files, in small or capital letters."""
    wanted = (path.stem + suffix).casefold()
    return next((p for p in sorted(path.parent.iterdir()) if p.name.casefold() == wanted), None)


def _text_columns(raw: gpd.GeoDataFrame) -> list[str]:
    """Columns whose values are text."""
    return [
        str(name)
        for name, column in raw.items()
        if name != "geometry"
        and (pd.api.types.is_string_dtype(column.dtype) or column.dtype == object)
    ]


def _values(raw: gpd.GeoDataFrame) -> Iterator[tuple[int, str, bytes]]:
    """Row, field and bytes of each distinct value that is not ASCII; row 0 is the header."""
    for name in raw.columns:
        if not str(name).isascii():
            yield 0, str(name), str(name).encode("latin-1")
    for name in _text_columns(raw):
        texts = raw[name].dropna().drop_duplicates()
        for row, text in texts.items():
            if isinstance(text, str) and not text.isascii():
                yield int(str(row)), name, text.encode("latin-1")


def _first_fault(raw: gpd.GeoDataFrame, codec: str) -> _Fault | None:
    """The first value that an encoding cannot read."""
    for row, name, value in _values(raw):
        try:
            # A header is cut at ten bytes, wherever that falls.
            decode(value, codec)
        except UnicodeDecodeError:
            if row:
                return _Fault(row, name, value)
    return None


def _choose(path: Path, raw: gpd.GeoDataFrame, encoding: str | None, build: Build) -> str:
    """The encoding to use: stated, declared by the file, or guessed with a warning."""
    file = path.name
    samples = [value for _, _, value in _values(raw)]
    if encoding is not None:
        return _stated(encoding, raw, file)
    if not samples:
        return "utf-8"
    disbelieved = ""
    for origin, codec in _declared(path):
        fault = _first_fault(raw, codec)
        if fault is None:
            better = better_reading(samples, codec)
            if better is not None:
                _warn(
                    f"{file}: {origin} says {codec}, which reads as garbage, e.g. "
                    f"{samples[0].decode(codec)!r}; as {better.codec} ({better.label}) it would be "
                    f"{samples[0].decode(better.codec, 'replace')!r}. If that is right, state "
                    f'`encoding = "{better.codec}"`.'
                )
            return codec
        disbelieved = (
            f" {origin} says {codec}, which cannot read {fault.field!r} in feature {fault.row};"
        )
    return _guessed(samples, file, disbelieved, build)


def _stated(encoding: str, raw: gpd.GeoDataFrame, file: str) -> str:
    """The encoding that the configuration states, if it can read everything."""
    codec = codec_name(encoding)
    if codec is None:
        raise LoadError(f"{file}: unknown encoding {encoding!r}; say e.g. 'utf-8' or 'cp874'.")
    fault = _first_fault(raw, codec)
    if fault is not None:
        best = next(iter(rank_encodings(value for _, _, value in _values(raw))), None)
        hint = f"; {best.codec} ({best.label}) can" if best else ""
        raise LoadError(
            f"{file}: encoding {encoding!r} cannot read field {fault.field!r} of feature {fault.row} "
            f"(bytes {fault.raw[:12].hex(' ')}){hint}."
        )
    return codec


def _declared(path: Path) -> Iterator[tuple[str, str]]:
    """Encodings that the file's parts name: ``.cpg`` first, then the language byte."""
    cpg = _part(path, ".cpg")
    if cpg is not None:
        label = cpg.read_text(encoding="latin-1").strip()
        codec = codec_name(label)
        if codec is not None:
            yield cpg.name, codec
        elif label:
            _warn(f"{path.name}: {cpg.name} names an unknown encoding {label!r}; passed over.")
    dbf = _part(path, ".dbf")
    if dbf is not None:
        with dbf.open("rb") as opened:
            head = opened.read(32)
        codec = language_byte_codec(head[LANGUAGE_BYTE]) if len(head) > LANGUAGE_BYTE else None
        if codec is not None:
            yield f"the language byte 0x{head[LANGUAGE_BYTE]:02x}", codec


def _guessed(samples: list[bytes], file: str, disbelieved: str, build: Build) -> str:
    """The most plausible encoding, with a warning; none that is plausible is an error."""
    ranked = rank_encodings(samples)
    if is_damaged_utf8(samples) and not (ranked and ranked[0].codec == "utf-8"):
        raise LoadError(
            f"{file}: its text is UTF-8, but damaged;{disbelieved} export it again, or state the "
            "encoding if it is another."
        )
    if not ranked or ranked[0].score < encoding_facts().settings.accept_score:
        tried = ", ".join(f"{g.codec} {g.score:.2f}" for g in ranked) or "none decodes it"
        raise LoadError(
            f"{file}: the encoding of its text cannot be told:{disbelieved} tried: {tried}. "
            'State it, e.g. `encoding = "cp874"`.'
        )
    best = ranked[0]
    if best.codec == "utf-8" and not disbelieved:
        return best.codec
    if not build.repair:
        raise LoadError(
            f"{file}:{disbelieved or ' nothing says which encoding its text is in,'} and nothing is to "
            f"be mended; as {best.codec} ({best.label}) it is plausible for {best.score:.0%} of its "
            f'characters: state `encoding = "{best.codec}"`.'
        )
    build.mend("encoding", None, "", "not stated", best.codec)
    others = ", ".join(f"{g.codec} {g.score:.2f}" for g in ranked[1:3])
    example = decode(samples[0], best.codec)[0]
    _warn(
        f"{file}:{disbelieved or ' nothing says which encoding its text is in;'} read as "
        f"{best.codec} ({best.label}), plausible for {best.score:.0%} of its characters"
        f"{f' (others: {others})' if others else ''}, e.g. {example!r}. If that is right, state "
        f'`encoding = "{best.codec}"`.'
    )
    return best.codec


def _decoded(raw: gpd.GeoDataFrame, codec: str, file: str) -> gpd.GeoDataFrame:
    """The table with its text decoded; values cut by the field's width are named."""
    frame = raw.copy()
    cut: dict[int, str] = {}
    for name in _text_columns(raw):
        frame[name] = _decoded_column(raw[name], codec, cut)
    frame = frame.rename(
        columns={
            name: str(name).encode("latin-1").decode(codec, "ignore")
            for name in raw.columns
            if not str(name).isascii()
        }
    )
    if cut:
        _warn(
            f"{file}: text cut off inside a character by the field's width in "
            f"{list_rows(cut, 'feature')}; the last character is lost.",
            rows=cut,
        )
    return frame


def _decoded_column(column: pd.Series[Any], codec: str, cut: dict[int, str]) -> pd.Series[Any]:
    """One column decoded, each distinct value once."""
    texts: dict[str, str] = {}
    short: set[str] = set()
    for value in column.dropna().unique():
        if isinstance(value, str) and not value.isascii():
            texts[value], was_cut = decode(value.encode("latin-1"), codec)
            if was_cut:
                short.add(value)
    if short:
        cut.update({int(str(row)): "" for row in column.index[column.isin(short)]})
    return column.map(lambda value: texts.get(value, value), na_action="ignore")


def _warn(message: str, rows: Iterable[int] = ()) -> None:
    warnings.warn(DataQualityWarning(message, kind="encoding", rows=rows), stacklevel=4)
