"""Names made plain, and lines broken where a reader would break them."""

from __future__ import annotations

import pandas as pd
import pytest

from creative_spatial.plotters.text import clusters, plain, wrap


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Wat\nMatchimawat", "Wat Matchimawat"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("$x$", "$x$"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("abc\u202egnp", "abcgnp"),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
        ("  two   spaces ", "two spaces"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (7, "7"),
        ("\u200b\u200c \u2060", ""),
    ],
)
def test_hostile_names_are_made_plain(name, shown):
    assert plain(name) == shown


def test_decomposed_vietnamese_is_composed():
    assert plain("Hue\u0302\u0301") == "Hu\u1ebf"


def test_a_name_of_a_thousand_letters_is_cut_between_clusters():
    shown = plain("น้ำ" * 400)
    assert len(shown) <= 161
    assert shown.endswith("…")
    assert not shown.removesuffix("…").endswith("น้")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("น้ำ", ["น้ำ"]),
        ("เมือง", ["เมื", "อ", "ง"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("abc", ["a", "b", "c"]),
    ],
)
def test_clusters_keep_letters_and_marks_together(text, pieces):
    assert clusters(text) == pieces


def test_thai_breaks_first_at_zero_width_spaces_then_at_clusters():
    assert wrap("พื้นที่\u200bคุ้มครอง", 9, len) == ["พื้นที่", "คุ้มครอง"]
    for line in wrap("น้ำน้ำน้ำน้ำ", 7, len):
        assert line == "น้ำ" * (len(line) // 3)


def test_wrapping_loses_nothing_but_spaces():
    text = "The quick brown fox jumps over thelazydogthatisverylong indeed"
    lines = wrap(text, 12, len)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, lines)) <= 12


def test_a_closing_mark_never_begins_a_line():
    assert all(not line.startswith("ๆ") for line in wrap("ต่างๆต่างๆต่างๆ", 4, len))
