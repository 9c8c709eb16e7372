"""Faults of OpenStreetMap files and rasters."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import rasterio
from broken.inputs.files import PAGE
from broken.inputs.text import write_shapefile
from broken.inputs.town import NORTH, WEST, Outcome, broken, error, layer, refused, vector, warning
from drawn_osm import DrawnOsm
from rasterio.transform import from_origin
from shapely.geometry import Point

OSM = '[osm]\npath = "{}"\n'
BOX = (100.56, 7.17, 100.62, 7.23)


def drawn() -> DrawnOsm:
    """A temple, and a pond whose corners lie half outside the extract."""
    city = DrawnOsm(BOX)
    city.node(1, 100.591, 7.201, amenity="place_of_worship", religion="buddhist", name="วัดกลาง")
    return city


@broken(
    "city.osm.pbf",
    warning("1 object could not be read whole", "clipped"),
    then=Outcome(out=1),
)
def clipped_pbf_with_missing_nodes(folder):
    """An extract cut by a box that left a way without one of its nodes."""
    import osmium

    city = drawn()
    city.nodes(10, [(100.592, 7.202), (100.593, 7.202)])
    city.way(5, [10, 11, 12, 10], {"natural": "water", "water": "pond"})
    plain = city.write(folder / "drawn.osm")
    with osmium.SimpleWriter(str(folder / "city.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(plain)):
            writer.add(thing)
    plain.unlink()
    return OSM.format("city.osm.pbf")


@broken(
    "city.osm",
    error("runtime error: Query timed out"),
    then=refused("city.osm", "Query timed out"),
)
def overpass_answer_with_remark(folder):
    """Overpass says in the last line that what stands above is not all."""
    remark = (
        '<remark>runtime error: Query timed out in "query" at line 3 after 25 seconds.</remark>'
    )
    text = drawn().xml().replace("</osm>", f"{remark}</osm>")
    (folder / "city.osm").write_text(text, encoding="utf-8")
    return OSM.format("city.osm")


@broken("city.osm", error("again"), then=refused("city.osm"))
def osm_file_cut_off(folder):
    text = drawn().xml()
    (folder / "city.osm").write_text(text[: len(text) - 30], encoding="utf-8")
    return OSM.format("city.osm")


@broken("city.osm.pbf", error("web page", "again"), then=refused("city.osm.pbf", "web page"))
def page_of_a_server_saved_as_pbf(folder):
    (folder / "city.osm.pbf").write_text(PAGE, encoding="utf-8")
    return OSM.format("city.osm.pbf")


SIX = [f"วัด{name}" for name in ("กลาง", "ดอนรัก", "แจ้ง", "สระเกษ", "หัวป้อม", "ยางทอง")]


@broken("temples.shp", then=Outcome(rows_in=6, out=6))
def shapefile_labelled_utm_but_indian_1975(folder):
    """
    Numbers on the old Thai datum with the .prj of the new one: all 448 m off.

    Nothing in the file tells; the places that OpenStreetMap knows too do.
    """
    city = DrawnOsm(BOX)
    places = [(100.58 + 0.005 * i, 7.19 + 0.004 * (i % 3)) for i in range(6)]
    for i, (name, (lon, lat)) in enumerate(zip(SIX, places, strict=True), start=1):
        city.node(i, lon, lat, amenity="place_of_worship", religion="buddhist", name=name)
    city.write(folder / "city.osm")
    frame = gpd.GeoDataFrame(
        {"id": [f"p{i}" for i in range(6)], "name": SIX, "kind": "wat"},
        geometry=[Point(place) for place in places],
        crs="EPSG:4326",
    ).to_crs("EPSG:32647")
    old = frame.set_geometry(frame.translate(332, -301))  # Indian 1975 less WGS 84 at Songkhla
    write_shapefile(folder / "temples.shp", old, "utf-8", cpg="UTF-8")
    return OSM.format("city.osm") + vector("temples.shp")


def write_raster(path, values, **profile):
    """A raster over the town, 10 x 10 cells."""
    settings = {
        "driver": "GTiff", "width": 10, "height": 10, "count": 1, "dtype": values.dtype,
        "crs": "EPSG:4326", "transform": from_origin(WEST - 0.02, NORTH + 0.02, 0.01, 0.01),
        **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **settings) as opened:
        opened.write(values, 1)


@broken(
    "population.tif",
    error("30% of its cells", "-9999", "nodata"),
    then=refused("population.tif", "-9999"),
)
def raster_with_undeclared_fill(folder):
    """-9999 where there is no number, and nothing in the file that says so."""
    values = np.full((10, 10), 12.0, dtype="float32")
    values[:3] = -9999
    write_raster(folder / "population.tif", values)
    return layer("population.tif", kind="raster", pillar="population")


@broken("population.tif", error("has no CRS"), then=refused("population.tif has no CRS"))
def raster_without_crs(folder):
    write_raster(folder / "population.tif", np.ones((10, 10), dtype="float32"), crs=None)
    return layer("population.tif", kind="raster", pillar="population")


@broken("population.tif", error("population.tif"), then=refused("population.tif"))
def raster_of_another_place(folder):
    elsewhere = from_origin(98.9, 18.9, 0.01, 0.01)
    write_raster(folder / "population.tif", np.ones((10, 10), dtype="float32"), transform=elsewhere)
    return layer("population.tif", kind="raster", pillar="population")


@broken("population.tif", error("population.tif"), then=refused("population.tif"))
def raster_cut_off(folder):
    values = np.arange(40_000, dtype="float32").reshape(200, 200)
    place = from_origin(WEST - 0.02, NORTH + 0.02, 0.0005, 0.0005)
    write_raster(folder / "population.tif", values, width=200, height=200, transform=place)
    whole = (folder / "population.tif").read_bytes()
    (folder / "population.tif").write_bytes(whole[: len(whole) // 2])
    return layer("population.tif", kind="raster", pillar="population")
