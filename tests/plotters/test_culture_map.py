"""What the map of culture draws as lines, which names it bears, and what it cannot place."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.text import Text

from creative_spatial.area import StudyArea
from creative_spatial.plotters import draw_map, load_maps
from creative_spatial.plotters.list_box import GID
from creative_spatial.taxonomy import Taxonomy

MAP = "pillar-2-culture"
WALL, EVENT = "City wall", "Ground or way of an event"


def words(sheet):
    return [item.get_text() for item in sheet.findobj(Text) if item.get_text().strip()]


def color_of(title):
    return next(it.color for it in load_maps()[MAP].layers if it.title.get("en") == title).lower()


def segments(sheet, color):
    return [
        segment
        for c in sheet.map.collections
        if hasattr(c, "get_segments") and len(c.get_colors()) and to_hex(c.get_colors()[0]) == color
        for segment in c.get_segments()
    ]


def markers(sheet):
    return sum(
        len(c.get_offsets())
        for c in sheet.map.collections
        if hasattr(c, "get_sizes") and len(c.get_sizes())
    )


def line(make, *corners):
    return shapely.LineString([make.at(*xy) for xy in corners])


def test_a_wall_is_drawn_along_its_course_and_bears_no_marker(make):
    rows = [
        ("", "Wall", "city_wall", line(make, (400, 1000), (400, 2000), (900, 2000)), {}),
        ("", "Gate", "city_wall", shapely.Point(make.at(900, 2000)), {}),
    ]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])
    (course,) = segments(sheet, color_of(WALL))
    corners = [make.at(*xy) for xy in ((400, 1000), (400, 2000), (900, 2000))]
    assert [tuple(xy) for xy in course] == [pytest.approx(xy) for xy in corners]
    assert WALL in words(sheet)
    assert markers(sheet) == 1  # that of the gate
    assert "Places shown (n): 2" in words(sheet)


def test_walls_alone_are_a_map_too(make):
    rows = [("", "Wall", "city_wall", line(make, (400, 1000), (400, 2000)), {})]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])
    assert (markers(sheet), len(segments(sheet, color_of(WALL)))) == (0, 1)
    assert "(n): 1" in " ".join(words(sheet))


def test_the_ground_or_way_of_an_event_is_drawn_beside_its_marker(make):
    rows = [
        ("", "Procession", "procession", line(make, (400, 1000), (400, 3000)), {}),
        ("", "Fair", "food_festival", make.polygon((1500, 1000), (2000, 1000), (2000, 1500)), {}),
        (
            "",
            "House",
            "heritage_building",
            make.polygon((1500, 2000), (1600, 2000), (1600, 2100)),
            {},
        ),
    ]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])
    drawn = segments(sheet, color_of(EVENT))
    assert sorted(len(it) for it in drawn) == [2, 4]
    assert markers(sheet) == 3
    assert words(sheet).count(EVENT) == 1


def test_no_concept_takes_all_the_names(make):
    """Three shrines inside, the surest and most central first; and the one mosque."""
    wats = [
        (
            "",
            f"Wat {i}",
            "wat",
            shapely.Point(make.at(800 + 700 * i, 2500)),
            {"uncertainty_m": 30.0 - i},
        )
        for i in range(4)
    ]
    mosque = [("", "Masjid of the far shore", "mosque", shapely.Point(make.at(2000, 4000)), {})]
    statue = [("", "Cat", "artwork", shapely.Point(make.at(1000, 4000)), {})]
    spec = load_maps()[MAP]
    named = [it for it in spec.labels if it.alike]
    spec = spec.model_copy(update={"labels": tuple(named)})
    sheet = draw_map(
        make.result({"culture": make.layer(wats + mosque + statue)}), spec, languages=["en"]
    )
    said = [text.get_text() for text in sheet.map.texts]
    assert {"Wat 3", "Wat 2", "Masjid of the far shore"} <= set(said)
    assert not {"Wat 0", "Wat 1", "Cat"} & set(said)


def test_a_street_is_named_in_both_languages(make):
    streets = gpd.GeoDataFrame(
        {"name": ["ถนนนครใน"], "name:th": ["ถนนนครใน"], "name:en": ["Nakhon Nai Road"],
         "highway": ["residential"], "source_id": ["osm"]},
        geometry=[line(make, (500, 500), (2500, 4000))], index=["osm:way/1"], crs=make.crs,
    )  # fmt: skip
    sheet = draw_map(make.result({"streets": streets}), MAP, languages=["th", "en"])
    said = {text.get_text(): text for text in sheet.map.texts}
    assert said["Nakhon Nai Road"].get_size() < said["ถนนนครใน"].get_size()
    assert said["Nakhon Nai Road"].get_rotation() == said["ถนนนครใน"].get_rotation()


def test_all_that_is_too_uncertain_is_named_where_there_is_room(make):
    rows = [
        ("", f"Lost {i}", "tomb", shapely.Point(make.at(2000, 3000)), {"uncertainty_m": 9000.0})
        for i in range(9)
    ]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])
    said = " ".join(words(sheet))
    assert all(f"Lost {i}" in said for i in range(9))
    many = pd.concat(
        [
            make.layer(rows),
            make.layer([(t, e.replace("Lost", "Gone"), c, g, x) for t, e, c, g, x in rows], "osm"),
        ]
    )
    said = " ".join(words(draw_map(make.result({"culture": many}), MAP, languages=["en"])))
    assert "Gone 6" in said
    assert "and 2 more" in said


def test_a_nameless_place_that_is_not_placed_is_called_what_it_is(make):
    lost = {"uncertainty_m": 9000.0}
    rows = [("", "", "tomb", shapely.Point(make.at(2000, 3000)), lost)]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["th", "en"])
    labels = Taxonomy.load().concept("tomb").labels
    assert {labels["th"], labels["en"]} <= set(words(sheet))


def test_what_is_not_placed_is_named_in_full_on_the_map_below_its_list(make):
    """North-east of a three-cornered town there is room for both; the panel then says nothing of it."""
    shape = make.polygon((0, 0), (6000, 0), (0, 6000))
    town = gpd.GeoDataFrame({"name": ["Wedge"]}, index=["town"], geometry=[shape], crs=make.crs)
    area = StudyArea.from_geometries(town, name="Wedge", grid="square", cell_m=1000)
    rows = [
        ("", f"Lost {i}", "tomb", shapely.Point(make.at(2000, 3000)), {"uncertainty_m": 9000.0})
        for i in range(9)
    ]
    eateries = [("", "Rice", "local_restaurant", shapely.Point(make.at(900, 900)), {})]
    layers = {"culture": make.layer(rows + eateries), "streets": make.empty()}
    sheet = draw_map(make.result(layers, area=area), MAP, languages=["en"])
    (box,) = [it for it in sheet.page.patches if it.get_gid() == GID]
    left, bottom = box.get_xy()
    heading, *others = [it for it in sheet.page.texts if "Not placed" in it.get_text()]
    assert others == []
    x, y = heading.get_position()
    assert left < x < left + box.get_width()
    assert bottom < y < bottom + box.get_height()
    said = " ".join(words(sheet))
    assert all(said.count(f"Lost {i}") == 1 for i in range(9))
    assert "more" not in said.split("Not placed")[1][:200]


def test_without_a_list_it_stays_in_the_panel(make):
    rows = [("", "Lost", "tomb", shapely.Point(make.at(2000, 3000)), {"uncertainty_m": 9000.0})]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])
    assert not [it for it in sheet.page.patches if it.get_gid() == GID]
    assert "Lost" in words(sheet)
