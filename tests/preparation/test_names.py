"""Match keys: what two spellings of one name share."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from creative_spatial.preparation.names import match_key, name_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wat  Klang", "wat klang"),
        ("Wat-Klang.", "Wat Klang"),
        ("Café Möwe", "Cafe Mowe"),
        ("Phố cổ Hội An", "Pho co Hoi An"),
        ("น้ํา", "น้ำ"),
        ("ซอย ๓", "ซอย 3"),
        ("مي\u200cدان", "میدان"),
        ("كتاب", "کتاب"),
        ("STRASSE", "straße"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ปา", "ป่า"),
        ("ข้าว", "ข่าว"),
        ("วัดกลาง", "วัดกลา"),
        ("Wat Klang", "Wat Klong"),
        ("ซอย ๓", "ซอย ๔"),
    ],
)
def test_thai_tones_and_vowels_tell_names_apart(one, other):
    assert match_key(one) != match_key(other)


def test_punctuation_alone_is_no_name():
    assert match_key(" - ") == ""


@example(":\u1071")  # a mark after a sign, without a letter to belong to
@example("\u0e31\u0e31")
@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text):
    assert match_key(match_key(text)) == match_key(text)


def test_names_in_every_language_count_and_nulls_do_not():
    table = pd.DataFrame(
        {"name": ["Wat Klang", None], "name:th": ["วัดกลาง", None], "nameless": ["x", "y"]}
    )
    assert name_keys(table) == [{"wat klang", "วัดกลาง"}, set()]


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_names_have_the_key_that_they_have_among_accents(name):
    # A Thai word behind takes the slower way; its key is its own.
    assert match_key(f"{name} วัด") == f"{match_key(name)} วัด".strip()
