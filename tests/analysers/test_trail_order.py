"""Orders of stops against trying every order, an integer program, and places worked by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from creative_spatial.analysers.trails.order import (
    EXACT_STOPS,
    best_within,
    complete_order,
    shortest_order,
)
from creative_spatial.analysers.trails.search import Ends, cheapest_tour, fullest_tour

OPEN, CLOSED = Ends(closed=False), Ends(closed=True)


def along_a_line(*metres):
    return np.abs(np.subtract.outer(metres, metres)).astype(float)


def on_a_circle(n):
    """Stops evenly round a circle of circumference n, walked along it, in a scrambled order."""
    at = (9 * np.arange(n)) % n
    apart = np.abs(np.subtract.outer(at, at))
    return np.minimum(apart, n - apart).astype(float), at


def random_town(seed, n, *, missing=0.0):
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(1, 20, (n, n))
    minutes[rng.random((n, n)) < missing] = np.inf
    np.fill_diagonal(minutes, 0)
    return minutes


def minutes_of(order, minutes, ends):
    legs = [*itertools.pairwise(order), *([(order[-1], order[0])] if ends.closed else [])]
    return sum(minutes[leg] for leg in legs)


def every_trail(n, ends, sizes):
    for size in sizes:
        for order in itertools.permutations(range(n), size):
            if ends.start in {None, order[0]} and ends.end in {None, order[-1]}:
                yield order


@pytest.mark.parametrize(
    "ends", [OPEN, CLOSED, Ends(closed=False, start=2), Ends(closed=False, start=1, end=3)]
)
@pytest.mark.parametrize("seed", range(4))
def test_no_order_is_shorter_than_held_and_karps(ends, seed):
    minutes = random_town(seed, 6)
    best = min(minutes_of(order, minutes, ends) for order in every_trail(6, ends, [6]))
    found = shortest_order(minutes, ends)
    assert found.exact
    assert found.minutes == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert minutes_of(found.stops, minutes, ends) == pytest.approx(best)
    assert found.stops in set(every_trail(6, ends, [6]))


def test_stops_along_a_street_are_visited_along_it():
    minutes = along_a_line(0, 30, 10, 20)
    assert shortest_order(minutes, OPEN).stops == (0, 2, 3, 1)
    assert shortest_order(minutes, OPEN).minutes == 30
    assert shortest_order(minutes, CLOSED).minutes == 60
    assert shortest_order(minutes, Ends(closed=False, start=3)).minutes == 40  # 10 up, 30 down
    assert shortest_order(minutes, Ends(closed=False, start=2, end=3)).stops == (2, 0, 1, 3)


def test_up_and_down_differ():
    up_hill = np.array([[0, 9, 9.0], [1, 0, 9], [1, 1, 0]])  # down, from 2 to 0, is quick
    assert shortest_order(up_hill, OPEN).stops == (2, 1, 0)
    assert shortest_order(up_hill, OPEN).minutes == 2
    assert shortest_order(up_hill, CLOSED).minutes == 11


def test_a_boat_that_only_goes_out_is_taken_out_alone():
    minutes = np.array([[0, 5, 12.0], [5, 0, 8], [np.inf, np.inf, 0]])
    assert shortest_order(minutes, OPEN).stops == (0, 1, 2)
    assert shortest_order(minutes, CLOSED) is None
    home = best_within(
        minutes, CLOSED, stay_min=np.zeros(3), score=np.ones(3), must=[], budget_min=np.inf
    )
    assert home.stops == (0, 1)


@pytest.mark.parametrize("n", [EXACT_STOPS, 40])
@pytest.mark.parametrize("ends", [OPEN, CLOSED])
def test_a_ring_of_stops_is_walked_round(n, ends):
    minutes, at = on_a_circle(n)
    found = shortest_order(minutes, ends)
    assert found.minutes == pytest.approx(n if ends.closed else n - 1)
    assert found.exact == (n <= EXACT_STOPS)
    steps = np.abs(np.diff(at[list(found.stops)]))
    assert set(steps.tolist()) <= {1, n - 1}
    assert found.bound <= found.minutes + 1e-9
    assert found.bound >= 0.95 * found.minutes


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 9), closed=st.booleans())
def test_the_search_keeps_its_promise_where_the_best_is_known(seed, n, closed):
    minutes = random_town(seed, n)
    ends = Ends(closed)
    best = shortest_order(minutes, ends).minutes
    order, length, bound = cheapest_tour(minutes, ends)
    assert sorted(order) == list(range(n))
    assert minutes_of(order, minutes, ends) == pytest.approx(length)
    assert bound - 1e-6 <= best <= length + 1e-6


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 8))
def test_to_come_back_costs_at_most_as_much_again_where_ways_are_as_long_both_ways(seed, n):
    xy = np.random.default_rng(seed).uniform(0, 100, (n, 2))
    minutes = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    there = shortest_order(minutes, OPEN).minutes
    round_trip = shortest_order(minutes, CLOSED).minutes
    assert there - 1e-9 <= round_trip <= 2 * there + 1e-9


def budgets(n, seed):
    rng = np.random.default_rng(seed + 77)
    return {
        "stay_min": rng.uniform(0, 5, n),
        "score": rng.integers(1, 5, n).astype(float),
        "budget_min": float(rng.choice([15, 25, 40])),
    }


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "ends", [OPEN, CLOSED, Ends(closed=True, start=1), Ends(closed=False, start=0, end=2)]
)
def test_no_choice_within_a_budget_is_worth_more(seed, ends):
    n = 5
    minutes = random_town(seed, n, missing=0.1 * (seed % 2))
    must, told = [seed % n], budgets(n, seed)
    stay, score = told["stay_min"], told["score"]
    best = max(
        (
            (round(float(score[list(order)].sum()), 9), -round(length, 9))
            for order in every_trail(n, ends, range(1, n + 1))
            if set(must) <= set(order)
            and (length := minutes_of(order, minutes, ends) if len(order) > 1 else 0.0)
            + stay[list(order)].sum()
            <= told["budget_min"]
        ),
        default=None,
    )
    found = best_within(minutes, ends, must=must, **told)
    if best is None:
        assert found is None
    else:
        worth = float(score[list(found.stops)].sum())
        assert (worth, -round(found.minutes, 9)) == pytest.approx(best)
        assert (found.exact, found.bound) == (True, pytest.approx(worth))


def oriented_by_integers(minutes, stay, score, must, budget):
    """The closed trail from stop 0 by HiGHS: arcs, visits and positions (Miller, Tucker, Zemlin)."""
    n = len(minutes)
    arcs = [(i, j) for i in range(n) for j in range(n) if i != j]
    size = len(arcs) + 2 * n
    visit, position = len(arcs), len(arcs) + n
    rows, low, high = [], [], []

    def add(entries, at_least, at_most):
        row = np.zeros(size)
        for column, value in entries:
            row[column] += value
        rows.append(row), low.append(at_least), high.append(at_most)

    for stop in range(n):
        out = [(k, 1.0) for k, (i, _) in enumerate(arcs) if i == stop]
        into = [(k, 1.0) for k, (_, j) in enumerate(arcs) if j == stop]
        add([*out, (visit + stop, -1.0)], 0, 0)
        add([*into, (visit + stop, -1.0)], 0, 0)
    for k, (i, j) in enumerate(arcs):
        if j != 0:
            add([(position + i, 1), (position + j, -1), (k, n)], -np.inf, n - 1)
    spent = [(k, minutes[arc]) for k, arc in enumerate(arcs)]
    add([*spent, *((visit + i, stay[i]) for i in range(n))], 0, budget)
    cost = np.zeros(size)
    cost[visit:position] = -score
    least = np.zeros(size)
    least[[visit + i for i in {0, *must}]] = 1
    most = np.concatenate([np.ones(position), np.full(n, n)])
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(least, most),
        integrality=np.concatenate([np.ones(position), np.zeros(n)]),
    )
    return None if found.x is None else -found.fun


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_is_that_of_an_integer_program(seed):
    n = 8
    xy = np.random.default_rng(seed).uniform(0, 30, (n, 2))
    minutes = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    told = {**budgets(n, seed), "budget_min": 70.0}
    expected = oriented_by_integers(minutes, told["stay_min"], told["score"], [1], 70.0)
    found = best_within(minutes, Ends(closed=True, start=0), must=[1], **told)
    assert found.stops[0] == 0
    assert told["score"][list(found.stops)].sum() == pytest.approx(expected)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 9), closed=st.booleans())
def test_the_search_within_a_budget_never_claims_more_than_there_is(seed, n, closed):
    minutes, told, ends = random_town(seed, n), budgets(n, seed), Ends(closed)
    best = best_within(minutes, ends, must=[], **told)
    found = fullest_tour(minutes, ends, kept=[], **told)
    assert found is not None
    order, length, bound = found
    worth, most = (told["score"][list(rows)].sum() for rows in (order, best.stops))
    assert worth - 1e-9 <= most <= bound + 1e-9
    assert length + told["stay_min"][list(order)].sum() <= told["budget_min"] + 1e-6
    assert len(set(order)) == len(order)
    if len(order) > 1:
        assert minutes_of(order, minutes, ends) == pytest.approx(length)


def test_many_stops_along_a_street_fill_the_budget():
    at = np.arange(30.0)
    minutes = np.abs(np.subtract.outer(at, at))
    one = np.ones(30)
    found = best_within(
        minutes, Ends(closed=False, start=0), stay_min=one, score=one, must=[], budget_min=20.0
    )
    assert not found.exact
    assert found.stops == tuple(range(10))  # ten stays and nine minutes; an eleventh takes 21
    assert found.bound >= 10


def test_what_must_be_seen_and_does_not_fit_is_no_trail():
    minutes = along_a_line(*np.arange(20))
    told = {"stay_min": np.zeros(20), "score": np.ones(20), "must": [0, 19]}
    assert best_within(minutes, OPEN, budget_min=18.9, **told) is None
    assert best_within(minutes, OPEN, budget_min=19.0, **told).stops == tuple(range(20))
    few = along_a_line(0, 10)
    told = {"stay_min": np.zeros(2), "score": np.ones(2), "must": [0, 1]}
    assert best_within(few, CLOSED, budget_min=19.9, **told) is None
    assert best_within(few, CLOSED, budget_min=20.0, **told).minutes == 20


def test_of_many_stops_those_that_no_way_leads_to_are_left_out():
    n = EXACT_STOPS + 4
    minutes = along_a_line(*np.arange(n))
    minutes[:, -1] = minutes[-1, :] = np.inf
    assert shortest_order(minutes, OPEN) is None
    found = complete_order(minutes, OPEN)
    assert found.stops == tuple(range(n - 1))
    assert found.minutes == n - 2
    assert found.bound <= n - 2
    assert complete_order(minutes, Ends(closed=True, start=3)).stops[0] == 3
    assert complete_order(minutes, OPEN, must=[0, n - 1]) is None
    assert complete_order(minutes, OPEN, must=[n - 1]).stops == (n - 1,)
