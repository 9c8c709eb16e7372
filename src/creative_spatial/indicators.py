"""
Indicator specifications: which function, on which inputs, with which parameters.

Read from ``resources/indicators.toml`` and the city's own ``indicators.toml``. A
specification is data; `evaluation` resolves and runs it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from creative_spatial.errors import ConfigError
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Level = Literal["city", "unit"]
Kind = Literal["measure", "table"]


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


class IndicatorSpec(Facts):
    """
    One indicator: a function of the package with fixed inputs and parameters.

    `function` is "module.name" below ``creative_spatial.analysers``. `categories` gives
    parameters that differ by category (``q0 = { q = 0 }``). A rate is null in units with
    fewer than `min_population` inhabitants.
    """

    id: str
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
    for path in (resource_path("indicators.toml"), *files):
        for key, table in read_toml(path).items():
            if not isinstance(table, dict):
                raise ConfigError(f"{path.name}: {key!r} stands outside a table; write [{key}].")
            specs[key] = parse(IndicatorSpec, {"id": key, **table}, where=f"{path.name} [{key}]")
    return specs


def select(
    specs: Mapping[str, IndicatorSpec], ids: tuple[str, ...] | list[str]
) -> dict[str, IndicatorSpec]:
    """
    Pick indicators by id.

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
    return {key: spec for key, spec in specs.items() if key in ids}
