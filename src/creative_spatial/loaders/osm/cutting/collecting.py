"""The pass over the file: every object that a rule could use, as it is there."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import osmium

from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.batch import Batch, Place, Row, cut_line, text_of
from creative_spatial.loaders.osm.cutting.layout import CLOSED_WAY, NODE, RELATION, WAY
from creative_spatial.loaders.osm.files import OUT_OF_ORDER, reading
from creative_spatial.loaders.osm.found import AREA_TYPES
from creative_spatial.loaders.osm.walking import FERRY, WalkRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.selection import FeatureRules

BATCH_ROWS = 16_384
RELATIONS_AT_ONCE = 4096
_LINE_KEYS = ("highway", "route")
_SAID_EVERY = 500_000


@dataclass
class Kept:
    """A relation that is yet to be placed: what it is and what it is made of."""

    id: int
    version: int
    timestamp: Any
    tags: dict[str, str]
    types: str
    refs: array[int]
    roles: list[str]

    @property
    def ways(self) -> list[int]:
        """Ids of its ways."""
        return [ref for kind, ref in zip(self.types, self.refs, strict=True) if kind == "w"]


@dataclass
class Left:
    """What the pass leaves to be looked up: closed ways without area, relations by id."""

    unbuilt_ways: set[int] = field(default_factory=set)
    built_relations: set[int] = field(default_factory=set)
    areas: list[Kept] = field(default_factory=list)
    routes: list[Kept] = field(default_factory=list)
    nowhere: int = 0
    lacks_nodes: bool = False
    locations: Any = None


class NeedsCopyError(Exception):
    """The file has negative ids or another order, and only a copy can be read."""


class Collector:
    """
    Passes over a file once and hands batches of its objects on.

    Parameters
    ----------
    keys : sequence of str
        An object is kept if it has one of them.
    rules : FeatureRules
        Say which routes may be features.
    hand_on : callable
        Takes a full batch.
    hand_on_relations : callable
        Takes relations whose areas were in batches before.
    mapped : bool
        Whether the file is a copy whose ids were made positive.
    """

    def __init__(
        self,
        keys: list[str],
        rules: FeatureRules,
        hand_on: Callable[[Batch], None],
        hand_on_relations: Callable[[list[Kept]], None],
        *,
        mapped: bool = False,
    ) -> None:
        self._keys, self._rules = keys, rules
        self._hand_on, self._hand_on_relations = hand_on, hand_on_relations
        self._mapped = mapped
        self._walking = WalkRules()
        self._route_keys = frozenset(keys) - frozenset(_LINE_KEYS)
        self._factory = osmium.geom.WKBFactory()
        self._batch = Batch()
        self.left = Left()

    def read(self, file: OsmFile, index: str, tell: Callable[[str], None]) -> Left:
        """
        Pass over the file.

        Parameters
        ----------
        file : OsmFile
            An opened file.
        index : str
            Osmium's name of the store of node locations.
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
        LoadError
            If the file breaks off or cannot be read.
        """
        # where tags are all that is asked for, this hands them over in one go
        at_once = osmium.filter.GeoInterfaceFilter(drop_invalid_geometries=False)
        at_once.enable_for(osmium.osm.NODE)
        processor = file.objects(self._keys, index).with_filter(at_once)
        handle = {
            osmium.osm.Node: self._node,
            osmium.osm.Way: self._way,
            osmium.osm.Area: self._area,
            osmium.osm.Relation: self._relation,
        }
        met = 0
        with reading(file):
            try:
                for thing in processor:
                    handle[type(thing)](thing)
                    if len(self._batch.rows) >= BATCH_ROWS:
                        met += len(self._batch.rows)
                        self._flush()
                        if met // _SAID_EVERY > (met - BATCH_ROWS) // _SAID_EVERY:
                            tell(f"{met:,} objects")
            except RuntimeError as error:
                if self._mapped or not any(said in str(error) for said in OUT_OF_ORDER):
                    raise
                raise NeedsCopyError from error
        self._flush()
        self._flush_relations()
        self.left.locations = processor.node_location_storage
        return self.left

    def _flush(self) -> None:
        """Hand the batch on and begin another."""
        full, self._batch = self._batch, Batch()
        if full.rows:
            self._hand_on(full)

    def _flush_relations(self) -> None:
        """Hand on the relations whose areas have been met; the others may be built yet."""
        self._flush()
        built = self.left.built_relations
        self._hand_on_relations([one for one in self.left.areas if one.id in built])
        self.left.areas = [one for one in self.left.areas if one.id not in built]

    def _id(self, osm_id: int) -> int:
        """Id in the source."""
        return from_positive(osm_id) if self._mapped else osm_id

    def _node(self, node: Any) -> None:
        try:
            point = self._factory.create_point(node)
        except osmium.InvalidLocationError:
            self.left.nowhere += 1
            return
        osm_id, text = self._id(node.id), text_of(node.__geo_interface__["properties"].items())
        self._batch.rows.append(Row(NODE, osm_id, node.version, node.timestamp, text, point))

    def _way(self, way: Any) -> None:
        """A way that is drawn or walked as a line; closed ones otherwise come as areas."""
        tags = way.tags
        if way.is_closed() and len(way.nodes) > 3 and tags.get("area") != "no":
            self.left.unbuilt_ways.add(way.id)
            if not is_line(tags):
                return
        refs = [node.ref for node in way.nodes]
        line: bytes | str
        missing = None
        try:
            line = self._factory.create_linestring(way, osmium.geom.use_nodes.ALL)
        except (osmium.InvalidLocationError, RuntimeError):
            line, missing = self._cut(way)
        if self._mapped:
            refs = [from_positive(ref) for ref in refs]
        if tags.get("natural") == "coastline":
            self._batch.coast.append(len(self._batch.rows))
        osm_id, text = self._id(way.id), text_of(tags)
        self._batch.rows.append(
            Row(WAY, osm_id, way.version, way.timestamp, text, line, refs, missing)
        )

    def _cut(self, way: Any) -> tuple[bytes, list[int]]:
        """What is there of a way that lacks nodes."""
        places: list[Place | None] = []
        for node in way.nodes:
            location = node.location
            if location.valid():
                places.append((location.lon, location.lat))
                continue
            self.left.lacks_nodes = True
            if node.ref < 0:
                raise NeedsCopyError
            places.append(None)
        return cut_line(places)

    def _area(self, area: Any) -> None:
        """A closed way or a multipolygon."""
        from_way, raw_id = area.from_way(), area.orig_id()
        try:
            shape = self._factory.create_multipolygon(area)
        except (RuntimeError, osmium.InvalidLocationError):
            return
        kind = CLOSED_WAY if from_way else RELATION
        osm_id, text = self._id(raw_id), text_of(area.tags)
        self._batch.rows.append(Row(kind, osm_id, area.version, area.timestamp, text, shape))
        if from_way:
            self.left.unbuilt_ways.discard(raw_id)
        else:
            self.left.built_relations.add(raw_id)

    def _relation(self, relation: Any) -> None:
        """Keep what a relation is made of, until it is known where it is."""
        kind = relation.tags.get("type")
        if kind in AREA_TYPES:
            self.left.areas.append(_kept(relation))
            if len(self.left.areas) % RELATIONS_AT_ONCE == 0:
                self._flush_relations()
        elif kind == "route":
            kept = _kept(relation)
            if self._may_be_used(kept.tags):
                self.left.routes.append(kept)

    def _may_be_used(self, tags: Mapping[str, str]) -> bool:
        """Whether a route may be a feature or a ferry; most are a bus's, or numbered roads."""
        values = self._rules.anchors.get("route", frozenset())
        return (
            not self._route_keys.isdisjoint(tags)
            or values is None
            or tags.get("route") in values
            or self._walking.kind(tags) == FERRY
        )


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


def _kept(relation: Any) -> Kept:
    """A relation in little space."""
    members = [(member.type, member.ref, member.role) for member in relation.members]
    return Kept(
        relation.id,
        relation.version,
        relation.timestamp,
        {tag.k: tag.v for tag in relation.tags},
        "".join(kind for kind, _, _ in members),
        array("q", [ref for _, ref, _ in members]),
        [sys.intern(role) for _, _, role in members],
    )
