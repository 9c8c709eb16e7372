"""Maps say where little is mapped, and no sentence takes what is not mapped for absent."""

from __future__ import annotations

import dataclasses
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from creative_spatial import plotters
from creative_spatial.indicators import TOPICS
from creative_spatial.plotters.completeness import completeness_note, poor_units
from creative_spatial.plotters.drawn import Z_POINTS, Z_POOR, Z_ZONES
from creative_spatial.plotters.messages import compose, fill
from creative_spatial.resources import read_toml, resource_path


def words(figure):
    return " ".join(item.get_text() for item in figure.findobj(Text))


def hatched(ax):
    """Collections of the grade's own hatch."""
    return [it for it in ax.findobj(PathCollection) if it.get_hatch() and it.get_zorder() == Z_POOR]


def graded(result, units, city="C", pillar="culture"):
    """A result whose units have these letters, all others none."""
    rows = [("city", "town", None, city), ("city", "province", None, None)]
    rows += [("unit", "town", unit, units.get(unit)) for unit in result.area.units.index]
    table = pd.DataFrame(rows, columns=["level", "boundary", "unit_id", "grade"])
    table = table.assign(pillar=pillar, group=pillar)
    return dataclasses.replace(result, tables={"completeness": table})


@pytest.fixture(scope="module")
def west(result):
    """Units in the west of the town."""
    x = result.area.units.geometry.representative_point().x
    return x.index[x < x.median()].tolist()


@pytest.fixture(scope="module")
def half(result, west):
    """The town, its west at grade D and its east at C."""
    letters = {unit: "D" if unit in west else "C" for unit in result.area.units.index}
    return graded(result, letters)


@pytest.fixture(scope="module")
def sheet(half):
    return plotters.draw_map(half, "pillar-2-culture", languages=["th", "en"])


class TestSheets:
    def test_the_land_of_poorly_mapped_units_is_hatched_and_nothing_else(self, sheet, half, west):
        marks = hatched(sheet.map)
        drawn = shapely.union_all([
            shapely.Polygon(ring)
            for it in marks for path in it.get_paths() for ring in path.to_polygons(closed_only=True)
        ])  # fmt: skip
        wanted = half.area.land(shapely.union_all(half.area.units.geometry.loc[west].to_numpy()))
        assert drawn.symmetric_difference(wanted).area < 1e-3 * wanted.area

    def test_symbols_lie_above_the_hatch_and_fills_below(self):
        assert Z_ZONES + 0.1 < Z_POOR < Z_POINTS

    def test_legend_and_note_say_it_in_both_languages(self, sheet):
        said = words(sheet).replace("\u200b", "")
        assert "Poorly mapped (grade D)" in said
        assert "ข้อมูลไม่ครบ (ระดับ D)" in said
        assert "Completeness: grade C; at D, absence is unproven" in said
        assert "Completeness: grade C; at D, absence is unproven" in sheet.alternative["en"]

    def test_the_scale_and_north_are_not_crowded_out(self, sheet):
        said = words(sheet)
        assert "Scale" in said
        assert "N" in said.split()

    def test_another_pillar_s_map_is_not_hatched(self, half):
        sheet = plotters.draw_map(half, "pillar-3-community", languages=["en"])
        assert not hatched(sheet.map)
        assert "Poorly mapped" not in words(sheet)

    def test_a_map_of_no_pillar_takes_those_of_its_layers(self, half, west):
        sheet = plotters.draw_map(half, "overview", languages=["en"])
        assert hatched(sheet.map)

    def test_a_result_without_grades_says_nothing_of_them(self, result):
        sheet = plotters.draw_map(result, "pillar-2-culture", languages=["en"])
        assert not hatched(sheet.map)
        assert "Completeness" not in words(sheet)

    def test_a_map_on_axes_is_hatched_too(self, half):
        ax = plotters.plot_pillar(half, "culture", language="fr")
        assert hatched(ax)
        assert "Peu cartographié (niveau D)" in words(ax.figure)
        plt.close(ax.figure)


class TestNote:
    @pytest.mark.parametrize(
        ("letters", "city", "text"),
        [
            (["C", "C"], "C", "Completeness: grade C"),
            (["C", None], "B", "Completeness: grade B"),
            (["C", "D"], "C", "Completeness: grade C; at D, absence is unproven"),
            (["D", None], "D", "Completeness: D or not assessed; absence is unproven"),
            ([None, None], None, "Completeness: not assessed"),
        ],
    )
    def test_it_says_the_grade_and_what_follows(self, result, letters, city, text):
        first, *rest = result.area.units.index
        units = {first: letters[0], **dict.fromkeys(rest, letters[1])}
        assert completeness_note(graded(result, units, city), ["culture"])["en"] == text

    def test_of_several_pillars_the_worst_counts(self, result):
        units = result.area.units.index
        one, two = (
            graded(result, dict.fromkeys(units, letter), letter, pillar).tables["completeness"]
            for letter, pillar in (("B", "culture"), ("C", "community"))
        )
        both = dataclasses.replace(result, tables={"completeness": pd.concat([one, two])})
        note = completeness_note(both, ["culture", "community"])
        assert note["en"] == "Completeness: grade C"
        assert poor_units(both, ["culture"]) == []


class TestChoropleth:
    def test_units_at_grade_d_are_crossed_over(self, result, west):
        units = result.area.units.index
        rows = pd.DataFrame({
            "id": "green", "category": None, "level": "unit", "boundary": "town", "unit_id": units,
            "value": np.arange(len(units), dtype=float), "title": "Green", "unit": "%", "sources": "osm",
            "grade": ["D" if unit in west else "C" for unit in units],
        })  # fmt: skip
        given = dataclasses.replace(
            result, indicators=rows.reindex(columns=result.indicators.columns)
        )
        ax = plotters.plot_values(given, "green")
        assert hatched(ax)
        assert "Poorly mapped (grade D)" in words(ax.figure)
        plt.close(ax.figure)


class TestSentences:
    """A zero is said only where somebody has looked."""

    def zero(self, result, grade, value=0.0):
        rows = result.indicators.copy()
        rows.loc[rows["id"] == "asset_density", ["value", "grade"]] = [value, grade]
        return dataclasses.replace(result, indicators=rows)

    @pytest.mark.parametrize("grade", ["D", None])
    def test_no_zero_is_said_where_little_is_known(self, result, grade):
        poor = self.zero(result, grade)
        assert fill("{asset_density:.1f}", poor, "en") is None
        templates = [{"en": "{asset_density:.1f} places."}, {"en": "Places of {boundary}."}]
        assert compose(templates, poor, "en") == "Places of Songkhla Municipality."

    @pytest.mark.parametrize("grade", ["A", "B", "C"])
    def test_a_zero_that_somebody_looked_for_is_said(self, result, grade):
        assert fill("{asset_density:.1f}", self.zero(result, grade), "en") == "0.0"

    def test_what_rounds_to_nothing_is_a_zero_too(self, result):
        assert fill("{asset_density:.1f}", self.zero(result, "D", 0.04), "en") is None
        assert fill("{asset_density:.2f}", self.zero(result, "D", 0.04), "en") == "0.04"

    def test_other_numbers_are_said_at_any_grade(self, result):
        assert fill("{asset_density:.1f}", self.zero(result, "D", 2.0), "en") == "2.0"
        assert fill("{asset_density.n}", self.zero(result, "D"), "en") == "3"

    def test_a_box_says_none_found_and_not_zero(self, result):
        rows = result.indicators.copy()
        rows.loc[rows["id"] == "protected_share", ["value", "grade"]] = [0.0, "D"]
        sheet = plotters.draw_map(
            dataclasses.replace(result, indicators=rows), "pillar-1-biodiversity", languages=["en"]
        )
        said = words(sheet)
        assert "natural and protected (none found)" in said
        assert "0.0 %" not in said

    @pytest.mark.parametrize(
        "name", ["maps.toml", "text.toml", *(f"indicators/{topic}.toml" for topic in TOPICS)]
    )
    def test_no_text_of_the_package_claims_an_absence(self, name):
        def texts(value):
            if isinstance(value, dict):
                return [text for inner in value.values() for text in texts(inner)]
            if isinstance(value, list):
                return [text for inner in value for text in texts(inner)]
            return [value] if isinstance(value, str) else []

        claim = re.compile(
            r"desert|désert|ทะเลทราย|\b(no|without) (culture|museums|places)\b|lacks?\b", re.I
        )
        assert [text for text in texts(read_toml(resource_path(name))) if claim.search(text)] == []
