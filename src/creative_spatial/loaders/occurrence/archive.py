"""Darwin Core archives: a descriptor, meta.xml, says what is in which column of which file."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import LoadError
from creative_spatial.loaders.archive import open_archive
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.delimited import read_delimited
from creative_spatial.loaders.encoding import codec_name
from creative_spatial.loaders.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from creative_spatial.loaders.archive import Archive, Member
    from creative_spatial.loaders.build import Build

DESCRIPTOR = "meta.xml"
_DATA = (".csv", ".txt", ".tsv")
_OCCURRENCE, _EVENT = "occurrence", "event"
KEY = "dwca:id"  # a row's id in the core, or the core row that an extension's row belongs to


@dataclass(frozen=True)
class TableSpec:
    """
    How one file of an archive is to be read.

    Parameters
    ----------
    file : str
        Its name in the archive.
    row_type : str
        What its rows are, in small letters: "occurrence", "event", "taxon".
    fields : tuple of (int, str)
        Column and term; a column may stand for two.
    defaults : mapping of str to str
        Value of a term that has no column.
    delimiter, quote : str
        Between and around cells; no quote is "".
    header : int
        Number of lines before the first row.
    encoding : str
        Of its text.
    """

    file: str
    row_type: str
    fields: tuple[tuple[int, str], ...]
    defaults: Mapping[str, str]
    delimiter: str = "\t"
    quote: str = ""
    header: int = 1
    encoding: str = "utf-8"


def read_records(path: Path, terms: Collection[str], build: Build | None = None) -> pd.DataFrame:
    """
    Read the occurrence records of an archive, a download or a plain file.

    Parameters
    ----------
    path : Path
        ``.zip`` with ``meta.xml``, or with one data file; or that file itself.
    terms : collection of str
        The terms to keep.
    build : Build, optional
        Records an encoding that was found out.

    Returns
    -------
    DataFrame of str
        A column for each of `terms` that the file has; blank cells are null. Indexed by
        line: the header is row 1.

    Raises
    ------
    LoadError
        If it is no such archive, holds no occurrences, or a line does not fit.
    """
    if path.suffix.lower() != ".zip":
        return _plain(path, path.name, terms, build)
    with open_archive(path) as archive, tempfile.TemporaryDirectory() as folder:
        meta = next((m for m in archive.members if m.path.name.casefold() == DESCRIPTOR), None)
        if meta is not None:
            return _described(archive, meta, Path(folder), terms)
        found = [m for m in archive.members if m.path.suffix.lower() in _DATA]
        if len(found) > 1:
            found = [m for m in found if m.path.stem.casefold() == _OCCURRENCE] or found
        if len(found) != 1:
            names = sorted(m.name for m in archive.members)[:5]
            raise LoadError(
                f"{path.name} is no Darwin Core archive (no {DESCRIPTOR}) and no simple download "
                f"(one data file), but holds {names}."
            )
        unpacked = archive.unpack(found[0], Path(folder) / f"data{found[0].path.suffix.lower()}")
        return _plain(unpacked, f"{path.name}: {found[0].path.name}", terms, build)


def _described(
    archive: Archive, meta: Member, folder: Path, terms: Collection[str]
) -> pd.DataFrame:
    """The occurrences that an archive's descriptor names, with what their events say."""
    specs = read_descriptor(archive.read(meta), f"{archive.file}: {meta.path.name}")
    core = specs[0]
    chosen = next((spec for spec in specs if spec.row_type == _OCCURRENCE), None)
    if chosen is None:
        kinds = sorted({spec.row_type for spec in specs})
        raise LoadError(
            f"{archive.file} holds no occurrences but {kinds}; download the data set's occurrences."
        )
    records = _unpacked(archive, chosen, folder, terms)
    if chosen is core:
        return records
    if core.row_type != _EVENT:
        return records.drop(columns=KEY, errors="ignore")
    if KEY not in records:
        raise LoadError(f"{archive.file}: {meta.path.name} links {chosen.file} to no event.")
    events = _unpacked(archive, core, folder, terms)
    if KEY not in events:
        raise LoadError(f"{archive.file}: {meta.path.name} gives the events no id.")
    events = events.loc[~events[KEY].duplicated()].set_index(KEY)
    beside = events.reindex(records[KEY]).set_axis(records.index)
    return records.combine_first(beside).drop(columns=KEY)


def read_descriptor(raw: bytes, file: str) -> list[TableSpec]:
    """
    Read an archive's descriptor.

    Parameters
    ----------
    raw : bytes
        ``meta.xml``.
    file : str
        What messages call it.

    Returns
    -------
    list of TableSpec
        The core first, then its extensions.

    Raises
    ------
    LoadError
        If it is refused, broken, or describes no core.

    References
    ----------
    TDWG, Darwin Core text guide, https://dwc.tdwg.org/text/.
    """
    root = parse_xml(raw, file)
    tables = [element for element in root if _local(element.tag) in {"core", "extension"}]
    tables.sort(key=lambda element: _local(element.tag) != "core")
    if not tables or _local(tables[0].tag) != "core":
        raise LoadError(f"{file} describes no core table; is it of a Darwin Core archive?")
    return [_spec(element, file) for element in tables]


def _spec(element: Any, file: str) -> TableSpec:
    """One table of the descriptor."""
    fields: list[tuple[int, str]] = []
    defaults: dict[str, str] = {}
    locations = [node.text or "" for node in element.iter() if _local(node.tag) == "location"]
    if not locations:
        raise LoadError(f"{file} names no file for one of its tables.")
    for node in element:
        kind, at = _local(node.tag), (node.get("index") or "").strip()
        term = KEY if kind in {"id", "coreid"} else _local(node.get("term") or "")
        if kind not in {"id", "coreid", "field"} or not term:
            continue
        if at.isascii() and at.isdigit() and len(at) < 5:
            fields.append((int(at), term))
        elif node.get("default") is not None:
            defaults[term] = str(node.get("default"))
    encoding = codec_name(element.get("encoding") or "utf-8")
    if encoding is None:
        raise LoadError(f"{file}: unknown encoding {element.get('encoding')!r}.")
    header = element.get("ignoreHeaderLines") or "0"
    return TableSpec(
        file=locations[0].strip(),
        row_type=_local(element.get("rowType") or "").casefold(),
        fields=tuple(fields),
        defaults=defaults,
        delimiter=_mark(element.get("fieldsTerminatedBy", ","), file, "fieldsTerminatedBy"),
        quote=_mark(element.get("fieldsEnclosedBy", '"'), file, "fieldsEnclosedBy"),
        header=int(header) if header.isascii() and header.isdigit() and len(header) < 4 else 0,
        encoding=encoding,
    )


def _local(name: str) -> str:
    """A term's or element's name without its namespace."""
    return name.rpartition("}")[2].rpartition("/")[2].rpartition(":")[2]


def _mark(text: str, file: str, what: str) -> str:
    """A delimiter as one character."""
    mark = text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
    if len(mark) > 1 or mark in {"\n", "\r"} or (not mark and what == "fieldsTerminatedBy"):
        raise LoadError(f"{file}: {what}={text!r} is no single character.")
    return mark


def _unpacked(
    archive: Archive, spec: TableSpec, folder: Path, terms: Collection[str]
) -> pd.DataFrame:
    """One table of an archive."""
    member = archive.find(spec.file)
    if member is None:
        raise LoadError(
            f"{archive.file}: {DESCRIPTOR} names {spec.file!r}, which is not in the archive; "
            "download it again."
        )
    path = archive.unpack(member, folder / f"{spec.row_type or 'table'}.txt")
    return _cells(path, spec, f"{archive.file}: {member.path.name}", terms)


def _plain(path: Path, file: str, terms: Collection[str], build: Build | None) -> pd.DataFrame:
    """A data file whose first line names the terms."""
    if not path.is_file():
        raise LoadError(f"{path}: no such file.")
    with path.open("rb") as opened:
        first = opened.readline(1_000_000)
    header = first.decode("utf-8-sig", "replace").rstrip("\r\n")
    if "\t" in header:
        # GBIF writes tabs and no quotes; a quotation mark is a letter like any other.
        names = [_local(name.strip().strip('"')) for name in header.split("\t")]
        quote = '"' if header.startswith('"') else ""
        spec = TableSpec(path.name, _OCCURRENCE, tuple(enumerate(names)), {}, quote=quote)
        return _cells(path, spec, file, terms)
    try:
        table = read_delimited(path, build=build)
    except LoadError as error:
        raise LoadError(str(error).replace(path.name, file)) from error
    table = table.rename(columns={name: _local(str(name)) for name in table.columns})
    return table[[name for name in table.columns if name in terms]]


def _cells(path: Path, spec: TableSpec, file: str, terms: Collection[str]) -> pd.DataFrame:
    """A file's cells under their terms, as text."""
    fields = dict.fromkeys((at, term) for at, term in spec.fields if term in terms or term == KEY)
    wanted = sorted({at for at, _ in fields})
    try:
        with path.open(encoding=spec.encoding, newline="") as opened:
            width, rows, beyond = _gathered(_rows(opened, spec), spec.header, wanted)
    except (csv.Error, UnicodeError) as error:
        raise LoadError(f"{file} cannot be read: {error}; download it again.") from error
    if not width:
        raise LoadError(f"{file} is empty; download it again.")
    if beyond:
        raise LoadError(
            f"{file}: more than {width} cells in {list_rows(beyond)}; a mark inside a cell was "
            "taken for the end of it: download the file again."
        )
    if absent := sorted({term for at, term in fields if at >= width}):
        raise LoadError(
            f"{file}: no column for {absent[:5]} ({width} columns in its first line); the file and "
            "its description do not fit: download it again."
        )
    cells = pd.DataFrame.from_dict(rows, orient="index", columns=wanted, dtype="str")
    table = pd.DataFrame({term: cells[at] for at, term in fields}, index=cells.index)
    for term, value in spec.defaults.items():
        if term in terms and value:  # a default also fills the blanks of a column
            blank = pd.Series(None, index=table.index, dtype="str")
            table[term] = table.get(term, blank).fillna(value)
    return table


def _gathered(
    lines: Iterable[list[str]], header: int, wanted: list[int]
) -> tuple[int, dict[int, list[str | None]], list[int]]:
    """Number of columns, the wanted cells by row number, and rows with too many cells."""
    width = 0
    rows: dict[int, list[str | None]] = {}
    beyond: list[int] = []
    for number, line in enumerate(lines, start=1):
        width = width or len(line)
        if number <= header or not any(line):
            continue
        if any(line[width:]):
            beyond.append(number)
        rows[number] = [(line[at] or None) if at < len(line) else None for at in wanted]
    return width, rows, beyond


def _rows(lines: Iterable[str], spec: TableSpec) -> Iterator[list[str]]:
    """A file's rows; without quotes a quotation mark is a letter like any other."""
    if not spec.quote:
        return csv.reader(lines, delimiter=spec.delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=spec.delimiter, quotechar=spec.quote)
