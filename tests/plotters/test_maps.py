"""Whole sheets: what a reader finds on them, and where it stands."""

from __future__ import annotations

import dataclasses
import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.text import Text
from pyproj import CRS, Geod

from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.plotters import MapSpec, draw_map, load_maps
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.symbols import classify
from creative_spatial.provenance import Source
from creative_spatial.taxonomy import Taxonomy

ALL = ["overview", "pillar-1-biodiversity", "pillar-2-culture", "pillar-3-community"]
EVERY = [*ALL, "fields"]
GEOD = Geod(ellps="WGS84")


def texts(sheet):
    return [item for item in sheet.findobj(Text) if item.get_text().strip() and item.get_visible()]


def words(sheet):
    return " ".join(item.get_text() for item in texts(sheet))


def extents(items, renderer):
    return [item.get_window_extent(renderer) for item in items]


@pytest.fixture(scope="module")
def sheets(result):
    return {name: draw_map(result, name) for name in EVERY}


@pytest.mark.parametrize("name", EVERY)
def test_nothing_leaves_the_page_and_no_text_covers_another(sheets, name):
    sheet = sheets[name]
    renderer = sheet.canvas.get_renderer()
    shown = texts(sheet)
    boxes = extents(shown, renderer)
    page = sheet.bbox
    for item, box in zip(shown, boxes, strict=True):
        assert min(box.x0 - page.x0, box.y0 - page.y0) >= 0, item
        assert min(page.x1 - box.x1, page.y1 - box.y1) >= 0, item
    # Lines of one text block touch at most by the rims of their boxes.
    for (a, one), (b, other) in itertools.combinations(zip(shown, boxes, strict=True), 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        overlap = max(wide, 0) * max(high, 0)
        assert overlap <= 0.22 * min(one.width * one.height, other.width * other.height), (a, b)


@pytest.mark.parametrize("name", EVERY)
def test_no_text_is_read_as_mathematics(sheets, name):
    assert not any(item.get_parse_math() for item in texts(sheets[name]))


@pytest.mark.parametrize("name", EVERY)
def test_the_sheet_is_a4(sheets, name):
    assert sorted((25.4 * sheets[name].get_size_inches()).round().tolist()) == [210, 297]


@pytest.mark.parametrize("name", EVERY)
def test_both_languages_are_there_the_second_at_four_fifths(sheets, name):
    spec = load_maps()[name]
    sizes = {item.get_text(): item.get_fontsize() for item in texts(sheets[name])}
    first = spec.title["th"].replace("|", "").replace("{city}", "สงขลา")
    second = spec.title["en"].replace("{city}", "Songkhla")
    assert sizes[second] == pytest.approx(0.8 * sizes[first])


def test_the_message_is_computed(sheets):
    assert "12.3 % of the land of Songkhla Municipality is mapped as natural; 3.2 %" in words(
        sheets[ALL[1]]
    )
    assert "4.8 cultural places per km²" in words(sheets[ALL[2]])


def test_boundary_area_n_date_and_credits_are_printed(sheets):
    said = words(sheets[ALL[2]])
    assert "Songkhla Municipality: 14.83 km² of land" in said
    assert "Places shown (n): 51" in said
    assert "2025-06-30 – 2026-01-02" in said
    assert "© OpenStreetMap contributors (ODbL-1.0, 2026-01-02)" in said
    assert "City hall (CC-BY-4.0, 2025-06-30)" in said


def test_what_is_illustrative_says_so_on_the_map(sheets):
    assert "6 of n = 24 are invented" in words(sheets[ALL[3]])
    assert "boundaries or base map are partly invented" in words(sheets[ALL[1]])


@pytest.mark.parametrize("name", ALL)
def test_the_printed_scale_is_that_of_the_axes(sheets, result, name):
    frame = frame_of(sheets[name].map, result.area.crs)
    said = words(sheets[name])
    assert f"1:{round(frame.scale):,}" in said
    assert frame.scale == pytest.approx(round(frame.scale, -2), rel=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_scale_bar_is_true_on_the_ground(sheets, result, name):
    sheet = sheets[name]
    bars = [p for p in sheet.page.patches if str(p.get_gid()).startswith("scale-bar")]
    length_mm = sum(p.get_width() for p in bars)
    end = max(
        (t for t in texts(sheet) if t.get_text().endswith((" km", " m"))),
        key=lambda t: t.get_position()[0],
    )
    number, unit = end.get_text().split(" ")
    promised = float(number.replace(",", "")) * (1000 if unit == "km" else 1)
    frame = frame_of(sheet.map, result.area.crs)
    middle = np.array([frame.width_mm / 2, frame.height_mm / 2])
    half = np.array([length_mm / 2, 0.0])
    ends = frame.lonlat(frame.to_crs([middle - half, middle + half]))
    assert GEOD.inv(*ends[0], *ends[1])[2] == pytest.approx(promised, rel=0.005)


def test_the_map_holds_its_boundary_and_dims_the_rest(sheets, result):
    frame = frame_of(sheets[ALL[1]].map, result.area.crs)
    assert frame.polygon.contains(result.area.primary)
    veils = [c for c in sheets[ALL[1]].map.collections if c.get_alpha() == 0.5]
    assert len(veils) == 1


def test_classes_have_the_colours_of_their_legend(sheets, result):
    colors = {
        tuple(c.get_facecolor()[0][:3].round(3))
        for c in sheets[ALL[2]].map.collections
        if len(c.get_facecolor())
    }
    for key in ("buddhist", "muslim", "chinese"):
        wanted = result.taxonomy.legends["community"][key].color
        rgb = tuple(round(int(wanted[i : i + 2], 16) / 255, 3) for i in (1, 3, 5))
        assert rgb in colors


def test_faiths_of_one_hue_are_one_class_of_the_map(sheets, result):
    taxonomy = result.taxonomy
    rows = pd.DataFrame({"community": ["hindu", "christian", "buddhist", "other_faith", None]})
    found = classify(rows, "community", taxonomy)
    assert found.keys.tolist() == [
        "other_faith",
        "other_faith",
        "buddhist",
        "other_faith",
        "unknown",
    ]
    assert list(found.legend) == ["buddhist", "other_faith", "unknown"]
    assert "christian" in set(result.layers["culture"]["community"])
    said = words(sheets[ALL[2]])
    assert "Christian and other faiths" in said.replace("\n", " ")


def test_unknown_is_hollow(sheets, result):
    marks = [c for c in sheets[ALL[2]].map.collections if c.get_offsets().shape[0] > 20]
    assert marks[0].get_facecolor()[0][:3].tolist() == [1, 1, 1]


def test_a_place_too_uncertain_for_the_map_is_listed_instead(sheets):
    assert "Tomb, place withheld" in words(sheets[ALL[2]])
    on_map = " ".join(t.get_text() for t in sheets[ALL[2]].map.texts)
    assert "Tomb" not in on_map


def test_an_uncertain_place_is_a_disc_of_its_uncertainty(make):
    rows = [("", "Fort", "fort", shapely.Point(make.at(2000, 2000)), {"uncertainty_m": 300.0})]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2])
    discs = [c for c in sheet.map.collections if c.get_alpha() == 0.07]
    ((x0, y0), (x1, y1)) = discs[0].get_paths()[0].get_extents().get_points()
    assert (x1 - x0) / 2 == pytest.approx(300, rel=0.01)
    assert (y1 - y0) / 2 == pytest.approx(300, rel=0.01)
    assert "Soft disc: position uncertain" in words(sheet)


def test_what_is_only_assumed_of_a_place_does_not_blur_it(make):
    assumed = {"uncertainty_m": 300.0, "uncertainty_basis": "assumed"}
    rows = [("", "Fort", "fort", shapely.Point(make.at(2000, 2000)), assumed)]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2])
    assert "Soft disc" not in words(sheet)


def test_numbered_places_that_coincide_stand_side_by_side(make):
    rows = [("", f"Town {i}", "old_town", shapely.Point(make.at(600, 2000)), {}) for i in range(5)]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[0], languages=["en"])
    renderer = sheet.canvas.get_renderer()
    numbers = [t for t in sheet.map.texts if t.get_text() in set("12345")]
    boxes = extents(numbers, renderer)
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_a_precise_place_is_a_sharp_point(make):
    rows = [("", "Fort", "fort", shapely.Point(make.at(2000, 2000)), {"uncertainty_m": 30.0})]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2])
    assert "Soft disc" not in words(sheet)


def test_thousands_of_points_are_small_and_still_there(make):
    spots = np.random.default_rng(5).uniform(100, 2900, (3000, 2))
    rows = [("", f"P{i}", "museum", shapely.Point(make.at(*xy)), {}) for i, xy in enumerate(spots)]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2], languages=["en"])
    marks = [c for c in sheet.map.collections if c.get_offsets().shape[0] > 2000]
    width_mm = float(np.sqrt(marks[0].get_sizes()[0])) / 72 * 25.4
    assert 0.8 < width_mm < 1.5
    assert "Places shown (n): 3,000" in words(sheet)
    assert len([t for t in sheet.map.texts if t.get_text()]) <= 20


def test_a_right_to_left_language_is_set_in_its_font(make):
    with pytest.warns(DataQualityWarning, match=r"have \d+ of \d+ words in 'fa' yet; English"):
        sheet = draw_map(make.result(), ALL[3], languages=["fa", "en"])
    assert sheet.page.texts[0].get_fontfamily()[0] == "Vazirmatn"
    said = words(sheet)
    assert "آغازشده به دست مردم" in said  # its title
    # Dates are isolated: among Persian words they would be read backwards.
    assert "تاریخ داده‌ها: \u20662025-06-30" in said
    # Credits begin in Persian and go on from left to right.
    assert any(text.get_text().startswith("\u200eمنابع / Sources: ") for text in texts(sheet))


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.filterwarnings("ignore:The sheets have .* words in 'fa'")
def test_credits_are_never_cut(make, language):
    many = {
        f"s{i}": Source(
            f"s{i}", f"Survey {i}", "CC-BY-4.0", f"The survey office of ward number {i}", None
        )
        for i in range(25)
    }
    rows = make.layer([
        ("", f"P{i}", "museum", shapely.Point(make.at(900 + 20 * i, 900)), {}) for i in range(25)
    ])  # fmt: skip
    rows["source_id"] = list(many)
    result = dataclasses.replace(make.result({"culture": rows}), sources=many)
    said = words(draw_map(result, ALL[2], languages=[language]))
    assert all(f"number {i} " in said.replace("\u2026", "") for i in range(25))


def test_water_names_are_italic_and_blue(sheets):
    (name,) = [t for t in sheets[ALL[1]].map.texts if t.get_text() == "อ่าวไทย"]
    assert name.get_style() == "italic"
    assert name.get_color() == "#2C6A93"


def test_at_most_seven_classes_the_smallest_become_one(make):
    concepts = [
        "mangrove",
        "marsh",
        "forest",
        "beach",
        "rice_field",
        "plantation",
        "park",
        "aquaculture",
        "swamp",
    ]
    rows = [
        (
            "",
            c,
            c,
            make.polygon(
                (100 + 300 * i, 500),
                (380 + 300 * i, 500),
                (380 + 300 * i, 700 + 300 * i),
                (100 + 300 * i, 700 + 300 * i),
            ),
            {},
        )
        for i, c in enumerate(concepts)
    ]
    sheet = draw_map(make.result({"zones": make.layer(rows)}), ALL[1], languages=["en"])
    said = [t.get_text() for t in texts(sheet)]
    groups = [entry.labels["en"] for entry in make.result().taxonomy.legends["group"].values()]
    drawn = [
        g for g in groups if g in said and g not in {"Sea", "Brackish lagoon", "Protected area"}
    ]
    assert len(drawn) == 6
    assert any(t.startswith("Other: ") for t in said)


HOSTILE = [
    "<script>alert(1)</script>",
    "$x$",
    "a\nb\x07c",
    "=cmd|'/c calc'!A1",
    "\u202eevil",
    "{natural_share}",
    "%s" * 40,
]


def test_hostile_names_are_drawn_as_typed(make):
    rows = [
        (
            name,
            name,
            "museum",
            shapely.Point(make.at(400 + 350 * i, 600 + 600 * i)),
            {"community": name},
        )
        for i, name in enumerate(HOSTILE)
    ]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2])
    sheet.canvas.draw()
    said = {t.get_text() for t in texts(sheet)}
    assert {"<script>alert(1)</script>", "$x$", "a b c", "evil", "{natural_share}"} <= said


def variants(make):
    two_parts = gpd.GeoDataFrame(
        {"name": ["Two"]}, index=["two"], crs=make.crs,
        geometry=[shapely.MultiPolygon([make.polygon((0, 0), (900, 0), (900, 900)), make.polygon((60000, 50000), (61000, 50000), (61000, 51000))])],
    )  # fmt: skip
    from creative_spatial.area import StudyArea

    apart = StudyArea.from_geometries(two_parts, name="Two", grid="square", cell_m=500)
    one = make.layer([("เดียว", "Only", "museum", shapely.Point(make.at(1000, 1000)), {})])
    nothing = dict.fromkeys(
        ["biodiversity", "culture", "community", "zones", "protected"], make.empty()
    )
    yield "far apart", make.result(area=apart, values={})
    yield "empty layers", make.result(nothing)
    yield "one feature", make.result({"culture": one, "community": one})
    bare = make.result(values={})
    object.__setattr__(bare, "layers", {"culture": one})
    object.__setattr__(bare, "sources", {})
    yield "no ground, no sources", bare


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("case", range(4))
def test_odd_cities_still_give_a_right_map(make, name, case):
    _, result = list(variants(make))[case]
    sheet = draw_map(result, name)
    sheet.canvas.draw()
    frame = frame_of(sheet.map, result.area.crs)
    assert frame.polygon.buffer(1).contains(result.area.primary)
    assert "None" not in words(sheet)
    assert "nan" not in words(sheet)


def test_a_long_title_and_a_legend_of_sixty_stay_on_the_page(make):
    spec = MapSpec.model_validate({
        "id": "long", "title": {"en": "A title of many words " * 14}, "reference": "test",
        "message": [{"en": "Message of many words " * 30}],
        "layers": [{"layer": "culture", "draw": "area", "hue": "ward", "max_classes": 60}],
    })  # fmt: skip
    rows = [
        (
            "",
            f"P{i}",
            "museum",
            shapely.Point(make.at(100 + 40 * i, 2500)).buffer(20),
            {"ward": f"Ward number {i}"},
        )
        for i in range(60)
    ]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), spec, languages=["en", "th"])
    page = sheet.bbox
    for box in extents(texts(sheet), sheet.canvas.get_renderer()):
        assert box.y0 >= page.y0
        assert box.x1 <= page.x1


def test_a_city_with_its_own_pillar_and_map_is_drawn_by_the_same_code(make):
    spec = MapSpec.model_validate({
        "id": "crafts", "pillar": "crafts", "title": {"en": "Crafts of {city}"}, "reference": "own",
        "message": [{"en": "{count[crafts]} workshops."}],
        "layers": [{"layer": "crafts", "hue": "material", "hue_title": {"en": "Material"}}],
        "labels": [{"layer": "crafts"}],
    })  # fmt: skip
    rows = [
        (
            "",
            f"Loom {m}",
            "weaving_group",
            shapely.Point(make.at(900 + 600 * i, 2000)),
            {"material": m},
        )
        for i, m in enumerate(["silk", "cotton"])
    ]
    sheet = draw_map(make.result({"crafts": make.layer(rows)}), spec, languages=["en"])
    said = words(sheet)
    for text in ("Crafts of Songkhla", "2 workshops.", "Material", "silk", "cotton", "Loom silk"):
        assert text in said


@pytest.mark.parametrize(
    ("invented", "said"),
    [
        ((True, False), "Illustrative: 1 of n = 3 are invented examples, not evidence."),
        ((True, True), "1 of n = 3 and some of what else is shown are invented"),
        ((False, True), "Illustrative: some of what is shown is invented, not evidence."),
    ],
)
def test_what_is_invented_is_counted_among_what_n_counts(make, invented, said):
    """Three looms, the last of which a second layer shows once more, and the roof over them."""
    spec = MapSpec.model_validate({
        "id": "own", "title": {"en": "Own"}, "reference": "test", "message": [{"en": "Own."}],
        "layers": [{"layer": "looms"}, {"layer": "last"}, {"layer": "roof", "draw": "outline"}],
    })  # fmt: skip
    looms = make.layer([
        ("", f"Loom {i}", "weaver", shapely.Point(make.at(900 + 400 * i, 900)), {}) for i in range(3)
    ])  # fmt: skip
    looms["accuracy"] = ["surveyed", "surveyed", "illustrative" if invented[0] else "surveyed"]
    roof = make.layer([("", "Roof", "weaver", shapely.Point(make.at(1300, 900)).buffer(600),
                        {"accuracy": "illustrative" if invented[1] else "surveyed"})])  # fmt: skip
    roof.index = ["roof"]
    layers = {"looms": looms, "last": looms.iloc[2:], "roof": roof}
    shown = words(draw_map(make.result(layers), spec, languages=["en"]))
    assert "Places shown (n): 3" in shown
    assert said in shown


def test_an_unknown_map_or_boundary_is_named(result):
    with pytest.raises(ConfigError, match="Unknown map 'pillar-9'; there are overview, pillar-1"):
        draw_map(result, "pillar-9")
    spec = load_maps()["overview"].model_copy(
        update={"frame": load_maps()["overview"].frame.model_copy(update={"hold": ("moon",)})}
    )
    with pytest.raises(
        ConfigError, match=r"holds the boundaries \['moon'\]; there are town, province"
    ):
        draw_map(result, spec)


def test_the_users_own_style_changes_nothing(result):
    import matplotlib as mpl

    plain = draw_map(result, ALL[3])
    with mpl.rc_context(
        {"axes.grid": True, "font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}
    ):
        styled = draw_map(result, ALL[3])
    assert [t.get_fontsize() for t in texts(plain)] == [t.get_fontsize() for t in texts(styled)]
    assert styled.map.get_facecolor() == plain.map.get_facecolor()


def test_a_notebook_shows_the_sheet(sheets):
    assert sheets[ALL[0]]._repr_png_().startswith(b"\x89PNG")


def test_a_sheet_at_another_place_of_the_earth(make):
    town = gpd.GeoDataFrame(
        {"name": ["Tromsø"]},
        index=["t"],
        geometry=[shapely.box(18.9, 69.6, 19.1, 69.7)],
        crs="EPSG:4326",
    )
    from creative_spatial.area import StudyArea

    area = StudyArea.from_geometries(town, name="Tromsø", crs=CRS.from_epsg(32633))
    result = make.result(area=area, values={})
    object.__setattr__(result, "layers", {})
    sheet = draw_map(result, "overview", languages=["en"])
    frame = frame_of(sheet.map, area.crs)
    assert frame.north == pytest.approx(-3.75, abs=0.1) or frame.north == pytest.approx(
        3.75, abs=0.1
    )


@pytest.mark.parametrize("name", EVERY)
def test_no_type_is_smaller_than_print_bears(sheets, name):
    assert min(item.get_fontsize() for item in texts(sheets[name])) >= 5.5


def test_a_crowded_panel_is_set_no_smaller_either(make):
    spec = load_maps()[ALL[2]]
    wordy = tuple(
        it.model_copy(update={"hue_title": {"en": "A heading of many words " * 6}})
        for it in spec.layers
    )
    sheet = draw_map(make.result(), spec.model_copy(update={"layers": wordy}))
    assert min(item.get_fontsize() for item in texts(sheet)) >= cartography().type.smallest_pt


OWN_OVERVIEW = {
    "title": {"en": "Our own overview"},
    "reference": "own",
    "message": [{"en": "Ours."}],
}


def test_a_citys_own_map_is_drawn_by_its_id(make):
    own = MapSpec.model_validate({"id": "overview", **OWN_OVERVIEW})
    extra = MapSpec.model_validate({"id": "quarters", **OWN_OVERVIEW})
    maps = {**load_maps(), "overview": own, "quarters": extra}
    result = dataclasses.replace(make.result(), maps=maps)
    assert "Our own overview" in words(draw_map(result, "overview", languages=["en"]))
    assert "Our own overview" in words(draw_map(result, "quarters", languages=["en"]))
    with pytest.raises(ConfigError, match=r"there are overview, .*, quarters"):
        draw_map(result, "nothing")


def test_a_protected_area_that_the_overview_names_is_drawn_and_explained(sheets, result):
    sheet = sheets[ALL[0]]
    assert {"Protected area", "Non-hunting area"} <= {t.get_text() for t in texts(sheet)}
    (reserve,) = result.layers["protected"].geometry
    outlines = [
        line for c in sheet.map.collections if isinstance(c, LineCollection)
        for line in c.get_segments() if shapely.LineString(line).equals(reserve.exterior)
    ]  # fmt: skip
    assert outlines


def sharp(name, xy, **extra):
    return ("", name, "museum", shapely.Point(xy), {"community": "civic", **extra})


def markers(sheet):
    """Collections of markers on the map, the lowest first."""
    found = [c for c in sheet.map.collections if isinstance(c, PathCollection)]
    found = [c for c in found if len(c.get_sizes()) and c.get_sizes()[0] > 5]
    return sorted((c for c in found if c.get_zorder() < 6), key=lambda c: c.get_zorder())


def test_an_example_lies_below_and_is_smaller(make):
    spot = make.at(2000, 2000)
    rows = [sharp("Real", spot), sharp("Invented", spot, accuracy="illustrative")]
    lower, upper = markers(draw_map(make.result({"culture": make.layer(rows)}), ALL[2]))
    assert upper.get_offsets()[0].tolist() == list(spot)
    assert lower.get_sizes()[0] < upper.get_sizes()[0]
    assert lower.get_zorder() < upper.get_zorder()


def test_hollow_markers_have_a_white_casing(make):
    rows = [sharp("Told", make.at(2000, 2000), confidence="reported")]
    (mark,) = markers(draw_map(make.result({"culture": make.layer(rows)}), ALL[2]))
    (effect,) = mark.get_path_effects()
    assert effect.casing_pt > mark.get_linewidth()[0]


def test_a_crowd_is_moved_apart_and_tied_to_its_places(make):
    rows = [sharp(f"M{i}", make.at(2000 + i, 2000)) for i in range(6)]
    result = make.result({"culture": make.layer(rows)})
    sheet = draw_map(result, ALL[2], languages=["en"])
    (mark,) = markers(sheet)
    spots = shapely.points(np.asarray(mark.get_offsets()))
    unit = frame_of(sheet.map, result.area.crs).unit
    width_mm = float(np.sqrt(mark.get_sizes()[0])) / 72 * 25.4 / 0.84
    gaps = [a.distance(b) / unit for a, b in itertools.combinations(spots, 2)]
    assert min(gaps) > 0.6 * width_mm
    ties = [c for c in sheet.map.collections if c.get_gid() == "ties"]
    assert len(ties) == 1
    assert "Moved aside to be legible, tied to its place" in words(sheet)


def test_no_leader_crosses_the_marker_of_another_place(sheets, result):
    sheet = sheets[ALL[2]]
    frame = frame_of(sheet.map, result.area.crs)
    spots = np.vstack([mark.get_offsets() for mark in markers(sheet)])
    least = 0.5 * min(np.sqrt(m.get_sizes()[0]) for m in markers(sheet)) / 72 * 25.4 * frame.unit
    leaders = [c for c in sheet.map.collections if str(c.get_gid()).startswith("leader:")]
    assert leaders
    for part in (line for c in leaders for line in c.get_segments()):
        assert shapely.distance(shapely.LineString(part), shapely.points(spots)).min() > least


def test_a_leader_to_a_place_without_a_marker_ends_in_a_dot(make):
    fort = ("", "Fort of the northern point", "fort", shapely.Point(make.at(2000, 2000)))
    for extra, dots in (({"uncertainty_m": 300.0}, 1), ({}, 0)):
        examples = [
            sharp(
                f"E{i}",
                make.at(2000 + 60 * np.cos(i), 2000 + 60 * np.sin(i)),
                accuracy="illustrative",
            )
            for i in range(12)
        ]
        culture = make.layer([(*fort, extra), *examples])
        sheet = draw_map(make.result({"culture": culture}), ALL[2], languages=["en"])
        leaders = [c for c in sheet.map.collections if c.get_gid() == "leader:hall:0"]
        assert len(leaders) == 1
        (start, *_) = leaders[0].get_segments()[0]
        ends = [
            c for c in sheet.map.collections if isinstance(c, PathCollection)
            and c.get_sizes().tolist() == [2.5] and np.allclose(c.get_offsets()[0], start)
        ]  # fmt: skip
        assert len(ends) == dots


def test_places_with_room_stay_where_they_are(make):
    spots = [make.at(600 + 900 * i, 600 + 900 * i) for i in range(3)]
    rows = [sharp(f"M{i}", spot) for i, spot in enumerate(spots)]
    sheet = draw_map(make.result({"culture": make.layer(rows)}), ALL[2], languages=["en"])
    (mark,) = markers(sheet)
    assert mark.get_offsets().tolist() == [list(spot) for spot in spots]
    assert "Moved aside" not in words(sheet)


def test_the_streets_of_the_theme_are_named(sheets):
    said = {t.get_text() for t in sheets[ALL[2]].map.texts}
    assert {"ถนนนครนอก", "ถนนนางงาม"} <= said


def test_labels_ordered_by_a_column_of_no_texts_are_drawn(make):
    places = make.layer([("", "Museum", "museum", shapely.Point(make.at(900, 900)), {})])
    spec = MapSpec.model_validate({
        "id": "own", "title": {"en": "Own"}, "reference": "test", "message": [{"en": "Own."}],
        "layers": [{"layer": "culture"}],
        "labels": [{"layer": "culture", "order": {"geometry": ["POINT"]}}],
    })  # fmt: skip
    sheet = draw_map(make.result({"culture": places}), spec, languages=["en"])
    assert "Museum" in {text.get_text() for text in sheet.map.texts}


@pytest.mark.parametrize(("language", "word"), [("fa", "نامعلوم"), ("vi", "không rõ")])
def test_an_unknown_class_without_a_legend_is_named_in_the_language(language, word):
    layer = pd.DataFrame({"own": [None, "a"]})
    found = classify(layer, "own", Taxonomy.load())
    assert found.legend["unknown"].labels[language] == word
