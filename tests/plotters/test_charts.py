"""Charts: what a reader finds on them and hears of them, from numbers that are known."""

from __future__ import annotations

import dataclasses
import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from sights import APART, SIGHTS, distance

from creative_spatial.errors import ConfigError, InsufficientDataError, LayerSchemaError
from creative_spatial.plotters import (
    draw_chart,
    load_charts,
    plot_curves,
    plot_event_calendar,
    plot_field_profile,
    save_figure,
)
from creative_spatial.plotters.charts.field_profile import profile_rows
from creative_spatial.plotters.charts.months import months_of
from creative_spatial.plotters.charts.profile_columns import STRENGTHS

# Film is unknown in the reference; media arts are nowhere.
QUOTIENTS = pd.DataFrame({
    "field": ["design", "film", "gastronomy", "media_arts"],
    "value": [0.5, np.nan, 2.0, np.nan],
    "low": [0.25, 0.9, 1.1, np.nan],
    "high": [1.0, np.nan, 4.0, np.nan],
    "n": [6.0, 3.0, 40.0, 0.0],
    "total": 49.0,
    "direct": [1.0, 3.0, 10.0, 0.0],
    "indirect": [2.0, 0.0, 30.0, 0.0],
    "weak": [3.0, 0.0, 0.0, 0.0],
    "grade": ["B", "D", "B", None],
    "reference": "the province without the town",
    "reference_total": 55.0,
    "illustrative": False,
    "boundary": "town",
})  # fmt: skip
RANKING = pd.DataFrame({
    "field": ["gastronomy", "film", "design", "media_arts"],
    "rank": [1.0, 2.0, 3.0, np.nan],
    "value": [1.9, 1.5, 0.6, np.nan],
    "low": [1.2, 0.3, 0.3, np.nan],
    "high": [3.5, 6.0, 1.1, np.nan],
    "p_first": [0.7, 0.2996, 0.0004, np.nan],
    "p_below_first": [np.nan, 0.6, 0.99, np.nan],
    "boundary": "town",
})  # fmt: skip
EVENTS = [
    ("ชักพระ", "Chak Phra", {"months": "10;11", "community": "buddhist"}),
    ("ตรุษจีน", "Chinese New Year", {"months": "1;2", "community": "chinese", "accuracy": "illustrative"}),
    ("", "Book fair", {"starts": "2026-03-28", "ends": "2026-04-02"}),
    ("ฮารีรายอ", "Hari Raya", {"community": "muslim"}),
]  # fmt: skip


@pytest.fixture
def town(make):
    """The town with a profile of its fields."""
    tables = {"field_quotients": QUOTIENTS, "field_ranking": RANKING}
    rows = make.indicator_rows({("field_quotients", "design"): 0.5}).assign(sources="hall;osm")
    return dataclasses.replace(make.result(), tables=tables, indicators=rows)


@pytest.fixture
def festive(make):
    """The town with events alone in its culture layer; Hari Raya has no place."""
    rows = [
        (th, en, "food_festival", shapely.Point(make.at(900, 900)), extra)
        for th, en, extra in EVENTS
    ]
    layer = make.layer(rows)
    layer.loc[layer.index[3], "geometry"] = None
    layer["heritage_form"] = "event"
    table = pd.DataFrame(layer.drop(columns="geometry")).assign(
        place_known=[True, True, True, False]
    )
    return dataclasses.replace(make.result({"culture": layer}), tables={"events": table})


def axes(inches=(7.4, 4.6)):
    return Figure(figsize=inches, dpi=80).add_subplot()


def words(figure):
    return [item.get_text() for item in figure.findobj(Text) if item.get_text().strip()]


def columns(ax):
    return {child.get_gid(): child for child in ax.child_axes}


class TestFieldProfile:
    def test_fields_stand_in_the_order_of_the_ranking_those_without_a_rank_last(self):
        ax = plot_field_profile(QUOTIENTS, RANKING, ax=axes())
        labels = ["Gastronomy", "Film", "Design", "Media Arts"]
        heights = {t.get_text(): t.get_position()[1] for t in ax.texts}
        assert sorted(labels, key=lambda label: -heights[label]) == labels

    def test_fields_without_a_rank_stand_by_places_then_by_id(self):
        counted = QUOTIENTS.assign(n=[3.0, 3.0, 40.0, 9.0])
        assert profile_rows(counted)["field"].tolist() == [
            "gastronomy",
            "media_arts",
            "design",
            "film",
        ]
        first = RANKING[RANKING["field"] == "film"].assign(rank=1.0)
        assert profile_rows(counted.iloc[::-1], first)["field"].tolist() == [
            "film", "gastronomy", "media_arts", "design",
        ]  # fmt: skip

    def test_the_text_says_by_what_rule_they_stand(self, town):
        said = draw_chart(town, "field-profile", languages=["en"]).alternative["en"]
        assert "a rank first, in its order; the others by the number of places, most first" in said

    def test_bars_are_the_counts_by_strength(self):
        bars = columns(plot_field_profile(QUOTIENTS, RANKING, ax=axes()))["counts"].patches
        widths = [round(bar.get_width()) for bar in bars]
        assert widths == [10, 3, 1, 0, 30, 0, 2, 0, 0, 0, 3, 0]

    def test_a_dot_stands_at_the_quotient_and_a_line_spans_the_exact_interval(self):
        inner = columns(plot_field_profile(QUOTIENTS, RANKING, ax=axes()))["quotient"]
        assert inner.get_xscale() == "log"
        dots = [line.get_xdata()[0] for line in inner.lines if line.get_marker() == "o"]
        assert dots == [2.0, 0.5]
        spans = {tuple(line.get_xdata()) for line in inner.lines if len(line.get_xdata()) == 2}
        assert {(1.1, 4.0), (0.25, 1.0)} <= spans

    def test_a_quotient_without_a_reference_is_an_arrow_and_no_dot(self):
        inner = columns(plot_field_profile(QUOTIENTS, RANKING, ax=axes()))["quotient"]
        (arrow,) = [line for line in inner.lines if line.get_marker() == ">"]
        assert arrow.get_xdata()[0] == inner.get_xlim()[1]
        assert arrow.get_ydata()[0] == 1

    def test_shares_of_draws_are_never_all_or_none(self):
        said = words(plot_field_profile(QUOTIENTS, RANKING, ax=axes()).figure)
        assert {"70 %", "30 %", "< 1 %", "–"} <= set(said)

    def test_without_a_reference_there_is_no_empty_axis(self):
        bare = QUOTIENTS.assign(value=np.nan, low=np.nan, high=np.nan)
        assert set(columns(plot_field_profile(bare, ax=axes()))) == {"counts", "grade"}

    def test_extreme_intervals_leave_the_axis_readable(self):
        wild = QUOTIENTS.assign(low=[0.0, 1e-9, 1e-6, np.nan], high=[1e9, np.inf, 5e4, np.nan])
        low, high = columns(plot_field_profile(wild, ax=axes()))["quotient"].get_xlim()
        assert (low, high) == (0.02, 50.0)

    def test_one_field_alone(self):
        assert plot_field_profile(QUOTIENTS.iloc[:1], ax=axes()).child_axes

    def test_a_missing_column_is_named(self):
        with pytest.raises(LayerSchemaError, match="'direct'"):
            plot_field_profile(QUOTIENTS.drop(columns="direct"), ax=axes())

    def test_the_message_says_how_sure_the_order_is(self, town):
        said = " ".join(words(draw_chart(town, "field-profile", languages=["en"])))
        assert (
            "Beside the province without the town (55 places), Gastronomy stands out most: 1.9 times"
        ) in said
        assert (
            "(95 % of draws 1.2–3.5), first in 70 % of draws, yet not apart from 1 of the others"
            in said
        )
        assert "does not predict a designation" in said

    def test_the_rest_of_a_boundary_has_its_name_in_the_language_of_the_chart(self, town):
        tables = {**town.tables, "field_ranking": RANKING.assign(reference_boundary="town")}
        inside = dataclasses.replace(town, tables=tables)
        thai = " ".join(words(draw_chart(inside, "field-profile", languages=["th"])))
        name = inside.area.boundaries.loc["town", "name:th"]
        assert f"{name} (ไม่รวม{name})" in thai
        assert "the province without the town" not in thai

    def test_without_a_reference_the_message_ranks_nothing(self, make):
        bare = QUOTIENTS.assign(value=np.nan, low=np.nan, high=np.nan)
        result = dataclasses.replace(make.result(), tables={"field_quotients": bare})
        said = " ".join(words(draw_chart(result, "field-profile", languages=["en"])))
        assert (
            "3 of 4 creative fields have evidence on the map of Songkhla Municipality, 3 of" in said
        )
        assert "stands out" not in said

    def test_none_that_is_more_common_stands_out(self, town):
        less = RANKING.assign(value=[0.8, 0.5, 0.3, np.nan], low=[0.4, 0.1, 0.1, np.nan])
        result = dataclasses.replace(town, tables={**town.tables, "field_ranking": less})
        said = " ".join(words(draw_chart(result, "field-profile", languages=["en"])))
        assert "no field is more common here; first comes Gastronomy, 0.8 times as common" in said
        assert "stands out" not in said

    def test_one_field_that_alone_was_compared_is_first_of_none(self, town):
        alone = RANKING.assign(rank=[1.0, np.nan, np.nan, np.nan])
        result = dataclasses.replace(town, tables={**town.tables, "field_ranking": alone})
        said = " ".join(words(draw_chart(result, "field-profile", languages=["en"])))
        assert "only Gastronomy can be compared: 1.9 times as common" in said
        assert "stands out" not in said

    def test_the_alternative_text_is_written_from_the_data(self, town):
        said = draw_chart(town, "field-profile", languages=["en", "fr"]).alternative["en"]
        lines = said.split("\n")
        assert lines[0] == "Profile of the creative fields"
        assert lines[3] == (
            "Gastronomy: 40 places (10 direct, 30 indirect, 0 weak); location quotient 2.00, exact "
            "interval 1.10 to 4.00; first in 70 % of draws; grade B."
        )
        assert lines[4].startswith(
            "Film: 3 places (3 direct, 0 indirect, 0 weak); the reference has none, location quotient at least 0.90"
        )
        assert lines[6].startswith("Media Arts: 0 places")

    def test_fills_of_strengths_tell_apart_in_every_sight(self):
        for matrix in SIGHTS.values():
            for one, other in itertools.combinations(STRENGTHS.values(), 2):
                assert distance(one, other, matrix) >= APART


class TestEventCalendar:
    def test_boxes_stand_in_the_months_in_the_order_of_the_year(self, festive):
        ax = plot_event_calendar(festive.layers["culture"], ax=axes())
        boxes = [
            (round(box.get_x() + 0.38), round(box.get_y() + 0.28))
            for box in columns(ax)["calendar"].patches
        ]
        assert boxes == [(1, 0), (2, 0), (3, 1), (4, 1), (10, 2), (11, 2)]

    def test_colors_are_those_of_the_communities_and_what_is_illustrative_is_hollow(self, festive):
        from matplotlib.colors import to_hex

        boxes = columns(plot_event_calendar(festive.layers["culture"], ax=axes()))[
            "calendar"
        ].patches
        legend = festive.taxonomy.legends["community"]
        assert to_hex(boxes[4].get_facecolor()) == legend["buddhist"].color.lower()
        assert to_hex(boxes[0].get_facecolor()) == "#ffffff"
        assert to_hex(boxes[0].get_edgecolor()) == legend["chinese"].color.lower()

    def test_what_has_no_month_or_no_place_is_listed_apart(self, festive):
        said = words(plot_event_calendar(festive.layers["culture"], ax=axes()).figure)
        assert "Month not known: Hari Raya" in said
        assert "Place not known: Hari Raya" in said

    def test_the_lists_are_in_both_languages_and_once_where_they_are_the_same(self, festive):
        layer = festive.layers["culture"]
        said = words(plot_event_calendar(layer, language=["th", "en"], ax=axes()).figure)
        plain = [text.replace("\u200b", "") for text in said]
        at = plain.index("ไม่ทราบเดือน: ฮารีรายอ")
        assert {"ไม่ทราบสถานที่: ฮารีรายอ", "Place not known: Hari Raya"} <= {*plain}
        assert plain[at + 1] == "Month not known: Hari Raya"
        once = words(plot_event_calendar(layer, language=["en", "en"], ax=axes()).figure)
        assert once.count("Month not known: Hari Raya") == 1

    @pytest.mark.parametrize(("language", "month"), [
        ("th", "ม.ค."), ("en", "Jan"), ("fr", "janv."), ("fa", "ژانویه"),
    ])  # fmt: skip
    @pytest.mark.filterwarnings("ignore:The sheets have .* words in 'fa'")
    def test_months_have_their_names(self, festive, language, month):
        ax = plot_event_calendar(festive.layers["culture"], language=language, ax=axes())
        assert month in words(ax.figure)

    def test_no_event_has_a_month(self, make):
        rows = make.layer([("", "Fair", "food_festival", shapely.Point(make.at(1, 1)), {})])
        ax = plot_event_calendar(rows, ax=axes())
        assert not columns(ax)["calendar"].patches
        assert "Month not known: Fair" in words(ax.figure)

    def test_of_a_hundred_events_thirty_are_drawn_and_the_rest_counted(self, make):
        rows = make.layer([("", f"Fair {i}", "food_festival", shapely.Point(make.at(1, 1)), {"months": "5"})
                           for i in range(100)])  # fmt: skip
        ax = plot_event_calendar(rows, ax=axes((7.4, 12)))
        assert len(columns(ax)["calendar"].patches) == 30
        assert "and 70 more" in words(ax.figure)

    def test_hostile_names_are_written_as_typed(self, make):
        names = ["<script>alert(1)</script>", "$x$", "a\nb\x07c", "{city}"]
        rows = make.layer(
            [(n, n, "food_festival", shapely.Point(make.at(1, 1)), {"months": "5"}) for n in names]
        )
        figure = plot_event_calendar(rows, ax=axes()).figure
        figure.canvas.draw()
        assert {"<script>alert(1)</script>", "$x$", "a b c", "{city}"} <= set(words(figure))
        assert not any(
            item.get_parse_math() for item in figure.findobj(Text) if item.get_text() == "$x$"
        )

    def test_a_plain_table_needs_no_taxonomy(self):
        plain = gpd.GeoDataFrame(
            {"name": ["Fair"], "months": ["5"]}, geometry=[shapely.Point(1, 1)]
        )
        assert len(columns(plot_event_calendar(plain, ax=axes()))["calendar"].patches) == 1

    def test_the_message_counts_and_the_text_lists(self, festive):
        sheet = draw_chart(festive, "event-calendar", languages=["en"])
        said = " ".join(words(sheet))
        assert "4 events on record, the months of 3 known; 6 months have none" in said
        assert "Illustrative: 1 of n = 4 are invented" in said
        assert "Chak Phra: Oct, Nov (Buddhist)." in sheet.alternative["en"]
        assert "Hari Raya: Month not known (Muslim, Malay)." in sheet.alternative["en"]

    @pytest.mark.parametrize(("months", "starts", "ends", "expected"), [
        ("1;2;12", None, None, (1, 2, 12)), ("12.0", None, None, (12,)), ("0;13;x", None, None, ()),
        (None, "2026-11-29", "2027-01-02", (1, 11, 12)), (None, "2026-05-01", None, (5,)),
        (None, "2026-05-01", "2026-02-01", (5,)), (None, "2020-01-01", "2026-01-01", tuple(range(1, 13))),
        (None, "soon", None, ()), ("", "2026-05-01", None, (5,)),
    ])  # fmt: skip
    def test_months_are_read_from_lists_and_dates(self, months, starts, ends, expected):
        table = pd.DataFrame({"months": [months], "starts": [starts], "ends": [ends]})
        assert months_of(table) == [expected]


class TestSheets:
    @pytest.mark.parametrize("languages", [["th", "en"], ["fr"]])
    @pytest.mark.parametrize("name", ["field-profile", "event-calendar"])
    def test_nothing_leaves_the_page_and_no_type_is_too_small(self, town, festive, name, languages):
        result = dataclasses.replace(town, tables={**town.tables, **festive.tables})
        sheet = draw_chart(result, name, languages=languages)
        renderer = sheet.canvas.get_renderer()
        for item in sheet.findobj(Text):
            if item.get_text().strip() and item.get_visible():
                box = item.get_window_extent(renderer)
                assert min(box.x0, box.y0, sheet.bbox.x1 - box.x1, sheet.bbox.y1 - box.y1) >= 0, (
                    item
                )
                assert item.get_fontsize() >= 5.5
                assert not item.get_parse_math()

    def test_boundary_n_date_and_credits_are_printed(self, town):
        said = " ".join(words(draw_chart(town, "field-profile", languages=["en"])))
        assert "Songkhla Municipality: 14.83 km² of land" in said
        assert "All places, evidence of a field or not (n): 49" in said
        assert "2025-06-30 – 2026-01-02" in said
        assert "City hall (CC-BY-4.0, 2025-06-30)" in said

    def test_what_is_illustrative_says_so(self, town):
        tables = {**town.tables, "field_quotients": QUOTIENTS.assign(illustrative=True)}
        sheet = draw_chart(
            dataclasses.replace(town, tables=tables), "field-profile", languages=["en"]
        )
        assert "invented examples" in " ".join(words(sheet))
        assert "invented examples" in sheet.alternative["en"]

    @pytest.mark.parametrize(("name", "reason"), [
        ("field-profile", "there is no table 'field_quotients'"),
        ("event-calendar", "no event is on record"),
    ])  # fmt: skip
    def test_a_chart_without_data_says_why(self, make, name, reason):
        with pytest.raises(InsufficientDataError, match=reason):
            draw_chart(make.result(), name)

    def test_a_table_of_other_boundaries_alone_is_no_data(self, town):
        tables = {"field_quotients": QUOTIENTS.assign(boundary="province")}
        with pytest.raises(InsufficientDataError, match="has no row of 'town'"):
            draw_chart(dataclasses.replace(town, tables=tables), "field-profile")

    def test_an_unknown_chart_is_named(self, town):
        with pytest.raises(
            ConfigError, match="Unknown chart 'pie'; there are field-profile, event-cal"
        ):
            draw_chart(town, "pie")

    def test_a_city_s_own_stands_in_the_place_of_the_package_s(self, town):
        own = load_charts()["field-profile"].model_copy(update={"title": {"en": "Our fields"}})
        ours = dataclasses.replace(town, charts={"field-profile": own})
        assert draw_chart(ours, "field-profile").get_label() == "Our fields"
        with pytest.raises(ConfigError, match="Unknown chart 'event-calendar'"):
            draw_chart(ours, "event-calendar")

    def test_files_are_the_same_each_time_and_carry_the_text(self, town, tmp_path):
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir()
            sheet = draw_chart(town, "field-profile", languages=["th", "en"])
            for kind in ("png", "pdf", "svg"):
                save_figure(
                    sheet, tmp_path / folder / f"c.{kind}",
                    provenance={"title": sheet.get_label(), "description": sheet.alternative["th"]},
                )  # fmt: skip
        for kind in ("png", "pdf", "svg"):
            assert (tmp_path / "one" / f"c.{kind}").read_bytes() == (
                tmp_path / "two" / f"c.{kind}"
            ).read_bytes()
        with Image.open(tmp_path / "one" / "c.png") as image:
            assert image.text["Description"] == sheet.alternative["th"]
        assert "วิทยาการอาหาร: 40 แห่ง" in (tmp_path / "one" / "c.svg").read_text(encoding="utf-8")

    def test_a_notebook_shows_the_sheet(self, town):
        assert draw_chart(town, "field-profile")._repr_png_().startswith(b"\x89PNG")


class TestSpecs:
    @pytest.mark.parametrize("spec", load_charts().values(), ids=lambda spec: spec.id)
    def test_every_text_is_in_thai_english_and_french(self, spec):
        for text in (spec.title, spec.lead, *spec.message, *spec.row, spec.caution):
            assert set(text) >= {"th", "en", "fr"}, text
        assert spec.reference

    def test_a_city_s_file_adds_one_and_replaces_one(self, tmp_path):
        path = tmp_path / "charts.toml"
        replaced = OWN.replace("[mine", "[clustering")
        path.write_text(OWN + replaced, encoding="utf-8")
        charts = load_charts(path)
        assert list(charts) == [*load_charts(), "mine"]
        assert charts["clustering"].title == charts["mine"].title == {"en": "Our fields"}

    @pytest.mark.parametrize(
        ("was", "becomes", "message"),
        [
            ("table =", "colour = 1\ntable =", r"unknown key 'colour'; known: .*caution"),
            ("table =", "tabel =", r"unknown key 'tabel'; did you mean 'table'"),
            ('"field_profile"', '"pie"', r"'draw': Input should be 'curves', .*'field_profile'"),
            ('"field_profile"', '"..sheet"', r"'draw': Input should be .*found '..sheet'"),
            ('"field_profile"', '"curves"', r"curves need `along`, the column of the table"),
            ("row = [{ en", "row = []\nx = [{ en", r"'row': Tuple should have at least 1 item"),
            ("{fields}", "{fields.__class__}", r"a brace in .* is no placeholder"),
            ("[mine", '["../evil"', r"evil\].*'id': an id is made of"),
        ],
    )
    def test_faults_name_file_chart_key_and_remedy(self, tmp_path, was, becomes, message):
        path = tmp_path / "charts.toml"
        path.write_text(OWN.replace(was, becomes), encoding="utf-8")
        with pytest.raises(ConfigError, match=rf"(?s)charts.toml \[.*{message}"):
            load_charts(path)

    def test_what_stands_outside_a_table_is_refused(self, tmp_path):
        path = tmp_path / "charts.toml"
        path.write_text('title = "mine"', encoding="utf-8")
        with pytest.raises(ConfigError, match=r"charts.toml: 'title' stands outside a table"):
            load_charts(path)


OWN = """
[mine]
draw = "field_profile"
table = "field_quotients"
reference = "the city's own"
title = { en = "Our fields" }
message = [{ en = "{fields} fields." }]
lead = { en = "Our {fields} fields." }
row = [{ en = "{label}: {n}." }]
"""


HILL = pd.DataFrame({
    "of": ["communities"] * 3 + ["functions"] * 3 + ["nothing"], "q": [0.0, 1.0, 2.0] * 2 + [0.0],
    "value": [4.0, 3.5, 3.25, 8.0, 6.0, 5.0, np.nan], "n": [11] * 3 + [90] * 3 + [0], "boundary": "town",
    "level": ["city"] * 7,
})  # fmt: skip
CLUSTERS = pd.DataFrame({
    "by": "field", "of": ["film"] * 2 + ["music"] * 2, "distance_m": [500.0, 100.0, 100.0, 500.0],
    "value": [2.5, 3.0, 1.0, 0.9], "expected": 1.0, "low": 0.5, "high": [1.5, 2.0, 2.0, 1.5],
    "n": [9, 9, 4, 4], "p_adjusted": [0.02, 0.02, 0.8, 0.8], "boundary": "town",
})  # fmt: skip


class TestCurves:
    @pytest.fixture
    def varied(self, make):
        units = HILL.assign(level="unit", value=1.0)
        tables = {"hill_profiles": pd.concat([HILL, units]), "clustering": CLUSTERS}
        return dataclasses.replace(make.result(), tables=tables)

    def test_each_kind_with_a_value_has_a_panel_from_zero(self):
        panels = columns(plot_curves(HILL, x="q", ax=axes()))
        assert list(panels) == ["communities", "functions"]
        (curve,) = [line for line in panels["functions"].lines if line.get_gid() == "curve"]
        assert curve.get_xydata().tolist() == [[0, 8], [1, 6], [2, 5]]
        assert panels["functions"].get_ylim()[0] == 0

    def test_points_stand_in_the_order_of_the_axis_over_what_chance_gives(self):
        panels = columns(plot_curves(CLUSTERS, x="distance_m", ax=axes()))
        (curve,) = [line for line in panels["film"].lines if line.get_gid() == "curve"]
        assert curve.get_xydata().tolist() == [[100, 3.0], [500, 2.5]]
        assert len(panels["film"].collections) == 1

    def test_one_point_alone_and_none(self):
        assert len(plot_curves(HILL.iloc[:1], x="q", ax=axes()).child_axes) == 1
        assert plot_curves(HILL.iloc[:0], x="q", ax=axes()).child_axes == []

    def test_the_whole_boundary_speaks_not_its_units(self, varied):
        sheet = draw_chart(varied, "hill-profiles", languages=["en"])
        assert (
            "of 4 communities, as varied as 3.5 equally present ones; 8 functions are as varied as 6.0"
            in " ".join(words(sheet))
        )
        assert (
            "Communities (of worship): 4.0 at q = 0, down to 3.2 at q = 2 (n = 11)."
            in sheet.alternative["en"]
        )

    def test_what_is_beyond_chance_is_named_and_what_is_not_is_not(self, varied):
        sheet = draw_chart(varied, "clustering", languages=["en"])
        assert (
            "1 of 2 fields cluster or disperse beyond chance among the mapped cultural assets "
            "(p ≤ 0.05, corrected): Film." in " ".join(words(sheet))
        )
        none = dataclasses.replace(varied, tables={"clustering": CLUSTERS.assign(p_adjusted=0.5)})
        said = " ".join(words(draw_chart(none, "clustering", languages=["en"])))
        assert "None of 2 fields clusters or disperses beyond chance" in said

    def test_a_field_of_too_few_places_hides_no_other(self, varied):
        few = {
            "of": "design",
            "by": "field",
            "distance_m": np.nan,
            "value": np.nan,
            "boundary": "town",
        }
        more = pd.concat([CLUSTERS, pd.DataFrame([few])])
        tables = {"clustering": more.reset_index(drop=True)}
        sheet = draw_chart(
            dataclasses.replace(varied, tables=tables), "clustering", languages=["en"]
        )
        assert "Film" in words(sheet)

    def test_without_a_value_there_is_no_chart(self, varied):
        blank = dataclasses.replace(varied, tables={"clustering": CLUSTERS.assign(value=np.nan)})
        with pytest.raises(InsufficientDataError, match="no curve of 'clustering' has a value"):
            draw_chart(blank, "clustering")

    @pytest.mark.parametrize(
        ("draw", "table", "along", "said"),
        [
            ("curves", "hill_profiles", "zz", "it has no zz"),
            ("curves", "hill_profiles", "of", "along 'of', which is no number"),
            ("curves", "events", "q", "it has no of, value, q"),
            ("event_calendar", "hill_profiles", "q", "it has no name"),
        ],
    )
    def test_a_citys_chart_of_a_table_of_another_kind_says_so(
        self, varied, draw, table, along, said
    ):
        spec = load_charts()["hill-profiles"].model_copy(
            update={"draw": draw, "table": table, "along": along, "where": {}}
        )
        result = dataclasses.replace(
            varied, tables={**varied.tables, "events": pd.DataFrame({"name": ["Fair"]})}
        )
        with pytest.raises(InsufficientDataError, match=said):
            draw_chart(result, spec)
