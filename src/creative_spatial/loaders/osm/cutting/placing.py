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

WORLD = (-180.0, -90.0, 180.0, 90.0)
ROW_GROUP = 16_384
_REPEATED = ["kind", "version", "timestamp", "tags"]
"""Columns whose values come often; a dictionary of the others takes time and more space."""
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
        self._relations = [RELATION_SCHEMA.empty_table()]
        self._corners = np.full((1, 4), np.nan)
        self._types: set[str] = set()
        self._writer = pq.ParquetWriter(
            folder / OBJECTS, OBJECT_SCHEMA, compression="zstd", use_dictionary=_REPEATED
        )

    def add(self, table: pa.Table, corners: NDArray[np.float64]) -> None:
        """
        Add objects.

        Parameters
        ----------
        table : pyarrow.Table
            In `OBJECT_SCHEMA`.
        corners : array of float, (n, 4), degrees
            The same rows' boxes.
        """
        self._tables.append(table)
        self.waiting += len(table)
        for counted in pc.value_counts(table["kind"]).to_pylist():
            kind = counted["values"]
            self.counts[kind] = self.counts.get(kind, 0) + counted["counts"]
        codes = pc.unique(pc.binary_slice(table["geometry"], 1, 2)).to_pylist()
        self._types.update(_GEOPARQUET_TYPES[code] for code in codes)
        self._corners = np.vstack([self._corners, corners])
        self._corners = np.hstack(
            [np.fmin.reduce(self._corners[:, :2]), np.fmax.reduce(self._corners[:, 2:])]
        )[None, :]
        if self.waiting >= ROW_GROUP:
            self.flush(whole=True)

    def add_relations(self, relations: pa.Table) -> None:
        """
        Add what relations are made of.

        Parameters
        ----------
        relations : pyarrow.Table
            In `RELATION_SCHEMA`.
        """
        self._relations.append(relations)

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
        relations = pa.concat_tables(self._relations)
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
            "geometry_types": sorted(self._types),
            "crs": WGS84.to_json_dict(),
            "covering": {"bbox": corners},
        }
        if not np.isnan(self._corners).any():
            column["bbox"] = self._corners[0].tolist()
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
    """

    def __init__(self, boxes: Sequence[Bounds], files: Sequence[AreaFiles]) -> None:
        self._boxes, self._files = boxes, files
        self._relation_areas: dict[int, list[int]] = {}

    def place(self, batch: Batch) -> None:
        """
        Write a batch's rows to every area that they meet.

        Parameters
        ----------
        batch : Batch
            From the pass.
        """
        relations = pc.equal(batch.table["kind"], RELATION).to_numpy()
        for area, rows in self.meeting(batch):
            if len(rows) == len(batch.table):
                self._files[area].add(batch.table, batch.corners)
            elif len(rows):
                self._files[area].add(batch.table.take(rows), batch.corners[rows])
            for relation in batch.table["osm_id"].take(rows[relations[rows]]).to_pylist():
                self._relation_areas.setdefault(relation, []).append(area)
        while sum(files.waiting for files in self._files) > ROWS_IN_MEMORY:
            max(self._files, key=lambda files: files.waiting).flush()

    def near(self, corners: NDArray[np.float64], coast: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """
        Say what may meet an area, so that nothing more is done to the rest.

        Parameters
        ----------
        corners : array of float, (n, 4), degrees
            Boxes of objects; those of nothing are near nothing.
        coast : array of bool
            Which are coast.

        Returns
        -------
        array of bool
            One for each.
        """
        near = np.zeros(len(corners), dtype=bool)
        for bounds in self._boxes:
            near |= _overlap(corners, bounds)
            near[coast] |= _overlap(corners[coast], sea_box(WORLD, bounds))
        return near

    def meeting(self, batch: Batch) -> Iterable[tuple[int, NDArray[np.intp]]]:
        """
        Say which rows meet which area.

        Parameters
        ----------
        batch : Batch
            What is empty meets none; coast is wanted further around: the sea is closed from it.

        Yields
        ------
        area : int
            Position of the area.
        rows : array of int
            Positions of the rows.
        """
        corners, coast = batch.corners, batch.coast
        for area, bounds in enumerate(self._boxes):
            meets = _overlap(corners, bounds)
            inside = (corners[:, :2] >= bounds[:2]).all(axis=1)
            inside &= (corners[:, 2:] <= bounds[2:]).all(axis=1)
            doubtful = np.flatnonzero(meets & ~inside)
            if len(doubtful):
                box = shapely.box(*bounds)
                shapely.prepare(box)
                wkb = batch.table["geometry"].take(doubtful).to_pylist()
                meets[doubtful] = shapely.intersects(
                    box, shapely.from_wkb(np.array(wkb, dtype=object))
                )
            meets[coast] = _overlap(corners[coast], sea_box(WORLD, bounds))
            yield area, np.flatnonzero(meets)

    def place_built(self, relations: pa.Table) -> None:
        """
        Write what relations are made of where their areas went.

        Parameters
        ----------
        relations : pyarrow.Table
            In `RELATION_SCHEMA`; their areas were in a batch before.
        """
        rows: dict[int, list[int]] = {}
        for row, relation in enumerate(relations["osm_id"].to_pylist()):
            for area in self._relation_areas.get(relation, ()):
                rows.setdefault(area, []).append(row)
        for area, there in rows.items():
            self._files[area].add_relations(relations.take(there))


def _overlap(corners: NDArray[np.float64], bounds: Bounds) -> NDArray[np.bool_]:
    """Which boxes overlap one; those of nothing do not."""
    west, south, east, north = corners.T
    overlaps: NDArray[np.bool_] = (
        (west <= bounds[2]) & (east >= bounds[0]) & (south <= bounds[3]) & (north >= bounds[1])
    )
    return overlaps


_GEOPARQUET_TYPES = {
    b"\x01": "Point",
    b"\x02": "LineString",
    b"\x03": "Polygon",
    b"\x05": "MultiLineString",
    b"\x06": "MultiPolygon",
}
"""By the second byte of WKB."""
