"""A node in its building is one venue though a name is missing, in another script, or of a like concept."""

from __future__ import annotations

import pytest
from drawn_osm import DrawnOsm
from places import point, square

from creative_spatial.assessment.places import places_of
from creative_spatial.loaders import read_osm
from creative_spatial.preparation import drop_duplicates
from creative_spatial.schema import validate_features
from creative_spatial.taxonomy import Taxonomy

INSIDE, BUILDING = point(0.5, 0.5), square(0, 0)
NODE, WAY = "test:0", "test:1"


@pytest.fixture
def venue(make_features):
    """What is left of a node and the building around it, and what was dropped for what."""

    def run(names, concept="museum", shapes=(INSIDE, BUILDING), **more):
        layer = make_features(shapes, name=names, concept=concept, **more)
        kept, dropped = drop_duplicates(layer, taxonomy=Taxonomy.load())
        validate_features(kept)
        assert len(kept) + len(dropped) == len(layer)
        return kept.index.tolist(), dropped["kept_id"].to_dict()

    return run


@pytest.mark.parametrize(
    ("names", "concept", "stays"),
    [
        ([None, "City Museum"], "museum", WAY),
        (["City Museum", None], "museum", NODE),
        (["City Museum", "unnamed"], "museum", NODE),
        ([None, None], "library", WAY),
        (["วัดแจ้ง", "Wat Chaeng"], "wat", WAY),
        (["Wat Chaeng", "วัดแจ้ง"], "wat", WAY),
        (["Café Zed", "Café Zed"], ["restaurant", "cafe"], WAY),
        (["Museum", None], "museum", NODE),
    ],
)
def test_a_node_in_its_building_counts_once(venue, names, concept, stays):
    other = NODE if stays == WAY else WAY
    assert venue(names, concept) == ([stays], {other: stays})


@pytest.mark.parametrize("on_it", [point(0, 0), point(0, 0.3), point(1, 1)])
def test_an_entrance_on_the_edge_is_in_the_building(venue, on_it):
    assert venue([None, "City Museum"], shapes=(on_it, BUILDING))[0] == [WAY]


def test_why_is_said(make_features):
    layer = make_features([INSIDE, BUILDING], name=["City Museum", None])
    assert drop_duplicates(layer)[1].loc[WAY, "reason"] == (
        "of one concept, and a name is missing, in its area or on it"
    )


@pytest.mark.parametrize(
    ("names", "concept", "shapes"),
    [
        # nothing but what is beside it
        ([None, "City Museum"], "museum", [point(1.001, 0.5), BUILDING]),
        # two nameless shops side by side, as nodes and as buildings
        ([None, None], "craft_shop", [point(0, 0), point(0.005, 0)]),
        ([None, None], "craft_shop", [BUILDING, square(1, 0)]),
        ([None, None], "craft_shop", [BUILDING, BUILDING]),
        # things of another concept in an area
        ([None, "Night Market"], ["craft_shop", "food_market"], [INSIDE, BUILDING]),
        ([None, "City Museum"], ["cafe", "restaurant"], [INSIDE, BUILDING]),
        (["City Museum", "City Museum"], ["cafe", "museum"], [INSIDE, BUILDING]),
        (
            [None] * 4,
            ["cafe", "cafe", "cafe", "museum"],
            [point(k / 9, 0.5) for k in (1, 2, 3)] + [BUILDING],
        ),
        # several nameless ones in one ground: nothing says which of them is the temple
        ([None, None, "Wat Klang"], "wat", [point(0.2, 0.5), point(0.7, 0.5), BUILDING]),
        ([None, None, None], "wat", [point(0.2, 0.5), point(0.7, 0.5), BUILDING]),
        (["Wat Klang", "Wat Liap", None], "wat", [point(0.2, 0.5), point(0.7, 0.5), BUILDING]),
        # two temples in one ground, which is neither of them or one of two that sound alike
        (
            ["Wat Liap", "วัดกลาง", "Wat Don Yae"],
            "wat",
            [point(0.2, 0.5), point(0.7, 0.5), BUILDING],
        ),
        (["วัดแจ้ง", "วัดแจง", "Wat Chaeng"], "wat", [point(0.2, 0.5), point(0.7, 0.5), BUILDING]),
        # a node in two outlines
        ([None, "City Museum", "Navy Museum"], "museum", [INSIDE, BUILDING, square(0.4, 0.1)]),
        (["City Museum", None, None], "museum", [INSIDE, BUILDING, square(0.4, 0.1)]),
        (["วัดแจ้ง", "Wat Chaeng", "Wat Chaeng "], "wat", [INSIDE, BUILDING, square(0.45, 0.1)]),
        # concepts that say nothing of what a thing is
        ([None, "Navy Club"], "other_place", [INSIDE, BUILDING]),
        ([None, "Old wall"], "archaeological_site", [INSIDE, BUILDING]),
        # names that differ
        (["Wat Klang", "Wat Liap"], "wat", [INSIDE, BUILDING]),
        (["Hall 1", "Hall 2"], "museum", [INSIDE, BUILDING]),
        (["Café Zed", "Bistro Ana"], ["restaurant", "cafe"], [INSIDE, BUILDING]),
        (["Temple", "Shrine"], ["wat", "chinese_shrine"], [INSIDE, BUILDING]),
    ],
)
def test_what_is_not_surely_one_venue_stays(venue, names, concept, shapes):
    assert venue(names, concept, shapes)[1] == {}


def test_another_sources_building_is_left_to_conflation(make_features):
    layer = make_features([INSIDE, BUILDING], name=["City Museum", None])
    layer["source_id"] = ["hall", "osm"]
    assert len(drop_duplicates(layer)[0]) == 2


def test_two_temples_in_one_ground_leave_the_one_that_is_the_grounds(venue):
    shapes = [point(0.2, 0.5), point(0.7, 0.5), BUILDING]
    assert venue(["วัดแจ้ง", "วัดกลาง", "Wat Chaeng"], "wat", shapes)[1] == {"test:0": "test:2"}


def test_a_flag_stays_with_a_record_that_has_no_name(venue):
    assert venue([None, "City Museum"], sensitivity=["grave", ""])[0] == [NODE]


class TestInARun:
    def places(self, *parts):
        return places_of(
            parts, Taxonomy.load(), origins={}, place_names=(), mapped=frozenset({"osm"})
        )

    def osm(self, make_features):
        return make_features([INSIDE, BUILDING], source_id="osm", name=["City Museum", None])

    def test_counts_add_up_and_the_outline_is_still_land(self, make_features):
        found = self.places(self.osm(make_features))
        assert found.counts == {"in": 2, "counted_twice": 1, "withheld": 0, "out": 1}
        assert found.layer["also_ids"].to_dict() == {"osm:0": "osm:1"}
        assert found.outlines.index.tolist() == ["osm:0", "osm:1"]
        assert found.outlines.geometry.iloc[1] == BUILDING

    def test_a_list_that_has_the_node_has_the_building_too(self, make_features):
        listed = make_features([INSIDE], source_id="city", name=["City Museum"])
        found = self.places(listed, self.osm(make_features))
        assert found.counts == {"in": 3, "counted_twice": 2, "withheld": 0, "out": 1}
        assert found.layer["also_ids"].to_dict() == {"city:0": "osm:0;osm:1"}
        assert found.outlines.index.tolist() == ["city:0", "osm:1"]

    def test_an_area_that_stands_for_its_node_is_land_once(self, make_features):
        mapped = make_features([INSIDE, BUILDING], source_id="osm", name=[None, "City Museum"])
        found = self.places(mapped)
        assert found.layer.index.tolist() == found.outlines.index.tolist() == ["osm:1"]

    def test_six_nodes_in_their_buildings_are_six_places(self, tmp_path):
        wat = {"amenity": "place_of_worship", "religion": "buddhist"}
        pairs = [
            ({"tourism": "museum", "name": "Boats"}, {"tourism": "museum", "name": "Boats"}),
            ({"tourism": "museum"}, {"tourism": "museum", "name": "Museum of Nets"}),
            ({"tourism": "museum", "name": "Fish House"}, {"tourism": "museum"}),
            ({"amenity": "library"}, {"amenity": "library"}),
            ({**wat, "name": "วัดแจ้ง"}, {**wat, "name": "Wat Chaeng"}),
            (
                {"amenity": "restaurant", "name": "Café Zed"},
                {"amenity": "cafe", "name": "Café Zed"},
            ),
        ]
        drawn = DrawnOsm()
        for number, (node, building) in enumerate(pairs):
            lon = 100.01 + number * 0.012
            drawn.node(9000 + number, lon + 0.0002, 7.0502, **node)
            drawn.square(100 + 10 * number, lon, 7.05, side=0.0005, building="yes", **building)
        drawn.write(tmp_path / "town.osm")
        features = Taxonomy.load().annotate(read_osm(tmp_path / "town.osm").features)
        found = self.places(features)
        assert found.counts == {"in": 12, "counted_twice": 6, "withheld": 0, "out": 6}
        assert found.layer["also_ids"].to_dict() == {
            "osm:node/9002": "osm:way/120",
            "osm:way/100": "osm:node/9000",
            "osm:way/110": "osm:node/9001",
            "osm:way/130": "osm:node/9003",
            "osm:way/140": "osm:node/9004",
            "osm:way/150": "osm:node/9005",
        }
        assert len(found.outlines) == 7, "and the outline of the Fish House"
