"""Styles that QGIS reads, made of the taxonomy's legends."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple
from xml.etree import ElementTree as ET

from pydantic import Field

from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.taxonomy import LegendClass, Taxonomy

GeometryKind = Literal["point", "line", "area"]
_TYPE_CODES: dict[GeometryKind, str] = {"point": "0", "line": "1", "area": "2"}
_SYMBOLS: dict[GeometryKind, str] = {"point": "marker", "line": "line", "area": "fill"}
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_QGIS_VERSION = "3.28.0"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Marker(Facts):
    """A marker by the name QGIS gives it, turned by so many degrees."""

    name: str
    angle: float = 0.0


class Emphasis(Facts):
    """Rows where a column is true have a bolder outline."""

    column: str
    width_mm: float


class LayerStyle(Facts):
    """How a layer is drawn where no legend says."""

    color: str | None = None
    outline: str | None = None
    width_mm: float | None = None
    size_mm: float | None = None
    fill: bool = True
    dashed: bool = False
    emphasis: Emphasis | None = None


class StyleFacts(Facts):
    """Content of ``resources/qgis/styles.toml``."""

    reference: str
    hue_columns: tuple[str, ...]
    unknown_class: str
    markers: dict[str, Marker]
    brushes: dict[str, str]
    default: LayerStyle
    layers: dict[str, LayerStyle] = Field(default_factory=dict)


class _Look(NamedTuple):
    """Everything one symbol shows."""

    color: str
    outline: str
    width_mm: float
    size_mm: float
    marker: Marker
    brush: str | None = None
    fill: bool = True
    dashed: bool = False


@lru_cache(maxsize=1)
def style_facts() -> StyleFacts:
    """
    Read the facts about styles, once.

    Returns
    -------
    StyleFacts
        Frozen.
    """
    path = resource_path("qgis", "styles.toml")
    return parse(StyleFacts, read_toml(path), where=path.name)


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
    hue = hue_column(layer, taxonomy)
    root = ET.Element("qgis", version=_QGIS_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", symbollevels="0")
    overrides = _overrides(layer, name, kind, hue, taxonomy)
    if hue is None:
        renderer.set("type", "singleSymbol")
        _add_symbol(ET.SubElement(renderer, "symbols"), "0", kind, base, overrides)
    else:
        renderer.set("type", "categorizedSymbol")
        renderer.set("attr", hue)
        _add_categories(
            renderer,
            set(layer[hue].dropna().unique()),
            taxonomy.legends[hue],
            base,
            kind=kind,
            overrides=overrides,
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


def _shape_column(layer: gpd.GeoDataFrame, taxonomy: Taxonomy, hue: str | None) -> str | None:
    """The column whose legend gives points their shape, where the hue's does not."""
    if hue is not None and len({c.marker for c in taxonomy.legends[hue].values()}) > 1:
        return None
    for column, classes in taxonomy.legends.items():
        if column == hue or len({c.marker for c in classes.values()}) < 2:
            continue
        if column in layer.columns and layer[column].isin(list(classes)).any():
            return column
    return None


def _base_look(name: str, taxonomy: Taxonomy, facts: StyleFacts) -> _Look:
    """How a layer's rows look before a legend has its say."""
    default, own = facts.default, facts.layers.get(name, LayerStyle())
    pillar = taxonomy.pillars.get(name)
    color = own.color or (pillar.color if pillar else None) or default.color or "#000000"
    return _Look(
        color=color,
        outline=own.outline or default.outline or color,
        width_mm=own.width_mm or default.width_mm or 0.2,
        size_mm=own.size_mm or default.size_mm or 2.0,
        marker=facts.markers["o"],
        fill=own.fill,
        dashed=own.dashed,
    )


def _class_look(entry: LegendClass, base: _Look, facts: StyleFacts) -> _Look:
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
    base: _Look,
    *,
    kind: GeometryKind,
    overrides: Mapping[str, str],
    languages: Sequence[str],
) -> None:
    """One symbol for each class that occurs, and one for all other rows."""
    facts = style_facts()
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    shown = [c for c in classes.values() if c.id in present and c.id != facts.unknown_class]
    looks = [(c.id, _label(c.labels, languages), _class_look(c, base, facts)) for c in shown]
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
        _add_symbol(symbols, str(position), kind, look, overrides)


def _label(labels: Mapping[str, str], languages: Sequence[str]) -> str:
    """A label in the languages wanted, in English where it has none of them."""
    found = [labels[code] for code in languages if code in labels] or [labels.get("en", "")]
    return " / ".join(dict.fromkeys(found))


def _overrides(
    layer: gpd.GeoDataFrame, name: str, kind: GeometryKind, hue: str | None, taxonomy: Taxonomy
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
    shape = _shape_column(layer, taxonomy, hue) if kind == "point" else None
    if shape is not None:
        markers = {
            c.id: facts.markers.get(c.marker, facts.markers["o"])
            for c in taxonomy.legends[shape].values()
        }
        for key, values, default in (
            ("name", {i: f"'{m.name}'" for i, m in markers.items()}, "'circle'"),
            ("angle", {i: f"{m.angle:g}" for i, m in markers.items() if m.angle}, "0"),
        ):
            cases = [
                f"WHEN '{i.replace(chr(39), chr(39) * 2)}' THEN {v}" for i, v in values.items()
            ]
            if cases:
                found[key] = f"CASE {_quoted(shape)} {' '.join(cases)} ELSE {default} END"
    return found


def _quoted(column: str) -> str:
    """A column's name in an expression of QGIS."""
    return '"' + column.replace('"', '""') + '"'


def _add_symbol(
    symbols: ET.Element, name: str, kind: GeometryKind, look: _Look, overrides: Mapping[str, str]
) -> None:
    """Describe one symbol: a layer, and a second for a hatch over a fill."""
    symbol = ET.SubElement(
        symbols, "symbol", type=_SYMBOLS[kind], name=name, alpha="1", clip_to_extent="1"
    )
    pen = "dash" if look.dashed else "solid"
    stroke = {
        "outline_color": _rgba(look.outline),
        "outline_style": pen,
        "outline_width": f"{look.width_mm:g}",
    }
    units = {"outline_width_unit": "MM"}
    if kind == "point":
        options = {
            "name": look.marker.name,
            "angle": f"{look.marker.angle:g}",
            "size": f"{look.size_mm:g}",
            "size_unit": "MM",
            "color": _rgba(look.color, opaque=look.fill),
        }
        _add_layer(symbol, "SimpleMarker", options | stroke | units, overrides)
    elif kind == "line":
        options = {
            "line_color": _rgba(look.color),
            "line_style": pen,
            "line_width": f"{look.width_mm:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        }
        _add_layer(symbol, "SimpleLine", options, overrides)
    else:
        options = {"color": _rgba(look.color), "style": "solid" if look.fill else "no"}
        _add_layer(symbol, "SimpleFill", options | stroke | units, overrides)
        if look.brush is not None and look.fill:
            hatch = {"color": _rgba("#4D4D4D"), "style": look.brush, "outline_style": "no"}
            _add_layer(symbol, "SimpleFill", hatch, {})


def _add_layer(
    symbol: ET.Element, kind: str, options: Mapping[str, str], overrides: Mapping[str, str]
) -> None:
    """One layer of a symbol, with what is decided row by row."""
    layer = ET.SubElement(
        symbol, "layer", attrib={"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    )
    table = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(table, "Option", name=key, type="QString", value=value)
    if not overrides:
        return
    holder = ET.SubElement(ET.SubElement(layer, "data_defined_properties"), "Option", type="Map")
    ET.SubElement(holder, "Option", name="name", type="QString", value="")
    properties = ET.SubElement(holder, "Option", name="properties", type="Map")
    for key, expression in overrides.items():
        entry = ET.SubElement(properties, "Option", name=key, type="Map")
        ET.SubElement(entry, "Option", name="active", type="bool", value="true")
        ET.SubElement(
            entry, "Option", name="expression", type="QString", value=clean_xml(expression)
        )
        ET.SubElement(entry, "Option", name="type", type="int", value="3")
    ET.SubElement(holder, "Option", name="type", type="QString", value="collection")


def _rgba(color: str, *, opaque: bool = True) -> str:
    """``#RRGGBB`` as QGIS writes it; black where it is none."""
    found = re.fullmatch(r"#([0-9a-fA-F]{6})", color)
    digits = found.group(1) if found else "000000"
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return f"{red},{green},{blue},{255 if opaque else 0}"


def clean_xml(text: str) -> str:
    """
    Leave out the characters that XML cannot hold.

    Parameters
    ----------
    text : str
        A label or expression.

    Returns
    -------
    str
        The rest of it.
    """
    return _NOT_IN_XML.sub("", text)
