"""Files whose objects are in another order than osmium takes, or deleted."""

from __future__ import annotations

import bz2
import io

import pytest
from drawn_osm import DrawnOsm

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm import read_osm
from creative_spatial.loaders.osm.markup import scan

KINDS = ("node", "way", "relation")
MUSEUM = {"tourism": "museum"}


@pytest.fixture
def drawn():
    """A museum, a wood, a street, and a lagoon whose outline is a way of its own."""
    drawn = DrawnOsm()
    drawn.node(1, 100.01, 7.01, **MUSEUM)
    drawn.square(2, 100.03, 7.03, natural="wood")
    drawn.square(3, 100.06, 7.03)
    drawn.way(4, drawn.nodes(90, [(100.01, 7.02), (100.02, 7.02)]), highway="residential")
    drawn.relation(5, [("way", 3, "outer")], type="multipolygon", natural="water")
    return drawn


def in_order(drawn, *kinds):
    """The drawn file with its kinds of objects in another order."""
    drawn.parts = {kind: drawn.parts[kind] for kind in kinds}
    return drawn


def same(one, other):
    """Whether two extracts hold the same features, segments and areas, and no faults."""
    assert one.report.empty
    assert other.report.empty
    assert one.features.sort_index().to_wkb().equals(other.features.sort_index().to_wkb())
    assert sorted(one.network.way_id) == sorted(other.network.way_id)
    assert one.network.length_m.sum() == pytest.approx(other.network.length_m.sum())
    for layer, table in one.background.items():
        assert table.area.sum() == pytest.approx(other.background[layer].area.sum())


@pytest.mark.parametrize(
    "kinds",
    [
        ("way", "node", "relation"),
        ("relation", "way", "node"),
        ("node", "relation", "way"),
        ("relation", "node", "way"),
    ],
)
def test_objects_in_another_order_read_the_same(drawn, tmp_path, kinds):
    expected = read_osm(drawn.write(tmp_path / "sorted.osm"))
    assert len(expected.features) == 3
    assert len(expected.network.edges) == 1
    path = in_order(drawn, *kinds).write(tmp_path / "export.osm")
    same(read_osm(path), expected)
    packed = tmp_path / "export.osm.bz2"
    packed.write_bytes(bz2.compress(path.read_bytes()))
    same(read_osm(packed), expected)


def test_nodes_after_some_of_the_ways_only_are_found_too(drawn, tmp_path):
    expected = read_osm(drawn.write(tmp_path / "sorted.osm"))
    drawn.parts["node"], late = drawn.parts["node"][:6], drawn.parts["node"][6:]
    drawn.parts["relation"] += late
    same(read_osm(drawn.write(tmp_path / "export.osm")), expected)


def test_ways_that_are_not_sorted_by_id_read_the_same(drawn, tmp_path):
    expected = read_osm(drawn.write(tmp_path / "sorted.osm"))
    drawn.parts["way"].reverse()
    same(read_osm(drawn.write(tmp_path / "export.osm")), expected)


@pytest.mark.parametrize("tags_first", [True, False])
def test_an_answer_that_writes_tags_and_nodes_apart_counts_each_object_once(
    drawn, tmp_path, tags_first
):
    expected = read_osm(drawn.write(tmp_path / "sorted.osm"))
    bare = DrawnOsm()
    bare.way(2, [20, 21, 22, 23, 20])
    bare.relation(5, [("way", 3, "outer")])
    for kind in ("way", "relation"):
        both = (drawn.parts[kind], bare.parts[kind])
        drawn.parts[kind] = [part for parts in both[:: 1 if tags_first else -1] for part in parts]
    in_order(drawn, "way", "relation", "node")
    same(read_osm(drawn.write(tmp_path / "export.osm")), expected)


def test_the_order_is_followed_across_the_pieces_that_are_read(drawn, monkeypatch):
    sorted_text = drawn.xml().encode()
    other = in_order(drawn, "way", "node", "relation").xml().encode()
    for size in (150, 256, 1000):
        monkeypatch.setattr("creative_spatial.loaders.osm.markup._CHUNK_BYTES", size)
        assert scan("city.osm", io.BytesIO(sorted_text)).in_order
        assert not scan("city.osm", io.BytesIO(other)).in_order


def test_what_stands_across_two_pieces_is_seen_whole(monkeypatch):
    text = b"<osm><!-- padded --><remark> runtime error: x </remark></osm>"
    for size in range(30, len(text)):
        monkeypatch.setattr("creative_spatial.loaders.osm.markup._CHUNK_BYTES", size)
        with pytest.raises(LoadError, match="runtime error: x"):
            scan("city.osm", io.BytesIO(text))


def test_the_last_element_of_a_text_counts():
    assert not scan("city.osm", io.BytesIO(b'<osm><way id="2"/><node id="1"')).in_order


def test_a_way_that_is_there_twice_with_tags_counts_once(drawn, tmp_path):
    drawn.way(2, [20, 21, 22, 23, 20], natural="wood", name="again")
    extract = read_osm(drawn.write(tmp_path / "merged.osm"))
    assert extract.features["concept"].tolist().count("forest") == 1
    assert extract.features["name"].isna().all()


def test_negative_ids_from_the_lowest_on_read_the_same(tmp_path):
    drawn = DrawnOsm()
    drawn.square(-3, 100.03, 7.03, natural="wood")
    drawn.square(-2, 100.06, 7.03, **MUSEUM)
    extract = read_osm(drawn.write(tmp_path / "drawn.osm"))
    assert sorted(extract.features.index) == ["osm:way/-2", "osm:way/-3"]
    assert extract.report.empty


def test_deleted_objects_are_not_counted(drawn, tmp_path):
    drawn.node(6, 100.02, 7.02, **MUSEUM)
    drawn.square(7, 100.08, 7.03, **MUSEUM)
    drawn.relation(8, [("way", 3, "outer")], type="multipolygon", natural="wood")
    kept = read_osm(drawn.write(tmp_path / "kept.osm")).features.index
    assert {"osm:node/6", "osm:way/7", "osm:relation/8"} <= set(kept)
    text = drawn.xml()
    for start in ('<node id="6"', '<way id="7"', '<relation id="8"'):
        text = text.replace(start, f'{start} visible="false"')
    path = tmp_path / "deleted.osm"
    path.write_text(text)
    left = read_osm(path).features.index
    assert sorted(left) == ["osm:node/1", "osm:relation/5", "osm:way/2"]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_what_an_editor_is_yet_to_delete_is_refused(drawn, tmp_path, quote):
    path = tmp_path / "josm.osm"
    path.write_text(drawn.xml().replace('<way id="2"', f"<way id='2' action={quote}delete{quote}"))
    with pytest.raises(LoadError, match=r"^josm\.osm has objects with action='delete'.*upload"):
        read_osm(path)


def test_a_value_that_speaks_of_deleting_is_a_value(drawn, tmp_path):
    drawn.node(6, 100.02, 7.02, note="action='delete' visible='false'", **MUSEUM)
    assert "osm:node/6" in read_osm(drawn.write(tmp_path / "city.osm")).features.index
