"""Quarters and stable hot spots on the map of culture, and a panel that leaves out no duty."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from sights import APART, DEFICIENCIES, SIGHTS, distance

from creative_spatial.plotters import draw_map, load_maps
from creative_spatial.plotters.cartography import cartography

MAP = "pillar-2-culture"


def words(sheet):
    return [item.get_text() for item in sheet.findobj(Text) if item.get_text().strip()]


@pytest.fixture(scope="module")
def sheet(make):
    """Two quarters, a stable hot spot and one that is not."""
    quarters = make.layer([
        ("ย่านเมืองเก่า", "Old Town quarter", "", make.polygon((400, 2000), (1000, 2000), (700, 3000)), {}),
        ("ย่านท่าเรือ", "Harbor quarter", "", make.polygon((2000, 500), (2600, 500), (2300, 900)), {}),
    ])  # fmt: skip
    spots = make.layer([
        ("", "", "", make.polygon((500, 2100), (900, 2100), (700, 2600)), {"stable": True}),
        ("", "", "", make.polygon((1500, 3500), (1900, 3500), (1700, 3900)), {"stable": False}),
    ])  # fmt: skip
    values = {**make.values, ("walking_communities", None): 2.75}
    return draw_map(
        make.result({"quarters": quarters, "hot_spots": spots}, values), MAP, languages=["en", "th"]
    )


def outlines(sheet, color):
    return [
        segment
        for c in sheet.map.collections
        if hasattr(c, "get_segments") and len(c.get_colors()) and to_hex(c.get_colors()[0]) == color
        for segment in c.get_segments()
    ]


def style():
    spots, outline, _ = load_maps()[MAP].layers[:3]
    return spots, outline


def test_quarters_are_outlined_and_numbered_in_their_order(sheet, make):
    _, outline = style()
    rings = [ring for ring in outlines(sheet, outline.color.lower()) if len(ring) == 4]
    assert len(rings) == 2
    assert {"Creative quarters", "Old Town quarter", "Harbor quarter", "ย่านเมืองเก่า"} <= set(
        words(sheet)
    )
    numbers = {
        t.get_text(): t.get_position()
        for t in sheet.map.texts
        if t.get_text() in {"1", "2"} and t.get_color() == "#FFFFFF"
    }
    assert numbers["1"] == pytest.approx(make.at(700, 3000))
    assert numbers["2"] == pytest.approx(make.at(2300, 900))


def test_where_there_are_more_than_are_drawn_the_legend_says_of_how_many(make):
    rows = [
        ("", f"Quarter {i}", "", make.polygon((x, 500), (x + 250, 500), (x, 900)), {})
        for i, x in enumerate(range(300, 3000, 300), start=1)
    ]
    some = draw_map(make.result({"quarters": make.layer(rows)}), MAP, languages=["en", "fr"])
    assert {"Creative quarters: 7 of 9", "Quartiers créatifs : 7 sur 9", "Quarter 7"} <= set(
        words(some)
    )
    assert "Quarter 8" not in words(some)
    seven = draw_map(make.result({"quarters": make.layer(rows[:7])}), MAP, languages=["en"])
    assert "Creative quarters" in words(seven)


def test_only_stable_hot_spots_are_drawn(sheet):
    spots, _ = style()
    assert len(outlines(sheet, spots.color.lower())) == 1
    assert "Stable hot spot" in words(sheet)


def test_hot_spots_lie_below_the_places(sheet):
    spots, _ = style()
    fills = [
        c
        for c in sheet.map.collections
        if len(c.get_facecolor()) and to_hex(c.get_facecolor()[0]) == spots.fill.lower()
    ]
    places = [c for c in sheet.map.collections if hasattr(c, "get_sizes") and len(c.get_sizes())]
    assert fills
    assert max(c.get_zorder() for c in fills) < min(c.get_zorder() for c in places)


def test_neither_is_taken_for_the_ground_or_for_grade_d():
    spots, outline = style()
    ground = cartography().ground
    for matrix in (SIGHTS["normal"], *DEFICIENCIES.values()):
        for color in (ground.land, ground.built, cartography().water["sea"].color):
            assert distance(spots.fill, color, matrix) >= APART
        for color in (ground.outline, ground.nested, spots.color):
            assert distance(outline.color, color, matrix) >= APART
    assert spots.dashes == "dotted"  # what tells it apart in grey; hatches are left to grade D


def test_the_message_is_the_walk_that_was_measured(sheet):
    assert (
        "Within five minutes’ walk of a place of worship stand 2.8 equally present communities; in all of "
        "Songkhla Municipality, 2.4." in " ".join(words(sheet))
    )


def test_without_quarters_and_hot_spots_the_map_says_nothing_of_them(result):
    said = words(draw_map(result, MAP, languages=["en"]))
    assert "Creative quarters" not in said
    assert "Stable hot spot" not in said


def test_at_most_seven_quarters_are_numbered(make):
    quarters = make.layer([("", f"Quarter {i}", "", make.polygon((200 * i, 500), (200 * i + 150, 500), (200 * i, 700)), {})
                           for i in range(12)])  # fmt: skip
    said = words(draw_map(make.result({"quarters": quarters}), MAP, languages=["en"]))
    assert "Quarter 6" in said
    assert "Quarter 7" not in said


def test_a_panel_too_full_keeps_notes_scale_and_what_is_illustrative(make):
    spec = load_maps()[MAP]
    wordy = tuple(
        it.model_copy(update={"hue_title": {"en": "A heading of many words " * 40}})
        for it in spec.layers
    )
    rows = make.culture()
    rows.loc[rows.index[:5], "accuracy"] = "illustrative"
    sheet = draw_map(
        make.result({"culture": rows}),
        spec.model_copy(update={"layers": wordy}),
        languages=["en", "th"],
    )
    said = " ".join(words(sheet))
    assert "Scale" in said
    assert "Places shown (n)" in said
    assert "Illustrative: 5 of n = " in said
