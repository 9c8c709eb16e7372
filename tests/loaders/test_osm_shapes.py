"""Geometries made by the thousand, beside those that osmium and shapely make one by one."""

from __future__ import annotations

import contextlib

import numpy as np
import osmium
import pytest
import shapely

from creative_spatial.loaders.osm.cutting.shapes import (
    are_plain,
    closed_in_place,
    corners_of,
    lines,
    points,
    rings,
)

SQUARE = [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]
CLOCKWISE = SQUARE[::-1]
BOW = [(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)]
PENTAGRAM = [(0, 3), (2, -3), (-3, 1), (3, 1), (-2, -3), (0, 3)]
DENTED = [(0, 0), (4, 0), (4, 4), (2, 1), (0, 4), (0, 0)]
TOUCHING = [(0, 0), (4, 0), (4, 4), (2, 0), (0, 4), (0, 0)]
TWICE_AROUND = [*SQUARE, *SQUARE[1:]]
STAYING = [(0, 0), (2, 0), (2, 0), (2, 2), (0, 2), (0, 0)]
SPIKE = [(0, 0), (2, 0), (3, 0), (2, 0), (2, 2), (0, 2), (0, 0)]
STRAIGHT = [(0, 0), (1, 0), (2, 0), (1, 0), (0, 0)]
ON_A_LINE = [(0, 0), (1, 0), (2, 0), (2, 2), (0, 2), (0, 0)]
# the third node is a third of the way along an edge: in degrees it is beside it, in units on it
ON_AN_EDGE = [(0, 0), (3, 1), (9, 3), (9, 9), (3, 1), (0, 9), (0, 0)]
PLAIN = {"square": SQUARE, "clockwise": CLOCKWISE, "dented": DENTED, "on a line": ON_A_LINE}
NOT_PLAIN = {
    "bow": BOW, "pentagram": PENTAGRAM, "touching": TOUCHING, "twice around": TWICE_AROUND,
    "staying": STAYING, "spike": SPIKE, "straight": STRAIGHT, "on an edge": ON_AN_EDGE,
}  # fmt: skip


def in_a_row(*outlines):
    """Positions of several outlines, of ten-millionths of a degree, and their numbers."""
    units = np.vstack([np.array(outline) for outline in outlines])
    return units / 1e7, np.array([len(outline) for outline in outlines])


def osmium_areas(outlines):
    """What osmium makes of closed ways, by their position."""
    text = ""
    for number, outline in enumerate(outlines, start=1):
        # places that are met again are the same node
        refs = [f"n{1 + (x + 50) * 1000 + y + 50}x{x / 1e7:.7f}y{y / 1e7:.7f}" for x, y in outline]
        text += f"w{number} v1 Tbuilding=yes N{','.join(refs)}\n"
    found = {}
    factory = osmium.geom.WKBFactory()
    manager, areas = osmium.area.AreaManager(), osmium.BufferIterator()
    handler = manager.second_pass_to_buffer(areas)

    def take():
        for area in areas if areas else ():
            with contextlib.suppress(RuntimeError):
                found[area.orig_id() - 1] = bytes.fromhex(factory.create_multipolygon(area))

    with osmium.io.Reader(osmium.io.FileBuffer(text.encode(), "opl")) as reader:
        for _ in osmium.OsmFileIterator(reader, handler):
            take()
    take()
    return found


@pytest.mark.parametrize("outline", PLAIN.values(), ids=PLAIN)
def test_a_plain_ring_is_written_as_osmium_writes_it(outline):
    lonlat, sizes = in_a_row(outline)
    assert are_plain(lonlat, sizes).tolist() == [True]
    assert rings(lonlat, sizes).to_pylist() == [osmium_areas([outline])[0]]


@pytest.mark.parametrize("outline", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_a_ring_that_is_not_plain_is_left_to_osmium(outline):
    assert are_plain(*in_a_row(outline)).tolist() == [False]


def test_a_square_begins_in_the_south_west_and_runs_counter_clockwise():
    wkb = rings(*in_a_row([(2, 2), (2, 0), (0, 0), (0, 2), (2, 2)])).to_pylist()
    written = shapely.from_wkb(wkb[0])
    assert written.geom_type == "MultiPolygon"
    units = np.rint(shapely.get_coordinates(written) * 1e7).astype(int)
    assert [tuple(place) for place in units.tolist()] == SQUARE


def test_rings_of_any_kind_are_what_osmium_makes_of_them():
    random = np.random.default_rng(7)
    outlines = [[*PLAIN["square"]], BOW, DENTED]
    for size in random.integers(3, 9, 600):
        places = [tuple(place) for place in random.integers(-6, 7, (size, 2)).tolist()]
        outlines.append([*places, places[0]])
    lonlat, sizes = in_a_row(*outlines)
    plain = are_plain(lonlat, sizes)
    by_osmium = osmium_areas(outlines)
    assert 100 < plain.sum() < 500
    assert set(np.flatnonzero(plain)) <= set(by_osmium)
    written = rings(lonlat[np.repeat(plain, sizes)], sizes[plain]).to_pylist()
    assert written == [by_osmium[number] for number in np.flatnonzero(plain)]


def test_rings_far_from_one_another_do_not_touch():
    far = [(x + 1_790_000_000, y - 890_000_000) for x, y in SQUARE]
    lonlat, sizes = in_a_row(SQUARE, far, [(-x, -y) for x, y in far], DENTED)
    assert are_plain(lonlat, sizes).all()
    shapes = shapely.from_wkb(np.array(rings(lonlat, sizes).to_pylist(), dtype=object))
    assert np.rint(shapely.area(shapes) * 1e14).tolist() == [4, 4, 4, 10]


def test_a_ring_around_the_world_is_decided_too():
    # its products are beyond whole numbers in double precision
    west, east, south, north = -1_800_000_000, 1_800_000_000, -900_000_000, 900_000_000
    world = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    assert are_plain(*in_a_row(world)).tolist() == [True]


def test_points_and_lines_are_shapely_s():
    lonlat = np.array([[1.5, 2.5], [-3.25, 4.0], [0.0, 0.0], [9.0, 9.0], [9.0, 9.0]])
    assert points(lonlat).to_pylist() == shapely.to_wkb(shapely.points(lonlat)).tolist()
    expected = [shapely.LineString(lonlat[:3]).wkb, shapely.LineString(lonlat[3:]).wkb]
    assert lines(lonlat, np.array([3, 2])).to_pylist() == expected
    assert corners_of(lonlat, np.array([3, 2])).tolist() == [[-3.25, 0, 1.5, 4], [9, 9, 9, 9]]


def test_of_nothing_comes_nothing():
    none, sizes = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    assert are_plain(none, sizes).shape == (0,)
    assert corners_of(none, sizes).shape == (0, 4)
    assert len(points(none)) == len(lines(none, sizes)) == 0


def test_a_way_is_closed_by_where_it_ends_and_needs_four_nodes():
    there_and_back = [(0, 0), (1, 0), (0, 0)]
    lonlat, sizes = in_a_row(SQUARE, there_and_back, SQUARE[:-1], SQUARE)
    whole = np.array([True, True, True, False])
    assert closed_in_place(lonlat, sizes, whole).tolist() == [True, False, False, False]
