"""What is made of several ways: areas that osmium puts together, and routes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import osmium
import pyarrow as pa

from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.batch import rows_of_wkb
from creative_spatial.loaders.osm.cutting.layout import CLOSED_WAY, RELATION, RELATION_SCHEMA
from creative_spatial.loaders.osm.cutting.looked_up import keep_lines
from creative_spatial.loaders.osm.cutting.opl import read_relations, source_ids
from creative_spatial.loaders.osm.cutting.osmium_process import whole_lines
from creative_spatial.loaders.osm.cutting.tags import text_of
from creative_spatial.loaders.osm.found import AREA_TYPES
from creative_spatial.loaders.osm.walking import FERRY, WalkRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from creative_spatial.loaders.osm.cutting import opl
    from creative_spatial.loaders.osm.cutting.batch import Batch
    from creative_spatial.loaders.osm.cutting.collecting import Left, Near
    from creative_spatial.loaders.osm.cutting.looked_up import WayBoxes
    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.selection import FeatureRules

BATCH_ROWS = 4096
_LINE_KEYS = ("highway", "route")
_AREAS = tuple(f"type={kind}" for kind in AREA_TYPES)
_COLUMNS = ("osm_id", "version", "timestamp", "tags")


class Kept(NamedTuple):
    """Relations that are yet to be placed, and the ways of each by their ids in the pass."""

    table: pa.Table
    ways: list[list[int]]


class Relations:
    """
    The relations of a file that are areas, or routes that may be used.

    Between their pass and that over their ways they are kept on disk.

    Parameters
    ----------
    folder : Path
        Where they are kept.
    keys : list of str
        A relation has one of them.
    rules : FeatureRules
        Say which routes may be features.
    mapped : bool
        Whether the file is a copy whose ids were made positive.
    """

    def __init__(
        self, folder: Path, keys: list[str], rules: FeatureRules, *, mapped: bool = False
    ) -> None:
        self.folder, self._kept, self._keys = folder, folder / "relations.opl", keys
        self._rules, self._mapped = rules, mapped
        self._walking = WalkRules()
        self._route_keys = frozenset(keys) - frozenset(_LINE_KEYS)
        self._built: set[int] = set()
        self.ways: set[int] = set()

    def add(self, text: bytes) -> NDArray[np.int64]:
        """
        Keep relations.

        Parameters
        ----------
        text : bytes
            Their lines.

        Returns
        -------
        array of int
            Their ids in the pass.
        """
        relations = read_relations(text)
        is_area, is_route = self._used(relations)
        self.ways.update(_refs_of(relations, is_area | is_route))
        with self._kept.open("ab") as file:
            file.write(text)
        return relations.facts.osm_id

    def keep_near(self, boxes: WayBoxes, near: Near) -> None:
        """
        Let go of relations that can meet no area, and of their ways.

        Parameters
        ----------
        boxes : WayBoxes
            Of all ways that were asked for.
        near : callable
            As for `Collector`.
        """
        self.ways = set()

        def chosen(text: bytes) -> NDArray[np.bool_]:
            relations = read_relations(text)
            is_area, is_route = self._used(relations)
            coast = np.zeros(len(relations.sizes), dtype=bool)
            kept = (is_area | is_route) & near(boxes.around(relations), coast)
            self.ways.update(_refs_of(relations, kept))
            return kept

        if self._kept.exists():
            self._kept = keep_lines(self._kept, chosen)

    def place_areas(self, ways: OsmFile, left: Left, hand_on: Callable[[Batch], None]) -> None:
        """
        Hand on the areas of relations, and of closed ways that are in doubt.

        Parameters
        ----------
        ways : OsmFile
            Their ways, with positions.
        left : Left
            What the pass left; closed ways that are areas are not unbuilt any more.
        hand_on : callable
            Takes a batch.
        """
        factory = osmium.geom.WKBFactory()
        waiting: dict[str, list[Any]] = {RELATION: [], CLOSED_WAY: []}
        for area in self._areas(ways):
            from_way, raw_id = area.from_way(), area.orig_id()
            if from_way and raw_id not in left.doubtful:
                continue
            try:
                wkb = bytes.fromhex(factory.create_multipolygon(area))
            except (RuntimeError, osmium.InvalidLocationError):
                continue
            if from_way:
                left.unbuilt.discard(raw_id)
            else:
                self._built.add(raw_id)
            osm_id = from_positive(raw_id) if self._mapped else raw_id
            found = waiting[CLOSED_WAY if from_way else RELATION]
            found.append((osm_id, area.version, area.timestamp, text_of(area.tags), wkb))
            if len(found) == BATCH_ROWS:
                hand_on(_rows(CLOSED_WAY if from_way else RELATION, found))
                found.clear()
        for kind, found in waiting.items():
            if found:
                hand_on(_rows(kind, found))

    def place(self, hand_on: Callable[[pa.Table], None]) -> tuple[Kept, Kept]:
        """
        Hand on what relations are made of whose areas were.

        Parameters
        ----------
        hand_on : callable
            Takes a table in `RELATION_SCHEMA`.

        Returns
        -------
        unbuilt : Kept
            Relations that would be areas.
        routes : Kept
            Those that may be used.
        """
        none = Kept(RELATION_SCHEMA.empty_table(), [])
        unbuilt, routes = [none], [none]
        for text in self._lines():
            relations = read_relations(text)
            is_area, is_route = self._used(relations)
            is_built = np.isin(relations.facts.osm_id, list(self._built)) & is_area
            table = self._table(relations)
            hand_on(table.filter(pa.array(is_built)))
            for kept, chosen in ((unbuilt, is_area & ~is_built), (routes, is_route)):
                kept.append(Kept(table.filter(pa.array(chosen)), _ways_of(relations, chosen)))
        return _together(unbuilt), _together(routes)

    def _lines(self) -> Iterator[bytes]:
        """The lines that were kept."""
        if self._kept.exists():
            with self._kept.open("rb") as file:
                yield from whole_lines(file)

    def _used(self, relations: opl.Relations) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which relations are areas, or would be, and which are routes that may be used."""
        is_route = relations.facts.has("type=route")
        routes = np.flatnonzero(is_route)
        tags = relations.facts.take(routes).columns(mapped=self._mapped)["tags"].to_pylist()
        is_route[routes] = [self._may_be_used(json.loads(text)) for text in tags]
        return relations.facts.has(*_AREAS), is_route

    def _may_be_used(self, tags: Mapping[str, str]) -> bool:
        """Whether a route may be a feature or a ferry; most are a bus's, or numbered roads."""
        values = self._rules.anchors.get("route", frozenset())
        return (
            not self._route_keys.isdisjoint(tags)
            or values is None
            or tags.get("route") in values
            or self._walking.kind(tags) == FERRY
        )

    def _table(self, relations: opl.Relations) -> pa.Table:
        """Relations in `RELATION_SCHEMA`, ids as in the source."""
        starts = pa.array(np.concatenate([[0], np.cumsum(relations.sizes)]), pa.int32())
        refs = pa.array(source_ids(relations.refs, mapped=self._mapped))
        fields = list(RELATION_SCHEMA.field("members").type.value_type)
        member = pa.StructArray.from_arrays([relations.types, refs, relations.roles], fields=fields)
        columns = relations.facts.columns(mapped=self._mapped) | {
            "members": pa.ListArray.from_arrays(starts, member),
            "reason": pa.repeat("", len(starts) - 1),
        }
        return pa.table({name: columns[name] for name in RELATION_SCHEMA.names}).cast(
            RELATION_SCHEMA
        )

    def _areas(self, ways: OsmFile) -> Iterator[Any]:
        """Let osmium put areas together out of ways that have their positions already."""
        only = osmium.filter.KeyFilter(*self._keys)
        manager = osmium.area.AreaManager()
        if self._kept.exists():
            with osmium.io.Reader(osmium.io.File(str(self._kept), "opl")) as reader:
                osmium.apply(reader, manager.first_pass_handler())
        areas = osmium.BufferIterator(only)
        handler = manager.second_pass_to_buffer(areas)
        with osmium.io.Reader(osmium.io.File(str(ways.path), ways.format)) as reader:
            for _ in osmium.OsmFileIterator(reader, handler):
                if areas:
                    yield from areas
        if areas:
            yield from areas


def _rows(kind: str, found: list[tuple[Any, ...]]) -> Batch:
    """Areas as rows."""
    *columns, wkb = zip(*found, strict=True)
    return rows_of_wkb(kind, dict(zip(_COLUMNS, columns, strict=True)), wkb)


def _refs_of(relations: opl.Relations, chosen: NDArray[np.bool_]) -> list[int]:
    """Ids of the ways of some relations together."""
    wanted = np.repeat(chosen, relations.sizes) & relations.are_ways
    ids: list[int] = relations.refs[wanted].tolist()
    return ids


def _ways_of(relations: opl.Relations, chosen: NDArray[np.bool_]) -> list[list[int]]:
    """Ids of the ways of some relations."""
    ends = np.cumsum(relations.sizes)
    are_ways = relations.are_ways
    return [
        relations.refs[start:end][are_ways[start:end]].tolist()
        for start, end in zip((ends - relations.sizes)[chosen], ends[chosen], strict=True)
    ]


def _together(kept: list[Kept]) -> Kept:
    """All of them."""
    return Kept(
        pa.concat_tables([one.table for one in kept]), [ways for one in kept for ways in one.ways]
    )
