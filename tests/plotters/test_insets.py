"""The second map of a sheet: when, where, at which scale, and what it shows."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text
from pydantic import ValidationError
from pyproj import CRS

from creative_spatial.area import StudyArea
from creative_spatial.plotters import MapSpec, draw_map, load_maps, save_figure
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.clear import Clear
from creative_spatial.plotters.frame import Frame, frame_of
from creative_spatial.plotters.insets import choose_inset, densest
from creative_spatial.plotters.specs import LayerSpec
from creative_spatial.plotters.symbols import OTHER_COLOR

MAP = "pillar-2-culture"
OUTLINE, FRAME = "inset-outline", "inset-frame"


def spec_of(**inset):
    rule = {
        "layer": "culture", "where": {"accuracy": ["surveyed"]}, "title": {"en": "Old town"}, **inset,
    }  # fmt: skip
    return MapSpec.model_validate({
        "id": "own", "title": {"en": "Own"}, "reference": "test", "message": [{"en": "Own."}],
        "layers": [{"layer": "culture"}], "labels": [{"layer": "culture"}], "inset": rule,
    })  # fmt: skip


def places(make, spots, **extra):
    """Surveyed museums at (x, y) of the town, in metres."""
    return make.layer([
        (f"ที่ {i}", f"Place {i}", "museum", shapely.Point(make.at(*spot)),
         {"accuracy": "surveyed", "community": "civic", **extra})
        for i, spot in enumerate(spots)
    ])  # fmt: skip


def around(x, y, count, step=30.0):
    """A row of places."""
    return [(x + step * i, y) for i in range(count)]


@pytest.fixture(scope="session")
def wedge(make):
    """A three-cornered town of 18 km²: the north-east of its map is sea."""
    shape = make.polygon((0, 0), (6000, 0), (0, 6000))
    town = gpd.GeoDataFrame({"name": ["Wedge"]}, index=["town"], geometry=[shape], crs=make.crs)
    return StudyArea.from_geometries(
        town, name="Wedge", grid="square", cell_m=1000, languages=("en", "th")
    )


@pytest.fixture(scope="session")
def frame(make):
    """Paper of 190 mm by 160 mm at 1:40,000 over the wedge."""
    return Frame(make.at(3000, 3000), 190.0, 160.0, 40_000.0, CRS.from_user_input(make.crs))


@pytest.fixture
def choose(make, wedge, frame):
    def chosen(layer, spec=None, **layers):
        result = make.result({"culture": layer, "streets": make.empty(), **layers}, area=wedge)
        return choose_inset(result, spec or spec_of(), frame, wedge.primary, head_mm=lambda _: 12.0)

    return chosen


def test_the_densest_group_is_chosen_not_the_largest_scatter(choose, make):
    scattered = [(300 + 800 * i, 200) for i in range(6)]
    inset = choose(places(make, [*around(600, 3000, 4), *scattered]))
    assert inset.frame.center == pytest.approx(make.at(645, 3000))
    assert (inset.shown, inset.total) == (4, 4)


def test_of_equal_groups_the_closer_one_then_the_first_is_chosen():
    one = np.array([(0.0, 0.0), (0.0, 1.0), (0.0, 2.0)])
    assert densest(np.vstack([one, one + np.array((100.0, 0.0))]), 5.0).tolist() == [0, 1, 2]
    assert densest(np.vstack([one, 0.5 * one + np.array((100.0, 0.0))]), 5.0).tolist() == [3, 4, 5]
    assert densest(np.empty((0, 2)), 5.0).tolist() == []


def test_the_order_of_the_rows_decides_nothing(choose, make):
    # Two groups that are equal in all but their ids.
    layer = places(make, [*around(600, 3000, 3), *around(600, 1000, 3)])
    assert choose(layer).frame.center == choose(layer.iloc[::-1]).frame.center
    assert choose(layer).frame.center == pytest.approx(make.at(630, 3000))


def test_the_scale_is_the_largest_round_one_at_which_it_is_small_enough(choose, make):
    # 420 m wide with 5 mm around: 94 mm at 1:5,000, 80 mm at 1:6,000, 66 mm at 1:7,500.
    corners = [(1000, 2000), (1420, 2000), (1210, 2050)]
    small = choose(places(make, corners), spec_of(largest_mm=70))
    assert small.frame.scale == 7500
    assert small.frame.width_mm == pytest.approx(420 / 7.5 + 10, abs=0.05)
    # A place is shown with half a reach on either side: 400 m, 53.3 mm.
    assert small.frame.height_mm == pytest.approx(400 / 7.5, abs=0.05)
    large = choose(places(make, corners), spec_of(largest_mm=85))
    assert large.frame.scale == 6000


def test_it_covers_neither_the_town_nor_a_place_outside_it(choose, make, wedge, frame):
    beyond = ("", "Lighthouse", "museum", shapely.Point(make.at(6400, 5800)), {})
    town = places(make, around(600, 3000, 4))
    for layer in (town, pd.concat([make.layer([beyond], "osm"), town])):
        inset = choose(layer)
        x, y = inset.corner
        low, high = frame.to_crs([(x, y), (x + inset.frame.width_mm, y + inset.height_mm)])
        covered = shapely.box(*low, *high)
        assert not covered.intersects(wedge.primary)
        assert not shapely.intersects(covered, layer.geometry.to_numpy()).any()


@pytest.mark.parametrize(
    ("count", "least", "drawn"), [(0, 3, False), (2, 3, False), (3, 3, True), (1, 1, True)]
)
def test_too_few_surveyed_places_give_none(choose, make, count, least, drawn):
    spots = around(600, 3000, count)
    layer = places(make, spots) if spots else places(make, [(600, 3000)], accuracy="approximate")
    assert (choose(layer, spec_of(least=least)) is not None) == drawn


def test_places_at_one_point_are_shown_with_what_is_around(choose, make):
    inset = choose(places(make, [(600, 3000)] * 5))
    assert inset.frame.center == pytest.approx(make.at(600, 3000))
    assert inset.shown == 5
    # 400 m are 80 mm at 1:5,000, where with its head it would reach over the town's edge, and 67 mm
    # at 1:6,000, where its corner stands at x + y = 6,986 m.
    assert inset.frame.scale == 6000


def test_surveyed_places_outside_what_the_map_holds_do_not_count(choose, make):
    assert choose(places(make, around(4000, 4000, 9))) is None
    inset = choose(places(make, [*around(4000, 4000, 9), *around(600, 3000, 3)]))
    assert inset.frame.center == pytest.approx(make.at(630, 3000))


def test_a_layer_that_is_not_there_gives_none(choose, make):
    assert choose(places(make, around(600, 3000, 4)), spec_of(layer="moon")) is None


@pytest.mark.parametrize(("metres", "scale"), [(0.0, 6000), (50.0, 20_000), (80.0, None)])
def test_an_uncertainty_of_more_than_three_millimetres_is_not_shown(choose, make, metres, scale):
    # 50 m are 3.3 mm at 1:15,000 and 2.5 mm at 1:20,000, which is half of 1:40,000; 80 m are 4 mm.
    inset = choose(places(make, [(600, 3000)] * 4, uncertainty_m=metres))
    assert (None if inset is None else inset.frame.scale) == scale


def test_what_is_only_said_to_be_near_is_counted_and_not_shown(choose, make):
    rows = [*around(600, 3000, 3), (610, 3010), (620, 3010), (630, 3010), (640, 3010)]
    layer = places(make, rows)
    layer.loc[layer.index[3:], "accuracy"] = ["approximate", "approximate", "illustrative", None]
    layer["uncertainty_m"] = [np.nan, np.nan, np.nan, 5.0, 200.0, 5.0, np.nan]
    inset = choose(layer)
    # Three surveyed and the one of 5 m; not that of 200 m, the invented one, the unsaid one.
    assert (inset.shown, inset.total) == (4, 7)


def test_what_is_assumed_of_a_source_is_nothing_that_is_stated(choose, make):
    # Surveyed places stay certain, others do not become it.
    layer = places(make, around(600, 3000, 6), uncertainty_m=3.0, uncertainty_basis="assumed")
    layer.loc[layer.index[4:], "accuracy"] = None
    inset = choose(layer)
    assert (inset.shown, inset.total) == (4, 6)
    assert choose(layer.assign(uncertainty_m=900.0)).shown == 4
    assert choose(layer.assign(uncertainty_basis="stated")).shown == 6


def test_it_is_called_after_the_area_that_holds_it_and_shows_that_whole(choose, make):
    quarters = make.layer([
        ("ย่านใหญ่", "Big quarter", "", make.polygon((300, 2000), (2900, 2000), (300, 2600)), {}),
        ("เมืองเก่า", "Old quarter", "", make.polygon((500, 2700), (900, 2700), (900, 3200), (500, 3200)), {}),
    ])  # fmt: skip
    spec = spec_of(called="quarters")
    inset = choose(places(make, around(600, 3000, 4)), spec, quarters=quarters)
    assert inset.names == {"en": "Old quarter", "th": "เมืองเก่า"}
    assert shapely.contains(inset.frame.polygon, quarters.geometry.iloc[1])
    # One too wide to be walked across gives its name alone; one that holds none not even that.
    inset = choose(places(make, around(600, 2200, 4)), spec, quarters=quarters)
    assert inset.names["en"] == "Big quarter"
    assert not shapely.contains(inset.frame.polygon, quarters.geometry.iloc[0])
    assert choose(places(make, around(600, 900, 4)), spec, quarters=quarters).names == {
        "en": "Old town"
    }


def test_what_is_near_the_edge_is_outlined_inside_the_map(choose, make, frame):
    inset = choose(places(make, around(20, 20, 4)))
    assert frame.polygon.buffer(1e-6).contains(inset.frame.polygon)


def test_a_corner_that_hides_less_of_the_ground_is_taken():
    town = shapely.box(40, 0, 60, 100)
    street = shapely.LineString([(0, 0), (30, 30)])
    clear = Clear(100.0, 100.0, (town,), (street,))
    assert clear.corner((30.0, 30.0), near=shapely.Point(0, 0)) == (2.5, 67.5)
    assert clear.corner((45.0, 30.0), near=town) is None
    assert clear.corner((99.0, 30.0), near=town) is None


# Whole sheets.


def words(sheet):
    return [item.get_text() for item in sheet.findobj(Text) if item.get_text().strip()]


@pytest.fixture(scope="module")
def town(make, wedge):
    """Surveyed places in the town, some of food, a quarter around them, and others elsewhere."""
    spots = [(400 + 90 * (i % 3), 2800 + 80 * (i // 3)) for i in range(12)]
    rows = places(make, spots)
    rows.loc[rows.index[:4], "concept"] = "local_restaurant"
    other = places(make, [(3000, 900), (4000, 900)], accuracy="approximate", uncertainty_m=60.0)
    other.index = ["far:1", "far:2"]
    other["concept"] = "local_restaurant"
    other["name:en"] = ["Far one", "Far two"]
    quarters = make.layer([
        ("ย่านอื่น", "Other quarter", "", make.polygon((2800, 700), (3300, 700), (3000, 1200)), {}),
        ("เมืองเก่า", "Old quarter", "", make.polygon((350, 2700), (650, 2700), (650, 3200), (350, 3200)), {}),
    ])  # fmt: skip
    culture = pd.concat([rows, other])
    return make.result(
        {"culture": culture, "quarters": quarters, "streets": make.empty()}, area=wedge
    )


@pytest.fixture(scope="module")
def sheet(town):
    return draw_map(town, MAP)


def outlined(sheet):
    (line, *_) = [c for c in sheet.map.collections if c.get_gid() == OUTLINE]
    return shapely.Polygon(line.get_segments()[0])


def test_the_map_outlines_what_the_inset_shows(sheet, town):
    main, inset = sheet.maps
    shown = frame_of(inset, town.area.crs)
    assert outlined(sheet).equals_exact(shown.polygon, 0.01)
    assert shown.scale < frame_of(main, town.area.crs).scale / 2
    assert shown.scale == pytest.approx(round(shown.scale, -1), rel=1e-6)
    said = words(sheet)
    assert f"Inset: Old quarter, 1:{round(shown.scale):,}" in said
    assert f"Scale / มาตราส่วน 1:{round(shown.scale):,} on A4" in said
    assert {"Old quarter", "เมืองเก่า"} <= set(said)
    mark = cartography().ground.locator_mark
    assert [p.get_edgecolor() for p in sheet.page.patches if p.get_gid() == FRAME]
    assert mark == "#C2185B"


def test_the_inset_says_how_many_of_its_places_it_shows(sheet):
    assert "12 of the 12 places in this frame: those placed surely enough" in " ".join(words(sheet))


def test_the_inset_has_its_scale_bar(sheet, town):
    shown = frame_of(sheet.maps[1], town.area.crs)
    bars = [p for p in sheet.page.patches if str(p.get_gid()).startswith("scale-bar")]
    by_row = {}
    for bar in bars:
        by_row.setdefault(round(bar.get_y(), 3), []).append(bar.get_width())
    lengths = [sum(row) * shown.scale / 1000 for row in by_row.values()]
    assert any(length == pytest.approx(200, rel=1e-6) for length in lengths)


def test_a_name_in_the_inset_is_not_repeated_on_the_map(sheet):
    main, inset = (
        {t.get_text() for t in ax.texts if str(t.get_gid()).startswith("label:")}
        for ax in sheet.maps
    )
    assert {"Place 4", "Place 5"} <= inset
    assert not main & inset
    assert len(main | inset) / 2 <= cartography().labels.limit


def test_each_number_stands_once_and_a_quarter_keeps_its_own(sheet):
    main, inset = sheet.maps
    discs = [
        {c.get_gid() for c in ax.collections if str(c.get_gid()).startswith("numbered:")}
        for ax in (main, inset)
    ]
    assert len(discs[1]) == 4
    assert len(discs[0]) == 2
    assert not discs[0] & discs[1]
    squares = {
        t.get_text() for t in inset.texts if t.get_color() == "#FFFFFF" and t.get_text().isdigit()
    }
    assert "2" in squares - {"1"}


def test_every_place_is_still_on_the_map(sheet):
    marks = [
        c for c in sheet.map.collections
        if isinstance(c, PathCollection) and c.get_zorder() < 6 and len(c.get_sizes()) and c.get_sizes()[0] > 5
    ]  # fmt: skip
    # Twelve of the inset, four of them numbered there; the two that are numbered here have no marker.
    assert sum(len(c.get_offsets()) for c in marks) == 12
    assert any("Places shown (n): 14" in text for text in words(sheet))


def test_no_text_of_the_sheet_lies_over_the_inset(sheet):
    renderer = sheet.canvas.get_renderer()
    inside = sheet.maps[1].get_window_extent(renderer)
    for text in sheet.map.texts:
        box = text.get_window_extent(renderer)
        assert not (
            box.x1 > inside.x0 and box.x0 < inside.x1 and box.y1 > inside.y0 and box.y0 < inside.y1
        )


def test_the_text_for_those_who_do_not_see_it_tells_of_inset_and_list(sheet):
    said = sheet.alternative["en"]
    assert "Inset: Old quarter, 1:" in said
    assert "12 of the 12 places in this frame" in said
    assert "Places of food: 6 of 6 are numbered. 1 Place " in said
    assert "Far two" in said
    assert sheet.alternative["th"].startswith("ชุมชนต่าง ๆ และสถานที่ของชุมชน\n")


def test_without_a_surveyed_place_the_sheet_is_that_without_the_rule(make, tmp_path):
    spec = load_maps()[MAP]
    for name, it in (("with", spec), ("without", spec.model_copy(update={"inset": None}))):
        save_figure(draw_map(make.result(), it), tmp_path / f"{name}.svg", provenance={})
    assert (tmp_path / "with.svg").read_bytes() == (tmp_path / "without.svg").read_bytes()


def test_the_same_places_give_the_same_bytes(town, sheet, tmp_path):
    for name, it in (("one", sheet), ("two", draw_map(town, MAP))):
        save_figure(it, tmp_path / f"{name}.svg", provenance={})
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_where_no_corner_is_free_it_stands_below_the_map(make):
    layer = places(make, around(1500, 2500, 5, step=60))
    sheet = draw_map(make.result({"culture": layer}), spec_of(), languages=["en", "th"])
    main, inset = (ax.get_position() for ax in sheet.maps)
    assert inset.y1 < main.y0
    assert inset.x1 - inset.x0 <= main.x1 - main.x0 + 1e-9
    held = frame_of(sheet.map, make.crs).polygon
    assert held.contains(make.area().primary)
    page = sheet.bbox
    for text in sheet.findobj(Text):
        if text.get_text().strip():
            box = text.get_window_extent(sheet.canvas.get_renderer())
            assert box.y0 >= page.y0, text
            assert box.x1 <= page.x1, text


HOSTILE = "<script>$x$\u202e\n" + "very long " * 30


def test_a_hostile_and_endless_name_is_cut_visibly(make, wedge):
    quarters = make.layer(
        [(HOSTILE, HOSTILE, "", make.polygon((500, 2800), (900, 2800), (700, 3200)), {})]
    )
    layer = places(make, around(600, 2900, 4), community=HOSTILE)
    result = make.result(
        {"culture": layer, "quarters": quarters, "streets": make.empty()}, area=wedge
    )
    sheet = draw_map(result, spec_of(called="quarters"), languages=["en"])
    (head,) = [
        t
        for t in sheet.page.texts
        if t.get_text().startswith("<script>$x$ very") and t.get_fontsize() == 7.6
    ]
    assert head.get_text().endswith("…")
    frame = sheet.maps[1].get_window_extent()
    assert head.get_window_extent(sheet.canvas.get_renderer()).x1 < frame.x1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"panels": "field", "labels": []}, "a map of panels has no inset"),
        ({"inset": {"layer": "culture", "where": {}, "title": {}, "larger": 1.0}}, "larger"),
        ({"inset": {"layer": "culture", "title": {}, "near": 3}}, "near"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(change, message):
    plain = spec_of().model_dump(exclude_none=True)
    with pytest.raises(ValidationError, match=message):
        MapSpec.model_validate({**plain, **change})


def test_thousands_at_one_spot_are_not_compared_pair_by_pair():
    # 25 million pairs; the lone group of three elsewhere is the smaller one.
    spot = np.zeros((5000, 2))
    began = time.perf_counter()
    found = densest(np.vstack([[(900.0, 0.0)] * 3, spot]), 400.0)
    assert found.tolist() == list(range(3, 5003))
    assert time.perf_counter() - began < 0.5


def test_an_inset_that_would_show_none_of_the_maps_places_is_none(choose, make):
    layer = places(make, around(600, 3000, 4))
    shown = spec_of().layers[0].model_copy(update={"where": {"accuracy": ("approximate",)}})
    assert choose(layer) is not None
    assert choose(layer, spec_of().model_copy(update={"layers": (shown,)})) is None
    assert choose(layer, spec_of().model_copy(update={"layers": ()})) is None


def test_a_class_looks_on_the_inset_as_on_the_map(make, wedge):
    """Three wards of one place each are "other" on the map, and alone on the inset."""
    common = [(1500 + 500 * i, 300 + 500 * j) for i in range(3) for j in range(4)]
    rows = places(make, [*common, *around(600, 3000, 3)])
    wards = [ward for ward in "def" for _ in range(4)] + list("abc")
    spec = spec_of(least=3).model_copy(update={
        "layers": (LayerSpec(layer="culture", hue="ward", max_classes=4),), "labels": (),
    })  # fmt: skip
    result = make.result({"culture": rows.assign(ward=wards), "streets": make.empty()}, area=wedge)
    sheet = draw_map(result, spec, languages=["en"])
    whole, inset = (
        {
            (to_hex(c.get_facecolor()[0]), effect.sign)
            for c in ax.collections for effect in c.get_path_effects() or ()
        }
        for ax in sheet.maps
    )  # fmt: skip
    assert len(whole) == 4
    ((color, sign),) = inset
    assert color == OTHER_COLOR.lower()
    assert (color, sign) in whole
    assert any(text == "Other: a, b, c" for text in words(sheet))
