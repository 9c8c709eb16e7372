"""The ground that a theme stands on: land, water, land use, streets, buildings, boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import add_lines, add_polygons, within_box
from creative_spatial.plotters.cartography import POINTS_PER_MM, Fill, cartography
from creative_spatial.plotters.drawn import Z_BOUNDARIES, Z_VEIL, darker
from creative_spatial.plotters.legend_items import LegendItem, worded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.frame import Frame
    from creative_spatial.taxonomy import Taxonomy

GROUND_LAYERS = ("water", "land_use", "streets", "buildings")
PRIMARY_MM, NESTED_MM = 0.48, 0.3
SETTLED = ("built", "works")
WATER = "water"  # of which no more is known
UNMAPPED_HATCH = "///"
SHORE = "#7FA9C0"
MOST_JOINED = 3_000


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
        _draw_kinds(ax, layers.get("land_use"), look.land_use, frame, 1.0, muted=base == "muted")
    groups = _draw_water(ax, layers.get("water"), area, frame, _water_fills(taxonomy))
    if base != "water" and frame.scale <= look.buildings.until and "buildings" in layers:
        add_polygons(
            ax, layers["buildings"].geometry.to_numpy(), box=frame.box,
            facecolors=look.ground.building, zorder=1.8,
        )  # fmt: skip
    if "streets" in layers:
        _draw_streets(ax, layers["streets"], frame, most=1 if base == "water" else 4)
    return groups


def _draw_kinds(
    ax: Axes,
    layer: gpd.GeoDataFrame | None,
    fills: Mapping[str, Fill],
    frame: Frame,
    zorder: float,
    *,
    muted: bool,
) -> list[str]:
    """Areas by their `kind`; returns the kinds seen."""
    if layer is None or not len(layer):
        return []
    shapes, rows = within_box(layer.geometry.to_numpy(), frame.box)
    kinds = (
        layer["kind"].astype(object).to_numpy()[rows]
        if "kind" in layer
        else np.full(len(rows), "other")
    )
    named = np.array([kind if kind in fills else "other" for kind in kinds], dtype=object)
    seen = []
    for kind, fill in fills.items():
        chosen = shapes[named == kind]
        if muted and kind not in SETTLED:
            continue
        if add_polygons(
            ax, chosen, facecolors=fill.color, edgecolors=fill.color, linewidths=0.1, zorder=zorder
        ):
            seen.append(kind)
            add_polygons(
                ax, chosen if fill.hatch else [], facecolors="none", edgecolors="none", hatch=fill.hatch,
                hatchcolors=darker(fill.color), zorder=zorder + 0.05,
            )  # fmt: skip
    return seen


def _water_fills(taxonomy: Taxonomy | None) -> dict[str, Fill]:
    """Kinds of water as the taxonomy's groups are drawn, where it has them."""
    groups = {} if taxonomy is None else taxonomy.legends.get("group", {})
    fills = dict(cartography().water)
    for kind, fill in fills.items():
        if fill.group is not None and fill.group in groups:
            entry = groups[fill.group]
            fills[kind] = Fill(color=entry.color, hatch=entry.hatch, group=fill.group)
    return fills


def _draw_water(
    ax: Axes,
    layer: gpd.GeoDataFrame | None,
    area: StudyArea,
    frame: Frame,
    fills: Mapping[str, Fill],
) -> list[str]:
    """Water by kind; the area's own where there is no layer. Returns legend groups."""
    if layer is None or not len(layer):
        drawn = add_polygons(
            ax, [area.water], box=frame.box, facecolors=fills["other"].color, zorder=1.5
        )
        return [] if drawn is None else [WATER]
    seen = _draw_kinds(ax, layer, fills, frame, 1.5, muted=False)
    dimensions = shapely.get_dimensions(layer.geometry.to_numpy())
    streams = add_lines(
        ax, layer.geometry.to_numpy()[dimensions == 1], box=frame.box,
        colors=fills["river"].color, linewidths=0.8, zorder=1.5,
    )  # fmt: skip
    if streams is not None:
        seen.append("river")
    _draw_shore(ax, layer.geometry.to_numpy()[dimensions == 2], frame)
    return list(dict.fromkeys(str(fills[kind].group) for kind in seen))


def _draw_shore(ax: Axes, shapes: NDArray[Any], frame: Frame) -> None:
    """A thin line where water meets land: light blues alone do not part them in print."""
    seen, _ = within_box(shapes, frame.box)
    if len(seen) <= MOST_JOINED:
        # Two sources of one sea must not leave a line in the water.
        seen = np.array([shapely.union_all(shapely.make_valid(seen))], dtype=object)
    add_lines(ax, seen, box=frame.box, colors=SHORE, linewidths=0.35, zorder=1.6)


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


def water_items(groups: Sequence[str], taxonomy: Taxonomy) -> list[LegendItem]:
    """
    Legend of the water seen.

    Parameters
    ----------
    groups : sequence of str
        From `draw_ground`.
    taxonomy : Taxonomy
        Labels of the groups.

    Returns
    -------
    list of LegendItem
        In the order of the legend.
    """
    known = taxonomy.legends.get("group", {})
    items = [
        LegendItem("fill", entry.labels, entry.color, hatch=entry.hatch)
        for key, entry in known.items()
        if key in groups
    ]
    if WATER in groups:
        items.append(LegendItem("fill", worded("water"), _water_fills(taxonomy)["other"].color))
    return items


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
