"""Text files of rows and cells, in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.errors import LoadError
from creative_spatial.loaders.build import Build
from creative_spatial.loaders.columns import count, near
from creative_spatial.loaders.encoding import (
    codec_name,
    encoding_facts,
    is_damaged_utf8,
    rank_encodings,
)

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS = (",", ";", "\t")
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HEADER_ROW = 1
_NULS_OF_UTF16 = 20  # of so many bytes at least one is NUL in a workbook, a picture or UTF-16


def read_delimited(
    path: Path, *, encoding: str | None = None, build: Build | None = None
) -> pd.DataFrame:
    """
    Read a delimited text file, every cell as text.

    Parameters
    ----------
    path : Path
        The file; comma, semicolon or tab, whichever its header uses most.
    encoding : str, optional
        Text encoding; found out otherwise, with a warning unless it is Unicode.
    build : Build, optional
        Records an encoding that was found out; where nothing is to be mended, it is refused.

    Returns
    -------
    DataFrame of str
        Blank cells are null, blank rows left out. Indexed by row number as a
        spreadsheet shows it: the header is row 1.

    Raises
    ------
    LoadError
        If the file is missing, empty, no text or no table; the message names the rows.
    """
    return _parse(_text(path, encoding, build or Build(path.name, "row")), path.name)


def _text(path: Path, encoding: str | None, build: Build) -> str:
    """The file as text, in the encoding stated, marked or found out."""
    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise LoadError(f"{path}: no such file{near(path.name, beside)}")
    raw = path.read_bytes()
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise LoadError(f"{path.name} is empty; export the table again, with its header.")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise LoadError(
            f"{path.name} is a workbook; save the sheet as 'CSV UTF-8', or call it '.xlsx'."
        )
    marked = next((codec for mark, codec in _BOMS.items() if raw.startswith(mark)), None)
    if encoding is not None:
        return _decode_stated(raw, encoding, path.name)
    if marked is not None:
        return _decode_stated(raw, marked, path.name)
    if b"\x00" in raw:
        raise LoadError(_with_nul(raw, path.name))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_guessed(raw, path.name, build)


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


def _with_nul(raw: bytes, file: str) -> str:
    """Say of a file with a NUL byte, which no text has, what it may be."""
    if raw.count(b"\x00") > len(raw) / _NULS_OF_UTF16:
        return f"{file} is not text; save the sheet as 'CSV UTF-8'."
    line = raw[: raw.index(b"\x00")].count(b"\n") + 1
    return (
        f"{file} is not text throughout: there is a NUL byte in line {line}, as in a file that was cut "
        "off or badly copied; export the table again, or delete that character in an editor."
    )


def _decode_guessed(raw: bytes, file: str, build: Build) -> str:
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
    if not build.repair:
        raise LoadError(
            f"{file}: not UTF-8, and nothing is to be mended; as {best.codec} ({best.label}) it is "
            f'plausible for {best.score:.0%} of its characters: state `encoding = "{best.codec}"`.'
        )
    build.mend("encoding", None, "", "not UTF-8", best.codec)
    first = next(line for line in lines if not line.isascii()).decode(best.codec)
    word = next(word for word in re.split(r"[\s,;\"]+", first) if not word.isascii())
    build.warn(
        f"not UTF-8; read as {best.codec} ({best.label}), plausible for {best.score:.0%} of its "
        f'characters, e.g. {build.quote(None, word)}. If that is right, state `encoding = "{best.codec}"`.',
        kind="encoding",
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
        if "EOF inside string" in str(error):
            raise LoadError(f"{file}: {_unclosed(body, mark)}") from error
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


def _unclosed(body: str, mark: str) -> str:
    """Say in which row a double quote is opened that nothing closes: the cell runs to the end."""
    rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=mark))
    number, swallowed = len(rows), max((cell.count("\n") for cell in rows[-1]), default=0)
    return (
        f"a double quote is opened and never closed, so that row {number} runs over the "
        f"{count(swallowed, 'line')} after it, to the end of the file; close it there, or write it "
        'twice ("") where it is part of a text.'
    )


def _header(body: str, mark: str, file: str) -> tuple[list[str], int]:
    """Column names, and the greatest number of cells in a row."""
    header: list[str] = []
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(body, newline=""), delimiter=mark):
            header = header if widths else [name.strip() for name in row]
            widths.append(len(row))
    except csv.Error as error:
        raise LoadError(
            f"{file}: row {len(widths) + 1} has a cell that cannot be read ({error}). Where a double "
            "quote is opened there, close it; an outline of so many corners belongs into a GeoPackage."
        ) from error
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
