"""
The evaluation core: indicator specifications and inputs in, rows out; nothing else.

`evaluate` is pure: it reads and writes no file, changes no argument and draws random
numbers only from its seed. Whatever repeats an assessment on changed inputs (jitter,
other grids, scenarios, another date) calls it again.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.errors import CreativeSpatialError, IndicatorError, recorded
from creative_spatial.result import ROW_COLUMNS
from creative_spatial.taxonomy import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.indicators import IndicatorSpec, InputSpec
    from creative_spatial.provenance import Source

log = logging.getLogger(__name__)

DONE, SKIPPED, UNDEFINED, SUPPRESSED = "done", "skipped", "undefined", "suppressed"
WARNED = "warning"
ILLUSTRATIVE_NOTE = "Rests on illustrative data: not evidence."
ENABLERS = {
    "population": 'a [[layer]] with pillar = "population", or `population` on the [[boundary]]',
    "network": "an [osm] file with streets",
    "land_cover": 'a [[layer]] with pillar = "land_cover"',
}


class Evaluation(NamedTuple):
    """What `evaluate` returns: rows, tidy tables by indicator, and the steps taken."""

    rows: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    steps: list[dict[str, str]]


@dataclass
class _Arguments:
    """The arguments of one indicator's function, and what they rest on."""

    values: dict[str, Any] = field(default_factory=dict)
    source_ids: set[str] = field(default_factory=set)
    illustrative: bool = False


def evaluate(
    specs: Mapping[str, IndicatorSpec],
    inputs: Mapping[str, Any],
    area: StudyArea,
    *,
    sources: Mapping[str, Source] | None = None,
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
            blocks.append(_skipped_rows(spec, area, reason))
            continue
        arguments = _arguments(spec, inputs)
        with recorded() as said:
            block, table = _run(spec, arguments, area, sources or {}, seed)
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


def check_specs(specs: Mapping[str, IndicatorSpec], known: Iterable[str]) -> list[str]:
    """
    Say what is wrong with specifications before any data is read.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        The indicators.
    known : iterable of str
        Names of the inputs that an assessment can have.

    Returns
    -------
    list of str
        One fault each: a function that is not there, parameters that it does not take, an
        input that nothing can give.
    """
    names = sorted(set(known))
    faults = []
    for spec in specs.values():
        for wanted in spec.inputs.values():
            for name in _names(wanted):
                if name not in names:
                    near = difflib.get_close_matches(name, names, n=1)
                    hint = (
                        f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names)}."
                    )
                    faults.append(f"indicator {spec.id!r}: unknown input {name!r}{hint}")
        try:
            signature = inspect.signature(resolve(spec.function))
            for params in [options for _, options in _categories(spec)]:
                seed = {"seed": 0} if spec.seeded else {}
                options = {**spec.params, **params, **seed}
                signature.bind(**dict.fromkeys(spec.inputs), units=None, **options)
        except IndicatorError as error:
            faults.append(f"indicator {spec.id!r}: {error}")
        except TypeError as error:
            faults.append(f"indicator {spec.id!r}: {spec.function}: {error}.")
    return faults


def resolve(function: str) -> Callable[..., Any]:
    """
    Find the analyser that a specification names.

    Parameters
    ----------
    function : str
        "module.name" below ``creative_spatial.analysers``.

    Returns
    -------
    callable
        The function.

    Raises
    ------
    IndicatorError
        If the package has no such public analyser; a city's file cannot name other code.

    Examples
    --------
    >>> resolve("counts.feature_density").__name__
    'feature_density'
    """
    module_name, _, name = function.rpartition(".")
    fault = f'{function!r} is not a function of creative_spatial.analysers; write "module.name".'
    if not module_name.isidentifier() or not name.isidentifier() or name.startswith("_"):
        raise IndicatorError(fault)
    try:
        module = importlib.import_module(f"creative_spatial.analysers.{module_name}")
    except ModuleNotFoundError as error:
        raise IndicatorError(fault) from error
    found = getattr(module, name, None)
    if not callable(found) or getattr(found, "__module__", "") != module.__name__:
        raise IndicatorError(fault)
    return found  # type: ignore[no-any-return]


def open_rows(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    The features of a layer that exist now: disused and planned ones are no presence.

    Parameters
    ----------
    layer : GeoDataFrame
        With or without a `status` column; null means open.

    Returns
    -------
    GeoDataFrame
        The open rows.
    """
    if "status" not in layer:
        return layer
    return layer[layer["status"].isna() | (layer["status"] == OPEN)]


def _unavailable(spec: IndicatorSpec, inputs: Mapping[str, Any], area: StudyArea) -> str:
    """Why an indicator cannot be computed for want of data, or nothing."""
    missing = [
        name
        for wanted in spec.inputs.values()
        if not wanted.optional
        for name in _names(wanted)
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


def _names(wanted: InputSpec) -> tuple[str, ...]:
    return (wanted.layer,) if isinstance(wanted.layer, str) else wanted.layer


def _arguments(spec: IndicatorSpec, inputs: Mapping[str, Any]) -> _Arguments:
    """Pick and filter the rows that an indicator's function is called with."""
    arguments = _Arguments()
    for parameter, wanted in spec.inputs.items():
        given = [inputs.get(name) for name in _names(wanted)]
        several = not isinstance(wanted.layer, str) or isinstance(given[0], list)
        if several and isinstance(given[0], list):
            given = given[0]
        found = [_filtered(value, wanted, spec) for value in given]
        for value in found:
            arguments.source_ids |= _source_ids(value)
            arguments.illustrative |= _is_illustrative(value)
        arguments.values[parameter] = found if several else found[0]
    return arguments


def _filtered(value: Any, wanted: InputSpec, spec: IndicatorSpec) -> Any:
    """The open rows of a layer that fit the specification's `where`."""
    if not isinstance(value, pd.DataFrame):
        return value
    rows = open_rows(value)  # type: ignore[arg-type]
    for column, allowed in wanted.where.items():
        if column not in rows:
            raise IndicatorError(
                f"indicator {spec.id!r}: input {wanted.layer!r} has no column {column!r} to filter by."
            )
        rows = rows[rows[column].isin(allowed)]
    return rows


def _source_ids(value: Any) -> set[str]:
    """Ids of the sources that an input's rows come from."""
    if isinstance(value, pd.DataFrame):
        return set(value["source_id"].dropna().unique()) if "source_id" in value else set()
    source_id = getattr(value, "source_id", None)
    return {source_id} if isinstance(source_id, str) else set()


def _is_illustrative(value: Any) -> bool:
    """Whether any row of an input is illustrative."""
    return (
        isinstance(value, pd.DataFrame)
        and "accuracy" in value
        and bool((value["accuracy"] == "illustrative").any())
    )


def _run(
    spec: IndicatorSpec,
    arguments: _Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Call an indicator's function at every level it has."""
    function = resolve(spec.function)
    blocks: list[pd.DataFrame] = []
    tables: list[pd.DataFrame] = []
    for category, params in _categories(spec):
        options = {**spec.params, **params}
        if spec.seeded:
            options["seed"] = _stream(spec.id, seed)
        for level, boundary, units in _places(spec, area):
            outcome = _called(spec, function, {**arguments.values, "units": units, **options})
            if spec.kind == "table":
                tables.append(outcome.assign(boundary=boundary, level=level))
                values = _from_table(spec, outcome, units)
            else:
                values = _from_measure(spec, outcome, units).assign(category=category)
            blocks.append(values.assign(level=level, boundary=boundary))
    rows = _finish(spec, pd.concat(blocks, ignore_index=True), arguments, area, sources)
    return rows, pd.concat(tables, ignore_index=True) if tables else None


def _categories(spec: IndicatorSpec) -> Iterable[tuple[str | None, dict[str, Any]]]:
    """The categories of an indicator and their parameters; one without a name if it has none."""
    return spec.categories.items() or [(None, {})]


def _called(spec: IndicatorSpec, function: Callable[..., Any], given: dict[str, Any]) -> Any:
    """Call a function; what it refuses is said with the indicator's id."""
    try:
        inspect.signature(function).bind(**given)
    except TypeError as error:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function}: {error}.") from error
    try:
        return function(**given)
    except CreativeSpatialError as error:
        raise IndicatorError(f"indicator {spec.id!r}: {error}") from error
    except ValueError as error:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function}: {error}") from error


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


def _from_measure(spec: IndicatorSpec, outcome: Any, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """A measure's values as rows; it must speak of just the units it was given."""
    if isinstance(outcome, pd.Series):
        outcome = outcome.to_frame("value")
    if not outcome.index.equals(units.index):
        raise IndicatorError(
            f"indicator {spec.id!r}: {spec.function} did not keep the units' index."
        )
    values: pd.DataFrame = outcome.reindex(columns=["value", "low", "high", "n", "reason"])
    return values.assign(unit_id=units.index).reset_index(drop=True)


def _from_table(
    spec: IndicatorSpec, outcome: pd.DataFrame, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """A table's rows; those of a single unit need not name it."""
    if missing := [c for c in ("category", "value") if c not in outcome]:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function} gave no columns {missing}.")
    values = outcome.reindex(columns=["category", "value", "low", "high", "n", "unit_id"])
    if len(units) == 1:
        values["unit_id"] = units.index[0]
    return values.reset_index(drop=True)


def _finish(
    spec: IndicatorSpec,
    values: pd.DataFrame,
    arguments: _Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
) -> pd.DataFrame:
    """Give values the columns of an indicator row: status, reason and provenance."""
    rows = values.copy()
    numbers = ["value", "low", "high", "n"]
    rows[numbers] = rows[numbers].apply(pd.to_numeric).astype(float)
    rows["status"] = np.where(rows["value"].isna(), UNDEFINED, DONE)
    rows["reason"] = _reasons(spec, rows, area)
    is_unit = rows["level"] == "unit"
    if spec.min_population is not None and "population" in area.units:
        few = is_unit & (rows["unit_id"].map(area.units["population"]) < spec.min_population)
        rows.loc[few, ["value", "low", "high"]] = np.nan
        rows.loc[few, "status"] = SUPPRESSED
        rows.loc[few, "reason"] = f"fewer than {spec.min_population} inhabitants"
    rows["unit_id"] = rows["unit_id"].where(is_unit, None)
    facts = {
        boundary: _provenance(spec, boundary, arguments, area, sources)
        for boundary in area.boundaries.index
    }
    for column in ("sources", "date", "notes"):
        rows[column] = rows["boundary"].map({key: fact[column] for key, fact in facts.items()})
    return _with_spec(spec, rows)


def _reasons(spec: IndicatorSpec, rows: pd.DataFrame, area: StudyArea) -> pd.Series[str]:
    """Why a value is null: as the measure says, or by what the unit lacks."""
    places = pd.concat([area.units, area.boundaries])
    places = places[~places.index.duplicated()]
    reason = pd.Series("nothing to divide by, or nothing to compare", index=rows.index)
    reason = reason.mask(rows["unit_id"].map(places["area_land"]) == 0, "no land")
    if spec.needs_population:
        people = rows["unit_id"].map(places["population"])
        reason = reason.mask(people == 0, "no inhabitants").mask(
            people.isna(), "population unknown"
        )
    if "reason" in rows:
        reason = rows["reason"].where(rows["reason"].notna(), reason)
    return reason.where(rows["value"].isna(), "")


def _provenance(
    spec: IndicatorSpec,
    boundary: str,
    arguments: _Arguments,
    area: StudyArea,
    sources: Mapping[str, Source],
) -> dict[str, Any]:
    """What a boundary's rows rest on: what was counted, and what it is divided by."""
    used = set(arguments.source_ids) | set(area.water_sources)
    used |= set(area.boundaries.loc[[boundary], "source_id"].dropna())
    if spec.needs_population or spec.min_population is not None:
        used |= set(area.population_sources)
    stated = any(sources[i].accuracy == "illustrative" for i in used if i in sources)
    notes = [spec.notes] if spec.notes else []
    notes += [ILLUSTRATIVE_NOTE] if arguments.illustrative or stated else []
    return {
        "sources": ";".join(sorted(used)),
        "date": _dates(sorted(used), sources),
        "notes": " ".join(notes),
    }


def _dates(source_ids: Sequence[str], sources: Mapping[str, Source]) -> str | None:
    """Date of the data, or first and last as an ISO 8601 interval."""
    dates = sorted({(sources[i].date or "")[:10] for i in source_ids if i in sources} - {""})
    if not dates:
        return None
    return dates[0] if len(dates) == 1 else f"{dates[0]}/{dates[-1]}"


def _skipped_rows(spec: IndicatorSpec, area: StudyArea, reason: str) -> pd.DataFrame:
    """One row for each boundary that says why there is no number."""
    rows = pd.DataFrame({"boundary": area.boundaries.index})
    rows = rows.assign(
        level="city", status=SKIPPED, reason=reason, value=np.nan, low=np.nan, high=np.nan, n=np.nan
    )
    return _with_spec(spec, rows)


def _with_spec(spec: IndicatorSpec, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the specification says of every row, in the fixed order of columns."""
    full = rows.assign(
        id=spec.id,
        title=spec.title.get("en", spec.id),
        pillar=spec.pillar,
        unit=spec.unit,
        grade=None,
        method=spec.method,
        definition=spec.definition,
        objectives=";".join(spec.objectives),
    )
    return full.reindex(columns=list(ROW_COLUMNS))
