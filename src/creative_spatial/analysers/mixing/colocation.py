"""Do two kinds of places stand side by side more often than the town's layout would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.certainty import inside_where_shown, resolved_m
from creative_spatial.analysers.chance import affordable, beside_chance, in_words, over_draws
from creative_spatial.analysers.clusters.local_autocorrelation import adjusted
from creative_spatial.analysers.kinds import (
    DIRECT,
    Labels,
    field_labels,
    kind_labels,
    require_comparable,
)
from creative_spatial.analysers.nearest_places import nearest_places
from creative_spatial.crs import require_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

ALONE = "no other place could be of the second kind"
_BUDGET = 5e8
"""Multiplications that all draws together may take: seconds, whatever the size of the city."""


def colocation_quotients(
    layer: gpd.GeoDataFrame,
    *,
    by: str,
    without: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Co-location quotient of every pair of kinds, tested by random labelling.

    .. math:: CLQ_{A \to B} = \frac{N_{A \to B} / N_A}{N_B' / (N - 1)}

    with :math:`N_{A \to B}` the places of kind A whose nearest neighbour is of kind B
    (places equally near share it), and :math:`N_B'` the places of kind B, less one where
    B is A.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        Places with the column `by`, at their representative points; rows where it is null
        are left out.
    by : str
        Column that says the kind, e.g. "community".
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws in which the kinds are shuffled over the places; the places stay.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        See `label_quotients`.

    Raises
    ------
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two kinds are there, or all places are at one point.

    References
    ----------
    Leslie and Kronenfeld (2011), Geographical Analysis 43.

    Examples
    --------
    Of three places of kind A the nearest ones are B, B and A; there are four of kind B:

    >>> import geopandas as gpd
    >>> x = [0, 1, 10, 11, 20, 21.5, 50]
    >>> stalls = gpd.GeoDataFrame({"kind": ["A", "B", "A", "B", "A", "A", "B"]},
    ...     geometry=gpd.points_from_xy(x, [0] * 7))
    >>> table = colocation_quotients(stalls, by="kind", permutations=9).set_index(["of", "to"])
    >>> float(table.at[("A", "B"), "value"])
    1.0
    """
    labels = kind_labels(layer, by=by, without=without)
    return label_quotients(labels, permutations=permutations, seed=seed)


def label_quotients(labels: Labels, *, permutations: int = 999, seed: int = 0) -> pd.DataFrame:
    r"""
    Co-location quotients of places that may be of several kinds.

    .. math:: CLQ_{A \to B} = \frac{N_{A \to B}}
              {\sum_{i \in A} (N_B - [i \in B]) \, / \, (N - 1)}

    A place of two kinds is a place of each. Below the line stands what shuffling would give,
    a place keeping its kinds together; where each place is of one kind, this is the quotient
    of Leslie and Kronenfeld.

    Parameters
    ----------
    labels : Labels
        The places and their kinds.
    permutations : int, > 0
        Draws; fewer, but at least 99, where places and kinds are many.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        One row a pair: `of`, `to`, `value` (over 1: A is drawn to B), `expected`, `low` and
        `high` (mean and middle 95 % of the draws), `n` (places of kind A), `p` (two-sided), `p_adjusted`
        (false-discovery rate over the pairs) and `permutations`. Null where a kind has one place
        and is compared with itself.

    Raises
    ------
    CRSError
        If the places are not in metres.
    InsufficientDataError
        If fewer than three places or two kinds are there, or all places are at one point.

    References
    ----------
    Leslie and Kronenfeld (2011), Geographical Analysis 43; the extension to several kinds a
    place is ours.
    """
    require_metres(layer=labels.layer)
    require_comparable(labels, what="Co-location")
    held = labels.held.astype(float)
    n, n_kinds = held.shape
    size = held.sum(axis=0)
    nearest = nearest_places(shapely.get_coordinates(representative_points(labels.layer)))
    chances = (np.outer(size, size) - held.T @ held) / (n - 1)
    scale = np.divide(1.0, chances, out=np.full_like(chances, np.nan), where=chances > 0)
    draws = affordable(permutations, n * n_kinds**2, _BUDGET)

    def quotients(order: NDArray[np.intp]) -> NDArray[np.float64]:
        placed = held[order]
        return np.asarray(placed.T @ nearest.shares(placed) * scale)

    value = quotients(np.arange(n))
    chance = beside_chance(value, over_draws(quotients, n, permutations=draws, seed=seed))
    of, to = np.indices((n_kinds, n_kinds)).reshape(2, -1)
    named = np.array(labels.names, dtype=object)
    return pd.DataFrame(
        {
            "of": named[of],
            "to": named[to],
            "value": value.ravel(),
            "expected": chance.expected.ravel(),
            "low": chance.low.ravel(),
            "high": chance.high.ravel(),
            "n": size[of].astype(int),
            "p": chance.p.ravel(),
            "p_adjusted": adjusted(chance.p.ravel()),
            "permutations": draws,
        }
    )


def colocation_communities(
    layer: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    without: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Co-location quotients between the communities of a boundary.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry, metres
        Places with the column `by`; those outside the boundary do not count.
    units : GeoDataFrame, 1 row, polygon
        The boundary.
    by : str
        Column that says whose a place is.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        The columns of `label_quotients`, and `category` ("of:to"), `reason` (why there is no
        value), `reference` (chance in words, for the notes), `unknown` (places left out),
        `nearest_m` (median distance to the nearest place), `resolved_m` (twice the median
        positional uncertainty: a shorter `nearest_m` says that neighbours may be others),
        `unit_id`, `generalised` (places left out, being shown by a cell). ``attrs["note"]`` says
        how many are left out as of no one kind.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        As `label_quotients`.

    See Also
    --------
    colocation_quotients : The same without a boundary; with an example.
    """
    inside, generalised = inside_where_shown(layer, units)
    labels = kind_labels(inside, by=by, without=without)
    table = _as_table(labels, units, permutations=permutations, seed=seed)
    table.attrs["note"] = labels.note
    return table.assign(generalised=generalised)


def colocation_fields(
    layer: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    strengths: Sequence[str] = DIRECT,
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Co-location quotients between the creative fields of a boundary.

    A place that is evidence of two fields is a place of each, and not its own neighbour.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry, metres
        Places with `concept`; those outside the boundary do not count.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it.
    units : GeoDataFrame, 1 row, polygon
        The boundary.
    strengths : sequence of str
        How strong evidence is that counts.
    permutations : int, > 0
        Draws.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        As `colocation_communities`; `unknown` are places that are no such evidence.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.
    LayerSchemaError
        If a column is missing.
    InsufficientDataError
        As `label_quotients`.

    See Also
    --------
    label_quotients : The formula.
    """
    inside, generalised = inside_where_shown(layer, units)
    labels = field_labels(inside, evidence, strengths=strengths)
    table = _as_table(labels, units, permutations=permutations, seed=seed)
    return table.assign(generalised=generalised)


def _as_table(
    labels: Labels, units: gpd.GeoDataFrame, *, permutations: int, seed: int
) -> pd.DataFrame:
    """Quotients with what a table of the run says beside them."""
    table = label_quotients(labels, permutations=permutations, seed=seed)
    points = shapely.get_coordinates(representative_points(labels.layer))
    table.insert(0, "category", table["of"] + ":" + table["to"])
    lonely = table["value"].isna()
    return table.assign(
        reason=pd.Series(ALONE, index=table.index, dtype="str").where(lonely),
        reference=in_words(*(table[name] for name in ("expected", "low", "high", "p"))),
        unknown=labels.unknown,
        nearest_m=float(np.median(nearest_places(points).distance_m)),
        resolved_m=resolved_m(labels.layer),
        unit_id=units.index[0],
    )
