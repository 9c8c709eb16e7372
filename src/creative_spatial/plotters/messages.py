"""
Sentences made of a result's numbers: templates with names in braces.

``{asset_density}`` is an indicator of the primary boundary, ``{habitat_hill[q1]}`` one of
its categories, ``.low``, ``.high`` or ``.n`` its other columns, ``:.1f`` its decimals,
``:length`` metres and ``:time`` minutes with the unit that one says them in;
``{boundary}``, ``{city}``, ``{land_km2}`` and ``{count[layer]}`` are always known.
A number that is not known makes the template unfit, never a gap in a sentence. Nor is a
zero said where little is mapped (grade D) or completeness was not assessed: what is not on
the map is no absence.
"""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import DataQualityWarning
from creative_spatial.indicators import load_indicators
from creative_spatial.plotters.completeness import WORST
from creative_spatial.plotters.text import plain_name
from creative_spatial.plotters.words import (
    FORMATS,
    UNITS,
    format_number,
    format_value,
    in_language,
    language_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from creative_spatial.result import Result

Numbers = Mapping[str, float | str | None]

_ALWAYS_KNOWN = {"city", "boundary", "land_km2", "count"}
_PLACEHOLDER = re.compile(rf"\{{(\w+)(?:\[([^\]{{}}]+)\])?(?:\.(low|high|n))?(?::({FORMATS}))?\}}")


def check_template(text: str) -> None:
    """
    Refuse a template with a brace that belongs to no placeholder.

    Parameters
    ----------
    text : str
        The template.

    Raises
    ------
    ValueError
        Quoting the template.

    Examples
    --------
    >>> check_template("{natural_share:.0f} % of the land")
    """
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise ValueError(
            f"a brace in {text!r} is no placeholder; write {{indicator}}, "
            "{indicator[category]}, {indicator.low}, {indicator:.1f}, {indicator:length} or {indicator:time}"
        )


def compose(
    templates: Iterable[Mapping[str, str]],
    result: Result,
    language: str,
    numbers: Numbers | Callable[[str], Numbers] | None = None,
) -> str:
    """
    Fill the first template of which every number is known.

    Where it is not in the language, names and numbers are in that which stands in for it.

    Parameters
    ----------
    templates : iterable of mapping of str to str
        Texts by language, fullest first.
    result : Result
        What the numbers are.
    language : str
        ISO 639-1 code.
    numbers : mapping of str to float or str, or callable, optional
        What is known beside the indicators, by name, or in a language; null is not known.

    Returns
    -------
    str
        The sentence; "" where no template fits.
    """
    for texts in templates:
        spoken = language_of(texts, language)
        known = numbers(spoken) if callable(numbers) else numbers
        sentence = fill(in_language(texts, spoken), result, spoken, known)
        if sentence is not None:
            return sentence
    return ""


def fill(
    template: str, result: Result, language: str, numbers: Numbers | None = None
) -> str | None:
    """
    Put a result's numbers into a template.

    Parameters
    ----------
    template : str
        See the module.
    result : Result
        What the numbers are.
    language : str
        How numbers and names are written.
    numbers : mapping of str to float or str, optional
        What is known beside the indicators, by name; null is not known.

    Returns
    -------
    str or None
        None where a number is not known.
    """
    values = {
        match.group(0): _resolve(match, result, language, numbers or {})
        for match in _PLACEHOLDER.finditer(template)
    }
    if any(value is None for value in values.values()):
        return None
    return _PLACEHOLDER.sub(lambda match: str(values[match.group(0)]), template)


def warn_of_strangers(
    templates: Iterable[str], result: Result, *, where: str, known: Collection[str] = ()
) -> None:
    """
    Say which names in templates nothing has: a slip of the pen would leave the sentence out.

    Parameters
    ----------
    templates : iterable of str
        See the module.
    result : Result
        What the numbers are.
    where : str
        Whose templates they are.
    known : collection of str, optional
        Names that are known beside the indicators.

    Warns
    -----
    DataQualityWarning
        For each name that is none of an indicator, nor of anything else that is known.
    """
    named = {match[1] for text in templates for match in _PLACEHOLDER.finditer(text)}
    names = _ALWAYS_KNOWN | set(known) | set(result.indicators["id"])
    if named <= names:
        return
    names |= load_indicators().keys()
    for name in sorted(named - names):
        near = difflib.get_close_matches(name, sorted(names), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        warnings.warn(
            f"{where}: a text names {{{name}}}, which is no indicator of this run, and is left out{hint}",
            DataQualityWarning,
            stacklevel=2,
        )


def why_unknown(template: str, result: Result) -> str:
    """
    Say why a template cannot be filled: a word of ``text.toml``.

    Parameters
    ----------
    template : str
        See the module.
    result : Result
        What the numbers are.

    Returns
    -------
    str
        "none_found" where a zero is not proven, "not_computed" otherwise.
    """
    for match in _PLACEHOLDER.finditer(template):
        name, category, column, how = match.groups()
        row = _row(result, name, category)
        if row is None or column is not None or pd.isna(row["value"]):
            continue
        if _is_unproven_zero(row, _decimals(name, how)):
            return "none_found"
    return "not_computed"


def name_in(row: Any, language: str, fallback: str) -> str:
    """
    Name of a table's row in a language.

    Parameters
    ----------
    row : Series
        With `name` and maybe `name:<language>`.
    language : str
        ISO 639-1 code.
    fallback : str
        Where it has neither.

    Returns
    -------
    str
        Fit to draw.
    """
    found = (row.get(f"name:{language}"), row.get("name"), fallback)
    return next(filter(None, map(plain_name, found)), "")


def city_name(result: Result, language: str) -> str:
    """
    Name of the city in a language.

    Parameters
    ----------
    result : Result
        With its area.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        Fit to draw.
    """
    return plain_name(result.area.names.get(language) or result.area.name)


def boundary_name(result: Result, language: str, boundary: str | None = None) -> str:
    """
    Name of a boundary in a language.

    Parameters
    ----------
    result : Result
        With its area.
    language : str
        ISO 639-1 code.
    boundary : str, optional
        Its id; the primary one otherwise.

    Returns
    -------
    str
        Fit to draw.
    """
    key = boundary or result.area.primary_id
    return name_in(result.area.boundaries.loc[key], language, key)


def land_text(result: Result, language: str) -> str:
    """
    Write the land area of the primary boundary.

    Parameters
    ----------
    result : Result
        With its area.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        Square kilometres, with decimals where it is small.
    """
    land = float(result.area.boundaries["area_land"].loc[[result.area.primary_id]].iloc[0]) / 1e6
    return format_number(land, 2 if land < 100 else 0, language)


def _resolve(match: re.Match[str], result: Result, language: str, numbers: Numbers) -> str | None:
    """Text of one placeholder, or None."""
    name, category, column, how = match.groups()
    if name in numbers:
        number = numbers[name]
        if number is None or isinstance(number, str):
            return number
        return None if pd.isna(number) else format_value(number, how, language)
    known = _always_known(name, category, result, language)
    if known is not None:
        return known
    row = _row(result, name, category)
    value = None if row is None else row[column or "value"]
    if row is None or pd.isna(value):
        return None
    digits = 0 if column == "n" else _decimals(name, how)
    if column is None and _is_unproven_zero(row, digits):
        return None
    return format_value(float(value), how if how in UNITS else f".{digits}f", language)


def _always_known(name: str, category: str | None, result: Result, language: str) -> str | None:
    """Names, areas and counts that need no indicator."""
    if name == "city":
        return city_name(result, language)
    if name == "boundary":
        return boundary_name(result, language)
    if name == "land_km2":
        return land_text(result, language)
    if name == "count" and category is not None:
        layer = result.layers.get(category)
        return format_number(0 if layer is None else len(layer), 0, language)
    return None


def _is_unproven_zero(row: pd.Series[Any], digits: int) -> bool:
    """Whether a number reads as nothing, where nobody knows that there is nothing."""
    return round(float(row["value"]), digits) == 0 and (
        pd.isna(row["grade"]) or row["grade"] == WORST
    )


def _row(result: Result, name: str, category: str | None) -> pd.Series[Any] | None:
    """One of the primary boundary's rows; None unless there is exactly one."""
    rows = result.indicators
    rows = rows[(rows["id"] == name) & (rows["level"] == "city")]
    rows = rows[rows["boundary"] == result.area.primary_id]
    rows = rows[rows["category"].isna()] if category is None else rows[rows["category"] == category]
    return rows.iloc[0] if len(rows) == 1 else None


def _decimals(indicator: str, wanted: str | None) -> int:
    """Decimals asked for, or those of the indicator's own specification."""
    if wanted in UNITS:
        return 0
    if wanted is not None:
        return int(wanted[1])
    spec = load_indicators().get(indicator)
    return 1 if spec is None else spec.decimals
