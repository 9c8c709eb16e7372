"""Which area an object goes to, and the files that it is written to there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from creative_spatial.crs import WGS84
from creative_spatial.loaders.osm.coastline import sea_box
from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.batch import text_of
from creative_spatial.loaders.osm.cutting.layout import (
    OBJECT_SCHEMA,
    OBJECTS,
    RELATION,
    RELATION_SCHEMA,
    RELATIONS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.cutting.collecting import Kept

WORLD = (-180.0, -90.0, 180.0, 90.0)
ROW_GROUP = 16_384
ROWS_IN_MEMORY = 262_144
"""Rows that wait for their row group to fill, of all areas together."""


class AreaFiles:
    """
    The files of one area while they are written, row group by row group.

    Parameters
    ----------
    folder : Path
        An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: dict[str, int] = {}
        self.waiting = 0
        self._tables: list[pa.Table] = []
        self._relations: dict[str, list[Any]] = {name: [] for name in RELATION_SCHEMA.names}
        self._bounds: Bounds | None = None
        self._types: set[str] = set()
        self._writer = pq.ParquetWriter(folder / OBJECTS, OBJECT_SCHEMA, compression="zstd")

    def add(self, table: pa.Table, shapes: NDArray[Any]) -> None:
        """
        Add objects.

        Parameters
        ----------
        table : pyarrow.Table
            In `OBJECT_SCHEMA`.
        shapes : array of geometry
            The same rows' geometries.
        """
        self._tables.append(table)
        self.waiting += len(table)
        for counted in pc.value_counts(table["kind"]).to_pylist():
            kind = counted["values"]
            self.counts[kind] = self.counts.get(kind, 0) + counted["counts"]
        self._types.update(shapely.GeometryType(one).name for one in _type_ids(shapes))
        here = shapely.total_bounds(shapes).tolist()
        if self._bounds is not None:
            west, south, east, north = self._bounds
            here = [
                min(west, here[0]),
                min(south, here[1]),
                max(east, here[2]),
                max(north, here[3]),
            ]
        self._bounds = (here[0], here[1], here[2], here[3])
        if self.waiting >= ROW_GROUP:
            self.flush(whole=True)

    def add_relation(self, relation: Kept, *, mapped: bool, reason: str = "") -> None:
        """
        Add what a relation is made of.

        Parameters
        ----------
        relation : Kept
            The relation.
        mapped : bool
            Whether its ids are those of a copy.
        reason : str
            Why its area is not there, if it is not.
        """
        back = from_positive if mapped else int
        members = [
            {"type": kind, "ref": back(ref), "role": role}
            for kind, ref, role in zip(relation.types, relation.refs, relation.roles, strict=True)
        ]
        row = (
            back(relation.id),
            relation.version,
            relation.timestamp,
            text_of(relation.tags.items()),
            members,
            reason,
        )
        for column, value in zip(self._relations.values(), row, strict=True):
            column.append(value)

    def flush(self, *, whole: bool = False) -> None:
        """
        Write what waits.

        Parameters
        ----------
        whole : bool
            Write whole row groups only.
        """
        if not self._tables:
            return
        table = pa.concat_tables(self._tables)
        upto = len(table) - len(table) % ROW_GROUP if whole else len(table)
        self._writer.write_table(table.slice(0, upto), row_group_size=ROW_GROUP)
        rest = table.slice(upto)
        # a slice would keep all of its table in memory
        self._tables = [rest.take(list(range(len(rest))))] if len(rest) else []
        self.waiting = len(rest)

    def close(self) -> None:
        """Write what is left and finish the files."""
        self.flush()
        self._writer.add_key_value_metadata({"geo": self._geo()})
        self._writer.close()
        columns = {name: self._relations[name] for name in RELATION_SCHEMA.names}
        relations = pa.Table.from_pydict(columns, schema=RELATION_SCHEMA)
        pq.write_table(relations, self.folder / RELATIONS, compression="zstd")

    def abandon(self) -> None:
        """Let go of the files, whatever state they are in."""
        self._tables = []
        self._writer.close()

    def _geo(self) -> str:
        """The metadata that makes Parquet GeoParquet."""
        corners = {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(_GEOPARQUET_TYPES[name] for name in self._types),
            "crs": WGS84.to_json_dict(),
            "covering": {"bbox": corners},
        }
        if self._bounds is not None:
            column["bbox"] = list(self._bounds)
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        return json.dumps(geo, sort_keys=True)


class Distributor:
    """
    Brings objects to the areas that they meet.

    Parameters
    ----------
    boxes : sequence of (west, south, east, north), degrees
        Of the areas.
    files : sequence of AreaFiles
        Of the same areas.
    mapped : bool
        Whether relations' ids are those of a copy.
    """

    def __init__(
        self, boxes: Sequence[Bounds], files: Sequence[AreaFiles], *, mapped: bool = False
    ) -> None:
        self._boxes, self._files, self._mapped = boxes, files, mapped
        self._relation_areas: dict[int, list[int]] = {}

    def place(self, batch: Batch) -> None:
        """
        Write a batch's rows to every area that they meet.

        Parameters
        ----------
        batch : Batch
            From the pass.
        """
        table, shapes = batch.table()
        relations = np.array([row.kind == RELATION for row in batch.rows])
        for area, rows in self.meeting(shapes, batch.coast):
            if len(rows) == len(table):
                self._files[area].add(table, shapes)
            elif len(rows):
                self._files[area].add(table.take(rows), shapes[rows])
            for row in rows[relations[rows]]:
                self._relation_areas.setdefault(batch.rows[row].osm_id, []).append(area)
        while sum(files.waiting for files in self._files) > ROWS_IN_MEMORY:
            max(self._files, key=lambda files: files.waiting).flush()

    def meeting(
        self, shapes: NDArray[Any], coast: Sequence[int] = ()
    ) -> Iterable[tuple[int, NDArray[np.intp]]]:
        """
        Say which geometries meet which area.

        Parameters
        ----------
        shapes : array of geometry, degrees
            Any; what is empty meets none.
        coast : sequence of int
            Positions of coast, which is wanted further around: the sea is closed from it.

        Yields
        ------
        area : int
            Position of the area.
        rows : array of int
            Positions of the geometries.
        """
        corners = shapely.bounds(shapes)
        for area, bounds in enumerate(self._boxes):
            meets = _overlap(corners, bounds)
            inside = (corners[:, :2] >= bounds[:2]).all(axis=1)
            inside &= (corners[:, 2:] <= bounds[2:]).all(axis=1)
            doubtful = np.flatnonzero(meets & ~inside)
            box = shapely.box(*bounds)
            shapely.prepare(box)
            meets[doubtful] = shapely.intersects(box, shapes[doubtful])
            meets[list(coast)] = _overlap(corners[list(coast)], sea_box(WORLD, bounds))
            yield area, np.flatnonzero(meets)

    def place_built(self, relations: Sequence[Kept]) -> None:
        """
        Write what relations are made of where their areas went.

        Parameters
        ----------
        relations : sequence of Kept
            Whose areas were in a batch before.
        """
        back = from_positive if self._mapped else int
        for relation in relations:
            for area in dict.fromkeys(self._relation_areas.get(back(relation.id), ())):
                self._files[area].add_relation(relation, mapped=self._mapped)


def _overlap(corners: NDArray[np.float64], bounds: Bounds) -> NDArray[np.bool_]:
    """Which boxes overlap one; those of nothing do not."""
    west, south, east, north = corners.T
    overlaps: NDArray[np.bool_] = (
        (west <= bounds[2]) & (east >= bounds[0]) & (south <= bounds[3]) & (north >= bounds[1])
    )
    return overlaps


def _type_ids(shapes: NDArray[Any]) -> list[int]:
    """Kinds of geometry that occur."""
    return [int(one) for one in np.unique(shapely.get_type_id(shapes)) if one >= 0]


_GEOPARQUET_TYPES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "LINEARRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
}
