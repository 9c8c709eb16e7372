"""The ground that a theme stands on: land, water, land use, streets, buildings, boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import add_lines, add_polygons
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.drawn import Z_BOUNDARIES, Z_VEIL, darker
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.water import draw_kinds, draw_water

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.frame import Frame
    from creative_spatial.taxonomy import Taxonomy

GROUND_LAYERS = ("water", "land_use", "streets", "buildings")
PRIMARY_MM, NESTED_MM = 0.48, 0.3
SETTLED = ("built", "works")
UNMAPPED_HATCH = "///"


def draw_ground(
    ax: Axes, layers: Mapping[str, gpd.GeoDataFrame], area: StudyArea, frame: Frame, *, base: str = "full",
    taxonomy: Taxonomy | None = None,
) -> list[str]:  # fmt: skip
    """
    Draw the ground below a theme.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    layers : mapping of str to GeoDataFrame
        `water`, `land_use`, `streets`, `buildings`, each where there is one.
    area : StudyArea
        Its own water stands in where no layer has any.
    frame : Frame
        What is seen, at which scale.
    base : {"full", "muted", "water"}
        How loud: "muted" without land use other than built-up, "water" with water and main
        streets only.
    taxonomy : Taxonomy, optional
        Its legend of groups colours the water, so that ground and theme agree.

    Returns
    -------
    list of str
        Legend groups of the water that is seen.
    """
    look = cartography()
    ax.set_facecolor(look.ground.land)
    if base != "water":
        left_out = [kind for kind in look.land_use if base == "muted" and kind not in SETTLED]
        draw_kinds(ax, layers.get("land_use"), look.land_use, frame, 1.0, left_out=left_out)
    groups = draw_water(ax, layers.get("water"), area, frame, taxonomy)
    if base != "water" and frame.scale <= look.buildings.until and "buildings" in layers:
        add_polygons(
            ax, layers["buildings"].geometry.to_numpy(), box=frame.box,
            facecolors=look.ground.building, zorder=1.8,
        )  # fmt: skip
    if "streets" in layers:
        _draw_streets(ax, layers["streets"], frame, most=1 if base == "water" else 4)
    return groups


def draw_unmapped(
    ax: Axes, layers: Mapping[str, gpd.GeoDataFrame], area: StudyArea, frame: Frame
) -> bool:
    """
    Mark what lies beyond all data, so that it is not read as land.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    layers : mapping of str to GeoDataFrame
        The ground.
    area : StudyArea
        Within its boundaries the data counts as known.
    frame : Frame
        What is seen.

    Returns
    -------
    bool
        Whether there is any.
    """
    known = known_extent(layers)
    if known is None:
        return False
    inside = shapely.union(shapely.box(*known), shapely.box(*area.boundaries.total_bounds))
    beyond = shapely.difference(frame.polygon, inside)
    # Less than a millimetre is the edge of the data, not a gap in it.
    if shapely.buffer(beyond, -0.5 * frame.unit).is_empty:
        return False
    color = cartography().ground.unmapped
    add_polygons(
        ax, [beyond], facecolors=color, edgecolors="none", hatch=UNMAPPED_HATCH,
        hatchcolors=darker(color, 0.86), zorder=Z_VEIL + 0.5,
    )  # fmt: skip
    return True


def gap_note(layers: Mapping[str, gpd.GeoDataFrame], frame: Frame) -> Mapping[str, str] | None:
    """
    Word that the ground is left out around what is not public, where that is seen.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        `gaps` with a column `layer`, where there are any.
    frame : Frame
        What is seen.

    Returns
    -------
    mapping of str to str or None
        By language; None where no ground is left out.
    """
    gaps = layers.get("gaps")
    if gaps is None or not len(gaps):
        return None
    shapes = gaps.geometry.to_numpy()[gaps["layer"].isin([*GROUND_LAYERS, "sea"]).to_numpy()]
    return worded("gaps") if shapely.intersects(shapes, shapely.box(*frame.box)).any() else None


def _draw_streets(ax: Axes, streets: gpd.GeoDataFrame, frame: Frame, *, most: int) -> None:
    """Streets by rank, the small ones below, each as a casing and a fill."""
    ranks = (
        streets["rank"].fillna(4).astype(int).to_numpy()
        if "rank" in streets
        else np.full(len(streets), 3)
    )
    shapes = streets.geometry.to_numpy()
    # Wider where there is room: at 1:10,000 a street is a space, at 1:100,000 a line.
    factor = float(np.clip((25_000 / frame.scale) ** 0.5, 0.6, 1.7))
    for rank, look in sorted(cartography().streets.items(), reverse=True):
        if rank > most or frame.scale > look.until:
            continue
        chosen = shapes[ranks == rank]
        width = look.width_mm * factor * POINTS_PER_MM
        if look.casing and frame.scale <= look.cased_until:
            add_lines(
                ax,
                chosen,
                box=frame.box,
                colors=look.casing,
                linewidths=width + 0.6 * factor,
                zorder=2.4 - rank / 10,
            )
        add_lines(
            ax, chosen, box=frame.box, colors=look.color, linewidths=width, zorder=2.9 - rank / 10
        )


def draw_boundaries(ax: Axes, area: StudyArea, frame: Frame, *, marked: str = "all") -> bool:
    """
    Draw the boundaries: the primary one bold, the others thin and dashed.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    area : StudyArea
        Its boundaries.
    frame : Frame
        What is seen.
    marked : {"all", "primary"}
        Which ones.

    Returns
    -------
    bool
        Whether any but the primary one is seen.
    """
    ground = cartography().ground
    rest = area.boundaries.index != area.primary_id
    others = np.asarray(area.boundaries.geometry, dtype=object)[rest]
    seen = False
    if marked == "all" and len(others):
        seen = add_lines(
            ax, others, box=frame.box, colors=ground.nested, linewidths=NESTED_MM * POINTS_PER_MM,
            linestyles=[(0, (6, 2, 1, 2))], capstyle="butt", zorder=Z_BOUNDARIES,
        ) is not None  # fmt: skip
    add_lines(
        ax, [area.primary], box=frame.box, colors="#FFFFFF", alpha=0.8,
        linewidths=(PRIMARY_MM + 0.6) * POINTS_PER_MM, zorder=Z_BOUNDARIES + 0.1,
    )  # fmt: skip
    add_lines(
        ax, [area.primary], box=frame.box, colors=ground.outline,
        linewidths=PRIMARY_MM * POINTS_PER_MM, zorder=Z_BOUNDARIES + 0.2,
    )  # fmt: skip
    return seen


def draw_veil(ax: Axes, held: BaseGeometry, frame: Frame) -> None:
    """
    Dim what lies outside, still legibly.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    held : geometry, units of the CRS
        What stays clear.
    frame : Frame
        What is seen.
    """
    ground = cartography().ground
    outside = shapely.difference(frame.polygon, held)
    add_polygons(ax, [outside], facecolors=ground.veil, alpha=ground.veil_alpha, zorder=Z_VEIL)


def known_extent(layers: Mapping[str, gpd.GeoDataFrame]) -> Box | None:
    """
    Box within which the ground is known.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        The ground.

    Returns
    -------
    (minx, miny, maxx, maxy) or None
        None where there is no ground.
    """
    boxes = [layers[name].total_bounds for name in GROUND_LAYERS if len(layers.get(name, ()))]
    if not boxes:
        return None
    low, high = np.nanmin(boxes, axis=0), np.nanmax(boxes, axis=0)
    return (float(low[0]), float(low[1]), float(high[2]), float(high[3]))


def ground_rows(layers: Mapping[str, gpd.GeoDataFrame], area: StudyArea) -> list[Any]:
    """
    Tables behind the ground, for credits and notes.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        The ground.
    area : StudyArea
        Its boundaries have sources too.

    Returns
    -------
    list of DataFrame
        Those with a `source_id`.
    """
    tables: list[pd.DataFrame] = [layers[name] for name in GROUND_LAYERS if name in layers]
    return [table for table in (*tables, area.boundaries) if "source_id" in table]
