"""Land and water: the real shoreline put where the city's mapped places say it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from shapely import affinity

from songkhla_build import downloads
from songkhla_build.shapes import UTM, all_polygons, curve, line, parts, polygons, soften, to_utm

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

# GSHHG draws this coast about 500 m too far east: unshifted, it puts the old town in the
# lagoon. Found by a search in steps of 20 m over twelve places of known relation to the shore
# (near a beach or the lagoon: the Golden Mermaid, the road behind Chalatat beach, Hub Ho Hin,
# Prem Park, Maharat beach 30 km north; on land: the Aquarium, the Folklore Museum, ...): the
# best is (-500, 0), and 20 m north put the Mermaid, too, on land.
SHORE_SHIFT_M = (-500.0, 20.0)

# Where the lagoon ends and the Gulf begins: between the cape's tip and Hua Khao Daeng.
MOUTH = [(100.5640, 7.2250), (100.5700, 7.2275), (100.5765, 7.2288), (100.5785, 7.2270)]
LAGOON_BOX = (100.37, 7.10, 100.60, 7.27)
DRAWN_BOX = (99.30, 5.90, 101.90, 8.30)
IN_THE_GULF = (101.0, 7.5)
# Islets farther than this from the lagoon, and smaller than half a square kilometre, are left out.
NEAR_BOX = (100.0, 6.2, 101.2, 8.0)
FAR_ISLET_M2 = 5e5

# The channel of Pak Ro joins the upper lagoon with Thale Sap Songkhla; both data sets miss it.
PAK_RO = [(100.405, 7.325), (100.412, 7.295), (100.423, 7.272), (100.430, 7.256), (100.436, 7.240)]
RIVERS = {
    ("Khlong U-Taphao", "คลองอู่ตะเภา"): [
        (100.455, 6.985), (100.462, 7.012), (100.470, 7.035), (100.480, 7.052), (100.474, 7.075),
        (100.486, 7.095), (100.492, 7.115), (100.490, 7.130), (100.476, 7.146), (100.472, 7.158),
    ],
    ("Khlong Samrong", "คลองสำโรง"): [
        (100.5925, 7.1785), (100.598, 7.1795), (100.604, 7.1775), (100.611, 7.1790), (100.6205, 7.1815),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Water:
    """Shapes in UTM 47N."""

    land: BaseGeometry  # around the Gulf, the lagoon taken out
    sea: BaseGeometry
    andaman: BaseGeometry  # what of the western sea is in the frame
    lagoon: BaseGeometry  # Thale Sap Songkhla
    upper_lagoon: BaseGeometry  # Thale Luang with the middle basin and Pak Ro
    thale_noi: BaseGeometry
    rivers: dict[tuple[str, str], BaseGeometry]

    @property
    def wet(self) -> BaseGeometry:
        """All water but the rivers."""
        return shapely.union_all([self.sea, self.lagoon, self.upper_lagoon, self.thale_noi])

    def table(self) -> dict[str, gpd.GeoDataFrame]:
        """One layer a source: `coast`, `lakes`, `rivers`."""
        coast = [
            ("sea-1", "Gulf of Thailand", "อ่าวไทย", "sea", "salt", self.sea),
            ("sea-2", "Andaman Sea", "ทะเลอันดามัน", "sea", "salt", self.andaman),
            ("lagoon-1", "Thale Sap Songkhla", "ทะเลสาบสงขลา", "lagoon", "brackish", self.lagoon),
        ]
        lakes = [
            ("lagoon-2", "Thale Luang", "ทะเลหลวง", "lagoon", "brackish", self.upper_lagoon),
            ("lake-1", "Thale Noi", "ทะเลน้อย", "lake", "fresh", self.thale_noi),
        ]
        rivers = [
            (f"river-{n}", en, th, "river", "fresh" if n == 1 else "brackish", shape)
            for n, ((en, th), shape) in enumerate(self.rivers.items(), 1)
        ]
        return {
            "coast": _frame(coast, "approximate", 100),
            "lakes": _frame(lakes, "approximate", 1000),
            "rivers": _frame(rivers, "illustrative", None),
        }


def _frame(rows: list[tuple], accuracy: str, uncertainty: int | None) -> gpd.GeoDataFrame:
    columns = ["id", "name_en", "name_th", "concept", "salinity", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, crs=UTM)
    frame.insert(5, "uncertainty_m", uncertainty)
    frame.insert(6, "accuracy", accuracy)
    return frame.astype({"uncertainty_m": "Int64"})


def build_water(packages: dict[str, Path]) -> Water:
    """Read, shift, soften, split at the mouth, and join the two sources' lagoon basins."""
    land, small_lakes = downloads.read_shoreline(packages["shoreline"])
    land = _soft_land(affinity.translate(to_utm(land), *SHORE_SHIFT_M))
    drawn = to_utm(shapely.segmentize(shapely.box(*DRAWN_BOX), 0.1))
    lagoon_box, gulf = to_utm(shapely.box(*LAGOON_BOX)), to_utm(shapely.Point(IN_THE_GULF))
    mouth = line(MOUTH).buffer(0.01)
    pieces = parts(drawn.difference(land).difference(mouth), "Polygon")
    sea = next(part for part in pieces if part.contains(gulf))
    lagoon = max(
        (part for part in pieces if lagoon_box.contains(part.representative_point())),
        key=lambda part: part.area,
    )
    andaman = polygons(shapely.union_all([p for p in pieces if p not in (sea, lagoon)]), 1e6)
    upper, noi = _lakes(packages, to_utm(small_lakes))
    pak_ro = curve(PAK_RO).buffer(320)
    upper = polygons(all_polygons([upper, pak_ro]).difference(lagoon), 1e5)
    rivers = {
        names: polygons(curve(course).buffer(30 if "U-" in names[0] else 12).difference(lagoon.union(sea)), 500)
        for names, course in RIVERS.items()
    }  # fmt: skip
    dry = land.intersection(drawn).difference(shapely.union_all([upper, noi]))
    return Water(polygons(dry, 1000), sea, andaman, lagoon, upper, noi, rivers)


def _soft_land(land: BaseGeometry) -> BaseGeometry:
    """Round the shore: finely around the province, coarsely beyond it."""
    near = to_utm(shapely.box(*NEAR_BOX))
    kept = [p for p in parts(land, "Polygon") if p.area > FAR_ISLET_M2 or p.intersects(near)]
    fine = soften(shapely.union_all(kept)).intersection(near)
    coarse = soften(shapely.union_all(kept), 250).difference(near)
    return polygons(shapely.union_all([fine, coarse]).buffer(1).buffer(-1), 1000)


def _lakes(packages: dict[str, Path], shoreline_lakes: BaseGeometry) -> tuple[BaseGeometry, ...]:
    """Close the gaps of the two coarse lake layers and round them: upper lagoon, Thale Noi."""
    coarse = to_utm(downloads.read_lakes(packages["lakes"]))
    north = to_utm(shapely.box(100.10, 7.26, 100.45, 7.83))
    joined = all_polygons([coarse, shoreline_lakes]).intersection(north)
    noi = next(
        part for part in parts(shoreline_lakes, "Polygon")
        if part.intersects(to_utm(shapely.Point(100.153, 7.78)))
    )  # fmt: skip
    upper = joined.buffer(900).buffer(-900).difference(noi.buffer(900))
    upper = soften(max(parts(upper, "Polygon"), key=lambda part: part.area), 450)
    solid = shapely.Polygon(upper.exterior)
    islands = [hole for hole in upper.interiors if shapely.Polygon(hole).area > 4e6]
    return shapely.Polygon(solid.exterior, islands).buffer(-120).buffer(120), noi
