"""A city folder with what is not public: graves, rare species, a survey, homes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import contextmanager

import geopandas as gpd
import h3
import pandas as pd
import pytest
from drawn_osm import DrawnOsm
from secrets_sought import Secret
from shapely.geometry import Point, box

from creative_spatial.assessment.backdrop import Background
from creative_spatial.keyed import HMAC, without_keyed
from creative_spatial.loaders.city import reading

TOWN = """
schema = 1
[city]
name = "Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.geojson"
source = "secret"
[units]
grid = "square"
cell_m = {cell_m}
[osm]
path = "town.osm"
"""
LAYERS = """
[[source]]
id = "secret"
title = "Lists of the town hall"
license = "CC0-1.0"
attribution = "Town hall"

[[layer]]
pillar = "culture"
kind = "vector"
path = "graves.gpkg"
source = "secret"
columns = { id = "code", concept = "kind" }
where = "name <> 'Secret Grave of Nai Dam'"
concepts = { "rest of Nai Dam" = "tomb" }

[[layer]]
pillar = "biodiversity"
kind = "occurrence"
path = "records.zip"
source = "secret"
concept = "wildlife_range"
columns = { sensitivity = "scientificName" }
sensitivity = { "Eretmochelys imbricata" = "withheld", "Pelochelys cantorii" = "Category 2" }

[[layer]]
pillar = "community"
kind = "survey"
path = "survey.csv"
source = "secret"
concept = "weaving_group"
columns = { name = "org_name", lead = "lead" }
personal = ["owner_name"]

[[layer]]
pillar = "community"
kind = "table"
path = "homes.csv"
source = "secret"
concept = "homestay"
sensitivity = "where people live"
"""
OWN = """
[concepts.tomb]
sensitivity = "grave"
[concepts.city_wall]
sensitivity = "unexcavated"
[concepts.aquaculture]
sensitivity = "sacred"
"""
OWNER = "Somchai Personal"
# Half of what 0.01 degree holds on both sides of the middle of a cell.
HERE, MOVED = (-0.0018, -0.0027), (0.0018, 0.0021)


def private_layers(folder, lon, lat, *, moved=False, without=()):
    """
    Write the layers beside city.toml; returns secrets and public controls by name.

    (lon, lat) is the corner of a cell of 0.01 degree. What is `moved` stays in its cell.
    """
    dx, dy = MOVED if moved else HERE
    middle = (lon + 0.005, lat + 0.005)

    def at(east, north):
        """A place in the cell that lies so many cells off, not in its middle."""
        return middle[0] + 0.01 * east + dx, middle[1] + 0.01 * north + dy

    graves = {
        "grave": ("G-4711", "Grave of Mae Sri", "tomb", "grave", at(0, 0)),
        "field": ("G-4712", "Burial field of the founders", "cemetery", "burial ground", at(1, 0)),
        "kiln": ("G-4713", "Kiln that nobody dug", "archaeological_site", "unexcavated", at(0, 1)),
        "hidden": ("G-4714", "Cave of the old spirits", "tomb", "withheld", at(1, 1)),
    }
    species = {
        "turtle": ("occ-90001", "Eretmochelys imbricata", at(2, 0)),
        "softshell": ("occ-90002", "Pelochelys cantorii", at(2, 1)),
    }
    asked = {
        "refused": ("u-70001", "Weavers of the back lane", "no", at(0, 2)),
        "unasked": ("u-70002", "Dyers by the canal", "", at(1, 2)),
    }
    gallery = (lon + 0.00123, lat + 0.00777)
    sparrow = (lon + 0.00321, lat + 0.00531)
    weavers = (lon + 0.01456, lat + 0.00912)
    _graves(folder, [row for name, row in graves.items() if name not in without], gallery)
    _records(folder, [row for name, row in species.items() if name not in without], sparrow)
    _survey(folder, [row for name, row in asked.items() if name not in without], weavers)
    homes = _homes(folder, middle, moved=moved)
    secrets = {
        name: Secret(*row[-1], (row[0], row[1])) for name, row in {**graves, **asked}.items()
    }
    secrets |= {name: Secret(*row[-1], (row[0],)) for name, row in species.items()}
    secrets["turtle"] = secrets["turtle"]._replace(words=("occ-90001", "Eretmochelys"))
    secrets |= {
        f"home {number}": Secret(*home, (f"H-{number}-",)) for number, home in enumerate(homes)
    }
    secrets["condition"] = Secret(100.097654, 7.097654, ("Nai Dam",))
    secrets["unasked"] = secrets["unasked"]._replace(words=(*secrets["unasked"].words, OWNER))
    secrets["phone"] = Secret(100.098765, 7.098765, ("0812345678", "Amina Personal"))
    controls = {
        "gallery": Secret(*gallery, ("Open Gallery",)),
        "sparrow": Secret(*sparrow, ("Passer montanus",)),
        "weavers": Secret(*weavers, ("Weavers of the market",)),
    }
    return secrets, controls


def _graves(folder, rows, gallery):
    rows = [*rows, ("G-1", "Open Gallery", "museum", "", gallery)]
    shapes = [Point(*place) for *_, place in rows]
    shapes = [shape.buffer(0.0004) if row[2] == "cemetery" else shape
              for row, shape in zip(rows, shapes, strict=True)]  # fmt: skip
    frame = gpd.GeoDataFrame(
        [row[:4] for row in rows],
        columns=["code", "name", "kind", "sensitivity"],
        geometry=shapes,
        crs=4326,
    )
    frame["note"] = [f"stands at {place[1]:.6f}, {place[0]:.6f}" for *_, place in rows]
    frame.loc[frame["code"] == "G-1", "note"] = "open on Sundays"
    (folder / "graves.gpkg").unlink(missing_ok=True)
    frame.to_file(folder / "graves.gpkg")


def _records(folder, rows, sparrow):
    rows = [*rows, ("occ-1", "Passer montanus", sparrow)]
    lines = ["occurrenceID\tscientificName\tdecimalLatitude\tdecimalLongitude\teventDate"]
    lines[0] += "\tvernacularName"
    lines += [
        f"{code}\t{name}\t{place[1]!r}\t{place[0]!r}\t2021-03-04\t{_dms(place)}"
        for code, name, place in rows
    ]
    with zipfile.ZipFile(folder / "records.zip", "w") as archive:
        archive.writestr("occurrence.txt", "\n".join(lines) + "\n")


def _dms(place):
    """A place as people write it into a name."""
    parts = [f"{int(d)}°{int(d * 60) % 60:02d}'{d * 3600 % 60:04.1f}\"" for d in reversed(place)]
    return "by the canal " + " ".join(parts)


def _survey(folder, rows, weavers):
    people = [(code, name, f"{OWNER} of {code}", *rest) for code, name, *rest in rows]
    people += [("u-1", "Weavers of the market", "community", "yes", weavers)]
    lines = [
        "SubmissionDate,org_name,lead,consent,contact_phone,owner_name,gps-Latitude,gps-Longitude,gps-Altitude,gps-Accuracy,KEY"
    ]
    lines += [
        f"2026-01-05T10:00:00Z,{name},{lead},{consent},0812345678,Amina Personal,{place[1]!r},{place[0]!r},0,5,{code}"
        for code, name, lead, consent, place in people
    ]
    (folder / "survey.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _homes(folder, middle, *, moved):
    """Nine homes in one hexagon, five in another, three far from both."""
    shift = 0.0006 if moved else -0.0005
    places = []
    for east, north, number in ((0, 0, 9), (2, 2, 5), (-3, 3, 3)):
        start = (middle[0] + 0.01 * east, middle[1] + 0.01 * north)
        lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(start[1], start[0], 9))
        places += [(lon + shift + 0.00005 * i, lat - shift / 2) for i in range(number)]
    pd.DataFrame(
        {
            "id": [f"H-{number}-" for number in range(len(places))],
            "name": [f"H-{number}-" for number in range(len(places))],
            "lon": [lon for lon, _ in places],
            "lat": [lat for _, lat in places],
        }
    ).to_csv(folder / "homes.csv", index=False)
    return places


def _built(osm, *, moved=False):
    """
    What OpenStreetMap has and the city keeps to itself, every corner of it a secret.

    A tomb wall to wall with a house, one on its own, one on the edge of its cell, a path on a
    wall, a road over three cells, a grave on a street, a pond. What is `moved` stays in its
    cell, and so do the neighbours whose corners it shares.
    """
    dx, dy = (0.0013, 0.0011) if moved else (0.0, 0.0)
    side = 0.0002
    for number in range(5):
        osm.square(61 + number, 100.0561 + 2 * side * number, 7.0561, side=side, building="house")
    osm.square(67, 100.0561, 7.0567, side=side, building="house", name="House of the mayor")
    osm.square(69, 100.0161, 7.0567, side=side, building="house", name="House of the poet")
    over = (0.0003, 0.0021) if moved else (0.0, 0.0)
    tombs = {
        "tomb house": (888123, 100.0571 + dx, 7.0567 + dy, "Hidden Tomb Beta"),
        "lone tomb": (888124, 100.0821 + dx, 7.0867 + dy, "Hidden Tomb Gamma"),
        "tomb on an edge": (888125, 100.06995 + over[0], 7.0211 + over[1], "Hidden Tomb Delta"),
    }
    found = {}
    for key, (number, lon, lat, name) in tombs.items():
        osm.square(number, lon, lat, side=side, building="yes", historic="tomb", name=name)
        corners = [(lon + x, lat + y) for x in (0, side) for y in (0, side)]
        middle = (lon + side / 2, lat + side / 2)
        found |= _corners(key, [middle, *corners], (str(number), name))
    _, lon, lat, _ = tombs["tomb house"]
    wall = [8881231, 8881232]
    beside = osm.nodes(771, [(lon + 2 * side, lat + side), (lon + 2 * side, lat)])
    osm.way(68, [*wall, *beside, wall[0]], building="house", name="House of the keeper")
    lines = {
        "path": (999321, "footway", [(100.0712 + 0.0008 * i, 7.0521) for i in range(4)]),
        "road": (999322, "residential", [(100.0312 + 0.004 * i, 7.0833) for i in range(7)]),
    }
    for key, (number, kind, drawn) in lines.items():
        at = [(x + dx, y + dy) for x, y in drawn]
        name = f"Way of the old {key}"
        refs = osm.nodes(number * 10, at)
        osm.way(number, refs, highway=kind, historic="citywalls", name=name)
        found |= _corners(key, at, (str(number), name))
    grave = (100.0211, 7.0755)  # the street's own corner: people walk there, and measures with them
    osm.node(777200, *grave, historic="tomb", name="Grave in the street")
    ends = osm.nodes(881, [(100.001, 7.075), (100.041, 7.076)])
    osm.way(82, [ends[0], 777200, ends[1]], highway="residential", name="Grave Street")
    found |= _corners("grave in a street", [grave], ("777200", "Grave in the street"))
    pond = (100.0911 + dx, 7.0111 + dy)
    water = {"natural": "water", "water": "fish_pond", "name": "Pond of the seven sisters"}
    osm.square(888126, *pond, side=side, **water)
    osm.square(83, 100.085, 7.0025, side=0.012, natural="water", water="lake", name="Long Lake")
    corners = [(pond[0] + x, pond[1] + y) for x in (0, side) for y in (0, side)]
    return found | _corners("pond", corners, ("888126", "Pond of the seven sisters"))


def _corners(key, places, words):
    """A secret for each corner of one thing."""
    return {f"{key} {number}": Secret(*xy, words) for number, xy in enumerate(places)}


def private_town(
    folder, *, cell_m=2500, outline=(100.0, 7.0, 100.1, 7.1), layers=LAYERS, **options
):
    """A town of 0.1 degree with the private layers, and a tomb that OpenStreetMap has."""
    folder.mkdir(parents=True, exist_ok=True)
    secrets, controls = private_layers(folder, 100.04, 7.04, **options)
    osm = DrawnOsm()
    streets = osm.nodes(1, [(100.0 + 0.01 * i, 7.05) for i in range(11)])
    osm.way(1, streets, highway="residential", name="Main Street")
    osm.node(501, 100.0512, 7.0507, tourism="museum", name="Museum of Boats")
    osm.node(777123, 100.05381, 7.05692, historic="tomb", name="Tomb that maps have")
    osm.square(31, 100.01, 7.01, natural="wood")
    secrets |= _built(osm, moved=options.get("moved", False))
    osm.write(folder / "town.osm")
    (folder / "taxonomy").mkdir(exist_ok=True)
    (folder / "taxonomy" / "own.toml").write_text(OWN)
    town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(*outline)], crs=4326)
    town.to_file(folder / "town.geojson")
    text = TOWN.format(cell_m=cell_m) + layers
    (folder / "city.toml").write_text(text, encoding="utf-8")
    secrets["osm"] = Secret(100.05381, 7.05692, ("777123", "Tomb that maps have"))
    return secrets, controls


@contextmanager
def whatever_the_map():
    """OpenStreetMap's file is public and hashed, and what is moved here moves in it."""
    hashed = reading.sha256_parts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            reading,
            "sha256_parts",
            lambda p: {"sha256": "map"} if p.suffix == ".osm" else hashed(p),
        )
        yield


def nothing_hidden(data, _):
    """In place of `public_data`."""
    nothing = pd.DataFrame({"pillar": [], "reason": []}, dtype="str")
    return data, nothing, Background(data.background, data.network, data.network, {}, [])


def hashes(folder):
    """Of the files of results, but for what differs by the key of the city's folder."""
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"log.txt", "city.gpkg", "run.json"}
    }
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    run["inputs"] = without_keyed(run["inputs"])
    run["provenance"]["inputs"] = [
        {fact: value for fact, value in read.items() if fact != HMAC}
        for read in run["provenance"]["inputs"]
    ]
    return found | {"run.json": run}
