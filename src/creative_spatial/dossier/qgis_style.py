"""Styles that QGIS reads, made of the taxonomy's legends."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from creative_spatial.dossier.qgis_facts import LayerStyle, StyleFacts, style_facts
from creative_spatial.dossier.qgis_signs import signs_of
from creative_spatial.dossier.qgis_symbols import (
    GeometryKind,
    Look,
    add_symbol,
    clean_xml,
)
from creative_spatial.dossier.record import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.dossier.qgis_symbols import SignLayer
    from creative_spatial.taxonomy import LegendClass, Taxonomy

_TYPE_CODES: dict[GeometryKind, str] = {"point": "0", "line": "1", "area": "2"}
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_QGIS_VERSION = "3.28.0"
# Made-up rows are hollow here as on the maps; where the expression is null, nothing changes.
_MADE_UP = f"\"accuracy\" = '{ILLUSTRATIVE}'"
_HOLLOW = {
    key: f"CASE WHEN {_MADE_UP} THEN set_color_part(@symbol_color, 'alpha', {alpha}) END"
    for key, alpha in (("fillColor", 0), ("outlineColor", 255))
}


def style_qml(
    layer: gpd.GeoDataFrame,
    name: str,
    kind: GeometryKind,
    taxonomy: Taxonomy,
    *,
    languages: Sequence[str],
) -> str:
    """
    Describe a layer's symbols in QGIS's own format (QML).

    Parameters
    ----------
    layer : GeoDataFrame
        The rows to be drawn; decides which legend applies.
    name : str
        The layer's name among the results.
    kind : {"point", "line", "area"}
        What its geometries are.
    taxonomy : Taxonomy
        Legends and pillars.
    languages : sequence of str
        Languages of the legend's labels, all of them shown.

    Returns
    -------
    str
        XML: one symbol for each class of the legend, or one for all rows.
    """
    facts = style_facts()
    base = _base_look(name, taxonomy, facts)
    hue, classes = _hue(layer, name, taxonomy)
    root = ET.Element("qgis", version=_QGIS_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", symbollevels="0")
    shape = _shape_column(layer, taxonomy, hue)
    overrides = _overrides(layer, name, kind, shape, taxonomy)
    if hue is None:
        renderer.set("type", "singleSymbol")
        add_symbol(ET.SubElement(renderer, "symbols"), "0", kind, base, overrides)
    else:
        renderer.set("type", "categorizedSymbol")
        renderer.set("attr", hue)
        _add_categories(
            renderer,
            set(layer[hue].dropna().unique()),
            classes,
            base,
            kind=kind,
            overrides=overrides,
            signs=_signs(layer, classes, shape, taxonomy) if kind == "point" else {},
            languages=languages,
        )
    ET.SubElement(root, "layerGeometryType").text = _TYPE_CODES[kind]
    ET.indent(root, space=" ")
    return _DOCTYPE + ET.tostring(root, encoding="unicode") + "\n"


def hue_column(layer: gpd.GeoDataFrame, taxonomy: Taxonomy) -> str | None:
    """
    Name the column whose legend colors a layer.

    Parameters
    ----------
    layer : GeoDataFrame
        The rows to be drawn.
    taxonomy : Taxonomy
        The legends.

    Returns
    -------
    str or None
        The first of the preferred columns, then of all that have a legend of more than
        one color, that holds a class of its legend in any row.
    """
    facts = style_facts()
    others = [
        c for c, classes in taxonomy.legends.items() if len({x.color for x in classes.values()}) > 1
    ]
    for column in dict.fromkeys([*facts.hue_columns, *others]):
        classes = taxonomy.legends.get(column, {})
        if column in layer.columns and layer[column].isin(list(classes)).any():
            return column
    return None


def _hue(
    layer: gpd.GeoDataFrame, name: str, taxonomy: Taxonomy
) -> tuple[str | None, Mapping[str, LegendClass]]:
    """The column that colors a layer, and the look of its values."""
    own = style_facts().layers.get(name, LayerStyle()).classes
    if own is not None and own.column in layer.columns:
        legend = taxonomy.legends.get(own.legend, {})
        looks = {value: legend[entry] for value, entry in own.values.items() if entry in legend}
        if layer[own.column].isin(list(looks)).any():
            return own.column, looks
    hue = hue_column(layer, taxonomy)
    return hue, taxonomy.legends[hue] if hue else {}


def _shape_column(layer: gpd.GeoDataFrame, taxonomy: Taxonomy, hue: str | None) -> str | None:
    """The column whose legend gives points their shape, where the hue's does not."""
    if hue is not None and len({c.marker for c in taxonomy.legends.get(hue, {}).values()}) > 1:
        return None
    for column, classes in taxonomy.legends.items():
        if column == hue or len({c.marker for c in classes.values()}) < 2:
            continue
        if column in layer.columns and layer[column].isin(list(classes)).any():
            return column
    return None


def _base_look(name: str, taxonomy: Taxonomy, facts: StyleFacts) -> Look:
    """How a layer's rows look before a legend has its say."""
    default, own = facts.default, facts.layers.get(name, LayerStyle())
    pillar = taxonomy.pillars.get(name)
    color = own.color or (pillar.color if pillar else None) or default.color or "#000000"
    return Look(
        color=color,
        outline=own.outline or default.outline or color,
        width_mm=own.width_mm or default.width_mm or 0.2,
        size_mm=own.size_mm or default.size_mm or 2.0,
        marker=facts.markers["o"],
        fill=own.fill,
        dashed=own.dashed,
    )


def _class_look(entry: LegendClass, base: Look, facts: StyleFacts) -> Look:
    """The look of one class of a legend."""
    brush = facts.brushes.get(entry.hatch[0]) if entry.hatch else None
    return base._replace(
        color=entry.color,
        outline=entry.color if entry.hollow else base.outline,
        width_mm=max(base.width_mm, 0.4) if entry.hollow else base.width_mm,
        marker=facts.markers.get(entry.marker, facts.markers["o"]),
        brush=brush,
        fill=base.fill and not entry.hollow,
    )


def _add_categories(
    renderer: ET.Element,
    present: set[str],
    classes: Mapping[str, LegendClass],
    base: Look,
    *,
    kind: GeometryKind,
    overrides: Mapping[str, str],
    signs: Mapping[str, tuple[SignLayer, ...]],
    languages: Sequence[str],
) -> None:
    """One symbol for each class that occurs, and one for all other rows."""
    facts = style_facts()
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    shown = {v: c for v, c in classes.items() if v in present and v != facts.unknown_class}
    looks = [
        (
            v,
            _label(c.labels, languages),
            _class_look(c, base, facts)._replace(sign=signs.get(v, ())),
        )
        for v, c in shown.items()
    ]
    unknown = classes.get(facts.unknown_class)
    if unknown is None:
        rest = ("", "", base._replace(fill=False, outline=base.color, brush=None))
    else:
        rest = ("", _label(unknown.labels, languages), _class_look(unknown, base, facts))
    for position, (value, label, look) in enumerate([*looks, rest]):
        ET.SubElement(
            categories,
            "category",
            value=clean_xml(value),
            label=clean_xml(label),
            symbol=str(position),
            render="true",
            type="string",
        )
        add_symbol(symbols, str(position), kind, look, overrides)


def _label(labels: Mapping[str, str], languages: Sequence[str]) -> str:
    """A label in the languages wanted, in English where it has none of them."""
    found = [labels[code] for code in languages if code in labels] or [labels.get("en", "")]
    return " / ".join(dict.fromkeys(found))


def _overrides(
    layer: gpd.GeoDataFrame, name: str, kind: GeometryKind, shape: str | None, taxonomy: Taxonomy
) -> dict[str, str]:
    """QGIS expressions by the property of the symbol that they decide row by row."""
    facts = style_facts()
    found: dict[str, str] = {}
    emphasis = facts.layers.get(name, LayerStyle()).emphasis
    if emphasis is not None and kind == "area" and emphasis.column in layer.columns:
        width = _base_look(name, taxonomy, facts).width_mm
        found["outlineWidth"] = (
            f"CASE WHEN {_quoted(emphasis.column)} THEN {emphasis.width_mm} ELSE {width} END"
        )
    if kind == "point":
        found |= _shape_overrides(shape, taxonomy)
        if _any_made_up(layer):
            found |= _HOLLOW
    return found


def _any_made_up(layer: gpd.GeoDataFrame) -> bool:
    """Whether any row is hollow."""
    return "accuracy" in layer.columns and bool((layer["accuracy"] == ILLUSTRATIVE).any())


def _signs(
    layer: gpd.GeoDataFrame,
    classes: Mapping[str, LegendClass],
    shape: str | None,
    taxonomy: Taxonomy,
) -> dict[str, tuple[SignLayer, ...]]:
    """By class, the sign inside its markers."""
    return signs_of(
        classes,
        style_facts(),
        shape=_quoted(shape) if shape else None,
        markers={key: entry.marker for key, entry in taxonomy.legends.get(shape or "", {}).items()},
        hollow_if=_MADE_UP if _any_made_up(layer) else None,
    )


def _shape_overrides(column: str | None, taxonomy: Taxonomy) -> dict[str, str]:
    """Expressions that give each row the marker of its class."""
    if column is None:
        return {}
    known = style_facts().markers
    markers = {c.id: known.get(c.marker, known["o"]) for c in taxonomy.legends[column].values()}
    found = {}
    for key, values, default in (
        ("name", {i: f"'{m.name}'" for i, m in markers.items()}, "'circle'"),
        ("angle", {i: f"{m.angle:g}" for i, m in markers.items() if m.angle}, "0"),
    ):
        cases = [f"WHEN '{i.replace(chr(39), chr(39) * 2)}' THEN {v}" for i, v in values.items()]
        if cases:
            found[key] = f"CASE {_quoted(column)} {' '.join(cases)} ELSE {default} END"
    return found


def _quoted(column: str) -> str:
    """A column's name in an expression of QGIS."""
    return '"' + column.replace('"', '""') + '"'
