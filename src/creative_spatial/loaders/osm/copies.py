"""
Copies of the files that osmium would take in part only.

Negative ids (files that are not from OpenStreetMap) are mapped to positive ones, since
osmium finds no locations for negative nodes, and back after the pass; objects in another
order than nodes, ways, relations by id are sorted; deleted ones are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import osmium

from creative_spatial.loaders.osm.files import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creative_spatial.loaders.osm.files import OsmFile


def to_positive(osm_id: int) -> int:
    """
    Map any id to a positive one, one to one.

    Parameters
    ----------
    osm_id : int
        Positive or negative.

    Returns
    -------
    int
        Even for positive ids, odd for negative ones.

    Examples
    --------
    >>> [to_positive(osm_id) for osm_id in (3, -3)]
    [6, 5]
    """
    return 2 * osm_id if osm_id >= 0 else -2 * osm_id - 1


def from_positive(mapped: int) -> int:
    """
    Undo `to_positive`.

    Parameters
    ----------
    mapped : int
        What `to_positive` gave.

    Returns
    -------
    int
        The id in the source.

    Examples
    --------
    >>> [from_positive(to_positive(osm_id)) for osm_id in (3, -3)]
    [3, -3]
    """
    return mapped // 2 if mapped % 2 == 0 else -(mapped + 1) // 2


def write_positive(file: OsmFile, folder: Path, *, on_earth: bool = False) -> OsmFile:
    """
    Copy a file with every id mapped by `to_positive`, sorted and without deleted objects.

    Of a way or relation that is there more than once, as in the answer to a query that
    writes tags and nodes apart, the first that has tags is taken.

    Parameters
    ----------
    file : OsmFile
        A file with negative ids, out of order, or with deleted objects.
    folder : Path
        Where the copy goes.
    on_earth : bool
        Leave out nodes whose position is not on Earth.

    Returns
    -------
    OsmFile
        The copy; it keeps the name that messages use.
    """
    copy, target = folder / "positive.osm.pbf", folder / "sorted.osm.pbf"
    with reading(file), osmium.SimpleWriter(str(copy)) as writer:
        for node in _present(file, osmium.osm.NODE):
            if on_earth and not node.location.valid():
                continue
            writer.add_node(node.replace(id=to_positive(node.id)))
        for way in _once(file, osmium.osm.WAY):
            refs = [to_positive(node.ref) for node in way.nodes]
            writer.add_way(way.replace(id=to_positive(way.id), nodes=refs))
        for relation in _once(file, osmium.osm.RELATION):
            members = [(m.type, to_positive(m.ref), m.role) for m in relation.members]
            writer.add_relation(relation.replace(id=to_positive(relation.id), members=members))
    with reading(file), osmium.SimpleWriter(str(target)) as writer:
        merged = osmium.MergeInputReader()
        merged.add_file(str(copy))
        merged.apply(writer, simplify=False)
    return replace(file, path=target, format="pbf", needs_copy=False)


def _present(file: OsmFile, kind: Any) -> Iterator[Any]:
    """Objects of one kind that are not deleted."""
    return (thing for thing in file.processor(kind) if not thing.deleted)


def _once(file: OsmFile, kind: Any) -> Iterator[Any]:
    """Objects of one kind, each id once: the first that has tags, if one has."""
    tagged = {thing.id for thing in _present(file, kind) if thing.tags}
    written: set[int] = set()
    for thing in _present(file, kind):
        if thing.id not in written and (thing.tags or thing.id not in tagged):
            written.add(thing.id)
            yield thing
