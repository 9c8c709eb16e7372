"""Shares of ground and hectares a head, every square metre once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from creative_spatial.analysers import area_per_population, area_share
from creative_spatial.errors import CRSError, DataQualityWarning, GeometryError, LayerSchemaError


def test_overlapping_zones_count_once(boxes, units):
    zones = boxes([(0, 0, 500, 1000), (0, 0, 500, 1000), (250, 0, 500, 500)])
    found = area_share(zones, units)
    assert found["value"].tolist() == [50.0, 0.0]
    assert found["n"].tolist() == [3, 0]


def test_a_zone_across_the_edge_is_shared_between_its_units(boxes, units):
    zones = boxes([(900, 0, 1300, 1000)])
    assert area_share(zones, units, denominator="area_total")["value"].tolist() == [10.0, 30.0]


def test_a_zone_that_only_touches_a_unit_is_not_in_it(boxes, units):
    found = area_share(boxes([(0, 0, 1000, 1000)]), units)
    assert found["value"].tolist() == [100.0, 0.0]
    assert found["n"].tolist() == [1, 0]


def test_the_whole_is_not_the_mean_of_the_parts(boxes, units, whole):
    zones = boxes([(0, 0, 1000, 600)])
    assert area_share(zones, units)["value"].mean() == 30.0
    assert area_share(zones, whole)["value"].tolist() == pytest.approx([40.0])


def test_holes_are_not_covered(boxes, units):
    zones = boxes([(0, 0, 1000, 1000)])
    zones.geometry = zones.difference(boxes([(250, 250, 750, 750)]).geometry.iloc[0])
    assert area_share(zones, units).at["west", "value"] == pytest.approx(75.0)


def test_only_ground_within_counts(boxes, units):
    natural = boxes([(0, 0, 500, 1000), (600, 0, 700, 1000)])
    protected = boxes([(250, 0, 2000, 500), (250, 0, 500, 500)])
    found = area_share(natural, units, denominator="area_total", within=protected)
    assert found["value"].tolist() == pytest.approx([17.5, 0.0])
    assert found["n"].tolist() == [2, 0]


def test_nothing_within_is_zero(boxes, units):
    found = area_share(boxes([(0, 0, 500, 500)]), units, within=boxes([]))
    assert found["value"].tolist() == [0.0, 0.0]


def test_a_share_of_no_land_is_null(boxes, units):
    found = area_share(boxes([(0, 0, 10, 10)]), units.assign(area_land=[0.0, 1e6]))
    assert np.isnan(found.at["west", "value"])
    assert found.at["east", "value"] == 0.0


def test_more_than_all_of_the_land_is_null_with_a_warning(boxes, units):
    zones = boxes([(1000, 0, 2000, 1000)])
    with pytest.warns(DataQualityWarning, match=r"up to 200 % of `area_land` in 1 of 2 units"):
        found = area_share(zones, units)
    assert found.at["west", "value"] == 0.0
    assert np.isnan(found.at["east", "value"])


def test_points_and_lines_cover_nothing(points, units):
    layer = points([(500, 500)])
    line = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(600_000, 790_000), (601_000, 791_000)])], crs=units.crs
    )
    assert area_share(layer, units)["value"].tolist() == [0.0, 0.0]
    assert area_share(line, units)["n"].tolist() == [0, 0]


def test_polygons_in_collections_count(boxes, units):
    square = boxes([(0, 0, 500, 1000)]).geometry.iloc[0]
    mixed = shapely.GeometryCollection(
        [shapely.MultiPolygon([square]), shapely.Point(600_000, 790_000)]
    )
    zones = gpd.GeoDataFrame(geometry=[mixed], crs=units.crs)
    assert area_share(zones, units).at["west", "value"] == 50.0


def test_a_polygon_that_crosses_itself_is_named(units):
    bow = shapely.Polygon(
        [(600_000, 790_000), (600_100, 790_100), (600_100, 790_000), (600_000, 790_100)]
    )
    zones = gpd.GeoDataFrame(geometry=[bow], index=["osm:way/7"], crs=units.crs)
    with pytest.raises(
        GeometryError, match=r"1 polygons that cross themselves, e.g. \['osm:way/7'\]"
    ):
        area_share(zones, units)


def test_other_denominators_and_crs_are_refused(boxes, units):
    zones = boxes([(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="expected 'area_land' or 'area_total'"):
        area_share(zones, units, denominator="area")
    with pytest.raises(LayerSchemaError, match="area_land"):
        area_share(zones, units[["geometry"]])
    with pytest.raises(CRSError, match="`within` is in EPSG:4326"):
        area_share(zones, units, within=zones.to_crs(4326))


def test_hectares_for_a_thousand_inhabitants(boxes, units, whole):
    green = boxes([(0, 0, 200, 1000), (100, 0, 200, 1000), (1000, 0, 1200, 1000)])
    found = area_per_population(green, units)
    assert found.at["west", "value"] == pytest.approx(1.0)
    assert np.isnan(found.at["east", "value"])
    assert area_per_population(green, whole).at["town", "value"] == pytest.approx(2.0)
    assert area_per_population(boxes([]), units).at["west", "value"] == 0.0
    with pytest.raises(ValueError, match="`per` is -1"):
        area_per_population(green, units, per=-1)


def test_arguments_are_left_as_they_were(boxes, units):
    zones, within = boxes([(0, 0, 500, 1000)]), boxes([(0, 0, 100, 100)])
    before = zones.copy(), units.copy(), within.copy()
    area_share(zones, units, within=within)
    assert zones.equals(before[0])
    assert units.equals(before[1])
    assert within.equals(before[2])


corner = st.integers(0, 20).map(float)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(corner, corner, corner, corner), max_size=12))
def test_shares_lie_between_0_and_100_and_add_up(rectangles):
    shapes = [
        shapely.box(min(w, e), min(s, n), max(w, e), max(s, n))
        for w, s, e, n in rectangles
        if w != e and s != n
    ]
    zones = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:32647")
    cells = [shapely.box(x, y, x + 5, y + 10) for x in (0, 5, 10, 15) for y in (0, 10)]
    units = gpd.GeoDataFrame(
        {"area_land": 50.0}, geometry=cells, index=pd.RangeIndex(8), crs="EPSG:32647"
    )
    whole = gpd.GeoDataFrame(
        {"area_land": [400.0]}, geometry=[shapely.box(0, 0, 20, 20)], crs="EPSG:32647"
    )
    parts = area_share(zones, units)["value"]
    assert parts.index.equals(units.index)
    assert parts.between(0, 100).all()
    assert parts.mean() == pytest.approx(area_share(zones, whole)["value"].iloc[0])
