"""Symbols in QGIS's own XML: markers, lines and fills."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple
from xml.etree import ElementTree as ET

from creative_spatial.resources import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

GeometryKind = Literal["point", "line", "area"]
_SYMBOLS: dict[GeometryKind, str] = {"point": "marker", "line": "line", "area": "fill"}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Marker(Facts):
    """A marker by the name QGIS gives it, turned by so many degrees."""

    name: str
    angle: float = 0.0


class SignPart(Facts):
    """A part of a sign by QGIS's name; lengths are shares of the width of the marker it lies in."""

    name: str
    size: float
    angle: float = 0.0
    width: float = 0.0
    fill: bool = True
    x: float = 0.0
    y: float = 0.0


class SignLayer(NamedTuple):
    """A part of a sign in its ink, and the QGIS expressions that decide its properties row by row."""

    part: SignPart
    ink: str
    overrides: Mapping[str, str]


class Look(NamedTuple):
    """Everything one symbol shows."""

    color: str
    outline: str
    width_mm: float
    size_mm: float
    marker: Marker
    brush: str | None = None
    fill: bool = True
    dashed: bool = False
    sign: tuple[SignLayer, ...] = ()


def add_symbol(
    symbols: ET.Element, name: str, kind: GeometryKind, look: Look, overrides: Mapping[str, str]
) -> None:
    """
    Describe one symbol: a layer, and more for a hatch over a fill or a sign inside a marker.

    Parameters
    ----------
    symbols : Element
        Where it is added.
    name : str
        What categories call it.
    kind : {"point", "line", "area"}
        What it draws.
    look : Look
        What it shows.
    overrides : mapping of str to str
        QGIS expressions by the property that they decide row by row.
    """
    symbol = ET.SubElement(
        symbols, "symbol", type=_SYMBOLS[kind], name=name, alpha="1", clip_to_extent="1"
    )
    pen = "dash" if look.dashed else "solid"
    stroke = {
        "outline_color": rgba(look.outline),
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
            "color": rgba(look.color, opaque=look.fill),
        }
        _add_layer(symbol, "SimpleMarker", options | stroke | units, overrides)
        for layer in look.sign:
            _add_sign(symbol, layer, look.size_mm)
    elif kind == "line":
        options = {
            "line_color": rgba(look.color),
            "line_style": pen,
            "line_width": f"{look.width_mm:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        }
        _add_layer(symbol, "SimpleLine", options, overrides)
    else:
        options = {"color": rgba(look.color), "style": "solid" if look.fill else "no"}
        _add_layer(symbol, "SimpleFill", options | stroke | units, overrides)
        if look.brush is not None and look.fill:
            hatch = {"color": rgba("#4D4D4D"), "style": look.brush, "outline_style": "no"}
            _add_layer(symbol, "SimpleFill", hatch, {})


def _add_sign(symbol: ET.Element, layer: SignLayer, size_mm: float) -> None:
    """One layer of a sign, over the marker."""
    part = layer.part
    options = {
        "name": part.name,
        "angle": f"{part.angle:g}",
        "size": f"{part.size * size_mm:g}",
        "size_unit": "MM",
        "color": rgba(layer.ink, opaque=part.fill),
        "outline_color": rgba(layer.ink),
        "outline_style": "solid" if part.width else "no",
        "outline_width": f"{part.width * size_mm:g}",
        "outline_width_unit": "MM",
        "offset_unit": "MM",
    }
    _add_layer(symbol, "SimpleMarker", options, layer.overrides)


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


def rgba(color: str, *, opaque: bool = True) -> str:
    """
    Write a color as QGIS does.

    Parameters
    ----------
    color : str
        ``#RRGGBB``; anything else is black.
    opaque : bool
        Or not seen at all.

    Returns
    -------
    str
        "red,green,blue,alpha".
    """
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
