"""The one shape in which measures answer: value, low, high, n for each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def measure_frame(
    units: pd.DataFrame,
    value: ArrayLike,
    *,
    n: ArrayLike,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> pd.DataFrame:
    """
    Put a measure's numbers into the table that every measure returns.

    Parameters
    ----------
    units : DataFrame, k rows
        The units that were measured.
    value : array of float, k values
        The measure; null where it is undefined.
    n : array of float, k values
        Features or observations behind each value.
    low, high : array of float, k values, optional
        Interval of the value; null otherwise.

    Returns
    -------
    DataFrame of float, k rows
        Columns `value`, `low`, `high`, `n`, indexed exactly like `units`.

    Examples
    --------
    >>> units = pd.DataFrame(index=pd.Index(["west", "east"], name="unit_id"))
    >>> measure_frame(units, [1.5, 0], n=[3, 0])
             value  low  high    n
    unit_id
    west       1.5  NaN   NaN  3.0
    east       0.0  NaN   NaN  0.0
    """
    columns = {"value": value, "low": low, "high": high, "n": n}
    numbers = {
        name: np.full(len(units), np.nan) if given is None else np.asarray(given, dtype=float)
        for name, given in columns.items()
    }
    return pd.DataFrame(numbers, index=units.index)


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[np.float64]:
    """
    Divide, with null where there is nothing to divide by.

    Parameters
    ----------
    numerator : array of float
        What is divided.
    denominator : array of float
        What by; zero, negative and null give null.

    Returns
    -------
    array of float
        The quotients.

    Examples
    --------
    >>> ratio([0, 4, 4], [2, 2, 0])
    array([ 0.,  2., nan])
    """
    above = np.asarray(numerator, dtype=float)
    below = np.asarray(denominator, dtype=float)
    quotient = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient
