"""Places as numbers keyed to a list: which ones, drawn how, listed where."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text
from pydantic import ValidationError
from pyproj import CRS

from creative_spatial.errors import DataQualityWarning
from creative_spatial.plotters import MapSpec, draw_map, load_maps, save_figure
from creative_spatial.plotters.discs import DISC_MM, ink_on
from creative_spatial.plotters.frame import Frame, frame_of
from creative_spatial.plotters.numbered import numbers_of
from creative_spatial.plotters.specs import LayerSpec
from creative_spatial.taxonomy import Taxonomy

MAP = "pillar-2-culture"
RULE = next(it.numbered for it in load_maps()[MAP].layers if it.numbered).model_dump()


def spec_of(**rule):
    return MapSpec.model_validate({
        "id": "own", "title": {"en": "Own"}, "reference": "test", "message": [{"en": "Own."}],
        "layers": [{"layer": "culture", "hue": "community", "numbered": {**RULE, **rule}}],
    })  # fmt: skip


def eatery(name, x, y, **extra):
    return (name, x, y, extra)


def eateries(make, rows, concept="local_restaurant"):
    return make.layer([
        (extra.get("th", ""), name, extra.get("concept", concept), shapely.Point(make.at(x, y)),
         {k: v for k, v in extra.items() if k not in {"th", "concept"}})
        for name, x, y, extra in rows
    ])  # fmt: skip


@pytest.fixture(scope="session")
def number(make):
    """Names by their number, as a rule gives them at 1:30,000."""

    def numbered(layer, **rule):
        frame = Frame(make.at(1700, 2500), 190.0, 180.0, 30_000.0, CRS.from_user_input(make.crs))
        spec = spec_of(**rule).layers[0]
        found = numbers_of(layer, spec, Taxonomy.load(), frame, make.area().primary)
        return {number: layer.loc[key, "name"] for key, number in found.items()}

    return numbered


def words(sheet):
    return [item.get_text() for item in sheet.findobj(Text) if item.get_text().strip()]


def discs(sheet):
    """Discs by number: their middle and colour."""
    return {
        c.get_gid().removeprefix("numbered:"): (c.get_offsets()[0], to_hex(c.get_facecolor()[0]))
        for ax in sheet.maps for c in ax.collections if str(c.get_gid()).startswith("numbered:")
    }  # fmt: skip


def test_listed_then_confirmed_then_surveyed_then_strong_places_come_first(make, number):
    rows = eateries(make, [
        eatery("Weak", 900, 900, concept="cafe"),
        eatery("Strong", 900, 1000),
        eatery("Surveyed", 900, 1100, accuracy="surveyed"),
        eatery("Probable", 900, 1200, confidence="probable"),
        eatery("Confirmed", 900, 1300, confidence="confirmed"),
        eatery("Listed", 900, 1400, heritage_status="local", concept="cafe"),
    ])  # fmt: skip
    best = ["Listed", "Confirmed", "Probable", "Surveyed", "Strong", "Weak"]
    for most in range(1, 7):
        assert set(number(rows, most=most).values()) == set(best[:most])


def test_the_numbers_run_from_north_to_south(make, number):
    rows = eateries(make, [eatery("South", 900, 900), eatery("North", 900, 3000), eatery("Middle east", 990, 2000),
                           eatery("Middle west", 900, 2000)])  # fmt: skip
    assert number(rows) == {1: "North", 2: "Middle west", 3: "Middle east", 4: "South"}


def test_what_is_equal_is_chosen_inside_the_boundary_then_by_id(make, number):
    rows = eateries(
        make, [eatery("Beyond", 4300, 2000), eatery("Second", 900, 900), eatery("Third", 900, 3000)]
    )
    assert set(number(rows, most=2).values()) == {"Second", "Third"}
    assert set(number(rows, most=1).values()) == {"Second"}


def test_the_invented_the_nameless_and_the_uncertain_bear_no_number(make, number):
    # 100 m are 3.3 mm at 1:30,000, 80 m are 2.7 mm.
    rows = eateries(make, [
        eatery("Invented", 900, 900, accuracy="illustrative"), eatery("", 900, 1000),
        eatery("Vague", 900, 1100, uncertainty_m=100.0), eatery("Near enough", 900, 1200, uncertainty_m=80.0),
        eatery("A temple", 900, 1300, concept="wat"), eatery("Far away", 90_000, 1300),
    ])  # fmt: skip
    assert number(rows) == {1: "Near enough"}


def test_a_layer_without_a_name_or_a_row_has_no_number(make, number):
    rows = eateries(make, [eatery("One", 900, 900)])
    assert number(rows.drop(columns="name")) == {}
    assert number(rows.iloc[:0]) == {}


@pytest.fixture(scope="module")
def town(make):
    rows = make.culture()
    rows.loc[rows.index[7], "confidence"] = "confirmed"
    return make.result({"culture": rows})


@pytest.fixture(scope="module")
def sheet(town):
    return draw_map(town, MAP)


def test_the_list_keys_each_number_to_a_name_and_says_of_how_many(sheet):
    said = words(sheet)
    assert "Places of food: 12 of 41 are numbered" in said
    assert "ร้านและแหล่งอาหาร: มีหมายเลข 12 จาก 41 แห่ง" in said
    assert sorted(discs(sheet), key=int) == [str(i) for i in range(1, 13)]
    on_page = [t.get_text() for t in sheet.page.texts]
    assert all(on_page.count(str(i)) == 1 for i in range(1, 13))
    assert {"Tea house", "ร้านน้ำชา"} <= set(on_page)


def test_a_numbered_place_has_no_other_marker_and_is_still_counted(sheet, town):
    shown = town.layers["culture"]
    sharp = shown[shown["uncertainty_m"].isna()]
    marks = [
        c
        for c in sheet.map.collections
        if isinstance(c, PathCollection) and c.get_zorder() < 6 and len(c.get_sizes())
    ]
    assert sum(len(c.get_offsets()) for c in marks) + len(discs(sheet)) == len(sharp)
    assert "Places shown (n): 51" in words(sheet)


def test_places_are_places_where_none_of_them_has_a_marker(make):
    # All numbered; all soft discs; and an area drawn as one.
    fed = eateries(make, [eatery(f"E{i}", 600 + 300 * i, 900) for i in range(3)])
    vague = fed.assign(uncertainty_m=300.0)
    for layer in (fed, vague):
        said = draw_map(make.result({"culture": layer}), spec_of(), languages=["en"])
        assert "Places shown (n): 3" in said.alternative["en"]
    zones = make.layer([("", "Marsh", "marsh", make.polygon((0, 0), (900, 0), (0, 900)), {})])
    spec = spec_of().model_copy(update={"layers": (LayerSpec(layer="zones", draw="area"),)})
    said = draw_map(make.result({"zones": zones}), spec, languages=["en"]).alternative["en"]
    assert "Areas shown (n): 1" in said


def test_a_numbered_place_is_not_named_on_the_map_as_well(sheet):
    assert not {"Tea house", "ร้านน้ำชา"} & {t.get_text() for t in sheet.map.texts}


def test_a_disc_has_the_colour_of_its_community_and_ink_that_is_read(make):
    rows = eateries(make, [eatery("A", 900, 3000, community="buddhist"), eatery("B", 900, 2000, community="civic"),
                           eatery("C", 900, 900)])  # fmt: skip
    sheet = draw_map(make.result({"culture": rows}), spec_of(), languages=["en"])
    legend = Taxonomy.load().legends["community"]
    found = discs(sheet)
    assert found["1"][1] == legend["buddhist"].color.lower()
    assert found["2"][1] == legend["civic"].color.lower()
    assert found["3"][1] == "#ffffff"
    inks = {t.get_text(): t.get_color() for t in sheet.map.texts if t.get_text() in set("123")}
    assert inks == {"1": "#1F1F1F", "2": "#FFFFFF", "3": "#1F1F1F"}


@pytest.mark.parametrize("key", sorted(Taxonomy.load().legends["community"]))
def test_a_number_stands_out_from_every_community_by_three_to_one(key):
    color = Taxonomy.load().legends["community"][key].color
    assert contrast(color, ink_on(color)) >= 3


def contrast(one, other):
    """Contrast ratio of WCAG 2.2."""
    shares = []
    for color in (one, other):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        shares.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(shares) / min(shares)


def test_contrast_is_that_of_the_standard():
    # Published pairs: black on white 21, #767676 on white 4.54.
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)


def test_numbers_stand_off_one_another_and_off_the_markers(make):
    rows = [eatery(f"E{i}", 1500 + 10 * i, 2500) for i in range(12)]
    temples = [eatery(f"W{i}", 1500 + 100 * i, 2550, concept="wat") for i in range(4)]
    result = make.result({"culture": eateries(make, rows + temples)})
    sheet = draw_map(result, MAP, languages=["en"])
    unit = frame_of(sheet.map, make.crs).unit
    spots = [shapely.Point(xy) for xy, _ in discs(sheet).values()]
    assert len(spots) == 12
    assert min(a.distance(b) for a, b in itertools.combinations(spots, 2)) >= DISC_MM * unit
    marks = [
        c
        for c in sheet.map.collections
        if isinstance(c, PathCollection) and c.get_zorder() < 6 and len(c.get_sizes())
    ]
    markers = shapely.points(np.vstack([c.get_offsets() for c in marks]))
    assert min(shapely.distance(markers, spot).min() for spot in spots) > DISC_MM / 2 * unit
    assert any(c.get_gid() == "number-ties" for c in sheet.map.collections)
    assert "Moved aside to be legible, tied to its place" in words(sheet)


LONG = {
    "th": "ร้านก๋วยเตี๋ยวเรือน้ำตกของคุณยายที่เปิดมาตั้งแต่สมัยรัชกาลที่ห้าและยังเปิดอยู่ทุกวันจนถึงเดี๋ยวนี้",
    "fa": "رستوران بسیار قدیمی و سنتی کنار دریاچه که از زمان پدربزرگ تا امروز هر روز باز بوده است",
    "vi": "Quán bún bò Huế gia truyền lâu đời nhất của phố cổ bên bờ đầm phá, mở cửa mỗi ngày từ thời xưa",
}


@pytest.mark.parametrize("language", sorted(LONG))
@pytest.mark.filterwarnings("ignore::creative_spatial.errors.DataQualityWarning")
def test_a_long_name_is_cut_visibly_and_stays_in_its_column(make, language):
    rows = eateries(
        make,
        [
            eatery("Short", 900 + 40 * i, 900, **{f"name:{language}": LONG[language]})
            for i in range(12)
        ],
    )
    sheet = draw_map(make.result({"culture": rows}), MAP, languages=[language, "en"])
    renderer = sheet.canvas.get_renderer()
    cut = [t for t in sheet.page.texts if t.get_text()[:8] == LONG[language][:8]]
    assert len(cut) == 12
    assert all(t.get_text().endswith("…") for t in cut)
    page = sheet.bbox
    boxes = [t.get_window_extent(renderer) for t in cut]
    others = [
        t.get_window_extent(renderer)
        for t in sheet.page.texts
        if t not in cut and t.get_text().strip()
    ]
    for box in boxes:
        assert box.x1 < page.x1
        assert not any(box.overlaps(other) and abs(box.y0 - other.y0) < 2 for other in others)


def test_a_right_to_left_name_is_in_the_list_as_it_is_written(make):
    rows = eateries(make, [eatery("Kebab house", 900, 900, **{"name:fa": "چلوکبابی\u200cحاج علی"})])
    with pytest.warns(DataQualityWarning, match="words in .fa."):
        sheet = draw_map(make.result({"culture": rows}), MAP, languages=["fa", "en"])
    (name,) = [t for t in sheet.page.texts if t.get_text() == "چلوکبابی\u200cحاج علی"]
    assert name.get_fontfamily()[0] == "Vazirmatn"
    assert "Kebab house" in words(sheet)
    assert "1 چلوکبابی\u200cحاج علی" in sheet.alternative["fa"]


HOSTILE = [
    "<script>alert(1)</script>",
    "$x$",
    "a\nb\x07c",
    "=cmd|'/c calc'!A1",
    "\u202eevil",
    "{natural_share}",
]


def test_hostile_names_are_listed_as_typed(make):
    rows = eateries(
        make, [eatery(name, 900, 900 + 300 * i, th=name) for i, name in enumerate(HOSTILE)]
    )
    sheet = draw_map(make.result({"culture": rows}), MAP, languages=["en"])
    sheet.canvas.draw()
    assert {
        "<script>alert(1)</script>",
        "$x$",
        "a b c",
        "evil",
        "{natural_share}",
        "=cmd¦'/c calc'!A1",
    } <= set(words(sheet))
    assert not any(t.get_parse_math() for t in sheet.findobj(Text) if t.get_text().strip())


def test_hundreds_of_places_bear_twelve_numbers(make):
    spots = np.random.default_rng(5).uniform(100, 2900, (800, 2))
    rows = eateries(make, [eatery(f"P{i}", *xy) for i, xy in enumerate(spots)])
    sheet = draw_map(make.result({"culture": rows}), MAP, languages=["en"])
    assert "Places of food: 12 of 800 are numbered" in words(sheet)
    assert len(discs(sheet)) == 12


def test_the_list_stays_in_a_panel_too_full(make):
    spec = load_maps()[MAP]
    layers = [
        it.model_copy(update={
            "hue_title": {"en": "A heading of many words " * 40},
            "numbered": it.numbered and it.numbered.model_copy(update={"most": 24}),
        })
        for it in spec.layers
    ]  # fmt: skip
    sheet = draw_map(
        make.result(), spec.model_copy(update={"layers": tuple(layers)}), languages=["en", "th"]
    )
    on_page = [t.get_text() for t in sheet.page.texts]
    assert all(str(i) in on_page for i in range(1, 25))
    assert any(text.startswith("Scale") for text in on_page)
    renderer, page = sheet.canvas.get_renderer(), sheet.bbox
    for text in sheet.page.texts:
        if text.get_text().strip():
            assert text.get_window_extent(renderer).y0 >= page.y0, text


def test_without_a_place_of_food_nothing_is_said_of_numbers(make):
    rows = eateries(make, [eatery("Temple", 900, 900, concept="wat")])
    sheet = draw_map(make.result({"culture": rows}), MAP, languages=["en"])
    assert not any("numbered" in text for text in words(sheet))
    assert "numbered" not in sheet.alternative["en"]


def test_the_same_places_give_the_same_bytes(sheet, town, tmp_path):
    for name, it in (("one", sheet), ("two", draw_map(town, MAP))):
        save_figure(it, tmp_path / f"{name}.svg", provenance={})
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"layer": "culture", "draw": "area", "numbered": RULE}], "only points are numbered"),
        ([{"layer": "culture", "ring": {"lead": ["a"]}, "numbered": RULE}], "bears no ring"),
        ([{"layer": "culture", "numbered": RULE}] * 2, "one layer of a map is numbered"),
        ([{"layer": "culture", "numbered": {**RULE, "most": 99}}], "most"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(layers, message):
    plain = spec_of().model_dump(exclude_none=True)
    with pytest.raises(ValidationError, match=message):
        MapSpec.model_validate({**plain, "layers": layers})
