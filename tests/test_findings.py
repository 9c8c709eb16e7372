"""Findings: what a report is made of, and the table of their kinds."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from creative_spatial import errors
from creative_spatial.errors import (
    ConfigError,
    CreativeSpatialError,
    CreativeSpatialWarning,
    Fault,
    InputError,
    LoadError,
    SourceUnavailableError,
)
from creative_spatial.findings import (
    CheckReport,
    Finding,
    RowCounts,
    finding,
    finding_kinds,
    findings_of,
    row_counts,
)

SOURCE = Path(errors.__file__).parent


@pytest.mark.parametrize("kind", finding_kinds())
def test_every_kind_says_cause_remedy_and_where_that_is_from_and_is_used(kind):
    facts = finding_kinds()[kind]
    assert not facts.label.endswith(".")
    for sentence in (facts.cause, facts.remedy):
        assert sentence.endswith(".")
    assert facts.reference
    plain = kind.rpartition(":")[2]
    used = [path for path in SOURCE.rglob("*.py") if f'"{plain}"' in path.read_text("utf-8")]
    assert used


@pytest.mark.parametrize(
    "named",
    [
        value
        for value in vars(errors).values()
        if isinstance(value, type)
        and issubclass(value, CreativeSpatialError | CreativeSpatialWarning)
    ],
)
def test_every_error_and_warning_is_of_a_known_kind(named):
    assert named.kind in finding_kinds()


def test_one_fault_is_one_finding_with_its_own_rows_and_kind():
    error = LoadError("two things", faults=[Fault("a", "concept", (2, 3)), Fault("b")])
    first, second = findings_of(error, "x.csv", layer="l")
    assert (first.message, first.kind, first.rows, first.layer) == ("a", "concept", (2, 3), "l")
    assert (second.message, second.kind, second.rows) == ("b", "unreadable", ())
    assert first.remedy == finding_kinds()["concept"].remedy


def test_an_error_of_several_inputs_gives_the_findings_of_each():
    error = InputError([LoadError("a.csv: x"), ConfigError("y", faults=[Fault("1"), Fault("2")])])
    assert [found.message for found in findings_of(error, "a.csv")] == ["x", "1", "2"]
    assert str(error) == "2 inputs are at fault.\na.csv: x\ny"


@pytest.mark.parametrize(
    "error",
    [
        LoadError("x", kind="concept", rows=[1, 2], faults=[Fault("f", "crs", (3,))]),
        SourceUnavailableError("down"),
        InputError([LoadError("x", rows=[4])]),
    ],
)
def test_an_error_keeps_its_facts_between_processes(error):
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.kind, back.rows, back.faults) == (
        type(error), str(error), error.kind, error.rows, error.faults,
    )  # fmt: skip


def test_a_nearer_remedy_wins_over_that_of_the_kind():
    assert finding("warning", "a", "m", kind="crs", remedy="Do this.").remedy == "Do this."


def test_files_with_errors_come_first_and_errors_first_within_a_file():
    report = CheckReport(
        "Town",
        (
            Finding("note", "a", "1"),
            Finding("warning", "b", "2"),
            Finding("error", "c", "3"),
            Finding("error", "b", "4"),
        ),
    )
    assert not report.would_run
    assert {f: [x.message for x in found] for f, found in report.by_file().items()} == {
        "c": ["3"],
        "b": ["4", "2"],
        "a": ["1"],
    }
    assert [found["message"] for found in report.as_dict()["findings"]] == ["3", "4", "2", "1"]
    assert report.as_dict()["number"] == {"error": 2, "warning": 1, "note": 1}


def test_warnings_and_notes_let_assess_run():
    assert CheckReport("", (Finding("warning", "a", "m"), Finding("note", "a", "m"))).would_run
    assert CheckReport().would_run


def test_rows_are_counted_by_layer_as_far_as_the_reader_counts_them():
    inputs = {
        "a.csv": {"layers": [
            {"role": "culture", "layer": "x",
             "rows": {"in": 9, "out": 5, "outside": 1, "quarantined": {"no id": 2, "no place": 1}}},
        ]},
        "b.tif": {"layers": [{"role": "land_cover"}]},
        "indicators.toml": {"sha256": "0"},
    }  # fmt: skip
    assert row_counts(inputs) == (
        RowCounts("a.csv", "x", "culture", 9, 5, outside=1, quarantined=3),
        RowCounts("b.tif", "", "land_cover", None, None),
    )


def test_no_message_of_a_kind_names_a_command_that_there_is_not():
    from creative_spatial.cli import cli

    named = {
        word
        for facts in finding_kinds().values()
        for word in re.findall(r"`creative-spatial (\w+)", facts.remedy)
    }
    assert named
    assert named <= set(cli.commands)
