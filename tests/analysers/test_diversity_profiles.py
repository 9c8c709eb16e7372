"""Profiles of diversity: worked values, places of several fields, units without any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creative_spatial.analysers.mixing.profiles import hill_profiles
from creative_spatial.errors import InsufficientDataError

EVIDENCE = pd.DataFrame(
    {
        "concept": ["studio", "studio", "kiln"],
        "field": ["film", "music", "crafts"],
        "strength": "direct",
    }
)
ORDERS = [0, 0.5, 1, 2, 3]


@pytest.fixture
def hundred(points):
    """The reference counts 50, 30, 15 and 5, all in the west, and one more in the east."""
    communities = np.repeat(["a", "b", "c", "d", "e"], [50, 30, 15, 5, 1])
    x = np.r_[np.full(100, 500.0), 1500.0]
    return points(
        np.column_stack([x, np.linspace(1, 999, 101)]),
        community=communities,
        kind="worship",
        concept="wat",
    )


def test_reference_values(hundred, units):
    found = hill_profiles(hundred, hundred, EVIDENCE, units, orders=ORDERS)
    west = found[(found["of"] == "communities") & (found["unit_id"] == "west")].set_index("q")
    assert west.loc[[0, 1, 2], "value"].tolist() == pytest.approx([4, 3.133404, 2.739726], abs=1e-6)
    assert west["value"].is_monotonic_decreasing
    assert west["n"].unique().tolist() == [100]
    east = found[(found["of"] == "communities") & (found["unit_id"] == "east")]
    assert east["value"].tolist() == pytest.approx([1] * 5)


def test_a_place_of_two_fields_counts_for_each_and_once(points, whole):
    places = points(
        [(1, 1), (2, 1), (3, 1)], concept=["studio", "kiln", "wat"], kind="craft", community=None
    )
    found = hill_profiles(places, places.iloc[:0], EVIDENCE, whole, orders=[0, 1])
    fields = found[found["of"] == "fields"].set_index("q")
    assert fields["value"].tolist() == pytest.approx([3, 3])
    assert fields[["n", "unknown"]].iloc[0].tolist() == [2, 1]
    assert fields["headline"].tolist() == [False, True]
    assert "communities" not in set(found["of"])


def test_a_unit_without_a_place_has_no_profile(hundred, units):
    found = hill_profiles(hundred.iloc[:100], hundred.iloc[:100], EVIDENCE, units, orders=ORDERS)
    assert found["unit_id"].unique().tolist() == ["west"]


def test_new_names_change_nothing(hundred, units):
    renamed = hundred.assign(
        community=hundred["community"].map(dict(zip("abcde", "zجγกб", strict=True)))
    )
    pd.testing.assert_frame_equal(
        hill_profiles(hundred, hundred, EVIDENCE, units, orders=ORDERS),
        hill_profiles(renamed, renamed, EVIDENCE, units, orders=ORDERS),
    )


def test_nothing_known_is_refused(points, units):
    nobody = points([(1, 1)], concept="wat", kind="unknown", community="unknown")
    with pytest.raises(InsufficientDataError, match="No place of a known community"):
        hill_profiles(nobody, nobody, EVIDENCE, units, orders=ORDERS, without=["unknown"])
