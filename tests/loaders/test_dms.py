"""Angles in degrees, minutes and seconds, as people type them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative_spatial.loaders.repair.dms import angle_facts, parse_dms, parse_pair

THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


# 7 + 12/60 + 21.6/3600 = 7.206 by hand.
@pytest.mark.parametrize(
    "text",
    [
        "7°12'21.6\"N",
        "7°12'21.6\"",
        "7° 12′ 21.6″",
        "7º12’21.6”N",
        "7˚12'21.6''N",
        '7°12`21,6" n',
        "N7°12'21.6\"",
        "N 7 12 21.6",
        "7 12 21.6 N",
        "7:12:21.6N",
        "7-12-21.6 N",
        "07°12′21.6″ North",
        "7d12m21.6s",
        "7d12m21.6s N",
        "7deg 12min 21.6sec N",
        "+7°12'21.6\"N",
        "7o12'21.6\"N",
        "7\u0e4d12'21.6\"",
        "๗°๑๒'๒๑.๖\"",
        "๗ องศา ๑๒ ลิปดา ๒๑.๖ ฟิลิปดา เหนือ",
        "۷ درجه ۱۲ دقیقه ۲۱٫۶ ثانیه شمالی",
        "7 độ 12 phút 21,6 giây Bắc",
        "7 degrés 12 minutes 21,6 secondes nord",
        "7°12.36'",
        "7°12.36'N",
        "7°12,36N",
        "N 7 12.36",
        "7.206°",
        "7,206° N",
        "7.206 N",
        "Lat: 7°12'21.6\"",
        "ละติจูด 7.206",
        "\u200e7°\u00a012'\u202f21.6\"\u200f",
    ],
)
def test_one_latitude_in_the_ways_it_is_typed(text):
    assert parse_dms(text) == pytest.approx(7.206, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("33°51'25\"S", -33.85694444),
        ("33 51 25 S", -33.85694444),
        ("S33d51m25s", -33.85694444),
        ("33d51m25s S", -33.85694444),
        ("33d 51m S", -33.85),
        ("-33°51'", -33.85),
        ("\u221233°51'", -33.85),
        ("70°40'W", -70.66666667),
        ("70°40' ouest", -70.66666667),
        ("180°0'0\"W", -180),
        ("51°23'E", 51.38333333),
        ("۵۱ درجه ۲۳ دقیقه شرقی", 51.38333333),
        ("๑๐๐°๓๕' ตะวันออก", 100.58333333),
        ("108°12' Đông", 108.2),
        ("16°3' Nam", -16.05),
        ("90°N", None),
        ("90°0'N", 90),
    ],
)
def test_south_and_west_are_negative(text, degrees):
    value = parse_dms(text)
    assert value == (None if degrees is None else pytest.approx(degrees, abs=1e-8))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7.206",
        "-7.206",
        "7",
        "7°",  # a whole degree is no position
        "7 N",
        "7 12 21.6",  # three numbers, nothing says that they are an angle
        "7:12:21",
        "7-12-21",
        "7°60'N",
        "7°12'60\"N",
        "7.5°12'",
        "7°12.5'21\"",
        "90°12'N",
        "181°0'E",
        "180°1'",
        "-7°12'S",  # negative or not?
        "7°12'N S",
        "N 7°12' N",
        "100°35'O",  # Ouest, Oeste or Ost
        "7°12''",
        "lat 100°35'E",
        "7°12' 100°35'",
        "near 7°12'N",
        "7°12'21.6\"N 3 m",
        "7°12'" + " " * 200,
    ],
)
def test_what_is_no_angle_in_full_or_can_be_read_in_two_ways_is_not_read(text):
    assert parse_dms(text) is None


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("7.2, 100.6", (7.2, 100.6)),
        ("7.2,100.6", (7.2, 100.6)),
        ("7,2; 100,6", (7.2, 100.6)),
        ("7.2 100.6", (7.2, 100.6)),
        ("๗.๒, ๑๐๐.๖", (7.2, 100.6)),
        ("-7.2/-100.6", (-7.2, -100.6)),
        ("7, 100.6", (7, 100.6)),
        ("100.6, 7.2", (7.2, 100.6)),  # 100.6 is no latitude
        ("7°12'N 100°36'E", (7.2, 100.6)),
        ("7°12'N100°36'E", (7.2, 100.6)),
        ("100°36'E 7°12'N", (7.2, 100.6)),
        ("N 7 12 0 E 100 36 0", (7.2, 100.6)),
        ("7 12 0 S, 100 36 0 W", (-7.2, -100.6)),
        ("7.2N 100.6E", (7.2, 100.6)),
        ("Lon: 51.4 Lat: 35.7", (35.7, 51.4)),
        ("35.7 N, 51.4", (35.7, 51.4)),
        ("51.4 E, 35.7", (35.7, 51.4)),
    ],
)
def test_one_cell_may_hold_both_coordinates(text, pair):
    assert parse_pair(text) == pytest.approx(pair)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7.2",
        "7, 100",  # nothing finer than a degree
        "7.2 100.6 0 5",
        "7.2N 8.1N",
        "100.6, 120.2",
        "35°41' E 51°23'",  # either of them may be the east
        "7.2, 200.6",
        "สงขลา 7.2, 100.6",
    ],
)
def test_what_is_no_pair_is_not_read_as_one(text):
    assert parse_pair(text) is None


@pytest.mark.parametrize(("key", "entry"), list(angle_facts()))
def test_every_mark_and_word_is_read(key, entry):
    sentence = {
        "degree": "7 {} 12' N",
        "raised_letter": "7{}12'N",
        "minute": "7° 12 {} N",
        "second": "7° 12' 0 {} N",
        "north": "7°12' {}",
        "south": "7°12' {}",
        "south_or_second": "7°12' {}",
        "east": "7°12' {}",
        "west": "7°12' {}",
        "latitude": "{} 7.2",
        "longitude": "{} 7.2",
    }[key]
    sign = -1 if key in {"south", "south_or_second", "west"} else 1
    for written in (*entry.marks, *entry.words):
        assert parse_dms(sentence.format(written)) == pytest.approx(sign * 7.2), written
    assert entry.reference


DIGITS = st.sampled_from([{}, THAI, PERSIAN])


@given(
    parts=st.tuples(st.integers(0, 89), st.integers(0, 59), st.integers(0, 5999)),
    direction=st.sampled_from("NSEW"),
    shape=st.sampled_from(
        ["{d}°{m}'{s}\"{h}", "{h} {d} {m} {s}", "{d}° {m}′ {s}″ {h}", "{d}d{m}m{s}s {h}"]
    ),
    digits=DIGITS,
)
def test_an_angle_survives_being_written_out(parts, direction, shape, digits):
    degrees, minutes, hundredths = parts
    seconds = f"{hundredths / 100:.2f}"
    text = shape.format(d=degrees, m=minutes, s=seconds, h=direction).translate(digits)
    size = degrees + minutes / 60 + float(seconds) / 3600
    expected = -size if direction in "SW" else size
    assert parse_dms(text) == pytest.approx(expected, abs=1e-9)


@given(st.text(max_size=40) | st.text("0123456789 .,:;-°'\"′″NSEWdmsoน๑۲", max_size=25))
def test_no_text_breaks_the_parsers_and_what_they_give_is_on_earth(text):
    value, pair = parse_dms(text), parse_pair(text)
    assert value is None or (math.isfinite(value) and abs(value) <= 180)
    assert pair is None or (abs(pair[0]) <= 90 and abs(pair[1]) <= 180)


@given(st.floats(-180, 180), st.integers(0, 8))
def test_a_plain_decimal_number_is_left_to_the_number_parser(value, places):
    assert parse_dms(f"{value:.{places}f}") is None
