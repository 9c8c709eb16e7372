"""
Replacing a results folder as a whole, or not at all.

Everything is written to a sibling (`creative_spatial.dossier.partial`), which takes the
place of the target by two renames. If a run dies between them, the next one puts the old
results back.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from creative_spatial.dossier.partial import NEW, OLD, claim, clear_forsaken, restore
from creative_spatial.errors import CreativeSpatialError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOFTWARE = "creative_spatial"
RUN_FILE = "run.json"
EDITION_FILE = "edition.json"

log = logging.getLogger(__name__)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FULL = "The disk is full: free some space, or name a folder on another disk."
_DENIED = "No permission to write there: name a folder of your own, or ask its owner."
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "The disk quota is used up: free some space, or name a folder on another disk.",
    errno.EFBIG: "A limit on the size of files was reached (`ulimit -f`): raise it, or write elsewhere.",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "The disk is read-only: name a folder on another one.",
    errno.ENAMETOOLONG: "The name is too long: choose a shorter one.",
}


@contextlib.contextmanager
def writing(what: str) -> Iterator[None]:
    """
    Turn the operating system's refusals into errors that say what to do.

    Parameters
    ----------
    what : str
        File or folder that is being written.

    Yields
    ------
    None
        To the block that writes it.

    Raises
    ------
    OutputError
        Naming the file, the cause and the remedy.
    """
    try:
        yield
    except CreativeSpatialError:
        raise
    except OSError as error:
        raise OutputError(f"{what} cannot be written. {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    """What the operating system's refusal means for the person at the keyboard."""
    number = error.errno
    if number is None:  # libraries in C++ pass the number on in their text only
        found = re.search(r"errno (\d+)", str(error), flags=re.IGNORECASE)
        number = int(found.group(1)) if found else None
    if number in _REMEDIES:
        return _REMEDIES[number]
    return f"{error.strerror or error}."


def check_writable(directory: Path | str) -> Path:
    """
    Raise unless results can be written to a folder; called before the long work.

    The folder need not exist, nor its parent if the grandparent does. Links are followed.

    Parameters
    ----------
    directory : Path or str
        The results folder.

    Returns
    -------
    Path
        The same folder, absolute, links followed.

    Raises
    ------
    OutputError
        If something else is there, a folder above is missing, or writing is not allowed.
    """
    given = Path(directory).expanduser()
    with writing(f"The results folder {given}"):
        try:
            target = given.resolve()
        except RuntimeError as error:  # a loop of links, before Python 3.13
            raise OutputError(
                f"{given} is a link that leads to itself; name another folder."
            ) from error
        _check_place(given, target)
        if target.is_dir():
            _check_replaceable(target)
        parent = target.parent
        probe = (
            parent if parent.exists() else parent.parent
        ) / f"{target.name}.partial-{os.getpid()}-0"
        probe.mkdir(exist_ok=True)  # the only sure test: permission bits do not tell all
        with contextlib.suppress(FileNotFoundError):  # another thread checks the same folder
            probe.rmdir()
    return target


def _check_place(given: Path, target: Path) -> None:
    """Refuse paths that no folder can be renamed to, or that not every library can open."""
    if _CONTROL.search(str(target)):
        raise OutputError(
            f"{str(target)!r} holds a line break or another control character, and "
            "city.gpkg cannot be written there; name another folder."
        )
    if given.is_symlink() and target.is_symlink():
        raise OutputError(f"{given} is a link that leads to itself; name another folder.")
    if not target.name or os.path.ismount(target):
        raise OutputError(f"{given} is a disk, not a folder in one; name a folder inside it.")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{given} is a file; name a folder for the results.")
    if target.is_dir() and Path.cwd().is_relative_to(target):
        raise OutputError(
            f"{given} is the current folder, which cannot be replaced; name one inside it."
        )
    parent = target.parent
    if parent.exists() and not parent.is_dir():
        raise OutputError(f"{parent} is a file, so there is no folder {given}.")
    if not parent.exists() and not parent.parent.is_dir():
        raise OutputError(f"There is no folder {parent.parent} to make {given} in; make it first.")


def _check_replaceable(target: Path) -> None:
    """Refuse folders that are not results of ours, or that may not be moved."""
    if (target / EDITION_FILE).exists():
        raise OutputError(
            f"{target} is a frozen edition of results, which stays as it is; nothing there was "
            "touched. Name another folder."
        )
    if not is_results(target) and any(target.iterdir()):
        raise OutputError(
            f"{target} is not empty and holds no results of {SOFTWARE} (no {RUN_FILE} written "
            "by it); nothing there was touched. Name a new or an empty folder."
        )
    if not os.access(target, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "not allowed", str(target))
    if sys.platform != "win32":
        above, user = target.parent.stat(), os.geteuid()
        if above.st_mode & 0o1000 and user not in {0, above.st_uid, target.stat().st_uid}:
            raise PermissionError(errno.EPERM, "somebody else's", str(target))


def is_results(directory: Path) -> bool:
    """
    Whether a folder holds results that this package wrote.

    Parameters
    ----------
    directory : Path
        An existing folder.

    Returns
    -------
    bool
        True where its ``run.json`` says so.
    """
    return bool(read_run(directory))


def read_run(directory: Path) -> dict[str, object]:
    """
    Read the record of a results folder.

    Parameters
    ----------
    directory : Path
        An existing folder.

    Returns
    -------
    dict
        Content of ``run.json``; empty where there is none, or it is not ours.
    """
    try:
        run = json.loads((directory / RUN_FILE).read_text(encoding="utf-8"))
        ours = run["software"]["name"] == SOFTWARE
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return run if ours else {}


@contextlib.contextmanager
def replacing(target: Path, *, keep: Callable[[Path, Path], None] | None = None) -> Iterator[Path]:
    """
    Give a fresh folder to write to; put it in the place of the target when all went well.

    Whatever ends the block early (an error, Ctrl-C) removes what was written and leaves
    the target as it was.

    Parameters
    ----------
    target : Path
        As `check_writable` returns it.
    keep : callable, optional
        Called with the old and the new folder before the swap, where there is an old one.

    Yields
    ------
    Path
        The empty folder to write to.

    Raises
    ------
    OutputError
        If the folder cannot be made or moved.
    """
    with writing(f"The results folder {target}"):
        made_parent = not target.parent.exists()
        target.parent.mkdir(exist_ok=True)
        clear_forsaken(target)
        partial, lock = claim(target)
    done = False
    try:
        yield partial / NEW
        with writing(f"The results folder {target}"):
            if target.exists() and keep is not None:
                keep(target, partial / NEW)
            _flush(partial / NEW)
            _check_still_replaceable(target)
            _swap(partial, target)
        done = True
    finally:
        os.close(lock)
        shutil.rmtree(partial, ignore_errors=True)
        if partial.exists():
            log.warning("%s could not be removed; it is not needed any more.", partial)
        if made_parent and not done:
            with contextlib.suppress(OSError):
                target.parent.rmdir()


def _check_still_replaceable(target: Path) -> None:
    """Look again: the work took a while, and somebody may have put files there."""
    if target.is_dir():
        _check_replaceable(target)


def _swap(partial: Path, target: Path) -> None:
    """Put the old folder aside and the new one in its place; back again if that fails."""
    aside = partial / OLD
    try:
        if target.exists():
            target.rename(aside)
        (partial / NEW).rename(target)
    except BaseException:
        restore(partial, target)
        raise
    _flush_folder(target.parent)


def _flush(folder: Path) -> None:
    """Have every byte on the disk before the rename: late refusals show, power cuts do not."""
    for root, _, files in os.walk(folder):
        for name in files:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                file = os.open(path, os.O_RDONLY if sys.platform != "win32" else os.O_RDWR)
                try:
                    os.fsync(file)
                finally:
                    os.close(file)
        _flush_folder(Path(root))


def _flush_folder(folder: Path) -> None:
    """Flush a folder's own entries, where the system can."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            entry = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(entry)
            finally:
                os.close(entry)
