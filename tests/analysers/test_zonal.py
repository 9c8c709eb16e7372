"""Rasters over units by exact fractions of cells."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from creative_spatial.analysers import class_shares, zonal_sum
from creative_spatial.errors import CRSError
from creative_spatial.raster import Raster

UTM = CRS.from_epsg(32647)


@pytest.fixture
def people():
    """Ten by twenty cells of 100 m over both squares."""
    values = np.arange(200, dtype="float32").reshape(10, 20)
    return Raster(values, Affine(100, 0, 600_000, 0, -100, 791_000), UTM, "census")


def test_the_sum_over_the_units_is_the_sum_of_the_raster(people, units):
    found = zonal_sum(people, units)
    assert found.index.equals(units.index)
    assert found.sum() == pytest.approx(people.values.sum())
    assert found["west"] == pytest.approx(people.values[:, :10].sum())


def test_cells_count_by_the_part_that_lies_inside(people):
    corner = gpd.GeoDataFrame(geometry=[shapely.box(600_050, 790_950, 600_150, 791_000)], crs=UTM)
    assert zonal_sum(people, corner).tolist() == pytest.approx([0 / 4 + 1 / 4])


def test_a_raster_in_degrees_keeps_its_sum(units):
    degrees = Raster(
        np.ones((30, 30)), Affine(0.001, 0, 99.9, 0, -0.001, 7.16), CRS.from_epsg(4326), "census"
    )
    box = gpd.GeoDataFrame(geometry=[shapely.box(*degrees.bounds)], crs=4326).to_crs(UTM)
    west, south, east, north = box.total_bounds
    middle = (west + east) / 2
    halves = gpd.GeoDataFrame(
        geometry=[
            shapely.box(west - 9, south - 9, middle, north + 9),
            shapely.box(middle, south - 9, east + 9, north + 9),
        ],
        crs=UTM,
    )
    assert zonal_sum(degrees, halves).sum() == pytest.approx(900, rel=1e-6)


def test_no_data_is_null_and_no_people_is_zero(people, units):
    values = np.zeros((10, 20), dtype="float32")
    values[:, 10:] = np.nan
    empty = Raster(values, people.transform, UTM, "census")
    found = zonal_sum(empty, units)
    assert found["west"] == 0
    assert np.isnan(found["east"])


def test_the_value_that_means_no_data_is_left_out(people, units):
    values = np.full((10, 20), 2, dtype="int16")
    values[:, 5:] = -99
    found = zonal_sum(Raster(values, people.transform, UTM, "census", nodata=-99), units)
    assert found["west"] == 100
    assert np.isnan(found["east"])


def test_a_unit_beyond_the_raster_is_null(people, units):
    far = units.assign(geometry=units.translate(50_000))
    assert zonal_sum(people, far).isna().all()


def test_shares_of_classes(people, units):
    values = np.full((10, 20), 10, dtype="uint8")
    values[:5, :10] = 80
    cover = Raster(values, people.transform, UTM, "cover", nodata=0)
    found = class_shares(cover, units).set_index(["unit_id", "category"])
    assert found["value"].to_dict() == pytest.approx(
        {("west", "10"): 50, ("west", "80"): 50, ("east", "10"): 100, ("east", "80"): 0}
    )
    assert found.at[("west", "80"), "n"] == pytest.approx(50)


def test_shares_of_no_data_are_null(people, units):
    values = np.zeros((10, 20), dtype="uint8")
    values[:, :10] = 10
    found = class_shares(Raster(values, people.transform, UTM, "cover", nodata=0), units)
    shares = found.set_index(["unit_id", "category"])["value"]
    assert shares["west", "10"] == pytest.approx(100)
    assert np.isnan(shares["east", "10"])


def test_a_code_for_no_data_stated_as_a_float_fits_classes_of_integers(units):
    values = np.array([[10, 0], [50, 50]], dtype="uint8")
    cover = Raster(values, Affine(500, 0, 600_000, 0, -500, 791_000), UTM, "cover", nodata=0.0)
    found = class_shares(cover, units).set_index(["unit_id", "category"])["value"]
    assert found["west"].to_dict() == pytest.approx({"10": 100 / 3, "50": 200 / 3})


def test_units_without_a_crs_are_refused(people, units):
    with pytest.raises(CRSError, match="`units` has no CRS"):
        zonal_sum(people, units.set_crs(None, allow_override=True))
