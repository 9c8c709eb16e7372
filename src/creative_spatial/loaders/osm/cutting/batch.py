"""Objects on their way from the file to the areas: columns of some thousand rows."""

from __future__ import annotations

from json.encoder import encode_basestring as _quote
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from creative_spatial.loaders.osm.cutting.layout import OBJECT_SCHEMA
from creative_spatial.loaders.osm.found import as_wkb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Place = tuple[float, float]


class Row(NamedTuple):
    """
    A row of `objects.parquet`.

    Parameters
    ----------
    kind : str
        One of `layout.KINDS`.
    osm_id : int
        Id in the source.
    version : int
        Of the object.
    timestamp : datetime
        Of its last edit.
    tags : str
        As `text_of` gives them.
    wkb : bytes or str
        Geometry, degrees, as osmium or shapely writes it; of a way that lacks nodes, its runs.
    refs : list of int, optional
        Of a way: ids of its nodes.
    missing : list of int, optional
        Positions in `refs` of the nodes that the file lacks.
    """

    kind: str
    osm_id: int
    version: int
    timestamp: Any
    tags: str
    wkb: bytes | str
    refs: list[int] | None = None
    missing: list[int] | None = None


class Batch:
    """Rows on their way, and which of them are coast."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.coast: list[int] = []

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
        kind, osm_id, version, timestamp, tags, given, refs, missing = zip(*self.rows, strict=True)
        # four times as fast as leaving the hexadecimal digits to the geometry library
        wkb = [bytes.fromhex(one) if isinstance(one, str) else one for one in given]
        shapes = shapely.from_wkb(np.array(wkb, dtype=object))
        corners = shapely.bounds(shapes)
        bbox = OBJECT_SCHEMA.field("bbox").type
        columns = [
            pa.array(values, OBJECT_SCHEMA.field(name).type)
            for name, values in (
                ("kind", kind), ("osm_id", osm_id), ("version", version),
                ("timestamp", timestamp), ("tags", tags), ("refs", refs), ("missing", missing),
                ("geometry", wkb),
            )
        ]  # fmt: skip
        sides = [pa.array(corners[:, side]) for side in range(4)]
        columns.append(pa.StructArray.from_arrays(sides, fields=list(bbox)))
        return pa.Table.from_arrays(columns, schema=OBJECT_SCHEMA), shapes


def text_of(tags: Iterable[tuple[str, str]]) -> str:
    r"""
    Write tags as one JSON text: `json.dumps` makes an encoder for each, which takes longer.

    Parameters
    ----------
    tags : iterable of (str, str)
        Of one object; osmium's tags are such pairs.

    Returns
    -------
    str
        In one order.

    Examples
    --------
    >>> text_of([("name", 'The "Old" Mill'), ("craft", "yes")])
    '{"craft": "yes", "name": "The \\"Old\\" Mill"}'
    """
    quoted = [f"{_quote(key)}: {_quote(value)}" for key, value in tags]
    if len(quoted) > 1:
        quoted.sort()
    return "{" + ", ".join(quoted) + "}"


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
