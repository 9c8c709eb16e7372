"""Markers that would lie over one another, moved apart as little as makes them legible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A marker that moved farther than this is tied to its place by a hairline.
MOVED_MM = 1.0
ROUNDS = 80


def move_apart(
    places_mm: NDArray[np.float64],
    apart_mm: float,
    most_mm: float,
    *,
    still: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """
    Push crowded places apart, each as little as its neighbours need.

    Parameters
    ----------
    places_mm : array of float, shape (n, 2), millimetres
        Where markers belong.
    apart_mm : float, millimetres
        Distance wanted between any two.
    most_mm : float, millimetres
        Farthest that any of them is moved.
    still : array of bool, shape (n,), optional
        Those that the others must give way to.

    Returns
    -------
    array of float, shape (n, 2), millimetres
        Where they are drawn; what has room stays where it is. The same places in the same
        order always give the same spots.

    Examples
    --------
    >>> move_apart(np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]]), 2.0, 1.5).tolist()
    [[-0.5, 0.0], [1.5, 0.0], [9.0, 0.0]]
    """
    places = np.asarray(places_mm, dtype=float)
    spots = places.copy()
    fixed = np.zeros(len(places), dtype=bool) if still is None else still
    first, second = np.triu_indices(len(places), k=1)
    # Equal places part in directions of their own: the golden angle never repeats.
    angle = np.arange(len(places)) * 2.399963
    away = np.column_stack([np.cos(angle), np.sin(angle)])
    gap = spots[second] - spots[first]
    pairs = np.hypot(gap[:, 0], gap[:, 1]) < apart_mm - 1e-9
    near = np.bincount(np.concatenate([first[pairs], second[pairs]]), minlength=len(places))
    # Places in a row would only push along it.
    spots = np.where(((near > 1) & ~fixed)[:, None], spots + 0.05 * apart_mm * away, spots)
    for _ in range(ROUNDS):
        gap = spots[second] - spots[first]
        distance = np.hypot(gap[:, 0], gap[:, 1])
        close = (distance < apart_mm - 1e-9) & ~(fixed[first] & fixed[second])
        if not close.any():
            break
        a, b, far = first[close], second[close], distance[close, None]
        direction = np.where(far > 1e-9, gap[close] / np.maximum(far, 1e-9), away[b])
        push = direction * (apart_mm - far) / 2
        np.add.at(spots, b, np.where(fixed[b, None], 0, np.where(fixed[a, None], 2, 1)) * push)
        np.add.at(spots, a, np.where(fixed[a, None], 0, np.where(fixed[b, None], -2, -1)) * push)
        moved = spots - places
        length = np.hypot(moved[:, 0], moved[:, 1])[:, None]
        spots = places + moved * np.minimum(1.0, most_mm / np.maximum(length, 1e-9))
    return spots
