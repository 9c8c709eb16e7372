"""The words of sheets in every language they are in: whole, drawable, with the same numbers."""

from __future__ import annotations

import re
import unicodedata

import pytest

from creative_spatial.plotters.fonts import covered_characters
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.words import format_length, format_time, languages, ordered, word
from creative_spatial.resources import read_toml, resource_path

FILES = [
    "text.toml", "maps.toml", "charts.toml", "taxonomy/pillars.toml", "taxonomy/fields.toml",
    "taxonomy/legends.toml",
]  # fmt: skip


def texts_of(value, path=""):
    """(path, texts by language) of all that is said in several languages."""
    if isinstance(value, dict) and isinstance(value.get("en"), str):
        yield path, value
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, below in inner:
            yield from texts_of(below, f"{path}.{key}")


ALL = {
    f"{name}{path}": texts for name in FILES for path, texts in texts_of(read_toml(resource_path(name)))
}  # fmt: skip
each_text = pytest.mark.parametrize("texts", ALL.values(), ids=ALL.keys())


@each_text
def test_every_language_says_the_same_numbers(texts):
    numbers = {code: sorted(re.findall(r"\{[^}]*\}", text)) for code, text in texts.items()}
    assert len({tuple(found) for found in numbers.values()}) == 1, numbers


@each_text
def test_every_language_can_be_drawn(texts):
    for code, text in texts.items():
        assert code in languages()
        assert unicodedata.normalize("NFC", text) == text
        missing = {c for c in text if ord(c) not in covered_characters() and c != "|"}
        assert not missing, (code, missing)


def test_months_are_twelve_in_every_language():
    for code in languages():
        assert len(word("months", code).split()) == 12, code


def test_a_legend_speaks_every_language_of_the_sheets():
    assert set(worded("strength_direct")) == set(languages())
    assert worded("strength_direct")["vi"] == "Trực tiếp"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2026-09-11", "fa", "\u20662026-09-11\u2069"),
        ("City hall", "ar", "\u2066City hall\u2069"),
        ("شهرداری", "fa", "شهرداری"),
        ("2026-09-11", "vi", "2026-09-11"),
    ],
)
def test_what_reads_from_left_to_right_keeps_its_order(text, language, expected):
    assert ordered(text, language) == expected
    assert word("data_date", language, value=text).count(expected) == 1


@pytest.mark.parametrize(
    ("metres", "language", "said"),
    [
        (0, "en", "0 m"), (999.4, "en", "999 m"), (999.6, "en", "1.0 km"), (39_546.7, "en", "39.5 km"),
        (39_546.7, "fr", "39,5 km"), (1_316.7, "th", "1.3 กม."), (250, "vi", "250 m"),
    ],
)  # fmt: skip
def test_a_length_is_said_in_kilometres_from_one_on(metres, language, said):
    assert format_length(metres, language) == said


@pytest.mark.parametrize(
    ("minutes", "language", "said"),
    [
        (16.5, "en", "16 min"), (119.4, "en", "119 min"), (119.6, "en", "2 h"), (494.3, "en", "8 h 10 min"),
        (125, "en", "2 h 10 min"), (356, "en", "6 h"), (494.3, "th", "8 ชม. 10 นาที"), (180, "vi", "3 giờ"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_hours_and_tens_of_minutes_from_two_hours_on(minutes, language, said):
    assert format_time(minutes, language) == said
