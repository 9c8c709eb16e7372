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


def built_up_area(built: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Built-up land in each unit, each square metre once.

    Parameters
    ----------
    built : GeoDataFrame of (Multi)Polygon, metres
        E.g. ``landuse=residential`` and the like of OpenStreetMap. Such outlines are drawn by
        the people who map the streets: where nobody has mapped, both are missing, and the
        unit is not assessed rather than found wanting.
    units : GeoDataFrame, polygons, same CRS
        Units.

    Returns
    -------
    Series of float, m²
        Indexed like `units`.
    """
    require_crs(units.crs, built=built)
    shapes = built.geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    parts = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes)))
    return pd.Series(_measured(parts, units, shapely.area), index=units.index)


def street_cover(
    units: gpd.GeoDataFrame,
    built_up: pd.Series[float],
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
    built_up : Series of float, m²
        Built-up land in each unit, indexed like `units`; null where not known.
    streets : GeoDataFrame of lines, same CRS, optional
        With `rank` where known: paths (above 3) are left out.
    buildings : GeoDataFrame of polygons, same CRS, optional
        Their footprints.

    Returns
    -------
    DataFrame, indexed like `units`
        `built_up_km2`; `street_km_per_km2` or null; `cover_share`, the density as a share of
        the expected one, null where too little of the unit is built-up. A street along the
        edge of two units counts in both; one outside the built-up land of its unit counts.

    References
    ----------
    UN-Habitat, A new strategy of sustainable neighbourhood planning: five principles.
    """
    facts = completeness_facts().cover
    land = units.get("area_land", units.geometry.area)
    built = built_up.reindex(units.index).astype(float)
    enough = built >= facts.min_built_m2.value
    enough &= built >= facts.min_built_share.value * land
    table = pd.DataFrame(
        {"built_up_km2": built / 1e6, "street_km_per_km2": np.nan, "cover_share": np.nan},
        index=units.index,
    )
    if streets is not None:
        require_crs(units.crs, streets=streets)
        length = _measured(_walked(streets), units, shapely.length)
        density = (built.rdiv(1e3 * length)).where(enough)  # m / m² to km / km²
        table["street_km_per_km2"] = density
        table["cover_share"] = density / facts.expected_km_per_km2.value
    elif buildings is not None:
        require_crs(units.crs, buildings=buildings)
        covered = _measured(_areal(buildings), units, shapely.area)
        share = built.rdiv(covered).where(enough)
        table["cover_share"] = share / facts.expected_building_share.value
    return table


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
