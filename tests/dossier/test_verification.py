"""A results folder is compared with its record, and its inputs with the city's folder."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from places import CRS, square

from creative_spatial.assessment import Assessment
from creative_spatial.cli import cli
from creative_spatial.dossier import save, verify
from creative_spatial.dossier.content import geopackage_sha256
from creative_spatial.errors import ConfigError, LoadError
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.dossier import Deviation
    from creative_spatial.result import Result

CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.geojson"
source = "hall"
[units]
cell_m = 500
[[layer]]
pillar = "culture"
kind = "table"
path = "assets.csv"
source = "hall"
columns = { id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }
[[layer]]
pillar = "biodiversity"
kind = "vector"
path = "habitats.shp"
source = "hall"
concept = "mangrove"
columns = { id = "code" }
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "Town hall"
date = 2026-01-15
"""


@pytest.fixture
def saved(tmp_path: Path, result: Result) -> Path:
    return save(result, tmp_path / "town", maps=["overview"])


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city's folder: two assets inside, one far away, one without a place; a shapefile."""
    folder = tmp_path / "city"
    (folder / "taxonomy").mkdir(parents=True)
    town = gpd.GeoSeries([square(0, 0, 2, 1)], crs=CRS).to_crs(4326)
    town.to_file(folder / "town.geojson", driver="GeoJSON")
    west, south, east, north = town.total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    rows = [f"1,Mill,museum,{lon},{lat}", f"2,Market,food_market,{lon},{lat}"]
    rows += [f"3,Far,museum,{lon + 2},{lat}", "4,Nowhere,museum,,"]
    text = "\n".join(["id,name,concept,lon,lat", *rows]) + "\n"
    (folder / "assets.csv").write_text(text, encoding="utf-8")
    habitats = gpd.GeoDataFrame({"code": ["a"]}, geometry=[square(0, 0)], crs=CRS)
    habitats.to_file(folder / "habitats.shp")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    return folder


@pytest.fixture
def assessed(tmp_path: Path, city: Path, make: Callable[..., Result]) -> Path:
    """Results that say they were made from the city's folder."""
    assessment = Assessment.from_toml(city)
    with pytest.warns(match="assets.csv"):
        inputs = assessment.load().inputs
    made = make(inputs=inputs, config=assessment.config.as_dict())
    return save(made, tmp_path / "town", maps=())


def shown(found: list[Deviation]) -> list[tuple[str, str, str]]:
    return [(one.state, one.of, one.file) for one in found]


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


class TestResults:
    def test_what_was_just_written_is_as_it_was_written(self, saved: Path) -> None:
        assert verify(saved) == []

    def test_a_file_with_other_bytes_is_changed(self, saved: Path) -> None:
        known = sha256_file(saved / "units.parquet")
        change(saved / "units.parquet")
        (found,) = verify(saved)
        assert (found.state, found.file, found.fault) == ("changed", "units.parquet", True)
        now = sha256_file(saved / "units.parquet")
        assert found.message == f"it hashes to {now}, not to {known}"

    def test_a_file_that_is_gone_is_missing(self, saved: Path) -> None:
        (saved / "maps" / "overview.pdf").unlink()
        assert shown(verify(saved)) == [("missing", "results", "maps/overview.pdf")]

    def test_a_file_of_others_is_named_and_no_fault(self, saved: Path) -> None:
        (saved / "maps" / "mine.qgz").write_text("")
        (found,) = verify(saved)
        assert (found.state, found.file, found.fault) == ("extra", "maps/mine.qgz", False)

    def test_a_file_that_became_a_folder_is_missing(self, saved: Path) -> None:
        (saved / "units.parquet").unlink()
        (saved / "units.parquet").mkdir()
        assert shown(verify(saved)) == [("missing", "results", "units.parquet")]

    def test_a_link_that_leads_nowhere_cannot_be_read(self, saved: Path) -> None:
        (saved / "units.parquet").unlink()
        (saved / "units.parquet").symlink_to("nowhere")
        (found,) = verify(saved)
        assert (found.state, found.message) == ("changed", "it cannot be read")

    @pytest.mark.parametrize(("part", "key"), [("config", "city"), ("inputs", "assets.csv")])
    def test_an_edited_record_gives_itself_away(self, saved: Path, part: str, key: str) -> None:
        run = json.loads((saved / "run.json").read_text(encoding="utf-8"))
        run[part][key] = {"sha256": "better"}
        (saved / "run.json").write_text(json.dumps(run), encoding="utf-8")
        (found,) = verify(saved)
        assert (found.state, found.file) == ("changed", "run.json")
        assert f"its {part} do not fit" in found.message

    def test_a_name_in_the_record_leads_nowhere_else(self, saved: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("x")
        run = json.loads((saved / "run.json").read_text(encoding="utf-8"))
        run["files"]["../secret"] = sha256_file(tmp_path / "secret")
        (saved / "run.json").write_text(json.dumps(run), encoding="utf-8")
        assert shown(verify(saved)) == [("missing", "results", "../secret")]

    def test_a_folder_without_results_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(LoadError, match=r"holds no results: there is no run\.json"):
            verify(tmp_path)
        with pytest.raises(LoadError, match="holds no results"):
            verify(tmp_path / "nowhere")

    @pytest.mark.parametrize(
        ("part", "value", "fault"),
        [("files", [], "lists no files"), ("inputs", {"a": 1}, "edited")],
    )
    def test_a_record_that_lists_nothing_is_refused(
        self, saved: Path, part: str, value: object, fault: str
    ) -> None:
        run = json.loads((saved / "run.json").read_text(encoding="utf-8"))
        (saved / "run.json").write_text(json.dumps({**run, part: value}), encoding="utf-8")
        with pytest.raises(LoadError, match=fault):
            verify(saved)


class TestGeoPackage:
    """Its bytes say little: what counts is what it holds."""

    @staticmethod
    def run_sql(saved: Path, *statements: str) -> None:
        with closing(sqlite3.connect(saved / "city.gpkg", isolation_level=None)) as database:
            for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                database.create_function(name, 1, lambda _: 0)  # the spatial index asks for them
            for statement in statements:
                database.execute(statement)

    def test_other_bytes_with_the_same_content_are_no_change(self, saved: Path) -> None:
        before = sha256_file(saved / "city.gpkg")
        self.run_sql(saved, "PRAGMA journal_mode=DELETE", "PRAGMA user_version=1", "VACUUM")
        assert sha256_file(saved / "city.gpkg") != before
        assert verify(saved) == []

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE network_edges SET length_m = 101.0",
            "UPDATE network_edges SET length_m = NULL",
            "DELETE FROM network_edges",
            "ALTER TABLE network_edges ADD COLUMN more TEXT",
            "UPDATE layer_styles SET styleQML = '<qgis/>' WHERE f_table_name = 'zones'",
            "UPDATE gpkg_contents SET description = 'mine' WHERE table_name = 'zones'",
            "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'zones'",
        ],
    )
    def test_a_change_of_content_shows(self, saved: Path, statement: str) -> None:
        self.run_sql(saved, statement)
        (found,) = verify(saved)
        assert (found.state, found.file) == ("changed", "city.gpkg")
        assert "its content hashes to" in found.message

    def test_a_feature_that_was_moved_shows(self, saved: Path) -> None:
        path = saved / "city.gpkg"
        edges = gpd.read_file(path, layer="network_edges")
        edges.geometry = edges.geometry.map(lambda line: shapely.transform(line, lambda c: c + 1))
        edges.to_file(path, layer="network_edges", driver="GPKG", index=False)
        assert shown(verify(saved)) == [("changed", "results", "city.gpkg")]

    def test_the_hash_is_that_of_the_next_run(self, tmp_path: Path, result: Result) -> None:
        one, other = (save(result, tmp_path / name, maps=()) for name in ("one", "other"))
        sums = {geopackage_sha256(folder / "city.gpkg") for folder in (one, other)}
        assert len(sums) == 1
        assert None not in sums

    def test_values_do_not_run_into_each_other(self, tmp_path: Path, saved: Path) -> None:
        sums = set()
        for first, second in (("ab", "c"), ("a", "bc"), ("abc", ""), ("abc", None)):
            self.run_sql(
                saved, "DROP TABLE IF EXISTS t", "CREATE TABLE t (x TEXT, y TEXT)",
                "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type) VALUES ('t', 'attributes')",
            )  # fmt: skip
            with closing(sqlite3.connect(saved / "city.gpkg")) as database, database:
                database.execute("INSERT INTO t VALUES (?, ?)", (first, second))
            sums.add(geopackage_sha256(saved / "city.gpkg"))
        assert len(sums) == 4

    def test_one_that_cannot_be_read_is_changed(self, saved: Path) -> None:
        (saved / "city.gpkg").write_bytes(b"not a database" * 100)
        (found,) = verify(saved)
        assert found.message == "it cannot be read as a GeoPackage any more"

    def test_results_of_before_its_hash_was_recorded_say_so(self, saved: Path) -> None:
        run = json.loads((saved / "run.json").read_text(encoding="utf-8"))
        del run["content_sha256"]
        (saved / "run.json").write_text(json.dumps(run), encoding="utf-8")
        (found,) = verify(saved)
        assert "the run recorded no hash of its content" in found.message


class TestInputs:
    def test_the_folder_that_was_read_fits(self, assessed: Path, city: Path) -> None:
        assert verify(assessed, city=city) == []
        assert verify(assessed, city=city / "city.toml") == []

    @pytest.mark.parametrize("name", ["assets.csv", "town.geojson", "habitats.shp", "habitats.dbf"])
    def test_a_changed_input_is_named(self, assessed: Path, city: Path, name: str) -> None:
        change(city / name)
        assert shown(verify(assessed, city=city)) == [("changed", "inputs", name)]
        assert verify(assessed) == []

    def test_a_missing_input_is_named(self, assessed: Path, city: Path) -> None:
        (city / "assets.csv").unlink()
        (city / "habitats.prj").unlink()
        assert shown(verify(assessed, city=city)) == [
            ("missing", "inputs", "assets.csv"),
            ("missing", "inputs", "habitats.prj"),
        ]

    def test_a_part_that_was_not_there_is_extra(
        self, city: Path, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        assessment = Assessment.from_toml(city)
        with pytest.warns(match="assets.csv"):
            inputs = assessment.load().inputs
        del inputs["habitats.shp"]["parts"]["habitats.cpg"]
        made = make(inputs=inputs, config=assessment.config.as_dict())
        results = save(made, tmp_path / "town", maps=())
        (city / "habitats.qix").write_text("an index, which tells nothing new")
        assert shown(verify(results, city=city)) == [("extra", "inputs", "habitats.cpg")]

    def test_another_configuration_is_named_by_its_table(self, assessed: Path, city: Path) -> None:
        (city / "city.toml").write_text(CITY.replace("500", "250"), encoding="utf-8")
        (found,) = verify(assessed, city=city)
        assert (found.state, found.file) == ("changed", "city.toml")
        assert found.message == "other than in the run: [units]"

    def test_an_input_that_was_added_is_extra(self, assessed: Path, city: Path) -> None:
        text = CITY.replace("[[source]]", '[[layer]]\npillar = "culture"\nkind = "table"\npath = "new.csv"\nsource = "hall"\n[[source]]')  # fmt: skip
        (city / "city.toml").write_text(text, encoding="utf-8")
        found = shown(verify(assessed, city=city))
        assert ("extra", "inputs", "new.csv") in found
        assert ("changed", "inputs", "city.toml") in found

    def test_the_citys_own_facts_are_inputs_too(
        self, city: Path, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        (city / "labels.csv").write_text("name,hide\n", encoding="utf-8")
        assessment = Assessment.from_toml(city)
        with pytest.warns(match="assets.csv"):
            inputs = assessment.load().inputs
        results = save(
            make(inputs=inputs, config=assessment.config.as_dict()), tmp_path / "town", maps=()
        )
        change(city / "labels.csv")
        assert shown(verify(results, city=city)) == [("changed", "inputs", "labels.csv")]

    def test_what_a_service_answered_is_not_looked_for(
        self, city: Path, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        config = Assessment.from_toml(city).config.as_dict()
        inputs = {"Overpass": {"sha256": "00", "online": {"service": "Overpass"}}}
        results = save(make(inputs=inputs, config=config), tmp_path / "town", maps=())
        (found, *_) = verify(results, city=city)
        assert (found.state, found.file, found.fault) == ("unchecked", "Overpass", False)

    def test_an_input_outside_the_citys_folder_is_not_read(
        self, city: Path, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        (tmp_path / "secret.csv").write_text("x")
        config = Assessment.from_toml(city).config.as_dict()
        inputs = {"../secret.csv": {"sha256": "00"}}
        results = save(make(inputs=inputs, config=config), tmp_path / "town", maps=())
        (found, *_) = verify(results, city=city)
        assert (found.state, found.file) == ("missing", "../secret.csv")
        assert "leaves the city's folder" in found.message

    def test_a_configuration_with_a_fault_is_refused(self, assessed: Path, city: Path) -> None:
        (city / "city.toml").write_text(CITY.replace("cell_m", "cel_m"), encoding="utf-8")
        with pytest.raises(ConfigError, match=r"unknown key 'units\.cel_m'"):
            verify(assessed, city=city)


class TestLineage:
    """Where every layer's rows come from, in the record."""

    def test_counts_in_and_out_add_up(self, assessed: Path) -> None:
        run = json.loads((assessed / "run.json").read_text(encoding="utf-8"))
        (assets,) = [e for e in run["provenance"]["inputs"] if e["file"] == "assets.csv"]
        assert (assets["role"], assets["source"]) == ("culture", "hall")
        rows = assets["rows"]
        assert (rows["in"], rows["out"], rows["outside"]) == (4, 2, 1)
        assert sum(rows["quarantined"].values()) == 1
        (reason,) = rows["quarantined"]
        assert "coordinates" in reason

    def test_exported_layers_count_rows_by_source(self, saved: Path) -> None:
        run = json.loads((saved / "run.json").read_text(encoding="utf-8"))
        layers = run["provenance"]["layers"]
        assert layers["culture"] == {
            "sources": {"city": 1, "illustrative": 1, "osm": 2},
            "licenses": ["CC-BY-4.0", "CC0-1.0", "ODbL-1.0"],
        }
        assert "network_edges" not in layers, "its rows name no source"

    def test_a_source_is_described_where_it_is_known(
        self, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        inputs = {"a.csv": {"sha256": "00", "layers": [{"role": "culture", "source": "city"}]}}
        target = save(make(inputs=inputs), tmp_path / "town", maps=())
        run = json.loads((target / "run.json").read_text(encoding="utf-8"))
        assert run["provenance"]["inputs"] == [
            {
                "file": "a.csv", "sha256": "00", "role": "culture", "source": "city",
                "title": "Register <b>", "license": "CC-BY-4.0", "attribution": "City *hall*",
                "date": "2025-12-01",
            }
        ]  # fmt: skip

    def test_a_pillar_says_what_was_counted_twice_and_withheld(
        self, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        rows = {"in": 6, "counted_twice": 1, "withheld": 1, "out": 4}
        steps = ({"step": "pillar culture", "status": "done", "reason": "", "rows": rows},)
        target = save(make(steps=steps), tmp_path / "town", maps=())
        run = json.loads((target / "run.json").read_text(encoding="utf-8"))
        assert run["provenance"]["layers"]["culture"]["rows"] == rows


class TestCommand:
    def test_exit_0_where_everything_fits(self, assessed: Path, city: Path) -> None:
        done = CliRunner().invoke(cli, ["verify", str(assessed), "--city", str(city)])
        assert done.exit_code == 0, done.output
        assert done.output == "town, results and inputs: everything is as it was written.\n"

    def test_exit_1_with_what_is_wrong(self, saved: Path) -> None:
        change(saved / "indicators.csv")
        (saved / "credits.md").unlink()
        (saved / "mine\x1b[31m.txt").write_text("")
        done = CliRunner().invoke(cli, ["verify", str(saved)])
        assert done.exit_code == 1
        assert "changed   indicators.csv (results): it hashes to" in done.output
        assert "missing   credits.md (results): the run wrote it" in done.output
        assert "extra     mine\\x1b[31m.txt (results)" in done.output
        assert done.output.endswith("town, results: 2 faults.\n")

    def test_files_of_others_are_no_fault(self, saved: Path) -> None:
        (saved / "project.qgz").write_text("")
        done = CliRunner().invoke(cli, ["verify", str(saved), "--json"])
        assert done.exit_code == 0
        (found,) = json.loads(done.output)
        assert (found["state"], found["file"]) == ("extra", "project.qgz")
