"""What lies in an area of its kind is one venue with it though a name is missing or in another script."""

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
LEFT, RIGHT = point(0.2, 0.5), point(0.7, 0.5)
# A hall around INSIDE and one around RIGHT, in the ground that BUILDING is.
HALL, OTHER_HALL = square(0.4, 0.4, 0.2, 0.2), square(0.65, 0.4, 0.1, 0.2)
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
        (["Museum", "Museum of Nets"], "museum", WAY),
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
        # things of another concept in an area
        ([None, "Night Market"], ["craft_shop", "food_market"], [INSIDE, BUILDING]),
        ([None, "City Museum"], ["cafe", "restaurant"], [INSIDE, BUILDING]),
        (["City Museum", "City Museum"], ["cafe", "museum"], [INSIDE, BUILDING]),
        (
            [None] * 4,
            ["cafe", "cafe", "cafe", "museum"],
            [point(k / 9, 0.5) for k in (1, 2, 3)] + [BUILDING],
        ),
        # several in a nameless ground: nothing says which of them is the temple
        ([None, None, None], "wat", [LEFT, RIGHT, BUILDING]),
        ([None, None, None], "wat", [HALL, OTHER_HALL, BUILDING]),
        ([None, "Wat Klang", None], "wat", [LEFT, RIGHT, BUILDING]),
        (["Wat Klang", "Wat Liap", None], "wat", [LEFT, RIGHT, BUILDING]),
        (["Wat Klang", "Wat Liap", None], "wat", [HALL, OTHER_HALL, BUILDING]),
        # halls and shrines with names of their own in the ground of another
        (["Wat Liap", "Wat Don Yae", "Wat Klang"], "wat", [HALL, OTHER_HALL, BUILDING]),
        (["Wat Liap", "Wat Don Yae", "Wat Klang"], "wat", [LEFT, HALL, BUILDING]),
        # a museum in a fort, and a hall of which less than half lies in the ground
        ([None, "Old Fort"], ["museum", "fort"], [HALL, BUILDING]),
        ([None, "Wat Klang"], "wat", [square(0.9, 0.4, 0.21, 0.2), BUILDING]),
        # groups that are all listed with the outline of their village
        ([None, "Weavers", None], "weaving_group", [BUILDING] * 3),
        ([None, "Weavers", None, None], "weaving_group", [BUILDING] * 3 + [INSIDE]),
        # land is measured, and a park in a park is no place
        ([None, "Lake Park"], "park", [HALL, BUILDING]),
        # two temples in one ground, which is neither of them or one of two that sound alike
        (["Wat Liap", "วัดกลาง", "Wat Don Yae"], "wat", [LEFT, RIGHT, BUILDING]),
        (["วัดแจ้ง", "วัดแจง", "Wat Chaeng"], "wat", [LEFT, RIGHT, BUILDING]),
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


@pytest.mark.parametrize(
    ("names", "shapes", "stays"),
    [
        # a hall in the ground of its temple: no name, the same, in another script, a mere kind
        ([None, "Wat Klang"], [HALL, BUILDING], [1]),
        (["Wat Klang", None], [HALL, BUILDING], [0]),
        (["Wat Klang", "Wat Klang"], [HALL, BUILDING], [1]),
        (["วัดกลาง", "Wat Klang"], [HALL, BUILDING], [1]),
        (["Temple", "Wat Klang"], [HALL, BUILDING], [1]),
        ([None, None], [HALL, BUILDING], [1]),
        (["Wat Klang", "Temple"], [HALL, BUILDING], [0]),
        # whatever has no name is part of what has one around it
        ([None, None, "Wat Klang"], [HALL, OTHER_HALL, BUILDING], [2]),
        ([None, None, "Wat Klang"], [LEFT, RIGHT, BUILDING], [2]),
        ([None, "Wat Liap", None, "Wat Klang"], [LEFT, RIGHT, HALL, BUILDING], [1, 3]),
        ([None, None, None, "Wat Klang"], [point(0.45, 0.5), INSIDE, HALL, BUILDING], [3]),
        # the one name in a ground is the ground's, and its halls are then parts
        (["Wat Klang", None, None], [HALL, OTHER_HALL, BUILDING], [0]),
        (["Wat Klang", None, None], [INSIDE, OTHER_HALL, BUILDING], [0]),
        (["Wat Klang", None, None], [HALL, RIGHT, BUILDING], [0]),
        # a node in a hall in a ground
        ([None, None, None], [INSIDE, HALL, BUILDING], [2]),
        (["Wat Klang", None, None], [INSIDE, HALL, BUILDING], [0]),
        ([None, "Wat Klang", None], [INSIDE, HALL, BUILDING], [1]),
        ([None, None, "Wat Klang"], [INSIDE, HALL, BUILDING], [2]),
        (["Wat Klang", None, "Wat Klang"], [INSIDE, HALL, BUILDING], [2]),
        (["Wat Klang", "วัดกลาง", None], [INSIDE, HALL, BUILDING], [1]),
        (["วัดกลาง", "Wat Klang", "Wat Klang"], [INSIDE, HALL, BUILDING], [2]),
        # a hall of another name in it keeps what is in the hall
        ([None, "Wat Liap", "Wat Klang"], [INSIDE, HALL, BUILDING], [1, 2]),
        (["Wat Liap", "Wat Klang", None], [INSIDE, HALL, BUILDING], [0, 1]),
        # a node in two outlines that overlap, by more than half and by less
        (["Wat Klang", None, None], [INSIDE, BUILDING, square(0.4, 0.1)], [0]),
        (["วัดกลาง", "Wat Klang", "Wat Klang "], [INSIDE, BUILDING, square(0.45, 0.1, 1, 1.1)], [2]),
        ([None, "Wat Klang", "Wat Liap"], [INSIDE, BUILDING, square(0.4, 0.1)], [1, 2]),
    ],
)
def test_what_lies_in_a_place_of_its_kind_is_counted_with_it(make_features, names, shapes, stays):
    for order in (slice(None), slice(None, None, -1)):
        layer = make_features(shapes, name=names, concept="wat").iloc[order]
        kept, dropped = drop_duplicates(layer, taxonomy=Taxonomy.load())
        assert sorted(kept.index) == [f"test:{row}" for row in stays]
        assert sorted([*kept.index, *dropped.index]) == sorted(layer.index)
        assert set(dropped["kept_id"]) <= set(kept.index)


def test_one_outline_drawn_twice_is_one_venue(venue):
    assert venue([None, None], "craft_shop", [BUILDING, BUILDING]) == ([NODE], {WAY: NODE})


def test_nothing_is_said_of_names_where_nameless_points_are_parts_of_one(make_features):
    layer = make_features([LEFT, RIGHT, BUILDING], name=[None, None, "Wat Klang"], concept="wat")
    dropped = drop_duplicates(layer)[1]  # a warning is an error
    assert (
        dropped["reason"].tolist()
        == ["of one concept, and a name is missing, in its area or on it"] * 2
    )


def test_another_sources_building_is_left_to_conflation(make_features):
    layer = make_features([INSIDE, BUILDING], name=["City Museum", None])
    layer["source_id"] = ["hall", "osm"]
    assert len(drop_duplicates(layer)[0]) == 2


def test_two_temples_in_one_ground_leave_the_one_that_is_the_grounds(venue):
    shapes = [LEFT, RIGHT, BUILDING]
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

    def test_the_ground_of_the_hall_that_stands_for_it_is_still_land(self, make_features):
        mapped = make_features(
            [HALL, OTHER_HALL, BUILDING], source_id="osm", name=["Wat Klang", None, None]
        )
        found = self.places(mapped)
        assert found.counts == {"in": 3, "counted_twice": 2, "withheld": 0, "out": 1}
        assert found.layer["also_ids"].to_dict() == {"osm:0": "osm:1;osm:2"}
        assert found.outlines.index.tolist() == ["osm:0", "osm:1", "osm:2"]
        assert found.outlines.geometry.union_all().equals(BUILDING)

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
