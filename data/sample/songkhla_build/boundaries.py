"""The three nested boundaries: two drawn by hand to their published land areas, one coarse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from shapely import affinity

from songkhla_build import downloads
from songkhla_build.shapes import UTM, blob, curve, polygons, to_utm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from songkhla_build.water import Water

MUNICIPALITY_KM2 = 9.27
DISTRICT_KM2 = 171.9
FORESHORE_M = 100  # what the outlines reach beyond the Gulf's shore

# Drawn by hand. Each runs from water to water; the southern one is then moved north or south
# until the land inside has the published area. West of the peninsula the municipality ends in
# the middle of the channel, as town boundaries do, so its outline holds some lagoon.
MUNICIPALITY_WATER_SIDE = [
    (100.5920, 7.1700), (100.5898, 7.1850), (100.5862, 7.1915), (100.5850, 7.2010),
    (100.5805, 7.2100), (100.5775, 7.2210), (100.5735, 7.2290), (100.5750, 7.2325),
    (100.5860, 7.2320), (100.5990, 7.2240), (100.6180, 7.2150), (100.6400, 7.1850),
    (100.6400, 7.1700),
]  # fmt: skip
MUNICIPALITY_SOUTH = [
    (100.5700, 7.1795), (100.5940, 7.1800), (100.5985, 7.1788), (100.6025, 7.1752),
    (100.6070, 7.1738), (100.6105, 7.1770), (100.6150, 7.1785), (100.6185, 7.1812),
    (100.6225, 7.1835), (100.6400, 7.1850),
]  # fmt: skip
DISTRICT_SIDE = [
    (100.5000, 7.0000), (100.4985, 7.0400), (100.5035, 7.0700), (100.5000, 7.0920),
    (100.5080, 7.1150), (100.5035, 7.1350), (100.5050, 7.1600), (100.5200, 7.1790),
    (100.5390, 7.1885), (100.5560, 7.1860), (100.5700, 7.1800), (100.5850, 7.1860),
    (100.5850, 7.2010), (100.5805, 7.2100), (100.5775, 7.2210), (100.5735, 7.2290),
    (100.5760, 7.2700), (100.6080, 7.2700), (100.6180, 7.2150), (100.7200, 7.0600),
    (100.7200, 7.0000),
]  # fmt: skip
DISTRICT_SOUTH = [
    (100.4500, 7.0420), (100.5020, 7.0440), (100.5230, 7.0520), (100.5420, 7.0480),
    (100.5600, 7.0560), (100.5740, 7.0720), (100.5900, 7.0780), (100.6100, 7.0760),
    (100.6280, 7.0820), (100.6450, 7.0800), (100.6620, 7.0900), (100.6750, 7.0980),
    (100.7400, 7.1150),
]  # fmt: skip
# The peninsula between the upper lagoon and the Gulf is the province's.
EASTERN_LAGOON_SHORE = [
    (100.300, 7.800), (100.380, 7.800), (100.480, 7.450), (100.560, 7.260), (100.540, 7.200),
    (100.440, 7.240), (100.415, 7.330), (100.400, 7.450), (100.390, 7.560), (100.270, 7.530),
    (100.270, 7.600), (100.320, 7.660),
]  # fmt: skip


def build_boundaries(water: Water, packages: dict[str, Path]) -> dict[str, gpd.GeoDataFrame]:
    """Draw municipality and district to their land areas; read the province."""
    municipality = _fitted(MUNICIPALITY_WATER_SIDE, MUNICIPALITY_SOUTH, MUNICIPALITY_KM2, water)
    district = _fitted(DISTRICT_SIDE, DISTRICT_SOUTH, DISTRICT_KM2, water, also=municipality)
    province = _province(downloads.read_province(packages["province"]), water, district)
    rows = {
        "municipality": ("Songkhla city municipality", "เทศบาลนครสงขลา", municipality),
        "district": ("Mueang Songkhla district", "อำเภอเมืองสงขลา", district),
        "province": ("Songkhla province", "จังหวัดสงขลา", province),
    }
    return {
        name: gpd.GeoDataFrame(
            {
                "name_en": [en],
                "name_th": [th],
                "land_km2": [round(shape.intersection(water.land).area / 1e6, 3)],
                "accuracy": ["approximate" if name == "province" else "illustrative"],
            },
            geometry=[shape],
            crs=UTM,
        )
        for name, (en, th, shape) in rows.items()
    }


def _province(outline: BaseGeometry, water: Water, district: BaseGeometry) -> BaseGeometry:
    """
    Bring the coarse outline to the shore, which it misses by up to 4 km, and round the district.

    Land within 4 km of it and 7 km of the sea is taken in, and so is the eastern shore of the
    upper lagoon; what lies in the sea is left out.
    """
    coarse = to_utm(outline)
    gulf_side = water.sea.buffer(7000).intersection(coarse.buffer(4000))
    lagoon_side = blob(EASTERN_LAGOON_SHORE, 1)
    wanted = shapely.union_all([gulf_side, lagoon_side]).intersection(water.land)
    whole = shapely.union_all([coarse, wanted]).difference(water.sea)
    return polygons(whole.buffer(60).buffer(-60).difference(water.sea), 1e6).union(district)


def _fitted(
    side: list, south: list, land_km2: float, water: Water, also: BaseGeometry | None = None
) -> BaseGeometry:
    """Close the side with the southern line, moved along the meridian to the land area."""
    outline = shapely.Polygon(curve(side, 2))
    land = water.land.intersection(outline.buffer(5000))
    ashore = land.buffer(FORESHORE_M).union(water.lagoon)
    cut = curve(south, 2)

    def shape_at(north_m: float) -> BaseGeometry:
        moved = affinity.translate(cut, 0, north_m)
        (west, y_west), *_, (east, y_east) = moved.coords
        far = 1e5
        above = shapely.Polygon([*moved.coords, (east, y_east + far), (west, y_west + far)])
        inside = outline.intersection(above).intersection(ashore)
        return polygons(inside if also is None else inside.union(also), 1e4)

    return shape_at(_bisect(lambda y: shape_at(y).intersection(land).area / 1e6 - land_km2))


def _bisect(excess: Callable[[float], float], low: float = -4000, high: float = 4000) -> float:
    """Find where a falling function crosses zero, to half a metre."""
    if excess(low) < 0 or excess(high) > 0:
        raise ValueError("The drawn outline cannot reach the published land area.")
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
