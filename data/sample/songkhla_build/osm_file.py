"""
The OSM file of the sample: streets, coastline, water, buildings, shops; nothing from OSM.

Ids are negative and the generator is named in the header, so that no row can be taken for one
of OpenStreetMap's. All names of shops and the like say that they are illustrative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from songkhla_build import drawings
from songkhla_build.shapes import UTM, WGS84, hand_drawn, parts, to_utm

if TYPE_CHECKING:
    from pathlib import Path

    from songkhla_build.streets import Street
    from songkhla_build.water import Water

GENERATOR = "creative_spatial sample city (illustrative)"
TIMESTAMP = "2025-11-01T00:00:00Z"
BOX = (100.37, 7.00, 100.74, 7.34)
SEED = 1971
Tags = dict[str, str]

# How many, tags, English, Thai. Nothing here is a real business.
AMENITIES: list[tuple[int, Tags, str, str]] = [
    (7, {"amenity": "cafe", "cuisine": "coffee_shop", "opening_hours": "Mo-Su 08:00-17:00"}, "Illustrative café", "ร้านกาแฟตัวอย่าง"),
    (9, {"amenity": "restaurant", "cuisine": "thai", "opening_hours": "Mo-Su 10:00-21:00"}, "Illustrative Thai restaurant", "ร้านอาหารไทยตัวอย่าง"),
    (4, {"amenity": "restaurant", "cuisine": "chinese", "opening_hours": "Tu-Su 09:00-15:00"}, "Illustrative Chinese restaurant", "ร้านอาหารจีนตัวอย่าง"),
    (3, {"amenity": "restaurant", "cuisine": "malaysian", "diet:halal": "yes", "opening_hours": "Sa-Th 07:00-20:00"}, "Illustrative halal restaurant", "ร้านอาหารฮาลาลตัวอย่าง"),
    (3, {"amenity": "restaurant", "cuisine": "seafood;regional", "opening_hours": "Mo-Su 11:00-22:00"}, "Illustrative seafood restaurant", "ร้านอาหารทะเลตัวอย่าง"),
    (2, {"amenity": "fast_food", "brand": "Illustrative chain", "brand:wikidata": "Q0"}, "Illustrative chain", "ร้านเครือข่ายตัวอย่าง"),
    (1, {"amenity": "food_court", "opening_hours": "Mo-Su 10:00-21:00"}, "Illustrative food court", "ศูนย์อาหารตัวอย่าง"),
    (2, {"amenity": "marketplace", "opening_hours": "Mo-Su 05:00-12:00"}, "Illustrative market", "ตลาดตัวอย่าง"),
    (2, {"shop": "confectionery"}, "Illustrative sweet shop", "ร้านขนมตัวอย่าง"),
    (1, {"shop": "tea", "opening_hours": "Mo-Sa 08:00-17:00"}, "Illustrative tea shop", "ร้านชาตัวอย่าง"),
    (1, {"shop": "seafood"}, "Illustrative dried seafood shop", "ร้านอาหารทะเลแห้งตัวอย่าง"),
    (2, {"amenity": "library", "opening_hours": "Tu-Sa 09:00-17:00"}, "Illustrative library", "ห้องสมุดตัวอย่าง"),
    (1, {"shop": "books", "opening_hours": "We-Su 12:00-20:00"}, "Illustrative bookshop", "ร้านหนังสือตัวอย่าง"),
    (1, {"amenity": "public_bookcase"}, "Illustrative public bookcase", "ตู้หนังสือตัวอย่าง"),
    (1, {"craft": "basket_maker"}, "Illustrative basket maker", "ช่างจักสานตัวอย่าง"),
    (1, {"craft": "weaver", "opening_hours": "by appointment"}, "Illustrative weaver", "ช่างทอผ้าตัวอย่าง"),
    (1, {"craft": "goldsmith", "opening_hours": "Mo-Fr 09:00-17:00; PH off"}, "Illustrative goldsmith", "ช่างทองตัวอย่าง"),
    (1, {"craft": "boatbuilder"}, "Illustrative boat builder", "ช่างต่อเรือตัวอย่าง"),
    (2, {"shop": "craft"}, "Illustrative craft shop", "ร้านหัตถกรรมตัวอย่าง"),
    (1, {"shop": "fabric"}, "Illustrative fabric shop", "ร้านผ้าตัวอย่าง"),
    (2, {"craft": "plumber"}, "Illustrative plumber", "ช่างประปาตัวอย่าง"),
    (1, {"craft": "electrician"}, "Illustrative electrician", "ช่างไฟฟ้าตัวอย่าง"),
    (1, {"tourism": "gallery", "opening_hours": "We-Su 10:00-18:00"}, "Illustrative gallery", "แกลเลอรีตัวอย่าง"),
    (3, {"tourism": "artwork", "artwork_type": "mural"}, "Illustrative mural", "ภาพบนกำแพงตัวอย่าง"),
    (1, {"amenity": "theatre"}, "Illustrative theatre", "โรงละครตัวอย่าง"),
    (1, {"amenity": "cinema", "opening_hours": "Mo-Su 11:00-23:00"}, "Illustrative cinema", "โรงภาพยนตร์ตัวอย่าง"),
    (1, {"amenity": "arts_centre"}, "Illustrative arts centre", "ศูนย์ศิลปะตัวอย่าง"),
    (1, {"amenity": "studio", "studio": "audio"}, "Illustrative recording studio", "ห้องบันทึกเสียงตัวอย่าง"),
    (1, {"office": "architect", "opening_hours": "Mo-Fr 09:00-17:00"}, "Illustrative architects", "สำนักงานสถาปนิกตัวอย่าง"),
    (1, {"office": "graphic_design"}, "Illustrative graphic designers", "สำนักงานออกแบบตัวอย่าง"),
    (1, {"shop": "musical_instrument"}, "Illustrative instrument shop", "ร้านเครื่องดนตรีตัวอย่าง"),
    (1, {"amenity": "bar", "live_music": "yes", "opening_hours": "Mo-Sa 18:00-24:00"}, "Illustrative music bar", "ร้านดนตรีสดตัวอย่าง"),
    (1, {"shop": "video_games"}, "Illustrative games shop", "ร้านเกมตัวอย่าง"),
    (2, {"amenity": "place_of_worship", "religion": "chinese_folk"}, "Illustrative shrine", "ศาลเจ้าตัวอย่าง"),
    (1, {"amenity": "place_of_worship", "religion": "muslim"}, "Illustrative prayer hall", "ห้องละหมาดตัวอย่าง"),
    (1, {"amenity": "place_of_worship", "religion": "buddhist", "denomination": "theravada"}, "Illustrative monastery hall", "ศาลาวัดตัวอย่าง"),
    (2, {"amenity": "community_centre"}, "Illustrative community centre", "ศูนย์ชุมชนตัวอย่าง"),
    (1, {"amenity": "social_facility", "social_facility:for": "senior"}, "Illustrative seniors' centre", "ศูนย์ผู้สูงอายุตัวอย่าง"),
    (1, {"office": "association"}, "Illustrative association", "สมาคมตัวอย่าง"),
    (1, {"office": "ngo"}, "Illustrative NGO", "มูลนิธิตัวอย่าง"),
    (1, {"leisure": "garden", "garden:type": "community"}, "Illustrative community garden", "สวนชุมชนตัวอย่าง"),
    (1, {"office": "coworking"}, "Illustrative coworking space", "โคเวิร์กกิงตัวอย่าง"),
    (1, {"tourism": "guest_house", "guest_house": "homestay"}, "Illustrative homestay", "โฮมสเตย์ตัวอย่าง"),
    (1, {"disused:amenity": "cinema"}, "Illustrative closed cinema", "โรงหนังเก่าตัวอย่าง"),
    (1, {"office": "it"}, "Illustrative software office", "บริษัทซอฟต์แวร์ตัวอย่าง"),
    (3, {"amenity": "school"}, "Illustrative school", "โรงเรียนตัวอย่าง"),
    (2, {"shop": "convenience"}, "Illustrative convenience shop", "ร้านสะดวกซื้อตัวอย่าง"),
    (1, {"amenity": "music_school", "opening_hours": "Mo-Su 10:00-20:00"}, "Illustrative music school", "โรงเรียนดนตรีตัวอย่าง"),
    (1, {"amenity": "language_school", "language:zh": "main"}, "Illustrative language school", "โรงเรียนสอนภาษาตัวอย่าง"),
    (1, {"amenity": "college"}, "Illustrative college", "วิทยาลัยตัวอย่าง"),
    (1, {"amenity": "training", "training": "computer"}, "Illustrative training centre", "ศูนย์ฝึกอบรมตัวอย่าง"),
]  # fmt: skip

# What else a street has, and no creative city is made of: the rest of what is mapped.
EVERYDAY: list[tuple[int, Tags, str, str]] = [
    (36, {"shop": "convenience"}, "Illustrative corner shop", "ร้านชำตัวอย่าง"),
    (28, {"shop": "hairdresser"}, "Illustrative hairdresser", "ร้านตัดผมตัวอย่าง"),
    (22, {"shop": "clothes"}, "Illustrative clothes shop", "ร้านเสื้อผ้าตัวอย่าง"),
    (20, {"shop": "motorcycle_repair"}, "Illustrative motorcycle repair", "ร้านซ่อมมอเตอร์ไซค์ตัวอย่าง"),
    (16, {"shop": "mobile_phone"}, "Illustrative telephone shop", "ร้านโทรศัพท์ตัวอย่าง"),
    (16, {"shop": "laundry"}, "Illustrative laundry", "ร้านซักรีดตัวอย่าง"),
    (14, {"amenity": "pharmacy"}, "Illustrative pharmacy", "ร้านขายยาตัวอย่าง"),
    (12, {"shop": "hardware"}, "Illustrative hardware shop", "ร้านวัสดุก่อสร้างตัวอย่าง"),
    (10, {"amenity": "bank"}, "Illustrative bank", "ธนาคารตัวอย่าง"),
    (10, {"amenity": "clinic"}, "Illustrative clinic", "คลินิกตัวอย่าง"),
    (8, {"tourism": "hotel"}, "Illustrative hotel", "โรงแรมตัวอย่าง"),
    (8, {"office": "insurance"}, "Illustrative insurance office", "สำนักงานประกันตัวอย่าง"),
]


class OsmWriter:
    """Collect nodes and ways under negative ids, then write them in the usual order."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], int] = {}
        self._node_tags: dict[int, Tags] = {}
        self._ways: list[tuple[list[int], Tags]] = []
        self._relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def point(self, lon: float, lat: float, tags: Tags | None = None) -> int:
        """Add a node, or find the one at the same place; return its id."""
        key = (round(lon * 1e7), round(lat * 1e7))
        number = self._nodes.setdefault(key, -(len(self._nodes) + 1))
        if tags:
            self._node_tags[number] = tags
        return number

    def way(self, lonlat: np.ndarray, tags: Tags) -> int:
        """Add a way through (lon, lat) rows; return its id."""
        refs = [self.point(lon, lat) for lon, lat in lonlat]
        refs = [ref for n, ref in enumerate(refs) if n == 0 or ref != refs[n - 1]]
        self._ways.append((refs, tags))
        return -len(self._ways)

    def area(self, polygon: shapely.Polygon, tags: Tags) -> None:
        """Add a closed way, or a multipolygon relation where there are holes."""
        if not polygon.interiors:
            self.way(np.asarray(polygon.exterior.coords), tags)
            return
        members = [("w", self.way(np.asarray(polygon.exterior.coords), {}), "outer")]
        members += [("w", self.way(np.asarray(r.coords), {}), "inner") for r in polygon.interiors]
        self._relations.append((members, {"type": "multipolygon", **tags}))

    def write(self, path: Path) -> None:
        """Write nodes, ways and relations with osmium; an older file is replaced."""
        import osmium
        from osmium.osm import mutable

        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        west, south, east, north = BOX
        header.add_box(osmium.osm.Box(west, south, east, north))
        common = {"version": 1, "visible": True, "timestamp": TIMESTAMP, "changeset": 0}
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for (x, y), number in self._nodes.items():
                writer.add_node(mutable.Node(
                    id=number, location=(x / 1e7, y / 1e7), tags=self._node_tags.get(number, {}), **common
                ))  # fmt: skip
            for number, (refs, tags) in enumerate(self._ways, 1):
                writer.add_way(mutable.Way(id=-number, nodes=refs, tags=tags, **common))
            for number, (members, tags) in enumerate(self._relations, 1):
                writer.add_relation(
                    mutable.Relation(id=-number, members=members, tags=tags, **common)
                )


def build_osm(streets: list[Street], water: Water, built: gpd.GeoDataFrame) -> OsmWriter:
    """Fill a writer with everything the sample's OSM file holds."""
    writer = OsmWriter()
    for street in streets:
        writer.way(_lonlat(street.line), street.tags)
    _add_water(writer, water)
    _add_land_use(writer, water, built)
    plots = old_town_buildings(streets, water)
    for plot, tags in plots:
        writer.area(_wgs84(plot), tags)
    _add_amenities(writer, streets, [plot for plot, _ in plots])
    _add_everyday(writer, streets)
    return writer


def old_town_buildings(streets: list[Street], water: Water) -> list[tuple[shapely.Polygon, Tags]]:
    """Rows of narrow, deep shophouses on both sides of the old town's streets."""
    random = np.random.default_rng(SEED)
    lanes = shapely.union_all([s.line for s in streets]).intersection(
        shapely.union_all([s.line for s in streets if _is_old_town(s)]).buffer(150)
    )
    free = water.land.buffer(-6).difference(lanes.buffer(5.5))
    rows: list[tuple[shapely.Polygon, Tags]] = []
    for street in sorted((s for s in streets if _is_old_town(s)), key=lambda s: s.line.bounds):
        for side in (-1, 1):
            at = random.uniform(2, 8)
            while at < street.line.length - 6:
                width, depth = random.uniform(4.5, 7.5), random.uniform(16, 30)
                if random.random() < 0.86:
                    plot = _plot(street.line, at, side, width, depth)
                    if free.contains(plot) and not any(plot.intersects(p) for p, _ in rows[-60:]):
                        rows.append((plot, {"building": "house"}))
                at += width + random.uniform(0.1, 1.2)
    for number in range(0, len(rows), 40):
        rows[number] = (rows[number][0], {
            "building": "house", "historic": "building", "start_date": "C19",
            "name": f"บ้านเก่าตัวอย่าง {number // 40 + 1}",
            "name:en": f"Illustrative old house {number // 40 + 1}",
        })  # fmt: skip
    taken = shapely.STRtree([plot for plot, _ in rows])
    clear = [
        n for n, (plot, _) in enumerate(rows)
        if all(other >= n or plot.intersection(rows[other][0]).area < 1 for other in taken.query(plot, predicate="intersects"))
    ]  # fmt: skip
    return [rows[n] for n in clear]


def _is_old_town(street: Street) -> bool:
    names = ("Nakhon Nok Road", "Nakhon Nai Road", "Nang Ngam Road")
    return street.tags.get("name:en") in names


def _plot(
    line: shapely.LineString, at: float, side: int, width: float, depth: float
) -> shapely.Polygon:
    """Set a rectangle beside a line, its short side to the street."""
    here, ahead = line.interpolate(at), line.interpolate(at + 1)
    bearing = np.degrees(np.arctan2(ahead.y - here.y, ahead.x - here.x))
    box = (
        shapely.box(0, side * 6, width, side * (6 + depth))
        if side > 0
        else shapely.box(0, -6 - depth, width, -6)
    )
    return affinity.translate(affinity.rotate(box, bearing, origin=(0, 0)), here.x, here.y)


def _add_water(writer: OsmWriter, water: Water) -> None:
    """Write the coastline (land on its left), the lagoon with Ko Yo as a hole, the canals."""
    # The coast runs on beyond the box, as in an extract that keeps its ways whole.
    around = to_utm(shapely.box(*BOX).buffer(0.01, join_style="mitre"))
    for polygon in parts(around.difference(water.sea), "Polygon"):
        ring = shapely.Polygon(polygon.exterior).normalize().exterior  # clockwise
        shore = shapely.LineString(list(ring.coords)[::-1])  # counter-clockwise: land on the left
        away = shore.difference(around.boundary.buffer(0.5))
        for piece in parts(
            shapely.line_merge(away, directed=True) if away.geom_type != "LineString" else away,
            "LineString",
        ):
            writer.way(_lonlat(piece), {"natural": "coastline"})
    names = {"name": "ทะเลสาบสงขลา", "name:th": "ทะเลสาบสงขลา", "name:en": "Thale Sap Songkhla"}
    writer.area(
        _wgs84(water.lagoon), {"natural": "water", "water": "lagoon", "salt": "yes", **names}
    )
    for (en, th), shape in water.rivers.items():
        for part in parts(shape.intersection(_projected_box()), "Polygon"):
            writer.area(
                _wgs84(part),
                {"natural": "water", "water": "river", "name": th, "name:en": en, "name:th": th},
            )


def _projected_box() -> shapely.Polygon:
    """The file's box in UTM, its sides with enough points to stay straight in degrees."""
    return to_utm(shapely.segmentize(shapely.box(*BOX), 0.01))


def _add_land_use(writer: OsmWriter, water: Water, built: gpd.GeoDataFrame) -> None:
    frame = _projected_box()
    for row in built.itertuples():
        for part in parts(row.geometry.intersection(frame), "Polygon"):
            writer.area(
                _wgs84(part.simplify(3)),
                {"landuse": "residential", "name": row.name_th, "name:en": row.name_en},
            )
    for n, (en, th, points) in enumerate(drawings.POCKET_PARKS):
        for part in parts(hand_drawn(points, 60 + n, 6).intersection(water.land), "Polygon"):
            writer.area(
                _wgs84(part.simplify(1)),
                {"leisure": "park", "name": th, "name:en": en, "name:th": th},
            )


def _add_amenities(writer: OsmWriter, streets: list[Street], plots: list[shapely.Polygon]) -> None:
    """Set each beside a street: half of them in the old town, the rest over the town."""
    random = np.random.default_rng(SEED + 1)
    lanes = _town_lanes(streets)
    number = 0
    for count, tags, en, th in AMENITIES:
        for n in range(1, count + 1):
            number += 1
            if number % 2:
                point = plots[int(random.integers(len(plots)))].representative_point()
            else:
                point = _beside_a_lane(lanes, random)
            _add_named(writer, point, tags, f"{en} {n}", f"{th} {n}")


def _add_everyday(writer: OsmWriter, streets: list[Street]) -> None:
    """Set ordinary shops and services beside streets all over the town."""
    random = np.random.default_rng(SEED + 2)
    lanes = _town_lanes(streets)
    for count, tags, en, th in EVERYDAY:
        for n in range(1, count + 1):
            _add_named(writer, _beside_a_lane(lanes, random), tags, f"{en} {n}", f"{th} {n}")


def _town_lanes(streets: list[Street]) -> list[shapely.LineString]:
    town = to_utm(shapely.box(100.586, 7.178, 100.616, 7.214))
    lanes = [
        s.line for s in streets if s.tags.get("highway") == "residential" and s.line.length > 60
    ]
    return [one for one in lanes if town.contains(one)]


def _beside_a_lane(lanes: list[shapely.LineString], random: np.random.Generator) -> shapely.Point:
    lane = lanes[int(random.integers(len(lanes)))]
    return affinity.translate(lane.interpolate(random.uniform(10, lane.length - 10)), 7, 4)


def _add_named(writer: OsmWriter, point: shapely.Point, tags: Tags, en: str, th: str) -> None:
    ((lon, lat),) = _lonlat(point)
    writer.point(lon, lat, {**tags, "name": th, "name:en": en, "name:th": th})


def _lonlat(shape: shapely.Geometry) -> np.ndarray:
    return shapely.get_coordinates(_wgs84(shape))


def _wgs84(shape: shapely.Geometry) -> shapely.Geometry:
    return gpd.GeoSeries([shape], crs=UTM).to_crs(WGS84).iloc[0]
