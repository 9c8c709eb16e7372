"""The indicator rows as JSON and as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.result import ROW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

_CELL_LENGTH = 32_000  # a spreadsheet's cell holds 32,767 characters
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


LISTS = ("objectives", "sources")


def json_ready(value: Any) -> Any:
    """
    Turn a value into what JSON can hold; what is not a number becomes null.

    Parameters
    ----------
    value : object
        Anything met in rows, configurations and steps.

    Returns
    -------
    object
        None, bool, int, float, str, or lists and dicts of these; sets are sorted.

    Examples
    --------
    >>> json_ready({"value": float("nan"), "n": 3.5, "of": {"b", "a"}})
    {'value': None, 'n': 3.5, 'of': ['a', 'b']}
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if hasattr(value, "items"):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((json_ready(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> bool | int | float | str | None:
    """Make a single value fit for JSON."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def to_json(value: Any, *, indent: int | None = None) -> str:
    """
    Write a value as JSON, the same text for the same value.

    Parameters
    ----------
    value : object
        Passed through `json_ready`.
    indent : int, optional
        Spaces a level; one line otherwise.

    Returns
    -------
    str
        JSON without escapes for letters beyond ASCII.
    """
    return json.dumps(json_ready(value), ensure_ascii=False, allow_nan=False, indent=indent)


def records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """
    Iterate over indicator rows with the keys and order of the results' format.

    Parameters
    ----------
    rows : DataFrame
        Rows of a `Result`; columns that are missing are null.

    Yields
    ------
    dict
        One row; `n` is an integer, what is missing None.
    """
    table = rows.reindex(columns=list(ROW_COLUMNS))
    for values in zip(*(table[name].tolist() for name in ROW_COLUMNS), strict=True):
        row = {name: json_ready(value) for name, value in zip(ROW_COLUMNS, values, strict=True)}
        if isinstance(row["n"], float) and row["n"].is_integer():
            row["n"] = int(row["n"])
        yield row


def indicators_json(rows: pd.DataFrame) -> str:
    """
    Write indicator rows as ``{"indicators": [...]}``, one row a line; objectives and sources as lists.

    Parameters
    ----------
    rows : DataFrame
        Rows of a `Result`.

    Returns
    -------
    str
        JSON text, newline at the end.
    """
    lines = ",\n".join(
        json.dumps(_with_lists(row), ensure_ascii=False, allow_nan=False) for row in records(rows)
    )
    return f'{{"indicators": [\n{lines}\n]}}\n' if lines else '{"indicators": []}\n'


def _with_lists(row: dict[str, Any]) -> dict[str, Any]:
    """A row with objectives and sources as lists, which a table cell cannot hold."""
    lists = {name: [part for part in (row[name] or "").split(";") if part] for name in LISTS}
    return {**row, **lists}


def indicators_csv(rows: pd.DataFrame) -> str:
    """
    Write the same rows for a spreadsheet, which must not run them.

    Parameters
    ----------
    rows : DataFrame
        Rows of a `Result`.

    Returns
    -------
    str
        CSV text with a header; nulls are empty, and a text that a spreadsheet would take
        for a formula gets an apostrophe first.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(ROW_COLUMNS)
    for row in records(rows):
        writer.writerow([_cell(value) for value in row.values()])
    return buffer.getvalue()


def table_csv(table: pd.DataFrame) -> str:
    """
    Write a table for a spreadsheet, which must not run it.

    Parameters
    ----------
    table : DataFrame
        Any table; its index is not written.

    Returns
    -------
    str
        As `indicators_csv`; a text that a spreadsheet's cell cannot hold is cut, and ends in
        "…".
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([_cut(_cell(json_ready(value))) for value in row])
    return buffer.getvalue()


def _cut(cell: str) -> str:
    """A cell that fits a spreadsheet's."""
    return cell if len(cell) <= _CELL_LENGTH else f"{cell[:_CELL_LENGTH]}…"


def _cell(value: Any) -> str:
    """A cell that stays what it is when a spreadsheet opens it."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return repr(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return neutralized(text)


def neutralized(text: str) -> str:
    """
    Keep a spreadsheet from taking a text for a formula.

    Parameters
    ----------
    text : str
        Any text, from anyone.

    Returns
    -------
    str
        With an apostrophe first where it begins like a formula.

    Examples
    --------
    >>> neutralized("=HYPERLINK(A1)"), neutralized("a=b")
    ("'=HYPERLINK(A1)", 'a=b')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
