"""
The one pass over a file: what each object is, and its geometry as WKB.

Ways that close come twice from osmium, as a way and as an area; they are taken as areas,
whose outline serves those that are lines. What the file cuts is kept in part or noted for
`incomplete`, which looks for the reason afterwards.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from creative_spatial.loaders.osm.coastline import Fragment
from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.cutting.objects import CutArea, CutNode, CutRelation, CutWay
from creative_spatial.loaders.osm.cutting.reading import Cut
from creative_spatial.loaders.osm.ferries import Ferry, ground_length
from creative_spatial.loaders.osm.files import IN_MEMORY, OUT_OF_ORDER, reading
from creative_spatial.loaders.osm.found import (
    AREA_TYPES,
    BackgroundRow,
    FeatureRow,
    Objects,
    Relation,
    as_wkb,
)
from creative_spatial.loaders.osm.gates import Gate
from creative_spatial.loaders.osm.walking import FERRY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from creative_spatial.loaders.osm.background import Backdrop, BackgroundRules
    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.gates import GateRules
    from creative_spatial.loaders.osm.selection import (
        AreaRules,
        FeatureRules,
        Selected,
        Shape,
        Tags,
    )
    from creative_spatial.loaders.osm.walking import WalkRules


@dataclass(frozen=True)
class Rules:
    """Everything that decides what an object is; None for what is not asked for."""

    areas: AreaRules
    name_keys: tuple[str, ...]
    features: FeatureRules | None = None
    background: BackgroundRules | None = None
    walking: WalkRules | None = None
    gates: GateRules | None = None

    @property
    def keys(self) -> list[str]:
        """Every key that an object must have one of."""
        chosen = (self.features, self.background, self.walking, self.gates)
        return sorted(frozenset[str]().union(*(rules.keys for rules in chosen if rules)))


class ObjectReader:
    """
    Reads a file once into `Objects`.

    Parameters
    ----------
    rules : Rules
        What is wanted.
    mapped_ids : bool
        Whether the file is a copy whose ids were made positive and must be mapped back.
    """

    def __init__(self, rules: Rules, *, mapped_ids: bool = False) -> None:
        self._rules = rules
        self._factory: Any = None
        self._mapped = mapped_ids
        self.found = Objects()

    def read(self, file: OsmFile | Cut, index: str = IN_MEMORY) -> Objects:
        """
        Pass over the file.

        Parameters
        ----------
        file : OsmFile or Cut
            An opened file.
        index : str, optional
            Where positions of nodes are kept, as `files.node_index` says.

        Returns
        -------
        Objects
            Everything that could be built, and what could not; unfinished where it says
            that the file `needs_copy`.
        """
        if file.needs_copy:
            self.found.needs_copy = True
            return self.found
        handle = {
            osmium.osm.Node: self._node,
            osmium.osm.Way: self._way,
            osmium.osm.Area: self._area,
            osmium.osm.Relation: self._relation,
            CutNode: self._node,
            CutWay: self._way,
            CutArea: self._area,
            CutRelation: self._cut_relation,
        }
        self._factory = file.geometries()
        processor = file.objects(self._rules.keys, index)
        with reading(file):
            try:
                for thing in processor:
                    handle[type(thing)](thing)
            except RuntimeError as error:
                if self._mapped or not any(said in str(error) for said in OUT_OF_ORDER):
                    raise
                self.found.needs_copy = True
        self.found.locations = processor.node_location_storage
        self.found.needs_copy &= not isinstance(file, Cut)
        self.found.put_in_order()
        return self.found

    def source_id(self, osm_id: int) -> int:
        """
        Id in the source of an object of this file.

        Parameters
        ----------
        osm_id : int
            Id in the pass.

        Returns
        -------
        int
            The same, unless ids were mapped.
        """
        return from_positive(osm_id) if self._mapped else osm_id

    def ref(self, kind: str, osm_id: int) -> str:
        """
        What the report and the index call an object.

        Parameters
        ----------
        kind : {"node", "way", "relation"}
            What it is in OpenStreetMap.
        osm_id : int
            Id in the pass.

        Returns
        -------
        str
            "way/2", with the id in the source.
        """
        return f"{kind}/{self.source_id(osm_id)}"

    def _names(self, tags: Tags) -> tuple[str | None, ...]:
        """The name, and the names in the languages asked for."""
        return tuple(tags.get(key) for key in self._rules.name_keys)

    def _node(self, node: Any) -> None:
        """A gate, a feature, both or nothing."""
        features, gates = self._rules.features, self._rules.gates
        if gates is not None and (kind := gates.kind(node.tags)) and node.location.valid():
            place = node.location
            gate = Gate(self.ref("node", node.id), kind, place.lon, place.lat)
            self.found.gates.append(gate)
        if features is None or (tags := features.candidate(node.tags)) is None:
            return
        what = features.select(tags, ("point",))
        if what is None:
            return
        if not node.location.valid():
            self.found.faults.append((self.ref("node", node.id), "its position is not on Earth"))
            return
        shape = self.found.add_shape(self._factory.create_point(node))
        self.add_feature(self.ref("node", node.id), node, what, tags, shape)

    def _way(self, way: Any) -> None:
        """Streets, walks and coast; lines that do not close, or say that they are no area."""
        rules, tags = self._rules, way.tags
        closes = way.is_closed() and len(way.nodes) > 3
        shape: int | None = None
        if rules.walking is not None and (kind := rules.walking.kind(tags)) is not None:
            shape = self._walk(way, kind)
            if kind == FERRY:
                self._ferry(way)
        if rules.background is not None:
            if tags.get("natural") == "coastline":
                self._coast(way)
            if not (closes and tags.get("area") == "yes"):
                drawn = rules.background.line(tags)
                if drawn:
                    shape = self._line(way) if shape is None else shape
                    self._add_background(self.ref("way", way.id), drawn, tags, shape)
        if closes and tags.get("area") != "no":
            self.found.unbuilt_ways.add(way.id)
            return
        if rules.features is not None and (copied := rules.features.candidate(tags)) is not None:
            selected = rules.features.select(copied, ("line",))
            if selected is not None:
                shape = self._line(way) if shape is None else shape
                self.add_feature(self.ref("way", way.id), way, selected, copied, shape)

    def _area(self, area: Any) -> None:
        """A closed way or a multipolygon, once."""
        found, rules, tags = self.found, self._rules, area.tags
        from_way, osm_id = area.from_way(), area.orig_id()
        kind = "way" if from_way else "relation"
        shapes: tuple[Shape, ...] = ("area",)
        copied = rules.features.candidate(tags) if rules.features is not None else None
        selected = None
        if copied is not None and rules.features is not None:
            shapes = rules.areas.shapes(copied) if from_way else shapes
            selected = rules.features.select(copied, shapes)
        drawn = rules.background.area(tags) if rules.background is not None else {}
        if drawn and from_way and not rules.areas.is_area(tags):
            drawn = {}
        if selected is not None or drawn:
            try:
                wkb = self._factory.create_multipolygon(area)
            except (RuntimeError, osmium.InvalidLocationError):
                return
            shape = found.add_shape(wkb)
            self._add_background(self.ref(kind, osm_id), drawn, tags, shape)
            if selected is not None and copied is not None:
                if selected.shape == "line":
                    shape = found.add_shape(wkb)
                    found.outlines.append(shape)
                self.add_feature(self.ref(kind, osm_id), area, selected, copied, shape)
                found.feature_relations.update(() if from_way else (osm_id,))
        if from_way:
            found.unbuilt_ways.discard(osm_id)
        else:
            found.built_relations.add(osm_id)

    def _relation(self, relation: Any) -> None:
        """Keep what a relation is made of if it is a feature, or is not yet built."""
        found, rules, tags = self.found, self._rules, relation.tags
        kind = tags.get("type")
        if kind in AREA_TYPES:
            if relation.id in found.built_relations and relation.id not in found.feature_relations:
                return
            if not (rules.background is not None and rules.background.area(tags)) and not (
                rules.features is not None and rules.features.candidate(tags)
            ):
                return
        elif kind != "route":
            return
        members = tuple((m.type, m.ref, m.role) for m in relation.members)
        found.relations.append(
            Relation(relation.id, kind, dict(tags), members, relation.version, relation.timestamp)
        )

    def _cut_relation(self, relation: CutRelation) -> None:
        """Take a relation out of a cut, with what is known of why it was not built."""
        if relation.reason:
            self.found.reasons[relation.id] = relation.reason
        self._relation(relation)

    def _line(self, way: Any) -> int:
        """Geometry of a way as a line, or of the parts that the file has."""
        try:  # osmium passes over missing nodes at the beginning without a word
            if len(way.nodes) and way.nodes[0].location.valid():
                return self.found.add_shape(self._factory.create_linestring(way))
            runs = [lonlat for _, lonlat in self._runs(way)]
        except (osmium.InvalidLocationError, RuntimeError):
            runs = [lonlat for _, lonlat in self._runs(way)]
        parts = [lonlat for lonlat in runs if (lonlat != lonlat[0]).any()]
        self._note_missing(way, len(parts))
        return self.found.add_shape(as_wkb(parts))

    def _note_missing(self, way: Any, parts: int) -> None:
        """Report a way that lacks nodes."""
        missing = sum(not node.location.valid() for node in way.nodes)
        kept = f"kept {parts} part{'s' * (parts != 1)} of it" if parts else "nothing is left of it"
        reason = f"{missing} of its {len(way.nodes)} nodes are missing from the file; {kept}"
        if not missing:
            reason = "its nodes all lie in one place"
        self.found.faults.append((self.ref("way", way.id), reason))

    def _runs(self, way: Any) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
        """Stretches of at least two nodes between missing ones: ids and positions."""
        refs: list[int] = []
        lonlat: list[tuple[float, float]] = []
        for node in way.nodes:
            location = node.location
            if location.valid():
                refs.append(node.ref)
                lonlat.append((location.lon, location.lat))
                continue
            self.found.lacks_nodes = True
            self.found.needs_copy |= node.ref < 0
            if len(refs) > 1:
                yield refs, np.array(lonlat)
            refs, lonlat = [], []
        if len(refs) > 1:
            yield refs, np.array(lonlat)

    def _walk(self, way: Any, kind: int) -> int | None:
        """A walked way's nodes, all of them, and its geometry if it is whole."""
        walks = self.found.walks
        try:
            line = self._factory.create_linestring(way, osmium.geom.use_nodes.ALL)
        except (osmium.InvalidLocationError, RuntimeError):
            runs = list(self._runs(way))
            for refs, lonlat in runs:
                walks.add(way.id, kind, refs, as_wkb([lonlat]))
            self._note_missing(way, len(runs))
            return None
        walks.add(way.id, kind, [node.ref for node in way.nodes], line)
        return self.found.add_shape(line)

    def _ferry(self, way: Any) -> None:
        """A ferry's times, and its length where the file has all of it."""
        places = [node.location for node in way.nodes]
        whole = all(place.valid() for place in places)
        metres = ground_length([(at.lon, at.lat) for at in places]) if whole else math.nan
        self.found.ferry_ways.append(Ferry.from_tags([self.source_id(way.id)], way.tags, metres))

    def _coast(self, way: Any) -> None:
        """A stretch of coast, in parts where the file cuts it."""
        self.found.coast += [Fragment(way.id, refs, lonlat) for refs, lonlat in self._runs(way)]

    def add_feature(
        self, ref: str, thing: Any, what: Selected, tags: dict[str, str], shape: int
    ) -> None:
        """
        Keep a feature.

        Parameters
        ----------
        ref : str
            "way/2".
        thing : osmium object
            Or anything else with `version` and `timestamp`.
        what : Selected
            Its concept.
        tags : dict of str to str
            All its tags.
        shape : int
            Position of its geometry.
        """
        self.found.features.append(
            FeatureRow(
                ref,
                what,
                shape,
                self._names(tags),
                json.dumps(tags, ensure_ascii=False, sort_keys=True),
                thing.version,
                thing.timestamp,
            )
        )

    def _add_background(
        self, ref: str, drawn: Mapping[str, Backdrop], tags: Tags, shape: int
    ) -> None:
        """Keep a background object in each of its layers."""
        for layer, what in drawn.items():
            row = BackgroundRow(ref, what, shape, self._names(tags))
            self.found.background.setdefault(layer, []).append(row)
