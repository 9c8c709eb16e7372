"""
Geometries as matplotlib collections, built straight from coordinate arrays.

One collection holds a whole class, which is two to three times as fast as
`GeoDataFrame.plot`; whatever is dense is rasterised inside vector files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

DENSE_VERTICES = 20_000

Box = tuple[float, float, float, float]


def within_box(shapes: NDArray[Any], box: Box | None) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """
    Keep what meets a box, and cut what reaches out of it.

    Parameters
    ----------
    shapes : array of geometry, shape (n,)
        Any types.
    box : (minx, miny, maxx, maxy) or None
        In the unit of the shapes; None keeps all.

    Returns
    -------
    shapes : array of geometry, shape (m,)
        None empty.
    rows : array of int, shape (m,)
        Where they were.
    """
    shapes = np.asarray(shapes, dtype=object)
    kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if box is None:
        return shapes[kept], np.flatnonzero(kept)
    x0, y0, x1, y1 = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        kept &= (x1 >= box[0]) & (x0 <= box[2]) & (y1 >= box[1]) & (y0 <= box[3])
        out = (x0 < box[0]) | (x1 > box[2]) | (y0 < box[1]) | (y1 > box[3])
    rows = np.flatnonzero(kept)
    shapes = shapes[rows]
    cut = out[rows] & (shapely.get_dimensions(shapes) > 0)
    if cut.any():
        shapes = shapes.copy()
        shapes[cut] = shapely.clip_by_rect(shapes[cut], *box)
        filled = ~shapely.is_empty(shapes)
        shapes, rows = shapes[filled], rows[filled]
    return shapes, rows


def polygon_paths(shapes: NDArray[Any]) -> list[Path]:
    """
    Make a path of each polygon, holes included.

    Parameters
    ----------
    shapes : array of geometry
        Only polygons and their collections count.

    Returns
    -------
    list of Path
        One a part.
    """
    parts = shapely.get_parts(shapes)
    parts = shapely.get_parts(parts)
    parts = parts[
        (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    ]
    if not len(parts):
        return []
    # Renderers fill by winding: a hole must run against its shell.
    rings, owner = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
    first = np.searchsorted(ring, np.arange(len(rings)))
    last = np.append(first[1:], len(xy)) - 1
    codes[first] = Path.MOVETO
    codes[last] = Path.CLOSEPOLY
    starts = first[np.searchsorted(owner, np.arange(len(parts)))]
    ends = np.append(starts[1:], len(xy))
    return [Path(xy[a:b], codes[a:b]) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


def line_segments(shapes: NDArray[Any]) -> list[NDArray[np.float64]]:
    """
    Coordinates of each line, and of each ring of the polygons among them.

    Parameters
    ----------
    shapes : array of geometry
        Points are left out.

    Returns
    -------
    list of array of float, shape (k, 2)
        One a part.
    """
    parts = shapely.get_parts(shapely.get_parts(shapes))
    flat = shapely.get_dimensions(parts) == 2
    if flat.any():
        parts = np.concatenate([parts[~flat], shapely.get_rings(parts[flat])])
    parts = parts[(shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)]
    if not len(parts):
        return []
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    cuts = np.searchsorted(owner, np.arange(1, len(parts)))
    return np.split(xy, cuts)


def add_polygons(
    ax: Axes, shapes: Any, *, box: Box | None = None, **style: Any
) -> PathCollection | None:
    """
    Draw polygons as one collection.

    Parameters
    ----------
    ax : Axes
        Where; its limits are left alone.
    shapes : array of geometry
        Polygons, in the Axes' units.
    box : (minx, miny, maxx, maxy), optional
        What will be seen.
    **style : Any
        Properties of the collection.

    Returns
    -------
    PathCollection or None
        None where there is nothing to draw.
    """
    seen, _ = within_box(np.asarray(shapes, dtype=object), box)
    paths = polygon_paths(seen)
    if not paths:
        return None
    vertices = sum(_size(path) for path in paths)
    if style.get("hatch"):
        # A hatch is laid over the page once a path: many paths become few.
        paths = _joined(paths)
    style.setdefault("linewidths", 0)
    style.setdefault("edgecolors", "none")
    collection = PathCollection(paths, **style)
    _add(ax, collection, vertices)
    return collection


def add_lines(
    ax: Axes, shapes: Any, *, box: Box | None = None, **style: Any
) -> LineCollection | None:
    """
    Draw lines, or the outlines of polygons, as one collection.

    Parameters
    ----------
    ax : Axes
        Where; its limits are left alone.
    shapes : array of geometry
        Lines or polygons, in the Axes' units.
    box : (minx, miny, maxx, maxy), optional
        What will be seen; outlines are cut, not closed along it.
    **style : Any
        Properties of the collection.

    Returns
    -------
    LineCollection or None
        None where there is nothing to draw.
    """
    shapes = np.asarray(shapes, dtype=object)
    shapes = shapes[~shapely.is_missing(shapes)]
    flat = shapely.get_dimensions(shapes) == 2
    if flat.any():
        shapes = shapes.copy()
        shapes[flat] = shapely.boundary(shapes[flat])
    seen, _ = within_box(shapes, box)
    segments = line_segments(seen)
    if not segments:
        return None
    style.setdefault("capstyle", "round")
    style.setdefault("joinstyle", "round")
    collection = LineCollection(segments, **style)
    _add(ax, collection, sum(map(len, segments)))
    return collection


def representative_xy(shapes: Any) -> NDArray[np.float64]:
    """
    Give each shape one point: itself, or one that lies inside it.

    Parameters
    ----------
    shapes : array of geometry, shape (n,)
        Any types, none missing or empty.

    Returns
    -------
    array of float, shape (n, 2)
        Coordinates.
    """
    shapes = np.asarray(shapes, dtype=object)
    points = shapes.copy()
    other = shapely.get_type_id(shapes) != shapely.GeometryType.POINT
    if other.any():
        points[other] = shapely.point_on_surface(shapes[other])
    return shapely.get_coordinates(points).reshape(-1, 2)


def _size(path: Path) -> int:
    """Number of a path's vertices."""
    return int(np.shape(path.vertices)[0])


def _joined(paths: list[Path]) -> list[Path]:
    """Compound paths of bounded size: a renderer's cells for one path are limited."""
    groups: list[list[Path]] = [[]]
    vertices = 0
    for path in paths:
        if vertices + _size(path) > DENSE_VERTICES and groups[-1]:
            groups.append([])
            vertices = 0
        groups[-1].append(path)
        vertices += _size(path)
    return [Path.make_compound_path(*group) for group in groups]


def _add(ax: Axes, collection: PathCollection | LineCollection, vertices: int) -> None:
    """Add without touching the limits; rasterise what would swell a vector file."""
    collection.set_rasterized(vertices > DENSE_VERTICES)
    ax.add_collection(collection, autolim=False)


def point_array(xy: NDArray[np.float64]) -> NDArray[Any]:
    """
    Make points of coordinates.

    Parameters
    ----------
    xy : array of float, shape (n, 2)
        Coordinates.

    Returns
    -------
    array of Point, shape (n,)
        An array for any n.
    """
    points: NDArray[Any] = np.empty(len(xy), dtype=object)
    points[:] = shapely.points(xy)
    return points
