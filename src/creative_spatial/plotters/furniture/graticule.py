"""Ticks of the geographic grid along the neat line, labelled in degrees and minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.typeset import extent_mm, style_for
from creative_spatial.plotters.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.typeset import Style

STEPS_MIN = (0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600)
TICK_MM = 1.4
MOST_TICKS = 4


def degrees_text(value: float, language: str, *, is_latitude: bool) -> str:
    """
    Write a coordinate in degrees and minutes.

    Parameters
    ----------
    value : float, degrees
        Longitude or latitude.
    language : str
        Of the letter.
    is_latitude : bool
        North and south, not east and west.

    Returns
    -------
    str
        Seconds only where there are any.

    Examples
    --------
    >>> degrees_text(-15.5, "en", is_latitude=False)
    '15°30′W'
    >>> degrees_text(7.25, "en", is_latitude=True)
    '7°15′N'
    """
    sides = ("north", "south") if is_latitude else ("east", "west")
    letter = word(sides[0] if value >= 0 else sides[1], language)
    seconds = round(abs(value) * 3600)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    tail = f"{seconds:02d}″" if seconds else ""
    return f"{degrees}°{minutes:02d}′{tail}{letter}"


def step_minutes(span_deg: float) -> float:
    """
    Choose the distance between ticks.

    Parameters
    ----------
    span_deg : float, degrees
        Extent of the map.

    Returns
    -------
    float, minutes of arc
        A round step with at most four ticks.

    Examples
    --------
    >>> step_minutes(0.1)
    2
    """
    return next((step for step in STEPS_MIN if span_deg * 60 / step <= MOST_TICKS), STEPS_MIN[-1])


def draw_graticule(page: Axes, frame: Frame, left: float, bottom: float, language: str) -> None:
    """
    Draw ticks on all sides and labels below and to the left.

    Parameters
    ----------
    page : Axes
        In millimetres.
    frame : Frame
        What the map shows.
    left, bottom : float, millimetres
        Its lower left corner on the page.
    language : str
        Of the letters.
    """
    ground = cartography().ground
    style = style_for(language, 5.6, color=ground.quiet_ink)
    for horizontal in (True, False):
        for upper in (False, True):
            for at, value in _crossings(frame, horizontal=horizontal, upper=upper):
                edge = (frame.height_mm if horizontal else frame.width_mm) if upper else 0.0
                inward = -TICK_MM if upper else TICK_MM
                if horizontal:
                    xs, ys = [left + at, left + at], [bottom + edge, bottom + edge + inward]
                else:
                    xs, ys = [left + edge, left + edge + inward], [bottom + at, bottom + at]
                page.add_line(Line2D(xs, ys, color=ground.ink, linewidth=0.5, zorder=20))
                if not upper:
                    text = degrees_text(value, language, is_latitude=not horizontal)
                    spot = _label_spot(text, style, frame, at, horizontal=horizontal)
                    _put(
                        page, text, style, (left + spot[0], bottom + spot[1]), horizontal=horizontal
                    )


def _label_spot(
    text: str, style: Style, frame: Frame, at: float, *, horizontal: bool
) -> tuple[float, float]:
    """Where a label stands outside the neat line, kept clear of the corners."""
    width = extent_mm(text, style)[0]
    room = frame.width_mm if horizontal else frame.height_mm
    middle = min(max(at, width / 2), room - width / 2)
    return (middle, -2.7) if horizontal else (-1.3, middle)


def _put(
    page: Axes, text: str, style: Style, spot: tuple[float, float], *, horizontal: bool
) -> None:
    """One label, upright below the map and turned beside it."""
    page.text(
        *spot, text, ha="center" if horizontal else "right", va="baseline" if horizontal else "center",
        rotation=0 if horizontal else 90, **style.properties(),
    )  # fmt: skip


def _crossings(frame: Frame, *, horizontal: bool, upper: bool) -> list[tuple[float, float]]:
    """Where round meridians or parallels meet one side: millimetres along it, degrees."""
    along = np.linspace(0, frame.width_mm if horizontal else frame.height_mm, 201)
    across = np.full_like(
        along, (frame.height_mm if horizontal else frame.width_mm) if upper else 0.0
    )
    mm = np.column_stack([along, across] if horizontal else [across, along])
    degrees: NDArray[np.float64] = frame.lonlat(frame.to_crs(mm))[:, 0 if horizontal else 1]
    if not np.isfinite(degrees).all() or (np.diff(degrees) <= 0).any():
        return []
    step = step_minutes(float(degrees[-1] - degrees[0])) / 60
    values = (
        np.arange(np.ceil(degrees[0] / step - 1e-9), np.floor(degrees[-1] / step + 1e-9) + 1) * step
    )
    return [
        (float(at), float(value))
        for at, value in zip(np.interp(values, degrees, along), values, strict=True)
    ]
