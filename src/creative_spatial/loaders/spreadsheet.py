"""Workbooks (XLSX): a sheet as a table of text, rows numbered as the program shows them."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import CreativeSpatialError, DataQualityWarning, LoadError
from creative_spatial.loaders.archive import open_archive
from creative_spatial.loaders.columns import list_rows, near
from creative_spatial.loaders.xml import check_xml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from creative_spatial.loaders.archive import Archive

WORKBOOKS = (".xlsx", ".xlsm")
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
# A formula whose result the program that wrote it did not store.
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3}\d+)"[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>)?\s*</c>'
)


def read_sheet(path: Path, sheet: str | None = None) -> pd.DataFrame:
    """
    Read one sheet of a workbook, every cell as text.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.xlsm``; macros and links are never followed, a formula counts as
        the result stored with it.
    sheet : str, optional
        Its name; the only one that is not empty otherwise.

    Returns
    -------
    DataFrame of str
        Blank cells are null, blank rows left out; whole numbers without ".0", dates as
        ISO 8601. Indexed by row number: the header is row 1.

    Raises
    ------
    LoadError
        If the file is missing or no workbook, or the sheet is missing or no table.
    """
    sheets = _rows(path)
    file = path.name
    if sheet is None:
        filled = [name for name, rows in sheets.items() if rows]
        if not filled:
            raise LoadError(f"{file} is empty; export the table again, with its header.")
        if len(filled) > 1:
            raise LoadError(f"{file} has {len(filled)} sheets; name one of {filled} as `layer`.")
        sheet = filled[0]
    elif sheet not in sheets:
        raise LoadError(f"{file}: no sheet {sheet!r}{near(sheet, sheets)}")
    return _table(sheets[sheet], f"{file}, sheet {sheet!r}")


def read_sheets(path: Path) -> dict[str, pd.DataFrame]:
    """
    Read every sheet of a workbook that is not empty, every cell as text.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.xlsm``.

    Returns
    -------
    dict of str to DataFrame of str
        By name, in the workbook's order; as `read_sheet` reads them.

    Raises
    ------
    LoadError
        If the file is missing or no workbook, or a sheet is no table.
    """
    return {
        name: _table(rows, f"{path.name}, sheet {name!r}")
        for name, rows in _rows(path).items()
        if rows
    }


def _rows(path: Path) -> dict[str, dict[int, list[str | None]]]:
    """Cells by sheet and row number, blank rows left out."""
    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise LoadError(f"{path}: no such file{near(path.name, beside)}")
    if path.stat().st_size == 0:
        raise LoadError(f"{path.name} is empty (0 bytes); copy or export it again.")
    with path.open("rb") as opened:
        if opened.read(4) == b"\xd0\xcf\x11\xe0":
            raise LoadError(
                f"{path.name} is a workbook of the old kind or locked by a password; save it as "
                "'.xlsx' without a password."
            )
    with open_archive(path) as archive:
        _check_parts(archive)
    import openpyxl

    try:
        # Opened here: openpyxl leaves the file open where it finds a damaged part.
        with path.open("rb") as opened, warnings.catch_warnings():
            # That styles and validations are not kept.
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True, keep_links=False)
            return {sheet.title: _cells(sheet, path.name) for sheet in book.worksheets}
    except CreativeSpatialError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part leads to
        raise LoadError(
            f"{path.name} is no workbook that can be read ({type(error).__name__}: {error}); save "
            "it again as '.xlsx', or the sheet as 'CSV UTF-8'."
        ) from error


def _check_parts(archive: Archive) -> None:
    """Refuse document types, and say where formulas have no result to read."""
    missing: list[str] = []
    for member in archive.members:
        if member.path.suffix.lower() not in {".xml", ".rels"}:
            continue
        content = archive.read(member)
        check_xml([content], f"{archive.file}: {member.path.name}", start_only=True)
        if "worksheets" in member.path.parts:
            missing += [cell.decode() for cell in _NO_RESULT.findall(content)]
    if missing:
        _warn(
            f"{archive.file}: formulas without stored results, read as blank, in "
            f"{list_rows(missing, 'cell')}; open and save it in a spreadsheet program."
        )


def _cells(sheet: Any, file: str) -> dict[int, list[str | None]]:
    """One sheet's cells as text."""
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows: dict[int, list[str | None]] = {}
    faulty: list[int] = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [_text(value) for value in values]
        if any(text in _ERRORS for text in texts):
            faulty.append(number)
            texts = [None if text in _ERRORS else text for text in texts]
        while texts and texts[-1] is None:
            texts.pop()
        if texts:
            rows[number] = texts
    if faulty:
        _warn(
            f"{file}, sheet {sheet.title!r}: cells that hold an error of the spreadsheet, read as "
            f"blank, in {list_rows(faulty)}; mend their formulas."
        )
    return rows


def _text(value: Any) -> str | None:
    """A cell as a person would type it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = str(value)
    return text if text.strip() else None


def _table(rows: dict[int, list[str | None]], what: str) -> pd.DataFrame:
    """A sheet's cells under the names in its first row."""
    if not rows:
        raise LoadError(f"{what} is empty; name another sheet as `layer`.")
    first = min(rows)
    if first != 1:
        raise LoadError(
            f"{what}: row 1 is blank; the first row must name the columns (take out the rows "
            f"above row {first})."
        )
    header = [(text or "").strip() for text in rows[1]]
    if twice := [name for name, count in Counter(header).items() if name and count > 1]:
        raise LoadError(f"{what}: the columns {twice} occur more than once; rename them.")
    body = {number: cells for number, cells in rows.items() if number > 1}
    named = [position for position, name in enumerate(header) if name]
    _check_width(body, named, what)
    table = pd.DataFrame(
        {
            header[at]: [cells[at] if at < len(cells) else None for cells in body.values()]
            for at in named
        },
        index=pd.Index(list(body), dtype="int64"),
    )
    return table.astype("str")


def _check_width(body: dict[int, list[str | None]], named: Sequence[int], what: str) -> None:
    """Refuse cells that no column name stands above."""
    known = set(named)
    beyond = [
        number
        for number, cells in body.items()
        if any(text is not None and at not in known for at, text in enumerate(cells))
    ]
    if beyond:
        raise LoadError(
            f"{what}: {list_rows(beyond)} {'has' if len(beyond) == 1 else 'have'} cells without a "
            "column name above them; name the columns in row 1 (take out title rows and notes "
            "beside the table).",
            rows=beyond,
        )


def _warn(message: str) -> None:
    warnings.warn(message, DataQualityWarning, stacklevel=4)
