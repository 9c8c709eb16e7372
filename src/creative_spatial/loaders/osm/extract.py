"""Reading an OpenStreetMap file once, for every pillar, the network and the maps."""

from __future__ import annotations

import logging
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import check_working_crs, choose_crs
from creative_spatial.errors import EmptyLayerWarning, LoadError
from creative_spatial.loaders.osm.background import BackgroundRules
from creative_spatial.loaders.osm.coastline import Sea, close_sea
from creative_spatial.loaders.osm.files import open_osm, write_positive
from creative_spatial.loaders.osm.incomplete import complete
from creative_spatial.loaders.osm.objects import ObjectReader, Rules
from creative_spatial.loaders.osm.selection import AreaRules, FeatureRules
from creative_spatial.loaders.osm.tables import Layers
from creative_spatial.loaders.osm.walking import WalkRules, build_network
from creative_spatial.provenance import OPENSTREETMAP, Source
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

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
        `sea`, `water`, `land_use`, `streets` (column `rank`, 1 to 4) and `buildings`;
        column `kind`.
    report : DataFrame
        Index object id ("osm:way/2"), column `reason`: what could not be built, or only in
        part, and why.
    source : Source
        With the date of the data.
    crs : pyproj.CRS
        The working CRS.
    """

    features: gpd.GeoDataFrame
    network: Network
    background: Mapping[str, gpd.GeoDataFrame]
    report: pd.DataFrame
    source: Source
    crs: CRS

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
    boundary: BaseGeometry | None = None,
    crs: Any = None,
    source: Source = OPENSTREETMAP,
    languages: Sequence[str] = ("th", "en"),
    parts: Sequence[str] = PARTS,
) -> OsmExtract:
    """
    Read an OpenStreetMap file: features, walking network and background in one pass.

    Extracts that cut through objects are the normal case: lines keep the parts that are
    there, areas that cannot be closed are left out, and both are in the report.

    Parameters
    ----------
    path : Path or str
        A local ``.osm``, ``.osm.bz2``, ``.osm.gz`` or ``.osm.pbf``.
    taxonomy : Taxonomy, optional
        Says what is a feature; the package's own where it is left out.
    boundary : (Multi)Polygon, degrees, WGS 84, optional
        What does not meet it is left out; what does comes whole.
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
        If `crs` cannot serve here.

    Warns
    -----
    EmptyLayerWarning
        If features were asked for and there are none.

    Examples
    --------
    >>> extract = read_osm("city.osm.pbf")  # doctest: +SKIP
    >>> extract.features["concept"].value_counts()  # doctest: +SKIP
    """
    if unknown := sorted(set(parts) - set(PARTS)):
        raise LoadError(f"unknown parts {unknown}; known: {', '.join(PARTS)}.")
    taxonomy = taxonomy if taxonomy is not None else Taxonomy.load()
    name_columns = ("name", *(f"name:{language}" for language in languages))
    rules = Rules(
        areas=AreaRules(),
        name_keys=name_columns,
        features=FeatureRules(taxonomy) if "features" in parts else None,
        background=BackgroundRules() if "background" in parts else None,
        walking=WalkRules() if "network" in parts else None,
    )
    file = open_osm(path)
    found = _read(file, rules)
    box = _box(file, found, boundary)
    bounds = box if boundary is None else boundary.bounds
    working = choose_crs(bounds) if crs is None else check_working_crs(crs, bounds)
    dated = source if source.date else source.dated(file.date or _newest(found))
    sea = close_sea(found.coast, box) if rules.background else Sea([])
    layers = Layers(found, working, dated, name_columns, boundary)
    features = layers.features(taxonomy)
    background = (
        {"sea": layers.sea(sea.polygons), **layers.background()} if rules.background else {}
    )
    network = build_network(found.walks, working, source_id=dated.id, boundary=boundary)
    report = _report(found, sea, dated)
    if len(report):
        _LOGGER.info(
            "%s: %d objects could not be read whole; see the report", file.name, len(report)
        )
    if rules.features is not None and features.empty:
        message = f"{file.name}: no features found; {_why_empty(boundary, box)}"
        warnings.warn(message, EmptyLayerWarning, stacklevel=2)
    return OsmExtract(features, network, background, report, dated, working)


def _read(file: OsmFile, rules: Rules) -> Objects:
    """Pass over the file; again over a copy with positive ids where it has negative ones."""
    reader = ObjectReader(rules)
    reader.read(file)
    found = complete(reader, rules, file)
    if not found.met_negative:
        return found
    _LOGGER.info("%s has negative ids; reading a copy with positive ones", file.name)
    with tempfile.TemporaryDirectory(prefix="creative_spatial-") as folder:
        copy = write_positive(file, Path(folder))
        reader = ObjectReader(rules, mapped_ids=True)
        reader.read(copy)
        found = complete(reader, rules, copy)
    found.restore_ids()
    return found


def _box(file: OsmFile, found: Objects, boundary: BaseGeometry | None) -> Bounds:
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
