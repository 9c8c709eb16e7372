"""Maps of which there is one for each row of a layer: a sheet a route."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.plotters.messages import name_in
from creative_spatial.plotters.specs import MapSpec
from creative_spatial.plotters.text import LONGEST_SENTENCE, plain_name
from creative_spatial.plotters.words import FORMATS, format_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_OF_ROW = re.compile(rf"\{{row\[(\w+)\](?::({FORMATS}))?\}}")
_ID = "{row}"
_BRACES = str.maketrans("{}", "()")


def sheets_of_rows(
    specs: Mapping[str, MapSpec], layers: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, MapSpec]:
    """
    Put in the place of each map with `each` one map for every row of that layer.

    Parameters
    ----------
    specs : mapping of str to MapSpec
        As `load_maps` gives them. Of a map with `each`, "{row}" in a `where` becomes the id of
        the row, and ``{row[column]:.0f}`` in a text what the row has in that column, in the column
        for the language where there is one ("note:th"); of its
        messages and notes those remain of which everything is known.
    layers : mapping of str to GeoDataFrame
        Of a result.

    Returns
    -------
    dict of str to MapSpec
        By id, "<map>-<row>" for those; none of them where there is no such layer.
    """
    found: dict[str, MapSpec] = {}
    for key, spec in specs.items():
        if spec.each is None:
            found[key] = spec
            continue
        rows = layers.get(spec.each)
        for row_id, row in () if rows is None else rows.iterrows():
            sheet = _of_row(spec, str(row_id), row)
            found[sheet.id] = sheet
    return found


def _of_row(spec: MapSpec, row_id: str, row: pd.Series[Any]) -> MapSpec:
    """The map of one row."""
    sheet = spec.model_dump()
    sheet |= {"id": f"{spec.id}-{row_id}", "each": None}
    sheet["title"] = _told(spec.title, row) or {"en": row_id}
    for kind, texts in (("message", spec.message), ("notes", spec.notes)):
        sheet[kind] = [said for text in texts if (said := _told(text, row))]
    sheet["frame"]["where"] = _where(spec.frame.where, row_id)
    for kind in ("layers", "labels"):
        for entry in sheet[kind]:
            entry["where"] = _where(entry["where"], row_id)
    return MapSpec.model_validate(sheet)


def _where(where: Mapping[str, tuple[str, ...]], row_id: str) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(row_id if value == _ID else value for value in values)
        for column, values in where.items()
    }


def _told(texts: Mapping[str, str], row: pd.Series[Any]) -> dict[str, str] | None:
    """A text about a row in every language; None where the row lacks what it tells."""
    told = {}
    for language, template in texts.items():
        text = template
        for match in _OF_ROW.finditer(template):
            value = _value(row, match.group(1), match.group(2), language)
            if value is None:
                return None
            text = text.replace(match.group(0), value)
        told[language] = text
    return told


def _value(row: pd.Series[Any], column: str, how: str | None, language: str) -> str | None:
    """What a row has in a column, or in its own for the language, as a text without braces."""
    if column == "name":
        return name_in(row, language, "").translate(_BRACES)
    value = row.get(column)
    if isinstance(value, str):
        spoken = row.get(f"{column}:{language}")
        text = plain_name(spoken if isinstance(spoken, str) else value, most=LONGEST_SENTENCE)
        return text.translate(_BRACES) or None
    # A zero is left to a message that does not speak of it.
    if value is None or pd.isna(value) or not value:
        return None
    return format_value(float(value), how, language)
