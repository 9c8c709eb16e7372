"""
Buildings, streets and paths behind the maps, where some of them are not public.

An outline that is left out of them is as telling as one that is marked. They stay, and
nothing tells one from another: none has a name, nor a number by which another map has it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.network import EDGE_KINDS
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.schema import INDEX
from creative_spatial.sensitivity import categories_of, cell_centres, degrees_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.network import Network

BUILDINGS = "buildings"
_ALIKE = (BUILDINGS, "streets")
_NUMBER = re.compile(r"[^:]+:(node|way)/(-?\d+)")


def public_background(
    background: Mapping[str, gpd.GeoDataFrame], flagged: Sequence[gpd.GeoDataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """
    Keep the background from pointing at what is not public.

    Parameters
    ----------
    background : mapping of str to GeoDataFrame
        As read.
    flagged : sequence of GeoDataFrame
        The rows that are not public, where they are; with `sensitivity` or `consent`.

    Returns
    -------
    dict of str to GeoDataFrame
        Without those rows; but buildings and streets whole, nameless and numbered anew if one
        of them is such a row. In a cell that shows one and has too few buildings to hide it
        among, none is left.
    """
    hidden = {row for layer in flagged for row in layer.index}
    return {
        name: _alike(layer, name, flagged)
        if name in _ALIKE and layer.index.isin(hidden).any()
        else layer[~layer.index.isin(hidden)]
        for name, layer in background.items()
    }


def public_network(network: Network | None, hidden: Collection[str]) -> Network | None:
    """
    Take OpenStreetMap's numbers off a network that goes over what is not public.

    Parameters
    ----------
    network : Network or None
        As read.
    hidden : collection of str
        Ids of features.

    Returns
    -------
    Network or None
        The same where it goes over none of them; ferries keep the number of their way, by
        which their times are known.
    """
    if network is None:
        return None
    found = [match.groups() for row in hidden if (match := _NUMBER.fullmatch(row))]
    nodes = [int(number) for kind, number in found if kind == "node"]
    ways = [int(number) for kind, number in found if kind == "way"]
    if not (np.isin(network.node_id, nodes).any() or np.isin(network.way_id, ways).any()):
        return network
    afloat = network.kind == EDGE_KINDS.index("ferry")
    return replace(
        network,
        node_id=np.arange(1, network.n_nodes + 1),
        way_id=np.where(afloat, network.way_id, 0),
    )


def _alike(
    layer: gpd.GeoDataFrame, name: str, flagged: Sequence[gpd.GeoDataFrame]
) -> gpd.GeoDataFrame:
    """A layer of which no row can be told from its neighbours."""
    # A street stays in any case: people walk on it, and the network has it.
    shown = (layer[~_too_few(layer, flagged)] if name == BUILDINGS else layer).copy()
    for column in shown.columns:
        if str(column).partition(":")[0] == "name":
            shown[column] = pd.Series(None, index=shown.index, dtype="str")
    ids = [f"{source}:{name}/{row}" for row, source in enumerate(shown["source_id"], start=1)]
    shown.index = pd.Index(ids, dtype="str", name=INDEX)
    return shown


def _too_few(layer: gpd.GeoDataFrame, flagged: Sequence[gpd.GeoDataFrame]) -> NDArray[np.bool_]:
    """Rows in a cell that shows one that is not public, and holds fewer than five."""
    facts = sensitivity_facts()
    few = np.zeros(len(layer), dtype=bool)
    degrees = degrees_of(layer)
    sides = {
        row: facts.category[category].grid_deg
        for rows in flagged
        for row, category in categories_of(rows).items()
    }
    own = pd.Series(layer.index.map(sides.get), index=layer.index, dtype="float64")
    for side in own.dropna().unique().tolist():
        x, y = (cell_centres(values, side) for values in degrees)
        cells = pd.DataFrame({"x": x, "y": y, "own": (own == side).to_numpy()}).groupby(["x", "y"])
        number = cells["own"].transform("size").to_numpy()
        few |= cells["own"].transform("any").to_numpy(bool) & (number < facts.people.at_least)
    return few
