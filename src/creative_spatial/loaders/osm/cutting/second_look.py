"""
What the pass could not place: closed ways without area, broken relations, routes.

Their ways are looked up once more, with the positions that the pass kept. A route goes whole to
every area that one of its ways meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import osmium
import pyarrow as pa

from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.batch import cut_line, rows_of_wkb
from creative_spatial.loaders.osm.cutting.collecting import NeedsCopyError, is_line
from creative_spatial.loaders.osm.cutting.layout import MEMBER, WAY
from creative_spatial.loaders.osm.cutting.tags import text_of
from creative_spatial.loaders.osm.found import as_wkb
from creative_spatial.loaders.osm.incomplete import unbuilt_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.cutting.collecting import Left
    from creative_spatial.loaders.osm.cutting.placing import AreaFiles, Distributor
    from creative_spatial.loaders.osm.cutting.relations import Kept
    from creative_spatial.loaders.osm.files import OsmFile


class _Met(NamedTuple):
    """A way that was looked up."""

    version: int
    timestamp: Any
    tags: str
    refs: list[int]
    wkb: bytes
    missing: list[int] | None
    is_line: bool


class SecondLook:
    """
    Looks at the ways in question and places what they belong to.

    Parameters
    ----------
    left : Left
        What the pass left.
    unbuilt, routes : Kept
        Relations without area, and routes.
    ways : OsmFile, optional
        The ways in question, with positions; None where there are none.
    distributor : Distributor
        Knows the areas.
    files : sequence of AreaFiles
        Of the areas.
    mapped : bool
        Whether the file is a copy whose ids were made positive.
    """

    def __init__(
        self,
        left: Left,
        unbuilt: Kept,
        routes: Kept,
        ways: OsmFile | None,
        *,
        distributor: Distributor,
        files: Sequence[AreaFiles],
        mapped: bool,
    ) -> None:
        self._left, self._distributor, self._files = left, distributor, files
        self._unbuilt, self._routes, self._mapped = unbuilt, routes, mapped
        wanted = set(left.unbuilt).union(*unbuilt.ways, *routes.ways)
        self._ways = {} if ways is None else self._look_at(ways, wanted)
        ids = list(self._ways)
        self._areas: dict[int, set[int]] = {way: set() for way in ids}
        if ids:
            for area, there in distributor.meeting(self._rows(ids, MEMBER)):
                for row in there:
                    self._areas[ids[row]].add(area)

    def place(self) -> None:
        """Write everything to where it belongs."""
        self._place_ways()
        reasons = []
        for ways in self._unbuilt.ways:
            absent = [way for way in ways if way not in self._ways]
            broken = [way for way in ways if way in self._ways and self._ways[way].missing]
            reasons.append(unbuilt_reason(*map(self._source_ids, (ways, absent, broken))))
        why = pa.array(reasons, pa.string())
        table = self._unbuilt.table
        self._place_relations(
            self._unbuilt._replace(table=table.set_column(table.num_columns - 1, "reason", why))
        )
        needed = self._place_relations(self._routes)
        for area in sorted(needed):
            batch = self._rows(sorted(needed[area] & self._ways.keys()), MEMBER)
            self._files[area].add(batch.table, batch.corners)

    def _place_relations(self, relations: Kept) -> dict[int, set[int]]:
        """Bring relations to where one of their ways is; returns all their ways by area."""
        placed: dict[int, list[int]] = {}
        needed: dict[int, set[int]] = {}
        for row, ways in enumerate(relations.ways):
            for area in sorted(set[int]().union(*(self._areas.get(way, ()) for way in ways))):
                placed.setdefault(area, []).append(row)
                needed.setdefault(area, set()).update(ways)
        for area, rows_there in placed.items():
            self._files[area].add_relations(relations.table.take(rows_there))
        return needed

    def _place_ways(self) -> None:
        """Closed ways without area; those that are lines as well were in the pass."""
        alone = [
            way
            for way in sorted(self._left.unbuilt & self._ways.keys())
            if not self._ways[way].is_line
        ]
        if alone:
            self._distributor.place(self._rows(alone, WAY))

    def _rows(self, ways: Sequence[int], kind: str) -> Batch:
        """Ways as rows."""
        met = [self._ways[way] for way in ways]
        columns = {
            "osm_id": self._source_ids(ways),
            "version": [way.version for way in met],
            "timestamp": [way.timestamp for way in met],
            "tags": [way.tags for way in met],
            "refs": [self._source_ids(way.refs) for way in met],
            "missing": [way.missing for way in met],
        }
        return rows_of_wkb(kind, columns, [way.wkb for way in met])

    def _source_ids(self, ids: Iterable[int]) -> list[int]:
        """Ids in the source."""
        return [from_positive(one) for one in ids] if self._mapped else list(ids)

    def _look_at(self, ways: OsmFile, wanted: set[int]) -> dict[int, _Met]:
        """Ways with what is there of them."""
        met = {}
        for way in ways.processor(osmium.osm.WAY):
            if way.id in self._left.lacking and all(node.location.valid() for node in way.nodes):
                # its nodes came after it
                raise NeedsCopyError
            if way.id in wanted:
                met[way.id] = self._met(way)
        return met

    def _met(self, way: Any) -> _Met:
        """What is there of a way."""
        places = [(node.lon, node.lat) if node.location.valid() else None for node in way.nodes]
        if any(place is None for place in places):
            self._left.lacking.add(way.id)
            if any(node.ref < 0 for node in way.nodes):
                raise NeedsCopyError
        whole = [place for place in places if place is not None]
        wkb, missing = (
            (as_wkb([whole]), None) if len(whole) == len(places) > 1 else cut_line(places)
        )
        return _Met(
            way.version,
            way.timestamp,
            text_of(way.tags),
            [node.ref for node in way.nodes],
            wkb,
            missing or None,
            is_line(way.tags),
        )
