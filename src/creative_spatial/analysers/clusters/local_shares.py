"""
The share of a kind among all mapped places, and the units around which it is high.

How well a quarter is mapped enters both counts alike and cancels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import count_in_units, locate
from creative_spatial.analysers.clusters.local_autocorrelation import getis_ord, local_moran
from creative_spatial.analysers.clusters.neighbours import contiguity
from creative_spatial.analysers.placed import placed
from creative_spatial.crs import require_crs
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy import sparse

GI_STAR, MORAN = "gi_star", "moran"
HOT, COLD = "hot", "cold"
NO_SPREAD = (
    "Shares of units differ by no more than chance would have them: there is nothing to test."
)
ALIKE = "the shares differ by no more than chance would have it"
NOTHING = "no land, or nothing mapped on it"


def smoothed_share(cases: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""
    Share of cases among the places of each unit, drawn to the city's where places are few.

    .. math:: \tilde r_i = B_i r_i + (1 - B_i) m, \quad
        B_i = \frac{v}{v + (m (1 - m) - v) / t_i}, \quad
        v = \max\Bigl(0,\ \frac{\sum t_i (r_i - m)^2 / \sum t_i - m (1 - m) / \bar t}
                               {1 - 1 / \bar t}\Bigr)

    with :math:`t_i` places, :math:`r_i` the raw share, :math:`m` the city's and :math:`v` what
    shares differ by beyond chance. Chance is binomial: of a common kind, such as culture among
    what a tourist town maps, counts of a Poisson law would vary more than shares can.

    Parameters
    ----------
    cases, places : array of float, shape (k,)
        Places of the kind, and all mapped places, in each unit.

    Returns
    -------
    array of float, shape (k,)
        Null in units without a place.

    References
    ----------
    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators,
    Applied Statistics 40, for rare kinds; for others Martuzzi and Elliott (1996), Empirical
    Bayes estimation of small area prevalence of non-rare conditions, Statistics in Medicine 15,
    by moments.

    Examples
    --------
    Both units have the city's share, so there is nothing to draw together:

    >>> smoothed_share(np.array([1.0, 10.0, 0.0]), np.array([2.0, 20.0, 0.0])).tolist()
    [0.5, 0.5, nan]
    """
    there = places > 0
    if not there.any():
        return np.full(len(places), np.nan)
    t = places[there]
    raw = cases[there] / t
    mean = float(cases[there].sum() / t.sum())
    chance, one = mean * (1 - mean), 1 / float(t.mean())
    found = float((t * (raw - mean) ** 2).sum() / t.sum())
    # With one place in each unit, shares differ by nothing that could be told from chance.
    spread = max(0.0, (found - chance * one) / (1 - one)) if one < 1 else 0.0
    noise = (chance - spread) / t
    trust = np.divide(spread, spread + noise, out=np.zeros_like(t), where=spread + noise > 0)
    share = np.full(len(places), np.nan)
    share[there] = trust * raw + (1 - trust) * mean
    return share


def share_statistics(
    cases: NDArray[np.float64], places: NDArray[np.float64], neighbours: sparse.csr_array
) -> pd.DataFrame:
    """
    Gi* of the smoothed share, among units that all have a place.

    Parameters
    ----------
    cases, places : array of float, shape (k,)
        Places of the kind, and all mapped places, in each unit; none without a place.
    neighbours : csr_array, shape (k, k)
        Of the units.

    Returns
    -------
    DataFrame, k rows
        `cases`, `places`, `share`, and `statistic`, `p`, `p_adjusted` as `getis_ord` gives them.

    Raises
    ------
    InsufficientDataError
        Below 30 units.
    """
    share = pd.Series(smoothed_share(cases, places))
    found = getis_ord(share, neighbours)
    return found.assign(cases=cases, places=places, share=share)


def local_statistics(
    cases: gpd.GeoDataFrame,
    places: Sequence[gpd.GeoDataFrame | None],
    units: gpd.GeoDataFrame,
    *,
    level: float = 0.05,
    permutations: int = 999,
    max_permutations: int = 99_999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Gi* and Local Moran of the share of a kind among the mapped places of each unit.

    Parameters
    ----------
    cases : GeoDataFrame, metres
        Places of the kind.
    places : sequence of GeoDataFrame or None, same CRS
        All mapped places, the cases among them; what is None was not read.
    units : GeoDataFrame, k rows, polygons, same CRS
        With `area_land`, if any; at least 30 must have land and a place.
    level : float, in (0, 1)
        False-discovery rate at which a unit counts as hot or cold, high or low.
    permutations, max_permutations : int, > 0
        As for `local_moran`.
    seed : int
        Of its draws.

    Returns
    -------
    DataFrame, two rows a unit
        `unit_id`; `category`, "gi_star" or "moran"; `value`, the statistic; `n`, mapped
        places; `cases`, `share`; `p`, `p_adjusted`; `kind`: "hot" or "cold" of Gi*, "high-high"
        and the like of Moran's, null where not significant at `level`; `reason`, why there is no
        statistic. All but the counts are null in units without land or a place, of which
        nothing is known; statistic and p also where shares differ by no more than chance. Records less certain than half the widest
        unit, taken as the root of its area (those cut at the boundary are narrower), are left
        out. ``attrs["note"]`` says both.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    InsufficientDataError
        If fewer than 30 units have a place.

    References
    ----------
    As for `getis_ord` and `local_moran`.

    Examples
    --------
    >>> from creative_spatial.grid import make_grid
    >>> town = shapely.box(0, 0, 1000, 1000)
    >>> units = gpd.GeoDataFrame(geometry=make_grid(town, 100, shape="square"), crs="EPSG:32647")
    >>> middle = np.repeat(shapely.get_coordinates(units.centroid), 5, axis=0)
    >>> places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*middle.T), crs=units.crs)
    >>> market = places[places.within(shapely.box(0, 0, 300, 300))]
    >>> found = local_statistics(market, [places], units)
    >>> found["kind"].dropna().unique().tolist()
    ['hot', 'high-high']
    """
    every = pd.concat([it[["geometry", *_stated(it)]] for it in places if it is not None])
    require_crs(units.crs, cases=cases, places=every)
    width = float(np.sqrt(units.geometry.area.max())) if len(units) else np.inf
    whole = gpd.GeoDataFrame(geometry=[units.union_all()], crs=units.crs)
    found = [
        placed(layer, whole.geometry.iloc[0], whole, limit_m=width / 2) for layer in (cases, every)
    ]
    dry = units.get("area_land", units.geometry.area).to_numpy(dtype=float) > 0
    shapes = units.geometry.to_numpy()
    counts = [
        count_in_units(locate(np.asarray(shapely.points(it.xy)), shapes), len(units)).astype(float)
        for it in found
    ]
    known = dry & (counts[1] > 0)
    if known.sum() == 0:
        raise InsufficientDataError("No unit has a mapped place.")
    neighbours = contiguity(units.loc[known, ["geometry"]])
    gi = share_statistics(counts[0][known], counts[1][known], neighbours)
    moran = local_moran(
        gi["share"], neighbours, permutations=permutations, max_permutations=max_permutations,
        seed=seed,
    )  # fmt: skip
    gi["kind"] = pd.Series(np.where(gi["statistic"] > 0, HOT, COLD), dtype="str")
    blocks = []
    for category, table in ((GI_STAR, gi), (MORAN, moran)):
        table["kind"] = table["kind"].where(table["p_adjusted"] <= level)
        told = ["statistic", "p", "p_adjusted", "kind"]
        block = table.set_axis(units.index[known])[told].reindex(units.index)
        share = pd.Series(gi["share"].to_numpy(), index=units.index[known]).reindex(units.index)
        why = np.where(share.notna(), ALIKE, NOTHING)
        reason = pd.Series(why, index=units.index, dtype="str").where(block["statistic"].isna())
        block = block.assign(
            category=category, n=counts[1], cases=counts[0], share=share, reason=reason
        )
        blocks.append(
            block.rename(columns={"statistic": "value"}).rename_axis("unit_id").reset_index()
        )
    rows = pd.concat(blocks, ignore_index=True)
    said = [it.left_out(what) for it, what in zip(found, ("assets", "mapped places"), strict=True)]
    said += [NO_SPREAD] if gi["statistic"].isna().all() else []
    rows.attrs["note"] = " ".join(text for text in said if text)
    return rows


def _stated(layer: gpd.GeoDataFrame) -> list[str]:
    return [name for name in ("uncertainty_m",) if name in layer]
