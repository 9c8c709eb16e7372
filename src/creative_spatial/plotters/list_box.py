"""The list that keys numbers to names, and what is not placed, on the map where they cover nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import shapely
from matplotlib.patches import Rectangle

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.furniture.legend import legend_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.clear import Clear
    from creative_spatial.plotters.furniture.block import Block
    from creative_spatial.plotters.legend_items import LegendGroup

WIDTHS_MM, LIST_PT = (56.0, 46.0, 66.0), 6.6
PAD_MM, GAP_MM = 2.0, 1.6
GID = "list"


@dataclass(frozen=True)
class ListBox:
    """
    Room for the list on a map.

    Parameters
    ----------
    left, bottom, width, height : float, millimetres
        From the map's lower left corner.
    """

    left: float
    bottom: float
    width: float
    height: float

    @property
    def shape(self) -> BaseGeometry:
        """What it covers."""
        return shapely.box(
            self.left, self.bottom, self.left + self.width, self.bottom + self.height
        )


def room_for(
    groups: Sequence[LegendGroup], languages: Sequence[str], clear: Clear,
    *, also: Sequence[BaseGeometry] = (),
) -> ListBox | None:  # fmt: skip
    """
    Find room on a map for its list.

    Parameters
    ----------
    groups : sequence of LegendGroup
        The list.
    languages : sequence of str
        One or two.
    clear : Clear
        What it may not cover.
    also : sequence of geometry, millimetres
        What it may not cover either.

    Returns
    -------
    ListBox or None
        None without a list, or where it would cover something.
    """
    if not groups:
        return None
    for width in WIDTHS_MM:
        blocks = _blocks(groups, languages, width)
        high = sum(gap + it.height_mm for gap, it in blocks) + 2 * PAD_MM
        corner = clear.corner((width, high), near=shapely.union_all(clear.taken), also=also)
        if corner is not None:
            return ListBox(*corner, width, high)
    return None


def draw_list(
    page: Axes, corner: tuple[float, float], box: ListBox, groups: Sequence[LegendGroup],
    languages: Sequence[str],
) -> None:  # fmt: skip
    """
    Draw the list in its room.

    Parameters
    ----------
    page : Axes
        In millimetres.
    corner : (left, bottom), millimetres
        Of the map on the page.
    box : ListBox
        Where it stands on the map.
    groups : sequence of LegendGroup
        The list.
    languages : sequence of str
        One or two.
    """
    left, bottom = corner[0] + box.left, corner[1] + box.bottom
    page.add_patch(Rectangle(
        (left, bottom), box.width, box.height, facecolor="#FFFFFF", edgecolor=cartography().ground.quiet_ink,
        linewidth=0.5, zorder=0.6, gid=GID,
    ))  # fmt: skip
    top = bottom + box.height - PAD_MM
    for gap, block in _blocks(groups, languages, box.width):
        top -= gap
        block.draw(page, left + PAD_MM, top)
        top -= block.height_mm


def _blocks(
    groups: Sequence[LegendGroup], languages: Sequence[str], width: float
) -> list[tuple[float, Block]]:
    """The groups as blocks, each with the gap above it: one before each further heading."""
    make = partial(legend_block, languages=languages, width_mm=width - 2 * PAD_MM, size=LIST_PT)
    return [
        (GAP_MM if at and group.title else 0.0, make(group, tight=True))
        for at, group in enumerate(groups)
    ]
