"""Habitats, built-up land and protected outlines: hand-drawn, cut to the shore, no overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from rasterio import features
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter
from shapely import geometry

from songkhla_build import drawings
from songkhla_build.shapes import UTM, blob, hand_drawn, line, polygons, soften, strip, to_utm

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from songkhla_build.water import Water

SMALLEST_M2 = 2500
Row = tuple[str, str, str, "BaseGeometry"]


# Where smallholdings lie between the drawn fields, and the box their random fields cover.
COUNTRYSIDE = [
    (100.488, 7.145), (100.560, 7.150), (100.600, 7.175), (100.630, 7.178), (100.690, 7.095),
    (100.670, 7.070), (100.620, 7.055), (100.570, 7.045), (100.520, 7.032), (100.490, 7.050),
    (100.480, 7.100),
]  # fmt: skip
NEAR = (100.47, 7.02, 100.70, 7.20)
PROVINCE = (100.20, 6.50, 101.10, 7.95)
SMALLHOLDINGS = [
    # concept, name in English, in Thai, noise field, lower and upper bound in its deviations
    ("plantation", "Illustrative smallholdings of rubber", "สวนยางรายย่อยตัวอย่าง", 0, 0.8, 9.0),
    ("rice_field", "Illustrative scattered rice fields", "นาข้าวกระจายตัวอย่าง", 1, 1.2, 9.0),
    ("orchard", "Illustrative home orchards", "สวนสมรมตัวอย่าง", 0, -9.0, -1.5),
    ("scrub", "Illustrative scrub", "ป่าละเมาะตัวอย่าง", 1, -9.0, -1.5),
]


def build_habitats(water: Water) -> gpd.GeoDataFrame:
    """Draw the habitats in order of precedence; a later one gives way to an earlier one."""
    wet = shapely.union_all([water.wet, *water.rivers.values()])
    shapely.prepare(wet)
    built = build_built(water, None)
    tight = shapely.union_all(built.geometry[built.weight >= 1.5].to_list())
    villages = shapely.union_all(built.geometry.to_list())
    small = {row[1] for row in SMALLHOLDINGS}
    taken: BaseGeometry = shapely.Polygon()
    rows = []
    for concept, name_en, name_th, shape in _drawn(water):
        free = shape.simplify(1).intersection(water.land).difference(wet).difference(taken)
        if concept not in ("park", "beach", "casuarina_strand", "forest", "mangrove"):
            free = free.difference(tight)
        if name_en in small:
            free = free.difference(villages)
            free = polygons(free.buffer(-30, 3).buffer(29, 3), 30_000)
        # Opened, so that nothing reaches beyond what it was cut to: not over water, not over another.
        free = polygons(free.buffer(-4, 2).buffer(3.9, 2), SMALLEST_M2)
        if free.is_empty:
            continue
        taken = taken.union(free)
        rows.append((concept, name_en, name_th, free))
    frame = gpd.GeoDataFrame(rows, columns=["concept", "name_en", "name_th", "geometry"], crs=UTM)
    frame.insert(0, "hab_id", [f"H{number:03d}" for number in range(1, len(frame) + 1)])
    frame.insert(4, "accuracy", "illustrative")
    frame["geometry"] = shapely.set_precision(frame.geometry.array, 0.1)
    return frame


def build_built(water: Water, habitats: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Built-up land with the weight of its population; natural habitats are taken out."""
    kept = ("park", "beach", "casuarina_strand", "forest", "mangrove")
    free = water.land
    if habitats is not None:
        free = free.difference(
            shapely.union_all(habitats.geometry[habitats.concept.isin(kept)].to_list())
        )
    rows = [
        (en, th, weight, polygons(hand_drawn(points, 900 + n, 25).intersection(free), 500))
        for n, (en, th, weight, points) in enumerate(drawings.BUILT)
    ]
    return gpd.GeoDataFrame(rows, columns=["name_en", "name_th", "weight", "geometry"], crs=UTM)


def build_protected(water: Water) -> gpd.GeoDataFrame:
    """Outlines of reserves: names of real ones, outlines illustrative."""
    rows = [
        (f"P{n}", concept, en, th, title, hand_drawn(points, 700 + n, 30))
        for n, (concept, en, th, title, points) in enumerate(drawings.PROTECTED, 1)
    ]
    frame = gpd.GeoDataFrame(
        rows, columns=["id", "concept", "name_en", "name_th", "title", "geometry"], crs=UTM
    )
    on_shore = frame.concept == "nature_reserve"
    frame.loc[on_shore, "geometry"] = frame.geometry[on_shore].intersection(water.land)
    frame.insert(5, "accuracy", "illustrative")
    return frame


def _drawn(water: Water) -> list[Row]:
    """All habitats, first those that win."""
    gulf_shore = water.sea.boundary.intersection(water.land.buffer(5))
    lagoon_shore = water.lagoon.boundary.intersection(water.land.buffer(5))
    rows: list[Row] = []
    for n, (en, th, points) in enumerate(drawings.PARKS):
        rows.append(("park", en, th, hand_drawn(points, n)))
    for n, (en, th, points) in enumerate(drawings.HILL_FORESTS):
        rows.append(("forest", en, th, hand_drawn(points, 100 + n)))
    for n, (en, th, points) in enumerate(drawings.MANGROVE_SHORES):
        along = lagoon_shore.intersection(blob(points))
        rows.append(("mangrove", en, th, strip(along, (35, 190), 200 + n)))
    rows += _beaches(gulf_shore)
    for n, (en, th, points) in enumerate(drawings.CASUARINA):
        along = gulf_shore.intersection(blob(points))
        rows.append(("casuarina_strand", en, th, strip(along, (90, 170), 300 + n)))
    for n, (concept, en, th, points) in enumerate(drawings.MARSHES):
        rows.append((concept, en, th, hand_drawn(points, 400 + n)))
    drawn = [
        ("aquaculture", drawings.AQUACULTURE),
        ("orchard", drawings.ORCHARDS),
        ("forest", drawings.PROVINCE_FORESTS),
        ("rice_field", drawings.RICE_FIELDS),
        ("palm_rice", drawings.PALM_RICE),
        ("plantation", drawings.PLANTATIONS),
    ]
    near = to_utm(shapely.box(*NEAR))
    fields = patches(near, (-1.0, 9), cell_m=60, sigma=9, seed=11)
    far_fields = patches(to_utm(shapely.box(*PROVINCE)), (-0.8, 9), cell_m=400, sigma=4, seed=12)
    for k, (concept, table) in enumerate(drawn):
        for n, (en, th, points) in enumerate(table):
            shape = hand_drawn(points, 500 + 20 * k + n)
            if concept in ("plantation", "rice_field"):
                # Villages and other fields lie between: no such land is of one piece.
                shape = shape.intersection(fields if near.contains(shape) else far_fields)
            rows.append((concept, en, th, shape))
    countryside = hand_drawn(COUNTRYSIDE, 31)
    for concept, en, th, field, low, high in SMALLHOLDINGS:
        shape = patches(near, (low, high), cell_m=60, sigma=9, seed=21 + field)
        rows.append((concept, en, th, shape.intersection(countryside)))
    return rows


def patches(
    where: BaseGeometry, bounds: tuple[float, float], *, cell_m: float, sigma: float, seed: int
) -> BaseGeometry:
    """Rounded patches where a smooth random field lies between two bounds."""
    low, high = bounds
    west, south, east, north = where.bounds
    shape = (int((north - south) // cell_m) + 1, int((east - west) // cell_m) + 1)
    random = np.random.default_rng(seed)
    field = gaussian_filter(random.normal(size=shape), sigma)
    field += 0.35 * gaussian_filter(random.normal(size=shape), sigma / 3) / 3
    field /= field.std()
    inside = ((field > low) & (field < high)).astype("u1")
    found = features.shapes(inside, inside == 1, transform=from_origin(west, north, cell_m, cell_m))
    drawn = shapely.union_all([geometry.shape(outline) for outline, _ in found])
    rounded = soften(drawn, cell_m * 0.7).simplify(cell_m / 12)
    return polygons(rounded, (6 * cell_m) ** 2 / 2).intersection(where)


def _beaches(gulf_shore: BaseGeometry) -> list[Row]:
    """The strip along the Gulf, cut into named reaches."""
    reaches = [
        ("Samila beach", "หาดสมิหลา", [(100.5868, 7.217), (100.600, 7.218), (100.597, 7.2145), (100.597, 7.212), (100.5868, 7.212)]),
        ("Beach of Laem Son On", "หาดแหลมสนอ่อน", [(100.572, 7.234), (100.580, 7.234), (100.589, 7.217), (100.584, 7.213)]),
        ("Chalatat beach", "หาดชลาทัศน์", [(100.597, 7.2145), (100.600, 7.218), (100.612, 7.214), (100.6235, 7.184), (100.610, 7.182)]),
        ("Beach south of Kao Seng", "หาดใต้เก้าเส้ง", [(100.620, 7.180), (100.636, 7.182), (100.770, 7.000), (100.735, 7.000)]),
        ("Beach of Singhanakhon", "หาดสิงหนคร", [(100.560, 7.229), (100.575, 7.232), (100.525, 7.341), (100.490, 7.341)]),
        ("Beach of Sathing Phra", "หาดสทิงพระ", [(100.490, 7.341), (100.525, 7.341), (100.420, 7.640), (100.395, 7.640)]),
    ]  # fmt: skip
    return [
        ("beach", en, th, strip(gulf_shore.intersection(shapely.Polygon(line(points))), (25, 60), 600 + n))
        for n, (en, th, points) in enumerate(reaches)
    ]  # fmt: skip
