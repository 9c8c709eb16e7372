"""Places whose answers can be worked out by hand, shared by every test."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from places import CRS, SAMPLE, square

from creative_spatial.area import StudyArea
from creative_spatial.assessment import Assessment
from creative_spatial.errors import DataQualityWarning

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def make_features():
    """Make a valid layer from geometries; other columns by name."""

    def make(geometries, *, concept="museum", source_id="test", crs=CRS, **columns):
        frame = gpd.GeoDataFrame(
            {
                "name": [f"place {i}" for i in range(len(geometries))],
                "concept": concept,
                "source_id": source_id,
                **columns,
            },
            geometry=list(geometries),
            crs=crs,
        )
        frame.index = pd.Index(
            [f"{source_id}:{i}" for i in range(len(frame))], name="feature_id", dtype="str"
        )
        return frame

    return make


@pytest.fixture
def town():
    """A boundary of two squares of 1 km² side by side."""
    return gpd.GeoDataFrame(
        {"name": ["Town"], "source_id": ["test"]},
        geometry=[square(0, 0, 2, 1)],
        index=["town"],
        crs=CRS,
    )


@pytest.fixture
def area(town):
    """The town with its two squares, `west` and `east`, as units of 1 km² of land each."""
    units = gpd.GeoDataFrame(
        {"unit_id": ["west", "east"]}, geometry=[square(0, 0), square(1, 0)], crs=CRS
    )
    return StudyArea.from_geometries(town, name="Town", units=units)


@pytest.fixture
def sample_folder() -> Path:
    """The sample city's folder, not to be written to."""
    return SAMPLE


@pytest.fixture(scope="session")
def sample_result():
    """The sample city, assessed once for every test that only looks."""
    with warnings.catch_warnings():
        # The sample has what cities have: places far from any street, places uncertain by more
        # than a cell. The run says so; here only its numbers are looked at.
        warnings.simplefilter("ignore", DataQualityWarning)
        return Assessment.from_toml(SAMPLE / "city.toml").run()
