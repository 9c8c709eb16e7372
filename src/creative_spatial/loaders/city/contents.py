"""What lies in a city: its OpenStreetMap file, its own layers and rasters."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from pyproj import CRS

from creative_spatial.config import COUNT_INPUTS, DRAWN_INPUTS
from creative_spatial.crs import to_wgs84
from creative_spatial.errors import (
    ConfigError,
    DataQualityWarning,
)
from creative_spatial.findings import finding
from creative_spatial.loaders.city.reading import OVERPASS
from creative_spatial.loaders.columns import count
from creative_spatial.loaders.ids import told_apart
from creative_spatial.loaders.layers import read_entry
from creative_spatial.loaders.osm import OsmExtract, read_osm
from creative_spatial.loaders.placeless import PLACELESS, as_layer
from creative_spatial.loaders.raster import read_raster
from creative_spatial.loaders.reach import in_whole_cells
from creative_spatial.loaders.repair.frames import withhold
from creative_spatial.provenance import OPENSTREETMAP

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.config import LayerSection
    from creative_spatial.loaders.city.reading import Reading
    from creative_spatial.loaders.online.origins import Origin
    from creative_spatial.raster import Raster

# While no boundary says where the city is: metres, true to area anywhere.
ANYWHERE = "EPSG:6933"


def read_osm_entry(reading: Reading, reach: BaseGeometry, crs: CRS) -> OsmExtract | None:
    """
    Read the OpenStreetMap file, or what Overpass answers, once.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    reach : Polygon, working CRS
        How far data is wanted.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    OsmExtract or None
        None without an [osm] table, or where the file is at fault.
    """
    section = reading.config.osm
    if section is None:
        return None
    source = reading.source(section.source or OPENSTREETMAP.id)
    # Else a place would be known to lie in the part of its cell that one city's data has.
    secret = reading.taxonomy.sensitive_concepts.values()
    polygon = shapely.box(*in_whole_cells(to_wgs84(reach.bounds, crs), secret))

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
            message = (
                f"{count(len(extract.report), 'object')} could not be read whole, as in any clipped "
                "extract; tables/osm_report lists them."
            )
            warnings.warn(DataQualityWarning(message, kind="incomplete"), stacklevel=2)
        return extract

    label = section.path or OVERPASS
    extract: OsmExtract | None = reading.attempt(label, lambda: reading.read(label, read))
    if extract is None:
        return None
    reading.sources[source.id] = extract.source
    rows = {"out": len(extract.features), "incomplete": len(extract.report)}
    if section.path is not None:
        reading.note(section.path, rows["out"], role="features", source=source.id, rows=rows)
    if origin is not None:
        reading.note_online(
            OVERPASS, origin, rows["out"], role="features", source=source.id, rows=rows
        )
    return extract


def read_layers(
    reading: Reading, reach: BaseGeometry, crs: CRS
) -> tuple[
    list[gpd.GeoDataFrame], list[gpd.GeoDataFrame], dict[str, gpd.GeoDataFrame], dict[str, Raster]
]:
    """
    Read the city's own layers.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    reach : Polygon, working CRS
        How far data is wanted.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    tuple
        Feature layers, water layers, background by name, rasters by named input.
    """
    own: list[gpd.GeoDataFrame] = []
    water: list[gpd.GeoDataFrame] = []
    background: dict[str, gpd.GeoDataFrame] = {}
    rasters: dict[str, Raster] = {}
    for entry in reading.config.layer:
        if entry.benchmark or entry.pillar in COUNT_INPUTS:
            continue
        if entry.kind == "raster":
            raster = attempt_entry(
                reading, entry, lambda e: read_raster_entry(reading, e, reach, crs)
            )
            rasters |= {} if raster is None else {entry.pillar: raster}
            continue
        layer = attempt_entry(reading, entry, lambda e: read_feature_entry(reading, e, reach, crs))
        if layer is None:
            continue
        if entry.pillar == "water":
            water.append(layer.assign(kind=layer["concept"]))
        elif entry.pillar == "background":
            kind = layer.assign(kind=layer["concept"])
            known = background.get("land_use")
            background["land_use"] = kind if known is None else pd.concat([known, kind])
        else:
            own.append(layer)
    return own, water, background, rasters


def read_benchmarks(
    reading: Reading, reach: BaseGeometry, crs: CRS
) -> tuple[gpd.GeoDataFrame, ...]:
    """
    Read the inventories that the other layers are compared with.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    reach : Polygon, working CRS
        How far data is wanted.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    tuple of GeoDataFrame
        One layer for each [[layer]] with ``benchmark = true`` that can be read.
    """
    found = [
        attempt_entry(reading, entry, lambda e: read_feature_entry(reading, e, reach, crs))
        for entry in reading.config.layer
        if entry.benchmark
    ]
    return tuple(layer for layer in found if layer is not None)


def attempt_entry(
    reading: Reading, entry: LayerSection, reader: Callable[[LayerSection], Any]
) -> Any:
    """
    Read one [[layer]]; what is wrong with it is kept, and the others go on.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    entry : LayerSection
        One [[layer]].
    reader : callable
        Reads it.

    Returns
    -------
    object
        What the reader returns; None where it failed, or its form is not there.
    """
    if entry.form in reading.absent:
        return None
    return reading.attempt(entry.label, lambda: reader(entry), layer=entry.layer or "")


def read_unplaced(reading: Reading) -> None:
    """
    Check what can be checked of layers while no boundary says where the city is.

    Parameters
    ----------
    reading : Reading
        State of the reading; collects what is wrong.
    """
    for entry in reading.config.layer:
        if entry.kind != "raster" and entry.pillar not in COUNT_INPUTS:
            attempt_entry(
                reading, entry, lambda e: read_feature_entry(reading, e, None, CRS(ANYWHERE))
            )
    files = [entry.label for entry in reading.config.layer if entry.kind == "raster"]
    files += [reading.config.osm.path or OVERPASS] if reading.config.osm else []
    reading.findings += [
        finding("note", file, "not read: no boundary says which part of it.", kind="unchecked")
        for file in files
        if file not in reading.absent
    ]


def read_feature_entry(
    reading: Reading, entry: LayerSection, reach: BaseGeometry | None, crs: CRS
) -> gpd.GeoDataFrame:
    """
    Read one layer of features.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    entry : LayerSection
        One [[layer]].
    reach : Polygon, working CRS, or None
        How far data is wanted; None takes every row.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    GeoDataFrame
        A valid layer; ``attrs["file"]`` is its path.
    """
    known = {*reading.taxonomy.pillars, *DRAWN_INPUTS, *COUNT_INPUTS}
    if entry.pillar not in known:
        raise ConfigError(
            f"[[layer]] {entry.label}: unknown pillar {entry.pillar!r}; known: {', '.join(sorted(known))}."
        )
    pillars = {concept.id: concept.pillar for concept in reading.taxonomy.concepts.values()}
    layer = reading.read(
        entry.label,
        lambda: told_apart(
            read_entry(
                entry,
                reading.config.resolve,
                source=reading.source(entry.source),
                taxonomy=reading.taxonomy,
                offline=reading.offline,
                target_crs=crs,
                boundary=reach,
                pillar=None if entry.pillar in DRAWN_INPUTS else entry.pillar,
            ),
            pillars,
            reading.ids if not entry.benchmark else set(),
        ),
    )
    if entry.kind == "survey" or layer.attrs.get("private"):
        reading.private.add(entry.label)
    withhold(layer, all_rows=entry.kind == "survey")
    reading.note_records(entry.label, entry, layer)
    if entry.form:
        reading.note(entry.form, 0, role="form", source=entry.source)
    named = {"layer": entry.layer} if entry.layer else {}
    if entry.where is not None and _may_be_private(reading, entry, layer):
        named["where"] = "withheld"
    rows = layer.attrs.get("rows", {"out": len(layer)})
    facts = {"role": entry.pillar, **named, "source": entry.source, "rows": rows}
    if "database" in layer.attrs:
        reading.note_database(entry.label, layer.attrs["database"], len(layer), **facts)
    else:
        reading.note(entry.path, len(layer), **facts)
    homeless = layer.attrs.pop(PLACELESS, None)
    if homeless is not None and not entry.benchmark:
        reading.placeless.append(as_layer(homeless, crs))
    layer.attrs["file"] = entry.label
    return layer  # type: ignore[no-any-return]


def read_raster_entry(
    reading: Reading, entry: LayerSection, reach: BaseGeometry, crs: CRS
) -> Raster:
    """
    Read one raster's window over the area.

    Parameters
    ----------
    reading : Reading
        State of the reading.
    entry : LayerSection
        One [[layer]].
    reach : Polygon, working CRS
        How far data is wanted.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    Raster
        In its own CRS.
    """
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


def _may_be_private(reading: Reading, entry: LayerSection, layer: pd.DataFrame) -> bool:
    """Whether a condition may speak of rows that are not public: also of those it leaves out."""
    said = {"sensitivity", "consent"} & {*layer.columns, *entry.columns}
    return bool(said or entry.sensitivity or reading.taxonomy.sensitive_concepts)
