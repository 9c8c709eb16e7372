"""
The assessment: a city folder in, a `Result` out, and the results folder written.

It only joins the parts, in a fixed order: load, prepare (count once, generalise what is
sensitive), analyse, and, when saving, draw and write. Nothing public is computed from
what was not generalised.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creative_spatial.assessment.backdrop import public_area, with_gaps
from creative_spatial.assessment.carried import osm_report_table, used_sources, with_background
from creative_spatial.assessment.checks import STEP_KINDS, Examined, examine
from creative_spatial.assessment.comparison import comparison_tables
from creative_spatial.assessment.completeness import COMPLETENESS, graded
from creative_spatial.assessment.fields import field_tables
from creative_spatial.assessment.grain import grain_steps
from creative_spatial.assessment.inventory import inventoried, inventory_tables
from creative_spatial.assessment.land import is_fed, land_layers
from creative_spatial.assessment.ledgers import public_ledgers
from creative_spatial.assessment.opening import open_folder
from creative_spatial.assessment.pillars import (
    LEARNING,
    OTHER_PLACES,
    pillar_layers,
    sources_of_pillars,
)
from creative_spatial.assessment.privacy import (
    layers_with_flags,
    people_layers,
    privacy_steps,
    public_data,
    public_report,
)
from creative_spatial.assessment.routes import planned_routes
from creative_spatial.assessment.told import keyed_inputs, public_config
from creative_spatial.assessment.walking import walking_tables
from creative_spatial.errors import DataQualityWarning
from creative_spatial.evaluation import DONE, WARNED, Grades, evaluate, grades_of_fields
from creative_spatial.indicators import select
from creative_spatial.result import Result
from creative_spatial.taxonomy import fcs2009

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from creative_spatial.config import CityConfig
    from creative_spatial.findings import CheckReport
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy


@dataclass(frozen=True, eq=False)
class Assessment:
    """
    One city's configuration with its taxonomy and indicators, ready to run.

    Make one with `from_toml`.

    Parameters
    ----------
    config : CityConfig
        What ``city.toml`` says.
    taxonomy : Taxonomy
        The package's concepts with the city's over them.
    indicators : mapping of str to IndicatorSpec
        The package's indicators with the city's over them.
    map_files, chart_files : tuple of Path
        The city's own ``maps.toml`` and ``charts.toml``, if any.
    offline : bool
        Ask no server: what the configuration leaves to one comes from earlier answers.
    """

    config: CityConfig
    taxonomy: Taxonomy
    indicators: Mapping[str, IndicatorSpec]
    map_files: tuple[Path, ...] = ()
    chart_files: tuple[Path, ...] = ()
    offline: bool = False

    @classmethod
    def from_toml(cls, path: str | Path, *, offline: bool = False) -> Assessment:
        """
        Read a city folder's configuration and overlays; no data is read yet.

        Parameters
        ----------
        path : str or Path
            ``city.toml`` or the folder that holds it.
        offline : bool
            Ask no server; fail where that is needed and no earlier answer is kept.

        Returns
        -------
        Assessment
            Ready to run.

        Raises
        ------
        ConfigError
            Listing every fault of the configuration; files that are not there are found by
            `check`, `load` and `run`, with what is wrong with the others.
        """
        opened = open_folder(path)
        opened.refuse()
        assert opened.config is not None  # noqa: S101  (nothing is at fault)
        assert opened.taxonomy is not None  # noqa: S101
        return cls(
            opened.config, opened.taxonomy, opened.indicators, opened.map_files, opened.chart_files,
            offline=offline,
        )  # fmt: skip

    def load(self, *, progress: Callable[[str, str], None] | None = None) -> CityData:
        """
        Read the city's data.

        Parameters
        ----------
        progress : callable, optional
            Told the stage ("read") and the file as each starts.

        Returns
        -------
        CityData
            Checked and in the working CRS.

        Raises
        ------
        CreativeSpatialError
            Naming file, row, fault and remedy; an `InputError` where several are at fault.
        """
        from creative_spatial.loaders import load_city

        tell = progress or (lambda _stage, _what: None)
        return load_city(
            self.config,
            self.taxonomy,
            progress=lambda what: tell("read", what),
            offline=self.offline,
        )

    def check(self, *, progress: Callable[[str, str], None] | None = None) -> CheckReport:
        """
        Report what is wrong with each input, without stopping at the first; change nothing.

        `run` makes the same checks in the same code, and keeps them as ``Result.checks``.

        Parameters
        ----------
        progress : callable, optional
            Told the stage ("read") and the file as each starts.

        Returns
        -------
        CheckReport
            Errors, warnings and notes by file, with cause and remedy; counts of rows.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are findings
            return self._examined(progress).reading.report()

    def _examined(self, progress: Callable[[str, str], None] | None) -> Examined:
        """Every check of every input: what `check` reports, and what `run` starts from."""
        return examine(
            self.config,
            self.taxonomy,
            self.indicators,
            self.map_files,
            self.chart_files,
            offline=self.offline,
            progress=progress,
        )

    def run(
        self,
        *,
        only: Sequence[str] | None = None,
        seed: int = 0,
        progress: Callable[[str, str], None] | None = None,
    ) -> Result:
        """
        Load, prepare and analyse.

        Parameters
        ----------
        only : sequence of str, optional
            Ids of the indicators to compute; all otherwise.
        seed : int
            Seeds every random draw.
        progress : callable, optional
            Told the stage and what it is busy with.

        Returns
        -------
        Result
            Indicators, tables, layers and where they come from.

        Raises
        ------
        CreativeSpatialError
            Naming file, row, fault and remedy.
        """
        from creative_spatial.plotters.charts.specs import load_charts
        from creative_spatial.plotters.row_sheets import sheets_of_rows
        from creative_spatial.plotters.specs import load_maps

        tell = progress or (lambda _stage, _what: None)
        examined = self._examined(progress)
        data, area = examined.require()
        report = public_report(examined.reading.report(), data)
        tell("prepare", "layers")
        # Nothing below sees more of a record than may be shown of it.
        read = data
        data, withheld, background = public_data(read, self.taxonomy)
        area = public_area(area, background)
        for step in background.steps:
            warnings.warn(DataQualityWarning(f"{step['step']}: {step['reason']}."), stacklevel=2)
        steps: list[Mapping[str, Any]] = [
            {"step": f"read {name}", "status": DONE, "reason": ""} for name in data.inputs
        ]
        steps += [
            {"step": f"read {found.file}", "status": WARNED, "reason": found.message}
            for found in report.of("warning")
            if found.kind not in STEP_KINDS
        ]
        found_places = inventoried(pillar_layers(data, self.taxonomy, withheld), self.taxonomy)
        pillars = found_places.layers
        layers = {**pillars, **land_layers(data, self.taxonomy, found_places.outlines)}
        layers |= people_layers(pillars, data.area.crs)
        layers |= {LEARNING: found_places.learning, OTHER_PLACES: found_places.other_places}
        steps += [*privacy_steps(data, withheld), *background.steps]
        steps += [*examined.steps, *found_places.steps]
        steps += grain_steps(area, pillars)
        tell("prepare", "completeness")
        complete = graded(data, pillars, area, self.taxonomy, found_places.compared)
        steps += complete.steps
        flagged = layers_with_flags(read, self.taxonomy)
        planned = planned_routes(self.config, flagged, data, pillars)
        steps += planned.steps
        inputs = self._inputs(data, layers, complete.grades)
        inputs["placeless"] = found_places.placeless if len(found_places.placeless) else None
        inputs |= {"planned_stops": planned.stops, "route_plans": planned.plans or None}
        specs = self.indicators if only is None else select(self.indicators, list(only))
        walks, walked = walking_tables(specs, inputs, area, self.taxonomy.pillars)
        found = evaluate(
            specs,
            inputs,
            area,
            sources=data.sources,
            grades=complete.grades,
            seed=seed,
            progress=lambda what: tell("analyse", what),
        )
        said, spoken = field_tables(found, area, self.config, self.taxonomy)
        told = public_config(self.config, planned.hidden, data.inputs)
        rows = examined.reading.row_hashes()
        return Result(
            area=area,
            taxonomy=self.taxonomy,
            indicators=found.rows,
            tables={
                **found.tables,
                **said,
                COMPLETENESS: complete.table,
                **walks,
                **comparison_tables(found_places.compared, area, background.layers.get("streets")),
                **inventory_tables(found_places, area, self.taxonomy),
                **osm_report_table(data),
                **public_ledgers(data, layers),
                **examined.tables,
            },
            layers=with_gaps(
                {**with_background(layers, data, area, background.network), **found.layers},
                background,
                area,
            ),
            rasters=found.rasters,
            sources=used_sources(data, self.config),
            steps=(*steps, *walked, *found.steps, *spoken),
            inputs=keyed_inputs(self.config, data.inputs, told=told, rows=rows),
            config=told,
            maps=sheets_of_rows(load_maps(*self.map_files), found.layers),
            charts=load_charts(*self.chart_files),
            checks=report,
        )

    def _inputs(
        self, data: CityData, layers: Mapping[str, gpd.GeoDataFrame], grades: Grades
    ) -> dict[str, Any]:
        """What indicators may ask for by name; what nothing was read for is not there."""
        fed = sources_of_pillars(data, self.taxonomy)
        known = {name: layer for name, layer in layers.items() if name not in self.taxonomy.pillars}
        for role, name in (("habitat", "zones"), ("protected", "protected")):
            if not is_fed(role, data, self.taxonomy):
                known.pop(name, None)
        if LEARNING in known and data.osm_features is None and not len(known[LEARNING]):
            known.pop(LEARNING)
        pillars = {name: layers[name] for name in self.taxonomy.pillars if name in fed}
        places = [pillars[name] for name in self.taxonomy.place_pillars if name in pillars]
        evidence = self.taxonomy.field_evidence()
        return {
            **known,
            **pillars,
            **data.rasters,
            "pillars": list(pillars.values()),
            "places": places,
            "network": data.network,
            "gates": data.gates,
            "ferries": data.ferries,
            "streets": data.background.get("streets"),
            "reference": data.reference,
            "field": self.config.city.field,
            "field_evidence": evidence,
            "field_grades": grades_of_fields(places, evidence, grades),
            "fcs": fcs2009().domains_of(self.taxonomy),
        }

    def save(
        self,
        result: Result,
        directory: str | Path,
        *,
        maps: Iterable[str] | None = None,
        charts: Iterable[str] | None = None,
        formats: Sequence[str] = ("png", "pdf"),
        languages: Sequence[str] | None = None,
        draft: bool = False,
        progress: Callable[[str, str], None] | None = None,
    ) -> Path:
        """
        Draw maps and charts, and write the results folder, whole or not at all.

        Parameters
        ----------
        result : Result
            What `run` returned.
        directory : str or Path
            The results folder; an earlier one of this package is replaced.
        maps : iterable of str, optional
            Ids of the maps to draw; all otherwise.
        charts : iterable of str, optional
            Ids of the charts to draw; all otherwise.
        formats : sequence of {"png", "pdf", "svg"}
            File formats of maps and charts.
        languages : sequence of str, optional
            First and second language of maps and charts; the city's otherwise.
        draft : bool
            Stamp maps and charts as a draft.
        progress : callable, optional
            Told the stage and what it is busy with.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        OutputError
            If it cannot be written, or holds what this package did not write.
        """
        from creative_spatial import dossier

        tell = progress or (lambda _stage, _what: None)
        return dossier.save(
            result,
            directory,
            maps="all" if maps is None else maps,
            charts="all" if charts is None else charts,
            formats=formats,
            languages=languages or self.config.city.languages,
            draft=draft,
            progress=lambda what: tell("write", what),
        )
