"""
The study area: nested boundaries, reporting units and land, in one working CRS.

`StudyArea` takes geometries; the loaders read them. Units belong to the primary
boundary, and every boundary is kept as a table row of the same shape as a unit, so that
a measure runs on one and the other alike and a city's figure is never a mean of
percentages.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from creative_spatial.crs import (
    check_working_crs,
    choose_crs,
    describe_crs,
    require_crs,
)
from creative_spatial.grid import GridShape, default_cell_m, make_grid
from creative_spatial.reporting import (
    boundary_table,
    check_cover,
    check_polygons,
    check_size,
    compare_with_published,
    geographic_bounds,
    on_map,
    sources_of,
    union_water,
    unit_table,
    with_areas,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, eq=False)
class StudyArea:
    """
    A city's boundaries and units, with land and total area.

    Make one with `from_geometries`.

    Parameters
    ----------
    name : str
        The city's name in its first language or in English.
    crs : pyproj.CRS
        Working CRS: projected, metres, true to area within 1 % here.
    boundaries : GeoDataFrame of (Multi)Polygon
        Index `unit_id` holding boundary ids; columns `name`, `source_id`,
        `published_area_km2`, `primary`, `area_total`, `area_land` (m²), and
        `population` where known.
    units : GeoDataFrame of (Multi)Polygon
        Index `unit_id`; columns `area_total`, `area_land` (m²), and `population` where known.
    water : (Multi)Polygon
        Sea, lagoons, lakes and wide rivers over the boundaries; empty where none is known.
    names : mapping of str to str
        The name by language code.
    country : str
        ISO 3166-1 alpha-2 code, or "".
    languages : tuple of str
        Languages of the maps, first the larger.
    water_sources : tuple of str
        Ids of the sources that say where water is, on which `area_land` rests.
    population_sources : tuple of str
        Ids of the sources of the inhabitants, the boundaries' published figures apart.
    """

    name: str
    crs: CRS
    boundaries: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    water: BaseGeometry
    names: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    languages: tuple[str, ...] = ("en",)
    water_sources: tuple[str, ...] = ()
    population_sources: tuple[str, ...] = ()

    @classmethod
    def from_geometries(
        cls,
        boundaries: gpd.GeoDataFrame,
        *,
        name: str,
        units: gpd.GeoDataFrame | None = None,
        grid: GridShape = "hexagon",
        cell_m: float | None = None,
        water: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
        crs: Any = None,
        names: Mapping[str, str] | None = None,
        country: str = "",
        languages: tuple[str, ...] = ("en",),
    ) -> StudyArea:
        """
        Build an area from boundary polygons and, if wanted, ready-made units.

        Parameters
        ----------
        boundaries : GeoDataFrame of (Multi)Polygon, any CRS
            The index names each boundary. Optional columns: `name`, `source_id`,
            `published_area_km2`, `population`, `primary` (bool; the first row otherwise).
        name : str
            The city's name.
        units : GeoDataFrame of (Multi)Polygon, any CRS, optional
            Reporting units with a `unit_id` column or index; a grid is made otherwise.
        grid : {"hexagon", "square"}
            Shape of the grid's cells.
        cell_m : float, metres, optional
            Their side-to-side width; the smallest round one with at most 2,000 units otherwise.
        water : GeoDataFrame or GeoSeries of polygons, any CRS, optional
            What is not land.
        crs : CRS-like, optional
            Working CRS; chosen from the extent otherwise.
        names : mapping of str to str, optional
            The name by language code.
        country : str
            ISO 3166-1 alpha-2 code.
        languages : tuple of str
            Languages of the maps.

        Returns
        -------
        StudyArea
            In its working CRS, areas computed.

        Raises
        ------
        CRSError
            If a layer has no CRS or the given `crs` is unfit here.
        GeometryError
            If a boundary is empty, crosses itself, or has no area or next to none.
        ConfigError
            If ids repeat, or not exactly one boundary is primary.

        Examples
        --------
        >>> import geopandas as gpd, shapely
        >>> town = gpd.GeoDataFrame(
        ...     {"name": ["Town"]}, index=["town"],
        ...     geometry=[shapely.box(600_000, 790_000, 602_000, 791_000)], crs="EPSG:32647")
        >>> area = StudyArea.from_geometries(town, name="Town", grid="square", cell_m=500)
        >>> len(area.units), float(area.boundaries.at["town", "area_land"])
        (8, 2000000.0)
        """
        check_polygons(boundaries, "boundary")
        bounds = geographic_bounds(boundaries)
        working = choose_crs(bounds) if crs is None else check_working_crs(crs, bounds)
        table = boundary_table(on_map(boundaries, working))
        wet = union_water(water, working, table)
        table = with_areas(table, wet)
        check_size(table)
        compare_with_published(table)
        primary = table.geometry[table["primary"]].iloc[0]
        if units is None:
            width = default_cell_m(primary, grid) if cell_m is None else cell_m
            cells = gpd.GeoDataFrame(geometry=make_grid(primary, width, shape=grid), crs=working)
        else:
            cells = unit_table(units, working)
            check_cover(cells, primary)
        return cls(
            name=name,
            crs=working,
            water_sources=sources_of(water),
            boundaries=table,
            units=with_areas(cells, wet),
            water=wet,
            names=dict(names or {}),
            country=country,
            languages=languages,
        )

    @property
    def primary_id(self) -> str:
        """Id of the primary boundary."""
        return str(self.boundaries.index[self.boundaries["primary"]][0])

    @property
    def primary(self) -> BaseGeometry:
        """The primary boundary's polygon."""
        geometry: BaseGeometry = self.boundaries.geometry.loc[self.primary_id]
        return geometry

    @property
    def extent(self) -> BaseGeometry:
        """Union of every boundary: what features are loaded for."""
        union: BaseGeometry = shapely.union_all(self.boundaries.geometry.to_numpy())
        return union

    def land(self, polygon: BaseGeometry) -> BaseGeometry:
        """
        The part of a polygon that is not water.

        Parameters
        ----------
        polygon : (Multi)Polygon, working CRS
            Usually a boundary.

        Returns
        -------
        (Multi)Polygon
            Possibly empty.
        """
        dry: BaseGeometry = shapely.difference(polygon, self.water)
        return dry

    def as_units(self, boundary_id: str) -> gpd.GeoDataFrame:
        """
        One boundary as a table of one unit, to run a measure on the whole of it.

        Parameters
        ----------
        boundary_id : str
            Id of a boundary.

        Returns
        -------
        GeoDataFrame, 1 row
            Shaped like `units`.
        """
        return self.boundaries.loc[[boundary_id]]

    def with_population(
        self,
        *,
        units: pd.Series[float] | None,
        boundaries: pd.Series[float],
        sources: tuple[str, ...] = (),
    ) -> StudyArea:
        """
        Copy the area with inhabitants per unit and boundary.

        Parameters
        ----------
        units : Series of float or None
            Inhabitants indexed like `units`; None where only the whole is known.
        boundaries : Series of float
            Inhabitants indexed like `boundaries`, for those whose published figure is not known.
        sources : tuple of str
            Ids of the sources they come from.

        Returns
        -------
        StudyArea
            A new object.
        """
        whole = boundaries.reindex(self.boundaries.index)
        if "population" in self.boundaries:
            whole = self.boundaries["population"].fillna(whole)
        cells = self.units if units is None else self.units.assign(population=units)
        return replace(
            self,
            units=cells,
            boundaries=self.boundaries.assign(population=whole),
            population_sources=sources,
        )

    def check(self, **layers: gpd.GeoDataFrame | None) -> None:
        """
        Raise unless every layer is in the working CRS.

        Parameters
        ----------
        **layers : GeoDataFrame or None
            Layers by name.
        """
        require_crs(self.crs, **layers)

    def __repr__(self) -> str:
        land = float(self.boundaries["area_land"].loc[self.primary_id]) / 1e6
        return (
            f"StudyArea({self.name!r}, {describe_crs(self.crs)}, {len(self.boundaries)} boundaries, "
            f"{self.primary_id!r} with {land:,.2f} km² of land in {len(self.units)} units)"
        )
