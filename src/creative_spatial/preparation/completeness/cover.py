"""Mapped streets, or buildings, against built-up land: whether anybody has mapped here at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import require_crs
from creative_spatial.resources.completeness import completeness_facts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def built_up_land(built: gpd.GeoDataFrame, *, edge_m: float) -> NDArray[Any]:
    """
    Join outlines of built-up land, with what lies along and between them.

    Parameters
    ----------
    built : GeoDataFrame of (Multi)Polygon, metres
        E.g. ``landuse=residential`` and the like of OpenStreetMap. Such outlines are drawn by
        the people who map the streets: where nobody has mapped, both are missing, and the
        unit is not assessed rather than found wanting.
    edge_m : float, metres
        How far around each outline; 0 for the outlines alone.

    Returns
    -------
    array of Polygon
        Apart from each other.
    """
    shapes = shapely.make_valid(_areal(built))
    grown = shapely.buffer(shapes, edge_m, quad_segs=2) if edge_m else shapes
    parts: NDArray[Any] = shapely.get_parts(shapely.union_all(grown))
    return parts


def street_cover(
    units: gpd.GeoDataFrame,
    built_up: gpd.GeoDataFrame | pd.Series[float],
    *,
    streets: gpd.GeoDataFrame | None = None,
    buildings: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """
    Kilometres of mapped streets for every km² of built-up land, as a share of what is expected.

    Where there are no streets at hand, ground covered by buildings takes their place.

    Parameters
    ----------
    units : GeoDataFrame, polygons, metres
        With `area_land` where known; the polygons' area otherwise.
    built_up : GeoDataFrame of (Multi)Polygon, or Series of float, m²
        Outlines of built-up land: only streets in it count. Or how much of it is in each
        unit, indexed like `units`, null where not known: then all the unit's streets count.
    streets : GeoDataFrame of lines, same CRS, optional
        With `rank` where known: paths (above 3) are left out.
    buildings : GeoDataFrame of polygons, same CRS, optional
        Their footprints.

    Returns
    -------
    DataFrame, indexed like `units`
        `built_up_km2`; `street_km_per_km2` or null; `cover_share`, the density as a share of
        the expected one, null where too little of the unit is built-up. A street along the
        edge of two units counts in both.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the units.

    References
    ----------
    UN-Habitat, A new strategy of sustainable neighbourhood planning: five principles.
    """
    facts = completeness_facts().cover
    require_crs(units.crs, streets=streets, buildings=buildings)
    shown = _walked(streets) if streets is not None else None
    shown = _areal(buildings) if shown is None and buildings is not None else shown
    if isinstance(built_up, pd.Series):
        built = built_up.reindex(units.index).astype(float)
        ground = units.get("area_land", units.geometry.area)
        enough = built >= facts.min_built_share.value * ground
    else:
        require_crs(units.crs, built_up=built_up)
        land = built_up_land(built_up, edge_m=facts.edge_m.value)
        built = pd.Series(_measured(land, units, shapely.area), index=units.index)
        shown = None if shown is None else _within(shown, land)
        # The rim of a neighbour's built-up land is not built-up land of one's own.
        drawn = _measured(built_up_land(built_up, edge_m=0), units, shapely.area)
        enough = pd.Series(drawn >= facts.min_built_m2.value, index=units.index)
    enough &= built >= facts.min_built_m2.value
    table = pd.DataFrame(
        {"built_up_km2": built / 1e6, "street_km_per_km2": np.nan, "cover_share": np.nan},
        index=units.index,
    )
    if shown is None:
        return table
    if streets is not None:
        length = _measured(shown, units, shapely.length)
        density = built.rdiv(1e3 * length).where(enough)  # m / m² to km / km²
        table["street_km_per_km2"] = density
        table["cover_share"] = density / facts.expected_km_per_km2.value
    else:
        covered = _measured(shown, units, shapely.area)
        share = built.rdiv(covered).where(enough)
        table["cover_share"] = share / facts.expected_building_share.value
    return table


def _within(shapes: NDArray[Any], land: NDArray[Any]) -> NDArray[Any]:
    """The parts of shapes that lie on built-up land."""
    shapely.prepare(land)
    shape, part = shapely.STRtree(land).query(shapes, predicate="intersects")
    whole = shapely.contains_properly(land[part], shapes[shape])
    kept: NDArray[Any] = shapes[shape]
    kept[~whole] = shapely.intersection(kept[~whole], land[part[~whole]])
    return kept


def _walked(streets: gpd.GeoDataFrame) -> NDArray[Any]:
    """Lines of streets, paths and driveways apart."""
    shapes = streets.geometry.to_numpy()
    kept = shapely.get_dimensions(shapes) == 1
    if "rank" in streets:
        most = completeness_facts().cover.max_rank.value
        kept &= (pd.to_numeric(streets["rank"]).fillna(most) <= most).to_numpy(dtype=bool)
    return shapes[kept]  # type: ignore[no-any-return]


def _areal(layer: gpd.GeoDataFrame) -> NDArray[Any]:
    """Polygons of a layer."""
    shapes = layer.geometry.to_numpy()
    return shapes[shapely.get_dimensions(shapes) == 2]  # type: ignore[no-any-return]


def _measured(shapes: NDArray[Any], units: gpd.GeoDataFrame, measure: Any) -> NDArray[np.float64]:
    """Length or area of shapes inside each unit; what lies wholly inside is not cut."""
    polygons = units.geometry.to_numpy()
    shapely.prepare(polygons)
    unit, shape = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    whole = shapely.contains_properly(polygons[unit], shapes[shape])
    size = np.empty(len(unit))
    size[whole] = measure(shapes[shape[whole]])
    cut = shapely.intersection(polygons[unit[~whole]], shapes[shape[~whole]])
    size[~whole] = measure(cut)
    total: NDArray[np.float64] = np.bincount(unit, weights=size, minlength=len(polygons)).astype(
        float
    )
    return total
