"""
Records about people, counted in hexagons that at least five share.

One row stays for each record, at the centre of its hexagon and with nothing but concept and
source: every count, density and rate then is right without knowing of hexagons. Published
hexagons never overlap, and none, nor what is left out, can be had by subtraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod

from creative_spatial.crs import WGS84, reproject
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.schema import INDEX
from creative_spatial.sensitivity import hexagons_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

HEXAGON = "hexagon"


class Hexagon(NamedTuple):
    """
    Where a hexagon lies.

    Parameters
    ----------
    lon, lat : float, degrees
        Its centre.
    radius_m : float, metres
        Greatest distance from the centre to anything that is counted in it.
    """

    lon: float
    lat: float
    radius_m: float


def shared_hexagons(
    lon: NDArray[np.float64], lat: NDArray[np.float64], groups: Sequence[object]
) -> list[str]:
    """
    Choose the hexagon in which each record is counted.

    Of each group, a widest hexagon is shown if enough records share it, and parted into
    its seven as long as each of those that holds a record holds enough. If what is not
    shown is too little itself, the least of the hexagons shown goes with it.

    Parameters
    ----------
    lon, lat : array of float, n items, degrees on WGS 84
        The records.
    groups : sequence of n items
        What else is shown of each record; records are counted with their like.

    Returns
    -------
    list of str, n items
        Ids of H3; "" for a record that too few are near to.
    """
    finest = hexagons_of(lon, lat, sensitivity_facts().people.finest)
    chosen = [""] * len(finest)
    rows: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    for members in rows.values():
        for cell, counted in _parted({row: finest[row] for row in members}).items():
            for row in counted:
                chosen[row] = cell
    return chosen


def _parted(finest: Mapping[int, str]) -> dict[str, list[int]]:
    """Records of one group by the hexagon that shows them; those of none are left out."""
    facts = sensitivity_facts().people
    tops = _by_parent(finest, facts.coarsest)
    shown = {top: rows for top, rows in tops.items() if len(rows) >= facts.at_least}
    hidden = len(finest) - sum(map(len, shown.values()))
    while shown and 0 < hidden < facts.at_least:
        least = min(shown, key=lambda top: (len(shown[top]), top))
        hidden += len(shown.pop(least))
    return {
        cell: rows
        for top, counted in shown.items()
        for cell, rows in _split(top, counted, finest, facts.coarsest).items()
    }


def _split(
    cell: str, rows: list[int], finest: Mapping[int, str], resolution: int
) -> dict[str, list[int]]:
    """A hexagon's records in it, or in its parts where each of them has enough."""
    facts = sensitivity_facts().people
    if resolution == facts.finest:
        return {cell: rows}
    parts = _by_parent({row: finest[row] for row in rows}, resolution + 1)
    if any(len(part) < facts.at_least for part in parts.values()):
        return {cell: rows}
    found: dict[str, list[int]] = {}
    for part, counted in parts.items():
        found |= _split(part, counted, finest, resolution + 1)
    return found


def _by_parent(finest: Mapping[int, str], resolution: int) -> dict[str, list[int]]:
    """Records by the hexagon of a resolution that theirs belongs to."""
    import h3

    found: dict[str, list[int]] = {}
    for row, cell in finest.items():
        found.setdefault(h3.cell_to_parent(cell, resolution), []).append(row)
    return found


def describe_hexagon(cell: str) -> Hexagon:
    """
    Give centre and reach of a hexagon.

    Parameters
    ----------
    cell : str
        Id of H3.

    Returns
    -------
    Hexagon
        The reach covers the finest hexagons counted in it, which stand out at its edge.
    """
    import h3

    lat, lon = h3.cell_to_latlng(cell)
    parts = h3.cell_to_children(cell, sensitivity_facts().people.finest)
    corners = np.array([corner for part in parts for corner in h3.cell_to_boundary(part)])
    start = np.full(len(corners), lon), np.full(len(corners), lat)
    distance = Geod(ellps="WGS84").inv(*start, corners[:, 1], corners[:, 0])[2]
    return Hexagon(lon, lat, float(np.ceil(np.max(distance))))


def people_hexagons(layers: Mapping[str, gpd.GeoDataFrame], crs: CRS) -> gpd.GeoDataFrame:
    """
    Count the records about people by hexagon, for maps and for whoever reads the files.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        As `generalise` returns them, by pillar.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    GeoDataFrame, one row a hexagon, concept and source
        Columns `concept`, `pillar`, `source_id`, `hexagon` (id of H3), `records`.
    """
    import h3

    parts = [
        layer.loc[layer[HEXAGON].notna(), ["concept", "source_id", HEXAGON]].assign(pillar=pillar)
        for pillar, layer in layers.items()
        if HEXAGON in layer
    ]
    by = ["concept", "pillar", "source_id", HEXAGON]
    rows = pd.concat([pd.DataFrame(part) for part in parts]) if parts else pd.DataFrame(columns=by)
    counted = rows.groupby(by, sort=True).size().rename("records").reset_index()
    shapes = [
        shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
        for cell in counted[HEXAGON]
    ]
    ids = [
        f"{row.source_id}:{row.hexagon}/{row.concept}" for row in counted.itertuples(index=False)
    ]
    counted.index = pd.Index(ids, dtype="str", name=INDEX)
    placed = gpd.GeoDataFrame(counted, geometry=shapes, crs=WGS84)
    return reproject(placed, crs) if len(placed) else placed.to_crs(crs)
