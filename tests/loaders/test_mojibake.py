"""Text stored after a wrong decode: mended where that is certain, left alone where it is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from creative_spatial.loaders.repair.mojibake import find_mojibake, repair_mojibake
from creative_spatial.loaders.repair.naturalness import mojibake_facts

THAI = ["สงขลา", "หาดใหญ่", "เกาะยอ", "วัดกลาง", "ศาลหลักเมือง 2 (เก่า)", "พิธภัณฑ์พธำมะรงค์"]
PERSIAN = ["شیراز", "مسجد جامع", "اصفهان", "پارک چیتگر"]
OLD_PERSIAN = ["شيراز", "مسجد جامع", "اصفهان", "پارک چيتگر"]  # as cp1256 has it
VIETNAMESE = ["Đà Nẵng", "Chợ Bến Thành", "Phố cổ Hội An", "Quốc Tử Giám"]
WESTERN = ["Café", "Größe", "naïve", "São João", "Kraków", "Córdoba"]

REAL = [
    *THAI, *PERSIAN, *OLD_PERSIAN, *VIETNAMESE, *WESTERN,
    "préférée", "créée", "Été à l'île", "L’Haÿ-les-Roses", "«Été»", "Crêperie «À l’Île»", "À côté",
    "œuvre", "mère à Î", "ÉTÉ", "Âge", "Ça", "CAFÉ™", "IRMÃ", "«IRMû", "déjà\u00a0»", "Limões",
    "Straße", "Süß", "Übergrößenträger", "Aßlar", "Ö", "Müller & Söhne – Café",
    "Dağı", "Şişli Öğretmenevi", "çöğüş", "İstanbul", "Ayazağa", "Öztürk Köyü", "Çelebi", "Ünlü",
    "Phở", "Chợ", "ở", "Ấ Ở", "Bộ Ý", "Cà phê", "Huế", "Bắc Ninh", "ĐÀ NẴNG",
    "Zażółć gęślą jaźń", "Łódź", "Škoda", "Žižkov", "Ærø", "Åå", "Þýðing", "Hlýði", "«Ñandú»",
    "20 °C", "10 m²", "½ km", "© 2024", "5 €", "เธอ", "เนย", "เธอเนย", "سگ", "Москва", "東京", "Ελλάδα",
]  # fmt: skip


def misread(text: str, right: str, wrong: str) -> str:
    """A text as a program stores it that takes its bytes for another encoding."""
    raw = text.encode(right)
    return "".join(
        chr(byte)
        if 0x80 <= byte < 0xA0 and not _known(byte, wrong)
        else bytes([byte]).decode(wrong)
        for byte in raw
    )


def _known(byte: int, codec: str) -> bool:
    try:
        bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def vietnamese_bytes(text: str) -> bytes:
    """Windows-1258: hats and horns are part of the letter, tones stand after it."""
    raw = b""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
        raw += (base + tones).encode("cp1258")
    return raw


@pytest.mark.parametrize("text", REAL)
def test_real_text_stays(text):
    assert repair_mojibake(text) is None


def test_the_case_of_the_requirement():
    repaired = repair_mojibake("Ê§¢ÅÒ")
    assert (repaired.text, repaired.codec_wrong, repaired.codec_right) == (
        "สงขลา",
        "cp1252",
        "cp874",
    )
    assert repaired.text.encode("cp874").decode("cp1252") == "Ê§¢ÅÒ"


def _can_be_stored(text: str, right: str, wrong: str) -> bool:
    """Whether the wrong encoding has a character for each byte; Thai's lacks eight."""
    try:
        misread(text, right, wrong)
    except UnicodeDecodeError:
        return False
    return True


CASES = [
    *[(text, "cp874", wrong) for text in THAI for wrong in ("cp1252", "latin-1")],
    *[(text, "cp1256", wrong) for text in OLD_PERSIAN for wrong in ("cp1252", "latin-1")],
    *[
        (text, "utf-8", wrong)
        for text in (*THAI, *PERSIAN, *VIETNAMESE, *WESTERN)
        for wrong in ("cp1252", "latin-1", "cp1256", "cp1258", "cp874")
        if _can_be_stored(text, "utf-8", wrong)
    ],
]


@pytest.mark.parametrize(("text", "right", "wrong"), CASES)
def test_text_read_with_the_wrong_encoding_is_mended(text, right, wrong):
    stored = misread(text, right, wrong)
    repaired = repair_mojibake(stored)
    assert repaired.text == text
    assert repaired.codec_right == right


@pytest.mark.parametrize("text", ["Đà Nẵng", "Chợ Bến Thành", "Quốc Tử Giám", "Phở Thìn"])
def test_old_vietnamese_text_is_mended_and_composed(text):
    stored = vietnamese_bytes(text).decode("cp1252")
    repaired = repair_mojibake(stored)
    assert repaired.text == text
    assert repaired.codec_right == "cp1258"


@pytest.mark.parametrize("text", THAI)
def test_text_that_was_mangled_twice_is_not_half_mended(text):
    twice = misread(misread(text, "utf-8", "cp1252"), "utf-8", "latin-1")
    assert repair_mojibake(twice) is None


def test_a_word_that_is_vietnamese_either_way_stays():
    stored = vietnamese_bytes("Hội").decode("cp1252")
    assert stored == "Hôòi"  # one tone, on a vowel: nothing shows that it is not meant
    assert repair_mojibake(stored) is None


def test_text_that_lost_bytes_stays():
    stored = misread("สงขลา", "utf-8", "cp1252")
    assert repair_mojibake(stored.replace("\u2021", "?")) is None
    assert repair_mojibake("\ufffd\ufffd\ufffd") is None


def test_a_word_that_two_encodings_explain_waits_for_its_column():
    assert repair_mojibake("ÊÇÂ") is None  # สวย in Thai, تاآ in Arabic
    found = find_mojibake(["ÊÇÂ", "Ê§¢ÅÒ", "à¡ÒÐÂÍ", "Café", "plain", None, 3])
    assert (found.codec_wrong, found.codec_right) == ("cp1252", "cp874")
    assert {i: repaired.text for i, repaired in found.repairs.items()} == {
        0: "สวย",
        1: "สงขลา",
        2: "เกาะยอ",
    }
    assert found.share == pytest.approx(3 / 4)
    assert found.example == ("à¡ÒÐÂÍ", "เกาะยอ")


def test_a_short_vietnamese_name_is_mended_with_its_column():
    names = ["Đà Nẵng", "Hội An", "Huế", "Chợ Bến Thành", "Bắc Ninh", "Sa Pa"]
    stored = [vietnamese_bytes(name).decode("cp1252") for name in names]
    found = find_mojibake(stored)
    assert found.repairs[4].text == "Bắc Ninh"
    assert all(repaired.text == names[i] for i, repaired in found.repairs.items())


@pytest.mark.parametrize("values", [[], ["plain"], REAL, [None, 1, 2.5]])
def test_a_column_of_real_text_has_no_finding(values):
    assert find_mojibake(values) is None


@pytest.mark.parametrize(
    "pair", mojibake_facts().pairs, ids=lambda pair: f"{pair.wrong}-{pair.right}"
)
def test_every_pair_of_encodings_is_of_use(pair):
    """Some text is mended by each pair: none is there for nothing."""
    names = {"cp874": THAI, "cp1256": OLD_PERSIAN, "cp1258": VIETNAMESE}.get(
        pair.right, [*THAI, *VIETNAMESE, *PERSIAN]
    )
    stored = [
        vietnamese_bytes(name).decode(pair.wrong)
        if pair.right == "cp1258"
        else misread(name, pair.right, pair.wrong)
        for name in names
        if pair.right == "cp1258" or _can_be_stored(name, pair.right, pair.wrong)
    ]
    mended = [repair_mojibake(text, codecs=(pair.wrong, pair.right)) for text in stored]
    assert {repaired.text for repaired in mended if repaired} & set(names)
    assert pair.reference


@pytest.mark.parametrize(
    "letters", mojibake_facts().alphabets.letters.items(), ids=lambda item: item[0]
)
def test_a_word_of_each_alphabet_stays(letters):
    for char in letters[1]:
        assert repair_mojibake(f"na{char}a Ka{char}{char}o") is None


@given(st.text(max_size=40))
def test_no_text_breaks_it_and_a_second_look_finds_nothing(text):
    repaired = repair_mojibake(text)
    if repaired is not None:
        assert repair_mojibake(repaired.text) is None


@given(st.text(st.characters(codec="latin-1", min_codepoint=0xA1), min_size=1, max_size=12))
@example("¡Øè")
@example("¡èØ")
def test_what_is_mended_can_be_taken_back(text):
    repaired = repair_mojibake(text)
    if repaired is not None:
        # But for NFC, which also puts a Thai vowel below before the tone mark above.
        meant = text.encode(repaired.codec_wrong).decode(repaired.codec_right)
        assert unicodedata.normalize("NFC", meant) == repaired.text


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_ascii_stays(text):
    assert repair_mojibake(text) is None


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E2E), max_size=20))
def test_thai_letters_stay(text):
    assert repair_mojibake(text) is None


@given(st.text(st.sampled_from("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی ‌"), max_size=20))
def test_persian_letters_stay(text):
    assert repair_mojibake(text) is None


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_utf_8_comes_back_as_another_library_has_it(wrong):
    """ftfy knows this pair alone; what both mend is the same, and ours leaves one text more."""
    import ftfy

    left = set()
    for text in REAL:
        if text.isascii() or not _can_be_stored(text, "utf-8", wrong):
            continue
        stored = misread(text, "utf-8", wrong)
        theirs, ours = ftfy.fix_encoding(stored), repair_mojibake(stored)
        assert ours is None or ours.text == text
        if ours is None and theirs != stored:
            left.add(text)
    assert left == {"CAFÉ™"}


@pytest.mark.parametrize("text", ["Москва", "Ελλάδα", "東京", "한국어", "Ayazağa çöğüş"])
def test_utf_8_of_any_script_comes_back(text):
    assert repair_mojibake(misread(text, "utf-8", "latin-1")).text == text


@pytest.mark.parametrize("text", ["Ìîñêâà", "Ñàíêò-Ïåòåðáóðã", "ÅëëÜäá", "Èåóóáëïíßêç"])
def test_other_code_pages_are_not_taken_for_thai_or_persian(text):
    assert repair_mojibake(text) is None  # Russian and Greek: no pair for them here
