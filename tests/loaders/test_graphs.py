"""To osmnx and back, and osmnx's own graphs: simplified, directed, in degrees."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely
from pyproj import CRS

from creative_spatial.errors import CRSError, DataQualityWarning, LayerSchemaError
from creative_spatial.loaders.graphs import from_osmnx, to_osmnx
from creative_spatial.network import EDGE_KINDS, EdgeMinutes, Network

UTM = CRS.from_epsg(32647)
X, Y = ORIGIN = np.array([600_000.0, 790_000.0])


@pytest.fixture
def town():
    """A square with a diagonal of stairs, and a ferry from its corner."""
    return Network(
        node_xy=np.array([[0, 0], [100, 0], [100, 100], [0, 100], [0, 900]]) + ORIGIN,
        node_id=np.array([11, -5, 42, 7, 9]),
        edges=np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 2], [3, 4]], dtype=np.int32),
        length_m=np.array([100.0, 101, 102, 103, 150, 800]),
        kind=np.array([0, 0, 0, 0, 1, 2], dtype=np.int8),
        way_id=np.array([1, 1, 2, 2, 3, 4]),
        crs=UTM,
        source_id="test",
    )


def edges_of(network):
    """Each edge by the ids of its ends: length, kind, way."""
    ends = np.sort(network.node_id[network.edges], axis=1).tolist()
    kinds = [EDGE_KINDS[code] for code in network.kind]
    facts = zip(network.length_m.round(6).tolist(), kinds, network.way_id.tolist(), strict=True)
    found = dict(zip(map(tuple, ends), facts, strict=True))
    assert len(found) == network.n_edges
    return found


def places(network):
    return dict(zip(network.node_id.tolist(), network.node_xy.round(3).tolist(), strict=True))


def test_there_and_back_nothing_is_lost(town):
    back = from_osmnx(to_osmnx(town), source_id="test")
    assert edges_of(back) == edges_of(town)
    assert places(back) == places(town)
    assert (back.crs, back.source_id) == (UTM, "test")
    assert edges_of(town)[-5, 11] == (100.0, "path", 1)


def test_osmnx_routes_on_the_graph(town):
    graph = to_osmnx(town)
    assert ox.routing.shortest_path(graph, 11, 42, weight="length") == [11, 42]
    nodes, edges = ox.convert.graph_to_gdfs(graph)
    assert nodes.crs == edges.crs == UTM
    assert len(edges) == 2 * town.n_edges
    assert ox.stats.edge_length_total(ox.convert.to_undirected(graph)) == pytest.approx(1356)


def test_osmnx_measures_the_graph(town):
    found = ox.basic_stats(to_osmnx(town), area=1_000_000)
    # Ends of edges at the nodes: 3 at corner 11 (two sides, stairs), 2, 3, 3 (ferry), 1.
    assert found["streets_per_node_counts"] == {0: 0, 1: 1, 2: 1, 3: 3}
    assert found["streets_per_node_avg"] == pytest.approx(12 / 5)
    assert found["intersection_count"] == 4
    assert found["street_length_total"] == pytest.approx(1356)
    assert found["street_density_km"] == pytest.approx(1356)


def test_streets_are_counted_as_osmnx_does_where_a_loop_and_a_lone_node_are(town):
    with_loop = replace(
        town,
        node_xy=np.vstack([town.node_xy, ORIGIN + 5_000]),
        node_id=np.append(town.node_id, 77),
        edges=np.vstack([town.edges, [4, 4]]).astype(np.int32),
        length_m=np.append(town.length_m, 60.0),
        kind=np.append(town.kind, 0).astype(np.int8),
        way_id=np.append(town.way_id, 5),
    )
    graph = to_osmnx(with_loop)
    counted = dict(graph.nodes(data="street_count"))
    assert counted == {11: 3, -5: 2, 42: 3, 7: 3, 9: 3, 77: 0}
    assert counted == ox.stats.count_streets_per_node(graph)


def test_minutes_go_with_the_direction_of_each_edge(town):
    minutes = EdgeMinutes(np.arange(6) + 1.0, np.arange(6) + 11.0)
    graph = to_osmnx(town, minutes=minutes)
    assert graph.edges[11, 42, 0]["minutes"] == 5
    assert graph.edges[42, 11, 0]["minutes"] == 15
    assert [graph.edges[11, 42, 0]["reversed"], graph.edges[42, 11, 0]["reversed"]] == [False, True]
    assert nx.shortest_path_length(graph, 42, 11, weight="minutes") == 3 + 4


def test_undirected_graphs_are_taken_too(town):
    graph = ox.convert.to_undirected(to_osmnx(town))
    assert edges_of(from_osmnx(graph)) == edges_of(town)


def test_a_graph_that_osmnx_simplified_keeps_its_shape_and_its_length(town):
    bent = Network(
        node_xy=np.array([[0, 0], [100, 0], [100, 100], [200, 100], [100, 200]]) + ORIGIN,
        node_id=np.arange(5) + 1,
        edges=np.array([[0, 1], [1, 2], [2, 3], [2, 4]], dtype=np.int32),
        length_m=np.array([110.0, 100, 100, 100]),
        kind=np.zeros(4, dtype=np.int8),
        way_id=np.full(4, 6),
        crs=UTM,
    )
    simple = ox.simplification.simplify_graph(to_osmnx(bent))
    assert simple.number_of_nodes() == 4
    back = from_osmnx(simple)
    assert back.n_nodes == 5
    assert back.n_edges == 4  # each street once, though the graph has it both ways
    assert back.length_m.sum() == pytest.approx(410)
    bend = back.node_xy[back.node_id < 0] - ORIGIN
    assert bend.tolist() == [[100, 0]]
    # The 210 m of the joined edge are shared by its two segments of 100 m on the map.
    assert sorted(back.length_m.round(6).tolist()) == [100, 100, 105, 105]


def test_a_shape_drawn_from_the_other_end_is_turned(town):
    graph = nx.MultiGraph(crs=UTM)
    graph.add_node(1, x=X, y=Y)
    graph.add_node(2, x=X + 100, y=Y)
    line = shapely.LineString([(X + 100, Y), (X + 90, Y + 50), (X, Y)])
    graph.add_edge(1, 2, length=160.0, geometry=line, osmid=[8, 9], highway=["steps", "path"])
    with pytest.warns(DataQualityWarning, match="1 edges join stairs or ferries with other ways"):
        found = from_osmnx(graph)
    assert found.n_nodes == 3
    assert shapely.length(found.lines()).sum() == pytest.approx(line.length)
    assert found.length_m == pytest.approx(shapely.length(found.lines()) * 160 / line.length)
    assert found.way_id.tolist() == [8, 8]
    assert [EDGE_KINDS[code] for code in found.kind] == ["steps", "steps"]


def test_simplified_between_kinds_stairs_and_ferries_stay_what_they_are(town):
    chain = replace(town, edges=np.array([[0, 1], [1, 2], [2, 3], [3, 4]], dtype=np.int32),
                    length_m=np.array([100.0, 90, 100, 800]), kind=np.array([0, 1, 0, 2], dtype=np.int8),
                    way_id=np.arange(4))  # fmt: skip
    graph = to_osmnx(chain)
    with pytest.warns(DataQualityWarning, match=r"edge_attrs_differ=\['kind'\]"):
        from_osmnx(ox.simplify_graph(graph))
    kept = from_osmnx(ox.simplify_graph(graph, edge_attrs_differ=["kind"]))
    assert edges_of(kept) == edges_of(chain)


def test_lists_of_tags_that_agree_are_no_mixture():
    graph = nx.MultiGraph(crs=UTM)
    graph.add_node(1, x=X, y=Y)
    graph.add_node(2, x=X + 100, y=Y)
    graph.add_edge(1, 2, length=100.0, highway=["footway", "path"])
    assert [EDGE_KINDS[code] for code in from_osmnx(graph).kind] == ["path"]


def test_a_loop_with_a_shape_stays_once_and_one_without_goes():
    graph = nx.MultiDiGraph(crs=UTM)
    graph.add_node(1, x=X, y=Y)
    ring = [(X, Y), (X + 50, Y), (X + 50, Y + 40), (X, Y)]
    graph.add_edge(1, 1, length=150.0, geometry=shapely.LineString(ring))
    graph.add_edge(1, 1, length=150.0, geometry=shapely.LineString(ring[::-1]))
    graph.add_edge(1, 1, length=5.0)
    found = from_osmnx(graph)
    assert (found.n_nodes, found.n_edges) == (3, 3)
    assert found.length_m.sum() == pytest.approx(150)


def test_of_parallel_straight_edges_the_shortest_stays():
    graph = nx.MultiGraph(crs=UTM)
    graph.add_node("a", x=X, y=Y)
    graph.add_node("b", x=X + 100, y=Y)
    graph.add_node("alone", x=X, y=Y + 900)
    graph.add_edge("a", "b", length=140.0, osmid=1)
    graph.add_edge("b", "a", length=100.0, osmid=2, route="ferry")
    found = from_osmnx(graph)
    assert found.length_m.tolist() == [100.0]
    assert found.way_id.tolist() == [2]
    assert [EDGE_KINDS[code] for code in found.kind] == ["ferry"]
    assert found.node_id.tolist() == [1, 2]  # names are no ids; the node without edges is gone


def test_a_graph_in_degrees_is_brought_to_the_working_crs(town):
    degrees = ox.projection.project_graph(to_osmnx(town), to_crs="EPSG:4326")
    with pytest.raises(CRSError, match=r"would be in degrees; give `crs` in metres"):
        from_osmnx(degrees)
    back = from_osmnx(degrees, crs=UTM)
    assert edges_of(back) == edges_of(town)
    moved = np.array([places(back)[node] for node in town.node_id.tolist()])
    assert np.abs(moved - town.node_xy).max() < 0.01


def test_an_empty_network_is_an_empty_graph(town):
    empty = Network(
        np.empty((0, 2)), np.empty(0, dtype=int), np.empty((0, 2), dtype=np.int32), np.empty(0),
        np.empty(0, dtype=np.int8), np.empty(0, dtype=int), UTM,
    )  # fmt: skip
    graph = to_osmnx(empty)
    assert len(graph) == 0
    assert from_osmnx(graph).n_edges == 0


def test_faults_are_named(town):
    graph = to_osmnx(town)
    del graph.edges[11, 42, 0]["length"]
    with pytest.raises(LayerSchemaError, match=r"1 edges have no `length`, e\.g\. \[\(11, 42\)\]"):
        from_osmnx(graph)
    del graph.nodes[7]["x"]
    with pytest.raises(LayerSchemaError, match=r"1 nodes have no `x` and `y`, e\.g\. \[7\]"):
        from_osmnx(graph)
    del graph.graph["crs"]
    with pytest.raises(CRSError, match="The graph has no `crs`"):
        from_osmnx(graph)


def test_what_osmnx_cannot_hold_is_refused(town):
    with pytest.raises(CRSError, match="`network` has no CRS"):
        to_osmnx(replace(town, crs=None))
    with pytest.raises(LayerSchemaError, match=r"nodes of one id, e\.g\. \[3\]"):
        to_osmnx(replace(town, node_id=np.array([1, 3, 3, 4, 5])))
