"""The walking network: illustrative streets after the lie of the land, the bridge, the ferry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from songkhla_build.shapes import curve, cut_corners, line, parts

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from songkhla_build.shapes import LonLat
    from songkhla_build.water import Water

SEED = 1842
Tags = dict[str, str]


@dataclass(frozen=True)
class Street:
    """One line of the network with its OSM tags."""

    line: shapely.LineString
    tags: Tags = field(default_factory=dict)


def _named(highway: str, en: str, th: str, **more: str) -> Tags:
    return {"highway": highway, "name": th, "name:en": en, "name:th": th, **more}


# The old town, from the lagoon inland: Nakhon Nok, Nakhon Nai, Nang Ngam. Names and order are
# real, the courses illustrative.
OLD_TOWN: list[tuple[Tags, list[LonLat]]] = [
    (_named("residential", "Nakhon Nok Road", "ถนนนครนอก"),
     [(100.58885, 7.2015), (100.58905, 7.1990), (100.58930, 7.1970), (100.59010, 7.1935)]),
    (_named("residential", "Nakhon Nai Road", "ถนนนครใน"),
     [(100.58965, 7.2017), (100.58985, 7.1991), (100.59010, 7.1970), (100.59090, 7.1935)]),
    (_named("residential", "Nang Ngam Road", "ถนนนางงาม"),
     [(100.59045, 7.2019), (100.59065, 7.1992), (100.59090, 7.1970), (100.59170, 7.1935)]),
    (_named("tertiary", "Chana Road", "ถนนจะนะ"), [(100.58860, 7.2014), (100.59045, 7.2019), (100.5960, 7.2030)]),
    (_named("tertiary", "Phatthalung Road", "ถนนพัทลุง"), [(100.59012, 7.19352), (100.59170, 7.1935), (100.5955, 7.1938)]),
]  # fmt: skip
CROSS_STREETS_AT = np.linspace(0.08, 0.92, 8)  # along the three streets

MAIN_ROADS: list[tuple[Tags, list[LonLat]]] = [
    ({"highway": "primary"}, [(100.5955, 7.1938), (100.5975, 7.1880), (100.6000, 7.1800), (100.5985, 7.1700), (100.5920, 7.1600), (100.5830, 7.1500), (100.5740, 7.1430), (100.5640, 7.1300), (100.5590, 7.1180), (100.5480, 7.1100), (100.5300, 7.1080), (100.5150, 7.1000), (100.5030, 7.0850)]),
    ({"highway": "secondary"}, [(100.5960, 7.2030), (100.5955, 7.1938)]),
    ({"highway": "secondary"}, [(100.6000, 7.1800), (100.6120, 7.1740), (100.6200, 7.1640), (100.6250, 7.1500), (100.6290, 7.1380), (100.6260, 7.1250), (100.6150, 7.1000), (100.6080, 7.0900)]),
    ({"highway": "secondary"}, [(100.5590, 7.1180), (100.5700, 7.1120), (100.5900, 7.1190), (100.6060, 7.1220), (100.6260, 7.1250)]),
    ({"highway": "tertiary"}, [(100.6250, 7.1500), (100.6130, 7.1450), (100.5980, 7.1520), (100.5870, 7.1545)]),
    ({"highway": "tertiary"}, [(100.5640, 7.1300), (100.5500, 7.1310), (100.5330, 7.1360), (100.5150, 7.1370), (100.5060, 7.1350)]),
    ({"highway": "tertiary"}, [(100.6260, 7.1250), (100.6400, 7.1300), (100.6490, 7.1290)]),
    # Hua Khao and Singhanakhon, on the other side of the lagoon's mouth
    ({"highway": "primary", "ref": "408"}, [(100.5470, 7.1995), (100.5520, 7.2080), (100.5565, 7.2190), (100.5540, 7.2320), (100.5450, 7.2430), (100.5330, 7.2570), (100.5200, 7.2750), (100.5080, 7.2920)]),
    ({"highway": "tertiary"}, [(100.5520, 7.2080), (100.5620, 7.2040), (100.5720, 7.2020), (100.5745, 7.2065)]),
    ({"highway": "residential"}, [(100.5720, 7.2020), (100.5760, 7.2000), (100.5800, 7.1975)]),
    ({"highway": "residential"}, [(100.5745, 7.2065), (100.5735, 7.2130), (100.5730, 7.2190), (100.5690, 7.2250), (100.5610, 7.2290), (100.5540, 7.2320)]),
    ({"highway": "tertiary"}, [(100.5450, 7.2430), (100.5330, 7.2390), (100.5200, 7.2440), (100.5050, 7.2560)]),
    ({"highway": "path"}, [(100.5735, 7.2130), (100.5690, 7.2155), (100.5677, 7.2200), (100.5690, 7.2250)]),
    # Ko Yo
    ({"highway": "tertiary"}, [(100.5572, 7.1570), (100.5535, 7.1640), (100.5490, 7.1700), (100.5460, 7.1770), (100.5440, 7.1815)]),
    ({"highway": "residential"}, [(100.5572, 7.1570), (100.5500, 7.1510), (100.5400, 7.1505), (100.5300, 7.1520), (100.5310, 7.1560), (100.5390, 7.1590), (100.5420, 7.1650), (100.5410, 7.1720), (100.5440, 7.1815)]),
    ({"highway": "path"}, [(100.5390, 7.1590), (100.5460, 7.1600), (100.5535, 7.1640)]),
    # The cape
    ({"highway": "tertiary"}, [(100.5905, 7.2138), (100.5858, 7.2150), (100.5822, 7.2195), (100.5795, 7.2245), (100.5768, 7.2290)]),
    # Footways on the hills
    ({"highway": "footway"}, [(100.5912, 7.2068), (100.5902, 7.2085), (100.5893, 7.2108), (100.5885, 7.2135), (100.5880, 7.2142)]),
    ({"highway": "steps"}, [(100.5893, 7.2108), (100.5875, 7.2105), (100.5862, 7.2100)]),
    ({"highway": "path"}, [(100.5935, 7.2090), (100.5940, 7.2120), (100.5955, 7.2138)]),
    # What the food routes are driven on: north along the spit, and south to Hat Yai
    ({"highway": "primary", "ref": "408"}, [(100.5080, 7.2920), (100.4960, 7.3150), (100.4850, 7.3400), (100.4700, 7.3800), (100.4560, 7.4200), (100.4440, 7.4550), (100.4390, 7.4735), (100.4300, 7.5100), (100.4150, 7.5500), (100.3980, 7.5850), (100.3900, 7.6000)]),
    ({"highway": "tertiary"}, [(100.5080, 7.2920), (100.4940, 7.2915), (100.4810, 7.2930)]),
    ({"highway": "primary"}, [(100.5030, 7.0850), (100.4930, 7.0660), (100.4850, 7.0463), (100.4790, 7.0270), (100.4700, 7.0085)]),
    ({"highway": "tertiary"}, [(100.5060, 7.1350), (100.5030, 7.1320), (100.5000, 7.1300)]),
    ({"highway": "path"}, [(100.5690, 7.2155), (100.5665, 7.2150), (100.5650, 7.2150)]),
]  # fmt: skip
BRIDGES: list[list[LonLat]] = [
    [(100.5740, 7.1430), (100.5650, 7.1465), (100.5596, 7.1500), (100.5572, 7.1570)],
    [(100.5440, 7.1815), (100.5445, 7.1880), (100.5470, 7.1995)],
]
# To the floating market, which lies beyond the canal.
CANAL_BRIDGE: list[LonLat] = [(100.4850, 7.0463), (100.4738, 7.0462)]
FERRY: list[LonLat] = [(100.5853, 7.2080), (100.5800, 7.2085), (100.5745, 7.2065)]

# Grids of small streets: where, spacing in metres, bearing of one family (degrees from north).
GRIDS = [
    ("Songkhla town", 150, 150.0, "residential"),
    ("Illustrative suburb, Khao Rup Chang", 220, 155.0, "residential"),
    ("Kao Seng village", 130, 140.0, "residential"),
    ("Illustrative suburb, Phawong", 230, 40.0, "residential"),
    ("Illustrative village, Nam Kracai", 220, 70.0, "residential"),
    ("Illustrative village, Ko Taeo", 220, 150.0, "residential"),
    ("Illustrative village, Thung Wang", 220, 80.0, "residential"),
    ("Hua Khao", 140, 170.0, "residential"),
    ("Illustrative town, Singhanakhon", 220, 150.0, "residential"),
    ("Illustrative village, Ko Yo north", 200, 165.0, "service"),
    ("Illustrative villages, Ko Yo south", 220, 100.0, "service"),
]
COUNTRY_LANES = (650, 30.0)
COUNTRY_LANES_KEPT = 0.72  # the rest of the regular grid is left out, so that it looks grown


def build_streets(
    water: Water, built: gpd.GeoDataFrame, habitats: gpd.GeoDataFrame, district: BaseGeometry
) -> list[Street]:
    """Draw all streets, cut them at their crossings and keep the part that hangs together."""
    random = np.random.default_rng(SEED)
    dry = water.land.buffer(-15)
    hills = habitats.geometry[habitats.concept == "forest"].union_all()
    drawn = [Street(curve(points), tags) for tags, points in OLD_TOWN]
    drawn += _cross_streets()
    drawn += [Street(curve(points), tags) for tags, points in MAIN_ROADS]
    drawn += _shore_roads(water)
    drawn = [
        Street(piece, s.tags)
        for s in drawn
        for piece in parts(s.line.intersection(dry), "LineString")
    ]
    old_town = shapely.unary_union([s.line for s in drawn[:3]]).buffer(60).convex_hull
    areas = built.set_index("name_en").geometry
    gridded: BaseGeometry = shapely.Polygon()
    for name, spacing, bearing, highway in GRIDS:
        where = areas[name].intersection(dry).difference(hills.buffer(20)).difference(gridded)
        gridded = gridded.union(areas[name].buffer(30))
        where = where.difference(old_town).difference(
            shapely.union_all([s.line for s in drawn[:8]]).buffer(25)
        )
        drawn += _grid(where, spacing, bearing, highway, random)
    country = district.intersection(dry).difference(areas.union_all()).difference(hills.buffer(30))
    drawn += _grid(country, *COUNTRY_LANES, "track", random)
    bridge = _named(
        "primary", "Tinsulanonda Bridge", "สะพานติณสูลานนท์", ref="408", bridge="yes", layer="1"
    )
    drawn += [Street(curve(points, 1), bridge) for points in BRIDGES]
    drawn.append(Street(line(CANAL_BRIDGE), {"highway": "tertiary", "bridge": "yes", "layer": "1"}))
    drawn.append(Street(_ferry_landing(), {"highway": "service"}))
    drawn.append(Street(line(FERRY), {
        "route": "ferry", "name": "เรือข้ามฟากหัวเขาแดง", "name:en": "Hua Khao ferry",
        "name:th": "เรือข้ามฟากหัวเขาแดง", "foot": "yes",
    }))  # fmt: skip
    pieces = _noded(drawn)
    kept = random.random(len(pieces)) < COUNTRY_LANES_KEPT
    grown = [
        s for s, keep in zip(pieces, kept, strict=True) if keep or s.tags.get("highway") != "track"
    ]
    return _connected(grown)


def _cross_streets() -> list[Street]:
    """Lanes that join the three streets, from near the water to one block further inland."""
    lakeside, middle, inland = (curve(points) for _, points in OLD_TOWN[:3])
    rows = []
    for share in CROSS_STREETS_AT:
        a, b, c = (s.interpolate(share, normalized=True) for s in (lakeside, middle, inland))
        start = affinity.translate(a, -25, -3)
        end = shapely.Point(2.2 * c.x - 1.2 * b.x, 2.2 * c.y - 1.2 * b.y)
        rows.append(Street(shapely.LineString([start, a, b, c, end]), {"highway": "residential"}))
    return rows


def _shore_roads(water: Water) -> list[Street]:
    """Roads behind the beaches, and the lakeside road, at a steady distance from the water."""
    reaches = [
        (water.sea, 70, [(100.580, 7.235), (100.640, 7.225), (100.630, 7.184), (100.6165, 7.180), (100.587, 7.2125)],
         _named("secondary", "Beach road (illustrative course)", "ถนนเลียบหาด (แนวตัวอย่าง)")),
        (water.sea, 160, [(100.6205, 7.176), (100.640, 7.182), (100.690, 7.100), (100.667, 7.098)], {"highway": "tertiary"}),
        (water.lagoon, 45, [(100.575, 7.2145), (100.589, 7.2145), (100.592, 7.2010), (100.580, 7.2010)], {"highway": "tertiary"}),
        (water.lagoon, 45, [(100.580, 7.1930), (100.594, 7.1930), (100.600, 7.1810), (100.580, 7.1810)], {"highway": "tertiary"}),
    ]  # fmt: skip
    rows = []
    for body, distance, where, tags in reaches:
        band = body.buffer(distance).boundary.intersection(shapely.Polygon(line(where)))
        merged = shapely.line_merge(band.intersection(water.land))
        rows += [
            Street(piece.simplify(5), tags)
            for piece in parts(merged, "LineString")
            if piece.length > 400
        ]
    return rows


def _grid(
    where: BaseGeometry, spacing_m: float, bearing: float, highway: str, random: np.random.Generator
) -> list[Street]:
    """Two families of slightly wavering lines, cut to an area; short ends are left out."""
    centre = where.envelope.centroid
    west, south, east, north = where.bounds
    reach = float(np.hypot(east - west, north - south)) / 2
    rows = []
    for turn in (0.0, 90.0):
        for regular in np.arange(-reach, reach, spacing_m * (1.0 if turn else 0.8)):
            offset = regular + random.uniform(-0.18, 0.18) * spacing_m
            along = np.arange(-reach, reach + 1, spacing_m * 1.5)
            waver = 0.16 if highway == "track" else 0.04
            across = offset + np.cumsum(random.normal(0, spacing_m * waver, along.size))
            straight = shapely.LineString(
                cut_corners(np.column_stack([across, along]), 1, closed=False)
            )
            laid = affinity.rotate(straight, -(bearing + turn), origin=(0, 0))
            laid = affinity.translate(laid, centre.x, centre.y)
            rows += [
                Street(piece, {"highway": highway})
                for piece in parts(laid.intersection(where), "LineString")
                if piece.length > spacing_m * 0.8
            ]
    return rows


def _ferry_landing() -> shapely.LineString:
    """From the landing on the town's side to a little inland of the lakeside road."""
    return curve([FERRY[0], (100.5868, 7.2078), (100.5885, 7.2070)])


def _noded(drawn: list[Street]) -> list[Street]:
    """Stretch ends to close streets nearby, cut at crossings, give each piece its tags back."""
    everything = shapely.STRtree([s.line for s in drawn])
    lines = [_stretched(n, s.line, drawn, everything) for n, s in enumerate(drawn)]
    lines = [shapely.set_precision(one, 0.1) for one in lines]
    pieces = parts(
        shapely.node(
            shapely.MultiLineString([p for one in lines for p in parts(one, "LineString")])
        ),
        "LineString",
    )
    tree = shapely.STRtree(lines)
    rows = []
    for piece in sorted(pieces, key=lambda p: p.coords[0] + p.coords[-1]):
        middle = piece.interpolate(0.5, normalized=True)
        near = tree.query(middle, predicate="dwithin", distance=0.5)
        if len(near) and piece.length > 0.5:
            rows.append(Street(piece, drawn[int(min(near))].tags))
    return rows


def _stretched(
    number: int, one: shapely.LineString, drawn: list[Street], tree: shapely.STRtree
) -> shapely.LineString:
    """Lead each loose end to the nearest other street within 120 m."""
    coords = list(one.coords)
    for end in (0, -1):
        point = shapely.Point(coords[end])
        near = [n for n in tree.query(point, predicate="dwithin", distance=120) if n != number]
        if not near or "ferry" in drawn[number].tags.values():
            continue
        gap, closest = min((drawn[n].line.distance(point), int(n)) for n in near)
        if gap > 0.01 and not drawn[closest].line.intersects(one):
            target = drawn[closest].line.interpolate(drawn[closest].line.project(point))
            beyond = (
                target.x + (target.x - point.x) / gap * 0.5,
                target.y + (target.y - point.y) / gap * 0.5,
            )
            coords = [beyond, *coords] if end == 0 else [*coords, beyond]
    return shapely.LineString(coords)


def _connected(streets: list[Street]) -> list[Street]:
    """Keep the largest connected part, without stubs of a metre or two."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ids: dict[tuple[float, float], int] = {}
    ends = [
        tuple(
            ids.setdefault((round(x, 3), round(y, 3)), len(ids))
            for x, y in (s.line.coords[0], s.line.coords[-1])
        )
        for s in streets
    ]
    degree = np.bincount(np.ravel(ends), minlength=len(ids))
    keep = [
        s.line.length > 3 or min(degree[a], degree[b]) > 1
        for s, (a, b) in zip(streets, ends, strict=True)
    ]
    graph = coo_array((np.ones(len(ends)), tuple(np.transpose(ends))), shape=(len(ids), len(ids)))
    _, label = connected_components(graph, directed=False)
    largest = np.bincount(label).argmax()
    return [
        s
        for s, (a, _), good in zip(streets, ends, keep, strict=True)
        if good and label[a] == largest
    ]
