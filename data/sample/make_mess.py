"""
Make a city folder as city halls have them, out of the sample city: `make_mess.py DIR`.

Nothing in it is invented anew but founding years, a few digits typed askew and two rows
typed twice: places and groups are the sample's, so everything is as illustrative as there.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import openpyxl

SAMPLE = Path(__file__).parent / "songkhla"
COPIED = ("boundaries.gpkg", "city.osm.pbf", "land_cover.tif", "population.tif", "habitats.shp",
          "habitats.shx", "habitats.dbf", "habitats.prj")  # fmt: skip
# What city hall calls them; the register has these words and not ours.
WORDS = {
    "wat": "วัด", "mosque": "มัสยิด", "chinese_shrine": "ศาลเจ้า", "city_pillar_shrine": "ศาลหลักเมือง",
    "local_restaurant": "ร้านอาหารพื้นถิ่น", "restaurant": "ร้านอาหาร", "cafe": "ร้านกาแฟ",
}  # fmt: skip
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
METRE = 1 / 111_000  # degrees, about


def main(folder: Path) -> None:
    """Write the folder; it must not be there yet."""
    folder.mkdir(parents=True)
    for name in COPIED:
        shutil.copy(SAMPLE / name, folder / name)
    write_register(folder / "register.xlsx")
    write_groups(folder / "groups.csv")
    write_walk(folder / "walk.kml")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    print(*sorted(path.name for path in folder.iterdir()))


def rows(name: str) -> list[dict[str, str]]:
    """One table of the sample."""
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_register(path: Path) -> None:
    """A workbook of temples and eating places: four ways to write a position, years of the Buddhist era."""
    places = [
        row for row in rows("assets.csv") if row["concept"] in WORDS and not row["sensitivity"]
    ]
    places += eating_places()
    lines: list[list[object]] = []
    for number, row in enumerate(places):
        lat, lon = float(row["lat"]), float(row["lon"])
        written: tuple[object, object] = (lat, lon)
        if number % 5 == 1:  # typed on a Thai keyboard
            written = (f"{lat:.5f}".translate(THAI_DIGITS), f"{lon:.5f}".translate(THAI_DIGITS))
        elif number % 5 == 2:  # read off a receiver
            written = (f"{dms(lat)}N", f"{dms(lon)}E")
        elif number % 9 == 3:  # longitude first
            written = (lon, lat)
        elif number % 9 == 4:  # a spreadsheet that writes decimal commas
            written = (f"{lat:.5f}".replace(".", ","), f"{lon:.5f}".replace(".", ","))
        elif number == 8:  # nobody has been there yet
            written = (None, None)
        founded = str(2385 + 3 * number)
        lines.append([f"ส{number + 1:03}", row["name_th"], row["name_en"], WORDS[row["concept"]],
                      founded.translate(THAI_DIGITS) if number % 2 else founded, *written])  # fmt: skip
    lines.append(list(lines[2]))  # copied
    again = places[5]  # typed anew by a colleague, 20 m off
    lines.append(["ส900", again["name_th"], again["name_en"], WORDS[again["concept"]], "2400",
                  float(again["lat"]) + 20 * METRE, float(again["lon"])])  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["รหัส", "ชื่อ", "ชื่ออังกฤษ", "ประเภท", "ก่อตั้ง พ.ศ.", "ละติจูด", "ลองจิจูด"])
    for line in lines:
        sheet.append(line)
    book.save(path)


def eating_places() -> list[dict[str, str]]:
    """Eating places that the sample's OpenStreetMap file has too, 15 m beside where it has them."""
    from creative_spatial.loaders import read_osm

    mapped = read_osm(SAMPLE / "city.osm.pbf").features.to_crs(4326)
    eating = mapped[mapped["concept"].isin(WORDS) & (mapped.geometry.geom_type == "Point")]
    return [
        {"name_th": place["name"], "name_en": "", "concept": place["concept"],
         "lat": f"{place.geometry.y + 15 * METRE:.5f}", "lon": f"{place.geometry.x:.5f}"}
        for _, place in eating.iloc[::2].iterrows()
    ]  # fmt: skip


def dms(degrees: float) -> str:
    """Degrees, minutes and seconds in full."""
    minutes, seconds = divmod(round(degrees * 36_000), 600)
    return f"{minutes // 60}°{minutes % 60}'{seconds / 10:.1f}\""


def write_groups(path: Path) -> None:
    """A form's export from ODK Central: one row an answer, with a telephone number and consent."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["SubmissionDate", "group-name", "group-kind", "group-phone", "group-consent",
                         "gps-Latitude", "gps-Longitude", "gps-Altitude", "gps-Accuracy", "KEY"])  # fmt: skip
        for number, row in enumerate(rows("initiatives.csv")):
            place = ("", "", "", "") if number == 6 else (row["lat"], row["lon"], "0", "8")
            writer.writerow(["2026-01-05T09:00:00Z", row["name_th"], row["concept"], f"08{number:08}",
                             row["consent"], *place, f"uuid:{row['id']}"])  # fmt: skip


def write_walk(path: Path) -> None:
    """A walk drawn in Google Earth: a pin for each old house and work of art."""
    kinds = ("heritage_building", "house_museum", "gallery", "artwork", "industrial_heritage")
    pins = [row for row in rows("assets.csv") if row["concept"] in kinds]
    marks = "".join(
        f'<Placemark id="{row["id"]}"><name>{row["name_th"]}</name><Point><coordinates>'
        f"{row['lon']},{row['lat']},12</coordinates></Point></Placemark>"
        for row in pins
    )
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>',
        encoding="utf-8",
    )


CITY = """\
schema = 1

[city]
name = "Songkhla"
names = { th = "สงขลา", en = "Songkhla" }
country = "TH"
languages = ["th", "en"]

[[boundary]]
id = "municipality"
path = "boundaries.gpkg"
layer = "municipality"
source = "sample"
names = { th = "เทศบาลนครสงขลา", en = "Songkhla city municipality" }
published_area_km2 = 9.27

[units]
cell_m = 500

[osm]
path = "city.osm.pbf"
source = "sample_osm"

[[source]]
id = "sample"
title = "Files of a city hall, made from the sample city"
license = "CC0-1.0"
attribution = "creative_spatial sample (illustrative)"
accuracy = "illustrative"

[[source]]
id = "register"
title = "Register of temples and eating places"
license = "CC0-1.0"
attribution = "creative_spatial sample (illustrative)"
accuracy = "illustrative"

[[source]]
id = "groups"
title = "Survey of community groups"
license = "CC0-1.0"
attribution = "creative_spatial sample (illustrative)"
accuracy = "illustrative"

[[source]]
id = "walk"
title = "A walk through the old town"
license = "CC0-1.0"
attribution = "creative_spatial sample (illustrative)"
accuracy = "illustrative"

[[source]]
id = "sample_osm"
title = "Streets, buildings and shops drawn for the sample, in OSM format"
license = "CC0-1.0 AND LGPL-3.0-or-later"
attribution = "creative_spatial sample (illustrative); coast: GSHHG, moved"
date = 2025-11-01
accuracy = "illustrative"

[[layer]]
pillar = "culture"
kind = "table"
path = "register.xlsx"
source = "register"
columns = { id = "รหัส", name = "ชื่อ", "name:en" = "ชื่ออังกฤษ", concept = "ประเภท", lat = "ละติจูด", lon = "ลองจิจูด" }
concepts = { "วัด" = "wat", "มัสยิด" = "mosque", "ศาลเจ้า" = "chinese_shrine", "ศาลหลักเมือง" = "city_pillar_shrine", "ร้านอาหารพื้นถิ่น" = "local_restaurant", "ร้านอาหาร" = "restaurant" }

[[layer]]
pillar = "community"
kind = "survey"
path = "groups.csv"
source = "groups"
columns = { name = "name", concept = "kind" }

[[layer]]
pillar = "culture"
kind = "vector"
path = "walk.kml"
source = "walk"
concept = "heritage_building"

[[layer]]
pillar = "biodiversity"
kind = "vector"
path = "habitats.shp"
source = "sample"
columns = { id = "hab_id", name = "name_en", "name:th" = "name_th", concept = "concept" }

[[layer]]
pillar = "land_cover"
kind = "raster"
path = "land_cover.tif"
source = "sample"

[[layer]]
pillar = "population"
kind = "raster"
path = "population.tif"
source = "sample"
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
