"""Every input of a city folder read by itself, and what is wrong with each."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from creative_spatial.crs import check_working_crs, choose_crs, reproject, to_wgs84
from creative_spatial.errors import (
    CreativeSpatialError,
)
from creative_spatial.loaders.city.contents import (
    read_feature_entry,
    read_osm_entry,
    read_raster_entry,
)
from creative_spatial.loaders.city.core import load_city
from creative_spatial.loaders.city.outlines import read_boundaries
from creative_spatial.loaders.city.reading import OVERPASS, Reading
from creative_spatial.loaders.columns import count, without_file
from creative_spatial.loaders.reach import reach_of
from creative_spatial.provenance import OPENSTREETMAP, UNSTATED, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from creative_spatial.config import CityConfig
    from creative_spatial.taxonomy import Taxonomy


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
        Errors, with which `load_city` would stop; warnings, of rows set aside and of repairs
        that are only proposed among them; notes of what was mended and of each file read.
    """
    sources = {s.id: Source(**s.model_dump()) for s in config.source}
    sources.setdefault(OPENSTREETMAP.id, OPENSTREETMAP)
    sources.setdefault(UNSTATED.id, UNSTATED)
    reading = Reading(config, taxonomy, lambda _: None, sources, offline)
    findings: list[Finding] = []

    def attempt(file: str, reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except CreativeSpatialError as error:
            findings.append(Finding("error", file, without_file(str(error), file)))
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        boundaries = attempt("[[boundary]]", lambda: read_boundaries(reading))
        if boundaries is not None:
            extent = to_wgs84(boundaries.total_bounds.tolist(), boundaries.crs)
            wanted = config.city.crs
            crs = attempt(
                "city.toml",
                lambda: check_working_crs(wanted, extent) if wanted else choose_crs(extent),
            )
        if boundaries is not None and crs is not None:
            reach = reach_of(reproject(boundaries, crs))
            if config.osm is not None:
                attempt(config.osm.path or OVERPASS, lambda: read_osm_entry(reading, reach, crs))
            for entry in config.layer:
                read_entry = read_raster_entry if entry.kind == "raster" else read_feature_entry
                attempt(entry.label, lambda e=entry, r=read_entry: r(reading, e, reach, crs))  # type: ignore[misc]
            if not findings:
                data = attempt("city.toml", lambda: load_city(config, taxonomy, offline=offline))
                reading.warnings += data.warnings if data is not None else ()
    mended = set(reading.mended)
    findings += [
        Finding("note" if said in mended else "warning", said[0], without_file(said[1], said[0]))
        for said in dict.fromkeys(reading.warnings)
    ]
    findings += [
        Finding("note", file, f"{count(facts['rows'], 'row')} read")
        for file, facts in reading.inputs.items()
    ]
    return findings
