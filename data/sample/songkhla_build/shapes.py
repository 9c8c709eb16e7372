"""Small geometry: hand-drawn outlines made smooth, wavy strips along a shore, clean parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"
UTM = "EPSG:32647"
LonLat = tuple[float, float]


def to_utm(geometry: BaseGeometry) -> BaseGeometry:
    """Project one WGS84 geometry to UTM 47N."""
    return gpd.GeoSeries([geometry], crs=WGS84).to_crs(UTM).iloc[0]


def to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """Project one UTM 47N geometry to WGS84."""
    return gpd.GeoSeries([geometry], crs=UTM).to_crs(WGS84).iloc[0]


def line(points: Sequence[LonLat]) -> shapely.LineString:
    """Draw a line in UTM through (lon, lat) points."""
    return to_utm(shapely.LineString(points))


def curve(points: Sequence[LonLat], turns: int = 2) -> shapely.LineString:
    """Draw a smooth line in UTM along (lon, lat) points; its ends stay where they are."""
    return shapely.LineString(cut_corners(_coordinates(line(points)), turns, closed=False))


def blob(points: Sequence[LonLat], turns: int = 3) -> shapely.Polygon:
    """Draw a smooth closed outline in UTM from (lon, lat) corners."""
    corners = _coordinates(line(points))
    return shapely.make_valid(shapely.Polygon(cut_corners(corners, turns, closed=True)))


def hand_drawn(
    points: Sequence[LonLat], seed: int, wobble_m: float | None = None
) -> shapely.Polygon:
    """
    Draw a closed outline with the unsteadiness of a hand, so that it is not read as measured.

    Points are set along the rounded outline and moved by a noise that changes slowly along
    it; left out, the wobble is a tenth of the outline's size.
    """
    rounded = blob(points, turns=1)
    ring = rounded.exterior
    size = float(np.sqrt(rounded.area))
    wobble = size / 10 if wobble_m is None else wobble_m
    count = max(int(ring.length // max(min(150, size / 12), 12)), 24)
    at = np.linspace(0, ring.length, count, endpoint=False)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(ring, at))
    xy += wobble * _slow_noise(count, 2, seed, highest=max(3, count // 4))
    drawn = shapely.make_valid(shapely.Polygon(cut_corners(xy, 2, closed=True)))
    return max(parts(drawn, "Polygon"), key=lambda part: part.area)


def strip(along: BaseGeometry, width_m: tuple[float, float], seed: int) -> BaseGeometry:
    """Cover both sides of a line with a strip whose half-width wanders within `width_m`."""
    pieces = []
    low, high = width_m
    merged = shapely.line_merge(along) if along.geom_type == "MultiLineString" else along
    for number, part in enumerate(parts(merged, "LineString")):
        count = max(int(part.length // max(low / 2, 15)), 2)
        at = shapely.line_interpolate_point(part, np.linspace(0, part.length, count))
        turns = max(3, int(part.length // 500))
        noise = _slow_noise(count, 1, seed + number, highest=turns)[:, 0]
        radius = low + (high - low) * np.clip((noise + 1) / 2, 0, 1)
        pieces.append(shapely.union_all(shapely.buffer(at, radius, quad_segs=6)))
    return shapely.union_all(pieces).buffer(low / 2).buffer(-low / 2).simplify(2)


def soften(shape: BaseGeometry, tolerance_m: float = 45) -> BaseGeometry:
    """Take the staircase out of a digitised shore: simplify, then cut corners twice."""
    rings = []
    # Long straight sides (the frame's) are divided, so that corner cutting leaves them there.
    longest = 9 * tolerance_m
    for polygon in parts(shape.simplify(tolerance_m).segmentize(longest), "Polygon"):
        shell, *holes = (
            cut_corners(_coordinates(ring)[:-1], 2, closed=True)
            for ring in (polygon.exterior, *polygon.interiors)
        )
        rings.append(shapely.make_valid(shapely.Polygon(shell, holes)))
    return shapely.union_all(rings)


def parts(shape: BaseGeometry, kind: str) -> list[Any]:
    """List the non-empty parts of one geometry type ("Polygon", "LineString")."""
    pieces = shapely.get_parts(shape)
    while any(piece.geom_type == "GeometryCollection" for piece in pieces):
        pieces = shapely.get_parts(pieces)
    pieces = shapely.get_parts(pieces)
    return [piece for piece in pieces if piece.geom_type == kind and not piece.is_empty]


def polygons(shape: BaseGeometry, smallest_m2: float = 0) -> BaseGeometry:
    """Keep the polygons of at least a given size, as a Polygon or MultiPolygon."""
    return shapely.union_all([p for p in parts(shape, "Polygon") if p.area >= smallest_m2])


def all_polygons(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """Join polygons into one shape."""
    return polygons(shapely.union_all(list(shapes)))


def _coordinates(shape: BaseGeometry) -> np.ndarray:
    return shapely.get_coordinates(shape)


def _slow_noise(count: int, columns: int, seed: int, *, highest: int) -> np.ndarray:
    """Closed noise of height one: sine waves of random phase, the short ones low."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    turns = np.unique(np.geomspace(2, max(highest, 3), 14).astype(int))
    waves = np.zeros((count, columns))
    for turn in turns:
        phase = random.uniform(0, 2 * np.pi, columns)
        waves += random.normal(size=columns) * np.sin(turn * angle + phase) / turn**0.7
    return waves / max(float(np.abs(waves).max()), 1e-9)


def cut_corners(xy: np.ndarray, turns: int, *, closed: bool) -> np.ndarray:
    """Chaikin's corner cutting: each corner becomes two points at a quarter of its sides."""
    for _ in range(turns):
        following = np.roll(xy, -1, axis=0) if closed else xy[1:]
        before = xy if closed else xy[:-1]
        quarter = 0.75 * before + 0.25 * following
        three_quarters = 0.25 * before + 0.75 * following
        cut = np.stack([quarter, three_quarters], axis=1).reshape(-1, 2)
        xy = cut if closed else np.vstack([xy[:1], cut, xy[-1:]])
    return xy
