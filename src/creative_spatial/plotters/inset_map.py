"""Drawing the inset of a sheet: its head with name and scale, its frame, and its outline on the map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely
from matplotlib.patches import Rectangle

from creative_spatial.plotters.artists import add_lines
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.content import draw_content
from creative_spatial.plotters.drawn import Z_BOUNDARIES
from creative_spatial.plotters.furniture.block import bilingual
from creative_spatial.plotters.furniture.scale_bar import scale_block
from creative_spatial.plotters.insets import only_certain
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem
from creative_spatial.plotters.words import format_number, in_language, languages, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.content import Aside, Content
    from creative_spatial.plotters.furniture.block import Bilingual, Block
    from creative_spatial.plotters.insets import Inset
    from creative_spatial.plotters.sheet import MapSheet
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result

NAME_PT, NOTE_PT, SCALE_PT = 7.6, 5.8, 6.4
PAD_MM, LINE_PT, CASING_PT = 1.4, 1.1, 2.6
HEAD, FRAME, OUTLINE = "inset-head", "inset-frame", "inset-outline"


def head_mm(inset: Inset, *, languages: Sequence[str]) -> float:
    """
    Room above an inset for its name, how much it shows, and its scale.

    Parameters
    ----------
    inset : Inset
        What it shows.
    languages : sequence of str
        One or two.

    Returns
    -------
    float, millimetres
        With air around them.
    """
    name, note, scale = _head(inset, languages)
    return name.height_mm + note.height_mm + scale.height_mm + 2 * PAD_MM


def _head(inset: Inset, languages: Sequence[str]) -> tuple[Bilingual, Bilingual, Block]:
    """Name, how much it shows, and scale with scale bar."""
    width = inset.frame.width_mm - 2 * PAD_MM
    name = bilingual(inset.names, languages, width, NAME_PT, bold=True, most=1, tight=True)
    note = bilingual(
        inset_said("inset_shown", inset), languages, width, NOTE_PT, most=2, tight=True
    )
    return name, note, scale_block(inset.frame, languages, width, SCALE_PT)


def draw_inset(
    sheet: MapSheet, corner: tuple[float, float], inset: Inset, result: Result, spec: MapSpec,
    *, languages: Sequence[str], held: BaseGeometry, aside: Aside,
) -> Content:  # fmt: skip
    """
    Draw the inset.

    Parameters
    ----------
    sheet : MapSheet
        The page.
    corner : (left, bottom), millimetres
        Of the page.
    inset : Inset
        What it shows.
    result : Result
        With the map's layers.
    spec : MapSpec
        With `inset`.
    languages : sequence of str
        One or two.
    held : geometry, working CRS
        What stays clear of the veil.
    aside : Aside
        What is said elsewhere on the sheet.

    Returns
    -------
    Content
        What was drawn in it.
    """
    left, bottom = corner
    ax = sheet.add_map(left, bottom, inset.frame)
    ax.set_zorder(0.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    content = draw_content(
        ax, only_certain(result, spec, inset.frame), spec, inset.frame, languages, held=held,
        aside=replace(aside, limit=0 if spec.inset is None else spec.inset.names),
    )  # fmt: skip
    mark = cartography().ground.locator_mark
    wide, tall, head = inset.frame.width_mm, inset.frame.height_mm, inset.head_mm
    page = sheet.page
    page.add_patch(Rectangle(
        (left, bottom + tall), wide, head, facecolor="#FFFFFF", edgecolor="none", zorder=0.6, gid=HEAD,
    ))  # fmt: skip
    for color, line in (("#FFFFFF", CASING_PT), (mark, LINE_PT)):
        page.add_patch(Rectangle(
            (left, bottom), wide, tall + head, facecolor="none", edgecolor=color, linewidth=line, zorder=0.7, gid=FRAME,
        ))  # fmt: skip
    page.plot(
        [left, left + wide], [bottom + tall, bottom + tall], color=mark, linewidth=0.5, zorder=0.7
    )
    name, note, scale = _head(inset, languages)
    top = name.draw(page, left + PAD_MM, bottom + tall + head - PAD_MM)
    top = note.draw(page, left + PAD_MM, top)
    scale.draw(page, left + PAD_MM, top)
    return content


def draw_outline(ax: Axes, inset: Inset) -> None:
    """
    Outline on the map what its inset shows.

    Parameters
    ----------
    ax : Axes
        The map.
    inset : Inset
        With its frame.
    """
    for color, line in (("#FFFFFF", CASING_PT), (cartography().ground.locator_mark, LINE_PT)):
        add_lines(
            ax, [shapely.boundary(inset.frame.polygon)], colors=color, linewidths=line,
            capstyle="projecting", joinstyle="miter", zorder=Z_BOUNDARIES + 0.3, gid=OUTLINE,
        )  # fmt: skip


def with_inset(content: Content, drawn: Content, inset: Inset) -> Content:
    """
    Explain the inset in the legend of the map.

    Parameters
    ----------
    content : Content
        Of the map.
    drawn : Content
        Of the inset.
    inset : Inset
        What it shows.

    Returns
    -------
    Content
        Of both: every symbol of either is explained, every number listed.
    """
    said = [item for group in content.legend for item in group.items]
    # What the map has no use for, e.g. ties of what only the inset moved apart.
    only = tuple(
        item for group in drawn.legend for item in group.items
        if item not in said and item.kind in {"line", "ring"} and not group.title
    )  # fmt: skip
    outline = LegendItem(
        "fill", inset_said("inset", inset), cartography().ground.locator_mark, hollow=True
    )
    *groups, last = content.legend
    legend = (*groups, LegendGroup(last.title, (*last.items, *only, outline)))
    return replace(content, legend=legend, inset=inset, listed={**content.listed, **drawn.listed})


def inset_said(key: str, inset: Inset) -> dict[str, str]:
    """
    Word what the inset is, or how much of the map's places it shows.

    Parameters
    ----------
    key : str
        A table of ``text.toml`` with {name}, {scale}, {value} or {total}.
    inset : Inset
        What it shows.

    Returns
    -------
    dict of str to str
        By language.
    """
    codes = dict.fromkeys((*languages(), *inset.names))
    return {
        code: word(
            key, code, name=in_language(inset.names, code), scale=f"1:{format_number(inset.frame.scale, 0, code)}",
            value=format_number(inset.shown, 0, code), total=format_number(inset.total, 0, code),
        )
        for code in codes
    }  # fmt: skip
