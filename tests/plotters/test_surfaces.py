"""Surfaces and small multiples on Axes, never shown or saved."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import shapely
from affine import Affine
from matplotlib.figure import Figure
from matplotlib.text import Text
from sights import APART, DEFICIENCIES, SIGHTS, distance

from creative_spatial.errors import ConfigError, CRSError
from creative_spatial.plotters import plot_small_multiples, plot_surface
from creative_spatial.provenance import Source
from creative_spatial.raster import Raster

PLACE = Affine(500, 0, 675_500, 0, -500, 801_000)


def axes():
    return Figure(figsize=(6, 6), dpi=80).add_subplot()


def surface(area, values, **options):
    return Raster(np.array(values), PLACE, area.crs, "made", **options)


def words(ax):
    return [item.get_text() for item in ax.figure.findobj(Text) if item.get_text().strip()]


class TestSurface:
    def test_a_density_begins_at_zero_and_what_is_no_data_is_not_drawn(self, result):
        values = [[1.0, 2.0], [np.nan, 4.0]]
        (image,) = plot_surface(surface(result.area, values), result.area, ax=axes()).images
        assert image.get_clim() == (0.0, 4.0)
        assert image.get_array().mask.tolist() == [[False, False], [True, False]]
        assert image.get_extent() == [675_500, 676_500, 800_000, 801_000]

    def test_values_on_both_sides_of_zero_part_there_in_two_hues(self, result):
        (image,) = plot_surface(
            surface(result.area, [[-1.0, 0.0, 3.0]]), result.area, ax=axes()
        ).images
        assert image.get_clim() == (-3.0, 3.0)
        middle = image.cmap(image.norm(0.0))[:3]
        assert min(middle) > 0.9  # neither more nor less is nearly white
        low, high = image.cmap(image.norm(-3.0)), image.cmap(image.norm(3.0))
        assert low[2] > low[1] > low[0] or low[2] > low[0] > low[1]  # violet
        assert high[0] > high[1] > high[2]  # orange to brown

    def test_the_center_and_the_limit_are_chosen(self, result):
        given = surface(result.area, [[1.0, 2.0, 9.0]])
        (image,) = plot_surface(given, result.area, center=2.0, limit=1.0, ax=axes()).images
        assert image.get_clim() == (1.0, 3.0)

    def test_the_scale_says_what_and_how_much_in_the_language(self, result):
        ax = plot_surface(
            surface(result.area, [[0.0, 8.0]]),
            result.area,
            label="ต่อเฮกตาร์",
            language="fr",
            ax=axes(),
        )
        assert {"ต่อเฮกตาร์", "0,0", "2,0", "8,0"} <= set(words(ax))

    @pytest.mark.parametrize("values", [[[np.nan]], [[0.0]], [[5.0]]])
    def test_nothing_known_all_zero_and_all_equal(self, result, values):
        ax = plot_surface(surface(result.area, values), result.area, ax=axes())
        assert len(ax.child_axes) == (0 if np.isnan(values[0][0]) else 1)
        low, high = ax.images[0].get_clim()
        assert low < high

    def test_whole_numbers_with_a_value_for_no_data(self, result):
        given = surface(result.area, [[1, 255]], nodata=255)
        assert plot_surface(given, result.area, ax=axes()).images[0].get_clim() == (0.0, 1.0)

    def test_another_crs_is_refused(self, result):
        given = Raster(np.ones((1, 1)), PLACE, "EPSG:32648", "made")
        with pytest.raises(CRSError, match="`surface` is in EPSG:32648, expected EPSG:32647"):
            plot_surface(given, result.area, ax=axes())

    def test_it_is_credited_and_says_when_it_is_illustrative(self, result):
        made = Source(
            "made", "Drawn surface", "CC0-1.0", "Drawn by hand", None, accuracy="illustrative"
        )
        ax = plot_surface(
            surface(result.area, [[1.0]]), result.area, sources={"made": made}, ax=axes()
        )
        said = " ".join(words(ax))
        assert "Drawn by hand (CC0-1.0)" in said
        assert "invented" in said

    @pytest.mark.parametrize("name", ["YlGnBu", "PuOr_r"])
    def test_the_color_maps_tell_apart_in_every_sight(self, name):
        colors = [mpl.colors.to_hex(mpl.colormaps[name](share)) for share in (0.0, 0.5, 1.0)]
        for matrix in (SIGHTS["normal"], *DEFICIENCIES.values()):
            assert (
                min(
                    distance(a, b, matrix)
                    for a, b in zip(colors, [*colors[1:], colors[0]], strict=True)
                )
                >= APART
            )


class TestSmallMultiples:
    def test_a_plain_table_has_a_panel_for_each_value(self, result, make):
        looms = make.layer([("", "", "weaving_group", shapely.Point(make.at(900, 900 + 90 * i)), {"material": m})
                            for i, m in enumerate(["silk", "cotton", "silk"])])  # fmt: skip
        panels = plot_small_multiples(looms, result.area, by="material")
        assert [ax.get_title(loc="left") for ax in panels] == ["cotton: 1", "silk: 2"]
        assert len({ax.get_xlim() for ax in panels}) == 1

    def test_a_result_gives_its_own_map(self, result):
        panels = plot_small_multiples(result, "fields", language="th")
        assert panels[0].get_title(loc="left").startswith("หัตถกรรมและศิลปะพื้นบ้าน: ")
        assert len(panels) == 8
        assert "invented" not in words(panels[0])
        assert any("City hall (CC-BY-4.0" in text for text in words(panels[0]))

    def test_axes_are_taken_and_those_too_many_left_empty(self, result, make):
        looms = make.layer(
            [("", "", "weaving_group", shapely.Point(make.at(900, 900)), {"material": "silk"})]
        )
        given = Figure(figsize=(6, 3)).subplots(1, 2)
        panels = plot_small_multiples(looms, result.area, by="material", axes=given)
        assert panels.tolist() == [given[0]]
        assert not given[1].axison

    def test_too_few_axes_a_map_without_panels_and_swapped_arguments_are_named(self, result):
        with pytest.raises(ConfigError, match="8 classes need as many Axes; there are 1"):
            plot_small_multiples(result, "fields", axes=[axes()])
        with pytest.raises(ConfigError, match="Map 'overview' has no panels"):
            plot_small_multiples(result, "overview")
        with pytest.raises(ConfigError, match="found a StudyArea, a GeoDataFrame and by=None"):
            plot_small_multiples(result.area, result.layers["culture"])
        with pytest.raises(ConfigError, match="takes the id of one of its maps"):
            plot_small_multiples(result, result.area)
