"""Diversity as a curve: how many communities, functions and fields count, by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.kinds import field_labels, kinds_of
from creative_spatial.analysers.mixing.diversity import hill_numbers
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

HEADLINE_ORDER = 1


def hill_profiles(
    places: gpd.GeoDataFrame,
    worship: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    orders: Sequence[float],
    community: str = "community",
    function: str = "kind",
    without: Sequence[str] = (),
) -> pd.DataFrame:
    r"""
    Hill numbers of many orders, of the communities, functions and fields of each unit.

    .. math:: {}^qD = \Bigl( \sum_i p_i^q \Bigr)^{1/(1-q)}

    A profile that falls steeply is of many kinds of which few prevail; one that stays level,
    of kinds that are equally common.

    Parameters
    ----------
    places : GeoDataFrame, any geometry
        Cultural assets with `concept` and the column `function`.
    worship : GeoDataFrame, any geometry
        Places of worship with the column `community`.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it. A place is of each field that it is direct
        evidence of.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    orders : sequence of float, >= 0
        Orders q.
    community, function : str
        Columns that say whose a place is, and what it is for.
    without : sequence of str
        What is no one community or function, e.g. "unknown" or "shared".

    Returns
    -------
    DataFrame
        One row for each unit with a place, `of` ("communities", "functions", "fields") and `q`:
        `category` ("of:q"), `value` (effective number), `n` (places), `unknown` (places of the
        unit that are left out), `headline` (whether the row is a number of the city, too: fields
        at order 1; the others have indicators of their own), `unit_id`.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    InsufficientDataError
        If no place of a known kind is in the units.
    ValueError
        If an order is negative.

    Notes
    -----
    An inventory is not a sample: nothing is extrapolated or standardised for coverage, and
    magnitudes of cultural and biological diversity are not to be compared. Shapes may be.

    References
    ----------
    Hill (1973), Ecology 54. Jost (2006), Oikos 113. Chao, Chiu and Jost (2014), Annual Review of
    Ecology, Evolution, and Systematics 45, on profiles.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], index=["town"])
    >>> places = gpd.GeoDataFrame({"concept": ["wat", "mosque"], "kind": ["worship"] * 2,
    ...     "community": ["buddhist", "muslim"]}, geometry=gpd.points_from_xy([1, 2], [1, 1]))
    >>> evidence = pd.DataFrame({"concept": [], "field": [], "strength": []})
    >>> found = hill_profiles(places, places, evidence, town, orders=[0, 2])
    >>> found.set_index("category")["value"].to_dict()
    {'communities:0': 2.0, 'communities:2': 2.0, 'functions:0': 1.0, 'functions:2': 1.0}
    """
    peoples = kinds_of(worship, by=community, without=without)
    uses = kinds_of(places, by=function, without=without)
    fields = field_labels(places, evidence)
    counted = {
        "communities": (_counted(peoples.layer, peoples.codes, units), worship),
        "functions": (_counted(uses.layer, uses.codes, units), places),
        "fields": (_held(fields.layer, fields.held, units), places),
    }
    rows = [
        _profile(of, amount, n, in_all=_per_unit(layer, units), units=units, orders=orders)
        for of, ((amount, n), layer) in counted.items()
    ]
    table = pd.concat(rows, ignore_index=True)
    if table.empty:
        raise InsufficientDataError("No place of a known community, function or field is there.")
    return table


def _counted(
    layer: gpd.GeoDataFrame, codes: NDArray[np.intp], units: gpd.GeoDataFrame
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Places of each kind in each unit, and places in all, where each is of one kind."""
    n_kinds = int(codes.max(initial=-1)) + 1
    position = unit_positions(layer, units)
    inside = position != OUTSIDE
    cell = position[inside] * n_kinds + codes[inside]
    amount = np.bincount(cell, minlength=len(units) * n_kinds).reshape(len(units), n_kinds)
    return amount.astype(float), amount.sum(axis=1)


def _held(
    layer: gpd.GeoDataFrame, held: NDArray[np.bool_], units: gpd.GeoDataFrame
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The same where a place may be of several kinds: it counts for each, and once in all."""
    position = unit_positions(layer, units)
    inside = position != OUTSIDE
    amount = np.zeros((len(units), held.shape[1]))
    np.add.at(amount, position[inside], held[inside].astype(float))
    return amount, np.bincount(position[inside], minlength=len(units))


def _per_unit(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """Places in each unit, of known kind or not."""
    position = unit_positions(layer, units)
    return np.bincount(position[position != OUTSIDE], minlength=len(units))


def _profile(
    of: str,
    amount: NDArray[np.float64],
    n: NDArray[np.intp],
    *,
    in_all: NDArray[np.intp],
    units: gpd.GeoDataFrame,
    orders: Sequence[float],
) -> pd.DataFrame:
    """Rows of one curve for each unit with a place."""
    there = np.flatnonzero(n)
    values = np.column_stack([hill_numbers(amount[there], q=q) for q in orders])
    unit, order = np.indices(values.shape).reshape(2, -1)
    q = np.asarray(orders, dtype=float)[order]
    return pd.DataFrame(
        {
            "category": [f"{of}:{it:g}" for it in q],
            "of": of,
            "q": q,
            "value": values.ravel(),
            "n": n[there][unit],
            "unknown": (in_all - n)[there][unit],
            "headline": (of == "fields") & (q == HEADLINE_ORDER),
            "unit_id": units.index.astype("str").to_numpy()[there][unit],
        }
    )
