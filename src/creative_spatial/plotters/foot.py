"""The foot of a map on Axes: what is illustrative, and whose data it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.text import Annotation

from creative_spatial.plotters.attribution import credits_sentence
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.frame import axes_size_mm
from creative_spatial.plotters.typeset import Style, extent_mm, lines_of, style_for
from creative_spatial.plotters.words import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from matplotlib.transforms import Bbox

FOOT_PT = 6.0
GAP_MM = 1.0
LINE_SPACING = 1.15


class _Foot(Annotation):
    """
    A paragraph below an Axes, broken anew to the Axes' width whenever that changes.

    A layout engine sees it as part of the Axes and leaves room for it.

    Parameters
    ----------
    ax : Axes
        The map's.
    style : Style
        How it is set.
    above : _Foot or None
        The paragraph it stands below.
    gid : str
        By which it is found again.
    """

    def __init__(self, ax: Axes, style: Style, above: _Foot | None, gid: str) -> None:
        super().__init__(
            "", xy=(0, 0), xycoords="axes fraction", xytext=(0, -GAP_MM * POINTS_PER_MM),
            textcoords="offset points", ha="left", va="top", annotation_clip=False,
            linespacing=LINE_SPACING, gid=gid, **style.properties(),
        )  # fmt: skip
        self.style, self.above, self.map = style, above, ax
        self.parts: list[str] = []
        self.said = ""
        self.set_clip_on(False)

    def say(self, said: str) -> None:
        """Set the paragraph, to be broken."""
        self.said = said
        self.fit()

    def fit(self) -> float:
        """Break the lines for the Axes as it stands; the depth reached, in points."""
        top = GAP_MM * POINTS_PER_MM if self.above is None else self.above.fit()
        width, _ = axes_size_mm(self.map)
        lines = lines_of(self.said, self.style, max(width, 20.0)) if self.said else []
        self.set_text("\n".join(lines))
        self.set_position((0, -top))
        high = max((extent_mm(line, self.style)[1] for line in lines), default=0.0)
        return top + len(lines) * LINE_SPACING * high * POINTS_PER_MM

    def draw(self, renderer: RendererBase) -> None:
        """Draw it for the width there is now."""
        self.fit()
        super().draw(renderer)

    def get_window_extent(
        self, renderer: RendererBase | None = None, dpi: float | None = None
    ) -> Bbox:
        """Extent for the width there is now; `dpi` as matplotlib's own has it."""
        self.fit()
        del dpi
        return super().get_window_extent(renderer)

    def get_tightbbox(self, renderer: RendererBase | None = None) -> Bbox | None:
        """Extent for the width there is now, for layouts."""
        self.fit()
        return super().get_tightbbox(renderer)


def add_foot(
    ax: Axes, lines: Sequence[str], language: str, *, warning: Mapping[str, str] | None = None
) -> None:
    """
    Write the credits of what was drawn, and whether it is illustrative, below a map.

    Parameters
    ----------
    ax : Axes
        The map; layers drawn on it earlier stay credited.
    lines : sequence of str
        Credits.
    language : str
        Of the words around them.
    warning : mapping of str to str, optional
        What is illustrative, by language.
    """
    ground = cartography().ground
    mark, credit = _found(ax, "illustrative"), _found(ax, "credits")
    if mark is None or credit is None:
        mark = _Foot(
            ax,
            style_for(language, FOOT_PT, color=ground.locator_mark, bold=True),
            None,
            "illustrative",
        )
        credit = _Foot(ax, style_for(language, FOOT_PT, color=ground.quiet_ink), mark, "credits")
        for foot in (mark, credit):
            ax.add_artist(foot)
            foot.set_clip_path(None)
    if warning is not None:
        text = in_language(warning, language)
        if text not in mark.parts:
            mark.parts.append(text)
    credit.parts = sorted({*credit.parts, *lines})
    mark.say(" ".join(mark.parts))
    credit.say(credits_sentence([drawable(part) for part in credit.parts], [language]))
    _leave_room(ax, credit)


def _found(ax: Axes, gid: str) -> _Foot | None:
    """The paragraph that an earlier layer left."""
    return next((it for it in ax.texts if isinstance(it, _Foot) and it.get_gid() == gid), None)


def _leave_room(ax: Axes, credit: _Foot) -> None:
    """Raise the Axes' own figure's lower edge where the foot would leave it."""
    figure: Any = ax.get_figure(root=True)
    if figure is None or figure.get_gid() != OWN_FIGURE:
        return
    grow_figure(ax, bottom_mm=credit.fit() / POINTS_PER_MM + 2.0)


OWN_FIGURE = "creative_spatial:own"


def grow_figure(ax: Axes, *, right_mm: float = 0.0, bottom_mm: float = 0.0) -> None:
    """
    Grow a figure around its only Axes, which keeps its size on paper.

    Parameters
    ----------
    ax : Axes
        The map.
    right_mm, bottom_mm : float, millimetres
        Least room beside and below it.
    """
    figure: Any = ax.get_figure(root=True)
    width, height = (25.4 * float(side) for side in figure.get_size_inches())
    place = ax.get_position(original=True)
    left, low = place.x0 * width, place.y0 * height
    wide, high = place.width * width, place.height * height
    more_right = max(right_mm - (width - left - wide), 0.0)
    more_low = max(bottom_mm - low, 0.0)
    if not (more_right or more_low):
        return
    width, height = width + more_right, height + more_low
    figure.set_size_inches(width / 25.4, height / 25.4)
    ax.set_position((left / width, (low + more_low) / height, wide / width, high / height))
    ax.set_in_layout(True)
