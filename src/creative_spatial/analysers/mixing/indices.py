"""Mixed or side by side: how communities share the units of a city."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.kinds import kinds_of
from creative_spatial.errors import IndicatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray


def counts_by_unit(
    layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame, *, by: str, without: Sequence[str] = ()
) -> pd.DataFrame:
    """
    Count the features of each kind in each unit.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features with the column `by`; null kinds and those of `without` are left out.
    units : GeoDataFrame, k rows, polygons
        In the CRS of the layer.
    by : str
        Column that says the kind, e.g. "community".
    without : sequence of str
        What is left out as no one kind, e.g. "unknown" or "shared".

    Returns
    -------
    DataFrame of float, k rows
        A column for each kind, in alphabetical order.

    Raises
    ------
    CRSError
        If the two are not in one CRS.
    LayerSchemaError
        If the layer has no column `by`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> worship = gpd.GeoDataFrame({"community": ["muslim", "buddhist", "muslim"]},
    ...     geometry=gpd.points_from_xy([1, 2, 3], [1, 1, 1]))
    >>> counts_by_unit(worship, units, by="community").loc["town"].to_dict()
    {'buddhist': 1.0, 'muslim': 2.0}
    """
    known, codes, kinds = kinds_of(layer, by=by, without=without)[:3]
    position = unit_positions(known, units)
    inside = position != OUTSIDE
    cell = position[inside] * max(len(kinds), 1) + codes[inside]
    counts = np.bincount(cell, minlength=len(units) * len(kinds)).astype(float)
    return pd.DataFrame(
        counts.reshape(len(units), len(kinds)), index=units.index, columns=list(kinds)
    )


def exposure(counts: pd.DataFrame) -> pd.DataFrame:
    r"""
    How often one community's places share a unit with another's, and with their own.

    .. math:: {}_xP^*_y = \sum_i \frac{x_i}{X} \frac{y_i}{t_i}

    with :math:`x_i` places of one community in unit i, :math:`X` in all, :math:`t_i` of
    all communities in the unit. Of a community with itself it is called isolation.

    Parameters
    ----------
    counts : DataFrame, k rows
        Amounts of each kind (columns) in each unit (rows).

    Returns
    -------
    DataFrame
        `of`, `to`, `value` (0 to 1; a row's values over `to` add up to 1) and `expected`
        (the share of `to` in the whole city, which perfect mixing would give), one row a
        pair; kinds that are nowhere are left out.

    Raises
    ------
    IndicatorError
        If an amount is negative or missing.

    References
    ----------
    Bell (1954), Social Forces 32; Lieberson (1981), in Peach (ed.), Ethnic Segregation in Cities.

    Examples
    --------
    >>> counts = pd.DataFrame({"buddhist": [3, 0], "muslim": [1, 4]})
    >>> exposure(counts).round(3).query("of == 'buddhist'")["value"].tolist()
    [0.75, 0.25]
    """
    amount, kinds = _amounts(counts)
    per_kind = amount.sum(axis=0)
    met = exposure_matrix(amount)
    overall = per_kind / per_kind.sum() if len(kinds) else per_kind
    pairs = list(product(range(len(kinds)), repeat=2))
    return pd.DataFrame(
        {
            "of": [kinds[a] for a, _ in pairs],
            "to": [kinds[b] for _, b in pairs],
            "value": [float(met[a, b]) for a, b in pairs],
            "expected": [float(overall[b]) for _, b in pairs],
        }
    )


def information_theory_index(counts: pd.DataFrame) -> float:
    r"""
    Theil's H: how far the units' compositions are from the city's.

    .. math:: H = \sum_i \frac{t_i (E - E_i)}{T E}, \qquad E = -\sum_m p_m \ln p_m

    Parameters
    ----------
    counts : DataFrame, k rows
        Amounts of each kind (columns) in each unit (rows).

    Returns
    -------
    float
        0 where every unit has the city's composition, 1 where none has two kinds; null
        where the city has fewer than two kinds, of which there is nothing to mix.

    Raises
    ------
    IndicatorError
        If an amount is negative or missing.

    References
    ----------
    Theil and Finizza (1971), J. Math. Sociology 1; Reardon and Firebaugh (2002),
    Sociological Methodology 32.

    Examples
    --------
    >>> information_theory_index(pd.DataFrame({"a": [2, 0], "b": [0, 2]}))
    1.0
    """
    amount, kinds = _amounts(counts)
    if len(kinds) < 2:
        return float("nan")
    return theil_h(amount)


def exposure_matrix(amount: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Exposure of every kind to every kind, as `exposure` defines it.

    Parameters
    ----------
    amount : array of float, shape (units, kinds), >= 0
        Of each kind in each unit; every kind is somewhere.

    Returns
    -------
    array of float, shape (kinds, kinds)
        Of the kind of the row to that of the column.
    """
    per_unit = amount.sum(axis=1, keepdims=True)
    share = np.divide(amount, per_unit, out=np.zeros_like(amount), where=per_unit > 0)
    return np.asarray((amount / amount.sum(axis=0)).T @ share)


def theil_h(amount: NDArray[np.float64]) -> float:
    """
    Theil's H, as `information_theory_index` defines it.

    Parameters
    ----------
    amount : array of float, shape (units, kinds), >= 0
        Of each kind in each unit; at least two kinds are somewhere.

    Returns
    -------
    float
        0 to 1.
    """
    per_unit = amount.sum(axis=1)
    city = entropy(amount.sum(axis=0))
    return float((per_unit * (city - entropy(amount))).sum() / (per_unit.sum() * city))


def entropy(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""
    Shannon's entropy of one or many compositions.

    .. math:: E = -\sum_m p_m \ln p_m

    Parameters
    ----------
    amounts : array of float, shape (..., kinds), >= 0
        Kinds lie along the last axis.

    Returns
    -------
    array of float, shape (...)
        In nats; 0 where one kind or nothing is there.

    Examples
    --------
    >>> float(entropy(np.array([1.0, 1.0])).round(6))
    0.693147
    """
    amounts = np.asarray(amounts, dtype=float)
    total = amounts.sum(axis=-1, keepdims=True)
    share = np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0)
    # Taken from 0, so that one kind has 0 and not -0, which tables and maps would write.
    return np.asarray(0.0 - (share * np.log(np.where(share > 0, share, 1.0))).sum(axis=-1))[()]


def _amounts(counts: pd.DataFrame) -> tuple[NDArray[np.float64], list[str]]:
    """The amounts of kinds that are somewhere, and their names."""
    amount = counts.to_numpy(dtype=float)
    if not (np.isfinite(amount).all() and (amount >= 0).all()):
        raise IndicatorError("An amount is negative or missing; count every kind in every unit.")
    there = amount.sum(axis=0) > 0
    return amount[:, there], [str(name) for name in counts.columns[there]]
