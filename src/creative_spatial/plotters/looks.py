"""How each point of a layer looks, and the legend that says why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from creative_spatial.plotters.artists import within_box
from creative_spatial.plotters.drawn import class_labels
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem
from creative_spatial.plotters.symbols import (
    DEFAULT_COLOR,
    OTHER,
    any_matching,
    classify,
    selected,
)
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec, MapSpec
    from creative_spatial.result import Result
    from creative_spatial.taxonomy import Taxonomy

Look = tuple[bool, str, str, Any]
SHAPE_COLOR = "#4D4D4D"


@dataclass(frozen=True)
class Looks:
    """
    What the markers of a layer's points are.

    Parameters
    ----------
    colors, markers, signs : array of str, shape (n,)
        Colour, shape and what is inside.
    hollow : array of bool, shape (n,)
        Whether only the outline is drawn.
    legend : tuple of LegendGroup
        What says why.
    """

    colors: NDArray[Any]
    markers: NDArray[Any]
    signs: NDArray[Any]
    hollow: NDArray[np.bool_]
    legend: tuple[LegendGroup, ...] = ()

    def __getitem__(self, rows: Any) -> Looks:
        """Those of some of the points."""
        return Looks(
            self.colors[rows], self.markers[rows], self.signs[rows], self.hollow[rows], self.legend
        )

    def groups(self) -> Iterator[tuple[Look, NDArray[np.bool_]]]:
        """
        Sort the points by their looks, hollow ones first.

        Yields
        ------
        (filled, marker, color, sign), array of bool, shape (n,)
            A look, and which points have it.
        """
        columns = (~self.hollow, self.markers, self.colors, self.signs)
        for look in sorted(set(zip(*(it.tolist() for it in columns), strict=True))):
            rows = np.logical_and.reduce(
                [it == value for it, value in zip(columns, look, strict=True)]
            )
            yield look, rows


def looks_of(rows: gpd.GeoDataFrame, spec: LayerSpec, taxonomy: Taxonomy) -> Looks:
    """
    Say how each point looks: hue by one column, shape by another.

    Where the shape says nothing of the hue's classes, each of them bears a sign, which tells it
    from the others in print without colour as well.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        Points.
    spec : LayerSpec
        What colour, shape and hollowness show.
    taxonomy : Taxonomy
        Its legends.

    Returns
    -------
    Looks
        Of each row.
    """
    groups = []
    looks = Looks(
        np.full(len(rows), spec.color or DEFAULT_COLOR, dtype=object),
        np.full(len(rows), spec.marker or "o", dtype=object),
        np.full(len(rows), PLAIN, dtype=object),
        is_hollow(rows, spec),
    )
    by_hue = (
        None
        if spec.hue is None
        else classify(rows, spec.hue, taxonomy, max_classes=spec.max_classes)
    )
    by_shape = None if spec.shape is None else classify(rows, spec.shape, taxonomy)
    if by_shape is not None:
        for key, entry in by_shape.legend.items():
            looks.markers[by_shape.keys == key] = entry.marker
    same = spec.hue == spec.shape
    if by_hue is not None:
        shapes = [entry.marker for entry in by_hue.legend.values()]
        signed = not same or len(set(shapes)) < len(shapes)
        items = []
        for key, entry in by_hue.legend.items():
            chosen = by_hue.keys == key
            sign = entry.sign or PLAIN if signed else PLAIN
            looks.colors[chosen], looks.signs[chosen] = entry.color, sign
            looks.hollow[chosen] |= entry.hollow
            items.append(LegendItem(
                "marker", class_labels(entry, by_hue), entry.color, entry.marker if same else "o",
                hollow=entry.hollow, sign=sign,
            ))  # fmt: skip
        groups.append(LegendGroup(spec.hue_title, tuple(items)))
    if by_shape is not None and not same:
        items = [
            LegendItem("marker", class_labels(entry, by_shape), SHAPE_COLOR, entry.marker)
            for entry in by_shape.legend.values()
        ]
        groups.append(LegendGroup(spec.shape_title, tuple(items)))
    if by_hue is None and by_shape is None and len(rows):
        groups.append(LegendGroup(spec.hue_title, (symbol_of(spec),)))
    return Looks(looks.colors, looks.markers, looks.signs, looks.hollow, tuple(groups))


def with_classes(result: Result, spec: MapSpec, frame: Frame) -> Result:
    """
    Settle once for all maps of a sheet which classes its points have, and how each looks.

    A class that is merged on the map, or that no legend names, would look another way on an inset,
    where there are fewer.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    frame : Frame
        Of the whole map.

    Returns
    -------
    Result
        Whose taxonomy has the legends of this sheet.
    """
    legends = dict(result.taxonomy.legends)
    for it in spec.layers:
        if it.draw != "point" or it.layer not in result.layers:
            continue
        rows = selected(result.layers[it.layer], it.where, result.taxonomy, it.hue, it.shape)
        rows = rows.iloc[within_box(rows.geometry.to_numpy(), frame.box)[1]]
        for column, most in ((it.shape, None), (it.hue, it.max_classes)):
            if column is None:
                continue
            classes = classify(rows, column, result.taxonomy, max_classes=most)
            settled = {
                key: entry.model_copy(update={"labels": dict(class_labels(entry, classes))})
                for key, entry in classes.legend.items()
            }
            merged = {it.id: it.model_copy(update={"part_of": OTHER}) for it in classes.merged}
            legends[column] = {**legends.get(column, {}), **settled, **merged}
    return replace(result, taxonomy=replace(result.taxonomy, legends=legends))


def is_hollow(rows: gpd.GeoDataFrame, spec: LayerSpec) -> NDArray[np.bool_]:
    """
    Say which rows any of the hollow conditions holds for.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        Points.
    spec : LayerSpec
        With its conditions; without `filled` all are.

    Returns
    -------
    array of bool, shape (n,)
        Whether only the outline is drawn.
    """
    return any_matching(rows, spec.hollow) if spec.filled else np.ones(len(rows), dtype=bool)


def symbol_of(spec: LayerSpec) -> LegendItem:
    """
    The symbol of points of one look.

    Parameters
    ----------
    spec : LayerSpec
        The layer.

    Returns
    -------
    LegendItem
        A marker, filled or not, as large as on the map where that is small.
    """
    return LegendItem(
        "marker", spec.title, spec.color or DEFAULT_COLOR, spec.marker or "o",
        hollow=not spec.filled, size=min(spec.size, 1.0),
    )  # fmt: skip
