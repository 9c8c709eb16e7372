"""
The command line: one module for each group of commands.

Only the standard library is imported before Ctrl-C and a full disk are looked after.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["main"]

STOPPED = "Stopped; nothing was written."
INTERRUPTED = 128 + signal.SIGINT
# What an output says that takes no more: it is full, or nobody reads on.
_REFUSED = {errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EFBIG, getattr(errno, "EDQUOT", None)}


def __getattr__(name: str) -> Any:
    """Look up `cli`, the group of all commands, which takes half a second to load."""
    if name != "cli":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from creative_spatial.cli.groups import cli

    return cli


def main() -> None:
    """Run the command line: exit 0 done, 1 the input is at fault, 2 usage, 130 stopped."""
    stopped = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        code = _run()
    except BaseException as error:  # an import that Ctrl-C breaks off raises what it likes
        if stopped or isinstance(error, KeyboardInterrupt):
            _say(STOPPED)
            code = INTERRUPTED
        elif isinstance(error, OSError) and error.errno in _REFUSED and error.filename is None:
            if error.errno != errno.EPIPE:
                _say(f"error: what is printed cannot be written: {error.strerror}.")
            code = 1
        else:
            raise
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _let_go()
    sys.exit(code)


def _run() -> int:
    """Run the command that was typed, and say how it ended."""
    from creative_spatial.cli.groups import run

    code: Any = 0
    try:
        run()
    except SystemExit as error:
        code = error.code
    sys.stdout.flush()
    return code if isinstance(code, int) else int(code is not None)


def _say(text: str) -> None:
    """One line to the person at the keyboard, if that still works."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _let_go() -> None:
    """Turn outputs that take no more to nowhere, or Python complains of them at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
