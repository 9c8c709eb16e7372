"""Rows set aside and cells mended, from a city's files to its results folder."""

from __future__ import annotations

import csv
import json
import shutil
import warnings

import pandas as pd
import pytest

from creative_spatial import Assessment
from creative_spatial.assessment.ledgers import public_ledgers
from creative_spatial.loaders import undo_repairs

CITY = """
schema = 1
[city]
name = "Songkhla"
[[boundary]]
id = "municipality"
path = "boundary.geojson"
source = "hall"
[units]
grid = "square"
cell_m = 2000
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[layer]]
pillar = "culture"
kind = "table"
path = "temples.csv"
source = "hall"
concept = "wat"
[[layer]]
pillar = "community"
kind = "survey"
path = "survey.csv"
source = "hall"
concept = "ngo"
"""
TEMPLES = (
    "id,name,lon,lat,sensitivity\n"
    "1,Wat Klang,100.593,7.206,\n"
    "2,=HYPERLINK(A1),7.21,100.59,\n"
    "3,Wat Pho,๑๐๐.๖๐,7.2,\n"
    "4,Grave,7.22,100.58,grave\n"
    "5,Nowhere,,,\n"
    ",Nobody,100.6,7.2,\n"
    "1,Wat Klang,100.593,7.206,\n"
    "8,Far,101.5,6.5,\n"
)
SURVEY = (
    "group_name,consent,gps,_uuid,_submission_time\n"
    "Weavers,yes,100.5937 7.2067 0 4,u-1,2026-01-05\n"
    "Fishers,no,7.2061 100.5931 0 4,u-2,2026-01-05\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A city folder with faults of several kinds."""
    path = tmp_path_factory.mktemp("city")
    west, south, east, north = 100.56, 7.17, 100.62, 7.23
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    (path / "boundary.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    (path / "temples.csv").write_text(TEMPLES, encoding="utf-8")
    (path / "survey.csv").write_text(SURVEY, encoding="utf-8")
    (path / "city.toml").write_text(CITY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def assessment(folder):
    return Assessment.from_toml(folder)


@pytest.fixture(scope="module")
def data(assessment):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return assessment.load()


@pytest.fixture(scope="module")
def results(assessment, tmp_path_factory):
    """The results folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = assessment.run(only=["asset_density"])
        return assessment.save(result, tmp_path_factory.mktemp("out") / "results", maps=())


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_row_set_aside_is_in_the_quarantine_with_its_remedy(data):
    found = data.quarantine.set_index("row")
    assert found["kind"].to_dict() == {6: "no_coordinates", 8: "exact_duplicate", 7: "no_id"}
    assert found.loc[8, "reason"] == "the same as row 2"
    assert set(found["file"]) == {"temples.csv"}
    assert found["remedy"].str.endswith(".").all()


def test_of_a_file_with_a_grave_no_row_set_aside_is_shown(data, results):
    assert set(data.quarantine["cells"]) == {"withheld"}
    assert {row["cells"] for row in rows_of(results / "quarantine.csv")} == {"withheld"}


def test_rows_set_aside_show_what_stands_in_them_where_all_is_public(folder, tmp_path):
    for name in ("boundary.geojson", "survey.csv", "city.toml"):
        shutil.copy(folder / name, tmp_path)
    public = TEMPLES.replace(",grave\n", ",\n")
    (tmp_path / "temples.csv").write_text(public, encoding="utf-8")
    with_survey = Assessment.from_toml(tmp_path)
    (tmp_path / "city.toml").write_text(CITY.partition('[[layer]]\npillar = "community"')[0])
    without_survey = Assessment.from_toml(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = without_survey.load().quarantine.set_index("row")["cells"]
        result = without_survey.run(only=["asset_density"])
        hidden = with_survey.run(only=["asset_density"])
    assert {row: json.loads(cells) for row, cells in found.items()} == {
        6: {"id": "5", "name": "Nowhere"},
        7: {"name": "Nobody", "lon": "100.6", "lat": "7.2"},
        8: {"id": "1", "name": "Wat Klang", "lon": "100.593", "lat": "7.206"},
    }
    assert result.tables["quarantine"]["cells"].tolist() == found.tolist()
    # Who was asked without consent may stand in the public list, set aside there.
    assert set(hidden.tables["quarantine"]["cells"]) == {"withheld"}


def test_repairs_say_what_stood_where_but_for_what_is_not_for_everybody(data):
    found = data.repairs[data.repairs["file"] == "temples.csv"].set_index("row")
    assert found["kind"].to_dict() == {3: "swapped", 4: "digits", 5: "swapped"}
    assert found.loc[3, "before"] == "POINT (7.21 100.59)"
    assert found.loc[4, ["column", "before", "after"]].tolist() == ["lon", "๑๐๐.๖๐", "100.6"]
    assert found.loc[5, ["before", "after"]].tolist() == ["withheld", "withheld"]
    assert found["feature_id"].to_dict() == {3: "hall:2", 4: "hall:3", 5: "hall:4"}
    (survey,) = data.repairs[data.repairs["file"] == "survey.csv"].itertuples()
    assert (survey.kind, survey.before, survey.after) == ("swapped", "withheld", "withheld")


def test_repairs_of_a_city_can_be_undone_but_for_what_is_withheld(data):
    layer = data.layers[0]
    undone = undo_repairs(layer, data.repairs)
    placeless = undone.index[undone.geometry.isna()]
    assert placeless.tolist() == ["hall:2", "hall:3"], "as they stood in the file"
    assert undone.loc["hall:3", "lon"] == "๑๐๐.๖๐"
    assert undone.geometry["hall:4"] == layer.geometry["hall:4"], "what is withheld stays"


def test_the_results_hold_quarantine_and_repairs_as_csv(results):
    quarantine = rows_of(results / "quarantine.csv")
    assert list(quarantine[0]) == ["file", "layer", "row", "kind", "reason", "remedy", "cells"]
    assert sorted(int(row["row"]) for row in quarantine) == [6, 7, 8]
    repairs = rows_of(results / "repairs.csv")
    assert list(repairs[0]) == [
        "file", "layer", "row", "feature_id", "column", "kind", "before", "after",
    ]  # fmt: skip
    assert len(repairs) == 4
    assert len(pd.read_parquet(results / "tables" / "repairs.parquet")) == 4


def test_what_is_generalised_for_any_reason_is_not_in_what_was_mended(data):
    layer = data.layers[0].assign(sensitivity=None)
    public = layer.assign(dataGeneralizations=[None, "generalised to 0.01 degrees", None, None])
    repairs = public_ledgers(data, {"culture": public.drop(index="hall:3")})["repairs"]
    shown = repairs.set_index("row")[["feature_id", "before"]]
    assert shown.loc[3].tolist() == ["", "withheld"], (
        "generalised, though its row did not ask for it"
    )
    assert shown.loc[4].tolist() == ["", "withheld"], "in no layer"
    plain = public_ledgers(data, {"culture": layer})["repairs"].set_index("row")
    assert plain.loc[4, "before"] == "๑๐๐.๖๐"


def test_counts_add_up_in_the_record(results):
    run = json.loads((results / "run.json").read_text(encoding="utf-8"))
    by_file = {e["file"]: e["rows"] for e in run["provenance"]["inputs"] if "rows" in e}
    temples = by_file["temples.csv"]
    assert temples["quarantined"] == {
        "no coordinates": 1,
        "the same as another row": 1,
        "no id": 1,
    }
    assert (temples["in"], temples["outside"], temples["repaired"]) == (8, 1, 3)
    for rows in by_file.values():
        if "in" in rows:
            assert rows["in"] == rows["out"] + rows["outside"] + sum(rows["quarantined"].values())


def test_no_result_says_where_a_flagged_row_or_an_answer_lies(results):
    for path in sorted(results.rglob("*")):
        if path.suffix in {".csv", ".json", ".txt", ".md"}:
            text = path.read_text(encoding="utf-8")
            for secret in ("7.22 100.58", "100.58 7.22", "100.5937", "7.2067", "Fishers"):
                assert secret not in text, f"{secret} in {path.name}"
