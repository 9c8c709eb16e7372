"""The parts that charts are drawn with: columns inside one Axes, texts in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.typeset import lines_of, style_for
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

LABEL_PT, SMALL_PT = 8.0, 6.6
RULE, GRID = "#8C8C8C", "#E3DFD8"
OWN_INCHES = (7.4, 4.6)


def ready_container(ax: Axes | None, height_in: float | None = None) -> Axes:
    """
    Make an Axes an empty frame that columns are put into.

    Parameters
    ----------
    ax : Axes or None
        None makes a figure through pyplot.
    height_in : float, inches, optional
        Height of that figure.

    Returns
    -------
    Axes
        From 0 to 1 in both directions, without ticks.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(OWN_INCHES[0], height_in or OWN_INCHES[1]))
        ax.set_position((0.02, 0.04, 0.96, 0.92))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_autoscale_on(False)
    ax.set_axis_off()
    return ax


def column(ax: Axes, left_mm: float, right_mm: float, low_mm: float, high_mm: float) -> Axes:
    """
    Put a column into a container.

    Parameters
    ----------
    ax : Axes
        From `ready_container`.
    left_mm, right_mm, low_mm, high_mm : float, millimetres
        Its edges, from the container's lower left corner.

    Returns
    -------
    Axes
        Without spines or ticks, on which nothing scales by itself.
    """
    width, height = axes_size_mm(ax)
    place = (
        left_mm / width,
        low_mm / height,
        (right_mm - left_mm) / width,
        (high_mm - low_mm) / height,
    )
    inner = ax.inset_axes(place)
    inner.set(xticks=[], yticks=[])
    inner.tick_params(which="both", length=0)
    inner.minorticks_off()
    inner.set_facecolor("none")
    for spine in inner.spines.values():
        spine.set_visible(False)
    inner.set_autoscale_on(False)
    return inner


def write(
    ax: Axes, x: float, y: float, text: str, *, language: str, size: float = LABEL_PT, **options: Any
) -> None:  # fmt: skip
    """
    Write one or more lines on an Axes.

    Parameters
    ----------
    ax : Axes
        Where.
    x, y : float
        In its data coordinates, unless `transform` says otherwise.
    text : str
        Fit to draw.
    language : str
        Whose families set it.
    size : float, points
        Size of type.
    **options : Any
        Of matplotlib's Text, and `bold`, `italic` and `color` of the style; `va` is "middle"
        where figures stand beside a mark.
    """
    look = {key: options.pop(key) for key in ("bold", "italic", "color") if key in options}
    style = style_for(language, size, **{"color": cartography().ground.ink, **look})
    shown = "\n".join(drawable(line) for line in text.split("\n"))
    if not shown.strip():
        return
    lower = 0.0
    if options.get("va") == "middle":  # figures have no descenders: their height is the capitals'
        options["va"], lower = "baseline", -0.36 * style.size
    ax.annotate(
        shown, (x, y), xycoords=options.pop("transform", ax.transData), xytext=(0, lower),
        textcoords="offset points", annotation_clip=False, linespacing=1.15,
        **{**style.properties(), **options},
    )  # fmt: skip


def write_bilingual(
    ax: Axes, x: float, y: float, texts: Mapping[str, str], languages: Sequence[str], *, room_mm: float,
    size: float = LABEL_PT, height_mm: float, align: str = "left", bold: bool = False, most: int = 2,
) -> None:  # fmt: skip
    """
    Write a text around a height: the first language, and below it the second.

    Parameters
    ----------
    ax : Axes
        Where; from 0 to 1 upwards over `height_mm`.
    x, y : float
        Where it starts or ends, and its middle, in data coordinates.
    texts : mapping of str to str
        By language.
    languages : sequence of str
        One or two.
    room_mm : float, millimetres
        Width there is.
    size : float, points
        Of the first language.
    height_mm : float, millimetres
        What 1 is upwards in data coordinates.
    align : {"left", "center", "right"}
        What `x` is.
    bold : bool
        Face of the first.
    most : int
        Lines of each language.
    """
    parts = []
    said: set[str] = set()
    for position, language in enumerate(languages[:2]):
        text = in_language(texts, language) if texts else ""
        if not text or text in said:
            continue
        said.add(text)
        own = size if position == 0 else size * cartography().type.second_language
        ink = cartography().ground.ink if position == 0 else cartography().ground.quiet_ink
        style = style_for(languages[0], own, color=ink, bold=bold and position == 0)
        parts += [(line, style) for line in lines_of(text, style, room_mm, most=most)]
    total = sum(style.leading_mm for _, style in parts) * 0.92
    top = y + total / 2 / height_mm
    for line, style in parts:
        top -= 0.92 * style.leading_mm / height_mm
        ax.text(
            x, top + 0.24 * style.leading_mm / height_mm, drawable(line), ha=align, va="baseline",
            clip_on=False, **style.properties(),
        )  # fmt: skip


def points(length_mm: float) -> float:
    """
    Convert millimetres to points.

    Parameters
    ----------
    length_mm : float, millimetres
        A length on paper.

    Returns
    -------
    float, points
        The same length.

    Examples
    --------
    >>> round(points(25.4), 6)
    72.0
    """
    return length_mm * POINTS_PER_MM
