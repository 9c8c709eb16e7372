"""What is done with one city and its results: init, check, assess, verify, freeze, compare."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creative_spatial.cli.terminal import progress
from creative_spatial.errors import ConfigError, CreativeSpatialError, CreativeSpatialWarning
from creative_spatial.inert import plain

if TYPE_CHECKING:
    import datetime as dt


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="creative-spatial")
def cli() -> None:
    """Turn a city's spatial data into indicators and maps for a creative city's dossier."""


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--boundary", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Vector file with the city's boundary.")  # fmt: skip
@click.option("--place", help="Instead of a file: the place's name, asked of Nominatim online.")
@click.option("--pbf", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="OpenStreetMap file (.osm.pbf, .osm, .osm.bz2) that holds the city.")  # fmt: skip
@click.option("--name", help="The city's name; the folder's otherwise.")
@click.option("--layer", help="Layer of a boundary file that has several.")
@click.option("--crs", help="CRS of a boundary file that does not say it, e.g. EPSG:32647.")
def init(
    *, directory: Path, boundary: Path | None, place: str | None, pbf: Path | None, name: str | None,
    layer: str | None, crs: str | None,
) -> None:  # fmt: skip
    """Make a city folder with a commented city.toml, ready to fill."""
    from creative_spatial.dossier.scaffold import NEEDS_DATA, check_new, write_city_folder

    title = name or directory.resolve().name
    if (boundary is None) == (place is None):
        raise click.UsageError("name the boundary by one of --boundary FILE and --place NAME.")
    if boundary is not None:
        file = write_city_folder(
            directory, boundary=boundary, pbf=pbf, name=title, layer=layer, crs=crs
        )
    else:
        from creative_spatial.loaders.online import find_place

        check_new(directory)
        found = find_place(place or "")
        click.echo(f"{plain(found.name)} ({found.osm_id})")
        file = write_city_folder(
            directory, boundary=found.outline, pbf=pbf, name=title, source=found.boundary_source
        )
    click.echo(f"Wrote {file}.")
    if pbf is None and boundary is not None:
        click.echo(NEEDS_DATA)
    click.echo(f"Next: creative-spatial check {file}")


@cli.command()
@click.argument("city", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path),
              help="Write the report as one page to this file.")  # fmt: skip
@click.option("--offline", is_flag=True, help="Ask no server; earlier answers serve.")
def check(city: Path, *, as_json: bool, page: Path | None, offline: bool) -> None:
    """Report the faults of every input at once; change nothing. Exit 1: assess would not run."""
    from creative_spatial.assessment import check_folder
    from creative_spatial.dossier import checks

    if page is not None:
        checks.check_page_target(page)
    with progress() as tell:
        report = check_folder(city, offline=offline, progress=tell)
    if page is not None:
        checks.write_check_page(report, page)
    if as_json:
        click.echo(checks.check_json(report), nl=False)
    elif sys.stdout.isatty():
        from rich.console import Console

        Console(markup=False, highlight=False, emoji=False).print(checks.check_table(report))
    else:
        for line in checks.check_lines(report):
            click.echo(line)
    if not report.would_run:
        sys.exit(1)


@cli.command()
@click.argument("city", type=click.Path(path_type=Path))
@click.option(
    "--out", "out", required=True, type=click.Path(path_type=Path), help="Results folder."
)
@click.option(
    "--language", "languages", help="First and second language of maps and charts, e.g. th,en."
)
@click.option(
    "--formats",
    default="png,pdf",
    show_default=True,
    help="Formats of maps and charts: png, pdf, svg.",
)
@click.option("--only", help="Ids of indicators, maps or charts, parted by commas; all otherwise.")
@click.option("--seed", default=0, show_default=True, help="Seed of every random draw.")
@click.option("--draft", is_flag=True, help="Stamp maps and charts as a draft.")
@click.option("--offline", is_flag=True, help="Ask no server; earlier answers serve.")
@click.option("--verbose", is_flag=True, help="Say more on the way.")
def assess(
    city: Path, *, out: Path, languages: str | None, formats: str, only: str | None, seed: int, draft: bool,
    offline: bool, verbose: bool,
) -> None:  # fmt: skip
    """Assess a city: indicators, tables, layers, maps and charts into a results folder."""
    from creative_spatial import dossier, plotters
    from creative_spatial.assessment import Assessment

    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(message)s")
    wanted_formats = _choices(formats, ("png", "pdf", "svg"), "--formats")
    spoken = _split_languages(languages)
    dossier.check_writable(out)
    assessment = Assessment.from_toml(city, offline=offline)
    maps = list(plotters.load_maps(*assessment.map_files))
    known_charts = list(plotters.load_charts(*assessment.chart_files))
    indicators, chosen, charts = _split_only(only, list(assessment.indicators), maps, known_charts)
    with progress() as tell:
        result = assessment.run(only=indicators, seed=seed, progress=tell)
        folder = assessment.save(
            result,
            out,
            maps=chosen,
            charts=charts,
            formats=wanted_formats,
            languages=spoken,
            draft=draft,
            progress=tell,
        )
    done = int((result.indicators["level"] == "city").sum())
    click.echo(f"{result.area.name}: {done} city figures, results in {folder}")


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--city", type=click.Path(path_type=Path),
              help="city.toml or its folder: compare what the results were made from too.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(directory: Path, *, city: Path | None, as_json: bool) -> None:
    """Hash a results folder or an edition again: what changed, is missing or extra."""
    from creative_spatial import dossier

    found = dossier.verify(directory, city=city)
    faults = sum(one.fault for one in found)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"{one.state:10}{plain(one.file)} ({one.of}): {plain(one.message)}")
        unknown = sum(one.state == "unchecked" for one in found)
        verdict = "everything is as it was written"
        if faults:
            verdict = f"{faults} faults"
        elif unknown:
            verdict = f"what could be checked is as it was written, {unknown} could not be"
        scope = "results and inputs" if city is not None else "results"
        click.echo(f"{dossier.edition_label(directory)}, {scope}: {verdict}.")
    if faults:
        sys.exit(1)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("version")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Date of the edition; today.")
def freeze(directory: Path, version: str, *, date: dt.datetime | None) -> None:
    """Keep results as a dated, hashed, read-only edition beside their folder."""
    from creative_spatial import dossier

    edition = dossier.freeze(directory, version, date=date.date() if date else None)
    click.echo(f"Froze {edition}\nsha256 {dossier.edition_sha256(edition)}")


@cli.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--units", is_flag=True, help="The numbers of the units too, not the city's alone.")
@click.option("--all", "show_all", is_flag=True, help="Equal numbers too.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the whole table as CSV.")
def compare(before: Path, after: Path, *, units: bool, show_all: bool, as_csv: bool) -> None:
    """Compare the numbers of two results folders or editions of one city."""
    from creative_spatial import dossier

    table = dossier.compare_editions(before, after)
    if not units:
        table = table[table["level"] == "city"]
    if as_csv:
        click.echo(dossier.changes_csv(table), nl=False)
        return
    click.echo(f"{dossier.edition_label(before)} -> {dossier.edition_label(after)}")
    lines = dossier.changes_lines(table, show_all=show_all)
    for line in [*dossier.input_lines(before, after), *lines]:
        click.echo(plain(line))


def _choices(text: str, known: tuple[str, ...], option: str) -> list[str]:
    """A comma-parted option, each part one of the known."""
    parts = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not parts or (unknown := [part for part in parts if part not in known]):
        named = "nothing" if not parts else ", ".join(unknown)
        raise click.BadParameter(f"{named}; choose from {', '.join(known)}.", param_hint=option)
    return parts


def _split_languages(languages: str | None) -> list[str] | None:
    """Codes of the languages asked for, refused before anything is computed for them."""
    from creative_spatial.plotters.words import refuse_unknown

    if languages is None:
        return None
    codes = [part.strip() for part in languages.split(",")]
    try:
        refuse_unknown(codes)
    except ConfigError as error:
        raise click.BadParameter(str(error), param_hint="--language") from error
    return codes


def _split_only(
    only: str | None, indicators: list[str], maps: list[str], charts: list[str]
) -> tuple[list[str] | None, list[str] | None, list[str] | None]:
    """Which of the ids asked for are indicators, which maps, and which charts."""
    if only is None:
        return None, None, None
    parts = [part.strip() for part in only.split(",") if part.strip()]
    unknown = [part for part in parts if part not in {*indicators, *maps, *charts}]
    if unknown or not parts:
        raise click.BadParameter(
            f"unknown ids {unknown}; see `creative-spatial list indicators`, `list maps` and `list charts`.",
            param_hint="--only",
        )
    chosen = [part for part in parts if part in indicators]
    # A map's message needs numbers, so maps alone are drawn with every indicator.
    return (
        chosen or None,
        [part for part in parts if part in maps],
        [part for part in parts if part in charts],
    )


def _show_warning(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
    """One line for each of the package's warnings, without the source line."""
    if issubclass(category, CreativeSpatialWarning):
        click.echo(f"warning: {plain(str(message))}", err=True)


def run() -> None:
    """
    Run the command that was typed; faults of the input are said in one line.

    Raises
    ------
    SystemExit
        1 where the input is at fault, 2 where the command is.
    """
    os.environ.setdefault("MPLBACKEND", "agg")
    for stream in (sys.stdout, sys.stderr):
        # A town hall's console may speak an encoding that has no Thai.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    warnings.simplefilter("always", CreativeSpatialWarning)
    warnings.showwarning = _show_warning
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (CreativeSpatialError, ConfigError) as error:
        click.echo(f"error: {plain(str(error))}", err=True)
        sys.exit(1)
