"""Water below a theme, by kind, and its part of the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import add_lines, add_polygons, within_box
from creative_spatial.plotters.cartography import Fill, cartography
from creative_spatial.plotters.drawn import darker
from creative_spatial.plotters.legend_items import LegendItem, worded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.frame import Frame
    from creative_spatial.taxonomy import Taxonomy

WATER = "water"  # of which no more is known
NARROW = ":narrow"  # of a group of which only rivers are seen
SHORE = "#7FA9C0"
MOST_JOINED = 3_000
# A hatch across a narrower river would look like a railway.
HATCHED_MM, RIVER_MM = 2.5, 1.2


def draw_kinds(
    ax: Axes,
    layer: gpd.GeoDataFrame | None,
    fills: Mapping[str, Fill],
    frame: Frame,
    zorder: float,
    *,
    left_out: Sequence[str] = (),
) -> dict[str, bool]:
    """
    Draw areas of the ground by their `kind`.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    layer : GeoDataFrame, optional
        Areas; those of no known kind look like "other".
    fills : mapping of str to Fill
        How each kind looks.
    frame : Frame
        What is seen, at which scale.
    zorder : float
        Above what.
    left_out : sequence of str
        Kinds that are not drawn.

    Returns
    -------
    dict of str to bool
        The kinds seen, and whether any of it is wide enough for a hatch.
    """
    if layer is None or not len(layer):
        return {}
    shapes, rows = within_box(layer.geometry.to_numpy(), frame.box)
    kinds = (
        layer["kind"].astype(object).to_numpy()[rows]
        if "kind" in layer
        else np.full(len(rows), "other")
    )
    named = np.array([kind if kind in fills else "other" for kind in kinds], dtype=object)
    seen = {}
    for kind, fill in fills.items():
        chosen = shapes[named == kind]
        if kind in left_out:
            continue
        if add_polygons(
            ax, chosen, facecolors=fill.color, edgecolors=fill.color, linewidths=0.1, zorder=zorder
        ):
            seen[kind] = not fill.hatch or _hatch(ax, chosen, fill, frame, zorder + 0.05)
    return seen


def _hatch(ax: Axes, shapes: NDArray[Any], fill: Fill, frame: Frame, zorder: float) -> bool:
    """A hatch where areas are wide enough for it; whether there is any."""
    half = 0.5 * HATCHED_MM * frame.unit
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    wide = shapely.buffer(shapely.buffer(areas, -half), half)
    hatched = add_polygons(
        ax, wide, facecolors="none", edgecolors="none", hatch=fill.hatch,
        hatchcolors=darker(fill.color), zorder=zorder,
    )  # fmt: skip
    return hatched is not None


def draw_water(
    ax: Axes,
    layer: gpd.GeoDataFrame | None,
    area: StudyArea,
    frame: Frame,
    taxonomy: Taxonomy | None,
) -> list[str]:
    """
    Draw water by kind; the area's own where there is no layer.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    layer : GeoDataFrame, optional
        Areas and lines.
    area : StudyArea
        With its own water.
    frame : Frame
        What is seen, at which scale.
    taxonomy : Taxonomy, optional
        Its legend of groups says how water looks.

    Returns
    -------
    list of str
        Legend groups of what is seen; one of which only rivers are seen ends in ":narrow".
    """
    fills = _water_fills(taxonomy)
    if layer is None or not len(layer):
        drawn = add_polygons(
            ax, [area.water], box=frame.box, facecolors=fills["other"].color, zorder=1.5
        )
        return [] if drawn is None else [WATER]
    seen = draw_kinds(ax, layer, fills, frame, 1.5)
    dimensions = shapely.get_dimensions(layer.geometry.to_numpy())
    streams = add_lines(
        ax, layer.geometry.to_numpy()[dimensions == 1], box=frame.box,
        colors=fills["river"].color, linewidths=0.8, zorder=1.5,
    )  # fmt: skip
    if streams is not None:
        seen.setdefault("river", not fills["river"].hatch)
    _draw_shore(ax, layer.geometry.to_numpy()[dimensions == 2], frame)
    groups = {str(fills[kind].group): False for kind in seen}
    for kind, wide in seen.items():
        groups[str(fills[kind].group)] |= wide
    return [group if wide else group + NARROW for group, wide in groups.items()]


def _water_fills(taxonomy: Taxonomy | None) -> dict[str, Fill]:
    """Kinds of water as the taxonomy's groups are drawn, where it has them."""
    groups = {} if taxonomy is None else taxonomy.legends.get("group", {})
    fills = dict(cartography().water)
    for kind, fill in fills.items():
        if fill.group is not None and fill.group in groups:
            entry = groups[fill.group]
            fills[kind] = Fill(color=entry.color, hatch=entry.hatch, group=fill.group)
    return fills


def _draw_shore(ax: Axes, shapes: NDArray[Any], frame: Frame) -> None:
    """A thin line where water meets land: light blues alone do not part them in print."""
    seen, _ = within_box(shapes, frame.box)
    if len(seen) <= MOST_JOINED:
        # Two sources of one sea must not leave a line in the water.
        seen = np.array([shapely.union_all(shapely.make_valid(seen))], dtype=object)
    add_lines(ax, seen, box=frame.box, colors=SHORE, linewidths=0.35, zorder=1.6)


def water_items(groups: Sequence[str], taxonomy: Taxonomy) -> list[LegendItem]:
    """
    Legend of the water seen.

    Parameters
    ----------
    groups : sequence of str
        From `draw_water`.
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
        if key in groups
        else LegendItem("line", entry.labels, entry.color, width_mm=RIVER_MM)
        for key, entry in known.items()
        if {key, key + NARROW} & set(groups)
    ]
    if WATER in groups:
        items.append(LegendItem("fill", worded("water"), _water_fills(taxonomy)["other"].color))
    return items
