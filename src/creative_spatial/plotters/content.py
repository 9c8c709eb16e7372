"""What stands inside the neat line: ground, theme, veil, boundaries, names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from creative_spatial.plotters.artists import point_array
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.completeness import (
    POOR_ITEM,
    hatch_poor,
    poor_units,
    shown_pillars,
)
from creative_spatial.plotters.ground import (
    NESTED_MM,
    PRIMARY_MM,
    UNMAPPED_HATCH,
    draw_boundaries,
    draw_ground,
    draw_unmapped,
    draw_veil,
    ground_rows,
)
from creative_spatial.plotters.layers import draw_layer
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, merged, worded
from creative_spatial.plotters.lost import told
from creative_spatial.plotters.messages import boundary_name
from creative_spatial.plotters.naming import draw_labels, map_labels
from creative_spatial.plotters.squares import NUMBER_MM
from creative_spatial.plotters.water import water_items
from creative_spatial.schema import source_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.drawn import Drawn
    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.insets import Inset
    from creative_spatial.plotters.labels import Placed
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result


@dataclass(frozen=True)
class Content:
    """
    What was drawn inside the neat line.

    Parameters
    ----------
    frame : Frame
        What is seen.
    legend : tuple of LegendGroup
        Theme first, then the ground.
    n : int or None
        Features of the theme inside the frame; None where none is counted.
    are_areas : bool
        Whether n counts areas.
    illustrative : int
        How many of those n are invented.
    others_illustrative : bool
        Whether any other feature shown is.
    not_placed : list of dict of str to str
        Names by language of places too uncertain to draw.
    source_ids : frozenset of str
        Sources of what is shown.
    labels : tuple of Placed
        The names on the map.
    listed : mapping of str to LegendItem
        What a list on the sheet says of the numbered places, by feature.
    inset : Inset or None
        The second map of the sheet.
    list_on_map : bool
        Whether the list stands on the map itself, where it covers nothing.
    lost_on_map : bool
        Whether the names of what is not placed do so too.
    """

    frame: Frame
    legend: tuple[LegendGroup, ...]
    n: int | None
    are_areas: bool
    illustrative: int
    others_illustrative: bool
    not_placed: list[dict[str, str]]
    source_ids: frozenset[str]
    labels: tuple[Placed, ...]
    listed: Mapping[str, LegendItem] = field(default_factory=dict)
    inset: Inset | None = None
    list_on_map: bool = False
    lost_on_map: bool = False


@dataclass(frozen=True)
class Aside:
    """
    What a map owes to the rest of its sheet.

    Parameters
    ----------
    numbers : mapping of int to mapping of str to int
        By position of a layer in the map, the numbers that its features bear on this map.
    listed : frozenset of (str, str)
        Layer and id of features that a list on the sheet names.
    named : frozenset of str
        Names that stand on its other map already.
    keep_off : tuple of geometry, working CRS
        Where its other map covers it.
    outlined : tuple of geometry, working CRS
        What its other map shows.
    limit : int, optional
        Most names; the package's limit otherwise.
    """

    numbers: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    listed: frozenset[tuple[str, str]] = frozenset()
    named: frozenset[str] = frozenset()
    keep_off: tuple[BaseGeometry, ...] = ()
    outlined: tuple[BaseGeometry, ...] = ()
    limit: int | None = None


ALONE = Aside()


def draw_content(
    ax: Axes,
    result: Result,
    spec: MapSpec,
    frame: Frame,
    languages: Sequence[str],
    *,
    held: BaseGeometry,
    aside: Aside = ALONE,
) -> Content:
    """
    Draw everything inside the neat line.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    result : Result
        What to show.
    spec : MapSpec
        How.
    frame : Frame
        What is seen.
    languages : sequence of str
        One or two.
    held : geometry, working CRS
        What stays clear of the veil.
    aside : Aside
        What is said elsewhere on the sheet.

    Returns
    -------
    Content
        What legend and notes say.
    """
    area = result.area
    wet = draw_ground(ax, result.layers, area, frame, base=spec.base, taxonomy=result.taxonomy)
    numbered = [(it, aside.numbers.get(at)) for at, it in enumerate(spec.layers)]
    shown = [(it, numbers) for it, numbers in numbered if it.layer in result.layers]
    drawn: list[Drawn] = []
    for it, numbers in shown:
        squares = shapely.buffer(
            point_array(np.vstack([np.empty((0, 2)), *(
                done.barriers for done, (layer, _) in zip(drawn, shown, strict=False) if layer.draw == "number"
            )])),
            NUMBER_MM / 2 * frame.unit, cap_style="square",
        )  # fmt: skip
        drawn.append(draw_layer(
            ax, result.layers[it.layer], it, result.taxonomy, frame,
            numbers=numbers, keep_off=[*aside.keep_off, *squares],
        ))  # fmt: skip
    poor = hatch_poor(ax, poor_units(result, shown_pillars(result, spec)), area, box=frame.box)
    if spec.frame.dim:
        draw_veil(ax, held, frame)
    unmapped = draw_unmapped(ax, result.layers, area, frame)
    nested = draw_boundaries(ax, area, frame, marked=spec.frame.marked)
    markers = frame.to_mm(np.vstack([np.empty((0, 2)), *(it.markers for it in drawn)]))
    barriers = frame.to_mm(np.vstack([np.empty((0, 2)), *(it.barriers for it in drawn)]))
    radius = max((it.radius_mm for it in drawn), default=0.0)
    moved = {key: spot for it in drawn for key, spot in it.moved.items()}
    labels = map_labels(
        result,
        spec.labels,
        frame,
        languages,
        markers_mm=markers,
        radius_mm=radius,
        moved=moved,
        listed=aside.listed,
        named=aside.named,
    )
    outlined = [
        it.rows.geometry.to_numpy() for it, (layer, _) in zip(drawn, shown, strict=True)
        if layer.draw == "outline"
    ]  # fmt: skip
    edges = list(shapely.boundary(np.concatenate([
        area.boundaries.geometry.to_numpy(), *outlined, np.array(aside.outlined, dtype=object),
    ])))  # fmt: skip
    covered = [*aside.keep_off, *(shape for it in drawn for shape in it.covered)]
    placed = draw_labels(
        ax, labels, frame, obstacles_mm=markers, radius_mm=radius, avoid=edges, barriers_mm=barriers,
        keep_off=covered, limit=aside.limit,
    )  # fmt: skip
    counted = [it for it in drawn if it.counted and len(it.rows)][:1]
    return content_of(
        result, drawn, wet, frame, languages, counted=counted, nested=nested, unmapped=unmapped, poor=poor,
        labels=placed,
    )  # fmt: skip


def content_of(
    result: Result, drawn: Sequence[Drawn], wet: Sequence[str], frame: Frame, languages: Sequence[str],
    *, counted: Sequence[Drawn], nested: bool, unmapped: bool, poor: bool, labels: Sequence[Placed],
) -> Content:  # fmt: skip
    """
    Sum up what was drawn, for legend, notes and credits.

    Parameters
    ----------
    result : Result
        What is shown.
    drawn : sequence of Drawn
        One a layer.
    wet : sequence of str
        Legend groups of the water that is seen.
    frame : Frame
        What is seen.
    languages : sequence of str
        One or two.
    counted : sequence of Drawn
        Those of them whose features are n, each once; empty where nothing is counted.
    nested, unmapped, poor : bool
        Whether other boundaries, what lies beyond the data, or units of grade D are seen.
    labels : sequence of Placed
        The names on the map.

    Returns
    -------
    Content
        What legend and notes say.
    """
    shown = [it.rows for it in drawn if len(it.rows)]
    ids = source_ids(*shown, *ground_rows(result.layers, result.area))
    unplaced = [it.not_placed for it in drawn if it.not_placed is not None]
    lost = [told(row, result.taxonomy) for rows in unplaced for _, row in rows.iterrows()]
    theme = [it for drawn in counted for it in (drawn.rows, drawn.not_placed) if it is not None]
    n = {str(i) for rows in theme for i in rows.index}
    invented = {i for rows in (*shown, *unplaced) for i in _invented(rows, result)}
    return Content(
        frame=frame,
        legend=_legend(
            drawn, wet, result, frame, languages, nested=nested, unmapped=unmapped, poor=poor
        ),
        n=len(n) if counted else None,
        are_areas=bool(counted) and counted[0].are_areas,
        illustrative=len(invented & n),
        others_illustrative=bool(invented - n),
        not_placed=lost,
        source_ids=frozenset(ids),
        labels=tuple(labels),
        listed={key: item for it in drawn for key, item in it.listed.items()},
    )


def _invented(rows: gpd.GeoDataFrame, result: Result) -> list[str]:
    """Ids of the rows that are illustrative by themselves or by their source."""
    invented = np.zeros(len(rows), dtype=bool)
    if "accuracy" in rows:
        invented |= (rows["accuracy"] == "illustrative").to_numpy()
    if "source_id" in rows:
        examples = {
            key for key, source in result.sources.items() if source.accuracy == "illustrative"
        }
        stated = (
            rows["accuracy"].notna().to_numpy()
            if "accuracy" in rows
            else np.zeros(len(rows), dtype=bool)
        )
        invented |= rows["source_id"].isin(examples).to_numpy() & ~stated
    return rows.index[invented].astype(str).tolist()


def _legend(
    drawn: Sequence[Drawn],
    wet: Sequence[str],
    result: Result,
    frame: Frame,
    languages: Sequence[str],
    *,
    nested: bool,
    unmapped: bool,
    poor: bool,
) -> tuple[LegendGroup, ...]:
    """Groups of the theme, those without a heading and the ground as one last group."""
    ground = cartography().ground
    groups = merged(group for it in drawn for group in it.legend if group.title)
    loose = [
        item
        for group in merged(group for it in drawn for group in it.legend if not group.title)
        for item in group.items
    ]
    water = water_items(wet, result.taxonomy)
    said = {tuple(sorted(item.labels.items())) for item in water}
    water += [
        item for it in drawn for item in it.ground if tuple(sorted(item.labels.items())) not in said
    ]
    names = {language: boundary_name(result, language) for language in languages}
    names.setdefault("en", boundary_name(result, "en"))
    if poor:
        water.append(POOR_ITEM)
    if unmapped:
        water.append(LegendItem("fill", worded("unmapped"), ground.unmapped, hatch=UNMAPPED_HATCH))
    lines = []
    if shapely.intersects(shapely.boundary(result.area.primary), frame.polygon):
        lines.append(LegendItem("line", names, ground.outline, width_mm=PRIMARY_MM))
    if nested:
        lines.append(
            LegendItem(
                "line", worded("other_boundaries"), ground.nested, dashes="-.", width_mm=NESTED_MM
            )
        )
    return (*groups, LegendGroup({}, tuple(loose)), LegendGroup({}, (*water, *lines)))
