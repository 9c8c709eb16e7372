"""Geometries that are usable, in the working CRS and in the area; what is not is named."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from creative_spatial.crs import describe_crs, reproject
from creative_spatial.errors import EmptyLayerWarning
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.coordinates import explain_miss, fitting_crs, in_range
from creative_spatial.loaders.repair.ledger import GEOMETRY
from creative_spatial.loaders.repair.swapping import LOST, SWAPPED, UNSURE, judge_order
from creative_spatial.sensitivity import is_flagged, shown_places

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build

FEW_OUTSIDE = 0.2
# In a file with faults anyway, more rows elsewhere are worth a look.
FEW_OUTSIDE_AMONG_FAULTS = 0.5


def place(
    frame: gpd.GeoDataFrame, build: Build, *, crs: Any, boundary: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """
    Bring a file's rows into the working CRS, mending what is safe and setting the rest aside.

    Parameters
    ----------
    frame : GeoDataFrame, n rows, with a CRS
        Indexed by row number.
    build : Build
        Collects what is mended, and the rows that cannot be placed.
    crs : CRS-like
        The working CRS.
    boundary : (Multi)Polygon in `crs`, or None
        The area, by which swapped coordinates are told.

    Returns
    -------
    GeoDataFrame, at most n rows
        Two-dimensional valid geometries.
    """
    own = CRS.from_user_input(frame.crs)
    shapes = frame.geometry.to_numpy()
    there = np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    kept = _flattened(build.keep(frame, there, "no_geometry"), build)
    kept = build.keep(kept, _finite(kept), "not_finite")
    ordered = _in_order(kept, build, own=own, crs=crs, boundary=boundary)
    ranged = _in_range(ordered, build, own=own, crs=crs, boundary=boundary)
    placed = reproject(_mended(ranged, build), crs)
    read = f"{describe_crs(placed.crs)}, read as {describe_crs(own)}"
    return build.keep(placed, _finite(placed), "too_far", more=read)


def within_area(
    placed: gpd.GeoDataFrame,
    frame: gpd.GeoDataFrame,
    build: Build,
    *,
    boundary: BaseGeometry | None,
) -> gpd.GeoDataFrame:
    """
    Keep the features that meet the area; where none does, warn and explain.

    Of what is not public, the cell decides: two outlines would narrow down the place.

    Parameters
    ----------
    placed : GeoDataFrame, n rows, working CRS
        Usable features.
    frame : GeoDataFrame, any CRS
        The rows as they came, for the explanation.
    build : Build
        What to call the file.
    boundary : (Multi)Polygon in the working CRS, or None
        The area; features on its edge stay, whole.

    Returns
    -------
    GeoDataFrame, at most n rows
        The features in the area.
    """
    if boundary is None or not len(placed):
        return placed
    shapely.prepare(boundary)
    meets = np.asarray(shapely.intersects(boundary, shown_places(placed)))
    if not meets.any():
        public = [row for row in placed.index if build.is_public(row)]
        where = "Where they are is not for everybody."
        if public:
            extent = frame.loc[public].total_bounds.tolist()
            own = CRS.from_user_input(frame.crs)
            where = explain_miss(extent, own, boundary, placed.crs)
        found = "its feature is not" if len(placed) == 1 else f"none of {len(placed)} features is"
        warnings.warn(
            f"{build.file}: {found} in the area. {where}", EmptyLayerWarning, stacklevel=4
        )
    return placed.loc[meets]


def name_strays(placed: gpd.GeoDataFrame, inside: gpd.GeoDataFrame, build: Build) -> None:
    """
    Name rows outside the area where they are few; typed coordinates are often slips.

    Those that are not public are only counted.

    Parameters
    ----------
    placed, inside : GeoDataFrame
        Usable rows, and those of them in the area.
    build : Build
        Is told; among faults, of more rows.
    """
    gone = placed.index.difference(inside.index)
    hidden = gone[is_flagged(placed.loc[gone])]
    if len(hidden):
        one = len(hidden) == 1
        build.warn(
            f"{len(hidden)} of {len(placed)} {'is' if one else 'are'} not public, and the middle of "
            f"{'its cell' if one else 'their cells'}, by which {'it counts' if one else 'they count'}, "
            f"lies outside the area: {'it is' if one else 'they are'} in no result.",
            kind="not_public",
            severity="note",
        )
    gone = gone.difference(hidden)
    few = FEW_OUTSIDE_AMONG_FAULTS if build.faults else FEW_OUTSIDE
    if build.word != "row" or not len(gone) or len(inside) == 0 or len(gone) / len(placed) > few:
        return
    lie, be, their = ("lies", "is", "its") if len(gone) == 1 else ("lie", "are", "their")
    build.warn(
        f"{len(gone)} of {len(placed)} {lie} outside the area and {be} left out: "
        f"{list_rows(gone, build.word)}; are {their} coordinates right?",
        kind="outside",
        rows=gone,
    )


def _finite(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which geometries have only finite coordinates."""
    return np.asarray(np.isfinite(shapely.bounds(frame.geometry.to_numpy())).all(axis=1))


def _flattened(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Geometries without heights, as in every layer; a height of zero says nothing, and goes unsaid."""
    shapes = frame.geometry.to_numpy()
    if not shapely.has_z(shapes).any():
        return frame
    flat = shapely.force_2d(shapes)
    points, owner = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    told = np.unique(owner[np.isfinite(points[:, 2]) & (points[:, 2] != 0)])
    _record(frame, build, "heights", told, flat)
    return frame.set_geometry(flat, crs=frame.crs)


def _in_order(
    frame: gpd.GeoDataFrame, build: Build, *, own: CRS, crs: Any, boundary: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """Rows with x before y: exchanged where only that makes sense, proposed where it might."""
    shapes = frame.geometry.to_numpy()
    corners = shapely.bounds(shapes).reshape(-1, 2, 2)
    verdicts = judge_order(corners.mean(axis=1), own, crs, boundary)
    exchange = verdicts == SWAPPED
    if build.accepts("swapped_unsure"):
        exchange = exchange | (verdicts == UNSURE) | (verdicts == LOST)
    elif build.repair:
        _propose_order(frame, build, verdicts)
    if not build.repair:
        return build.keep(frame, ~(exchange | (verdicts == LOST)), "swapped")
    if exchange.any():
        turned = shapes.copy()
        turned[exchange] = shapely.transform(shapes[exchange], lambda points: points[:, ::-1])
        sure = verdicts == SWAPPED
        _record(frame, build, "swapped", np.flatnonzero(sure), turned)
        _record(frame, build, "swapped_unsure", np.flatnonzero(exchange & ~sure), turned)
        frame = frame.set_geometry(turned, crs=own)
    return build.keep(frame, exchange | (verdicts != LOST), "swapped")


def _propose_order(frame: gpd.GeoDataFrame, build: Build, verdicts: NDArray[np.str_]) -> None:
    """Say of which rows latitude and longitude may be swapped, though nobody can tell."""
    for verdict, grounds in (
        (UNSURE, "which make sense either way round"),
        (LOST, "which cannot be right as they are, and miss the area the other way round"),
    ):
        rows = frame.index[verdicts == verdict]
        if len(rows):
            build.propose(
                "swapped_unsure",
                rows,
                f"latitude and longitude may be swapped in {list_rows(rows, build.word)}, {grounds}: "
                "they would be exchanged",
            )


def _in_range(
    frame: gpd.GeoDataFrame, build: Build, *, own: CRS, crs: Any, boundary: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """The rows whose degrees can be; of the others, where the first lies and what it may be in."""
    corners = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 2)
    possible = np.asarray(in_range(corners, own).reshape(-1, 2).all(axis=1))
    if possible.all():
        return frame
    x, y = corners.reshape(-1, 2, 2).mean(axis=1)[~possible][0]
    first = build.quote(frame.index[~possible][0], (round(float(x), 6), round(float(y), 6)))
    example = f"the first is at {first}"
    fits: list[str] = []
    if boundary is not None:
        extent = shapely.total_bounds(frame.geometry.to_numpy()[~possible])
        fits = fitting_crs(extent.tolist(), boundary, crs, other_than=own)
    if fits:
        example += f"; read as {' or '.join(fits)} they fall in the area"
    degrees = f"for {describe_crs(own)}, which is in degrees"
    return build.keep(frame, possible, "out_of_range", more=degrees, example=example)


def _mended(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Invalid polygons made valid, keeping their areas."""
    shapes = frame.geometry.to_numpy()
    broken = np.asarray(~shapely.is_valid(shapes))
    if not broken.any():
        return frame
    if not build.repair:
        why = _why_invalid(shapes[broken][0])
        return build.keep(frame, ~broken, "invalid_geometry", example=f"first: {why}")
    fixed = shapes.copy()
    fixed[broken] = [_made_valid(shape) for shape in shapes[broken]]
    gone = np.asarray(shapely.is_empty(fixed))
    _record(frame, build, "invalid_geometry", np.flatnonzero(broken & ~gone), fixed)
    return build.keep(frame.set_geometry(fixed, crs=frame.crs), ~gone, "no_area")


def _record(
    frame: gpd.GeoDataFrame,
    build: Build,
    kind: str,
    positions: NDArray[np.intp],
    after: NDArray[np.object_],
) -> None:
    """Record geometries that were mended, as WKT that gives the very same numbers back."""
    before = frame.geometry.to_numpy()
    old = shapely.to_wkt(before[positions], rounding_precision=-1, output_dimension=3)
    new = shapely.to_wkt(after[positions], rounding_precision=-1)
    for row, was, now in zip(frame.index[positions].tolist(), old, new, strict=True):
        build.mend(kind, row, GEOMETRY, was, now)


def _why_invalid(shape: BaseGeometry) -> str:
    """Why a geometry is invalid, without the place."""
    return re.sub(r"\[.*\]", "", shapely.is_valid_reason(shape))


def _made_valid(shape: BaseGeometry) -> BaseGeometry:
    """A repaired geometry, of the parts that are of its own dimension."""
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(valid))
    same = parts[shapely.get_dimensions(parts) == shapely.get_dimensions(shape)]
    whole: BaseGeometry = valid if len(same) == len(parts) else shapely.union_all(same)
    return whole
