"""Tables for spreadsheets: shown in the right script, and never run."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from creative_spatial.dossier.spreadsheets import spreadsheet


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_thai_commas_and_line_breaks_come_back():
    table = pd.DataFrame({"name": ["วัดกลาง, สงขลา", "two\nlines"], "stop": [1, 2]})
    assert read(spreadsheet(table)) == [
        ["name", "stop"], ["วัดกลาง, สงขลา", "1"], ["two\nlines", "2"],
    ]  # fmt: skip


def test_nothing_is_a_formula_not_even_a_columns_name():
    table = pd.DataFrame({"=A1": ["+1", "-1", "@x", "\tx", "a=b"]})
    assert [row[0] for row in read(spreadsheet(table))] == [
        "'=A1", "'+1", "'-1", "'@x", "'\tx", "a=b",
    ]  # fmt: skip


def test_nulls_are_empty_and_numbers_stay_numbers():
    table = pd.DataFrame({"m": [250.0, np.nan, -0.5], "name": [None, "x", pd.NA]})
    assert read(spreadsheet(table))[1:] == [["250", ""], ["", "x"], ["-0.5", ""]]
