"""Small multiples: one panel a class, all in one frame on one ground, which is drawn once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from creative_spatial.errors import ConfigError
from creative_spatial.plotters.artists import representative_xy
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.completeness import hatch_poor, poor_units, shown_pillars
from creative_spatial.plotters.drawn import Drawn
from creative_spatial.plotters.ground import (
    draw_boundaries,
    draw_ground,
    draw_unmapped,
    draw_veil,
)
from creative_spatial.plotters.layers import draw_layer
from creative_spatial.plotters.legend_items import merged
from creative_spatial.plotters.looks import symbol_of
from creative_spatial.plotters.sheet import set_limits
from creative_spatial.plotters.symbols import matching
from creative_spatial.plotters.text import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.legend_items import LegendItem
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result
    from creative_spatial.taxonomy import Taxonomy


@dataclass(frozen=True)
class Panel:
    """
    One class of small multiples.

    Parameters
    ----------
    id : str
        Value of the column.
    labels : mapping of str to str
        What it is called, by language.
    counts : tuple of (LegendItem, int)
        For each layer its symbol, and its features of the class inside the primary boundary.
    """

    id: str
    labels: Mapping[str, str]
    counts: tuple[tuple[LegendItem, int], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing of the class is inside the boundary."""
        return not any(count for _, count in self.counts)


@dataclass(frozen=True)
class Ground:
    """
    The ground of every panel, drawn once.

    Parameters
    ----------
    image : array of uint8, shape (h, w, 4)
        At the resolution of print.
    wet : list of str
        Legend groups of the water that is seen.
    poor, unmapped : bool
        Whether units of grade D, or what lies beyond the data are seen.
    """

    image: NDArray[np.uint8]
    wet: list[str]
    poor: bool
    unmapped: bool


def classes_of(
    column: str, taxonomy: Taxonomy, layers: Sequence[gpd.GeoDataFrame]
) -> dict[str, Mapping[str, str]]:
    """
    List the classes of a column with their labels, those without a feature too.

    Parameters
    ----------
    column : str
        "field" for the creative fields, the column of a legend, or any column of few values.
    taxonomy : Taxonomy
        Its fields and legends.
    layers : sequence of GeoDataFrame
        Whose values there are, where neither fields nor a legend list them.

    Returns
    -------
    dict of str to mapping of str to str
        In the order of the table; sorted where there is none.
    """
    tables: dict[str, Mapping[str, Any]] = {"field": taxonomy.fields, **taxonomy.legends}
    if column in tables:
        return {key: entry.labels for key, entry in tables[column].items()}
    values = {str(v) for layer in layers if column in layer for v in layer[column].dropna()}
    return {value: {"en": plain_name(value)} for value in sorted(values)}


def panels_of(result: Result, spec: MapSpec) -> list[Panel]:
    """
    Sort what a map shows into its panels.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        With `panels`.

    Returns
    -------
    list of Panel
        One a class.

    Raises
    ------
    ConfigError
        If there is none, or more than a sheet bears.
    """
    column = str(spec.panels)
    shown = [it for it in spec.layers if it.layer in result.layers]
    layers = [result.layers[it.layer] for it in shown]
    classes = classes_of(column, result.taxonomy, layers)
    most = cartography().panels.most
    if not 0 < len(classes) <= most:
        raise ConfigError(
            f"Map {spec.id!r} has a panel for each value of {column!r}, of which there are "
            f"{len(classes)}; a sheet bears 1 to {most}."
        )
    inside = [_inside(layer, result.area.primary) for layer in layers]
    return [
        Panel(key, labels, tuple(
            (symbol_of(it), int((within & matching(layer, {column: (key,), **it.where})).sum()))
            for it, layer, within in zip(shown, layers, inside, strict=True)
        ))
        for key, labels in classes.items()
    ]  # fmt: skip


def panel_numbers(panels: Sequence[Panel]) -> dict[str, float]:
    """
    Count the panels, for the message of their sheet.

    Parameters
    ----------
    panels : sequence of Panel
        All of the sheet's.

    Returns
    -------
    dict of str to float
        `panels`: how many; `panels_filled`: those with any feature inside the boundary;
        `panels_first`: those with one in the map's first layer.
    """
    return {
        "panels": len(panels),
        "panels_filled": sum(not panel.empty for panel in panels),
        "panels_first": sum(bool(panel.counts and panel.counts[0][1]) for panel in panels),
    }


def _inside(layer: gpd.GeoDataFrame, boundary: BaseGeometry) -> NDArray[np.bool_]:
    """Rows whose one point lies in the boundary."""
    shapes = np.asarray(layer.geometry, dtype=object)
    inside: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if inside.any():
        shapely.prepare(boundary)
        inside[inside] = shapely.intersects_xy(boundary, representative_xy(shapes[inside]))
    return inside


def paint_ground(result: Result, spec: MapSpec, frame: Frame, *, dpi: int | None = None) -> Ground:
    """
    Draw the ground once, as an image that every panel then shows.

    Parameters
    ----------
    result : Result
        What to show.
    spec : MapSpec
        How loud the ground is.
    frame : Frame
        Of every panel.
    dpi : int, optional
        Of the image; that of print otherwise.

    Returns
    -------
    Ground
        Without veil and boundaries, which lie above the theme.
    """
    figure = Figure(
        figsize=(frame.width_mm / 25.4, frame.height_mm / 25.4),
        dpi=dpi or cartography().page.dpi,
    )
    canvas: Any = FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    set_limits(ax, frame)
    for spine in ax.spines.values():
        spine.set_visible(False)
    layers, area = result.layers, result.area
    wet = draw_ground(ax, layers, area, frame, base=spec.base, taxonomy=result.taxonomy)
    poor = hatch_poor(ax, poor_units(result, shown_pillars(result, spec)), area, box=frame.box)
    unmapped = draw_unmapped(ax, layers, area, frame)
    canvas.draw()
    image = np.asarray(canvas.buffer_rgba()).copy()
    return Ground(image, wet, poor, unmapped)


def draw_one(
    ax: Axes, result: Result, spec: MapSpec, panel: Panel, ground: Ground,
    *, frame: Frame, held: BaseGeometry, marker_mm: float,
) -> tuple[list[Drawn], bool]:  # fmt: skip
    """
    Draw one panel.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    result : Result
        With the map's layers.
    spec : MapSpec
        With `panels`.
    panel : Panel
        Which class.
    ground : Ground
        From `paint_ground`.
    frame : Frame
        Of every panel.
    held : geometry, working CRS
        What stays clear of the veil.
    marker_mm : float, millimetres
        Width of a marker of size 1: the same in every panel, so that panels compare.

    Returns
    -------
    drawn : list of Drawn
        One a layer, in the order of the map's.
    nested : bool
        Whether other boundaries than the primary one are seen.
    """
    x0, y0, x1, y1 = frame.box
    ax.imshow(ground.image, extent=(x0, x1, y0, y1), aspect="auto", zorder=0.5)
    drawn = []
    shown = [it for it in spec.layers if it.layer in result.layers]
    for it in reversed(shown):  # what is listed first lies on top
        own = it.model_copy(update={"where": {**it.where, str(spec.panels): (panel.id,)}})
        layer = result.layers[it.layer]
        drawn.append(draw_layer(ax, layer, own, result.taxonomy, frame, marker_mm=marker_mm))
    if spec.frame.dim:
        draw_veil(ax, held, frame)
    return drawn[::-1], draw_boundaries(ax, result.area, frame, marked=spec.frame.marked)


def joined(drawn: Sequence[Drawn]) -> Drawn:
    """
    Put together what one layer became in every panel.

    Parameters
    ----------
    drawn : sequence of Drawn
        The layer's, one a panel.

    Returns
    -------
    Drawn
        Each feature once; each line of the legend once.
    """
    legend = merged(group for it in drawn for group in it.legend)
    lost = [it.not_placed for it in drawn if it.not_placed is not None]
    return Drawn(
        _once([it.rows for it in drawn]), legend,
        markers=np.vstack([it.markers for it in drawn]), not_placed=_once(lost) if lost else None, counted=drawn[0].counted,
    )  # fmt: skip


def _once(tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """All rows, those of one id once."""
    filled = [table for table in tables if len(table)]
    rows = pd.concat(filled) if filled else tables[0]
    return rows[~rows.index.duplicated()]
