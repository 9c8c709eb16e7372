"""Writing a result as one folder, whole or not at all."""

from __future__ import annotations

import datetime as dt
import time
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.dossier.checks import check_json, check_page
from creative_spatial.dossier.content import geopackage_sha256
from creative_spatial.dossier.folder import RUN_FILE, SOFTWARE, check_writable, replacing, writing
from creative_spatial.dossier.frames import (
    plain_columns,
    plain_layer,
    with_unit_values,
    write_layer,
    write_raster,
    write_table,
)
from creative_spatial.dossier.geopackage import write_geopackage
from creative_spatial.dossier.kept import GEOPACKAGE, LOG_FILE, keep_foreign
from creative_spatial.dossier.lineage import conflict_warning, conflicts_of, licences_step
from creative_spatial.dossier.naming import check_layers, file_stem
from creative_spatial.dossier.record import (
    VERSION,
    credits_text,
    digest,
    illustrative_rows,
    layers_of,
    log_text,
    run_record,
)
from creative_spatial.dossier.routes import route_files
from creative_spatial.dossier.rows import indicators_csv, indicators_json, table_csv, to_json
from creative_spatial.dossier.sheets import (
    ALL,
    check_formats,
    choose_charts,
    choose_maps,
    draw_chart,
    draw_sheet,
    save_sheet,
)
from creative_spatial.errors import InsufficientDataError
from creative_spatial.findings import CheckReport
from creative_spatial.keyed import without_keyed
from creative_spatial.provenance import credits_line, sha256_file
from creative_spatial.result import FORMS, LEDGERS, SPREADSHEETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from creative_spatial.result import Result


BYTE_ORDER_MARK = "\ufeff"


def save(
    result: Result,
    directory: Path | str,
    *,
    maps: str | Iterable[str] | Mapping[str, Any] = ALL,
    charts: str | Iterable[str] | Mapping[str, Any] = ALL,
    formats: Iterable[str] = ("png", "pdf"),
    languages: Sequence[str] | None = None,
    draft: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """
    Write everything an assessment found to one folder.

    The folder is written beside its place and then renamed, so that a failure, Ctrl-C or
    a crash leaves the results that were there before, or none. Results of an earlier run
    are replaced; what others put among them stays (`creative_spatial.dossier.kept`).

    Parameters
    ----------
    result : Result
        What was found.
    directory : Path or str
        Where to; made if need be, and its parent too, but nothing further up.
    maps : "all", iterable of str, or mapping of str to MapSpec
        The maps to draw: the result's (the package's and the city's own), some of them by id,
        or specifications.
    charts : "all", iterable of str, or mapping of str to ChartSpec
        The same of charts; one that the result has no data for is skipped, which is
        recorded.
    formats : iterable of str
        Some of "png", "pdf", "svg".
    languages : sequence of str, optional
        Languages of maps, charts and legends, the larger first; the area's otherwise.
    draft : bool
        Whether maps and charts are stamped as a draft.
    progress : callable, optional
        Told each file's name as it is begun.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    OutputError
        If writing is refused (no permission, disk full, something else in the place), or
        an id cannot name a file. Nothing half-written stays.
    """
    target = check_writable(directory)
    for name in result.tables:
        file_stem(name, kind="table")
    for name in result.rasters:
        file_stem(name, kind="raster")
    check_layers(result.layers)
    shown = tuple(languages) if languages else tuple(result.area.languages)
    options = _SheetOptions(check_formats(formats), shown, draft=draft)
    chosen, left_out = choose_maps(maps, result)
    plotted, charts_out = choose_charts(charts, result)
    if (warning := conflict_warning(conflicts := conflicts_of(result))) is not None:
        warnings.warn(warning, stacklevel=2)
    with replacing(target, keep=keep_foreign) as folder:
        files = _Files(folder, progress)
        _write_numbers(result, files)
        _write_layers(result, files, shown)
        for name, text in route_files(result):
            files.text(name, text)
        files.text("credits.md", credits_text(result))
        _write_checks(result, files)
        steps = [licences_step(result, conflicts)]
        steps += _write_maps(result, chosen, files, options)
        steps += [_skipped(f"maps/{name}") for name in left_out]
        steps += _write_charts(result, plotted, files, options)
        steps += [_skipped(f"charts/{name}") for name in charts_out]
        _write_record(result, files, steps, draft=draft)
    return target


class _SheetOptions(NamedTuple):
    """How maps and charts are saved."""

    formats: tuple[str, ...]
    languages: tuple[str, ...]
    draft: bool


class _Files:
    """The files of one results folder as they are written: names and seconds."""

    def __init__(self, folder: Path, progress: Callable[[str], None] | None) -> None:
        self.folder = folder
        self.started = dt.datetime.now(dt.UTC)
        self.timings: list[tuple[str, float]] = []
        self._progress = progress

    def write(self, name: str, writer: Callable[[Path], object]) -> None:
        """Write one file; refusals name it."""
        if self._progress is not None:
            self._progress(name)
        path = self.folder / name
        begun = time.perf_counter()
        with writing(name):
            path.parent.mkdir(exist_ok=True)
            writer(path)
        self.timings.append((name, time.perf_counter() - begun))

    def text(self, name: str, content: str) -> None:
        """Write a text, the same bytes on every system."""
        data = content.encode("utf-8", "replace")
        self.write(name, lambda path: path.write_bytes(data))

    def hashes(self) -> dict[str, str | None]:
        """SHA-256 of what was written so far; none for the GeoPackage, equal in content only."""
        found = sorted(p for p in self.folder.rglob("*") if p.is_file())
        return {
            p.relative_to(self.folder).as_posix(): None if p.name == GEOPACKAGE else sha256_file(p)
            for p in found
        }


def _write_numbers(result: Result, files: _Files) -> None:
    """Indicators and tables."""
    files.text("indicators.json", indicators_json(result.indicators))
    files.text("indicators.csv", indicators_csv(result.indicators))
    for name, table in result.tables.items():
        if name in (*FORMS, *SPREADSHEETS):
            # Without the mark, Excel takes Thai or Persian for another encoding.
            files.text(f"{name}.csv", f"{BYTE_ORDER_MARK}{table_csv(table)}")
        if name not in FORMS:
            files.write(f"tables/{name}.parquet", partial(write_table, table))
    for name in LEDGERS:
        if name in result.tables:
            files.text(f"{name}.csv", table_csv(result.tables[name]))


def _write_checks(result: Result, files: _Files) -> None:
    """What was found in the inputs, as `check` reports it: for programs and as a page."""
    if result.checks != CheckReport():
        files.text("checks.json", check_json(result.checks))
        files.text("check.html", check_page(result.checks))


def _write_layers(result: Result, files: _Files, languages: Sequence[str]) -> None:
    """Layers and units, once as GeoParquet and once all together as GeoPackage; surfaces."""
    layers = {name: plain_layer(layer) for name, layer in result.layers.items()}
    for name, layer in layers.items():
        files.write(f"layers/{name}.parquet", partial(write_layer, layer))
    for name, raster in result.rasters.items():
        files.write(f"rasters/{name}.tif", partial(write_raster, raster))
    units = plain_columns(with_unit_values(result.area.units, result.indicators))
    files.write("units.parquet", partial(write_layer, units))
    boundaries = plain_columns(result.area.boundaries)
    write = partial(
        write_geopackage,
        {"boundaries": boundaries, "units": units, **layers},
        taxonomy=result.taxonomy,
        languages=languages,
        descriptions={name: _description(result, name) for name in ("boundaries", *layers)},
    )
    files.write(GEOPACKAGE, write)


def _description(result: Result, name: str) -> str:
    """What a layer says of itself in QGIS: the credits it owes, and how much is made up."""
    owed = [key for key, names in layers_of(result).items() if name in names]
    lines = credits_line(owed, result.sources)
    layer = result.layers.get(name)
    made_up = 0 if layer is None else illustrative_rows(layer, result.sources)
    if layer is not None and made_up:
        lines.append(f"{made_up} of {len(layer)} rows are illustrative: not evidence")
    return "; ".join(lines)


def _write_maps(
    result: Result, chosen: Mapping[str, Any], files: _Files, options: _SheetOptions
) -> list[dict[str, str]]:
    """Draw the maps, each once for all its formats."""
    if not (chosen and options.formats):
        return []
    provenance = _provenance(result, files, draft=options.draft)
    for name, spec in chosen.items():
        draw = partial(
            draw_sheet,
            result,
            spec,
            formats=options.formats,
            languages=options.languages,
            draft=options.draft,
            provenance={"map": name, **provenance},
        )
        files.write(f"maps/{name}", draw)
    return [{"step": f"maps/{name}", "status": "done", "reason": ""} for name in chosen]


def _write_charts(
    result: Result, chosen: Mapping[str, Any], files: _Files, options: _SheetOptions
) -> list[dict[str, str]]:
    """Draw the charts, each once for all its formats, with its text beside it."""
    if not (chosen and options.formats):
        return []
    provenance, steps = _provenance(result, files, draft=options.draft), []
    for name, spec in chosen.items():
        try:
            figure = draw_chart(result, spec, options.languages)
        except InsufficientDataError as error:
            steps.append(_skipped(f"charts/{name}", str(error)))
            continue
        said = figure.alternative
        write = partial(
            save_sheet, figure, formats=options.formats, draft=options.draft,
            provenance={"chart": name, "description": next(iter(said.values()), ""), **provenance},
        )  # fmt: skip
        files.write(f"charts/{name}", write)
        files.text(f"charts/{name}.txt", "\n\n".join(said.values()) + "\n")
        steps.append({"step": f"charts/{name}", "status": "done", "reason": ""})
    return steps


def _skipped(step: str, reason: str = "not asked for") -> dict[str, str]:
    """A step that was left out, and why."""
    return {"step": step, "status": "skipped", "reason": reason}


def _write_record(
    result: Result, files: _Files, steps: Sequence[Mapping[str, Any]], *, draft: bool
) -> None:
    """What ran, with hashes of all that was written before; and the log, which has the times."""
    content = {GEOPACKAGE: geopackage_sha256(files.folder / GEOPACKAGE)}
    record = run_record(result, files=files.hashes(), content=content, steps=steps, draft=draft)
    files.text(RUN_FILE, to_json(record, indent=1) + "\n")
    finished = dt.datetime.now(dt.UTC)
    log = log_text(result, started=files.started, finished=finished, timings=files.timings)
    files.text(LOG_FILE, log)


def _provenance(result: Result, files: _Files, *, draft: bool) -> dict[str, str]:
    """What every map's metadata say: origin, credits, and hashes of what is shown."""
    facts = {
        "software": f"{SOFTWARE} {VERSION}",
        "city": result.area.name,
        "boundary": result.area.primary_id,
        "credits": "; ".join(credits_line(layers_of(result), result.sources)),
        "config_sha256": digest(result.config),
        "inputs_sha256": digest(without_keyed(result.inputs)),
        "data_sha256": digest(files.hashes()),
    }
    return facts | ({"draft": "true"} if draft else {})
