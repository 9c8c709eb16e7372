"""Coordinates as typed, and what is said of those that miss their area."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import CRS as WORKING
from places import square
from pyproj import CRS

from creative_spatial.crs import WGS84
from creative_spatial.loaders.coordinates import explain_miss, in_range, parse_number

AREA = square(0, 0, 10, 10)  # about 100.59 to 100.68 E, 7.19 to 7.28 N
UTM47 = CRS.from_epsg(32647)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.206", 7.206),
        ("-15.4", -15.4),
        ("\u221215.4", -15.4),
        (" 7.206\u00a0", 7.206),
        ("๗.๒๐๖", 7.206),
        ("۳۵٫۶۸۹", 35.689),
        ("٣٥٫٦٨٩", 35.689),
        ("100,593", 100.593),
        ("7,2", 7.2),
        (".5", 0.5),
        ("1e2", 100.0),
    ],
)
def test_degrees_are_read_in_any_digits_with_comma_or_point(text, value):
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("676,073.5", 676073.5),
        ("676.073,5", 676073.5),
        ("676073,5", 676073.5),
        ("1,676,073", 1676073),
        ("676 073.5", 676073.5),
        ("1\u202f676\u202f073,5", 1676073.5),
        ("676'073", 676073),
        ("676\u066c073\u066b5", 676073.5),
    ],
)
def test_metres_may_have_thousands_marks(text, value):
    assert parse_number(text, degrees=False) == pytest.approx(value)


def test_a_comma_that_may_be_thousands_or_decimals_is_refused_in_metres():
    assert parse_number("676,073", degrees=False) is None
    assert parse_number("676,073") == pytest.approx(676.073)


@pytest.mark.parametrize(
    "text", ["", "abc", "7° 12'", "7.2.3", "1.5 2.5x", "nan", "inf", "--7", "-"]
)
def test_what_is_not_one_number_is_not_read(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["7 5", "100 35 28", "7 12.5", "7'12", "100 59", "1.5 2", "12 3456"]
)
def test_several_numbers_are_not_taken_for_one_with_thousands_marks(text):
    assert parse_number(text) is None


@given(st.floats(-180, 180, allow_nan=False))
def test_any_degree_survives_thai_digits_and_a_decimal_comma(value):
    text = f"{value:.6f}"
    thai = text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")).replace(".", ",")
    assert parse_number(thai) == float(text)


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text):
    value = parse_number(text)
    assert value is None or np.isfinite(value)


def test_metres_cannot_be_degrees():
    assert in_range(np.array([(676_000.0, 795_000.0)]), WGS84).tolist() == [False]
    assert in_range(np.array([(676_000.0, 795_000.0)]), UTM47).tolist() == [True]


def test_a_layer_of_the_neighbouring_zone_is_recognised():
    hint = explain_miss((676_100, 795_100, 680_000, 799_000), CRS.from_epsg(32648), AREA, WORKING)
    assert 'crs = "EPSG:32647"' in hint
    assert "lon 106" in hint
    assert "lon 100" in hint


def test_a_layer_around_the_area_is_not_told_to_be_in_another_datum():
    hint = explain_miss((99, 6, 102, 9), WGS84, AREA, WORKING)
    assert hint.startswith("The data are at lon 99.000 to 102.000")
    assert "Likely" not in hint


def test_a_layer_somewhere_else_is_only_located():
    hint = explain_miss((2.0, 48.0, 2.1, 48.1), WGS84, AREA, WORKING)
    assert "lon 2.000 to 2.100, lat 48.000 to 48.100" in hint
    assert "Likely" not in hint
