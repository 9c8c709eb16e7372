"""Reading an OpenStreetMap file once, for every pillar, the network and the maps."""

from __future__ import annotations

import logging
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from creative_spatial.crs import WGS84, check_working_crs, choose_crs, reproject
from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    EmptyLayerWarning,
    GeometryError,
    LoadError,
)
from creative_spatial.loaders.columns import count
from creative_spatial.loaders.coordinates import in_range
from creative_spatial.loaders.osm.background import BackgroundRules
from creative_spatial.loaders.osm.coastline import Sea, close_sea, sea_box
from creative_spatial.loaders.osm.copies import write_positive
from creative_spatial.loaders.osm.cutting.core import cut_one
from creative_spatial.loaders.osm.cutting.reading import Cut, open_cut
from creative_spatial.loaders.osm.ferries import ferry_table
from creative_spatial.loaders.osm.files import node_index, open_osm
from creative_spatial.loaders.osm.gates import GateRules, gate_layer
from creative_spatial.loaders.osm.incomplete import complete
from creative_spatial.loaders.osm.objects import ObjectReader, Rules
from creative_spatial.loaders.osm.selection import AreaRules, FeatureRules
from creative_spatial.loaders.osm.tables import Layers
from creative_spatial.loaders.osm.walking import WalkRules, build_network
from creative_spatial.provenance import OPENSTREETMAP, Source
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyproj import CRS

    from creative_spatial.crs import Bounds
    from creative_spatial.loaders.osm.files import OsmFile
    from creative_spatial.loaders.osm.found import Objects
    from creative_spatial.network import Network

_LOGGER = logging.getLogger(__name__)

PARTS = ("features", "network", "background")


@dataclass(frozen=True, eq=False)
class OsmExtract:
    """
    What one OpenStreetMap file holds for an assessment, in one working CRS.

    Parameters
    ----------
    features : GeoDataFrame
        Everything that the taxonomy knows, of all pillars (column `pillar`).
    network : Network
        The walking network; empty where it was not asked for.
    background : mapping of str to GeoDataFrame
        `sea` (around the boundary), `water`, `land_use`, `streets` (column `rank`, 1 to 4) and `buildings`;
        column `kind`.
    report : DataFrame
        Index object id ("osm:way/2"), column `reason`: what could not be built, or only in
        part, and why.
    source : Source
        With the date of the data.
    crs : pyproj.CRS
        The working CRS.
    gates : GeoDataFrame of Point
        Gates and entrances that the public may pass: column `kind`. They come with the network.
    ferries : DataFrame
        Index `way_id`; `duration_min`, `length_m` and `headway_min` of the ferries of the
        network, null where they are not tagged.
    """

    features: gpd.GeoDataFrame
    network: Network
    background: Mapping[str, gpd.GeoDataFrame]
    report: pd.DataFrame
    source: Source
    crs: CRS
    gates: gpd.GeoDataFrame
    ferries: pd.DataFrame

    def __repr__(self) -> str:
        drawn = ", ".join(f"{len(layer):,} {name}" for name, layer in self.background.items())
        return (
            f"OsmExtract({len(self.features):,} features, {self.network!r}, {drawn or 'no background'}, "
            f"{len(self.report):,} objects incomplete, data of {self.source.date or 'unknown date'})"
        )


def read_osm(
    path: Path | str,
    *,
    taxonomy: Taxonomy | None = None,
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    crs: Any = None,
    source: Source = OPENSTREETMAP,
    languages: Sequence[str] = ("th", "en"),
    parts: Sequence[str] = PARTS,
) -> OsmExtract:
    """
    Read an OpenStreetMap file: features, walking network and background in one pass.

    Extracts that cut through objects are the normal case: lines keep the parts that are
    there, areas that cannot be closed are left out, and both are in the report. Of a large file
    (over 32 MB), what is near `boundary` is cut out first, and the report is of that.

    Parameters
    ----------
    path : Path or str
        A local ``.osm``, ``.osm.bz2``, ``.osm.gz`` or ``.osm.pbf``; or a folder that `cut_osm`
        wrote.
    taxonomy : Taxonomy, optional
        Says what is a feature; the package's own where it is left out.
    boundary : (Multi)Polygon, degrees, WGS 84; or GeoSeries or GeoDataFrame, any CRS; optional
        What does not meet it is left out; what does comes whole. Of a table, all polygons
        together.
    crs : CRS-like, optional
        The working CRS; chosen from the boundary or the file's box where it is left out.
    source : Source, optional
        Stamped on every row, its id before every object id; its date is the file's where
        it has none.
    languages : sequence of str, optional
        Languages whose names get a column of their own ("name:th").
    parts : sequence of {"features", "network", "background"}, optional
        What is wanted; the rest stays empty.

    Returns
    -------
    OsmExtract
        In the working CRS.

    Raises
    ------
    LoadError
        If the file is not there, not OpenStreetMap data, damaged, or XML that declares
        entities.
    CRSError
        If `crs` cannot serve here, or `boundary` is not in degrees and does not say its CRS.
    GeometryError
        If `boundary` is no polygon.

    Warns
    -----
    EmptyLayerWarning
        If features were asked for and there are none.
    DataQualityWarning
        If the boundary reaches beyond what a folder was cut out for.

    Examples
    --------
    >>> extract = read_osm("city.osm.pbf")  # doctest: +SKIP
    >>> extract.features["concept"].value_counts()  # doctest: +SKIP
    """
    if unknown := sorted(set(parts) - set(PARTS)):
        raise LoadError(f"unknown parts {unknown}; known: {', '.join(PARTS)}.")
    outline = None if boundary is None else _outline(boundary)
    taxonomy = taxonomy if taxonomy is not None else Taxonomy.load()
    name_columns = ("name", *(f"name:{language}" for language in languages))
    rules = Rules(
        areas=AreaRules(),
        name_keys=name_columns,
        features=FeatureRules(taxonomy) if "features" in parts else None,
        background=BackgroundRules() if "background" in parts else None,
        walking=WalkRules() if "network" in parts else None,
        gates=GateRules() if "network" in parts else None,
    )
    with _source(Path(path), outline, taxonomy) as file:
        if isinstance(file, Cut):
            outline = _within_cut(file, rules, outline)
        found = _read(file, rules)
    box = _box(file, found, outline)
    bounds = box if outline is None else outline.bounds
    working = choose_crs(bounds) if crs is None else check_working_crs(crs, bounds)
    dated = source if source.date else source.dated(file.date or _newest(found))
    around = box if outline is None else sea_box(box, outline.bounds)
    sea = close_sea(found.coast, around) if rules.background else Sea([])
    layers = Layers(found, working, dated, name_columns, outline)
    features = layers.features(taxonomy)
    background = (
        {"sea": layers.sea(sea.polygons), **layers.background()} if rules.background else {}
    )
    network = build_network(found.walks, working, source_id=dated.id, boundary=outline)
    gates = gate_layer(found.gates, working, source_id=dated.id, boundary=outline)
    ferries = ferry_table(found.ferry_routes, found.ferry_ways)
    report = _report(found, sea, dated)
    if len(report):
        _LOGGER.info(
            "%s: %s could not be read whole; see the report",
            file.name,
            count(len(report), "object"),
        )
    if rules.features is not None and features.empty:
        message = f"{file.name}: no features found; {_why_empty(outline, box)}"
        warnings.warn(message, EmptyLayerWarning, stacklevel=2)
    return OsmExtract(features, network, background, report, dated, working, gates, ferries)


def _outline(boundary: Any) -> BaseGeometry:
    """What was given as a boundary, as one geometry in degrees."""
    if isinstance(boundary, gpd.GeoSeries | gpd.GeoDataFrame):
        if boundary.crs is None:
            raise CRSError(
                "`boundary` has no CRS; say what its coordinates are in: "
                "`boundary.set_crs('EPSG:4326')` for degrees."
            )
        table = gpd.GeoDataFrame(geometry=boundary.geometry)
        boundary = shapely.union_all(reproject(table, WGS84).geometry.to_numpy())
    if not isinstance(boundary, BaseGeometry):
        raise GeometryError(
            f"`boundary` is a {type(boundary).__name__}; give a polygon in degrees, or a GeoSeries "
            "or GeoDataFrame of polygons."
        )
    if boundary.is_empty or boundary.geom_type not in {"Polygon", "MultiPolygon"}:
        what = "empty" if boundary.is_empty else f"a {boundary.geom_type}"
        raise GeometryError(f"`boundary` is {what}; a polygon is needed.")
    corners = np.reshape(boundary.bounds, (2, 2))
    if not in_range(corners, WGS84).all():
        west, south = corners[0]
        raise CRSError(
            f"`boundary` is at ({west:g}, {south:g}), which is not in degrees; give it with its CRS, "
            "e.g. `boundary=geopandas.GeoSeries([polygon], crs='EPSG:32647')`."
        )
    return boundary


def _within_cut(cut: Cut, rules: Rules, outline: BaseGeometry | None) -> BaseGeometry:
    """The area to read out of a cut, as far as the cut can serve; all of it if none is named."""
    if rules.features is not None:
        cut.manifest.check_rules(rules.features, cut.name)
    whole = shapely.box(*cut.manifest.area.box)
    if outline is None:
        return whole
    if not whole.covers(outline):
        warnings.warn(
            f"{cut.name} was cut out for {cut.manifest.area.name}, and the boundary reaches beyond: "
            "what lies there is missing. Cut it again for this boundary.",
            DataQualityWarning,
            stacklevel=3,
        )
    return outline


@contextmanager
def _source(
    path: Path, boundary: BaseGeometry | None, taxonomy: Taxonomy
) -> Iterator[OsmFile | Cut]:
    """What is read: a cut, a file, or what is cut out of a large file for an area of it."""
    if path.is_dir():
        yield open_cut(path)
        return
    file = open_osm(path)
    if boundary is None or not file.is_large:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="creative_spatial-") as folder:
        yield open_cut(cut_one(file, boundary, Path(folder), taxonomy))


def _read(file: OsmFile | Cut, rules: Rules) -> Objects:
    """Pass over the file; over a copy where its ids or the order of its objects need one."""
    reader = ObjectReader(rules)
    if isinstance(file, Cut):
        reader.read(file)
        return complete(reader, rules, file)
    with node_index(file) as index:
        reader.read(file, index)
        found = complete(reader, rules, file)
        found.locations = None
    if not found.needs_copy:
        return found
    _LOGGER.info(
        "%s has negative ids, deleted objects or another order than nodes, ways, relations; "
        "reading a copy without these",
        file.name,
    )
    with tempfile.TemporaryDirectory(prefix="creative_spatial-") as folder:
        copy = write_positive(file, Path(folder))
        reader = ObjectReader(rules, mapped_ids=True)
        reader.read(copy)
        found = complete(reader, rules, copy)
    found.restore_ids()
    return found


def _box(file: OsmFile | Cut, found: Objects, boundary: BaseGeometry | None) -> Bounds:
    """The box that the data is of: the file's, or the boundary's, or that of what was found."""
    if file.bounds is not None:
        return file.bounds
    if boundary is not None:
        west, south, east, north = boundary.bounds
        return (west, south, east, north)
    shapes = shapely.from_wkb(np.array([*found.shapes, *found.walks.lines], dtype=object))
    coast = [shapely.linestrings(fragment.lonlat) for fragment in found.coast]
    everything = np.array([*shapes, *coast], dtype=object)
    if shapely.is_empty(everything).all():
        return (0.0, 0.0, 0.0, 0.0)
    west, south, east, north = shapely.total_bounds(everything)
    return (float(west), float(south), float(east), float(north))


def _newest(found: Objects) -> str | None:
    """Day of the latest edit among the features, for files that do not say their date."""
    newest = max((row.timestamp for row in found.features), default=None)
    return newest.date().isoformat() if newest is not None and newest.year > 1970 else None


def _report(found: Objects, sea: Sea, source: Source) -> pd.DataFrame:
    """One row for each object, its reasons joined."""
    reasons: dict[str, list[str]] = {}
    for ref, reason in [*found.faults, *((f"way/{way}", reason) for way, reason in sea.faults)]:
        known = reasons.setdefault(f"{source.id}:{ref}", [])
        if reason not in known:
            known.append(reason)
    index = pd.Index(list(reasons), dtype="str", name="object_id")
    text = ["; ".join(parts) for parts in reasons.values()]
    return pd.DataFrame({"reason": pd.array(text, dtype="str")}, index=index)


def _why_empty(boundary: BaseGeometry | None, box: Bounds) -> str:
    """What may be the matter where nothing was found."""
    if boundary is None or shapely.box(*box).intersects(boundary):
        return "nothing there carries tags that the taxonomy knows."
    west, south, east, north = box
    return (
        f"the file covers {west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N, which the "
        "boundary does not meet; is this the file of another place?"
    )


__all__ = ["PARTS", "OsmExtract", "read_osm"]
