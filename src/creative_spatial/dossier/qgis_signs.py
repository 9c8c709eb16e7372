"""Signs inside QGIS's markers, where the maps have them: what tells groups apart without color."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from creative_spatial.dossier.qgis_symbols import SignLayer, SignPart, rgba
from creative_spatial.plotters.signs import room_in, sign_ink
from creative_spatial.taxonomy.signs import PLAIN, with_signs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.dossier.qgis_facts import StyleFacts
    from creative_spatial.taxonomy import LegendClass


def signs_of(
    classes: Mapping[str, LegendClass], facts: StyleFacts,
    *, shape: str | None, markers: Mapping[str, str], hollow_if: str | None,
) -> dict[str, tuple[SignLayer, ...]]:  # fmt: skip
    """
    Describe the sign of each class of points, where their shape does not tell it.

    Parameters
    ----------
    classes : mapping of str to LegendClass
        Whose colors the markers have.
    facts : StyleFacts
        What signs are made of.
    shape : str, optional
        The column, as QGIS quotes it, that says which marker a row has; that of its class
        otherwise.
    markers : mapping of str to str
        Markers by that column's values, as matplotlib writes them.
    hollow_if : str, optional
        The expression that holds for rows whose marker is an outline.

    Returns
    -------
    dict of str to tuple of SignLayer
        By class, each part in the ink that contrasts and in the middle of the room that the
        marker has; empty where the classes differ by shape.
    """
    own = [entry for entry in classes.values() if entry.part_of is None]
    if len({entry.marker for entry in own}) == len(own):
        return {}
    size = facts.default.size_mm or 2.0
    found = {}
    for value, entry in with_signs(classes, classes).items():
        inks = {}
        if hollow_if is not None:
            said = f"CASE WHEN {hollow_if} THEN '{rgba(sign_ink(entry.color, hollow=True))}' END"
            inks = {"fillColor": said, "outlineColor": said}
        layers = []
        for part in facts.signs[entry.sign or PLAIN]:
            overrides = {"offset": _offset(part, size, shape, markers, entry.marker)}
            # What is not filled stays so.
            overrides |= {key: it for key, it in inks.items() if part.fill or key != "fillColor"}
            ink = sign_ink(entry.color, hollow=entry.hollow)
            layers.append(SignLayer(part, ink, overrides))
        found[value] = tuple(layers)
    return found


def _offset(
    part: SignPart, size_mm: float, shape: str | None, markers: Mapping[str, str], marker: str
) -> str:
    """An expression of where a part stands: QGIS counts downwards, and turns the offset too."""
    cos, sin = math.cos(math.radians(part.angle)), math.sin(math.radians(part.angle))

    def place(code: str) -> str:
        room = room_in(code)
        x, y = (room[0] + part.x) * size_mm, (part.y - room[1]) * size_mm
        turned = (cos * x + sin * y, cos * y - sin * x)
        return "'" + ",".join(f"{round(value, 3) + 0.0:g}" for value in turned) + "'"

    if shape is None:
        return place(marker)
    cases = " ".join(
        f"WHEN '{key.replace(chr(39), chr(39) * 2)}' THEN {place(code)}" for key, code in markers.items()
    )  # fmt: skip
    return f"CASE {shape} {cases} ELSE {place('o')} END"
