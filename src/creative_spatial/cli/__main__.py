"""So that `python -m creative_spatial.cli` runs the command line."""

from __future__ import annotations

from creative_spatial.cli import main

main()
