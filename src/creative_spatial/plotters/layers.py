"""Drawing one layer on a map as its specification says, and what its legend then is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import (
    add_lines,
    add_polygons,
    representative_xy,
    within_box,
)
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.drawn import (
    Z_NUMBERS,
    Z_OUTLINES,
    Z_ZONES,
    Drawn,
    class_labels,
    darker,
)
from creative_spatial.plotters.legend_items import Dashes, LegendGroup, LegendItem
from creative_spatial.plotters.points import draw_points
from creative_spatial.plotters.symbols import (
    DEFAULT_COLOR,
    classify,
    selected,
)
from creative_spatial.plotters.text import names_of
from creative_spatial.plotters.typeset import style_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec
    from creative_spatial.taxonomy import LegendClass, Taxonomy


NUMBER_MM = 3.0
_LINES: dict[str, tuple[Any, Dashes]] = {
    "solid": ("solid", "-"),
    "dashed": ([(0, (4, 2))], "--"),
    "dotted": ([(0, (1, 1.3))], ":"),
}


def draw_layer(
    ax: Axes, layer: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy, frame: Frame,
    *, marker_mm: float | None = None, numbers: Mapping[str, int] | None = None,
    keep_off: Sequence[BaseGeometry] = (),
) -> Drawn:  # fmt: skip
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
    marker_mm : float, millimetres, optional
        Width of a marker of size 1, which then stays where it is; by how crowded they are
        otherwise.
    numbers : mapping of str to int, optional
        By feature, the numbers that points bear in place of their markers; of a layer of numbers,
        which ones and no others.
    keep_off : sequence of geometry, units of the CRS
        Furniture inside the frame, which no number may cover.

    Returns
    -------
    Drawn
        Empty where no row is inside the frame.
    """
    rows = selected(layer, spec.where, taxonomy, spec.hue, spec.shape)
    shapes, seen = within_box(rows.geometry.to_numpy(), frame.box)
    rows = rows.iloc[seen]
    if spec.draw == "number" and numbers is not None:
        shown = rows.index.astype(str).isin(numbers)
        rows, shapes = rows[shown], shapes[shown]
    rows, shapes = rows[: spec.most], shapes[: spec.most]
    if spec.draw in {"area", "outline", "line"}:
        return _draw_shapes(ax, rows, shapes, spec, taxonomy=taxonomy, frame=frame)
    if spec.draw == "number":
        return _draw_numbers(ax, rows, shapes, spec, frame, numbers=numbers)
    return draw_points(
        ax,
        rows,
        spec,
        taxonomy,
        frame,
        marker_mm=marker_mm,
        numbers=numbers or {},
        keep_off=keep_off,
    )


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
        legend = (LegendGroup({}, (item,)),) if spec.title else ()
        return Drawn(rows, legend, counted=spec.counted)
    classes = classify(
        rows, spec.hue, taxonomy,
        weights=shapely.area(shapes), max_classes=spec.max_classes, ground=spec.ground,
    )  # fmt: skip
    items: list[LegendItem] = []
    ground: list[LegendItem] = []
    for key, entry in classes.legend.items():
        _fill(ax, shapes[classes.keys == key], entry)
        item = LegendItem(
            "fill",
            class_labels(entry, classes),
            entry.color,
            hatch=entry.hatch,
            hollow=entry.hollow,
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
    dashes = spec.dashes or ("dashed" if spec.draw == "outline" else "solid")
    if spec.draw == "outline" and spec.fill is not None:
        add_polygons(ax, shapes, box=frame.box, facecolors=spec.fill, zorder=Z_ZONES)
    add_lines(
        ax, shapes, box=frame.box, colors=color, linewidths=1.1 * spec.size,
        linestyles=_LINES[dashes][0], capstyle="round" if dashes == "solid" else "butt",
        zorder=Z_OUTLINES,
    )  # fmt: skip
    if spec.draw == "outline" and spec.fill is not None:
        return LegendItem("fill", spec.title, spec.fill, dashes=_LINES[dashes][1], edge=color)
    return LegendItem("line", spec.title, color, dashes=_LINES[dashes][1])


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


def _draw_numbers(
    ax: Axes, rows: gpd.GeoDataFrame, shapes: NDArray[Any], spec: LayerSpec, frame: Frame,
    *, numbers: Mapping[str, int] | None,
) -> Drawn:  # fmt: skip
    """Numbered squares, moved off one another and keyed in the legend in the layer's order."""
    if not len(rows):
        return Drawn(rows, counted=spec.counted)
    color = spec.color or DEFAULT_COLOR
    keys = rows.index.astype(str).tolist()
    given = {key: at for at, key in enumerate(keys, start=1)} if numbers is None else numbers
    # An area bears its number at the edge, where it hides no place; a place its own dot.
    areas = shapely.get_dimensions(shapes) == 2
    places = np.where(areas[:, None], _upper_edges(shapes), representative_xy(shapes))
    spots = frame.to_crs(spread(frame.to_mm(places), 1.1 * NUMBER_MM))
    ties = shapely.linestrings(np.stack([places, spots], axis=1))
    add_lines(ax, ties, colors=color, linewidths=0.7, zorder=Z_NUMBERS - 0.1)
    for (x, y), size, marker in [
        *((place, 1.1, "o") for place in places[~areas]),
        *((spot, NUMBER_MM, "s") for spot in spots),
    ]:
        ax.scatter(
            x, y, s=(size * POINTS_PER_MM) ** 2, marker=marker, facecolors=color,
            edgecolors="#FFFFFF", linewidths=0.4, zorder=Z_NUMBERS,
        )  # fmt: skip
    style = style_for("en", 6.2, color="#FFFFFF", bold=True)
    for key, (x, y) in zip(keys, spots, strict=True):
        ax.text(
            x, y, str(given[key]), ha="center", va="center_baseline", zorder=Z_NUMBERS + 0.1,
            clip_on=True, **style.properties(),
        )  # fmt: skip
    items = tuple(
        LegendItem("number", names_of(row), color, marker=str(given[key]))
        for key, (_, row) in zip(keys, rows.iterrows(), strict=True)
    )
    return Drawn(
        rows, (LegendGroup(spec.title, items),), markers=np.vstack([spots, places]), barriers=spots,
        radius_mm=NUMBER_MM / 2, counted=spec.counted,
    )  # fmt: skip


def _upper_edges(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """The highest corner of each shape."""
    found = []
    for shape in shapes:
        xy = shapely.get_coordinates(shape)
        found.append(xy[np.lexsort((xy[:, 0], -xy[:, 1]))[0]])
    return np.array(found, dtype=float).reshape(-1, 2)


def spread(places_mm: NDArray[np.float64], apart_mm: float) -> NDArray[np.float64]:
    """
    Move what would lie over one another to free spots around, clear of what is there.

    Parameters
    ----------
    places_mm : array of float, shape (n, 2), millimetres
        Where things belong; the first ones stay.
    apart_mm : float, millimetres
        Least distance along one of the axes.

    Returns
    -------
    array of float, shape (n, 2), millimetres
        Where they are drawn.

    Examples
    --------
    >>> spread(np.array([[0.0, 0.0], [0.0, 0.0]]), 3.0).tolist()
    [[0.0, 0.0], [6.0, 0.0]]
    """
    spots = np.array(places_mm, dtype=float)
    angles = np.radians(np.arange(0, 360, 30))
    circle = np.column_stack([np.cos(angles), np.sin(angles)]).round(9)
    for row in range(1, len(spots)):
        offsets = [np.zeros((1, 2)), *(circle * apart_mm * ring for ring in (2.0, 2.5, 3.0, 4.0))]
        for offset in np.concatenate(offsets):
            gaps = np.abs(spots[:row] - (places_mm[row] + offset)).max(axis=1)
            if (gaps >= apart_mm - 1e-9).all():
                spots[row] = places_mm[row] + offset
                break
    return spots
