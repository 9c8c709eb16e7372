"""Habitats, built-up land and protected outlines: hand-drawn, cut to the shore, no overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from songkhla_build import drawings
from songkhla_build.shapes import UTM, blob, hand_drawn, line, polygons, strip

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from songkhla_build.water import Water

SMALLEST_M2 = 2500
Row = tuple[str, str, str, "BaseGeometry"]


def build_habitats(water: Water) -> gpd.GeoDataFrame:
    """Draw the habitats in order of precedence; a later one gives way to an earlier one."""
    wet = shapely.union_all([water.wet, *water.rivers.values()])
    shapely.prepare(wet)
    built = build_built(water, None)
    tight = shapely.union_all(built.geometry[built.weight >= 1.5].to_list())
    taken: BaseGeometry = shapely.Polygon()
    rows = []
    for concept, name_en, name_th, shape in _drawn(water):
        free = shape.intersection(water.land).difference(wet).difference(taken)
        if concept not in ("park", "beach", "casuarina_strand", "forest", "mangrove"):
            free = free.difference(tight)
        free = polygons(free.buffer(-4).buffer(4), SMALLEST_M2)
        if free.is_empty:
            continue
        taken = taken.union(free)
        rows.append((concept, name_en, name_th, free))
    frame = gpd.GeoDataFrame(
        rows, columns=["concept", "name_en", "name_th", "geometry"], crs=UTM
    )
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
        rows.append(("park", en, th, hand_drawn(points, n, 10)))
    for n, (en, th, points) in enumerate(drawings.HILL_FORESTS):
        rows.append(("forest", en, th, hand_drawn(points, 100 + n, 25)))
    for n, (en, th, points) in enumerate(drawings.MANGROVE_SHORES):
        along = lagoon_shore.intersection(blob(points))
        rows.append(("mangrove", en, th, strip(along, (35, 190), 200 + n)))
    rows += _beaches(gulf_shore)
    for n, (en, th, points) in enumerate(drawings.CASUARINA):
        along = gulf_shore.intersection(blob(points))
        rows.append(("casuarina_strand", en, th, strip(along, (90, 170), 300 + n)))
    for n, (concept, en, th, points) in enumerate(drawings.MARSHES):
        rows.append((concept, en, th, hand_drawn(points, 400 + n, 50)))
    simple = [
        ("aquaculture", drawings.AQUACULTURE, 35),
        ("orchard", drawings.ORCHARDS, 30),
        ("forest", drawings.PROVINCE_FORESTS, 300),
        ("rice_field", drawings.RICE_FIELDS, 70),
        ("palm_rice", drawings.PALM_RICE, 80),
        ("plantation", drawings.PLANTATIONS, 90),
    ]
    for concept, table, wobble in simple:
        for n, (en, th, points) in enumerate(table):
            rows.append((concept, en, th, hand_drawn(points, 500 + 20 * wobble + n, wobble)))
    return rows


def _beaches(gulf_shore: BaseGeometry) -> list[Row]:
    """The strip along the Gulf, cut into named reaches."""
    reaches = [
        ("Samila beach", "หาดสมิหลา", [(100.586, 7.217), (100.603, 7.218), (100.603, 7.212), (100.586, 7.212)]),
        ("Beach of Laem Son On", "หาดแหลมสนอ่อน", [(100.572, 7.234), (100.580, 7.234), (100.589, 7.217), (100.584, 7.213)]),
        ("Chalatat beach", "หาดชลาทัศน์", [(100.602, 7.216), (100.608, 7.216), (100.624, 7.184), (100.617, 7.182)]),
        ("Beach south of Kao Seng", "หาดใต้เก้าเส้ง", [(100.625, 7.181), (100.632, 7.181), (100.760, 7.000), (100.745, 7.000)]),
        ("Beach of Singhanakhon", "หาดสิงหนคร", [(100.564, 7.236), (100.575, 7.236), (100.520, 7.345), (100.495, 7.340)]),
        ("Beach of Sathing Phra", "หาดสทิงพระ", [(100.490, 7.341), (100.525, 7.341), (100.420, 7.640), (100.395, 7.640)]),
    ]  # fmt: skip
    return [
        ("beach", en, th, strip(gulf_shore.intersection(shapely.Polygon(line(points))), (25, 60), 600 + n))
        for n, (en, th, points) in enumerate(reaches)
    ]  # fmt: skip
