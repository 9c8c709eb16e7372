"""From the tags of one OpenStreetMap object to the concepts that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.taxonomy.entries import NO_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creative_spatial.taxonomy.entries import Concept, Deprecation

LIFECYCLES = {
    "disused": "disused",
    "abandoned": "abandoned",
    "construction": "construction",
    "proposed": "proposed",
    "planned": "proposed",
    "demolished": "demolished",
    "razed": "demolished",
    "removed": "demolished",
    "was": "demolished",
}
OPEN = "open"


class Classification(NamedTuple):
    """
    What the tags of one object say it is.

    Parameters
    ----------
    concept : str
        The first reading.
    also : tuple of str
        Further readings, in order.
    status : str
        Open, disused, abandoned, construction, proposed or demolished.
    """

    concept: str
    also: tuple[str, ...]
    status: str


class _CompiledRule(NamedTuple):
    concept: str
    rest: tuple[tuple[str, tuple[str, ...]], ...]
    deny: tuple[dict[str, tuple[str, ...]], ...]


class Classifier:
    """
    The rules of all concepts, ready to be held against tags.

    Parameters
    ----------
    concepts : iterable of Concept
        In the order in which they are tried.
    deprecations : iterable of Deprecation
        Old tags that are read as their successors.
    """

    def __init__(self, concepts: Iterable[Concept], deprecations: Iterable[Deprecation]) -> None:
        self._rules: dict[str, dict[str, list[tuple[int, _CompiledRule]]]] = {}
        self._last_resort: set[str] = set()
        for rank, concept in enumerate(concepts):
            if concept.strength == NO_EVIDENCE and not concept.attributes:
                self._last_resort.add(concept.id)
            for rule in concept.osm:
                (key, values), *rest = rule.items()
                compiled = _CompiledRule(concept.id, tuple(rest), concept.deny)
                for value in values:
                    self._rules.setdefault(key, {}).setdefault(value, []).append((rank, compiled))
        self._successors: dict[tuple[str, str], list[Deprecation]] = {}
        for deprecation in deprecations:
            first = next(iter(deprecation.old.items()))
            self._successors.setdefault(first, []).append(deprecation)

    @property
    def keys(self) -> frozenset[str]:
        """Every key that can make an object a feature, life-cycle prefixes included."""
        anchors = {*self._rules, *(key for key, _ in self._successors)}
        prefixed = {f"{prefix}:{key}" for prefix in LIFECYCLES for key in anchors}
        return frozenset(anchors | prefixed)

    def classify(self, tags: Mapping[str, str]) -> Classification | None:
        """
        Say which concept the tags of an object name first, and which others.

        Parameters
        ----------
        tags : mapping of str to str
            Raw tags; values may list several, parted by ";".

        Returns
        -------
        Classification or None
            None where no rule holds.
        """
        found = self._match(self.modernised(tags))
        if found:
            status = next((s for p, s in LIFECYCLES.items() if tags.get(p) == "yes"), OPEN)
            return self._reading(found, status)
        prefixes = {key.partition(":")[0] for key in tags if ":" in key}
        for prefix, status in LIFECYCLES.items():
            if prefix not in prefixes:
                continue
            start = f"{prefix}:"
            former = {k[len(start) :]: v for k, v in tags.items() if k.startswith(start)}
            if former and (found := self._match(self.modernised({**tags, **former}))):
                return self._reading(found, status)
        return None

    def _reading(self, found: list[str], status: str) -> Classification:
        """First and other concepts; "some other place" is no second reading of anything."""
        others = tuple(concept for concept in found[1:] if concept not in self._last_resort)
        return Classification(found[0], others, status)

    def modernised(self, tags: Mapping[str, str]) -> Mapping[str, str]:
        """
        Tags with deprecated ones replaced; what is there in the new way already is kept.

        Parameters
        ----------
        tags : mapping of str to str
            Raw tags.

        Returns
        -------
        mapping of str to str
            The same mapping where nothing is deprecated.
        """
        successors = self._successors
        if not any(item in successors for item in tags.items()):
            return tags
        current = dict(tags)
        for item in tags.items():
            for known in successors.get(item, ()):
                if any(tags.get(k) != v for k, v in known.old.items()):
                    continue
                for key in known.old:
                    current.pop(key, None)
                for key, value in known.new.items():
                    current.setdefault(key, value)
        return current

    def _match(self, tags: Mapping[str, str]) -> list[str]:
        """Ids of the concepts whose rules hold, in rank order."""
        ranked: dict[int, str] = {}
        for key, text in tags.items():
            by_value = self._rules.get(key)
            if by_value is None:
                continue
            values = {part.strip() for part in text.split(";")} if ";" in text else {text}
            for value in (*values, "*"):
                for rank, rule in by_value.get(value, ()):
                    if rank not in ranked and _holds(rule, tags):
                        ranked[rank] = rule.concept
        return [ranked[rank] for rank in sorted(ranked)]


def _holds(rule: _CompiledRule, tags: Mapping[str, str]) -> bool:
    """Whether the rest of a rule holds and none of its concept's deny-rules does."""
    return all(_has(tags, key, values) for key, values in rule.rest) and not any(
        all(_has(tags, key, values) for key, values in deny.items()) for deny in rule.deny
    )


def _has(tags: Mapping[str, str], key: str, values: tuple[str, ...]) -> bool:
    """Whether one of the values, or any for "*", is among a tag's."""
    text = tags.get(key)
    if text is None:
        return False
    return (
        "*" in values
        or text in values
        or (";" in text and any(part.strip() in values for part in text.split(";")))
    )
