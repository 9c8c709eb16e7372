"""In which months events are held, from lists of months or from dates."""

from __future__ import annotations

from typing import Any

import pandas as pd

MONTHS = 12


def months_of(events: pd.DataFrame) -> list[tuple[int, ...]]:
    """
    Read the months in which events are held.

    Parameters
    ----------
    events : DataFrame, n rows
        With `months` ("1;2;12"); where that is null, `starts` and `ends` as ISO dates serve.

    Returns
    -------
    list of tuple of int
        For each row its months from 1 to 12 in the order of the year; empty where nothing
        is known.

    Examples
    --------
    >>> months_of(pd.DataFrame({"months": ["12;1", None, "13"],
    ...     "starts": [None, "2026-11-29", None], "ends": [None, "2027-01-02", None]}))
    [(1, 12), (1, 11, 12), ()]
    """
    empty = pd.Series(None, index=events.index, dtype=object)
    listed = events.get("months", empty)
    starts, ends = events.get("starts", empty), events.get("ends", empty)
    found = []
    for cell, start, end in zip(listed, starts, ends, strict=True):
        months = _listed(cell) or _spanned(start, end)
        found.append(tuple(sorted(months)))
    return found


def _listed(cell: Any) -> set[int]:
    """Months of a cell; what is none is left out."""
    if cell is None or pd.isna(cell):
        return set()
    numbers = (part.strip().removesuffix(".0") for part in str(cell).split(";"))
    return {int(part) for part in numbers if part.isdecimal() and 1 <= int(part) <= MONTHS}


def _spanned(start: Any, end: Any) -> set[int]:
    """Months from one date to another, a year at most."""
    first, last = (pd.to_datetime(cell, errors="coerce", format="ISO8601") for cell in (start, end))
    if pd.isna(first):
        return set()
    last = first if pd.isna(last) or last < first else last
    length = min((last.year - first.year) * MONTHS + last.month - first.month, MONTHS - 1)
    return {(first.month - 1 + step) % MONTHS + 1 for step in range(length + 1)}


def first_month(months: tuple[int, ...]) -> int:
    """
    Say where in the year an event begins; one over the turn of the year begins before it.

    Parameters
    ----------
    months : tuple of int
        From `months_of`.

    Returns
    -------
    int
        From 1 to 12; 13 where nothing is known.

    Examples
    --------
    >>> first_month((1, 11, 12)), first_month((3, 4)), first_month(())
    (11, 3, 13)
    """
    if not months:
        return MONTHS + 1
    if {1, MONTHS} <= set(months) and len(months) < MONTHS:
        return next(m for m in range(MONTHS, 0, -1) if m - 1 not in months)
    return months[0]
