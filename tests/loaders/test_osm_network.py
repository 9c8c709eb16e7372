"""The walking network and the background of an OpenStreetMap file."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_osm import DrawnOsm
from pyproj import Geod

from creative_spatial.loaders.osm import read_osm
from creative_spatial.loaders.osm.background import BackgroundRules
from creative_spatial.loaders.osm.walking import WalkRules
from creative_spatial.network import EDGE_KINDS
from creative_spatial.schema import validate_features

pytestmark = pytest.mark.filterwarnings("ignore::creative_spatial.errors.EmptyLayerWarning")


@pytest.fixture
def drawn():
    return DrawnOsm()


@pytest.fixture
def extract(drawn, tmp_path):
    """Read what was drawn."""

    def read(**options):
        return read_osm(drawn.write(tmp_path / "city.osm"), **options)

    return read


def kinds(network):
    """Kind of each edge by name."""
    return [EDGE_KINDS[code] for code in network.kind]


def pairs(network):
    """Ids of the end nodes of each edge, sorted."""
    return sorted(tuple(sorted(pair)) for pair in network.node_id[network.edges].tolist())


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "footway"}, "path"),
        ({"highway": "residential"}, "path"),
        ({"highway": "steps"}, "steps"),
        ({"route": "ferry"}, "ferry"),
        ({"highway": "motorway"}, None),
        ({"highway": "construction"}, None),
        ({"highway": "residential", "foot": "no"}, None),
        ({"highway": "service", "access": "private"}, None),
        ({"highway": "service", "access": "private", "foot": "yes"}, "path"),
        ({"highway": "cycleway"}, None),
        ({"highway": "cycleway", "foot": "designated"}, "path"),
        ({"highway": "trunk", "motorroad": "yes"}, None),
        ({"route": "ferry", "foot": "no"}, None),
        ({"route": "bus"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_which_ways_are_walked(tags, kind):
    code = WalkRules().kind(tags)
    assert (None if code is None else EDGE_KINDS[code]) == kind


def test_every_node_is_a_node_and_every_segment_an_edge_of_ground_length(drawn, extract):
    positions = [(100.01, 7.01), (100.01, 7.02), (100.03, 7.02)]
    drawn.way(5, drawn.nodes(1, positions), highway="path")
    network = extract().network
    lon, lat = np.array(positions).T
    _, _, expected = Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    assert network.node_id.tolist() == [1, 2, 3]
    assert network.length_m == pytest.approx(expected, abs=1e-6)
    assert network.way_id.tolist() == [5, 5]
    drawn_m = shapely.length(network.lines())
    assert drawn_m == pytest.approx(expected, rel=1e-3)  # the working CRS is near to true scale


def test_of_parallel_edges_the_shortest_stays_and_loops_go(drawn, extract):
    a, b, c = drawn.nodes(1, [(100.01, 7.01), (100.01, 7.02), (100.02, 7.02)])
    drawn.way(5, [a, b], highway="footway")
    drawn.way(6, [b, a], highway="steps")
    drawn.way(7, [b, b, c, b], highway="path")
    network = extract().network
    assert pairs(network) == [(1, 2), (2, 3)]
    assert network.way_id.tolist() == [5, 7]


def test_nodes_in_one_place_that_a_way_joins_become_one(drawn, extract):
    a, b, c, d = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.01), (100.03, 7.01)])
    drawn.way(5, [a, b, c, d], highway="path")
    network = extract().network
    assert network.n_nodes == 3
    assert network.n_edges == 2
    assert (network.length_m > 0).all()


def test_nodes_in_one_place_that_nothing_joins_stay_apart(drawn, extract):
    a, b, c, d = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.01), (100.03, 7.01)])
    drawn.way(5, [a, b], highway="path")
    drawn.way(6, [c, d], highway="path", bridge="yes")
    assert extract().network.n_nodes == 4


def test_a_ferry_is_walked_as_a_way_or_through_its_relation(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.03, 7.01), (100.04, 7.01)])
    drawn.way(5, refs[:2], route="ferry")
    drawn.way(6, refs[1:3])
    drawn.way(7, refs[2:], highway="footway")
    drawn.relation(8, [("way", 6, ""), ("way", 7, "")], type="route", route="ferry")
    network = extract().network
    assert pairs(network) == [(1, 2), (2, 3), (3, 4)]
    assert dict(zip(network.way_id.tolist(), kinds(network), strict=True)) == {
        5: "ferry",
        6: "ferry",
        7: "path",
    }


def test_a_square_is_walked_along_its_outline(drawn, extract):
    drawn.square(5, 100.01, 7.01, highway="pedestrian", area="yes")
    extract = extract()
    assert extract.network.n_edges == 4
    assert extract.background["streets"].empty
    assert extract.background["land_use"]["kind"].tolist() == ["square"]


def test_a_way_with_a_missing_node_is_walked_where_it_is_there(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.03, 7.01), (100.04, 7.01)])
    drawn.way(5, [*refs[:2], 901, *refs[2:]], highway="residential")
    found = extract()
    assert pairs(found.network) == [(1, 2), (3, 4)]
    assert found.background["streets"].geometry.geom_type.tolist() == ["MultiLineString"]
    reason = "1 of its 5 nodes are missing from the file; kept 2 parts of it"
    assert found.report.loc["osm:way/5", "reason"] == reason


def test_a_walk_that_is_no_street_is_reported_when_cut(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01)])
    drawn.way(5, [*refs, 901], route="ferry")
    found = extract(parts=("network",))
    assert pairs(found.network) == [(1, 2)]
    assert "1 of its 3 nodes are missing" in found.report.loc["osm:way/5", "reason"]


def test_negative_ids_keep_their_sign_in_the_network(drawn, extract):
    drawn.way(-5, drawn.nodes(-3, [(100.01, 7.01), (100.02, 7.01), (100.03, 7.02)]), highway="path")
    network = extract().network
    assert sorted(network.node_id) == [-3, -2, -1]
    assert network.way_id.tolist() == [-5, -5]


def test_edges_that_meet_the_boundary_stay_whole_and_others_go(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.05), (100.03, 7.05), (100.07, 7.05), (100.09, 7.05)])
    drawn.way(5, refs, highway="path")
    network = extract(boundary=shapely.box(100.04, 7.04, 100.06, 7.06)).network
    assert pairs(network) == [(2, 3)]
    assert network.n_nodes == 2


def test_without_walked_ways_the_network_is_empty_and_valid(extract):
    network = extract().network
    assert (network.n_nodes, network.n_edges) == (0, 0)
    nodes, edges = network.to_frames()
    assert nodes.empty
    assert edges.empty


@pytest.mark.parametrize(
    ("tags", "layer", "kind"),
    [
        ({"natural": "water", "water": "lagoon"}, "water", "lagoon"),
        ({"natural": "water", "water": "river"}, "water", "river"),
        ({"natural": "water", "water": "canal"}, "water", "canal"),
        ({"natural": "water"}, "water", "lake"),
        ({"landuse": "reservoir"}, "water", "reservoir"),
        ({"waterway": "dock"}, "water", "harbour"),
        ({"landuse": "residential"}, "land_use", "built"),
        ({"landuse": "farmland"}, "land_use", "worked"),
        ({"natural": "wood"}, "land_use", "green"),
        ({"natural": "beach"}, "land_use", "bare"),
        ({"building": "temple"}, "buildings", "building"),
    ],
)
def test_what_an_area_is_in_the_background(tags, layer, kind):
    assert BackgroundRules().area(tags)[layer].kind == kind


@pytest.mark.parametrize(
    ("tags", "rank"),
    [
        ({"highway": "primary"}, 1),
        ({"highway": "tertiary_link"}, 2),
        ({"highway": "residential"}, 3),
        ({"highway": "service"}, 3),
        ({"highway": "service", "service": "driveway"}, 4),
        ({"highway": "steps"}, 4),
    ],
)
def test_how_a_street_ranks(tags, rank):
    assert BackgroundRules().line(tags)["streets"].rank == rank


def test_what_is_planned_or_buried_is_not_drawn():
    rules = BackgroundRules()
    assert rules.area({"building": "no"}) == {}
    assert rules.area({"building": "yes", "location": "underground"}) == {}
    assert rules.line({"highway": "proposed"}) == {}


def test_every_background_layer_is_valid_and_named(drawn, extract):
    drawn.square(1, 100.01, 7.01, natural="water", water="lagoon", name="ทะเลสาบสงขลา")
    drawn.square(2, 100.03, 7.01, building="yes", landuse="residential")
    drawn.way(3, drawn.nodes(1, [(100.01, 7.05), (100.02, 7.05)]), highway="primary", name="Road")
    background = extract().background
    assert list(background) == ["sea", "water", "land_use", "buildings", "streets"]
    for layer in background.values():
        assert validate_features(layer, crs="EPSG:32647") is layer
    assert background["water"].loc["osm:way/1", "name"] == "ทะเลสาบสงขลา"
    assert background["water"].loc["osm:way/1", "concept"] == "lagoon"
    assert background["buildings"].index.tolist() == background["land_use"].index.tolist()
    assert background["streets"]["rank"].tolist() == [1]


def test_a_roundabout_is_a_street_not_an_area(drawn, extract):
    drawn.square(1, 100.01, 7.01, highway="residential", junction="roundabout")
    background = extract().background
    assert background["streets"].geometry.geom_type.tolist() == ["LineString"]
    assert background["land_use"].empty


def test_only_the_parts_asked_for_are_filled(drawn, extract):
    drawn.way(3, drawn.nodes(1, [(100.01, 7.05), (100.02, 7.05)]), highway="primary")
    drawn.node(9, 100.01, 7.01, tourism="museum")
    features = extract(parts=("features",))
    assert (len(features.features), features.network.n_edges, features.background) == (1, 0, {})
    network = extract(parts=("network",))
    assert (len(network.features), network.network.n_edges, network.background) == (0, 1, {})
