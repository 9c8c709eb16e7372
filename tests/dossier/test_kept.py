"""What others put among the results, or changed in them, survives the next run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from creative_spatial.dossier import save

if TYPE_CHECKING:
    from pathlib import Path

    from creative_spatial.result import Result


@pytest.fixture
def target(tmp_path: Path, result: Result) -> Path:
    return save(result, tmp_path / "town", maps=())


def names(folder: Path) -> set[str]:
    return {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or p.is_file()
    }


def apart(target: Path) -> Path:
    """Where what was changed is kept, outside the results."""
    return target.with_name("town.edits")


def test_a_second_run_adds_nothing(target: Path, result: Result) -> None:
    before = names(target)
    save(result, target, maps=())
    assert names(target) == before


def test_a_project_saved_beside_the_layers_stays(target: Path, result: Result) -> None:
    (target / "town.qgz").write_bytes(b"project")
    (target / "layouts").mkdir()
    (target / "layouts" / "poster.qpt").write_bytes(b"layout")
    (target / "link").symlink_to("town.qgz")
    save(result, target, maps=())
    assert (target / "town.qgz").read_bytes() == b"project"
    assert (target / "layouts" / "poster.qpt").read_bytes() == b"layout"
    assert (target / "link").is_symlink()


def test_a_layer_edited_in_the_geopackage_is_kept_apart(target: Path, result: Result) -> None:
    extra = gpd.GeoDataFrame(
        {"feature_id": ["new:1"], "name": ["added by hand"]},
        geometry=[shapely.Point(600_200, 790_200)],
        crs="EPSG:32647",
    )
    extra.to_file(target / "city.gpkg", layer="culture", mode="a", engine="pyogrio")
    for _ in range(2):
        save(result, target, maps=())
        assert names(apart(target)) == {"city.edited.gpkg", "city.edited.json"}
        assert not any("edited" in name for name in names(target))
    kept = gpd.read_file(apart(target) / "city.edited.gpkg", layer="culture")
    assert "added by hand" in set(kept["name"])
    assert "added by hand" not in set(gpd.read_file(target / "city.gpkg", layer="culture")["name"])


def test_an_edit_that_an_open_program_has_not_folded_in_is_kept(
    target: Path, result: Result
) -> None:
    with closing(sqlite3.connect(target / "city.gpkg")) as qgis:
        qgis.execute("PRAGMA journal_mode=WAL")
        qgis.execute(
            "UPDATE layer_styles SET update_time = '2026-02-03T00:00:00Z', styleQML = 'mine'"
        )
        qgis.commit()
        assert (target / "city.gpkg-wal").stat().st_size > 0
        save(result, target, maps=())
    with closing(sqlite3.connect(apart(target) / "city.edited.gpkg")) as kept:
        assert kept.execute("SELECT DISTINCT styleQML FROM layer_styles").fetchall() == [("mine",)]
    assert names(target) & {"city.gpkg-wal", "city.gpkg-shm"} == set()


def test_opening_the_geopackage_without_editing_is_no_edit(target: Path, result: Result) -> None:
    with closing(sqlite3.connect(target / "city.gpkg")) as qgis:
        qgis.execute("PRAGMA journal_mode=WAL")
        qgis.execute("SELECT * FROM culture").fetchall()
    save(result, target, maps=())
    assert not apart(target).exists()


def test_a_table_changed_in_a_spreadsheet_is_kept_each_time(target: Path, result: Result) -> None:
    for text in ("first", "second"):
        (target / "indicators.csv").write_text(text)
        save(result, target, maps=())
    assert (apart(target) / "indicators.edited.csv").read_text() == "first"
    assert (apart(target) / "indicators.edited-2.csv").read_text() == "second"
    assert (target / "indicators.csv").read_text().startswith("id,title,")


def test_a_strangers_file_gives_way_to_ours_of_the_same_name(target: Path, result: Result) -> None:
    (target / "maps").mkdir()
    (target / "maps" / "overview.png").write_text("drawn by hand")
    save(result, target, maps=["overview"], formats=["png"])
    assert (apart(target) / "maps" / "overview.edited.png").read_text() == "drawn by hand"


def test_what_an_earlier_version_kept_among_the_results_goes_out_and_nothing_is_lost(
    target: Path, result: Result, caplog: pytest.LogCaptureFixture
) -> None:
    apart(target).mkdir()
    (apart(target) / "city.edited.json").write_text("of last year")
    for name in ("city.edited.gpkg", "city.edited-2.json", "my.edited.gpkg"):
        (target / name).write_text(name)
    save(result, target, maps=())
    assert {n for n in names(target) if "edited" in n} == {"my.edited.gpkg"}
    texts = {name: (apart(target) / name).read_text() for name in names(apart(target))}
    assert sorted(texts.values()) == ["city.edited-2.json", "city.edited.gpkg", "of last year"]
    assert texts["city.edited.json"] == "of last year"
    assert "outside the results, since what is not public may be in it" in caplog.text
