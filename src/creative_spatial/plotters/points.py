"""Points on a map: markers by class, rings, and soft discs where a place is uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.plotters.artists import (
    add_lines,
    add_polygons,
    point_array,
    representative_xy,
)
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.crowding import MOVED_MM, move_apart
from creative_spatial.plotters.discs import draw_discs
from creative_spatial.plotters.drawn import Z_POINTS, Drawn, darker
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.looks import Looks, is_hollow, looks_of
from creative_spatial.plotters.lost import is_lost, is_traced
from creative_spatial.plotters.numbered import item_of
from creative_spatial.plotters.signs import Signed, add_signs, sign_ink
from creative_spatial.plotters.symbols import matching
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec
    from creative_spatial.taxonomy import Taxonomy

EXAMPLE_SIZE = 0.72
TIE = "#3A3A3A"
CASING_PT, MOST_CASED = 0.5, 500
DISC_SIGNS, DISC_SIGN, DISC_SIGN_MM = 0.55, 0.2, 0.8
# Marker shapes look alike in size at these widths.
_OPTICAL = {
    "*": 1.45,
    "^": 1.2,
    "v": 1.2,
    "<": 1.2,
    ">": 1.2,
    "D": 0.84,
    "d": 1.1,
    "s": 0.88,
    "P": 1.15,
    "X": 1.08,
}


def fitting_mm(places_mm: NDArray[np.float64], size: float = 1.0) -> float:
    """
    Width of a marker where so many stand so close.

    Parameters
    ----------
    places_mm : array of float, shape (n, 2), millimetres
        The markers inside the frame.
    size : float
        Factor of the specification.

    Returns
    -------
    float, millimetres
        Smaller in a crowd, never under the smallest.

    Examples
    --------
    >>> fitting_mm(np.zeros((1, 2)))
    2.7
    """
    points = cartography().points
    count = len(places_mm)
    width = crowded_mm(count)
    if count > 1:
        spots = point_array(places_mm)
        _, near = shapely.STRtree(spots).query_nearest(
            spots, exclusive=True, return_distance=True, all_matches=False
        )
        # Half of the markers may touch a neighbour, no more.
        if len(near):
            width = min(width, max(float(np.median(near)), 0.72 * width))
    return float(max(width, points.smallest_mm) * size)


def crowded_mm(count: int) -> float:
    """
    Width of a marker where there are so many on a map, wherever they stand.

    Parameters
    ----------
    count : int
        Markers.

    Returns
    -------
    float, millimetres
        Smaller in a crowd.

    Examples
    --------
    >>> crowded_mm(120), round(crowded_mm(1200), 2)
    (2.7, 1.35)
    """
    points = cartography().points
    return points.largest_mm * float(min(1.0, (points.crowd / max(count, 1)) ** 0.3))


def draw_points(
    ax: Axes, rows: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy, frame: Frame,
    *, marker_mm: float | None = None, numbers: Mapping[str, int] | None = None,
    keep_off: Sequence[BaseGeometry] = (),
) -> Drawn:  # fmt: skip
    """
    Draw markers, soft discs where the place is uncertain, and leave a rest to be listed.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    rows : GeoDataFrame, n rows
        Inside the frame.
    spec : LayerSpec
        What colour, shape, hollowness and ring show.
    taxonomy : Taxonomy
        Its legends.
    frame : Frame
        The scale.
    marker_mm : float, millimetres, optional
        Width of a marker of size 1, none of which is then moved.
    numbers : mapping of str to int, optional
        By feature, the numbers that stand in place of markers; those of uncertain places are not
        drawn.
    keep_off : sequence of geometry, units of the CRS
        Furniture inside the frame, which no number may cover.

    Returns
    -------
    Drawn
        With the markers that labels must not cover.
    """
    lines = is_traced(rows, spec)
    traced, rows = rows[lines], rows[~lines]
    if not len(rows):
        return Drawn(traced, counted=spec.counted)
    xy = representative_xy(rows.geometry.to_numpy())
    radius = uncertainty_mm(rows, frame)
    facts = cartography().points
    lost = is_lost(rows, frame)
    not_placed = rows[lost] if lost.any() else None
    rows, xy, radius = rows[~lost], xy[~lost], radius[~lost]
    looks = looks_of(rows, spec, taxonomy)
    legend = looks.legend
    soft = radius > facts.uncertain_mm
    fixed = None if marker_mm is None else marker_mm * spec.size
    width = fixed or fitting_mm(xy[~soft] / frame.unit, spec.size)
    soft_discs(ax, xy[soft], radius[soft] * frame.unit, looks.colors[soft])
    _sign_discs(ax, xy[soft], radius[soft], looks[soft], frame)
    alpha = 1.0 if len(rows) <= 4 * facts.crowd else 0.75
    invented = matching(rows, {"accuracy": ("illustrative",)})
    true = xy
    keys = rows.index.astype(str)
    numbered = keys.isin(numbers or {}) & ~soft
    sharp = ~soft & ~numbered
    if fixed is None:
        xy = _in_the_crowd(xy, sharp, invented, width, frame)
    # Examples lie below and are smaller: none hides a place that is there.
    for chosen, share, below in (
        (invented, EXAMPLE_SIZE, Z_POINTS - 0.3),
        (~invented, 1.0, Z_POINTS),
    ):
        drawn = sharp & chosen
        _scatter(
            ax, xy[drawn], looks[drawn],
            width=width * share, alpha=alpha, zorder=below,
        )  # fmt: skip
    listed = {
        keys[i]: item_of(
            rows.iloc[i],
            (numbers or {})[keys[i]],
            looks.colors[i],
            hollow=bool(looks.hollow[i]),
            sign=looks.signs[i],
        )
        for i in np.flatnonzero(numbered).tolist()
    }
    covered, tied = draw_discs(
        ax, xy[numbered], list(listed.values()), frame,
        others=xy[sharp], clear_mm=width / 2, keep_off=keep_off,
    )  # fmt: skip
    extra = []
    if _draw_ties(ax, true, xy, frame) or tied:
        extra.append(LegendItem("line", worded("moved"), TIE, width_mm=0.15))
    if spec.filled and is_hollow(rows, spec).any():
        extra.append(LegendItem("marker", worded("hollow"), "#6B6B6B", hollow=True))
    if spec.ring and (ringed := matching(rows, spec.ring) & sharp).any():
        ax.scatter(
            xy[ringed, 0],
            xy[ringed, 1], s=(1.75 * width * POINTS_PER_MM) ** 2, facecolors="none",
            edgecolors="#222222", linewidths=0.6, zorder=Z_POINTS,
        )  # fmt: skip
        extra.append(LegendItem("ring", spec.ring_title, "#222222"))
    if soft.any():
        extra.append(LegendItem("disc", worded("uncertain"), "#6B6B6B"))
    if extra:
        legend = (*legend, LegendGroup({}, tuple(extra)))
    moved = np.flatnonzero((xy != true).any(axis=1)).tolist()
    return Drawn(
        pd.concat([rows, traced]) if len(traced) else rows, legend, markers=xy[sharp], barriers=xy[sharp & ~invented], radius_mm=width * (0.9 if spec.ring else 0.55),
        not_placed=not_placed, counted=spec.counted, moved={keys[i]: (float(xy[i, 0]), float(xy[i, 1])) for i in moved},
        covered=covered, listed=listed,
    )  # fmt: skip


def _in_the_crowd(
    xy: NDArray[np.float64], sharp: NDArray[np.bool_], invented: NDArray[np.bool_], width: float,
    frame: Frame,
) -> NDArray[np.float64]:  # fmt: skip
    """Places with the crowded ones moved apart; as they are where there are too many."""
    spots = xy.copy()
    most = cartography().points.crowd
    real = sharp & ~invented
    if 1 < real.sum() <= most:
        spots[real] = frame.to_crs(move_apart(frame.to_mm(xy[real]), 0.95 * width, 1.2 * width))
    if (sharp & invented).any() and sharp.sum() <= 2 * most:
        # Examples give way to what is there, and never so far that they would need a tie.
        apart = move_apart(
            frame.to_mm(spots[sharp]), 0.9 * width, 0.95 * MOVED_MM, still=real[sharp]
        )
        spots[sharp] = np.where(real[sharp, None], spots[sharp], frame.to_crs(apart))
    still = np.hypot(*(spots - xy).T) < 1e-6 * frame.unit
    spots[still] = xy[still]
    return spots


def _draw_ties(
    ax: Axes, true: NDArray[np.float64], drawn: NDArray[np.float64], frame: Frame
) -> bool:
    """Hairlines from markers that were moved visibly to where they belong."""
    far = np.hypot(*(drawn - true).T) > MOVED_MM * frame.unit
    if not far.any():
        return False
    ties = shapely.linestrings(np.stack([true[far], drawn[far]], axis=1))
    add_lines(ax, ties, colors=TIE, linewidths=0.4, zorder=Z_POINTS - 0.1, gid="ties")
    return True


def _scatter(
    ax: Axes, xy: NDArray[np.float64], looks: Looks, *, width: float, alpha: float, zorder: float,
) -> None:  # fmt: skip
    """One collection for each look; hollow ones below, so that they hide nothing."""
    for look, rows in looks.groups():
        filled, marker, color, sign = look
        # An outline adds its own width.
        size = (width * _OPTICAL.get(marker, 1.0) * (1.0 if filled else 0.82) * POINTS_PER_MM) ** 2
        line = min(0.5, 0.2 * width) if filled else min(1.0, 0.4 * width)
        collection = ax.scatter(
            xy[rows, 0],
            xy[rows, 1], s=size, marker=marker, alpha=alpha,
            facecolors=color if filled else "#FFFFFF",
            edgecolors="#FFFFFF" if filled else color,
            linewidths=line,
            zorder=zorder + (0.2 if filled else 0.0),
        )  # fmt: skip
        casing = 0.0 if filled or len(xy) > MOST_CASED else line + 2 * CASING_PT
        if casing or sign != PLAIN:
            ink = sign_ink(color, hollow=not filled)
            collection.set_path_effects([Signed(sign, marker, ink, casing_pt=casing)])
        collection.set_rasterized(int(rows.sum()) > 5_000)


def _sign_discs(
    ax: Axes, xy: NDArray[np.float64], radius_mm: NDArray[np.float64], looks: Looks, frame: Frame
) -> None:
    """Three pale signs about the middle of each soft disc, where nothing stands: it is no place."""
    angles = np.radians([90.0, 210.0, 330.0])
    circle = np.column_stack([np.cos(angles), np.sin(angles)]).round(9)
    for (_, _, color, sign), rows in looks.groups():
        around = circle * (DISC_SIGNS * frame.unit * radius_mm[rows, None, None])
        add_signs(
            ax, (xy[rows, None] + around).reshape(-1, 2), sign, darker(color),
            np.repeat(np.minimum(DISC_SIGN * radius_mm[rows], DISC_SIGN_MM), len(circle)),
            alpha=0.45, zorder=Z_POINTS - 0.4,
        )  # fmt: skip


def soft_discs(
    ax: Axes, xy: NDArray[np.float64], radius: NDArray[np.float64], colors: NDArray[Any]
) -> None:
    """
    Draw discs that fade outwards: somewhere here.

    Parameters
    ----------
    ax : Axes
        The map.
    xy : array of float, shape (n, 2), units of the CRS
        Middles.
    radius : array of float, shape (n,), units of the CRS
        How far off each may be.
    colors : array of str, shape (n,)
        As matplotlib takes them.
    """
    for share, alpha in ((1.0, 0.07), (0.72, 0.08), (0.42, 0.11)):
        for color in sorted(set(colors.tolist())):
            rows = colors == color
            discs = shapely.buffer(point_array(xy[rows]), share * radius[rows], quad_segs=16)
            add_polygons(ax, discs, facecolors=color, alpha=alpha, zorder=Z_POINTS - 0.5)
