"""Where a place has those of its own kind around it, and where those of others: as layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.certainty import vaguer_than
from creative_spatial.analysers.kinds import DIRECT, Labels, field_labels, kind_labels
from creative_spatial.analysers.mixing.local_colocation import REACH, quotients_of_others

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

BESIDE, APART, NEITHER = ("beside others", "apart", "neither")


def communities_beside_others(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    bandwidth_m: float,
    without: Sequence[str] = (),
    alpha: float = 0.05,
    permutations: int = 999,
    seed: int = 0,
) -> gpd.GeoDataFrame:
    """
    Where places of a community have other communities' places around them, and where not.

    The quotient is that of `local_colocation`, with every kind but a place's own for B.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry, metres
        Places with the column `by`; those outside the boundary do not count.
    units : GeoDataFrame, 1 row, polygon
        The boundary.
    by : str
        Column that says whose a place is.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel; places beyond four of it do not count.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    alpha : float, in (0, 1)
        False-discovery rate at which a pattern is named.
    permutations : int, > 0
        Draws; fewer, but at least 99, where neighbours are many.
    seed : int
        Of the draws.

    Returns
    -------
    GeoDataFrame
        The places of a known kind, by their index, with their names, `concept`, the column
        `by`, `value` (over 1: others are around it), `p` (two-sided), `p_adjusted` and
        `pattern`: "beside others", "apart", or "neither", which is all that can be said where
        chance would do as well. Null where a place is less certain than the bandwidth (it is
        then no one's neighbour either) or no other is in reach; `reason` says so.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two kinds are there, or all places are at one point.

    References
    ----------
    Cromley, Hanink and Bentley (2014), The Professional Geographer 66.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(-9, -9, 999, 9)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "b", "a", "a"]},
    ...     geometry=gpd.points_from_xy([0, 1, 500, 501], [0] * 4))
    >>> found = communities_beside_others(temples, town, by="community", bandwidth_m=10)
    >>> found["value"].round(6).tolist()
    [3.0, 1.0, 0.0, 0.0]
    """
    inside = layer[unit_positions(layer, units) != OUTSIDE]
    labels = kind_labels(inside, by=by, without=without)
    found = _around_sure_places(labels, bandwidth_m, permutations, seed)
    rows = _as_layer(labels, found, alpha, [by])
    rows.attrs["note"] = labels.note
    return rows


def fields_beside_others(
    layer: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    bandwidth_m: float,
    strengths: Sequence[str] = DIRECT,
    alpha: float = 0.05,
    permutations: int = 999,
    seed: int = 0,
) -> gpd.GeoDataFrame:
    """
    Where places of a creative field have other fields' places around them, and where not.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry, metres
        Places with `concept`; those outside the boundary do not count.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it.
    units : GeoDataFrame, 1 row, polygon
        The boundary.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel.
    strengths : sequence of str
        How strong evidence is that counts.
    alpha : float, in (0, 1)
        False-discovery rate at which a pattern is named.
    permutations : int, > 0
        Draws.
    seed : int
        Of the draws.

    Returns
    -------
    GeoDataFrame
        As `communities_beside_others`, with `fields` (";" between them) for the column `by`.
        Another place is of others where the two serve no field in common.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    InsufficientDataError
        If fewer than three places or two fields are there, or all places are at one point.

    See Also
    --------
    communities_beside_others : The same of communities; with an example.
    """
    inside = layer[unit_positions(layer, units) != OUTSIDE]
    labels = field_labels(inside, evidence, strengths=strengths)
    found = _around_sure_places(labels, bandwidth_m, permutations, seed)
    named = np.array(labels.names, dtype=object)
    fields = [";".join(named[held]) for held in labels.held]
    labels = labels._replace(layer=labels.layer.assign(fields=pd.array(fields, dtype="str")))
    return _as_layer(labels, found, alpha, ["fields"])


def _around_sure_places(
    labels: Labels, bandwidth_m: float, permutations: int, seed: int
) -> pd.DataFrame:
    """Quotients of every place, and why one has none."""
    vague = vaguer_than(labels.layer, bandwidth_m)
    found = quotients_of_others(labels.within(~vague), bandwidth_m, permutations, seed)
    found = found.reindex(labels.layer.index)
    why = np.where(
        vague,
        f"uncertain by more than {bandwidth_m:g} m",
        f"no other place within {REACH * bandwidth_m:g} m, or none of others anywhere",
    )
    unknown = found["value"].isna()
    return found.assign(reason=pd.Series(why, index=found.index, dtype="str").where(unknown))


def _as_layer(
    labels: Labels, found: pd.DataFrame, alpha: float, kinds: list[str]
) -> gpd.GeoDataFrame:
    """The places with what was found, and the pattern in a word."""
    places = labels.layer
    names = [str(column) for column in places]
    kept = [c for c in names if c in {*kinds, "concept", "source_id", "accuracy"}]
    kept += [c for c in names if c.startswith("name")]
    clear = found["p_adjusted"] <= alpha
    pattern = np.where(clear & (found["value"] > 1), BESIDE, np.where(clear, APART, NEITHER))
    word = pd.Series(pattern, index=found.index, dtype="str").where(found["value"].notna())
    columns = [*kept, str(places.geometry.name)]
    numbers = found.drop(columns="reason")
    return places[columns].assign(**numbers, pattern=word, reason=found["reason"])
