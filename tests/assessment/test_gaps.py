"""Around what is not public the background has a gap that tells its cell and no more."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from creative_spatial.assessment.backdrop import public_background, with_gaps
from creative_spatial.assessment.gaps import SAME_M, Secrets, secrets_of, unshared, without
from creative_spatial.network import Network

CRS = "EPSG:32647"
DEGREE_M = 111_195.0
NOWHERE = np.empty(0, dtype=object)


def layer(shapes, **columns):
    ids = columns.pop("ids", [f"osm:way/{number}" for number in range(1, len(shapes) + 1)])
    return gpd.GeoDataFrame(columns, index=ids, geometry=list(shapes), crs=CRS)


def at(lon, lat, size_m=10.0, **columns):
    """A square flagged building around a place in degrees."""
    point = gpd.GeoSeries([Point(lon, lat)], crs=4326).to_crs(CRS)
    square = point.buffer(size_m / 2, cap_style="square")
    return gpd.GeoDataFrame(columns, index=["osm:way/7"], geometry=list(square), crs=CRS)


def bounds(secrets):
    return gpd.GeoSeries(secrets.gaps, crs=CRS).to_crs(4326).total_bounds


def secret(shape, gap):
    return Secrets(
        np.array(["osm:way/7"], object), np.array([shape], object), np.array([gap], object)
    )


@pytest.mark.parametrize(
    ("word", "side"), [("grave", 0.01), ("category 2", 0.1), ("category 4", 0.001)]
)
def test_a_gap_is_the_cell_and_a_tenth_of_its_side_around_it(word, side):
    for place in [(100.0512, 7.0588), (100.05001, 7.05001)]:
        lon, lat = ((np.floor(round(it / side, 6)) * side) for it in place)
        found = bounds(secrets_of([at(*place, sensitivity=word)], untold=()))
        wanted = [lon - side / 10, lat - side / 10, lon + 1.1 * side, lat + 1.1 * side]
        np.testing.assert_allclose(found, wanted, atol=side / 200)


def test_the_margin_is_doubled_until_it_reaches_from_the_middle_to_the_end():
    # A tenth of the cell is 110 m; a square of 200 m ends 141 m from its middle.
    small, large = (
        shapely.area(secrets_of([at(100.055, 7.055, size, sensitivity="grave")], untold=()).gaps[0])
        for size in (150.0, 200.0)
    )
    side = 0.01 * DEGREE_M
    assert small == pytest.approx((1.2 * side) ** 2, rel=0.02)
    assert large == pytest.approx((1.4 * side) ** 2, rel=0.02)


def test_an_outline_over_an_edge_has_the_gap_of_the_cell_of_its_middle():
    over, inside = at(100.05001, 7.055, sensitivity="nest"), at(100.058, 7.052, sensitivity="nest")
    np.testing.assert_allclose(
        bounds(secrets_of([over], untold=())), bounds(secrets_of([inside], untold=())), atol=1e-9
    )


def test_of_what_nothing_is_told_the_cell_is_the_widest():
    wide = [99.99, 6.99, 100.11, 7.11]
    for word, untold in (("withheld", ()), ("people", ["osm:way/7"]), ("withheld", ["osm:way/7"])):
        found = secrets_of([at(100.0512, 7.0588, sensitivity=word)], untold=untold)
        np.testing.assert_allclose(bounds(found), wide, atol=1e-3)
    refused = at(100.0512, 7.0588, consent="no")
    np.testing.assert_allclose(bounds(secrets_of([refused], untold=())), wide, atol=1e-3)


def test_a_home_that_is_counted_has_the_gap_of_its_widest_hexagon():
    h3 = pytest.importorskip("h3")
    places = [(100.0512, 7.0588)]
    lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(7.0588, 100.0512, 7))
    places.append((lon, lat))
    gaps = [secrets_of([at(*place, sensitivity="people")], untold=()).gaps[0] for place in places]
    assert shapely.equals_exact(*gaps, tolerance=1e-6)
    # The hexagon, its rugged edge, and a tenth of its side around that.
    area_km2 = h3.cell_area(h3.latlng_to_cell(7.0588, 100.0512, 7))
    assert 1.3 * area_km2 < shapely.area(gaps[0]) / 1e6 < 1.6 * area_km2


def test_a_layer_without_it_is_the_same_object():
    streets = layer([LineString([(0, 0), (100, 0)])])
    hidden = secret(Point(50, 30), box(0, 0, 100, 100))._replace(ids=np.array(["x:1"], object))
    found = public_background({"streets": streets}, None, hidden)
    assert found.layers["streets"] is streets
    assert (found.gaps, found.steps) == ({}, [])


def test_a_row_is_dropped_whole_and_its_neighbours_are_cut():
    tomb = box(40, 40, 50, 50)
    houses = layer([box(0, 0, 10, 10), box(70, 40, 100, 60), box(52, 40, 54, 60), *[tomb] * 4])
    found = without(houses, box(30, 30, 80, 80), secret(tomb, box(30, 30, 80, 80)))
    assert found.index.tolist() == ["osm:way/1", "osm:way/2"]
    assert found.geometry.iloc[1].equals(box(80, 40, 100, 60))
    hidden = secret(tomb, box(30, 30, 80, 80))
    shown = public_background({"buildings": houses}, None, hidden).layers["buildings"]
    assert shown.index.tolist() == ["osm:way/1"]


def test_no_edge_that_is_left_leads_to_a_corner_in_a_gap():
    # Two edges that pointed at (50, 50) would meet there, drawn out.
    grave, gap = Point(50, 50), box(30, 30, 70, 70)
    ways = [
        [(0, 0), (10, 50), (50, 50), (90, 60), (99, 99)],
        [(0, 0), (10, 20), (90, 50), (99, 50)],
        [(0, 0), (10, 50), (69, 50)],
    ]
    streets = layer([LineString(it) for it in ways])
    found = without(streets, gap, secret(grave, gap)).geometry
    assert found.iloc[0].equals(MultiLineString([[(0, 0), (10, 50)], [(90, 60), (99, 99)]]))
    assert found.iloc[1].equals(MultiLineString([[(0, 0), (10, 20)], [(90, 50), (99, 50)]]))
    assert found.iloc[2].equals(LineString([(0, 0), (10, 50)]))


def test_an_outline_is_rounded_where_it_is_cut_and_nowhere_else():
    # It crosses the edge of the gap at x = 30 and y = 43.33, and at x = 70 and y = 56.67.
    gap = box(30, 30, 70, 70)
    field = layer([Polygon([(3, 3), (97, 3), (99, 66), (50, 50), (1, 34)])], ids=["osm:way/1"])
    found = without(field, gap, secret(Point(50, 50), gap)).geometry.iloc[0]
    wanted = [(3, 3), (97, 3), (99, 66), (70, 60), (70, 30), (30, 30), (30, 40), (1, 34)]
    assert found.equals(Polygon(wanted))


def test_what_is_left_out_outside_a_gap_does_not_depend_on_what_is_hidden_in_it():
    gap = box(30, 30, 70, 70)
    rows = [LineString([(0, 0), (50, 50), (90, 0)]), box(20, 20, 50, 50), box(65, 65, 90, 90)]
    shown = [
        without(layer(rows), gap, secret(place, gap)).geometry.tolist()
        for place in (Point(50, 50), Point(65, 65), box(40, 40, 45, 45))
    ]
    assert shown[0] == shown[1] == shown[2]


def test_a_corner_further_off_than_a_hand_is_another():
    near, far = (layer([Point(50, 50 + d)], ids=["osm:node/1"]) for d in (SAME_M / 2, SAME_M * 2))
    hidden = secret(Point(50, 50), box(30, 30, 70, 70))
    assert len(public_background({"it": near}, None, hidden).layers["it"]) == 0
    assert public_background({"it": far}, None, hidden).gaps == {}


def test_a_wood_keeps_no_hole_in_the_shape_of_a_grave_yard():
    yard = box(40, 40, 60, 60)
    wood = Polygon(box(0, 0, 100, 100).exterior.coords, [yard.exterior.coords])
    park = box(60, 40, 80, 60)
    corner = Polygon([(60, 60), (60, 90), (70, 95), (80, 90), (80, 60)])
    hidden = secret(yard, box(0, 0, 100, 100))
    shown = unshared(layer([wood, park, corner, yard, Point(40, 40)]), hidden).geometry
    assert shown.iloc[0].equals(box(0, 0, 100, 100))
    assert shown.iloc[1].equals(Point(70, 50))  # two corners make no outline
    assert shown.iloc[2].equals(Polygon([(60, 90), (70, 95), (80, 90), (80, 60)]))
    assert shown.iloc[3:].tolist() == [Point(50, 50), Point(40, 40)]
    alone = layer([box(0, 0, 10, 10), LineString([(0, 50), (39, 50)])])
    assert unshared(alone, hidden) is alone


def ladder():
    """A road of six nodes 100 m apart, and beside it a path from the second to the fourth."""
    xy = [(100.0 * i, 0.0) for i in range(6)] + [(200.0, 50.0)]
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 6), (6, 3)]
    return Network(
        node_xy=np.array(xy), node_id=np.arange(1, 8), edges=np.array(edges, np.int32),
        length_m=np.array([100.0] * 5 + [112.0] * 2), kind=np.zeros(7, np.int8),
        way_id=np.array([1] * 5 + [7] * 2), crs=CRS,
    )  # fmt: skip


def test_where_a_way_is_not_public_nothing_is_walked_on():
    path = LineString([(100, 0), (200, 50), (300, 0)])
    found = public_background({}, ladder(), secret(path, box(90, -10, 310, 60)))
    for network in (found.walked, found.network):
        assert network is not None
        assert (network.node_id.tolist(), network.edges.tolist()) == ([5, 6], [[0, 1]])
        assert (network.length_m.tolist(), network.way_id.tolist()) == ([100], [1])
    assert found.steps[0]["rows"] == {"in": 5, "whole": 1, "cut": 0, "out": 4}
    assert "4 of them are not walked on either" in found.steps[0]["reason"]


def test_a_network_of_which_nothing_is_left_is_none():
    path = LineString([(100, 0), (200, 50), (300, 0)])
    found = public_background({}, ladder(), secret(path, box(-10, -10, 510, 60)))
    assert (found.walked, found.network) == (None, None)


def test_what_shares_a_corner_with_a_path_leaves_it_to_be_walked_on():
    hidden = secret(box(500, 0, 520, 20), box(490, -10, 530, 30))
    hidden = hidden._replace(ids=np.array(["osm:way/70"], object))
    found = public_background({}, ladder(), hidden)
    assert found.walked is not None
    assert found.network is not None
    assert (found.walked.n_edges, found.network.n_edges) == (7, 6)
    assert found.network.node_xy[:, 0].max() == 400
    assert "not walked" not in found.steps[0]["reason"]


def test_a_route_leads_straight_through_a_gap_of_the_network(area):
    hidden = secret(Point(200, 50), box(150, 20, 250, 80))
    found = public_background({}, ladder(), hidden)
    line = LineString([(0, 0), (100, 0), (200, 50), (300, 0), (400, 0)])
    legs = layer([line, None, LineString([(0, 0), (100, 0)])])
    told = with_gaps({"route_legs": legs}, found, area)
    shown = told["route_legs"].geometry
    assert shown.iloc[0].equals(LineString([(0, 0), (100, 0), (300, 0), (400, 0)]))
    assert shown.iloc[1] is None
    assert shown.iloc[2] is legs.geometry.iloc[2]
    assert told["gaps"]["layer"].tolist() == ["network"]
