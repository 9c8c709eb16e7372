"""A word that is no concept comes with the concepts that it likely means."""

from __future__ import annotations

import pandas as pd
import pytest

from creative_spatial.findings import without_file
from creative_spatial.loaders.columns import near
from creative_spatial.loaders.concepts import concept_faults, suggest_concepts
from creative_spatial.taxonomy import Taxonomy


@pytest.fixture(scope="module")
def known():
    """The package's own concepts."""
    return Taxonomy.load()


@pytest.mark.parametrize(
    ("word", "concepts"),
    [
        ("buddhist_temple", ["wat"]),  # an English label, not the spelling of "hindu_temple"
        ("Budhist Temple", ["wat"]),
        ("temple_buddhist", ["wat"]),
        ("Temple bouddhiste", ["wat"]),
        ("วัด", ["wat"]),  # how the Thai label begins
        ("buddhist", ["wat"]),  # a value of the rules
        ("religion=buddhist", ["wat"]),
        ("place_of_worship", ["city_pillar_shrine", "wat", "mosque"]),
        ("mosquee", ["mosque"]),
        ("musem", ["museum"]),
        ("Café", ["cafe"]),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_a_word_is_looked_for_in_ids_labels_and_tags(known, word, concepts):
    assert suggest_concepts(word, known) == concepts


def test_a_part_of_a_label_means_every_concept_that_has_it(known):
    assert {"wat", "hindu_temple"} < set(suggest_concepts("temple", known))


def test_a_former_concept_is_never_suggested(taxonomy):
    assert suggest_concepts("old_musem", taxonomy) != ["old_museum"]
    assert suggest_concepts("x", taxonomy) == []  # the label of the former one


def test_a_fault_names_word_rows_and_suggestion(known):
    rows = {"wat": pd.Index([2]), "buddhist_temple": pd.Index([3, 4])}
    (fault,) = concept_faults(rows, known, row="row")
    assert (fault.kind, fault.rows) == ("concept", (3, 4))
    assert fault.message == (
        "unknown concept 'buddhist_temple' in rows 3, 4; did you mean 'wat'? Translate the file's "
        'words with `concepts = { "word" = "concept" }`.'
    )


def test_a_word_like_nothing_gets_the_list_of_what_there_is(taxonomy):
    (fault,) = concept_faults({"xyzzy": pd.Index([2])}, taxonomy, row="row")
    assert (
        "'xyzzy' in row 2; there are: museum, mosque, wat, old_museum. Translate" in fault.message
    )


def test_known_words_and_no_taxonomy_are_no_fault(known):
    assert concept_faults({"wat": pd.Index([2])}, known, row="row") == []
    assert concept_faults({"xyzzy": pd.Index([2])}, None, row="row") == []


def test_blank_names_are_passed_over():
    assert near("zzz", ["a", "", " ", "b"]) == "; there are: a, b"


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("a.csv: no id in row 3.", "no id in row 3."),
        ("/somewhere/else/a.csv: no such file", "no such file"),
        ("a.csv, sheet 's': no rows.", "sheet 's': no rows."),
        ("a.csv is empty.", "a.csv is empty."),
        ("b.csv: no id in row 3.", "b.csv: no id in row 3."),
        ("row 3: odd.", "row 3: odd."),
    ],
)
def test_a_files_name_is_taken_off_where_a_list_has_it(message, left):
    assert without_file(message, "data/a.csv") == left
