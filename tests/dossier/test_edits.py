"""What somebody changed in city.gpkg is found, and what a program changed by itself is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from gis_edits import from_blob, qgis, to_blob
from pyproj import Transformer

from creative_spatial.dossier import edits_csv, edits_lines, save
from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders import edits_json, read_edited, read_edits

if TYPE_CHECKING:
    from collections.abc import Callable

    from creative_spatial.result import Result

CRS = "EPSG:32647"
MOVED = shapely.Point(600_103, 790_104)  # 3 m east and 4 m north of osm:node/3


WRITTEN: dict[str, Path] = {}


@pytest.fixture
def town(tmp_path: Path, result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of results that were written once."""
    if "town" not in WRITTEN:
        WRITTEN["town"] = save(result, tmp_path_factory.mktemp("written") / "town", maps=())
    return Path(shutil.copytree(WRITTEN["town"], tmp_path / "town"))


@pytest.fixture
def flagged(tmp_path: Path, make: Callable[..., Result], result: Result) -> Path:
    """Results in which the café was generalised."""
    layers = {name: layer.copy() for name, layer in result.layers.items()}
    layers["culture"]["dataGeneralizations"] = [None, None, None, "Position replaced"]
    layers["culture"]["sensitivity"] = [None, None, None, "home"]
    return save(make(layers=layers), tmp_path / "flagged", maps=())


def run(folder: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    with qgis(folder / "city.gpkg") as database:
        for statement, values in statements:
            database.execute(statement, values)


def changed(folder: Path) -> list[tuple[Any, ...]]:
    table = read_edited(folder).changes
    columns = ["feature_id", "change", "column", "before", "after"]
    return [tuple(row) for row in table[columns].itertuples(index=False)]


def test_a_file_that_nobody_touched_has_no_changes(town: Path) -> None:
    found = read_edited(town)
    assert len(found.changes) == 0
    assert set(found.layers) == {"culture", "zones", "protected"}
    assert sorted(found.layers["culture"].index) == ["city:2", "city:9", "osm:node/3", "osm:way/1"]
    assert edits_lines(found.changes) == ["no feature was changed"]


def test_a_point_that_was_moved_says_from_where_to_where_and_how_far(town: Path) -> None:
    run(town, ("UPDATE culture SET geom = ? WHERE feature_id = 'osm:node/3'", (to_blob(MOVED),)))

    found = read_edited(town)
    assert changed(town) == [
        ("osm:node/3", "moved", "geometry", "POINT (600100 790100)", "POINT (600103 790104)")
    ]
    assert found.changes["moved_m"].tolist() == [5.0]  # 3, 4, 5
    assert found.layers["culture"].geometry["osm:node/3"] == MOVED


def test_an_area_whose_corner_was_pulled_says_by_how_much(town: Path) -> None:
    pulled = shapely.Polygon([(600_400, 790_400), (600_450, 790_400), (600_460, 790_450), (600_400, 790_450)])  # fmt: skip
    run(
        town,
        ("UPDATE culture_areas SET geom = ? WHERE feature_id = 'osm:way/1'", (to_blob(pulled),)),
    )

    assert read_edited(town).changes["moved_m"].tolist() == [10.0]


def test_a_shift_below_the_tolerance_is_no_move(town: Path) -> None:
    near = shapely.Point(600_100.03, 790_100)
    run(town, ("UPDATE culture SET geom = ? WHERE feature_id = 'osm:node/3'", (to_blob(near),)))

    assert len(read_edited(town).changes) == 0
    assert read_edited(town, tolerance_m=0.01).changes["moved_m"].tolist() == [0.03]


def test_a_cell_that_was_rewritten_says_what_stood_there(town: Path) -> None:
    run(
        town,
        ("UPDATE culture SET name = 'Wat Klang', community = NULL WHERE feature_id = 'city:2'", ()),
    )

    assert changed(town) == [
        ("city:2", "attribute", "name", "วัดกลาง", "Wat Klang"),
        ("city:2", "attribute", "community", "buddhist", None),
    ]


def test_a_row_that_was_deleted_is_removed(town: Path) -> None:
    run(town, ("DELETE FROM culture WHERE feature_id = 'city:9'", ()))

    assert changed(town) == [("city:9", "removed", "geometry", "POINT (601000 790500)", None)]
    assert "city:9" not in read_edited(town).layers["culture"].index


def test_a_new_row_gets_an_id_of_its_own_that_stays(town: Path) -> None:
    place = shapely.Point(600_500, 790_500)
    run(
        town,
        ("INSERT INTO culture (geom, name, concept) VALUES (?, 'New', 'wat')", (to_blob(place),)),
    )

    found = read_edited(town)
    fresh = found.layers["culture"].index.difference(
        ["city:2", "city:9", "osm:node/3", "osm:way/1"]
    )
    assert len(fresh) == 1
    assert fresh[0].startswith("edited:")
    assert found.layers["culture"].loc[fresh[0], "source_id"] == "edited"
    assert changed(town) == [
        (fresh[0], "added", "geometry", None, "POINT (600500 790500)"),
        (fresh[0], "added", "name", None, "New"),
        (fresh[0], "added", "concept", None, "wat"),
    ]
    with qgis(town / "city.gpkg") as database:
        database.execute("UPDATE culture SET fid = fid + 1000")
    assert list(read_edited(town).changes["feature_id"].unique()) == [fresh[0]]


def test_of_a_split_or_copied_feature_the_nearest_part_keeps_the_id(town: Path) -> None:
    whole = "SELECT geom FROM culture_areas WHERE feature_id = 'osm:way/1'"
    with qgis(town / "city.gpkg") as database:
        west, south, _, north = from_blob(database.execute(whole).fetchone()[0]).bounds
        large, small = (
            shapely.box(west, south, west + 40, north),
            shapely.box(west + 40, south, west + 50, north),
        )
        columns = [row[1] for row in database.execute('PRAGMA table_info("culture_areas")')]
        rest = ", ".join(f'"{c}"' for c in columns if c not in {"fid", "geom"})
        database.execute(
            f"INSERT INTO culture_areas (geom, {rest}) SELECT ?, {rest} FROM culture_areas",
            (to_blob(small),),
        )
        database.execute("UPDATE culture_areas SET geom = ? WHERE fid = 1", (to_blob(large),))

    table = read_edited(town).changes
    assert table["change"].tolist()[0] == "moved"
    assert table["moved_m"].iloc[0] == 10.0
    added = table[table["change"] == "added"]
    assert added["note"].iloc[0] == "a copy or a part of osm:way/1"
    # What says where the first record came from is not the copy's.
    assert not {"source_id", "tags"} & set(added["column"])


def test_what_a_program_changes_by_itself_is_no_change(town: Path) -> None:
    rows = gpd.read_file(town / "city.gpkg", layer="culture")
    rows["edited"] = rows["edited"].astype(str)  # another type
    rows["checked"] = None  # a new column that nobody filled
    rows.geometry = shapely.force_3d(rows.geometry.to_numpy(), 4.0)
    rows.geometry = shapely.multipoints(
        shapely.get_coordinates(rows.geometry), indices=range(len(rows))
    )
    rows = rows.iloc[::-1].to_crs(4326)  # other row numbers, another system
    pyogrio.write_dataframe(rows, town / "city.gpkg", layer="culture", driver="GPKG")

    table = read_edited(town).changes
    assert table[table["column"] != "edited"].empty
    assert set(table["column"]) <= {"edited"}


def test_a_column_that_somebody_added_and_filled_is_a_change(town: Path) -> None:
    run(
        town,
        ("ALTER TABLE culture ADD COLUMN checked TEXT", ()),
        ("UPDATE culture SET checked = 'yes' WHERE feature_id = 'city:2'", ()),
    )
    assert changed(town) == [("city:2", "attribute", "checked", None, "yes")]


def test_a_column_that_is_gone_changes_nothing(town: Path) -> None:
    run(town, ("ALTER TABLE culture DROP COLUMN kind", ()))
    found = read_edited(town)
    assert len(found.changes) == 0
    assert found.layers["culture"]["kind"].notna().all()


def test_a_layer_under_another_name_is_known_by_its_ids(town: Path) -> None:
    rows = pyogrio.read_dataframe(town / "city.gpkg", layer="culture")
    rows.loc[rows["feature_id"] == "city:2", "name"] = "Wat Klang"
    run(town, ("DELETE FROM gpkg_contents WHERE table_name = 'culture'", ()))
    pyogrio.write_dataframe(rows, town / "city.gpkg", layer="temples 2026", driver="GPKG")

    with pytest.warns(DataQualityWarning, match="'temples 2026' holds the features of 'culture'"):
        table = read_edited(town).changes
    assert table["after"].tolist() == ["Wat Klang"]


def test_a_layer_that_was_deleted_takes_no_feature_with_it(town: Path) -> None:
    run(town, ("DELETE FROM gpkg_contents WHERE table_name = 'culture_areas'", ()))

    with pytest.warns(
        DataQualityWarning, match="'culture_areas' is not in it; its features are taken"
    ):
        found = read_edited(town)
    assert len(found.changes) == 0
    assert "osm:way/1" in found.layers["culture"].index


def test_a_layer_of_somebodys_own_is_named_and_not_read(town: Path) -> None:
    notes = gpd.GeoDataFrame({"text": ["here"]}, geometry=[shapely.Point(6e5, 79e4)], crs=CRS)
    pyogrio.write_dataframe(notes, town / "city.gpkg", layer="my notes", driver="GPKG")

    with pytest.warns(DataQualityWarning, match="layer 'my notes' is not one the run wrote"):
        assert len(read_edited(town).changes) == 0


def test_edits_that_qgis_has_not_folded_into_the_file_are_read(town: Path) -> None:
    with qgis(town / "city.gpkg") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("UPDATE culture SET name = 'Wat Klang' WHERE feature_id = 'city:2'")
        database.commit()
        assert (town / "city.gpkg-wal").stat().st_size > 0
        before = sorted(path.name for path in town.iterdir())
        assert [row[4] for row in changed(town)] == ["Wat Klang"]
        assert sorted(path.name for path in town.iterdir()) == before


def test_a_generalised_place_is_not_restored_and_keeps_its_flag(flagged: Path) -> None:
    true = shapely.Point(601_234, 790_321)
    run(
        flagged,
        (
            "UPDATE culture SET geom = ?, sensitivity = NULL WHERE feature_id = 'city:9'",
            (to_blob(true),),
        ),
    )

    with pytest.warns(DataQualityWarning, match="generalised before it was shown"):
        found = read_edited(flagged)
    assert found.layers["culture"].geometry["city:9"] == shapely.Point(601_000, 790_500)
    assert found.layers["culture"].loc["city:9", "sensitivity"] == "home"
    everything = edits_json(found) + edits_csv(found.changes) + "".join(edits_lines(found.changes))
    assert "601234" not in everything
    assert json.loads(edits_json(found))["edits"] == []


def test_a_feature_that_lost_its_geometry_is_not_removed(town: Path) -> None:
    run(town, ("UPDATE culture SET geom = NULL WHERE feature_id = 'city:9'", ()))

    with pytest.warns(DataQualityWarning, match="city:9: it has no geometry any more"):
        found = read_edited(town)
    assert found.layers["culture"].geometry["city:9"] == shapely.Point(601_000, 790_500)


def test_a_new_row_without_geometry_is_left_out_and_named(town: Path) -> None:
    run(town, ("INSERT INTO culture (name) VALUES ('nowhere')", ()))

    with pytest.warns(DataQualityWarning, match="it has no geometry, and was left out"):
        assert len(read_edited(town).layers["culture"]) == 4


def test_a_base_that_was_changed_itself_is_no_base(town: Path) -> None:
    culture = town / "layers" / "culture.parquet"
    gpd.read_parquet(culture).iloc[1:].to_parquet(culture)

    with pytest.raises(LoadError, match=r"layers/culture\.parquet .* is not as the run wrote it"):
        read_edited(town)


def test_a_file_that_lies_elsewhere_needs_the_results_it_was_made_with(
    town: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "mail" / "city.gpkg"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes((town / "city.gpkg").read_bytes())

    with pytest.raises(LoadError, match=r"holds no run\.json.*--base"):
        read_edited(elsewhere)
    assert len(read_edited(elsewhere, base=town).changes) == 0


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00 cut off", b"<html>"])
def test_a_broken_file_says_what_to_do(town: Path, content: bytes) -> None:
    (town / "city.gpkg").write_bytes(content)
    with pytest.raises(LoadError, match=r"city\.gpkg cannot be read as a GeoPackage"):
        read_edited(town)


def test_changes_survive_being_kept_as_a_file(town: Path, tmp_path: Path) -> None:
    run(
        town,
        (
            "UPDATE culture SET geom = ?, name = 'ก' WHERE feature_id = 'osm:node/3'",
            (to_blob(MOVED),),
        ),
        ("DELETE FROM culture WHERE feature_id = 'city:9'", ()),
    )
    file = tmp_path / "edits.json"
    file.write_text(edits_json(read_edited(town)), encoding="utf-8")

    table = read_edits(file, target_crs=CRS)
    assert set(table["change"]) == {"removed", "moved", "attribute"}
    assert table.loc[table["change"] == "moved", "after"].tolist() == ["POINT (600103 790104)"]
    degrees = read_edits(file, target_crs="EPSG:4326")
    there = shapely.from_wkt(degrees.loc[degrees["change"] == "moved", "after"].iloc[0])
    expected = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(MOVED.x, MOVED.y)
    assert there.coords[0] == pytest.approx(expected, abs=1e-7)


EDIT = {"change": "moved", "layer": "culture", "feature_id": "a", "column": "geometry"}
HEAD = {"schema": 1, "kind": "edits of city.gpkg", "crs": "EPSG:4326"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is not what `creative-spatial changes"),
        (json.dumps({**HEAD, "edits": [{"change": "x"}]}), "edit 1: `change` is one of"),
        (json.dumps({**HEAD, "edits": [EDIT]}), "edit 1: it has no geometry in `after`"),
        (json.dumps({**HEAD, "edits": [{**EDIT, "after": "POINT("}]}), "cannot be read as WKT"),
        (
            json.dumps({**HEAD, "edits": [{**EDIT, "after": "CIRCULARSTRING (0 0, 1 1, 2 0)"}]}),
            "cannot be read as WKT",
        ),
        (json.dumps({**HEAD, "crs": "x", "edits": []}), "`crs` 'x' is no CRS"),
    ],
)
def test_a_file_of_changes_that_was_spoilt_says_where(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "edits.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(LoadError, match=said):
        read_edits(file, target_crs=CRS)


def test_the_table_for_a_spreadsheet_runs_nothing(town: Path) -> None:
    run(town, ("UPDATE culture SET name = '=1+1' WHERE feature_id = 'city:2'", ()))
    text = edits_csv(read_edited(town).changes)
    assert ",=1+1" not in text
    assert "=1+1" in text


def test_lines_for_a_terminal_name_each_change_and_count_features(town: Path) -> None:
    run(
        town,
        (
            "UPDATE culture SET geom = ?, name = 'ก' WHERE feature_id = 'osm:node/3'",
            (to_blob(MOVED),),
        ),
        ("INSERT INTO culture (geom, name, concept) VALUES (?, 'New', 'wat')", (to_blob(MOVED),)),
    )
    lines = edits_lines(read_edited(town).changes)
    assert any("moved or reshaped by 5.0 m" in line for line in lines)
    assert lines[-1] == "features: 1 added, 1 moved or reshaped, 1 with other attributes"


def test_numbers_as_text_and_blanks_as_nulls_are_the_same(town: Path) -> None:
    rows = pyogrio.read_dataframe(town / "city.gpkg", layer="culture")
    rows["open"] = rows["open"].map(lambda v: None if pd.isna(v) else str(float(v)))
    rows["community"] = rows["community"].fillna("")
    pyogrio.write_dataframe(rows, town / "city.gpkg", layer="culture", driver="GPKG")
    assert len(read_edited(town).changes) == 0
