"""
What features are: pillars, creative fields, concepts with their OpenStreetMap rules.

Everything here is read from ``resources/taxonomy/*.toml`` and from the city's own
``taxonomy/*.toml``, which may add or replace any entry. The code knows no pillar,
field or concept by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field

from creative_spatial.errors import ConfigError, TaxonomyError
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd

Strength = Literal["direct", "indirect", "weak"]
Labels = Annotated[dict[str, str], Field(min_length=1)]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Language = str

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
    """One of the pillars that a candidature stands on."""

    id: str
    labels: Labels
    color: Color
    reference: str


class CreativeField(Facts):
    """One of the network's creative fields."""

    id: str
    labels: Labels
    since: int
    reference: str


class LegendClass(Facts):
    """How one class of a legend is drawn and called."""

    id: str
    labels: Labels
    color: Color
    marker: str = "o"
    hatch: str = ""
    hollow: bool = False


class Concept(Facts):
    """What a feature is, how OpenStreetMap says so, and what it is evidence of."""

    id: str
    pillar: str
    labels: Labels
    reference: str
    osm: tuple[Rule, ...] = ()
    deny: tuple[Rule, ...] = ()
    priority: int = 0
    strength: Strength = "direct"
    fields: dict[str, Strength] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)
    matches: tuple[dict[str, str], ...] = ()
    refuses: tuple[dict[str, str], ...] = ()
    geometry: tuple[Literal["point", "line", "area"], ...] = ("point", "line", "area")
    replaced_by: str | None = None


class Deprecation(Facts):
    """An old OpenStreetMap tag and what replaced it."""

    old: Annotated[dict[str, str], Field(min_length=1)]
    new: Annotated[dict[str, str], Field(min_length=1)]
    reference: str


class Classification(NamedTuple):
    """What the tags of one object say it is."""

    concept: str
    also: tuple[str, ...]
    status: str


class _CompiledRule(NamedTuple):
    concept: str
    rest: tuple[tuple[str, tuple[str, ...]], ...]
    deny: tuple[dict[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class Taxonomy:
    """
    Pillars, fields, concepts and legends, and the classifier made of them.

    Parameters
    ----------
    pillars : mapping of str to Pillar
        In the order in which they rank.
    fields : mapping of str to CreativeField
        The creative fields.
    concepts : mapping of str to Concept
        In the order in which their rules are tried.
    legends : mapping of str to mapping of str to LegendClass
        Classes by the column they are drawn from.
    deprecations : tuple of Deprecation
        Old tags that are read as their successors.
    """

    pillars: Mapping[str, Pillar]
    fields: Mapping[str, CreativeField]
    concepts: Mapping[str, Concept]
    legends: Mapping[str, Mapping[str, LegendClass]]
    deprecations: tuple[Deprecation, ...] = ()

    @classmethod
    def load(cls, *folders: Path) -> Taxonomy:
        """
        Read the package's tables and, over them, those of the given folders.

        Parameters
        ----------
        *folders : Path
            Folders with ``*.toml`` tables of the same shape, e.g. a city's `taxonomy`.
            Later ones win; a city's concepts are tried before the package's.

        Returns
        -------
        Taxonomy
            Frozen.

        Raises
        ------
        ConfigError
            Naming file, table and key of every fault.

        Examples
        --------
        >>> Taxonomy.load().classify({"tourism": "museum"}).concept
        'museum'
        """
        if not folders:
            return _builtin()
        return _build([resource_path("taxonomy"), *folders])

    def concept(self, concept_id: str) -> Concept:
        """
        Look a concept up, following `replaced_by`.

        Parameters
        ----------
        concept_id : str
            Its id, present or former.

        Returns
        -------
        Concept
            The present concept.

        Raises
        ------
        TaxonomyError
            With the nearest known ids.
        """
        import difflib

        if concept_id not in self.concepts:
            near = difflib.get_close_matches(concept_id, list(self.concepts), n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise TaxonomyError(f"Unknown concept {concept_id!r}{hint}")
        found = self.concepts[concept_id]
        return self.concept(found.replaced_by) if found.replaced_by else found

    def label(self, concept_id: str, language: Language) -> str:
        """
        Name of a concept in a language, else in English, else in the first it has.

        Parameters
        ----------
        concept_id : str
            The concept.
        language : str
            ISO 639-1 code.

        Returns
        -------
        str
            The label.
        """
        labels = self.concept(concept_id).labels
        return labels.get(language) or labels.get("en") or next(iter(labels.values()))

    @cached_property
    def osm_keys(self) -> frozenset[str]:
        """Every key that can make an object a feature, life-cycle prefixes included."""
        anchors = {next(iter(rule)) for c in self.concepts.values() for rule in c.osm}
        anchors |= {next(iter(d.old)) for d in self.deprecations}
        prefixed = {f"{prefix}:{key}" for prefix in LIFECYCLES for key in anchors}
        return frozenset(anchors | prefixed)

    @cached_property
    def _rules(self) -> dict[str, dict[str, list[tuple[int, _CompiledRule]]]]:
        """Rules by the key and value of their first tag, with their rank."""
        table: dict[str, dict[str, list[tuple[int, _CompiledRule]]]] = {}
        for rank, concept in enumerate(self.concepts.values()):
            for rule in concept.osm:
                (key, values), *rest = rule.items()
                compiled = _CompiledRule(concept.id, tuple(rest), concept.deny)
                for value in values:
                    table.setdefault(key, {}).setdefault(value, []).append((rank, compiled))
        return table

    @cached_property
    def _successors(self) -> dict[tuple[str, str], list[Deprecation]]:
        """Deprecations by the first of their old tags."""
        table: dict[tuple[str, str], list[Deprecation]] = {}
        for deprecation in self.deprecations:
            table.setdefault(next(iter(deprecation.old.items())), []).append(deprecation)
        return table

    def classify(self, tags: Mapping[str, str]) -> Classification | None:
        """
        Say which concept the tags of an object name first, and which others.

        Parameters
        ----------
        tags : mapping of str to str
            Raw OpenStreetMap tags; values may list several, parted by ";".

        Returns
        -------
        Classification or None
            None where no rule holds. An object whose only matching tags carry a
            life-cycle prefix ("disused:amenity") has that status.

        Examples
        --------
        >>> taxonomy = Taxonomy.load()
        >>> taxonomy.classify({"craft": "plumber"}) is None
        True
        >>> taxonomy.classify({"disused:amenity": "cinema"}).status
        'disused'
        """
        found = self._match(self._modernised(tags))
        if found:
            status = next((s for p, s in LIFECYCLES.items() if tags.get(p) == "yes"), OPEN)
            return Classification(found[0], tuple(found[1:]), status)
        prefixes = {key.partition(":")[0] for key in tags if ":" in key}
        for prefix, status in LIFECYCLES.items():
            if prefix not in prefixes:
                continue
            start = f"{prefix}:"
            former = {k[len(start) :]: v for k, v in tags.items() if k.startswith(start)}
            if former and (found := self._match(self._modernised({**tags, **former}))):
                return Classification(found[0], tuple(found[1:]), status)
        return None

    def _modernised(self, tags: Mapping[str, str]) -> Mapping[str, str]:
        """Tags with deprecated ones replaced."""
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

    def annotate(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """
        Add what a layer's concepts say of its features: pillar, strength, attributes.

        Parameters
        ----------
        layer : GeoDataFrame, n rows
            With a `concept` column of known ids.

        Returns
        -------
        GeoDataFrame, n rows
            A copy with `pillar`, `strength`, one column for each attribute that any concept
            has and each legend is drawn from; values already in the layer win.
        """
        ids = layer["concept"].unique().tolist()
        known = {concept_id: self.concept(concept_id) for concept_id in ids}
        annotated = layer.copy()
        attributes = (name for c in self.concepts.values() for name in c.attributes)
        names = dict.fromkeys([*attributes, *self.legends])
        columns = {name: {i: c.attributes.get(name) for i, c in known.items()} for name in names}
        columns["pillar"] = {i: c.pillar for i, c in known.items()}
        columns["strength"] = {i: c.strength for i, c in known.items()}
        for name, values in columns.items():
            said = annotated["concept"].map(values)
            said = said.astype("str").where(said.notna())
            if name in annotated:
                own = annotated[name]
                said = own.astype("str").where(own.notna(), said)
            annotated[name] = said
        return annotated

    def field_evidence(self) -> pd.DataFrame:
        """
        Which concepts are evidence of which creative field, and how strong.

        Returns
        -------
        DataFrame
            Columns `concept`, `field`, `strength`.
        """
        rows = [
            (concept.id, field, strength)
            for concept in self.concepts.values()
            for field, strength in concept.fields.items()
        ]
        return pd.DataFrame(rows, columns=["concept", "field", "strength"])

    def __repr__(self) -> str:
        return (
            f"Taxonomy({len(self.concepts)} concepts in {len(self.pillars)} pillars, "
            f"{len(self.fields)} fields)"
        )


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


@lru_cache(maxsize=1)
def _builtin() -> Taxonomy:
    """The package's own taxonomy, read once."""
    return _build([resource_path("taxonomy")])


_TABLES: dict[str, type[Facts]] = {
    "pillars": Pillar,
    "fields": CreativeField,
    "concepts": Concept,
}


def _build(folders: Iterable[Path]) -> Taxonomy:
    """Read folders of tables, later ones over earlier ones."""
    tables: dict[str, dict[str, Any]] = {name: {} for name in _TABLES}
    origin: dict[str, int] = {}
    legends: dict[str, dict[str, LegendClass]] = {}
    deprecations: list[Deprecation] = []
    for position, folder in enumerate(folders):
        for path in sorted(folder.glob("*.toml")):
            content = read_toml(path)
            _check_shape(content, path)
            for name, model in _TABLES.items():
                for key, table in content.get(name, {}).items():
                    entry = parse(model, {"id": key, **table}, where=f"{path.name} [{name}.{key}]")
                    tables[name][key] = entry
                    if name == "concepts":
                        origin[key] = position
            for column, classes in content.get("legends", {}).items():
                for key, table in classes.items():
                    where = f"{path.name} [legends.{column}.{key}]"
                    legends.setdefault(column, {})[key] = parse(
                        LegendClass, {"id": key, **table}, where=where
                    )
            deprecations += [
                parse(Deprecation, table, where=f"{path.name} [[deprecations]]")
                for table in content.get("deprecations", [])
            ]
    pillar_rank = {pillar: rank for rank, pillar in enumerate(tables["pillars"])}
    _check_references(tables)
    order = {key: rank for rank, key in enumerate(tables["concepts"])}
    concepts = dict(
        sorted(
            tables["concepts"].items(),
            key=lambda item: (
                -origin[item[0]],
                -item[1].priority,
                pillar_rank[item[1].pillar],
                order[item[0]],
            ),
        )
    )
    return Taxonomy(tables["pillars"], tables["fields"], concepts, legends, tuple(deprecations))


def _check_shape(content: Mapping[str, Any], path: Path) -> None:
    """Refuse a file whose tables are not those of a taxonomy."""
    import difflib

    known = sorted({*_TABLES, "legends", "deprecations"})
    for name, value in content.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise ConfigError(f"{path}: unknown table {name!r}; {hint}")
        entries = value if name == "deprecations" else [value]
        if name == "legends" and isinstance(value, dict):
            entries = [value, *value.values()]
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict)
            and (name == "deprecations" or all(isinstance(row, dict) for row in entry.values()))
            for entry in entries
        ):
            form = "[[deprecations]]" if name == "deprecations" else f"[{name}.<id>]"
            raise ConfigError(f"{path}: {name!r} is not a list of tables; write {form}")


def _check_references(tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse concepts that name a pillar, field or successor which is not there."""
    faults = []
    for concept in tables["concepts"].values():
        if concept.pillar not in tables["pillars"]:
            faults.append(f"concept {concept.id!r}: unknown pillar {concept.pillar!r}")
        faults += [
            f"concept {concept.id!r}: unknown field {field!r}"
            for field in concept.fields
            if field not in tables["fields"]
        ]
        if concept.replaced_by and concept.replaced_by not in tables["concepts"]:
            faults.append(f"concept {concept.id!r}: unknown successor {concept.replaced_by!r}")
        elif _succeeds_itself(concept.id, tables["concepts"]):
            faults.append(f"concept {concept.id!r}: replaced, in the end, by itself")
    if faults:
        raise ConfigError("; ".join(faults) + ".")


def _succeeds_itself(concept_id: str, concepts: Mapping[str, Concept]) -> bool:
    """Whether following `replaced_by` comes round to where it started."""
    seen: set[str] = set()
    successor = concepts[concept_id].replaced_by
    while successor is not None and successor in concepts and successor not in seen:
        seen.add(successor)
        successor = concepts[successor].replaced_by
    return concept_id in seen
