"""The report of a check as JSON, and the sentences that every form of it shares."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from creative_spatial.findings import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from creative_spatial.findings import CheckReport, RowCounts

MOST_RANGES = 200
# Control characters that JSON leaves as they are, and marks that turn the writing round.
_DRIVING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def check_json(report: CheckReport) -> str:
    """
    Write a report as JSON, every row of every finding included.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        ``{"would_run", "city", "number", "files", "findings"}``, a newline at the end.
    """
    text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2)
    # JSON's own escapes, so that the text means the same and drives no terminal.
    return _DRIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def verdict(report: CheckReport) -> str:
    """
    Say whether the inputs will do.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        A sentence.
    """
    return "assess would run." if report.would_run else "assess would not run."


def tally(report: CheckReport) -> str:
    """
    Count the findings by severity.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        Such as "1 error, 2 warnings, 0 notes".

    Examples
    --------
    >>> from creative_spatial.findings import CheckReport
    >>> tally(CheckReport())
    '0 errors, 0 warnings, 0 notes'
    """
    return ", ".join(_number(len(report.of(severity)), severity) for severity in SEVERITIES)


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"


def counted(counts: RowCounts) -> str:
    """
    Say what became of the rows of a layer.

    Parameters
    ----------
    counts : RowCounts
        Of one layer.

    Returns
    -------
    str
        Such as "12 rows in the file, 9 used, 2 outside the area, 1 quarantined".

    Examples
    --------
    >>> from creative_spatial.findings import RowCounts
    >>> counted(RowCounts("a.csv", "", "culture", 12, 9, outside=2, quarantined=1))
    '12 rows in the file, 9 used, 2 outside the area, 1 quarantined'
    >>> counted(RowCounts("a.tif", "", "land_cover", None, None))
    'read'
    """
    parts = [] if counts.read is None else [f"{_number(counts.read, 'row')} in the file"]
    if counts.used is not None:
        parts.append(f"{counts.used:,} used" if parts else f"{_number(counts.used, 'row')} used")
    some = (
        (counts.outside, "outside the area"),
        (counts.repaired, "repaired"),
        (counts.quarantined, "quarantined"),
    )
    parts += [f"{number:,} {word}" for number, word in some if number]
    return ", ".join(parts) or "read"


def row_ranges(rows: Sequence[int | str], *, most: int = MOST_RANGES) -> str:
    """
    Write row numbers in short: runs of them as ranges.

    Parameters
    ----------
    rows : sequence of int or str
        In the order of the file; what is no number stands alone.
    most : int
        Ranges to write; of the others only the number of rows.

    Returns
    -------
    str
        Such as "2–5, 9 and 14 more".

    Examples
    --------
    >>> row_ranges([2, 3, 4, 9]), row_ranges([1, 3, 5, 7], most=2), row_ranges(["S1", 4])
    ('2–4, 9', '1, 3 and 2 more', 'S1, 4')
    """
    runs = list(_runs(rows))
    shown = [f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:most]]
    rest = sum(len(run) for run in runs[most:])
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def _runs(rows: Sequence[int | str]) -> Iterable[Sequence[int | str]]:
    """Consecutive numbers together."""
    breaks = [
        place
        for place, (before, after) in enumerate(pairwise(rows), start=1)
        if not (isinstance(before, int) and isinstance(after, int) and after == before + 1)
    ]
    starts = [0, *breaks] if rows else []
    return (rows[start:end] for start, end in pairwise([*starts, len(rows)]))
