"""
How far communities live apart, beside what chance would give.

In small units even shuffled communities look apart: a unit with one place has one
community. What is observed is therefore judged against the same places with their
communities shuffled, not against perfect mixing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.certainty import inside_where_shown, vaguer_than
from creative_spatial.analysers.chance import affordable, beside_chance, in_words, over_draws
from creative_spatial.analysers.kinds import Labels, kind_labels, require_comparable
from creative_spatial.analysers.mixing.indices import exposure_matrix, theil_h
from creative_spatial.crs import require_crs
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

_BUDGET = 2e8
"""Additions that all draws together may take: seconds, whatever the size of the city."""


class _Spread(NamedTuple):
    """Places of known kind in a boundary's cells, the cell of each, and what was left out."""

    labels: Labels
    cell: NDArray[np.intp]
    n_cells: int
    outside: int
    generalised: int
    note: str

    def amounts(self, order: NDArray[np.intp]) -> NDArray[np.float64]:
        """Places of each kind in each occupied cell, once the places changed places."""
        n_kinds = len(self.labels.names)
        codes = np.argmax(self.labels.held, axis=1)[order]
        flat = np.bincount(self.cell * n_kinds + codes, minlength=self.n_cells * n_kinds)
        return flat.reshape(self.n_cells, n_kinds).astype(float)


def mixing_exposure(
    layer: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    without: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Exposure of each community to each in a boundary's units, beside shuffled communities.

    The index is that of `mixing.exposure`; of a community with itself it is isolation.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places with the column `by`.
    cells : GeoDataFrame, polygons
        The units within which communities meet.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    by : str
        Column that says whose a place is.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws in which communities are shuffled over the places; fewer, but at least 99, where
        these are many.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        One row a pair: `category` ("of:to"), `of`, `to`, `value` (0 to 1), `expected`, `low` and
        `high` (mean and middle 95 % of the draws), `p` (two-sided), `share` (of `to` in all
        places: what perfect mixing would give), `n` (places of `of`), `unknown` (places left
        out, being of no one community), `outside` (in no unit), `generalised` (left
        out, being shown by a cell), `permutations`, `reference`
        (chance in words, for the notes), `unit_id`. ``attrs["note"]`` says how many places are
        left out, and of how many the unit is not known.

    Raises
    ------
    CRSError
        If the layers are not in one CRS.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two communities are there, or all places in one unit.

    References
    ----------
    Bell (1954), Social Forces 32. Against random allocation: Carrington and Troske (1997),
    Journal of Business and Economic Statistics 15.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> cells = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 5, 9), shapely.box(5, 0, 9, 9)])
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "a", "b", "b"]},
    ...     geometry=gpd.points_from_xy([1, 2, 6, 7], [1] * 4))
    >>> found = mixing_exposure(temples, cells, town, by="community").set_index("category")
    >>> found.loc["a:b", ["value", "share"]].tolist()
    [0.0, 0.5]
    """
    spread = _spread(layer, cells, units, by=by, without=without)
    names, held = spread.labels.names, spread.labels.held
    draws = affordable(permutations, spread.n_cells * len(names) ** 2 + len(held), _BUDGET)
    value, drawn = _drawn(spread, exposure_matrix, draws, seed)
    chance = beside_chance(value, drawn)
    of, to = np.indices(value.shape).reshape(2, -1)
    named, size = np.array(names, dtype=object), held.sum(axis=0)
    table = pd.DataFrame(
        {
            "category": [f"{names[a]}:{names[b]}" for a, b in zip(of, to, strict=True)],
            "of": named[of],
            "to": named[to],
            "value": value.ravel(),
            "expected": chance.expected.ravel(),
            "low": chance.low.ravel(),
            "high": chance.high.ravel(),
            "p": chance.p.ravel(),
            "share": (size / size.sum())[to],
            "n": size[of],
        }
    ).assign(
        unknown=spread.labels.unknown,
        outside=spread.outside,
        generalised=spread.generalised,
        permutations=draws,
        reference=in_words(chance.expected, chance.low, chance.high, chance.p),
        unit_id=units.index[0],
    )
    table.attrs["note"] = spread.note
    return table


def mixing_theil(
    layer: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    without: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Theil's H of communities in a boundary's units, beside shuffled communities.

    The index is that of `mixing.information_theory_index`.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places with the column `by`.
    cells : GeoDataFrame, polygons
        The units that are compared with the whole.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    by : str
        Column that says whose a place is.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws; see `mixing_exposure`.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame, 1 row
        `category` ("units"), `value` (0 mixed, 1 apart), `expected`, `low` and `high` (mean and
        middle 95 % of the draws), `p` (two-sided), `n` (places), `units` (those with a place),
        `unknown`, `outside`, `generalised`, `permutations`, `reference`, `unit_id`;
        ``attrs["note"]`` as there.

    Raises
    ------
    CRSError
        If the layers are not in one CRS.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two communities are there, or all places in one unit.

    References
    ----------
    Theil and Finizza (1971), J. Math. Sociology 1. Against random allocation: Carrington and
    Troske (1997), Journal of Business and Economic Statistics 15.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> cells = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 5, 9), shapely.box(5, 0, 9, 9)])
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "a", "b", "b"]},
    ...     geometry=gpd.points_from_xy([1, 2, 6, 7], [1] * 4))
    >>> float(mixing_theil(temples, cells, town, by="community").at[0, "value"])
    1.0
    """
    spread = _spread(layer, cells, units, by=by, without=without)
    held = spread.labels.held
    draws = affordable(permutations, spread.n_cells * held.shape[1] + len(held), _BUDGET)
    value, drawn = _drawn(spread, theil_h, draws, seed)
    chance = beside_chance(value, drawn)
    table = pd.DataFrame(
        {
            "category": ["units"],
            "value": [float(value)],
            "expected": [float(chance.expected)],
            "low": [float(chance.low)],
            "high": [float(chance.high)],
            "p": [float(chance.p)],
            "n": [len(held)],
            "units": [spread.n_cells],
            "unknown": [spread.labels.unknown],
            "outside": [spread.outside],
            "generalised": [spread.generalised],
            "permutations": [draws],
            "reference": in_words(chance.expected, chance.low, chance.high, chance.p),
            "unit_id": [units.index[0]],
        }
    )
    table.attrs["note"] = spread.note
    return table


def _spread(
    layer: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    without: Sequence[str],
) -> _Spread:
    """Places of known kind in the cells of a boundary."""
    require_crs(units.crs, cells=cells)
    inside, generalised = inside_where_shown(layer, units)
    labels = kind_labels(inside, by=by, without=without)
    position = unit_positions(labels.layer, cells)
    held = position != OUTSIDE
    labels = labels.within(held)
    require_comparable(labels, what="Mixing")
    # Units without a place weigh nothing: they are dropped, so that none costs anything.
    occupied, cell = np.unique(position[held], return_inverse=True)
    if len(occupied) < 2:
        raise InsufficientDataError(
            f"Mixing compares units; all {len(cell)} places of a known kind are in one."
        )
    note = " ".join(text for text in (labels.note, _vague(labels.layer, cells)) if text)
    return _Spread(labels, cell, len(occupied), int((~held).sum()), generalised, note)


def _vague(places: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> str:
    """Say of how many places the unit is not known; empty where it is of all."""
    half = float(np.sqrt(cells.geometry.area.max())) / 2
    vague = int(vaguer_than(places, half).sum())
    return (
        f"Of {vague} of {len(places)} places it is not known in which unit they are: they are "
        f"uncertain by more than half of one ({half:,.0f} m)."
        if vague
        else ""
    )


def _drawn(
    spread: _Spread,
    index: Callable[[NDArray[np.float64]], NDArray[np.float64] | float],
    draws: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An index of the places as they are, and of each draw."""
    size = len(spread.cell)
    observed = np.asarray(index(spread.amounts(np.arange(size))), dtype=float)
    drawn = over_draws(
        lambda order: index(spread.amounts(order)), size, permutations=draws, seed=seed
    )
    return observed, drawn
