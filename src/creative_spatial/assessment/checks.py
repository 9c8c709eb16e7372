"""
Every check of a city's inputs, in one place: `check` reports it, and a run starts from it.

Beyond what the readers find, whether layers lie where OpenStreetMap has the same places,
whether places stand in the water, whether a population raster counts people, and whether
indicators, maps and charts name what there is.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.assessment.backdrop import GAPS
from creative_spatial.assessment.comparison import CONFLATION, VISITS
from creative_spatial.assessment.completeness import COMPLETENESS
from creative_spatial.assessment.edits import TABLE as EDITS
from creative_spatial.assessment.edits import with_edits
from creative_spatial.assessment.fields import CRITERIA, SENTENCES
from creative_spatial.assessment.inventory import EVENTS, INVENTORY
from creative_spatial.assessment.opening import CHARTS_FILE, MAPS_FILE, TAXONOMY_FOLDER
from creative_spatial.assessment.population import STEP as POPULATION_STEP
from creative_spatial.assessment.population import populated
from creative_spatial.assessment.position import position_findings
from creative_spatial.assessment.routes import route_faults, routes_without_stops
from creative_spatial.assessment.unread import unread_findings
from creative_spatial.assessment.walking import NOT_SNAPPED, PARTS
from creative_spatial.assessment.wet import water_findings
from creative_spatial.config import CITY_FILE, COUNT_INPUTS, DRAWN_INPUTS, RASTER_INPUTS
from creative_spatial.errors import ConfigError, IndicatorError, recorded
from creative_spatial.evaluation import OF_PLACES, WARNED, check_specs
from creative_spatial.findings import finding
from creative_spatial.keyed import city_key
from creative_spatial.provenance import KEY_FILE
from creative_spatial.result import LEDGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from creative_spatial.area import StudyArea
    from creative_spatial.config import CityConfig
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.loaders import CityData
    from creative_spatial.loaders.city.reading import Reading
    from creative_spatial.taxonomy import Taxonomy

# Kinds of findings that have steps of their own in the record of a run.
STEP_KINDS = ("datum", "population", "edits")
DERIVED_INPUTS = (
    "pillars", "places", "zones", "protected", "learning", "other_places", "placeless", "network", "gates", "ferries", "streets", "field",
    "field_evidence", "field_grades", "reference", "fcs",
    "planned_stops", "route_plans",
)  # fmt: skip
OSM_REPORT = "osm_report"
# What a run writes beside what its indicators give: an indicator of that kind and id would replace it.
TAKEN = {
    "derivation": (
        "units", "boundaries", "layer_styles", "people", "water", "streets", "buildings",
        "land_use", "network_nodes", "network_edges", GAPS,
    ),
    "table": (
        COMPLETENESS, CONFLATION, VISITS, INVENTORY, EVENTS, PARTS, NOT_SNAPPED, SENTENCES,
        CRITERIA, EDITS, OSM_REPORT, *LEDGERS,
    ),
}  # fmt: skip
NOT_PILLARS = {
    *RASTER_INPUTS, *DRAWN_INPUTS, *COUNT_INPUTS, *DERIVED_INPUTS, *OF_PLACES, *TAKEN["derivation"],
}  # fmt: skip
NO_PILLAR = "a run has something else of that name; give the pillar another id."


class Examined(NamedTuple):
    """
    A city's inputs, read and checked.

    Parameters
    ----------
    data : CityData or None
        None where any input is at fault.
    area : StudyArea or None
        With its inhabitants, as far as they are known.
    steps : tuple of mapping
        What the checks after reading have to say in the record of a run.
    reading : Reading
        Everything found.
    tables : mapping of str to DataFrame
        What became of edits, where there are any.
    """

    data: CityData | None
    area: StudyArea | None
    steps: tuple[Mapping[str, Any], ...]
    reading: Reading
    tables: Mapping[str, pd.DataFrame] = MappingProxyType({})

    def require(self) -> tuple[CityData, StudyArea]:
        """
        Go on with inputs that are right.

        Returns
        -------
        data : CityData
            What was read.
        area : StudyArea
            With its inhabitants.

        Raises
        ------
        CreativeSpatialError
            The one error there is, or an `InputError` of several.
        """
        self.reading.refuse()
        assert self.data is not None  # noqa: S101  (nothing failed, so everything was read)
        assert self.area is not None  # noqa: S101
        return self.data, self.area


def examine(
    config: CityConfig,
    taxonomy: Taxonomy,
    indicators: Mapping[str, IndicatorSpec],
    map_files: Iterable[Path],
    chart_files: Iterable[Path] = (),
    *,
    offline: bool,
    progress: Callable[[str, str], None] | None = None,
) -> Examined:
    """
    Read and check every input; one at fault hides no other.

    Parameters
    ----------
    config : CityConfig
        The configuration.
    taxonomy : Taxonomy
        Concepts, with the city's own.
    indicators : mapping of str to IndicatorSpec
        With the city's own.
    map_files, chart_files : iterable of Path
        The city's own ``maps.toml`` and ``charts.toml``, if any.
    offline : bool
        Ask no server.
    progress : callable, optional
        Told the stage ("read") and the file as each starts.

    Returns
    -------
    Examined
        What was read, and everything found.
    """
    from creative_spatial.loaders.city.core import read_city
    from creative_spatial.plotters.charts.specs import load_charts
    from creative_spatial.plotters.specs import load_maps
    from creative_spatial.plotters.words import refuse_unknown

    tell = progress or (lambda _stage, _what: None)
    data, reading = read_city(
        config, taxonomy, progress=lambda what: tell("read", what), offline=offline
    )
    reading.attempt(CITY_FILE, lambda: refuse_unknown(config.city.languages))
    reading.attempt(MAPS_FILE, lambda: load_maps(*map_files))
    reading.attempt(CHARTS_FILE, lambda: load_charts(*chart_files))
    if clash := sorted(NOT_PILLARS & taxonomy.pillars.keys()):
        reading.fail(TAXONOMY_FOLDER, ConfigError(f"pillar {clash[0]!r}: {NO_PILLAR}"))
    known = {*taxonomy.pillars, *RASTER_INPUTS, *DERIVED_INPUTS}
    for fault in check_specs(indicators, known, taken=TAKEN):
        reading.fail("indicators.toml", IndicatorError(fault))
    if data is None:
        return Examined(None, None, (), reading)
    data, tables, made = with_edits(data, reading, taxonomy)
    for error in route_faults(config, data):
        reading.fail(CITY_FILE, error)
    reading.findings += routes_without_stops(config)
    if any("withheld" in facts for facts in data.inputs.values()):
        reading.attempt(KEY_FILE, lambda: city_key(config.folder))
    steps, shifted = position_findings(data)
    reading.findings += [*shifted, *water_findings(data, taxonomy)]
    map_file = CITY_FILE if config.osm is None else config.osm.path or "OpenStreetMap"
    reading.findings += unread_findings(data, taxonomy, map_file)
    raster = data.rasters.get("population")
    file = next((e.label for e in config.layer if e.pillar == "population"), CITY_FILE)
    with recorded() as said:
        counted = reading.attempt(file, lambda: populated(data.area, raster))
    reading.findings += [finding("warning", file, text, kind="population") for text in said]
    if counted is None:
        return Examined(data, None, (*made, *steps), reading, tables)
    area, peopled = counted
    warned = [{"step": POPULATION_STEP, "status": WARNED, "reason": text} for text in said]
    return Examined(data, area, (*made, *steps, peopled, *warned), reading, tables)
