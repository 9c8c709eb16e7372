"""Signs inside markers: their shapes, their ink, and where maps, lists and charts draw them."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
import shapely
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from pydantic import ValidationError

from creative_spatial.plotters import draw_map, load_maps, plot_event_calendar, plot_features
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.points import EXAMPLE_SIZE
from creative_spatial.plotters.signs import Signed, add_signs, room_in, sign_ink, sign_shapes
from creative_spatial.plotters.specs import LayerSpec
from creative_spatial.plotters.symbols import classify
from creative_spatial.taxonomy import Taxonomy
from creative_spatial.taxonomy.signs import SIGNS

MAP = "pillar-2-culture"
LEGEND = Taxonomy.load().legends["community"]
MARKERS = sorted(
    {entry.marker for legend in Taxonomy.load().legends.values() for entry in legend.values()}
)
DRAWN = [sign for sign in SIGNS if sign != "none"]


def place(make, name, concept, x, y, **extra):
    return ("", name, concept, shapely.Point(make.at(x, y)), extra)


def sheet_of(make, *rows):
    return draw_map(make.result({"culture": make.layer(rows)}), MAP, languages=["en"])


def signed(artists):
    """Signs and colors of what bears one."""
    return {
        (effect.sign, effect.ink)
        for artist in artists for effect in artist.get_path_effects() or () if isinstance(effect, Signed)
    }  # fmt: skip


def test_every_sign_has_a_shape():
    assert set(sign_shapes()) == set(SIGNS)
    assert {sign for sign, shape in sign_shapes().items() if shape.is_empty} == {"none"}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(DRAWN, 2)))
def test_signs_do_not_cover_one_another(one, other):
    """Two fifths of the ink of both is where only one of them is: also blurred they stay two."""
    a, b = sign_shapes()[one], sign_shapes()[other]
    assert a.symmetric_difference(b).area > 0.4 * a.union(b).area


@pytest.mark.parametrize("sign", DRAWN)
def test_the_smallest_part_of_a_sign_is_printed(sign):
    """At 300 dpi and a marker of full size, no stroke and no gap is finer than two dots."""
    dot_mm = 25.4 / cartography().page.dpi
    scale = room_in("o")[2] * cartography().points.largest_mm
    shape = shapely.transform(sign_shapes()[sign], lambda xy: xy * scale)
    assert not shape.buffer(-0.99 * dot_mm).is_empty
    holes = [shapely.Polygon(hole) for part in shapely.get_parts(shape) for hole in part.interiors]
    assert all(not hole.buffer(-0.99 * dot_mm).is_empty for hole in holes)


@pytest.mark.parametrize("marker", MARKERS)
def test_a_sign_lies_inside_its_marker(marker):
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform()).to_polygons()[0]
    x, y, radius = room_in(marker)
    assert shapely.Polygon(outline).contains(shapely.Point(x, y).buffer(0.99 * radius))


def test_the_room_in_a_triangle_is_its_incircle():
    # Base 1, height 1, standing at y = -0.5: r = 2 A / p = 1 / (1 + sqrt(5)) = 0.309.
    x, y, radius = room_in("^")
    assert (x, y) == pytest.approx((0, 0.309 - 0.5), abs=1e-3)
    assert radius == pytest.approx(0.95 * 0.309, abs=1e-3)


@pytest.mark.parametrize("key", sorted(LEGEND))
def test_the_ink_stands_out_by_three_to_one_filled_and_hollow(key):
    def light(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot((0.2126, 0.7152, 0.0722), linear)) + 0.05

    color = LEGEND[key].color
    for ground, ink in (
        (color, sign_ink(color, hollow=False)),
        ("#FFFFFF", sign_ink(color, hollow=True)),
    ):
        if not (ground == "#FFFFFF" and key == "unknown"):
            assert max(light(ground), light(ink)) / min(light(ground), light(ink)) >= 3


@pytest.mark.parametrize("kind", ["scatter", "line"])
@pytest.mark.parametrize("marker", MARKERS)
def test_a_sign_is_seen_in_the_middle_of_the_room_and_nowhere_else(kind, marker):
    figure = plt.figure(figsize=(2, 2), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(-1, 1), ylim=(-1, 1))
    ax.set_axis_off()
    # 72 points wide: 100 pixels, so that 0.01 of a width is a pixel.
    if kind == "scatter":
        mark = ax.scatter([0], [0], s=72**2, marker=marker, facecolors="#E69F00", linewidths=0)
    else:
        (mark,) = ax.plot(
            [0],
            [0],
            marker=marker,
            markersize=72,
            color="#E69F00",
            markeredgewidth=0,
            linestyle="none",
        )
    mark.set_path_effects([Signed("bar", marker, "#000000", scaled=kind == "line")])
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
    plt.close(figure)
    rows, columns = np.nonzero(pixels.sum(axis=2) < 60)
    x, y, radius = room_in(marker)
    assert columns.mean() == pytest.approx(99.5 + 100 * x, abs=1)
    assert rows.mean() == pytest.approx(99.5 - 100 * y, abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(2 * radius * 100, abs=2)
    assert np.ptp(rows) + 1 == pytest.approx(2 * 0.27 * radius * 100, abs=2)


def test_what_lies_over_a_marker_hides_its_sign_too():
    figure = plt.figure(figsize=(2, 2), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(-1, 1), ylim=(-1, 1))
    mark = ax.scatter([0, 0], [0, 0], s=[40**2, 60**2], facecolors="#E69F00", linewidths=0)
    mark.set_path_effects([Signed("none", "o", "#000000")])
    below = ax.scatter([0], [0], s=40**2, facecolors="#E69F00", linewidths=0, zorder=0)
    below.set_path_effects([Signed("dot", "o", "#000000")])
    ax.set_axis_off()
    figure.canvas.draw()
    assert np.asarray(figure.canvas.buffer_rgba())[100, 100, 0] == 0xE6
    plt.close(figure)


def test_the_map_and_its_legend_bear_the_sign_of_the_community(make):
    sheet = sheet_of(
        make,
        place(make, "Wat", "wat", 900, 2200),
        place(make, "Mosque", "mosque", 700, 2800),
        place(make, "Shrine", "chinese_shrine", 1500, 3000, confidence="reported"),
        place(make, "Museum", "museum", 1500, 900, community="civic"),
        place(make, "House", "museum", 2500, 900),
    )
    wanted = {
        "buddhist": ("dot", sign_ink("#E69F00", hollow=False)),
        "muslim": ("bar", sign_ink("#009E73", hollow=False)),
    }
    assert signed(sheet.map.collections) >= set(wanted.values())
    assert ("pillar", sign_ink("#D55E00", hollow=True)) in signed(sheet.map.collections)
    assert {sign for sign, _ in signed(sheet.map.collections)} <= {"dot", "bar", "pillar", "none"}
    legend = signed(it for it in sheet.page.lines if isinstance(it, Line2D))
    assert legend == {*wanted.values(), ("pillar", sign_ink("#D55E00", hollow=False))}


def test_the_list_of_numbers_says_the_community_of_each(make):
    sheet = sheet_of(
        make,
        place(make, "Rice", "local_restaurant", 900, 2200, community="muslim"),
        place(make, "Ice", "local_restaurant", 900, 3200),
    )
    beside = [line for line in sheet.page.lines if signed([line])]
    ((sign, _),) = {effect for line in beside for effect in signed([line])}
    assert sign == "bar"
    assert len(beside) == 2  # in the legend, and beside one of the two numbers


def test_a_soft_disc_bears_pale_signs_and_none_in_its_middle(make):
    spot = make.at(2000, 2500)
    sheet = sheet_of(make, place(make, "Wat", "wat", 2000, 2500, uncertainty_m=300.0))
    (pale,) = [c for c in sheet.map.collections if c.get_gid() == "sign:dot"]
    offsets = np.asarray(pale.get_offsets())
    assert len(offsets) == 3
    assert np.allclose(offsets.mean(axis=0), spot)
    assert np.allclose(np.hypot(*(offsets - spot).T), 0.55 * 300)
    assert pale.get_alpha() < 0.5


def test_where_the_shape_says_the_group_there_is_no_sign(make):
    sheet = draw_map(make.result(), "pillar-3-community", languages=["en"])
    assert not {sign for sign, _ in signed(sheet.map.collections)} - {"none"}
    assert not signed(sheet.page.lines)


def test_features_in_a_notebook_bear_signs_and_their_legend_too(make):
    rows = make.layer(
        [place(make, "Wat", "wat", 900, 2200), place(make, "Mosque", "mosque", 700, 2800)]
    )
    ax = plot_features(rows, make.area(), hue="community")
    wanted = {
        (s, sign_ink(LEGEND[k].color, hollow=False))
        for k, s in (("buddhist", "dot"), ("muslim", "bar"))
    }
    assert signed(ax.collections) == wanted
    assert signed(ax.get_legend().legend_handles) == wanted
    plt.close(ax.figure)


def test_events_bear_the_sign_in_each_of_their_months(make):
    rows = make.layer(
        [place(make, "Feast", "religious_festival", 900, 2200, community="muslim", months="3;10")]
    )
    ax = plot_event_calendar(rows)
    (signs,) = [c for c in ax.child_axes[0].collections if str(c.get_gid()).startswith("sign")]
    assert signs.get_gid() == "sign:bar"
    assert np.asarray(signs.get_offsets()).tolist() == [[3, 0], [10, 0]]
    plt.close(ax.figure)


def test_a_column_of_the_citys_own_has_hues_shapes_and_signs_apart_from_the_legends(make):
    rows = make.layer([
        place(make, f"P{i}", "museum", 900, 900 + 100 * i, community=key)
        for i, key in enumerate(["chinese", "muslim", "parsi", "tamil"])
    ])  # fmt: skip
    legend = classify(rows, "community", Taxonomy.load()).legend
    own = [legend[key] for key in ("parsi", "tamil")]
    assert {entry.color for entry in own}.isdisjoint({entry.color for entry in LEGEND.values()})
    assert [entry.sign for entry in own] == ["backslash", "ring"]
    plain = classify(rows.assign(ward=list("abcd")), "ward", Taxonomy.load()).legend.values()
    for look in ("color", "marker", "sign"):
        assert len({getattr(entry, look) for entry in plain}) == 4


def test_more_groups_of_points_than_signs_are_refused():
    with pytest.raises(
        ValidationError, match=r"at most 10 groups of points apart .* `max_classes` is 11"
    ):
        LayerSpec(layer="culture", hue="ward", max_classes=11)
    assert LayerSpec(layer="culture", hue="ward", max_classes=10)
    assert LayerSpec(layer="zones", draw="area", hue="ward", max_classes=11)


def test_ten_groups_and_the_rest_bear_ten_signs(make):
    spec = next(it for it in load_maps()[MAP].layers if it.draw == "point")
    spec = spec.model_copy(
        update={"hue": "ward", "shape": None, "numbered": None, "max_classes": 10}
    )
    rows = [place(make, f"P{i}", "museum", 300 + 150 * i, 2500, ward=f"w{i:02}") for i in range(14)]
    result = make.result({"culture": make.layer(rows)})
    own = load_maps()[MAP].model_copy(update={"layers": (spec,), "labels": (), "inset": None})
    sheet = draw_map(result, own, languages=["en"])
    assert len({sign for sign, _ in signed(sheet.map.collections)} | {"none"}) == 10


def test_signs_of_none_draw_nothing():
    figure, ax = plt.subplots()
    add_signs(ax, np.zeros((1, 2)), "none", "#000000", np.ones(1))
    add_signs(ax, np.zeros((0, 2)), "dot", "#000000", np.ones(0))
    assert not [c for c in ax.collections if isinstance(c, PathCollection)]
    plt.close(figure)


def test_an_example_is_large_enough_for_its_sign():
    """The room of the smallest common marker, an example's triangle, is four dots of 300 dpi across."""
    width = EXAMPLE_SIZE * 0.72 * cartography().points.largest_mm
    assert 2 * room_in("^")[2] * width >= 4 * 25.4 / cartography().page.dpi
