"""The ranking in words: who is told apart from whom, and what is always said."""

from __future__ import annotations

import pandas as pd
import pytest
from drawn_fields import BOUNDARIES, EVIDENCE, TOWN, layer

from creative_spatial.analysers.fields.ranking import field_ranking
from creative_spatial.errors import IndicatorError, LayerSchemaError
from creative_spatial.resources.field_ranking import ranking_model
from creative_spatial.synthesis import field_sentence, field_sentences
from creative_spatial.taxonomy import Taxonomy

LANGUAGES = list(ranking_model().sentences)


def ranking(below=0.99, low=3.0, **columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "boundary": "town",
            "field": ["gastronomy", "film", "music"],
            "rank": [1.0, 2.0, None],
            "value": [4.25, 1.2, None],
            "low": [low, 0.5, None],
            "high": [6.04, 2.0, None],
            "p_first": [0.974, 0.026, None],
            "p_below_first": [None, below, None],
            "reference": "<b>Land</b> without Town",
            "illustrative": False,
            **columns,
        }
    )


def test_what_the_sentence_says_of_a_clear_first():
    assert field_sentence(ranking()) == (
        "Beside <b>Land</b> without Town, Gastronomy stands out most: weighed by its evidence, its "
        "share of the mapped places is 4.2 times as large (95 % of draws: 3.0 to 6.0), and it comes "
        "first in 97 % of the draws. It comes before every other field in at least 95 % of the "
        "draws. The ranking supports the choice of a field; it does not predict a designation."
    )


def test_at_94_percent_two_fields_cannot_be_told_apart_and_at_95_they_can():
    assert "cannot be told apart from Film" in field_sentence(ranking(below=0.949))
    assert "cannot be told apart" not in field_sentence(ranking(below=0.95))


def test_a_first_that_may_be_no_more_common_is_said_to_be():
    assert "reaches down to 1 or below" in field_sentence(ranking(low=1.0))
    assert "reaches down to 1" not in field_sentence(ranking(low=1.01))


def test_none_that_is_more_common_stands_out():
    said = field_sentence(ranking(value=[0.8, 0.5, None], low=0.4))
    assert said.startswith(
        "Beside <b>Land</b> without Town, no field is more common here: of those"
    )
    assert "Gastronomy comes first" in said
    assert "0.8 times theirs" in said
    assert "stands out" not in said


def test_one_alone_comes_before_nobody():
    said = field_sentence(ranking().drop(index=1))
    assert "only Gastronomy can be compared" in said
    assert "4.2 times theirs" in said
    assert "stands out" not in said
    assert "first" not in said
    assert "No other field could be compared." in said


def test_a_first_field_that_is_poorly_mapped_is_said_to_be():
    assert "grade D" in field_sentence(ranking(grade=["D", "A", "A"]))
    assert "grade D" not in field_sentence(ranking(grade=["C", "D", None]))


def test_boundaries_without_a_name_in_the_language_are_called_as_they_are():
    table = ranking(reference_boundary="land")
    names = {"town": {"": "Town"}, "land": {"": "Land", "fr": "Terre"}}
    assert "เมื่อเทียบกับ Land (ไม่รวมTown)" in field_sentence(table, "th", names=names)


def test_a_reference_without_any_is_said():
    said = field_sentence(ranking(reference_n=[0.0, 4.0, 9.0], reference_total=55.0))
    assert "No place of it was found in the reference (55 places)" in said
    some = ranking(reference_n=[1.0, 0.0, 9.0], reference_total=55.0)
    assert "No place of it" not in field_sentence(some)


def test_draws_are_never_all_or_none():
    assert "first in > 99 % of the draws" in field_sentence(ranking(p_first=1.0))
    assert "first in < 1 % of the draws" in field_sentence(ranking(p_first=0.001))


def test_alone_and_none():
    alone = ranking(rank=[1.0, None, None])
    assert "No other field could be compared." in field_sentence(alone)
    none = ranking(rank=None)
    assert field_sentence(none).startswith("No field could be ranked")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it_in_its_own_words(language):
    words = ranking_model().sentences[language]
    gastronomy, film = (Taxonomy.load().fields[f].labels[language] for f in ("gastronomy", "film"))
    doubtful = ranking(below=0.5, low=0.9, illustrative=True, reference_n=0.0, reference_total=55.0)
    said = field_sentence(doubtful, language)
    assert words.none_there.format(total=55) in said
    assert gastronomy in said
    assert film in said
    for part in (words.not_more, words.illustrative, words.caution):
        assert part in said
    assert f"4{words.decimal}2" in said
    assert "{" not in said
    for other in (ranking(), ranking(rank=[1.0, None, None]), ranking(rank=None)):
        assert field_sentence(other, language).endswith(words.caution)


def test_a_language_without_sentences_and_a_field_of_the_city_s_own_are_no_fault():
    own = ranking(field=["kites", "film", "music"])
    assert "kites stands out most" in field_sentence(own, "vi")


def test_rows_of_several_boundaries_and_missing_columns_are_refused():
    with pytest.raises(IndicatorError, match="several boundaries; choose the rows of one"):
        field_sentence(ranking(boundary=["town", "land", "land"]))
    with pytest.raises(LayerSchemaError, match="p_below_first"):
        field_sentence(ranking().drop(columns="p_below_first"))


def test_the_reference_is_named_in_the_language_where_both_boundaries_are():
    table = ranking(reference_boundary="land")
    names = {"town": {"fr": "Ville", "th": "เมือง"}, "land": {"fr": "Province"}}
    assert "« Province sans Ville »" in field_sentence(table, "fr", names=names)
    for language in ("th", "en"):
        assert "<b>Land</b> without Town" in field_sentence(table, language, names=names)
    given = ranking(reference_boundary=None)
    assert "<b>Land</b> without Town" in field_sentence(given, "fr", names=names)


def test_one_row_a_boundary_and_language_english_always():
    both = pd.concat([ranking(), ranking(boundary="land")])
    table = field_sentences(both, Taxonomy.load(), ["th", "vi"])
    assert table[["boundary", "language"]].values.tolist() == [
        ["town", "th"], ["town", "en"], ["land", "th"], ["land", "en"],
    ]  # fmt: skip


def test_the_table_of_the_analyser_is_what_it_reads():
    places = layer(
        {"market": 90, "weaver": 5, "wat": 100}, {"market": 100, "weaver": 90, "wat": 900}
    )
    table = field_ranking([places], EVIDENCE, TOWN, boundaries=BOUNDARIES)
    said = field_sentence(table)
    assert said.startswith("Beside Land without Town, Gastronomy stands out most")
    assert "It comes before every other field" in said
