"""Numbered discs: points whose names stand in a list on the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.colors import to_rgb

from creative_spatial.plotters.artists import add_lines, point_array
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.drawn import Z_NUMBERS
from creative_spatial.plotters.typeset import style_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.legend_items import LegendItem

DISC_MM, APART_MM = 3.1, 3.4
NUMBER_PT = 6.0
# Half the height of a digit: that far below the middle is the baseline.
DROP_MM = 0.357 * NUMBER_PT / POINTS_PER_MM
DARK, LIGHT = "#1F1F1F", "#FFFFFF"


def draw_discs(
    ax: Axes, places: NDArray[np.float64], items: Sequence[LegendItem], frame: Frame,
    *, others: NDArray[np.float64], clear_mm: float, keep_off: Sequence[BaseGeometry] = (),
) -> tuple[tuple[BaseGeometry, ...], bool]:  # fmt: skip
    """
    Draw numbered discs where they cover nothing, tied to their places where they moved.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    places : array of float, shape (n, 2), units of the CRS
        Where they belong.
    items : sequence of LegendItem
        Colour, hollowness and number of each.
    frame : Frame
        The scale.
    others : array of float, shape (m, 2), units of the CRS
        Markers that they should not cover.
    clear_mm : float, millimetres
        Radius of these.
    keep_off : sequence of geometry, units of the CRS
        Furniture inside the frame.

    Returns
    -------
    covered : tuple of geometry, units of the CRS
        The discs.
    moved : bool
        Whether any is tied to its place.
    """
    if not len(places):
        return (), False
    spots = frame.to_crs(_free_spots(
        frame.to_mm(places), frame, others=frame.to_mm(others), clear_mm=clear_mm + DISC_MM / 2,
        keep_off=[shapely.transform(it, frame.to_mm).buffer(DISC_MM / 2) for it in keep_off],
    ))  # fmt: skip
    far = np.hypot(*(spots - places).T) > 1e-6 * frame.unit
    if far.any():
        ties = shapely.linestrings(np.stack([places[far], spots[far]], axis=1))
        add_lines(ax, ties, colors=DARK, linewidths=0.5, zorder=Z_NUMBERS - 0.1, gid="number-ties")
        ax.scatter(
            places[far, 0],
            places[far, 1], s=(1.0 * POINTS_PER_MM) ** 2, facecolors=DARK, edgecolors=LIGHT,
            linewidths=0.3, zorder=Z_NUMBERS,
        )  # fmt: skip
    for (x, y), item in zip(spots, items, strict=True):
        ax.scatter(
            x, y, s=(DISC_MM * POINTS_PER_MM) ** 2, marker="o", facecolors=face_of(item),
            edgecolors=item.color if item.hollow else LIGHT, linewidths=0.8 if item.hollow else 0.5,
            zorder=Z_NUMBERS, gid=f"numbered:{item.marker}",
        )  # fmt: skip
        ax.text(
            x, y - DROP_MM * frame.unit, item.marker, ha="center", va="baseline", zorder=Z_NUMBERS + 0.1, clip_on=True,
            **style_for("en", NUMBER_PT, color=ink_on(face_of(item)), bold=True).properties(),
        )  # fmt: skip
    return tuple(shapely.buffer(point_array(spots), (DISC_MM / 2 + 0.3) * frame.unit)), bool(
        far.any()
    )


def _free_spots(
    places_mm: NDArray[np.float64], frame: Frame, *, others: NDArray[np.float64], clear_mm: float,
    keep_off: Sequence[BaseGeometry],
) -> NDArray[np.float64]:  # fmt: skip
    """Spots of discs: their places, or the nearest around that cover least, the first ones first."""
    angles = np.radians(np.arange(0, 360, 15))
    circle = np.column_stack([np.cos(angles), np.sin(angles)]).round(9)
    offsets = np.concatenate(
        [np.zeros((1, 2)), *(circle * ring for ring in np.arange(3.0, 16.0, 1.0))]
    )
    markers, furniture = shapely.STRtree(point_array(others)), shapely.STRtree(list(keep_off))
    spots = np.empty((0, 2))
    for place in places_mm:
        tried = place + offsets
        gaps = np.hypot(*(tried[:, None, :] - spots[None, :, :]).transpose(2, 0, 1))
        free = (gaps >= APART_MM).all(axis=1)
        free &= (
            (tried > DISC_MM / 2)
            & (tried < (frame.width_mm - DISC_MM / 2, frame.height_mm - DISC_MM / 2))
        ).all(axis=1)
        points = point_array(tried)
        free[furniture.query(points, predicate="intersects")[0]] = False
        hidden = np.bincount(
            markers.query(points, predicate="dwithin", distance=clear_mm)[0], minlength=len(tried)
        )
        hidden = np.where(free, hidden, len(others) + 1)
        spots = np.vstack([spots, tried[int(np.argmin(hidden))]])
    return spots


def face_of(item: LegendItem) -> str:
    """
    Colour inside a numbered disc.

    Parameters
    ----------
    item : LegendItem
        Hollow or not.

    Returns
    -------
    str
        White where it is hollow.
    """
    return LIGHT if item.hollow else item.color


def ink_on(color: str) -> str:
    """
    Ink that is read best on a colour: the greater contrast of WCAG 2.

    Parameters
    ----------
    color : str
        As matplotlib takes it.

    Returns
    -------
    str
        Dark or white.

    Examples
    --------
    >>> ink_on("#E69F00"), ink_on("#4D4D4D")
    ('#1F1F1F', '#FFFFFF')
    """

    def luminance(shade: str) -> float:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(shade)
        ]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear))

    ground = luminance(color) + 0.05
    return LIGHT if (1.05 / ground) > ground / (luminance(DARK) + 0.05) else DARK
