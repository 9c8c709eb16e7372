"""Sentences computed from numbers: right, or another sentence, never a gap."""

from __future__ import annotations

import pytest

from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.plotters import load_maps
from creative_spatial.plotters.messages import compose, fill, warn_of_strangers
from creative_spatial.plotters.words import format_number, word


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{natural_share:.1f} % of {boundary}", "12.3 % of Songkhla Municipality"),
        ("{worship_hill[q1]:.2f}", "2.40"),
        ("{asset_density.n}", "3"),
        ("{city}: {count[community]}", "Songkhla: 24"),
        ("{natural_share}", "12.3"),
        ("{unknown_indicator}", None),
        ("{worship_hill[q9]}", None),
        ("{worship_hill}", None),
        ("{asset_density.low}", None),
    ],
)
def test_a_template_is_filled_or_refused(result, template, sentence):
    assert fill(template, result, "en") == sentence


def test_a_name_that_nothing_has_is_told(result):
    slip = "map 'mine': .*{naturel_share}, .* did you mean 'natural_share'"
    with pytest.warns(DataQualityWarning, match=slip):
        warn_of_strangers(["{naturel_share} %", "{city}"], result, where="map 'mine'")


def test_an_indicator_that_was_not_computed_is_no_slip(result):
    assert "events_without_place" not in set(result.indicators["id"])
    warn_of_strangers(["{events_without_place}"], result, where="map 'mine'")


def test_a_missing_number_gives_the_next_template(make):
    poor = make.result(values={("natural_share", None): float("nan")})
    templates = [{"en": "{natural_share} % natural."}, {"en": "Habitats of {boundary}."}]
    assert compose(templates, poor, "en") == "Habitats of Songkhla Municipality."
    assert compose(templates[:1], poor, "en") == ""


def test_a_sentence_that_a_language_lacks_is_whole_in_another(result):
    templates = [{"en": "{natural_share:.1f} % of {boundary}: {most}.", "fr": "{most}."}]
    numbers = {"en": {"most": "design"}, "th": {"most": "การออกแบบ"}, "fr": {"most": "le design"}}
    assert (
        compose(templates, result, "th", numbers.get) == "12.3 % of Songkhla Municipality: design."
    )
    assert compose(templates, result, "fr", numbers.get) == "le design."


def test_the_boundary_is_named_in_the_language(result):
    assert fill("{boundary}", result, "th") == "เทศบาลนครสงขลา"
    assert fill("{boundary}", result, "fr") == "Bo Yang"


def test_a_number_of_another_boundary_is_not_taken(make):
    other = make.result()
    object.__setattr__(other, "indicators", make.indicator_rows(make.values, boundary="province"))
    assert fill("{natural_share}", other, "en") is None


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        (1234.5, 0, "en", "1,234"),
        (0.05, 1, "fr", "0,1"),
        (-0.01, 1, "en", "0.0"),
        (27.25, 2, "th", "27.25"),
    ],
)
def test_numbers_are_written_as_the_language_does(value, decimals, language, text):
    assert format_number(value, decimals, language) == text


def test_an_unknown_word_is_a_fault_of_the_table():
    with pytest.raises(ConfigError, match=r"text.toml has no table \[nonsense\]"):
        word("nonsense", "en")


def test_pillar_2_says_the_walk_between_communities_beside_chance(make):
    walk = "walk_between_communities"
    result = make.result(None, {**make.values, (walk, "observed"): 4.2, (walk, "shuffled"): 4.9})
    templates = load_maps()["pillar-2-culture"].message
    assert "on foot" not in compose(templates, result, "en")  # what chance gives is not known
    shuffled = result.indicators["category"] == "shuffled"
    result.indicators.loc[shuffled, ["low", "high"]] = [2.6, 6.4]
    assert compose(templates, result, "en") == (
        "From a place of worship it is 4 min on foot (median) to the nearest of another community; "
        "with communities shuffled, 3 to 6."
    )
    assert "4 min à pied" in compose(templates, result, "fr")
    assert "4 นาที" in compose(templates, result, "th").replace("\u200b", "")
