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
from creative_spatial.plotters.attribution import (
    any_illustrative,
    credits_list,
    credits_of,
    credits_sentence,
    illustrative_mark,
)
from creative_spatial.plotters.canvas import add_legend, ready_axes
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.content import Content, draw_content
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.foot import add_foot
from creative_spatial.plotters.frame import Frame, axes_size_mm, frame_of
from creative_spatial.plotters.ground import draw_boundaries, draw_ground, ground_rows
from creative_spatial.plotters.layers import draw_layer
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.maps import find_map, held_area, known_maps
from creative_spatial.plotters.messages import compose
from creative_spatial.plotters.specs import LayerSpec, MapSpec
from creative_spatial.plotters.symbols import selected
from creative_spatial.plotters.typeset import lines_of, style_for
from creative_spatial.plotters.words import check_languages, in_language
from creative_spatial.result import Result
from creative_spatial.schema import source_ids
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.drawn import Drawn
    from creative_spatial.plotters.legend_items import LegendGroup
    from creative_spatial.provenance import Source

MESSAGE_PT = 7.5
DRAWN_AS: dict[int, Literal["area", "line", "point"]] = {2: "area", 1: "line", 0: "point"}


def plot_features(
    features: gpd.GeoDataFrame, area: StudyArea, *, taxonomy: Taxonomy | None = None, language: str = "en",
    hue: str | None = None, shape: str | None = None, sources: Mapping[str, Source] | None = None,
    ax: Axes | None = None,
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
    sources : mapping of str to Source, optional
        What the ids in `source_id` stand for, e.g. ``result.sources``, for the credits.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.
    """
    require_crs(area.crs, features=features)
    check_languages([language])
    facts = taxonomy or Taxonomy.load()
    ax = ready_axes(ax, area, credit=_owed([features], sources or {}, language))
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
    _credit(ax, [features], sources or {}, language)
    return ax


def plot_zones(
    zones: gpd.GeoDataFrame, area: StudyArea, *, taxonomy: Taxonomy | None = None, language: str = "en",
    hue: str = "group", sources: Mapping[str, Source] | None = None, ax: Axes | None = None,
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
    sources : mapping of str to Source, optional
        What the ids in `source_id` stand for, for the credits.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With a legend.
    """
    require_crs(area.crs, zones=zones)
    check_languages([language])
    ax = ready_axes(ax, area, credit=_owed([zones], sources or {}, language))
    spec = LayerSpec(layer="zones", draw="area", hue=hue)
    drawn: Drawn = draw_layer(ax, zones, spec, taxonomy or Taxonomy.load(), frame_of(ax, area.crs))
    add_legend(ax, drawn.legend, language)
    _credit(ax, [zones], sources or {}, language)
    return ax


def plot_background(
    background: Result | Mapping[str, gpd.GeoDataFrame],
    area: StudyArea,
    *,
    base: str = "full",
    language: str = "en",
    sources: Mapping[str, Source] | None = None,
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
    language : str
        Of the credits.
    sources : mapping of str to Source, optional
        What the ids in `source_id` stand for, for the credits; a result knows its own.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With the boundaries on top.
    """
    check_languages([language])
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
    own = background.sources if isinstance(background, Result) else {}
    known = {**own, **(sources or {})}
    tables = ground_rows(layers, area)
    ax = ready_axes(ax, area, credit=_owed(tables, known, language))
    frame = frame_of(ax, area.crs)
    taxonomy = background.taxonomy if isinstance(background, Result) else Taxonomy.load()
    draw_ground(ax, layers, area, frame, base=base, taxonomy=taxonomy)
    draw_boundaries(ax, area, frame)
    _credit(ax, tables, known, language)
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
        If there is no such pillar or language.
    """
    if pillar_id not in result.taxonomy.pillars:
        raise ConfigError(
            f"Unknown pillar {pillar_id!r}; there are {', '.join(result.taxonomy.pillars)}."
        )
    own = [spec for spec in known_maps(result).values() if spec.pillar == pillar_id]
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
    return _plot_map(result, find_map("overview", result), language, ax)


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
    """The content of a map on an Axes: message above, legend beside, credits below."""
    spoken = language or result.area.languages[0]
    check_languages([spoken])
    held = held_area(result, spec)
    ax = ready_axes(ax, result.area, held, credit=credits_of(result, spec, [spoken]))
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
    style = style_for(spoken, MESSAGE_PT)
    lines = lines_of(message, style, max(axes_size_mm(ax)[0], 40.0))
    ax.annotate(
        "\n".join(lines), xy=(0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points",
        va="bottom", annotation_clip=False, **style.properties(),
    )  # fmt: skip
    pad = 6 + len(lines) * style.leading_mm * POINTS_PER_MM
    ax.set_title(
        title, loc="left", fontfamily=families, fontweight="bold", parse_math=False, pad=pad
    )
    lines_of_credit = credits_list(content.source_ids, result.sources)
    add_foot(ax, lines_of_credit, spoken, warning=illustrative_mark(result, content))
    return ax


def _owed(tables: Sequence[pd.DataFrame], sources: Mapping[str, Source], language: str) -> str:
    """The credits of plain tables, as a sentence."""
    return credits_sentence(credits_list(set(source_ids(*tables)), sources), [language])


def _credit(
    ax: Axes, tables: Sequence[pd.DataFrame], sources: Mapping[str, Source], language: str
) -> None:
    """The foot for plain tables, by what their columns say."""
    invented = any(any_illustrative(table, sources) for table in tables)
    add_foot(
        ax, credits_list(set(source_ids(*tables)), sources), language,
        warning=worded("illustrative_some") if invented else None,
    )  # fmt: skip
