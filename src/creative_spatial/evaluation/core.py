"""
The evaluation core: indicator specifications and inputs in, rows out; nothing else.

`evaluate` is pure: it reads and writes no file, changes no argument and draws random
numbers only from its seed. Whatever repeats an assessment on changed inputs (jitter,
other grids, scenarios, another date) calls it again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.errors import recorded
from creative_spatial.evaluation.arguments import Arguments, gathered, input_names
from creative_spatial.evaluation.functions import called, categories, resolve
from creative_spatial.evaluation.rows import (
    DONE,
    SKIPPED,
    WARNED,
    finished,
    from_measure,
    from_table,
    skipped_rows,
)
from creative_spatial.result import ROW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.evaluation.grading import Grades
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.provenance import Source

log = logging.getLogger(__name__)

ENABLERS = {
    "population": 'a [[layer]] with pillar = "population", or `population` on the [[boundary]]',
    "network": "an [osm] file with streets",
    "land_cover": 'a [[layer]] with pillar = "land_cover"',
}


class Evaluation(NamedTuple):
    """
    What `evaluate` returns.

    Parameters
    ----------
    rows : DataFrame
        One row a number: the columns of `ROW_COLUMNS`.
    tables : dict of str to DataFrame
        Tidy rows of the indicators of kind "table", by id.
    steps : list of dict
        What was done, skipped or warned of: `step`, `status`, `reason`.
    """

    rows: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    steps: list[dict[str, str]]


def evaluate(
    specs: Mapping[str, IndicatorSpec],
    inputs: Mapping[str, Any],
    area: StudyArea,
    *,
    sources: Mapping[str, Source] | None = None,
    grades: Grades | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """
    Compute indicators over an area's units and each of its boundaries.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        What to compute.
    inputs : mapping of str to layer, table, Raster or Network
        By the names the specifications use. Rows whose `status` is not open are left out.
    area : StudyArea
        Units of the primary boundary, and every boundary, in one working CRS.
    sources : mapping of str to Source, optional
        For the dates of the data.
    grades : Grades, optional
        How complete the data is, by group of concepts: each row's `grade` is that of what
        fed it; null otherwise.
    seed : int
        Seeds every random draw; each indicator has a stream of its own, so that
        choosing fewer of them changes no number.
    progress : callable, optional
        Told each indicator's id as it starts.

    Returns
    -------
    Evaluation
        Rows with the columns of `ROW_COLUMNS`; tables; steps done or skipped, and why.

    Raises
    ------
    IndicatorError
        If a function is not the package's, refuses its inputs or breaks its promise
        (an index that is not the units').
    """
    blocks: list[pd.DataFrame] = []
    tables: dict[str, pd.DataFrame] = {}
    steps: list[dict[str, str]] = []
    for spec in specs.values():
        if progress is not None:
            progress(spec.id)
        reason = _unavailable(spec, inputs, area)
        if reason:
            log.info("%s skipped: %s", spec.id, reason)
            steps.append({"step": spec.id, "status": SKIPPED, "reason": reason})
            blocks.append(skipped_rows(spec, area, reason))
            continue
        arguments = gathered(spec, inputs)
        with recorded() as said:
            block, table = _run(spec, arguments, area, sources or {}, seed=seed, grades=grades)
        blocks.append(block)
        if table is not None:
            tables[spec.id] = table
        steps.append({"step": spec.id, "status": DONE, "reason": ""})
        steps += [{"step": spec.id, "status": WARNED, "reason": text} for text in said]
        if "unit" in spec.levels and _units_unpopulated(spec, area):
            reason = (
                f"no population of the units; it would take {ENABLERS['population'].split(',')[0]}"
            )
            steps.append({"step": f"{spec.id} by unit", "status": SKIPPED, "reason": reason})
    rows = (
        pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(ROW_COLUMNS))
    )
    return Evaluation(rows, tables, steps)


def _unavailable(spec: IndicatorSpec, inputs: Mapping[str, Any], area: StudyArea) -> str:
    """Why an indicator cannot be computed for want of data, or nothing."""
    missing = [
        name
        for wanted in spec.inputs.values()
        if not wanted.optional
        for name in input_names(wanted)
        if inputs.get(name) is None or (isinstance(inputs[name], list) and not inputs[name])
    ]
    if spec.needs_population and _no_population(area):
        missing.append("population")
    if not missing:
        return ""
    means = [ENABLERS.get(name, f"a [[layer]] with pillar = {name!r}") for name in missing]
    return f"no {', '.join(missing)}; it would take {' and '.join(means)}"


def _no_population(area: StudyArea) -> bool:
    """Whether nobody is counted in any boundary."""
    return "population" not in area.boundaries or bool(area.boundaries["population"].isna().all())


def _units_unpopulated(spec: IndicatorSpec, area: StudyArea) -> bool:
    """Whether a rate is asked of units whose inhabitants nobody counted."""
    return spec.needs_population and "population" not in area.units


def _run(
    spec: IndicatorSpec,
    arguments: Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
    *,
    seed: int,
    grades: Grades | None,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Call an indicator's function at every level it has."""
    function = resolve(spec.function)
    blocks: list[pd.DataFrame] = []
    tables: list[pd.DataFrame] = []
    for category, params in categories(spec):
        options = {**spec.params, **params}
        if spec.seeded:
            options["seed"] = _stream(spec.id, seed)
        for level, boundary, units in _places(spec, area):
            outcome = called(spec, function, {**arguments.values, "units": units, **options})
            if spec.kind == "table":
                tables.append(outcome.assign(boundary=boundary, level=level))
                values = from_table(spec, outcome, units)
            else:
                values = from_measure(spec, outcome, units).assign(category=category)
            blocks.append(values.assign(level=level, boundary=boundary))
    rows = finished(
        spec, pd.concat(blocks, ignore_index=True), arguments, area, sources, grades=grades
    )
    return rows, pd.concat(tables, ignore_index=True) if tables else None


def _stream(indicator: str, seed: int) -> int:
    """A seed of an indicator's own, from its id and the run's seed."""
    entropy = [seed, *indicator.encode()]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


def _places(spec: IndicatorSpec, area: StudyArea) -> Iterable[tuple[str, str, gpd.GeoDataFrame]]:
    """Each boundary as one unit, then the units of the primary boundary."""
    if "city" in spec.levels:
        for boundary in area.boundaries.index:
            yield "city", boundary, area.as_units(boundary)
    if "unit" in spec.levels and not _units_unpopulated(spec, area):
        yield "unit", area.primary_id, area.units
