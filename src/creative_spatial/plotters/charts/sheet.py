"""A chart as a sheet: title and message above, legend, notes and credits below."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING

from creative_spatial.errors import ConfigError
from creative_spatial.plotters.attribution import credits_list, credits_sentence
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.charts.specs import ChartSpec, load_charts
from creative_spatial.plotters.furniture.block import Block, flow
from creative_spatial.plotters.furniture.facts import illustrative_block, notes_block
from creative_spatial.plotters.furniture.legend import legend_block
from creative_spatial.plotters.layout import make_foot, make_head
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.maps import date_note, own_style, place_note, plain_wrap
from creative_spatial.plotters.messages import compose
from creative_spatial.plotters.sheet import Sheet
from creative_spatial.plotters.text import ZERO_WIDTH_SPACE, plain
from creative_spatial.plotters.typeset import put_lines, style_for
from creative_spatial.plotters.words import (
    check_languages,
    format_number,
    in_language,
    language_of,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creative_spatial.plotters.charts.chart import Chart
    from creative_spatial.result import Result

COLUMNS, BLOCK_GAP_MM, TALLEST_PANEL_MM, STEP_MM = 3, 2.6, 120, 2
GAP_MM = 3.0


class ChartSheet(Sheet):
    """
    A figure of one chart, as wide as A4 and as high as it needs.

    Parameters
    ----------
    width_mm, height_mm : float, millimetres
        The page.
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        super().__init__(width_mm, height_mm)
        self.alternative: dict[str, str] = {}
        """What the chart says in words, by language: for those who do not see it."""


def draw_chart(
    result: Result, chart_id: str | ChartSpec, *, languages: Sequence[str] | None = None
) -> ChartSheet:
    """
    Draw one chart with everything a reviewer asks for.

    Parameters
    ----------
    result : Result
        What to show: its primary boundary.
    chart_id : str or ChartSpec
        Id of one of the result's charts (the package's and the city's own), or a
        specification, e.g. from `load_charts`.
    languages : sequence of str, optional
        First and second language; the area's otherwise.

    Returns
    -------
    ChartSheet
        With `alternative`, its text for those who do not see it; write it with
        `save_figure`.

    Raises
    ------
    ConfigError
        If there is no such chart or language.
    InsufficientDataError
        If the result has nothing that the chart could show.
    """
    spec = find_chart(chart_id, result)
    spoken = tuple(languages or result.area.languages or ("en",))[:2]
    check_languages(spoken)
    chart = chart_of(result, spec)
    look = cartography()
    page, room = look.page, look.page.short_mm - 2 * look.page.margin_mm
    with own_style():
        titles = {code: plain_wrap(compose([spec.title], result, code)) for code in spoken}
        messages = {
            code: plain_wrap(compose(spec.message, result, code, chart.numbers)) for code in spoken
        }
        head = make_head(titles, messages, spoken, room)
        lines = credits_list(chart.source_ids, result.sources)
        foot, foot_mm = make_foot(credits_sentence(lines, spoken), spoken, room)
        blocks, panel_mm = _panel(partial(_blocks, result, spec, chart, spoken), room)
        low = page.margin_mm - 2 + foot_mm + 1.5 + panel_mm + GAP_MM
        sheet = ChartSheet(page.short_mm, low + chart.height_mm + head.height_mm + page.margin_mm)
        place = (
            page.margin_mm / sheet.width_mm, low / sheet.height_mm,
            room / sheet.width_mm, chart.height_mm / sheet.height_mm,
        )  # fmt: skip
        chart.draw(sheet.add_axes(place, zorder=2), spoken)
        top = head.title.draw(sheet.page, page.margin_mm, sheet.height_mm - page.margin_mm + 2)
        head.message.draw(sheet.page, page.margin_mm, top - 0.4)
        _draw_panel(sheet, blocks, low - GAP_MM, room)
        style = style_for(spoken[0], look.type.note_pt, color=look.ground.quiet_ink)
        put_lines(sheet.page, page.margin_mm, page.margin_mm - 2 + foot_mm, foot, style)
    sheet.set_label(plain(in_language(titles, spoken[0]).replace(ZERO_WIDTH_SPACE, "")))
    sheet.alternative = {code: alternative_text(result, spec, chart, code) for code in spoken}
    return sheet


def find_chart(chart_id: str | ChartSpec, result: Result) -> ChartSpec:
    """
    Look a chart up.

    Parameters
    ----------
    chart_id : str or ChartSpec
        An id, or the specification itself.
    result : Result
        Whose charts: the package's, and over them the city's own.

    Returns
    -------
    ChartSpec
        The specification.

    Raises
    ------
    ConfigError
        Naming the charts there are.
    """
    if isinstance(chart_id, ChartSpec):
        return chart_id
    known: Mapping[str, ChartSpec] = result.charts or load_charts()
    if chart_id not in known:
        raise ConfigError(f"Unknown chart {chart_id!r}; there are {', '.join(known)}.")
    return known[chart_id]


def chart_of(result: Result, spec: ChartSpec) -> Chart:
    """
    Read what a chart shows.

    Parameters
    ----------
    result : Result
        With its tables and layers.
    spec : ChartSpec
        Which chart.

    Returns
    -------
    Chart
        Ready to draw.

    Raises
    ------
    InsufficientDataError
        If the result has nothing that the chart could show.
    """
    module = importlib.import_module(f"creative_spatial.plotters.charts.{spec.draw}")
    chart: Chart = module.chart_of(result, spec)
    return chart


def alternative_text(result: Result, spec: ChartSpec, chart: Chart, language: str) -> str:
    """
    Say in words what a chart shows.

    Parameters
    ----------
    result : Result
        What is shown.
    spec : ChartSpec
        With the sentences.
    chart : Chart
        With the numbers.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        Title, message, one sentence for each row, what is illustrative, and the caution.
    """
    spoken = language_of(spec.row[0], language)
    parts = [
        compose([spec.title], result, language, chart.numbers),
        compose(spec.message, result, language, chart.numbers),
        compose([spec.lead], result, language, chart.numbers),
        *(compose(spec.row, result, spoken, row) for row in chart.rows(spoken)),
        in_language(_warning(chart), language) if chart.illustrative else None,
        in_language(spec.caution, language) if spec.caution else None,
    ]
    said = (plain_wrap(part).replace(ZERO_WIDTH_SPACE, "") for part in parts if part)
    return "\n".join(line for line in said if line)


def _blocks(
    result: Result, spec: ChartSpec, chart: Chart, languages: Sequence[str], width: float
) -> list[Block]:
    """Legend, notes, and the mark of what is illustrative."""
    size = cartography().type.legend_pt
    blocks = [legend_block(group, languages, width, size, tight=True) for group in chart.legend]
    notes: list[Mapping[str, str]] = [place_note(result, languages)]
    if chart.n is not None:
        notes.append({
            code: word(chart.n_word, code, value=format_number(chart.n, 0, code)) for code in languages
        })  # fmt: skip
    notes += [date_note(result, chart.source_ids, languages), spec.caution]
    blocks.append(notes_block([note for note in notes if note], languages, width, size, tight=True))
    if chart.illustrative:
        blocks.append(illustrative_block(_warning(chart), languages, width, size))
    return blocks


def _warning(chart: Chart) -> Mapping[str, str]:
    """What is invented of a chart: how many of its events, or that some of its data are."""
    if not chart.total:
        return worded("chart_illustrative")
    return worded("illustrative_events", value=str(chart.illustrative), total=str(chart.total))


def _panel(make: partial[list[Block]], room_mm: float) -> tuple[list[list[Block]], float]:
    """The blocks in columns of the least height that holds them."""
    width = (room_mm - (COLUMNS - 1) * cartography().page.gap_mm) / COLUMNS
    blocks = make(width)
    for height in range(STEP_MM, TALLEST_PANEL_MM, STEP_MM):
        filled = flow(blocks, COLUMNS, float(height), BLOCK_GAP_MM)
        if filled is not None:
            return filled, float(height)
    return [blocks], sum(block.height_mm + BLOCK_GAP_MM for block in blocks)


def _draw_panel(sheet: Sheet, filled: list[list[Block]], top: float, room_mm: float) -> None:
    """The blocks below the chart."""
    gap = cartography().page.gap_mm
    width = (room_mm - (COLUMNS - 1) * gap) / COLUMNS
    for number, blocks in enumerate(filled):
        y = top
        for block in blocks:
            block.draw(sheet.page, cartography().page.margin_mm + number * (width + gap), y)
            y -= block.height_mm + BLOCK_GAP_MM
