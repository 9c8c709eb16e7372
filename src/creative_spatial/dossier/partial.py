"""
The sibling of a results folder that one run writes to, and what dead runs left there.

``<name>.partial-<process>`` holds `new`, which is being written, for the moment of the
swap `old`, which was there, and a lock that tells a live run's folder from a dead one's.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sys
import time
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

NEW, OLD = "new", "old"
_LOCK = ".lock"
_FORSAKEN_AFTER_S = 24 * 3600

log = logging.getLogger(__name__)


def restore(partial: Path, target: Path) -> None:
    """
    Put results that were set aside back, if their place is free.

    Parameters
    ----------
    partial : Path
        The sibling.
    target : Path
        The results folder.
    """
    aside = partial / OLD
    if aside.is_dir() and not target.exists():
        aside.rename(target)


def claim(target: Path) -> tuple[Path, int]:
    """
    Make and lock the sibling that this run writes to.

    Parameters
    ----------
    target : Path
        The results folder, whose parent exists.

    Returns
    -------
    partial : Path
        The sibling, `new` in it.
    lock : int
        Descriptor of its lock, to be closed when the run ends.

    Raises
    ------
    OutputError
        If a thousand of them are there.
    """
    for attempt in range(1000):
        suffix = f"-{attempt}" if attempt else ""
        partial = target.with_name(f"{target.name}.partial-{os.getpid()}{suffix}")
        try:
            partial.mkdir()
        except FileExistsError:  # a thread of this process, or another container's process
            continue
        lock = os.open(partial / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        _try_lock(lock)
        (partial / NEW).mkdir()
        return partial, lock
    raise OutputError(f"Too many folders {target.name}.partial-* beside {target}; remove them.")


def clear_forsaken(target: Path) -> None:
    """
    Remove what runs that died left beside the target, restoring results set aside.

    Parameters
    ----------
    target : Path
        The results folder, whose parent exists.
    """
    pattern = re.compile(re.escape(target.name) + r"\.partial-\d+(-\d+)?")
    for sibling in sorted(target.parent.iterdir()):
        if not pattern.fullmatch(sibling.name) or sibling.is_symlink() or not sibling.is_dir():
            continue
        if not (sibling / _LOCK).is_file():
            with contextlib.suppress(OSError):  # only if it is empty: else it is not ours
                sibling.rmdir()
        elif _is_forsaken(sibling / _LOCK):
            restore(sibling, target)
            log.info("Removing %s, left by a run that did not end.", sibling.name)
            shutil.rmtree(sibling, ignore_errors=True)


if sys.platform == "win32":

    def _try_lock(_lock: int) -> bool:
        """Locks do not outlive a crash alike here: age decides instead."""
        return True

    def _is_forsaken(lock_file: Path) -> bool:
        """Whether nobody has touched it for a day."""
        return time.time() - lock_file.stat().st_mtime > _FORSAKEN_AFTER_S

else:
    import fcntl

    def _try_lock(lock: int) -> bool:
        """Take the lock, which the system releases however the process ends."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk without locks: age decides
            return time.time() - os.fstat(lock).st_mtime > _FORSAKEN_AFTER_S
        return True

    def _is_forsaken(lock_file: Path) -> bool:
        """Whether the process that made it is gone."""
        try:
            lock = os.open(lock_file, os.O_RDWR)
        except OSError:  # somebody else's
            return False
        try:
            return _try_lock(lock)
        finally:
            os.close(lock)
