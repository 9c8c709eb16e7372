"""The one map of a sheet, with its inset and its graticule."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import shapely

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.clear import clear_of
from creative_spatial.plotters.content import Aside, Content, draw_content
from creative_spatial.plotters.furniture.graticule import draw_graticule
from creative_spatial.plotters.inset_map import draw_inset, draw_outline, head_mm, with_inset
from creative_spatial.plotters.insets import in_strip
from creative_spatial.plotters.list_box import draw_list, room_for
from creative_spatial.plotters.looks import with_classes
from creative_spatial.plotters.lost import LISTED_MORE, lost_group, lost_of
from creative_spatial.plotters.numbered import foreseen, list_of, numbers_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.insets import Inset
    from creative_spatial.plotters.layout import Layout
    from creative_spatial.plotters.sheet import MapSheet
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result


def draw_single(
    sheet: MapSheet, layout: Layout, result: Result, spec: MapSpec, languages: Sequence[str],
    *, held: BaseGeometry, inset: Inset | None = None,
) -> Content:  # fmt: skip
    """
    Draw the one map of a sheet.

    Parameters
    ----------
    sheet : MapSheet
        The page.
    layout : Layout
        Where the map stands.
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    languages : sequence of str
        One or two.
    held : geometry, working CRS
        What stays clear of the veil.
    inset : Inset, optional
        With a corner on the map, or in the layout's strip.

    Returns
    -------
    Content
        What legend and notes say of map and inset.
    """
    (corner,) = layout.corners
    frame = layout.frame
    result = with_classes(result, spec, frame)
    ax = sheet.add_map(*corner, frame)
    numbers: Mapping[int, Mapping[str, int]] = numbers_on(result, spec, frame)
    aside = Aside(numbers=numbers, listed=_listed(spec, numbers))
    drawn: Content | None = None
    if inset is not None:
        inset = _in_layout(inset, result, spec, layout, languages=languages)
        place = _place(layout, inset)
        drawn = draw_inset(
            sheet, place, inset, result, spec, languages=languages, held=held, aside=aside
        )
        aside = _beside(aside, drawn, inset, frame, (place[0] - corner[0], place[1] - corner[1]))
    groups = list_of(foreseen(result, spec, numbers), result, spec, frame)
    lost = lost_group(lost_of(result, spec, frame), tight=True, together=LISTED_MORE)
    room = None
    if groups:
        also = [shapely.transform(it, frame.to_mm) for it in (*aside.keep_off, *aside.outlined)]
        clear = clear_of(result, spec, frame, held)
        # What is not placed stands below the list, if there is room on the map for both.
        if lost is not None:
            room = room_for((*groups, lost), languages, clear, also=also)
        if room is None:
            lost, room = None, room_for(groups, languages, clear, also=also)
    if room is not None:
        listed = shapely.transform(room.shape, frame.to_crs)
        aside = replace(aside, keep_off=(*aside.keep_off, listed))
    content = draw_content(ax, result, spec, frame, languages, held=held, aside=aside)
    if inset is not None and drawn is not None:
        draw_outline(ax, inset)
        content = with_inset(content, drawn, inset)
    if room is not None:
        groups = list_of(content.listed.values(), result, spec, frame)
        draw_list(sheet.page, corner, room, (*groups, *([lost] if lost else [])), languages)
        content = replace(content, list_on_map=True, lost_on_map=lost is not None)
    draw_graticule(sheet.page, frame, *corner, languages[0])
    return content


def _beside(
    aside: Aside, drawn: Content, inset: Inset, frame: Frame, corner: tuple[float, float]
) -> Aside:
    """What the map owes to its inset, which stands at a corner in millimetres of the map."""
    x, y = corner
    covered = shapely.box(x, y, x + inset.frame.width_mm, y + inset.height_mm)
    elsewhere = {
        at: {key: number for key, number in given.items() if key not in drawn.listed}
        for at, given in aside.numbers.items()
    }
    return replace(
        aside, numbers=elsewhere, named=frozenset(it.label.lines[0][0] for it in drawn.labels), outlined=(inset.frame.polygon,),
        keep_off=(shapely.transform(covered, frame.to_crs),),
        limit=cartography().labels.limit - len(drawn.labels),
    )  # fmt: skip


def _in_layout(
    inset: Inset, result: Result, spec: MapSpec, layout: Layout, *, languages: Sequence[str]
) -> Inset:
    """The inset, as wide as the strip where it stands there."""
    if inset.corner is not None or layout.strip is None:
        return inset
    head = partial(head_mm, languages=languages)
    return in_strip(inset, result, spec, layout.frame, layout.strip[2], head_mm=head)


def _listed(spec: MapSpec, numbers: Mapping[int, Mapping[str, int]]) -> frozenset[tuple[str, str]]:
    """Layer and id of what the list names."""
    return frozenset(
        (spec.layers[at].layer, key)
        for at, given in numbers.items()
        if spec.layers[at].numbered is not None
        for key in given
    )


def _place(layout: Layout, inset: Inset) -> tuple[float, float]:
    """Where the inset stands on the page."""
    if inset.corner is None and layout.strip is not None:
        return layout.strip[:2]
    ((left, bottom),) = layout.corners
    x, y = inset.corner or (0.0, 0.0)
    return (left + x, bottom + y)
