"""Periods and opening hours of a list: read where that is safe, and told by row where it is not."""

from __future__ import annotations

import warnings

import pytest
from opening_hours import validate
from places import CRS

from creative_spatial.errors import DataQualityWarning, RepairWarning
from creative_spatial.loaders import read_table
from creative_spatial.loaders.repair.hours import plain_hours
from creative_spatial.preparation.inventory import inventory_columns
from creative_spatial.provenance import Source
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.taxonomy import Taxonomy

SOURCE = Source("register", "Register", "CC0-1.0", "Town hall")


@pytest.fixture
def read(tmp_path):
    """Read a table of museums, each with one cell of a column; and what was warned of."""

    def reading(column, cells, **options):
        path = tmp_path / "register.csv"
        rows = [f'{n},M{n},museum,{100.6 + n / 1e4},7.19,"{c}"' for n, c in enumerate(cells)]
        path.write_text("\n".join([f"id,name,concept,lon,lat,{column}", *rows]), encoding="utf-8")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            layer = read_table(
                path, source=SOURCE, taxonomy=Taxonomy.load(), target_crs=CRS,
                columns={"id": "id"}, **options,
            )  # fmt: skip
        return layer, told

    return reading


def _told(told, category):
    return [w.message for w in told if w.category is category]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08.00-17.00 น.", "08:00-17:00"),
        ("๐๘.๐๐ – ๑๗.๐๐ น.", "08:00-17:00"),
        ("ทุกวัน 9-17", "Mo-Su 09:00-17:00"),
        ("เปิดทุกวัน เวลา 08.30 น. ถึง 16.30 น.", "Mo-Su 08:30-16:30"),
        ("จ-ศ 09:00-21:00", "Mo-Fr 09:00-21:00"),
        ("วันจันทร์ - วันศุกร์ 08.30-16.30 น.", "Mo-Fr 08:30-16:30"),
        ("daily 9am-5pm", "Mo-Su 09:00-17:00"),
        ("Mon-Fri 9:00 am to 12:00 pm", "Mo-Fr 09:00-12:00"),
        ("12am-12pm", "00:00-12:00"),
        ("Sat, Sun 10.00-16.00; Mon 9-12 and 13-16", "Sa,Su 10:00-16:00; Mo 09:00-12:00,13:00-16:00"),
        ("9am-5pm daily", "Mo-Su 09:00-17:00"),
        ("18.00-02.00 น.", "18:00-02:00"),
        ("24 ชั่วโมง", "24/7"),
        ("lundi-vendredi 9-17", "Mo-Fr 09:00-17:00"),
        ("هر روز ۹ تا ۱۷", "Mo-Su 09:00-17:00"),
    ],
)  # fmt: skip
def test_hours_of_the_door_are_written_as_the_library_reads_them(text, hours):
    assert plain_hours(text) == hours
    assert validate(hours)


@pytest.mark.parametrize(
    "text",
    [
        "", "ask the abbot", "ปิดวันจันทร์", "closed Mondays 9-17", "9-5", "9-5pm", "9am-5",
        "25.00-26.00", "8.75-17.00", "ทุกวัน", "13pm-14pm", "Mo-Fr", "9-12-17", "9 17", "Monk 9-17",
        "9-17 Mo 18-20", "0.8.00-17.00",
    ],
)  # fmt: skip
def test_hours_that_may_be_read_two_ways_are_not_read(text):
    assert plain_hours(text) is None


def test_hours_are_mended_recorded_and_the_rest_is_told_by_row(read):
    cells = [
        "08.00-17.00 น.",
        "Mo-Su 09:00-21:00",
        "Mo-Fr 08:00-25:99",
        "",
        "by appointment",
        "We off",
    ]
    layer, told = read("opening_hours", cells)
    assert layer["opening_hours"].fillna("").tolist() == ["08:00-17:00", *cells[1:]]
    assert [(r.kind, r.row, r.before, r.after) for r in layer.attrs["repairs"]] == [
        ("hours", 2, "08.00-17.00 น.", "08:00-17:00")
    ]
    (odd,) = _told(told, DataQualityWarning)
    assert odd.rows == (4, 6)
    assert "opening_hours cannot be read in rows 4, 6 (first: 'Mo-Fr 08:00-25:99')" in str(odd)
    assert len(_told(told, RepairWarning)) == 1
    # 08:00 to 17:00 every day is a weekend's and no evening's supply.
    rows, unread = inventory_columns(layer)
    assert (rows["opens_evening"].iloc[0], rows["opens_weekend"].iloc[0]) == (False, True)
    assert (unread.hours_stated, unread.hours) == (5, 3)


def test_periods_with_their_era_are_read_and_the_rest_is_told_by_row(read):
    cells = [
        "พ.ศ. 2385",
        "2385",
        "รัชกาลที่ 3",
        "สมัยอยุธยา",
        "ca. 1900",
        "19th century",
        "1842 CE",
        "since 1950",
        "",
    ]
    layer, told = read("period", cells)
    assert [(r.kind, r.row, r.before, r.after) for r in layer.attrs["repairs"]] == [
        ("eras", 2, "พ.ศ. 2385", "1842/1843")
    ]
    odd = next(w for w in _told(told, DataQualityWarning) if "cannot be read" in str(w))
    assert odd.rows == (3, 4, 5)
    assert "period cannot be read in rows 3, 4, 5 (first: '2385'), and is not known there" in str(
        odd
    )
    rows, unread = inventory_columns(layer)
    assert rows["period"].fillna("").tolist() == [
        "1842/1843", "", "", "", "1900~", "1801/1900", "1842", "1950", "",
    ]  # fmt: skip
    assert (unread.periods_stated, unread.periods) == (8, 3)


def test_years_of_an_era_that_is_not_named_are_read_once_the_city_says_so(read):
    layer, told = read("period", ["2385", "2400", "2500"])
    assert any("buddhist_dates" in str(w) for w in _told(told, DataQualityWarning))
    assert layer.attrs["repairs"] == ()
    layer, told = read("period", ["2385", "2400", "2500"], accept=["buddhist_dates"])
    assert not _told(told, DataQualityWarning)
    assert inventory_columns(layer)[0]["period"].tolist() == ["1842", "1857", "1957"]


def test_nothing_is_mended_where_nothing_is_to_be(read):
    layer, told = read("opening_hours", ["08.00-17.00 น."], repair=False)
    assert layer["opening_hours"].tolist() == ["08.00-17.00 น."]
    assert "opening_hours cannot be read in row 2" in str(_told(told, DataQualityWarning)[0])


def test_every_day_has_one_name_and_no_name_is_two_days():
    days = inventory_facts().written_hours.days
    assert [names[0] for names in days] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    words = [word for names in days for word in names]
    assert len(words) == len(set(words))
