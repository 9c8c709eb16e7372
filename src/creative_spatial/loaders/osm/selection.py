"""
Choosing features: which concept an object's tags name, in the shape the object has.

Tags are costly to copy out of osmium, so most objects are dismissed by asking for the few
keys that rules begin with.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.taxonomy import LIFECYCLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.taxonomy import Taxonomy

_ASKED = 3
_RECOUNT = 256
Shape = Literal["point", "line", "area"]


class Tags(Protocol):
    """What is asked of a tag list, be it osmium's or a dict."""

    def get(self, key: str, /) -> str | None:
        """
        Look a tag up.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        str or None
            Its value.
        """

    def __len__(self) -> int:
        """Number of tags."""


class Selected(NamedTuple):
    """What an object is, and the shape it is one in."""

    concept: str
    also: tuple[str, ...]
    status: str
    shape: Shape


class FeatureRules:
    """
    The taxonomy's rules, applied to objects of a shape.

    Parameters
    ----------
    taxonomy : Taxonomy
        Where concepts and their rules come from.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._shapes = {c.id: c.geometry for c in taxonomy.concepts.values()}
        self._anchors = _anchors(taxonomy)
        self._former = frozenset(
            f"{prefix}:{key}" for prefix in LIFECYCLES for key in self._anchors
        )
        self.keys = frozenset(self._anchors) | self._former
        self._relevant = _relevant(taxonomy)
        self._known: dict[tuple[Any, ...], Selected | None] = {}
        self._met: Counter[str] = Counter()
        self._asked: list[tuple[str, frozenset[str] | None]] = []

    @property
    def anchors(self) -> Mapping[str, frozenset[str] | None]:
        """Values by the key that rules begin with; None where any value will do."""
        return self._anchors

    def candidate(self, tags: Tags) -> dict[str, str] | None:
        """
        Copy the tags if some rule may hold for them.

        Parameters
        ----------
        tags : osmium TagList or dict
            Of one object.

        Returns
        -------
        dict or None
            All tags; None where no rule begins with one of them.
        """
        for key, values in self._asked:
            value = tags.get(key)
            if value is not None:
                if _may_be(value, values):
                    break
                if len(tags) == 1:
                    return None
        copied: dict[str, str] = dict(tags)  # type: ignore[call-overload]
        for key, value in copied.items():
            if key in self._former:
                return copied
            if key in self._anchors:
                self._count(key)
                if _may_be(value, self._anchors[key]):
                    return copied
        return None

    def _count(self, key: str) -> None:
        """Ask first for the keys that are met most often."""
        self._met[key] += 1
        if self._met[key] % _RECOUNT == 0:
            common = [key for key, _ in self._met.most_common(_ASKED)]
            self._asked = [(key, self._anchors[key]) for key in common]

    def select(self, tags: Mapping[str, str], shapes: tuple[Shape, ...]) -> Selected | None:
        """
        Say what an object is, given the shapes it can be drawn in.

        Parameters
        ----------
        tags : mapping of str to str
            All its tags.
        shapes : tuple of {"point", "line", "area"}
            The shape it most likely has, then the other it may have.

        Returns
        -------
        Selected or None
            The first concept that accepts one of the shapes; None where there is none.
        """
        looked_at = (item for item in tags.items() if self._looks_at(item[0]))
        question = (shapes, *looked_at)
        if question not in self._known:
            self._known[question] = self._decide(tags, shapes)
        return self._known[question]

    def _looks_at(self, key: str) -> bool:
        """Whether any rule can ask for a key, so that equal answers are found once."""
        return key in self._relevant or (":" in key and key.split(":", 1)[0] in LIFECYCLES)

    def _decide(self, tags: Mapping[str, str], shapes: tuple[Shape, ...]) -> Selected | None:
        """The answer to `select`."""
        found = self._taxonomy.classify(tags)
        if found is None:
            return None
        matching = (found.concept, *found.also)
        for concept in matching:
            shape = next((s for s in shapes if s in self._shapes[concept]), None)
            if shape is not None:
                also = tuple(c for c in matching if c != concept and shape in self._shapes[c])
                return Selected(concept, also, found.status, shape)
        return None


def _may_be(value: str, values: frozenset[str] | None) -> bool:
    """Whether a value, or one of several, may be among those of a key; None is any."""
    return values is None or value in values or ";" in value


def _anchors(taxonomy: Taxonomy) -> dict[str, frozenset[str] | None]:
    """Values by the key that rules begin with; None where any value will do."""
    anchors: dict[str, set[str]] = {}
    for concept in taxonomy.concepts.values():
        for rule in concept.osm:
            key, values = next(iter(rule.items()))
            anchors.setdefault(key, set()).update(values)
    for deprecation in taxonomy.deprecations:
        key, value = next(iter(deprecation.old.items()))
        anchors.setdefault(key, set()).add(value)
    return {key: None if "*" in values else frozenset(values) for key, values in anchors.items()}


class _AreaKeys(Facts):
    """The table `osm_areas.toml`."""

    reference: str
    keys: dict[str, dict[str, tuple[str, ...]]]


def _relevant(taxonomy: Taxonomy) -> frozenset[str]:
    """Every key that some rule asks for."""
    rules = [rule for c in taxonomy.concepts.values() for rule in (*c.osm, *c.deny)]
    replaced = [tags for d in taxonomy.deprecations for tags in (d.old, d.new)]
    return frozenset(LIFECYCLES).union(*rules, *replaced)


class AreaRules:
    """Whether a closed way is an area, by the table `osm_areas.toml`."""

    def __init__(self) -> None:
        path = resource_path("osm_areas.toml")
        self._keys = parse(_AreaKeys, read_toml(path), where=path.name).keys

    def is_area(self, tags: Tags) -> bool:
        """
        Say whether a closed way with these tags is an area.

        Parameters
        ----------
        tags : osmium TagList or dict
            Its tags.

        Returns
        -------
        bool
            False for a line that ends where it began.

        Examples
        --------
        >>> rules = AreaRules()
        >>> rules.is_area({"leisure": "park", "barrier": "fence"}), rules.is_area({"barrier": "wall"})
        (True, False)
        """
        said = tags.get("area")
        if said is not None and said != "no":
            return True
        if said == "no":
            return False
        return any(
            (value := tags.get(key)) is not None
            and value != "no"
            and value not in table.get("except", ())
            and ("only" not in table or value in table["only"])
            for key, table in self._keys.items()
        )

    def shapes(self, tags: Tags) -> tuple[Shape, ...]:
        """
        Shapes a closed way can be drawn in, the likelier first.

        Parameters
        ----------
        tags : osmium TagList or dict
            Its tags.

        Returns
        -------
        tuple of {"line", "area"}
            Both: the concept decides which it accepts.
        """
        return ("area", "line") if self.is_area(tags) else ("line", "area")
