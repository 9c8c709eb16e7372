"""Turning what the pass found into layers in the working CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import WGS84
from creative_spatial.loaders.osm.background import BACKGROUND_LAYERS
from creative_spatial.loaders.osm.lifetimes import day_of, status_on
from creative_spatial.provenance import stamp
from creative_spatial.schema import INDEX, validate_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.osm.found import Objects
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy


class Layers:
    """
    Makes layers of rows: geometries once from WKB, clipped, reprojected, stamped.

    Parameters
    ----------
    found : Objects
        What the pass found.
    crs : pyproj.CRS
        The working CRS.
    source : Source
        Stamped on every row.
    name_columns : sequence of str
        Columns of names, as in the rows.
    boundary : (Multi)Polygon, degrees, optional
        Rows whose geometry does not meet it are left out; the others stay whole.
    """

    def __init__(
        self,
        found: Objects,
        crs: CRS,
        source: Source,
        name_columns: Sequence[str],
        boundary: BaseGeometry | None,
    ) -> None:
        self._found, self._crs, self._source = found, crs, source
        self._name_columns = list(name_columns)
        self._boundary = boundary
        self._shapes = _geometries(found)

    def features(self, taxonomy: Taxonomy) -> gpd.GeoDataFrame:
        """
        Make the layer of features.

        Parameters
        ----------
        taxonomy : Taxonomy
            Says which pillar a concept belongs to.

        Returns
        -------
        GeoDataFrame
            In the order of the file.
        """
        rows = self._found.features
        pillars = {c.id: c.pillar for c in taxonomy.concepts.values()}
        also = [";".join(row.what.also) or None for row in rows]
        day = day_of(self._source.date)
        columns: dict[str, Any] = {
            **self._names([row.names for row in rows]),
            "concept": _text([row.what.concept for row in rows]),
            "pillar": _text([pillars[row.what.concept] for row in rows]),
            "also_concepts": _text(also),
            "status": _text([status_on(row.what.status, row.tags, day) for row in rows]),
            "tags": _text([row.tags for row in rows]),
            "osm_version": pd.array([row.version or None for row in rows], dtype="Int32"),
            "osm_timestamp": _times([row.timestamp for row in rows]),
        }
        return self._layer([row.ref for row in rows], columns, [row.shape for row in rows])

    def background(self) -> dict[str, gpd.GeoDataFrame]:
        """
        Make the background's layers, all of them, empty where nothing was found.

        Returns
        -------
        dict of str to GeoDataFrame
            Columns `kind`, `concept`, and `rank` for streets.
        """
        layers = {}
        for name in BACKGROUND_LAYERS:
            rows = self._found.background.get(name, [])
            columns: dict[str, Any] = {
                **self._names([row.names for row in rows]),
                "concept": _text([row.what.concept for row in rows]),
                "kind": _text([row.what.kind for row in rows]),
            }
            if name == "streets":
                columns["rank"] = np.array([row.what.rank or 0 for row in rows], dtype=np.int8)
            layers[name] = self._layer(
                [row.ref for row in rows], columns, [row.shape for row in rows]
            )
        return layers

    def sea(self, polygons: Sequence[BaseGeometry]) -> gpd.GeoDataFrame:
        """
        Make the layer of the sea.

        Parameters
        ----------
        polygons : sequence of Polygon, degrees
            As the coastline gave them.

        Returns
        -------
        GeoDataFrame of Polygon
            Index "<source>:sea/1" and on.
        """
        numbered = [f"sea/{number}" for number in range(1, len(polygons) + 1)]
        sea = _text(["sea"] * len(polygons))
        columns = {
            **self._names([(None,) * len(self._name_columns)] * len(polygons)),
            "concept": sea,
            "kind": sea,
        }
        shapes = np.array(polygons, dtype=object)
        return self._frame(numbered, columns, shapes)

    def _names(self, names: Sequence[tuple[str | None, ...]]) -> dict[str, Any]:
        """Columns of names."""
        return {
            column: _text([row[position] for row in names])
            for position, column in enumerate(self._name_columns)
        }

    def _layer(
        self, refs: Sequence[str], columns: dict[str, Any], shapes: Sequence[int]
    ) -> gpd.GeoDataFrame:
        """A layer of rows whose geometries are kept by position."""
        return self._frame(refs, columns, self._shapes[np.array(shapes, dtype=np.intp)])

    def _frame(
        self, refs: Sequence[str], columns: dict[str, Any], shapes: NDArray[Any]
    ) -> gpd.GeoDataFrame:
        """A valid layer of what meets the boundary, in the working CRS."""
        index = pd.Index([f"{self._source.id}:{ref}" for ref in refs], dtype="str", name=INDEX)
        geometry = gpd.GeoSeries(shapes, index=index, crs=WGS84)
        layer = gpd.GeoDataFrame(columns, index=index, geometry=geometry)
        keep = ~shapely.is_empty(shapes)
        if self._boundary is not None:
            shapely.prepare(self._boundary)
            keep &= shapely.intersects(self._boundary, shapes)
        layer = stamp(layer[keep & ~index.duplicated()].to_crs(self._crs), self._source)
        ahead = ["name", "concept", "source_id"]
        others = [c for c in layer.columns if c not in {*ahead, "geometry"}]
        return validate_features(layer[[*ahead, *others, "geometry"]], crs=self._crs)


def _geometries(found: Objects) -> NDArray[Any]:
    """Every kept geometry, single parts as such, outlines of those that are lines."""
    shapes = shapely.from_wkb(np.array(found.shapes, dtype=object))
    single = (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON) & (
        shapely.get_num_geometries(shapes) == 1
    )
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    outlines = np.array(found.outlines, dtype=np.intp)
    shapes[outlines] = shapely.boundary(shapes[outlines])
    return np.asarray(shapes, dtype=object)


def _text(values: Sequence[str | None]) -> Any:
    """A column of text with nulls."""
    return pd.array(values, dtype="str")


def _times(values: Sequence[Any]) -> Any:
    """A column of instants, UTC; the epoch stands for none in osmium."""
    times = pd.to_datetime(pd.Series(values, dtype=object), utc=True).dt.as_unit("s")
    return times.where(times > pd.Timestamp(0, tz="UTC")).array
