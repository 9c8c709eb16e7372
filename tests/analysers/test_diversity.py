"""Hill numbers: worked values, orders and corners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative_spatial.analysers import hill_number, hill_numbers
from creative_spatial.errors import CRSError, LayerSchemaError


@pytest.mark.parametrize(("q", "expected"), [(0, 4.0), (1, 3.133404), (2, 2.739726)])
def test_worked_values(q, expected):
    assert hill_numbers([50, 30, 15, 5], q=q) == pytest.approx(expected, abs=5e-7)


def test_order_one_is_the_exponential_of_shannon_and_two_the_inverse_of_simpson():
    assert np.log(hill_numbers([50, 30, 15, 5], q=1)) == pytest.approx(1.142120, abs=5e-7)
    assert 1 / hill_numbers([50, 30, 15, 5], q=2) == pytest.approx(0.365)


def test_order_one_is_the_limit_of_its_neighbours():
    near = [hill_numbers([50, 30, 15, 5], q=q) for q in (1 - 1e-6, 1 + 1e-6)]
    assert near == pytest.approx([hill_numbers([50, 30, 15, 5], q=1)] * 2, rel=1e-5)


def test_of_nothing_there_are_no_kinds_and_no_diversity():
    assert hill_numbers([], q=0) == 0
    assert hill_numbers([0, 0], q=0) == 0
    assert np.isnan(hill_numbers([0, 0], q=1))
    assert np.isnan(hill_numbers([], q=2))


def test_many_sets_at_once():
    found = hill_numbers([[1, 1, 0], [2, 0, 0], [0, 0, 0]], q=2)
    assert found == pytest.approx([2, 1, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("abundance", "q", "fault"), [([1, -1], 1, "negative"), ([1], -1, "0 or more")]
)
def test_what_has_no_diversity_is_refused(abundance, q, fault):
    with pytest.raises(ValueError, match=fault):
        hill_numbers(abundance, q=q)


amounts = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@given(amounts, st.floats(0, 5), st.floats(0, 5))
def test_higher_orders_never_see_more_kinds(abundance, one, other):
    low, high = sorted((one, other))
    richness = np.count_nonzero(abundance)
    more, less = hill_numbers(abundance, q=low), hill_numbers(abundance, q=high)
    assert richness * (1 + 1e-6) >= more >= less * (1 - 1e-6) >= 1 - 2e-6


@given(amounts, st.sampled_from([0, 0.5, 1, 2, 3]))
def test_order_and_unit_of_the_amounts_do_not_matter(abundance, q):
    doubled = [2 * amount for amount in reversed(abundance)]
    assert hill_numbers(doubled, q=q) == pytest.approx(hill_numbers(abundance, q=q))


@given(st.integers(1, 20), st.sampled_from([0, 1, 2, 3]))
def test_equally_common_kinds_are_as_many_as_they_are(kinds, q):
    assert hill_numbers([7] * kinds, q=q) == pytest.approx(kinds)


def test_unknown_kinds_stay_apart(points, units):
    worship = points(
        [(1, 1), (2, 2), (3, 3), (4, 4), (1500, 1)],
        community=["buddhist", "muslim", None, "unknown", None],
    )
    found = hill_number(worship, units, by="community", q=1, without=["unknown"])
    assert found.at["west", "value"] == pytest.approx(2.0)
    assert np.isnan(found.at["east", "value"])
    assert found["n"].tolist() == [2, 0]
    richness = hill_number(worship, units, by="community", q=0, without=["unknown"])
    assert richness["value"].tolist() == [2.0, 0.0]


def test_areas_weigh_and_overlap_within_a_kind_counts_once(boxes, units):
    zones = boxes(
        [(0, 0, 500, 1000), (0, 0, 500, 1000), (500, 0, 1000, 1000), (900, 0, 1100, 100)],
        concept=["mangrove", "mangrove", "forest", "forest"],
    )
    found = hill_number(zones, units, by="concept", q=2, weight="area")
    assert found["value"].tolist() == pytest.approx([2.0, 1.0])
    assert found["n"].tolist() == [4, 1]


def test_counts_and_areas_of_nothing(boxes, points, units):
    for layer, weight in ((boxes([], concept=[]), "area"), (points([], concept=[]), "count")):
        assert hill_number(layer, units, by="concept", q=0, weight=weight)["value"].tolist() == [
            0,
            0,
        ]
        assert hill_number(layer, units, by="concept", q=2, weight=weight)["value"].isna().all()


def test_faults_are_named(points, units):
    layer = points([(1, 1)], concept=["wat"])
    with pytest.raises(LayerSchemaError, match=r"`layer` needs the columns \['community'\]"):
        hill_number(layer, units, by="community", q=1)
    with pytest.raises(ValueError, match="expected 'count' or 'area'"):
        hill_number(layer, units, by="concept", q=1, weight="size")
    with pytest.raises(CRSError, match="`layer` is in EPSG:4326"):
        hill_number(layer.to_crs(4326), units, by="concept", q=1)
