"""Reading the tables of the package and of a city, and refusing what does not fit together."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.errors import ConfigError
from creative_spatial.resources import Facts, parse, read_toml
from creative_spatial.taxonomy.entries import (
    Concept,
    CreativeField,
    Deprecation,
    LegendClass,
    Pillar,
)
from creative_spatial.taxonomy.signs import PLAIN, SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TABLES: dict[str, type[Facts]] = {
    "pillars": Pillar,
    "fields": CreativeField,
    "concepts": Concept,
}


class Tables(NamedTuple):
    """
    What the folders hold together; concepts in the order in which they are tried.

    Parameters
    ----------
    pillars : dict of str to Pillar
        In the order in which they rank.
    fields : dict of str to CreativeField
        The creative fields.
    concepts : dict of str to Concept
        In the order in which they are tried.
    legends : dict of str to dict
        Classes by column, then by id.
    deprecations : tuple of Deprecation
        Old tags.
    """

    pillars: dict[str, Pillar]
    fields: dict[str, CreativeField]
    concepts: dict[str, Concept]
    legends: dict[str, dict[str, LegendClass]]
    deprecations: tuple[Deprecation, ...]


def read_tables(folders: Iterable[Path]) -> Tables:
    """
    Read folders of tables, later ones over earlier ones.

    Parameters
    ----------
    folders : iterable of Path
        Each with ``*.toml`` files, read in the order of their names.

    Returns
    -------
    Tables
        Their entries.

    Raises
    ------
    ConfigError
        Naming file, table and key of every fault.
    """
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
                    if set(table) == {"sensitivity"} and key in tables[name]:
                        # A city keeps a concept's places to itself, and its rules as they are.
                        known = tables[name][key].model_dump() | table
                        where = f"{path.name} [{name}.{key}]"
                        tables[name][key] = parse(model, known, where=where)
                        continue
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
    _check_references(tables, legends)
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
    return Tables(tables["pillars"], tables["fields"], concepts, legends, tuple(deprecations))


def _check_shape(content: Mapping[str, Any], path: Path) -> None:
    """Refuse a file whose tables are not those of a taxonomy."""
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


def _check_references(
    tables: Mapping[str, Mapping[str, Any]], legends: Mapping[str, Mapping[str, LegendClass]]
) -> None:
    """Refuse concepts that name a pillar, field or successor which is not there, and classes too."""
    faults = [
        f"class {entry.id!r} of the legend {column!r}: no class {entry.part_of!r} of its own there"
        for column, classes in legends.items()
        for entry in classes.values()
        if entry.part_of and (entry.part_of not in classes or classes[entry.part_of].part_of)
    ]
    faults += [
        fault for column, classes in legends.items() for fault in _same_signs(column, classes)
    ]
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


def _same_signs(column: str, classes: Mapping[str, LegendClass]) -> list[str]:
    """Say which classes of a legend state a sign that another one states before them."""
    owners: dict[str, str] = {}
    faults = []
    for entry in classes.values():
        if entry.part_of or entry.sign in {None, PLAIN}:
            continue
        owner = owners.setdefault(str(entry.sign), entry.id)
        if owner != entry.id:
            left = [
                sign for sign in SIGNS if sign not in {PLAIN, *(c.sign for c in classes.values())}
            ]
            faults.append(
                f"class {entry.id!r} of the legend {column!r}: its sign {entry.sign!r} is that of "
                f"{owner!r}; leave it out, or take another ({', '.join(left)})"
            )
    return faults


def _succeeds_itself(concept_id: str, concepts: Mapping[str, Concept]) -> bool:
    """Whether following `replaced_by` comes round to where it started."""
    seen: set[str] = set()
    successor = concepts[concept_id].replaced_by
    while successor is not None and successor in concepts and successor not in seen:
        seen.add(successor)
        successor = concepts[successor].replaced_by
    return concept_id in seen
