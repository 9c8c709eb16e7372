"""What the tables hold: pillars, fields, concepts with their rules, legends, deprecations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from creative_spatial.config import Identifier  # noqa: TC001  (pydantic reads it)
from creative_spatial.resources import Facts
from creative_spatial.resources.sensitivity import check_category

Strength = Literal["direct", "indirect", "weak"]
NO_EVIDENCE = "none"
Labels = Annotated[dict[str, str], Field(min_length=1)]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Marker = Literal["o", "s", "D", "d", "^", "v", "<", ">", "P", "X", "*", "p", "h", "H", "8"]
Sign = Literal[
    "dot", "bar", "pillar", "slash", "saltire", "backslash", "ring", "pair", "colon", "none"
]


def _as_rule(value: Any) -> Any:
    """Read ``{amenity = "cafe"}`` as ``{amenity = ["cafe"]}``."""
    if isinstance(value, dict):
        return {k: (v,) if isinstance(v, str) else tuple(v) for k, v in value.items()}
    return value


def _not_empty(rule: dict[str, Any]) -> dict[str, Any]:
    """Refuse a rule that every object would pass."""
    if not rule or not all(rule.values()):
        raise ValueError("a rule names at least one tag, and for each key at least one value")
    return rule


Rule = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_as_rule), AfterValidator(_not_empty)]
"""Tags that must all be there; each key lists the values that will do, "*" for any."""


class Pillar(Facts):
    """
    One of the pillars that a candidature stands on.

    Parameters
    ----------
    id : str
        Key of its table.
    labels : dict of str to str
        Names by ISO 639-1 code; at least one.
    color : str
        Hexadecimal, as #1B6E53.
    holds : {"places", "land"}
        What its features are. How many stretches of land there are says how finely they are
        drawn: they are shown and measured, and no evidence of a creative field is counted
        in them.
    reference : str
        Where the entry comes from.
    """

    id: Identifier
    labels: Labels
    color: Color
    holds: Literal["places", "land"] = "places"
    reference: str


class CreativeField(Facts):
    """
    One of the network's creative fields.

    Parameters
    ----------
    id : str
        Key of its table.
    labels : dict of str to str
        Names by ISO 639-1 code; at least one.
    since : int
        Year in which the network took it up.
    reference : str
        Where the entry comes from.
    """

    id: Identifier
    labels: Labels
    since: int
    reference: str


class LegendClass(Facts):
    """
    How one class of a legend is drawn and called.

    Parameters
    ----------
    id : str
        Key of its table.
    labels : dict of str to str
        Names by ISO 639-1 code; at least one.
    color : str
        Hexadecimal, as #1B6E53.
    marker : str
        Matplotlib's code of the shape.
    hatch : str
        Matplotlib's code of the hatch; empty for a plain fill.
    sign : str, optional
        What is drawn inside its marker, which tells it apart where color does not: a neutral
        figure, "none" for no sign. Left out, it gets one that no class of its legend states.
    hollow : bool
        Whether only the outline is drawn.
    part_of : str, optional
        Id of the class that it is drawn as on a map, which has fewer hues than there are
        values; charts and tables call it by its own name.
    words : tuple of str
        What else a city's files call it, in any language, beside its id and labels.
    """

    id: str
    labels: Labels
    color: Color
    marker: Marker = "o"
    hatch: str = ""
    sign: Sign | None = None
    hollow: bool = False
    part_of: str | None = None
    words: tuple[str, ...] = ()


class Concept(Facts):
    """
    What a feature is, how OpenStreetMap says so, and what it is evidence of.

    Parameters
    ----------
    id : str
        Key of its table.
    pillar : str
        Id of its pillar.
    labels : dict of str to str
        Names by ISO 639-1 code; at least one.
    reference : str
        Where the entry comes from.
    osm : tuple of dict
        Rules, of which one must hold; the first key of each is its anchor.
    deny : tuple of dict
        Rules of which none may hold.
    priority : int
        Higher ones are tried first, whatever their pillar.
    strength : {'direct', 'indirect', 'weak', 'none'}
        How strong it is as evidence of its pillar; with none it is in no pillar's layer, and
        kept for what it offers (a school is a place of learning).
    fields : dict of str to str
        Creative fields that it is evidence of, each with its strength.
    attributes : dict of str to str
        What legends and indicators ask: kind, community, group, naturalness, role, stage,
        heritage_form.
    deferred : tuple of str
        Attributes that a further reading says better, where there is one: what is found by its
        name is of the community of the religion that its tags state.
    matches : tuple of dict
        Tags of objects of which it is the first reading.
    refuses : tuple of dict
        Tags of objects of which it is no reading.
    geometry : tuple of {'point', 'line', 'area'}
        What an object may be.
    replaced_by : str, optional
        Id of the concept that took its place.
    sensitivity : str, optional
        Category of ``resources/sensitivity.toml`` under which all its features fall.
    """

    id: Identifier
    pillar: str
    labels: Labels
    reference: str
    osm: tuple[Rule, ...] = ()
    deny: tuple[Rule, ...] = ()
    priority: int = 0
    strength: Literal["direct", "indirect", "weak", "none"] = "direct"
    fields: dict[str, Strength] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)
    deferred: tuple[str, ...] = ()
    matches: tuple[dict[str, str], ...] = ()
    refuses: tuple[dict[str, str], ...] = ()
    geometry: tuple[Literal["point", "line", "area"], ...] = ("point", "line", "area")
    replaced_by: str | None = None
    sensitivity: Annotated[str | None, AfterValidator(check_category)] = None


class Deprecation(Facts):
    """
    An old OpenStreetMap tag and what replaced it.

    Parameters
    ----------
    old : dict of str to str
        Tags that must all be there.
    new : dict of str to str
        Tags that are read in their place.
    reference : str
        Where the entry comes from.
    """

    old: Annotated[dict[str, str], Field(min_length=1)]
    new: Annotated[dict[str, str], Field(min_length=1)]
    reference: str
