"""
What each chart shows: read from ``resources/charts.toml`` and the city's own ``charts.toml``.

A chart is data: what draws it, and the sentences its numbers go into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from creative_spatial.plotters.messages import check_template
from creative_spatial.plotters.specs import SheetId, Texts, Title, Where, specs_of
from creative_spatial.resources import Facts, resource_path

if TYPE_CHECKING:
    from pathlib import Path


class ChartSpec(Facts):
    """
    One chart.

    `draw` is the kind: a module of `creative_spatial.plotters.charts`. `table` is
    what it shows, `where` which of its rows, `along` the column along the axis of curves. `message` and `row` list templates, fullest first:
    the first of which every number is known is printed, as the message above the chart and
    for each of its rows in the alternative text; `lead` opens that text. `caution` is
    printed below the chart and closes it.
    """

    id: SheetId
    draw: Literal["curves", "event_calendar", "field_profile"]
    title: Title
    reference: str
    message: tuple[Texts, ...]
    lead: Texts
    row: tuple[Texts, ...] = Field(min_length=1)
    table: str
    caution: Texts = Field(default_factory=dict)
    where: Where = Field(default_factory=dict)
    along: str | None = None

    @model_validator(mode="after")
    def _templates_are_sound(self) -> ChartSpec:
        texts = [text for template in (*self.message, *self.row) for text in template.values()]
        said = (self.title, self.lead, self.caution)
        for text in (*texts, *(text for it in said for text in it.values())):
            check_template(text)
        if self.draw == "curves" and self.along is None:
            raise ValueError("curves need `along`, the column of the table along their axis")
        return self


def load_charts(*files: Path) -> dict[str, ChartSpec]:
    """
    Read the package's charts and, over them, those of the given files.

    Parameters
    ----------
    *files : Path
        TOML files of the same shape, e.g. a city's ``charts.toml``; later ones win.

    Returns
    -------
    dict of str to ChartSpec
        By id, in the order of the files.

    Raises
    ------
    ConfigError
        Naming file, chart and key of each fault.

    Examples
    --------
    >>> list(load_charts())[:2]
    ['field-profile', 'event-calendar']
    """
    return specs_of(ChartSpec, resource_path("charts.toml"), *files)
