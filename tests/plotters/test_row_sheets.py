"""One sheet for each route: its own title, sentence, frame, and stops numbered in order."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex

from creative_spatial.plotters import load_maps
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.maps import draw_map, held_area
from creative_spatial.plotters.messages import boundary_name
from creative_spatial.plotters.row_sheets import sheets_of_rows

FACTS = {
    "n_stops": 3, "walking_min": 12.4, "ferry_min": 0.0, "stay_min": 30.0, "total_min": 42.4,
    "length_m": 992.0, "gaps": 0, "straight_m": 0.0,
}  # fmt: skip


@pytest.fixture
def routed(make):
    """A town with a walk of three stops, two of them at one place, and a boat with a gap."""
    at = make.at
    walk = [at(600, 2000), at(900, 2400), at(900, 2400)]
    names = ["Wat", "Mosque {x}", "Shrine"]
    stops = gpd.GeoDataFrame(
        {
            "route_id": ["walk"] * 3 + ["boat"] * 2 + ["walk"],
            "order": pd.array([1, 2, 3, 1, 2, None], dtype="Int64"),
            "visit": ["visited"] * 5 + ["over the budget"],
            "name": [*names, "Pier", "Island", "Fort"],
            "source_id": "hall",
        },
        geometry=[shapely.Point(xy) for xy in [*walk, at(0, 0), at(0, 4000), at(5000, 5000)]],
        index=[f"s{i}" for i in range(6)],
        crs=make.crs,
    )
    legs = gpd.GeoDataFrame(
        {
            "route_id": ["walk", "walk", "boat", "boat"],
            "way": ["on foot", "on foot", "by ferry", "not on the network"],
            "source_id": "osm",
        },
        geometry=[
            shapely.LineString(walk[:2]),
            None,
            shapely.LineString([at(0, 0), at(0, 3000)]),
            shapely.LineString([at(0, 3000), at(0, 4000)]),
        ],
        index=[f"l{i}" for i in range(4)],
        crs=make.crs,
    )
    routes = gpd.GeoDataFrame(
        [
            {"name": "Walk {city} <b>", "name:th": "เดิน", **FACTS},
            {"name": "Boat", "name:th": None, **FACTS, "total_min": None, "gaps": 1,
             "ferry_min": 20.0, "straight_m": 1000.0},
        ],
        geometry=[legs.geometry.iloc[0], legs.geometry.iloc[2]],
        index=["walk", "boat"],
        crs=make.crs,
    )  # fmt: skip
    return make.result({"routes": routes, "route_legs": legs, "route_stops": stops})


def texts_of(sheet):
    axes = [text.get_text() for ax in sheet.axes for text in ax.texts]
    return [text.replace("\u200b", "") for text in (*axes, *(t.get_text() for t in sheet.texts))]


def test_there_is_a_sheet_for_each_route_and_none_without_routes(routed, result):
    maps = sheets_of_rows(load_maps(), routed.layers)
    assert [key for key in maps if key.startswith("route")] == ["route-walk", "route-boat"]
    assert all(spec.each is None for spec in maps.values())
    assert not [key for key in sheets_of_rows(load_maps(), result.layers) if "route" in key]


def test_a_sheet_speaks_of_its_own_row(routed):
    maps = sheets_of_rows(load_maps(), routed.layers)
    walk, boat = maps["route-walk"], maps["route-boat"]
    assert walk.title["th"] == "เดิน"
    assert walk.title["en"] == "Walk (city) <b>"  # a name holds no template
    assert boat.title["th"] == "Boat"
    assert walk.message[0]["en"] == (
        "3 stops in 42 min: 992 m on foot in 12 min, and 30 min of stay."
    )
    assert "legs that are not on the walking network: 1 (1.0 km" in boat.message[0]["en"]
    assert {spec.where["route_id"] for spec in walk.layers} == {("walk",)}


def test_a_sheet_holds_its_route(routed):
    maps = sheets_of_rows(load_maps(), routed.layers)
    held = held_area(routed, maps["route-walk"])
    assert held.equals(routed.layers["route_legs"].geometry.iloc[0])
    lost = maps["route-walk"].model_copy(update={"frame": maps["overview"].frame})
    assert held_area(routed, lost).equals(routed.area.extent)


def test_a_sheet_is_drawn_with_its_stops_numbered_and_keyed(routed):
    sheet = draw_map(routed, sheets_of_rows(load_maps(), routed.layers)["route-walk"])
    texts = texts_of(sheet)
    assert [texts.count(number) for number in ("1", "2", "3", "4")] == [2, 2, 2, 0]
    assert {"Wat", "Mosque {x}", "Shrine"} <= set(texts)
    assert "Fort" not in texts
    said = next(text for text in texts if "1:" in text)
    denominator = float(said.split("1:")[1].split()[0].replace(",", ""))
    mantissa = denominator / 10 ** (len(str(int(denominator))) - 1)
    assert mantissa in cartography().scales.mantissas


def with_uncertain_stops(routed):
    """The same at about 1:5,000: the first stop sure, the second off by 30 m, the third by 900."""
    stops = routed.layers["route_stops"].assign(uncertainty_m=[2.0, 30.0, 900.0, *[None] * 3])
    return dataclasses.replace(routed, layers={**routed.layers, "route_stops": stops})


def test_a_stop_that_may_be_elsewhere_is_no_sharp_point(routed):
    routed = with_uncertain_stops(routed)
    spec = sheets_of_rows(load_maps(), routed.layers)["route-walk"]
    sheet = draw_map(routed, spec, languages=["en"])
    texts = texts_of(sheet)
    assert {"Wat", "Mosque {x} ± 30 m", "Shrine ± 900 m"} <= set(texts)
    assert "Soft disc: position uncertain" in texts
    assert "Hollow number: position uncertain (± in the list)" in " ".join(texts)
    squares = {
        it.get_gid(): it for it in sheet.map.collections if str(it.get_gid()).startswith("square")
    }
    faces = [to_hex(squares[f"square:{n}"].get_facecolor()[0]) for n in (1, 2, 3)]
    assert faces == ["#a3262a", "#ffffff", "#ffffff"]
    # One disc, of 30 m: that of 900 m is wider than the sheet allows.
    reach = [
        path.get_extents().width / 2
        for it in sheet.map.collections if it.get_alpha() == 0.07 for path in it.get_paths()
    ]  # fmt: skip
    assert reach == pytest.approx([30.0], rel=0.01)
    (dots,) = (it for it in sheet.map.collections if it.get_gid() == "square-places")
    assert len(dots.get_offsets()) == 1  # only the place that is sure has one


def test_what_nobody_states_of_a_stop_is_no_uncertainty(routed):
    routed = with_uncertain_stops(routed)
    stops = routed.layers["route_stops"].assign(uncertainty_basis="assumed")
    routed = dataclasses.replace(routed, layers={**routed.layers, "route_stops": stops})
    texts = texts_of(draw_map(routed, sheets_of_rows(load_maps(), routed.layers)["route-walk"]))
    assert not [text for text in texts if "±" in text]


def test_a_sheet_prints_what_is_to_be_known_of_its_route(routed):
    told = routed.layers["routes"].assign(
        **{"note": ["Mind the {tide}|<b>", None], "note:th": ["ระวังน้ำ", None], "budget_min": [150.0, None],
           "must_see": ["Wat; Mosque", None], "left_out": [1, 0], "left_out_names": ["Fort", None]}
    )  # fmt: skip
    routed = dataclasses.replace(routed, layers={**routed.layers, "routes": told})
    maps = sheets_of_rows(load_maps(), routed.layers)
    assert [note["en"] for note in maps["route-walk"].notes] == [
        "Mind the (tide)¦<b>", "Time budget: 2 h 30 min", "Must-sees: Wat; Mosque", "Left out (1): Fort",
    ]  # fmt: skip
    assert maps["route-walk"].notes[0]["th"] == "ระวังน้ำ"
    assert maps["route-boat"].notes == ()
    texts = " ".join(texts_of(draw_map(routed, maps["route-walk"], languages=["th", "en"])))
    assert "ระวังน้ำ" in texts
    assert "Time budget: 2 h 30 min" in texts


def test_what_is_not_walked_is_broken_and_said_in_the_legend(routed):
    sheet = draw_map(routed, sheets_of_rows(load_maps(), routed.layers)["route-boat"])
    texts = texts_of(sheet)
    assert {"By ferry", "Not on the walking network"} <= set(texts)
    assert "On foot" not in texts


def test_the_legend_lists_the_boundary_only_where_its_line_is_on_the_sheet(routed):
    spec = sheets_of_rows(load_maps(), routed.layers)["route-walk"]
    name = boundary_name(routed, "en")
    outline = shapely.boundary(routed.area.primary)
    sheet = draw_map(routed, spec, languages=["en"])
    seen = next(ax for ax in sheet.axes if ax is not sheet.page)
    (west, east), (south, north) = seen.get_xlim(), seen.get_ylim()
    assert not outline.intersects(shapely.box(west, south, east, north))
    assert name not in texts_of(sheet)
    whole = draw_map(routed, "pillar-2-culture", languages=["en"])
    assert name in texts_of(whole)
