"""Every group of commands; a new module of commands is imported here."""

from __future__ import annotations

from creative_spatial.cli import catalogue, edits, extract  # noqa: F401  (they add their commands)
from creative_spatial.cli.commands import cli, run

__all__ = ["cli", "run"]
