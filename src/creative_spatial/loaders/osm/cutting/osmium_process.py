"""Running `sifting` in a process of its own, and reading what it writes."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import osmium

from creative_spatial.loaders.osm.cutting import sifting

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from creative_spatial.loaders.osm.files import OsmFile

BLOCK_BYTES = 4 * 1024**2
"""Text that is read at a time: the same for every reader of a file, and so are its batches."""

_QUEUES = {
    f"OSMIUM_MAX_{queue}_QUEUE_SIZE": "4" for queue in ("INPUT", "OSMDATA", "OUTPUT", "WORK")
}
"""Osmium reads ahead of what its text is read, by these many blocks; 20 each take 130 MB more."""


@contextmanager
def sifted(file: OsmFile, index: str, keys: list[str]) -> Iterator[Iterator[bytes]]:
    """
    Read what of a file has one of some keys, as osmium writes it.

    Parameters
    ----------
    file : OsmFile
        An opened file.
    index : str
        Osmium's name of a store of positions on disk.
    keys : list of str
        Keys.

    Yields
    ------
    iterator of bytes
        Blocks of whole lines.

    Raises
    ------
    RuntimeError, InvalidLocationError
        What osmium raised, once the lines before it are read.
    """
    with _running(file, index=index, keys=keys) as process:
        text = cast("IO[bytes]", process.stdout)
        yield whole_lines(text)
        _finish(process)


def look_up(file: OsmFile, index: str, ids: array[int], target: Path) -> None:
    """
    Write ways by their ids, positions on them, as lines of a file of their own.

    Parameters
    ----------
    file : OsmFile
        An opened file.
    index : str
        The store of positions that `sifted` left.
    ids : array of int
        Ids of ways, none negative.
    target : Path
        What is written, lines as osmium writes them.
    """
    with _running(file, index=index, target=str(target)) as process:
        _finish(process, ids.tobytes())


@contextmanager
def _running(file: OsmFile, **task: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which is not there any more when the block ends."""
    task |= {"path": str(file.path), "file_format": file.format}
    script = str(Path(sifting.__file__))
    # -P: modules beside the script are not to be taken for others of the same name
    command = [sys.executable, "-P", script, json.dumps(task)]
    pipe, settings = subprocess.PIPE, _QUEUES | os.environ
    with subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=settings
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _finish(process: subprocess.Popen[bytes], given: bytes = b"") -> None:
    """Wait for the end of the process, and raise what it raised."""
    _, said = process.communicate(given)
    if process.returncode == 0:
        return
    try:
        name, message = json.loads(said)
    except ValueError:
        name, message = "", f"osmium ended with {process.returncode}"
    if name == "InvalidLocationError":
        raise osmium.InvalidLocationError(message)
    if "No space left" in message:
        raise OSError(errno.ENOSPC, message)
    raise RuntimeError(message)


def whole_lines(text: IO[bytes]) -> Iterator[bytes]:
    """
    Read text in blocks that end with a line.

    Parameters
    ----------
    text : binary file
        What osmium writes, or wrote.

    Yields
    ------
    bytes
        About `BLOCK_BYTES` at a time. A line that breaks off is left out: osmium's end tells why.
    """
    begun = b""
    while block := text.read(BLOCK_BYTES):
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((begun, memoryview(block)[:end]))
            begun = block[end:]
        else:
            begun += block
