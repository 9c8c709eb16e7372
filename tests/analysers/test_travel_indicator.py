"""The walk to the nearest asset as an indicator: what it takes, and what is said without it."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from affine import Affine
from places import CRS, ORIGIN, point

from creative_spatial.evaluation import evaluate
from creative_spatial.indicators import load_indicators
from creative_spatial.network import Network
from creative_spatial.raster import Raster

WALK = {"walk_to_culture": load_indicators()["walk_to_culture"]}
X, Y = ORIGIN


@pytest.fixture
def inputs(make_features):
    """One street through both squares, a museum at its west end, a person each 100 m."""
    street = Network(
        node_xy=np.array([[X, Y + 500.0], [X + 2000.0, Y + 500.0]]),
        node_id=np.array([1, 2]),
        edges=np.array([[0, 1]], dtype=np.int32),
        length_m=np.array([2000.0]),
        kind=np.zeros(1, dtype=np.int8),
        way_id=np.array([5]),
        crs=pyproj.CRS.from_user_input(CRS),
    )
    people = Raster(np.ones((1, 20)), Affine(100, 0, X, 0, -100, Y + 550), street.crs, "census")
    return {"culture": make_features([point(0, 0.5)]), "network": street, "population": people}


def test_the_city_and_its_units_have_their_medians(area, inputs):
    rows = evaluate(WALK, inputs, area).rows.set_index(["level", "unit_id"])["value"]
    # Of 20 centres 50, 150, … 1950 m away the tenth is the lower median: 950 m.
    assert rows["city"].tolist() == pytest.approx([950 / 80])
    assert rows["unit"].to_dict() == pytest.approx({"west": 450 / 80, "east": 1450 / 80})


def test_heights_are_taken_where_they_are_given(area, inputs):
    slope = np.arange(22) * 10.0  # 10 m up for each 100 m east: coming back down to the museum
    dem = Raster(
        np.tile(slope, (3, 1)),
        Affine(100, 0, X - 100, 0, -100, Y + 650),
        inputs["network"].crs,
        "dem",
    )
    level, down = (
        evaluate(WALK, given, area).rows.set_index("level").loc["city", "value"]
        for given in (inputs, {**inputs, "elevation": dem})
    )
    assert down == pytest.approx(level)  # 10 % down is as quick as the level
    up = (
        evaluate(
            WALK, {**inputs, "elevation": Raster(-dem.values, dem.transform, dem.crs, "dem")}, area
        )
        .rows.set_index("level")
        .loc["city", "value"]
    )
    assert up == pytest.approx(level * np.exp(0.35))


@pytest.mark.parametrize("name", ["network", "population"])
def test_without_streets_or_people_it_is_skipped_and_says_what_it_would_take(area, inputs, name):
    found = evaluate(WALK, {**inputs, name: None}, area)
    assert found.rows["status"].tolist() == ["skipped"]
    assert found.steps[0]["reason"].startswith(f"no {name}; it would take ")


def test_without_assets_it_is_undefined_and_no_zero(area, inputs, make_features):
    rows = evaluate(WALK, {**inputs, "culture": make_features([])}, area).rows
    assert rows["value"].isna().all()
    assert rows["status"].tolist() == ["undefined"] * 3
    assert rows["n"].tolist() == [20, 10, 10]
