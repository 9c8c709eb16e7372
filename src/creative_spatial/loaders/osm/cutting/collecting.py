"""The pass over the file: every object that a rule could use, as it is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

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
    from creative_spatial.loaders.osm.cutting.opl import Facts, Ways
    from creative_spatial.loaders.osm.cutting.relations import Relations

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
        Takes a batch of nodes, ways and closed ways.
    relations : Relations
        Takes lines of relations.
    mapped : bool
        Whether the file is a copy whose ids were made positive.
    """

    def __init__(
        self, hand_on: Callable[[Batch], None], relations: Relations, *, mapped: bool = False
    ) -> None:
        self._hand_on, self._relations, self._mapped = hand_on, relations, mapped
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
                ids = read[kind](lines_of).osm_id.to_numpy()
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

    def _nodes(self, text: bytes) -> Facts:
        """Nodes that are somewhere."""
        nodes = read_nodes(text)
        somewhere = np.flatnonzero(~np.isnan(nodes.lonlat[:, 0]))
        if len(somewhere):
            columns = self._columns(nodes.facts, somewhere)
            lonlat = nodes.lonlat[somewhere]
            self._hand_on(rows(NODE, columns, points(lonlat), lonlat[:, [0, 1, 0, 1]]))
        return nodes.facts

    def _ways(self, text: bytes) -> Facts:
        """Ways that are drawn or walked as lines, and closed ones as areas."""
        ways = read_ways(text)
        way = np.repeat(np.arange(len(ways.sizes)), ways.sizes)
        lacks = np.isnan(ways.lonlat[:, 0])
        if (ways.refs[lacks] < 0).any():
            raise NeedsCopyError
        whole = np.ones(len(ways.sizes), dtype=bool)
        whole[way[lacks]] = False
        may_be = ~ways.facts.has("area=no")
        closed = _are_closed(ways) & may_be
        areas = closed_in_place(ways.lonlat, ways.sizes, whole) & may_be
        plain = are_plain(ways.lonlat[areas[way]], ways.sizes[areas])
        built = areas.copy()
        built[areas] = plain
        osm_id = ways.facts.osm_id.to_numpy()
        self.left.doubtful.update(osm_id[areas & ~built].tolist())
        self.left.unbuilt.update(osm_id[closed & ~built].tolist())
        self.left.lacking.update(osm_id[~whole].tolist())
        drawn = ~closed | ways.facts.has(*_LINE_TAGS)
        if drawn.any():
            self._hand_on(self._lines(ways, drawn, whole, way))
        if built.any():
            columns = self._columns(ways.facts, np.flatnonzero(built))
            lonlat, sizes = ways.lonlat[built[way]], ways.sizes[built]
            outlines = rings(lonlat, sizes)
            self._hand_on(rows(CLOSED_WAY, columns, outlines, corners_of(lonlat, sizes)))
        return ways.facts

    def _lines(
        self,
        ways: Ways,
        drawn: NDArray[np.bool_],
        whole: NDArray[np.bool_],
        way: NDArray[np.int64],
    ) -> Batch:
        """Some ways as lines, in parts where nodes are lacking."""
        chosen, here = np.flatnonzero(drawn), drawn[way]
        refs, lonlat, sizes = ways.refs[here], ways.lonlat[here], ways.sizes[chosen]
        ends = np.cumsum(sizes)
        starts = pa.array(np.concatenate([[0], ends]), pa.int32())
        missing: list[list[int] | None] = [None] * len(chosen)
        in_one = whole[chosen] & (sizes > 1)
        # what is not in one piece gets a line for now, of nodes that may be nowhere
        wkb, corners = lines(lonlat, sizes), corners_of(lonlat, sizes)
        in_parts = np.flatnonzero(~in_one)
        parts = []
        for row in in_parts:
            places = lonlat[ends[row] - sizes[row] : ends[row]].tolist()
            there = [None if np.isnan(lon) else (lon, lat) for lon, lat in places]
            part, missing[row] = cut_line(there)
            parts.append(part)
        if parts:
            corners[in_parts] = shapely.bounds(shapely.from_wkb(np.array(parts, dtype=object)))
            wkb = pc.replace_with_mask(wkb, pa.array(~in_one), pa.array(parts, pa.binary()))
        columns = self._columns(ways.facts, chosen) | {
            "refs": pa.ListArray.from_arrays(starts, pa.array(source_ids(refs, self._mapped))),
            "missing": missing,
        }
        coast = np.flatnonzero(ways.facts.has("natural=coastline")[chosen])
        return rows(WAY, columns, wkb, corners)._replace(coast=coast)

    def _columns(self, facts: Facts, chosen: NDArray[np.intp]) -> dict[str, Any]:
        """What is known of some objects but their geometry."""
        return {
            "osm_id": pa.array(source_ids(facts.osm_id.to_numpy()[chosen], self._mapped)),
            "version": facts.version.take(chosen),
            "timestamp": facts.timestamp.take(chosen),
            "tags": facts.tags.take(chosen),
        }


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
