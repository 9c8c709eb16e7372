"""
A second look at what the pass could not build: why, and what is left of it.

It reads only the ways in question. Routes, whose relations come after their ways in a
file, are put together here too.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm.cutting.reading import Cut
from creative_spatial.loaders.osm.ferries import Ferry, ground_length
from creative_spatial.loaders.osm.files import reading
from creative_spatial.loaders.osm.found import AREA_TYPES, as_wkb
from creative_spatial.loaders.osm.markup import OUT_GEOM
from creative_spatial.loaders.osm.walking import FERRY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.found import Objects, Relation
    from creative_spatial.loaders.osm.objects import ObjectReader, Rules
    from creative_spatial.loaders.osm.selection import Selected, Shape

_NAMED = 5


class _Way(NamedTuple):
    """A way met on the second look."""

    tags: dict[str, str]
    refs: tuple[int, ...]
    version: int
    timestamp: Any


def complete(reader: ObjectReader, rules: Rules, file: OsmFile | Cut) -> Objects:
    """
    Report what could not be built, keep its parts, and put routes together.

    Parameters
    ----------
    reader : ObjectReader
        After its pass.
    rules : Rules
        What is wanted.
    file : OsmFile or Cut
        The same file.

    Returns
    -------
    Objects
        The reader's, added to.

    Raises
    ------
    LoadError
        If ways give positions that the file has no nodes for.
    """
    found = reader.found
    if found.needs_copy:
        return found
    _report_repeated(found)
    _drop_outlines(found, reader)
    unbuilt = [r for r in found.relations if r.id not in found.built_relations]
    wanted = [(r, what) for r in unbuilt for what, used in [_use(r, rules)] if what or used]
    ids = set(found.unbuilt_ways).union(*(relation.ways for relation, _ in wanted))
    if min(ids, default=0) < 0 and not isinstance(file, Cut):
        found.needs_copy = True
        return found
    ways = _look_up(file, ids) if ids else {}
    look = _SecondLook(reader, rules, ways)
    for way_id in sorted(found.unbuilt_ways & ways.keys()):
        look.closed_way(way_id)
    for relation, what in wanted:
        if relation.type in AREA_TYPES:
            look.unbuilt_area(relation)
        else:
            look.route(relation, what)
    if file.positions_on_ways and found.lacks_nodes:
        raise LoadError(f"{file.name} {OUT_GEOM}")
    return found


def _use(relation: Relation, rules: Rules) -> tuple[Selected | None, bool]:
    """The feature that a relation is, if any, and whether it serves the rest."""
    is_area = relation.type in AREA_TYPES
    shape: Shape = "area" if is_area else "line"
    what = rules.features.select(relation.tags, (shape,)) if rules.features else None
    if is_area:
        return what, rules.background is not None and bool(rules.background.area(relation.tags))
    return what, rules.walking is not None and rules.walking.kind(relation.tags) == FERRY


def _report_repeated(found: Objects) -> None:
    """Report objects that a file holds twice, as merged extracts do; the first one counts."""
    features = [row.ref for row in found.features]
    for refs in (features, *([row.ref for row in rows] for rows in found.background.values())):
        if len(set(refs)) < len(refs):
            repeated = [ref for ref, times in Counter(refs).items() if times > 1]
            reason = "in the file more than once; counted once"
            found.faults += [(ref, reason) for ref in repeated]


def _drop_outlines(found: Objects, reader: ObjectReader) -> None:
    """Leave out ways that are the outline of a relation of the same concept: one thing."""
    concepts = {row.ref: row.what.concept for row in found.features}
    outlined: dict[str, str] = {}
    for relation in found.relations:
        ref = reader.ref("relation", relation.id)
        if relation.id not in found.feature_relations or ref not in concepts:
            continue
        for kind, way_id, role in relation.members:
            way = reader.ref("way", way_id)
            if kind == "w" and role != "inner" and concepts.get(way) == concepts[ref]:
                outlined[way] = ref
    found.features = [row for row in found.features if row.ref not in outlined]
    found.faults += [(way, f"left out as the outline of {ref}") for way, ref in outlined.items()]


def _look_up(file: OsmFile | Cut, ids: set[int]) -> dict[int, _Way]:
    """Tags and node ids of some ways."""
    with reading(file):
        return {
            way.id: _Way(
                dict(way.tags), tuple(node.ref for node in way.nodes), way.version, way.timestamp
            )
            for way in file.ways(ids)
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
        missing = self._missing(way)
        reason = (
            f"{missing} of its {len(way.refs)} nodes are missing from the file"
            if missing
            else "its outline crosses itself or has no area"
        )
        if what is None or what.shape == "area":
            found.faults.append(
                (self._reader.ref("way", way_id), f"{reason}; the area is left out")
            )
            return
        runs = self._runs_of(way)
        kept = f"kept {len(runs)} part{'s' * (len(runs) != 1)} of it" if runs else "nothing is left"
        found.faults.append((self._reader.ref("way", way_id), f"{reason}; {kept}"))
        self._add_lines(self._reader.ref("way", way_id), what, way, runs)

    def unbuilt_area(self, relation: Relation) -> None:
        """Report why a multipolygon is not there."""
        known = self._found.reasons.get(relation.id)
        ids = self._reader.source_id
        absent = [ids(way_id) for way_id in relation.ways if way_id not in self._ways]
        present = [way_id for way_id in relation.ways if way_id in self._ways]
        broken = [ids(way_id) for way_id in present if self._missing(self._ways[way_id])]
        reason = known or unbuilt_reason(relation.ways, absent, broken)
        ref = self._reader.ref("relation", relation.id)
        self._found.faults.append((ref, f"{reason}; the area is left out"))

    def route(self, relation: Relation, what: Selected | None) -> None:
        """Keep a route's ways as one feature, and walk those of a ferry."""
        absent = [way_id for way_id in relation.ways if way_id not in self._ways]
        members = [(i, self._ways[i]) for i in relation.ways if i in self._ways]
        runs = [run for _, way in members for run in self._runs_of(way)]
        if absent or any(kind == "r" for kind, _, _ in relation.members):
            ids = [self._reader.source_id(way_id) for way_id in absent]
            lacking = f"{_listed(ids)} of its {len(relation.ways)} ways missing from the file"
            reason = lacking if absent else "routes within it are not followed"
            kept = "kept what is there" if runs else "nothing is left of it"
            self._found.faults.append(
                (self._reader.ref("relation", relation.id), f"{reason}; {kept}")
            )
        walking = self._rules.walking
        if walking is not None and walking.kind(relation.tags) == FERRY:
            self._walk_ferry(members)
            self._time_ferry(relation, members)
        if what is not None:
            self._add_lines(self._reader.ref("relation", relation.id), what, relation, runs)

    def _walk_ferry(self, members: Sequence[tuple[int, _Way]]) -> None:
        """Member ways that are not walked for their own tags."""
        walking, walks = self._rules.walking, self._found.walks
        for way_id, way in members:
            if walking is None or walking.kind(way.tags) is not None or "highway" in way.tags:
                continue
            for run in self._runs_of(way):
                line = as_wkb([[position for _, position in run]])
                walks.add(way_id, FERRY, [ref for ref, _ in run], line)

    def _time_ferry(self, relation: Relation, members: Sequence[tuple[int, _Way]]) -> None:
        """A route's times, for all its ways together where the file has them all."""
        ids = [self._reader.source_id(way_id) for way_id in relation.ways]
        whole = len(members) == len(ids) and not any(self._missing(way) for _, way in members)
        runs = (run for _, way in members for run in self._runs_of(way)) if whole else ()
        metres = sum(ground_length([place for _, place in run]) for run in runs)
        self._found.ferry_routes.append(
            Ferry.from_tags(ids, relation.tags, metres if whole else math.nan)
        )

    def _add_lines(
        self,
        ref: str,
        what: Selected,
        thing: _Way | Relation,
        runs: Sequence[Sequence[tuple[int, tuple[float, float]]]],
    ) -> None:
        """Keep runs of nodes as one feature."""
        if not runs:
            return
        parts = [[position for _, position in run] for run in runs]
        shape = self._found.add_shape(as_wkb(parts))
        self._reader.add_feature(ref, thing, what, thing.tags, shape)

    def _runs_of(self, way: _Way) -> list[list[tuple[int, tuple[float, float]]]]:
        """Stretches of at least two nodes between missing ones, with ids and positions."""
        runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
        for ref in way.refs:
            position = self._position(ref)
            if position is None:
                runs.append([])
            else:
                runs[-1].append((ref, position))
        return [run for run in runs if len(run) > 1]

    def _missing(self, way: _Way) -> int:
        """How many of a way's nodes the file lacks."""
        return sum(self._position(ref) is None for ref in way.refs)

    def _position(self, ref: int) -> tuple[float, float] | None:
        """Where a node is, if the file has it."""
        if ref < 0:  # the table of positions takes no such id
            self._found.lacks_nodes = self._found.needs_copy = True
            return None
        try:
            location = self._found.locations.get(ref)
        except KeyError:
            self._found.lacks_nodes = True
            return None
        return (location.lon, location.lat) if location.valid() else None


def unbuilt_reason(ways: Sequence[int], absent: Sequence[int], broken: Sequence[int]) -> str:
    """
    Say why the area of a relation cannot be built.

    Parameters
    ----------
    ways : sequence of int
        Ids of its ways.
    absent : sequence of int
        Those that the file lacks.
    broken : sequence of int
        Those that lack nodes.

    Returns
    -------
    str
        For the report.

    Examples
    --------
    >>> unbuilt_reason([1, 2], [2], [])
    '2 of its 2 ways missing from the file'
    """
    if absent:
        return f"{_listed(absent)} of its {len(ways)} ways missing from the file"
    if broken:
        return f"nodes of its ways {_listed(broken)} missing from the file"
    return "its ways do not close into rings" if ways else "it has no ways as members"


def _listed(ids: Sequence[int]) -> str:
    """The first few ids, and how many more."""
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(map(str, ids[:_NAMED])) + more
