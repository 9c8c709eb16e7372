"""Indicator rows as JSON and CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from creative_spatial.dossier.rows import (
    indicators_csv,
    indicators_json,
    json_ready,
    neutralized,
    to_json,
)
from creative_spatial.result import ROW_COLUMNS

if TYPE_CHECKING:
    from creative_spatial.result import Result


def test_json_holds_every_row_with_its_keys_in_order(result: Result) -> None:
    rows = json.loads(indicators_json(result.indicators))["indicators"]
    assert len(rows) == len(result.indicators) == 11
    assert all(tuple(row) == ROW_COLUMNS for row in rows)


def test_json_knows_no_nan_and_keeps_every_digit(result: Result) -> None:
    text = indicators_json(result.indicators)
    assert "NaN" not in text
    density, hill, share = json.loads(text)["indicators"][:3]
    assert (density["value"], density["n"], density["low"]) == (1.5, 3, None)
    assert isinstance(density["n"], int)
    assert hill["value"] == 0.1 + 0.2
    assert share["value"] is None
    assert share["n"] is None
    assert "สงขลา" in text


def test_no_rows_are_an_empty_list() -> None:
    empty = pd.DataFrame(columns=list(ROW_COLUMNS))
    assert json.loads(indicators_json(empty)) == {"indicators": []}
    assert indicators_csv(empty) == ",".join(ROW_COLUMNS) + "\n"


def test_csv_holds_the_same_rows(result: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(indicators_csv(result.indicators))))
    other = json.loads(indicators_json(result.indicators))["indicators"]
    assert [float(r["value"]) if r["value"] else None for r in rows] == [r["value"] for r in other]
    assert [r["unit_id"] for r in rows] == [r["unit_id"] or "" for r in other]
    assert rows[0]["n"] == "3"


def test_a_spreadsheet_runs_no_cell(result: Result) -> None:
    rows = result.indicators.assign(value=-1.5)
    first = next(csv.DictReader(io.StringIO(indicators_csv(rows))))
    assert first["notes"].startswith("'=HYPERLINK")
    assert first["value"] == "-1.5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_neutralized(start: str) -> None:
    assert neutralized(f"{start}1+1") == f"'{start}1+1"


def test_values_of_any_kind_become_json() -> None:
    value = {
        1: np.float64("inf"),
        "n": np.int64(3),
        "when": dt.date(2026, 1, 2),
        "missing": pd.NA,
        "never": pd.NaT,
        "set": {"b", "a"},
        "array": np.array([1.0, np.nan]),
        "bytes": b"\x01",
        "path": Path("a"),
        "yes": np.True_,
    }
    assert json_ready(value) == {
        "1": None,
        "n": 3,
        "when": "2026-01-02",
        "missing": None,
        "never": None,
        "set": ["a", "b"],
        "array": [1.0, None],
        "bytes": "01",
        "path": "a",
        "yes": True,
    }
    assert json.loads(to_json(value))["n"] == 3
