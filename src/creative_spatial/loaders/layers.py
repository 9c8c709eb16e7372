"""One entry of ``[[layer]]`` that holds features, read by the reader of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.loaders.occurrence import read_occurrence
from creative_spatial.loaders.postgis import read_postgis
from creative_spatial.loaders.survey import read_survey
from creative_spatial.loaders.table import read_table
from creative_spatial.loaders.vector import read_vector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from creative_spatial.config import LayerSection
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy


def read_entry(
    entry: LayerSection,
    resolve: Callable[[str], Path],
    *,
    source: Source,
    taxonomy: Taxonomy,
    offline: bool = False,
    **options: Any,
) -> gpd.GeoDataFrame:
    """
    Read an entry's features.

    Of a survey, this is what may be published: what is about people is not in it.

    Parameters
    ----------
    entry : LayerSection
        As ``city.toml`` has it; any kind but a raster.
    resolve : callable
        The full path of a file that the configuration names.
    source : Source
        Where the data come from.
    taxonomy : Taxonomy
        Known concepts.
    offline : bool
        Ask no server on another machine.
    **options
        `target_crs`, `boundary` and `pillar`, as every reader takes them.

    Returns
    -------
    GeoDataFrame
        A valid layer in the working CRS.

    Raises
    ------
    CreativeSpatialError
        Naming the file, the row and the remedy.
    """
    common: dict[str, Any] = {
        "source": source,
        "taxonomy": taxonomy,
        "where": entry.where,
        "columns": entry.columns,
        "concept": entry.concept,
        "concepts": entry.concepts,
        "words": entry.words,
        "sensitivity": entry.sensitivity,
        "repair": entry.repair,
        "accept": entry.accept,
        **options,
    }
    if entry.kind == "postgis" and entry.table is not None:
        place: dict[str, Any] = {
            "service": entry.service,
            "geometry": entry.geometry,
            "crs": entry.crs,
        }
        return read_postgis(
            entry.table, **place, encoding=entry.encoding, offline=offline, **common
        )
    path = resolve(entry.path)
    if entry.kind == "occurrence":
        return read_occurrence(path, **common)
    common |= {"layer": entry.layer, "encoding": entry.encoding}
    if entry.kind == "survey":
        form = resolve(entry.form) if entry.form else None
        return read_survey(path, form=form, personal=entry.personal, **common).layer
    if entry.kind == "table":
        return read_table(path, crs=entry.crs, **common)
    return read_vector(path, crs=entry.crs, **common)
