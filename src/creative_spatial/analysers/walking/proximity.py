"""What is near what along the walking network, and what chance alone would bring near."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import (
    OUTSIDE,
    count_in_units,
    locate,
    representative_points,
    unit_positions,
)
from creative_spatial.analysers.certainty import vaguer_than
from creative_spatial.analysers.measured import measure_frame, ratio
from creative_spatial.analysers.walking.routing import (
    Reach,
    distance_on_edges,
    near_length,
    walk_from,
)
from creative_spatial.analysers.walking.snapping import snap
from creative_spatial.crs import require_crs
from creative_spatial.errors import DataQualityWarning

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network

CHANCE_INTERVAL = (0.025, 0.975)
FRONTAGE_M = 20.0


def network_distances(
    origins: gpd.GeoDataFrame,
    targets: gpd.GeoDataFrame,
    network: Network,
    *,
    max_snap_m: float,
    frontage_m: float = FRONTAGE_M,
    gates: gpd.GeoDataFrame | None = None,
    limit_m: float = np.inf,
) -> pd.DataFrame:
    """
    Walking distance from each origin to the nearest target.

    An origin is its representative point, brought to the nearest point of the nearest
    path; a target point likewise. An areal or linear target is reached wherever a path runs
    within `frontage_m` of it (a street along a park's fence is at the park), or, where none
    does, at its nearest path; one with known gates at these and where paths cross its
    outline (see `target_access`). An origin inside an areal target is at distance 0. Paths and
    steps are snapped to, ferries are only travelled on. The distance runs along the network
    between the snapped points; the way to and from the network is not in it.

    Parameters
    ----------
    origins : GeoDataFrame, n rows, any geometry
        Where distances are measured from.
    targets : GeoDataFrame, m rows, any geometry
        What should be near.
    network : Network
        In the CRS of both.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    frontage_m : float, metres, >= 0
        How near a path must run to an areal or linear target to be at it.
    gates : GeoDataFrame of Point, optional
        Gates and entrances, as `loaders.read_gates` gives them.
    limit_m : float, metres
        Farther targets are not looked for.

    Returns
    -------
    DataFrame, n rows
        Indexed like `origins`. `snap_m`: metres from the origin to the path, null where no
        path is within `max_snap_m`; `distance_m`: metres to the nearest target, infinite where
        there is none within `limit_m`, null where the origin is not on the network.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the network.
    ValueError
        If a distance is out of range.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [500.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([500.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> groups = gpd.GeoDataFrame(geometry=gpd.points_from_xy([100, 100], [5, 900]))
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([350], [-10]))
    >>> network_distances(groups, temples, street, max_snap_m=50).values.tolist()
    [[5.0, 250.0], [nan, nan]]
    """
    require_crs(network.crs, origins=origins, targets=targets, gates=gates)
    goals = targets.geometry.to_numpy()
    entering: dict[str, Any] = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    reach = walk_from(goals, network, limit_m=limit_m, **entering)
    return _walked(origins, goals, reach, network, max_snap_m=max_snap_m, limit_m=limit_m)


def share_within_network(
    origins: gpd.GeoDataFrame,
    targets: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    distance_m: float,
    max_snap_m: float,
    also: gpd.GeoDataFrame | None = None,
    frontage_m: float = FRONTAGE_M,
    gates: gpd.GeoDataFrame | None = None,
    of: Literal["origins", "chance"] = "origins",
) -> pd.DataFrame:
    r"""
    Percentage of origins with a target within a walking distance, or what chance would give.

    .. math:: s_u = 100 \, \frac{|\{o \in O_u : d(o, T) \le d_{max}\}|}{|O_u|}, \qquad
              e_u = 100 \, \frac{\ell(\{x \in N_u : d(x, T) \le d_{max}\})}{\ell(N_u)}

    where :math:`d` is the distance of `network_distances`, :math:`O_u` are the origins of the
    unit that are on the network, :math:`N_u` its paths and steps (each edge in the unit of its
    middle; ferries apart) and :math:`\ell` their length. By chance means: as many origins as
    there are, each put anywhere on the unit's streets with equal probability, the targets
    where they are. The number near is then binomial, so expectation and interval are exact
    and nothing is drawn. Targets outside the unit count.

    Parameters
    ----------
    origins : GeoDataFrame, n rows, any geometry
        E.g. community initiatives.
    targets : GeoDataFrame, m rows, any geometry
        What should be near, e.g. cultural assets.
    network : Network
        In the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.
    distance_m : float, metres, >= 0
        Greatest distance that counts as near.
    max_snap_m : float, metres, > 0
        Farthest that anything is brought to a path.
    also : GeoDataFrame, any geometry, optional
        Further targets, e.g. habitats on land.
    frontage_m : float, metres, >= 0
        How near a path must run to an areal or linear target to be at it.
    gates : GeoDataFrame of Point, optional
        Gates and entrances, as `loaders.read_gates` gives them.
    of : {"origins", "chance"}
        The observed share, or the one expected by chance.

    Returns
    -------
    DataFrame, k rows
        `value` in percent, null where a unit has no origin on the network (or, by chance, no
        street); `low`, `high`: by chance, the 2.5 and 97.5 % points of the share; null for
        the observed share, which is of all origins, not of a sample. `n`: origins on the network.

    Raises
    ------
    CRSError
        If a layer or the network is not in the CRS of `units`.
    ValueError
        If a distance is out of range or `of` unknown.

    Warns
    -----
    DataQualityWarning
        If origins lie farther than `max_snap_m` from any path, or origins or targets are
        less certain (`uncertainty_m`) than `distance_m`, naming the first: left out (said
        with the observed share, not again with chance).

    Notes
    -----
    Streets are where people could have settled, not where they do: the chance value tells
    nearness from mere density of targets, not from the density of people.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.network import Network
    >>> street = Network(node_xy=np.array([[0.0, 0.0], [1000.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([1000.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, -50, 1000, 50)], index=["town"])
    >>> groups = gpd.GeoDataFrame(geometry=gpd.points_from_xy([100, 900], [5, 5]))
    >>> temples = gpd.GeoDataFrame(geometry=gpd.points_from_xy([200], [-10]))
    >>> near = {"distance_m": 300, "max_snap_m": 50}
    >>> float(share_within_network(groups, temples, street, units, **near).at["town", "value"])
    50.0
    >>> chance = share_within_network(groups, temples, street, units, of="chance", **near)
    >>> chance.loc["town"].tolist()
    [50.0, 0.0, 100.0, 2.0]
    """
    require_crs(units.crs, origins=origins, targets=targets, also=also, gates=gates)
    require_crs(network.crs, units=units)
    if not distance_m >= 0:
        raise ValueError(f"`distance_m` is {distance_m!r}; metres of 0 or more are needed.")
    if of not in {"origins", "chance"}:
        raise ValueError(f"`of` is {of!r}; expected 'origins' or 'chance'.")
    vague = [vaguer_than(layer, distance_m) for layer in (origins, targets)]
    if of == "origins":
        _name_vague(origins[vague[0]], targets[vague[1]], distance_m)
    origins, targets = origins[~vague[0]], targets[~vague[1]]
    layers = [targets] if also is None else [targets, also]
    goals = np.concatenate([layer.geometry.to_numpy() for layer in layers])
    entering: dict[str, Any] = {"max_snap_m": max_snap_m, "frontage_m": frontage_m, "gates": gates}
    reach = walk_from(goals, network, limit_m=distance_m, **entering)
    found = _walked(origins, goals, reach, network, max_snap_m=max_snap_m, limit_m=distance_m)
    position = unit_positions(origins, units)
    off = found["snap_m"].isna().to_numpy()
    if of == "origins":
        _name_unsnapped(origins[off & (position != OUTSIDE)], max_snap_m)
    position[off] = OUTSIDE
    n = count_in_units(position, len(units))
    if of == "chance":
        return _chance(units, _near_share(reach, network, units, distance_m), n)
    near = count_in_units(position[found["distance_m"] <= distance_m], len(units))
    return measure_frame(units, 100 * ratio(near, n), n=n)


def _walked(
    origins: gpd.GeoDataFrame,
    goals: NDArray[Any],
    reach: Reach,
    network: Network,
    *,
    max_snap_m: float,
    limit_m: float,
) -> pd.DataFrame:
    """The table of `network_distances`, once it is known how far every node is."""
    points = representative_points(origins)
    start = snap(points, reach.edges, max_snap_m=max_snap_m)
    on = np.isfinite(start.snap_m)
    metres = np.full(len(origins), np.nan)
    metres[on] = distance_on_edges(start.edge[on], start.offset_m[on], reach, network)
    metres[metres > limit_m] = np.inf
    metres[on & _inside(points, goals)] = 0.0
    return pd.DataFrame({"snap_m": start.snap_m, "distance_m": metres}, index=origins.index)


def _name_vague(origins: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, distance_m: float) -> None:
    """Say which places are too uncertain for a distance to be asked of them."""
    if len(origins) or len(targets):
        names = [*origins.index[:3], *targets.index[:3]]
        warnings.warn(
            f"{len(origins)} origins and {len(targets)} targets are uncertain by more than "
            f"{distance_m:g} m and left out, e.g. {names}.",
            DataQualityWarning,
            stacklevel=3,
        )


def _name_unsnapped(origins: gpd.GeoDataFrame, max_snap_m: float) -> None:
    """Say which origins are too far from any path to be measured."""
    if len(origins):
        warnings.warn(
            f"{len(origins)} origins are farther than {max_snap_m:g} m from any path and left out, "
            f"e.g. {origins.index[:5].tolist()}; `network_distances` lists them.",
            DataQualityWarning,
            stacklevel=3,
        )


def _inside(points: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each point lies in an areal target."""
    inside: NDArray[np.bool_] = (
        locate(points, targets[shapely.get_dimensions(targets) == 2]) != OUTSIDE
    )
    return inside


def _near_share(
    reach: Reach, network: Network, units: gpd.GeoDataFrame, distance_m: float
) -> NDArray[np.float64]:
    """Share of each unit's streets, by length, from which a target is near."""
    middle = shapely.line_interpolate_point(reach.edges.lines, 0.5, normalized=True)
    unit = locate(middle, units.geometry.to_numpy())
    inside = unit != OUTSIDE
    near, every = (
        np.bincount(unit[inside], weights=metres[reach.edges.edge][inside], minlength=len(units))
        for metres in (near_length(reach, network, distance_m), network.length_m)
    )
    return np.minimum(ratio(near, every), 1.0)


def _chance(
    units: gpd.GeoDataFrame, probability: NDArray[np.float64], n: NDArray[np.intp]
) -> pd.DataFrame:
    """Expected share and interval of as many independent origins as there are."""
    from scipy.special import bdtr

    value = np.where(n > 0, 100 * probability, np.nan)
    low, high = np.full((2, len(units)), np.nan)
    for row in np.flatnonzero(np.isfinite(value)):
        cumulated = bdtr(np.arange(n[row] + 1), n[row], probability[row])
        low[row], high[row] = 100 * np.searchsorted(cumulated, CHANCE_INTERVAL) / n[row]
    return measure_frame(units, value, low=low, high=high, n=n)
