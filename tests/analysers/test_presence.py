"""How many pillars have something in each unit."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from creative_spatial.analysers import pillars_present
from creative_spatial.errors import CRSError


def test_areas_are_present_wherever_they_reach_and_points_once(boxes, points, units):
    lagoon = boxes([(0, 0, 2000, 100)])
    temples = points([(1000, 500), (10, 10)])
    found = pillars_present([lagoon, temples], units)
    assert found["value"].tolist() == [2, 1]
    assert found["n"].tolist() == [3, 1]


def test_an_area_or_line_that_only_touches_the_edge_is_not_in_the_unit(boxes, units):
    wall = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(601_000, 790_100), (601_000, 790_900), (601_200, 790_900)])],
        crs=units.crs,
    )
    found = pillars_present([boxes([(0, 0, 1000, 1000)]), wall], units)
    assert found["value"].tolist() == [1, 1]


def test_a_feature_in_two_parts_counts_once(boxes, units):
    parts = boxes([(0, 0, 10, 10), (50, 50, 60, 60)])
    layer = gpd.GeoDataFrame(geometry=[shapely.union_all(parts.geometry.to_numpy())], crs=units.crs)
    assert pillars_present([layer], units)["n"].tolist() == [1, 0]


@pytest.mark.parametrize("number", [0, 1, 4])
def test_any_number_of_pillars(number, points, units):
    found = pillars_present([points([(5, 5)])] * number, units)
    assert found["value"].tolist() == [number, 0]
    assert found.index.equals(units.index)


def test_empty_layers_are_absent_pillars(points, boxes, units):
    assert pillars_present([points([]), boxes([])], units)["value"].tolist() == [0, 0]


def test_another_crs_is_refused(points, units):
    with pytest.raises(CRSError, match="EPSG:4326"):
        pillars_present([points([(5, 5)]).to_crs(4326)], units)
