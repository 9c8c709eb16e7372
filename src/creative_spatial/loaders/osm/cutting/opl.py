"""Lines of text as osmium writes them (OPL), read a column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from creative_spatial.loaders.osm.cutting.tags import as_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NODE = ("osm_id", "version", "visible", "timestamp", "tags", "lon", "lat")
_WAY = ("osm_id", "version", "visible", "timestamp", "tags", "nodes")
_RELATION = ("osm_id", "version", "visible", "timestamp", "tags", "members")
_PLACES = {"ref": pa.int64(), "lon": pa.float64(), "lat": pa.float64()}
_NODES_AS_LINES = bytes.maketrans(b"N,xy", b"\n\n  ")
_NODE_BEGINS = ord("n")
_MEMBER = {"ref": pa.string(), "role": pa.string()}
_MEMBERS_AS_LINES = bytes.maketrans(b",@", b"\n ")


class Facts(NamedTuple):
    """What all objects have: ids in the pass, tags as osmium wrote them, and all of their lines."""

    osm_id: NDArray[np.int64]
    asked: Any
    table: pa.Table

    def take(self, rows: NDArray[np.intp]) -> Facts:
        """
        Take some objects.

        Parameters
        ----------
        rows : array of int
            Their positions.

        Returns
        -------
        Facts
            As many.
        """
        return Facts(self.osm_id[rows], self.asked.take(rows), self.table.take(rows))

    def columns(self, *, mapped: bool) -> dict[str, Any]:
        """
        Give the columns of the objects, as files have them.

        Parameters
        ----------
        mapped : bool
            Whether the ids were made positive; see `copies.to_positive`.

        Returns
        -------
        dict of str to pyarrow.Array
            `osm_id` (as in the source), `version`, `timestamp`, `tags` (JSON).
        """
        times = pc.coalesce(_rest(self.table["timestamp"]), pa.scalar("1970-01-01T00:00:00Z"))
        tags = pc.utf8_slice_codeunits(self.asked, 1).to_pylist()
        return {
            "osm_id": pa.array(source_ids(self.osm_id, mapped=mapped)),
            "version": _rest(self.table["version"]).cast(pa.int32()),
            "timestamp": times.cast(pa.timestamp("s", "UTC")),
            "tags": pa.array(as_json(tags), pa.string()),
        }

    def has(self, *tags: str) -> NDArray[np.bool_]:
        """
        Say which objects have one of some tags.

        Parameters
        ----------
        *tags : str
            "key=value" or "key=" of letters, digits and "_".

        Returns
        -------
        array of bool
            One for each object.
        """
        any_of = "|".join(tag if tag.endswith("=") else f"{tag}(,|$)" for tag in tags)
        found = pc.match_substring_regex(self.asked, f"(^T|,)({any_of})")
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


class Nodes(NamedTuple):
    """Nodes, and where each is: degrees, NaN where it is nowhere on Earth."""

    facts: Facts
    lonlat: NDArray[np.float64]


class Ways(NamedTuple):
    """Ways, how many nodes each has, and the ids and positions of all their nodes in a row."""

    facts: Facts
    sizes: NDArray[np.int64]
    refs: NDArray[np.int64]
    lonlat: NDArray[np.float64]

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which have the positions of all their nodes."""
        whole = np.ones(len(self.sizes), dtype=bool)
        lacks = np.isnan(self.lonlat[:, 0])
        whole[np.repeat(np.arange(len(whole)), self.sizes)[lacks]] = False
        return whole

    def where(self, chosen: NDArray[np.bool_]) -> Ways:
        """
        Choose ways.

        Parameters
        ----------
        chosen : array of bool
            One for each.

        Returns
        -------
        Ways
            The same, or fewer.
        """
        if chosen.all():
            return self
        here = np.repeat(chosen, self.sizes)
        facts = self.facts.take(np.flatnonzero(chosen))
        return Ways(facts, self.sizes[chosen], self.refs[here], self.lonlat[here])


class Relations(NamedTuple):
    """Relations, how many members each has, and all their members in a row."""

    facts: Facts
    sizes: NDArray[np.int64]
    types: Any
    refs: NDArray[np.int64]
    roles: Any

    @property
    def are_ways(self) -> NDArray[np.bool_]:
        """Which members are ways."""
        return np.asarray(self.types.to_numpy(zero_copy_only=False) == "w", dtype=bool)


def read_nodes(text: bytes) -> Nodes:
    """
    Read lines of nodes.

    Parameters
    ----------
    text : bytes
        Whole lines.

    Returns
    -------
    Nodes
        In the order of the lines.
    """
    table = _table(text, dict.fromkeys(_NODE, pa.string()))
    places = [_rest(table[name]).cast(pa.float64()) for name in ("lon", "lat")]
    return Nodes(_facts(table), _on_earth(places))


def read_ways(text: bytes) -> Ways:
    """
    Read lines of ways.

    Parameters
    ----------
    text : bytes
        Whole lines.

    Returns
    -------
    Ways
        In the order of the lines.
    """
    table = _table(text, dict.fromkeys(_WAY, pa.string()))
    sizes, nodes = _nodes(table["nodes"].combine_chunks())
    places = _table(nodes, _PLACES)
    lonlat = _on_earth([places["lon"], places["lat"]])
    return Ways(_facts(table), sizes, places["ref"].to_numpy(), lonlat)


def read_way_ids(text: bytes) -> NDArray[np.int64]:
    """
    Read the ids of ways.

    Parameters
    ----------
    text : bytes
        Whole lines.

    Returns
    -------
    array of int
        In the order of the lines.
    """
    return _facts(_table(text, dict.fromkeys(_WAY, pa.string()))).osm_id


def read_relations(text: bytes) -> Relations:
    """
    Read lines of relations.

    Parameters
    ----------
    text : bytes
        Whole lines.

    Returns
    -------
    Relations
        In the order of the lines.
    """
    table = _table(text, dict.fromkeys(_RELATION, pa.string()))
    sizes, lines = _members(table["members"].combine_chunks())
    members = _table(lines, _MEMBER)
    refs = members["ref"].combine_chunks()
    return Relations(
        _facts(table),
        sizes,
        pc.utf8_slice_codeunits(refs, 0, 1),
        pc.utf8_slice_codeunits(refs, 1).cast(pa.int64()).to_numpy(),
        _plain(members["role"].combine_chunks()),
    )


def source_ids(ids: NDArray[np.int64], *, mapped: bool) -> NDArray[np.int64]:
    """
    Give the ids that objects have in the source.

    Parameters
    ----------
    ids : array of int
        As they are in the pass.
    mapped : bool
        Whether they were made positive; see `copies.to_positive`.

    Returns
    -------
    array of int
        As many.
    """
    return np.where(ids % 2 == 0, ids // 2, -(ids + 1) // 2) if mapped else ids


def _plain(texts: pa.Array) -> pa.Array:
    """Texts, most of which come often, with characters in place of their numbers."""
    different = texts.dictionary_encode()
    parts = [text.split("%") for text in different.dictionary.to_pylist()]
    for part in parts:
        part[1::2] = [chr(int(digits, 16)) for digits in part[1::2]]
    plain = pa.array(["".join(part) for part in parts], pa.string())
    return plain.take(different.indices)


def _nodes(column: pa.StringArray) -> tuple[NDArray[np.int64], bytes]:
    """How many nodes each way has, and all of them, one a line."""
    _, offsets, text = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    letters = np.frombuffer(text, dtype=np.uint8)[ends[0] : ends[-1]]
    # every text is "N" and its nodes, and one follows another without anything between
    begins = np.flatnonzero(letters == _NODE_BEGINS)
    sizes = np.diff(np.searchsorted(begins, ends - ends[0]))
    return sizes, letters.tobytes().translate(_NODES_AS_LINES, b"n")


def _members(column: pa.StringArray) -> tuple[NDArray[np.int64], bytes]:
    """How many members each relation has, and all of them, one a line."""
    texts = pc.utf8_slice_codeunits(column, 1)
    sizes = pc.add(pc.count_substring(texts, ","), 1).to_numpy().astype(np.int64)
    sizes[pc.equal(texts, "").to_numpy(zero_copy_only=False)] = 0
    all_of_them = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined = pc.binary_join(all_of_them, "\n")[0].as_buffer().to_pybytes()
    return sizes, joined.translate(_MEMBERS_AS_LINES)


def _facts(table: pa.Table) -> Facts:
    """What all objects have."""
    osm_id = _rest(table["osm_id"]).cast(pa.int64()).to_numpy()
    return Facts(osm_id, table["tags"].combine_chunks(), table)


def _rest(column: pa.ChunkedArray) -> pa.Array:
    """What follows the letter before every field; null where nothing does."""
    rest = pc.utf8_slice_codeunits(column.combine_chunks(), 1)
    return pc.if_else(pc.equal(rest, ""), None, rest)


def _on_earth(places: list[Any]) -> NDArray[np.float64]:
    """Positions, NaN where there is none or it is not on Earth."""
    lonlat = np.column_stack([np.asarray(place, dtype=np.float64) for place in places])
    lon, lat = np.abs(lonlat.T)
    lonlat[~((lon <= 180.0) & (lat <= 90.0))] = np.nan
    return lonlat


def _table(text: bytes, types: dict[str, Any]) -> pa.Table:
    """Fields between spaces."""
    if not text.strip(b"\n"):
        return pa.schema(list(types.items())).empty_table()
    return csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(
            column_names=list(types), use_threads=False, block_size=len(text) + 1
        ),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False, double_quote=False),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=False
        ),
    )
