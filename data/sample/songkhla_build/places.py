"""The tables: places of culture and biodiversity, community initiatives."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from songkhla_build.shapes import UTM, WGS84, to_wgs84

if TYPE_CHECKING:
    from pathlib import Path

    from songkhla_build.water import Water

SEED = 1842
METRES_PER_DEGREE = 111_000
STEPS = (1, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)
SENSITIVE_STEP = 0.01
PLACE_COLUMNS = [
    "id", "name_en", "name_th", "concept", "also_concepts", "community", "lat", "lon",
    "uncertainty_m", "accuracy", "confidence", "sensitivity", "osm_object", "note",
]  # fmt: skip
ASSET_COLUMNS = [*PLACE_COLUMNS, "cuisine", "cooking_of", "period"]
INITIATIVE_COLUMNS = [
    "id", "name_en", "name_th", "concept", "lead", "beneficiaries", "started", "consent",
    "consent_basis", "lat", "lon", "uncertainty_m", "accuracy", "sensitivity", "note",
]  # fmt: skip

# Illustrative culture assets: concept, English, Thai, community, how many.
ILLUSTRATIVE_ASSETS = [
    ("local_restaurant", "Illustrative eatery", "ร้านอาหารตัวอย่าง", "", 5),
    ("food_maker", "Illustrative sweet maker", "ผู้ทำขนมตัวอย่าง", "", 3),
    ("craft_workshop", "Illustrative craft workshop", "โรงงานหัตถกรรมตัวอย่าง", "", 3),
    ("mosque", "Illustrative prayer house", "บาลาเซาะห์ตัวอย่าง", "muslim", 2),
    ("chinese_shrine", "Illustrative Chinese shrine", "ศาลเจ้าตัวอย่าง", "chinese", 3),
    ("wat", "Illustrative temple", "วัดตัวอย่าง", "buddhist", 3),
    ("library", "Illustrative reading room", "ห้องอ่านหนังสือตัวอย่าง", "civic", 1),
    ("cooking_school", "Illustrative cooking school", "โรงเรียนสอนทำอาหารตัวอย่าง", "", 1),
    ("dance_school", "Illustrative Nora class", "ห้องเรียนโนราตัวอย่าง", "", 1),
]
# What the illustrative eateries cook.
ILLUSTRATIVE_CUISINES = ("southern_thai", "hokkien", "halal", "seafood", "vegetarian")
# Illustrative initiatives: concept, English, Thai, lead, beneficiaries, year, built-up place.
ILLUSTRATIVE_INITIATIVES = [
    ("weaving_group", "weaving group", "กลุ่มทอผ้า", "community", "women", 2009, "Illustrative villages, Ko Yo south"),
    ("fishery_group", "fishery group", "กลุ่มประมงชายฝั่ง", "community", "fishers", 2012, "Kao Seng village"),
    ("food_group", "sweet makers' group", "กลุ่มทำขนม", "community", "women;elders", 2015, "Old town"),
    ("youth_group", "youth group", "กลุ่มเยาวชน", "community", "youth", 2018, "Songkhla town"),
    ("women_group", "women's group", "กลุ่มแม่บ้าน", "community", "women", 2010, "Illustrative suburb, Khao Rup Chang"),
    ("elders_group", "elders' club", "ชมรมผู้สูงอายุ", "public", "elders", 2008, "Songkhla town"),
    ("community_garden", "community garden", "สวนผักชุมชน", "community", "residents", 2019, "Songkhla town"),
    ("community_market", "walking street market", "ถนนคนเดิน", "public", "residents", 2016, "Old town"),
    ("makerspace", "makerspace", "พื้นที่นักสร้างสรรค์", "private", "youth", 2021, "Old town"),
    ("coworking", "shared studio", "สตูดิโอร่วม", "private", "creators", 2020, "Old town"),
    ("conservation_group", "mangrove planting group", "กลุ่มปลูกป่าชายเลน", "community", "fishers;youth", 2014, "Illustrative suburb, Phawong"),
    ("conservation_group", "beach keepers", "กลุ่มรักษ์หาด", "mixed", "residents;youth", 2017, "Songkhla town"),
    ("community_school", "lifelong learning class", "ห้องเรียนตลอดชีวิต", "academic", "women;elders", 2013, "Illustrative suburb, Khao Rup Chang"),
    ("festival_committee", "lantern festival committee", "คณะกรรมการงานโคมไฟ", "mixed", "residents", 2011, "Old town"),
    ("homestay", "homestay", "โฮมสเตย์", "private", "visitors", 2015, "Illustrative village, Ko Yo north"),
    ("cooperative", "fishers' cooperative", "สหกรณ์ประมง", "community", "fishers", 2006, "Hua Khao"),
    ("heritage_group", "old houses group", "กลุ่มอนุรักษ์บ้านเก่า", "community", "residents", 2010, "Old town"),
    ("youth_group", "shadow puppet class", "ชั้นเรียนหนังตะลุง", "academic", "youth", 2019, "Songkhla town"),
    ("social_facility", "day centre", "ศูนย์ดูแลกลางวัน", "public", "elders", 2012, "Illustrative suburb, Khao Rup Chang"),
    ("community_centre", "community hall", "ศาลาชุมชน", "public", "residents", 2005, "Laem Son"),
    ("farm_shop", "growers' shop", "ร้านผลผลิตชุมชน", "community", "farmers", 2018, "Illustrative village, Ko Taeo"),
    ("tourism_group", "boat tour group", "กลุ่มเรือนำเที่ยว", "community", "fishers", 2017, "Hua Khao"),
    ("book_exchange", "book exchange", "ชั้นหนังสือแลกเปลี่ยน", "mixed", "youth", 2020, "Songkhla town"),
    ("food_group", "salted egg makers", "กลุ่มไข่เค็ม", "community", "women", 2011, "Illustrative town, Singhanakhon"),
    ("weaving_group", "batik group", "กลุ่มบาติก", "community", "women;youth", 2016, "Songkhla town"),
    ("association", "neighbours' association", "สมาคมเพื่อนบ้าน", "community", "residents", 2014, "Old town"),
    ("club", "music club", "ชมรมดนตรี", "mixed", "youth", 2015, "Illustrative suburb, Phawong"),
    ("fishery_group", "crab bank", "ธนาคารปู", "community", "fishers", 2013, "Illustrative village, Ko Yo north"),
    ("conservation_group", "canal friends", "กลุ่มรักษ์คลอง", "academic", "residents;youth", 2018, "Illustrative suburb, Khao Rup Chang"),
    ("women_group", "batik shop of mothers", "กลุ่มแม่บ้านผ้าบาติก", "community", "women", 2012, "Kao Seng village"),
    ("elders_group", "herb garden of elders", "สวนสมุนไพรผู้สูงอายุ", "public", "elders", 2019, "Illustrative village, Thung Wang"),
]  # fmt: skip


def round_ashore(lat: float, lon: float, uncertainty_m: float, water: Water) -> tuple[float, float]:
    """
    Round to the coarsest grid no wider than the uncertainty; a place on land stays on land.

    Of the grid's four points around the place the nearest is taken, or the nearest on land
    where the place is on land and rounding would put it into the water.
    """
    step = next((s for s in STEPS if s * METRES_PER_DEGREE <= uncertainty_m), STEPS[-1])
    rows, columns = (
        [round(np.floor(v / step) * step, 6), round(np.ceil(v / step) * step, 6)]
        for v in (lat, lon)
    )
    corners = sorted(
        ((a, b) for a in rows for b in columns), key=lambda c: (c[0] - lat) ** 2 + (c[1] - lon) ** 2
    )
    if in_water(lat, lon, water):
        return corners[0]
    return next((c for c in corners if not in_water(*c, water)), corners[0])


def in_water(lat: float, lon: float, water: Water) -> bool:
    """Tell whether a place is in the sea, the lagoon or a lake."""
    point = gpd.GeoSeries([shapely.Point(lon, lat)], crs=WGS84).to_crs(UTM).iloc[0]
    return bool(water.wet.contains(point))


def build_places(inputs: Path, water: Water, built: gpd.GeoDataFrame) -> dict[str, list[dict]]:
    """Make `assets`, `assets_osm`, `sites`, `sites_osm`: one file a source."""
    tables: dict[str, list[dict]] = {"assets": [], "assets_osm": [], "sites": [], "sites_osm": []}
    for row in _read(inputs / "places.csv"):
        kind = "assets" if row["table"] == "culture" else "sites"
        from_osm = row["origin"].startswith("osm:")
        tables[kind + ("_osm" if from_osm else "")].append(_place(row, water, from_osm=from_osm))
    tables["assets"] += _illustrative_assets(built)
    return tables


def build_initiatives(inputs: Path, water: Water, built: gpd.GeoDataFrame) -> list[dict]:
    """List the initiatives that are named in print, then the illustrative ones."""
    rows = []
    for row in _read(inputs / "initiatives.csv"):
        uncertainty = float(row["uncertainty_m"])
        lat, lon = round_ashore(float(row["lat"]), float(row["lon"]), uncertainty, water)
        note = _with_water_note(row["note"], lat, lon, water)
        rows.append({**row, "lat": lat, "lon": lon, "accuracy": "approximate",
                     "sensitivity": "" if row["consent"] == "yes" else "no consent", "note": note})  # fmt: skip
    random = np.random.default_rng(SEED + 1)
    areas = built.set_index("name_en").geometry
    for number, entry in enumerate(ILLUSTRATIVE_INITIATIVES, 1):
        concept, en, th, lead, beneficiaries, started, where = entry
        lat, lon = _point_in(areas[where], random)
        consents = number % 10 != 0
        rows.append(
            {
                "id": f"I{number:02d}", "name_en": f"Illustrative {en} {number}",
                "name_th": f"{th}ตัวอย่าง {number}", "concept": concept, "lead": lead,
                "beneficiaries": beneficiaries, "started": started,
                "consent": "yes" if consents else "no", "consent_basis": "illustrative",
                "lat": lat, "lon": lon, "uncertainty_m": "", "accuracy": "illustrative",
                "sensitivity": "" if consents else "no consent", "note": "invented for the sample",
            }
        )  # fmt: skip
    return rows


def write_table(path: Path, rows: list[dict], columns: list[str]) -> None:
    """Write UTF-8 CSV with Unix line ends, so that it is the same everywhere."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _place(row: dict[str, str], water: Water, *, from_osm: bool) -> dict:
    uncertainty = float(row["uncertainty_m"])
    lat, lon = float(row["lat"]), float(row["lon"])
    if row["sensitivity"]:
        step = SENSITIVE_STEP if uncertainty < 10_000 else 0.1
        lat, lon = (round(round(v / step) * step, 6) for v in (lat, lon))
    elif not from_osm:
        lat, lon = round_ashore(lat, lon, uncertainty, water)
    confidence = "probable" if uncertainty <= 250 else "reported"
    confidence = "confirmed" if from_osm and uncertainty <= 50 else confidence
    return {
        **row,
        "id": f"S{int(row['no']):02d}" if row["no"].isdigit() else row["no"],
        "lat": lat,
        "lon": lon,
        "accuracy": "approximate",
        "confidence": "reported" if row["origin"] == "memory" else confidence,
        "osm_object": row["origin"].removeprefix("osm:") if from_osm else "",
        "note": _with_water_note(row["note"], lat, lon, water),
    }


def _with_water_note(note: str, lat: float, lon: float, water: Water) -> str:
    """Say so where a place is in the water."""
    if not in_water(lat, lon, water):
        return note
    return "; ".join(filter(None, [note, "the point falls in the water"]))


def _illustrative_assets(built: gpd.GeoDataFrame) -> list[dict]:
    random = np.random.default_rng(SEED)
    areas = built.set_index("name_en").geometry
    around = ["Songkhla town", "Old town", "Illustrative suburb, Khao Rup Chang", "Hua Khao"]
    rows: list[dict] = []
    for concept, en, th, community, count in ILLUSTRATIVE_ASSETS:
        for number in range(1, count + 1):
            eatery = concept == "local_restaurant"
            cuisine = ILLUSTRATIVE_CUISINES[number - 1] if eatery else ""
            lat, lon = _point_in(areas[around[(len(rows)) % len(around)]], random)
            rows.append(
                {
                    "id": f"X{len(rows) + 1:02d}", "name_en": f"{en} {number}",
                    "name_th": f"{th} {number}", "concept": concept, "also_concepts": "",
                    "community": community, "lat": lat, "lon": lon, "uncertainty_m": "",
                    "accuracy": "illustrative", "confidence": "", "sensitivity": "",
                    "osm_object": "", "note": "invented for the sample",
                    "cuisine": cuisine, "cooking_of": "", "period": "",
                }
            )  # fmt: skip
    return rows


def _point_in(area: shapely.Geometry, random: np.random.Generator) -> tuple[float, float]:
    """Draw a point well inside an area; latitude and longitude to 11 m."""
    inner = area.buffer(-60)
    inner = area if inner.is_empty else inner
    west, south, east, north = inner.bounds
    while True:
        point = shapely.Point(random.uniform(west, east), random.uniform(south, north))
        if inner.contains(point):
            at = to_wgs84(point)
            return round(at.y, 4), round(at.x, 4)
