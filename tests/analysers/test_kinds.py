"""Kinds of places: free text in any script, several fields a place, and too few to compare."""

from __future__ import annotations

import unicodedata

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from places import CRS

from creative_spatial.analysers.certainty import resolved_m, uncertainties, vaguer_than
from creative_spatial.analysers.chance import affordable, beside_chance, two_sided
from creative_spatial.analysers.kinds import (
    MAX_KINDS,
    field_labels,
    kind_labels,
    kinds_of,
    require_comparable,
)
from creative_spatial.errors import InsufficientDataError, LayerSchemaError

EVIDENCE = pd.DataFrame(
    {
        "concept": ["studio", "studio", "kiln", "café"],
        "field": ["film", "music", "crafts", "gastronomy"],
        "strength": ["direct", "direct", "direct", "indirect"],
    }
)


def temples(communities, x=None) -> gpd.GeoDataFrame:
    x = range(len(communities)) if x is None else x
    points = gpd.points_from_xy(list(x), [0] * len(communities))
    return gpd.GeoDataFrame({"community": communities}, geometry=points, crs=CRS)


def test_one_name_in_two_unicode_forms_is_one_kind():
    composed = unicodedata.normalize("NFC", "Phật giáo Việt")
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    found = kinds_of(
        temples([composed, f" {decomposed} ", "จีนฮกเกี้ยน", "مسلم", "潮州"]), by="community"
    )
    assert found.names == (composed, "مسلم", "จีนฮกเกี้ยน", "潮州")
    assert found.codes.tolist() == [0, 0, 2, 1, 3]


def test_what_is_of_no_one_community_is_said_by_what_it_is():
    layer = temples(["a", "shared", "b", None, "other_faith", "shared"])
    found = kinds_of(layer, by="community", without=["unknown", "shared", "other_faith"])
    assert (found.names, found.unknown) == (("a", "b"), 4)
    assert found.note == "Of 6 places, 4 are left out: 2 shared, 1 unknown, 1 other faith."
    assert kinds_of(temples(["a", "b"]), by="community", without=["shared"]).note == ""


def test_order_of_rows_does_not_matter_to_the_order_of_kinds():
    names = ["จีน", "مسلم", "b", "A", "潮州", "Ω"]
    assert (
        kinds_of(temples(names), by="community").names
        == kinds_of(temples(names[::-1]), by="community").names
    )


def test_what_is_unknown_is_counted_not_guessed():
    found = kinds_of(
        temples(["a", None, np.nan, "", "  ", "unknown"]), by="community", without=["unknown"]
    )
    assert (found.names, found.unknown) == (("a",), 5)


def test_numbers_serve_as_kinds():
    assert kinds_of(temples([2, 10, 2]), by="community").names == ("10", "2")


def test_a_column_of_names_is_no_column_of_kinds():
    many = temples([f"house {i}" for i in range(MAX_KINDS + 1)])
    with pytest.raises(InsufficientDataError, match=r"At most 40 kinds .* has 41 among 41 places"):
        kind_labels(many, by="community")
    assert len(kinds_of(many, by="community").names) == MAX_KINDS + 1


def test_a_place_of_two_fields_is_of_both_and_indirect_evidence_is_not():
    places = temples(["x"] * 4).assign(concept=["studio", "kiln", "café", "unheard of"])
    found = field_labels(places, EVIDENCE)
    assert found.names == ("crafts", "film", "music")
    assert found.held.tolist() == [[False, True, True], [True, False, False]]
    assert found.unknown == 2
    weaker = field_labels(places, EVIDENCE, strengths=["direct", "indirect"])
    assert weaker.names == ("crafts", "film", "gastronomy", "music")


def test_places_that_are_left_take_their_kinds_along():
    labels = kind_labels(temples(["a", "b", "c"]), by="community").within(np.array([1, 0, 1], bool))
    assert labels.names == ("a", "c")
    assert labels.held.tolist() == [[True, False], [False, True]]


@pytest.mark.parametrize(
    ("communities", "x", "said"),
    [
        ([], [], "there are 0 of 0"),
        (["a"], [0], "there are 1 of 1"),
        (["a", "b"], [0, 1], "there are 2 of 2"),
        (["a", "a", "a"], [0, 1, 2], "there are 3 of 1"),
        (["a", "b", "a"], [7, 7, 7], "all 3 are at one"),
    ],
)
def test_too_little_to_compare(communities, x, said):
    labels = kind_labels(temples(communities, x), by="community")
    with pytest.raises(InsufficientDataError, match=said):
        require_comparable(labels, what="Mixing")


def test_a_missing_column_is_named():
    with pytest.raises(LayerSchemaError, match="faith"):
        kinds_of(temples(["a"]), by="faith")
    with pytest.raises(LayerSchemaError, match="concept"):
        field_labels(temples(["a"]), EVIDENCE)


def test_uncertainty_is_twice_the_known_median_and_nothing_where_none_is_known():
    layer = temples(["a"] * 4).assign(uncertainty_m=[20.0, "250", None, 800.0])
    assert resolved_m(layer) == 500
    assert vaguer_than(layer, 250).tolist() == [False, False, False, True]
    assert resolved_m(temples(["a"])) == 0
    # What is assumed of a kind of source leaves nothing out.
    said = layer.assign(uncertainty_basis=["stated", "stated", "assumed", "assumed"])
    assert vaguer_than(said, 250).sum() == 0
    assert np.isnan(uncertainties(temples(["a"]))).all()


def test_p_counts_both_sides_and_is_never_zero():
    assert two_sided([0, 9, 3], [9, 0, 7], 9).tolist() == pytest.approx([0.2, 0.2, 0.8])
    chance = beside_chance([5.0, np.nan], np.array([[1.0, np.nan], [2.0, 1.0], [3.0, 2.0]]))
    assert chance.p.tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert chance.expected.tolist() == pytest.approx([2.0, np.nan], nan_ok=True)


def test_draws_are_fewer_where_each_costs_more_and_never_under_99():
    assert [affordable(999, cost, 1e6) for cost in (10, 2e3, 1e9, 0)] == [999, 500, 99, 999]
    assert affordable(19, 1e9, 1e6) == 19
