"""
What a stranger's folder may hold, through the command line.

Each fault gives a message that names file, row, fault and remedy, or a warning and a
right result; and nothing half-written stays.
"""

from __future__ import annotations

import bz2
import json
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from places import CRS, SAMPLE, point, square
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from pathlib import Path

CITY = """
schema = 1
[city]
name = "Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.gpkg"
layer = "town"
source = "survey"
[units]
{units}
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
{more}
"""
OSM = '[osm]\npath = "{}"\n'
ASSETS = """
[[layer]]
pillar = "culture"
kind = "table"
path = "assets.csv"
source = "survey"
columns = { id = "id", name = "name", concept = "concept", lon = "lon", lat = "lat" }
"""


class Folder:
    """A city folder that is right until a test breaks it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out = path.parent / "out"
        self.boundary(square(0, 0, 2, 1))
        self.assets("1,Old mill,museum,{lon},{lat}")
        self.configure(ASSETS)

    def boundary(self, shape) -> None:
        frame = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[shape], crs=CRS)
        frame.to_file(self.path / "town.gpkg", layer="town")

    def assets(self, *rows: str, header: str = "id,name,concept,lon,lat") -> None:
        lon, lat = gpd.GeoSeries([point(1, 0.5)], crs=CRS).to_crs(4326).iloc[0].coords[0]
        text = "\n".join([header, *(row.format(lon=lon, lat=lat) for row in rows)]) + "\n"
        (self.path / "assets.csv").write_text(text, encoding="utf-8")

    def configure(self, more: str, units: str = "cell_m = 500") -> None:
        (self.path / "city.toml").write_text(CITY.format(more=more, units=units), encoding="utf-8")

    def assess(self, *options: str, before=None):
        done = subprocess.run(
            [sys.executable, "-m", "creative_spatial.cli", "assess", str(self.path), "--out", str(self.out),
             "--formats", "png", *options],
            capture_output=True, text=True, check=False, encoding="utf-8", timeout=300, preexec_fn=before,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def refuses(self, *words: str, **options) -> str:
        """Assess must fail with these words, and leave nothing."""
        done = self.assess(**options)
        assert done.returncode == 1, done.stderr
        errors = done.stderr[done.stderr.index("error: ") :]
        for word in words:
            assert word in errors
        assert not self.out.exists()
        assert [p.name for p in self.path.parent.iterdir() if "partial" in p.name] == []
        return errors


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "city").mkdir()
    return Folder(tmp_path / "city")


def test_a_right_folder_is_assessed(folder):
    assert folder.assess("--only", "asset_density,pillar-2-culture").returncode == 0
    assert (folder.out / "maps" / "pillar-2-culture.png").exists()


def test_a_truncated_pbf_is_refused(folder):
    whole = (SAMPLE / "city.osm.pbf").read_bytes()
    (folder.path / "cut.osm.pbf").write_bytes(whole[: len(whole) * 2 // 3])
    folder.configure(OSM.format("cut.osm.pbf"))
    folder.refuses("cut.osm.pbf", "again")


def test_an_entity_bomb_is_refused_before_it_grows(folder):
    bomb = '<!DOCTYPE osm [<!ENTITY a "lol"><!ENTITY b "' + "&a;" * 100 + '">]>'
    (folder.path / "bomb.osm").write_text(
        f'<?xml version="1.0"?>{bomb}<osm version="0.6">&b;</osm>'
    )
    folder.configure(OSM.format("bomb.osm"))
    folder.refuses("bomb.osm")


def test_a_compressed_bomb_is_refused_too(folder):
    bomb = b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "lol">]><osm version="0.6">&a;</osm>'
    (folder.path / "bomb.osm.bz2").write_bytes(bz2.compress(bomb))
    folder.configure(OSM.format("bomb.osm.bz2"))
    folder.refuses("bomb.osm.bz2")


def test_an_empty_csv_is_refused_and_one_with_a_header_alone_is_empty(folder):
    (folder.path / "assets.csv").write_text("")
    folder.refuses("assets.csv", "empty")
    folder.assets()
    done = folder.assess("--only", "asset_density")
    assert done.returncode == 0
    assert "warning: assets.csv" in done.stderr


def test_swapped_coordinates_are_exchanged_and_named_by_row(folder):
    folder.assets("1,Old mill,museum,{lat},{lon}")
    done = folder.assess("--only", "asset_density,pillar-2-culture")
    assert done.returncode == 0
    assert "assets.csv: 1 repaired, latitude and longitude exchanged" in done.stderr


def test_swapped_coordinates_are_named_by_row_with_the_remedy_where_nothing_is_mended(folder):
    folder.assets("1,Old mill,museum,{lat},{lon}")
    folder.configure(ASSETS + "repair = false\n")
    folder.refuses("assets.csv", "row 2", "Exchange the two values")


def test_a_boundary_that_crosses_itself_is_named_with_place_and_remedy(folder):
    folder.boundary(
        Polygon([(676_000, 795_000), (678_000, 796_000), (678_000, 795_000), (676_000, 796_000)])
    )
    folder.refuses(
        "town.gpkg, layer 'town': row 1", "Self-intersection[677000 795500]", "mend it in a GIS"
    )


def test_a_unit_of_zero_area_is_refused_by_row(folder):
    flat = Polygon([(676_000, 795_000), (677_000, 795_000), (678_000, 795_000), (676_000, 795_000)])
    units = gpd.GeoDataFrame({"unit_id": ["a", "b"]}, geometry=[square(0, 0), flat], crs=CRS)
    units.to_file(folder.path / "units.gpkg", layer="units")
    folder.configure(ASSETS, units='path = "units.gpkg"')
    folder.refuses("units.gpkg", "row 2")


def test_a_path_that_leaves_the_folder_is_refused(folder):
    folder.configure(ASSETS.replace("assets.csv", "../../etc/passwd"))
    folder.refuses("leaves the city's folder", "allow_outside = true")


def test_hostile_names_are_drawn_and_written_as_they_are(folder):
    folder.assets(
        "1,<script>alert(1)</script>,museum,{lon},{lat}",
        "2,$x^{{2}}$ & \\frac,mosque,{lon},{lat}",
        '3,"two\nlines",wat,{lon},{lat}',
        "4,=HYPERLINK(1),church,{lon},{lat}",
    )
    done = folder.assess("--only", "asset_density,pillar-2-culture")
    assert done.returncode == 0, done.stderr
    names = gpd.read_parquet(folder.out / "layers" / "culture.parquet")["name"].tolist()
    assert "<script>alert(1)</script>" in names
    assert "$x^{2}$ & \\frac" in names
    assert "=HYPERLINK(1)" in names
    assert (folder.out / "maps" / "pillar-2-culture.png").stat().st_size > 10_000
    rows = json.loads((folder.out / "indicators.json").read_text(encoding="utf-8"))["indicators"]
    assert rows[0]["value"] == pytest.approx(2.0, rel=1e-3)


def shifted_layer(folder):
    """Ten places in OpenStreetMap, and in a layer on Indian 1975 that says WGS 84."""
    spots = [point(0.2 * i, 0.1 * (i % 7)) for i in range(1, 10)]
    lonlat = gpd.GeoSeries(spots, crs=CRS).to_crs(4326)
    nodes = "".join(
        f'<node id="{i}" version="1" lat="{p.y}" lon="{p.x}"><tag k="tourism" v="museum"/>'
        f'<tag k="name" v="Museum {i}"/></node>'
        for i, p in enumerate(lonlat, start=1)
    )
    (folder.path / "town.osm").write_text(f'<osm version="0.6">{nodes}</osm>', encoding="utf-8")
    # What 24047 coordinates look like when they are read as 32647: 332 m west, 301 m south.
    wrong = gpd.GeoDataFrame(
        {"id": range(1, 10), "name": [f"Museum {i}" for i in range(1, 10)]},
        geometry=gpd.GeoSeries(spots, crs=CRS).translate(332.0, -300.7).to_numpy(),
        crs=CRS,
    )
    wrong.to_file(folder.path / "museums.gpkg", layer="museums")
    layer = ASSETS.replace("table", "vector").replace("assets.csv", "museums.gpkg")
    layer = (
        layer[: layer.index("columns")]
        + 'columns = { id = "id", name = "name" }\nconcept = "museum"\n'
    )
    folder.configure(layer + OSM.format("town.osm"))


def test_indian_1975_labelled_as_wgs_84_is_recognised_by_its_shift(folder):
    shifted_layer(folder)
    done = folder.assess("--only", "asset_density,pillar-2-culture")
    assert done.returncode == 0, done.stderr
    assert "EPSG:24047" in done.stderr
    run = json.loads((folder.out / "run.json").read_text(encoding="utf-8"))
    (step,) = [step for step in run["steps"] if step["step"] == "position of survey"]
    assert step["status"] == "warning"


def test_without_shared_names_the_position_is_said_to_be_not_checkable(folder):
    shifted_layer(folder)
    renamed = gpd.read_file(folder.path / "museums.gpkg").assign(name="unnamed")
    renamed.to_file(folder.path / "museums.gpkg", layer="museums")
    assert folder.assess("--only", "asset_density,pillar-2-culture").returncode == 0
    run = json.loads((folder.out / "run.json").read_text(encoding="utf-8"))
    (step,) = [step for step in run["steps"] if step["step"] == "position of survey"]
    assert "not checkable" in step["reason"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root to become nobody")
def test_without_permission_to_write_nothing_is_read(folder):
    # Modules are loaded before the user changes: the interpreter may lie where nobody may look.
    code = (
        "import os, sys, creative_spatial.cli, creative_spatial.dossier, creative_spatial.plotters, "
        "creative_spatial.assessment; os.setgroups([]); os.setgid(65534); os.setuid(65534); "
        f"sys.argv = ['creative-spatial', 'assess', {str(folder.path)!r}, '--out', {str(folder.out)!r}]; "
        "creative_spatial.cli.main()"
    )
    folder.path.parent.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "ermission" in done.stderr
    assert "read:" not in done.stderr


def test_a_full_disk_leaves_the_earlier_results(folder):
    assert folder.assess("--only", "asset_density").returncode == 0
    before = {p: p.read_bytes() for p in folder.out.rglob("*") if p.is_file()}
    done = folder.assess(
        "--only", "asset_density",
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: " in done.stderr
    assert {p: p.read_bytes() for p in folder.out.rglob("*") if p.is_file()} == before
    assert [p.name for p in folder.path.parent.iterdir()] == ["city", "out"]


def test_a_stranger_s_folder_is_not_replaced(folder):
    folder.out.mkdir()
    (folder.out / "thesis.txt").write_text("years of work")
    done = folder.assess("--only", "asset_density")
    assert done.returncode == 1
    assert (folder.out / "thesis.txt").read_text() == "years of work"


def test_rows_that_cannot_be_placed_are_counted_and_named(folder):
    folder.assets("1,Mill,museum,{lon},{lat}", "2,Nowhere,museum,,", "3,Unclear,museum,east,north")
    done = folder.assess("--only", "asset_density")
    assert done.returncode == 0, done.stderr
    assert "3" in done.stderr
    assert "4" in done.stderr
    assert pd.read_parquet(folder.out / "layers" / "culture.parquet")["name"].tolist() == ["Mill"]
