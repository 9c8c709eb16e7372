"""Areas of polygons within units, every square metre counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely

from creative_spatial.errors import GeometryError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


class Patches(NamedTuple):
    """Single polygons, and the row of the layer that each is part of."""

    shapes: NDArray[Any]
    row: NDArray[np.intp]


def patches(layer: gpd.GeoDataFrame | gpd.GeoSeries, *, name: str) -> Patches:
    """
    The polygons of a layer, one by one; points and lines have no area and are left out.

    Parameters
    ----------
    layer : GeoDataFrame or GeoSeries, n rows, any geometry
        Polygons, also in multipolygons and collections.
    name : str
        What the message calls the layer.

    Returns
    -------
    Patches
        Shapes, and the row number of each.

    Raises
    ------
    GeometryError
        If a polygon crosses itself, naming the rows.

    Examples
    --------
    >>> import geopandas as gpd
    >>> two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    >>> patches(gpd.GeoSeries([shapely.Point(0, 0), two]), name="zones").row
    array([1, 1])
    """
    shapes, row = _polygons(layer.geometry.to_numpy())
    invalid = ~shapely.is_valid(shapes)
    if invalid.any():
        rows = layer.index[np.unique(row[invalid])]
        raise GeometryError(
            f"`{name}` has {len(rows)} polygons that cross themselves, e.g. {rows[:3].tolist()}; "
            f"mend them with `{name}.make_valid()`."
        )
    return Patches(shapes, row)


def dissolve(shapes: NDArray[Any]) -> NDArray[Any]:
    """
    Single polygons that cover the same ground without overlap.

    Parameters
    ----------
    shapes : array of Polygon
        May overlap.

    Returns
    -------
    array of Polygon
        Parts of their union.
    """
    meeting = np.zeros(len(shapes), dtype=bool)
    meeting[np.concatenate(sharing_pairs(shapes))] = True
    # A thousand gardens that share no ground need no overlay, and huge unions make slow ones.
    merged, _ = _polygons(np.array([shapely.union_all(shapes[meeting])]))
    return np.concatenate([shapes[~meeting], merged])


def sharing_pairs(shapes: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Pairs of polygons that share ground, not an edge alone.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon, n values
        May overlap.

    Returns
    -------
    later, earlier : array of int
        Positions of the two, ``later > earlier``, sorted by the first.

    Examples
    --------
    >>> row = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1), shapely.box(1, 0, 3, 1)])
    >>> [pair.tolist() for pair in sharing_pairs(row)]
    [[2, 2], [0, 1]]
    """
    tree = shapely.STRtree(shapes)
    meets, touches = (
        _pair_codes(one, other, len(shapes))
        for one, other in (tree.query(shapes, predicate=p) for p in ("intersects", "touches"))
    )
    later, earlier = np.divmod(np.setdiff1d(meets, touches), max(len(shapes), 1))
    once = earlier < later
    return later[once], earlier[once]


def clip(found: Patches, within: NDArray[Any]) -> Patches:
    """
    The ground of patches that lies inside other polygons.

    Parameters
    ----------
    found : Patches
        What is clipped.
    within : array of Polygon
        Without overlap.

    Returns
    -------
    Patches
        Pieces, each with the row of the patch it was cut from.
    """
    patch, other = shapely.STRtree(within).query(found.shapes, predicate="intersects")
    pieces, source = _polygons(shapely.intersection(found.shapes[patch], within[other]))
    return Patches(pieces, found.row[patch[source]])


def area_in_units(shapes: NDArray[Any], units: NDArray[Any]) -> NDArray[np.float64]:
    """
    Area of polygons inside each unit.

    Parameters
    ----------
    shapes : array of Polygon
        Without overlap; those that overlap count as often as they do.
    units : array of (Multi)Polygon, k values
        In the CRS of the shapes.

    Returns
    -------
    array of float, square units of the CRS, k values
        Zero where nothing overlaps.
    """
    unit, area, _ = _overlaps(shapes, units)
    return np.bincount(unit, weights=area, minlength=len(units)).astype(float)


def area_by_class(
    shapes: NDArray[Any], codes: NDArray[np.intp], units: NDArray[Any], *, n_classes: int
) -> NDArray[np.float64]:
    """
    Area of polygons inside each unit by class.

    Parameters
    ----------
    shapes : array of Polygon, n values
        Without overlap inside a class.
    codes : array of int, n values
        Class of each, from 0.
    units : array of (Multi)Polygon, k values
        In the CRS of the shapes.
    n_classes : int
        Number of classes.

    Returns
    -------
    array of float, shape (k, n_classes), square units of the CRS
        Zero where nothing overlaps.
    """
    unit, area, shape = _overlaps(shapes, units)
    cell = unit * n_classes + codes[shape]
    sums = np.bincount(cell, weights=area, minlength=len(units) * n_classes)
    return sums.reshape(len(units), n_classes).astype(float)


def rows_in_units(
    shapes: NDArray[Any], rows: NDArray[np.intp], units: NDArray[Any]
) -> NDArray[np.intp]:
    """
    Number of different rows of a layer with ground, or a stretch of line, in each unit.

    Parameters
    ----------
    shapes : array of LineString or Polygon, n values
        Parts of features.
    rows : array of int, n values
        The feature that each is part of.
    units : array of (Multi)Polygon, k values
        In the CRS of the shapes.

    Returns
    -------
    array of int, k values
        A feature that only touches a unit's edge is not in it.

    Examples
    --------
    >>> units = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> rows_in_units(np.array([shapely.box(0, 0, 1, 1)]), np.array([0]), units)
    array([1, 0])
    """
    meets = _pair_codes(*_pairs(shapes, units, "intersects"), len(units))
    touches = _pair_codes(*_pairs(shapes, units, "touches"), len(units))
    shape, unit = np.divmod(np.setdiff1d(meets, touches), max(len(units), 1))
    pairs = np.unique(np.column_stack([unit, rows[shape]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(units))


def _overlaps(
    shapes: NDArray[Any], units: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Unit, common area and shape of every pair that meets."""
    shape, unit = _pairs(shapes, units, "intersects")
    codes = _pair_codes(shape, unit, len(units))
    # No overlay where one lies in the other: a lagoon holds most cells that it meets, and a
    # boundary most gardens.
    cell_in_shape = shapely.STRtree(units).query(shapes, predicate="contains")
    shape_in_cell = shapely.STRtree(shapes).query(units, predicate="contains")[::-1]
    holds = np.isin(codes, _pair_codes(cell_in_shape[0], cell_in_shape[1], len(units)))
    held = np.isin(codes, _pair_codes(shape_in_cell[0], shape_in_cell[1], len(units)))
    cut = ~(holds | held)
    area = np.empty(len(shape))
    area[holds] = shapely.area(units[unit[holds]])
    area[held] = shapely.area(shapes[shape[held]])
    area[cut] = shapely.area(shapely.intersection(shapes[shape[cut]], units[unit[cut]]))
    return unit, area, shape


def _pairs(
    shapes: NDArray[Any], units: NDArray[Any], predicate: Literal["intersects", "touches"]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Shape and unit of the pairs for which a symmetric predicate holds."""
    # The side that asks the tree is prepared, so the one with more vertices asks.
    asking = shapely.get_num_coordinates(shapes) > shapely.get_num_coordinates(units).max(initial=0)
    heavy, light = np.flatnonzero(asking), np.flatnonzero(~asking)
    shape, unit = shapely.STRtree(units).query(shapes[heavy], predicate=predicate)
    other_unit, other = shapely.STRtree(shapes[light]).query(units, predicate=predicate)
    return np.concatenate([heavy[shape], light[other]]), np.concatenate([unit, other_unit])


def _pair_codes(shape: NDArray[np.intp], unit: NDArray[np.intp], n_units: int) -> NDArray[np.intp]:
    """One number for each pair of shape and unit."""
    return shape * n_units + unit


def _polygons(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Single polygons in geometries of any kind, and the position of what each is part of."""
    parts, source = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts, outer = shapely.get_parts(parts, return_index=True)
        source = source[outer]
    areal = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    return parts[areal], source[areal]
