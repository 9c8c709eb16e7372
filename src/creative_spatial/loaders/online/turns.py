"""
One request at a time on this machine, with a pause in between.

Public servers shut out who asks in parallel. A lock on a file holds across threads and
processes, and the system lets it go when a process dies; the file keeps when the last
request ended.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creative_spatial.loaders.online.settings import Clock

# On some network file systems a file's lock is the whole process's, not a thread's.
_WITHIN_PROCESS = threading.Lock()


class Turn:
    """
    The right to ask one service, until it is given back.

    Parameters
    ----------
    file : binary file
        Locked; holds the time of the last request.
    interval_s : float
        Least seconds between two requests.
    clock : Clock
        The time.
    """

    def __init__(self, file: IO[bytes], interval_s: float, clock: Clock) -> None:
        self._file = file
        self._interval_s = interval_s
        self._clock = clock

    def wait(self) -> None:
        """Pause until the next request may go."""
        self._file.seek(0)
        try:
            last = float(self._file.read() or b"0")
        except ValueError:
            last = 0.0
        left = last + self._interval_s - self._clock.now().timestamp()
        if left > 0:
            self._clock.sleep(min(left, self._interval_s))

    def done(self) -> None:
        """Note that a request has ended."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(repr(self._clock.now().timestamp()).encode())
        self._file.flush()


@contextmanager
def turn(file: Path, *, interval_s: float, clock: Clock) -> Iterator[Turn]:
    """
    Wait for one's turn with a service and hold it.

    Parameters
    ----------
    file : Path
        Lock file of the service, in a folder that is there.
    interval_s : float
        Least seconds between two requests.
    clock : Clock
        The time.

    Yields
    ------
    Turn
        To `wait` before each request and say `done` after it.
    """
    with _WITHIN_PROCESS, file.open("a+b") as handle:
        _lock(handle)
        try:
            yield Turn(handle, interval_s, clock)
        finally:
            _unlock(handle)


if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes for other readers too: a byte far behind the content is locked.
    _BYTE = 1 << 20

    def _lock(handle: IO[bytes]) -> None:
        while True:
            handle.seek(_BYTE)
            try:
                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.2)
            else:
                return

    def _unlock(handle: IO[bytes]) -> None:
        handle.seek(_BYTE)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _unlock(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


__all__ = ["Turn", "turn"]
