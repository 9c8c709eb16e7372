"""Rasters: the window that is asked for, in the file's own CRS, or the reason why not."""

from __future__ import annotations

import numpy as np
import pytest
from places import CRS

from creative_spatial.crs import to_wgs84
from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders.raster import raster_facts, read_raster


@pytest.fixture
def read(source):
    """Read with city hall as the source."""

    def read_with(path, **options):
        return read_raster(path, source=source, **options)

    return read_with


def test_the_whole_band_is_read_without_bounds(write_tiff, read):
    raster = read(write_tiff())
    assert raster.values.shape == (10, 10)
    assert raster.bounds == (676_000, 795_000, 677_000, 796_000)
    assert raster.crs.to_epsg() == 32647
    assert raster.source_id == "hall"


def test_a_box_reads_the_cells_it_touches(write_tiff, read):
    raster = read(write_tiff(), bounds=(676_150, 795_750, 676_350, 795_900))
    assert raster.values.tolist() == [[11, 12, 13], [21, 22, 23]]
    assert raster.bounds == (676_100, 795_700, 676_400, 795_900)


def test_a_box_on_cell_edges_takes_no_neighbours(write_tiff, read):
    raster = read(write_tiff(), bounds=(676_100, 795_800, 676_200, 795_900))
    assert raster.values.tolist() == [[11]]


def test_a_box_beyond_the_file_is_cut_to_it(write_tiff, read):
    raster = read(write_tiff(), bounds=(675_000, 795_850, 676_100, 799_000))
    assert raster.values.tolist() == [[0], [10]]


def test_a_box_in_degrees_finds_the_same_cells(write_tiff, read):
    box = to_wgs84((676_150, 795_750, 676_350, 795_900), CRS)
    west, south, east, north = read(write_tiff(), bounds=box, bounds_crs="EPSG:4326").bounds
    # Meridians lean here, so the box in degrees is up to a cell wider.
    assert (west, east) == (676_100, 676_400)
    assert south in {795_600, 795_700}
    assert north in {795_900, 796_000}


def test_only_the_window_is_read_of_a_damaged_file(write_tiff, read):
    # One strip a row: the last are cut off, the first are whole.
    path = write_tiff(np.arange(10_000, dtype="float32").reshape(100, 100), blockysize=1)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 20_000])
    top = read(path, bounds=(676_000, 795_900, 676_200, 796_000))
    assert top.values.tolist() == [[0, 1]]
    with pytest.raises(LoadError, match=r"cells.tif cannot be read.*cut short"):
        read(path)


def test_no_data_is_not_a_number_in_floats(write_tiff, read):
    cells = np.array([[1.0, -9999.0], [3.0, 4.0]], dtype="float32")
    raster = read(write_tiff(cells, nodata=-9999))
    assert np.isnan(raster.values[0, 1])
    assert np.nansum(raster.values) == 8
    assert raster.nodata is None


def test_no_data_keeps_its_value_in_classes(write_tiff, read):
    raster = read(write_tiff(np.array([[1, 0], [3, 4]], dtype="uint8"), nodata=0))
    assert raster.values.dtype == np.uint8
    assert raster.values.tolist() == [[1, 0], [3, 4]]
    assert raster.nodata == 0


def test_classes_that_are_all_there_still_say_what_no_data_is(write_tiff, read):
    raster = read(write_tiff(np.array([[1, 2], [3, 4]], dtype="uint8"), nodata=255))
    assert raster.nodata == 255


def test_a_file_without_crs_is_refused(write_tiff, read):
    with pytest.raises(CRSError, match=r"cells.tif has no CRS"):
        read(write_tiff(crs=None))


def test_a_file_elsewhere_is_refused_with_both_extents(write_tiff, read):
    with pytest.raises(
        LoadError, match=r"does not reach the area: it covers 100\.59.*the area 2\.0"
    ):
        read(write_tiff(), bounds=(2, 48, 3, 49), bounds_crs="EPSG:4326")


def test_a_turned_raster_is_refused(write_tiff, read):
    from affine import Affine

    turned = Affine.translation(676_000, 796_000) @ Affine.rotation(30) @ Affine.scale(100, -100)
    with pytest.raises(LoadError, match=r"is turned or upside down.*warp it"):
        read(write_tiff(transform=turned))


def test_of_several_bands_one_is_named(write_tiff, read):
    path = write_tiff(count=3)
    with pytest.raises(LoadError, match=r"cells.tif has 3 bands; say which one .* `band = 1`"):
        read(path)
    assert read(path, band=1).values[1, 2] == 12


def test_a_missing_file_and_band_are_named(write_tiff, read):
    path = write_tiff()
    with pytest.raises(LoadError, match="has 1 band; there is no band 2"):
        read(path, band=2)
    with pytest.raises(LoadError, match=r"no such file; did you mean 'cells.tif'"):
        read(path.with_name("cell.tif"))


def test_what_is_no_geotiff_is_refused(tmp_path, read):
    path = tmp_path / "cells.tif"
    path.write_text("<VRTDataset rasterXSize='1' rasterYSize='1'/>")
    with pytest.raises(LoadError, match="cannot be read as a GeoTIFF"):
        read(path)


def test_a_raster_without_a_place_on_the_ground_is_refused(write_tiff, read):
    from affine import Affine

    with pytest.raises(LoadError, match="is turned or upside down"):
        read(write_tiff(transform=Affine(100, 0, 676_000, 0, 100, 795_000)))


@pytest.mark.parametrize("fill", raster_facts().fill.values)
def test_a_fill_value_that_the_file_does_not_declare_is_no_number(fill, write_tiff, read):
    cells = np.full((10, 10), 5, dtype="float32")
    cells[:, :2] = fill
    with pytest.raises(LoadError, match=r"cells\.tif: 20% of its cells here are .* no data"):
        read(write_tiff(cells))
    stated = float(np.float32(fill))
    assert np.isnan(read(write_tiff(cells, nodata=stated)).values[:, :2]).all()


def test_a_fill_value_that_a_cell_cannot_hold_is_not_looked_for(write_tiff, read):
    # -9999 as an unsigned byte would be 241: a class like any other.
    assert read(write_tiff(np.full((10, 10), 241, dtype="uint8"))).values.max() == 241
    with pytest.raises(LoadError, match="100% of its cells here are -32768"):
        read(write_tiff(np.full((10, 10), -32768, dtype="int16")))
