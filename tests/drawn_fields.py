"""A town in a land, and places of so many kinds in both: what the fields' tests count."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from places import CRS, ORIGIN, square

EVIDENCE = pd.DataFrame(
    [
        ("market", "gastronomy", "direct"),
        ("cafe", "gastronomy", "indirect"),
        ("weaver", "crafts", "direct"),
        ("weaver", "design", "indirect"),
        ("gift_shop", "crafts", "weak"),
        ("cinema", "film", "direct"),
    ],
    columns=["concept", "field", "strength"],
)
# A town of 1 km² in the south-west corner of a land of 9 km².
BOUNDARIES = gpd.GeoDataFrame(
    {"name": ["Town", "Land"], "population": [20_000.0, 90_000.0]},
    geometry=[square(0, 0), square(0, 0, 3, 3)],
    index=pd.Index(["town", "land"], name="unit_id"),
    crs=CRS,
)
TOWN, LAND = BOUNDARIES.loc[["town"]], BOUNDARIES.loc[["land"]]


def layer(town: dict[str, int], land: dict[str, int], **columns) -> gpd.GeoDataFrame:
    """So many places of each concept in the town's middle, and in the land's."""
    concepts, x = [], []
    for counts, km in ((town, 0.5), (land, 2.5)):
        for concept, n in counts.items():
            concepts += [concept] * n
            x += [ORIGIN[0] + 1000 * km] * n
    geometry = gpd.points_from_xy(x, np.full(len(x), ORIGIN[1] + 500.0))
    index = pd.Index([f"test:{i}" for i in range(len(x))], name="feature_id", dtype="str")
    return gpd.GeoDataFrame(
        {"concept": pd.array(concepts, dtype="str"), **columns},
        geometry=geometry, index=index, crs=CRS,
    )  # fmt: skip
