"""The words of sheets in every language they are in: whole, drawable, with the same numbers."""

from __future__ import annotations

import re
import unicodedata

import pytest

from creative_spatial.plotters.fonts import covered_characters
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.words import languages, ordered, word
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
