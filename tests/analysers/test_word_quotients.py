"""Cuisines and other words in lists: quotients and densities by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_fields import BOUNDARIES, LAND, TOWN, layer
from places import ORIGIN

from creative_spatial.analysers.fields.specialisation import location_quotient
from creative_spatial.analysers.fields.words import word_quotients
from creative_spatial.errors import CRSError, LayerSchemaError

# Ten places in town say what they cook, forty in the land around it; twenty say nothing.
COOKED = ["thai;seafood"] * 4 + ["thai"] * 2 + ["pizza"] * 4 + [None] * 10
AROUND = ["thai"] * 30 + ["seafood"] * 4 + ["pizza; thai"] * 6 + [None] * 10
PLACES = layer({"restaurant": 20}, {"restaurant": 50}, cuisine=COOKED + AROUND)


def quotients(places=PLACES, units=TOWN, **options):
    units = units.assign(area_land=1e6)
    found = word_quotients(places, BOUNDARIES, units, column="cuisine", **options)
    return found.set_index("category")


def test_shares_among_places_that_say_what_they_cook():
    table = quotients()
    assert table.index.tolist() == ["thai", "pizza", "seafood"]  # by number, then by name
    assert table.at["seafood", "value"] == pytest.approx((4 / 10) / (4 / 40))
    assert table.at["thai", "value"] == pytest.approx((6 / 10) / (36 / 40))
    assert table.loc["pizza", ["n", "total", "reference_n", "reference_total"]].tolist() == [
        4, 10, 6, 40,
    ]  # fmt: skip
    assert table.at["seafood", "per_km2"] == 4
    assert table.at["thai", "reference"] == "Land without Town"
    known = location_quotient([4], 10, [4], 40).loc[0]
    assert table.loc["seafood", ["low", "high"]].tolist() == known[["low", "high"]].tolist()


def test_a_street_of_kitchens_that_leaves_town_is_of_the_town():
    places = layer({"r": 2}, {"r": 2}, cuisine=["thai", "pizza", "thai", "pizza"])
    x, y = ORIGIN[0], ORIGIN[1] + 500
    places.loc["test:0", "geometry"] = shapely.LineString([(x + 300, y), (x + 1100, y)])
    row = quotients(places).loc["thai"]
    assert row[["n", "total", "reference_n", "reference_total"]].tolist() == [1, 2, 1, 2]


def test_a_word_twice_in_one_place_counts_once():
    twice = layer({"r": 1}, {"r": 1}, cuisine=["thai; thai;", "thai"])
    assert quotients(twice).loc["thai", ["value", "n"]].tolist() == [1, 1]


def test_words_that_are_asked_for_have_a_row_also_where_there_are_none():
    table = quotients(words=["seafood", "malaysian"], min_places=99)
    assert table.index.tolist() == ["seafood", "malaysian"]
    assert table.at["malaysian", "n"] == 0
    assert np.isnan(table.at["malaysian", "value"])
    assert table.at["malaysian", "reason"] == "the reference has no place with this word"


def test_rare_words_are_left_out():
    assert quotients(min_places=5).index.tolist() == ["thai"]


def test_the_largest_boundary_has_counts_and_no_quotient():
    table = quotients(units=LAND)
    assert table["value"].isna().all()
    assert table["reason"].str.startswith("no reference").all()
    assert table.at["thai", "n"] == 42


def test_where_no_place_says_anything():
    silent = layer({"r": 2}, {"r": 2}, cuisine=None)
    assert quotients(silent).empty
    asked = quotients(silent, words=["thai"])
    assert asked["value"].isna().all()
    assert asked.at["thai", "n"] == 0


def test_bad_layers():
    with pytest.raises(LayerSchemaError, match="cuisine"):
        quotients(PLACES.drop(columns="cuisine"))
    with pytest.raises(CRSError):
        quotients(PLACES.to_crs(4326))
