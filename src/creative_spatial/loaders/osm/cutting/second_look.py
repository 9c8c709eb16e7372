"""
What the pass could not place: closed ways without area, broken relations, routes.

Their ways are looked up once more, with the positions that the pass kept. A route goes whole
to every area that one of its ways meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import osmium
import shapely

from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.batch import Batch, Place, Row, cut_line, text_of
from creative_spatial.loaders.osm.cutting.collecting import NeedsCopyError, is_line
from creative_spatial.loaders.osm.cutting.layout import MEMBER, WAY
from creative_spatial.loaders.osm.files import reading
from creative_spatial.loaders.osm.found import as_wkb
from creative_spatial.loaders.osm.incomplete import unbuilt_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from creative_spatial.loaders.osm.cutting.collecting import Kept, Left
    from creative_spatial.loaders.osm.cutting.placing import AreaFiles, Distributor
    from creative_spatial.loaders.osm.files import OsmFile


class _Met(NamedTuple):
    """A way that was looked up."""

    version: int
    timestamp: Any
    tags: str
    refs: list[int]
    wkb: bytes
    missing: list[int]
    is_line: bool


class SecondLook:
    """
    Looks up the ways in question and places what they belong to.

    Parameters
    ----------
    left : Left
        What the pass left.
    file : OsmFile
        The same file.
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
        file: OsmFile,
        distributor: Distributor,
        files: Sequence[AreaFiles],
        *,
        mapped: bool,
    ) -> None:
        self._left, self._distributor, self._files = left, distributor, files
        self._mapped = mapped
        relations = [*left.areas, *left.routes]
        wanted = set(left.unbuilt_ways).union(*(relation.ways for relation in relations))
        if min(wanted, default=0) < 0:
            raise NeedsCopyError
        self._ways = self._look_up(file, wanted) if wanted else {}
        ids = list(self._ways)
        shapes = shapely.from_wkb(np.array([self._ways[way].wkb for way in ids], dtype=object))
        self._areas: dict[int, set[int]] = {way: set() for way in ids}
        if ids:
            for area, rows in distributor.meeting(shapes):
                for row in rows:
                    self._areas[ids[row]].add(area)

    def place(self) -> None:
        """Write everything to where it belongs."""
        self._place_ways()
        for relation in self._left.areas:
            absent = [way for way in relation.ways if way not in self._ways]
            broken = [way for way in relation.ways if way in self._ways and self._ways[way].missing]
            reason = unbuilt_reason(
                self._source_ids(relation.ways), self._source_ids(absent), self._source_ids(broken)
            )
            for area in self._meets(relation):
                self._files[area].add_relation(relation, mapped=self._mapped, reason=reason)
        needed: dict[int, set[int]] = {}
        for relation in self._left.routes:
            for area in self._meets(relation):
                self._files[area].add_relation(relation, mapped=self._mapped)
                needed.setdefault(area, set()).update(
                    way for way in relation.ways if way in self._ways
                )
        for area in sorted(needed):
            table, shapes = self._rows(sorted(needed[area]), MEMBER).table()
            self._files[area].add(table, shapes)

    def _place_ways(self) -> None:
        """Closed ways without area; those that are lines as well were in the pass."""
        alone = [
            way
            for way in sorted(self._left.unbuilt_ways & self._ways.keys())
            if not self._ways[way].is_line
        ]
        if alone:
            self._distributor.place(self._rows(alone, WAY))

    def _meets(self, relation: Kept) -> list[int]:
        """Areas that a relation's ways meet."""
        return sorted(set[int]().union(*(self._areas.get(way, ()) for way in relation.ways)))

    def _rows(self, ways: Iterable[int], kind: str) -> Batch:
        """Ways as rows."""
        batch = Batch()
        for way in ways:
            met = self._ways[way]
            batch.rows.append(
                Row(
                    kind,
                    self._source_ids([way])[0],
                    met.version,
                    met.timestamp,
                    met.tags,
                    met.wkb,
                    self._source_ids(met.refs),
                    met.missing or None,
                )
            )
        return batch

    def _source_ids(self, ids: Iterable[int]) -> list[int]:
        """Ids in the source."""
        return [from_positive(one) for one in ids] if self._mapped else list(ids)

    def _look_up(self, file: OsmFile, ids: set[int]) -> dict[int, _Met]:
        """Ways with what is there of them."""
        only = osmium.filter.IdFilter(ids)
        met = {}
        with reading(file):
            for way in file.processor(osmium.osm.WAY).with_filter(only):
                refs = [node.ref for node in way.nodes]
                places = [self._place_of(ref) for ref in refs]
                whole = [place for place in places if place is not None]
                if len(whole) == len(places) > 1:
                    wkb, missing = as_wkb([whole]), list[int]()
                else:
                    wkb, missing = cut_line(places)
                tags = {tag.k: tag.v for tag in way.tags}
                met[way.id] = _Met(
                    way.version,
                    way.timestamp,
                    text_of(tags.items()),
                    refs,
                    wkb,
                    missing,
                    is_line(tags),
                )
        return met

    def _place_of(self, ref: int) -> Place | None:
        """Where a node is, if the file has it."""
        try:
            location = self._left.locations.get(ref)
        except KeyError:
            self._left.lacks_nodes = True
            if ref < 0:
                raise NeedsCopyError from None
            return None
        return (location.lon, location.lat) if location.valid() else None
