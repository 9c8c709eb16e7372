"""
What osmium does alone, in a process of its own: it sifts a file and writes what is wanted.

Handed to Python one by one, objects take longer than all that osmium does to them; as lines of
text they are read a column at a time, by another process, while osmium goes on. A writer of
osmium's that fails ends its process, which must not be the user's.

The file is run as a script, and so imports nothing of the package.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from typing import Any

import osmium

TEXT = "opl,locations_on_ways=true,add_metadata=version+timestamp"
STANDARD_OUTPUT = "-"
_COMMONEST = (
    "building", "highway", "natural", "barrier", "amenity", "landuse", "leisure", "shop",
)  # fmt: skip
"""Osmium holds an object against one key after another: with these first, most pass at once."""
_ONE_WAY = b"w1 v1 dV t Tnone=none Nn1\n"


def sift(path: str, file_format: str, index: str, keys: list[str]) -> None:
    """
    Write what has one of some keys to the standard output, positions on ways.

    Parameters
    ----------
    path, file_format : str
        The file, and what it is in osmium's words.
    index : str
        Osmium's name of a store of positions on disk, which stays for `look_up`.
    keys : list of str
        Keys.
    """
    placing = _placing(index)
    wanted = osmium.filter.KeyFilter(*sorted(keys, key=_rank))
    writer = osmium.SimpleWriter(osmium.io.File(STANDARD_OUTPUT, TEXT))
    with osmium.io.Reader(osmium.io.File(path, file_format)) as reader:
        osmium.apply(reader, placing, wanted, writer)
    writer.close()
    # nodes that came after the ways are put in order when the next way asks for them
    with osmium.io.Reader(osmium.io.FileBuffer(_ONE_WAY, "opl")) as reader:
        osmium.apply(reader, placing)


def look_up(path: str, file_format: str, index: str, target: str, ids: array[int]) -> None:
    """
    Write ways by their ids, positions on them, as lines of a file of their own.

    Parameters
    ----------
    path, file_format : str
        The file, and what it is in osmium's words.
    index : str
        The store that `sift` filled.
    target : str
        The file to be written.
    ids : array of int
        Ids of ways, none negative.
    """
    only = osmium.filter.IdFilter(ids)
    writer = osmium.SimpleWriter(osmium.io.File(target, TEXT))
    with osmium.io.Reader(osmium.io.File(path, file_format), osmium.osm.WAY) as reader:
        osmium.apply(reader, only, _placing(index), writer)
    writer.close()


def _rank(key: str) -> int:
    """How early a key is tried."""
    return _COMMONEST.index(key) if key in _COMMONEST else len(_COMMONEST)


def _placing(index: str) -> Any:
    """What keeps positions of nodes, and gives them to ways."""
    placing = osmium.NodeLocationsForWays(osmium.index.create_map(index))
    placing.ignore_errors()
    return placing


def main() -> None:
    """Do what the argument says; an error goes to the standard error as JSON."""
    task: dict[str, Any] = json.loads(sys.argv[1])
    try:
        if "keys" in task:
            sift(**task)
        else:
            ids = array("q")
            ids.frombytes(sys.stdin.buffer.read())
            look_up(**task, ids=ids)
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write(json.dumps([type(error).__name__, str(error)]))
        sys.stderr.flush()
        # on its way out through Python, a writer that failed would abort
        os._exit(1)


if __name__ == "__main__":
    main()
