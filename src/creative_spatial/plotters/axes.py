"""
Maps on Axes: for notebooks, from a result or from plain GeoDataFrames.

Each function draws on the Axes it is given, or makes one, and returns it; none shows or
saves. Layers drawn on one Axes after another share its limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import require_crs
from creative_spatial.errors import ConfigError
from creative_spatial.plotters.canvas import add_legend, ready_axes
from creative_spatial.plotters.content import Content, draw_content
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.frame import Frame, frame_of
from creative_spatial.plotters.ground import draw_boundaries, draw_ground
from creative_spatial.plotters.layers import draw_layer
from creative_spatial.plotters.maps import find_map, held_area
from creative_spatial.plotters.messages import compose
from creative_spatial.plotters.specs import LayerSpec, MapSpec, load_maps
from creative_spatial.plotters.symbols import selected
from creative_spatial.plotters.words import in_language
from creative_spatial.result import Result
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.axes import Axes

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.drawn import Drawn
    from creative_spatial.plotters.legend_items import LegendGroup

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
