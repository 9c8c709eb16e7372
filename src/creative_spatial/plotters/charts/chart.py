"""What a chart knows before it is drawn: its rows, its numbers, whose data they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.errors import InsufficientDataError
from creative_spatial.plotters.symbols import matching
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from creative_spatial.plotters.charts.specs import ChartSpec
    from creative_spatial.plotters.legend_items import LegendGroup
    from creative_spatial.plotters.messages import Numbers
    from creative_spatial.result import Result


@dataclass(frozen=True)
class Chart:
    """
    A chart of a result, ready to draw.

    Parameters
    ----------
    draw : callable
        Draws it on an Axes in one or two languages, and returns the Axes.
    height_mm : float, millimetres
        Room it wants on a sheet.
    numbers : callable
        What goes into the message and the lead, in a language.
    rows : callable
        What goes into each row of the alternative text, in a language.
    legend : tuple of LegendGroup
        What explains its marks.
    n : int or None
        Places or records it is made of.
    n_word : str
        The word of ``text.toml`` that says what they are.
    source_ids : tuple of str
        Whose data it shows.
    illustrative, total : int
        Rows that are invented, and rows in all.
    """

    draw: Callable[[Axes, Sequence[str]], Axes]
    height_mm: float
    numbers: Callable[[str], Numbers]
    rows: Callable[[str], Sequence[Numbers]]
    legend: tuple[LegendGroup, ...] = ()
    n: int | None = None
    n_word: str = "chart_shown"
    source_ids: tuple[str, ...] = ()
    illustrative: int = 0
    total: int = 0


def table_of(result: Result, spec: ChartSpec, *, name: str | None = None) -> pd.DataFrame:
    """
    Rows of the primary boundary, as a whole, in a chart's table.

    Parameters
    ----------
    result : Result
        With its tables.
    spec : ChartSpec
        Which one.
    name : str, optional
        Another table than the chart's own.

    Returns
    -------
    DataFrame
        One row at least.

    Raises
    ------
    InsufficientDataError
        If there is no such table, or it has no row.
    """
    wanted = name or str(spec.table)
    table = result.tables.get(wanted)
    if table is None:
        raise InsufficientDataError(f"there is no table {wanted!r}")
    if "boundary" in table:
        table = table[table["boundary"] == result.area.primary_id]
    if "level" in table:
        table = table[table["level"] == "city"]
    table = table[matching(table, spec.where)]
    if not len(table):
        raise InsufficientDataError(f"table {wanted!r} has no row of {result.area.primary_id!r}")
    return table


def refuse_others(
    table: pd.DataFrame, spec: ChartSpec, *columns: str, number: str | None = None
) -> None:
    """
    Refuse a table that a kind of chart cannot show: a city's ``charts.toml`` may name any.

    Parameters
    ----------
    table : DataFrame
        From `table_of`.
    spec : ChartSpec
        Which chart.
    *columns : str
        What the kind shows.
    number : str, optional
        Another of them, which must hold numbers, or nothing where a row has no value to show.

    Raises
    ------
    InsufficientDataError
        Naming what is missing, or is no number, so that the chart is left out and says why.
    """
    wanted = [*columns, *([number] if number else [])]
    if missing := [name for name in wanted if name not in table]:
        raise InsufficientDataError(
            f"table {spec.table!r} cannot be drawn as {spec.draw!r}: it has no {', '.join(missing)}"
        )
    if not number:
        return
    held = table[number].dropna()
    if pd.to_numeric(held, errors="coerce").isna().any():
        raise InsufficientDataError(
            f"table {spec.table!r} cannot be drawn along {number!r}, which is no number in each row"
        )


def sources_of(result: Result, indicator: str) -> tuple[str, ...]:
    """
    Sources that an indicator of the primary boundary was computed from.

    Parameters
    ----------
    result : Result
        With its indicators.
    indicator : str
        Its id.

    Returns
    -------
    tuple of str
        Ids of sources, each once.
    """
    rows = result.indicators
    rows = rows[(rows["id"] == indicator) & (rows["boundary"] == result.area.primary_id)]
    cells = rows["sources"].dropna().astype(str)
    parts = (part.strip() for cell in cells for part in cell.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def label_in(labels: Mapping[str, str], language: str, fallback: str) -> str:
    """
    What something is called in a language.

    Parameters
    ----------
    labels : mapping of str to str
        By language; possibly empty.
    language : str
        ISO 639-1 code.
    fallback : str
        Where there is no label at all.

    Returns
    -------
    str
        Not empty, if the fallback is not.
    """
    return (in_language(labels, language) if labels else "") or fallback
