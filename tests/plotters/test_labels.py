"""Names on the map: none over another, over a point or over the edge."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from creative_spatial.plotters.labels import Label, place_labels
from creative_spatial.plotters.typeset import extent_mm, style_for

STYLE = style_for("th", 8)
SIZE = {"width_mm": 180.0, "height_mm": 160.0}


def label(text, anchor, **options):
    return Label(text, ((text, STYLE),), anchor, **options)


def crowd(n, low=60, high=120, seed=3):
    return np.random.default_rng(seed).uniform(low, high, (n, 2))


@pytest.mark.parametrize(("n", "low", "high"), [(20, 60, 120), (60, 80, 100), (20, 0, 8)])
def test_labels_cover_neither_each_other_nor_points_nor_the_edge(n, low, high):
    points = crowd(n, low, high)
    labels = [
        label(f"สถานที่หมายเลข {i}", shapely.Point(p), standoff=1.3) for i, p in enumerate(points)
    ]
    placed = place_labels(labels, obstacles=points, radius_mm=1.3, **SIZE)
    assert placed
    for a, b in itertools.combinations(placed, 2):
        assert not a.box.intersects(b.box)
        for one, other in ((a, b), (b, a)):
            assert one.leader is None or not one.leader.intersects(other.box)
    sheet = shapely.box(0, 0, 180, 160)
    markers = shapely.buffer(shapely.points(points), 1.2)
    for item in placed:
        assert sheet.contains(item.box)
        assert not shapely.intersects(markers, item.box).any()


def test_at_most_twenty_labels_the_first_ones():
    points = np.array([(x, y) for x in range(20, 170, 30) for y in range(10, 150, 15)], dtype=float)
    labels = [label(f"{i}", shapely.Point(p), standoff=1) for i, p in enumerate(points)]
    placed = place_labels(labels, obstacles=points, radius_mm=1, **SIZE)
    assert [item.label.key for item in placed] == [str(i) for i in range(20)]


def test_the_box_is_as_wide_as_the_text():
    (item,) = place_labels([label("Khao Tang Kuan", shapely.Point(90, 80))], **SIZE)
    x0, y0, x1, y1 = item.box.bounds
    width, height = extent_mm("Khao Tang Kuan", STYLE)
    assert x1 - x0 == pytest.approx(width + 1.0)
    assert y1 - y0 == pytest.approx(height + 0.5)


def test_a_label_that_stands_off_has_a_leader_to_its_point():
    around = shapely.Point(90, 80).buffer(6)
    slit = shapely.box(89.5, 80, 90.5, 90)
    (item,) = place_labels(
        [label("Fort", shapely.Point(90, 80), standoff=1)],
        keep_off=[around.difference(slit)],
        **SIZE,
    )
    assert item.leader is not None
    assert item.leader.distance(shapely.Point(90, 80)) == pytest.approx(1.2)
    assert item.leader.distance(item.box) < 0.3


def test_without_leave_to_stand_off_a_label_is_left_out():
    closed = [shapely.Point(90, 80).buffer(3).boundary.buffer(1)]
    assert (
        place_labels([label("Fort", shapely.Point(90, 80), leader=False)], keep_off=closed, **SIZE)
        == []
    )


def test_a_water_name_lies_in_its_water():
    lagoon = shapely.Polygon([(10, 10), (60, 10), (60, 150), (10, 150)])
    (item,) = place_labels([label("Thale Sap Songkhla", lagoon)], **SIZE)
    assert lagoon.contains(item.box)


def test_a_small_area_is_named_beside_it_with_a_leader_at_most():
    pond = shapely.Point(90, 80).buffer(1.0)
    (item,) = place_labels([label("Thale Noi lake", pond)], **SIZE)
    assert item.box.distance(pond) < 6


def test_a_street_name_runs_along_its_street_and_reads_from_left():
    street = shapely.LineString([(120, 20), (60, 100)])
    (item,) = place_labels([label("Nang Ngam Road", street)], **SIZE)
    assert -90 <= item.angle <= 90
    assert item.angle == pytest.approx(np.degrees(np.arctan2(80, -60)) - 180)
    assert street.distance(shapely.Point(item.center)) < 0.5


def test_a_leader_goes_round_the_markers_that_bar_its_way():
    ring = np.array(
        [(90 + 4 * np.cos(a), 80 + 4 * np.sin(a)) for a in np.radians(range(0, 330, 15))]
    )
    shrine = [label("Guan Yu Shrine", shapely.Point(90, 80), standoff=1.0)]
    options = {"obstacles": ring, "radius_mm": 0.6, **SIZE}
    (item,) = place_labels(shrine, barriers=ring, **options)
    assert shapely.distance(item.leader, shapely.points(ring)).min() >= 0.55
    # Without a gap there is no way out.
    closed = np.array(
        [(90 + 4 * np.cos(a), 80 + 4 * np.sin(a)) for a in np.radians(range(0, 360, 8))]
    )
    options["obstacles"] = closed
    assert place_labels(shrine, barriers=closed, **options) == []
    assert len(place_labels(shrine, **options)) == 1


SHORT_STREET = shapely.LineString([(50, 50), (55, 50)])


def test_a_street_too_short_for_its_name_has_none_without_a_leader():
    assert place_labels([label("Nang Ngam Road", SHORT_STREET, leader=False)], **SIZE) == []


def test_a_street_too_short_for_its_name_is_named_by_a_leader():
    (item,) = place_labels([label("Nang Ngam Road", SHORT_STREET)], **SIZE)
    assert not item.box.intersects(SHORT_STREET)
    assert item.leader.distance(SHORT_STREET) < 0.5


def test_a_name_along_its_street_is_preferred_to_a_leader():
    (item,) = place_labels(
        [label("Nang Ngam Road", shapely.LineString([(50, 50), (50, 110)]))], **SIZE
    )
    assert item.leader is None
    assert abs(item.angle) == pytest.approx(90)


def test_the_same_name_is_placed_once():
    twice = [label("Wat", shapely.Point(40, 40)), label("Wat", shapely.Point(140, 40))]
    assert len(place_labels(twice, **SIZE)) == 1


def test_labels_keep_off_lines_where_there_is_room_beside():
    line = shapely.LineString([(95, 0), (95, 160)])
    (item,) = place_labels(
        [label("Old fort", shapely.Point(92, 80), standoff=1)], avoid=[line], **SIZE
    )
    assert not item.box.intersects(line)
