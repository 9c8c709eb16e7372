"""
Ways that were looked up, and how far the relations reach that are made of them.

A file's relations are many and most are nowhere near an area. Their ways are looked up as lines
of text; by their boxes, read a column at a time, what is far away is let go of before osmium puts
areas together and the rest is looked at one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creative_spatial.loaders.osm.cutting.collecting import NeedsCopyError
from creative_spatial.loaders.osm.cutting.opl import read_way_ids, read_ways
from creative_spatial.loaders.osm.cutting.osmium_process import whole_lines
from creative_spatial.loaders.osm.cutting.shapes import corners_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from creative_spatial.loaders.osm.cutting.opl import Relations


class WayBoxes(NamedTuple):
    """Ids of ways, ascending, and their boxes in degrees; not-a-number where no node is known."""

    osm_id: NDArray[np.int64]
    corners: NDArray[np.float64]

    def around(self, relations: Relations) -> NDArray[np.float64]:
        """
        Give the boxes of relations.

        Parameters
        ----------
        relations : Relations
            Of these ways and of others.

        Returns
        -------
        array of float, (n, 4), degrees
            Around the ways of each that are known; not-a-number where none is.
        """
        row = np.searchsorted(self.osm_id, relations.refs)
        row[row == len(self.osm_id)] = 0
        known = relations.are_ways & (self.osm_id[row] == relations.refs)
        corners = np.where(known[:, None], self.corners[row], np.nan)
        low, high = corners[:, :2], corners[:, 2:]
        return np.column_stack(
            [corners_of(low, relations.sizes)[:, :2], corners_of(high, relations.sizes)[:, 2:]]
        )


def read_boxes(path: Path, lacking: set[int]) -> WayBoxes:
    """
    Read how far ways reach.

    Parameters
    ----------
    path : Path
        Lines of ways, one or more.
    lacking : set of int
        Those whose nodes were not all there in the pass.

    Returns
    -------
    WayBoxes
        One for each way.

    Raises
    ------
    NeedsCopyError
        If a way has all its nodes after all: in the file they came after it.
    """
    ids, corners = [], []
    with path.open("rb") as file:
        for text in whole_lines(file):
            ways = read_ways(text)
            if not lacking.isdisjoint(ways.facts.osm_id[ways.whole].tolist()):
                raise NeedsCopyError
            ids.append(ways.facts.osm_id)
            corners.append(corners_of(ways.lonlat, ways.sizes))
    osm_id = np.concatenate(ids)
    order = np.argsort(osm_id, kind="stable")
    return WayBoxes(osm_id[order], np.concatenate(corners)[order])


def keep_ways(path: Path, wanted: set[int]) -> Path:
    """
    Keep some ways, as osmium reads them: not all that it writes does it read again.

    Parameters
    ----------
    path : Path
        Lines of ways.
    wanted : set of int
        Their ids.

    Returns
    -------
    Path
        Lines of these, beside it.
    """
    ids = np.fromiter(wanted, dtype=np.int64)
    return keep_lines(path, lambda text: np.isin(read_way_ids(text), ids), _readable)


def keep_lines(
    path: Path,
    chosen: Callable[[bytes], NDArray[np.bool_]],
    written: Callable[[bytes], bytes] = bytes,
) -> Path:
    """
    Keep some lines.

    Parameters
    ----------
    path : Path
        The lines.
    chosen : callable
        Says of the lines of a text which are kept.
    written : callable, optional
        Gives a line as it is to be kept.

    Returns
    -------
    Path
        What is kept of them, beside it; the rest is gone.
    """
    target = path.with_name(f"near_{path.name}")
    with path.open("rb") as file, target.open("wb") as kept:
        for text in whole_lines(file):
            lines = text.splitlines(keepends=True)
            kept.writelines(written(lines[row]) for row in np.flatnonzero(chosen(text)))
    path.unlink()
    return target


def _readable(line: bytes) -> bytes:
    """A way without the letters of positions that it lacks."""
    facts, space, nodes = line.rpartition(b" ")
    return facts + space + nodes.replace(b"xy", b"")
