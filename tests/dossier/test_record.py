"""The record of a run, and the credits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.dossier import save
from creative_spatial.dossier.record import credits_text, digest, illustrative_rows, markdown
from creative_spatial.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from creative_spatial.result import Result


def record(target: Path) -> dict[str, object]:
    return json.loads((target / "run.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_it_says_what_ran_on_what(tmp_path: Path, result: Result) -> None:
    run = record(save(result, tmp_path / "town", maps=()))
    assert run["crs"]["id"] == "EPSG:32647"  # type: ignore[index]
    assert run["inputs"] == {"assets.csv": {"sha256": "00", "rows_in": 4, "rows_out": 4}}
    assert run["config_sha256"] == digest({"units": {"cell_m": 500.0}, "city": {"name": "Town"}})
    assert run["versions"].keys() >= {"python", "geopandas", "shapely", "pyproj", "matplotlib"}  # type: ignore[attr-defined]
    sources = {s["id"]: s for s in run["sources"]}  # type: ignore[attr-defined]
    assert sources["osm"]["license"] == "ODbL-1.0"
    assert sources["osm"]["date"] == "2026-01-01"
    assert sources["city"]["layers"] == ["boundaries", "culture", "zones"]


def test_run_times_are_in_the_log_only(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "town", maps=())
    assert record(target)["steps"][0] == {"step": "load", "status": "done", "reason": ""}  # type: ignore[index]
    log = (target / "log.txt").read_text()
    assert "1.25 s  load" in log
    assert "wrote city.gpkg" in log


def test_every_map_is_reported_as_drawn_or_not(tmp_path: Path, result: Result) -> None:
    run = record(save(result, tmp_path / "town", maps=["overview"]))
    assert [s for s in run["steps"] if s["step"].startswith("maps/")] == [  # type: ignore[attr-defined]
        {"step": "maps/overview", "status": "done", "reason": ""},
        {"step": "maps/pillar-2-culture", "status": "skipped", "reason": "not asked for"},
    ]


def test_the_digest_is_of_the_content_not_of_its_order() -> None:
    assert digest({"a": 1, "b": [1, {"c": 2, "d": 3}]}) == digest(
        {"b": [1, {"d": 3, "c": 2}], "a": 1}
    )
    assert digest({"a": 1}) != digest({"a": 2})


def test_credits_name_licence_date_and_layers(result: Result) -> None:
    text = credits_text(result)
    assert "- License: ODbL-1.0\n- Date of the data: 2026-01-01\n" in text
    assert "© OpenStreetMap contributors" in text
    assert "no evidence of anything" in text


def test_hostile_text_stays_text_in_the_credits() -> None:
    assert markdown("<img onerror=x>\n# h") == "&lt;img onerror=x&gt; \\# h"
    assert markdown("[a](javascript:b) `c`") == "\\[a\\](javascript:b) \\`c\\`"


def test_a_source_nobody_described_is_named(make: Callable[..., Result]) -> None:
    text = credits_text(make(sources={"osm": Source("osm", "O", "ODbL-1.0", "©")}))
    assert "## city\n\nNot described: name its owner and licence." in text


def test_a_log_line_cannot_be_forged(
    make: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ({"step": "a\n9.99 s  forged", "status": "done", "reason": "", "seconds": 1.0},)
    target = save(make(steps=steps), tmp_path / "town", maps=())
    assert "1.00 s  a 9.99 s  forged\n" in (target / "log.txt").read_text()


def test_rows_that_say_nothing_themselves_are_as_their_source_is() -> None:
    sources = {
        "made": Source("made", "Drawn", "CC0-1.0", "us", accuracy="illustrative"),
        "hall": Source("hall", "Register", "CC0-1.0", "hall"),
    }
    edges = pd.DataFrame({"source_id": ["made", "hall", "hall;made", None]})
    assert illustrative_rows(edges, sources) == 2
    # A row that can say so and does not is none.
    assert illustrative_rows(edges.assign(accuracy=["surveyed", *[None] * 3]), sources) == 0
    assert illustrative_rows(pd.DataFrame({"x": [1]}), sources) == 0
