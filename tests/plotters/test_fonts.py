"""The bundled fonts: found by script, covering what they promise, named where they do not."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import pytest
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

from creative_spatial.errors import FontWarning
from creative_spatial.plotters.fonts import covered_characters, drawable, font_family, register
from creative_spatial.resources import resource_path


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("th", "Sarabun"),
        ("en", "Noto Sans"),
        ("vi", "Noto Sans"),
        ("fa", "Vazirmatn"),
        ("ถนนนางงาม", "Sarabun"),
        ("شهر خلاق", "Vazirmatn"),
        ("Thành phố", "Noto Sans"),
    ],
)
def test_the_family_follows_the_script(asked, first):
    assert font_family(asked)[0] == first


def test_bold_and_italic_of_a_family_are_the_bundled_files():
    folder = str(resource_path("fonts"))
    font_family("th")
    for weight, style, name in [
        ("bold", "normal", "Sarabun-Bold.ttf"),
        ("normal", "italic", "Sarabun-Italic.ttf"),
        ("normal", "normal", "Sarabun-Regular.ttf"),
    ]:
        found = fontManager.findfont(FontProperties(family="Sarabun", weight=weight, style=style))
        assert str(found) == f"{folder}/{name}"


def test_registering_leaves_matplotlibs_settings_alone():
    before = dict(mpl.rcParams)
    register()
    assert dict(mpl.rcParams) == before


def test_every_font_comes_with_its_licence_and_all_stay_small():
    folder = resource_path("fonts")
    families = {path.name.split("-")[0] for path in folder.glob("*.ttf")}
    licences = {
        path.name.removeprefix("OFL-").removesuffix(".txt") for path in folder.glob("OFL-*.txt")
    }
    assert families == licences
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    for path in folder.glob("OFL-*.txt"):
        assert "SIL Open Font License, Version 1.1" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    ["ผู้ว่าฯ น้ำตก ก๋วยเตี๋ยว ที่ ๑๒๓", "Nguyễn Thị Đặng Ước", "گردشگری پژوهش ژاله", "Żółć Œuvre ñ ß"],
)
def test_the_scripts_of_the_maps_are_covered(text):
    assert {ord(c) for c in text} <= covered_characters()


def test_thai_letters_have_glyphs_of_their_own_not_the_box_for_missing_ones():
    regular = FT2Font(str(resource_path("fonts", "Sarabun-Regular.ttf")))
    glyphs = {regular.get_char_index(ord(c)) for c in "กขคงจฉชซญฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"}
    assert 0 not in glyphs
    assert len(glyphs) == 38


def test_a_missing_script_is_named_once_and_the_rest_drawn():
    text = "Chinatown 唐人街 one"
    with pytest.warns(FontWarning, match="'唐人街' \\(CJK\\) in 'Chinatown 唐人街 one'"):
        assert drawable(text) == "Chinatown one"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawable(text) == "Chinatown one"


def test_zero_width_spaces_are_not_drawn():
    assert drawable("สง\u200bขลา") == "สงขลา"
