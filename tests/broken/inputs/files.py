"""Faults of files: cut off, incomplete, hostile, or not what their names say."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from broken.inputs.text import write_shapefile
from broken.inputs.town import (
    HEADER,
    PLACES,
    Outcome,
    broken,
    csv,
    error,
    frame,
    geojson,
    layer,
    refused,
    table,
    vector,
)

KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="p1"><name>{}</name>'
    "<Point><coordinates>100.593,7.206</coordinates></Point></Placemark></Document></kml>"
)
PAGE = "<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>"


@broken("temples.shp", error(".dbf"), then=refused("temples.shp", ".dbf"))
def missing_dbf(folder):
    """Only the .shp was sent."""
    write_shapefile(folder / "temples.shp", frame(), "utf-8", cpg="UTF-8")
    (folder / "temples.dbf").unlink()
    return vector("temples.shp")


@broken("temples.shp", error("cut off"), then=refused("temples.shp", "cut off"))
def shapefile_cut_off(folder):
    write_shapefile(folder / "temples.shp", frame(), "utf-8", cpg="UTF-8")
    whole = (folder / "temples.shp").read_bytes()
    (folder / "temples.shp").write_bytes(whole[:130])
    return vector("temples.shp")


@broken(
    "temples.geojson",
    error("is not GeoJSON, whatever its name says"),
    then=refused("is not GeoJSON"),
)
def page_of_a_server_saved_as_geojson(folder):
    (folder / "temples.geojson").write_text(PAGE, encoding="utf-8")
    return vector("temples.geojson")


@broken("temples.gpkg", error("empty (0 bytes)"), then=refused("empty (0 bytes)"))
def file_of_no_bytes(folder):
    (folder / "temples.gpkg").write_bytes(b"")
    return vector("temples.gpkg")


@broken("temples.csv", error("is a workbook", ".xlsx"), then=refused("is a workbook"))
def workbook_called_csv(folder):
    _workbook([HEADER.split(","), *PLACES], folder / "temples.csv")
    return table("temples.csv")


@broken("temples.xlsx", error(".xls"), then=refused("temples.xlsx"))
def old_workbook_called_xlsx(folder):
    (folder / "temples.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    return table("temples.xlsx")


@broken(
    "temples.xlsx",
    error("rows 2, 3, 4, 5, 6", "title rows"),
    then=refused("temples.xlsx", "title rows"),
)
def xlsx_merged_header(folder):
    """A title over the table, in cells made one."""
    book = openpyxl.Workbook()
    book.active.append(["ทะเบียนวัด ประจำปี 2567"])
    book.active.merge_cells("A1:E1")
    for row in (HEADER.split(","), *PLACES):
        book.active.append(row)
    _save(book, folder / "temples.xlsx")
    return table("temples.xlsx")


def _workbook(rows, path):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    _save(book, path)


def _save(book, path):
    """A workbook; openpyxl wants a name that ends in .xlsx, or a stream."""
    store = io.BytesIO()
    book.save(store)
    path.write_bytes(store.getvalue())


@broken("temples.kml", error("document type"), then=refused("temples.kml", "document type"))
def kml_with_doctype(folder):
    """A file that asks its reader to fetch another, or to grow a thousandfold."""
    declared = '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    (folder / "temples.kml").write_text(declared + KML.format("&a;"), encoding="utf-8")
    return layer("temples.kml", 'concept = "wat"')


@broken("temples.zip", error("../"), then=refused("temples.zip"))
def zip_that_escapes(folder):
    """A member whose name leads out of the folder it is unpacked in."""
    with zipfile.ZipFile(folder / "temples.zip", "w") as archive:
        archive.writestr("../outside.geojson", geojson())
        archive.writestr("temples.geojson", geojson())
    return vector("temples.zip")


@broken("temples.zip", error("would unpack", "300,000,000 bytes"), then=refused("temples.zip"))
def zip_bomb(folder):
    """A few kilobytes that unpack to three hundred megabytes."""
    with zipfile.ZipFile(folder / "temples.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("temples.geojson", b" " * 300_000_000)
    return vector("temples.zip")


@broken(
    "temples.gpkg", error("2 layers", "temples", "wells"), then=refused("2 layers", "as `layer`")
)
def geopackage_of_several_layers(folder):
    frame().to_file(folder / "temples.gpkg", layer="temples")
    frame().to_file(folder / "temples.gpkg", layer="wells")
    return vector("temples.gpkg")


@broken("records.zip", error("meta.xml"), then=refused("records.zip", "meta.xml"))
def archive_of_records_that_describes_a_missing_file(folder):
    meta = (
        '<archive><core rowType="http://rs.tdwg.org/dwc/terms/Occurrence" ignoreHeaderLines="1" '
        'fieldsTerminatedBy="\\t"><files><location>occurrence.txt</location></files><id index="0"/>'
        '<field index="1" term="http://rs.tdwg.org/dwc/terms/scientificName"/></core></archive>'
    )
    with zipfile.ZipFile(folder / "records.zip", "w") as archive:
        archive.writestr("meta.xml", meta)
    return layer(
        "records.zip", 'concept = "wildlife_range"', kind="occurrence", pillar="biodiversity"
    )


@broken("temples.csv", then=Outcome(rows_in=4, out=4))
def csv_that_names_its_separator(folder):
    """Excel's own first line, no row of the table."""
    text = "sep=;\r\n" + csv().replace(",", ";").replace("\n", "\r\n")
    (folder / "temples.csv").write_text(text, encoding="utf-8-sig", newline="")
    return table("temples.csv")


@broken("temples.gpkg", error("damaged", "again"), then=refused("temples.gpkg", "again"))
def geopackage_cut_off(folder):
    """A download that ended at half."""
    frame().to_file(folder / "temples.gpkg")
    whole = (folder / "temples.gpkg").read_bytes()
    (folder / "temples.gpkg").write_bytes(whole[: len(whole) // 2])
    return vector("temples.gpkg")


@broken("temples.geojson", error("again"), then=refused("temples.geojson", "again"))
def geojson_cut_off(folder):
    text = geojson({"type": "Point", "coordinates": [100.591, 7.201]})
    (folder / "temples.geojson").write_text(text[:-20], encoding="utf-8")
    return vector("temples.geojson")
