"""Words for classes, in whatever script and spelling: one class is one, and another word is told."""

from __future__ import annotations

import warnings

import pytest
from places import CRS

from creative_spatial.errors import DataQualityWarning, LoadError, RepairWarning
from creative_spatial.loaders import read_table, undo_repairs
from creative_spatial.loaders.words import _plain, _vocabularies
from creative_spatial.provenance import Source
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.taxonomy import Taxonomy

SOURCE = Source("register", "Register", "CC0-1.0", "Town hall")
TAXONOMY = Taxonomy.load()


@pytest.fixture
def read(tmp_path):
    """Read a table of museums, each with one cell of a column; and what was warned of."""

    def reading(cells, column="community", **options):
        path = tmp_path / "register.csv"
        rows = [f"{n},M{n},museum,{100.6 + n / 1e4},7.19,{c}" for n, c in enumerate(cells)]
        head = f"id,name,concept,lon,lat,{column}"
        path.write_text("\n".join([head, *rows]), encoding="utf-8")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            layer = read_table(
                path, source=SOURCE, taxonomy=TAXONOMY, target_crs=CRS,
                columns={"id": "id"}, **options,
            )  # fmt: skip
        return layer, told

    return reading


def test_twelve_spellings_of_three_communities_are_three_classes(read):
    said = {
        "buddhist": ["Buddhist", "BUDDHIST", "พุทธ", "ชาวพุทธ", "Phật giáo"],
        "muslim": ["Muslim ", "muslim", "มุสลิม", "مسلمان"],
        "chinese": ["Chinese", "ไทยเชื้อสายจีน", "chinese"],
    }
    cells = [word for words in said.values() for word in words]
    layer, told = read(cells)
    wanted = [key for key, words in said.items() for _ in words]
    assert layer["community"].tolist() == wanted
    assert [(r.row, r.before, r.after) for r in layer.attrs["repairs"]] == [
        (n, cell.strip(), ours)
        for n, (cell, ours) in enumerate(zip(cells, wanted, strict=True), start=2)
        if cell.strip() != ours
    ]
    assert [warning.category for warning in told] == [RepairWarning]
    assert undo_repairs(layer)["community"].tolist() == [cell.strip() for cell in cells]


@pytest.mark.parametrize(
    ("cell", "ours"),
    [
        ("Other_Faith", "other_faith"), ("other-faith", "other_faith"), ("OTHER  FAITH", "other_faith"),
        ("chretienne", "christian"), ("Muslim / Malay", "muslim"), ("مسلمــان", "muslim"),
        ("بودايي", "buddhist"), ("ไม่ระบุ", "unknown"),
    ],
)  # fmt: skip
def test_case_spaces_strokes_accents_and_forms_of_letters_say_nothing(read, cell, ours):
    layer, _ = read([cell])
    assert layer["community"].tolist() == [ours]


def test_a_cell_that_says_nothing_says_nothing_whatever_its_name(read):
    layer, told = read(["", "buddhist"])
    assert layer["community"].isna().tolist() == [True, False]
    assert not told


def test_another_word_is_one_class_of_its_own_and_is_told_with_the_nearest(read):
    layer, told = read(
        ["Urak Lawoi", "urak-lawoi", "URAK LAWOI", "Urak Lawoi", "Budhist", "muslim"]
    )
    assert layer["community"].tolist() == [*["urak lawoi"] * 4, "budhist", "muslim"]
    odd = [w.message for w in told if w.category is DataQualityWarning]
    assert len(odd) == 1
    assert odd[0].rows == (2, 3, 4, 5, 6)
    for part in (
        "community has words that name no class here: 'Urak Lawoi' in rows 2, 3, 4, 5",
        "'Budhist' in row 6 (did you mean 'buddhist'?)",
        "there are buddhist, muslim, chinese,",
        '`words = { community = { "word" = "buddhist" } }`',
    ):
        assert part in str(odd[0])


def test_a_private_row_is_not_quoted(read):
    _, told = read(["Secret clan"], sensitivity="people")
    assert not any("secret clan" in str(w.message).casefold() for w in told)
    assert any("withheld in row 2" in str(w.message) for w in told)


def test_who_leads_is_read_likewise(read):
    layer, _ = read(["ชุมชน", "Community", "state", "รัฐ"], "lead")
    assert layer["lead"].tolist() == ["community", "community", "public", "public"]


def test_a_column_of_another_meaning_that_is_called_kind_stays_as_it_is(read):
    layer, told = read(["Type A", "wat"], "kind")
    assert layer["kind"].tolist() == ["Type A", "wat"]
    assert not told
    layer, told = read(["อาหาร", "Type A"], "kind")
    assert layer["kind"].tolist() == ["food", "type a"]
    assert any("kind has words that name no class here: 'Type A'" in str(w.message) for w in told)


def test_a_cell_of_several_words_is_read_word_by_word(read):
    layer, told = read(["National; กรมศิลปากร;national", "Grade II"], "heritage_status")
    assert layer["heritage_status"].tolist() == ["national;fine_arts_department", "grade ii"]
    assert [w.message.severity for w in told if w.category is DataQualityWarning] == ["note"]
    layer, _ = read(["เถรวาท", "Theravada"], "denomination")
    assert layer["denomination"].tolist() == ["theravada", "theravada"]


def test_the_city_says_what_its_words_mean(read):
    words = {"community": {"กลุ่ม ก": "buddhist", "GROUP B": "muslim"}}
    layer, told = read(["กลุ่ม ก", "group b"], words=words)
    assert layer["community"].tolist() == ["buddhist", "muslim"]
    assert [warning.category for warning in told] == [RepairWarning]
    layer, _ = read(["กลุ่ม ก", "Buddhist"], words=words, repair=False)
    assert layer["community"].tolist() == ["buddhist", "Buddhist"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"community": {"x": "budhist"}}, r"'x' is to be 'budhist', .*did you mean 'buddhist'"),
        ({"comunity": {"x": "muslim"}}, r"'comunity' is no column .*did you mean 'community'"),
        ({"lead": {"x": "public"}}, r"words: no column 'lead'; name the file's with `columns"),
    ],
)
def test_a_translation_that_cannot_be_meant_is_refused(read, words, message):
    with pytest.raises(LoadError, match=message):
        read(["x"], words=words)


@pytest.mark.parametrize("column", sorted(_vocabularies(TAXONOMY)))
def test_every_word_names_one_class(column):
    facts = inventory_facts()
    named = {
        key: [*entry.labels.values(), *entry.words]
        for key, entry in TAXONOMY.legends.get(column, {}).items()
    }
    if column == "denomination":
        named = {entry.id: [*entry.labels.values(), *entry.words] for entry in facts.denominations}
    if column == "heritage_status":
        named = {entry.word: [*entry.labels.values()] for entry in facts.heritage}
    known = _vocabularies(TAXONOMY)[column]
    for key in known.ids:
        assert known.terms[_plain(key)] == key
    for key, words in named.items():
        for word in words:
            assert known.terms.get(_plain(word)) == key, word
