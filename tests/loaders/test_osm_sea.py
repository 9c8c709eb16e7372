"""The sea, from coastlines drawn by hand in a box of 10 by 10: land left, sea right."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from drawn_osm import DrawnOsm
from hypothesis import given
from hypothesis import strategies as st

from creative_spatial.loaders.osm import read_osm
from creative_spatial.loaders.osm.coastline import Fragment, close_sea

BOX = (0, 0, 10, 10)
NORTHWARD = [(5, -1), (5, 11)]


def coast(way, points, *, refs=None):
    """A fragment through points; nodes at one place are one node."""
    refs = refs or [int(1000 * x + 10 * y) + 50_000 for x, y in points]
    return Fragment(way, refs, np.array(points, dtype=float))


def area(sea):
    """Area of all polygons."""
    return sum(polygon.area for polygon in sea.polygons)


def test_the_sea_is_right_of_a_straight_coast():
    sea = close_sea([coast(1, NORTHWARD)], BOX)
    assert shapely.equals(sea.polygons, [shapely.box(5, 0, 10, 10)]).all()
    assert sea.faults == []


def test_turned_round_the_coast_has_its_sea_on_the_other_side():
    sea = close_sea([coast(1, NORTHWARD[::-1])], BOX)
    assert shapely.equals(sea.polygons, [shapely.box(0, 0, 5, 10)]).all()


def test_fragments_are_joined_whatever_their_order():
    parts = [coast(2, [(5, 4), (5, 11)]), coast(1, [(5, -1), (5, 4)])]
    sea = close_sea(parts, BOX)
    assert area(sea) == 50
    assert sea.faults == []


def test_two_headlands_leave_a_strait_between_them():
    west, east = coast(1, [(3, -1), (3, 11)]), coast(2, [(7, 11), (7, -1)])
    sea = close_sea([west, east], BOX)
    assert [polygon.bounds for polygon in sea.polygons] == [(3, 0, 7, 10)]


def test_a_peninsula_between_two_bays_leaves_two_seas():
    west, east = coast(1, [(3, 11), (3, -1)]), coast(2, [(8, -1), (8, 11)])
    sea = close_sea([west, east], BOX)
    assert [polygon.bounds for polygon in sea.polygons] == [(0, 0, 3, 10), (8, 0, 10, 10)]


def test_a_coast_may_leave_and_return_by_the_same_edge():
    sea = close_sea([coast(1, [(-1, 2), (4, 2), (4, 6), (-1, 6)])], BOX)
    assert area(sea) == 100 - 16
    sea = close_sea([coast(1, [(-1, 6), (4, 6), (4, 2), (-1, 2)])], BOX)
    assert area(sea) == 16


def test_an_island_alone_has_sea_all_around():
    sea = close_sea([coast(1, [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)])], BOX)
    assert area(sea) == 96
    assert len(sea.polygons[0].interiors) == 1


def test_a_closed_coast_drawn_clockwise_has_the_sea_inside():
    sea = close_sea([coast(1, [(4, 4), (4, 6), (6, 6), (6, 4), (4, 4)])], BOX)
    assert shapely.equals(sea.polygons, [shapely.box(4, 4, 6, 6)]).all()


def test_an_island_off_a_coast_is_cut_out_and_one_half_in_the_box_too():
    parts = [
        coast(1, NORTHWARD),
        coast(2, [(7, 4), (8, 4), (8, 6), (7, 6), (7, 4)]),
        coast(3, [(9, 1), (12, 1), (12, 2), (9, 2), (9, 1)]),
    ]
    sea = close_sea(parts, BOX)
    assert area(sea) == pytest.approx(50 - 2 - 1)
    assert sea.faults == []


def test_a_coast_along_the_edge_of_the_box_counts():
    assert area(close_sea([coast(1, [(0, -1), (0, 11)])], BOX)) == 100
    assert area(close_sea([coast(1, [(10, -1), (10, 11)])], BOX)) == 0


def test_no_coast_is_no_sea():
    assert close_sea([], BOX).polygons == []
    assert close_sea([coast(1, [(20, 0), (20, 10)])], BOX).polygons == []


def test_a_gap_is_reported_and_no_sea_invented():
    parts = [coast(1, [(5, -1), (5, 4)]), coast(2, [(5, 6), (5, 11)])]
    sea = close_sea(parts, BOX)
    assert sea.polygons == []
    assert [way for way, _ in sea.faults] == [1, 2]
    assert "the coast has a gap at node 55040" in sea.faults[0][1]


def test_a_gap_in_one_coast_leaves_the_sea_of_another():
    parts = [
        coast(1, [(2, 11), (2, -1)]),
        coast(2, [(8, -1), (8, 4.5)]),
        coast(3, [(8, 5.5), (8, 11)]),
    ]
    sea = close_sea(parts, BOX)
    assert [polygon.bounds for polygon in sea.polygons] == [(0, 0, 2, 10)]


def test_a_short_spur_does_not_undo_a_closed_sea():
    sea = close_sea([coast(1, [(5, -1), (5, 5), (5, 11)]), coast(2, [(5, 5), (5.5, 5)])], BOX)
    assert area(sea) == 50
    assert [way for way, _ in sea.faults] == [2]


def test_a_coast_that_ends_with_the_file_goes_straight_to_the_edge_and_says_so():
    sea = close_sea([coast(1, [(5, -1), (5, 8)])], BOX)
    assert area(sea) == 50
    assert "continued straight to the edge of the box" in sea.faults[0][1]


def test_an_extract_smaller_than_its_box_gets_its_sea():
    sea = close_sea([coast(1, [(5, 1), (5, 5)]), coast(2, [(5, 5), (5, 9)])], BOX)
    assert area(sea) == 50
    assert len(sea.faults) == 2


def test_an_island_with_a_gap_is_no_sea():
    sea = close_sea([coast(1, [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4.5)])], BOX)
    assert sea.polygons == []
    assert ["has a gap" in reason for _, reason in sea.faults] == [True, True]


def test_a_continuation_that_would_cross_another_coast_is_not_made():
    parts = [coast(1, [(1, 11), (1, -1)]), coast(2, [(3, -1), (3, 7)])]
    sea = close_sea(parts, BOX)
    assert "has a gap" in sea.faults[0][1]


@given(
    st.lists(st.floats(0.5, 9.5), min_size=1, max_size=8),
    st.integers(1, 8),
    st.booleans(),
)
def test_sea_and_land_fill_the_box(across, pieces, northward):
    """A wiggling coast from edge to edge, in any number of fragments, halves the box."""
    y = np.linspace(-1, 11, len(across) + 2)
    points = list(zip([5.0, *across, 5.0], y, strict=True))
    land = shapely.Polygon([(-1, -1), *points, (-1, 11)]).intersection(shapely.box(*BOX)).area
    if not northward:
        points, land = points[::-1], 100 - land
    cuts = np.unique(np.linspace(0, len(points) - 1, pieces + 1).astype(int))
    fragments = [
        coast(i, points[a : b + 1], refs=list(range(a, b + 1)))
        for i, (a, b) in enumerate(pairwise(cuts))
    ]
    sea = close_sea(fragments, BOX)
    assert area(sea) == pytest.approx(100 - land, abs=1e-6)
    assert sea.faults == []


@pytest.fixture
def drawn():
    drawn = DrawnOsm()
    drawn.node(99, 100.01, 7.01, tourism="museum")
    return drawn


def read(drawn, tmp_path, **options):
    """The background of what was drawn."""
    return read_osm(drawn.write(tmp_path / "city.osm"), **options)


def test_the_sea_of_a_file_is_a_layer_closed_against_its_box(drawn, tmp_path):
    drawn.way(1, drawn.nodes(1, [(100.05, 6.9), (100.05, 7.2)]), natural="coastline")
    extract = read(drawn, tmp_path)
    (sea,) = extract.background["sea"].to_crs(4326).geometry
    assert sea.bounds == pytest.approx((100.05, 7.0, 100.1, 7.1))
    assert extract.background["sea"].index.tolist() == ["osm:sea/1"]
    assert extract.background["sea"][["kind", "concept"]].iloc[0].tolist() == ["sea", "sea"]


def test_without_a_box_in_the_file_the_boundary_gives_it(drawn, tmp_path):
    drawn.bounds = None
    drawn.way(1, drawn.nodes(1, [(100.05, 6.9), (100.05, 7.2)]), natural="coastline")
    extract = read(drawn, tmp_path, boundary=shapely.box(100, 7, 100.08, 7.06))
    (sea,) = extract.background["sea"].to_crs(4326).geometry
    assert sea.bounds == pytest.approx((100.05, 7.0, 100.08, 7.06))


def test_a_coast_whose_nodes_are_cut_off_is_in_the_report(drawn, tmp_path):
    drawn.way(1, [*drawn.nodes(1, [(100.05, 6.9), (100.05, 7.09)]), 901, 902], natural="coastline")
    extract = read(drawn, tmp_path)
    assert "the file's coast ends at node 2" in extract.report.loc["osm:way/1", "reason"]
    (sea,) = extract.background["sea"].to_crs(4326).geometry
    assert sea.bounds == pytest.approx((100.05, 7.0, 100.1, 7.1))


def test_coasts_with_negative_ids_close_too(drawn, tmp_path):
    drawn.way(-1, drawn.nodes(-3, [(100.05, 6.9), (100.05, 7.2)]), natural="coastline")
    assert len(read(drawn, tmp_path).background["sea"]) == 1


def test_a_town_without_coast_has_an_empty_sea(drawn, tmp_path):
    sea = read(drawn, tmp_path).background["sea"]
    assert sea.empty
    assert sea.crs.to_epsg() == 32647
