"""Mixed within a walk: the kinds of places that each place has around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.chance import affordable, beside_chance, in_words, over_draws
from creative_spatial.analysers.kinds import require_comparable
from creative_spatial.analysers.mixing.indices import entropy
from creative_spatial.analysers.mixing.on_foot import places_on_foot
from creative_spatial.analysers.walking.neighbours import walking_neighbours
from creative_spatial.schema import BASIS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.analysers.walking.snapping import Snapped
    from creative_spatial.network import Network

_BUDGET = 1e9
_KEPT = ("concept", "source_id", "accuracy", "uncertainty_m", BASIS)


def neighbourhood_mix(
    layer: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    distance_m: float,
    max_snap_m: float,
    without: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    r"""
    Diversity of the places within a walk of each place, itself among them.

    .. math:: E_p = -\sum_m \pi_{pm} \ln \pi_{pm}, \qquad {}^1D_p = e^{E_p}

    with :math:`\pi_{pm}` the share of kind m among the places within the distance of place p
    along the network.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places with the column `by`, walked from at the nearest path to their representative
        point. Those outside the units count too.
    network : Network
        In the CRS of the layer.
    units : GeoDataFrame, polygons
        The boundary; its CRS alone is used.
    by : str
        Column that says the kind, e.g. "community".
    distance_m : float, metres, > 0
        How far to walk.
    max_snap_m : float, metres, > 0
        Farthest that a place is brought to a path; the way to it is not in the distance.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared"; their places are left out.

    Returns
    -------
    GeoDataFrame
        The places of a known kind, by their index, with their names, `concept`, the column `by`
        and: `others` (places within the distance, itself not counted), `kinds`, `entropy` (nats)
        and `effective` (kinds, by order 1). These are null where the place is not on the network
        or less certain than the distance; `reason` says so.

    Raises
    ------
    CRSError
        If the layer or the network is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two kinds are there, or the network has no path.

    References
    ----------
    Reardon and O'Sullivan (2004), Sociological Methodology 34, on local environments; Jost
    (2006), Oikos 113, on effective numbers.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [900.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([900.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, -50, 900, 50)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "b", "b"]},
    ...     geometry=gpd.points_from_xy([0, 100, 800], [5, 5, 5]))
    >>> options = {"by": "community", "distance_m": 400, "max_snap_m": 50}
    >>> neighbourhood_mix(temples, street, town, **options)["effective"].tolist()
    [2.0, 2.0, 1.0]
    """
    found = places_on_foot(
        layer, network, units, by=by, certain_m=distance_m, max_snap_m=max_snap_m, without=without
    )
    held = found.labels.held[found.on].astype(float)
    amounts = np.zeros_like(held)
    for rows, near in walking_neighbours(found.snapped, network, distance_m=distance_m):
        amounts[rows] = near @ held
    places = found.labels.layer
    kept = [c for c in places if c == by or c in _KEPT or str(c).startswith("name")]
    disorder = entropy(amounts)
    values = {
        "others": amounts.sum(axis=1) - 1,
        "kinds": (amounts > 0).sum(axis=1),
        "entropy": disorder,
        "effective": np.exp(disorder),
    }
    reason = np.where(
        found.vague,
        f"uncertain by more than {distance_m:g} m",
        f"no path within {max_snap_m:g} m",
    )
    table = places[[*kept, places.geometry.name]].copy()
    for name, numbers in values.items():
        column = np.full(len(places), np.nan)
        column[found.on] = numbers
        table[name] = column
    table["reason"] = pd.Series(reason, index=table.index, dtype="str").mask(found.on)
    table.attrs["note"] = found.labels.note
    return table


def mixing_on_foot(
    layer: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    distance_m: float,
    max_snap_m: float,
    without: Sequence[str] = (),
    permutations: int = 999,
    max_centres: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Spatial information theory index along the network, beside shuffled communities.

    .. math:: \tilde H = 1 - \frac{1}{T E} \sum_p \tilde E_p

    with :math:`\tilde E_p` the entropy of what is within the distance of place p, itself
    included, :math:`E` that of all T places: Theil's H, with a walk around each place where
    that has units, so that no border of a unit lies between neighbours.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places with the column `by`.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    by : str
        Column that says whose a place is.
    distance_m : float, metres, > 0
        How far to walk.
    max_snap_m : float, metres, > 0
        Farthest that a place is brought to a path.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws in which communities are shuffled over the places; fewer, but at least 99, where
        neighbours are many.
    max_centres : int, > 0
        Of more places than this a random choice is walked from; all are walked to.
    seed : int
        Of choice and draws.

    Returns
    -------
    DataFrame, 1 row
        `category` ("400 m on foot"), `value` (0 mixed, 1 apart; under 0 where neighbourhoods
        are more even than the whole), `expected`, `low` and `high` (mean and middle 95 % of the
        draws), `p` (two-sided), `n` (places), `alone` (centres with no other place within the
        distance), `centres`, `unknown`, `off_network`, `vague` (left out: of no known community,
        too far from a path, less certain than the distance), `permutations`, `reference` (chance in
        words, for the notes), `unit_id`.

    Raises
    ------
    CRSError
        If the layer or the network is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two communities are on the network.

    References
    ----------
    Reardon and O'Sullivan (2004), Measures of spatial segregation, Sociological Methodology 34,
    with a proximity of 1 within the distance and 0 beyond.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [900.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([900.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, -50, 900, 50)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "a", "b", "b"]},
    ...     geometry=gpd.points_from_xy([0, 100, 700, 800], [5] * 4))
    >>> options = {"by": "community", "distance_m": 400, "max_snap_m": 50}
    >>> float(mixing_on_foot(temples, street, town, **options).at[0, "value"])
    1.0
    """
    inside = layer[unit_positions(layer, units) != OUTSIDE]
    found = places_on_foot(
        inside, network, units, by=by, certain_m=distance_m, max_snap_m=max_snap_m, without=without
    )
    labels = found.labels.within(found.on)
    require_comparable(labels, what="Mixing on foot")
    held = labels.held.astype(float)
    rng = np.random.default_rng(seed)
    centres = np.sort(rng.permutation(len(held))[:max_centres])
    near = _near(found.snapped, network, distance_m, centres)
    whole = float(entropy(held.sum(axis=0)))
    draws = affordable(permutations, near.nnz * held.shape[1], _BUDGET)

    def index(order: NDArray[np.intp]) -> float:
        return 1 - float(entropy(near @ held[order]).mean()) / whole

    value = index(np.arange(len(held)))
    drawn = over_draws(index, len(held), permutations=draws, seed=seed)
    chance = beside_chance(value, drawn)
    table = pd.DataFrame(
        {
            "category": [f"{distance_m:g} m on foot"],
            "value": [value],
            "expected": [float(chance.expected)],
            "low": [float(chance.low)],
            "high": [float(chance.high)],
            "p": [float(chance.p)],
            "n": [len(held)],
            "alone": [int((near.sum(axis=1) == 1).sum())],
            "centres": [len(centres)],
            "unknown": [labels.unknown],
            "off_network": [int((~found.on & ~found.vague).sum())],
            "vague": [int(found.vague.sum())],
            "permutations": [draws],
            "reference": in_words(chance.expected, chance.low, chance.high, chance.p),
            "unit_id": [units.index[0]],
        }
    )
    table.attrs["note"] = labels.note
    return table


def _near(
    snapped: Snapped, network: Network, distance_m: float, centres: NDArray[np.intp]
) -> sparse.csr_array:
    """Places near each centre, in the order of the centres."""
    rows, parts = [], []
    found = walking_neighbours(snapped, network, distance_m=distance_m, centres=centres)
    for some, near in found:
        rows.append(some)
        parts.append(near)
    order = np.argsort(np.concatenate(rows))
    return sparse.csr_array(sparse.vstack(parts, format="csr")[order])
