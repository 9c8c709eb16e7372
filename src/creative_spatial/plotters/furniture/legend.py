"""The legend: symbols with their labels in one or two languages, sized by what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from creative_spatial.plotters.artists import add_polygons
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.discs import DROP_MM, NUMBER_PT, face_of, ink_on
from creative_spatial.plotters.drawn import darker
from creative_spatial.plotters.furniture.block import Bilingual, Block, bilingual
from creative_spatial.plotters.signs import add_sign, add_signs, sign_ink
from creative_spatial.plotters.typeset import put_line, style_for
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.legend_items import LegendGroup, LegendItem

SWATCH_MM, _SWATCH_HEIGHT_MM = 6.0, 3.2
_TEXT_LEFT_MM = SWATCH_MM + 1.8
_ITEM_GAP_MM = 0.6
_ITEM_LEAST_MM = 3.1
MARKER_MM, SIGN_MM = 2.5, 0.9
_NUMBER_LEFT_MM, _SIGN_LEFT_MM, _BESIDE = 1.7, 4.7, 0.9


def legend_block(
    group: LegendGroup,
    languages: Sequence[str],
    width_mm: float,
    size: float,
    *,
    tight: bool = False,
    name: str = "legend",
) -> Block:
    """
    Build the block of one group of a legend.

    Parameters
    ----------
    group : LegendGroup
        Heading and items.
    languages : sequence of str
        One or two.
    width_mm : float, millimetres
        Of the column.
    size : float, points
        Size of type.
    tight : bool
        Both languages on one line where they fit.
    name : str
        What the block is called.

    Returns
    -------
    Block
        As high as its texts need.
    """
    heading = bilingual(
        group.title, languages, width_mm, size * 1.06, bold=True, most=2, tight=tight
    )
    texts = [
        bilingual(
            item.labels, languages, width_mm - _TEXT_LEFT_MM, size, most=item.lines, tight=tight
        )
        for item in group.items
    ]
    heights = [max(text.height_mm, _ITEM_LEAST_MM) + _ITEM_GAP_MM for text in texts]
    lead = heading.height_mm + (0.8 if heading.parts else 0.0)

    def draw(page: Axes, x: float, top: float) -> None:
        heading.draw(page, x, top)
        top -= lead
        for item, text, height in zip(group.items, texts, heights, strict=True):
            draw_symbol(page, item, x, top - _symbol_drop(text, height))
            text.draw(page, x + _TEXT_LEFT_MM, top - (height - _ITEM_GAP_MM - text.height_mm) / 2)
            top -= height

    return Block(name, lead + sum(heights), draw)


def _symbol_drop(text: Bilingual, height: float) -> float:
    """From an item's top to the middle of its symbol: beside the first language's lines."""
    if not text.parts:
        return height / 2
    lines, style = text.parts[0]
    own = (height - _ITEM_GAP_MM - text.height_mm) / 2 + len(lines) * style.leading_mm / 2 + 0.15
    return max(own, _ITEM_LEAST_MM / 2)


def draw_symbol(page: Axes, item: LegendItem, x: float, y: float) -> None:
    """
    Draw the symbol of a legend's line.

    Parameters
    ----------
    page : Axes
        In millimetres.
    item : LegendItem
        What it is.
    x, y : float, millimetres
        Left end, middle.
    """
    middle = x + SWATCH_MM / 2
    if item.kind == "fill":
        corner = (x, y - _SWATCH_HEIGHT_MM / 2)
        face = "none" if item.hollow else item.color
        edge = item.edge or (item.color if item.hollow else darker(item.color, 0.8))
        page.add_patch(
            Rectangle(
                corner,
                SWATCH_MM,
                _SWATCH_HEIGHT_MM,
                facecolor=face,
                edgecolor=edge,
                linestyle=item.dashes,
                linewidth=1.0 if item.edge else 0.4,
            )
        )
        if item.hatch:
            # As a collection, like the areas themselves: a patch without an edge loses its
            # hatch in PDF.
            swatch = shapely.box(x, corner[1], x + SWATCH_MM, corner[1] + _SWATCH_HEIGHT_MM)
            add_polygons(
                page, [swatch], facecolors="none", edgecolors="none", hatch=item.hatch,
                hatchcolors=darker(item.color), zorder=1.5,
            )  # fmt: skip
        add_signs(
            page, np.array([[middle, y]]), item.sign, sign_ink(item.color, hollow=item.hollow),
            np.array([SIGN_MM]),
        )  # fmt: skip
    elif item.kind == "line":
        page.add_line(Line2D(
            [x, x + SWATCH_MM], [y, y], color=item.color, linestyle=item.dashes,
            linewidth=item.width_mm * POINTS_PER_MM, solid_capstyle="butt", dash_capstyle="butt",
        ))  # fmt: skip
    elif item.kind == "disc":
        for share, alpha in ((1.0, 0.18), (0.72, 0.2), (0.42, 0.25)):
            page.add_patch(
                Circle(
                    (middle, y), 1.9 * share, facecolor=item.color, edgecolor="none", alpha=alpha
                )
            )
    elif item.kind == "ring":
        page.add_patch(
            Circle((middle, y), 1.6, facecolor="none", edgecolor=item.color, linewidth=0.6)
        )
        page.add_patch(Circle((middle, y), 0.8, facecolor="#9A9A9A", edgecolor="none"))
    elif item.kind == "number":
        page.add_patch(
            Rectangle(
                (middle - 1.45, y - 1.45), 2.9, 2.9, facecolor=face_of(item), edgecolor=item.color,
                linewidth=0.6,
            )
        )  # fmt: skip
        style = style_for("en", 6.2, color=item.color if item.hollow else "#FFFFFF", bold=True)
        page.text(middle, y, item.marker, ha="center", va="center_baseline", **style.properties())
    elif item.kind == "numbered":
        edge = item.color if item.hollow else darker(item.color)
        at = x + _NUMBER_LEFT_MM
        page.add_patch(Circle((at, y), 1.5, facecolor=face_of(item), edgecolor=edge, linewidth=0.6))
        style = style_for("en", NUMBER_PT, color=ink_on(face_of(item)), bold=True)
        put_line(page, at, y - DROP_MM, item.marker, style, align="center")
        if item.sign != PLAIN:
            # What the disc on the map has no room for: the number is in the place of the sign.
            _draw_marker(page, replace(item, marker="o", size=_BESIDE), x + _SIGN_LEFT_MM, y)
    else:
        _draw_marker(page, item, middle, y)


def _draw_marker(page: Axes, item: LegendItem, x: float, y: float) -> None:
    """A marker with its sign."""
    marker = Line2D(
        [x], [y], linestyle="none", marker=item.marker, markersize=MARKER_MM * POINTS_PER_MM * item.size,
        markerfacecolor="#FFFFFF" if item.hollow else item.color,
        markeredgecolor=item.color if item.hollow else "#FFFFFF",
        markeredgewidth=0.9 if item.hollow else 0.3,
    )  # fmt: skip
    add_sign(marker, item)
    page.add_line(marker)
