"""How far it is on foot from a community's place to the nearest of another, beside chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.certainty import inside_where_shown, resolved_m
from creative_spatial.analysers.chance import INTERVAL, affordable, in_words, over_draws, two_sided
from creative_spatial.analysers.kinds import require_comparable
from creative_spatial.analysers.mixing.on_foot import OnFoot, places_on_foot
from creative_spatial.analysers.walking.neighbours import walks_between
from creative_spatial.analysers.walking.snapping import Snapped
from creative_spatial.analysers.walking.time import node_elevation, walking_minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.analysers.walking.search import Costs
    from creative_spatial.network import Network
    from creative_spatial.raster import Raster

OBSERVED, SHUFFLED = "observed", "shuffled"
_UNRESOLVED = "That is half of the walk or more: which place is the nearest is not sure."
_BLOCK_M = 800.0
_BUDGET = 2e8
_FIRST, _GROWTH = 16, 4


class _Walks(NamedTuple):
    """Of each centre, the other places by the minutes to them: -1 and infinite where no more are."""

    centre: NDArray[np.intp]
    other: NDArray[np.intp]
    minutes: NDArray[np.float64]

    def to_another(self, kind: NDArray[np.intp]) -> NDArray[np.float64]:
        """Minutes from each centre to the nearest place of another kind; infinite without one."""
        found = np.full(len(self.centre), np.inf)
        left = np.arange(len(self.centre))
        start, width = 0, _FIRST
        while len(left) and start < self.other.shape[1]:
            block = self.other[left, start : start + width]
            differs = (kind[block] != kind[self.centre[left], None]) & (block >= 0)
            there = differs.any(axis=1)
            first = start + differs[there].argmax(axis=1)
            found[left[there]] = self.minutes[left[there], first]
            left = left[~there & (block[:, -1] >= 0)]
            start, width = start + width, _GROWTH * width
        return found


def walk_between_communities(
    layer: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    certain_m: float,
    max_snap_m: float,
    limit_min: float,
    elevation: Raster | None = None,
    ferries: pd.DataFrame | None = None,
    speed_m_per_min: float = 80.0,
    without: Sequence[str] = (),
    permutations: int = 999,
    max_centres: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Median walk from a place to the nearest of another community, beside shuffled communities.

    .. math:: m = \min \{ t : |\{ p : \min_{q : c_q \ne c_p} d(p, q) \le t \}| \ge P / 2 \}

    with :math:`d` the minutes along the network from one of P places to another and :math:`c`
    their communities: half of the places have another community as near as that. Places from
    which none is reached are among the P, infinitely far. One that paths join to no other place
    at all, by a gap of the map or the sea, says nothing of communities and is left out.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Places with the column `by`, walked from and to at the nearest path to their
        representative point.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, 1 row, polygon
        The boundary; places outside it do not count.
    by : str
        Column that says whose a place is.
    certain_m : float, metres, > 0
        Places less certain than this are left out.
    max_snap_m : float, metres, > 0
        Farthest that a place is brought to a path; the way to it is not in the time. A cut-off
        part whose paths are shorter than this in all is no path.
    limit_min : float, minutes, > 0
        How far to walk.
    elevation : Raster, optional
        Heights in metres, in any CRS.
    ferries : DataFrame, optional
        As in `walking_minutes`.
    speed_m_per_min : float, metres a minute, > 0
        On the level.
    without : sequence of str
        What is no one community, e.g. "unknown" or "shared".
    permutations : int, > 0
        Draws in which communities are shuffled over the places; fewer, but at least 99, where
        places are many.
    max_centres : int, > 0
        Of more places than this a random choice is walked from; all are walked to.
    seed : int
        Of choice and draws.

    Returns
    -------
    DataFrame, 2 rows
        `category` "observed": `value` (minutes, null where half of the places reach no other
        community), `p` (two-sided), `reference` (chance in words, for the notes). "shuffled":
        `value` (median of the draws), `low` and `high` (their middle 95 %), null where that many
        draws are infinite. Both: `n` (places walked from), `places` (on the network), `unreached`
        (places walked from that reach no other community within the limit), `unknown`,
        `off_network`, `vague`, `generalised`, `alone` (left out: of no one community, too far from a
        path, less certain than is asked, shown by a cell, joined to no other place), `resolved_m` (twice the median of the
        stated positional uncertainties), `permutations`, `reason`, `unit_id`. ``attrs["note"]`` says what is left out.

    Raises
    ------
    CRSError
        If the layer or the network is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two communities are on the network.
    ValueError
        If a distance, the limit or the speed is not over 0.

    References
    ----------
    Dijkstra (1959), Numerische Mathematik 1. Random labelling: Diggle (2013), Statistical Analysis
    of Spatial and Spatio-Temporal Point Patterns.

    Examples
    --------
    Of places at 0, 400 and 800 m the outer two are 5 minutes from the middle one, and it from them:

    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [900.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([900.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(-9, -50, 900, 50)], index=["town"])
    >>> temples = gpd.GeoDataFrame({"community": ["a", "b", "a"]},
    ...     geometry=gpd.points_from_xy([0, 400, 800], [5] * 3))
    >>> found = walk_between_communities(temples, street, town, by="community", certain_m=400,
    ...     max_snap_m=50, limit_min=60)
    >>> float(found.at[0, "value"])
    5.0
    """
    if not limit_min > 0:
        raise ValueError(f"`limit_min` is {limit_min!r}; minutes over 0 are needed.")
    inside, generalised = inside_where_shown(layer, units)
    found = places_on_foot(
        inside, network, units, by=by, certain_m=certain_m, max_snap_m=max_snap_m, without=without
    )
    joined = _joined(found.snapped, network)
    labels = found.labels.within(found.on).within(joined)
    require_comparable(labels, what="Walking between communities")
    edge, offset_m, snap_m = found.snapped
    snapped = Snapped(edge[joined], offset_m[joined], snap_m[joined])
    heights = None if elevation is None else node_elevation(network, elevation)
    spent = walking_minutes(
        network, speed_m_per_min=speed_m_per_min, elevation_m=heights, ferries=ferries
    )
    size = len(labels.layer)
    chosen = np.sort(np.random.default_rng(seed).permutation(size)[:max_centres])
    walks = _walks(snapped, network, spent, limit_min, chosen)
    kind = labels.held.argmax(axis=1)
    nearest = walks.to_another(kind)
    draws = affordable(permutations, len(chosen) * _FIRST * _GROWTH, _BUDGET)
    drawn = over_draws(
        lambda order: _median(walks.to_another(kind[order])), size, permutations=draws, seed=seed
    )
    value = _median(nearest)
    rows = _beside_shuffled(value, drawn, limit_min)
    counts = {
        "n": len(chosen),
        "places": size,
        "unreached": int(np.isinf(nearest).sum()),
        "unknown": labels.unknown,
        "off_network": int((~found.on & ~found.vague).sum()),
        "vague": int(found.vague.sum()),
        "generalised": generalised,
        "alone": int((~joined).sum()),
        "resolved_m": resolved_m(labels.layer),
        "permutations": draws,
        "unit_id": units.index[0],
    }
    table = rows.assign(**counts)
    told = [_note(found, counts, certain_m, max_snap_m, limit_min)]
    if value * speed_m_per_min < resolved_m(labels.layer):
        told.append(_UNRESOLVED)
    table.attrs["note"] = " ".join(told)
    return table


def _joined(snapped: Snapped, network: Network) -> NDArray[np.bool_]:
    """Which places have another one on the part of the network that they are on."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ties = (np.ones(len(network.edges), dtype=bool), network.edges.T)
    graph = coo_array(ties, shape=(network.n_nodes, network.n_nodes))
    part = connected_components(graph, directed=False)[1][network.edges[snapped.edge, 0]]
    several: NDArray[np.bool_] = np.bincount(part, minlength=1)[part] > 1
    return several


def _walks(
    snapped: Snapped, network: Network, costs: Costs, limit_min: float, centres: NDArray[np.intp]
) -> _Walks:
    """Walks from the centres to all other places, the nearest first."""
    found = walks_between(
        snapped, network, costs, limit=limit_min, block_m=_BLOCK_M, centres=centres
    )
    parts = [(rows[row], place, minutes) for rows, row, place, minutes in found]
    start, end, minutes = (np.concatenate(part) for part in zip(*parts, strict=True))
    apart = start != end
    start, end, minutes = start[apart], end[apart], minutes[apart]
    order = np.lexsort((end, minutes, start))
    start, end, minutes = start[order], end[order], minutes[order]
    row = np.searchsorted(centres, start)
    each = np.bincount(row, minlength=len(centres))
    column = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
    other = np.full((len(centres), int(each.max(initial=0))), -1)
    away = np.full(other.shape, np.inf)
    other[row, column], away[row, column] = end, minutes
    return _Walks(centres, other, away)


def _median(minutes: NDArray[np.float64]) -> float:
    """Least time within which half are there; infinite where half never are."""
    return float(np.sort(minutes)[(len(minutes) - 1) // 2])


def _beside_shuffled(value: float, drawn: NDArray[np.float64], limit_min: float) -> pd.DataFrame:
    """What is observed, and what draws give: by rank, as some may be infinite."""
    ranked = np.sort(drawn)
    at = np.ceil(np.array(INTERVAL) * len(ranked)).astype(int) - 1
    beside = [_median(drawn), *ranked[at].tolist()]
    expected, low, high = (it if np.isfinite(it) else np.nan for it in beside)
    known = np.isfinite(value)
    slack = 1e-9 * max(abs(value), 1.0) if known else 0.0
    above, below = (drawn >= value - slack).sum(), (drawn <= value + slack).sum()
    p = float(two_sided(above, below, len(drawn))) if known else np.nan
    none = f"half of the places or more reach none of another community within {limit_min:g} min"
    return pd.DataFrame(
        {
            "category": [OBSERVED, SHUFFLED],
            "value": [value if known else np.nan, expected],
            "low": [np.nan, low],
            "high": [np.nan, high],
            "p": [p, np.nan],
            "reference": [in_words(expected, low, high, p)[0], None],
            "reason": [
                None if known else none,
                None if np.isfinite(expected) else f"in half of the draws {none}",
            ],
        }
    )


def _note(
    found: OnFoot, counts: dict[str, float], certain_m: float, max_snap_m: float, limit_min: float
) -> str:
    """Say what is left out, what is not reached, and how well positions are known."""
    left_out = {
        f"uncertain by more than {certain_m:g} m": counts["vague"],
        f"farther than {max_snap_m:g} m from any path": counts["off_network"],
        "shown by a cell": counts["generalised"],
        "joined by paths to no other place": counts["alone"],
    }
    said = [found.labels.note]
    said += [f"Left out, being {why}: {number}." for why, number in left_out.items() if number]
    if counts["unreached"]:
        said.append(
            f"{counts['unreached']} of {counts['n']} reach no other community within "
            f"{limit_min:g} min."
        )
    if counts["resolved_m"] > 0:
        said.append(
            f"Where it is stated, places are uncertain by {counts['resolved_m'] / 2:,.0f} m in the "
            "median."
        )
    return " ".join(text for text in said if text)
