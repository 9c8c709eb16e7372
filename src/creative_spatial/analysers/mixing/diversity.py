"""Hill numbers: how many equally common kinds would make this diversity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.kinds import kinds_of
from creative_spatial.analysers.land.overlay import (
    area_by_class,
    dissolve,
    patches,
    rows_in_units,
)
from creative_spatial.analysers.measured import measure_frame
from creative_spatial.crs import require_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


def hill_numbers(abundance: ArrayLike, *, q: float) -> NDArray[np.float64]:
    r"""
    Hill number of order q of one or many sets of abundances.

    .. math:: {}^qD = \Bigl( \sum_i p_i^q \Bigr)^{1/(1-q)}, \qquad
              {}^1D = \exp\Bigl( -\sum_i p_i \ln p_i \Bigr)

    with :math:`p_i` the share of kind :math:`i`. Order 0 counts the kinds, order 1 is the
    exponential of Shannon's entropy, order 2 the inverse of Simpson's concentration.

    Parameters
    ----------
    abundance : array of float, shape (..., kinds), >= 0
        Counts, areas or other amounts; kinds lie along the last axis.
    q : float, >= 0
        Order: the higher, the less rare kinds weigh.

    Returns
    -------
    array of float, shape (...)
        Effective number of kinds. Of nothing it is 0 at order 0 (no kind is there) and null
        at any other, where there are no shares.

    Raises
    ------
    ValueError
        If `q` or an abundance is negative.

    References
    ----------
    Hill (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54.
    Jost (2006). Entropy and diversity. Oikos 113.

    Examples
    --------
    >>> [float(hill_numbers([50, 30, 15, 5], q=q).round(6)) for q in (0, 1, 2)]
    [4.0, 3.133404, 2.739726]
    """
    amount = np.asarray(abundance, dtype=float)
    if not q >= 0:
        raise ValueError(f"`q` is {q!r}; orders of diversity are 0 or more.")
    if (amount < 0).any():
        raise ValueError("An abundance is negative.")
    if q == 0:
        return np.asarray((amount > 0).sum(axis=-1), dtype=float)[()]
    total = amount.sum(axis=-1, keepdims=True)
    share = np.divide(amount, total, out=np.zeros_like(amount), where=total > 0)
    positive = np.where(share > 0, share, 1.0)
    if q == 1:
        number = np.exp(-(share * np.log(positive)).sum(axis=-1))
    else:
        powers = np.where(share > 0, positive**q, 0.0).sum(axis=-1)
        number = np.where(powers > 0, powers, 1.0) ** (1 / (1 - q))
    return np.where(total[..., 0] > 0, number, np.nan)[()]


def hill_number(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    q: float,
    weight: Literal["count", "area"] = "count",
    without: Sequence[str] = (),
) -> pd.DataFrame:
    r"""
    Effective number of kinds among the features of each unit.

    The Hill number of `hill_numbers`, on counts (a feature belongs to the unit of
    `assign_units`) or on areas (polygons are cut at the units' edges, and ground that
    several polygons of one kind cover counts once).

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features with the column `by`; rows where it is null are of unknown kind and left out.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    by : str
        Column that says the kind, e.g. "concept" or "community".
    q : float, >= 0
        Order of diversity.
    weight : {"count", "area"}
        What makes a kind common.
    without : sequence of str
        What is left out as no one kind, e.g. "unknown" or "shared".

    Returns
    -------
    DataFrame, k rows
        `value`: effective number of kinds; 0 at order 0 and null at others where there is no
        feature of a known kind. `n`: features of known kind. Of a single unit,
        ``attrs["note"]`` says how many features are left out of a count, and why.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    ValueError
        If `q` is negative or `weight` unknown.

    Notes
    -----
    An inventory is not a sample: nothing is extrapolated, and magnitudes of cultural and
    biological diversity are not to be compared with each other.

    References
    ----------
    Hill (1973). Ecology 54. Jost (2006). Oikos 113.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> worship = gpd.GeoDataFrame({"community": ["buddhist", "muslim", None]},
    ...     geometry=gpd.points_from_xy([1, 2, 3], [1, 1, 1]))
    >>> float(hill_number(worship, units, by="community", q=1).at["town", "value"])
    2.0
    """
    require_crs(units.crs, layer=layer)
    if weight not in {"count", "area"}:
        raise ValueError(f"`weight` is {weight!r}; expected 'count' or 'area'.")
    if weight == "area":
        found = kinds_of(layer, by=by, without=without)
        amount, n = _areas(found.layer, found.codes, len(found.names), units.geometry.to_numpy())
        return measure_frame(units, hill_numbers(amount, q=q), n=n)
    inside = layer[unit_positions(layer, units) != OUTSIDE]
    found = kinds_of(inside, by=by, without=without)
    position = unit_positions(found.layer, units)
    amount = _counts(found.codes, len(found.names), position, len(units))
    values = measure_frame(units, hill_numbers(amount, q=q), n=amount.sum(axis=1))
    if len(units) == 1:
        values.attrs["note"] = found.note
    return values


def _counts(
    codes: NDArray[np.intp], n_kinds: int, position: NDArray[np.intp], n_units: int
) -> NDArray[Any]:
    """Features of each kind in each unit, shape (units, kinds)."""
    inside = position != OUTSIDE
    cell = position[inside] * n_kinds + codes[inside]
    return np.bincount(cell, minlength=n_units * n_kinds).reshape(n_units, n_kinds)


def _areas(
    known: gpd.GeoDataFrame, codes: NDArray[np.intp], n_kinds: int, places: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Area of each kind in each unit, shape (units, kinds), and the polygons it is made of."""
    found = patches(known, name="layer")
    kind = codes[found.row]
    ground = [dissolve(found.shapes[kind == code]) for code in range(n_kinds)]
    of = np.repeat(np.arange(n_kinds), [len(parts) for parts in ground])
    shapes = np.concatenate([np.empty(0, dtype=object), *ground])
    area = area_by_class(shapes, of, places, n_classes=n_kinds)
    return area, rows_in_units(*found, places)
