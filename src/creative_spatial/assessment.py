"""
The assessment: a city folder in, a `Result` out, and the results folder written.

It only joins the parts, in a fixed order: load, prepare (count once, generalise what is
sensitive), analyse, and, when saving, draw and write. Nothing public is computed from
what was not generalised.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError, DataQualityWarning, EmptyLayerWarning
from creative_spatial.evaluation import DONE, SKIPPED, Evaluation, evaluate
from creative_spatial.indicators import IndicatorSpec, load_indicators, select
from creative_spatial.result import Result
from creative_spatial.schema import empty_features
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from creative_spatial.area import StudyArea
    from creative_spatial.loaders import CityData, Finding
    from creative_spatial.raster import Raster

WARNED = "warning"


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
    map_files : tuple of Path
        The city's own ``maps.toml``, if any.
    """

    config: CityConfig
    taxonomy: Taxonomy
    indicators: Mapping[str, IndicatorSpec]
    map_files: tuple[Path, ...] = ()

    @classmethod
    def from_toml(cls, path: str | Path) -> Assessment:
        """
        Read a city folder's configuration and overlays; no data is read yet.

        Parameters
        ----------
        path : str or Path
            ``city.toml`` or the folder that holds it.

        Returns
        -------
        Assessment
            Ready to run.

        Raises
        ------
        ConfigError
            Listing every fault of the configuration.
        """
        config = CityConfig.read(Path(path))
        overlay = config.overlay("taxonomy")
        own_indicators = config.overlay("indicators.toml")
        own_maps = config.overlay("maps.toml")
        return cls(
            config=config,
            taxonomy=Taxonomy.load(*([overlay] if overlay else [])),
            indicators=load_indicators(*([own_indicators] if own_indicators else [])),
            map_files=(own_maps,) if own_maps else (),
        )

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
        """
        from creative_spatial.loaders import load_city

        tell = progress or (lambda _stage, _what: None)
        return load_city(self.config, self.taxonomy, progress=lambda what: tell("read", what))

    def check(self) -> list[Finding]:
        """
        Report what is wrong with each input, without stopping at the first; change nothing.

        Returns
        -------
        list of Finding
            Errors, warnings and notes by file.
        """
        from creative_spatial.loaders import check_city

        return check_city(self.config, self.taxonomy)

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
        tell = progress or (lambda _stage, _what: None)
        data = self.load(progress=progress)
        tell("prepare", "layers")
        steps = [{"step": f"read {name}", "status": DONE, "reason": ""} for name in data.inputs]
        steps += [
            {"step": f"read {name}", "status": WARNED, "reason": message}
            for name, message in data.warnings
        ]
        layers = _prepare(data, self.taxonomy, steps)
        area = _with_population(data, steps)
        inputs: dict[str, Any] = {**layers, **data.rasters, "network": data.network}
        inputs["field_evidence"] = self.taxonomy.field_evidence()
        specs = self.indicators if only is None else select(self.indicators, list(only))
        found: Evaluation = evaluate(
            specs,
            inputs,
            area,
            sources=data.sources,
            seed=seed,
            progress=lambda what: tell("analyse", what),
        )
        return Result(
            area=area,
            taxonomy=self.taxonomy,
            indicators=found.rows,
            tables={**found.tables, **_osm_report(data)},
            layers=_with_background(layers, data, area),
            sources=_used_sources(data),
            steps=(*steps, *found.steps),
            inputs=data.inputs,
            config=self.config.as_dict(),
        )

    def save(
        self,
        result: Result,
        directory: str | Path,
        *,
        maps: Iterable[str] | None = None,
        formats: Sequence[str] = ("png", "pdf"),
        languages: Sequence[str] | None = None,
        draft: bool = False,
        progress: Callable[[str, str], None] | None = None,
    ) -> Path:
        """
        Draw the maps and write the results folder, whole or not at all.

        Parameters
        ----------
        result : Result
            What `run` returned.
        directory : str or Path
            The results folder; an earlier one of this package is replaced.
        maps : iterable of str, optional
            Ids of the maps to draw; all otherwise.
        formats : sequence of {"png", "pdf", "svg"}
            File formats of the maps.
        languages : sequence of str, optional
            First and second language of the maps; the city's otherwise.
        draft : bool
            Stamp the maps as a draft.
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
        from creative_spatial import dossier, plotters

        specs = plotters.load_maps(*self.map_files)
        if maps is not None:
            specs = {name: specs[name] for name in _known(maps, specs)}
        tell = progress or (lambda _stage, _what: None)
        return dossier.save(
            result,
            directory,
            maps=specs,
            formats=formats,
            languages=languages or self.config.city.languages,
            draft=draft,
            progress=lambda what: tell("write", what),
        )


def _known(maps: Iterable[str], specs: Mapping[str, Any]) -> list[str]:
    """Ids of maps that were asked for, each of which must be there."""
    wanted = list(maps)
    if unknown := [name for name in wanted if name not in specs]:
        raise ConfigError(f"Unknown maps {unknown}; known: {', '.join(specs)}.")
    return wanted


def _prepare(
    data: CityData, taxonomy: Taxonomy, steps: list[dict[str, str]]
) -> dict[str, gpd.GeoDataFrame]:
    """The pillars' layers, each feature once and generalised where sensitive; zones; protected."""
    from creative_spatial import analysers, preparation

    annotated = [taxonomy.annotate(layer) for layer in data.layers]
    layers: dict[str, gpd.GeoDataFrame] = {}
    for pillar in taxonomy.pillars:
        parts = [layer[layer["pillar"] == pillar] for layer in annotated]
        parts = [part for part in parts if len(part)]
        if not parts:
            warnings.warn(
                f"There is no feature of pillar {pillar!r} in the area.",
                EmptyLayerWarning,
                stacklevel=3,
            )
            layers[pillar] = taxonomy.annotate(empty_features(data.area.crs))
            steps.append(
                {"step": f"pillar {pillar}", "status": WARNED, "reason": "no features found"}
            )
            continue
        joined = parts[0] if len(parts) == 1 else pd.concat(parts)
        once, dropped = preparation.drop_duplicates(joined)
        public, withheld = preparation.generalise(once)
        layers[pillar] = public
        steps.append(
            {
                "step": f"pillar {pillar}",
                "status": DONE,
                "reason": f"{len(joined)} features read, {len(dropped)} counted twice, "
                f"{len(withheld)} withheld, {len(public)} kept",
            }
        )
    zones = analysers.habitat_zones(
        _habitats(data, taxonomy, layers), crs=data.area.crs, water=data.area.water
    )
    protected = _of_role(layers, "protected", taxonomy, data.area)
    return {**layers, "zones": zones, "protected": protected}


def _of_role(
    layers: Mapping[str, gpd.GeoDataFrame], role: str, taxonomy: Taxonomy, area: StudyArea
) -> gpd.GeoDataFrame:
    """Polygons of every pillar of which any concept has a role, in reading order."""
    found = [taxonomy.readings(layer, "role", role) for layer in layers.values()]
    found = [part[_is_polygon(part)] for part in found if len(part)]
    found = [part for part in found if len(part)]
    return pd.concat(found) if found else taxonomy.annotate(empty_features(area.crs))


def _is_polygon(layer: gpd.GeoDataFrame) -> pd.Series[bool]:
    return layer.geometry.geom_type.isin(["Polygon", "MultiPolygon"])


def _habitats(
    data: CityData, taxonomy: Taxonomy, layers: Mapping[str, gpd.GeoDataFrame]
) -> list[gpd.GeoDataFrame]:
    """Habitat polygons by source, first the one that wins: the city's own, OSM, then the sea."""
    habitats = _of_role(layers, "habitat", taxonomy, data.area)
    order = list(dict.fromkeys(i for layer in data.layers for i in layer["source_id"].unique()))
    ranked = [habitats[habitats["source_id"] == source_id] for source_id in order]
    sea = data.background.get("sea")
    if sea is not None and len(sea):
        ranked.append(taxonomy.annotate(sea.assign(concept="sea")))
    return [part for part in ranked if len(part)]


def _with_population(data: CityData, steps: list[dict[str, str]]) -> StudyArea:
    """The area with inhabitants per unit and boundary, where a population raster is given."""
    from creative_spatial.analysers.zonal import zonal_sum

    raster = data.rasters.get("population")
    if raster is None:
        known = "population" in data.area.boundaries
        steps.append(
            {
                "step": "population of the units",
                "status": SKIPPED,
                "reason": "no population raster"
                + (", boundaries have published figures" if known else ""),
            }
        )
        return data.area
    area = data.area
    # A raster that covers part of a boundary counts part of its people: no figure, then.
    boundaries = zonal_sum(raster, area.boundaries).where(_covered(raster, area.boundaries) > 0.99)
    counted = area.with_population(units=zonal_sum(raster, area.units), boundaries=boundaries)
    _compare_population(counted, boundaries)
    steps.append(
        {
            "step": "population of the units",
            "status": DONE,
            "reason": f"{counted.units['population'].sum():,.0f} people in the units",
        }
    )
    return counted


def _covered(raster: Raster, boundaries: gpd.GeoDataFrame) -> pd.Series[float]:
    """Share of each boundary that lies under a raster."""
    footprint = gpd.GeoSeries([shapely.box(*raster.bounds)], crs=raster.crs).to_crs(boundaries.crs)
    share: pd.Series[float] = boundaries.intersection(footprint.iloc[0]).area / boundaries.area
    return share


def _compare_population(area: StudyArea, summed: pd.Series[float]) -> None:
    """Warn where the raster's people are not the published ones."""
    known = summed.dropna()
    for boundary, people in zip(known.index.astype(str), known.tolist(), strict=True):
        published = float(area.boundaries["population"].loc[boundary])
        if published > 0 and abs(people / published - 1) > 0.05:
            warnings.warn(
                f"Boundary {boundary!r}: the population raster sums to {people:,.0f}, "
                f"{published:,.0f} is published; city figures use the published one.",
                DataQualityWarning,
                stacklevel=4,
            )


def _with_background(
    layers: Mapping[str, gpd.GeoDataFrame], data: CityData, area: StudyArea
) -> dict[str, gpd.GeoDataFrame]:
    """Every layer of the result: what was analysed, what lies behind, and the network."""
    full = dict(layers)
    wet = [data.background[name] for name in ("sea", "water") if len(data.background.get(name, ()))]
    if wet:
        full["water"] = pd.concat(wet)
    land = [area.land(shape) for shape in area.boundaries.geometry]
    full["land"] = gpd.GeoDataFrame(
        {"boundary": area.boundaries.index}, geometry=land, crs=area.crs
    )
    for name in ("streets", "buildings", "land_use"):
        if len(data.background.get(name, ())):
            full[name] = data.background[name]
    if data.network is not None:
        full["network_nodes"], full["network_edges"] = data.network.to_frames()
    return full


def _osm_report(data: CityData) -> dict[str, pd.DataFrame]:
    """OpenStreetMap objects that could not be read whole, as a table if there are any."""
    return {"osm_report": data.osm_report.reset_index()} if len(data.osm_report) else {}


def _used_sources(data: CityData) -> dict[str, Any]:
    """Sources that some row names, in the order of their ids."""
    used = set(data.area.boundaries["source_id"].dropna())
    used |= {i for layer in data.layers for i in layer["source_id"].unique()}
    used |= {raster.source_id for raster in data.rasters.values()}
    used |= {data.network.source_id} if data.network is not None else set()
    return {key: data.sources[key] for key in sorted(used) if key in data.sources}
