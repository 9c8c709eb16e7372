"""
Maps on Axes: for notebooks, from a result or from plain GeoDataFrames.

Each function draws on the Axes it is given, or makes one, and returns it; none shows or
saves. Layers drawn on one Axes after another share its limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import require_crs
from creative_spatial.errors import ConfigError
from creative_spatial.plotters.artists import add_polygons
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.content import Content, draw_content
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.frame import Frame, axes_size_mm, fit_frame, frame_of
from creative_spatial.plotters.ground import draw_boundaries, draw_ground
from creative_spatial.plotters.layers import Z_ZONES, Drawn, darker, draw_layer
from creative_spatial.plotters.maps import find_map, held_area
from creative_spatial.plotters.messages import compose
from creative_spatial.plotters.sheet import set_limits
from creative_spatial.plotters.specs import LayerSpec, MapSpec, load_maps
from creative_spatial.plotters.symbols import selected
from creative_spatial.plotters.words import format_number, in_language, word
from creative_spatial.result import Result
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.legend_items import LegendGroup, LegendItem

AXES_MARGIN = 0.06
DRAWN_AS: dict[int, Literal["area", "line", "point"]] = {2: "area", 1: "line", 0: "point"}


def plot_features(
    features: gpd.GeoDataFrame, area: StudyArea, *, taxonomy: Taxonomy | None = None, language: str = "en",
    hue: str | None = None, shape: str | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw features by their classes: points as markers, areas filled, lines as lines.

    Parameters
    ----------
    features : GeoDataFrame, n rows
        In the area's CRS.
    area : StudyArea
        Where.
    taxonomy : Taxonomy, optional
        Its legends; the package's otherwise.
    language : str
        Of the legend.
    hue, shape : str, optional
        Columns that colour and marker show: a legend of the taxonomy (`community`,
        `kind`, `lead`, `group`) or any column of few values. Left out, `hue` is the
        first legend the features have values for.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.
    """
    require_crs(area.crs, features=features)
    facts = taxonomy or Taxonomy.load()
    ax = ready_axes(ax, area)
    hue = hue or default_hue(features, facts)
    kinds = (
        shapely.get_dimensions(features.geometry.to_numpy()) if len(features) else np.empty(0, int)
    )
    groups: list[LegendGroup] = []
    for dimension, draw in DRAWN_AS.items():
        rows = features[kinds == dimension]
        if not len(rows):
            continue
        spec = LayerSpec(
            layer="features", draw=draw, hue=hue, shape=shape if dimension == 0 else None
        )
        drawn = draw_layer(ax, rows, spec, facts, frame_of(ax, area.crs))
        groups += drawn.legend
    add_legend(ax, groups, language)
    return ax


def plot_zones(
    zones: gpd.GeoDataFrame, area: StudyArea, *, taxonomy: Taxonomy | None = None, language: str = "en",
    hue: str = "group", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw zones as filled areas, at most seven classes and the rest as one.

    Parameters
    ----------
    zones : GeoDataFrame of (Multi)Polygon, n rows
        In the area's CRS.
    area : StudyArea
        Where.
    taxonomy : Taxonomy, optional
        Its legends; the package's otherwise.
    language : str
        Of the legend.
    hue : str
        The column that colour shows.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.
    """
    require_crs(area.crs, zones=zones)
    ax = ready_axes(ax, area)
    spec = LayerSpec(layer="zones", draw="area", hue=hue)
    drawn: Drawn = draw_layer(ax, zones, spec, taxonomy or Taxonomy.load(), frame_of(ax, area.crs))
    add_legend(ax, drawn.legend, language)
    return ax


def plot_background(
    background: Result | Mapping[str, gpd.GeoDataFrame],
    area: StudyArea,
    *,
    base: str = "full",
    ax: Axes | None = None,
) -> Axes:
    """
    Draw the ground: land, water, land use, streets, buildings, and the boundaries.

    Parameters
    ----------
    background : Result or mapping of str to GeoDataFrame
        `sea`, `water`, `land_use`, `streets`, `buildings`, each where there is one.
    area : StudyArea
        Where.
    base : {"full", "muted", "water"}
        How loud.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With the boundaries on top.
    """
    layers = dict(background.layers if isinstance(background, Result) else background)
    if "sea" in layers:
        parts = [layers.pop("sea"), *([layers["water"]] if "water" in layers else [])]
        layers["water"] = pd.concat([part for part in parts if len(part)] or parts[:1])
    require_crs(
        area.crs,
        **{
            name: layers[name]
            for name in ("water", "land_use", "streets", "buildings")
            if name in layers
        },
    )
    ax = ready_axes(ax, area)
    frame = frame_of(ax, area.crs)
    taxonomy = background.taxonomy if isinstance(background, Result) else Taxonomy.load()
    draw_ground(ax, layers, area, frame, base=base, taxonomy=taxonomy)
    draw_boundaries(ax, area, frame)
    return ax


def plot_values(
    values: pd.Series[float], area: StudyArea, *, scheme: str = "quantiles", k: int = 5, cmap: str = "YlGnBu",
    label: str = "", decimals: int = 1, language: str = "en", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw one number a unit as a choropleth; null is hatched and called "no data".

    Parameters
    ----------
    values : Series of float
        Indexed by units of the area.
    area : StudyArea
        Whose units.
    scheme : str
        A classifier of mapclassify, e.g. "quantiles", "naturalbreaks", "equalinterval".
    k : int
        Classes wanted; fewer where there are fewer values.
    cmap : str
        A sequential colour map of matplotlib.
    label : str
        Heading of the legend, with the unit.
    decimals : int
        Of the class limits.
    language : str
        Of the legend.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.

    Raises
    ------
    ConfigError
        If a value belongs to no unit.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Patch

    strangers = values.index.difference(area.units.index)
    if len(strangers):
        raise ConfigError(
            f"`values` has units that the area has not, e.g. {strangers[:3].tolist()}."
        )
    ax = ready_axes(ax, area)
    units = np.asarray(area.units.geometry.reindex(values.index), dtype=object)
    known = values.notna().to_numpy()
    handles = []
    numbers = np.asarray(values[known], dtype=np.float64)
    for lower, upper, members, share in _value_classes(numbers, scheme, k):
        color = colormaps[cmap](0.15 + 0.75 * share)
        add_polygons(
            ax,
            units[known][members],
            facecolors=[color],
            edgecolors=[color],
            linewidths=0.15,
            zorder=Z_ZONES,
        )
        span = " – ".join(
            format_number(limit, decimals, language) for limit in dict.fromkeys((lower, upper))
        )
        handles.append(Patch(facecolor=color, edgecolor="#777777", linewidth=0.4, label=span))
    if not known.all():
        style: dict[str, Any] = {"facecolor": "#F2F2F2", "hatch": "////", "hatchcolor": "#B5B5B5"}
        add_polygons(
            ax,
            units[~known],
            facecolors="#F2F2F2",
            edgecolors="none",
            hatch="////",
            hatchcolors="#B5B5B5",
            zorder=Z_ZONES,
        )
        handles.append(
            Patch(**style, edgecolor="#777777", linewidth=0.4, label=word("no_data", language))
        )
    draw_boundaries(ax, area, frame_of(ax, area.crs))
    _legend_of(ax, handles, drawable(label), language)
    return ax


def _value_classes(
    numbers: np.ndarray[Any, np.dtype[np.float64]], scheme: str, k: int
) -> list[tuple[float, float, Any, float]]:
    """Lower and upper value, members, and place on the colour ramp of each class."""
    distinct = len(np.unique(numbers))
    if distinct == 0:
        return []
    if distinct == 1:
        return [(float(numbers[0]), float(numbers[0]), np.ones(len(numbers), dtype=bool), 0.5)]
    import mapclassify

    classifier = mapclassify.classify(numbers, scheme, k=min(k, distinct))
    used = sorted(set(classifier.yb.tolist()))
    classes = []
    for rank, number in enumerate(used):
        members = classifier.yb == number
        inside = numbers[members]
        classes.append(
            (float(inside.min()), float(inside.max()), members, rank / max(len(used) - 1, 1))
        )
    return classes


def plot_pillar(
    result: Result, pillar_id: str, *, language: str | None = None, ax: Axes | None = None
) -> Axes:
    """
    Draw a pillar's map without the sheet around it.

    Parameters
    ----------
    result : Result
        What to show.
    pillar_id : str
        One of the taxonomy's pillars; one without a map of its own gets a plain one.
    language : str, optional
        Of title, legend and names; the area's first otherwise.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With title and legend.

    Raises
    ------
    ConfigError
        If there is no such pillar.
    """
    if pillar_id not in result.taxonomy.pillars:
        raise ConfigError(
            f"Unknown pillar {pillar_id!r}; there are {', '.join(result.taxonomy.pillars)}."
        )
    own = [spec for spec in load_maps().values() if spec.pillar == pillar_id]
    spec = own[0] if own else plain_map(result, pillar_id)
    return _plot_map(result, spec, language, ax)


def plot_overview(result: Result, *, language: str | None = None, ax: Axes | None = None) -> Axes:
    """
    Draw the overview without the sheet around it.

    Parameters
    ----------
    result : Result
        What to show.
    language : str, optional
        Of title, legend and names; the area's first otherwise.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With title and legend.
    """
    return _plot_map(result, find_map("overview"), language, ax)


def plain_map(result: Result, pillar_id: str) -> MapSpec:
    """
    Specify a map for a pillar that has none.

    Parameters
    ----------
    result : Result
        With the pillar's layer.
    pillar_id : str
        The pillar.

    Returns
    -------
    MapSpec
        Its features by the first legend they have values for.
    """
    layer = result.layers.get(pillar_id)
    hue = None if layer is None else default_hue(layer, result.taxonomy)
    return MapSpec.model_validate({
        "id": f"pillar-{pillar_id}".replace("_", "-"),
        "title": result.taxonomy.pillars[pillar_id].labels,
        "reference": "Features of the pillar by class",
        "message": [{"en": "{boundary}"}],
        "pillar": pillar_id,
        "base": "muted",
        "layers": [{"layer": pillar_id, "hue": hue, "shape": hue}],
        "labels": [{"layer": pillar_id}],
    })  # fmt: skip


def default_hue(features: gpd.GeoDataFrame, taxonomy: Taxonomy) -> str | None:
    """
    Choose the column that colour shows.

    Parameters
    ----------
    features : GeoDataFrame, n rows
        A layer, annotated or not.
    taxonomy : Taxonomy
        Its legends.

    Returns
    -------
    str or None
        The first legend that most features have a value for; None where there is none.
    """
    if not len(features):
        return None
    rows = selected(features, {}, taxonomy, *taxonomy.legends)
    filled = {
        column: float(rows[column].notna().mean()) for column in taxonomy.legends if column in rows
    }
    return next((column for column, share in filled.items() if share > 0.5), None)


def ready_axes(ax: Axes | None, area: StudyArea, held: BaseGeometry | None = None) -> Axes:
    """
    Give an Axes the area's limits unless it has limits already.

    Parameters
    ----------
    ax : Axes or None
        None makes a figure through pyplot.
    area : StudyArea
        Where.
    held : geometry, working CRS, optional
        What it shows; the primary boundary otherwise.

    Returns
    -------
    Axes
        At one scale in both directions.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(7.5, 7.5), layout=None)
    if ax.get_xlim() == (0.0, 1.0) and ax.get_ylim() == (0.0, 1.0):
        size = axes_size_mm(ax)
        shown = area.primary if held is None else held
        fitted = fit_frame(shown, area.crs, width_mm=size[0], height_mm=size[1], margin=AXES_MARGIN)
        set_limits(ax, fitted)
        ax.set_aspect("equal")
    ax.set_autoscale_on(False)
    return ax


def _plot_map(result: Result, spec: MapSpec, language: str | None, ax: Axes | None) -> Axes:
    """The content of a map on an Axes, with its message as title."""
    spoken = language or result.area.languages[0]
    held = held_area(result, spec)
    ax = ready_axes(ax, result.area, held)
    frame: Frame = frame_of(ax, result.area.crs)
    content: Content = draw_content(ax, result, spec, frame, (spoken,), held=held)
    add_legend(ax, content.legend, spoken)
    title = drawable(
        in_language(spec.title, spoken).replace(
            "{city}", result.area.names.get(spoken, result.area.name)
        )
    )
    message = drawable(compose(spec.message, result, spoken))
    families = font_family(spoken)
    ax.set_title(
        title, loc="left", fontfamily=families, fontweight="bold", parse_math=False, pad=16
    )
    ax.text(
        0, 1.012, message, transform=ax.transAxes, fontsize=7.5, va="bottom", fontfamily=families, parse_math=False,
        clip_on=False,
    )  # fmt: skip
    return ax


def add_legend(ax: Axes, groups: Sequence[LegendGroup], language: str) -> Legend | None:
    """
    Add matplotlib's own legend for what was drawn.

    Parameters
    ----------
    ax : Axes
        The map.
    groups : sequence of LegendGroup
        From the layers.
    language : str
        Of the labels.

    Returns
    -------
    Legend or None
        None where there is nothing to explain.
    """
    handles = [_handle(item, language) for group in groups for item in group.items]
    return _legend_of(ax, handles, "", language)


def _legend_of(ax: Axes, handles: list[Any], title: str, language: str) -> Legend | None:
    """A legend beside the map, set in the language's families."""
    if not handles:
        return None
    families = font_family(language)
    legend = ax.legend(
        handles=handles, title=title or None, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
        frameon=False, prop={"family": families, "size": 7.5}, title_fontproperties={"family": families, "size": 8},
    )  # fmt: skip
    for text in (*legend.get_texts(), legend.get_title()):
        text.set_parse_math(False)
    return legend


def _handle(item: LegendItem, language: str) -> Any:
    """An artist that stands for a legend's line."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    label = drawable(in_language(item.labels, language)) if item.labels else ""
    if item.kind == "fill":
        return Patch(
            facecolor="none" if item.hollow else item.color, edgecolor=item.color if item.hollow else darker(item.color),
            hatch=item.hatch or None, hatchcolor=darker(item.color), linewidth=0.5, label=label,
        )  # fmt: skip
    if item.kind == "line":
        return Line2D(
            [],
            [],
            color=item.color,
            linestyle=item.dashes,
            linewidth=item.width_mm * POINTS_PER_MM,
            label=label,
        )
    marker = "s" if item.kind == "number" else "o" if item.kind in {"disc", "ring"} else item.marker
    hollow = item.hollow or item.kind == "ring"
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=6, label=label, alpha=0.4 if item.kind == "disc" else 1.0,
        markerfacecolor="#FFFFFF" if hollow else item.color, markeredgecolor=item.color if hollow else "#FFFFFF",
    )  # fmt: skip
