"""A town of two squares of one square kilometre each, and what to put in it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from creative_spatial.network import Network

TOWN_CRS = CRS.from_epsg(32647)
X, Y = 600_000.0, 790_000.0


@pytest.fixture
def units():
    """`west` and `east`, side by side; the east is half water and has no inhabitants."""
    return gpd.GeoDataFrame(
        {
            "area_land": [1e6, 0.5e6],
            "area_total": [1e6, 1e6],
            "population": [20_000.0, 0.0],
        },
        geometry=[
            shapely.box(X, Y, X + 1000, Y + 1000),
            shapely.box(X + 1000, Y, X + 2000, Y + 1000),
        ],
        index=pd.Index(["west", "east"], name="unit_id"),
        crs=TOWN_CRS,
    )


@pytest.fixture
def whole(units):
    """Both squares as one boundary, in the same shape as units."""
    sums = units[["area_land", "area_total", "population"]].sum()
    return gpd.GeoDataFrame(
        {name: [value] for name, value in sums.items()},
        geometry=[shapely.union_all(units.geometry.to_numpy())],
        index=pd.Index(["town"], name="unit_id"),
        crs=TOWN_CRS,
    )


@pytest.fixture
def points():
    """Make a point layer from metres east and north of the town's corner."""

    def make(xy, **columns):
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        index = pd.Index([f"test:{i}" for i in range(len(xy))], name="feature_id", dtype="str")
        geometry = gpd.points_from_xy(X + xy[:, 0], Y + xy[:, 1])
        return gpd.GeoDataFrame(columns, geometry=geometry, index=index, crs=TOWN_CRS)

    return make


@pytest.fixture
def boxes():
    """Make a polygon layer from (west, south, east, north) in metres from the town's corner."""

    def make(bounds, **columns):
        shapes = [shapely.box(X + w, Y + s, X + e, Y + n) for w, s, e, n in bounds]
        index = pd.Index([f"test:{i}" for i in range(len(shapes))], name="feature_id", dtype="str")
        return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs=TOWN_CRS)

    return make


@pytest.fixture
def streets():
    """Make a network from nodes (metres from the town's corner) and edges between them."""

    def make(nodes, edges, *, length_m=None, kind=None):
        xy = np.asarray(nodes, dtype=float).reshape(-1, 2) + np.array([X, Y])
        pairs = np.asarray(edges, dtype=np.int32).reshape(-1, 2)
        drawn = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
        return Network(
            node_xy=xy,
            node_id=np.arange(len(xy)),
            edges=pairs,
            length_m=drawn if length_m is None else np.asarray(length_m, dtype=float),
            kind=np.zeros(len(pairs), dtype=np.int8)
            if kind is None
            else np.asarray(kind, dtype=np.int8),
            way_id=np.arange(len(pairs)),
            crs=TOWN_CRS,
            source_id="test",
        )

    return make
