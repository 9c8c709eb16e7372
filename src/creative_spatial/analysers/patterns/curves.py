"""A function of distance, beside the global band of a null."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


_TIE = 1e-9


class Curve(NamedTuple):
    """
    A function of distance, beside what a null would give.

    Parameters
    ----------
    table : DataFrame
        A row a distance: `distance_m`, `value`, `expected` (mean of the null), `low` and
        `high` (the global band).
    p : float
        Of the whole curve, by its greatest standardised deviation.
    """

    table: pd.DataFrame
    p: float


def beside_band(
    observed: NDArray[np.float64],
    draw: Callable[[], NDArray[np.float64]],
    distances_m: Sequence[float] | NDArray[np.float64],
    permutations: int,
    alpha: float,
    *,
    expected: float | None = None,
) -> Curve:
    """
    Put an observed curve beside the studentised global band of the draws of a null.

    Parameters
    ----------
    observed : array of float
        One value a distance.
    draw : callable
        Gives the curve of one draw.
    distances_m : sequence of float, metres
        Ascending.
    permutations : int, > 1
        Draws.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    expected : float, optional
        Mean of the null at every distance, where it is known: estimated from the draws, it would
        part curves that lie as far below it as others above by chance alone.

    Returns
    -------
    Curve
        With the p of the greatest standardised deviation.

    References
    ----------
    Myllymaki et al. (2017), J. R. Stat. Soc. B 79.
    """
    drawn = np.array([draw() for _ in range(permutations)])
    mean = drawn.mean(axis=0) if expected is None else np.full(drawn.shape[1], expected)
    lost = 1 if expected is None else 0
    spread = np.sqrt(((drawn - mean) ** 2).sum(axis=0) / (permutations - lost))
    varied = np.isfinite(observed) & (spread > 1e-12 * np.maximum(np.abs(mean), 1e-300))
    deviation = np.zeros(permutations + 1)
    if varied.any():
        curves = np.vstack([observed, drawn])[:, varied]
        deviation = np.abs((curves - mean[varied]) / spread[varied]).max(axis=1)
    p = float((deviation >= deviation[0] * (1 - _TIE)).sum()) / (permutations + 1)
    width = np.quantile(deviation[1:], 1 - alpha, method="higher") * spread
    table = pd.DataFrame(
        {
            "distance_m": np.asarray(distances_m, dtype=float),
            "value": observed,
            "expected": mean,
            "low": np.maximum(mean - width, 0.0),
            "high": mean + width,
        }
    )
    return Curve(table, p)
