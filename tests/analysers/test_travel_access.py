"""How targets are entered: gates, paths along them, the nearest path; and what is not reached."""

from __future__ import annotations

import pytest

from creative_spatial.analysers import target_access, time_to_nearest
from creative_spatial.errors import CRSError


@pytest.fixture
def street(streets):
    """One street of a kilometre, and a lane north from its middle."""
    return streets([(0, 0), (500, 0), (1000, 0), (500, 300)], [(0, 1), (1, 2), (1, 3)])


def access(targets, network, **options):
    found = target_access(targets, network, **{"max_snap_m": 50, **options})
    return found["entered"].tolist()


def test_each_way_of_entering_is_named_and_what_is_not_reached_is_listed(boxes, street):
    parks = boxes([(0, 5, 90, 200), (0, 30, 90, 200), (0, 51, 90, 200)])
    found = target_access(parks, street, max_snap_m=50)
    assert found["entered"].tolist() == ["frontage", "nearest", "not reached"]
    assert found["away_m"].tolist() == [5, 30, 51]
    assert found["gates"].tolist() == [0, 0, 0]
    assert found.index.equals(parks.index)


def test_points_are_entered_at_the_nearest_path(points, street):
    assert access(points([(100, 5), (100, 60)]), street) == ["nearest", "not reached"]


def test_gates_on_the_outline_are_a_park_s_own(boxes, points, street):
    parks = boxes([(0, 5, 90, 200), (600, 5, 700, 200)])
    gates = points([(20, 5), (60, 5.5), (90, 100), (45, 100), (640, 7)])
    found = target_access(parks, street, max_snap_m=50, gates=gates)
    # (45, 100) is inside, (640, 7) too far from the outline; (90, 100) far from any path.
    assert found["gates"].tolist() == [3, 0]
    assert found["entered"].tolist() == ["gates", "frontage"]


def test_a_gate_that_no_path_reaches_says_nothing(boxes, points, street):
    parks, gates = boxes([(0, 5, 90, 200)]), points([(45, 200)])
    assert access(parks, street, gates=gates) == ["frontage"]
    reached = time_to_nearest(points([(45, 0)]), parks, street, max_snap_m=50, gates=gates)
    assert reached["minutes"].tolist() == [0.0]


def test_a_park_with_a_gate_is_also_entered_where_a_path_crosses_its_outline(boxes, points, street):
    park = boxes([(400, 5, 600, 200)])  # the lane runs into it at (500, 5)
    gate = points([(400, 5)])
    origins = points([(380, 0), (560, 0)])
    found = time_to_nearest(origins, park, street, max_snap_m=50, gates=gate)
    assert found["minutes"].tolist() == pytest.approx([20 / 80, 65 / 80])


def test_one_gate_between_two_parks_opens_both(boxes, points, street):
    parks = boxes([(0, 5, 100, 200), (100, 5, 200, 200)])
    found = target_access(parks, street, max_snap_m=50, gates=points([(100, 5)]))
    assert found["entered"].tolist() == ["gates", "gates"]


def test_gates_are_for_areas_only(points, street):
    shrine = points([(100, 5)])
    assert access(shrine, street, gates=points([(100, 6)])) == ["nearest"]


def test_nothing_is_reached_where_there_is_no_network(points, streets):
    nowhere = streets([], [])
    assert access(points([(0, 0)]), nowhere) == ["not reached"]
    found = time_to_nearest(points([(0, 0)]), points([(0, 0)]), nowhere, max_snap_m=50)
    assert found["minutes"].isna().all()


def test_a_ferry_cannot_be_stepped_onto_midstream(points, streets):
    boat = streets([(0, 0), (1000, 0)], [(0, 1)], kind=[2])
    assert access(points([(500, 0)]), boat) == ["not reached"]


def test_gates_in_another_crs_are_refused(boxes, points, street):
    with pytest.raises(CRSError, match="`gates` is in EPSG:4326"):
        access(boxes([(0, 5, 9, 9)]), street, gates=points([(0, 0)]).to_crs(4326))
