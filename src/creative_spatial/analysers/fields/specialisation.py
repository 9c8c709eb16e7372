"""Location quotients: what a city has more of than elsewhere, with exact intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.errors import IndicatorError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def location_quotient(
    here: ArrayLike,
    total_here: float,
    reference: ArrayLike,
    total_reference: float,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    r"""
    Share of a kind here, divided by its share in a reference that excludes the city.

    .. math:: LQ = \frac{x / n}{y / m}

    Given :math:`x + y`, the count :math:`x` is binomial with odds
    :math:`LQ \cdot n / m`, so that the exact interval is the one of Clopper and Pearson
    for that share, turned into a quotient.

    Parameters
    ----------
    here : array of int, k values
        Features of each kind in the city, x.
    total_here : int, > 0
        All features in the city, n; kinds may overlap, so it need not be their sum.
    reference : array of int, k values
        Features of each kind in the reference, y. The city is not in it.
    total_reference : int, > 0
        All features in the reference, m.
    confidence : float, in (0, 1)
        Of the interval.

    Returns
    -------
    DataFrame, k rows
        `value`, null where the reference has none of the kind; `low` and `high` (infinite
        where it has none); `n`, the city's count. Null throughout where both have none.

    Raises
    ------
    IndicatorError
        If a count is negative, or exceeds its total, or a total is zero.

    References
    ----------
    Isard (1960), Methods of Regional Analysis. Clopper and Pearson (1934), Biometrika 26;
    for the ratio of two Poisson means, Przyborowski and Wilenski (1940), Biometrika 31.

    Examples
    --------
    30 of 200 here, 120 of 4,000 in the province without the city:

    >>> float(location_quotient([30], 200, [120], 4000).at[0, "value"].round(6))
    5.0
    """
    x, y = np.asarray(here, dtype=float), np.asarray(reference, dtype=float)
    if not (total_here > 0 and total_reference > 0):
        raise IndicatorError("A location quotient needs features here and in the reference.")
    if (x < 0).any() or (y < 0).any() or (x > total_here).any() or (y > total_reference).any():
        raise IndicatorError("A count is negative or exceeds its total.")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}; it lies between 0 and 1.")
    share, elsewhere = x / total_here, y / total_reference
    value = np.divide(share, elsewhere, out=np.full(len(x), np.nan), where=y > 0)
    low, high = _share_interval(x, y, (1 - confidence) / 2)
    scale = total_reference / total_here
    with np.errstate(divide="ignore"):
        interval = [np.where(x + y > 0, p / (1 - p) * scale, np.nan) for p in (low, high)]
    return pd.DataFrame({"value": value, "low": interval[0], "high": interval[1], "n": x})


def _share_interval(
    x: NDArray[np.float64], y: NDArray[np.float64], tail: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Clopper-Pearson limits of x / (x + y)."""
    from scipy import stats

    low = np.where(x > 0, stats.beta.ppf(tail, np.maximum(x, 1), y + 1), 0.0)
    high = np.where(y > 0, stats.beta.ppf(1 - tail, x + 1, np.maximum(y, 1)), 1.0)
    return low, high
