"""Where the hand-drawn places of the tests lie, and where their real data is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from shapely.geometry import Point, box

CRS = "EPSG:32647"
ORIGIN = (676_000, 795_000)  # Songkhla, so that degrees and metres are those of the first city
ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample" / "songkhla"


def square(x_km: float, y_km: float, width_km: float = 1.0, height_km: float = 1.0):
    """A box given in kilometres from the origin."""
    x, y = ORIGIN[0] + 1000 * x_km, ORIGIN[1] + 1000 * y_km
    return box(x, y, x + 1000 * width_km, y + 1000 * height_km)


def point(x_km: float, y_km: float) -> Point:
    """A point given in kilometres from the origin."""
    return Point(ORIGIN[0] + 1000 * x_km, ORIGIN[1] + 1000 * y_km)


def require_or_skip(path: Path | None, what: str) -> Path:
    """Return a path that is there; otherwise skip, or fail where CI=true."""
    if path is not None and path.exists():
        return path
    message = f"{what} is not there; see CONTRIBUTING.md, 'Data for the tests'"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
