"""Whatever lines of a legend stand for is told apart by everyone, and in print without color."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import matplotlib.pyplot as plt
import pytest
import shapely
from sights import mistaken

from creative_spatial.plotters import load_charts, load_maps
from creative_spatial.plotters.canvas import ready_axes
from creative_spatial.plotters.charts.sheet import chart_of
from creative_spatial.plotters.content import draw_content
from creative_spatial.plotters.evidence import with_evidence
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem
from creative_spatial.plotters.maps import held_area
from creative_spatial.plotters.row_sheets import sheets_of_rows

MAPS = load_maps()
# Of the group legend, what a map draws as points and as outlines, never as zones.
NO_ZONES = {"site", "protected"}
DIMENSION = {"area": 0, "outline": 0, "line": 1, "point": 2, "number": 2}


def legend_of(result, spec):
    """The legend of a map without names and inset, which bear nothing of their own."""
    spec = spec.model_copy(update={"labels": (), "inset": None})
    result = with_evidence(result, spec)
    held = held_area(result, spec)
    ax = ready_axes(None, result.area, held)
    content = draw_content(
        ax, result, spec, frame_of(ax, result.area.crs), result.area.languages, held=held
    )
    plt.close(ax.figure)
    return content.legend


@pytest.mark.parametrize("map_id", MAPS)
def test_no_sight_mistakes_a_line_of_the_samples_maps(sample_result, map_id):
    sheets = sheets_of_rows({map_id: MAPS[map_id]}, sample_result.layers)
    assert sheets
    for spec in sheets.values():
        legend = legend_of(sample_result, spec)
        assert sum(len(group.items) for group in legend) > 2
        assert mistaken(legend) == []


@pytest.mark.parametrize("map_id", MAPS)
def test_nor_where_everything_that_a_map_explains_is_there(make, map_id):
    """Every layer of the map at once, and of its hue every class that the taxonomy has."""
    plain = make.result()
    spec = MAPS[map_id]
    shapes = [
        make.polygon((500, 500), (900, 500), (900, 900)),
        shapely.LineString([make.at(500, 900), make.at(900, 1300)]),
        shapely.Point(make.at(1500, 1500)),
    ]
    layers, shown = {}, []
    for at, it in enumerate(spec.layers):
        columns = [column for column in (it.hue, it.shape) if column]
        classes = {
            c: [
                k
                for k, e in plain.taxonomy.legends[c].items()
                if not e.part_of and k not in NO_ZONES
            ]
            for c in columns
        }
        count = max([len(keys) for keys in classes.values()] or [1])
        rows = gpd.GeoDataFrame(
            {c: [keys[i % len(keys)] for i in range(count)] for c, keys in classes.items()},
            geometry=[shapes[DIMENSION[it.draw]]] * count, crs=make.crs,
            index=[f"{at}:{i}" for i in range(count)],
        )  # fmt: skip
        layers[f"of-{at}"] = rows.assign(name=f"Layer {at}")
        shown.append(it.model_copy(update={"layer": f"of-{at}", "where": {}, "max_classes": 99}))
    whole = spec.model_copy(update={"layers": tuple(shown), "panels": None})
    legend = legend_of(make.result(layers), whole)
    assert mistaken(legend) == []
    titled = [it for it in shown if it.hue is None and it.title]
    said = {item.labels.get("en") for group in legend for item in group.items}
    assert {it.title["en"] for it in titled if it.draw != "number"} <= said


@pytest.mark.parametrize("chart_id", load_charts())
def test_no_sight_mistakes_a_line_of_the_samples_charts(sample_result, chart_id):
    legend = chart_of(sample_result, load_charts()[chart_id]).legend
    assert legend
    # Each group is a column of its own.
    assert [pair for group in legend for pair in mistaken([group])] == []


def test_communities_need_their_signs_in_print_without_color(sample_result):
    """What the test of the maps would say without them: eight pairs, in grey and only there."""
    (hues,) = [
        group for group in legend_of(sample_result, MAPS["pillar-2-culture"])
        if group.title.get("en") == "Community"
    ]  # fmt: skip
    bare = [LegendGroup({}, tuple(replace(item, sign="none") for item in hues.items))]
    lost = mistaken(bare)
    assert {sight for sight, *_ in lost} == {"grey"}
    assert ("grey", "Buddhist", "Shared by several") in lost
    assert mistaken([hues]) == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        # L* of #767676 is 49.6 and of #808080 53.6 (sRGB, D65).
        ({"color": "#767676"}, {"color": "#808080"}, True),
        ({"color": "#000000"}, {"color": "#808080"}, False),
        ({"color": "#767676"}, {"color": "#808080", "hatch": "//"}, False),
        ({"color": "#767676", "kind": "line"}, {"color": "#808080", "kind": "line"}, True),
        ({"color": "#767676", "kind": "line"}, {"color": "#808080", "kind": "line", "dashes": ":"}, False),
        ({"color": "#767676", "kind": "line"}, {"color": "#808080", "kind": "line", "width_mm": 0.9}, False),
        ({"color": "#767676", "kind": "marker"}, {"color": "#808080", "kind": "marker", "sign": "dot"}, False),
        ({"color": "#767676", "kind": "marker"}, {"color": "#808080", "kind": "marker", "hollow": True}, False),
        ({"color": "#767676", "kind": "number", "marker": "1"}, {"color": "#767676", "kind": "number", "marker": "2"}, False),
    ],
)  # fmt: skip
def test_the_question_itself_is_answered_right(one, other, found):
    items = [LegendItem(**{"kind": "fill", "labels": {"en": key}, **it}) for key, it in zip("ab", (one, other), strict=True)]  # fmt: skip
    assert bool(mistaken([LegendGroup({}, tuple(items))])) == found
