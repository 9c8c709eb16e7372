"""
Opening an OpenStreetMap file: what it is, and whether it is safe to parse.

The name's suffix says the format and the first bytes must agree. XML that declares a
document type is refused before any parser sees it.
"""

from __future__ import annotations

import bz2
import gzip
import shutil
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import osmium

from creative_spatial.errors import CreativeSpatialError, LoadError, OutputError
from creative_spatial.loaders.osm.markup import refuse_document_type, scan, xml_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.cutting.reading import Cut
    from creative_spatial.loaders.osm.markup import Markup

SUFFIXES = {".osm": "osm", ".osm.bz2": "osm.bz2", ".osm.gz": "osm.gz", ".osm.pbf": "pbf"}
IN_MEMORY = "flex_mem"
LARGE_FILE_BYTES = 32 * 1024**2
"""Above this size of a file, positions of nodes are kept on disk: 16 bytes for each node."""
_INDEX_SHARE = 4
"""Most that the positions take, as a multiple of the file's size; by measurement 2 for PBF."""
_MAGIC = {"osm.bz2": b"BZh", "osm.gz": b"\x1f\x8b"}
_HEAD_BYTES = 1 << 16
# What osmium says when a file's ways or relations are not sorted by id, or are there twice.
OUT_OF_ORDER = ("out of order", "twice in input", "after a relation")
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
        What messages call the file: its name without the folder, which is another on
        every machine.
    needs_copy : bool
        Whether its objects are out of order, or deleted, so that only a copy can be read.
    positions_on_ways : bool
        Whether its ways give the positions of their nodes themselves.
    """

    path: Path
    format: str
    bounds: Bounds | None
    date: str | None
    name: str
    needs_copy: bool = False
    positions_on_ways: bool = False

    @property
    def is_large(self) -> bool:
        """Whether it is kept out of memory as far as may be."""
        return self.path.stat().st_size > LARGE_FILE_BYTES

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

    def objects(self, keys: Iterable[str], index: str = IN_MEMORY) -> Any:
        """
        Make a pass over the objects that have one of some keys, areas put together.

        Parameters
        ----------
        keys : iterable of str
            Keys.
        index : str, optional
            Osmium's name of the store of node positions; see `node_index`.

        Returns
        -------
        osmium.FileProcessor
            Not yet started; afterwards it knows where the nodes are.
        """
        only = osmium.filter.KeyFilter(*keys)
        return self.processor().with_locations(index).with_areas(only).with_filter(only)

    def ways(self, ids: set[int]) -> Any:
        """
        Make a pass over some ways, without positions.

        Parameters
        ----------
        ids : set of int
            Their ids, none negative.

        Returns
        -------
        osmium.FileProcessor
            Not yet started.
        """
        return self.processor(osmium.osm.WAY).with_filter(osmium.filter.IdFilter(ids))

    def geometries(self) -> Any:
        """
        Make what turns the file's objects into WKB.

        Returns
        -------
        osmium.geom.WKBFactory
            For one pass.
        """
        return osmium.geom.WKBFactory()


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
    name = given.name or str(given)
    if given.is_dir():
        raise LoadError(f"{name} is a folder; expected {_EXPECTED} in it.")
    if not given.is_file():
        raise LoadError(f"{name}: no such file; expected {_EXPECTED}.")
    suffix = max((s for s in SUFFIXES if name.lower().endswith(s)), key=len, default=None)
    if suffix is None:
        raise LoadError(f"{name} is not named as an OpenStreetMap file; expected {_EXPECTED}.")
    if given.stat().st_size == 0:
        raise LoadError(f"{name} is empty (0 bytes); was its download interrupted? Fetch it again.")
    file = OsmFile(given.resolve(), SUFFIXES[suffix], None, None, name)
    head, markup = _look_into(file)
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
            f"{name} holds the history of its objects; expected one version of each. "
            "Cut a date out of it first (osmium time-filter)."
        )
    date = header.get("osmosis_replication_timestamp") or header.get("timestamp") or None
    if markup is None:
        return replace(file, bounds=bounds, date=date)
    return replace(
        file,
        bounds=bounds,
        date=date or xml_date(head),
        needs_copy=markup.has_deleted or not markup.in_order,
        positions_on_ways=markup.positions_on_ways,
    )


@contextmanager
def node_index(
    file: OsmFile, folder: Path | None = None, *, in_memory: bool = True
) -> Iterator[str]:
    """
    Say where the positions of a file's nodes are kept during a pass.

    Parameters
    ----------
    file : OsmFile
        What is about to be read.
    folder : Path, optional
        Where a store on disk goes; left out: where the system keeps temporary files.
    in_memory : bool
        Whether that of a small file may be in memory.

    Yields
    ------
    str
        Osmium's name of a store in memory, or of one on disk, which is gone with the block.

    Raises
    ------
    OutputError
        If there is no room for it on the disk.
    """
    if in_memory and not file.is_large:
        yield IN_MEMORY
        return
    size = file.path.stat().st_size
    # osmium takes what follows a comma as another setting
    place = None if folder is None or "," in str(folder) else folder
    with tempfile.TemporaryDirectory(prefix=".creative_spatial-", dir=place) as made:
        free, needed = shutil.disk_usage(made).free, _INDEX_SHARE * size
        if free < needed:
            raise OutputError(
                f"{file.name}: positions of its nodes need up to {needed / 1e9:.1f} GB on the disk of "
                f"{Path(made).parent}, which has {free / 1e9:.1f} GB free; free some space, or set "
                "TMPDIR, or --out, to a folder on another disk."
            )
        yield f"sparse_file_array,{Path(made) / 'nodes'}"


def _look_into(file: OsmFile) -> tuple[bytes, Markup | None]:
    """A file's first bytes, unpacked, and what its text says if it is XML, before parsing."""
    name = file.name
    try:
        with file.path.open("rb") as raw:
            _check_format(file, raw.read(32))
        with _unpacked(file.path, file.format) as content:
            head = content.read(_HEAD_BYTES)
        if file.format == "pbf":
            return head, None
        refuse_document_type(name, head, _EXPECTED)
        with _unpacked(file.path, file.format) as content:
            return head, scan(name, content)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(
            f"{name} cannot be unpacked: {_without_folder(error, file)}. Fetch the file again."
        ) from error


def _check_format(file: OsmFile, start: bytes) -> None:
    """Raise if a file is in another format than its name says."""
    looks = next((f for f, magic in _MAGIC.items() if start.startswith(magic)), None)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        raise LoadError(
            f"{file.name} is a web page, as a server sends that is busy or lacks the file; fetch it "
            "again, and look at it before you use it."
        )
    if looks is None and b"OSMHeader" in start:
        looks = "pbf"
    if looks is None and text.startswith(b"<"):
        looks = "osm"
    if looks != file.format:
        right = next((s for s, f in SUFFIXES.items() if f == looks), None)
        remedy = f"it looks like {right}: rename it" if right else "it is none that is known here"
        raise LoadError(f"{file.name}: the content is not what the name says; {remedy}.")


def _unpacked(path: Path, file_format: str) -> IO[bytes]:
    """The file's content, unpacked."""
    if file_format == "osm.bz2":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if file_format == "osm.gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _without_folder(error: Exception, file: OsmFile | Cut) -> str:
    """What an error says, with the file's name in place of its path on this machine."""
    return str(error).replace(str(file.path), file.name)


@contextmanager
def reading(file: OsmFile | Cut) -> Iterator[None]:
    """
    Turn the parser's errors into ours.

    Parameters
    ----------
    file : OsmFile or Cut
        What is being read.

    Yields
    ------
    None
        For the duration of a pass.

    Raises
    ------
    LoadError
        If the file breaks off, is not in its format or gives a position that is no number.
    """
    try:
        yield
    except CreativeSpatialError:
        raise
    except osmium.InvalidLocationError as error:
        raise LoadError(
            f"{file.name} has a position that cannot be read: {error}; expected degrees, such as "
            'lat="7.19" lon="100.6", in every <node> and in <bounds>. Correct it, or fetch the '
            "file again."
        ) from error
    except (RuntimeError, ValueError, EOFError, OSError) as error:
        raise LoadError(
            f"{file.name} cannot be read to its end as {file.format}: "
            f"{_without_folder(error, file)}. It is damaged or was cut off; fetch it again, or "
            "check it with `osmium fileinfo -e`."
        ) from error
