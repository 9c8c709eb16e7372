"""Dates of three calendars, no finer than they were written."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative_spatial.loaders.repair.calendars import guess_calendar, read_date
from creative_spatial.resources.calendars import calendar_facts

THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    ("text", "calendar", "iso"),
    [
        ("13 ตุลาคม 2559", "buddhist", "2016-10-13"),
        ("๑๓ ต.ค. ๒๕๕๙", "buddhist", "2016-10-13"),
        ("13ต.ค.2559", "buddhist", "2016-10-13"),
        ("วันที่ 13 ตุลาคม พ.ศ. 2559", "buddhist", "2016-10-13"),
        ("13/10/2559", "buddhist", "2016-10-13"),
        ("13-10-2559", "buddhist", "2016-10-13"),
        ("10/13/2559", "buddhist", "2016-10-13"),
        ("2559-10-13", "buddhist", "2016-10-13"),
        ("13/10/2559 15:52", "buddhist", "2016-10-13"),
        ("2559-10-13T15:52:00+07:00", "buddhist", "2016-10-13"),
        ("3/3/2567", "buddhist", "2024-03-03"),
        ("29/2/2567", "buddhist", "2024-02-29"),
        ("ต.ค. 2559", "buddhist", "2016-10"),
        ("2559-10", "buddhist", "2016-10"),
        ("พ.ศ. ๒๕๕๙", "buddhist", "2016"),
        ("ค.ศ. 2016", "buddhist", "2016"),  # says itself what it is
        ("Oct 13, 2016", "gregorian", "2016-10-13"),
        ("13 octobre 2016", "gregorian", "2016-10-13"),
        ("13.10.2016", "gregorian", "2016-10-13"),
        ("ngày 3 tháng 4 năm 2024", "gregorian", "2024-04-03"),
        ("3 เดือน 4 ปี 2567", "buddhist", "2024-04-03"),
        ("1397", "gregorian", "1397"),
        # Published: Nowruz 1402 was 21 March 2023, 1403 was 20 March 2024; 22 Bahman 1357.
        ("1403/01/01", "persian", "2024-03-20"),
        ("۲۲ بهمن ۱۳۵۷", "persian", "1979-02-11"),
        ("22 bahman 1357", "persian", "1979-02-11"),
        ("30 اسفند 1403", "persian", "2025-03-20"),  # 1403 is a leap year
        ("سال ۱۴۰۲", "persian", "2023-03-21/2024-03-19"),
        ("مهر ۱۴۰۲", "persian", "2023-09-23/2023-10-22"),
        ("۱۵ مارس ۲۰۲۴", "gregorian", "2024-03-15"),
    ],
)
def test_a_date_is_read_in_its_calendar(text, calendar, iso):
    assert read_date(text, calendar).isoformat() == iso


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("3/4/2567", "buddhist"),  # which is the month?
        ("15/1/67", "buddhist"),  # of which century?
        ("29/2/2566", "buddhist"),
        ("31/4/2567", "buddhist"),
        ("1404/12/30", "persian"),  # 1404 is no leap year
        ("45306", "gregorian"),  # a spreadsheet's day number
        ("2024-13", "gregorian"),
        ("2024-00-10", "gregorian"),
        ("2023 - 2024", "gregorian"),
        ("500", "buddhist"),
        ("0000", "gregorian"),
        ("0540", "buddhist"),
        ("7.206", "gregorian"),
        ("สร้างเมื่อ พ.ศ. 2400", "buddhist"),
        ("15 มกราคม 16 มกราคม 2567", "buddhist"),
        ("15 มกราคม", "buddhist"),
        ("", "gregorian"),
        ("²⁰²⁴", "gregorian"),
        ("x" * 200, "gregorian"),
    ],
)
def test_what_is_no_date_or_more_than_one_is_not_read(text, calendar):
    assert read_date(text, calendar) is None


@pytest.mark.parametrize("text", ["15 มกราคม 2480", "มกราคม 2480", "2480", "1/1/2480"])
def test_thai_dates_before_the_new_year_was_moved_are_read_to_the_year_only(text):
    # January 2480 was January 1938 to those who lived then, and 1937 to some who copied it.
    date = read_date(text, "buddhist")
    assert date.precision == "year"
    assert (date.first, date.last) == (dt.date(1937, 1, 1), dt.date(1938, 3, 31))


def test_thai_dates_since_1941_are_exact():
    assert read_date("1 ม.ค. 2484", "buddhist").isoformat() == "1941-01-01"
    assert read_date("2484", "buddhist").isoformat() == "1941"


@pytest.mark.parametrize(
    ("values", "calendar"),
    [
        (["15/01/2567", "2566", "ก.พ. 2565"], "buddhist"),
        (["2567-01-15 00:00:00", "3/4/2566", "2560"], "buddhist"),
        (["2024", "2023-05-01", "1 Jan 2020"], "gregorian"),
        (["1402/07/15", "۱۳۹۷", "مهر ۱۴۰۱"], "persian"),
        ([2567, 2566.0, 2561], "buddhist"),
        (
            [pd.Timestamp("2024-01-05"), None, "2021", dt.date(2020, 1, 1), float("nan")],
            "gregorian",
        ),
        (["2567"] * 9 + ["2024"], "buddhist"),  # one slip in ten
        (["2567"] * 8 + ["2024"] * 2, None),
        (["2567", "2024", "2566", "2023"], None),
        (["2567", "2566"], None),  # too few
        (["1397", "1402", "2024"], None),
        (["1502", "1511", "1650"], None),  # a mosque of 1502: in no calendar's span
        (["2567", "2566", "2565", *["Wat"] * 4], None),  # a column of something else
        ([], None),
        (["ค.ศ. 2016", "ค.ศ. 1650", "ค.ศ. 1700"], "gregorian"),
    ],
)
def test_the_calendar_of_a_column_is_guessed_from_its_years(values, calendar):
    assert guess_calendar(values) == calendar


def test_no_year_is_in_the_span_of_two_calendars():
    years = calendar_facts().years
    spans = sorted([years.gregorian, years.buddhist, years.persian])
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("entry", calendar_facts().months, ids=lambda entry: entry.names[0][0])
def test_every_month_is_read_in_each_form(entry):
    assert len(entry.names) == 12
    assert entry.reference
    year = {"gregorian": 2024, "buddhist": 2567, "persian": 1402}[entry.calendars[0]]
    for number, forms in enumerate(entry.names, start=1):
        for form in forms:
            date = read_date(f"1 {form} {year}", entry.calendars[0])
            numeric = read_date(f"{year}-{number}-1", entry.calendars[0])
            assert date == numeric is not None, form


@given(st.dates(dt.date(1941, 1, 1), dt.date(2400, 12, 31)), st.booleans())
def test_a_buddhist_date_comes_back_as_the_day_it_was(day, thai_digits):
    text = f"{day.year + 543}-{day.month:02d}-{day.day:02d}"
    text = text.translate(THAI) if thai_digits else text
    assert read_date(text, "buddhist").isoformat() == day.isoformat()


@given(st.dates(dt.date(1850, 1, 1), dt.date(2090, 12, 31)))
def test_a_persian_date_comes_back_as_the_day_it_was(day):
    from persiantools.jdatetime import JalaliDate

    persian = JalaliDate.to_jalali(day)
    text = f"{persian.year}/{persian.month:02d}/{persian.day:02d}"
    assert read_date(text, "persian").isoformat() == day.isoformat()


@given(
    st.text(max_size=30) | st.text("0123456789/.- ๑۲:TZกค.พศ", max_size=20),
    st.sampled_from(["gregorian", "buddhist", "persian"]),
)
def test_no_text_breaks_the_reader(text, calendar):
    date = read_date(text, calendar)
    assert date is None or date.first <= date.last
    assert guess_calendar([text] * 3) in {None, "gregorian", "buddhist", "persian"}


@given(st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)))
def test_an_iso_date_of_the_common_era_stays_as_it_is(day):
    iso = day.isoformat()
    assert read_date(iso, "gregorian").isoformat() == iso
    assert read_date(iso[:7], "gregorian").isoformat() == iso[:7]
    assert read_date(iso[:4], "gregorian").isoformat() == iso[:4]
