"""Small multiples: one panel a class, in one frame, at one scale, with what is in each."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
import shapely
from matplotlib.text import Text

from creative_spatial.errors import ConfigError
from creative_spatial.plotters import MapSpec, draw_map
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.layout import Panels, lay_out
from creative_spatial.plotters.panels import panels_of

FIELDS = "fields"


def texts(sheet):
    return [item.get_text() for item in sheet.findobj(Text) if item.get_text().strip()]


def places(make, *rows):
    """(concept, x, y, extra) as the culture layer, and nothing else."""
    layer = make.layer([("", f"{c} {i}", c, shapely.Point(make.at(x, y)), extra)
                        for i, (c, x, y, extra) in enumerate(rows)])  # fmt: skip
    return make.result({"culture": layer, "community": make.empty(), "biodiversity": make.empty()})


def spec_of(**options):
    return MapSpec.model_validate({
        "id": "own", "title": {"en": "Own"}, "reference": "test", "message": [{"en": "{panels}"}],
        **options,
    })  # fmt: skip


@pytest.fixture(scope="module")
def sheet(result):
    return draw_map(result, FIELDS)


def test_there_is_a_panel_for_each_field_at_one_scale(sheet, result):
    assert len(sheet.maps) == len(result.taxonomy.fields)
    frames = {round(frame_of(ax, result.area.crs).scale) for ax in sheet.maps}
    assert len(frames) == 1
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in sheet.maps}) == 1
    frame = frame_of(sheet.map, result.area.crs)
    assert frame.polygon.contains(result.area.primary)
    assert f"1:{round(frame.scale):,}" in " ".join(texts(sheet))


def test_panels_stand_clear_of_one_another_and_on_the_page(sheet):
    boxes = [shapely.box(*ax.get_position().extents) for ax in sheet.maps]
    assert shapely.union_all(boxes).area == pytest.approx(sum(box.area for box in boxes))
    assert shapely.box(0, 0, 1, 1).contains(shapely.union_all(boxes))


def test_a_feature_stands_in_every_field_that_it_serves_and_once_in_n(make):
    result = places(
        make,
        ("heritage_building", 900, 900, {}),
        ("cinema", 1500, 900, {}),
        ("cinema", 90_000, 900, {}),
    )
    sheet = draw_map(result, FIELDS, languages=["en"])
    evidence = result.taxonomy.field_evidence()
    served = evidence[evidence["concept"].isin(["heritage_building", "cinema"])]["field"].nunique()
    assert sum(not panel.empty for panel in panels_of(with_layer(result), spec())) == served
    # The cinema far away is outside the frame.
    assert "Places shown (n): 2" in texts(sheet)


def spec():
    from creative_spatial.plotters import load_maps

    return load_maps()[FIELDS]


def with_layer(result):
    from creative_spatial.plotters.evidence import with_evidence

    return with_evidence(result, spec())


def test_counts_are_those_of_the_table_of_the_run(result):
    """By strength, of features inside the primary boundary; the table counts them its own way."""
    from creative_spatial.analysers import field_profile

    area = result.area
    whole = area.boundaries.loc[[area.primary_id]]
    layers = [result.layers[name] for name in ("culture", "community")]
    table = field_profile(layers, result.taxonomy.field_evidence(), whole)
    wanted = table.set_index(["field", "strength"])["value"]
    for panel in panels_of(with_layer(result), spec()):
        counts = [count for _, count in panel.counts]
        assert counts == [wanted[panel.id, s] for s in ("direct", "indirect", "weak")]


def test_land_is_counted_in_no_panel_however_finely_it_is_drawn(make):
    result = places(make, ("local_restaurant", 900, 900, {}))
    land = result.layers["culture"].assign(concept="orchard", pillar="biodiversity")
    result = dataclasses.replace(result, layers={**result.layers, "biodiversity": land})
    filled = {
        panel.id: panel.counts for panel in panels_of(with_layer(result), spec()) if not panel.empty
    }
    assert [count for _, count in filled["gastronomy"]] == [1, 0, 0]


def test_a_place_that_is_no_more_is_evidence_of_no_field(make):
    result = places(
        make, ("cinema", 900, 900, {"status": "disused"}), ("cinema", 1500, 900, {"status": "open"})
    )
    (film,) = [panel for panel in panels_of(with_layer(result), spec()) if not panel.empty]
    assert sum(count for _, count in film.counts) == 1


def test_an_empty_panel_says_so_and_claims_no_absence(make):
    sheet = draw_map(places(make, ("cinema", 900, 900, {})), FIELDS, languages=["en"])
    notes = [t for t in sheet.findobj(Text) if t.get_gid() == "no-evidence"]
    assert len(notes) == 7  # a cinema is evidence of film alone
    said = notes[0].get_text().replace("\n", " ")
    assert said == "No evidence mapped: this does not show that there is none."


def test_markers_are_as_large_in_every_panel(make):
    crowd = [("local_restaurant", 500 + 10 * i, 1000, {}) for i in range(200)]
    sheet = draw_map(places(make, *crowd, ("cinema", 900, 2000, {})), FIELDS, languages=["en"])
    sizes = [
        round(float(c.get_sizes()[0]), 3)
        for ax in sheet.maps for c in ax.collections
        if hasattr(c, "get_sizes") and len(c.get_sizes()) and len(c.get_facecolor())
    ]  # fmt: skip
    assert len(sizes) == 2  # restaurants, and one cinema
    assert len(set(sizes)) == 1


def test_nothing_is_moved_out_of_its_place(make):
    crowd = [("cinema", 500, 1000, {}) for _ in range(9)]
    sheet = draw_map(places(make, *crowd), FIELDS, languages=["en"])
    spots = [
        c.get_offsets() for ax in sheet.maps for c in ax.collections if len(c.get_offsets()) == 9
    ]
    assert spots
    for found in spots:
        assert np.allclose(found, make.at(500, 1000))


def test_the_columns_of_a_legend_make_panels_as_well(make):
    own = spec_of(panels="community", layers=[{"layer": "culture"}])
    result = make.result()
    sheet = draw_map(result, own, languages=["en"])
    said = texts(sheet)
    for entry in result.taxonomy.legends["community"].values():
        assert entry.labels["en"] in said


def test_so_do_the_values_of_any_column(make):
    rows = make.layer([("", w, "museum", shapely.Point(make.at(900, 900 + 9 * i)), {"ward": w})
                       for i, w in enumerate(["<b>", "$x$", "ตลาด"])])  # fmt: skip
    own = spec_of(panels="ward", layers=[{"layer": "culture"}])
    sheet = draw_map(make.result({"culture": rows}), own, languages=["en"])
    assert {"<b>", "$x$", "ตลาด"} <= set(texts(sheet))
    assert "3" in texts(sheet)  # the message
    assert len(sheet.maps) == 3


@pytest.mark.parametrize("count", [0, 31])
def test_a_sheet_bears_thirty_panels_at_most_and_one_at_least(make, count):
    rows = make.layer([("", "", "museum", shapely.Point(make.at(9, 9)), {"ward": f"w{i}"})
                       for i in range(max(count, 1))])  # fmt: skip
    rows = rows if count else rows.drop(columns="ward")
    with pytest.raises(ConfigError, match=rf"each value of 'ward', of which there are {count}"):
        draw_map(
            make.result({"culture": rows}), spec_of(panels="ward", layers=[{"layer": "culture"}])
        )


def test_a_map_of_panels_with_names_of_places_is_refused():
    with pytest.raises(ValueError, match="bears no names of places"):
        spec_of(panels="field", labels=[{"layer": "culture"}])


@pytest.mark.parametrize(("count", "shape", "columns"), [
    (8, (0, 0, 9_000, 9_000), 3), (2, (0, 0, 1_000, 9_000), 2), (2, (0, 0, 9_000, 1_000), 1),
])  # fmt: skip
def test_the_grid_is_that_of_the_largest_scale(count, shape, columns):
    from pyproj import CRS

    held = shapely.box(
        *(value + shift for value, shift in zip(shape, (676_000, 796_000) * 2, strict=True))
    )
    layout = lay_out(
        held, CRS.from_epsg(32647), margin=0.0, orientation="portrait", languages=["en"],
        title={"en": "T"}, message={"en": "M"}, credit="", panels=Panels(count, lambda _: 8.0),
    )  # fmt: skip
    assert len({left for left, _ in layout.corners}) == columns


def test_a_sheet_of_panels_takes_no_more_than_twice_an_ordinary_one(result):
    def seconds(name):
        times = []
        for _ in range(3):
            begun = time.process_time()
            draw_map(result, name).canvas.draw()
            times.append(time.process_time() - begun)
        return min(times)

    assert seconds(FIELDS) <= 2 * seconds("pillar-2-culture")
