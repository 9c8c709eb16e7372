"""Maps as data: the package's own, a city's, and faults in either."""

from __future__ import annotations

import re

import pytest

from creative_spatial.errors import ConfigError
from creative_spatial.plotters import load_maps

OWN = """
[quarters]
title = { en = "Quarters" }
reference = "Drawn by the city"
message = [{ en = "Quarters of {city}." }]
[[quarters.layers]]
layer = "quarters"
hue = "kind"
"""


def test_the_products_are_there_in_order():
    assert list(load_maps()) == [
        "overview",
        "pillar-1-biodiversity",
        "pillar-2-culture",
        "fields",
        "pillar-3-community",
        "route",
    ]


def test_every_text_of_every_map_is_in_thai_english_and_french():
    for spec in load_maps().values():
        texts = [spec.title, *spec.message, *(fact.text for fact in spec.facts)]
        texts += [it.numbered.title for it in spec.layers if it.numbered]
        texts += [spec.inset.title] if spec.inset else []
        for layer in spec.layers:
            texts += [
                t for t in (layer.title, layer.hue_title, layer.shape_title, layer.ring_title) if t
            ]
        for text in texts:
            assert set(text) >= {"th", "en", "fr"}, text


def test_the_last_message_of_every_map_needs_no_indicator():
    for spec in load_maps().values():
        for text in spec.message[-1].values():
            names = {part.split("}")[0] for part in text.split("{")[1:]}
            assert all(
                n in {"city", "boundary", "land_km2"} or n.startswith(("panels", "count[", "row["))
                for n in names
            )


def test_a_citys_file_adds_a_map(tmp_path):
    path = tmp_path / "maps.toml"
    path.write_text(OWN, encoding="utf-8")
    maps = load_maps(path)
    assert list(maps)[-1] == "quarters"
    assert maps["quarters"].layers[0].hue == "kind"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            'hues = "kind"',
            r"maps.toml \[quarters\]: unknown key 'layers.0.hues'; did you mean 'hue'",
        ),
        ('draw = "blob"', r"'layers.0.draw'"),
    ],
)
def test_a_fault_is_named_by_file_map_and_key(tmp_path, fault, message):
    path = tmp_path / "maps.toml"
    path.write_text(OWN + fault, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_maps(path)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("color = 'red\"/>'", "'layers.0.color'"),
        ("marker = '$x$'", "'layers.0.marker'"),
        ("fill = ''", "'layers.0.fill'"),
        ("numbered = { title = {} }", "'layers.0.numbered.title'"),
    ],
)
def test_what_could_not_be_drawn_is_refused_before_anything_is_read(tmp_path, fault, message):
    path = tmp_path / "maps.toml"
    path.write_text(f"{OWN}{fault}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"quarters.*{re.escape(message)}"):
        load_maps(path)


def test_a_text_is_one_line_without_control_characters(tmp_path):
    path = tmp_path / "maps.toml"
    path.write_text(OWN.replace('"Quarters"', '"Old\\nquarters"'), encoding="utf-8")
    assert load_maps(path)["quarters"].title == {"en": "Old quarters"}
    path.write_text(OWN.replace('"Quarters"', '"Old\\u0001quarters"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"quarters\]: 'title': .*control character"):
        load_maps(path)


@pytest.mark.parametrize("title", ["{}", "{ en = 'Quarters of {city' }"])
def test_a_title_is_a_template_that_says_something(tmp_path, title):
    path = tmp_path / "maps.toml"
    path.write_text(OWN.replace('{ en = "Quarters" }', title), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"title|a brace in"):
        load_maps(path)


@pytest.mark.parametrize(("name", "own"), [("../x", "fine"), ("mine", "overview")])
def test_a_table_has_no_other_id_than_its_name(tmp_path, name, own):
    path = tmp_path / "maps.toml"
    table = OWN.split("[[", maxsplit=1)[0].replace("[quarters]", f"['{name}']\nid = '{own}'")
    path.write_text(table, encoding="utf-8")
    with pytest.raises(ConfigError, match="a table's name is its id"):
        load_maps(path)


def test_a_stray_brace_in_a_template_is_refused(tmp_path):
    path = tmp_path / "maps.toml"
    path.write_text(OWN.replace("{city}", "{city.__class__}"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a brace in .* is no placeholder"):
        load_maps(path)


def test_an_id_that_would_leave_the_folder_is_refused(tmp_path):
    path = tmp_path / "maps.toml"
    path.write_text(OWN.replace("[quarters", '["../evil"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"evil.*id"):
        load_maps(path)
