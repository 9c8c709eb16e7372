"""Maps of a result: on Axes, or as a whole A4 sheet with everything a reviewer asks for."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import shapely

from creative_spatial.errors import ConfigError
from creative_spatial.plotters.alternative import alternative_text
from creative_spatial.plotters.attribution import credits_of, illustrative_mark
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.completeness import completeness_note, shown_pillars
from creative_spatial.plotters.evidence import with_evidence
from creative_spatial.plotters.frame import keep_within
from creative_spatial.plotters.furniture.block import Block
from creative_spatial.plotters.furniture.facts import facts_block, illustrative_block, notes_block
from creative_spatial.plotters.furniture.legend import legend_block
from creative_spatial.plotters.furniture.locator import locator_block
from creative_spatial.plotters.furniture.north import draw_north
from creative_spatial.plotters.furniture.scale_bar import scale_block
from creative_spatial.plotters.ground import gap_note, known_extent
from creative_spatial.plotters.inset_map import head_mm
from creative_spatial.plotters.insets import choose_inset
from creative_spatial.plotters.layout import Layout, Panels, lay_out
from creative_spatial.plotters.lost import lost_group, more_names
from creative_spatial.plotters.messages import (
    boundary_name,
    compose,
    land_text,
    warn_of_strangers,
)
from creative_spatial.plotters.multiples import draw_multiples, heading_mm
from creative_spatial.plotters.numbered import list_of
from creative_spatial.plotters.panels import panel_numbers, panels_of
from creative_spatial.plotters.sheet import LIST, MapSheet, draw_head_and_foot, draw_panel
from creative_spatial.plotters.single import draw_single
from creative_spatial.plotters.specs import MapSpec, load_maps
from creative_spatial.plotters.symbols import matching
from creative_spatial.plotters.text import LONGEST_SENTENCE, ZERO_WIDTH_SPACE, plain
from creative_spatial.plotters.words import check_languages, format_number, in_language, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.content import Content
    from creative_spatial.plotters.panels import Panel
    from creative_spatial.result import Result

SMALL = 0.7
MORE_PANEL_MM = (0.0, 5.0, 10.0, 16.0, 24.0, 36.0)


def draw_map(
    result: Result, map_id: str | MapSpec, *, languages: Sequence[str] | None = None
) -> MapSheet:
    """
    Draw one whole sheet.

    Parameters
    ----------
    result : Result
        What to show.
    map_id : str or MapSpec
        Id of one of the result's maps (the package's and the city's own), or a specification,
        e.g. from `load_maps`.
    languages : sequence of str, optional
        First and second language; the area's otherwise. One that the sheets lack words in
        is warned of: its names are shown, with English words around them.

    Returns
    -------
    MapSheet
        A matplotlib Figure of A4 size; write it with `save_figure`.

    Raises
    ------
    ConfigError
        If there is no such map or language, or the map holds a boundary that is not there.
    """
    spec = find_map(map_id, result)
    result = with_evidence(result, spec)
    spoken = tuple(languages or result.area.languages or ("en",))[:2]
    check_languages(spoken)
    held = held_area(result, spec)
    known = known_extent(result.layers)
    with own_style():
        panels = panels_of(result, spec) if spec.panels else None
        known_numbers = {} if panels is None else panel_numbers(panels)
        warn_of_strangers(spec.templates(), result, where=f"map {spec.id!r}", known=known_numbers)
        titles = {
            language: plain_wrap(compose([spec.title], result, language)) for language in spoken
        }
        messages = {
            language: plain_wrap(compose(spec.message, result, language, known_numbers))
            for language in spoken
        }
        room = None if panels is None else Panels(len(panels), partial(heading_mm, panels, spoken))
        place = partial(
            _placed, held, result, known, spec=spec, languages=spoken, title=titles, message=messages, panels=room,
        )  # fmt: skip
        for more in MORE_PANEL_MM:
            sheet, content, whole = _sheet(
                partial(place, more_panel_mm=more), result, spec, spoken, panels=panels, held=held
            )
            # What the panel of any map leaves out, it may; an inset or a list takes no room from it.
            if whole or (content.inset is None and not content.listed):
                break
    sheet.set_label(plain(in_language(titles, spoken[0]).replace(ZERO_WIDTH_SPACE, "")))
    told = partial(alternative_text, result, spec, content, title=titles, message=messages)
    sheet.alternative = {language: told(language) for language in spoken}
    return sheet


def _sheet(
    place: Callable[..., Layout], result: Result, spec: MapSpec, languages: Sequence[str],
    *, panels: Sequence[Panel] | None, held: BaseGeometry,
) -> tuple[MapSheet, Content, bool]:  # fmt: skip
    """A sheet in a layout, what was drawn on it, and whether its panel holds everything."""
    layout = place()
    inset = choose_inset(
        result, spec, layout.frame, held, head_mm=partial(head_mm, languages=languages)
    )
    if inset is not None and inset.corner is None:
        layout = place(strip_mm=inset.height_mm)
    sheet = MapSheet(layout.width_mm, layout.height_mm)
    if panels is None:
        content = draw_single(sheet, layout, result, spec, languages, held=held, inset=inset)
    else:
        content = draw_multiples(sheet, layout, result, spec, languages, panels=panels, held=held)
    draw_head_and_foot(sheet, layout, languages)
    make = partial(_blocks, result, spec, content, languages)
    lost = [] if content.lost_on_map else content.not_placed
    fuller = [partial(make, listed=most) for most in more_names(len(lost))]
    whole = draw_panel(sheet, layout, make, fuller)
    return sheet, content, whole


def _placed(
    held: BaseGeometry, result: Result, known: Box | None, *, spec: MapSpec, languages: Sequence[str],
    title: Mapping[str, str], message: Mapping[str, str], panels: Panels | None, strip_mm: float = 0.0,
    more_panel_mm: float = 0.0,
) -> Layout:  # fmt: skip
    """The layout of a sheet, its frame where the data is."""
    layout = lay_out(
        held, result.area.crs, margin=spec.frame.margin, orientation=spec.orientation,
        languages=languages, title=title, message=message, credit=credits_of(result, spec, languages),
        known=known, panels=panels, strip_mm=strip_mm, more_panel_mm=more_panel_mm,
    )  # fmt: skip
    return replace(layout, frame=keep_within(layout.frame, held, known))


def known_maps(result: Result) -> Mapping[str, MapSpec]:
    """
    List the maps of a result.

    Parameters
    ----------
    result : Result
        With a city's maps or without any.

    Returns
    -------
    mapping of str to MapSpec
        The package's, and over them the city's own.
    """
    return result.maps or load_maps()


def find_map(map_id: str | MapSpec, result: Result) -> MapSpec:
    """
    Look a map up.

    Parameters
    ----------
    map_id : str or MapSpec
        An id, or the specification itself.
    result : Result
        Whose maps.

    Returns
    -------
    MapSpec
        The specification.

    Raises
    ------
    ConfigError
        Naming the maps there are.
    """
    if isinstance(map_id, MapSpec):
        return map_id
    known = known_maps(result)
    if map_id not in known:
        raise ConfigError(f"Unknown map {map_id!r}; there are {', '.join(known)}.")
    return known[map_id]


def held_area(result: Result, spec: MapSpec) -> BaseGeometry:
    """
    What a map must hold.

    Parameters
    ----------
    result : Result
        With its boundaries.
    spec : MapSpec
        Which of them.

    Returns
    -------
    geometry, working CRS
        Their union, or that of the rows that it names.

    Raises
    ------
    ConfigError
        If one of them is not there.
    """
    area = result.area
    layer = result.layers.get(spec.frame.layer or "")
    if layer is not None:
        shapes = layer.geometry.to_numpy()[matching(layer, spec.frame.where)]
        if len(shapes := shapes[~shapely.is_missing(shapes)]):
            rows: BaseGeometry = shapely.union_all(shapes)
            return rows
    if spec.frame.hold == "primary":
        return area.primary
    if spec.frame.hold == "all":
        return area.extent
    wanted = (spec.frame.hold,) if isinstance(spec.frame.hold, str) else spec.frame.hold
    if missing := [key for key in wanted if key not in area.boundaries.index]:
        raise ConfigError(
            f"Map {spec.id!r} holds the boundaries {missing}; there are {', '.join(area.boundaries.index)}."
        )
    held: BaseGeometry = shapely.union_all(
        np.asarray(area.boundaries.geometry.loc[list(wanted)], dtype=object)
    )
    return held


def plain_wrap(text: str | None) -> str:
    """
    Make a composed text plain, keeping the places where a line may break.

    Parameters
    ----------
    text : str or None
        With zero-width spaces.

    Returns
    -------
    str
        Possibly empty.
    """
    if not text:
        return ""
    return ZERO_WIDTH_SPACE.join(
        plain(f"x{part}x", most=LONGEST_SENTENCE)[1:-1] for part in text.split(ZERO_WIDTH_SPACE)
    )


@contextmanager
def own_style() -> Iterator[None]:
    """
    Use matplotlib's defaults, whatever the user's own settings are, and only here.

    Yields
    ------
    None
        While a sheet is drawn.
    """
    defaults = {
        key: value for key, value in mpl.rcParamsDefault.items()
        if not key.startswith(("backend", "interactive", "toolbar", "webagg", "tk.", "text.hinting_factor", "timezone", "date."))
    }  # fmt: skip
    with mpl.rc_context(defaults):
        mpl.rcParams.update({"text.hinting": "none", "hatch.linewidth": 0.35})
        yield


def _blocks(
    result: Result, spec: MapSpec, content: Content, languages: Sequence[str], *, width: float, size: float,
    tight: bool, listed: int | None = None,
) -> list[Block]:  # fmt: skip
    """The panel: legend, box of numbers, notes, scale and north, locator."""
    blocks = [
        legend_block(group, languages, width, size, tight=tight)
        for group in content.legend
        if group.items
    ]
    if not content.list_on_map:
        blocks += [
            legend_block(group, languages, width, size, tight=tight, name=LIST)
            for group in list_of(content.listed.values(), result, spec, content.frame)
        ]
    if spec.facts:
        blocks.append(facts_block(spec.facts, result, languages, width, size))
    lost = lost_group(content.not_placed, tight=tight, together=listed)
    if lost is not None and not content.lost_on_map:
        blocks.append(legend_block(lost, languages, width, size, tight=tight))
    blocks.append(
        notes_block(_notes(result, spec, content, languages), languages, width, size, tight=tight)
    )
    if (warning := illustrative_mark(result, content)) is not None:
        blocks.append(illustrative_block(warning, languages, width, size))
    factor = size / cartography().type.legend_pt
    height = (30 if factor > SMALL else 24) * max(factor, 0.55)
    scale = scale_block(content.frame, languages, width, size)
    locator = locator_block(
        content.frame, result.area, result.layers, width_mm=width - 14, height_mm=height
    )

    def draw_orientation(page: Any, x: float, top: float) -> None:
        locator.draw(page, x, top)
        draw_north(page, content.frame, x + width - 6, top - height / 2, languages[0])

    blocks.append(scale)
    blocks.append(Block("locator", height, draw_orientation))
    return blocks


def _notes(
    result: Result, spec: MapSpec, content: Content, languages: Sequence[str]
) -> list[dict[str, str]]:
    """Boundary with its land area, n, date of the data, completeness, gaps, caution, own notes."""
    notes = [place_note(result, languages)]
    if content.n is not None:
        key = "shown_areas" if content.are_areas else "shown"
        said = {code: format_number(content.n, 0, code) for code in languages}
        notes.append({code: word(key, code, value=value) for code, value in said.items()})
    notes.append(date_note(result, content.source_ids, languages))
    known = completeness_note(result, shown_pillars(result, spec))
    notes += [
        {language: in_language(texts, language) for language in languages}
        for texts in (known, gap_note(result.layers, content.frame), spec.caution)
        if texts
    ]
    notes += [
        {language: plain_wrap(compose([texts], result, language)) for language in languages}
        for texts in spec.notes
    ]
    return [note for note in notes if any(note.values())]


def place_note(result: Result, languages: Sequence[str]) -> dict[str, str]:
    """
    Name the primary boundary with its land area.

    Parameters
    ----------
    result : Result
        With its area.
    languages : sequence of str
        Which ones.

    Returns
    -------
    dict of str to str
        By language.
    """
    return {
        code: f"{boundary_name(result, code)}: {word('land_area', code, value=land_text(result, code))}"
        for code in languages
    }


def date_note(result: Result, ids: Iterable[str], languages: Sequence[str]) -> dict[str, str]:
    """
    Say of when the data is.

    Parameters
    ----------
    result : Result
        With its sources.
    ids : iterable of str
        Of the sources.
    languages : sequence of str
        Which ones.

    Returns
    -------
    dict of str to str
        By language; empty where no source has a date.
    """
    found = (result.sources.get(key) for key in ids)
    dates = sorted(
        {str(source.date)[:10] for source in found if source is not None and source.date}
    )
    if not dates:
        return {}
    span = dates[0] if len(dates) == 1 else f"{dates[0]} – {dates[-1]}"
    return {code: word("data_date", code, value=span) for code in languages}
