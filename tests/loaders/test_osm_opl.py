"""Lines of text out of osmium, read by the column: what osmium reads is what comes out."""

from __future__ import annotations

import json

import numpy as np
import osmium
import pytest

from creative_spatial.loaders.osm.cutting.collecting import NeedsCopyError
from creative_spatial.loaders.osm.cutting.looked_up import read_boxes
from creative_spatial.loaders.osm.cutting.opl import (
    read_nodes,
    read_relations,
    read_way_ids,
    read_ways,
    source_ids,
)
from creative_spatial.loaders.osm.cutting.sifting import TEXT
from creative_spatial.loaders.osm.cutting.tags import as_json

ODD = [
    "plain", "วัดโพธิ์ 20", "a%20b", "%", "%25%", "20%e01%", "k=v,k2=v2", "a@b", '"quoted"', "back\\slash",
    "two\nlines", "a\ttab", "T", "😀", "'", "  spaces  ", "\x01", "\x7f", "é", "a%b c%d", "n1xy", "",
]  # fmt: skip


def written(tmp_path, *objects):
    """What osmium writes of objects, as text."""
    path = tmp_path / "written.opl"
    path.unlink(missing_ok=True)
    add = {"n": "add_node", "w": "add_way", "r": "add_relation"}
    with osmium.SimpleWriter(osmium.io.File(str(path), TEXT)) as writer:
        for kind, thing in objects:
            getattr(writer, add[kind])(thing)
    return path.read_bytes()


def node(number, **facts):
    return "n", osmium.osm.mutable.Node(id=number, **({"location": (1.0, 2.0)} | facts))


def columns_of(objects):
    """Columns of what was read, as lists."""
    return {name: c.to_pylist() for name, c in objects.facts.columns(mapped=False).items()}


@pytest.mark.parametrize("odd", ODD)
def test_any_text_comes_through(tmp_path, odd):
    tags = {"name": odd, "also": "x", f"key {odd}": odd}
    (read,) = columns_of(read_nodes(written(tmp_path, node(1, tags=tags))))["tags"]
    assert json.loads(read) == tags
    members = [("w", 5, odd), ("n", 6, ""), ("r", 7, "M")]
    relation = osmium.osm.mutable.Relation(id=1, members=members, tags=tags)
    relations = read_relations(written(tmp_path, ("r", relation)))
    assert relations.sizes.tolist() == [3]
    assert relations.types.to_pylist() == ["w", "n", "r"]
    assert relations.refs.tolist() == [5, 6, 7]
    assert relations.roles.to_pylist() == [odd, "", "M"]


def test_tags_are_in_one_order():
    assert as_json(["b=1,a=2,a:b=3"]) == as_json(["a:b=3,a=2,b=1"])
    assert as_json(["b=1,a=2,a:b=3"]) == ['{"a": "2", "a:b": "3", "b": "1"}']


def test_versions_and_times_may_be_missing(tmp_path):
    text = written(tmp_path, node(1, version=3, timestamp="2020-02-29T23:59:59Z"), node(2))
    columns = columns_of(read_nodes(text))
    assert columns["osm_id"] == [1, 2]
    assert columns["version"] == [3, 0]
    times = [time.isoformat() for time in columns["timestamp"]]
    assert times == ["2020-02-29T23:59:59+00:00", "1970-01-01T00:00:00+00:00"]


def test_positions_are_exact_to_the_last_digit(tmp_path):
    places = [(-179.9999999, -89.9999999), (0.0000001, 0.0), (100.5943217, 7.1987654)]
    nodes = [node(number, location=place) for number, place in enumerate(places, start=1)]
    lonlat = read_nodes(written(tmp_path, *nodes)).lonlat
    assert [tuple(place) for place in lonlat.tolist()] == places


def test_a_node_without_a_position_is_nowhere():
    nodes = read_nodes(b"n1 v1 dV t Ta=b x y\nn2 v1 dV t Ta=b x181 y0\nn3 v1 dV t Ta=b x1 y2\n")
    assert np.isnan(nodes.lonlat).all(axis=1).tolist() == [True, True, False]


def test_ways_lack_what_the_file_lacks():
    ways = read_ways(
        b"w1 v1 dV t Ta=b Nn1x1y2,n2xy,n3x3.5y-4\nw2 v1 dV t T N\nw3 v1 dV t Thighway=x Nn9x0y0\n"
    )
    assert ways.sizes.tolist() == [3, 0, 1]
    assert ways.refs.tolist() == [1, 2, 3, 9]
    assert np.array_equal(
        ways.lonlat, [[1, 2], [np.nan, np.nan], [3.5, -4], [0, 0]], equal_nan=True
    )
    assert columns_of(ways)["tags"] == ['{"a": "b"}', "{}", '{"highway": "x"}']


def test_chosen_ways_are_those_ways_alone():
    ways = read_ways(b"w1 v1 dV t Ta=b Nn1x1y2,n2x3y4\nw2 v1 dV t T N\nw3 v2 dV t Tc=d Nn9x0y0\n")
    chosen = ways.where(np.array([False, True, True]))
    assert columns_of(chosen) == {name: values[1:] for name, values in columns_of(ways).items()}
    assert (chosen.sizes.tolist(), chosen.refs.tolist()) == ([0, 1], [9])
    assert ways.where(np.ones(3, dtype=bool)) is ways


def test_ways_and_relations_of_nothing(tmp_path):
    ways = read_ways(b"w1 v1 dV t T N\n")
    assert (ways.sizes.tolist(), ways.refs.tolist(), ways.lonlat.shape) == ([0], [], (0, 2))
    relations = read_relations(b"r1 v1 dV t T M\n")
    assert (relations.sizes.tolist(), relations.refs.tolist()) == ([0], [])
    assert relations.roles.to_pylist() == []


def test_tags_are_asked_for_by_all_of_key_and_value():
    text = (
        b"w1 v1 dV t Tarea=no N\nw2 v1 dV t Ta=b,area=no N\nw3 v1 dV t Tarea=nothing N\n"
        b"w4 v1 dV t TTarea=no N\nw5 v1 dV t Tnote=area=no N\nw6 v1 dV t Thighway=x,z=1 N\n"
    )
    facts = read_ways(text).facts
    assert facts.has("area=no").tolist() == [True, True, False, False, False, False]
    assert facts.has("area=no", "highway=").tolist() == [True, True, False, False, False, True]


def test_ids_that_were_made_positive_are_those_of_the_source():
    ids = np.array([6, 5, 0, 2_000_000_001])
    assert source_ids(ids, mapped=True).tolist() == [3, -3, 0, -1_000_000_001]
    assert source_ids(ids, mapped=False).tolist() == ids.tolist()


def test_ways_are_found_by_their_ids_and_told_whole_or_not():
    text = (
        b"w1 v1 dV t Ta=b Nn1x1y2,n2xy\nw5 v1 dV t T N\nw9 v1 dV t Tname=nN%2c%n Nn9x0y0,n8x1y1\n"
    )
    assert read_way_ids(text).tolist() == [1, 5, 9]
    assert read_ways(text).whole.tolist() == [False, True, True]
    assert read_ways(text).sizes.tolist() == [2, 0, 2]


def test_relations_say_which_members_are_ways():
    relations = read_relations(b"r1 v1 dV t T Mn1@,w2@outer,r3@\nr2 v1 dV t T M\n")
    assert relations.are_ways.tolist() == [False, True, False]


def test_the_box_of_a_relation_is_that_of_its_known_ways(tmp_path):
    lines = tmp_path / "ways.opl"
    lines.write_bytes(b"w4 v1 dV t T Nn1x1y5,n2x3y4\nw7 v1 dV t T Nn3xy\nw9 v1 dV t T Nn4x-2y6\n")
    boxes = read_boxes(lines, lacking={7})
    relations = read_relations(
        b"r1 v1 dV t T Mw4@,w9@,w999@,n4@\nr2 v1 dV t T Mw7@\nr3 v1 dV t T M\nr4 v1 dV t T Mw4@\n"
    )
    nowhere = [np.nan] * 4
    around = [[-2, 4, 3, 6], nowhere, nowhere, [1, 4, 3, 5]]
    assert np.array_equal(boxes.around(relations), around, equal_nan=True)


def test_a_way_that_lacked_nodes_and_has_them_now_needs_a_copy_of_the_file(tmp_path):
    lines = tmp_path / "ways.opl"
    lines.write_bytes(b"w4 v1 dV t T Nn1x1y5,n2x3y4\n")
    with pytest.raises(NeedsCopyError):
        read_boxes(lines, lacking={4})
