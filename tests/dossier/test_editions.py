"""Results frozen as editions, and two editions of one city side by side."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from creative_spatial.area import StudyArea
from creative_spatial.cli import cli
from creative_spatial.dossier import (
    changes_csv,
    changes_lines,
    check_writable,
    compare_editions,
    edition_sha256,
    freeze,
    save,
    verify,
)
from creative_spatial.errors import LoadError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.result import Result

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def saved(tmp_path: Path, result: Result) -> Path:
    return save(result, tmp_path / "town", maps=["overview"])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestFreeze:
    def test_an_edition_is_what_the_run_wrote_without_its_times(self, saved: Path) -> None:
        edition = freeze(saved, "2026-1", date=DAY)
        assert edition == saved.parent / "town.editions" / "2026-1"
        before, frozen = contents(saved), contents(edition)
        manifest = json.loads(frozen.pop("edition.json"))
        del before["log.txt"]
        assert frozen == before
        assert manifest["city"] == "Town"
        assert manifest["version"] == "2026-1"
        assert manifest["date"] == "2026-03-01"
        assert manifest["files"].keys() == frozen.keys()
        assert verify(edition) == []

    def test_its_files_are_read_only(self, saved: Path) -> None:
        edition = freeze(saved, "1")
        assert {path.stat().st_mode & 0o222 for path in edition.rglob("*") if path.is_file()} == {0}

    def test_the_same_results_give_the_same_bytes(self, saved: Path) -> None:
        one = contents(freeze(saved, "1", date=DAY))
        shutil.rmtree(saved.parent / "town.editions")
        assert contents(freeze(saved, "1", date=DAY)) == one

    def test_its_hash_is_the_same_after_another_run_on_another_day(
        self, tmp_path: Path, saved: Path, result: Result
    ) -> None:
        again = save(result, tmp_path / "elsewhere", maps=["overview"])
        sums = {
            edition_sha256(freeze(saved, "1", date=DAY)),
            edition_sha256(freeze(again, "1", date=DAY + dt.timedelta(1))),
        }
        assert len(sums) == 1

    def test_its_hash_differs_for_other_numbers_and_versions(
        self, tmp_path: Path, saved: Path, make: Callable[..., Result]
    ) -> None:
        rows = make().indicators
        rows.loc[0, "value"] = 1.6
        other = save(make(indicators=rows), tmp_path / "other", maps=["overview"])
        editions = [freeze(saved, "1"), freeze(saved, "2"), freeze(other, "1")]
        assert len({edition_sha256(edition) for edition in editions}) == 3

    @pytest.mark.parametrize("version", ["v1", "V1"])
    def test_an_edition_is_never_written_again(self, saved: Path, version: str) -> None:
        edition = freeze(saved, "v1")
        before = contents(edition)
        with pytest.raises(OutputError, match="is there already and stays as it is"):
            freeze(saved, version)
        assert contents(edition) == before

    def test_no_run_takes_its_place(self, saved: Path, result: Result) -> None:
        edition = freeze(saved, "1")
        with pytest.raises(OutputError, match="is a frozen edition of results"):
            save(result, edition, maps=())
        with pytest.raises(OutputError, match="is a frozen edition of results"):
            check_writable(edition)
        assert verify(edition) == []

    def test_the_next_run_leaves_it_alone(self, saved: Path, make: Callable[..., Result]) -> None:
        edition = freeze(saved, "1")
        before = contents(edition)
        save(make(tables={}), saved, maps=())
        assert contents(edition) == before
        assert verify(edition) == []

    @pytest.mark.parametrize(
        "version", ["", ".", "..", "../x", "a/b", "a\\b", "-a", "a.", " a", "a\n", "ก", "x" * 61,
                    "1.partial-7", "CON:"],
    )  # fmt: skip
    def test_versions_that_are_paths_are_refused(self, saved: Path, version: str) -> None:
        with pytest.raises(OutputError, match="cannot name an edition"):
            freeze(saved, version)
        assert [path.name for path in saved.parent.iterdir()] == ["town"]

    def test_edited_results_are_not_frozen(self, saved: Path) -> None:
        path = saved / "indicators.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("1.5", "9.5"), encoding="utf-8")
        with pytest.raises(
            OutputError, match=r"not as the run wrote it \(indicators\.csv is changed"
        ):
            freeze(saved, "1")
        assert [path.name for path in saved.parent.iterdir()] == ["town"]

    def test_files_of_others_stay_behind(self, saved: Path) -> None:
        (saved / "project.qgz").write_text("mine")
        assert not (freeze(saved, "1") / "project.qgz").exists()

    def test_a_folder_without_results_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(LoadError, match="holds no results"):
            freeze(tmp_path, "1")

    def test_an_edition_is_not_frozen_again(self, saved: Path) -> None:
        with pytest.raises(LoadError, match="is an edition already"):
            freeze(freeze(saved, "1"), "2")

    def test_a_copy_that_fails_leaves_nothing(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("creative_spatial.dossier.editions.shutil.copyfile", full)
        with pytest.raises(OutputError, match="The disk is full"):
            freeze(saved, "1")
        assert [path.name for path in saved.parent.iterdir()] == ["town"]


class TestVerifyEdition:
    @pytest.fixture
    def edition(self, saved: Path) -> Path:
        return freeze(saved, "1", date=DAY)

    @pytest.mark.parametrize("name", ["run.json", "city.gpkg", "indicators.csv"])
    def test_every_byte_of_every_file_counts(self, edition: Path, name: str) -> None:
        (edition / name).chmod(0o644)
        with (edition / name).open("ab") as file:
            file.write(b" ")
        found = verify(edition)
        assert [(one.state, one.file) for one in found] == [("changed", name)]

    def test_a_missing_file_and_an_added_one_are_faults(self, edition: Path) -> None:
        (edition / "credits.md").unlink()
        (edition / "maps" / "more.png").write_bytes(b"")
        found = verify(edition)
        assert [(one.state, one.file, one.fault) for one in found] == [
            ("missing", "credits.md", True),
            ("extra", "maps/more.png", True),
        ]

    @pytest.mark.parametrize(("key", "value"), [("version", "2"), ("city", "Other")])
    def test_an_edited_manifest_gives_itself_away(
        self, edition: Path, key: str, value: str
    ) -> None:
        path = edition / "edition.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        path.chmod(0o644)
        path.write_text(json.dumps({**manifest, key: value}), encoding="utf-8")
        (found,) = verify(edition)
        assert (found.state, found.file) == ("changed", "edition.json")

    @pytest.mark.parametrize("text", ["{", "[]", '{"files": []}', "{}"])
    def test_a_manifest_that_is_none_is_refused(self, edition: Path, text: str) -> None:
        (edition / "edition.json").chmod(0o644)
        (edition / "edition.json").write_text(text)
        with pytest.raises(LoadError, match="cannot be read as the manifest of an edition"):
            verify(edition)

    def test_the_hash_of_what_is_no_edition_is_refused(self, saved: Path) -> None:
        with pytest.raises(LoadError, match="is no edition"):
            edition_sha256(saved)


class TestCompare:
    """`before` holds a density 1.5, a Hill number 0.3, a share that is null, and 8 units."""

    @pytest.fixture
    def compared(
        self, tmp_path: Path, saved: Path, make: Callable[..., Result]
    ) -> Callable[..., pd.DataFrame]:
        def compare(rows: pd.DataFrame, **changes: object) -> pd.DataFrame:
            later = save(make(indicators=rows, **changes), tmp_path / "later", maps=())
            return compare_editions(saved, later)

        return compare

    def test_the_same_numbers_are_equal_also_where_there_is_none(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        table = compared(make().indicators)
        assert len(table) == len(make().indicators)
        assert set(table["state"]) == {"equal"}
        assert table.loc[table["id"] == "natural_share", "difference"].isna().all()
        assert changes_lines(table) == [
            f"{len(table)} equal, 0 changed, 0 new, 0 gone, 0 definition changed"
        ]

    def test_what_became_of_each_number(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        rows = make().indicators
        rows.loc[0, "value"] = 2.0
        rows.loc[1, ["value", "definition"]] = [0.9, "def"]
        rows.loc[2, "id"] = "green_share"
        table = compared(rows)
        city = table[table["level"] == "city"].set_index("id")
        assert city["state"].to_dict() == {
            "asset_density": "changed",
            "worship_hill": "definition changed",
            "natural_share": "gone",
            "green_share": "new",
        }
        assert city.loc["asset_density", ["before", "after", "difference"]].tolist() == [
            1.5,
            2,
            0.5,
        ]
        hill = city.loc["worship_hill"]
        assert (hill["before"], hill["after"]) == (pytest.approx(0.3), 0.9)
        assert np.isnan(hill["difference"]), "two definitions are not two values of one number"
        assert changes_lines(table[table["level"] == "city"]) == [
            "changed             asset_density, town: 1.5 -> 2 per km² (+0.5)",
            "definition changed  worship_hill/q1, town: 0.3 -> 0.9 per km²",
            "gone                natural_share, town: – -> – per km²",
            "new                 green_share, town: – -> – per km²",
            "0 equal, 1 changed, 1 new, 1 gone, 1 definition changed",
        ]

    @pytest.mark.parametrize(("column", "value"), [("n", 4.0), ("low", 0.5), ("grade", "D")])
    def test_a_number_on_other_grounds_is_changed(
        self,
        make: Callable[..., Result],
        compared: Callable[..., pd.DataFrame],
        column: str,
        value: object,
    ) -> None:
        rows = make().indicators
        rows[column] = rows[column].astype(object)
        rows.loc[0, column] = value
        table = compared(rows)
        assert table.loc[0, ["id", "state", "difference"]].tolist() == [
            "asset_density",
            "changed",
            0,
        ]
        assert set(table.loc[1:, "state"]) == {"equal"}

    def test_another_unit_of_measure_is_another_definition(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        rows = make().indicators
        rows.loc[0, "unit"] = "per ha"
        assert compared(rows).loc[0, "state"] == "definition changed"

    def test_a_null_that_became_a_number_is_changed(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        rows = make().indicators
        rows.loc[2, "value"] = 0.0
        table = compared(rows)
        assert table.loc[2, "state"] == "changed"
        assert np.isnan(table.loc[2, "difference"])

    def test_a_boundary_that_changed_is_noted_with_its_numbers(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        area = make().area
        boundaries = area.boundaries.copy()
        boundaries.loc["town", "area_land"] = 1_500_000.0
        moved = StudyArea(**{**vars(area), "boundaries": boundaries})
        table = compared(make().indicators, area=moved)
        note = "the boundary changed: 2.00 km² of land before, 1.50 after"
        assert set(table["note"]) == {note}
        assert f"note: town: {note}" in changes_lines(table)

    def test_editions_compare_like_results(self, saved: Path) -> None:
        assert set(compare_editions(freeze(saved, "1"), saved)["state"]) == {"equal"}

    def test_different_cities_are_refused(
        self, tmp_path: Path, saved: Path, make: Callable[..., Result]
    ) -> None:
        other = StudyArea(**{**vars(make().area), "name": "Village"})
        village = save(make(area=other), tmp_path / "village", maps=())
        with pytest.raises(
            LoadError, match=r"different cities: .*Town \(TH\) and .*Village \(TH\)"
        ):
            compare_editions(saved, village)

    def test_edited_numbers_are_not_compared(self, saved: Path) -> None:
        edition = freeze(saved, "1")
        path = saved / "indicators.json"
        path.write_text(path.read_text(encoding="utf-8").replace("1.5", "9.5"), encoding="utf-8")
        with pytest.raises(LoadError, match="is not what the run wrote, so its numbers are not"):
            compare_editions(edition, saved)

    def test_a_number_that_stands_there_twice_is_refused(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        rows = pd.concat([make().indicators, make().indicators.iloc[[0]]], ignore_index=True)
        with pytest.raises(LoadError, match=r"asset_density.*stands there more than once"):
            compared(rows)

    def test_results_without_numbers_compare(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        table = compared(make().indicators.iloc[:0])
        assert set(table["state"]) == {"gone"}

    def test_a_spreadsheet_does_not_run_what_is_in_the_table(
        self, make: Callable[..., Result], compared: Callable[..., pd.DataFrame]
    ) -> None:
        rows = make().indicators
        rows.loc[0, "category"] = "=1+1"
        text = changes_csv(compared(rows))
        again = pd.read_csv(io.StringIO(text))
        assert "'=1+1" in set(again["category"])
        assert "=1+1" not in set(again["category"])
        assert again["before"].dropna().iloc[0] == 1.5


class TestCommand:
    def test_freeze_says_where_and_with_what_hash(self, saved: Path) -> None:
        done = CliRunner().invoke(cli, ["freeze", str(saved), "2026-1", "--date", "2026-03-01"])
        assert done.exit_code == 0, done.output
        edition = saved.parent / "town.editions" / "2026-1"
        assert done.output == f"Froze {edition}\nsha256 {edition_sha256(edition)}\n"
        checked = CliRunner().invoke(cli, ["verify", str(edition)])
        assert checked.output == "2026-1 (2026-03-01), results: everything is as it was written.\n"

    def test_compare_shows_what_is_not_equal(
        self, tmp_path: Path, saved: Path, make: Callable[..., Result]
    ) -> None:
        rows = make().indicators
        rows.loc[0, "value"] = 2.0
        rows.loc[4, "value"] = 7.0
        later = save(make(indicators=rows), tmp_path / "later", maps=())
        done = CliRunner().invoke(cli, ["compare", str(saved), str(later)])
        assert done.exit_code == 0, done.output
        assert done.output.splitlines() == [
            "town -> later",
            "changed             asset_density, town: 1.5 -> 2 per km² (+0.5)",
            "2 equal, 1 changed, 0 new, 0 gone, 0 definition changed",
        ]
        units = CliRunner().invoke(cli, ["compare", str(saved), str(later), "--units"])
        assert "2 changed" in units.output
        everything = CliRunner().invoke(cli, ["compare", str(saved), str(later), "--all"])
        assert "equal               worship_hill/q1, town: 0.3 -> 0.3" in everything.output
        table = CliRunner().invoke(cli, ["compare", str(saved), str(later), "--csv"])
        assert len(pd.read_csv(io.StringIO(table.output))) == 3


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_folders_stay_writable_so_that_an_edition_can_be_moved(saved: Path) -> None:
    edition = freeze(saved, "1")
    moved = edition.rename(saved.parent / "archive")
    assert verify(moved) == []
