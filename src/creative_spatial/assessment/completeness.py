"""How complete the city's data is: graded before anything is computed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from creative_spatial.assessment.pillars import origin_of
from creative_spatial.evaluation import DONE, SKIPPED, WARNED, Grades, open_rows
from creative_spatial.provenance import OPENSTREETMAP
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.area import StudyArea
    from creative_spatial.loaders import CityData
    from creative_spatial.raster import Raster
    from creative_spatial.taxonomy import Taxonomy

COMPLETENESS = "completeness"
OTHERS, MAPPED = "others", "OpenStreetMap"
BUILT = "built"
INVENTED = "; the streets are illustrative"
ENABLERS = (
    'nothing to compare with; it would take a [[layer]] with benchmark = true, a list of the city\'s own beside '
    'OpenStreetMap, or streets with built-up land (pillar = "land_cover", or land use in the [osm] file)'
)  # fmt: skip


class Graded(NamedTuple):
    """
    What `graded` returns.

    Parameters
    ----------
    grades : Grades
        For `evaluate`.
    table : DataFrame
        For the results: one row a group (or whole pillar) and unit or boundary.
    steps : list of dict
        One a pillar: its grade in the primary boundary, and what that rests on.
    """

    grades: Grades
    table: pd.DataFrame
    steps: list[dict[str, str]]


def graded(
    data: CityData,
    pillars: Mapping[str, gpd.GeoDataFrame],
    area: StudyArea,
    taxonomy: Taxonomy,
    compared: gpd.GeoDataFrame | None = None,
) -> Graded:
    """
    Grade the pillars' completeness in every boundary and unit.

    Invented records (accuracy "illustrative") are neither compared nor dated.

    Parameters
    ----------
    data : CityData
        What was read.
    pillars : mapping of str to GeoDataFrame
        The pillars' public layers.
    area : StudyArea
        Boundaries and units.
    taxonomy : Taxonomy
        Groups of concepts.
    compared : GeoDataFrame, optional
        What `preparation.conflate` says of public records, `source` being a source's id.

    Returns
    -------
    Graded
        Grades, table and steps.
    """
    from creative_spatial.preparation.completeness import concept_groups, grade_completeness

    layers = [open_rows(layer) for layer in pillars.values() if len(layer)]
    groups = concept_groups(taxonomy)
    if not layers:
        return Graded(Grades(_no_rows(), groups), _no_rows(), [])
    features = pd.concat(layers)
    osm = data.osm_features
    given: dict[str, Any] = {
        "taxonomy": taxonomy,
        "benchmark": _benchmark(data, features),
        "matches": _two_lists(data, compared),
        "first": MAPPED,
        "osm": None if osm is None else _real(open_rows(osm), data),
        "as_of": _mapped_date(data),
        "streets": data.background.get("streets"),
        "buildings": data.background.get("buildings"),
    }
    blocks = []
    whole: dict[str, pd.DataFrame] = {}
    for boundary in area.boundaries.index:
        units = area.as_units(boundary)
        found = grade_completeness(features, units, built_up=_built_up(data, units), **given)
        whole[boundary] = found
        blocks.append(found.assign(boundary=boundary, level="city"))
    found = grade_completeness(
        features, area.units, built_up=_built_up(data, area.units), whole=whole[area.primary_id], **given
    )  # fmt: skip
    blocks.append(found.assign(boundary=area.primary_id, level="unit"))
    rows = _saying_what_is_invented(pd.concat(blocks, ignore_index=True), data)
    first = ["pillar", "group", "boundary", "level", "unit_id"]
    rows = rows[[*first, *(name for name in rows.columns if name not in first)]]
    shown = rows.assign(unit_id=rows["unit_id"].where(rows["level"] == "unit"))
    return Graded(Grades(rows, groups), shown, _steps(rows, area))


def _saying_what_is_invented(rows: pd.DataFrame, data: CityData) -> pd.DataFrame:
    """Reasons with a word on streets that somebody made up."""
    from creative_spatial.preparation.completeness.reasons import OF_STREETS

    streets = data.background.get("streets")
    if streets is None or not len(streets) or len(_real(streets, data)):
        return rows
    by_streets = rows["reason"].str.contains(OF_STREETS, regex=False)
    return rows.assign(reason=rows["reason"].mask(by_streets, rows["reason"] + INVENTED))


def _no_rows() -> pd.DataFrame:
    """The table of a city without features."""
    return pd.DataFrame(
        columns=["pillar", "group", "boundary", "level", "unit_id", "grade"], dtype="str"
    )


def _steps(rows: pd.DataFrame, area: StudyArea) -> list[dict[str, str]]:
    """What became of each pillar."""
    steps = []
    for pillar, block in rows[rows["group"] == rows["pillar"]].groupby("pillar", sort=False):
        step = f"completeness of {pillar}"
        if block["grade"].isna().all():
            steps.append({"step": step, "status": SKIPPED, "reason": ENABLERS})
            continue
        own = block[(block["level"] == "city") & (block["boundary"] == area.primary_id)].iloc[0]
        units = block[block["level"] == "unit"]["grade"]
        grade = "not assessed" if pd.isna(own["grade"]) else f"grade {own['grade']}"
        said = (
            f"{grade} in {area.primary_id} ({own['reason']}); of {len(units)} units "
            f"{int((units == 'D').sum())} are grade D and {int(units.isna().sum())} not assessed"
        )
        status = WARNED if own["grade"] == "D" else DONE
        steps.append({"step": step, "status": status, "reason": said})
    return steps


def _real(layer: gpd.GeoDataFrame, data: CityData) -> gpd.GeoDataFrame:
    """Rows that are not invented, by themselves or by their source."""
    made_up = {key for key, source in data.sources.items() if source.accuracy == "illustrative"}
    stated = layer["accuracy"] if "accuracy" in layer else pd.Series(None, index=layer.index)
    invented = (stated == "illustrative") | (stated.isna() & layer["source_id"].isin(made_up))
    return layer[~invented.to_numpy(dtype=bool)]


def _benchmark(data: CityData, features: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """The inventories with what was found of them in public; None where there is none."""
    from creative_spatial.preparation import match_benchmark

    kept = [_real(open_rows(layer), data) for layer in data.benchmarks]
    kept = [layer[~is_flagged(layer)] for layer in kept]
    kept = [layer for layer in kept if len(layer)]
    features = features[~is_flagged(features)]
    if not kept:
        return None
    inventory = pd.concat(kept)
    return match_benchmark(
        inventory[~inventory.index.duplicated()], features[~features.index.duplicated()],
        place_names=(data.area.name, *data.area.names.values()),
    )  # fmt: skip


def _two_lists(data: CityData, compared: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Records of OpenStreetMap, and of lists that do not go back to it; None without both."""
    if compared is None or data.osm_features is None:
        return None
    real = _real(compared, data)
    mapped = set(data.osm_features["source_id"])
    copies = {key for key, source in data.sources.items() if origin_of(source) == OPENSTREETMAP.id}
    own = real["source_id"].isin(mapped)
    kept = own | ~real["source_id"].isin(copies)
    lists = own.map({True: MAPPED, False: OTHERS})
    return real.assign(source=lists)[kept.to_numpy(dtype=bool)]


def _mapped_date(data: CityData) -> str | None:
    """Date of the OpenStreetMap data, as its source states it."""
    if data.osm_features is None or not len(data.osm_features):
        return None
    return data.sources[data.osm_features["source_id"].iloc[0]].date


def _built_up(
    data: CityData, units: gpd.GeoDataFrame
) -> gpd.GeoDataFrame | pd.Series[float] | None:
    """Built-up land: of the land-cover raster where that is legible, else of mapped land use."""
    raster = data.rasters.get("land_cover")
    land = None if raster is None else _built_in_raster(raster, units, data.area)
    if land is not None:
        return land
    mapped = data.background.get("land_use")
    if mapped is None or "kind" not in mapped:
        return None
    return mapped[(mapped["kind"] == BUILT).to_numpy(dtype=bool)]


def _built_in_raster(
    raster: Raster, units: gpd.GeoDataFrame, area: StudyArea
) -> pd.Series[float] | None:
    """
    Built-up m² of each unit that the raster covers; None where its codes are not known.

    A raster of another legend may mean anything by the code of built-up land.
    """
    from creative_spatial.analysers import class_shares

    facts = completeness_facts().land_cover
    shares = class_shares(raster, units)
    codes = pd.to_numeric(shares["category"])
    if not len(shares) or not codes.isin([*facts.known, raster.nodata]).all():
        return None
    built = shares[codes.isin(facts.built)].groupby("unit_id")["value"].sum(min_count=1)
    share = built.reindex(units.index.astype(str)).fillna(0).set_axis(units.index) / 100
    edge = shapely.segmentize(shapely.box(*raster.bounds), max(raster.transform.a, 1e-9) * 50)
    reach = gpd.GeoSeries([edge], crs=raster.crs).to_crs(area.crs).buffer(1).iloc[0]
    return (share * units.geometry.area).where(units.within(reach))
