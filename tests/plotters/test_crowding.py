"""Moving markers out of a crowd: as little as it takes, and the same each time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from creative_spatial.plotters.crowding import move_apart


def least_gap(spots):
    return min(float(np.hypot(*(a - b))) for a, b in itertools.combinations(spots, 2))


def test_equal_places_part():
    spots = move_apart(np.zeros((5, 2)), 2.0, 5.0)
    assert least_gap(spots) > 1.9


def test_none_moves_farther_than_allowed():
    places = np.random.default_rng(1).uniform(0, 4, (40, 2))
    moved = np.hypot(*(move_apart(places, 2.0, 0.7) - places).T)
    assert moved.max() <= 0.7 + 1e-9
    assert moved.max() > 0.5


def test_what_is_still_stays_and_the_others_give_way():
    places = np.array([[0.0, 0.0], [0.5, 0.0]])
    spots = move_apart(places, 2.0, 5.0, still=np.array([True, False]))
    assert spots.tolist() == [[0.0, 0.0], [pytest.approx(2.0), 0.0]]


def test_two_that_are_still_may_touch():
    places = np.array([[0.0, 0.0], [0.5, 0.0]])
    assert (move_apart(places, 2.0, 5.0, still=np.array([True, True])) == places).all()


def test_the_argument_is_left_alone_and_the_answer_is_the_same_twice():
    places = np.random.default_rng(2).uniform(0, 5, (20, 2))
    before = places.copy()
    once, twice = move_apart(places, 1.5, 2.0), move_apart(places, 1.5, 2.0)
    assert (places == before).all()
    assert (once == twice).all()
