"""Reading a whole city folder: what ``city.toml`` names, in one working CRS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.config import CITY_FILE
from creative_spatial.crs import check_working_crs, choose_crs, reproject, to_wgs84
from creative_spatial.loaders.city.contents import (
    read_benchmarks,
    read_layers,
    read_osm_entry,
    read_unplaced,
)
from creative_spatial.loaders.city.outlines import read_boundaries, study_area
from creative_spatial.loaders.city.reading import Reading
from creative_spatial.loaders.city.references import read_references
from creative_spatial.loaders.reach import reach_of
from creative_spatial.loaders.repair.frames import (
    proposals_frame,
    quarantine_frame,
    repairs_frame,
)
from creative_spatial.provenance import OPENSTREETMAP, UNSTATED, Source, sha256_file
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    from pyproj import CRS

    from creative_spatial.area import StudyArea
    from creative_spatial.config import CityConfig
    from creative_spatial.network import Network
    from creative_spatial.raster import Raster
    from creative_spatial.taxonomy import Taxonomy

OVERLAYS = ("taxonomy", "indicators.toml", "maps.toml", "charts.toml", "labels.csv")


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
        `layers` the source, and rows in, out, outside the area, repaired and quarantined,
        as far as its reader counts them. Files of facts beside ``city.toml`` have a hash only;
        a file with records that are not public has none, and says so under `withheld`.
    osm_features : GeoDataFrame or None
        That of `layers` which comes from the OpenStreetMap file.
    named_pillars : tuple of str
        Pillars that the city's own layers were read for.
    osm_report : DataFrame
        OpenStreetMap objects that could not be built, and why.
    benchmarks : tuple of GeoDataFrame
        Inventories that the layers are compared with; they are not counted.
    repairs : DataFrame
        What was mended in rows that are in the layers: `file`, `layer`, `source_id`, `row`,
        `feature_id`, `column`, `kind`, `before`, `after`. Of surveys, and of rows that are
        flagged or without consent, the last two are "withheld".
    quarantine : DataFrame
        Rows that are in no layer though they were asked for: `file`, `layer`, `source_id`,
        `row`, `kind`, `reason`, `remedy`.
    proposals : DataFrame
        Repairs that may be wrong and were not made: `file`, `layer`, `source_id`, `rows`,
        `kind`, `message`, and what to write to `accept` them.
    gates : GeoDataFrame of Point or None
        Gates and entrances of the OpenStreetMap file.
    ferries : DataFrame or None
        Times of the network's ferries, as `read_ferries` gives them.
    reference : DataFrame or None
        Counts of places elsewhere, as `read_reference` gives them.
    placeless : tuple of GeoDataFrame
        Rows of the city's own layers that are kept without a place (events, practices), by
        layer; none of them has a geometry.
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
    benchmarks: tuple[gpd.GeoDataFrame, ...] = ()
    repairs: pd.DataFrame = field(default_factory=lambda: repairs_frame(()))
    quarantine: pd.DataFrame = field(default_factory=lambda: quarantine_frame(()))
    proposals: pd.DataFrame = field(default_factory=lambda: proposals_frame(()))
    gates: gpd.GeoDataFrame | None = None
    ferries: pd.DataFrame | None = None
    reference: pd.DataFrame | None = None
    placeless: tuple[gpd.GeoDataFrame, ...] = ()


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
        Naming the file, the row and the remedy; an `InputError` where several are at fault.
    """
    data, reading = read_city(config, taxonomy, progress=progress, offline=offline)
    reading.refuse()
    assert data is not None  # noqa: S101  (nothing failed, so everything was read)
    return data


def read_city(
    config: CityConfig,
    taxonomy: Taxonomy,
    *,
    progress: Callable[[str], None] | None = None,
    offline: bool = False,
) -> tuple[CityData | None, Reading]:
    """
    Read every input and keep what is wrong with each: one input at fault hides no other.

    Parameters
    ----------
    config : CityConfig
        The configuration.
    taxonomy : Taxonomy
        Concepts, with the city's own.
    progress : callable, optional
        Told each file as it starts.
    offline : bool
        Ask no server.

    Returns
    -------
    data : CityData or None
        None where any input is at fault.
    reading : Reading
        Its `findings`, and the errors, which `Reading.refuse` raises.
    """
    sources = {s.id: Source(**s.model_dump()) for s in config.source}
    sources.setdefault(OPENSTREETMAP.id, OPENSTREETMAP)
    sources.setdefault(UNSTATED.id, UNSTATED)
    reading = Reading(config, taxonomy, progress or (lambda _: None), sources, offline)
    reading.note_absent()
    boundaries = read_boundaries(reading)
    crs = reading.attempt(CITY_FILE, lambda: _working_crs(config, boundaries))
    if boundaries is None or crs is None:
        read_unplaced(reading)
        return None, reading
    reach = reach_of(reproject(boundaries, crs))
    extract = read_osm_entry(reading, reach, crs)
    own, water, background, rasters = read_layers(reading, reach, crs)
    benchmarks = read_benchmarks(reading, reach, crs)
    reference = read_references(reading)
    for name, layer in (extract.background if extract else {}).items():
        background[name] = pd.concat([background[name], layer]) if name in background else layer
    if water:
        known = [background["water"]] if "water" in background else []
        background["water"] = pd.concat([*water, *known])
    # What is drawn only is no record; its flagged rows stay to be left out with their cells.
    public_water = [layer[~is_flagged(layer)] for layer in water]
    area = study_area(reading, boundaries, background, crs)
    if reading.errors or area is None:
        return None, reading
    data = CityData(
        area=area,
        layers=(*own, *public_water, *([extract.features] if extract else [])),
        background=background,
        network=extract.network if extract and extract.network.n_edges else None,
        rasters=rasters,
        sources=reading.sources,
        inputs=dict(sorted({**reading.public_inputs(), **_overlays(config)}.items())),
        osm_features=extract.features if extract else None,
        named_pillars=tuple(
            dict.fromkeys(entry.pillar for entry in config.layer if not entry.benchmark)
        ),
        osm_report=extract.report if extract else pd.DataFrame({"reason": []}),
        benchmarks=benchmarks,
        reference=reference,
        repairs=repairs_frame(reading.repairs),
        quarantine=quarantine_frame(reading.quarantine),
        proposals=proposals_frame(reading.proposals),
        gates=extract.gates if extract else None,
        ferries=extract.ferries if extract else None,
        placeless=tuple(reading.placeless),
    )
    return data, reading


def _working_crs(config: CityConfig, boundaries: gpd.GeoDataFrame | None) -> CRS | None:
    """The CRS asked for, if it fits here, or one that does."""
    if boundaries is None:
        return None
    extent = to_wgs84(boundaries.total_bounds.tolist(), boundaries.crs)
    wanted = config.city.crs
    return check_working_crs(wanted, extent) if wanted else choose_crs(extent)


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
