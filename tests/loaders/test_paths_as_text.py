"""A path is a `Path` or a text, to every reader."""

from __future__ import annotations

import warnings
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
from drawn_osm import DrawnOsm
from places import CRS, point, square
from rasterio.transform import from_origin

from creative_spatial import loaders
from creative_spatial.errors import CreativeSpatialError

# `read_postgis` takes a table.
READERS = [name for name in loaders.__all__ if name.startswith("read_") and name != "read_postgis"]
LAYERS = ("read_occurrence", "read_survey", "read_table", "read_vector")


@pytest.fixture
def options(source):
    """What a reader must be given beside its path."""

    def of(name):
        if name == "read_raster":
            return {"source": source}
        if name == "read_edits":
            return {"target_crs": CRS}
        concept = {"concept": "museum", "boundary": square(-30, -30, 60, 60)}
        return {"source": source, "target_crs": CRS, **concept} if name in LAYERS else {}

    return of


def zipped_shapefile(folder):
    places = gpd.GeoDataFrame({"name": ["a"]}, geometry=[point(0, 0)], crs=CRS)
    places.to_file(folder / "a.shp", encoding="UTF-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for part in folder.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return folder / "a.zip"


def geopackage(folder):
    places = gpd.GeoDataFrame({"name": ["a"]}, geometry=[point(0, 0)], crs=CRS)
    places.to_file(folder / "a.gpkg")
    return folder / "a.gpkg"


def kml(folder):
    (folder / "a.kml").write_text(
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="p">'
        "<name>a</name><Point><coordinates>100.59,7.19</coordinates></Point></Placemark></Document></kml>"
    )
    return folder / "a.kml"


def polygons(folder):
    gpd.GeoDataFrame(geometry=[square(0, 0)], crs=CRS).to_file(folder / "b.gpkg")
    return folder / "b.gpkg"


def comma_separated(folder):
    (folder / "t.csv").write_text("id,name,lon,lat\n1,a,100.59,7.19\n")
    return folder / "t.csv"


def spreadsheet(folder):
    book = openpyxl.Workbook()
    for row in (["id", "name", "lon", "lat"], ["1", "a", 100.59, 7.19]):
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def survey(folder):
    book = openpyxl.Workbook()
    head = ["name", "gps", "_gps_latitude", "_gps_longitude", "_uuid", "_index"]
    for row in (head, ["a", "7.19 100.59 0 5", 7.19, 100.59, "u", 1]):
        book.active.append(row)
    book.save(folder / "k.xlsx")
    return folder / "k.xlsx"


def records(folder):
    (folder / "o.txt").write_text(
        "gbifID\tscientificName\tdecimalLatitude\tdecimalLongitude\n1\tA b\t7.19\t100.59\n"
    )
    return folder / "o.txt"


def geotiff(folder):
    path = folder / "r.tif"
    settings = {"height": 2, "width": 2, "count": 1, "dtype": "float32", "crs": CRS}
    with rasterio.open(path, "w", transform=from_origin(0, 20, 10, 10), **settings) as file:
        file.write(np.ones((1, 2, 2), "float32"))
    return path


def mapped(folder):
    drawn = DrawnOsm()
    drawn.node(3, 100.05, 7.05, tourism="museum", name="a")
    drawn.way(9, drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01)]), highway="footway")
    path = folder / "c.osm"
    drawn.write(path)
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("read_vector", zipped_shapefile),
        ("read_vector", geopackage),
        ("read_vector", kml),
        ("read_boundary", polygons),
        ("read_table", comma_separated),
        ("read_table", spreadsheet),
        ("read_survey", survey),
        ("read_occurrence", records),
        ("read_raster", geotiff),
        ("read_gates", mapped),
        ("read_ferries", mapped),
        ("read_osm", mapped),
    ],
)
def test_a_text_is_read_as_its_path_is(tmp_path, options, name, make):
    path, reader = make(tmp_path), getattr(loaders, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one, other = (reader(given, **options(name)) for given in (str(path), path))
    for part in ("features", "layer"):
        one, other = getattr(one, part, one), getattr(other, part, other)
    if name == "read_raster":
        np.testing.assert_array_equal(one.values, other.values)
    else:
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
        assert len(one) or name in ("read_gates", "read_ferries")


def test_a_form_may_be_a_text_too(tmp_path, options):
    form = str(tmp_path / "nowhere.xlsx")
    with pytest.raises(CreativeSpatialError, match="nowhere"):
        loaders.read_survey(str(survey(tmp_path)), form=form, **options("read_survey"))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("file", ["nowhere.zip", "nowhere.xlsx", "nowhere"])
def test_a_text_that_leads_nowhere_is_refused_in_the_packages_own_words(
    tmp_path, options, name, file
):
    with pytest.raises(CreativeSpatialError, match="nowhere"):
        getattr(loaders, name)(str(tmp_path / file), **options(name))
