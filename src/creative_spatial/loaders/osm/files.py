"""
Opening an OpenStreetMap file: what it is, whether it is safe to parse, and its ids.

The name's suffix says the format and the first bytes must agree. XML that declares a
document type is refused before any parser sees it. Negative ids (files that are not from
OpenStreetMap) are mapped to positive ones for the pass, since osmium finds no locations
for negative nodes, and back afterwards.
"""

from __future__ import annotations

import bz2
import gzip
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import osmium

from creative_spatial.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creative_spatial.crs import Bounds


SUFFIXES = {".osm": "osm", ".osm.bz2": "osm.bz2", ".osm.gz": "osm.gz", ".osm.pbf": "pbf"}
_MAGIC = {"osm.bz2": b"BZh", "osm.gz": b"\x1f\x8b"}
_HEAD_BYTES = 1 << 16
_PROLOG_PARTS = 8
_EXPECTED = "a file named *.osm, *.osm.bz2, *.osm.gz or *.osm.pbf"


@dataclass(frozen=True)
class OsmFile:
    """
    A file that is what its name says, with what its header tells.

    Parameters
    ----------
    path : Path
        Absolute.
    format : str
        In osmium's words.
    bounds : (west, south, east, north) or None, degrees
        The header's box.
    date : str or None
        Date of the data, ISO 8601, where the header gives one.
    name : str
        What messages call the file.
    """

    path: Path
    format: str
    bounds: Bounds | None
    date: str | None
    name: str

    def processor(self, entities: Any = osmium.osm.ALL) -> Any:
        """
        Make a new pass over the file.

        Parameters
        ----------
        entities : osm_entity_bits, optional
            Kinds of objects to read.

        Returns
        -------
        osmium.FileProcessor
            Not yet started.
        """
        return osmium.FileProcessor(osmium.io.File(str(self.path), self.format), entities)


def open_osm(path: Path | str) -> OsmFile:
    """
    Check a file and read its header.

    Parameters
    ----------
    path : Path or str
        A local file.

    Returns
    -------
    OsmFile
        Ready for a pass.

    Raises
    ------
    LoadError
        Naming the file, what is wrong and what to do.
    """
    given = Path(path)
    if given.is_dir():
        raise LoadError(f"{given} is a folder; expected {_EXPECTED} in it.")
    if not given.is_file():
        raise LoadError(f"{given}: no such file; expected {_EXPECTED}.")
    name = given.name.lower()
    suffix = max((s for s in SUFFIXES if name.endswith(s)), key=len, default=None)
    if suffix is None:
        raise LoadError(f"{given} is not named as an OpenStreetMap file; expected {_EXPECTED}.")
    if given.stat().st_size == 0:
        raise LoadError(
            f"{given} is empty (0 bytes); was its download interrupted? Fetch it again."
        )
    file_format = SUFFIXES[suffix]
    head = _head(given, file_format)
    if file_format != "pbf":
        _refuse_document_type(given, head)
    file = OsmFile(given.resolve(), file_format, None, None, str(given))
    with reading(file):
        header = file.processor().header
        box = header.box()
        corners = (box.bottom_left, box.top_right) if box.valid() else ()
    bounds = (
        cast("Bounds", tuple(v for corner in corners for v in (corner.lon, corner.lat)))
        if corners
        else None
    )
    if header.has_multiple_object_versions:
        raise LoadError(
            f"{given} holds the history of its objects; expected one version of each. "
            "Cut a date out of it first (osmium time-filter)."
        )
    date = header.get("osmosis_replication_timestamp") or header.get("timestamp") or None
    if not date and file_format != "pbf":
        date = _xml_date(head)
    return OsmFile(file.path, file_format, bounds, date, file.name)


def _head(path: Path, file_format: str) -> bytes:
    """The first bytes of a file, unpacked, after checking that it is in its format."""
    with path.open("rb") as raw:
        start = raw.read(32)
    looks = next((f for f, magic in _MAGIC.items() if start.startswith(magic)), None)
    if looks is None and b"OSMHeader" in start:
        looks = "pbf"
    if looks is None and start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        looks = "osm"
    if looks != file_format:
        right = next((s for s, f in SUFFIXES.items() if f == looks), None)
        remedy = f"it looks like {right}: rename it" if right else "it is none that is known here"
        raise LoadError(f"{path}: the content is not what the name says; {remedy}.")
    try:
        with _unpacked(path, file_format) as content:
            return content.read(_HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise LoadError(f"{path} cannot be unpacked: {error}. Fetch the file again.") from error


def _unpacked(path: Path, file_format: str) -> IO[bytes]:
    """The file's content, unpacked."""
    if file_format == "osm.bz2":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if file_format == "osm.gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _refuse_document_type(path: Path, head: bytes) -> None:
    """Raise unless the XML goes straight to <osm>, without a document type or entities."""
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->")) * _PROLOG_PARTS:
        if rest.startswith(opening):
            rest = rest.partition(closing)[2].lstrip()
    if re.match(rb"<!(DOCTYPE|ENTITY)", rest, re.IGNORECASE):
        raise LoadError(
            f"{path} declares a document type or entities, which no OpenStreetMap file does and "
            "which can be made to exhaust memory; it was not parsed. Get the file from its origin."
        )
    if not re.match(rb"<osm[\s/>]", rest):
        raise LoadError(
            f"{path} is XML but no OpenStreetMap file: its first element is not <osm>. "
            f"Expected {_EXPECTED}."
        )


def _xml_date(head: bytes) -> str | None:
    """The date of an Overpass answer or of an extract, from its first lines."""
    found = re.search(
        rb"""\b(?:osm_base|timestamp)=["']([0-9T:Z.+-]+)["']""", head.split(b"<node")[0]
    )
    return found.group(1).decode("ascii") if found else None


@contextmanager
def reading(file: OsmFile) -> Iterator[None]:
    """
    Turn the parser's errors into ours.

    Parameters
    ----------
    file : OsmFile
        What is being read.

    Yields
    ------
    None
        For the duration of a pass.

    Raises
    ------
    LoadError
        If the file breaks off or is not in its format.
    """
    try:
        yield
    except LoadError:
        raise
    except (RuntimeError, ValueError, EOFError, OSError) as error:
        raise LoadError(
            f"{file.name} cannot be read to its end as {file.format}: {error}. It is damaged or "
            "was cut off; fetch it again, or check it with `osmium fileinfo -e`."
        ) from error


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


def write_positive(file: OsmFile, folder: Path) -> OsmFile:
    """
    Copy a file with every id mapped by `to_positive`.

    Parameters
    ----------
    file : OsmFile
        A file with negative ids.
    folder : Path
        Where the copy goes.

    Returns
    -------
    OsmFile
        The copy; it keeps the name that messages use.
    """
    target = folder / "positive.osm.pbf"
    with reading(file), osmium.SimpleWriter(str(target)) as writer:
        for thing in file.processor():
            mapped = {"id": to_positive(thing.id)}
            if thing.is_node():
                writer.add_node(thing.replace(**mapped))
            elif thing.is_way():
                refs = [to_positive(node.ref) for node in thing.nodes]
                writer.add_way(thing.replace(**mapped, nodes=refs))
            elif thing.is_relation():
                members = [(m.type, to_positive(m.ref), m.role) for m in thing.members]
                writer.add_relation(thing.replace(**mapped, members=members))
    return OsmFile(target, "pbf", file.bounds, file.date, file.name)
