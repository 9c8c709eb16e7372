"""Facilities for people: shares within a walk, distribution, open space; by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from creative_spatial.analysers.places.counts import feature_count, features_per_population
from creative_spatial.analysers.places.facilities import share_with_feature, uneven_distribution
from creative_spatial.analysers.walking.share import (
    population_within_by_type,
    share_of_population_within,
)
from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    InsufficientDataError,
    LayerSchemaError,
)
from creative_spatial.raster import Raster

X, Y = 600_000.0, 790_000.0


@pytest.fixture
def street(streets):
    """One street through both squares."""
    return streets([(0, 500), (2000, 500)], [(0, 1)])


@pytest.fixture
def people(units):
    """One person every 100 m along the street, ten in each square."""
    return Raster(np.ones((1, 20)), Affine(100, 0, X, 0, -100, Y + 550), units.crs, "census")


class TestShareOfPopulationWithin:
    def share(self, targets, network, units, **options):
        return share_of_population_within(targets, network, units, max_snap_m=100, **options)

    def test_people_within_a_walk_of_the_west_end(self, points, street, people, units, whole):
        museum = points([(0, 500)])
        # Centres at 50, 150, … m; 10 minutes are 800 m: 50 to 750 m, eight of ten in the west.
        found = self.share(museum, street, units, population=people, walk_min=10)
        assert found["value"].tolist() == pytest.approx([80, 0])
        assert found["n"].tolist() == [10, 10]
        town = self.share(museum, street, whole, population=people, walk_min=10)
        assert town["value"].tolist() == pytest.approx([40])

    def test_one_at_just_the_limit_counts(self, points, street, people, units):
        found = self.share(points([(0, 500)]), street, units, population=people, walk_min=750 / 80)
        assert found.at["west", "value"] == pytest.approx(80)

    def test_only_the_concepts_that_are_asked_for(self, points, street, people, units):
        places = points([(0, 500), (2000, 500)], concept=["museum", "library"])
        given = {"population": people, "walk_min": 10}
        both = self.share(places, street, units, **given)
        assert both["value"].tolist() == pytest.approx([80, 80])
        library = self.share(places, street, units, concepts=["library"], **given)
        assert library["value"].tolist() == pytest.approx([0, 80])
        with pytest.raises(LayerSchemaError, match="concept"):
            self.share(points([(0, 500)]), street, units, concepts=["library"], **given)

    def test_without_a_target_nobody_is_within_reach_which_is_zero_and_not_null(
        self, points, street, people, units
    ):
        found = self.share(points([]), street, units, population=people, walk_min=10)
        assert found["value"].tolist() == [0, 0]

    def test_where_nobody_lives_it_is_null(self, points, street, people, units):
        west = Raster(people.values[:, :10], people.transform, people.crs, "census")
        found = self.share(points([(0, 500)]), street, units, population=west, walk_min=10)
        assert np.isnan(found.at["east", "value"])
        assert found.at["east", "n"] == 0

    def test_without_a_population_it_is_a_share_of_the_streets(self, points, streets, units):
        # Two streets in the west, of 600 and 400 m; only the first one's middle is 300 m away.
        network = streets([(0, 500), (600, 500), (1000, 500)], [(0, 1), (1, 2)])
        found = self.share(points([(0, 500)]), network, units, walk_min=5)
        assert found.at["west", "value"] == pytest.approx(60)
        assert found.at["west", "n"] == 2

    def test_people_off_the_network_are_left_out_and_said(self, points, street, units):
        far = Raster(
            np.array([[1.0, 0.0], [3.0, 0.0]]), Affine(400, 0, X, 0, -400, Y + 1000), units.crs, "c"
        )
        # Centres 300 m above and 100 m below the street: one person and three.
        with pytest.warns(DataQualityWarning, match="1 of 4 people"):
            found = self.share(points([(0, 500)]), street, units, population=far, walk_min=10)
        assert found.loc["west", ["value", "n"]].tolist() == [100, 3]

    @pytest.mark.parametrize("walk_min", [0, -5, np.nan, np.inf])
    def test_a_walk_of_no_time_is_refused(self, points, street, units, walk_min):
        with pytest.raises(ValueError, match="walk_min"):
            self.share(points([]), street, units, walk_min=walk_min)

    def test_a_farther_walk_reaches_no_fewer(self, points, street, people, whole):
        shares = [
            self.share(points([(300, 500)]), street, whole, population=people, walk_min=m).iloc[
                0, 0
            ]
            for m in (1, 5, 10, 30)
        ]
        assert shares == sorted(shares)
        assert shares[-1] == 100


def test_types_are_as_if_each_were_measured_alone(points, street, people, units):
    places = points([(0, 500), (2000, 500)], concept=["museum", "library"])
    options = {"population": people, "walk_min": 10, "max_snap_m": 100}
    types = {"all": (), "libraries": ["library"], "cinemas": ["cinema"]}
    table = population_within_by_type(places, street, units, types=types, **options)
    assert table["category"].tolist() == ["all", "all", *["libraries"] * 2, *["cinemas"] * 2]
    assert table["value"].tolist() == pytest.approx([80, 80, 0, 80, 0, 0])
    for name, concepts in types.items():
        alone = share_of_population_within(places, street, units, concepts=concepts, **options)
        rows = table[table["category"] == name].set_index("unit_id")
        pd.testing.assert_frame_equal(rows[["value", "low", "high", "n"]], alone)
    with pytest.raises(CRSError):
        population_within_by_type(places.to_crs(4326), street, units, types=types, **options)
    with pytest.raises(ValueError, match="walk_min"):
        population_within_by_type(places, street, units, types=types, **{**options, "walk_min": 0})


class TestDistribution:
    def test_as_the_people_live_is_zero(self, points, units, whole):
        cells = units.assign(population=[2000.0, 1000.0])
        libraries = points([(1, 1), (2, 2), (1500, 1)])
        found = uneven_distribution(libraries, cells, whole)
        assert found.loc["town", ["value", "n"]].tolist() == pytest.approx([0, 3])

    def test_all_on_one_side(self, points, units, whole):
        cells = units.assign(population=[1000.0, 3000.0])
        # Relative shares 4 and 0: mean 2, deviation 2.
        found = uneven_distribution(points([(1, 1)]), cells, whole)
        assert found.at["town", "value"] == pytest.approx(2)

    def test_twice_the_facilities_or_people_change_nothing(self, points, units, whole):
        once = uneven_distribution(
            points([(1, 1), (2, 2), (1500, 1)]), units.assign(population=[900.0, 700.0]), whole
        )
        twice = uneven_distribution(
            points([(1, 1), (2, 2), (1500, 1)] * 2),
            units.assign(population=[1800.0, 1400.0]),
            whole,
        )
        assert twice.at["town", "value"] == pytest.approx(once.at["town", "value"])

    def test_units_of_few_people_are_left_out_on_both_sides(self, points, units, whole):
        third = (
            units.iloc[[0]]
            .set_axis(["hut"])
            .assign(
                geometry=units.geometry.translate(0, 5000).iloc[[0]].to_numpy(), population=499.0
            )
        )
        cells = units.assign(population=[1000.0, 1000.0])
        places = points([(1, 1), (1500, 1)] + [(1, 5001)] * 9)
        found = uneven_distribution(places, pd.concat([cells, third]), whole)
        assert found.loc["town", ["value", "n"]].tolist() == [0, 2]

    def test_an_empty_unit_outside_changes_nothing(self, points, units, whole):
        cells = units.assign(population=[1000.0, 3000.0])
        sea = cells.iloc[[0]].set_axis(["sea"]).assign(
            geometry=cells.geometry.translate(9000).iloc[[0]].to_numpy(), population=0.0
        )  # fmt: skip
        once = uneven_distribution(points([(1, 1)]), cells, whole)
        pd.testing.assert_frame_equal(
            uneven_distribution(points([(1, 1)]), pd.concat([cells, sea]), whole), once
        )

    def test_too_little_to_say(self, points, units, whole):
        crowded = units.assign(population=[1000.0, 1000.0])
        with pytest.raises(InsufficientDataError, match="no facility"):
            uneven_distribution(points([]), crowded, whole)
        with pytest.raises(InsufficientDataError, match="fewer than two units have 500"):
            uneven_distribution(points([(1, 1)]), units, whole)
        with pytest.raises(InsufficientDataError, match="nobody counted"):
            uneven_distribution(points([(1, 1)]), units.drop(columns="population"), whole)


class TestOpenSpace:
    def test_inside_at_the_edge_and_beyond_it(self, points, boxes, units):
        parks = boxes([(0, 0, 100, 100), (200, 0, 300, 100), (400, 0, 500, 100)])
        places = points([(50, 50), (310, 50), (600, 50)])
        found = share_with_feature(parks, places, units, distance_m=20)
        assert found.loc["west", ["value", "n"]].tolist() == pytest.approx([200 / 3, 3])
        inside = share_with_feature(parks, places, units, distance_m=0)
        assert inside.at["west", "value"] == pytest.approx(100 / 3)

    def test_two_places_in_one_park_count_it_once(self, points, boxes, units):
        found = share_with_feature(
            boxes([(0, 0, 9, 9)]), points([(1, 1), (2, 2)]), units, distance_m=1
        )
        assert found.at["west", "value"] == 100

    def test_a_park_without_anything_is_zero_and_no_park_is_null(self, points, boxes, units):
        found = share_with_feature(boxes([(0, 0, 9, 9)]), points([]), units, distance_m=9)
        assert found.at["west", "value"] == 0
        assert np.isnan(found.at["east", "value"])

    def test_a_place_across_the_unit_s_edge_counts(self, points, boxes, units):
        found = share_with_feature(
            boxes([(900, 0, 1000, 9)]), points([(1005, 1)]), units, distance_m=9
        )
        assert found.at["west", "value"] == 100

    def test_bad_options(self, points, boxes, units):
        with pytest.raises(ValueError, match="distance_m"):
            share_with_feature(boxes([]), points([]), units, distance_m=-1)
        with pytest.raises(CRSError):
            share_with_feature(boxes([(0, 0, 9, 9)]).to_crs(4326), points([]), units, distance_m=1)


def test_counts_by_concept(points, units):
    places = points([(1, 1), (2, 2), (1500, 1)], concept=["library", "museum", "library"])
    assert feature_count(places, units, concepts=["library"])["value"].tolist() == [1, 1]
    rate = features_per_population(places, units, concepts=["museum"])
    assert rate.at["west", "value"] == pytest.approx(0.5)
    with pytest.raises(LayerSchemaError, match="concept"):
        feature_count(points([(1, 1)]), units, concepts=["library"])
