"""
A second look at what the pass could not build: why, and what is left of it.

It reads only the ways in question. Routes, whose relations come after their ways in a
file, are put together here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import osmium
import shapely

from creative_spatial.loaders.osm.files import reading
from creative_spatial.loaders.osm.objects import AREA_TYPES, FeatureRow
from creative_spatial.loaders.osm.walking import FERRY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.objects import ObjectReader, Objects, Relation, Rules
    from creative_spatial.loaders.osm.selection import Selected, Shape

_NAMED = 5


class _Way(NamedTuple):
    """A way met on the second look."""

    tags: dict[str, str]
    refs: tuple[int, ...]
    version: int
    timestamp: Any


def complete(reader: ObjectReader, rules: Rules, file: OsmFile) -> Objects:
    """
    Report what could not be built, keep its parts, and put routes together.

    Parameters
    ----------
    reader : ObjectReader
        After its pass.
    rules : Rules
        What is wanted.
    file : OsmFile
        The same file.

    Returns
    -------
    Objects
        The reader's, added to.
    """
    found = reader.found
    wanted = [(r, what) for r in found.relations if (what := _wanted(r, rules)) is not False]
    ids = set(found.unbuilt_ways).union(*(relation.ways for relation, _ in wanted))
    ways = _look_up(file, ids) if ids else {}
    look = _SecondLook(reader, rules, ways)
    for way_id in sorted(found.unbuilt_ways & ways.keys()):
        look.closed_way(way_id)
    for relation, what in wanted:
        if relation.type in AREA_TYPES:
            look.unbuilt_area(relation)
        else:
            look.route(relation, what)
    return found


def _wanted(relation: Relation, rules: Rules) -> Selected | None | bool:
    """The feature a relation is, None where it serves otherwise, False where not at all."""
    shape: Shape = "area" if relation.type in AREA_TYPES else "line"
    what = rules.features.select(relation.tags, (shape,)) if rules.features else None
    if what is not None:
        return what
    if shape == "area":
        drawn = rules.background is not None and bool(rules.background.area(relation.tags))
    else:
        drawn = rules.walking is not None and rules.walking.kind(relation.tags) == FERRY
    return None if drawn else False


def _look_up(file: OsmFile, ids: set[int]) -> dict[int, _Way]:
    """Tags and node ids of some ways."""
    only = osmium.filter.IdFilter(ids)
    with reading(file):
        return {
            way.id: _Way(
                dict(way.tags), tuple(node.ref for node in way.nodes), way.version, way.timestamp
            )
            for way in file.processor(osmium.osm.WAY).with_filter(only)
        }


class _SecondLook:
    """What is done about each unbuilt object, given the ways that it is made of."""

    def __init__(self, reader: ObjectReader, rules: Rules, ways: Mapping[int, _Way]) -> None:
        self._reader, self._rules, self._ways = reader, rules, ways
        self._found = reader.found

    def closed_way(self, way_id: int) -> None:
        """Report a closed way without area, or keep the parts of its outline."""
        way, rules, found = self._ways[way_id], self._rules, self._found
        shapes = rules.areas.shapes(way.tags)
        what = rules.features.select(way.tags, shapes) if rules.features else None
        drawn = rules.background is not None and bool(rules.background.area(way.tags))
        if what is None and not (drawn and rules.areas.is_area(way.tags)):
            return
        missing = len(way.refs) - sum(map(len, self._runs_of(way)))
        reason = (
            f"{missing} of its {len(way.refs)} nodes are missing from the file"
            if missing
            else "its outline crosses itself or has no area"
        )
        if what is None or what.shape == "area":
            found.faults.append((self._ref("way", way_id), f"{reason}; the area is left out"))
            return
        runs = self._runs_of(way)
        kept = f"kept {len(runs)} part{'s' * (len(runs) != 1)} of it" if runs else "nothing is left"
        found.faults.append((self._ref("way", way_id), f"{reason}; {kept}"))
        self._add_lines("way", way_id, what, way, runs)

    def unbuilt_area(self, relation: Relation) -> None:
        """Report why a multipolygon is not there."""
        absent = [way_id for way_id in relation.ways if way_id not in self._ways]
        present = [way_id for way_id in relation.ways if way_id in self._ways]
        broken = [i for i in present if sum(map(len, self._runs_of(self._ways[i])))
                  < len(self._ways[i].refs)]  # fmt: skip
        if absent:
            reason = f"{self._list(absent)} of its {len(relation.ways)} ways missing from the file"
        elif broken:
            reason = f"nodes of its ways {self._list(broken)} missing from the file"
        elif not relation.ways:
            reason = "it has no ways as members"
        else:
            reason = "its ways do not close into rings"
        ref = self._ref("relation", relation.id)
        self._found.faults.append((ref, f"{reason}; the area is left out"))

    def route(self, relation: Relation, what: Selected | bool | None) -> None:
        """Keep a route's ways as one feature, and walk those of a ferry."""
        absent = [way_id for way_id in relation.ways if way_id not in self._ways]
        members = [(i, self._ways[i]) for i in relation.ways if i in self._ways]
        runs = [run for _, way in members for run in self._runs_of(way)]
        if absent or relation.others:
            lacking = f"{self._list(absent)} of its {len(relation.ways)} ways missing from the file"
            reason = lacking if absent else "routes within it are not followed"
            kept = "kept what is there" if runs else "nothing is left of it"
            self._found.faults.append((self._ref("relation", relation.id), f"{reason}; {kept}"))
        walking = self._rules.walking
        if walking is not None and walking.kind(relation.tags) == FERRY:
            self._walk_ferry(members)
        if what and not isinstance(what, bool):
            self._add_lines("relation", relation.id, what, relation, runs)

    def _walk_ferry(self, members: Sequence[tuple[int, _Way]]) -> None:
        """Member ways that are not walked for their own tags."""
        walking, walks = self._rules.walking, self._found.walks
        for way_id, way in members:
            if walking is None or walking.kind(way.tags) is not None or "highway" in way.tags:
                continue
            for run in self._runs_of(way):
                line = shapely.linestrings([position for _, position in run])
                walks.add(way_id, FERRY, [ref for ref, _ in run], shapely.to_wkb(line))

    def _add_lines(
        self,
        kind: str,
        osm_id: int,
        what: Selected,
        thing: _Way | Relation,
        runs: Sequence[Sequence[tuple[int, tuple[float, float]]]],
    ) -> None:
        """Keep runs of nodes as one feature."""
        if not runs:
            return
        parts = [shapely.linestrings([position for _, position in run]) for run in runs]
        line = parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)
        shape = self._found.add_shape(shapely.to_wkb(line))
        self._reader.add_feature(kind, osm_id, thing, what, thing.tags, shape)

    def _runs_of(self, way: _Way) -> list[list[tuple[int, tuple[float, float]]]]:
        """Stretches of at least two nodes between missing ones, with ids and positions."""
        runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
        for ref in way.refs:
            try:
                location = self._found.locations.get(ref)
            except KeyError:
                self._found.met_negative |= ref < 0
                runs.append([])
                continue
            runs[-1].append((ref, (location.lon, location.lat)))
        return [run for run in runs if len(run) > 1]

    def _ref(self, kind: str, osm_id: int) -> str:
        """What the report calls an object."""
        return f"{kind}/{self._reader.source_id(osm_id)}"

    def _list(self, ways: Sequence[int]) -> str:
        """The first few ids, and how many more."""
        ids = [str(self._reader.source_id(way_id)) for way_id in ways]
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        return ", ".join(ids[:_NAMED]) + more
