"""
Which places hang together as a quarter: clusters by reachability, of a size that can be walked.

Clusters at a shorter reach lie within those at a longer one, so that what is too wide is
taken apart without a look at the rest.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from creative_spatial.analysers.quarters.reachability import NONE, Links, Sites, clusters_of
from creative_spatial.errors import IndicatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SAME = 0.5


class Setting(NamedTuple):
    """
    What makes a quarter.

    Parameters
    ----------
    reaches_m : tuple of float, metres
        Greatest distances between neighbours, from far to near.
    core_sites : int
        Sites within reach, itself among them, that make a site a core.
    min_places : int
        Places at the cores of a quarter.
    max_across_m : float, metres
        What is wider is taken apart at the next shorter reach.
    """

    reaches_m: tuple[float, ...]
    core_sites: int
    min_places: int
    max_across_m: float


class Ground(NamedTuple):
    """
    Where the places stand.

    Parameters
    ----------
    sites : Sites
        Their distinct positions, n.
    links : Links
        What is within the greatest reach of what.
    uncertain_m : array of float, metres, shape (n,)
        How uncertain each site is: one counts at a reach of at least twice as much.
    """

    sites: Sites
    links: Links
    uncertain_m: NDArray[np.float64]


class Found(NamedTuple):
    """
    The quarters.

    Parameters
    ----------
    labels : array of int, shape (n,)
        Quarter that each site is a core of; -1 for none.
    reach_m : array of float, metres, shape (k,)
        At which each of them hangs together.
    """

    labels: NDArray[np.intp]
    reach_m: NDArray[np.float64]


def checked(setting: Setting) -> Setting:
    """
    Pass on a setting that makes sense.

    Parameters
    ----------
    setting : Setting
        As given.

    Returns
    -------
    Setting
        The same.

    Raises
    ------
    IndicatorError
        If a reach is not less than the one before it, or a number too small.
    """
    reaches = setting.reaches_m
    falling = all(a > b for a, b in pairwise(reaches))
    if not reaches or not falling or reaches[-1] <= 0:
        raise IndicatorError(
            f"reaches_m is {list(reaches)}; metres over 0, each less than the last, are needed."
        )
    if setting.core_sites < 2 or setting.min_places < 2 or not setting.max_across_m > 0:
        raise IndicatorError("core_sites and min_places must be 2 or more, max_across_m over 0.")
    return setting


def quarter_clusters(ground: Ground, setting: Setting) -> Found:
    """
    Find the cores of each quarter: too wide ones taken apart at a shorter reach.

    Parameters
    ----------
    ground : Ground
        Where the places stand.
    setting : Setting
        What makes a quarter.

    Returns
    -------
    Found
        In the order of the first site of each. What is too wide, but of which nothing is left
        at a shorter reach, such as a long row of shops, stays whole.
    """
    sites = ground.sites
    levels = [
        clusters_of(
            len(sites.xy), ground.links, reach_m=reach, core_sites=setting.core_sites,
            certain=ground.uncertain_m <= reach / 2,
        )
        for reach in setting.reaches_m
    ]  # fmt: skip
    found: list[tuple[NDArray[np.intp], float]] = []
    # What hangs together at a shorter reach also does at a longer one: clusters are nested.
    waiting = [(cores, 0) for cores in _large(levels[0], sites, setting, levels[0] != NONE)]
    while waiting:
        cores, level = waiting.pop(0)
        finer: list[NDArray[np.intp]] = []
        if level + 1 < len(levels) and _across(sites.xy[cores]) > setting.max_across_m:
            among = np.isin(np.arange(len(sites.xy)), cores)
            finer = _large(levels[level + 1], sites, setting, among)
        if finer:
            waiting += [(part, level + 1) for part in finer]
        else:
            found.append((cores, setting.reaches_m[level]))
    found.sort(key=lambda it: int(it[0][0]))
    labels = np.full(len(sites.xy), NONE, dtype=np.intp)
    for label, (cores, _) in enumerate(found):
        labels[cores] = label
    return Found(labels, np.array([reach for _, reach in found], dtype=float))


def _large(
    labels: NDArray[np.intp], sites: Sites, setting: Setting, among: NDArray[np.bool_]
) -> list[NDArray[np.intp]]:
    """Rows of the cores of each cluster among some that holds enough places."""
    chosen = np.where(among, labels, NONE)
    clusters = [np.flatnonzero(chosen == label) for label in np.unique(chosen[chosen != NONE])]
    return [cores for cores in clusters if sites.places[cores].sum() >= setting.min_places]


def _across(xy: NDArray[np.float64]) -> float:
    """Greatest distance between two points."""
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(xy)))
    return float(np.hypot(*(corners[:, None] - corners[None]).transpose(2, 0, 1)).max())


def survival(ground: Ground, found: Found, others: Sequence[Setting]) -> NDArray[np.float64]:
    """
    Share of other settings in which quarters are found again.

    Parameters
    ----------
    ground : Ground
        Where the places stand.
    found : Found
        Quarters, k of them.
    others : sequence of Setting
        Settings to try.

    Returns
    -------
    array of float, shape (k,)
        Share of the settings in which some quarter and this one have at least half of the
        places at their cores in common (Jaccard's index); null where there is none to try.
    """
    places, labels, n = ground.sites.places, found.labels, len(found.reach_m)
    kept = np.zeros(n)
    for setting in others:
        again = quarter_clusters(ground, setting)
        m = len(again.reach_m)
        both = (labels != NONE) & (again.labels != NONE)
        common = np.zeros((n, m))
        np.add.at(common, (labels[both], again.labels[both]), places[both])
        sizes = [
            np.bincount(it[it != NONE], weights=places[it != NONE], minlength=k)
            for it, k in ((labels, n), (again.labels, m))
        ]
        jaccard = common / (sizes[0][:, None] + sizes[1][None, :] - common)
        kept += (jaccard >= _SAME).any(axis=1)
    return kept / len(others) if others else np.full(n, np.nan)
