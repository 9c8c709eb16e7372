"""Maps on Axes: from plain GeoDataFrames and from a result, never shown or saved."""

from __future__ import annotations

import dataclasses
import itertools

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from creative_spatial import plotters
from creative_spatial.errors import ConfigError, CRSError, DataQualityWarning


@pytest.fixture
def ax():
    return Figure(figsize=(6, 6), dpi=80).add_subplot()


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_features_take_colours_and_labels_from_the_taxonomy(result, ax):
    returned = plotters.plot_features(result.layers["culture"], result.area, hue="community", ax=ax)
    assert returned is ax
    assert {"Buddhist", "Muslim, Malay", "Chinese"} <= set(legend_of(ax))


def test_the_language_of_the_legend_is_chosen(result, ax):
    plotters.plot_features(
        result.layers["culture"], result.area, hue="community", language="th", ax=ax
    )
    assert "พุทธ" in legend_of(ax)
    assert ax.get_legend().get_texts()[0].get_fontfamily()[0] == "Sarabun"


def test_a_plain_table_needs_no_taxonomy_columns(result, make, ax):
    table = gpd.GeoDataFrame(
        {"ward": ["x", "y", None]}, crs=make.crs,
        geometry=[shapely.Point(make.at(500, 500)), shapely.LineString([make.at(0, 0), make.at(900, 900)]), make.polygon((0, 0), (900, 0), (900, 900))],
    )  # fmt: skip
    plotters.plot_features(table, result.area, hue="ward", ax=ax)
    assert {"x", "y", "not known"} == set(legend_of(ax))


def test_an_empty_layer_gives_an_axes_with_the_areas_limits(result, make, ax):
    plotters.plot_features(make.empty(), result.area, ax=ax)
    x0, y0, x1, y1 = result.area.primary.bounds
    assert ax.get_xlim()[0] < x0 < x1 < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < y0 < y1 < ax.get_ylim()[1]


def test_another_crs_is_refused(result, ax):
    with pytest.raises(CRSError, match="`features` is in EPSG:4326, expected EPSG:32647"):
        plotters.plot_features(result.layers["culture"].to_crs(4326), result.area, ax=ax)


def test_layers_drawn_one_after_another_share_limits_and_arguments_stay_as_they_were(result, ax):
    culture = result.layers["culture"].copy()
    plotters.plot_background(result, result.area, ax=ax)
    limits = ax.get_xlim()
    plotters.plot_zones(result.layers["zones"], result.area, ax=ax)
    plotters.plot_features(culture, result.area, ax=ax)
    assert ax.get_xlim() == limits
    pd.testing.assert_frame_equal(pd.DataFrame(culture), pd.DataFrame(result.layers["culture"]))


def test_one_scale_in_both_directions(result, ax):
    plotters.plot_zones(result.layers["zones"], result.area, ax=ax)
    box = ax.get_window_extent()
    across = (ax.get_xlim()[1] - ax.get_xlim()[0]) / box.width
    up = (ax.get_ylim()[1] - ax.get_ylim()[0]) / box.height
    assert across == pytest.approx(up, rel=1e-3)


def test_the_background_takes_the_sea_of_an_extract(result, ax):
    water = result.layers["water"]
    layers = {"sea": water[water["kind"] == "sea"], "water": water[water["kind"] != "sea"]}
    plotters.plot_background(layers, result.area, ax=ax)
    plain = Figure(figsize=(6, 6), dpi=80).add_subplot()
    plotters.plot_background(result, result.area, ax=plain)
    assert len(ax.collections) >= 3


def test_values_are_classed_and_null_is_named(result, ax):
    values = pd.Series(
        np.arange(len(result.area.units), dtype=float), index=result.area.units.index
    )
    values.iloc[:3] = np.nan
    plotters.plot_values(values, result.area, k=4, decimals=0, label="Assets per km²", ax=ax)
    said = legend_of(ax)
    assert len(said) == 5
    assert said[0].startswith("3 – ")
    assert said[-1] == "No data"
    assert ax.get_legend().get_title().get_text() == "Assets per km²"


@pytest.mark.parametrize("same", [0.0, np.nan])
def test_values_that_are_all_equal_or_all_null(result, ax, same):
    plotters.plot_values(pd.Series(same, index=result.area.units.index), result.area, ax=ax)
    assert legend_of(ax) == (["0.0"] if same == 0 else ["No data"])


def test_values_of_strangers_are_refused(result, ax):
    with pytest.raises(ConfigError, match=r"units that the area has not, e.g. \['moon'\]"):
        plotters.plot_values(pd.Series([1.0], index=["moon"]), result.area, ax=ax)


@pytest.mark.parametrize("language", ["th", "en", None])
def test_a_pillar_has_title_message_and_legend(result, ax, language):
    plotters.plot_pillar(result, "biodiversity", language=language, ax=ax)
    titled = ax.get_title(loc="left")
    assert titled == ("Ecology that feeds the city" if language == "en" else "ระบบนิเวศที่หล่อเลี้ยงเมือง")
    assert any("12.3 %" in text.get_text() for text in ax.texts)


def test_an_unknown_pillar_is_named(result):
    with pytest.raises(
        ConfigError, match="Unknown pillar 'sport'; there are biodiversity, culture, community"
    ):
        plotters.plot_pillar(result, "sport")


def test_without_an_axes_one_is_made_and_settings_stay(result):
    mpl.use("agg")
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    ax = plotters.plot_overview(result, language="en")
    assert isinstance(ax, Axes)
    assert dict(mpl.rcParams) == before
    plt.close(ax.figure)


def foot_of(ax):
    """What stands below a map: the illustrative mark, and the credits."""
    said = {text.get_gid(): text.get_text().replace("\n", " ") for text in ax.texts}
    return said["illustrative"], said["credits"]


OSM = "© OpenStreetMap contributors (ODbL-1.0, 2026-01-02)"
HALL = "City hall (CC-BY-4.0, 2025-06-30)"
FROM_A_RESULT = {
    "pillar": lambda result, ax: plotters.plot_pillar(result, "community", language="en", ax=ax),
    "overview": lambda result, ax: plotters.plot_overview(result, language="en", ax=ax),
    "background": lambda result, ax: plotters.plot_background(result, result.area, ax=ax),
}


@pytest.mark.parametrize("what", FROM_A_RESULT)
def test_a_map_of_a_result_credits_its_sources_and_says_what_is_illustrative(result, ax, what):
    FROM_A_RESULT[what](result, ax)
    warning, said = foot_of(ax)
    assert said.startswith("Sources: ")
    assert OSM in said
    assert HALL in said
    assert warning.startswith("Illustrative: ")


def test_plain_layers_credit_what_their_columns_say(result, ax):
    culture = result.layers["culture"]
    plotters.plot_features(culture, result.area, ax=ax)
    assert foot_of(ax) == ("", "Sources: hall; © OpenStreetMap contributors (ODbL-1.0).")


def test_sources_word_the_credits_of_plain_layers(result, ax):
    plotters.plot_zones(result.layers["zones"], result.area, sources=result.sources, ax=ax)
    assert foot_of(ax) == ("", f"Sources: {HALL}.")


def test_plain_layers_that_are_illustrative_say_so(result, ax):
    plotters.plot_features(result.layers["community"], result.area, ax=ax)
    assert foot_of(ax)[0] == "Illustrative: some of what is shown is invented, not evidence."


def test_layers_drawn_one_after_another_are_all_credited_once(result, ax):
    plotters.plot_background(result, result.area, ax=ax)
    plotters.plot_features(
        result.layers["community"], result.area, sources=result.sources, language="en", ax=ax
    )
    assert sum(text.get_gid() == "credits" for text in ax.texts) == 1
    said = foot_of(ax)[1]
    assert said.count(HALL) == 1
    assert OSM in said


def test_clearing_an_axes_clears_its_credits(result, ax):
    plotters.plot_background(result, result.area, ax=ax)
    ax.clear()
    plotters.plot_zones(result.layers["zones"], result.area, sources=result.sources, ax=ax)
    assert foot_of(ax) == ("", f"Sources: {HALL}.")


def own_figure(result):
    mpl.use("agg")
    return plotters.plot_pillar(result, "culture", language="th")


def given_axes(result):
    figure = Figure(figsize=(7, 6), dpi=100)
    return plotters.plot_pillar(result, "culture", language="th", ax=figure.add_subplot())


def constrained(result):
    figure = Figure(figsize=(12, 6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    plotters.plot_pillar(result, "biodiversity", language="en", ax=right)
    return plotters.plot_pillar(result, "culture", language="th", ax=left)


@pytest.mark.parametrize("way", [own_figure, given_axes, constrained])
def test_title_legend_and_foot_stay_on_the_figure_and_off_one_another(result, way):
    many = make_wordy(result)
    figure = way(many).figure
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = []
    for ax in figure.axes:
        parts = [
            ax.get_legend(),
            *(text for text in ax.texts if text.get_gid() in {"credits", "illustrative"}),
        ]
        boxes += [part.get_window_extent() for part in parts]
        boxes.append(ax.get_window_extent())
    for box in boxes:
        assert box.x0 >= page.x0
        assert box.y0 >= page.y0
        assert box.x1 <= page.x1
        assert box.y1 <= page.y1
    for a, b in itertools.combinations(boxes, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(wide, high) <= 1.0, (a, b)


def make_wordy(result):
    """The same result with an attribution of several lines."""
    long = dataclasses.replace(
        result.sources["hall"], attribution="Register of places, department of culture, " * 8
    )
    return dataclasses.replace(result, sources={**result.sources, "hall": long})


def own_map(map_id, title, **more):
    return plotters.MapSpec.model_validate({
        "id": map_id, "title": {"en": title}, "reference": "own", "message": [{"en": "Ours."}], **more,
    })  # fmt: skip


def test_a_citys_own_maps_replace_the_packages(result):
    maps = {
        **plotters.load_maps(),
        "overview": own_map("overview", "Our overview"),
        "pillar-2-culture": own_map("pillar-2-culture", "Our culture", pillar="culture"),
    }
    own = dataclasses.replace(result, maps=maps)
    axes = Figure().subplots(1, 2)
    plotters.plot_overview(own, language="en", ax=axes[0])
    plotters.plot_pillar(own, "culture", language="en", ax=axes[1])
    assert [ax.get_title(loc="left") for ax in axes] == ["Our overview", "Our culture"]


@pytest.mark.parametrize("code", ["xx", "english", "EN", "q1"])
def test_a_language_that_is_none_is_refused_naming_those_there_are(result, ax, code):
    layer, area = result.layers["zones"], result.area
    for draw in (
        lambda: plotters.plot_features(layer, area, language=code, ax=ax),
        lambda: plotters.plot_zones(layer, area, language=code, ax=ax),
        lambda: plotters.plot_background(result, area, language=code, ax=ax),
        lambda: plotters.plot_values(
            pd.Series(1.0, index=area.units.index), area, language=code, ax=ax
        ),
        lambda: plotters.draw_map(result, "overview", languages=[code]),
        lambda: plotters.plot_pillar(result, "culture", language=code, ax=ax),
    ):
        with pytest.raises(ConfigError, match=r"Unknown language .*; the sheets speak th, en, fr"):
            draw()


def test_a_language_without_words_is_warned_of_once_and_its_names_are_drawn(make, ax):
    rows = [("วัด", "Temple", "wat", shapely.Point(make.at(2000, 2000)), {"name:es": "Templo"})]
    result = make.result({"culture": make.layer(rows)})
    with pytest.warns(DataQualityWarning, match="no words in 'es' yet; English words are used"):
        plotters.plot_pillar(result, "culture", language="es", ax=ax)
    assert "Templo" in {text.get_text() for text in ax.texts}
    assert ax.get_title(loc="left") == "Communities and their places"
    plotters.plot_pillar(result, "culture", language="es", ax=Figure().add_subplot())


def test_a_language_of_three_letters_may_have_names(result, ax):
    with pytest.warns(DataQualityWarning, match="no words in 'mfa'"):
        plotters.plot_pillar(result, "culture", language="mfa", ax=ax)


def by_unit(result, values, **columns):
    """The result with rows of an indicator by unit."""
    return pd.DataFrame({
        "id": "green", "title": "Green share", "unit": "%", "level": "unit", "boundary": "town",
        "unit_id": result.area.units.index, "value": values, "category": None, "sources": "hall", **columns,
    })  # fmt: skip


def with_rows(result, *tables):
    return dataclasses.replace(result, indicators=pd.concat([result.indicators, *tables]))


def test_values_come_from_a_result_by_the_id_of_an_indicator(result, ax):
    values = np.arange(len(result.area.units), dtype=float)
    plotters.plot_values(with_rows(result, by_unit(result, values)), "green", ax=ax)
    assert ax.get_legend().get_title().get_text() == "Green share, %"
    assert HALL in foot_of(ax)[1]
    plain = Figure(figsize=(6, 6), dpi=80).add_subplot()
    plotters.plot_values(pd.Series(values, index=result.area.units.index), result.area, ax=plain)
    assert legend_of(ax) == legend_of(plain)


def test_values_of_a_category_are_chosen_and_must_be(result, ax):
    own = with_rows(
        result, by_unit(result, 1.0, category="q0"), by_unit(result, 7.0, category="q1")
    )
    plotters.plot_values(own, "green", category="q1", ax=ax)
    assert legend_of(ax) == ["7.0"]
    for wrong in (None, "q9"):
        with pytest.raises(ConfigError, match="'green' has the categories q0, q1"):
            plotters.plot_values(own, "green", category=wrong, ax=ax)


def test_an_indicator_without_values_by_unit_is_named(result):
    own = with_rows(result, by_unit(result, 1.0))
    with pytest.raises(ConfigError, match="no values by unit for indicator 'red'; there are green"):
        plotters.plot_values(own, "red")


def test_swapped_arguments_are_told_so(result):
    values = pd.Series(1.0, index=result.area.units.index)
    with pytest.raises(ConfigError, match="found a StudyArea and a Series; the two are swapped"):
        plotters.plot_values(result.area, values)
    with pytest.raises(ConfigError, match="found a str and a Result; the two are swapped"):
        plotters.plot_values("green", result)
    with pytest.raises(ConfigError, match="id of one of its indicators second, not a StudyArea"):
        plotters.plot_values(result, result.area)
    with pytest.raises(ConfigError, match="`category` goes with a Result"):
        plotters.plot_values(values, result.area, category="q0")
