"""Counts, densities and rates with answers one can work out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creative_spatial.analysers import (
    feature_count,
    feature_density,
    features_per_population,
    record_count,
)
from creative_spatial.errors import CRSError, LayerSchemaError


def test_density_is_per_square_kilometre_of_land(points, units, whole):
    museums = points([(100, 100), (200, 200), (1500, 500)])
    assert feature_density(museums, units)["value"].tolist() == [2.0, 2.0]
    assert feature_density(museums, whole)["value"].tolist() == [2.0]


def test_rate_is_null_where_nobody_lives_and_zero_where_nothing_is(points, units):
    museums = points([(100, 100), (1500, 500)])
    rates = features_per_population(museums, units)
    assert rates["value"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert rates["n"].tolist() == [1, 1]
    assert features_per_population(points([]), units)["value"].tolist() == pytest.approx(
        [0.0, np.nan], nan_ok=True
    )


def test_a_population_that_is_not_known_gives_null(points, units):
    layer = points([(100, 100)])
    unknown = units.assign(population=[np.nan, 100.0])
    values = features_per_population(layer, unknown)["value"]
    assert np.isnan(values["west"])
    assert values["east"] == 0.0


def test_a_population_column_of_objects_is_read_as_numbers(points, units):
    mixed = units.assign(population=np.array([20_000, None], dtype=object))
    assert features_per_population(points([(1, 1)]), mixed).at["west", "value"] == 0.5


def test_no_features_is_zero_and_no_land_is_null(points, units):
    lagoon = units.assign(area_land=[1e6, 0.0])
    values = feature_density(points([]), lagoon)["value"]
    assert values["west"] == 0.0
    assert np.isnan(values["east"])


@pytest.mark.parametrize("measure", [feature_count, feature_density, features_per_population])
def test_the_index_is_exactly_that_of_the_units(measure, points, units):
    found = measure(points([(1, 1)]), units)
    assert found.index.equals(units.index)
    assert found.index.name == "unit_id"
    assert list(found.columns) == ["value", "low", "high", "n"]
    assert set(found.dtypes) == {np.dtype(float)}


@pytest.mark.parametrize("measure", [feature_count, feature_density, features_per_population])
def test_renaming_units_and_features_changes_no_number(measure, points, units):
    layer = points([(1, 1), (1500, 1)])
    renamed = layer.rename(index=lambda name: f"x{name}")
    other = units.rename(index={"west": "1", "east": "2"})
    found, expected = measure(renamed, other), measure(layer, units)
    assert np.array_equal(found.to_numpy(), expected.to_numpy(), equal_nan=True)


def test_missing_columns_are_named(points, units):
    plain = units[["geometry"]]
    with pytest.raises(LayerSchemaError, match=r"`units` needs the columns \['area_land'\]"):
        feature_density(points([]), plain)
    with pytest.raises(LayerSchemaError, match=r"`units` needs the columns \['population'\]"):
        features_per_population(points([]), plain)


def test_another_crs_is_refused(points, units):
    with pytest.raises(CRSError, match=r"use `layer.to_crs\('EPSG:32647'\)`"):
        feature_count(points([(1, 1)]).to_crs(3857), units)


def test_a_rate_for_nobody_is_refused(points, units):
    with pytest.raises(ValueError, match="`per` is 0"):
        features_per_population(points([]), units, per=0)


def test_records_without_a_place_are_of_every_boundary(units):
    feasts = pd.DataFrame({"concept": ["food_festival", "procession", None]})
    found = record_count(feasts, units)
    assert found["value"].tolist() == [3.0] * len(units)
    only = record_count(feasts, units, concepts=["food_festival"])
    assert only["n"].tolist() == [1.0] * len(units)
    assert record_count(feasts.iloc[:0], units)["value"].tolist() == [0.0] * len(units)
    with pytest.raises(LayerSchemaError, match="records"):
        record_count(feasts.drop(columns="concept"), units, concepts=["procession"])
