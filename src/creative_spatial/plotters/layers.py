"""Drawing one layer on a map as its specification says, and what its legend then is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import (
    add_lines,
    add_polygons,
    point_array,
    representative_xy,
    within_box,
)
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.symbols import (
    DEFAULT_COLOR,
    OTHER,
    Classes,
    classify,
    matching,
    selected,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec
    from creative_spatial.taxonomy import LegendClass, Taxonomy

Z_ZONES, Z_OUTLINES, Z_POINTS, Z_VEIL, Z_BOUNDARIES, Z_NUMBERS, Z_LABELS = (
    2.0,
    4.0,
    5.0,
    6.0,
    7.0,
    8.0,
    9.0,
)
# Marker shapes look alike in size at these widths.
_OPTICAL = {
    "*": 1.45,
    "^": 1.1,
    "v": 1.1,
    "<": 1.1,
    ">": 1.1,
    "D": 0.84,
    "d": 1.1,
    "s": 0.88,
    "P": 1.1,
    "X": 1.08,
}


@dataclass(frozen=True)
class Drawn:
    """
    What one layer became on a map.

    Parameters
    ----------
    rows : GeoDataFrame
        The rows inside the frame.
    legend : tuple of LegendGroup
        What explains them.
    ground : tuple of LegendItem
        Classes that belong with the base map.
    markers : array of float, shape (n, 2), units of the CRS
        Where markers stand.
    radius_mm : float
        Radius of the markers.
    not_placed : GeoDataFrame or None
        Rows whose place is too uncertain to draw.
    counted : bool
        Whether its rows are the map's n.
    """

    rows: gpd.GeoDataFrame
    legend: tuple[LegendGroup, ...] = ()
    ground: tuple[LegendItem, ...] = ()
    markers: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    radius_mm: float = 0.0
    not_placed: gpd.GeoDataFrame | None = None
    counted: bool = True


def draw_layer(
    ax: Axes, layer: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy, frame: Frame
) -> Drawn:
    """
    Draw one layer.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    layer : GeoDataFrame, n rows
        In the frame's CRS.
    spec : LayerSpec
        Which rows, drawn how.
    taxonomy : Taxonomy
        Its legends.
    frame : Frame
        What is seen, at which scale.

    Returns
    -------
    Drawn
        Empty where no row is inside the frame.
    """
    rows = selected(layer, spec.where, taxonomy, spec.hue, spec.shape)
    shapes, seen = within_box(rows.geometry.to_numpy(), frame.box)
    rows = rows.iloc[seen]
    if spec.draw in {"area", "outline", "line"}:
        return _draw_shapes(ax, rows, shapes, spec, taxonomy=taxonomy, frame=frame)
    if spec.draw == "number":
        return _draw_numbers(ax, rows, shapes, spec)
    return _draw_points(ax, rows, spec, taxonomy, frame)


def _draw_shapes(
    ax: Axes,
    rows: gpd.GeoDataFrame,
    shapes: NDArray[Any],
    spec: LayerSpec,
    *,
    taxonomy: Taxonomy,
    frame: Frame,
) -> Drawn:
    """Filled areas, outlines or lines, one collection a class."""
    wanted = shapely.get_dimensions(shapes) == (1 if spec.draw == "line" else 2)
    rows, shapes = rows[wanted], shapes[wanted]
    if not len(rows):
        return Drawn(rows, counted=spec.counted)
    if spec.hue is None:
        item = _draw_plain(ax, rows.geometry.to_numpy(), spec, frame)
        return Drawn(rows, (LegendGroup({}, (item,)),), counted=spec.counted)
    classes = classify(
        rows, spec.hue, taxonomy,
        weights=shapely.area(shapes), max_classes=spec.max_classes, ground=spec.ground,
    )  # fmt: skip
    items: list[LegendItem] = []
    ground: list[LegendItem] = []
    for key, entry in classes.legend.items():
        _fill(ax, shapes[classes.keys == key], entry)
        item = LegendItem(
            "fill", _labels(entry, classes), entry.color, hatch=entry.hatch, hollow=entry.hollow
        )
        (ground if key in spec.ground else items).append(item)
    legend = (LegendGroup(spec.hue_title, tuple(items)),) if items else ()
    return Drawn(rows, legend, tuple(ground), counted=spec.counted)


def _draw_plain(ax: Axes, shapes: NDArray[Any], spec: LayerSpec, frame: Frame) -> LegendItem:
    """Areas, outlines or lines of one look."""
    color = spec.color or DEFAULT_COLOR
    if spec.draw == "area":
        add_polygons(ax, shapes, box=frame.box, facecolors=color, zorder=Z_ZONES)
        return LegendItem("fill", spec.title, color)
    dashed = spec.draw == "outline"
    add_lines(
        ax, shapes, box=frame.box, colors=color, linewidths=1.1,
        linestyles=[(0, (4, 2))] if dashed else "solid", capstyle="butt", zorder=Z_OUTLINES,
    )  # fmt: skip
    return LegendItem("line", spec.title, color, dashes="--" if dashed else "-")


def _fill(ax: Axes, shapes: NDArray[Any], entry: LegendClass) -> None:
    """One class of areas; its own colour as a hairline closes the seams between them."""
    if entry.hollow:
        add_polygons(
            ax, shapes, facecolors="none", edgecolors=entry.color, linewidths=0.6, zorder=Z_ZONES
        )
        return
    add_polygons(
        ax, shapes, facecolors=entry.color, edgecolors=entry.color, linewidths=0.15, zorder=Z_ZONES
    )
    if entry.hatch:
        add_polygons(
            ax, shapes, facecolors="none", edgecolors="none", hatch=entry.hatch,
            hatchcolors=darker(entry.color), zorder=Z_ZONES + 0.1,
        )  # fmt: skip


def darker(color: str, share: float = 0.68) -> str:
    """
    Darken a colour.

    Parameters
    ----------
    color : str
        As matplotlib takes it.
    share : float
        What remains of its light.

    Returns
    -------
    str
        Hexadecimal.

    Examples
    --------
    >>> darker("#FFFFFF", 0.5)
    '#808080'
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(color)
    return to_hex((red * share, green * share, blue * share))


def _labels(entry: LegendClass, classes: Classes) -> Mapping[str, str]:
    """A class's labels; "other" names what it stands for."""
    if entry.id != OTHER or not classes.merged:
        return entry.labels
    return {
        language: f"{text}: "
        + ", ".join(c.labels.get(language) or c.labels["en"] for c in classes.merged)
        for language, text in entry.labels.items()
    }


def marker_mm(places_mm: NDArray[np.float64], size: float = 1.0) -> float:
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
    >>> marker_mm(np.zeros((1, 2)))
    2.7
    """
    points = cartography().points
    count = len(places_mm)
    width = points.largest_mm * min(1.0, (points.crowd / max(count, 1)) ** 0.3)
    if count > 1:
        spots = point_array(places_mm)
        _, near = shapely.STRtree(spots).query_nearest(
            spots, exclusive=True, return_distance=True, all_matches=False
        )
        # Half of the markers may touch a neighbour, no more.
        if len(near):
            width = min(width, max(float(np.median(near)), 0.72 * width))
    return float(max(width, points.smallest_mm) * size)


def _draw_points(
    ax: Axes, rows: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy, frame: Frame
) -> Drawn:
    """Markers, soft discs where the place is uncertain, and a rest that is only listed."""
    if not len(rows):
        return Drawn(rows, counted=spec.counted)
    xy = representative_xy(rows.geometry.to_numpy())
    radius = uncertainty_mm(rows, frame)
    facts = cartography().points
    lost = radius > facts.widest_mm
    not_placed = rows[lost] if lost.any() else None
    rows, xy, radius = rows[~lost], xy[~lost], radius[~lost]
    colors, markers, hollow, legend = _looks(rows, spec, taxonomy)
    soft = radius > facts.uncertain_mm
    width = marker_mm(xy[~soft] / frame.unit, spec.size)
    _soft_discs(ax, xy[soft], radius[soft] * frame.unit, colors[soft])
    alpha = 1.0 if len(rows) <= 4 * facts.crowd else 0.75
    _scatter(ax, xy[~soft], colors[~soft], markers[~soft], hollow[~soft], width=width, alpha=alpha)
    extra = []
    if _hollow(rows, spec).any():
        extra.append(LegendItem("marker", worded("hollow"), "#6B6B6B", hollow=True))
    if spec.ring and (ringed := matching(rows, spec.ring) & ~soft).any():
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
    return Drawn(
        rows, legend, markers=xy[~soft], radius_mm=width * (0.9 if spec.ring else 0.55),
        not_placed=not_placed, counted=spec.counted,
    )  # fmt: skip


def uncertainty_mm(rows: gpd.GeoDataFrame, frame: Frame) -> NDArray[np.float64]:
    """
    Radius of each place's uncertainty on paper.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        With or without `uncertainty_m`.
    frame : Frame
        The scale.

    Returns
    -------
    array of float, shape (n,), millimetres
        Zero where nothing is said.
    """
    if "uncertainty_m" not in rows:
        return np.zeros(len(rows))
    metres = rows["uncertainty_m"].astype(float).fillna(0.0).to_numpy()
    return np.asarray(metres * 1000 / frame.scale)


def _looks(
    rows: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_], tuple[LegendGroup, ...]]:
    """Colour, marker and hollowness of each point, and the legend of both."""
    groups = []
    colors = np.full(len(rows), spec.color or DEFAULT_COLOR, dtype=object)
    markers = np.full(len(rows), spec.marker or "o", dtype=object)
    hollow = _hollow(rows, spec)
    by_hue = (
        None
        if spec.hue is None
        else classify(rows, spec.hue, taxonomy, max_classes=spec.max_classes)
    )
    by_shape = None if spec.shape is None else classify(rows, spec.shape, taxonomy)
    if by_hue is not None:
        for key, entry in by_hue.legend.items():
            colors[by_hue.keys == key] = entry.color
            hollow |= (by_hue.keys == key) & entry.hollow
    if by_shape is not None:
        for key, entry in by_shape.legend.items():
            markers[by_shape.keys == key] = entry.marker
    same = spec.hue == spec.shape
    if by_hue is not None:
        items = tuple(
            LegendItem(
                "marker",
                _labels(entry, by_hue),
                entry.color,
                entry.marker if same else "o",
                hollow=entry.hollow,
            )
            for entry in by_hue.legend.values()
        )
        groups.append(LegendGroup(spec.hue_title, items))
    if by_shape is not None and not same:
        items = tuple(
            LegendItem("marker", _labels(entry, by_shape), "#4D4D4D", entry.marker)
            for entry in by_shape.legend.values()
        )
        groups.append(LegendGroup(spec.shape_title, items))
    if by_hue is None and by_shape is None and len(rows):
        item = LegendItem("marker", spec.title, spec.color or DEFAULT_COLOR, spec.marker or "o")
        groups.append(LegendGroup({}, (item,)))
    return colors, markers, hollow, tuple(groups)


def _hollow(rows: gpd.GeoDataFrame, spec: LayerSpec) -> NDArray[np.bool_]:
    """Rows that any of the hollow conditions holds for."""
    hollow = np.zeros(len(rows), dtype=bool)
    for column, values in spec.hollow.items():
        hollow |= matching(rows, {column: values})
    return hollow


def _scatter(
    ax: Axes, xy: NDArray[np.float64], colors: NDArray[Any], markers: NDArray[Any],
    hollow: NDArray[np.bool_], *, width: float, alpha: float,
) -> None:  # fmt: skip
    """One collection for each look; hollow ones below, so that they hide nothing."""
    looks = sorted(
        {(not h, m, c) for h, m, c in zip(hollow.tolist(), markers, colors, strict=True)}
    )
    for filled, marker, color in looks:
        rows = (hollow != filled) & (markers == marker) & (colors == color)
        # An outline adds its own width.
        size = (width * _OPTICAL.get(marker, 1.0) * (1.0 if filled else 0.82) * POINTS_PER_MM) ** 2
        collection = ax.scatter(
            xy[rows, 0],
            xy[rows, 1], s=size, marker=marker, alpha=alpha,
            facecolors=color if filled else "#FFFFFF",
            edgecolors="#FFFFFF" if filled else color,
            linewidths=min(0.5, 0.2 * width) if filled else min(1.0, 0.4 * width),
            zorder=Z_POINTS + (0.2 if filled else 0.0),
        )  # fmt: skip
        collection.set_rasterized(int(rows.sum()) > 5_000)


def _soft_discs(
    ax: Axes, xy: NDArray[np.float64], radius: NDArray[np.float64], colors: NDArray[Any]
) -> None:
    """Discs that fade outwards: somewhere here."""
    for share, alpha in ((1.0, 0.07), (0.72, 0.08), (0.42, 0.11)):
        for color in sorted(set(colors.tolist())):
            rows = colors == color
            discs = shapely.buffer(point_array(xy[rows]), share * radius[rows], quad_segs=16)
            add_polygons(ax, discs, facecolors=color, alpha=alpha, zorder=Z_POINTS - 0.5)


def _draw_numbers(ax: Axes, rows: gpd.GeoDataFrame, shapes: NDArray[Any], spec: LayerSpec) -> Drawn:
    """Numbered squares, keyed in the legend in the order of the layer."""
    if not len(rows):
        return Drawn(rows, counted=spec.counted)
    from creative_spatial.plotters.typeset import style_for

    xy = representative_xy(shapes)
    color = spec.color or DEFAULT_COLOR
    side = 3.0
    ax.scatter(
        xy[:, 0],
        xy[:, 1], s=(side * POINTS_PER_MM) ** 2, marker="s", facecolors=color, edgecolors="#FFFFFF",
        linewidths=0.5, zorder=Z_NUMBERS,
    )  # fmt: skip
    style = style_for("en", 6.2, color="#FFFFFF", bold=True)
    for number, (x, y) in enumerate(xy, start=1):
        ax.text(
            x,
            y,
            str(number),
            ha="center",
            va="center_baseline",
            zorder=Z_NUMBERS + 0.1,
            clip_on=True,
            **style.properties(),
        )
    items = tuple(
        LegendItem("number", _row_names(row), color, marker=str(number))
        for number, (_, row) in enumerate(rows.iterrows(), start=1)
    )
    return Drawn(
        rows,
        (LegendGroup(spec.title, items),),
        markers=xy,
        radius_mm=side / 2,
        counted=spec.counted,
    )


def _row_names(row: Any) -> dict[str, str]:
    """A row's names by language."""
    from creative_spatial.plotters.text import plain

    names = {
        str(c).removeprefix("name:"): plain(row[c]) for c in row.index if str(c).startswith("name:")
    }
    return {"en": plain(row.get("name")), **{k: v for k, v in names.items() if v}}
