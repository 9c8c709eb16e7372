"""Where the map is: its frame in the widest boundary, or the city on the globe."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, Rectangle
from pyproj import CRS, Transformer
from shapely import affinity

from creative_spatial.crs import WGS84
from creative_spatial.plotters.artists import add_lines, add_polygons
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.furniture.block import Block
from creative_spatial.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.frame import Frame

EARTH_RADIUS_M = 6_371_000.0


def locator_block(
    frame: Frame,
    area: StudyArea,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    width_mm: float,
    height_mm: float,
) -> Block:
    """
    Build the locator.

    Parameters
    ----------
    frame : Frame
        What the map shows.
    area : StudyArea
        Its boundaries; a map that holds them all is located on the globe.
    layers : mapping of str to GeoDataFrame
        `water`, where there is one.
    width_mm, height_mm : float, millimetres
        Room there is.

    Returns
    -------
    Block
        As high as the room.
    """
    whole = shapely.box(*area.boundaries.total_bounds)
    wide = whole.area > 4 * frame.polygon.area

    def draw(page: Axes, x: float, top: float) -> None:
        if wide:
            _draw_context(
                page, frame, area, layers, shapely.box(x, top - height_mm, x + width_mm, top)
            )
        else:
            _draw_globe(page, frame, x + width_mm / 2, top - height_mm / 2, height_mm / 2)

    return Block("locator", height_mm, draw)


def _draw_context(
    page: Axes,
    frame: Frame,
    area: StudyArea,
    layers: Mapping[str, gpd.GeoDataFrame],
    room: BaseGeometry,
) -> None:
    """The boundaries with the frame as a rectangle."""
    ground = cartography().ground
    x0, y0, x1, y1 = shapely.bounds(room)
    whole = shapely.box(*area.boundaries.total_bounds)
    a, b, c, d = shapely.bounds(whole)
    unit = max((c - a) / (x1 - x0 - 3), (d - b) / (y1 - y0 - 3))
    # No wider than it is: a tall province leaves no empty sea beside it.
    half = min((x1 - x0) / 2, (c - a) / unit / 2 + 6)
    x1 = x0 + 2 * half
    center = ((a + c) / 2, (b + d) / 2)
    page.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=ground.land, edgecolor="none"))

    def on_page(shapes: Any) -> NDArray[Any]:
        box = (
            center[0] - half * unit, center[1] - (y1 - y0) / 2 * unit,
            center[0] + half * unit, center[1] + (y1 - y0) / 2 * unit,
        )  # fmt: skip
        cut = shapely.clip_by_rect(np.asarray(shapes, dtype=object), *box)
        simple = shapely.simplify(cut, 0.08 * unit)
        return np.asarray(
            shapely.transform(
                simple, lambda xy: (xy - center) / unit + ((x0 + x1) / 2, (y0 + y1) / 2)
            )
        )

    water = layers.get("water")
    wet = [area.water] if water is None or not len(water) else water.geometry.to_numpy()
    wet = np.asarray(wet, dtype=object)
    add_polygons(
        page, on_page(wet[shapely.get_dimensions(wet) == 2]), facecolors="#C5DEEA", zorder=1.2
    )
    edges = on_page(shapely.boundary(area.boundaries.geometry.to_numpy()))
    add_lines(page, edges, colors=ground.nested, linewidths=0.4, zorder=1.3)
    add_polygons(page, on_page([area.primary]), facecolors=ground.outline, zorder=1.4)
    (frame_box,) = on_page([frame.polygon])
    if not frame_box.is_empty:
        u, v, w, z = shapely.bounds(frame_box)
        page.add_patch(
            Rectangle(
                (u, v),
                w - u,
                z - v,
                facecolor="none",
                edgecolor=ground.locator_mark,
                linewidth=1.1,
                zorder=1.5,
            )
        )
    page.add_patch(
        Rectangle(
            (x0, y0),
            x1 - x0,
            y1 - y0,
            facecolor="none",
            edgecolor=ground.quiet_ink,
            linewidth=0.5,
            zorder=1.6,
        )
    )


@lru_cache(maxsize=1)
def _world() -> BaseGeometry:
    """Land of the world, coarse (Natural Earth, public domain)."""
    text = resource_path("world_land.json").read_text(encoding="utf-8")
    land: BaseGeometry = shapely.make_valid(shapely.from_geojson(text))
    return land


def _world_around(lon: float) -> BaseGeometry:
    """Land from half a turn west of a meridian to half a turn east of it."""
    copies = [affinity.translate(_world(), turn) for turn in (-360, 0, 360)]
    return shapely.union_all(shapely.clip_by_rect(copies, lon - 180, -90, lon + 180, 90))


def _hemisphere(lon: float, lat: float) -> BaseGeometry:
    """What is seen of the globe from above a place, in degrees."""
    lam = np.linspace(-180, 180, 361)
    rim = np.degrees(np.arctan(-np.cos(np.radians(lam)) / np.tan(np.radians(lat))))
    pole = 90.0 if lat > 0 else -90.0
    corners = [(lon - 180, pole), *zip(lon + lam, rim, strict=True), (lon + 180, pole)]
    return shapely.make_valid(shapely.Polygon(corners))


def _draw_globe(page: Axes, frame: Frame, x: float, y: float, radius: float) -> None:
    """The half of the globe that faces the city, with the city marked."""
    ground = cartography().ground
    ((lon, lat),) = frame.lonlat([frame.center])
    # A little off centre, so that the globe looks like one.
    view = max(min(lat * 0.75, 60), -60)
    view = view if abs(view) > 1 else 1.0
    crs = CRS.from_proj4(f"+proj=ortho +lat_0={view:.2f} +lon_0={lon:.2f} +R={EARTH_RADIUS_M}")
    project = Transformer.from_crs(WGS84, crs, always_xy=True)
    scale = radius / EARTH_RADIUS_M
    page.add_patch(Circle((x, y), radius, facecolor="#DCEAF1", edgecolor="none", zorder=1.1))

    def on_page(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        lam, phi = np.radians(lonlat[:, 0] - lon), np.radians(lonlat[:, 1])
        tilt = np.radians(view)
        east = np.cos(phi) * np.sin(lam)
        north = np.cos(tilt) * np.sin(phi) - np.sin(tilt) * np.cos(phi) * np.cos(lam)
        return np.column_stack([x + east * radius, y + north * radius])

    near = shapely.intersection(_world_around(lon), _hemisphere(lon, view))
    land = shapely.transform(shapely.segmentize(near, 2.0), on_page)
    add_polygons(
        page,
        [land],
        facecolors=ground.locator_land,
        edgecolors="#B9B3A8",
        linewidths=0.15,
        zorder=1.2,
    )
    lines = [
        on_page(np.asarray(line.coords))
        for meridian in range(-360, 361, 30)
        for line in shapely.get_parts(shapely.intersection(
            shapely.segmentize(shapely.LineString([(meridian, -89.9), (meridian, 89.9)]), 2.0),
            _hemisphere(lon, view),
        ))
        if not line.is_empty and line.geom_type == "LineString"
    ]  # fmt: skip
    page.add_collection(
        LineCollection(lines, colors="#FFFFFF", linewidths=0.25, zorder=1.3), autolim=False
    )
    page.add_patch(
        Circle(
            (x, y), radius, facecolor="none", edgecolor=ground.quiet_ink, linewidth=0.5, zorder=1.4
        )
    )
    px, py = project.transform(lon, lat)
    page.add_patch(
        Circle(
            (x + px * scale, y + py * scale),
            1.0,
            facecolor=ground.locator_mark,
            edgecolor="#FFFFFF",
            linewidth=0.6,
            zorder=1.5,
        )
    )
