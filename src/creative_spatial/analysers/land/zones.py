"""One coherent layer of habitat zones out of several that overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.land.overlay import dissolve, patches, sharing_pairs
from creative_spatial.crs import require_crs
from creative_spatial.schema import empty_features, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

HABITAT = "habitat"
LAND, WATER = "land", "water"
AQUATIC = ("water", "canal")
M2_PER_HA = 1e4
SLIVER_M2 = 1e-6


class _Resolved(NamedTuple):
    """Ranked habitat polygons, what each keeps, and who took what from whom."""

    drawn: gpd.GeoDataFrame
    kept: NDArray[Any]
    loser: NDArray[np.intp]
    winner: NDArray[np.intp]
    area: NDArray[np.float64]


def habitat_zones(
    layers: Sequence[gpd.GeoDataFrame],
    *,
    crs: Any = None,
    water: BaseGeometry | None = None,
    aquatic: Sequence[str] = AQUATIC,
) -> gpd.GeoDataFrame:
    """
    Habitat polygons without overlap: each square metre in one zone.

    Where polygons overlap, the ground goes to the layer that comes first (a city's own
    before OpenStreetMap's); within a layer to the smaller polygon, since the wood mapped
    inside a park, the pond inside a wood and the rubber plot inside a forest are the more
    specific statement, and maps draw them on top; between equals to the one that comes
    first. The ground covered is that of the input's union; `zone_conflicts` lists in
    hectares what changed hands. Every row is used: leave out beforehand what is not open.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, any geometry
        First the source that is trusted most; columns `concept`, `role` and `naturalness`
        (``Taxonomy.annotate`` adds them). Only polygons with the role "habitat" are used.
    crs : CRS-like, optional
        The working CRS; that of the first layer otherwise.
    water : (Multi)Polygon, optional
        What is not land (``area.water``). Zones that it cuts become two, so that shares of
        land can leave the part on water out.
    aquatic : sequence of str
        Values of `naturalness` that are water as a whole, with or without `water`.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon
        The columns of the layers and `ground` ("land" or "water"). The index is the
        feature's id, with "~water" appended for the part of a land habitat on water.

    Raises
    ------
    CRSError
        If the layers are in different CRSs.
    GeometryError
        If a polygon crosses itself.
    LayerSchemaError
        If a column is missing.

    References
    ----------
    OpenStreetMap Carto, layer "landcover": ordered by area, the smallest drawn last.

    Examples
    --------
    >>> park = gpd.GeoDataFrame(
    ...     {"concept": "park", "role": "habitat", "naturalness": "park"}, index=["osm:way/1"],
    ...     geometry=[shapely.box(0, 0, 10, 10)], crs="EPSG:32647")
    >>> wood = gpd.GeoDataFrame(
    ...     {"concept": "forest", "role": "habitat", "naturalness": "natural"}, index=["osm:way/2"],
    ...     geometry=[shapely.box(6, 0, 12, 10)], crs="EPSG:32647")
    >>> zones = habitat_zones([pd.concat([park, wood])])
    >>> zones.area.to_dict()
    {'osm:way/2': 60.0, 'osm:way/1': 60.0}
    """
    resolved = _resolve(layers, crs)
    zones = resolved.drawn.set_geometry(
        gpd.GeoSeries(resolved.kept, index=resolved.drawn.index, crs=resolved.drawn.crs)
    )
    zones = zones[zones.area > SLIVER_M2]
    ground = np.where(zones["naturalness"].isin(list(aquatic)), WATER, LAND)
    zones = zones.assign(ground=pd.Series(ground, index=zones.index, dtype="str"))
    return zones if water is None or water.is_empty else _split_at_shore(zones, water)


def zone_conflicts(layers: Sequence[gpd.GeoDataFrame], *, crs: Any = None) -> pd.DataFrame:
    """
    Hectares that `habitat_zones` took from one concept for another.

    The area drawn is the area of the zones plus the hectares listed here.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, any geometry
        As for `habitat_zones`; `source_id` is used where it is there.
    crs : CRS-like, optional
        The working CRS; that of the first layer otherwise.

    Returns
    -------
    DataFrame
        `concept`, `source_id` of what lost ground, `taken_by`, `taken_by_source` of what got
        it, `hectares`; the largest first.

    Raises
    ------
    CRSError
        If the layers are in different CRSs.
    GeometryError
        If a polygon crosses itself.
    LayerSchemaError
        If a column is missing.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame(
    ...     {"concept": ["park", "forest"], "role": "habitat", "naturalness": ["park", "natural"]},
    ...     geometry=[shapely.box(0, 0, 300, 300), shapely.box(0, 0, 100, 200)])
    >>> zone_conflicts([layer])[["concept", "taken_by", "hectares"]].values.tolist()
    [['park', 'forest', 2.0]]
    """
    resolved = _resolve(layers, crs)
    drawn = resolved.drawn
    source = drawn["source_id"] if "source_id" in drawn else pd.Series("", index=drawn.index)
    table = pd.DataFrame(
        {
            "concept": drawn["concept"].to_numpy()[resolved.loser],
            "source_id": source.to_numpy()[resolved.loser],
            "taken_by": drawn["concept"].to_numpy()[resolved.winner],
            "taken_by_source": source.to_numpy()[resolved.winner],
            "hectares": resolved.area / M2_PER_HA,
        }
    )
    keys = ["concept", "source_id", "taken_by", "taken_by_source"]
    sums = table.groupby(keys)["hectares"].sum().reset_index()
    return sums.sort_values(["hectares", *keys], ascending=False, ignore_index=True)


def _resolve(layers: Sequence[gpd.GeoDataFrame], crs: Any) -> _Resolved:
    """Rank the habitat polygons and cut from each what better ones hold."""
    drawn = _ranked_polygons(layers, crs)
    shapes = drawn.geometry.to_numpy()
    kept = shapes.copy()
    loser, winner = sharing_pairs(shapes)
    start = np.searchsorted(loser, np.arange(len(shapes) + 1))
    for row in np.unique(loser):
        better = shapely.union_all(shapes[winner[start[row] : start[row + 1]]])
        kept[row] = _polygonal(shapely.difference(shapes[row], better))
    area = shapely.area(shapely.intersection(shapes[loser], kept[winner]))
    return _Resolved(drawn, kept, loser, winner, area)


def _ranked_polygons(layers: Sequence[gpd.GeoDataFrame], crs: Any) -> gpd.GeoDataFrame:
    """Habitat polygons of every layer, those that keep their ground first."""
    crs = layers[0].crs if crs is None and layers else crs
    found = []
    for rank, layer in enumerate(layers):
        require_crs(crs, **{f"layers[{rank}]": layer})
        require_columns(layer, "concept", "role", "naturalness", name=f"layers[{rank}]")
        habitats = _areal_rows(layer[layer["role"] == HABITAT])
        found.append(habitats.iloc[np.argsort(habitats.area.to_numpy(), kind="stable")])
    found = [habitats for habitats in found if len(habitats)]
    if not found:
        return empty_features(crs, ["concept", "role", "naturalness"])
    joined: gpd.GeoDataFrame = found[0] if len(found) == 1 else pd.concat(found)
    return joined


def _areal_rows(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows that have ground, each as one valid (multi)polygon."""
    found = patches(layer, name="layers")
    rows, first, count = np.unique(found.row, return_index=True, return_counts=True)
    shapes = found.shapes[first]
    for position in np.flatnonzero(count > 1):
        shapes[position] = shapely.union_all(found.shapes[found.row == rows[position]])
    areal = layer.iloc[rows]
    return areal.set_geometry(gpd.GeoSeries(shapes, index=areal.index, crs=layer.crs))


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """A geometry without the points and lines that an overlay may leave."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shape)
    areal: BaseGeometry = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return areal


def _split_at_shore(zones: gpd.GeoDataFrame, water: BaseGeometry) -> gpd.GeoDataFrame:
    """Part land habitats at the shore into what stands on land and what on water."""
    wet = dissolve(shapely.get_parts(water))
    dry_rows = np.flatnonzero(zones["ground"] == LAND)
    shapes = zones.geometry.to_numpy()
    tree = shapely.STRtree(wet)
    row, part = tree.query(shapes[dry_rows], predicate="intersects")
    ashore, afloat = shapes.copy(), np.full(len(shapes), shapely.Polygon(), dtype=object)
    start = np.searchsorted(row, np.arange(len(dry_rows) + 1))
    for position in np.unique(row):
        zone = dry_rows[position]
        cover = shapely.union_all(wet[part[start[position] : start[position + 1]]])
        ashore[zone] = _polygonal(shapely.difference(shapes[zone], cover))
        afloat[zone] = _polygonal(shapely.intersection(shapes[zone], cover))
    on_land = zones.set_geometry(gpd.GeoSeries(ashore, index=zones.index, crs=zones.crs))
    on_water = zones.set_geometry(gpd.GeoSeries(afloat, index=zones.index, crs=zones.crs))
    on_water = on_water.assign(ground=WATER).rename(index=lambda name: f"{name}~water")
    on_land = on_land[on_land.area > SLIVER_M2]
    on_water = on_water[on_water.area > SLIVER_M2]
    parted: gpd.GeoDataFrame = pd.concat([on_land, on_water]) if len(on_water) else on_land
    return parted
