"""Shares among what is known, with bounds: worked by hand on two squares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from places import point

from creative_spatial.analysers import domain_profile, share_known, share_true
from creative_spatial.errors import CRSError, LayerSchemaError


@pytest.fixture
def shops(make_features):
    """West: three open, one not, four unknown. East: two unknown."""
    places = [point(0.1 * n, 0.5) for n in range(1, 9)] + [point(1.2, 0.5), point(1.4, 0.5)]
    known = [True, True, True, False, None, None, None, None, None, None]
    return make_features(places, opens_evening=pd.array(known, dtype="boolean"))


class TestShareTrue:
    def test_the_share_is_of_the_known_and_the_bounds_of_all(self, shops, area):
        got = share_true(shops, area.units, by="opens_evening")
        assert got.loc["west"].tolist() == [75.0, 100 * 3 / 8, 100 * 7 / 8, 4.0]

    def test_where_nothing_is_known_nothing_is_said(self, shops, area):
        got = share_true(shops, area.units, by="opens_evening")
        assert got.loc["east", ["value", "low", "high"]].isna().all()
        assert got.loc["east", "n"] == 0

    def test_none_open_is_zero_and_no_null(self, make_features, area):
        closed = make_features([point(0.5, 0.5)], opens_evening=[False])
        assert share_true(closed, area.units, by="opens_evening").loc["west"].tolist() == [
            0,
            0,
            0,
            1,
        ]

    def test_known_of_all_leaves_no_room(self, make_features, area):
        places = make_features([point(0.5, 0.5), point(0.6, 0.5)], opens_evening=[True, False])
        assert share_true(places, area.units, by="opens_evening").loc["west"].tolist() == [
            50,
            50,
            50,
            2,
        ]

    def test_an_empty_layer_is_null_everywhere(self, make_features, area):
        got = share_true(make_features([], opens_evening=[]), area.units, by="opens_evening")
        assert got["value"].isna().all()
        assert got.index.equals(area.units.index)

    def test_without_the_column_it_says_what_is_missing(self, make_features, area):
        with pytest.raises(
            LayerSchemaError, match=r"`layer` needs the columns \['opens_evening'\]"
        ):
            share_true(make_features([point(0.5, 0.5)]), area.units, by="opens_evening")

    def test_another_crs_raises(self, shops, area):
        with pytest.raises(CRSError):
            share_true(shops.to_crs(4326), area.units, by="opens_evening")


class TestShareKnown:
    def test_it_is_the_part_that_is_not_null(self, shops, area):
        got = share_known(shops, area.units, by="opens_evening")
        assert got["value"].tolist() == [50.0, 0.0]
        assert got["n"].tolist() == [8, 2]


class TestDomainProfile:
    DOMAINS = pd.DataFrame(
        [
            ("museum", "heritage", "A", "cultural", None, 0),
            ("school", "crafts", "C", "cultural", None, 0),
            ("market", "gastronomy", "T1-g", "transversal", "intangible", 0),
            ("museum", "archiving", "T3", "transversal", None, 1),
        ],
        columns=["concept", "domain", "code", "group", "part_of", "rank"],
    )

    def test_counts_add_up_and_gastronomy_has_its_own_line(self, make_features, area):
        concepts = ["museum", "museum", "market", "wood"]
        places = make_features([point(0.5, 0.5)] * 3 + [point(1.5, 0.5)], concept=concepts)
        got = domain_profile([places], self.DOMAINS, area.units)
        west = got[got["unit_id"] == "west"].set_index("category")
        assert west["value"].to_dict() == {
            "heritage": 2, "crafts": 0, "gastronomy": 1, "archiving": 0, "outside": 0,
        }  # fmt: skip
        assert west["also"].to_dict() == {
            "heritage": 0, "crafts": 0, "gastronomy": 0, "archiving": 2, "outside": 0,
        }  # fmt: skip
        assert got["value"].sum() == len(places)
        assert (
            got.loc[(got["unit_id"] == "east") & (got["category"] == "outside"), "value"].item()
            == 1
        )
        assert west.loc["gastronomy", "part_of"] == "intangible"

    def test_several_layers_count_together(self, make_features, area):
        layers = [make_features([point(0.5, 0.5)], concept=c) for c in ("museum", "market")]
        got = domain_profile(layers, self.DOMAINS, area.units)
        assert got["value"].sum() == 2

    def test_nothing_is_zero_in_every_domain(self, make_features, area):
        got = domain_profile([make_features([])], self.DOMAINS, area.units)
        assert np.array_equal(got["value"], np.zeros(10))
