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

from creative_spatial.errors import InsufficientDataError, recorded
from creative_spatial.evaluation.arguments import Arguments, gathered
from creative_spatial.evaluation.derived import from_derivation, with_origin
from creative_spatial.evaluation.functions import called, categories, resolve
from creative_spatial.evaluation.places import OF_PLACES, Place, given_by_area, places_of
from creative_spatial.evaluation.rows import (
    DONE,
    SKIPPED,
    WARNED,
    finished,
    from_measure,
    from_table,
    note_of,
    skipped_rows,
    without_value,
)
from creative_spatial.indicators import in_order
from creative_spatial.raster import Raster
from creative_spatial.result import ROW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.evaluation.grading import Grades
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.provenance import Source

log = logging.getLogger(__name__)

ENABLERS = {
    "places": "an [osm] table or a [[layer]] of places, such as pillar = 'culture'",
    "pillars": "an [osm] file or a [[layer]] of any pillar",
    "zones": (
        'an [osm] file, or a [[layer]] of outlines with pillar = "biodiversity" and concepts that '
        'are habitats, such as "forest" or "mangrove"'
    ),
    "protected": (
        'an [osm] file, or a [[layer]] of outlines with pillar = "biodiversity" and the concept '
        '"protected_area"'
    ),
    "learning": (
        'an [osm] file, or a [[layer]] with pillar = "culture" and concepts of learning, such as '
        '"art_school"'
    ),
    **dict.fromkeys(("other_places", "streets", "gates", "ferries"), "an [osm] file"),
    "population": 'a [[layer]] with pillar = "population", or `population` on the [[boundary]]',
    "network": "an [osm] file with streets",
    "field": "`field` in [city]",
    "land_cover": 'a [[layer]] with pillar = "land_cover"',
    "route_plans": "a [[route]] in city.toml",
    "placeless": "a [[layer]] of events or practices, some without coordinates",
}
NO_CELLS = "only the primary boundary has units"


class Evaluation(NamedTuple):
    """
    What `evaluate` returns.

    Parameters
    ----------
    rows : DataFrame
        One row a number: the columns of `ROW_COLUMNS`.
    tables : dict of str to DataFrame
        Tidy rows of the indicators of kind "table", by id.
    layers : dict of str to GeoDataFrame
        What derivations found, by id; each row names the sources it rests on.
    rasters : dict of str to Raster
        The same of those that are surfaces.
    steps : list of dict
        What was done, skipped or warned of: `step`, `status`, `reason`.
    """

    rows: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    layers: dict[str, gpd.GeoDataFrame]
    rasters: dict[str, Raster]
    steps: list[dict[str, str]]


class _Outcome(NamedTuple):
    """What one indicator gave; `thin` says where the data were too few, and why."""

    rows: pd.DataFrame
    table: pd.DataFrame | None
    derived: gpd.GeoDataFrame | Raster | None
    thin: list[str]
    everywhere: bool


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
    derived: dict[str, gpd.GeoDataFrame | Raster] = {}
    rests_on: dict[str, Arguments] = {}
    steps: list[dict[str, str]] = []
    for spec in in_order(specs):
        if progress is not None:
            progress(spec.id)
        known = {**inputs, **derived}
        reason = _unavailable(spec, known, specs, area)
        if reason:
            log.info("%s skipped: %s", spec.id, reason)
            steps.append({"step": spec.id, "status": SKIPPED, "reason": reason})
            blocks.append(skipped_rows(spec, area, reason))
            continue
        arguments = gathered(spec, known, rests_on)
        with recorded() as said:
            found = _run(spec, arguments, area, sources or {}, seed=seed, grades=grades)
        blocks.append(found.rows)
        if found.table is not None:
            tables[spec.id] = found.table
        if found.derived is not None:
            derived[spec.id], rests_on[spec.id] = found.derived, arguments
        steps += _steps(spec, found, said, area)
    rows = (
        pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(ROW_COLUMNS))
    )
    surfaces = {key: it for key, it in derived.items() if isinstance(it, Raster)}
    layers = {key: it for key, it in derived.items() if not isinstance(it, Raster)}
    return Evaluation(rows, tables, layers, surfaces, steps)


def _steps(
    spec: IndicatorSpec, found: _Outcome, said: list[str], area: StudyArea
) -> list[dict[str, str]]:
    """What became of one indicator."""
    if found.everywhere:
        return [{"step": spec.id, "status": SKIPPED, "reason": found.thin[0]}]
    steps = [{"step": spec.id, "status": DONE, "reason": ""}]
    steps += [{"step": spec.id, "status": WARNED, "reason": text} for text in said]
    steps += [{"step": spec.id, "status": WARNED, "reason": text} for text in found.thin]
    if "unit" in spec.levels and _units_unpopulated(spec, area):
        reason = f"no population of the units; it would take {ENABLERS['population'].split(',')[0]}"
        steps.append({"step": f"{spec.id} by unit", "status": SKIPPED, "reason": reason})
    return steps


def _unavailable(
    spec: IndicatorSpec,
    inputs: Mapping[str, Any],
    specs: Mapping[str, IndicatorSpec],
    area: StudyArea,
) -> str:
    """Why an indicator cannot be computed for want of data, or nothing."""
    missing = _missing(spec, inputs)
    if underived := [name for group in missing for name in group if name in specs]:
        return f"it rests on {', '.join(underived)}, which could not be computed"
    if spec.needs_population and _no_population(area):
        missing.append(("population",))
    if not missing:
        return ""
    means = [" or ".join(map(_enabler, group)) for group in missing]
    lacking = [" or ".join(group) for group in missing]
    return f"no {', '.join(lacking)}; it would take {' and '.join(means)}"


def _missing(spec: IndicatorSpec, inputs: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Inputs that are not there, each alone; together where any one of several would do."""
    groups: dict[tuple[str, ...], None] = {}
    for wanted in spec.inputs.values():
        absent = tuple(
            name
            for name in wanted.names
            if name not in OF_PLACES
            if inputs.get(name) is None or (isinstance(inputs[name], list) and not inputs[name])
        )
        if not wanted.optional:
            groups |= {(name,): None for name in absent}
        elif not isinstance(wanted.layer, str) and len(absent) == len(wanted.names):
            groups[absent] = None
    return [group for group in groups if not any({*other} < {*group} for other in groups)]


def _enabler(name: str) -> str:
    """What a city would have to give."""
    return ENABLERS.get(name, f"a [[layer]] with pillar = {name!r}")


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
) -> _Outcome:
    """Call an indicator's function at every place it has."""
    blocks: list[pd.DataFrame] = []
    tables: list[pd.DataFrame] = []
    derived = None
    thin: dict[str, str] = {}
    places = list(places_of(spec, area, populated=not _units_unpopulated(spec, area)))
    for category, params in categories(spec):
        options = {**spec.params, **params}
        if spec.seeded:
            options["seed"] = _stream(spec.id, seed)
        for place in places:
            try:
                outcome = _at(spec, place, {**arguments.values, **options}, area)
            except InsufficientDataError as error:
                thin[f"{place.boundary} by unit" if place.level == "unit" else place.boundary] = (
                    str(error)
                )
                values = without_value(place.units, str(error)).assign(category=category)
            else:
                if spec.kind == "derivation":
                    values = from_derivation(spec, outcome, place.units)
                    derived = with_origin(outcome, arguments, sources)
                elif spec.kind == "table":
                    tables.append(outcome.assign(boundary=place.boundary, level=place.level))
                    values = from_table(spec, outcome, place.units)
                else:
                    values = from_measure(spec, outcome, place.units).assign(category=category)
                values = values.assign(note=note_of(outcome))
            blocks.append(values.assign(level=place.level, boundary=place.boundary))
    rows = finished(
        spec, pd.concat(blocks, ignore_index=True), arguments, area, sources, grades=grades
    )
    return _Outcome(
        rows,
        pd.concat(tables, ignore_index=True) if tables else None,
        derived,
        [f"{place}: {why}" for place, why in thin.items()],
        everywhere=bool(places) and len(thin) == len(places),
    )


def _at(spec: IndicatorSpec, place: Place, given: dict[str, Any], area: StudyArea) -> Any:
    """Call an indicator's function at one place."""
    around = given_by_area(spec, place, area)
    if any(it is None and not spec.inputs[name].optional for name, it in around.items()):
        raise InsufficientDataError(NO_CELLS)
    return called(spec, resolve(spec.function), {**given, **around, "units": place.units})


def _stream(indicator: str, seed: int) -> int:
    """A seed of an indicator's own, from its id and the run's seed."""
    entropy = [seed, *indicator.encode()]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])
