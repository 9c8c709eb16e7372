"""Objects on their way from the file to the areas: columns of some thousand rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from creative_spatial.loaders.osm.cutting.layout import OBJECT_SCHEMA
from creative_spatial.loaders.osm.found import as_wkb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Place = tuple[float, float]


class Batch:
    """Rows of `objects.parquet`, column by column."""

    def __init__(self) -> None:
        self.kind: list[str] = []
        self.osm_id: list[int] = []
        self.version: list[int] = []
        self.timestamp: list[Any] = []
        self.tags: list[str] = []
        self.refs: list[list[int] | None] = []
        self.missing: list[list[int] | None] = []
        self.wkb: list[bytes | str] = []
        self.coast: list[int] = []

    def __len__(self) -> int:
        return len(self.osm_id)

    def add(
        self,
        kind: str,
        osm_id: int,
        thing: Any,
        tags: str,
        wkb: bytes | str,
        *,
        refs: list[int] | None = None,
        missing: list[int] | None = None,
    ) -> None:
        """
        Add a row.

        Parameters
        ----------
        kind : str
            One of `layout.KINDS`.
        osm_id : int
            Id in the source.
        thing : object with `version` and `timestamp`
            The object.
        tags : str
            As `text_of` gives them.
        wkb : bytes or str
            Geometry, degrees; of a way that lacks nodes, its runs.
        refs : list of int, optional
            Of a way: ids of its nodes.
        missing : list of int, optional
            Positions in `refs` of the nodes that the file lacks.
        """
        self.kind.append(kind)
        self.osm_id.append(osm_id)
        self.version.append(thing.version)
        self.timestamp.append(thing.timestamp)
        self.tags.append(tags)
        self.wkb.append(wkb)
        self.refs.append(refs)
        self.missing.append(missing)

    def table(self) -> tuple[pa.Table, NDArray[Any]]:
        """
        Make a table of the rows.

        Returns
        -------
        table : pyarrow.Table
            In `OBJECT_SCHEMA`.
        shapes : array of geometry
            The same rows' geometries.
        """
        shapes = shapely.from_wkb(np.array(self.wkb, dtype=object))
        corners = shapely.bounds(shapes)
        bbox_type = OBJECT_SCHEMA.field("bbox").type
        columns = [
            pa.array(self.kind, pa.string()),
            pa.array(self.osm_id, pa.int64()),
            pa.array(self.version, pa.int32()),
            pa.array(self.timestamp, pa.timestamp("s", "UTC")),
            pa.array(self.tags, pa.string()),
            pa.array(self.refs, OBJECT_SCHEMA.field("refs").type),
            pa.array(self.missing, OBJECT_SCHEMA.field("missing").type),
            pa.array(shapely.to_wkb(shapes), pa.binary()),
            pa.StructArray.from_arrays(
                [pa.array(corners[:, side]) for side in range(4)], fields=list(bbox_type)
            ),
        ]
        return pa.Table.from_arrays(columns, schema=OBJECT_SCHEMA), shapes


def text_of(tags: Mapping[str, str]) -> str:
    """
    Write tags as one JSON text.

    Parameters
    ----------
    tags : mapping of str to str
        Of one object.

    Returns
    -------
    str
        Keys in order.
    """
    return json.dumps(tags, ensure_ascii=False, sort_keys=True)


def cut_line(places: Sequence[Place | None]) -> tuple[bytes, list[int]]:
    """
    Write what is there of a way that lacks nodes, so that `StoredWay` can lay it out again.

    Parameters
    ----------
    places : sequence of (lon, lat) or None
        Of its nodes; None for those that the file lacks.

    Returns
    -------
    wkb : bytes
        One part for each stretch between missing nodes; a node alone comes twice.
    missing : list of int
        Positions of the nodes that are lacking.
    """
    parts: list[list[Place]] = [[]]
    missing = []
    for position, place in enumerate(places):
        if place is None:
            missing.append(position)
            parts.append([])
        else:
            parts[-1].append(place)
    lines = [part if len(part) > 1 else part * 2 for part in parts if part]
    return as_wkb(lines), missing
