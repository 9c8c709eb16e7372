"""Every feature belongs to exactly one unit, or to none."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from creative_spatial.analysers import assign_units, feature_count
from creative_spatial.errors import CRSError


def test_a_point_on_a_shared_edge_belongs_to_the_first_unit(points, units):
    layer = points([(500, 500), (1000, 500), (1500, 500)])
    assert assign_units(layer, units).tolist() == ["west", "west", "east"]
    assert assign_units(layer, units.iloc[::-1]).tolist() == ["west", "east", "east"]


def test_a_point_outside_every_unit_belongs_to_none(points, units):
    assigned = assign_units(points([(-1, 500), (500, 500)]), units)
    assert assigned.isna().tolist() == [True, False]


def test_a_polygon_across_the_edge_belongs_where_its_representative_point_lies(boxes, units):
    assert assign_units(boxes([(900, 0, 1800, 100)]), units).tolist() == ["east"]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ([(100, 500), (900, 500)], "west"),
        ([(900, 500), (1300, 500)], "east"),  # 100 m in the west, 300 m in the east
        ([(900, 500), (1100, 500)], "west"),  # half and half: the first
        ([(1500, 100), (1500, -5000)], "east"),  # its middle is 2.4 km outside
        ([(-5000, 10), (100, 10)], "west"),
        ([(-100, 0), (3000, 0)], "west"),  # along the outer edge of both, as long in each
        ([(-5000, 0), (0, 0)], None),  # touches a corner
        ([(5000, 0), (6000, 0)], None),
    ],
)
def test_a_line_belongs_where_most_of_it_lies_however_much_is_outside(units, line, unit):
    corner = units.total_bounds[:2]
    layer = gpd.GeoDataFrame(geometry=[shapely.LineString(corner + line)], crs=units.crs)
    (found,) = assign_units(layer, units)
    assert found == unit or (unit is None and pd.isna(found))
    counted = feature_count(layer, units)["value"].sum()
    assert counted == (0 if unit is None else 1)


def test_features_without_geometry_belong_nowhere(points, units):
    layer = points([(500, 500), (600, 500), (700, 500)])
    layer.loc["test:1", "geometry"] = None
    layer.loc["test:2", "geometry"] = shapely.Point()
    assert assign_units(layer, units).isna().tolist() == [False, True, True]


def test_an_empty_layer_is_assigned_to_nothing(points, units):
    assigned = assign_units(points([]), units)
    assert len(assigned) == 0
    assert assigned.name == "unit_id"


def test_the_layer_and_the_units_are_left_as_they_were(points, units):
    layer = points([(500, 500)])
    before = layer.copy(), units.copy()
    assert assign_units(layer, units).index.equals(layer.index)
    assert layer.equals(before[0])
    assert units.equals(before[1])


def test_another_crs_is_refused(points, units):
    layer = points([(500, 500)]).to_crs(4326)
    with pytest.raises(CRSError, match=r"`layer` is in EPSG:4326, expected EPSG:32647"):
        assign_units(layer, units)


metres = st.integers(-2, 22).map(lambda step: step * 100.0)


@settings(max_examples=60, deadline=None)
@given(xy=st.lists(st.tuples(metres, metres), max_size=40))
def test_counts_over_units_add_up_to_the_count_over_the_whole(xy):
    cells = [shapely.box(x, y, x + 500, y + 500) for x in (0, 500, 1000) for y in (0, 500)]
    units = gpd.GeoDataFrame(geometry=cells, index=[f"u{i}" for i in range(6)], crs="EPSG:32647")
    whole = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1500, 1000)], crs="EPSG:32647")
    layer = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*zip(*xy, strict=True)) if xy else [], crs="EPSG:32647"
    )
    parts = feature_count(layer, units)
    assert parts.index.equals(units.index)
    assert parts["value"].sum() == feature_count(layer, whole)["value"].iloc[0]
