"""Places whose kind and position are known well enough, brought to the walking network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.certainty import vaguer_than
from creative_spatial.analysers.kinds import Labels, kind_labels, require_comparable
from creative_spatial.analysers.walking.parts import paths_to_stop_at
from creative_spatial.analysers.walking.snapping import Snapped, snap
from creative_spatial.crs import require_crs
from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network


class OnFoot(NamedTuple):
    """
    Places of a known kind, which of them can be walked from, and where these are.

    Parameters
    ----------
    labels : Labels
        The n places and their kinds.
    vague : array of bool, shape (n,)
        Those less certain than is asked.
    on : array of bool, shape (n,)
        Those that are on the network and certain enough.
    snapped : Snapped
        Where these are.
    """

    labels: Labels
    vague: NDArray[np.bool_]
    on: NDArray[np.bool_]
    snapped: Snapped


def places_on_foot(
    layer: gpd.GeoDataFrame,
    network: Network,
    units: gpd.GeoDataFrame,
    *,
    by: str,
    certain_m: float,
    max_snap_m: float,
    without: Sequence[str],
) -> OnFoot:
    """
    Bring the places of known kind to the network.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry
        Places with the column `by`.
    network : Network
        In the CRS of the layer.
    units : GeoDataFrame, polygons
        The boundary; its CRS alone is used.
    by : str
        Column that says the kind.
    certain_m : float, metres, > 0
        Places less certain than this are not walked from.
    max_snap_m : float, metres, > 0
        Farthest that a place is brought to a path; a cut-off part whose paths are shorter than
        this in all is none, such as a footway in a church's ground that nothing joins.
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".

    Returns
    -------
    OnFoot
        With the places that are left out.

    Raises
    ------
    CRSError
        If the layer or the network is not in the CRS of `units`.
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If fewer than three places or two kinds are there, or the network has no path.
    ValueError
        If a distance is not over 0.
    """
    require_crs(units.crs, layer=layer)
    require_crs(network.crs, units=units)
    if not (certain_m > 0 and max_snap_m > 0):
        raise ValueError(
            f"A distance is {certain_m!r} and `max_snap_m` {max_snap_m!r}; both are over 0."
        )
    labels = kind_labels(layer, by=by, without=without)
    require_comparable(labels, what="Mixing on foot")
    edges = paths_to_stop_at(network, max_snap_m=max_snap_m)
    if not len(edges.edge):
        raise InsufficientDataError("Mixing on foot needs paths; the network has none.")
    vague = vaguer_than(labels.layer, certain_m)
    at = snap(representative_points(labels.layer), edges, max_snap_m=max_snap_m)
    on = np.isfinite(at.snap_m) & ~vague
    return OnFoot(labels, vague, on, Snapped(at.edge[on], at.offset_m[on], at.snap_m[on]))
