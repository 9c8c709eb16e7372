"""Do places cluster beyond a density surface: K under an inhomogeneous null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.analysers.patterns.curves import Curve, beside_band
from creative_spatial.analysers.patterns.k_functions import (
    case_points,
    require_cases,
    ripley_k,
)
from creative_spatial.crs import require_crs
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.raster import Raster


def surface_k(
    cases: gpd.GeoDataFrame,
    surface: Raster,
    *,
    distances_m: Sequence[float],
    permutations: int = 199,
    alpha: float = 0.05,
    seed: int = 0,
) -> Curve:
    """
    Do places cluster beyond a density surface: K against places drawn from the surface.

    Parameters
    ----------
    cases : GeoDataFrame, m rows, metres
        The places.
    surface : Raster of float, in the CRS of the cases
        Where places of all kinds are, e.g. from `density.kernel_density`; null is water.
    distances_m : sequence of float, metres
        Ascending; below a cell's width the draws say nothing.
    permutations : int, > 0
        Draws of m places, each within the cell it falls in.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    seed : int
        Of the draws.

    Returns
    -------
    Curve
        `value` is K(r) in square metres without edge correction, over the surface's area;
        the draws have the same edge.

    Raises
    ------
    InsufficientDataError
        If there are fewer than three cases or the surface is empty.
    CRSError
        If the cases are not in the surface's CRS.

    References
    ----------
    Baddeley, Moller and Waagepetersen (2000), Statistica Neerlandica 54.
    """
    require_crs(surface.crs, cases=cases)
    require_cases(len(cases), "cases")
    weight = np.nan_to_num(np.asarray(surface.values, dtype=float)).ravel()
    if not weight.sum() > 0:
        raise InsufficientDataError(
            "The surface is zero or null everywhere; nothing can be drawn from it."
        )
    cell = abs(float(surface.transform.a))
    area = float(np.isfinite(surface.values).sum()) * cell**2
    rng = np.random.default_rng(seed)

    def drawn() -> NDArray[np.float64]:
        at = rng.choice(len(weight), size=len(cases), p=weight / weight.sum())
        row, column = np.divmod(at, surface.values.shape[1])
        jitter = rng.random((2, len(cases)))
        x, y = surface.transform @ (column + jitter[0], row + jitter[1])
        return ripley_k(np.column_stack([x, y]), distances_m, area)

    return beside_band(
        ripley_k(case_points(cases), distances_m, area), drawn, distances_m, permutations, alpha
    )
