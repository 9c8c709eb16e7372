"""The report of a check on a terminal and for programs."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from creative_spatial.dossier.checks import check_json, check_lines, check_table, row_ranges
from creative_spatial.findings import CheckReport, RowCounts, finding

REPORT = CheckReport(
    "Town",
    (
        finding("note", "b.gpkg", "3 repaired", kind="quality", layer="x"),
        finding("error", "a.csv", "no id", kind="schema", rows=range(2, 40)),
        finding("error", "a.csv", "no name", kind="schema", rows=[4]),
    ),
    (RowCounts("a.csv", "", "culture", 12, 9, outside=2, quarantined=1),),
)
EVIL = CheckReport(
    "\x1b[2J", (finding("error", "\x1b]0;x\x07.csv", "[red]\x9b31m:smile:\u202e", kind="schema"),)
)


def drawn(report, width=100):
    screen = io.StringIO()
    console = Console(file=screen, width=width, markup=False, emoji=False, highlight=False,
                      force_terminal=True, color_system=None)  # fmt: skip
    console.print(check_table(report))
    return screen.getvalue()


def test_lines_come_by_file_errors_first_and_a_remedy_once_a_kind():
    lines = check_lines(REPORT)
    assert lines[0] == "error    a.csv: no id"
    assert lines[1] == "         rows: 2–39"
    assert lines[4] == "error    a.csv: no name"
    assert lines[5].startswith("note     b.gpkg, layer 'x': 3 repaired")
    assert sum("what to do: Name the columns" in line for line in lines) == 1
    assert lines[-2] == (
        "read     a.csv (culture): 12 rows in the file, 9 used, 2 outside the area, 1 quarantined"
    )
    assert lines[-1] == "2 errors, 0 warnings, 1 note; assess would not run."


@pytest.mark.parametrize("width", [60, 200])
def test_the_table_says_the_same_within_the_terminal_s_width(width):
    table = drawn(REPORT, width)
    for words in ("a.csv", "no id", "no name", "3 repaired", "assess would not run."):
        assert words in table
    assert max(map(len, table.splitlines())) <= width


def test_text_from_data_drives_no_terminal():
    for text in ("\n".join(check_lines(EVIL)), drawn(EVIL), check_json(EVIL)):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert "[red]" in drawn(EVIL)
    assert ":smile:" in drawn(EVIL)


def test_json_has_every_row_and_reads_back_as_it_was():
    back = json.loads(check_json(REPORT))
    assert back["would_run"] is False
    assert back["number"] == {"error": 2, "warning": 0, "note": 1}
    assert back["findings"][0]["rows"] == list(range(2, 40))
    assert back["files"][0] == {
        "file": "a.csv", "layer": "", "role": "culture", "read": 12, "used": 9, "outside": 2,
        "repaired": 0, "quarantined": 1,
    }  # fmt: skip
    assert json.loads(check_json(EVIL))["findings"][0]["message"] == EVIL.findings[0].message


def expanded(text: str) -> list[int]:
    rows: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition("–")
        rows += range(int(first), int(last or first) + 1)
    return rows


@given(st.sets(st.integers(1, 500), min_size=1, max_size=120))
def test_ranges_of_rows_lose_and_add_none(rows):
    assert expanded(row_ranges(sorted(rows), most=1000)) == sorted(rows)
    short = row_ranges(sorted(rows), most=1)
    first, _, rest = short.partition(" and ")
    more = int(rest.removesuffix(" more")) if rest else 0
    assert len(expanded(first)) + more == len(rows)


def test_no_rows_are_nothing():
    assert row_ranges([]) == ""
