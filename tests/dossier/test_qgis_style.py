"""Styles made of the taxonomy's legends, as QGIS reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from creative_spatial.dossier.qgis_facts import style_facts
from creative_spatial.dossier.qgis_style import hue_column, style_qml
from creative_spatial.plotters.signs import room_in
from creative_spatial.taxonomy import LegendClass, Pillar, Taxonomy
from creative_spatial.taxonomy.signs import SIGNS

if TYPE_CHECKING:
    from creative_spatial.result import Result


def qml(layer: gpd.GeoDataFrame, name: str, kind: str, taxonomy: Taxonomy) -> ET.Element:
    return ET.fromstring(style_qml(layer, name, kind, taxonomy, languages=("th", "en")))  # type: ignore[arg-type]


def options(symbol: ET.Element, position: int = 0) -> dict[str, str]:
    layer = symbol.findall("layer")[position]
    return {o.get("name", ""): o.get("value", "") for o in layer.findall("Option/Option")}


def layer_of(**columns: list[object]) -> gpd.GeoDataFrame:
    size = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(
        columns, geometry=[shapely.Point(i, 0) for i in range(size)], crs="EPSG:32647"
    )


def test_hue_is_a_category_for_each_class_that_occurs(result: Result) -> None:
    root = qml(result.layers["culture"], "culture", "point", result.taxonomy)
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "community")
    categories = [(c.get("value"), c.get("label")) for c in renderer.iter("category")]
    assert categories == [
        ("buddhist", "ไทย buddhist / buddhist"),
        ("muslim", "ไทย muslim / muslim"),
        ("", "ไทย unknown / unknown"),
    ]
    colors = [options(s)["color"] for s in renderer.iter("symbol")]
    assert colors == ["230,159,0,255", "0,158,115,255", "128,128,128,0"]


def test_every_category_has_its_symbol(result: Result) -> None:
    root = qml(result.layers["zones"], "zones", "area", result.taxonomy)
    assert [c.get("symbol") for c in root.iter("category")] == [
        s.get("name") for s in root.iter("symbol")
    ]


def test_shape_comes_from_another_legend(result: Result) -> None:
    root = qml(result.layers["culture"], "culture", "point", result.taxonomy)
    expressions = {
        o.get("name"): next(
            e.get("value") for e in o.findall("Option") if e.get("name") == "expression"
        )
        for o in root.iter("Option")
        if o.get("name") in {"name", "angle"} and o.get("type") == "Map"
    }
    assert expressions == {
        "name": "CASE \"kind\" WHEN 'worship' THEN 'triangle' WHEN 'food' THEN 'triangle' ELSE 'circle' END",
        "angle": "CASE \"kind\" WHEN 'food' THEN 180 ELSE 0 END",
    }


def test_what_is_made_up_is_hollow(result: Result) -> None:
    layer = result.layers["culture"].assign(accuracy=["surveyed", None, None, "illustrative"])
    expressions = [
        o.get("value")
        for o in qml(layer, "culture", "point", result.taxonomy).iter("Option")
        if o.get("name") == "expression"
    ]
    hollow = (
        "CASE WHEN \"accuracy\" = 'illustrative' THEN set_color_part(@symbol_color, 'alpha', 0) END"
    )
    assert hollow in expressions
    real = qml(layer.iloc[:3], "culture", "point", result.taxonomy)
    assert not any("accuracy" in (o.get("value") or "") for o in real.iter("Option"))


def test_a_hatch_is_a_second_layer_over_the_fill(result: Result) -> None:
    root = qml(result.layers["zones"], "zones", "area", result.taxonomy)
    mangrove, plantation, _ = root.iter("symbol")
    assert len(mangrove.findall("layer")) == 1
    assert options(plantation, 0)["color"] == "185,181,143,255"
    assert options(plantation, 1)["style"] == "b_diagonal"


@pytest.mark.parametrize(
    ("kind", "symbol", "code"),
    [("point", "marker", "0"), ("line", "line", "1"), ("area", "fill", "2")],
)
def test_symbol_and_declared_geometry_agree(
    result: Result, kind: str, symbol: str, code: str
) -> None:
    root = qml(result.layers["culture"], "culture", kind, result.taxonomy)
    assert {s.get("type") for s in root.iter("symbol")} == {symbol}
    assert root.findtext("layerGeometryType") == code


def test_boundaries_are_outlines_and_the_primary_one_is_bold(result: Result) -> None:
    root = qml(result.area.boundaries, "boundaries", "area", result.taxonomy)
    assert options(next(root.iter("symbol")))["style"] == "no"
    assert 'CASE WHEN "primary" THEN 0.9 ELSE 0.4 END' in [
        o.get("value") for o in root.iter("Option")
    ]


def test_protected_areas_are_dashed_outlines(result: Result) -> None:
    root = qml(layer_of(name=["a"]), "protected", "area", result.taxonomy)
    found = options(next(root.iter("symbol")))
    assert (found["style"], found["outline_style"]) == ("no", "dash")


def test_quarters_are_outlines_and_stable_hot_spots_have_a_bolder_one(result: Result) -> None:
    quarter = qml(
        layer_of(name=["a"], leading_field=["music"]), "quarters", "area", result.taxonomy
    )
    assert options(next(quarter.iter("symbol")))["style"] == "no"
    for name in ("hot_spots", "field_hot_spots"):
        spots = qml(layer_of(hot=[1.0], stable=[True]), name, "area", result.taxonomy)
        assert options(next(spots.iter("symbol")))["style"] == "solid"
        widths = [o.get("value") for o in spots.iter("Option")]
        assert 'CASE WHEN "stable" THEN 0.6 ELSE 0.1 END' in widths


def test_water_looks_like_the_legends_water(result: Result) -> None:
    layer = layer_of(kind=["lagoon", "sea", "puddle"])
    root = qml(layer, "water", "area", Taxonomy.load())
    assert [c.get("value") for c in root.iter("category")] == ["sea", "lagoon", ""]
    assert next(c.get("label") for c in root.iter("category")) == "ทะเล / Sea"
    assert len({options(s)["color"] for s in root.iter("symbol")}) >= 2


def test_a_layer_without_legend_has_its_pillars_color(result: Result) -> None:
    root = qml(layer_of(name=["a"]), "culture", "point", result.taxonomy)
    assert options(next(root.iter("symbol")))["color"] == "18,52,86,255"


def test_a_citys_own_legend_is_used_and_cannot_break_the_file() -> None:
    bad = "\x0b]]><a b=\"'&"
    legend = {
        bad: LegendClass(
            id=bad, labels={"en": f"{bad}<script>"}, color="#000000", marker="8", hatch="?"
        ),
        "b": LegendClass(id="b", labels={"en": "b"}, color="#FFFFFF", marker="^"),
    }
    own = Taxonomy(
        pillars={"sea": Pillar(id="sea", labels={"en": "Sea"}, color="#000000", reference="r")},
        fields={},
        concepts={},
        legends={"catch": legend},
    )
    layer = layer_of(catch=[bad, "b"])
    assert hue_column(layer, own) == "catch"
    for kind in ("point", "area"):
        root = qml(layer, "sea", kind, own)
        assert root.findall(".//category")[0].get("label") == "]]><a b=\"'&<script>"


def test_the_packages_own_legends_have_markers_and_brushes_that_qgis_knows() -> None:
    facts = style_facts()
    classes = [c for legend in Taxonomy.load().legends.values() for c in legend.values()]
    assert {c.marker for c in classes} <= set(facts.markers)
    assert {c.hatch[0] for c in classes if c.hatch} <= set(facts.brushes)
    assert set(facts.hue_columns) <= set(Taxonomy.load().legends)
    assert facts.reference


def communities(**columns: list[object]) -> gpd.GeoDataFrame:
    keys = ["buddhist", "chinese", "hindu", "civic", None]
    return layer_of(community=list(keys), **columns)


def sign_of(root: ET.Element, value: str) -> list[dict[str, str]]:
    """The layers over a category's marker."""
    number = next(c.get("symbol") for c in root.iter("category") if c.get("value") == value)
    symbol = next(s for s in root.iter("symbol") if s.get("name") == number)
    return [options(symbol, position) for position in range(1, len(symbol.findall("layer")))]


def test_a_sign_is_a_second_layer_over_the_marker() -> None:
    root = qml(communities(), "culture", "point", Taxonomy.load())
    size = style_facts().default.size_mm
    (dot,) = sign_of(root, "buddhist")
    assert (dot["name"], dot["color"], dot["outline_style"]) == ("circle", "31,31,31,255", "no")
    assert float(dot["size"]) < 0.5 * size
    (pillar,) = sign_of(root, "chinese")
    assert (pillar["name"], pillar["angle"], pillar["outline_style"]) == ("line", "0", "solid")
    # A part of a group bears the sign of the whole: of other faiths a slash, from below left.
    (slash,) = sign_of(root, "hindu")
    assert (slash["name"], slash["angle"]) == ("line", "45")
    assert sign_of(root, "civic") == sign_of(root, "") == []


def test_a_sign_keeps_to_the_middle_of_the_shape_and_dark_on_what_is_hollow() -> None:
    rows = communities(kind=["worship"] * 5, accuracy=["illustrative", None, None, None, None])
    root = qml(rows, "culture", "point", Taxonomy.load())
    said = [o.get("value") or "" for o in root.iter("Option") if o.get("name") == "expression"]
    # QGIS turns an offset with its part: downwards by 0.191 widths of 2.6 mm is, for a line
    # turned by 45 degrees, 0.351 along each axis of its own.
    assert any("WHEN 'worship' THEN '0,0.497'" in it and "ELSE '0,0' END" in it for it in said)
    assert any("WHEN 'worship' THEN '0.351,0.351'" in it for it in said)
    inks = [it for it in said if it.endswith(",255' END")]
    # Buddhist #E69F00 at half its light.
    assert "CASE WHEN \"accuracy\" = 'illustrative' THEN '115,80,0,255' END" in inks


def test_leads_differ_by_shape_and_bear_no_sign() -> None:
    root = qml(layer_of(lead=["public", "private"]), "community", "point", Taxonomy.load())
    assert {len(symbol.findall("layer")) for symbol in root.iter("symbol")} == {1}


def test_every_sign_of_the_maps_is_one_of_qgis() -> None:
    signs = style_facts().signs
    assert set(signs) == set(SIGNS)
    assert {sign for sign, parts in signs.items() if not parts} == {"none"}
    assert {part.name for parts in signs.values() for part in parts} <= {"circle", "line"}
    for sign, parts in signs.items():
        for part in parts:
            room = 2 * room_in("o")[2] * (1 + 1e-6)
            assert part.size + 2 * max(abs(part.x), abs(part.y)) <= room, sign
