"""A study area keeps land and total apart, and units tile the primary boundary."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from places import CRS, point, square
from pyproj import Geod
from shapely import segmentize
from shapely.geometry import MultiPolygon, Polygon, box

from creative_spatial.area import StudyArea
from creative_spatial.errors import ConfigError, CRSError, DataQualityWarning, GeometryError


def water(*shapes):
    return gpd.GeoSeries(list(shapes), crs=CRS)


def test_land_is_what_no_water_covers(town):
    area = StudyArea.from_geometries(town, name="Town", water=water(square(0.5, 0)))
    row = area.boundaries.loc["town"]
    assert row["area_total"] == pytest.approx(2e6)
    assert row["area_land"] == pytest.approx(1e6)


def test_overlapping_waters_count_once(town):
    area = StudyArea.from_geometries(
        town, name="Town", water=water(square(0, 0), square(0.5, 0), square(0, 0))
    )
    assert area.boundaries.at["town", "area_land"] == pytest.approx(0.5e6)


def test_a_unit_under_water_has_no_land_at_all(town):
    units = gpd.GeoDataFrame(
        {"unit_id": ["wet", "dry"]}, geometry=[square(0, 0), square(1, 0)], crs=CRS
    )
    area = StudyArea.from_geometries(
        town, name="Town", units=units, water=water(square(-1, -1, 2, 3))
    )
    assert area.units["area_land"].tolist() == [0.0, pytest.approx(1e6)]


@pytest.mark.parametrize("grid", ["hexagon", "square"])
def test_units_tile_the_boundary(town, grid):
    area = StudyArea.from_geometries(town, name="Town", grid=grid, cell_m=150)
    assert area.units.area.sum() == pytest.approx(2e6)
    assert area.units["area_total"].max() <= 150**2 * 1.0000001


@pytest.mark.parametrize("grid", ["hexagon", "square"])
def test_left_alone_a_grid_has_at_most_2000_units(town, grid):
    area = StudyArea.from_geometries(town, name="Town", grid=grid)
    assert 500 < len(area.units) <= 2000


def test_two_boundaries_of_one_city_share_the_cells_of_the_grid(town):
    wider = town.set_geometry([square(-1, -1, 4, 3)], crs=CRS)
    small = StudyArea.from_geometries(town, name="Town", cell_m=200)
    large = StudyArea.from_geometries(wider, name="Town", cell_m=200)
    assert set(small.units.index) <= set(large.units.index)


def test_boundaries_nest_and_one_is_primary(town):
    province = gpd.GeoDataFrame(
        {"name": ["Province"]}, geometry=[square(-5, -5, 12, 12)], index=["province"], crs=CRS
    )
    both = pd.concat([province, town]).assign(primary=[False, True])
    area = StudyArea.from_geometries(both, name="Town")
    assert area.primary_id == "town"
    assert area.units.area.sum() == pytest.approx(2e6)
    assert area.as_units("province")["area_total"].tolist() == [pytest.approx(144e6)]


def test_degrees_come_in_and_metres_come_out(town):
    area = StudyArea.from_geometries(town.to_crs("EPSG:4326"), name="Town")
    assert area.crs.to_epsg() == 32647
    assert area.boundaries.at["town", "area_total"] == pytest.approx(2e6, rel=1e-6)


def test_a_boundary_in_two_parts_is_one_boundary(town):
    islands = town.set_geometry([MultiPolygon([square(0, 0), square(5, 5)])], crs=CRS)
    area = StudyArea.from_geometries(islands, name="Islands", cell_m=250)
    assert area.units.area.sum() == pytest.approx(2e6)


def test_a_boundary_that_crosses_itself_is_refused_with_the_place(town):
    bowtie = Polygon(
        [(676_000, 795_000), (678_000, 796_000), (678_000, 795_000), (676_000, 796_000)]
    )
    with pytest.raises(
        GeometryError,
        match=r"boundary 'town' is not a valid polygon \(Self-intersection\[677000 795500\]\)",
    ):
        StudyArea.from_geometries(town.set_geometry([bowtie], crs=CRS), name="Town")


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        (point(0, 0), "is a Point, not a polygon"),
        (Polygon(), "has no geometry"),
        (None, "has no geometry"),
    ],
)
def test_what_is_no_polygon_is_refused(town, shape, fault):
    with pytest.raises(GeometryError, match=fault):
        StudyArea.from_geometries(town.set_geometry([shape], crs=CRS), name="Town")


def test_a_unit_of_zero_area_is_refused_by_name(town):
    flat = Polygon([(0, 0), (1, 0), (2, 0)])
    units = gpd.GeoDataFrame({"unit_id": ["a", "flat"]}, geometry=[square(0, 0), flat], crs=CRS)
    with pytest.raises(GeometryError, match="unit 'flat'"):
        StudyArea.from_geometries(town, name="Town", units=units)


def test_no_boundary_at_all_is_refused(town):
    with pytest.raises(GeometryError, match="at least one polygon is needed"):
        StudyArea.from_geometries(town.iloc[:0], name="Town")


def test_a_boundary_without_crs_is_refused(town):
    bare = gpd.GeoDataFrame(geometry=town.geometry.to_numpy(), index=["town"])
    with pytest.raises(CRSError, match="no CRS; state it"):
        StudyArea.from_geometries(bare, name="Town")


def test_two_primary_boundaries_are_refused(town):
    both = pd.concat([town, town.rename(index={"town": "other"})]).assign(primary=True)
    with pytest.raises(ConfigError, match="2 boundaries are primary; exactly one must be"):
        StudyArea.from_geometries(both, name="Town")


def test_repeated_ids_are_refused(town):
    with pytest.raises(ConfigError, match=r"boundary ids \['town'\] occur more than once"):
        StudyArea.from_geometries(pd.concat([town, town]), name="Town")


def test_land_that_is_not_the_published_area_is_pointed_out(town):
    with pytest.warns(DataQualityWarning, match=r"has 2\.00 km² of land .* 9\.27 km² is published"):
        StudyArea.from_geometries(town.assign(published_area_km2=9.27), name="Town")


def test_land_within_five_percent_of_the_published_area_is_accepted(town):
    area = StudyArea.from_geometries(town.assign(published_area_km2=2.05), name="Town")
    assert area.boundaries.at["town", "published_area_km2"] == 2.05


def test_a_published_population_is_kept_before_a_raster_s(area):
    known = area.boundaries.assign(population=[1000.0])
    stated = type(area)(**{**vars(area), "boundaries": known})
    counted = stated.with_population(
        units=pd.Series([400.0, 500.0], index=area.units.index),
        boundaries=pd.Series([900.0], index=["town"]),
    )
    assert counted.boundaries.at["town", "population"] == 1000.0
    assert counted.units["population"].tolist() == [400.0, 500.0]


@pytest.mark.parametrize("cell_m", [0, -5, float("nan")])
def test_a_grid_needs_a_width(town, cell_m):
    with pytest.raises(ConfigError, match="a width in metres over 0 is needed"):
        StudyArea.from_geometries(town, name="Town", cell_m=cell_m)


def test_a_grid_of_a_million_cells_is_refused(town):
    with pytest.raises(ConfigError, match="over a million units"):
        StudyArea.from_geometries(town, name="Town", cell_m=0.5)


def test_units_that_overlap_or_leave_the_boundary_are_pointed_out_with_their_area(town):
    units = gpd.GeoDataFrame(
        {"unit_id": ["a", "b"]}, geometry=[square(0, 0), square(0.5, 0, 2, 1)], crs=CRS
    )
    with pytest.warns(
        DataQualityWarning, match=r"0\.50 km² lie in more than one unit.*0\.50 km² lie outside"
    ):
        StudyArea.from_geometries(town, name="Town", units=units)


def test_units_that_leave_part_of_the_boundary_out_are_pointed_out(town):
    units = gpd.GeoDataFrame({"unit_id": ["a"]}, geometry=[square(0, 0)], crs=CRS)
    with pytest.warns(
        DataQualityWarning, match=r"1\.00 km² of the primary boundary lie in no unit"
    ):
        StudyArea.from_geometries(town, name="Town", units=units)


def test_a_city_with_a_far_exclave_gets_a_grid_of_its_own_accord(town):
    parts = MultiPolygon([square(0, 0, 2, 1), square(500, 0, 2, 1)])
    area = StudyArea.from_geometries(town.set_geometry([parts], crs=CRS), name="Town")
    assert 1 < len(area.units) <= 2000
    assert area.units.area.sum() == pytest.approx(area.boundaries.at["town", "area_total"])


def outlined(shape, crs=4326):
    return gpd.GeoDataFrame({"name": ["Place"]}, index=["place"], geometry=[shape], crs=crs)


@pytest.mark.parametrize("country", [box(97, 6, 105, 20), box(44, 25, 63, 40)])
def test_a_country_of_four_corners_has_the_area_that_it_has_on_the_globe(country):
    area = StudyArea.from_geometries(outlined(country), name="Country")
    # Sides along a parallel are arcs: followed in steps of 0.01 degrees on the ellipsoid.
    exact, _ = Geod(ellps="WGS84").geometry_area_perimeter(segmentize(country, 0.01))
    assert area.boundaries.at["place", "area_total"] == pytest.approx(abs(exact), rel=1e-5)
    assert area.units["area_total"].sum() == pytest.approx(abs(exact), rel=1e-5)


@pytest.mark.parametrize(
    ("shape", "crs"),
    [
        (MultiPolygon([box(179.9, -17, 180, -16.9), box(-180, -17, -179.9, -16.9)]), 4326),
        (box(800_000, 8_100_000, 850_000, 8_150_000), 32760),  # in metres, over the edge of zone 60
    ],
)
def test_a_place_across_the_180th_meridian_is_refused_with_the_remedy(shape, crs):
    with pytest.raises(CRSError, match=r"crosses the 180th meridian.*on either side"):
        StudyArea.from_geometries(outlined(shape, crs), name="Taveuni")
    if crs == 4326:
        with pytest.raises(CRSError, match="crosses the 180th meridian"):
            StudyArea.from_geometries(outlined(shape, crs), name="Taveuni", crs=32760)


@pytest.mark.parametrize(("side_deg", "refused"), [(1e-8, True), (5e-5, True), (1e-3, False)])
def test_a_boundary_of_a_millimetre_or_a_room_is_refused(side_deg, refused):
    speck = outlined(box(100.5, 7.2, 100.5 + side_deg, 7.2 + side_deg))
    if refused:
        with pytest.raises(GeometryError, match=r"'place' covers .* m².*in another unit"):
            StudyArea.from_geometries(speck, name="Speck")
    else:
        assert len(StudyArea.from_geometries(speck, name="Block").units)
