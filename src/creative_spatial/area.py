"""
The study area: nested boundaries, reporting units and land, in one working CRS.

`StudyArea` takes geometries; the loaders read them. Units belong to the primary
boundary, and every boundary is kept as a table row of the same shape as a unit, so that
a measure runs on one and the other alike and a city's figure is never a mean of
percentages.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import (
    check_working_crs,
    choose_crs,
    describe_crs,
    reproject,
    require_crs,
    to_wgs84,
)
from creative_spatial.errors import ConfigError, CRSError, DataQualityWarning, GeometryError
from creative_spatial.grid import GridShape, default_cell_m, make_grid
from creative_spatial.schema import UNIT_INDEX, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

PUBLISHED_AREA_TOLERANCE = 0.05


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
            If a boundary is empty, crosses itself or has no area.
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
        _check_polygons(boundaries, "boundary")
        bounds = _geographic_bounds(boundaries)
        working = choose_crs(bounds) if crs is None else check_working_crs(crs, bounds)
        table = _boundary_table(reproject(boundaries, working))
        wet = _union_water(water, working, table)
        table = _with_areas(table, wet)
        _compare_with_published(table)
        primary = table.geometry[table["primary"]].iloc[0]
        if units is None:
            width = default_cell_m(primary, grid) if cell_m is None else cell_m
            cells = gpd.GeoDataFrame(geometry=make_grid(primary, width, shape=grid), crs=working)
        else:
            cells = _unit_table(units, working)
            _check_cover(cells, primary)
        return cls(
            name=name,
            crs=working,
            water_sources=_sources_of(water),
            boundaries=table,
            units=_with_areas(cells, wet),
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


def _check_polygons(layer: gpd.GeoDataFrame, what: str) -> None:
    """Refuse, naming each row at fault, what cannot serve as a polygon to report by."""
    if not len(layer):
        raise GeometryError(f"There is no {what}; at least one polygon is needed.")
    if not layer.index.is_unique:
        twice = layer.index[layer.index.duplicated()].unique().tolist()
        raise ConfigError(f"The {what} ids {twice} occur more than once.")
    faults = []
    for row, shape in zip(layer.index, layer.geometry, strict=True):
        if shape is None or shape.is_empty:
            faults.append(f"{what} {row!r} has no geometry")
        elif shape.geom_type not in {"Polygon", "MultiPolygon"}:
            faults.append(f"{what} {row!r} is a {shape.geom_type}, not a polygon")
        elif not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            faults.append(f"{what} {row!r} is not a valid polygon ({reason}): mend it in a GIS")
        elif not shape.area > 0:
            faults.append(f"{what} {row!r} has no area")
    if faults:
        raise GeometryError("; ".join(faults) + ".")


def _geographic_bounds(layer: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Extent in degrees; a layer without CRS is refused."""
    if layer.crs is None:
        raise CRSError('The boundaries have no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    west, south, east, north = (float(value) for value in layer.total_bounds)
    return to_wgs84((west, south, east, north), layer.crs)


def _boundary_table(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The boundary columns that everything downstream relies on, with defaults."""
    table = boundaries.copy()
    table.index = pd.Index(table.index.astype(str), name=UNIT_INDEX)
    if "name" not in table:
        table["name"] = table.index
    for column in ("source_id", "published_area_km2"):
        if column not in table:
            table[column] = None
    table["published_area_km2"] = table["published_area_km2"].astype(float)
    if "primary" not in table:
        table["primary"] = np.arange(len(table)) == 0
    if int(table["primary"].sum()) != 1:
        raise ConfigError(
            f"{int(table['primary'].sum())} boundaries are primary; exactly one must be: "
            "set `primary = true` on one [[boundary]]."
        )
    return table


def _sources_of(layer: gpd.GeoDataFrame | gpd.GeoSeries | None) -> tuple[str, ...]:
    """Ids of the sources that a layer's rows name."""
    if not isinstance(layer, gpd.GeoDataFrame) or "source_id" not in layer:
        return ()
    return tuple(sorted(layer["source_id"].dropna().unique()))


def _union_water(
    water: gpd.GeoDataFrame | gpd.GeoSeries | None, crs: CRS, boundaries: gpd.GeoDataFrame
) -> BaseGeometry:
    """All water over the boundaries as one geometry."""
    if water is None or not len(water):
        return shapely.MultiPolygon()
    if water.crs is None:
        raise CRSError('The water layer has no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    shapes = reproject(gpd.GeoDataFrame(geometry=water.geometry), crs).geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    extent = shapely.union_all(boundaries.geometry.to_numpy())
    shapely.prepare(extent)
    shapes = shapely.make_valid(shapes[shapely.intersects(extent, shapes)])
    wet: BaseGeometry = shapely.intersection(shapely.union_all(shapes), extent)
    return wet


def _with_areas(table: gpd.GeoDataFrame, water: BaseGeometry) -> gpd.GeoDataFrame:
    """Add `area_total` and `area_land`, keeping both because a lake is not land."""
    shapes = table.geometry.to_numpy()
    total = shapely.area(shapes)
    land = total.copy()
    if not water.is_empty:
        shapely.prepare(water)
        wet = shapely.intersects(water, shapes)
        land[wet] -= shapely.area(shapely.intersection(shapes[wet], water))
    # Rounding in the overlay must not leave a lake with a square millimetre of land.
    land[land < 1e-6 * total] = 0.0
    return table.assign(area_total=total, area_land=land)


def _compare_with_published(boundaries: gpd.GeoDataFrame) -> None:
    """Warn where the drawn land area is not the published one."""
    stated = boundaries[boundaries["published_area_km2"].notna()]
    columns = ("area_land", "area_total", "published_area_km2")
    for boundary, drawn_m2, total_m2, published in zip(
        stated.index, *(stated[name].tolist() for name in columns), strict=True
    ):
        drawn, total = drawn_m2 / 1e6, total_m2 / 1e6
        if abs(drawn / published - 1) > PUBLISHED_AREA_TOLERANCE:
            warnings.warn(
                f"Boundary {boundary!r} has {drawn:,.2f} km² of land "
                f"({total:,.2f} km² with water); {published:,.2f} km² is published. "
                "Per-area figures use the drawn land.",
                DataQualityWarning,
                stacklevel=4,
            )


def _check_cover(units: gpd.GeoDataFrame, primary: BaseGeometry) -> None:
    """Warn where ready-made units overlap or are not those of the boundary."""
    shapes = units.geometry.to_numpy()
    covered = shapely.union_all(shapes)
    overlap = float(shapely.area(shapes).sum() - covered.area)
    outside = float(shapely.difference(covered, primary).area)
    missing = float(shapely.difference(primary, covered).area)
    slack = 1e-3 * primary.area
    said = [
        f"{area_m2 / 1e6:,.2f} km² {what}"
        for area_m2, what in (
            (overlap, "lie in more than one unit and count twice"),
            (outside, "lie outside the primary boundary"),
            (missing, "of the primary boundary lie in no unit"),
        )
        if area_m2 > slack
    ]
    if said:
        warnings.warn(f"The units do not fit: {'; '.join(said)}.", DataQualityWarning, stacklevel=3)


def _unit_table(units: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Ready-made units, checked and in the working CRS."""
    table = units.copy()
    if table.index.name != UNIT_INDEX:
        require_columns(table, UNIT_INDEX, name="units")
        table = table.set_index(UNIT_INDEX)
    table.index = pd.Index(table.index.astype(str), name=UNIT_INDEX)
    _check_polygons(table, "unit")
    if table.crs is None:
        raise CRSError('The units have no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    return reproject(table, crs)
