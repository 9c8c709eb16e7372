"""The network's parts: what paths hold together, what only a ferry joins, what is cut off."""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from creative_spatial.network import EDGE_KINDS, Network, components, land_parts

KIND = {kind: code for code, kind in enumerate(EDGE_KINDS)}


def draw(*edges, n_nodes=None):
    """A network of (start, end, metres, kind)."""
    pairs = np.array([edge[:2] for edge in edges], dtype=np.int32).reshape(-1, 2)
    n = int(pairs.max(initial=-1)) + 1 if n_nodes is None else n_nodes
    return Network(
        node_xy=np.column_stack([np.arange(n), np.zeros(n)]).astype(float),
        node_id=np.arange(n) + 100,
        edges=pairs,
        length_m=np.array([edge[2] for edge in edges], dtype=float),
        kind=np.array([KIND[edge[3]] for edge in edges], dtype=np.int8),
        way_id=np.arange(len(edges)),
        crs=CRS.from_epsg(32647),
    )


def test_a_network_in_one_piece_is_one_part():
    found = components(draw((0, 1, 300, "path"), (1, 2, 700, "steps")))
    assert found.to_dict("list") == {
        "node_id": [100],
        "nodes": [3],
        "km": [1.0],
        "share": [100.0],
        "kind": ["main"],
    }


def test_the_longest_part_is_the_main_one_however_many_nodes_another_has():
    found = components(
        draw((0, 1, 10, "path"), (1, 2, 10, "path"), (2, 3, 10, "path"), (4, 5, 970, "path"))
    )
    assert found["node_id"].tolist() == [104, 100]
    assert found["kind"].tolist() == ["main", "cut off"]
    assert found["share"].tolist() == [97.0, 3.0]


def test_an_island_that_a_ferry_serves_is_a_part_of_its_own_and_said_to_be_served():
    network = draw(
        (0, 1, 600, "path"),
        (1, 2, 200, "ferry"),  # over a node on the water
        (2, 3, 200, "ferry"),
        (3, 4, 300, "path"),
        (5, 6, 100, "path"),
    )
    found = components(network)
    assert found["kind"].tolist() == ["main", "by ferry", "cut off"]
    assert found["km"].tolist() == [0.6, 0.3, 0.1]
    assert found["nodes"].tolist() == [2, 2, 2]
    assert land_parts(network).tolist() == [0, 0, -1, 1, 1, 2, 2]


def test_two_islands_with_a_ferry_between_them_are_still_cut_off_from_the_main_part():
    found = components(
        draw((0, 1, 900, "path"), (2, 3, 50, "path"), (3, 4, 400, "ferry"), (4, 5, 40, "path"))
    )
    assert found["kind"].tolist() == ["main", "cut off", "cut off"]


def test_a_ferry_that_touches_no_path_is_named_and_has_no_share_of_the_paths():
    found = components(draw((0, 1, 10, "path"), (2, 3, 4000, "ferry"), (3, 4, 1000, "ferry")))
    assert found["kind"].tolist() == ["main", "ferry alone"]
    assert found["km"].tolist() == [0.01, 5.0]
    assert found["nodes"].tolist() == [2, 3]
    assert found["share"].tolist() == [100.0, 0.0]


def test_a_network_of_ferries_has_no_main_part():
    assert components(draw((0, 1, 10, "ferry")))["kind"].tolist() == ["ferry alone"]


def test_nodes_without_edges_are_in_no_part():
    network = draw((0, 1, 10, "path"), n_nodes=4)
    assert land_parts(network).tolist() == [0, 0, -1, -1]
    assert components(network)["nodes"].tolist() == [2]


def test_an_empty_network_has_no_parts():
    found = components(draw(n_nodes=0))
    assert found.empty
    assert list(found) == ["node_id", "nodes", "km", "share", "kind"]
