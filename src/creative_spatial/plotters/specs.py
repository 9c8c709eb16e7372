"""
What each map shows: read from ``resources/maps.toml`` and the city's own ``maps.toml``.

A map is data. The drawing code knows no map, pillar or layer by name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from creative_spatial.errors import ConfigError
from creative_spatial.plotters.messages import check_template
from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.taxonomy.entries import Color, Marker  # noqa: TC001  (pydantic reads it)
from creative_spatial.taxonomy.signs import SIGNS

if TYPE_CHECKING:
    from pathlib import Path

Sheet = TypeVar("Sheet", bound=Facts)


def _on_one_line(texts: dict[str, str]) -> dict[str, str]:
    """Texts by language, their lines joined; a control character has no place on a sheet."""
    joined = {code: re.sub(r"[\t\r\n]+", " ", text) for code, text in texts.items()}
    if any(unicodedata.category(it) == "Cc" for text in joined.values() for it in text):
        raise ValueError("a control character stands in a text; write it anew")
    return joined


Texts = Annotated[dict[str, str], AfterValidator(_on_one_line)]
Title = Annotated[Texts, Field(min_length=1)]
Where = Annotated[
    dict[str, tuple[str, ...]],
    BeforeValidator(
        lambda value: (
            {k: (v,) if isinstance(v, str) else v for k, v in value.items()}
            if isinstance(value, dict)
            else value
        )
    ),
]
SheetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


class FrameSpec(Facts):
    """
    What the map must hold: "primary", "all", or boundary ids; and how much around it.

    With `layer` it holds those of its rows that `where` keeps instead. `margin` is the setting, as a share of the longer side; `dim` veils what lies outside
    the same boundaries, `marked` draws which boundaries.
    """

    hold: str | tuple[str, ...] = "primary"
    layer: str | None = None
    where: Where = Field(default_factory=dict)
    margin: float = Field(default=0.03, ge=0, le=2)
    dim: bool = True
    marked: Literal["all", "primary"] = "all"


class NumberedSpec(Facts):
    """
    Which points of a layer bear a number that a list on the sheet explains, in place of their marker.

    Of the rows that `where` keeps, those are numbered that have a name, are certain enough to be
    drawn sharply, and that no condition of `unless` holds for: at most `most`. `order` chooses
    among more, column by column: rows with its first value come first, "*" stands for any value.
    Equal ones: inside the primary boundary first, then by id. The numbers run from north to south.
    """

    where: Where = Field(default_factory=dict)
    unless: Where = Field(default_factory=dict)
    order: Where = Field(default_factory=dict)
    most: int = Field(default=12, ge=1, le=24)
    title: Title


class InsetSpec(Facts):
    """
    When and where a second map shows a dense place at a larger scale.

    Those rows of `layer` decide that `where` keeps and that lie in what the map holds: the one with
    most of them within `reach_m` metres, and these. Fewer than `least` give no inset. Its scale is
    the largest round one, at least `larger` times that of the map, at which its map is `largest_mm`
    wide and high at most and covers nothing; where none does, it stands below the map. Its points
    are the rows that `where` keeps and those that state an uncertainty, where that is small enough
    on its paper; it bears `names` names at most. It is called after the area of the layer `called`
    that holds half of the deciding rows or more, which it shows whole where that is three times
    `reach_m` across at most; else by its `title`.
    """

    layer: str
    where: Where
    reach_m: float = Field(default=400.0, gt=0)
    least: int = Field(default=3, ge=1)
    larger: float = Field(default=2.0, ge=1.25)
    largest_mm: float = Field(default=80.0, ge=64, le=120)
    names: int = Field(default=8, ge=0)
    called: str | None = None
    title: Title


class LayerSpec(Facts):
    """
    One layer of a map: which rows, drawn how, classed by which columns.

    `hue` and `shape` name columns that a legend of the taxonomy explains. Classes in
    `ground` are listed with the base map and do not count towards `max_classes`. Without
    `filled` a marker of one colour is an outline, which then says nothing of its row.
    `fill` is the colour inside an outline, whose `dashes` are dashed where nothing is said;
    `most` draws that many rows, the layer's first, and the legend says of how many. Points that
    are `numbered` are listed. Lines among points that `traced` keeps bear no marker: another
    layer of the map draws their course.
    """

    layer: str
    where: Where = Field(default_factory=dict)
    draw: Literal["area", "outline", "line", "point", "number"] = "point"
    hue: str | None = None
    shape: str | None = None
    hue_title: Texts = Field(default_factory=dict)
    shape_title: Texts = Field(default_factory=dict)
    title: Texts = Field(default_factory=dict)
    color: Color | None = None
    marker: Marker | None = None
    ground: tuple[str, ...] = ()
    hollow: Where = Field(default_factory=dict)
    ring: Where = Field(default_factory=dict)
    ring_title: Texts = Field(default_factory=dict)
    size: float = Field(default=1.0, gt=0, le=4)
    max_classes: int = Field(default=7, ge=1)
    filled: bool = True
    dashes: Literal["solid", "dashed", "dotted"] | None = None
    fill: Color | None = None
    most: int | None = Field(default=None, ge=1)
    counted: bool = True
    traced: Where = Field(default_factory=dict)
    numbered: NumberedSpec | None = None

    @model_validator(mode="after")
    def _points_are_told_apart(self) -> LayerSpec:
        if self.draw == "point" and self.hue and self.max_classes > len(SIGNS):
            raise ValueError(
                f"a map tells at most {len(SIGNS)} groups of points apart in print without color; "
                f"`max_classes` is {self.max_classes}"
            )
        return self

    @model_validator(mode="after")
    def _only_points_are_numbered(self) -> LayerSpec:
        if self.numbered is not None and self.draw != "point":
            raise ValueError(f"only points are numbered in a list; {self.draw!r} is not")
        if self.numbered is not None and self.ring:
            raise ValueError("a numbered disc bears no ring; leave `ring` or `numbered` out")
        return self


class LabelSpec(Facts):
    """
    Which names a map bears; earlier ones are placed first.

    The layer "boundaries" is the area's own. Without `leader` a name stands beside its
    point or not at all; rows that any condition of `unless` holds for are not named. Of points
    at most `alike` of one concept are named.
    """

    layer: str
    where: Where = Field(default_factory=dict)
    style: Literal["water", "place", "site", "area", "street"] = "site"
    limit: int = Field(default=20, ge=0)
    order: Where = Field(default_factory=dict)
    unless: Where = Field(default_factory=dict)
    alike: int | None = Field(default=None, ge=1)
    leader: bool = True


class FactSpec(Facts):
    """One line of the box: a number and what it says."""

    value: str
    text: Texts


class MapSpec(Facts):
    """
    One sheet.

    `message` lists templates, fullest first: the first of which every number is known is
    printed; `caution` stands among the notes, and so does each template of `notes` whose every number is
    known. `base` is how loud the ground is. `panels` names a column: the sheet is then
    one small map for each of its classes (a creative field, a class of a legend), all in
    one frame, and bears no names of places, numbers or inset. `each` names a layer: there is then one sheet for
    each of its rows (`sheets_of_rows`).
    """

    id: SheetId
    title: Title
    reference: str
    message: tuple[Texts, ...]
    caution: Texts = Field(default_factory=dict)
    notes: tuple[Texts, ...] = ()
    pillar: str | None = None
    frame: FrameSpec = Field(default_factory=FrameSpec)
    orientation: Literal["auto", "portrait", "landscape"] = "auto"
    base: Literal["full", "muted", "water"] = "full"
    panels: str | None = None
    each: str | None = None
    layers: tuple[LayerSpec, ...] = ()
    labels: tuple[LabelSpec, ...] = ()
    facts: tuple[FactSpec, ...] = ()
    inset: InsetSpec | None = None

    @model_validator(mode="after")
    def _templates_are_sound(self) -> MapSpec:
        for text in self.templates():
            check_template(text)
        if self.panels is not None and self.labels:
            raise ValueError("a map of panels bears no names of places; leave its labels out")
        if self.panels is not None and (self.inset or any(it.numbered for it in self.layers)):
            raise ValueError(
                "a map of panels has no inset and no list; leave `inset`, `numbered` out"
            )
        if sum(it.numbered is not None for it in self.layers) > 1:
            raise ValueError("one layer of a map is numbered, so that a number means one place")
        return self

    def templates(self) -> list[str]:
        """
        List every text of the map that numbers are put into.

        Returns
        -------
        list of str
            In all languages.
        """
        said = (self.title, *self.message, *self.notes, self.caution)
        return [text for it in said for text in it.values()] + [it.value for it in self.facts]


def load_maps(*files: Path) -> dict[str, MapSpec]:
    """
    Read the package's maps and, over them, those of the given files.

    Parameters
    ----------
    *files : Path
        TOML files of the same shape, e.g. a city's ``maps.toml``; later ones win.

    Returns
    -------
    dict of str to MapSpec
        By id, in the order of the files.

    Raises
    ------
    ConfigError
        Naming file, map and key of each fault.

    Examples
    --------
    >>> list(load_maps())[:2]
    ['overview', 'pillar-1-biodiversity']
    """
    return specs_of(MapSpec, resource_path("maps.toml"), *files)


def specs_of(model: type[Sheet], *files: Path) -> dict[str, Sheet]:
    """
    Read files of maps, or of charts: a table each, whose name is the id.

    Parameters
    ----------
    model : type of Facts
        What a table must be.
    *files : Path
        TOML files; of one id, the later table stands in the place of the earlier. A table's
        name is its id, which names files.

    Returns
    -------
    dict of str to Facts
        By id, in the order of the files.

    Raises
    ------
    ConfigError
        Naming file, table and key of each fault.
    """
    specs: dict[str, Sheet] = {}
    for path in files:
        for key, table in read_toml(path).items():
            if not isinstance(table, dict):
                raise ConfigError(f"{path.name}: {key!r} stands outside a table; write [{key}].")
            if table.get("id", key) != key:
                raise ConfigError(
                    f"{path.name} [{key}]: 'id' is {str(table['id'])[:60]!r}, but a table's name is its "
                    "id; leave `id` out, or rename the table."
                )
            specs[key] = parse(model, {**table, "id": key}, where=f"{path.name} [{key}]")
    return specs
