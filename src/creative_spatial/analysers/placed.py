"""Which records are placed surely enough to be counted at a grain, and which are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.certainty import vaguer_than

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


class Placed(NamedTuple):
    """
    Features that can be counted, and how many cannot.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        On the land, and certain enough.
    xy : array of float, shape (n, 2), metres
        Their representative points.
    afloat : int
        Features that lie on the water within the boundary.
    vague : int
        Features on the land whose place is too uncertain.
    limit_m : float, metres
        How uncertain a place may be.
    """

    rows: gpd.GeoDataFrame
    xy: NDArray[np.float64]
    afloat: int
    vague: int
    limit_m: float

    def left_out(self, what: str) -> str:
        """
        Say how many features are not counted, and why.

        Parameters
        ----------
        what : str
            What they are called.

        Returns
        -------
        str
            A sentence; empty where all are counted.
        """
        said = [f"{self.afloat} on the water"] if self.afloat else []
        if self.vague:
            said.append(
                f"{self.vague} whose place is uncertain by more than {round(self.limit_m, 1):g} m"
            )
        return f"Of the {what}, {' and '.join(said)} are left out." if said else ""


def uncertainty_of(layer: gpd.GeoDataFrame, unstated_m: float = 0.0) -> NDArray[np.float64]:
    """
    How uncertain each place is, for a grain that shall suit them all.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        With or without `uncertainty_m`, stated or assumed of the kind of source.
    unstated_m : float, metres
        What is assumed where it holds nothing.

    Returns
    -------
    array of float, metres, shape (n,)
        None null.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame({"uncertainty_m": [250.0, None]},
    ...     geometry=gpd.points_from_xy([0, 9], [0, 9]))
    >>> uncertainty_of(places, 20).tolist()
    [250.0, 20.0]
    """
    if "uncertainty_m" not in layer:
        return np.full(len(layer), float(unstated_m))
    known = pd.to_numeric(layer["uncertainty_m"], errors="coerce").to_numpy(dtype=float)
    return np.where(np.isnan(known), unstated_m, known)


def placed(
    layer: gpd.GeoDataFrame, land: BaseGeometry, units: gpd.GeoDataFrame, *, limit_m: float = np.inf
) -> Placed:
    """
    Keep the features that stand on the land and are placed surely enough.

    Parameters
    ----------
    layer : GeoDataFrame, metres
        Features, at their representative points.
    land : (Multi)Polygon, same CRS
        The boundary's land.
    units : GeoDataFrame, same CRS
        The boundary: what is in it but not on its land is on the water.
    limit_m : float, metres
        Places whose `uncertainty_m` is greater are left out.

    Returns
    -------
    Placed
        What is outside the boundary is neither kept nor counted.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame({"uncertainty_m": [10.0, 900.0, None]},
    ...     geometry=gpd.points_from_xy([1, 2, 8], [1, 2, 8]))
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)])
    >>> placed(places, shapely.box(0, 0, 5, 9), town, limit_m=100).left_out("places")
    'Of the places, 1 on the water and 1 whose place is uncertain by more than 100 m are left out.'
    """
    xy = shapely.get_coordinates(representative_points(layer))
    dry, inside = (_within(shape, xy) for shape in (land, units.union_all()))
    vague = vaguer_than(layer, limit_m)
    kept = dry & ~vague
    return Placed(
        layer[kept], xy[kept], int((inside & ~dry).sum()), int((dry & vague).sum()), limit_m
    )


def _within(shape: BaseGeometry, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects_xy(shape, xy[:, 0], xy[:, 1]), dtype=bool)
