"""The event calendar: twelve months by events, and apart what has no month or no place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patches import FancyBboxPatch

from creative_spatial.errors import InsufficientDataError
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.charts.chart import Chart, label_in, refuse_others, table_of
from creative_spatial.plotters.charts.drawing import (
    GRID,
    LABEL_PT,
    OWN_INCHES,
    RULE,
    SMALL_PT,
    column,
    ready_container,
    write_bilingual,
)
from creative_spatial.plotters.charts.months import MONTHS, first_month, months_of
from creative_spatial.plotters.drawn import class_labels
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.messages import name_in
from creative_spatial.plotters.signs import add_signs, sign_ink
from creative_spatial.plotters.symbols import classify, matching
from creative_spatial.plotters.text import plain
from creative_spatial.plotters.typeset import lines_of, style_for
from creative_spatial.plotters.words import check_languages, word
from creative_spatial.schema import require_columns, source_ids
from creative_spatial.taxonomy import Taxonomy
from creative_spatial.taxonomy.signs import PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.plotters.charts.specs import ChartSpec
    from creative_spatial.plotters.messages import Numbers
    from creative_spatial.plotters.typeset import Style
    from creative_spatial.result import Result

MOST = 30
ROW_MM, HEAD_MM, GAP_MM, LIST_GAP_MM = 8.4, 8.5, 2.0, 0.8
SIGN_MM = 1.0
LABEL_SHARE, MOST_LISTED, MOST_BUSIEST, MOST_CLASSES = 0.36, 4, 3, 7
ILLUSTRATIVE = {"accuracy": ("illustrative",)}


def plot_event_calendar(
    events: pd.DataFrame, *, hue: str = "community", taxonomy: Taxonomy | None = None,
    language: str | Sequence[str] = "en", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw events by the months they are held in.

    Events stand in the order of the year, each with a box in each of its months in the
    color of its class. Those whose month is not known are listed below, and so are those
    whose place is not known, which may stand in the calendar as well.

    Parameters
    ----------
    events : DataFrame or GeoDataFrame, n rows
        The table `events`, or a layer: `name`, maybe `name:<language>`, `concept` and
        `place_known`, and `months` ("1;2;12") or `starts` and `ends`.
    hue : str
        Column that color shows: a legend of the taxonomy, or any column of few values.
    taxonomy : Taxonomy, optional
        Its legends; the package's otherwise.
    language : str or sequence of str
        Of names and months; two stand one below the other.
    ax : Axes, optional
        Where to draw, at least 120 mm wide; a new one otherwise.

    Returns
    -------
    Axes
        The calendar is the first of its `child_axes`.

    Raises
    ------
    LayerSchemaError
        If there is no column `name`.
    ConfigError
        If there is no such language.

    Examples
    --------
    >>> import pandas as pd
    >>> fairs = pd.DataFrame({"name": ["Book fair", "Boat race"], "months": ["3", "10;11"]})
    >>> ax = plot_event_calendar(fairs)
    >>> len(ax.child_axes[0].patches)
    3
    """
    languages = [language] if isinstance(language, str) else list(language)
    check_languages(languages)
    require_columns(events, "name", name="events")
    facts = taxonomy or Taxonomy.load()
    rows, months = _in_order(events)
    classes, invented = (
        classify(rows, hue, facts, max_classes=MOST_CLASSES),
        matching(rows, ILLUSTRATIVE),
    )
    dated = [number for number, held in enumerate(months) if held][:MOST]
    listed = _lists(rows, months, languages, facts)
    foot_mm = _lists_mm(listed, languages, OWN_INCHES[0] * 25.4)
    ax = ready_container(ax, (HEAD_MM + ROW_MM * max(len(dated), 1) + foot_mm) / 25.4 + 0.5)
    width, height = axes_size_mm(ax)
    low = _write_lists(ax, listed, languages)
    left = LABEL_SHARE * width
    row_mm = max((height - HEAD_MM - low) / max(len(dated), 1), 1.0)
    grid = column(ax, left, width, low, height - HEAD_MM)
    grid.set(xlim=(0.5, MONTHS + 0.5), ylim=(max(len(dated), 1) - 0.5, -0.5), gid="calendar")
    _draw_grid(grid, len(dated))
    for number in range(MONTHS):
        texts = {code: word("months", code).split()[number] for code in languages}
        write_bilingual(
            ax, (left + (number + 0.5) * (width - left) / MONTHS) / width, 1 - HEAD_MM / 2 / height,
            texts, languages, room_mm=(width - left) / MONTHS + 1, size=LABEL_PT, height_mm=height,
            align="center", most=1,
        )  # fmt: skip
    for y, number in enumerate(dated):
        entry = classes.legend[classes.keys[number]]
        hollow = entry.hollow or bool(invented[number])
        for month in months[number]:
            grid.add_patch(FancyBboxPatch(
                (month - 0.38, y - 0.28), 0.76, 0.56, boxstyle="round,pad=0,rounding_size=0.1",
                facecolor="#FFFFFF" if hollow else entry.color, edgecolor=entry.color,
                linewidth=1.2 if hollow else 0.4, zorder=2, mutation_aspect=1.0,
            ))  # fmt: skip
        add_signs(
            grid, np.array([(month, y) for month in months[number]], dtype=float), entry.sign or PLAIN,
            sign_ink(entry.color, hollow=hollow), np.full(len(months[number]), SIGN_MM),
        )  # fmt: skip
        middle = 1 - (HEAD_MM + row_mm * (y + 0.5)) / height
        texts = {code: event_name(rows.iloc[number], code, facts) for code in languages}
        write_bilingual(
            ax, 0.0, middle, texts, languages, room_mm=left - GAP_MM, height_mm=height, most=1
        )
        below = middle - row_mm / 2 / height
        ax.plot([0, left / width], [below, below], color=GRID, linewidth=0.5, clip_on=False)
    return ax


def event_name(row: Any, language: str, taxonomy: Taxonomy) -> str:
    """
    Name of an event, or what it is.

    Parameters
    ----------
    row : Series
        With `name`, maybe `name:<language>` and `concept`.
    language : str
        ISO 639-1 code.
    taxonomy : Taxonomy
        Labels of concepts.

    Returns
    -------
    str
        Fit to draw.
    """
    concept = row.get("concept")
    known = concept is not None and concept in taxonomy.concepts
    return name_in(row, language, taxonomy.label(concept, language) if known else "–")


def chart_of(result: Result, spec: ChartSpec) -> Chart:
    """
    Read the event calendar of a result.

    Parameters
    ----------
    result : Result
        With the table `events`.
    spec : ChartSpec
        Which table, and which of its rows.

    Returns
    -------
    Chart
        Of all events, wherever they are held.

    Raises
    ------
    InsufficientDataError
        If there is no event, or the table is none of events.
    """
    try:
        events = table_of(result, spec)
    except InsufficientDataError:
        raise InsufficientDataError(
            "no event is on record; a row of culture whose concept is an event would be one"
        ) from None
    refuse_others(events, spec, "name")
    rows, months = _in_order(events)
    shown = min(sum(map(bool, months)), MOST)
    spoken, page = result.area.languages[:2] or ("en",), cartography().page
    listed = _lists(rows, months, spoken, result.taxonomy)
    foot_mm = _lists_mm(listed, spoken, page.short_mm - 2 * page.margin_mm)
    return Chart(
        draw=lambda ax, languages: plot_event_calendar(
            rows, taxonomy=result.taxonomy, language=languages, ax=ax
        ),
        height_mm=HEAD_MM + ROW_MM * max(shown, 1) + foot_mm,
        numbers=partial(_numbers, rows, months),
        rows=lambda language: [
            _row_numbers(row, held, language, result.taxonomy)
            for (_, row), held in zip(rows.iterrows(), months, strict=True)
        ],
        legend=_legend(rows, months, result.taxonomy),
        n=len(rows), source_ids=tuple(source_ids(rows)),
        illustrative=int(matching(rows, ILLUSTRATIVE).sum()), total=len(rows), n_word="events_shown",
    )  # fmt: skip


def _in_order(events: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[int, ...]]]:
    """Events in the order of the year, those of no known month last."""
    months = months_of(events)
    names = events["name"].astype(object).where(events["name"].notna(), "").astype(str).tolist()
    order = sorted(
        range(len(events)), key=lambda i: (first_month(months[i]), len(months[i]), names[i])
    )
    return events.iloc[order], [months[i] for i in order]


def _draw_grid(ax: Axes, count: int) -> None:
    """Hairlines between months and events."""
    for month in range(MONTHS + 1):
        ax.axvline(month + 0.5, color=RULE if month % 3 == 0 else GRID, linewidth=0.5, zorder=0.5)
    for y in range(count + 1):
        ax.axhline(y - 0.5, color=GRID, linewidth=0.5, zorder=0.4)


def _lists(
    rows: pd.DataFrame, months: Sequence[tuple[int, ...]], languages: Sequence[str], taxonomy: Taxonomy
) -> list[dict[str, str]]:  # fmt: skip
    """What has no month, what has no place, and what there is no room for, by language."""
    undated = np.array([not held for held in months], dtype=bool)
    found = []
    for key, lost in (("months_unknown", undated), ("place_unknown", _placeless(rows))):
        if lost.any():
            events = [row for _, row in rows[lost].iterrows()]
            found.append({
                code: f"{word(key, code)}: {'; '.join(event_name(it, code, taxonomy) for it in events)}"
                for code in languages
            })  # fmt: skip
    if (more := int((~undated).sum()) - MOST) > 0:
        found.append({code: word("events_more", code, value=str(more)) for code in languages})
    return found


def _placeless(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Rows that say they have no place; a table without geometry says it in `place_known`."""
    if "place_known" in rows:
        return ~rows["place_known"].to_numpy(dtype=bool)
    if "geometry" in rows:
        shapes = np.asarray(rows["geometry"], dtype=object)
        return np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return np.zeros(len(rows), dtype=bool)


def _list_blocks(
    listed: Sequence[Mapping[str, str]], languages: Sequence[str], width_mm: float
) -> list[list[tuple[str, Style]]]:
    """The lines of each list: the first language and, where it differs, the second."""
    look = cartography()
    second = SMALL_PT * look.type.second_language
    styles = (
        style_for(languages[0], SMALL_PT, color=look.ground.ink),
        style_for(languages[0], second, color=look.ground.quiet_ink),
    )
    return [
        [
            (line, style)
            for text, style in zip(dict.fromkeys(texts.values()), styles, strict=False)
            for line in lines_of(text, style, width_mm - 2, most=MOST_LISTED)
        ]
        for texts in listed
    ]


def _lists_mm(
    listed: Sequence[Mapping[str, str]], languages: Sequence[str], width_mm: float
) -> float:
    """Height of the lists with a gap above each, in millimetres."""
    blocks = _list_blocks(listed, languages, width_mm)
    lines = sum(style.leading_mm for block in blocks for _, style in block)
    return lines + LIST_GAP_MM * len(blocks) + (GAP_MM if blocks else 0.0)


def _write_lists(ax: Axes, listed: Sequence[Mapping[str, str]], languages: Sequence[str]) -> float:
    """The lists at the foot; the height they take, in millimetres."""
    width, height = axes_size_mm(ax)
    total = _lists_mm(listed, languages, width)
    y = total - GAP_MM
    for block in _list_blocks(listed, languages, width):
        y -= LIST_GAP_MM
        for line, style in block:
            y -= style.leading_mm
            ax.text(
                0.0, (y + 0.24 * style.leading_mm) / height, drawable(line), va="baseline", clip_on=False,
                **style.properties(),
            )  # fmt: skip
    return total


def _legend(
    rows: pd.DataFrame, months: Sequence[tuple[int, ...]], taxonomy: Taxonomy
) -> tuple[LegendGroup, ...]:
    """The classes that stand in the calendar."""
    dated = rows[[bool(held) for held in months]]
    if not len(dated):
        return ()
    classes = classify(dated, "community", taxonomy, max_classes=MOST_CLASSES)
    items = [
        LegendItem(
            "fill",
            class_labels(entry, classes),
            entry.color,
            hollow=entry.hollow,
            sign=entry.sign or PLAIN,
        )
        for entry in classes.legend.values()
    ]
    if matching(dated, ILLUSTRATIVE).any():
        items.append(LegendItem("fill", worded("hollow_example"), "#6B6B6B", hollow=True))
    return (LegendGroup(worded("event_held"), tuple(items)),)


def _numbers(rows: pd.DataFrame, months: Sequence[tuple[int, ...]], language: str) -> Numbers:
    """What the message may say."""
    dated = sum(map(bool, months))
    found: dict[str, Any] = {
        "events": float(len(rows)), "dated": float(dated), "undated": float(len(rows) - dated),
        "placeless": float(_placeless(rows).sum()),
    }  # fmt: skip
    if dated:
        held = np.bincount([month for some in months for month in some], minlength=MONTHS + 1)[1:]
        names = word("months", language).split()
        most = int(held.max())
        busiest = [name for name, count in zip(names, held, strict=True) if count == most]
        found |= {
            "busiest": ", ".join(busiest) if len(busiest) <= MOST_BUSIEST else None, "busiest_events": float(most),
            "quiet": float((held == 0).sum()),
        }  # fmt: skip
    return found


def _row_numbers(row: Any, months: Sequence[int], language: str, taxonomy: Taxonomy) -> Numbers:
    """What the alternative text may say of an event."""
    names = word("months", language).split()
    community = row.get("community")
    known = taxonomy.legends.get("community", {}).get(str(community))
    return {
        "label": event_name(row, language, taxonomy),
        "months": ", ".join(names[month - 1] for month in months)
        or word("months_unknown", language),
        "community": word("unknown", language)
        if known is None
        else label_in(known.labels, language, str(community)),
        "recurrence": plain(row.get("recurrence")) or None,
    }
