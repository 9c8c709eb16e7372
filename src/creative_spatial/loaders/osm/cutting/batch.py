"""Objects on their way from the file to the areas: columns of some thousand rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from creative_spatial.loaders.osm.cutting.layout import OBJECT_SCHEMA
from creative_spatial.loaders.osm.found import as_wkb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Place = tuple[float, float]
_NOT_COAST = np.empty(0, dtype=np.intp)


class Batch(NamedTuple):
    """
    Rows on their way.

    Parameters
    ----------
    table : pyarrow.Table
        In `OBJECT_SCHEMA`.
    corners : array of float, (n, 4), degrees
        The same rows' boxes; not-a-number where there is nothing.
    coast : array of int
        Positions of the rows that are coast.
    """

    table: pa.Table
    corners: NDArray[np.float64]
    coast: NDArray[np.intp] = _NOT_COAST


def rows(
    kind: str, columns: Mapping[str, Any], geometry: pa.Array, corners: NDArray[np.float64]
) -> Batch:
    """
    Make rows of objects of one kind.

    Parameters
    ----------
    kind : str
        One of `layout.KINDS`.
    columns : mapping of str to pyarrow.Array or sequence
        The other columns of `OBJECT_SCHEMA`; what is not there is null.
    geometry : pyarrow.Array of binary
        WKB of each, degrees.
    corners : array of float, (n, 4), degrees
        Their boxes.

    Returns
    -------
    Batch
        As many rows.
    """
    sides = [pa.array(np.ascontiguousarray(corners[:, side])) for side in range(4)]
    given = {
        **columns,
        "kind": pa.repeat(kind, len(geometry)),
        "geometry": geometry,
        "bbox": pa.StructArray.from_arrays(sides, fields=list(OBJECT_SCHEMA.field("bbox").type)),
    }
    arrays = []
    for field in OBJECT_SCHEMA:
        values = given.get(field.name)
        if values is None:
            values = pa.nulls(len(geometry), field.type)
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, field.type))
    return Batch(pa.Table.from_arrays(arrays, schema=OBJECT_SCHEMA), corners)


def rows_of_wkb(kind: str, columns: Mapping[str, Any], wkb: Sequence[bytes]) -> Batch:
    """
    Make rows of objects of one kind, whose boxes are not known yet.

    Parameters
    ----------
    kind, columns
        As for `rows`.
    wkb : sequence of bytes
        Geometry of each, degrees.

    Returns
    -------
    Batch
        As many rows.
    """
    corners = shapely.bounds(shapely.from_wkb(np.array(wkb, dtype=object)))
    return rows(kind, columns, pa.array(wkb, pa.binary()), corners)


def cut_line(places: Sequence[Place | None]) -> tuple[bytes, list[int]]:
    """
    Write what is there of a way that lacks nodes, so that `CutWay` can lay it out again.

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
