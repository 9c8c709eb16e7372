"""Geometries that are usable, in the working CRS and in the area; what is not is named."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from creative_spatial.crs import describe_crs, reproject
from creative_spatial.errors import DataQualityWarning, EmptyLayerWarning, LoadError
from creative_spatial.loaders.columns import count, list_rows
from creative_spatial.loaders.coordinates import explain_miss, in_range, swapped_rows

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

FEW_OUTSIDE = 0.2
# In a file with faults anyway, more rows elsewhere are worth a look.
FEW_OUTSIDE_AMONG_FAULTS = 0.5


@dataclass
class Build:
    """
    A layer being made: what to call its file and rows, what was left out and what is wrong.

    Parameters
    ----------
    file : str
        What messages call the file.
    word : str
        What a row of it is called.
    left_out : dict of str to int
        Rows left out so far, by reason.
    faults : list of str
        What is wrong with rows, a sentence for each kind; `refuse` lists them together.
    misplaced : list
        Row numbers whose coordinates are at fault.
    """

    file: str
    word: str
    left_out: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    misplaced: list[Any] = field(default_factory=list)

    def keep(
        self,
        frame: gpd.GeoDataFrame,
        mask: NDArray[np.bool_],
        *,
        otherwise: str,
        detail: str = "",
    ) -> gpd.GeoDataFrame:
        """
        Keep some rows, and say which go and why.

        Parameters
        ----------
        frame : GeoDataFrame, n rows
            Indexed by row number.
        mask : array of bool, shape (n,)
            True for rows that stay.
        otherwise : str
            Why the others go.
        detail : str
            What to add to the message; the counts are kept by reason alone.

        Returns
        -------
        GeoDataFrame
            The rows that stay.
        """
        if mask.all():
            return frame
        gone = frame.index[~mask]
        self.left_out[otherwise] = self.left_out.get(otherwise, 0) + len(gone)
        more = f" ({detail})" if detail else ""
        self.warn(f"{len(gone)} left out, {otherwise}: {list_rows(gone, self.word)}{more}.")
        return frame.loc[mask]

    def warn(self, message: str) -> None:
        """
        Warn about the file's data.

        Parameters
        ----------
        message : str
            What was found and what to do; the file's name is put before it.
        """
        warnings.warn(f"{self.file}: {message}", DataQualityWarning, stacklevel=4)

    def refuse(self) -> None:
        """
        Raise if anything is wrong, naming all of it: one reading, one list to mend.

        Raises
        ------
        LoadError
            With the faults, numbered where there are several.
        """
        if len(self.faults) == 1:
            raise LoadError(f"{self.file}: {self.faults[0]}")
        if self.faults:
            listed = " ".join(f"({n}) {fault}" for n, fault in enumerate(self.faults, start=1))
            raise LoadError(f"{self.file}: {count(len(self.faults), 'fault')}: {listed}")


def place(
    frame: gpd.GeoDataFrame, build: Build, *, crs: Any, boundary: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """
    Bring a file's rows into the working CRS, leaving out and naming those without a place.

    Parameters
    ----------
    frame : GeoDataFrame, n rows, with a CRS
        Indexed by row number.
    build : Build
        Collects what is left out, and coordinates that are swapped or out of range.
    crs : CRS-like
        The working CRS.
    boundary : (Multi)Polygon in `crs`, or None
        The area, by which swapped coordinates are told.

    Returns
    -------
    GeoDataFrame, at most n rows
        Two-dimensional valid geometries; rows at fault are not among them.
    """
    own = CRS.from_user_input(frame.crs)
    shapes = frame.geometry.to_numpy()
    there = np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    kept = build.keep(frame, there, otherwise="no geometry that can be read")
    kept = kept.set_geometry(shapely.force_2d(kept.geometry.to_numpy()), crs=own)
    kept = build.keep(kept, _finite(kept), otherwise="coordinates that are not numbers")
    sound = _check_range(kept, build, own=own, crs=crs, boundary=boundary)
    placed = reproject(_mended(sound, build), crs)
    reason = f"too far off for {describe_crs(placed.crs)} (read as {describe_crs(own)})"
    return build.keep(placed, _finite(placed), otherwise=reason)


def within_area(
    placed: gpd.GeoDataFrame,
    frame: gpd.GeoDataFrame,
    build: Build,
    *,
    boundary: BaseGeometry | None,
) -> gpd.GeoDataFrame:
    """
    Keep the features that meet the area; where none does, warn and explain.

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
    if not len(placed):
        if not build.misplaced:
            warnings.warn(f"{build.file}: no usable row.", EmptyLayerWarning, stacklevel=4)
        return placed
    if boundary is None:
        return placed
    shapely.prepare(boundary)
    meets = np.asarray(shapely.intersects(boundary, placed.geometry.to_numpy()))
    if not meets.any():
        west, south, east, north = frame.loc[placed.index].total_bounds
        own = CRS.from_user_input(frame.crs)
        where = explain_miss((west, south, east, north), own, boundary, placed.crs)
        found = "its feature is not" if len(placed) == 1 else f"none of {len(placed)} features is"
        warnings.warn(
            f"{build.file}: {found} in the area. {where}", EmptyLayerWarning, stacklevel=4
        )
    return placed.loc[meets]


def name_strays(placed: gpd.GeoDataFrame, inside: gpd.GeoDataFrame, build: Build) -> None:
    """
    Name rows outside the area where they are few; typed coordinates are often slips.

    Parameters
    ----------
    placed, inside : GeoDataFrame
        Usable rows, and those of them in the area.
    build : Build
        Is told; among faults if there are any, in a warning otherwise.
    """
    gone = placed.index.difference(inside.index)
    few = FEW_OUTSIDE_AMONG_FAULTS if build.faults else FEW_OUTSIDE
    if build.word != "row" or not len(gone) or len(inside) == 0 or len(gone) / len(placed) > few:
        return
    lie, their = ("lies", "its") if len(gone) == 1 else ("lie", "their")
    rows = f"{list_rows(gone, build.word)}; are {their} coordinates right?"
    if build.faults:
        build.faults.append(f"{len(gone)} of {len(placed)} {lie} outside the area: {rows}")
    else:
        be = "is" if len(gone) == 1 else "are"
        build.warn(f"{len(gone)} of {len(placed)} {lie} outside the area and {be} left out: {rows}")


def _finite(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which geometries have only finite coordinates."""
    return np.asarray(np.isfinite(shapely.bounds(frame.geometry.to_numpy())).all(axis=1))


def _check_range(
    frame: gpd.GeoDataFrame, build: Build, *, own: CRS, crs: Any, boundary: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """The rows whose degrees can be; of the others, whether they are swapped or metres."""
    corners = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 2)
    points = corners.reshape(-1, 2, 2).mean(axis=1)
    swapped = swapped_rows(points, own, crs, boundary)
    if swapped.any():
        share = "all rows" if swapped.all() else f"{int(swapped.sum())} of {len(frame)} rows"
        remedy = (
            "exchange the two columns (`columns = { lon = ..., lat = ... }`) or export the file anew"
            if swapped.all()
            else "exchange the two values in those rows"
        )
        build.faults.append(
            f"latitude and longitude are swapped in {share} "
            f"({list_rows(frame.index[swapped], build.word)}), which make sense only the other way "
            f"round; {remedy}."
        )
    possible = np.asarray(in_range(corners, own).reshape(-1, 2).all(axis=1))
    beyond = ~possible & ~swapped
    if beyond.any():
        x, y = points[beyond][0]
        build.faults.append(
            f"coordinates out of range for {describe_crs(own)}, which is in degrees, "
            f"in {list_rows(frame.index[beyond], build.word)}; the first is at ({x:g}, {y:g}). "
            'If they are metres, state their CRS, e.g. `crs = "EPSG:32647"`; otherwise mend the rows.'
        )
    wrong = swapped | beyond
    build.misplaced += frame.index[wrong].tolist()
    return frame.loc[~wrong]


def _mended(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Invalid polygons made valid, keeping their areas; named in a warning."""
    shapes = frame.geometry.to_numpy()
    broken = np.asarray(~shapely.is_valid(shapes))
    if not broken.any():
        return frame
    fixed = shapes.copy()
    fixed[broken] = [_made_valid(shape) for shape in shapes[broken]]
    gone = np.asarray(shapely.is_empty(fixed))
    mended = np.asarray(broken & ~gone)
    if mended.any():
        geometries = "geometry" if mended.sum() == 1 else "geometries"
        build.warn(
            f"{int(mended.sum())} invalid {geometries} repaired: "
            f"{list_rows(frame.index[mended], build.word)} "
            f"(first: {shapely.is_valid_reason(shapes[mended][0])}); look at them in a GIS."
        )
    return build.keep(
        frame.set_geometry(fixed, crs=frame.crs), ~gone, otherwise="invalid and without area"
    )


def _made_valid(shape: BaseGeometry) -> BaseGeometry:
    """A repaired geometry, of the parts that are of its own dimension."""
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(valid))
    same = parts[shapely.get_dimensions(parts) == shapely.get_dimensions(shape)]
    whole: BaseGeometry = valid if len(same) == len(parts) else shapely.union_all(same)
    return whole
