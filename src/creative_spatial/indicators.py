"""
Indicator specifications: which function, on which inputs, with which parameters.

Read from ``resources/indicators`` and the city's own ``indicators.toml``. A specification is
data; `evaluation` resolves and runs it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from creative_spatial.config import Identifier  # noqa: TC001  (pydantic reads it)
from creative_spatial.errors import ConfigError
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Level = Literal["city", "unit"]
Kind = Literal["measure", "table", "derivation"]
TOPICS = (
    "biodiversity", "culture", "fields", "mixing", "clusters", "routes", "community", "together",
)  # fmt: skip


def _as_input(value: Any) -> Any:
    """Read ``zones = "zones"`` as ``zones = { layer = "zones" }``."""
    return {"layer": value} if isinstance(value, str) else value


def _as_values(value: Any) -> Any:
    """Read ``{role = "habitat"}`` as ``{role = ["habitat"]}``."""
    if isinstance(value, dict):
        return {k: (v,) if isinstance(v, str) else tuple(v) for k, v in value.items()}
    return value


class InputSpec(Facts):
    """One argument of an indicator's function: a named input, and which of its rows."""

    layer: str | tuple[str, ...]
    where: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_as_values)] = Field(
        default_factory=dict
    )
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs it is made of: one, or several for an argument that is a list."""
        return (self.layer,) if isinstance(self.layer, str) else self.layer


class IndicatorSpec(Facts):
    """
    One indicator: a function of the package with fixed inputs and parameters.

    `function` is one of `creative_spatial.analysers`, by its name. A measure gives numbers,
    a table rows, a derivation a layer or raster of the primary boundary, which other
    indicators may take as an input by its id. `categories` gives parameters that differ by
    category (``q0 = { q = 0 }``). A rate is null in units with fewer than `min_population`
    inhabitants.
    """

    id: Identifier
    kind: Kind = "measure"
    function: str
    pillar: str
    title: dict[str, str]
    unit: str
    inputs: dict[str, Annotated[InputSpec, BeforeValidator(_as_input)]]
    params: dict[str, Any] = Field(default_factory=dict)
    categories: dict[str, dict[str, Any]] = Field(default_factory=dict)
    levels: tuple[Level, ...] = ("city", "unit")
    min_population: int | None = None
    needs_population: bool = False
    seeded: bool = False
    objectives: tuple[str, ...] = ()
    frameworks: dict[str, str] = Field(default_factory=dict)
    decimals: int = 1
    method: str
    reference: str
    notes: str = ""

    @property
    def definition(self) -> str:
        """
        Hash of what decides the number: function, inputs, parameters, unit.

        Two results may be compared only where it is equal; titles and levels do not enter it.
        """
        facts = self.model_dump(
            mode="json",
            include={
                "id",
                "kind",
                "function",
                "inputs",
                "params",
                "categories",
                "min_population",
                "unit",
            },
        )
        text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_indicators(*files: Path) -> dict[str, IndicatorSpec]:
    """
    Read the package's indicators and, over them, those of the given files.

    Parameters
    ----------
    *files : Path
        TOML files of the same shape, e.g. a city's ``indicators.toml``; later ones win.

    Returns
    -------
    dict of str to IndicatorSpec
        By id, in the order of the files.

    Raises
    ------
    ConfigError
        Naming file, indicator and key of each fault.

    Examples
    --------
    >>> load_indicators()["asset_density"].unit
    'per km²'
    """
    specs: dict[str, IndicatorSpec] = {}
    own = [resource_path("indicators", f"{topic}.toml") for topic in TOPICS]
    for path in (*own, *files):
        for key, table in read_toml(path).items():
            if not isinstance(table, dict):
                raise ConfigError(f"{path.name}: {key!r} stands outside a table; write [{key}].")
            specs[key] = parse(IndicatorSpec, {"id": key, **table}, where=f"{path.name} [{key}]")
    return specs


def select(
    specs: Mapping[str, IndicatorSpec], ids: tuple[str, ...] | list[str]
) -> dict[str, IndicatorSpec]:
    """
    Pick indicators by id, and with them those that they are computed from.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        What there is.
    ids : sequence of str
        What is wanted.

    Returns
    -------
    dict of str to IndicatorSpec
        In the order of `specs`.

    Raises
    ------
    ConfigError
        If an id is unknown, with the nearest known one.
    """
    import difflib

    for wanted in ids:
        if wanted not in specs:
            near = difflib.get_close_matches(wanted, list(specs), n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise ConfigError(f"Unknown indicator {wanted!r}{hint}")
    wanted_ids, fresh = set[str](), set(ids)
    while fresh:
        wanted_ids |= fresh
        fresh = {name for key in fresh for name in needs(specs[key])} & specs.keys() - wanted_ids
    return {key: spec for key, spec in specs.items() if key in wanted_ids}


def needs(spec: IndicatorSpec) -> list[str]:
    """
    List what an indicator is computed from.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.

    Returns
    -------
    list of str
        Names of its inputs: layers and the like, or ids of derivations.
    """
    return [name for wanted in spec.inputs.values() for name in wanted.names]


def in_order(specs: Mapping[str, IndicatorSpec]) -> list[IndicatorSpec]:
    """
    Put indicators after those that they take as inputs.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        What is computed.

    Returns
    -------
    list of IndicatorSpec
        Otherwise in the order given.

    Raises
    ------
    ConfigError
        If indicators need each other in a circle.
    """
    ordered: dict[str, IndicatorSpec] = {}

    def place(key: str, waiting: tuple[str, ...]) -> None:
        if key in waiting:
            circle = " needs ".join(map(repr, (*waiting[waiting.index(key) :], key)))
            raise ConfigError(f"Indicators need each other in a circle: {circle}.")
        if key not in ordered:
            for needed in needs(specs[key]):
                if needed in specs:
                    place(needed, (*waiting, key))
            ordered[key] = specs[key]

    for key in specs:
        place(key, ())
    return list(ordered.values())
