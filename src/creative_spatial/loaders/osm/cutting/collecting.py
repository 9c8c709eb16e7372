"""The pass over the file: every object that a rule could use, as it is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creative_spatial.loaders.osm.cutting.batch import cut_line, rows
from creative_spatial.loaders.osm.cutting.layout import CLOSED_WAY, NODE, WAY
from creative_spatial.loaders.osm.cutting.opl import read_nodes, read_ways, source_ids
from creative_spatial.loaders.osm.cutting.shapes import (
    are_plain,
    closed_in_place,
    corners_of,
    lines,
    points,
    rings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.cutting.opl import Ways
    from creative_spatial.loaders.osm.cutting.relations import Relations

Near: TypeAlias = "Callable[[NDArray[np.float64], NDArray[np.bool_]], NDArray[np.bool_]]"
"""Says by their boxes, and whether they are coast, which objects may meet an area."""

_ORDER = (b"n", b"w", b"r")
_NEWLINE = ord("\n")
_AREA_NODES = 4
_LINE_TAGS = ("highway=", "route=", "natural=coastline")


@dataclass
class Left:
    """Ways that the pass leaves to be looked up, by their ids in it."""

    doubtful: set[int] = field(default_factory=set)
    """Of which osmium has to say whether they are areas."""
    unbuilt: set[int] = field(default_factory=set)
    """Closed ways that are no area yet."""
    lacking: set[int] = field(default_factory=set)
    """Those without all of their nodes."""


class NeedsCopyError(Exception):
    """The file has negative ids or another order, and only a copy can be read."""


class Collector:
    """
    Goes through the lines of a file once and hands batches of its objects on.

    Parameters
    ----------
    hand_on : callable
        Takes a batch of nodes, ways or closed ways.
    near : callable
        Says by their boxes, and whether they are coast, which objects may be wanted.
    relations : Relations
        Takes lines of relations.
    mapped : bool
        Whether the file is a copy whose ids were made positive.
    """

    def __init__(
        self,
        hand_on: Callable[[Batch], None],
        near: Near,
        relations: Relations,
        *,
        mapped: bool = False,
    ) -> None:
        self._hand_on, self._near, self._mapped = hand_on, near, mapped
        self._relations = relations
        self._kind, self._last = _ORDER[0], -1
        self.left = Left()

    def read(self, text: Iterable[bytes], tell: Callable[[str], None]) -> Left:
        """
        Go through the lines.

        Parameters
        ----------
        text : iterable of bytes
            Blocks of whole lines, as osmium writes them.
        tell : callable
            Told now and then how far the pass is.

        Returns
        -------
        Left
            What is yet to be looked up.

        Raises
        ------
        NeedsCopyError
            If only a copy of the file can be read.
        """
        read = {b"n": self._nodes, b"w": self._ways, b"r": self._relations.add}
        met = 0
        for block in text:
            for kind, lines_of in _by_kind(block):
                ids = read[kind](lines_of)
                self._check_order(kind, ids)
                met += len(ids)
            tell(f"{met:,} objects")
        return self.left

    def _check_order(self, kind: bytes, ids: NDArray[np.int64]) -> None:
        """Nodes, ways and relations must come by their ids, each once, none negative."""
        if kind != self._kind:
            if _ORDER.index(kind) < _ORDER.index(self._kind):
                raise NeedsCopyError
            self._kind, self._last = kind, -1
        if ids[0] <= self._last or (np.diff(ids) <= 0).any():
            raise NeedsCopyError
        self._last = int(ids[-1])

    def _nodes(self, text: bytes) -> NDArray[np.int64]:
        """Nodes that are somewhere."""
        nodes = read_nodes(text)
        corners = nodes.lonlat[:, [0, 1, 0, 1]]
        near = np.flatnonzero(self._near(corners, np.zeros(len(corners), dtype=bool)))
        if len(near):
            columns = nodes.facts.take(near).columns(mapped=self._mapped)
            self._hand_on(rows(NODE, columns, points(nodes.lonlat[near]), corners[near]))
        return nodes.facts.osm_id

    def _ways(self, text: bytes) -> NDArray[np.int64]:
        """Ways that are drawn or walked as lines, and closed ones as areas."""
        ways = read_ways(text)
        lacks = np.isnan(ways.lonlat[:, 0])
        if (ways.refs[lacks] < 0).any():
            raise NeedsCopyError
        whole = ways.whole
        self.left.lacking.update(ways.facts.osm_id[~whole].tolist())
        corners = corners_of(ways.lonlat, ways.sizes)
        near = self._near(corners, ways.facts.has("natural=coastline"))
        if near.any():
            self._near_ways(ways.where(near), whole[near], corners[near])
        return ways.facts.osm_id

    def _near_ways(
        self, ways: Ways, whole: NDArray[np.bool_], corners: NDArray[np.float64]
    ) -> None:
        """Those that may meet an area."""
        may_be = ~ways.facts.has("area=no")
        closed = _are_closed(ways) & may_be
        areas = closed_in_place(ways.lonlat, ways.sizes, whole) & may_be
        built = areas.copy()
        outlines = ways.where(areas)
        built[areas] = are_plain(outlines.lonlat, outlines.sizes)
        osm_id = ways.facts.osm_id
        self.left.doubtful.update(osm_id[areas & ~built].tolist())
        self.left.unbuilt.update(osm_id[closed & ~built].tolist())
        drawn = ~closed | ways.facts.has(*_LINE_TAGS)
        if drawn.any():
            self._hand_on(self._lines(ways.where(drawn), whole[drawn], corners[drawn]))
        if built.any():
            outlines = ways.where(built)
            columns = outlines.facts.columns(mapped=self._mapped)
            wkb = rings(outlines.lonlat, outlines.sizes)
            self._hand_on(rows(CLOSED_WAY, columns, wkb, corners[built]))

    def _lines(self, ways: Ways, whole: NDArray[np.bool_], corners: NDArray[np.float64]) -> Batch:
        """Ways as lines, in parts where nodes are lacking."""
        ends = np.cumsum(ways.sizes)
        starts = pa.array(np.concatenate([[0], ends]), pa.int32())
        missing: list[list[int] | None] = [None] * len(ends)
        # what is not in one piece gets a line for now, of nodes that may be nowhere
        wkb = lines(ways.lonlat, ways.sizes)
        in_parts = ~(whole & (ways.sizes > 1))
        parts = []
        for row in np.flatnonzero(in_parts):
            places = ways.lonlat[ends[row] - ways.sizes[row] : ends[row]].tolist()
            there = [None if np.isnan(lon) else (lon, lat) for lon, lat in places]
            part, missing[row] = cut_line(there)
            parts.append(part)
        if parts:
            wkb = pc.replace_with_mask(wkb, pa.array(in_parts), pa.array(parts, pa.binary()))
        refs = pa.array(source_ids(ways.refs, mapped=self._mapped))
        columns = ways.facts.columns(mapped=self._mapped) | {
            "refs": pa.ListArray.from_arrays(starts, refs),
            "missing": missing,
        }
        coast = np.flatnonzero(ways.facts.has("natural=coastline"))
        return rows(WAY, columns, wkb, corners)._replace(coast=coast)


def is_line(tags: Any) -> bool:
    """
    Whether a closed way may serve as a line as well: a street, a ferry, a coast.

    Parameters
    ----------
    tags : osmium TagList or dict
        Its tags.

    Returns
    -------
    bool
        Then its nodes are kept.
    """
    get = tags.get
    return get("highway") is not None or get("route") is not None or get("natural") == "coastline"


def _by_kind(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Stretches of lines that begin with the same letter."""
    characters = np.frombuffer(block, dtype=np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(characters[:-1] == _NEWLINE) + 1])
    letters = characters[starts]
    changes = starts[1:][letters[1:] != letters[:-1]].tolist()
    for start, end in pairwise([0, *changes, len(block)]):
        yield block[start : start + 1], block[start:end]


def _are_closed(ways: Ways) -> NDArray[np.bool_]:
    """Which ways end in the node that they begin in, and may go around something."""
    closed = ways.sizes >= _AREA_NODES
    ends = np.cumsum(ways.sizes)[closed]
    closed[closed] = ways.refs[ends - ways.sizes[closed]] == ways.refs[ends - 1]
    return closed
