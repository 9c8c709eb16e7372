"""How long each edge of the walking network takes: stairs, slopes, and ferries with their wait."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

from creative_spatial.crs import make_transformer
from creative_spatial.errors import CRSError, DataQualityWarning
from creative_spatial.network import FERRY, STEPS, EdgeMinutes
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.network import Network
    from creative_spatial.raster import Raster

FERRY_COLUMNS = ("duration_min", "length_m", "headway_min")


class _Level(Facts):
    speed_m_per_min: float = Field(gt=0)
    reference: str


class _Slope(Facts):
    rate: float = Field(ge=0)
    offset: float
    reference: str


class _Steps(Facts):
    share_of_speed: float = Field(gt=0, le=1)
    reference: str


class _Ferry(Facts):
    speed_m_per_min: float = Field(gt=0)
    headway_min: float = Field(ge=0)
    wait_share_of_headway: float = Field(ge=0, le=1)
    reference: str


class WalkingTime(Facts):
    """The table `walking_time.toml`."""

    level: _Level
    slope: _Slope
    steps: _Steps
    ferry: _Ferry


@lru_cache(maxsize=1)
def walking_time_facts() -> WalkingTime:
    """
    The table `walking_time.toml`.

    Returns
    -------
    WalkingTime
        Speeds and waits, each with its reference.
    """
    path = resource_path("walking_time.toml")
    return parse(WalkingTime, read_toml(path), where=path.name)


def walking_minutes(
    network: Network,
    *,
    speed_m_per_min: float = 80.0,
    elevation_m: NDArray[np.float64] | None = None,
    ferries: pd.DataFrame | None = None,
    by_ferry: bool = True,
) -> EdgeMinutes:
    r"""
    Minutes that each edge of a walking network takes, each way.

    .. math:: t = \frac{\ell}{v \, e^{-3.5 (|s + 0.05| - 0.05)}}, \qquad
              s = \frac{z_{to} - z_{from}}{\ell}

    on paths (Tobler's hiking function, scaled to the walker's speed :math:`v` on the level; it
    is fastest on a gentle way down, so that up and down differ); :math:`\ell / 0.455 v` on
    steps whatever their slope; on ferries the crossing, and at each boarding half the headway.

    Parameters
    ----------
    network : Network
        Walking network, m edges.
    speed_m_per_min : float, metres a minute, > 0
        On the level.
    elevation_m : array of float, metres, n values, optional
        Height of each node, as `node_elevation` gives it; edges with an end of unknown height
        are taken as level.
    ferries : DataFrame, optional
        Index `way_id`; columns `duration_min` (one crossing, without waiting), `length_m` (of
        the way or route that takes it) and `headway_min`, null where unknown, as
        `loaders.read_ferries` gives them. What is not known is assumed: see
        ``walking_time.toml``.
    by_ferry : bool
        False makes ferries endless, to see what a town is without them.

    Returns
    -------
    EdgeMinutes
        Two arrays of m values: from the first node of each edge to the second, and back.

    Raises
    ------
    ValueError
        If the speed is not over 0, heights are not one a node, or `ferries` lacks a column.

    Warns
    -----
    DataQualityWarning
        If heights are unknown at some nodes only.

    Notes
    -----
    One boards where a ferry touches a path, a ferry's stop on the way included. Heights are of
    the ground: a bridge is taken to go down to the water and up again.

    References
    ----------
    Tobler (1993). Three presentations on geographical analysis and modeling. NCGIA 93-1.
    Weidmann (1993). Transporttechnik der Fussgänger. ETH Zürich, IVT 90.

    Examples
    --------
    >>> from creative_spatial.network import Network
    >>> hill = Network(node_xy=np.array([[0.0, 0.0], [400.0, 0.0]]), node_id=np.array([1, 2]),
    ...     edges=np.array([[0, 1]], dtype="int32"), length_m=np.array([400.0]),
    ...     kind=np.array([0], dtype="int8"), way_id=np.array([1]), crs=None)
    >>> up, down = walking_minutes(hill, elevation_m=np.array([0.0, 40.0]))
    >>> up.round(2), down.round(2), walking_minutes(hill).forward
    (array([7.1]), array([5.]), array([5.]))
    """
    if not 0 < speed_m_per_min < np.inf:
        raise ValueError(f"`speed_m_per_min` is {speed_m_per_min!r}; metres over 0 are needed.")
    facts = walking_time_facts()
    level = network.length_m / speed_m_per_min
    slope = _slopes(network, elevation_m)
    rate, offset = facts.slope.rate, facts.slope.offset
    forward, backward = (
        level * np.exp(rate * (np.abs(rise + offset) - offset)) for rise in (slope, -slope)
    )
    on_steps = network.kind == STEPS
    forward[on_steps] = backward[on_steps] = level[on_steps] / facts.steps.share_of_speed
    afloat = network.kind == FERRY
    if not by_ferry:
        forward[afloat] = backward[afloat] = np.inf
    elif afloat.any():
        crossing, wait = _crossings(network, afloat, ferries, facts.ferry)
        landing = np.zeros(network.n_nodes, dtype=bool)
        landing[network.edges[~afloat]] = True
        boards = landing[network.edges[afloat]]
        forward[afloat] = crossing + wait * boards[:, 0]
        backward[afloat] = crossing + wait * boards[:, 1]
    return EdgeMinutes(forward, backward)


def _slopes(network: Network, elevation_m: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Rise over run of each edge from its first node to its second; 0 where it is not known."""
    if elevation_m is None:
        return np.zeros(network.n_edges)
    height = np.asarray(elevation_m, dtype=float)
    if height.shape != (network.n_nodes,):
        raise ValueError(
            f"`elevation_m` has the shape {height.shape}; one height for each of the "
            f"{network.n_nodes} nodes is needed, as `node_elevation` gives them."
        )
    rise = height[network.edges[:, 1]] - height[network.edges[:, 0]]
    unknown = ~np.isfinite(rise) & (network.kind != FERRY)
    if unknown.any():
        warnings.warn(
            f"{unknown.sum()} of {network.n_edges} edges have an end of unknown height and are "
            "taken as level; a larger elevation raster would give it.",
            DataQualityWarning,
            stacklevel=3,
        )
    known = np.isfinite(rise) & (network.length_m > 0)
    slope = np.zeros(network.n_edges)
    np.divide(rise, network.length_m, out=slope, where=known)
    return slope


def _crossings(
    network: Network, afloat: NDArray[np.bool_], ferries: pd.DataFrame | None, facts: _Ferry
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minutes afloat on each ferry edge, and minutes of waiting to board it."""
    known = pd.DataFrame(columns=list(FERRY_COLUMNS), dtype=float) if ferries is None else ferries
    if missing := [name for name in FERRY_COLUMNS if name not in known]:
        raise ValueError(
            f"`ferries` lacks the columns {missing}; expected {list(FERRY_COLUMNS)} by way id."
        )
    known = known.loc[~known.index.duplicated(), list(FERRY_COLUMNS)].astype(float)
    duration, length, headway = known.reindex(network.way_id[afloat]).to_numpy().T
    usable = (duration > 0) & (length > 0)
    speed = np.divide(
        length, duration, out=np.full(len(duration), facts.speed_m_per_min), where=usable
    )
    headway = np.where(headway >= 0, headway, facts.headway_min)
    return network.length_m[afloat] / speed, headway * facts.wait_share_of_headway


def node_elevation(network: Network, raster: Raster) -> NDArray[np.float64]:
    """
    Height of each node of a network, between the centres of a raster's cells.

    Bilinear, so that a path over a cell's edge climbs no cliff; where one of the four cells
    around a node has no data, the cell that the node is in.

    Parameters
    ----------
    network : Network
        Walking network with a CRS, n nodes.
    raster : Raster
        Heights in metres, in any CRS.

    Returns
    -------
    array of float, metres, n values
        Null outside the raster and where it has no data.

    Raises
    ------
    CRSError
        If the network has no CRS.

    Examples
    --------
    >>> from affine import Affine
    >>> from pyproj import CRS
    >>> from creative_spatial.network import Network
    >>> from creative_spatial.raster import Raster
    >>> utm = CRS.from_epsg(32647)
    >>> hill = Raster(np.array([[0.0, 10.0]]), Affine(100, 0, 0, 0, -100, 100), utm, "dem")
    >>> street = Network(node_xy=np.array([[75.0, 50.0], [250.0, 50.0]]),
    ...     node_id=np.array([1, 2]), edges=np.array([[0, 1]], dtype="int32"),
    ...     length_m=np.array([175.0]), kind=np.array([0], dtype="int8"),
    ...     way_id=np.array([1]), crs=utm)
    >>> node_elevation(street, hill)
    array([2.5, nan])
    """
    from scipy.ndimage import map_coordinates

    if network.crs is None:
        raise CRSError("`network` has no CRS; heights cannot be looked up.")
    x, y = make_transformer(network.crs, raster.crs).transform(*network.node_xy.T)
    column, row = (np.asarray(at) for at in ~raster.transform @ (np.asarray(x), np.asarray(y)))
    rows, columns = raster.values.shape
    inside = (column >= 0) & (column <= columns) & (row >= 0) & (row <= rows)
    height = raster.values.astype(float)
    if raster.nodata is not None:
        height[raster.values == raster.nodata] = np.nan
    found = np.full(network.n_nodes, np.nan)
    column, row = column[inside], row[inside]
    between = map_coordinates(height, [row - 0.5, column - 0.5], order=1, mode="nearest")
    own = height[np.minimum(row.astype(int), rows - 1), np.minimum(column.astype(int), columns - 1)]
    found[inside] = np.where(np.isfinite(between) & np.isfinite(own), between, own)
    return found
