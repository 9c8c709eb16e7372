"""Maps on Axes: from plain GeoDataFrames and from a result, never shown or saved."""

from __future__ import annotations

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from creative_spatial import plotters
from creative_spatial.errors import ConfigError, CRSError


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
