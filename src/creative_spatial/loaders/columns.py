"""Columns of a file under our names, and rows named as their owner would look them up."""

from __future__ import annotations

import difflib
import json
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.errors import Fault, LoadError
from creative_spatial.provenance import ACCURACIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHOWN = 5
NUMERIC = ("uncertainty_m", "started")
_OURS = frozenset({"_fid"})  # columns that readers add, which the owner does not see
_PLAIN_NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?"


def list_rows(rows: Iterable[Any], word: str = "row") -> str:
    """
    Name rows for a message, the first few and how many more.

    Parameters
    ----------
    rows : iterable
        Row numbers.
    word : str
        What a row is called in this file.

    Returns
    -------
    str
        "row 3", "rows 3, 7" or "rows 3, 7, 9, 12, 15 and 4 more".

    Examples
    --------
    >>> list_rows([3]), list_rows(range(1, 9))
    ('row 3', 'rows 1, 2, 3, 4, 5 and 3 more')
    """
    named = [str(row) for row in rows]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"{word}{'s' if len(named) != 1 else ''} {', '.join(named[:SHOWN])}{more}"


def count(number: int, word: str) -> str:
    """
    Write a number with what it counts, in the right number.

    Parameters
    ----------
    number : int
        How many.
    word : str
        What, in the singular.

    Returns
    -------
    str
        "1 row" or "1,200 rows".

    Examples
    --------
    >>> count(1, "row"), count(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def any_of(words: Iterable[str]) -> str:
    """
    Offer words to choose from.

    Parameters
    ----------
    words : iterable of str
        The choice.

    Returns
    -------
    str
        Quoted, parted by "or".

    Examples
    --------
    >>> any_of(["wat", "mosque"])
    "'wat' or 'mosque'"
    """
    return " or ".join(repr(word) for word in words)


def sentence(text: str) -> str:
    """
    End a text with one mark, the one it has or a full stop.

    Parameters
    ----------
    text : str
        A question, or a sentence with or without its end.

    Returns
    -------
    str
        The text, ended.

    Examples
    --------
    >>> sentence("did you mean 'x'?"), sentence("there are: a, ...")
    ("did you mean 'x'?", 'there are: a, ...')
    >>> sentence("no column 'x'")
    "no column 'x'."
    """
    return text if text.endswith((".", "?", "!")) else f"{text}."


def near(word: str, known: Iterable[str]) -> str:
    """
    Hint at the known words nearest to one that is not known.

    Parameters
    ----------
    word : str
        What was found.
    known : iterable of str
        What would have been understood; blank names are passed over.

    Returns
    -------
    str
        "; did you mean 'x' or 'y'?", or what is known, if that is short.

    Examples
    --------
    >>> near("naem", ["name", "type"])
    "; did you mean 'name'?"
    """
    names = [name for name in dict.fromkeys(known) if name.strip()]
    folded = {name.casefold(): name for name in reversed(names)}
    found = difflib.get_close_matches(word.casefold(), list(folded), n=3)
    if found:
        return f"; did you mean {any_of(folded[key] for key in found)}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"; there are: {shown}" if names else ""


def rename_columns(
    frame: pd.DataFrame, columns: Mapping[str, str], file: str, *, also: Sequence[str] = ()
) -> pd.DataFrame:
    """
    Move a file's columns to our names; a column already called so steps aside.

    Parameters
    ----------
    frame : DataFrame
        The file's table.
    columns : mapping of str to str
        The file's column by our name.
    file : str
        What messages call the file.
    also : sequence of str
        Names that `columns` may point to without there being such a column.

    Returns
    -------
    DataFrame
        A copy. A column that stood in the way is now called "file:<name>".

    Raises
    ------
    LoadError
        Naming each column that the file lacks, with the nearest it has.
    """
    wanted = {ours: theirs for ours, theirs in columns.items() if theirs not in also}
    there = [str(name) for name in frame.columns if name not in _OURS]
    faults = [
        sentence(f"no column {theirs!r} (for {ours!r}){near(theirs, there)}")
        for ours, theirs in wanted.items()
        if theirs not in frame.columns
    ]
    if faults:
        raise LoadError(f"{file}: " + " ".join(faults))
    moved: dict[str, str] = {}
    copies: dict[str, str] = {}
    for ours, theirs in wanted.items():
        if theirs in moved:
            copies[ours] = theirs
        else:
            moved[theirs] = ours
    aside = {
        str(name): f"file:{name}" for name in frame.columns if name in columns and name not in moved
    }
    renamed = frame.rename(columns={**aside, **moved})
    for ours, theirs in copies.items():
        renamed[ours] = renamed[moved[theirs]]
    return renamed


def tidy_text(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Compose text (NFC) and trim it, with blanks as nulls; nothing else is touched.

    Never NFKC, which takes Thai sara am apart; Persian joiners stay. Lists and objects in
    a cell, as GeoJSON and Parquet have them, become their JSON text.

    Parameters
    ----------
    frame : DataFrame
        Any table.

    Returns
    -------
    DataFrame
        A copy.
    """
    tidied = frame.copy()
    for name in tidied.columns:
        column = tidied[name]
        if name == "geometry" or not is_text(column):
            continue
        tidied[name] = column.map(_tidy, na_action="ignore").astype("object").map(_none_if_blank)
        tidied[name] = tidied[name].astype("str" if _all_text(tidied[name]) else "object")
    return tidied


def is_text(column: pd.Series[Any]) -> bool:
    """
    Say whether a column may hold text.

    Parameters
    ----------
    column : Series
        Any column.

    Returns
    -------
    bool
        By its type alone.
    """
    return bool(
        pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype)
    )


def _all_text(column: pd.Series[Any]) -> bool:
    return bool(column.dropna().map(lambda value: isinstance(value, str)).all())


def _tidy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value else value


def parse_numbers(frame: pd.DataFrame, *, keep: Iterable[str]) -> pd.DataFrame:
    """
    Make numbers of text columns that hold nothing else; codes with leading zeros stay.

    Parameters
    ----------
    frame : DataFrame
        A table read as text.
    keep : iterable of str
        Columns that stay text whatever they hold.

    Returns
    -------
    DataFrame
        A copy.

    Examples
    --------
    >>> table = pd.DataFrame({"seats": ["12", None], "code": ["007", "8"]})
    >>> [str(kind) for kind in parse_numbers(table, keep=()).dtypes]
    ['float64', 'str']
    """
    parsed = frame.copy()
    kept = set(keep)
    for name in parsed.columns:
        if name in kept or not is_text(parsed[name]):
            continue
        values = parsed[name].dropna()
        if len(values) and values.str.fullmatch(_PLAIN_NUMBER).all():
            parsed[name] = pd.to_numeric(parsed[name])
    return parsed


def accuracy_faults(frame: pd.DataFrame, word: str) -> list[Fault]:
    """
    Name the values of `accuracy` that mean nothing here.

    Parameters
    ----------
    frame : DataFrame
        Indexed by row number.
    word : str
        What a row is called.

    Returns
    -------
    list of Fault
        None, or one that names the rows.
    """
    if "accuracy" not in frame:
        return []
    odd = frame["accuracy"].dropna()
    odd = odd[~odd.isin(ACCURACIES)]
    if not len(odd):
        return []
    found = ", ".join(repr(value) for value in list(dict.fromkeys(odd))[:SHOWN])
    message = f"accuracy is one of {', '.join(ACCURACIES)}; found {found} in {list_rows(odd.index, word)}."
    return [Fault(message, "schema", tuple(odd.index.tolist()))]
