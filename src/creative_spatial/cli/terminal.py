"""What the commands show on a terminal."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import click

from creative_spatial.inert import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, str], None]]:
    """
    Show the present step: a spinner on a terminal, plain lines otherwise.

    Yields
    ------
    callable
        To be told a stage, and what is at hand in it.
    """
    if not sys.stderr.isatty():
        yield lambda stage, what: click.echo(f"{stage}: {plain(what)}", err=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("start", total=None)

        def tell(stage: str, what: str) -> None:
            bar.update(task, description=f"{stage}: {plain(what)}")

        yield tell
