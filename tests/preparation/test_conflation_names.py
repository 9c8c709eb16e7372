"""Names taken apart and compared, within a script and across scripts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creative_spatial.preparation.conflation.lexicon import misspelt_kind
from creative_spatial.preparation.conflation.readings import read_name
from creative_spatial.preparation.conflation.similarity import compare_names
from creative_spatial.preparation.conflation.sounds import skeleton, sound
from creative_spatial.resources.conflation import conflation_facts

ACCEPT = conflation_facts().limits.accept.value


def agreement(one: str, other: str) -> float:
    return compare_names(read_name(one), read_name(other)).score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("วัดมัชฌิมาวาส", "Wat Matchimawat"),
        ("เลียบ", "liap"),
        ("เมือง", "mueang"),
        ("สุวรรณคีรี", "suwan khiri"),
        ("จันทร์", "chan"),
        ("ถนน", "thanon"),
        ("شیخ لطف الله", "sheikh lotfollah"),
    ],
)
def test_consonants_are_heard_alike_across_scripts(one, other):
    assert skeleton(sound(one.casefold())) == skeleton(sound(other.casefold()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("วัดกลาง", "Wat Klang"),
        ("รร.วัดกลาง", "โรงเรียนวัดกลาง"),
        ("วัดไทรงาม", "วัดไทรงาม ถ.ไทรงาม ต.บ่อยาง"),
        ("مسجد شيخ لطف‌الله", "مسجد شیخ لطف الله"),
        ("كتابخانه مركزى", "کتابخانه مرکزی"),
        ("خانه‌ی بهنام", "خانه بهنام"),
        ("Chùa Cầu", "Chua Cau"),
        ("Chùa Cầu", "Cau Pagoda"),
        ("Museum of Fisheries", "Fisheries Museum"),
        ("Wat Matchimawat (Wat Klang)", "วัดกลาง"),
        ("วัดหัวป้อมใน", "Wat Hua Pom Nai"),
        ("موزه آب", "Water Museum"),
        # a name in two scripts, another after a dash, initials, and a name cut short
        ("ร้านแต้เฮียงอิ้ว Tae Hiang Iw", "แต้เฮียงอิ้ว"),
        ("Chùa Cầu", "Chua Cau - Lai Vien Kieu"),
        ("Museum of Contemporary Art", "MOCA"),
        ("วัดบวรฯ", "วัดบวรนิเวศวิหาร"),
        # what is translated here is written as it sounds there
        ("ตลาดน้ำคลองแห", "Khlong Hae Floating Market"),
        ("บาติกป้าแดง", "Pa Daeng Batik"),
        ("มัสยิดเก่า", "Old Mosque"),
        ("กล้วยทอดป้าแดง", "Pa Daeng Kluai Thot"),
        # a year of founding is no branch, and no other place
        ("Café 1890", "Cafe"),
        ("Café Zed 1890", "Café Zed"),
        ("ฮับเซ่ง พ.ศ. 2470", "ฮับเซ่ง"),
        ("Hub Seng (since the 1920s)", "ฮับเซ่ง"),
        ("Lantern Festival 2024", "เทศกาลโคมไฟ ๒๕๖๗"),
        # marks alone say what a short word means
        ("Lăng Khải Định", "Khai Dinh Tomb"),
        ("Lăng Khải Định", "Lang Khai Dinh"),
        ("Chợ Hôm", "Cho Hom Mkt"),
        ("Public Libary", "ห้องสมุดประชาชน"),
        ("City Musuem", "City Museum"),
        ("آب‌انبار رستم", "Rostam Cistern"),
    ],
)
def test_one_name_written_in_two_ways_agrees(one, other):
    assert agreement(one, other) >= ACCEPT
    assert agreement(other, one) >= ACCEPT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("วัดกลาง", "วัดคลอง"),
        ("วัดหาดใหญ่", "วัดหาดใหญ่ใน"),
        ("วัดหาดใหญ่ใน", "Wat Hat Yai Nok"),
        ("วัดโพธิ์", "วัดโพธิ์ใหม่"),
        ("Wat Pho", "Wat Pho Mai"),
        ("Wat Hua Pom Nok", "วัดหัวป้อมใน"),
        ("Night Market", "Night Market 2"),
        ("Chợ Đồng Xuân", "Chợ Đồng Xuân Đêm"),
        ("วัดกลาง", "โรงเรียนวัดกลาง"),
        ("Harbour Museum", "Harbour Museum Café"),
        ("บ้านเลขที่ 12 ถนนนครนอก", "บ้านเลขที่ 14 ถนนนครนอก"),
        ("กลุ่มสตรี ม.2", "กลุ่มสตรี ม.4"),
        ("7-Eleven สาขานางงาม", "7-Eleven สาขาไทรบุรี"),
        ("Chùa Cầu", "Chùa Cậu"),
        ("کافه ۱۲", "کافه ۲۱"),
        ("KFC", "McDonald's"),
        ("Lotus's Go Fresh", "Lotus's"),
        ("Studio 5", "Studio 5B"),
        ("Wat Klang", "Wat Klang (2)"),
        ("Café Zed 1890", "Café Zed 1990"),
        ("Café Zed", "Café Zed 12"),
        ("Golden Dragon", "Red Dragon"),
        ("Lantern Festival", "Food Festival"),
        ("ร้านป้าแดง ข้าวแกง", "ส้มตำป้าแดง"),
        ("Hội quán Ôn Lăng", "On Tomb"),
        ("本头公庙 ศาลเจ้าปุนเถ้ากง", "本头妈庙 ศาลเจ้าปุนเถ้าม่า"),
        ("วัดใหม่", "วัดเก่า"),
    ],
)
def test_neighbours_with_like_names_do_not(one, other):
    assert agreement(one, other) < ACCEPT


def test_a_chains_name_and_a_mere_kind_tell_no_neighbours_apart():
    assert compare_names(read_name("7-Eleven"), read_name("เซเว่นอีเลฟเว่น")).generic
    assert compare_names(read_name("Museum"), read_name("Museum")).generic
    assert not compare_names(read_name("Wat Liap"), read_name("Wat Liap")).generic


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Hat Yai Museum", "พิพิธภัณฑ์หาดใหญ่", True),
        ("Hatyai Grand Bazaar", "ตลาดใหญ่หาดใหญ่", True),
        ("Kimyong Market Hatyai", "ตลาดกิมหยง", True),
        ("วัดหาดใหญ่ใน", "Wat Hat Yai Nai", True),
        ("หอศิลป์หาดใหญ่ฯ", "Hat Yai Gallery", True),
        ("วัดหาดใหญ่ใน", "Wat Hat Yai Nok", False),
        ("วัดหาดใหญ่ใน", "Wat Hat Yai", False),
        ("Hat Yai Museum", "Museum of Nets", False),
    ],
)
def test_the_town_is_one_name_in_every_spelling(one, other, agree):
    towns = ("Hat Yai", "หาดใหญ่")
    match = compare_names(read_name(one, towns), read_name(other, towns))
    assert (match.score >= ACCEPT) == agree


def test_like_scripts_come_before_unlike_ones():
    latin = read_name("Wat Liap")
    assert compare_names((*read_name("วัดเลียบ"), *latin), latin).one == "wat liap"
    alone = agreement("วัดเลียบ", "Wat Liap")
    beside = compare_names((*read_name("วัดเลียบ"), *read_name("Wat Chaeng")), latin).score
    assert beside < alone


def test_a_kind_with_its_number_is_a_name():
    assert not compare_names(read_name("Fort No. 9"), read_name("ป้อมหมายเลข ๙")).generic
    assert compare_names(read_name("พิพิธภัณฑ์"), read_name("Museum")).generic


@pytest.mark.parametrize("word", ["suphan", "warden", "marker", "place", "musums", "مسجدد"])
def test_what_may_be_another_word_is_no_misspelt_kind(word):
    assert misspelt_kind(word) == ()


FACTS = conflation_facts()


@pytest.mark.parametrize("entry", [*FACTS.kinds, *FACTS.translations], ids=lambda entry: entry.id)
def test_every_word_of_the_table_means_what_it_is_listed_under(entry):
    """In front of a name, as the fullest reading takes it; unless it begins an address or a chain."""
    for word in (*entry.words, *entry.marked):
        readings = read_name(f"{word} Zyx")
        told = readings[0].kinds | readings[0].translated
        assert entry.id in told, word
        assert readings[0].core == ("zyx",)


def test_what_made_two_names_differ_is_said():
    match = compare_names(read_name("วัดกลาง"), read_name("โรงเรียนวัดกลาง"))
    assert "one is also a school" in match.reasons


def test_a_nameless_record_agrees_with_nothing():
    assert compare_names((), read_name("Wat Liap")) is None
    assert read_name(" - ") == ()


@settings(deadline=None)  # the first name waits for the table of words
@given(st.text(max_size=30), st.text(max_size=30))
def test_agreement_is_a_share_and_the_same_both_ways(one, other):
    a, b = read_name(one), read_name(other)
    match = compare_names(a, b)
    if match is not None:
        assert 0 <= match.score <= 1
        assert compare_names(b, a).score == pytest.approx(match.score)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_a_name_agrees_with_itself(name):
    readings = read_name(name)
    if readings:
        assert compare_names(readings, readings).score >= ACCEPT
