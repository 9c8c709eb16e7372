"""Tables and layers that any reader of Parquet can open, and that do not change by themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from creative_spatial.dossier.frames import (
    plain_column,
    plain_columns,
    plain_layer,
    with_unit_values,
    write_layer,
    write_table,
)
from creative_spatial.schema import empty_features

if TYPE_CHECKING:
    from pathlib import Path

    from creative_spatial.result import Result

CRS = "EPSG:32647"


def points(*places: tuple[float, float] | None, index: list[str] | None = None) -> gpd.GeoDataFrame:
    shapes = [None if p is None else shapely.Point(p) for p in places]
    return gpd.GeoDataFrame({"k": range(len(shapes))}, geometry=shapes, crs=CRS, index=index)


def test_geoparquet_has_zstd_and_a_box_for_every_row(tmp_path: Path, result: Result) -> None:
    path = tmp_path / "culture.parquet"
    write_layer(plain_layer(result.layers["culture"]), path)
    file = pq.ParquetFile(path)
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    geo = json.loads(file.metadata.metadata[b"geo"])
    assert geo["columns"]["geometry"]["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    found = gpd.read_parquet(path, bbox=(600_050, 790_050, 600_150, 790_150))
    assert found.index.tolist() == ["osm:node/3"]
    assert found.index.name == "feature_id"


def test_the_order_of_reading_does_not_matter(result: Result) -> None:
    layer = result.layers["culture"]
    expected = plain_layer(layer).index.tolist()
    assert plain_layer(layer.iloc[::-1]).index.tolist() == expected
    assert plain_layer(layer.sample(frac=1, random_state=3)).index.tolist() == expected


def test_neighbours_are_near_each_other() -> None:
    grid = points(*((x * 10.0, y * 10.0) for x in range(16) for y in range(16)))
    ordered = plain_layer(grid).geometry
    steps = (
        ordered.reset_index(drop=True).distance(ordered.reset_index(drop=True).shift(-1)).dropna()
    )
    assert steps.mean() < 12


@pytest.mark.parametrize(
    "layer",
    [
        points((1, 1)),
        points((1, 1), (1, 1), (1, 1), index=["c", "a", "b"]),
        points((1, 1), (1, 5)),
        points(None, (1, 1), None, index=["b", "a", "c"]),
        points(None),
        empty_features(CRS),
    ],
    ids=["one", "one place", "one line", "some without a place", "none with a place", "empty"],
)
def test_degenerate_layers_are_written(tmp_path: Path, layer: gpd.GeoDataFrame) -> None:
    plain = plain_layer(layer)
    assert sorted(plain.index.astype(str)) == sorted(layer.index.astype(str))
    write_layer(plain, tmp_path / "a.parquet")
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert (len(back), back.crs) == (len(layer), layer.crs)


def test_rows_of_one_place_are_ordered_by_id() -> None:
    assert plain_layer(points((1, 1), (1, 1), (1, 1), index=["c", "a", "b"])).index.tolist() == [
        "a",
        "b",
        "c",
    ]


def test_lists_mappings_and_categories_become_text(result: Result) -> None:
    plain = plain_columns(result.layers["culture"])
    assert plain["tags"].tolist()[:2] == ['{"name": "x"}', '{"b": [1, 2]}']
    assert plain["seen"].tolist()[0] == '["a", "b"]'
    assert plain["concept"].dtype == "str"
    assert plain["mixed"].tolist()[:3] == ["1", "two", "3.5"]
    assert plain[["tags", "mixed"]].isna().sum().tolist() == [1, 1]
    assert plain.attrs == {}


def test_the_argument_is_not_changed(result: Result) -> None:
    layer = result.layers["culture"]
    before = layer.copy()
    plain_layer(layer)
    pd.testing.assert_frame_equal(pd.DataFrame(layer), pd.DataFrame(before))
    assert "not json" in layer.attrs


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, None, False], [True, None, False]),
        ([1, None, 2], [1, None, 2]),
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([pd.Timedelta(1, "h"), None], ["0 days 01:00:00", None]),
        ([b"\x01", None], ["01", None]),
        ([None, None], [None, None]),
        (["\ud800x", "a"], ["?x", "a"]),
        ([1 + 2j], ["(1+2j)"]),
    ],
)
def test_a_column_gets_one_type(
    values: list[object], expected: list[object], tmp_path: Path
) -> None:
    column = plain_column(pd.Series(values, dtype=object))
    assert column.dtype != object
    found = [None if pd.isna(value) else value for value in column]
    assert found == expected
    write_table(pd.DataFrame({"a": column}), tmp_path / "a.parquet")


def test_names_of_columns_are_unique_whatever_their_case(tmp_path: Path) -> None:
    table = pd.DataFrame([[1, 2, 3, 4, 5]], columns=["a", "A", "a", 7, ""])
    assert list(plain_columns(table).columns) == ["a", "A_2", "a_3", "7", "column"]
    write_table(table, tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet").iloc[0].tolist() == [1, 2, 3, 4, 5]


def test_a_column_named_like_the_index_gives_way() -> None:
    table = pd.DataFrame({"unit_id": ["x"]}, index=pd.Index(["u1"], name="unit_id"))
    assert list(plain_columns(table).columns) == ["unit_id_2"]


def test_units_carry_what_was_computed_on_them(result: Result) -> None:
    units = with_unit_values(result.area.units, result.indicators)
    assert units.index.equals(result.area.units.index)
    assert np.isnan(units["asset_density"].iloc[0])
    assert units["asset_density"].tolist()[1:] == [1, 2, 3, 4, 5, 6, 7]
    assert "worship_hill:q1" not in units


def test_each_category_is_a_column_and_units_without_a_row_are_null(result: Result) -> None:
    rows = result.indicators[result.indicators["level"] == "unit"].iloc[[3]]
    rows = pd.concat([rows.assign(category="q0", value=2.0), rows.assign(category="q1", value=1.5)])
    units = with_unit_values(result.area.units, rows)
    assert units["asset_density:q0"].dropna().tolist() == [2.0]
    assert units["asset_density:q1"].dropna().index.tolist() == rows["unit_id"].unique().tolist()
