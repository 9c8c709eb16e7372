"""Gates and entrances that people may walk through, as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from creative_spatial.crs import WGS84, reproject
from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.osm.selection import Tags


class Gate(NamedTuple):
    """A node at which one enters: "node/1", the value of `barrier` or "entrance", degrees."""

    ref: str
    kind: str
    lon: float
    lat: float


class _Gates(Facts):
    barrier: tuple[str, ...]
    entrance_refuses: tuple[str, ...]
    access_refuses: tuple[str, ...]
    reference: str


class GateRules:
    """The table `gates.toml`: which nodes are gates that the public may pass."""

    keys = frozenset({"barrier", "entrance"})

    def __init__(self) -> None:
        path = resource_path("gates.toml")
        self._facts = parse(_Gates, read_toml(path), where=path.name)

    def kind(self, tags: Tags) -> str | None:
        """
        Say what kind of gate a node is.

        Parameters
        ----------
        tags : osmium TagList or dict
            Its tags.

        Returns
        -------
        str or None
            The value of `barrier`, or "entrance"; None where the public may not pass.

        Examples
        --------
        >>> rules = GateRules()
        >>> rules.kind({"barrier": "gate"}), rules.kind({"barrier": "gate", "access": "private"})
        ('gate', None)
        """
        barrier, entrance = tags.get("barrier"), tags.get("entrance")
        if barrier is None and entrance is None:
            return None
        if (tags.get("foot") or tags.get("access")) in self._facts.access_refuses:
            return None
        if barrier in self._facts.barrier:
            return barrier
        known = entrance is not None and entrance not in self._facts.entrance_refuses
        return "entrance" if known else None


def gate_layer(
    gates: Sequence[Gate], crs: CRS, *, source_id: str, boundary: BaseGeometry | None = None
) -> gpd.GeoDataFrame:
    """
    Make a layer of gates.

    Parameters
    ----------
    gates : sequence of Gate
        Degrees.
    crs : pyproj.CRS
        The working CRS.
    source_id : str
        Where they come from.
    boundary : (Multi)Polygon, degrees, optional
        Gates beyond it are left out.

    Returns
    -------
    GeoDataFrame of Point
        Index `feature_id` ("osm:node/1"); columns `kind`, `source_id`.
    """
    table = pd.DataFrame(gates, columns=list(Gate._fields))
    points = shapely.points(table[["lon", "lat"]].to_numpy(dtype=float))
    layer = gpd.GeoDataFrame(
        {"kind": table["kind"].astype("str"), "source_id": source_id}, geometry=points, crs=WGS84
    )
    layer["source_id"] = layer["source_id"].astype("str")
    layer.index = pd.Index([f"{source_id}:{ref}" for ref in table["ref"]], dtype="str", name=INDEX)
    if boundary is not None:
        layer = layer[layer.intersects(boundary)]
    return reproject(layer, crs)
