"""Reading a whole city folder: what ``city.toml`` names, in one working CRS."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from creative_spatial.area import StudyArea
from creative_spatial.crs import check_working_crs, choose_crs, reproject, to_wgs84
from creative_spatial.errors import (
    ConfigError,
    CreativeSpatialError,
    CreativeSpatialWarning,
    CRSError,
    DataQualityWarning,
    recorded,
)
from creative_spatial.loaders.boundaries import read_boundary, read_osm_relation, read_polygons
from creative_spatial.loaders.columns import count, without_file
from creative_spatial.loaders.layers import read_entry
from creative_spatial.loaders.osm import OsmExtract, read_osm
from creative_spatial.loaders.raster import read_raster
from creative_spatial.provenance import OPENSTREETMAP, UNSTATED, Source, sha256_file, sha256_parts
from creative_spatial.schema import UNIT_INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.config import BoundarySection, CityConfig, LayerSection
    from creative_spatial.loaders.online.origins import Origin
    from creative_spatial.loaders.online.settings import OnlineSettings
    from creative_spatial.network import Network
    from creative_spatial.raster import Raster
    from creative_spatial.taxonomy import Taxonomy

# Maps and walks reach a little beyond the boundary: what lies there is loaded too.
MARGIN_SHARE = 0.25
MAX_MARGIN_M = 20_000.0
OVERPASS = "Overpass"
OVERLAYS = ("taxonomy", "indicators.toml", "maps.toml", "labels.csv")


@dataclass(frozen=True, eq=False)
class CityData:
    """
    Everything a city folder holds, read, checked and in the working CRS.

    Parameters
    ----------
    area : StudyArea
        Boundaries, units, land and water.
    layers : tuple of GeoDataFrame
        Feature layers with a `pillar` column: the city's own first, OpenStreetMap last,
        which is the order in which they win where they overlap.
    background : mapping of str to GeoDataFrame
        Layers `sea`, `water`, `land_use`, `streets`, `buildings`.
    network : Network or None
        The walking network.
    rasters : mapping of str to Raster
        By named input.
    sources : mapping of str to Source
        Those that the data names.
    inputs : mapping of str to mapping
        Per file: `sha256`, of its `parts` too (a Shapefile's), `rows`, and of each of its
        `layers` the source, and rows in, out, outside the area and left out, as far as
        its reader counts them. Files of facts beside ``city.toml`` have a hash only.
    osm_features : GeoDataFrame or None
        That of `layers` which comes from the OpenStreetMap file.
    named_pillars : tuple of str
        Pillars that the city's own layers were read for.
    osm_report : DataFrame
        OpenStreetMap objects that could not be built, and why.
    warnings : tuple of (str, str)
        File and message of each warning met on the way.
    """

    area: StudyArea
    layers: tuple[gpd.GeoDataFrame, ...]
    background: Mapping[str, gpd.GeoDataFrame]
    network: Network | None
    rasters: Mapping[str, Raster]
    sources: Mapping[str, Source]
    inputs: Mapping[str, Mapping[str, Any]]
    osm_features: gpd.GeoDataFrame | None
    named_pillars: tuple[str, ...]
    osm_report: pd.DataFrame
    warnings: tuple[tuple[str, str], ...] = ()


class Finding(NamedTuple):
    """
    One thing that `check_city` found.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        With an error, `load_city` stops.
    file : str
        Path as the configuration has it, or the table at fault.
    message : str
        What, which row, and what to do.
    """

    severity: Literal["error", "warning", "note"]
    file: str
    message: str


@dataclass
class _Reading:
    """State of one reading: what has been read so far, and what was said about it."""

    config: CityConfig
    taxonomy: Taxonomy
    progress: Callable[[str], None]
    sources: dict[str, Source]
    offline: bool = False
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def source(self, source_id: str) -> Source:
        return self.sources[source_id]

    def note(self, relative: str, count: int, /, **layer: Any) -> None:
        """Record a file that was read, and what became of the rows of one of its layers."""
        if relative not in self.inputs:
            facts = sha256_parts(self.config.resolve(relative))
            self.inputs[relative] = {**facts, "rows": 0, "layers": []}
        self.inputs[relative]["rows"] += count
        self.inputs[relative]["layers"].append(layer)

    def online(self) -> OnlineSettings:
        """How to ask online; the packages for it load only then."""
        from creative_spatial.loaders.online.settings import OnlineSettings

        return OnlineSettings.load(offline=self.offline)

    def note_online(self, label: str, origin: Origin, count: int, **layer: Any) -> None:
        """Record what came from a service."""
        facts = {**origin.facts, "rows": 0, "layers": []}
        known = self.inputs.setdefault(label, facts)
        known["rows"] += count
        known["layers"].append(layer)

    def read(self, relative: str, reader: Callable[[], Any]) -> Any:
        """Run a reader, keeping its warnings with the file they are about."""
        self.progress(relative)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = reader()
            finally:  # beside an error, `check` has what else was said
                self.warnings += [
                    (relative, str(warning.message))
                    for warning in caught
                    if issubclass(warning.category, CreativeSpatialWarning)
                ]
        for warning in caught:
            text, category = str(warning.message), warning.category
            if issubclass(category, CreativeSpatialWarning):
                known = text.startswith(PurePath(relative).name)
                text = text if known else f"{relative}: {text}"
            warnings.warn_explicit(text, category, warning.filename, warning.lineno)
        return outcome


def load_city(
    config: CityConfig,
    taxonomy: Taxonomy,
    *,
    progress: Callable[[str], None] | None = None,
    offline: bool = False,
) -> CityData:
    """
    Read every file that a ``city.toml`` names.

    Parameters
    ----------
    config : CityConfig
        The configuration.
    taxonomy : Taxonomy
        Concepts, with the city's own.
    progress : callable, optional
        Told each file as it starts.
    offline : bool
        Ask no server: what the configuration leaves to one comes from earlier answers.

    Returns
    -------
    CityData
        In the working CRS.

    Raises
    ------
    CreativeSpatialError
        Naming the file, the row and the remedy.
    """
    sources = {s.id: Source(**s.model_dump()) for s in config.source}
    sources.setdefault(OPENSTREETMAP.id, OPENSTREETMAP)
    sources.setdefault(UNSTATED.id, UNSTATED)
    reading = _Reading(config, taxonomy, progress or (lambda _: None), sources, offline)
    boundaries = _read_boundaries(reading)
    extent = to_wgs84(boundaries.total_bounds.tolist(), boundaries.crs)
    crs = check_working_crs(config.city.crs, extent) if config.city.crs else choose_crs(extent)
    reach = _reach(reproject(boundaries, crs))
    extract = _read_osm(reading, reach, crs)
    own, water, background, rasters = _read_layers(reading, reach, crs)
    for name, layer in (extract.background if extract else {}).items():
        background[name] = pd.concat([background[name], layer]) if name in background else layer
    if water:
        known = [background["water"]] if "water" in background else []
        background["water"] = pd.concat([*water, *known])
    with recorded() as said:
        area = _study_area(reading, boundaries, background, crs)
    reading.warnings += [("city.toml", text) for text in said]
    return CityData(
        area=area,
        layers=(*own, *water, *([extract.features] if extract else [])),
        background=background,
        network=extract.network if extract and extract.network.n_edges else None,
        rasters=rasters,
        sources=reading.sources,
        inputs=dict(sorted({**reading.inputs, **_overlays(config)}.items())),
        osm_features=extract.features if extract else None,
        named_pillars=tuple(dict.fromkeys(entry.pillar for entry in config.layer)),
        osm_report=extract.report if extract else pd.DataFrame({"reason": []}),
        warnings=tuple(reading.warnings),
    )


def _overlays(config: CityConfig) -> dict[str, dict[str, Any]]:
    """Hashes of the city's own facts, which decide the numbers as its data does."""
    found = [config.overlay(name) for name in OVERLAYS]
    files = [
        file
        for path in found
        if path is not None
        for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path])
    ]
    return {
        file.relative_to(config.folder).as_posix(): {"sha256": sha256_file(file)} for file in files
    }


def check_city(config: CityConfig, taxonomy: Taxonomy, *, offline: bool = False) -> list[Finding]:
    """
    Read every input by itself and report what is wrong with each; change nothing.

    Parameters
    ----------
    config : CityConfig
        The configuration.
    taxonomy : Taxonomy
        Concepts, with the city's own.
    offline : bool
        Ask no server.

    Returns
    -------
    list of Finding
        Errors, with which `load_city` would stop; warnings; and a note for each file read.
    """
    sources = {s.id: Source(**s.model_dump()) for s in config.source}
    sources.setdefault(OPENSTREETMAP.id, OPENSTREETMAP)
    sources.setdefault(UNSTATED.id, UNSTATED)
    reading = _Reading(config, taxonomy, lambda _: None, sources, offline)
    findings: list[Finding] = []

    def attempt(file: str, reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except CreativeSpatialError as error:
            findings.append(Finding("error", file, without_file(str(error), file)))
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        boundaries = attempt("[[boundary]]", lambda: _read_boundaries(reading))
        if boundaries is not None:
            extent = to_wgs84(boundaries.total_bounds.tolist(), boundaries.crs)
            wanted = config.city.crs
            crs = attempt(
                "city.toml",
                lambda: check_working_crs(wanted, extent) if wanted else choose_crs(extent),
            )
        if boundaries is not None and crs is not None:
            reach = _reach(reproject(boundaries, crs))
            if config.osm is not None:
                attempt(config.osm.path or OVERPASS, lambda: _read_osm(reading, reach, crs))
            for entry in config.layer:
                read_entry = _read_raster_entry if entry.kind == "raster" else _read_feature_entry
                attempt(entry.path, lambda e=entry, r=read_entry: r(reading, e, reach, crs))  # type: ignore[misc]
            if not findings:
                data = attempt("city.toml", lambda: load_city(config, taxonomy, offline=offline))
                reading.warnings += data.warnings if data is not None else ()
    findings += [
        Finding("warning", file, without_file(message, file))
        for file, message in dict.fromkeys(reading.warnings)
    ]
    findings += [
        Finding("note", file, f"{count(facts['rows'], 'row')} read")
        for file, facts in reading.inputs.items()
    ]
    return findings


def _read_boundaries(reading: _Reading) -> gpd.GeoDataFrame:
    """Every boundary as a row, in the CRS of the first."""
    rows = [reading.read(*_boundary_reader(reading, entry)) for entry in reading.config.boundary]
    for entry, shape in zip(reading.config.boundary, rows, strict=True):
        _check_degrees(entry, shape)
    crs = rows[0].crs
    table = gpd.GeoDataFrame(
        {
            "name": [_boundary_name(entry, reading.config) for entry in reading.config.boundary],
            "source_id": [entry.source_id for entry in reading.config.boundary],
            "published_area_km2": [entry.published_area_km2 for entry in reading.config.boundary],
            "population": [entry.population for entry in reading.config.boundary],
            "primary": [
                entry.primary or len(reading.config.boundary) == 1
                for entry in reading.config.boundary
            ],
        },
        geometry=[
            reproject(gpd.GeoDataFrame(geometry=shape), crs).geometry.iloc[0] for shape in rows
        ],
        crs=crs,
        index=pd.Index([entry.id for entry in reading.config.boundary], name=UNIT_INDEX),
    )
    for language in sorted({code for entry in reading.config.boundary for code in entry.names}):
        table[f"name:{language}"] = [entry.names.get(language) for entry in reading.config.boundary]
    table["population"] = table["population"].astype(float)
    return table if table["population"].notna().any() else table.drop(columns="population")


def _check_degrees(entry: BoundarySection, shape: gpd.GeoSeries) -> None:
    """Refuse a boundary in degrees that no place on Earth has, with the likely cause."""
    west, south, east, north = shape.total_bounds.tolist()
    geographic = shape.crs is not None and shape.crs.is_geographic
    if not geographic or (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return
    swapped = -90 <= west <= east <= 90 and -180 <= south <= north <= 180
    cause = (
        "longitude and latitude are swapped: exchange them, or export the file again"
        if swapped
        else 'they look like metres: state their CRS, e.g. `crs = "EPSG:32647"`'
    )
    raise CRSError(
        f"boundary {entry.id!r} ({entry.path}): its coordinates, from ({west:g}, {south:g}) to "
        f"({east:g}, {north:g}), are no degrees; {cause}."
    )


def _boundary_name(entry: BoundarySection, config: CityConfig) -> str:
    """A boundary's own name; the city's for its only boundary; its id otherwise."""
    city = config.city.name if len(config.boundary) == 1 else None
    return entry.name or entry.names.get("en") or city or entry.id


def _boundary_reader(
    reading: _Reading, entry: BoundarySection
) -> tuple[str, Callable[[], gpd.GeoSeries]]:
    """The file a boundary comes from, and how to read it."""
    config = reading.config
    relation, in_osm = entry.relation, config.osm.path if config.osm is not None else None
    if relation is not None and in_osm is not None:
        path = config.resolve(in_osm)
        return in_osm, lambda: read_osm_relation(path, relation)
    if entry.path is None:
        return _online_boundary_reader(reading, entry)
    relative = entry.path
    reading.note(relative, 1, role="boundary", id=entry.id, source=entry.source)
    return relative, lambda: read_boundary(
        config.resolve(relative), layer=entry.layer, where=entry.where, crs=entry.crs
    )


def _online_boundary_reader(
    reading: _Reading, entry: BoundarySection
) -> tuple[str, Callable[[], gpd.GeoSeries]]:
    """What a boundary that no file holds is called, and how to get it."""
    by_id = entry.relation is not None
    label = f"{OVERPASS} relation/{entry.relation}" if by_id else f"Nominatim {entry.place}"

    def read() -> gpd.GeoSeries:
        from creative_spatial.loaders.online.origins import place_boundary, relation_boundary

        shape, origin = (
            place_boundary(entry.place, reading.online())
            if entry.place is not None
            else relation_boundary(entry.relation or 0, reading.online())
        )
        reading.note_online(label, origin, 1, role="boundary", id=entry.id, source=entry.source)
        return shape

    return label, read


def _reach(boundaries: gpd.GeoDataFrame) -> BaseGeometry:
    """How far from the boundaries data is loaded: for maps' margins and walks across them."""
    west, south, east, north = boundaries.total_bounds.tolist()
    margin = min(MARGIN_SHARE * max(east - west, north - south), MAX_MARGIN_M)
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def _read_osm(reading: _Reading, reach: BaseGeometry, crs: CRS) -> OsmExtract | None:
    """The OpenStreetMap file, once."""
    section = reading.config.osm
    if section is None:
        return None
    source = reading.source(section.source or OPENSTREETMAP.id)
    polygon = shapely.box(*to_wgs84(reach.bounds, crs))

    origin: Origin | None = None

    def read() -> OsmExtract:
        nonlocal origin
        if section.path is not None:
            path = reading.config.resolve(section.path)
        else:
            from creative_spatial.loaders.online.origins import area_origin

            origin = area_origin(polygon.bounds, reading.online())
            path = origin.path
        extract = read_osm(
            path,
            taxonomy=reading.taxonomy,
            boundary=polygon,
            crs=crs,
            source=source,
            languages=reading.config.city.languages,
        )
        if len(extract.report):
            warnings.warn(
                f"{count(len(extract.report), 'object')} could not be read whole, as in any clipped "
                "extract; tables/osm_report lists them.",
                DataQualityWarning,
                stacklevel=2,
            )
        return extract

    extract: OsmExtract = reading.read(section.path or OVERPASS, read)
    reading.sources[source.id] = extract.source
    rows = {"out": len(extract.features), "incomplete": len(extract.report)}
    if section.path is not None:
        reading.note(section.path, rows["out"], role="features", source=source.id, rows=rows)
    if origin is not None:
        reading.note_online(
            OVERPASS, origin, rows["out"], role="features", source=source.id, rows=rows
        )
    return extract


def _read_layers(
    reading: _Reading, reach: BaseGeometry, crs: CRS
) -> tuple[
    list[gpd.GeoDataFrame], list[gpd.GeoDataFrame], dict[str, gpd.GeoDataFrame], dict[str, Raster]
]:
    """The city's own layers: features, water, background and rasters."""
    own: list[gpd.GeoDataFrame] = []
    water: list[gpd.GeoDataFrame] = []
    background: dict[str, gpd.GeoDataFrame] = {}
    rasters: dict[str, Raster] = {}
    for entry in reading.config.layer:
        if entry.kind == "raster":
            rasters[entry.pillar] = _read_raster_entry(reading, entry, reach, crs)
            continue
        layer = _read_feature_entry(reading, entry, reach, crs)
        if entry.pillar == "water":
            water.append(layer.assign(kind=layer["concept"]))
        elif entry.pillar == "background":
            kind = layer.assign(kind=layer["concept"])
            known = background.get("land_use")
            background["land_use"] = kind if known is None else pd.concat([known, kind])
        else:
            own.append(layer)
    return own, water, background, rasters


def _read_feature_entry(
    reading: _Reading, entry: LayerSection, reach: BaseGeometry, crs: CRS
) -> gpd.GeoDataFrame:
    """One layer of features from a file of any kind."""
    known = {*reading.taxonomy.pillars, "water", "background"}
    if entry.pillar not in known:
        raise ConfigError(
            f"[[layer]] {entry.path}: unknown pillar {entry.pillar!r}; known: {', '.join(sorted(known))}."
        )
    layer = reading.read(
        entry.path,
        lambda: read_entry(
            entry,
            reading.config.resolve,
            source=reading.source(entry.source),
            taxonomy=reading.taxonomy,
            target_crs=crs,
            boundary=reach,
            pillar=None if entry.pillar in {"water", "background"} else entry.pillar,
        ),
    )
    if entry.form:
        reading.note(entry.form, 0, role="form", source=entry.source)
    named = {"layer": entry.layer} if entry.layer else {}
    rows = layer.attrs.get("rows", {"out": len(layer)})
    reading.note(entry.path, len(layer), role=entry.pillar, **named, source=entry.source, rows=rows)
    return layer  # type: ignore[no-any-return]


def _read_raster_entry(
    reading: _Reading, entry: LayerSection, reach: BaseGeometry, crs: CRS
) -> Raster:
    """One raster's window over the area."""
    path = reading.config.resolve(entry.path)
    raster: Raster = reading.read(
        entry.path,
        lambda: read_raster(
            path,
            source=reading.source(entry.source),
            bounds=reach.bounds,
            bounds_crs=crs,
            band=entry.band,
        ),
    )
    reading.note(entry.path, 1, role=entry.pillar, source=entry.source)
    return raster


def _study_area(
    reading: _Reading,
    boundaries: gpd.GeoDataFrame,
    background: Mapping[str, gpd.GeoDataFrame],
    crs: CRS,
) -> StudyArea:
    """Boundaries, units and water as a study area."""
    config = reading.config
    units = None
    if config.units.path:
        relative = config.units.path
        units = reading.read(
            relative,
            lambda: read_polygons(
                config.resolve(relative), layer=config.units.layer, crs=config.units.crs
            ),
        ).rename(columns={config.units.id: UNIT_INDEX})
        reading.note(relative, len(units), role="units", rows={"out": len(units)})
    wet = [
        background[name][["source_id", "geometry"]]
        for name in ("sea", "water")
        if name in background
    ]
    return StudyArea.from_geometries(
        boundaries,
        name=config.city.name,
        units=units,
        grid=config.units.grid,
        cell_m=config.units.cell_m,
        water=pd.concat(wet) if wet else None,
        crs=crs,
        names=config.city.names,
        country=config.city.country,
        languages=config.city.languages,
    )
