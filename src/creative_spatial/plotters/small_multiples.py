"""Small multiples on Axes: for notebooks, from a result or from a plain GeoDataFrame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.area import StudyArea
from creative_spatial.crs import require_crs
from creative_spatial.errors import ConfigError
from creative_spatial.plotters.attribution import any_illustrative, credits_list, credits_sentence
from creative_spatial.plotters.canvas import legend_handles
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.evidence import with_evidence
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.foot import FOOT_PT, add_foot
from creative_spatial.plotters.frame import axes_size_mm, fit_frame
from creative_spatial.plotters.ground import ground_rows
from creative_spatial.plotters.legend_items import LegendGroup, merged, worded
from creative_spatial.plotters.maps import find_map, held_area
from creative_spatial.plotters.multiples import say_empty
from creative_spatial.plotters.panels import draw_one, paint_ground, panels_of
from creative_spatial.plotters.points import crowded_mm
from creative_spatial.plotters.sheet import set_limits
from creative_spatial.plotters.specs import MapSpec
from creative_spatial.plotters.typeset import lines_of, style_for
from creative_spatial.plotters.words import check_languages, format_number, in_language, word
from creative_spatial.result import ROW_COLUMNS, Result
from creative_spatial.schema import source_ids
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes

    from creative_spatial.plotters.panels import Panel
    from creative_spatial.provenance import Source

COLUMNS, PANEL_INCHES, LEGEND_INCHES, LEGEND_LOW_INCHES = 4, (2.0, 2.5), 0.75, 0.4
GROUND_DPI = 150


def plot_small_multiples(
    features: gpd.GeoDataFrame | Result, area: StudyArea | str, *, by: str | None = None, taxonomy: Taxonomy | None = None,
    background: Mapping[str, gpd.GeoDataFrame] | None = None, language: str = "en",
    sources: Mapping[str, Source] | None = None, axes: Sequence[Axes] | None = None,
) -> np.ndarray[Any, Any]:  # fmt: skip
    """
    Draw one small map for each class, all in one frame on one ground.

    Parameters
    ----------
    features : GeoDataFrame, n rows, or Result
        In the area's CRS; or the result that holds them.
    area : StudyArea, or str
        Where; with a result, the id of one of its maps that has panels, e.g. "fields".
    by : str, optional
        Column whose classes get a panel each, with a GeoDataFrame: that of a legend, or any
        column of few values. Not with a result, whose map says it.
    taxonomy : Taxonomy, optional
        Its legends, with a GeoDataFrame; the package's otherwise.
    background : mapping of str to GeoDataFrame, optional
        `water`, `land_use`, `streets`, `buildings` below a GeoDataFrame.
    language : str
        Of headings and legend.
    sources : mapping of str to Source, optional
        What the ids in `source_id` stand for, for the credits; a result knows its own.
    axes : sequence of Axes, optional
        Where to draw, one for each class; a new figure otherwise.

    Returns
    -------
    array of Axes
        One a class, each with its label and its number of features inside the boundary; an
        empty one says that this is no proof of absence.

    Raises
    ------
    ConfigError
        If the arguments do not belong together, there is no such map or language, there
        are more classes than Axes, or more than can be told apart.
    CRSError
        If the features are not in the area's CRS.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.area import StudyArea
    >>> town = gpd.GeoDataFrame(index=["town"], geometry=[shapely.box(600_000, 790_000, 602_000, 792_000)],
    ...     crs="EPSG:32647")
    >>> area = StudyArea.from_geometries(town, name="Town", grid="square", cell_m=500)
    >>> looms = gpd.GeoDataFrame({"material": ["silk", "cotton"]}, crs="EPSG:32647",
    ...     geometry=gpd.points_from_xy([600_500, 601_500], [791_000, 791_500]))
    >>> [ax.get_title(loc="left") for ax in plot_small_multiples(looms, area, by="material")]
    ['cotton: 1', 'silk: 1']
    """
    check_languages([language])
    result, spec = _chosen(features, area, by, taxonomy, background=background, sources=sources)
    panels = panels_of(result, spec)
    drawn_on = _ready(axes, len(panels))
    held = held_area(result, spec)
    size = axes_size_mm(drawn_on[0])
    frame = fit_frame(
        held, result.area.crs, width_mm=size[0], height_mm=size[1], margin=spec.frame.margin
    )
    ground = paint_ground(result, spec, frame, dpi=GROUND_DPI)
    marker = crowded_mm(max(sum(count for _, count in panel.counts) for panel in panels))
    groups: list[LegendGroup] = []
    for panel, ax in zip(panels, drawn_on, strict=False):
        set_limits(ax, frame)
        ax.set_aspect("equal")
        found, _ = draw_one(
            ax, result, spec, panel, ground, frame=frame, held=held, marker_mm=marker
        )
        groups += [group for it in found for group in it.legend]
        if panel.empty:
            say_empty(ax, frame, [language])
        ax.set_title(
            drawable(_heading(panel, language)), loc="left", fontfamily=font_family(language), fontsize=7.5,
            parse_math=False, pad=3,
        )  # fmt: skip
    for ax in drawn_on[len(panels) :]:
        ax.set_axis_off()
    last = drawn_on[len(panels) - 1]
    _add_legend(last, merged(groups), language)
    _add_credits(last, result, spec, language, whole=axes is None)
    return np.array(drawn_on[: len(panels)], dtype=object)


def _chosen(
    features: Any,
    area: Any,
    by: str | None,
    taxonomy: Taxonomy | None,
    *,
    background: Any,
    sources: Any,
) -> tuple[Result, MapSpec]:
    """Sort the two ways of calling apart, and refuse what is neither."""
    if isinstance(features, Result):
        if not isinstance(area, str) or by is not None:
            raise ConfigError(
                "plot_small_multiples with a Result takes the id of one of its maps second, and no `by`."
            )
        spec = find_map(area, features)
        if spec.panels is None:
            raise ConfigError(f"Map {area!r} has no panels.")
        return with_evidence(features, spec), spec
    if not isinstance(area, StudyArea) or by is None:
        raise ConfigError(
            "plot_small_multiples takes a GeoDataFrame, a StudyArea and `by`, or a Result and the id of a "
            f"map; found a {type(features).__name__}, a {type(area).__name__} and by={by!r}."
        )
    require_crs(area.crs, features=features)
    result = Result(
        area=area, taxonomy=taxonomy or Taxonomy.load(), indicators=pd.DataFrame(columns=list(ROW_COLUMNS)),
        layers={**(background or {}), "features": features}, sources=sources or {},
    )  # fmt: skip
    spec = MapSpec.model_validate({
        "id": "features", "title": {"en": by}, "reference": "Features by class", "message": [{"en": "{boundary}"}],
        "base": "muted", "panels": by, "layers": [{"layer": "features", "size": 0.72}],
    })  # fmt: skip
    return result, spec


def _ready(axes: Sequence[Axes] | None, count: int) -> list[Axes]:
    """The Axes to draw on: those given, or new ones."""
    if axes is not None:
        given: list[Axes] = list(np.asarray(axes, dtype=object).ravel())
        if len(given) < count:
            raise ConfigError(f"{count} classes need as many Axes; there are {len(given)}.")
        return given
    import matplotlib.pyplot as plt

    columns = min(count, COLUMNS)
    rows = math.ceil(count / columns)
    figure, made = plt.subplots(
        rows, columns, squeeze=False,
        figsize=(PANEL_INCHES[0] * max(columns, 2), PANEL_INCHES[1] * rows + LEGEND_INCHES),
    )  # fmt: skip
    share = LEGEND_INCHES / float(figure.get_size_inches()[1])
    figure.subplots_adjust(left=0.01, right=0.99, top=0.95, bottom=share, wspace=0.06, hspace=0.14)
    return list(made.ravel())


def _heading(panel: Panel, language: str) -> str:
    """The class and its numbers, one for each layer of the map."""
    counts = " / ".join(format_number(count, 0, language) for _, count in panel.counts)
    return f"{in_language(panel.labels, language) if panel.labels else panel.id}: {counts}"


def _add_legend(ax: Axes, groups: Sequence[LegendGroup], language: str) -> None:
    """One legend for all panels, at the foot of the figure."""
    handles = [handle for handle in legend_handles(groups, language) if handle.get_label()]
    figure: Any = ax.get_figure(root=True)
    if handles:
        figure.legend(
            handles=handles, loc="lower right", ncols=min(len(handles), 4), frameon=False,
            bbox_to_anchor=(1.0, LEGEND_LOW_INCHES / float(figure.get_size_inches()[1])),
            prop={"family": font_family(language), "size": 7},
        )  # fmt: skip


def _add_credits(ax: Axes, result: Result, spec: MapSpec, language: str, *, whole: bool) -> None:
    """What is illustrative, and whose data it is: below the Axes, or below the `whole` figure."""
    shown: list[Any] = [result.layers[it.layer] for it in spec.layers if it.layer in result.layers]
    tables = [*shown, *ground_rows(result.layers, result.area)]
    invented = any(any_illustrative(table, result.sources) for table in tables)
    lines = credits_list(source_ids(*tables), result.sources)
    if not whole:
        warning = worded("illustrative_some") if invented else None
        add_foot(ax, lines, language, warning=warning)
        return
    figure: Any = ax.get_figure(root=True)
    width, height = (25.4 * float(side) for side in figure.get_size_inches())
    ground = cartography().ground
    mark = style_for(language, FOOT_PT, color=ground.locator_mark, bold=True)
    quiet = style_for(language, FOOT_PT, color=ground.quiet_ink)
    said = []
    if invented:
        said += [
            (line, mark)
            for line in lines_of(word("illustrative_some", language), mark, 0.5 * width)
        ]
    sentence = credits_sentence([drawable(line) for line in lines], [language])
    said += [(line, quiet) for line in lines_of(sentence, quiet, 0.96 * width, most=3)]
    top = quiet.leading_mm * len(said)
    for line, style in said:
        top -= quiet.leading_mm
        figure.text(0.01, (top + 1.0) / height, line, va="bottom", **style.properties())
