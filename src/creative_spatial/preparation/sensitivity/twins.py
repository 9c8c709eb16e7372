"""
A flagged record of a place that is public anyway, or is flagged twice, counts once.

What is public stays as it is, or leaving out the flagged list would show where its records
lie. Two records are one place if concept and a name agree and the other lies in the same
cell: never by their distance, which would say more than the cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.preparation.generic_names import placeholder_keys
from creative_spatial.preparation.names import name_keys
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.sensitivity import categories_of, cell_centres, degrees_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    Place = tuple[str, str, float, float, float]


def known_places(layers: Sequence[gpd.GeoDataFrame]) -> list[NDArray[np.bool_]]:
    """
    Find the flagged records that another record of the same place already counts.

    Only places have twins: of species and people, many records share a name.

    Parameters
    ----------
    layers : sequence of GeoDataFrame
        As read, with `name` and `concept`, and `sensitivity` where rows are flagged.

    Returns
    -------
    list of array of bool
        For each layer, true for a flagged row with a public twin, or one further up.
    """
    facts = sensitivity_facts()
    categories = [categories_of(layer).tolist() for layer in layers]
    sides = {
        name: entry.grid_deg
        for name, entry in facts.category.items()
        if entry.grid_deg is not None and not entry.names
    }
    twins = [np.zeros(len(layer), dtype=bool) for layer in layers]
    concepts = {
        concept
        for layer, names in zip(layers, categories, strict=True)
        for concept, name in zip(layer["concept"], names, strict=True)
        if name in sides
    }
    if not concepts:
        return twins
    taken: set[Place] = set()
    for layer, names in zip(layers, categories, strict=True):
        public = layer["concept"].isin(concepts).to_numpy(bool) & (np.array(names) == "")
        for side in set(sides.values()):
            taken |= {place for known in _places(layer[public], side) for place in known}
    for twin, layer, names in zip(twins, layers, categories, strict=True):
        for side in sorted(set(sides.values())):
            rows = np.flatnonzero([sides.get(name) == side for name in names])
            for row, known in zip(rows, _places(layer.iloc[rows], side), strict=True):
                twin[row] = not taken.isdisjoint(known)
                taken |= set(known)
    return twins


def _places(layer: gpd.GeoDataFrame, side_deg: float) -> Iterable[list[Place]]:
    """What each row is known by: concept, a name, and the cell of a grid."""
    if not len(layer):
        return []
    lon, lat = degrees_of(layer)
    x, y = cell_centres(lon, side_deg), cell_centres(lat, side_deg)
    nameless = placeholder_keys()
    return [
        [(concept, key, side_deg, east, north) for key in sorted(keys - nameless)]
        for concept, keys, east, north in zip(
            layer["concept"], name_keys(layer), x.tolist(), y.tolist(), strict=True
        )
    ]
