"""What an extract cuts: kept in part or left out, and reported by id."""

from __future__ import annotations

import logging

import pytest
from drawn_osm import DrawnOsm

from creative_spatial.loaders.osm import read_osm


@pytest.fixture
def drawn():
    return DrawnOsm()


@pytest.fixture
def extract(drawn, tmp_path):
    """Read what was drawn."""

    def read(**options):
        return read_osm(drawn.write(tmp_path / "cut.osm"), **options)

    return read


pytestmark = pytest.mark.filterwarnings(
    "ignore::creative_spatial.errors.EmptyLayerWarning"  # some files hold nothing else
)

WALL = {"barrier": "city_wall", "historic": "citywalls"}


def test_a_line_keeps_the_parts_between_missing_nodes(drawn, extract):
    refs = drawn.nodes(1, [(100 + i / 100, 7.01) for i in range(1, 8)])
    drawn.way(50, [*refs[:3], 901, *refs[3:5], 902, refs[6]], WALL)
    found = extract()
    (wall,) = found.features.geometry
    assert found.features["concept"].tolist() == ["city_wall"]
    assert [len(part.coords) for part in wall.geoms] == [3, 2]
    reason = "2 of its 8 nodes are missing from the file; kept 2 parts of it"
    assert found.report.loc["osm:way/50", "reason"] == reason


def test_a_line_without_two_neighbouring_nodes_is_left_out(drawn, extract):
    drawn.way(50, [*drawn.nodes(1, [(100.01, 7.01)]), 901, 902], WALL)
    found = extract()
    assert found.features.empty
    reason = "2 of its 3 nodes are missing from the file; nothing is left of it"
    assert found.report.loc["osm:way/50", "reason"] == reason


def test_a_way_all_of_whose_nodes_lie_in_one_place_is_reported(drawn, extract):
    drawn.way(50, drawn.nodes(1, [(100.01, 7.01), (100.01, 7.01)]), WALL)
    found = extract()
    assert found.features.empty
    assert found.report.loc["osm:way/50", "reason"] == "its nodes all lie in one place"


def test_an_area_that_lacks_a_node_is_left_out(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.02)])
    drawn.way(50, [*refs, 901, refs[0]], natural="wood")
    found = extract()
    assert found.features.empty
    assert found.background["land_use"].empty
    reason = "1 of its 5 nodes are missing from the file; the area is left out"
    assert found.report.loc["osm:way/50", "reason"] == reason


def test_a_closed_line_that_lacks_a_node_keeps_its_parts(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.02), (100.01, 7.02)])
    drawn.way(50, [*refs, 901, refs[0]], WALL)
    found = extract()
    assert found.features.geometry.geom_type.tolist() == ["LineString"]
    assert "kept 1 part of it" in found.report.loc["osm:way/50", "reason"]


def test_an_area_that_crosses_itself_without_area_is_left_out(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.03, 7.01)])
    drawn.way(50, [*refs, refs[0]], natural="wood")
    found = extract()
    assert found.features.empty
    assert "crosses itself or has no area" in found.report.loc["osm:way/50", "reason"]


def test_a_multipolygon_whose_members_are_missing_is_reported_with_their_ids(drawn, extract):
    drawn.square(50, 100.01, 7.01)
    drawn.relation(
        7, [("way", 50, "outer"), ("way", 901, "outer")], type="multipolygon", natural="wood"
    )
    found = extract()
    assert found.features.empty
    reason = "901 of its 2 ways missing from the file; the area is left out"
    assert found.report.loc["osm:relation/7", "reason"] == reason


def test_a_multipolygon_whose_ring_stays_open_is_reported(drawn, extract):
    drawn.way(50, drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.02)]))
    drawn.relation(7, [("way", 50, "outer")], type="multipolygon", natural="wood")
    reason = extract().report.loc["osm:relation/7", "reason"]
    assert reason == "its ways do not close into rings; the area is left out"


def test_a_multipolygon_whose_way_lacks_nodes_names_the_way(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.02)])
    drawn.way(50, [*refs, 901, refs[0]])
    drawn.relation(7, [("way", 50, "outer")], type="multipolygon", natural="wood")
    reason = extract().report.loc["osm:relation/7", "reason"]
    assert reason == "nodes of its ways 50 missing from the file; the area is left out"


def test_a_relation_without_members_is_reported(drawn, extract):
    drawn.relation(7, [], type="multipolygon", natural="wood")
    reason = extract().report.loc["osm:relation/7", "reason"]
    assert reason == "it has no ways as members; the area is left out"


def test_what_nobody_asked_for_is_not_reported(drawn, extract):
    drawn.way(50, [901, 902], power="line")
    drawn.relation(7, [("way", 901, "outer")], type="multipolygon", landuse="unheard_of")
    drawn.way(51, [901, 902, 903, 901], amenity="bench")
    assert extract().report.empty


def test_a_node_off_the_earth_is_reported(drawn, extract):
    drawn.node(1, 100.01, 97.01, tourism="museum")
    drawn.node(2, 100.01, 7.01, tourism="museum")
    found = extract()
    assert found.features.index.tolist() == ["osm:node/2"]
    assert found.report.loc["osm:node/1", "reason"] == "its position is not on Earth"


def test_the_log_says_how_many_objects_are_incomplete(drawn, extract, caplog):
    drawn.way(50, [901, 902], WALL)
    with caplog.at_level(logging.INFO):
        extract()
    assert "1 object could not be read whole" in caplog.text


def test_missing_negative_nodes_are_reported_like_others(drawn, extract):
    drawn.way(-50, [*drawn.nodes(-3, [(100.01, 7.01), (100.02, 7.01)]), -901], WALL)
    found = extract()
    assert found.features.index.tolist() == ["osm:way/-50"]
    assert "1 of its 3 nodes are missing" in found.report.loc["osm:way/-50", "reason"]


def test_a_relation_s_untagged_way_may_want_a_negative_node_that_is_missing(drawn, extract):
    refs = drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01), (100.02, 7.02)])
    drawn.way(50, [*refs, -149, refs[0]])
    drawn.relation(60, [("way", 50, "outer")], type="multipolygon", natural="water", name="Pond")
    found = extract()
    assert found.report.index.tolist() == ["osm:relation/60"]
