"""One file that GIS programs open, with the styles QGIS looks for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from creative_spatial.dossier.frames import plain_layer
from creative_spatial.dossier.geopackage import is_edited, write_geopackage
from creative_spatial.errors import OutputError
from creative_spatial.schema import empty_features
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pathlib import Path

    from creative_spatial.result import Result

CRS = "EPSG:32647"
BARE = Taxonomy(pillars={}, fields={}, concepts={}, legends={})


@pytest.fixture
def path(tmp_path: Path, result: Result) -> Path:
    layers = {name: plain_layer(layer) for name, layer in result.layers.items()}
    write_geopackage(
        {"boundaries": result.area.boundaries, "units": result.area.units, **layers},
        tmp_path / "city.gpkg",
        result.taxonomy,
        languages=("th", "en"),
        descriptions={"culture": "© Us"},
    )
    return tmp_path / "city.gpkg"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_gdal_lists_every_layer_and_the_styles(path: Path) -> None:
    assert pyogrio.list_layers(path).tolist() == [
        ["boundaries", "Polygon"], ["units", "Polygon"], ["culture", "Point"], ["culture_areas", "Polygon"],
        ["zones", "MultiPolygon"], ["protected", "Unknown"], ["network_edges", "LineString"], ["layer_styles", None],
    ]  # fmt: skip


def test_points_and_areas_of_a_layer_are_all_there(path: Path, result: Result) -> None:
    parts = [gpd.read_file(path, layer=name) for name in ("culture", "culture_areas")]
    assert set(pd.concat(parts)["feature_id"]) == set(result.layers["culture"].index)
    assert parts[0].crs == CRS


def test_an_empty_layer_is_there_with_its_columns(path: Path) -> None:
    empty = gpd.read_file(path, layer="protected")
    assert len(empty) == 0
    assert {"feature_id", "name", "concept", "source_id"} <= set(empty.columns)
    assert empty.crs == CRS


def test_the_file_is_sound_and_identified(path: Path) -> None:
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert rows(path, "SELECT count(*) FROM gpkg_contents WHERE data_type = 'features'") == [(7,)]
    assert rows(
        path, "SELECT description FROM gpkg_contents WHERE table_name = 'culture_areas'"
    ) == [("© Us",)]


def test_text_stays_text_and_dates_dates(path: Path) -> None:
    culture = gpd.read_file(path, layer="culture").set_index("feature_id")
    assert culture.at["osm:node/3", "name"].startswith('=HYPERLINK("http://x") <script>')
    assert culture.at["osm:node/3", "tags"] == '{"name": "x"}'
    assert culture.at["osm:node/3", "edited"].year == 2024
    assert culture.at["city:9", "FID_2"] == "A4"


def test_every_table_with_a_kind_of_geometry_has_one_default_style(path: Path) -> None:
    styles = rows(path, "SELECT f_table_name, f_geometry_column, useAsDefault FROM layer_styles")
    assert styles == [
        (name, "geom", 1)
        for name in ("boundaries", "units", "culture", "culture_areas", "zones", "network_edges")
    ]
    assert dict(rows(path, "SELECT table_name, column_name FROM gpkg_geometry_columns")).keys() >= {
        s[0] for s in styles
    }


def test_the_styles_table_has_the_columns_of_qgis(path: Path) -> None:
    columns = [row[1] for row in rows(path, "PRAGMA table_info(layer_styles)")]
    assert columns == [
        "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML",
        "styleSLD", "useAsDefault", "description", "owner", "ui", "update_time",
    ]  # fmt: skip
    # The question that QGIS asks on opening a layer.
    query = (
        "SELECT styleQML FROM layer_styles WHERE f_table_schema='' AND f_table_name='zones' AND f_geometry_column='geom'"
        " ORDER BY CASE WHEN useAsDefault THEN 1 ELSE 2 END, update_time DESC LIMIT 1"
    )
    assert "categorizedSymbol" in str(rows(path, query)[0][0])
    assert rows(path, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [
        ("attributes",)
    ]


def test_two_files_are_equal(path: Path, result: Result, tmp_path: Path) -> None:
    layers = {name: plain_layer(layer) for name, layer in result.layers.items()}
    write_geopackage(
        {"boundaries": result.area.boundaries, "units": result.area.units, **layers},
        tmp_path / "again.gpkg",
        result.taxonomy,
        languages=("th", "en"),
        descriptions={"culture": "© Us"},
    )
    with (
        closing(sqlite3.connect(path)) as one,
        closing(sqlite3.connect(tmp_path / "again.gpkg")) as two,
    ):
        assert list(one.iterdump()) == list(two.iterdump())


def test_no_time_of_the_run_is_in_it(path: Path) -> None:
    assert rows(path, "SELECT DISTINCT last_change FROM gpkg_contents") == [
        ("2000-01-01T00:00:00.000Z",)
    ]
    assert not is_edited(path)


def test_a_broken_file_counts_as_edited(tmp_path: Path) -> None:
    (tmp_path / "city.gpkg").write_bytes(b"no database")
    assert is_edited(tmp_path / "city.gpkg")


def test_other_geometries_nullable_numbers_and_control_characters_survive(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame(
        {
            "geom": ["own"],
            "fid": ["f"],
            "text": ["a\x00b"],
            "count": pd.array([pd.NA], dtype="Int64"),
            "share": pd.array([0.5], dtype="Float64"),
            "yes": pd.array([True], dtype="boolean"),
            "gate": gpd.GeoSeries([shapely.Point(1, 2)], index=["a"], crs=CRS),
            "span": pd.to_timedelta(["1h"]),
        },
        geometry=[shapely.Point(0, 0)],
        crs=CRS,
        index=["a"],
    )
    write_geopackage({"sites": plain_layer(layer)}, tmp_path / "a.gpkg", BARE, languages=("en",))
    found = gpd.read_file(tmp_path / "a.gpkg", layer="sites").iloc[0]
    assert (found["geom_2"], found["fid_2"], found["text"], found["share"]) == (
        "own",
        "f",
        "ab",
        0.5,
    )
    assert found["gate"] == "POINT (1 2)"
    assert pd.isna(found["count"])
    assert bool(found["yes"])


def test_collections_and_rows_without_a_place_are_kept(tmp_path: Path) -> None:
    shapes = [
        None,
        shapely.Point(0, 0),
        shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)]),
        shapely.box(0, 0, 1, 1),
        shapely.LineString([(0, 0), (1, 1)]),
    ]
    layer = gpd.GeoDataFrame({"k": range(5)}, geometry=shapes, crs=CRS)
    tables = write_geopackage(
        {"sites": plain_layer(layer)}, tmp_path / "a.gpkg", BARE, languages=("en",)
    )
    assert tables == ["sites", "sites_lines", "sites_areas"]
    assert [len(gpd.read_file(tmp_path / "a.gpkg", layer=t)) for t in tables] == [2, 1, 2]


def test_two_layers_of_one_name_are_refused(tmp_path: Path, result: Result) -> None:
    layers = {"culture": result.layers["culture"], "culture_areas": empty_features(CRS)}
    with pytest.raises(OutputError, match=r"\['culture_areas'\].*rename"):
        write_geopackage(layers, tmp_path / "a.gpkg", BARE, languages=("en",))


def test_a_crs_without_a_code_is_kept(tmp_path: Path) -> None:
    local = "+proj=laea +lat_0=7 +lon_0=100 +datum=WGS84 +units=m"
    layer = gpd.GeoDataFrame({"k": [1]}, geometry=[shapely.Point(0, 0)], crs=local)
    write_geopackage({"sites": layer}, tmp_path / "a.gpkg", BARE, languages=("en",))
    assert (
        "Lambert Azimuthal Equal Area"
        in gpd.read_file(tmp_path / "a.gpkg", layer="sites").crs.to_wkt()
    )
