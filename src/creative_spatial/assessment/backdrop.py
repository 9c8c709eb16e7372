"""
Buildings, streets, water and paths behind the maps, where some of them are not public.

Whatever of them holds what is not public, as a row of its own or as a corner that it shares,
has a gap there: nothing of that layer is given in the cell, to maps, files or measures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.assessment.gaps import gap_of, held_by, without
from creative_spatial.evaluation import WARNED
from creative_spatial.reporting import union_water, with_areas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.assessment.gaps import Secrets
    from creative_spatial.network import Network

GAPS = "gaps"
NETWORK = "network"
BUILDINGS = "buildings"
WALKED = ("routes", "route_legs")
STEP = "background"
_WET = ("sea", "water")
_WAY = re.compile(r"[^:]+:way/(-?\d+)")


class Background(NamedTuple):
    """
    What of the background may be given.

    Parameters
    ----------
    layers : dict of str to GeoDataFrame
        Without what lies in gaps.
    walked : Network or None
        What is walked on: all but where a way of it is not public itself.
    network : Network or None
        What is given of it: also without what shares a corner with what is not public.
    gaps : dict of str to (Multi)Polygon
        By layer, the network among them; those that have one.
    steps : list of dict
        How much of each is left out; none where nothing is.
    """

    layers: dict[str, gpd.GeoDataFrame]
    walked: Network | None
    network: Network | None
    gaps: dict[str, BaseGeometry]
    steps: list[dict[str, Any]]


def public_background(
    layers: Mapping[str, gpd.GeoDataFrame], network: Network | None, secrets: Secrets
) -> Background:
    """
    Leave out of the background what would point at what is not public.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        As read.
    network : Network or None
        As read.
    secrets : Secrets
        What is not public.

    Returns
    -------
    Background
        Layers that hold none of it are the same objects.
    """
    gaps: dict[str, BaseGeometry] = {}
    shown: dict[str, gpd.GeoDataFrame] = {}
    counts: dict[str, dict[str, int]] = {}
    for name, layer in layers.items():
        gap = gap_of(held_by(layer.geometry.to_numpy(), secrets, ids=layer.index), secrets)
        shown[name] = layer
        if gap is not None:
            gaps[name] = gap
            shown[name] = without(layer, gap, secrets, whole=name == BUILDINGS)
            counts[name] = _counts(layer[~layer.index.isin(secrets.ids)], gap, shown[name])
    steps = _steps(counts, gaps)
    walked = given = network
    if network is not None:
        lines = network.lines()
        ways = _ways(network, secrets)
        walked = _outside(network, lines, gap_of(ways != 0, secrets))
        gap = gap_of((ways != 0) | held_by(lines, secrets), secrets)
        if gap is not None:
            gaps[NETWORK] = gap
            given = _outside(network, lines, gap)
            public = int((~np.isin(network.way_id, ways[ways != 0])).sum())
            steps.append(_network_step(public, walked, given, gap))
    return Background(shown, walked, given, gaps, steps)


def public_area(area: StudyArea, background: Background) -> StudyArea:
    """
    Take out of an area's water what is left out of the background's.

    Parameters
    ----------
    area : StudyArea
        As read.
    background : Background
        What may be given.

    Returns
    -------
    StudyArea
        The same object where the water has no gap; in one, all counts as land.
    """
    if not background.gaps.keys() & set(_WET):
        return area
    wet = [background.layers[name] for name in _WET if name in background.layers]
    shapes = pd.concat([layer.geometry for layer in wet])
    water = union_water(gpd.GeoSeries(shapes, crs=area.crs), area.crs, area.boundaries)
    return replace(
        area,
        water=water,
        units=with_areas(area.units, water),
        boundaries=with_areas(area.boundaries, water),
    )


def with_gaps(
    layers: Mapping[str, gpd.GeoDataFrame], background: Background, area: StudyArea
) -> dict[str, gpd.GeoDataFrame]:
    """
    Let no line of what is given follow the network through a gap, and say where gaps are.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        Of a result; routes among them.
    background : Background
        What may be given.
    area : StudyArea
        For the working CRS.

    Returns
    -------
    dict of str to GeoDataFrame
        Lines that were walked lead straight through a gap of the network. `gaps`, where there
        are any: an outline for each layer of the background that has some.
    """
    if not background.gaps:
        return dict(layers)
    gap = background.gaps.get(NETWORK)
    told = dict(layers)
    for name in told.keys() & set(WALKED) if gap is not None else ():
        shapes = [_straight(shape, gap) for shape in told[name].geometry]
        told[name] = told[name].set_geometry(np.array(shapes, dtype=object), crs=area.crs)
    names = sorted(background.gaps)
    told[GAPS] = gpd.GeoDataFrame(
        {"layer": names}, geometry=[background.gaps[name] for name in names], crs=area.crs
    )
    return told


def _straight(shape: BaseGeometry | None, gap: BaseGeometry | None) -> BaseGeometry | None:
    """A line without its corners in a gap, but for its ends."""
    if shape is None or gap is None or not shapely.intersects(gap, shape):
        return shape
    parts = []
    for part in shapely.get_parts(shape):
        xy = shapely.get_coordinates(part)
        kept = ~shapely.intersects_xy(gap, xy)
        kept[[0, -1]] = True
        parts.append(shapely.LineString(xy[kept]))
    return parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)


def _ways(network: Network, secrets: Secrets) -> NDArray[np.int64]:
    """The number of the way that each secret is in the network, or 0."""
    found = [_WAY.fullmatch(str(row)) for row in secrets.ids]
    numbers = np.array([int(match[1]) if match else 0 for match in found], dtype=np.int64)
    return np.where(np.isin(numbers, network.way_id), numbers, 0)


def _outside(network: Network, lines: NDArray[Any], gap: BaseGeometry | None) -> Network | None:
    """The edges that keep out of a gap, and their nodes; None where none is left."""
    if gap is None:
        return network
    kept = ~shapely.intersects(gap, lines)
    nodes, ends = np.unique(network.edges[kept], return_inverse=True)
    if not len(nodes):
        return None
    return replace(
        network,
        node_xy=network.node_xy[nodes],
        node_id=network.node_id[nodes],
        edges=ends.reshape(-1, 2).astype(network.edges.dtype),
        length_m=network.length_m[kept],
        kind=network.kind[kept],
        way_id=network.way_id[kept],
    )


def _counts(layer: gpd.GeoDataFrame, gap: BaseGeometry, shown: gpd.GeoDataFrame) -> dict[str, int]:
    """How many public outlines came in, and stayed whole, were cut, or left out."""
    whole = int((~shapely.intersects(gap, layer.geometry.to_numpy())).sum())
    return {
        "in": len(layer), "whole": whole, "cut": len(shown) - whole, "out": len(layer) - len(shown),
    }  # fmt: skip


def _steps(
    counts: Mapping[str, Mapping[str, int]], gaps: Mapping[str, BaseGeometry]
) -> list[dict[str, Any]]:
    """How much of what is public is left out of each layer, with what is not."""
    return [
        {
            "step": f"{STEP} {name}",
            "status": WARNED,
            "reason": f"{rows['out']} of {rows['in']} public outlines are not given and {rows['cut']} "
            "are cut, " + _where(gaps[name]),
            "rows": dict(rows),
        }
        for name, rows in counts.items()
    ]


def _network_step(
    public: int, walked: Network | None, given: Network | None, gap: BaseGeometry
) -> dict[str, Any]:
    """How many public edges are left out of what is given, and of what is walked on."""
    left, used = (0 if it is None else it.n_edges for it in (given, walked))
    rows = {"in": public, "whole": left, "cut": 0, "out": public - left}
    reason = f"{rows['out']} of {rows['in']} public edges are not given, " + _where(gap)
    if used < public:
        reason += (
            f"; {public - used} of them are not walked on either, so that what is reached there "
            "is not known"
        )
    return {"step": f"{STEP} {NETWORK}", "status": WARNED, "reason": reason, "rows": rows}


def _where(gap: BaseGeometry) -> str:
    """How many gaps, and how large, and what for."""
    number = len(shapely.get_parts(gap))
    places = "1 gap" if number == 1 else f"{number} gaps"
    return (
        f"in {places} of {shapely.area(gap) / 1e6:,.2f} km², since something there is not public: "
        "what is missing there need not be missing in the city"
    )
