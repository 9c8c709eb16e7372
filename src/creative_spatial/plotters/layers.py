"""Drawing one layer on a map as its specification says, and what its legend then is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from creative_spatial.plotters.artists import (
    add_lines,
    add_polygons,
    within_box,
)
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.drawn import (
    Z_OUTLINES,
    Z_ZONES,
    Drawn,
    class_labels,
    darker,
)
from creative_spatial.plotters.legend_items import Dashes, LegendGroup, LegendItem
from creative_spatial.plotters.points import draw_points
from creative_spatial.plotters.squares import draw_squares
from creative_spatial.plotters.symbols import (
    DEFAULT_COLOR,
    classify,
    selected,
)
from creative_spatial.plotters.words import format_number, in_language, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec
    from creative_spatial.taxonomy import LegendClass, Taxonomy


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
    found = len(rows)
    if spec.draw == "number" and numbers is not None:
        shown = rows.index.astype(str).isin(numbers)
        rows, shapes = rows[shown], shapes[shown]
    rows, shapes = rows[: spec.most], shapes[: spec.most]
    if spec.most is not None and len(rows) < found:
        spec = _said_of(spec, len(rows), found)
    if spec.draw in {"area", "outline", "line"}:
        return _draw_shapes(ax, rows, shapes, spec, taxonomy=taxonomy, frame=frame)
    if spec.draw == "number":
        return draw_squares(ax, rows, shapes, spec, frame, numbers=numbers)
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


def _said_of(spec: LayerSpec, shown: int, found: int) -> LayerSpec:
    """The same with headings that say of how many rows those are that it draws."""

    def said(title: Mapping[str, str]) -> dict[str, str]:
        return {
            code: word(
                "shown_of", code, title=in_language(title, code), value=format_number(shown, 0, code),
                total=format_number(found, 0, code),
            )
            for code in title
        }  # fmt: skip

    return spec.model_copy(
        update={key: said(getattr(spec, key)) for key in ("title", "hue_title", "shape_title")}
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
        return Drawn(rows, legend, counted=spec.counted, are_areas=True)
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
    return Drawn(rows, legend, tuple(ground), counted=spec.counted, are_areas=True)


def _draw_plain(ax: Axes, shapes: NDArray[Any], spec: LayerSpec, frame: Frame) -> LegendItem:
    """Areas, outlines or lines of one look."""
    color = spec.color or DEFAULT_COLOR
    if spec.draw == "area":
        add_polygons(ax, shapes, box=frame.box, facecolors=color, zorder=Z_ZONES)
        return LegendItem("fill", spec.title, color)
    dashes = spec.dashes or ("dashed" if spec.draw == "outline" else "solid")
    if spec.draw == "outline" and spec.fill is not None:
        add_polygons(ax, shapes, box=frame.box, facecolors=spec.fill, zorder=Z_ZONES)
    width = 1.1 * spec.size
    add_lines(
        ax, shapes, box=frame.box, colors=color, linewidths=width,
        linestyles=_LINES[dashes][0], capstyle="round" if dashes == "solid" else "butt",
        zorder=Z_OUTLINES,
    )  # fmt: skip
    if spec.draw == "outline" and spec.fill is not None:
        return LegendItem("fill", spec.title, spec.fill, dashes=_LINES[dashes][1], edge=color)
    return LegendItem(
        "line", spec.title, color, dashes=_LINES[dashes][1], width_mm=width / POINTS_PER_MM
    )


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
