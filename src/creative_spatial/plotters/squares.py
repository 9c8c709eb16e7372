"""Numbered squares: stops, quarters and towns, keyed in the legend in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import add_lines, representative_xy
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.discs import LIGHT
from creative_spatial.plotters.drawn import Z_NUMBERS, Drawn
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.points import soft_discs
from creative_spatial.plotters.symbols import DEFAULT_COLOR
from creative_spatial.plotters.text import names_of
from creative_spatial.plotters.typeset import style_for
from creative_spatial.plotters.words import format_length, in_language, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec

NUMBER_MM = 3.0
_DOT_MM = 1.1


def draw_squares(
    ax: Axes, rows: gpd.GeoDataFrame, shapes: NDArray[Any], spec: LayerSpec, frame: Frame,
    *, numbers: Mapping[str, int] | None,
) -> Drawn:  # fmt: skip
    """
    Draw numbered squares, moved off one another and keyed in the legend in the layer's order.

    An area bears its number at the edge, where it hides no place; a place its own dot. A place
    that is uncertain by more than 3 mm on paper has none: its square is hollow, over a soft disc
    where that is not too wide, and the list says by how much.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    rows : GeoDataFrame, n rows
        Inside the frame.
    shapes : array of geometry, shape (n,)
        Their shapes, in the frame's CRS.
    spec : LayerSpec
        Colour and heading.
    frame : Frame
        The scale.
    numbers : mapping of str to int, optional
        By feature; 1 to n otherwise.

    Returns
    -------
    Drawn
        With the squares and places that labels must not cover.
    """
    if not len(rows):
        return Drawn(rows, counted=spec.counted)
    color = spec.color or DEFAULT_COLOR
    keys = rows.index.astype(str).tolist()
    given = {key: at for at, key in enumerate(keys, start=1)} if numbers is None else numbers
    facts = cartography().points
    areas = shapely.get_dimensions(shapes) == 2
    radius = np.where(areas, 0.0, uncertainty_mm(rows, frame))
    unsure = radius > facts.uncertain_mm
    places = np.where(areas[:, None], _upper_edges(shapes), representative_xy(shapes))
    spots = frame.to_crs(spread(frame.to_mm(places), 1.1 * NUMBER_MM))
    soft = unsure & (radius <= facts.widest_mm)
    soft_discs(
        ax, places[soft], radius[soft] * frame.unit, np.full(soft.sum(), color, dtype=object)
    )
    ties = shapely.linestrings(np.stack([places, spots], axis=1))
    add_lines(ax, ties, colors=color, linewidths=0.7, zorder=Z_NUMBERS - 0.1)
    dots = places[~areas & ~unsure]
    ax.scatter(
        dots[:, 0], dots[:, 1], s=(_DOT_MM * POINTS_PER_MM) ** 2, facecolors=color,
        edgecolors=LIGHT, linewidths=0.4, zorder=Z_NUMBERS, gid="square-places",
    )  # fmt: skip
    texts = [str(given[key]) for key in keys]
    _draw(ax, spots, texts, color, unsure)
    items = tuple(
        LegendItem("number", _told(row, unsure=bool(doubt)), color, marker=text, hollow=bool(doubt))
        for text, doubt, (_, row) in zip(texts, unsure, rows.iterrows(), strict=True)
    )
    extra = []
    if soft.any():
        extra.append(LegendItem("disc", worded("uncertain"), color))
    if unsure.any():
        extra.append(
            LegendItem("number", worded("uncertain_number"), color, marker="", hollow=True)
        )
    legend = (LegendGroup(spec.title, items), *([LegendGroup({}, tuple(extra))] if extra else []))
    return Drawn(
        rows, legend, markers=np.vstack([spots, places]), barriers=spots, radius_mm=NUMBER_MM / 2,
        counted=spec.counted,
    )  # fmt: skip


def _draw(
    ax: Axes,
    spots: NDArray[np.float64],
    texts: Sequence[str],
    color: str,
    hollow: NDArray[np.bool_],
) -> None:
    """Squares with their numbers, each above those before it."""
    for text, (x, y), outline in zip(texts, spots, hollow, strict=True):
        ax.scatter(
            x, y, s=(NUMBER_MM * POINTS_PER_MM) ** 2, marker="s", facecolors=LIGHT if outline else color,
            edgecolors=color if outline else LIGHT, linewidths=0.8 if outline else 0.4,
            zorder=Z_NUMBERS, gid=f"square:{text}",
        )  # fmt: skip
        style = style_for("en", 6.2, color=color if outline else LIGHT, bold=True)
        ax.text(
            x, y, text, ha="center", va="center_baseline", zorder=Z_NUMBERS + 0.1, clip_on=True,
            **style.properties(),
        )  # fmt: skip


def _told(row: Any, *, unsure: bool) -> dict[str, str]:
    """A row's names by language, with how far off it may be where that shows."""
    names = names_of(row)
    if not unsure:
        return names
    return {
        code: word(
            "give_or_take", code, name=in_language(names, code),
            value=format_length(float(row["uncertainty_m"]), code),
        )
        for code in names
    }  # fmt: skip


def _upper_edges(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """The highest corner of each shape."""
    found = []
    for shape in shapes:
        xy = shapely.get_coordinates(shape)
        found.append(xy[np.lexsort((xy[:, 0], -xy[:, 1]))[0]])
    return np.array(found, dtype=float).reshape(-1, 2)


def spread(places_mm: NDArray[np.float64], apart_mm: float) -> NDArray[np.float64]:
    """
    Move what would lie over one another to free spots around, clear of what is there.

    Parameters
    ----------
    places_mm : array of float, shape (n, 2), millimetres
        Where things belong; the first ones stay.
    apart_mm : float, millimetres
        Least distance along one of the axes.

    Returns
    -------
    array of float, shape (n, 2), millimetres
        Where they are drawn.

    Examples
    --------
    >>> spread(np.array([[0.0, 0.0], [0.0, 0.0]]), 3.0).tolist()
    [[0.0, 0.0], [6.0, 0.0]]
    """
    spots = np.array(places_mm, dtype=float)
    angles = np.radians(np.arange(0, 360, 30))
    circle = np.column_stack([np.cos(angles), np.sin(angles)]).round(9)
    for row in range(1, len(spots)):
        offsets = [np.zeros((1, 2)), *(circle * apart_mm * ring for ring in (2.0, 2.5, 3.0, 4.0))]
        for offset in np.concatenate(offsets):
            gaps = np.abs(spots[:row] - (places_mm[row] + offset)).max(axis=1)
            if (gaps >= apart_mm - 1e-9).all():
                spots[row] = places_mm[row] + offset
                break
    return spots
