"""Hot spots of a kind, and of a creative field: on grids as fine as the data allow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.clusters.local_autocorrelation import MIN_UNITS
from creative_spatial.analysers.clusters.stability import hot_spot_stability
from creative_spatial.analysers.placed import Placed, placed, uncertainty_of
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import InsufficientDataError
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

_ROUND_M = 50
_PLACES_A_CELL = 2


def hot_spots(
    cases: gpd.GeoDataFrame | Sequence[gpd.GeoDataFrame],
    places: Sequence[gpd.GeoDataFrame | None],
    land: BaseGeometry,
    units: gpd.GeoDataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    field: str | None = None,
    strengths: Sequence[str] = ("direct", "indirect"),
    width_factors: Sequence[float] = (1.0, 1.2, 1.6, 2.0),
    offsets: int = 5,
    rings: Sequence[int] = (1,),
    min_cell_m: float = 100.0,
    certain_share: float = 0.8,
    unstated_m: float = 0.0,
    level: float = 0.05,
    min_cases: int = 30,
    stable_share: float = 0.8,
    seed: int = 0,
) -> gpd.GeoDataFrame:
    r"""
    Spots of ground around which a kind is more frequent than all mapped places would have it.

    Grids are as fine as the data allow: the least width is the greatest of `min_cell_m`,
    :math:`\sqrt{2 A / n}`, which gives a cell two of the n places on the land of area A, and
    twice the uncertainty that `certain_share` of the places keep to; rounded up to 50 m.

    Parameters
    ----------
    cases : GeoDataFrame, metres, or a sequence of them
        Places of the kind; with `evidence`, those among which its places are.
    places : sequence of GeoDataFrame or None, same CRS
        All mapped places, the cases among them, None for what was not read: how well a quarter is mapped cancels.
    land : (Multi)Polygon, same CRS
        The boundary without water.
    units : GeoDataFrame, 1 row, same CRS
        The boundary.
    evidence : DataFrame, optional
        Columns `concept`, `field`, `strength`: only cases of a concept that is evidence of
        `field`, in one of the `strengths`, count.
    field : str, optional
        A creative field.
    strengths : sequence of str
        Strengths of evidence that count.
    width_factors : sequence of float, >= 1
        Widths of the grids, as multiples of the least.
    offsets : int, > 0
        Grids of each width.
    rings : sequence of int, > 0
        Bandwidths of Gi*, in steps from cell to cell; each grid is looked at with each.
    min_cell_m : float, metres
        No grid is finer.
    certain_share : float, in (0, 1)
        Share of the places that cells must be wide enough for; those less certain than half a
        cell are left out of its grid.
    unstated_m : float, metres
        Uncertainty of places that state none.
    level : float, in (0, 1)
        False-discovery rate at which a cell is hot.
    min_cases : int
        Fewer cases are not tested: the normal p of a rare kind makes a hot spot of any two that
        are neighbours.
    stable_share : float, in (0, 1]
        A spot is stable where it is hot in at least this share of the grids, with the places
        as they are and moved alike.
    seed : int
        Of the offsets and moves.

    Returns
    -------
    GeoDataFrame of Polygon
        One row a spot that is hot in any grid, most often hot first, indexed by `unit_id`:
        `hot`, `hot_jittered`, `tested` as `hot_spot_stability` gives them; `stable`; `grids`,
        how many there were; `widths_m`, theirs, with ";" between; `field` where one is given. ``attrs["note"]`` says the
        widths and what was left out.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    InsufficientDataError
        If there are fewer than `min_cases` cases, or in more than half of the grids fewer than
        30 cells have a place.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> rng = np.random.default_rng(0)
    >>> xy = rng.uniform(0, 4000, (2000, 2))
    >>> places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs="EPSG:32647")
    >>> market = places[np.hypot(*(xy - 2000).T) < 500]
    >>> town = shapely.box(0, 0, 4000, 4000)
    >>> units = gpd.GeoDataFrame(geometry=[town], crs=places.crs)
    >>> found = hot_spots(market, [places], town, units)
    >>> found["widths_m"].iloc[0], bool(found["stable"].iloc[0])
    ('150;180;240;300', True)
    """
    every = pd.concat([it for it in places if it is not None])
    among = cases if isinstance(cases, pd.DataFrame) else pd.concat(list(cases))
    require_crs(units.crs, cases=among, places=every)
    require_metres(places=every)
    if evidence is not None:
        among = _evidence_of(among, evidence, field, strengths)
    here, kind = placed(every, land, units), placed(among, land, units)
    if len(kind.rows) < min_cases:
        raise InsufficientDataError(
            f"Hot spots take {min_cases} places of the kind; {len(kind.rows)} stand on the land."
        )
    least = _least_width(here, land, min_cell_m, certain_share, unstated_m)
    widths = [least * factor for factor in width_factors]
    found = hot_spot_stability(
        kind.rows, here.rows, land, cell_widths_m=widths, offsets=offsets, rings=rings, unstated_m=unstated_m,
        level=level, spot_m=least, seed=seed,
    )  # fmt: skip
    grids = len(widths) * offsets * len(rings)
    if 2 * found.attrs["grids"] < grids:
        raise InsufficientDataError(
            f"Only {found.attrs['grids']} of {grids} grids of {widths[0]:g} to {widths[-1]:g} m have "
            f"{MIN_UNITS} cells with a mapped place; hot spots take at least half of them."
        )
    hot = found[(found["hot"] > 0) | (found["hot_jittered"] > 0)]
    order = np.lexsort((np.arange(len(hot)), -hot["hot_jittered"], -hot["hot"]))
    hot = hot.iloc[order].assign(
        stable=lambda table: table[["hot", "hot_jittered"]].min(axis=1) >= stable_share,
        grids=found.attrs["grids"],
        widths_m=";".join(f"{width:g}" for width in widths),
    )
    if field is not None:
        hot["field"] = field
    hot.attrs["note"] = _note(found, grids, widths, [kind, here])
    if len(rings) > 1:
        steps = " and ".join(map(str, rings))
        hot.attrs["note"] += f" Each grid counts once for neighbours within {steps} steps."
    return hot


def _evidence_of(
    cases: gpd.GeoDataFrame, evidence: pd.DataFrame, field: str | None, strengths: Sequence[str]
) -> gpd.GeoDataFrame:
    """The places that are evidence of a field."""
    require_columns(evidence, "concept", "field", "strength", name="evidence")
    require_columns(cases, "concept", name="cases")
    chosen = (evidence["field"] == field) & evidence["strength"].isin(list(strengths))
    return cases[cases["concept"].isin(evidence.loc[chosen, "concept"])]


def _least_width(
    here: Placed, land: BaseGeometry, min_cell_m: float, certain_share: float, unstated_m: float
) -> float:
    """Width of the finest cells that the number of places and their certainty allow."""
    uncertain = uncertainty_of(here.rows, unstated_m)
    crowd = math.sqrt(_PLACES_A_CELL * land.area / len(here.rows))
    certain = 2 * float(np.quantile(uncertain, certain_share))
    return _ROUND_M * math.ceil(max(min_cell_m, crowd, certain) / _ROUND_M)


def _note(
    found: gpd.GeoDataFrame, asked: int, widths: Sequence[float], counted: Sequence[Placed]
) -> str:
    """Which grids there were, and what is not in them."""
    said = [
        f"{found.attrs['grids']} grids of hexagons {', '.join(f'{w:g}' for w in widths)} m wide."
    ]
    if found.attrs["grids"] < asked:
        said.append(f"{asked - found.attrs['grids']} more had too few cells with a mapped place.")
    said += [
        it.left_out(what) for it, what in zip(counted, ("cases", "mapped places"), strict=True)
    ]
    vague = [
        f"{of_kind} and {of_all} at {width:g} m"
        for width, (of_kind, of_all) in found.attrs["vague"].items()
        if of_all
    ]
    if vague:
        said.append(
            "Cases and mapped places that are uncertain by more than half of a cell and not "
            f"counted in it: {', '.join(vague)}."
        )
    return " ".join(text for text in said if text)
