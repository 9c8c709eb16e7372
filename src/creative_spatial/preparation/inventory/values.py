"""Cells and tags that hold several values, and raw tags as mappings."""

from __future__ import annotations

import json

import pandas as pd


def listed(text: str) -> tuple[str, ...]:
    """
    Take apart what is joined by ";".

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    tuple of str
        In lower case, trimmed, without blanks, each once.

    Examples
    --------
    >>> listed("Theravada; mahayana;;theravada")
    ('theravada', 'mahayana')
    """
    return tuple(dict.fromkeys(part for raw in text.split(";") if (part := raw.strip().casefold())))


def tags_of(layer: pd.DataFrame) -> list[dict[str, str]]:
    """
    Read the raw tags of every feature.

    Parameters
    ----------
    layer : DataFrame, n rows
        With or without the column `tags`.

    Returns
    -------
    list of dict, n items
        Empty where there are none, or the text is no JSON object of texts.
    """
    if "tags" not in layer:
        return [{} for _ in range(len(layer))]
    return [_tags(text) for text in layer["tags"]]


def _tags(text: object) -> dict[str, str]:
    if not isinstance(text, str):
        return {}
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(table, dict):
        return {}
    return {key: value for key, value in table.items() if isinstance(value, str)}


def text_cell(value: object) -> str | None:
    """
    Read a cell as text.

    Parameters
    ----------
    value : object
        Of any column.

    Returns
    -------
    str or None
        None where it is null or blank; a whole float without its point.

    Examples
    --------
    >>> text_cell(1842.0), text_cell(" "), text_cell(float("nan"))
    ('1842', None, None)
    """
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  (NaN, NaT)
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None
