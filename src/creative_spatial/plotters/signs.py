"""
Signs inside markers: what tells groups apart that hue alone does not, in print without colour.

A sign is drawn with its marker, so that what lies over the one hides the other too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.patheffects import AbstractPathEffect
from matplotlib.transforms import Affine2D, IdentityTransform
from shapely import affinity

from creative_spatial.plotters.artists import polygon_paths
from creative_spatial.plotters.cartography import POINTS_PER_MM
from creative_spatial.plotters.discs import ink_on
from creative_spatial.plotters.drawn import darker
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.legend_items import LegendItem
    from creative_spatial.taxonomy.entries import Sign

# Of a marker's width: as large as the narrower markers hold, so that signs look alike in all.
LARGEST, FILLED, HOLLOW_INK = 0.34, 0.95, 0.5
_DOT, _SMALL_DOT, _BAR, _HOLE = 0.6, 0.46, (1.0, 0.27), 0.48


@lru_cache(maxsize=1)
def sign_shapes() -> dict[str, BaseGeometry]:
    """
    Shapes of the signs.

    Returns
    -------
    dict of str to geometry
        By name, about a circle of radius 1; empty for none.

    Examples
    --------
    >>> sign_shapes()["bar"].bounds
    (-1.0, -0.27, 1.0, 0.27)
    """
    bar = shapely.box(-_BAR[0], -_BAR[1], _BAR[0], _BAR[1])
    slash, backslash = affinity.rotate(bar, 45), affinity.rotate(bar, -45)
    pair = shapely.union_all([shapely.Point(x, 0).buffer(_SMALL_DOT) for x in (-0.6, 0.6)])
    middle = shapely.Point(0, 0)
    return {
        PLAIN: shapely.Polygon(),
        "dot": middle.buffer(_DOT),
        "bar": bar,
        "pillar": affinity.rotate(bar, 90),
        "slash": slash,
        "backslash": backslash,
        "saltire": shapely.union(slash, backslash),
        "ring": middle.buffer(1).difference(middle.buffer(_HOLE)),
        "pair": pair,
        "colon": affinity.rotate(pair, 90),
    }


@lru_cache(maxsize=32)
def sign_path(sign: Sign) -> Path | None:
    """
    Path of a sign.

    Parameters
    ----------
    sign : str
        Its name.

    Returns
    -------
    Path or None
        About a circle of radius 1; None for none.
    """
    paths = polygon_paths(np.array([sign_shapes()[sign]], dtype=object))
    return Path.make_compound_path(*paths) if paths else None


@lru_cache(maxsize=32)
def room_in(marker: str) -> tuple[float, float, float]:
    """
    Where a sign fits into a marker.

    Parameters
    ----------
    marker : str
        Matplotlib's code of a filled marker.

    Returns
    -------
    x, y, radius : float
        Of the largest circle inside the marker, whose width is 1 about (0, 0); not larger
        than signs are.

    Examples
    --------
    >>> room_in("s")
    (0.0, 0.0, 0.34)
    """
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform()).to_polygons()[0]
    shape = shapely.Polygon(np.asarray(outline, dtype=float))
    line = shapely.maximum_inscribed_circle(shape, tolerance=1e-4)
    x, y = (round(value, 3) + 0.0 for value in line.coords[0])
    radius = min(FILLED * line.length, LARGEST)
    return (x, y, radius)


class Signed(AbstractPathEffect):
    """
    Draws each marker with its sign, and maybe a casing below it.

    Parameters
    ----------
    sign : str
        Its name.
    marker : str
        Matplotlib's code of the marker.
    ink : str
        Colour of the sign.
    casing_pt : float, points
        Width of a white line below the marker's outline; 0 for none.
    scaled : bool
        Whether the artist scales a marker by its own transform, as a Line2D does.
    """

    def __init__(
        self, sign: Sign, marker: str, ink: str, *, casing_pt: float = 0.0, scaled: bool = False
    ) -> None:
        super().__init__()
        self.sign, self.ink = sign, ink
        self.casing_pt = casing_pt
        x, y, radius = room_in(marker)
        own = MarkerStyle(marker).get_transform().inverted() if scaled else IdentityTransform()
        self._place = Affine2D().scale(radius).translate(x, y) + own

    def draw_path(self, renderer: Any, gc: Any, tpath: Any, affine: Any, face: Any = None) -> None:
        """
        Draw one marker.

        Parameters
        ----------
        renderer : RendererBase
            What draws.
        gc : GraphicsContextBase
            Its outline.
        tpath : Path
            Its shape.
        affine : Transform
            To where and as large as it is drawn.
        face : tuple of float, optional
            Its colour.
        """
        if self.casing_pt:
            below = renderer.new_gc()
            below.copy_properties(gc)
            below.set_linewidth(self.casing_pt)
            below.set_foreground("#FFFFFF")
            renderer.draw_path(below, tpath, affine, face)
            below.restore()
        renderer.draw_path(gc, tpath, affine, face)
        path = sign_path(self.sign)
        if path is None:
            return
        over = renderer.new_gc()
        over.copy_properties(gc)
        over.set_linewidth(0)
        over.set_foreground(self.ink)
        renderer.draw_path(over, path, self._place + affine, over.get_rgb())
        over.restore()


def sign_ink(color: str, *, hollow: bool) -> str:
    """
    Colour of a sign.

    Parameters
    ----------
    color : str
        Of its marker.
    hollow : bool
        Whether that is an outline.

    Returns
    -------
    str
        Black or white, whichever contrasts; a darker shade of the outline where it is hollow.

    Examples
    --------
    >>> sign_ink("#E69F00", hollow=False), sign_ink("#FFFFFF", hollow=True)
    ('#1F1F1F', '#808080')
    """
    return darker(color, HOLLOW_INK) if hollow else ink_on(color)


def add_sign(marker: Line2D, item: LegendItem) -> None:
    """
    Let a marker of a legend bear its sign.

    Parameters
    ----------
    marker : Line2D
        Of one marker and no line.
    item : LegendItem
        With the sign.
    """
    if item.sign != PLAIN:
        ink = sign_ink(item.color, hollow=item.hollow)
        marker.set_path_effects([Signed(item.sign, item.marker, ink, scaled=True)])


def add_signs(
    ax: Axes, xy: NDArray[np.float64], sign: Sign, ink: str, radius_mm: NDArray[np.float64],
    *, alpha: float = 1.0, zorder: float = 2.5,
) -> None:  # fmt: skip
    """
    Draw a sign that stands in no marker.

    Parameters
    ----------
    ax : Axes
        Where.
    xy : array of float, shape (n, 2)
        Middles, in its units.
    sign : str
        Its name.
    ink : str
        Its colour.
    radius_mm : array of float, shape (n,), millimetres
        How large.
    alpha : float
        How opaque.
    zorder : float
        Above what.
    """
    path = sign_path(sign)
    if path is None or not len(xy):
        return
    drawn = PathCollection(
        [path], sizes=(np.asarray(radius_mm) * POINTS_PER_MM) ** 2, offsets=xy,
        offset_transform=ax.transData, facecolors=ink, edgecolors="none", linewidths=0,
        alpha=alpha, zorder=zorder, gid=f"sign:{sign}",
    )  # fmt: skip
    drawn.set_transform(IdentityTransform())
    ax.add_collection(drawn, autolim=False)
