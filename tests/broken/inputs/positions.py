"""Faults of place: coordinate systems, swapped and foreign numbers, geometries."""

from __future__ import annotations

import geopandas as gpd
from broken.inputs.text import write_shapefile
from broken.inputs.town import (
    HEADER,
    PLACES,
    Mends,
    Outcome,
    broken,
    csv,
    error,
    frame,
    geojson,
    layer,
    note,
    refused,
    table,
    vector,
    warning,
)


@broken(
    "temples.geojson",
    error("does not say what its coordinates are in", "crs = "),
    then=refused("temples.geojson", "does not say what its coordinates are in"),
)
def geojson_in_metres_without_crs(folder):
    """UTM metres in a format whose standard knows degrees alone."""
    shapes = [shape.__geo_interface__ for shape in frame("EPSG:32647").geometry]
    (folder / "temples.geojson").write_text(geojson(*shapes), encoding="utf-8")
    return vector("temples.geojson")


@broken(
    "temples.shp",
    error("does not say what its coordinates are in", "EPSG:32647"),
    then=refused("temples.shp", "EPSG:32647"),
)
def missing_prj(folder):
    write_shapefile(folder / "temples.shp", frame("EPSG:32647"), "utf-8", cpg="UTF-8")
    (folder / "temples.prj").unlink()
    return vector("temples.shp")


@broken(
    "temples.shp",
    warning("none of 4", "is in the area", 'crs = "EPSG:32647"'),
    then=Outcome(rows_in=4, out=0, outside=4),
)
def shapefile_labelled_with_the_next_utm_zone(folder):
    """Zone 47's numbers with zone 48's .prj: the layer lies 660 km to the east."""
    mislabelled = frame("EPSG:32647").set_crs("EPSG:32648", allow_override=True)
    write_shapefile(folder / "temples.shp", mislabelled, "utf-8", cpg="UTF-8")
    return vector("temples.shp")


@broken(
    "temples.csv",
    error("out of range", "rows 2, 3, 4, 5", "EPSG:3857"),
    then=refused("out of range", "rows 2, 3, 4, 5"),
)
def web_mercator_metres_called_degrees(folder):
    """Copied from a web map's address bar into columns called lon and lat."""
    rows = [
        f"{key},{name},{kind},{shape.x:.2f},{shape.y:.2f}"
        for (key, name, kind, _, _), shape in zip(PLACES, frame("EPSG:3857").geometry, strict=True)
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    note("2 repaired", "rows 3, 5", "exchanged"),
    then=Outcome(
        rows_in=4,
        out=4,
        mended=(
            Mends("swapped", 3, "geometry", "POINT (7.202 100.592)", "POINT (100.592 7.202)"),
            Mends("swapped", 5, "geometry", "POINT (7.204 100.594)", "POINT (100.594 7.204)"),
        ),
    ),
)
def latitude_and_longitude_swapped_in_some_rows(folder):
    rows = [
        "p1,A,wat,100.591,7.201",
        "p2,B,wat,7.202,100.592",
        "p3,C,wat,100.593,7.203",
        "p4,D,wat,7.204,100.594",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    note("4 repaired", "rows 2, 3, 4, 5", "exchanged"),
    then=Outcome(rows_in=4, out=4),
)
def latitude_and_longitude_swapped_in_the_whole_file(folder):
    header = HEADER.replace("lon,lat", "lat,lon")
    (folder / "temples.csv").write_text(csv(header=header), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("swapped", "row 3"),
    then=Outcome(rows_in=3, out=2, quarantined={"swapped": (3,)}),
)
def swapped_where_nothing_is_to_be_mended(folder):
    rows = ["p1,A,wat,100.591,7.201", "p2,B,wat,7.202,100.592", "p3,C,wat,100.593,7.203"]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv", "repair = false")


@broken(
    "temples.csv",
    note("4 repaired", "rows 2, 3, 4, 5", "degrees, minutes and seconds"),
    then=Outcome(
        rows_in=4,
        out=4,
        mended=(
            Mends("dms", 2, "lat", "7°12'3.6\"N", 7.201),
            Mends("dms", 3, "lat", "7d12m7.2s N", 7.202),
            Mends("dms", 4, "lat", "๗ องศา ๑๒ ลิปดา ๑๐.๘ ฟิลิปดา เหนือ", 7.203),
        ),
    ),
)
def dms_coordinates(folder):
    rows = [
        'p1,A,wat,"100°35\'27.6""E","7°12\'3.6""N"',
        "p2,B,wat,100d35m31.2s E,7d12m7.2s N",
        "p3,C,wat,๑๐๐ องศา ๓๕ ลิปดา ๓๔.๘ ฟิลิปดา ตะวันออก,๗ องศา ๑๒ ลิปดา ๑๐.๘ ฟิลิปดา เหนือ",
        "p4,D,wat,E 100 35 38.4,N 7 12 14.4",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    note("1 repaired", "row 2", "digits of another script"),
    note("1 repaired", "row 3", "decimal commas"),
    then=Outcome(
        rows_in=3,
        out=3,
        mended=(
            Mends("digits", 2, "lat", "๗.๒๐๑", 7.201),
            Mends("decimal_comma", 3, "lat", "7,202", 7.202),
        ),
    ),
)
def thai_digits_and_decimal_commas(folder):
    rows = [
        "p1,A,wat,๑๐๐.๕๙๑,๗.๒๐๑",
        'p2,B,wat,"100,592","7,202"',
        "p3,C,wat,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("no coordinates", "row 3"),
    warning("cannot be read", "row 4"),
    warning("0, 0", "row 5"),
    then=Outcome(
        rows_in=4,
        out=1,
        quarantined={
            "no_coordinates": (3,),
            "unreadable_coordinates": (4,),
            "zero_coordinates": (5,),
        },
    ),
)
def coordinates_missing_unreadable_and_zero(folder):
    rows = ["p1,A,wat,100.591,7.201", "p2,B,wat,,", "p3,C,wat,near the pier,?", "p4,D,wat,0,0"]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("none of 2", "lon 98.9"),
    then=Outcome(rows_in=2, out=0, outside=2),
)
def layer_in_another_province(folder):
    """Chiang Mai's register under Songkhla's name."""
    rows = ["p1,A,wat,98.98,18.79", "p2,B,wat,98.99,18.80"]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


RING = [[100.59, 7.20], [100.60, 7.20], [100.60, 7.21], [100.59, 7.21], [100.59, 7.20]]
BOW_TIE = [RING[0], RING[2], RING[1], RING[3], RING[0]]


@broken(
    "zones.geojson",
    note("1 repaired", "feature 2", "made valid"),
    then=Outcome(rows_in=2, out=2),
)
def crossing_polygon(folder):
    """Corners clicked in the wrong order: a bow tie."""
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in (RING, BOW_TIE)]
    (folder / "zones.geojson").write_text(geojson(*shapes), encoding="utf-8")
    return vector("zones.geojson")


@broken(
    "zones.geojson",
    note("1 repaired", "feature 1", "heights"),
    then=Outcome(rows_in=2, out=2),
)
def polygon_z(folder):
    """Heights from a GPS or a drawing program."""
    high = [[*corner, 12.5] for corner in RING]
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in (high, RING)]
    (folder / "zones.geojson").write_text(geojson(*shapes), encoding="utf-8")
    return vector("zones.geojson")


@broken(
    "zones.geojson",
    warning("without area", "feature 2"),
    then=Outcome(rows_in=2, out=1, quarantined={"no_area": (2,)}),
)
def polygon_without_area(folder):
    """Three clicks on one line."""
    flat = [[100.59, 7.20], [100.60, 7.20], [100.595, 7.20], [100.59, 7.20]]
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in (RING, flat)]
    (folder / "zones.geojson").write_text(geojson(*shapes), encoding="utf-8")
    return vector("zones.geojson")


@broken(
    "temples.geojson",
    warning("no geometry", "features 2, 3"),
    then=Outcome(rows_in=3, out=1, quarantined={"no_geometry": (2, 3)}),
)
def null_geometries(folder):
    shape = {"type": "Point", "coordinates": [100.591, 7.201]}
    empty = {"type": "GeometryCollection", "geometries": []}
    (folder / "temples.geojson").write_text(geojson(shape, None, empty), encoding="utf-8")
    return vector("temples.geojson")


@broken(
    "temples.gpkg",
    warning("not numbers", "feature 2"),
    then=Outcome(rows_in=2, out=1, quarantined={"not_finite": (2,)}),
)
def coordinates_that_are_infinite(folder):
    """A division by zero in somebody's script."""
    places = gpd.GeoDataFrame(
        {"id": ["p1", "p2"], "name": ["A", "B"], "kind": ["wat", "wat"]},
        geometry=gpd.points_from_xy([100.591, float("inf")], [7.201, 7.202]),
        crs="EPSG:4326",
    )
    places.to_file(folder / "temples.gpkg")
    return vector("temples.gpkg")


@broken(
    "answers.csv",
    warning("no position", "row 3"),
    note("1 repaired", "row 4", "exchanged"),
    then=Outcome(rows_in=3, out=2, quarantined={"no_position": (3,)}),
)
def survey_with_swapped_and_missing_positions(folder):
    (folder / "answers.csv").write_text(
        "kind,gps,_uuid\nw,7.201 100.591 0 4,u-1\nw,,u-2\nw,100.593 7.203 0 4,u-3\n",
        encoding="utf-8",
    )
    return layer(
        "answers.csv",
        'columns = { concept = "kind" }',
        'concepts = { w = "weaving_group" }',
        kind="survey",
        pillar="community",
    )
