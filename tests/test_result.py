"""A result answers by name, and says what there is when a name is not known."""

from __future__ import annotations

import pytest

from creative_spatial.errors import IndicatorError


@pytest.fixture(scope="module")
def result(sample_result):
    return sample_result


def test_a_figure_is_asked_for_by_indicator_category_and_boundary(result):
    assert (
        result.value("worship_hill", category="q0", boundary="district") == 3
    )  # Buddhist, Chinese, Muslim
    assert result.value("natural_share") < result.value("natural_share", boundary="district")


def test_unit_values_are_indexed_like_the_units(result):
    assert result.unit_values("asset_density").index.equals(result.area.units.index)
    assert result.unit_values("habitat_hill", category="q0").max() >= 1


@pytest.mark.parametrize(
    ("ask", "fault"),
    [
        (
            lambda r: r.value("natural_shar"),
            "Unknown indicator 'natural_shar'; did you mean natural_share",
        ),
        (
            lambda r: r.value("worship_hill"),
            "'worship_hill' needs a category; choose from q0, q1, q2",
        ),
        (lambda r: r.value("worship_hill", category="q7"), "has no category 'q7'; choose from q0"),
        (lambda r: r.value("natural_share", category="q0"), "has no category 'q0'"),
        (
            lambda r: r.value("natural_share", boundary="town"),
            "Unknown boundary 'town'; known: municipality",
        ),
        (lambda r: r.unit_values("natural_shar"), "Unknown indicator"),
        (lambda r: r.unit_values("habitat_hill"), "needs a category"),
        (lambda r: r.unit_values("field_profile", category="music:weak"), "no figures by unit"),
        (lambda r: r.table(level="units"), "level 'units'; expected one of city, unit"),
        (lambda r: r.table(boundary="nope"), "Unknown boundary 'nope'"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(result, ask, fault):
    with pytest.raises(IndicatorError, match=fault):
        ask(result)


def test_a_table_leaves_out_columns_that_say_nothing(result):
    assert "grade" not in result.table(boundary="province"), "nothing of it was assessed"
    assert "grade" in result.table(boundary="municipality")
    assert "unit_id" in result.table(level="unit")
