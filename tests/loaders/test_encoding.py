"""Which encoding a text is in: certain where it can be, a scored guess where it cannot."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative_spatial.loaders.encoding import (
    better_reading,
    codec_name,
    decode,
    encoding_facts,
    is_damaged_utf8,
    language_byte_codec,
    rank_encodings,
)
from creative_spatial.loaders.plausibility import plausibility


def vietnamese(text: str) -> bytes:
    """Text in cp1258, which stores a vowel and its tone apart."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    raw = b""
    for char in text:
        try:
            raw += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            vowel = "".join(c for c in parts if c not in tones)
            tone = "".join(c for c in parts if c in tones)
            raw += (unicodedata.normalize("NFC", vowel) + tone).encode("cp1258")
    return raw


@pytest.mark.parametrize(
    ("raw", "codec"),
    [
        ("วัดมัชฌิมาวาส ถนนไทรบุรี".encode("cp874"), "cp874"),
        ("ร้านอาหาร “แต้” – สงขลา".encode("cp874"), "cp874"),
        ("Peñón, Las Canteras, San José".encode("cp1252"), "cp1252"),
        ("São João, Conceição".encode("cp1252"), "cp1252"),
        ("Straße, Müller, Überlingen".encode("cp1252"), "cp1252"),
        ("خانه فرهنگ مي\u200cدان".encode("cp1256"), "cp1256"),
        (vietnamese("Hội An, Đường Phan Châu Trinh"), "cp1258"),
        (vietnamese("Chùa Cầu, phường Minh An"), "cp1258"),
        ("สงขลา".encode(), "utf-8"),
        ("Las Palmas, cañón".encode(), "utf-8"),
    ],
)
def test_place_names_are_recognised_in_the_encoding_they_are_in(raw, codec):
    best = rank_encodings([raw])[0]
    assert best.codec == codec
    assert best.score >= encoding_facts().settings.accept_score


def test_bytes_of_the_domain_report_read_as_songkhla():
    assert (
        bytes.fromhex("caa7a2c5d2").decode(rank_encodings([b"\xca\xa7\xa2\xc5\xd2"])[0].codec)
        == "สงขลา"
    )


def test_ascii_says_nothing_and_scores_full():
    assert plausibility("Wat Klang", "thai") == 1.0
    assert plausibility("Wat Klang", "latin") == 1.0


def test_a_vowel_mark_without_a_consonant_is_not_thai():
    assert plausibility("วัด", "thai") == 1.0
    assert plausibility("ัวด", "thai") < 1.0


def test_thai_letters_inside_latin_words_are_western_text_misread():
    misread = "España".encode("cp1252").decode("cp874")
    assert plausibility(misread, "thai") == 0.0


def test_a_capital_inside_a_small_word_is_not_western():
    assert plausibility("caÉe", "latin") == 0.0
    assert plausibility("cafée", "latin") == 1.0


@pytest.mark.parametrize("declared", ["latin-1", "cp1252"])
def test_a_declared_encoding_that_reads_as_garbage_is_called_into_question(declared):
    samples = ["วัดกลาง".encode("cp874"), "สงขลา".encode("cp874")]
    assert better_reading(samples, declared).codec == "cp874"


@pytest.mark.parametrize(
    ("text", "declared"), [("สงขลา", "cp874"), ("San José", "cp1252"), ("San José", "latin-1")]
)
def test_a_declared_encoding_that_reads_well_is_left_alone(text, declared):
    assert better_reading([text.encode(declared)], declared) is None


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("CP874", "cp874"),
        ("TIS-620", "cp874"),
        ("tis620", "cp874"),
        ("windows-874", "cp874"),
        ("ISO-8859-11", "cp874"),
        ("874", "cp874"),
        ("ANSI 1252", "cp1252"),
        ("1258", "cp1258"),
        ("65001", "utf-8"),
        ("UTF-8\n", "utf-8"),
        ("OEM 437", "cp437"),
        ("88591", "latin-1"),
    ],
)
def test_encodings_are_known_by_the_names_people_give_them(label, codec):
    assert codec_name(label) == codec


def test_tis_620_is_read_as_its_superset_so_that_quotes_survive():
    assert "“แต้”".encode("cp874").decode(codec_name("tis-620")) == "“แต้”"


def test_an_unknown_name_is_none_rather_than_a_guess():
    assert codec_name("klingon") is None


def test_every_codec_named_in_the_tables_exists():
    facts = encoding_facts()
    tables = {**facts.language_bytes.codecs, **facts.aliases.codecs}
    for codec in [*tables.values(), *(c.codec for c in facts.candidates)]:
        assert "".encode(codec) == b""


def test_the_current_code_page_byte_says_nothing():
    assert language_byte_codec(0x57) is None
    assert language_byte_codec(0x00) is None
    assert language_byte_codec(0x50) == "cp874"


def test_utf8_cut_inside_its_last_character_loses_only_that():
    raw = "วัดกลาง".encode()
    assert decode(raw, "utf-8") == ("วัดกลาง", False)
    assert decode(raw[:-1], "utf-8") == ("วัดกลา", True)


def test_latin1_that_ends_like_cut_utf8_is_not_utf8():
    with pytest.raises(UnicodeDecodeError):
        decode("San José".encode("latin-1"), "utf-8")
    assert rank_encodings(["San José".encode("cp1252")])[0].codec == "cp1252"


def test_utf8_broken_in_the_middle_is_refused():
    raw = "วัด".encode()
    with pytest.raises(UnicodeDecodeError):
        decode(raw[:2] + raw[3:], "utf-8")


def test_damaged_utf8_is_not_taken_for_thai_in_a_code_page():
    text = "วัดมัชฌิมาวาส วัดกลาง สงขลา".encode()
    misread = text.decode("cp874", "ignore")
    assert plausibility(misread, "thai") > 0.9  # which is why it has to be told apart
    assert is_damaged_utf8([text, b"\xff"])
    assert not is_damaged_utf8([text])
    assert not is_damaged_utf8(["วัดมัชฌิมาวาส".encode("cp874")])


THAI = [
    "วัด",
    "กลาง",
    "สงขลา",
    "ศาลเจ้า",
    "ถนน",
    "นางงาม",
    "มัสยิด",
    "บ้านบน",
    "เก้าห้อง",
    "ชุมชน",
    "เกาะยอ",
]
PERSIAN = ["مسجد", "جامع", "خانه", "فرهنگ", "بازار", "خیابان", "شهر", "کوچه", "موزه"]
VIETNAMESE = ["Chùa", "Cầu", "Đường", "phường", "Hội", "Quán", "Thắng", "Bảo", "tàng", "Đình"]
BY_CODEC = {
    "cp874": (THAI, lambda text: text.encode("cp874")),
    # cp1256 has the Arabic forms of the two letters that Persian writes in its own.
    "cp1256": (PERSIAN, lambda text: text.translate({0x6CC: 0x64A, 0x6A9: 0x643}).encode("cp1256")),
    "cp1258": (VIETNAMESE, vietnamese),
}


@given(st.data(), st.sampled_from(sorted(BY_CODEC)))
def test_names_of_any_words_come_back_whatever_code_page_they_were_in(data, codec):
    words, encode = BY_CODEC[codec]
    drawn = st.lists(st.sampled_from(words), min_size=2, max_size=4, unique=True)
    names = [" ".join(name) for name in data.draw(st.lists(drawn, min_size=3, max_size=6))]
    samples = [encode(name) for name in names]
    best = rank_encodings(samples)[0].codec  # cp1252 for "Chùa", which it writes as cp1258 does
    for name, raw in zip(names, samples, strict=True):
        text, cut = decode(raw, best)
        assert encode(text) == raw
        assert not cut
        assert codec == "cp1256" or unicodedata.normalize("NFC", text) == name


@given(st.lists(st.text(max_size=20), max_size=5))
def test_text_in_utf8_is_never_taken_for_another_and_comes_back(texts):
    samples = [text.encode() for text in texts]
    assert rank_encodings(samples)[0].codec == "utf-8"
    assert not is_damaged_utf8(samples)
    assert [decode(raw, "utf-8") for raw in samples] == [(text, False) for text in texts]


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_no_bytes_break_the_guess_and_what_is_guessed_decodes(samples):
    for guess in rank_encodings(samples):
        assert 0 <= guess.score <= 1
        for raw in samples:
            decode(raw, guess.codec)
