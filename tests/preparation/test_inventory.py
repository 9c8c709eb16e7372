"""What an inventory asks of every asset: each tag read by hand, and nothing guessed."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CRS
from shapely import Point

from creative_spatial.preparation.inventory import (
    COLUMNS,
    Supply,
    Unread,
    cuisine_communities_of,
    cuisines_of,
    heritage_status_of,
    inventory_columns,
    inventory_table,
    languages_of,
    period_of,
    scripts_of,
    supply_of,
)
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.schema import OPTIONAL_COLUMNS, empty_features
from creative_spatial.taxonomy import Taxonomy, fcs2009

TAXONOMY = Taxonomy.load()
FACTS = inventory_facts()
NOTHING = Supply(None, None)


class TestFacts:
    @pytest.mark.parametrize("entry", FACTS.heritage, ids=lambda e: e.word)
    def test_each_tag_of_a_heritage_status_says_it(self, entry):
        assert entry.reference.strip()
        for key, values in entry.tags.items():
            for value in values:
                tags = {key: "yes" if value == "*" else value}
                assert entry.word in heritage_status_of(tags), tags

    @pytest.mark.parametrize("entry", FACTS.cuisine_communities, ids=lambda e: e.id)
    def test_each_cuisine_and_diet_is_that_of_one_community(self, entry):
        assert entry.reference.strip()
        assert {"th", "en", "fr"} <= set(entry.labels)
        for cuisine in entry.cuisines:
            assert cuisine_communities_of([cuisine], {}) == (entry.id,)
        for diet in entry.diets:
            key, _, value = diet.partition("=")
            assert cuisine_communities_of([], {key: value or "yes"}) == (entry.id,)

    @pytest.mark.parametrize("name", [n for n in type(FACTS.hours).model_fields if n != "weeks"])
    def test_each_threshold_of_hours_says_why(self, name):
        assert getattr(FACTS.hours, name).reference.strip()

    def test_weeks_begin_on_mondays_one_in_each_quarter(self):
        weeks = FACTS.hours.weeks.value
        assert [day.weekday() for day in weeks] == [0] * 4
        assert [(day.month - 1) // 3 for day in weeks] == [0, 1, 2, 3]

    def test_codes_of_scripts_have_the_form_of_the_standard(self):
        assert all(code.isalpha() and len(code) == 4 for code in FACTS.scripts.codes.values())

    @pytest.mark.parametrize("column", COLUMNS)
    def test_every_column_has_a_fixed_meaning(self, column):
        assert column in OPTIONAL_COLUMNS


class TestHours:
    # Worked by hand: open after 18:00 until 20:00 or longer on four days; an hour at a weekend.
    @pytest.mark.parametrize(
        ("text", "evening", "weekend"),
        [
            ("Mo-Fr 08:00-17:00", False, False),
            ("Mo-Su 08:00-20:00", True, True),  # 18:00 to 20:00 is evening
            ("Mo-Su 08:00-19:59", False, True),
            ("Mo-Su 08:00-18:00", False, True),
            ("Mo-Th 19:00-20:00", True, False),  # four days
            ("Mo-We 17:00-23:00", False, False),  # three
            ("Fr-Su 17:00-23:00", False, True),  # three
            ("24/7", True, True),
            ("Mo-Su 22:00-02:00", True, True),  # over midnight
            ("Mo-Fr 18:00-02:00", True, False),  # Saturday's first hours are Friday's night
            ("Sa 10:00-10:59", False, False),
            ("Sa 10:00-11:00", False, True),
            ("Mo-Fr 10:00-18:00; PH off", False, False),
            ("Jan-Dec Mo-Su 17:00-22:00", True, True),
            ("Jun-Aug Mo-Su 17:00-22:00", False, False),  # a quarter of the year
            ("Apr-Sep Mo-Su 17:00-22:00", True, True),  # two weeks of four
            ("Mo-Su,PH 11:00-21:00; SH off", True, True),
            ("Mo-Su 06:00-10:00,16:00-21:00", True, True),
        ],
    )
    def test_ordinary_hours(self, text, evening, weekend):
        assert supply_of(text) == Supply(evening, weekend)

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "ask the abbot", "เปิดทุกวัน", "10.00 - 22.00", "mo-fr 10-20", "=HYPERLINK(1)",
            '"by appointment"', "off", "closed", "PH off", "x" * 100_000, "Mo-Fr 10:00-99:00",
            "\x00", "24/7" * 300,
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_or_names_no_ordinary_opening_is_not_known(self, text):
        assert supply_of(text) == NOTHING

    def test_an_open_end_is_no_promise_of_an_evening(self):
        assert supply_of("Mo-Su 10:00+") == Supply(None, True)
        assert supply_of("Mo-Tu 10:00+") == Supply(False, False)

    def test_hours_that_call_themselves_unknown_decide_nothing(self):
        assert supply_of("Mo-Su 10:00-22:00 unknown") == NOTHING
        assert supply_of("Mo-Fr 10:00-17:00 open; Sa 10:00-17:00 unknown") == Supply(False, None)

    @settings(deadline=None, max_examples=200)
    @given(st.text(max_size=60) | st.lists(st.sampled_from(
        ["Mo", "Su", "PH", "off", "10:00", "-", "26:00", "+", ";", "||", "week", "1-53/2", "Feb 30",
         "easter", "sunset", '"x"', "[1]", "unknown", " "]), max_size=8).map("".join))  # fmt: skip
    def test_no_text_raises(self, text):
        assert set(supply_of(text)) <= {True, False, None}


class TestNames:
    @pytest.mark.parametrize(
        ("name", "scripts"),
        [
            ("วัดกลาง", ("Thai",)),
            ("Wat Klang วัดกลาง", ("Latn", "Thai")),
            ("福建會館 Hokkien", ("Hani", "Latn")),
            ("مسجد", ("Arab",)),
            ("Nhà thờ Đức Bà", ("Latn",)),
            ("ร้าน ๑๒ (24/7) – ☕", ("Thai",)),
            ("Mª del Carmen, 1º", ("Latn",)),  # both signs are Latin letters to Unicode
            ("ＣＡＦＥ", ("Latn",)),
            ("7-11", ()),
            ("", ()),
            ("ᚠᚢᚦ", ("Runic",)),  # not in the table: named by Unicode's word
        ],
    )
    def test_scripts_are_those_of_the_letters(self, name, scripts):
        assert scripts_of(name) == scripts

    def test_languages_are_those_of_keys_and_none_is_read_from_a_script(self):
        keys = [
            "name",
            "name:th",
            "name:zh-Hant",
            "name:etymology:wikidata",
            "name:pre",
            "alt_name:en",
        ]
        assert languages_of(keys) == ("th", "zh-Hant")
        assert languages_of(["name"]) == ()


class TestPeriods:
    # The examples of the OSM wiki, Key:start_date.
    @pytest.mark.parametrize(
        ("text", "period"),
        [
            ("1842", "1842"),
            ("1842-03-10", "1842"),
            ("2010-03", "2010"),
            ("~1855", "1855~"),
            ("1860s", "1860/1869"),
            ("~1940s", "1940/1949"),
            ("C18", "1701/1800"),
            ("mid C14", "1334/1367"),
            ("late C19", "1868/1900"),
            ("early C20", "1901/1933"),
            ("before 1855", "../1855"),
            ("after 1823", "1823/.."),
            ("C17..C18", "1601/1800"),
            ("1914..1918", "1914/1918"),
            ("1842-01-01/1843-03-31", "1842/1843"),  # as a Buddhist year of that time is read
            ("../1855", "../1855"),
            ("circa 1900", "1900~"),
            ("17th century", "1601/1700"),
            ("late 18th century", "1768/1800"),
            ("03/2011", "2011"),
            ("15/03/2011", "2011"),
            ("2011-03-15 10:30:00", "2011"),
            ("1842-1850", "1842/1850"),
            ("../C19", "../1900"),
            # Eras: BE - 543, and the years before 1941 ran from April to March; a Persian year
            # begins in March of the year 621 greater.
            ("พ.ศ. 2385", "1842/1843"),
            ("ปี พ.ศ.๒๕๐๐", "1957"),
            ("พ.ศ. 2385-2390", "1842/1848"),
            ("ประมาณ พ.ศ. 2500", "1957~"),
            ("B.E. 2484", "1941"),
            ("before BE 2500", "../1957"),
            ("ค.ศ. 1842", "1842"),
            ("1842 CE", "1842"),
            ("AD 1842", "1842"),
            ("۱۳۹۷ ه.ش", "2018/2019"),
            ("1397 ش", "2018/2019"),
            ("since 1950", "1950"),
            ("Est. 1950", "1950"),
            ("ตั้งแต่ 1950", "1950"),
            ("founded circa 1900", "1900~"),
        ],
    )
    def test_what_is_written_is_read(self, text, period):
        assert period_of(text) == period

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "old",
            "2385",
            "รัชกาลที่ 3",
            "สมัยอยุธยา",
            "พ.ศ. 2385 / ค.ศ. 1842",  # two eras: which is meant is not said here
            "300 BCE",
            "พ.ศ. 3000",
            "1918..1914",
            "C0",
            "before the war",
            "0000",
            "../x",
            "1/2/3",
        ],
    )
    def test_what_is_not_plain_stays_unread(self, text):
        assert period_of(text) is None

    @pytest.mark.parametrize("period", ["1842", "1855~", "1701/1800", "../1855", "1823/.."])
    def test_what_was_read_reads_the_same_again(self, period):
        assert period_of(period) == period


class TestFood:
    def test_a_cuisine_says_what_is_cooked_and_not_who_cooks(self):
        assert cuisines_of("Chinese;Hainanese ; noodle soup,chinese") == (
            "chinese", "hainanese", "noodle_soup",
        )  # fmt: skip
        assert cuisine_communities_of(["seafood", "noodle"], {}) == ()

    def test_a_diet_that_is_refused_says_nothing(self):
        assert cuisine_communities_of([], {"diet:halal": "no"}) == ()
        assert cuisine_communities_of([], {"diet:vegetarian": "yes"}) == ()  # as nearly everywhere


class TestStatus:
    def test_a_listed_place_is_called_so_only_where_nobody_says_by_whom(self):
        assert heritage_status_of({"heritage": "yes", "heritage:operator": "fad"}) == (
            "fine_arts_department",
        )
        assert heritage_status_of({"heritage": "1;2", "ref:whc": "574"}) == (
            "world_heritage",
            "national",
        )
        assert heritage_status_of({"heritage": "no", "heritage:operator": "no"}) == ()
        assert heritage_status_of({}) == ()


def layer(rows, **columns):
    """A layer of features with tags."""
    frame = gpd.GeoDataFrame(
        {
            "name": [f"place {n}" for n in range(len(rows))],
            "concept": "restaurant",
            "source_id": "osm",
            "tags": [
                None if tags is None else json.dumps(tags, ensure_ascii=False) for tags in rows
            ],
            **columns,
        },
        geometry=[Point(676_000 + n, 795_000) for n in range(len(rows))],
        crs=CRS,
    )
    frame.index = pd.Index([f"osm:node/{n}" for n in range(len(rows))], name="feature_id")
    return frame


class TestColumns:
    def test_tags_are_read_and_what_nobody_says_is_null(self):
        found, unread = inventory_columns(
            layer(
                [
                    {
                        "cuisine": "Thai;seafood",
                        "opening_hours": "Mo-Su 10:00-22:00",
                        "name:zh": "海",
                    },
                    {"denomination": "theravada", "start_date": "C18", "heritage": "2"},
                    None,
                ]
            )
        )
        assert found["cuisine"].tolist()[0] == "thai;seafood"
        assert found["cuisine_community"].tolist()[0] == "thai"
        assert found["languages"].tolist()[0] == "zh"
        assert found.loc["osm:node/1", ["denomination", "period", "heritage_status"]].tolist() == [
            "theravada", "1701/1800", "national",
        ]  # fmt: skip
        assert found["opens_evening"].tolist() == [True, pd.NA, pd.NA]
        others = [name for name in COLUMNS if name != "scripts"]
        assert found.loc["osm:node/2", others].isna().all()
        assert unread == Unread(hours=0, hours_stated=1, periods=0, periods_stated=1, flags=0)

    def test_what_a_layer_says_itself_wins(self):
        tags = {
            "cuisine": "chinese",
            "opening_hours": "24/7",
            "start_date": "1900",
            "heritage": "2",
        }
        found, _ = inventory_columns(
            layer(
                [tags],
                cuisine="Malay",
                opening_hours="Mo-Fr 09:00-17:00",
                opens_weekend="yes",
                period="C19",
                heritage_status="city list",
                origin="Hainan",
                community="chinese",
            )
        )
        row = found.iloc[0]
        assert row[["cuisine", "cuisine_community", "period", "heritage_status", "origin"]].tolist() == [
            "malay", "malay", "1801/1900", "city list", "Hainan",
        ]  # fmt: skip
        assert (bool(row["opens_evening"]), bool(row["opens_weekend"])) == (False, True)
        assert row["community"] == "chinese"

    def test_no_community_is_read_from_names_or_cuisine(self):
        rows = layer([{"cuisine": "chinese", "name:zh": "海南"}]).assign(
            name="海南鸡饭", community=None
        )
        found, _ = inventory_columns(rows)
        assert found["community"].isna().all()
        assert found["scripts"].tolist() == ["Hani"]

    def test_garbage_is_counted_and_stops_nothing(self):
        rows = layer([{"opening_hours": "whenever", "start_date": "long ago"}, {"cuisine": ";;"}])
        rows["tags"] = rows["tags"].where(rows.index == "osm:node/0", "[1, 2")
        found, unread = inventory_columns(rows)
        assert unread == Unread(hours=1, hours_stated=1, periods=1, periods_stated=1, flags=0)
        assert found[["cuisine", "period"]].isna().all(axis=None)

    def test_a_word_that_is_neither_yes_nor_no_is_counted_and_the_hours_decide(self):
        rows = layer([{"opening_hours": "24/7"}, None, None], opens_evening=["perhaps", "No", None])
        found, unread = inventory_columns(rows)
        assert found["opens_evening"].tolist() == [True, False, pd.NA]
        assert unread.flags == 1

    def test_years_that_a_spreadsheet_made_numbers_are_years(self):
        found, _ = inventory_columns(layer([None, None], period=[1842.0, np.nan]))
        assert found["period"].tolist()[0] == "1842"
        assert pd.isna(found["period"].tolist()[1])

    def test_an_empty_layer_gets_the_same_columns(self):
        full, _ = inventory_columns(layer([None]))
        empty, unread = inventory_columns(empty_features(CRS))
        assert set(COLUMNS) <= set(empty.columns)
        assert [str(empty[c].dtype) for c in COLUMNS] == [str(full[c].dtype) for c in COLUMNS]
        assert unread == Unread(0, 0, 0, 0, 0)
        assert empty.columns[-1] == "geometry"

    def test_the_layer_that_was_passed_is_not_changed(self):
        rows = layer([{"cuisine": "thai"}])
        before = rows.copy()
        inventory_columns(rows)
        pd.testing.assert_frame_equal(rows, before)


class TestTable:
    def test_each_asset_is_a_row_with_its_fields_and_domains(self):
        places, _ = inventory_columns(TAXONOMY.annotate(layer([{"cuisine": "thai"}, None])))
        places["concept"] = ["textile_craft", "restaurant"]
        table = inventory_table(places, TAXONOMY, fcs2009())
        assert len(table) == 2
        assert table["fields"].tolist() == ["crafts:direct;design:indirect", "gastronomy:indirect"]
        assert table["fcs"].tolist() == ["C;T1", "T1-gastronomy"]
        assert table["uncertainty_m"].tolist() == [20.0, 20.0]  # of OpenStreetMap, assumed
        assert table["lat"].between(7.18, 7.20).all()

    def test_an_empty_layer_is_an_empty_table(self):
        places, _ = inventory_columns(TAXONOMY.annotate(empty_features(CRS)))
        assert len(inventory_table(places, TAXONOMY, fcs2009())) == 0


def test_the_library_of_opening_hours_loads_when_hours_are_read():
    code = (
        "import sys, creative_spatial.preparation.inventory as i; "
        "assert 'opening_hours' not in sys.modules; i.supply_of('24/7'); "
        "assert 'opening_hours' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_hours_of_a_date_in_the_table_are_dates():
    assert all(isinstance(day, dt.date) for day in FACTS.hours.weeks.value)
