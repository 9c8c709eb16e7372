"""
Whether an answer is to be believed.

Overpass sends what it had found so far when a query runs out of time or memory, with
status 200 and a remark at the end. Each query also asks for the number of objects, which
must be what came.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from creative_spatial.errors import LoadError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("node", "way", "relation")
_HEAD_BYTES = 1 << 16
_COUNT = re.compile(rb"<count\b[^>]*>.*?</count>", re.DOTALL)


@dataclass(frozen=True)
class OverpassFacts:
    """
    What an answer of Overpass says of itself.

    Parameters
    ----------
    timestamp : str
        As of when the server's data is, ISO 8601.
    objects : int
        Nodes, ways and relations.
    """

    timestamp: str
    objects: int


@dataclass
class _Seen:
    """What a pass over the XML has met so far."""

    parser: expat.XMLParserType
    depth: int = 0
    root: str = ""
    timestamp: str = ""
    remark: list[str] | None = None
    in_count: bool = False
    counts: dict[str, str] = field(default_factory=dict)
    objects: Counter[str] = field(default_factory=Counter)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            self.root = name
        elif self.depth == 2:
            self.objects[name] += 1
            self.in_count = name == "count"
            if name == "meta":
                self.timestamp = attributes.get("osm_base", "")
            elif name == "remark":
                self.remark = []
                self.parser.CharacterDataHandler = self.remark.append
        elif self.in_count and name == "tag":
            self.counts[attributes.get("k", "")] = attributes.get("v", "")

    def end(self, _name: str) -> None:
        self.depth -= 1
        self.parser.CharacterDataHandler = None

    def refuse(self, *_: Any) -> None:
        raise LoadError("the answer declares a document type, which no OpenStreetMap data does")


def check_overpass(path: Path) -> OverpassFacts:
    """
    Read an answer of Overpass to its end.

    Parameters
    ----------
    path : Path
        XML; its count of objects is blanked afterwards, which readers do not know.

    Returns
    -------
    OverpassFacts
        The data's timestamp.

    Raises
    ------
    LoadError
        If it is cut off, no OpenStreetMap data, partial, or does not say its timestamp or, of
        each kind, how many objects there are.
    """
    parser = expat.ParserCreate()
    seen = _Seen(parser)
    parser.buffer_text = True
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.StartDoctypeDeclHandler = seen.refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise LoadError(f"the answer is cut off or no XML ({error})") from error
    if seen.root != "osm":
        raise LoadError(f"the answer is XML of another kind (<{seen.root[:40]}>)")
    if seen.remark is not None:
        said = " ".join("".join(seen.remark).split())[:200]
        raise LoadError(f"the answer is partial: {said}")
    for kind in KINDS:
        stated = seen.counts.get(f"{kind}s")
        if stated is None:
            raise LoadError(f"the answer is partial: it does not say how many {kind}s there are")
        if stated != str(seen.objects[kind]):
            raise LoadError(
                f"the answer is partial: {seen.objects[kind]} of {stated[:20]} {kind}s came"
            )
    timestamp = _iso(seen.timestamp)
    if timestamp is None:
        raise LoadError("the answer does not say as of when its data is (osm_base)")
    _blank_count(path)
    _read_through(path)
    return OverpassFacts(timestamp, sum(seen.objects[kind] for kind in KINDS))


def _iso(text: str) -> str | None:
    """A timestamp, if it is one."""
    try:
        return dt.datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")
    except ValueError:
        return None


def _blank_count(path: Path) -> None:
    """Put spaces where the count of objects was: osmium does not know that element."""
    with path.open("r+b") as file:
        head = file.read(_HEAD_BYTES)
        if found := _COUNT.search(head):
            file.seek(found.start())
            file.write(b" " * (found.end() - found.start()))


def _read_through(path: Path) -> None:
    """Let the reader's own parser go through the file once, so that what is kept can be read."""
    import osmium

    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    try:
        osmium.apply(osmium.io.Reader(osmium.io.File(str(path), "osm")), locations)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise LoadError(f"the answer cannot be read as OpenStreetMap data ({error})") from error


def check_nominatim(path: Path) -> list[dict[str, Any]]:
    """
    Read an answer of Nominatim.

    Parameters
    ----------
    path : Path
        JSON.

    Returns
    -------
    list of dict
        Places; each has ``osm_type``, ``osm_id``, ``display_name`` and ``geojson``.

    Raises
    ------
    LoadError
        If it is cut off or not a list of places.
    """
    try:
        table = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise LoadError(f"the answer is cut off or no JSON ({error})") from error
    if not isinstance(table, list):
        raise LoadError("the answer is no list of places")
    for place in table:
        if not (
            isinstance(place, dict)
            and place.get("osm_type", "node") in KINDS
            and isinstance(place.get("osm_id", 0), int)
            and isinstance(place.get("display_name"), str)
            and isinstance(place.get("geojson"), dict)
        ):
            raise LoadError("the answer holds something that is no place with an outline")
    return table


__all__ = ["OverpassFacts", "check_nominatim", "check_overpass"]
