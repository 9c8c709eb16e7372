"""Tables: evidence of the creative fields, and shares by category."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creative_spatial.analysers import category_mix, field_profile
from creative_spatial.errors import LayerSchemaError

EVIDENCE = pd.DataFrame(
    [
        ("market", "gastronomy", "direct"),
        ("weaving_group", "crafts", "direct"),
        ("weaving_group", "design", "weak"),
        ("cinema", "film", "direct"),
    ],
    columns=["concept", "field", "strength"],
)


def test_a_feature_counts_for_every_field_it_serves(points, units):
    culture = points(
        [(1, 1), (2, 2), (1500, 1), (-5, 0)], concept=["market", "market", "market", "market"]
    )
    community = points([(3, 3)], concept=["weaving_group"])
    profile = field_profile([culture, community], EVIDENCE, units).set_index(
        ["unit_id", "category"]
    )["value"]
    assert profile["west", "gastronomy:direct"] == 2
    assert profile["east", "gastronomy:direct"] == 1
    assert profile["west", "crafts:direct"] == profile["west", "design:weak"] == 1


def test_every_field_and_strength_has_a_row_also_where_there_is_nothing(points, units):
    profile = field_profile([points([], concept=[])], EVIDENCE, units)
    assert len(profile) == 2 * 4 * 3
    assert (profile["value"] == 0).all()
    assert profile["field"].unique().tolist() == ["gastronomy", "crafts", "design", "film"]
    assert profile["category"].head(3).tolist() == [
        "gastronomy:direct",
        "gastronomy:indirect",
        "gastronomy:weak",
    ]


def test_concepts_that_are_evidence_of_nothing_change_nothing(points, units):
    layer = points([(1, 1)], concept=["car_park"])
    assert field_profile([layer], EVIDENCE, units)["value"].sum() == 0


def test_a_profile_without_its_columns_is_refused(points, units):
    with pytest.raises(LayerSchemaError, match=r"`evidence` needs the columns \['strength'\]"):
        field_profile([points([])], EVIDENCE[["concept", "field"]], units)
    with pytest.raises(LayerSchemaError, match=r"`layer` needs the columns \['concept'\]"):
        field_profile([points([])], EVIDENCE, units)


def test_shares_add_up_with_the_unknown_as_a_category(points, units):
    groups = points([(i, 1) for i in range(4)], lead=["community", "community", "public", None])
    mix = category_mix(groups, units, by="lead", categories=["community", "private"])
    west = mix[mix["unit_id"] == "west"].set_index("category")
    assert west["value"].to_dict() == {"community": 50, "private": 0, "public": 25, "unknown": 25}
    assert west["n"].tolist() == [2, 0, 1, 1]
    assert list(west.index) == ["community", "private", "public", "unknown"]


def test_a_share_of_no_features_is_null_but_has_its_rows(points, units):
    mix = category_mix(points([], lead=[]), units, by="lead", categories=["community"])
    assert mix["category"].tolist() == ["community", "unknown"] * 2
    assert mix["value"].isna().all()
    assert (mix["n"] == 0).all()


def test_one_feature_is_all_there_is(points, units):
    mix = category_mix(points([(1, 1)], lead=["mixed"]), units, by="lead")
    values = mix.set_index(["unit_id", "category"])["value"]
    assert values["west", "mixed"] == 100
    assert np.isnan(values["east", "mixed"])


def test_a_mix_by_a_missing_column_is_refused(points, units):
    with pytest.raises(LayerSchemaError, match=r"`layer` needs the columns \['lead'\]"):
        category_mix(points([(1, 1)]), units, by="lead")
