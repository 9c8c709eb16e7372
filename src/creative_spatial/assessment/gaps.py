"""
Where the background is left out around what is not public.

An outline that is left out points at itself, and so does one that is marked. Here all that
lies in its cell is left out: the gap follows from the cell that is told anyway, and from
how large the record is by doubled steps, and from nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from scipy.spatial import cKDTree

from creative_spatial.crs import WGS84, make_transformer
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.sensitivity import categories_of, cell_centres, degrees_of, hexagons_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# One place read twice is the same to the millimetre.
SAME_M = 0.05
_PIECES = 16
_FEWEST = 3


class Secrets(NamedTuple):
    """
    What is not public, and what is left out around each of it.

    Parameters
    ----------
    ids : array of str, n items
        Features' ids.
    shapes : array of geometry, n items, working CRS
        Where they are.
    gaps : array of (Multi)Polygon, n items, working CRS
        The cell of each, and a margin.
    """

    ids: NDArray[np.object_]
    shapes: NDArray[np.object_]
    gaps: NDArray[np.object_]


def secrets_of(rows: Sequence[gpd.GeoDataFrame], *, untold: Collection[str]) -> Secrets:
    """
    Say around what the background may have to be left out, and how far.

    Parameters
    ----------
    rows : sequence of GeoDataFrame, working CRS, any geometry
        What is not public, where it is; with `sensitivity` or `consent`.
    untold : collection of str
        Ids of those of which not even the cell is told.

    Returns
    -------
    Secrets
        Empty of none.
    """
    known = [layer[~shapely.is_empty(layer.geometry)] for layer in rows]
    known = [layer for layer in known if len(layer)]
    if not known:
        nothing = np.empty(0, dtype=object)
        return Secrets(nothing, nothing, nothing)
    return Secrets(
        np.concatenate([layer.index.to_numpy(dtype=object) for layer in known]),
        np.concatenate([layer.geometry.to_numpy() for layer in known]),
        np.concatenate([_gaps(layer, untold) for layer in known]),
    )


def _gaps(layer: gpd.GeoDataFrame, untold: Collection[str]) -> NDArray[np.object_]:
    """The cell of each row, and around it what its size asks for."""
    facts = sensitivity_facts()
    shapes = layer.geometry.to_numpy()
    lon, lat = degrees_of(layer)
    there = make_transformer(WGS84, CRS.from_user_input(layer.crs))
    reaches = shapely.hausdorff_distance(shapely.centroid(shapes), shapes)
    gaps = []
    for row, category in enumerate(categories_of(layer)):
        known = facts.category[category]
        if known.becomes == "hexagon" and layer.index[row] not in untold:
            cell = _hexagons(lon[row], lat[row])
        else:
            side = known.grid_deg if layer.index[row] not in untold else None
            cell = _square(lon[row], lat[row], side or facts.gap.withheld_deg)
        corners = there.transform(*shapely.get_coordinates(cell).T)
        there_cell = shapely.Polygon(np.column_stack(corners))
        margin = facts.gap.margin * float(np.sqrt(shapely.area(there_cell)))
        while margin <= reaches[row] + 2 * SAME_M:
            margin *= 2
        around = shapely.buffer(there_cell, margin, join_style="mitre")
        gaps.append(shapely.simplify(around, SAME_M))
    return np.array(gaps, dtype=object)


def _square(lon: float, lat: float, side_deg: float) -> BaseGeometry:
    """The cell of a grid in degrees, its edges in pieces, since they bend in metres."""
    x, y = (float(cell_centres(np.array([it]), side_deg)[0]) for it in (lon, lat))
    half = side_deg / 2
    square: BaseGeometry = shapely.segmentize(
        shapely.box(x - half, y - half, x + half, y + half), side_deg / _PIECES
    )
    return square


def _hexagons(lon: float, lat: float) -> BaseGeometry:
    """The widest hexagon: all that is counted in it, since a part stands out at its edge."""
    import h3

    people = sensitivity_facts().people
    (widest,) = hexagons_of(np.array([lon]), np.array([lat]), people.coarsest)
    parts = h3.cell_to_children(widest, people.finest)
    outlines = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(part)]) for part in parts]
    joined: BaseGeometry = shapely.union_all(outlines, grid_size=1e-9)
    return joined


def held_by(
    shapes: NDArray[np.object_], secrets: Secrets, *, ids: Collection[str] = ()
) -> NDArray[np.bool_]:
    """
    Find what a layer holds, by its number or by a corner.

    Parameters
    ----------
    shapes : array of geometry, working CRS
        The layer's.
    secrets : Secrets
        What is not public.
    ids : collection of str, optional
        The layer's own ids.

    Returns
    -------
    array of bool, one item a secret
        Whether it is a row of the layer, or has a corner where a row has one.
    """
    rows = pd.Index(secrets.ids).isin(list(ids))
    return np.asarray(rows | _with_corner_in(shapes, secrets.shapes), dtype=bool)


def gap_of(held: NDArray[np.bool_], secrets: Secrets) -> BaseGeometry | None:
    """
    Join the gaps of some of what is not public.

    Parameters
    ----------
    held : array of bool
        Which.
    secrets : Secrets
        All of it.

    Returns
    -------
    (Multi)Polygon or None
        None of none.
    """
    return shapely.union_all(secrets.gaps[held]) if held.any() else None


def _with_corner_in(shapes: NDArray[np.object_], secrets: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which of the secrets have a corner where one of the shapes has one."""
    found = np.zeros(len(secrets), dtype=bool)
    near = _neighbours(shapes, secrets)
    if len(near):
        corners, row = shapely.get_coordinates(secrets, return_index=True)
        found[row[_same(corners, shapely.get_coordinates(shapes[near]))]] = True
    return found


def _neighbours(shapes: NDArray[np.object_], secrets: NDArray[np.object_]) -> NDArray[np.intp]:
    """Rows of the shapes that touch a secret."""
    tree = shapely.STRtree(shapes)
    return np.unique(tree.query(secrets, predicate="dwithin", distance=SAME_M)[1])


def _same(corners: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which corners are among others."""
    away, _ = cKDTree(others).query(corners, distance_upper_bound=SAME_M)
    return np.asarray(np.isfinite(away), dtype=bool)


def unshared(layer: gpd.GeoDataFrame, secrets: Secrets) -> gpd.GeoDataFrame:
    """
    Take from a city's own outlines and lines that are public the corners that they share.

    A wood around a grave yard has the yard's outline as a hole; a park next to it, a side.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        Public rows of a source that nobody else has: in one that others have, what is changed
        would point at what is not public.
    secrets : Secrets
        What is not public.

    Returns
    -------
    GeoDataFrame, n rows
        The same object where nothing is shared. What has no outline without those corners is
        shown by its middle: it is public where it is.
    """
    shapes = layer.geometry.to_numpy()
    corners = shapely.get_coordinates(secrets.shapes)
    changed = shapes.copy()
    near = _neighbours(shapes, secrets.shapes)
    for row in near[shapely.get_dimensions(shapes[near]) > 0]:
        if _same(shapely.get_coordinates(shapes[row]), corners).any():
            left = _with_other_corners(shapes[row], corners)
            changed[row] = shapely.centroid(shapes[row]) if left.is_empty else left
    same = all(now is was for now, was in zip(changed, shapes, strict=True))
    return layer if same else layer.set_geometry(changed, crs=layer.crs)


def _with_other_corners(shape: BaseGeometry, corners: NDArray[np.float64]) -> BaseGeometry:
    """What the other corners of a line or polygon say of it."""
    parts: list[BaseGeometry] = []
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) == 1:
            xy = shapely.get_coordinates(part)
            parts += _stretches(xy, ~_same(xy, corners))
        else:
            rings = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(part)]
            rings = [xy[~_same(xy, corners)] for xy in rings]
            holes = [xy for xy in rings[1:] if len(xy) >= _FEWEST]
            if len(rings[0]) >= _FEWEST:
                parts.append(shapely.make_valid(shapely.Polygon(rings[0], holes)))
    return _of_kind(shapely.GeometryCollection(parts), int(shapely.get_dimensions(shape)))


def _stretches(xy: NDArray[np.float64], kept: NDArray[np.bool_]) -> list[BaseGeometry]:
    """Lines through corners that are kept and follow one another."""
    runs = np.split(np.arange(len(xy)), np.flatnonzero(np.diff(kept)) + 1)
    return [shapely.LineString(xy[run]) for run in runs if kept[run[0]] and len(run) > 1]


def without(
    layer: gpd.GeoDataFrame, gap: BaseGeometry, secrets: Secrets, *, whole: bool = False
) -> gpd.GeoDataFrame:
    """
    Leave out all of a layer that lies in a gap, whatever it is.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        A layer of the background.
    gap : (Multi)Polygon
        In the same CRS.
    secrets : Secrets
        What is not public.
    whole : bool
        Leave out whole what reaches into it, as is done with buildings.

    Returns
    -------
    GeoDataFrame, at most n rows
        Rows that lie in it are gone. Lines lose every edge that reaches into it, and outlines
        are rounded where they are cut: two edges that lead to a hidden corner would meet
        there, drawn out.
    """
    kept = layer[~layer.index.isin(secrets.ids)]
    shapes = kept.geometry.to_numpy().copy()
    shapely.prepare(gap)
    gone = shapely.intersects(gap, shapes) if whole else shapely.contains_properly(gap, shapes)
    shapes[gone] = shapely.Point()
    for row in np.flatnonzero(shapely.intersects(gap, shapes)):
        kind = int(shapely.get_dimensions(shapes[row]))
        cut = _of_edges if kind == 1 else _rounded
        shapes[row] = _of_kind(cut(shapes[row], gap), kind)
    return kept.set_geometry(shapes, crs=layer.crs)[~shapely.is_empty(shapes)]


def _of_edges(line: BaseGeometry, gap: BaseGeometry) -> BaseGeometry:
    """The edges of a line that keep out of a gap."""
    lines: list[BaseGeometry] = []
    for part in shapely.get_parts(line):
        xy = shapely.get_coordinates(part)
        edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
        out = ~np.asarray(shapely.intersects(gap, edges), dtype=bool)
        runs = np.split(np.arange(len(out)), np.flatnonzero(np.diff(out)) + 1)
        lines += [shapely.LineString(xy[run[0] : run[-1] + 2]) for run in runs if out[run[0]]]
    return shapely.GeometryCollection(lines)


def _rounded(shape: BaseGeometry, gap: BaseGeometry) -> BaseGeometry:
    """What of a shape is outside a gap, without telling where exactly it crosses the edge."""
    edge = shapely.boundary(gap)
    step = sensitivity_facts().gap.round_m

    def rounded(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        on_edge = np.asarray(shapely.dwithin(edge, shapely.points(xy), SAME_M))
        return np.where(on_edge[:, None], np.round(xy / step) * step, xy)

    return shapely.make_valid(shapely.transform(shapely.difference(shape, gap), rounded))


def _of_kind(shape: BaseGeometry, kind: int) -> BaseGeometry:
    """The points, lines or polygons of what is left, one or several; empty without any."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[(shapely.get_dimensions(parts) == kind) & ~shapely.is_empty(parts)]
    many = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[kind]
    left: BaseGeometry = parts[0] if len(parts) == 1 else many(parts)
    return left
