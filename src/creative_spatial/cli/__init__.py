"""The command line: one module for each group of commands."""

from __future__ import annotations

from creative_spatial.cli import catalogue, edits, extract  # noqa: F401  (they add their commands)
from creative_spatial.cli.commands import cli, main

__all__ = ["cli", "main"]
