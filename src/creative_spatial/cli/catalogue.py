"""What there is to choose from: list, explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creative_spatial.cli.commands import cli

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTABLE = ("concepts", "fields", "indicators", "maps", "charts", "languages")


@cli.command(name="list")
@click.argument("what", type=click.Choice(LISTABLE))
@click.option(
    "--city", type=click.Path(path_type=Path), help="A city.toml whose own entries are added."
)
def list_(what: str, city: Path | None) -> None:
    """List what there is: concepts, fields, indicators, maps, charts or languages."""
    for key, label in _catalogue(what, city):
        click.echo(f"{key:32}{label}")


@cli.command()
@click.argument("indicator")
@click.option(
    "--city", type=click.Path(path_type=Path), help="A city.toml whose own indicators are added."
)
def explain(indicator: str, city: Path | None) -> None:
    """Say what an indicator is, how it is computed, from what, and after whom."""
    from creative_spatial.indicators import load_indicators, select

    specs = load_indicators()
    if city is not None:
        from creative_spatial.assessment import Assessment

        specs = dict(Assessment.from_toml(city).indicators)
    spec = select(specs, [indicator])[indicator]
    inputs = ", ".join(
        f"{name} = {wanted.layer}" + (f" where {wanted.where}" if wanted.where else "")
        for name, wanted in spec.inputs.items()
    )
    facts = {
        "title": spec.title.get("en", spec.id),
        "unit": spec.unit,
        "pillar": spec.pillar,
        "method": spec.method,
        "function": f"creative_spatial.analysers.{spec.function}",
        "inputs": inputs,
        "parameters": json.dumps({**spec.params, **spec.categories}, ensure_ascii=False),
        "levels": ", ".join(spec.levels),
        "objectives": ", ".join(spec.objectives),
        "frameworks": ", ".join(f"{name} {number}" for name, number in spec.frameworks.items()),
        "reference": spec.reference,
        "notes": spec.notes,
        "definition": spec.definition,
    }
    for key, text in facts.items():
        if text:
            click.echo(f"{key:12}{text}")


def _catalogue(what: str, city: Path | None) -> list[tuple[str, str]]:
    """Ids and English labels of one kind of thing."""
    from creative_spatial.indicators import load_indicators
    from creative_spatial.taxonomy import Taxonomy

    if what == "languages":
        from creative_spatial import plotters

        return list(plotters.languages().items())
    if city is not None:
        from creative_spatial.assessment import Assessment

        assessment = Assessment.from_toml(city)
        taxonomy, specs = assessment.taxonomy, assessment.indicators
        map_files, chart_files = assessment.map_files, assessment.chart_files
    else:
        taxonomy, specs = Taxonomy.load(), load_indicators()
        map_files, chart_files = (), ()
    if what in {"maps", "charts"}:
        return _titles(what, map_files if what == "maps" else chart_files)
    if what == "indicators":
        return [(spec.id, f"{spec.title.get('en', '')} ({spec.unit})") for spec in specs.values()]
    if what == "fields":
        return [(f.id, f"{f.labels['en']} (since {f.since})") for f in taxonomy.fields.values()]
    return [(c.id, f"{c.labels['en']} ({c.pillar})") for c in taxonomy.concepts.values()]


def _titles(what: str, files: Iterable[Path]) -> list[tuple[str, str]]:
    """Ids and English titles of maps or charts; a city may have given no English one."""
    from creative_spatial import plotters
    from creative_spatial.plotters.text import ZERO_WIDTH_SPACE
    from creative_spatial.plotters.words import in_language

    load = plotters.load_maps if what == "maps" else plotters.load_charts
    return [
        (key, in_language(spec.title, "en").replace(ZERO_WIDTH_SPACE, ""))
        for key, spec in load(*files).items()
    ]
