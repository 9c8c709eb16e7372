"""
A grade, A to D, for each group of concepts in each unit, with what it rests on.

What compares places with places leads: a benchmark inventory, or two lists against each
other; of the two the worse. Only where neither is at hand do the streets speak, and then
for C at most, since a street attests no museum; an old median edit lowers that by one
letter. So a grade is never better than its strongest evidence, and a guess never
overrules a comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.preparation.completeness.benchmark import benchmark_match
from creative_spatial.preparation.completeness.counting import GROUP
from creative_spatial.preparation.completeness.cover import street_cover
from creative_spatial.preparation.completeness.edit_age import edit_age
from creative_spatial.preparation.completeness.grading import (
    WORST,
    graded,
    letters,
    matters,
    ranks_of,
    together,
)
from creative_spatial.preparation.completeness.groups import concept_groups, street_groups
from creative_spatial.preparation.completeness.reasons import reasons
from creative_spatial.preparation.completeness.recapture import two_list_match
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.schema import UNIT_INDEX, require_columns
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.taxonomy import Taxonomy

CRITERIA = (
    "benchmark_n", "benchmark_share", "benchmark_low", "benchmark_high", "chapman_n1", "chapman_n2", "chapman_m",
    "chapman_total", "chapman_share", "chapman_low", "chapman_high", "built_up_km2", "street_km_per_km2",
    "cover_share", "age_n", "age_years",
)  # fmt: skip
COMPARED = ("benchmark", "two lists")
COLUMNS = ("pillar", GROUP, UNIT_INDEX, "features", "grade", "decided_by", "reason", *CRITERIA)


def grade_completeness(
    features: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    taxonomy: Taxonomy | None = None,
    benchmark: gpd.GeoDataFrame | None = None,
    matches: gpd.GeoDataFrame | None = None,
    first: str = "OSM",
    osm: gpd.GeoDataFrame | None = None,
    as_of: Any = None,
    streets: gpd.GeoDataFrame | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    built_up: gpd.GeoDataFrame | pd.Series[float] | None = None,
    whole: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Grade how complete the data is, by group of concepts and unit.

    A (nearly all of an inventory is there), B (most), C (about half; or nothing to compare
    with, but streets are mapped), D (poorly mapped: absence proves nothing), null (not
    assessed). Thresholds and their references are in ``resources/completeness.toml``.
    Records that are not for everyone (`sensitivity`, `consent`) are left out: a count by
    unit would give them away.

    Parameters
    ----------
    features : GeoDataFrame, n rows, metres
        What is graded, with `concept`: it says which groups there are, and how much each
        weighs where one grade is given to several.
    units : GeoDataFrame, polygons, same CRS
        Indexed by `unit_id`; `area_land` where known. Of nested boundaries pass one at a time.
    taxonomy : Taxonomy, optional
        Groups of concepts; the package's otherwise.
    benchmark : GeoDataFrame, optional
        An inventory with `found`, from `match_benchmark`.
    matches : GeoDataFrame, optional
        What `conflate` returns.
    first : str
        The source in `matches` that is set against the others together.
    osm : GeoDataFrame, optional
        Features with `concept` and `osm_timestamp`.
    as_of : datetime-like, optional
        Date of `osm`; its latest edit otherwise.
    streets : GeoDataFrame of lines, optional
        With `rank` where known.
    buildings : GeoDataFrame of polygons, optional
        Stand in where there are no streets.
    built_up : GeoDataFrame of polygons, or Series of float (m² a unit), optional
        Built-up land. Without it neither streets nor buildings say anything.
    whole : DataFrame, optional
        What this function returned for the boundary that the units are of. Where places were
        compared in it as a whole but not in a unit, the unit is graded no better: half of the
        restaurants of a town are not missing from none of its quarters.

    Returns
    -------
    DataFrame
        One row a group and unit, and one a pillar and unit for all of the pillar's groups:
        `pillar`, `group` (the pillar itself for the latter), `unit_id`, `features` (of the
        group, in all), `grade` ("A" to "D" or null), `decided_by` ("benchmark", "two lists",
        "streets", "edit age", "boundary", a group, or null), `reason`, and what each criterion found.
        `chapman_share` is an upper bound.

    Raises
    ------
    LayerSchemaError
        If a layer lacks a column that is used.
    CRSError
        If a layer is not in the CRS of the units.

    Examples
    --------
    A square kilometre of town with 12 km of streets, and nothing to compare its shrine with:

    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString, Point, box
    >>> def frame(shapes, **columns):
    ...     return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:32647")
    >>> town = frame([box(0, 0, 1000, 1000)]).set_axis(["town"])
    >>> lanes = frame([LineString([(0, y), (1000, y)]) for y in range(40, 1000, 80)])
    >>> table = grade_completeness(
    ...     frame([Point(500, 500)], concept=["chinese_shrine"]), town, streets=lanes, built_up=town)
    >>> table.loc[table["group"] == "culture/worship", ["grade", "decided_by"]].values.tolist()
    [['C', 'streets']]
    """
    from creative_spatial.taxonomy import Taxonomy as _Taxonomy

    facts = taxonomy or _Taxonomy.load()
    require_columns(features, "concept", name="features")
    groups = concept_groups(facts)
    weights = features["concept"].map(groups).value_counts()
    found: list[pd.DataFrame] = []
    if benchmark is not None:
        found.append(benchmark_match(_public(benchmark), units, groups))
    if matches is not None:
        found.append(two_list_match(_public(matches), first, units, groups))
    if osm is not None and "osm_timestamp" in osm:
        found.append(edit_age(_public(osm), units, groups, as_of=as_of))
    table = _every(weights, found, units)
    if built_up is not None and (streets is not None or buildings is not None):
        cover = street_cover(units, built_up, streets=streets, buildings=buildings)
        cover = cover.set_axis(units.index.astype(str))
        seen = table.index.get_level_values(GROUP).isin(street_groups(facts))
        joined = cover.reindex(table.index.get_level_values(UNIT_INDEX)).set_axis(table.index)
        table[cover.columns] = joined.where(np.repeat(seen[:, None], len(cover.columns), axis=1))
    return _finished(_as_whole(_decided(table), whole), weights, units)


def _public(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Without what is not for everyone."""
    return layer[~is_flagged(layer)]


def _every(
    weights: pd.Series[int], found: list[pd.DataFrame], units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """One row for each group met anywhere and each unit, with what was counted there."""
    names = set(weights.index.astype(str))
    names |= {str(name) for part in found for name in part.index.get_level_values(GROUP)}
    index = pd.MultiIndex.from_product(
        [sorted(names), units.index.astype(str)], names=[GROUP, UNIT_INDEX]
    )
    table = pd.DataFrame(index=index, columns=list(CRITERIA), dtype=float)
    for part in found:
        table[part.columns] = part.reindex(index)
    return table


def _decided(table: pd.DataFrame) -> pd.DataFrame:
    """Rank and deciding criterion of each row."""
    facts = completeness_facts()
    compared = pd.DataFrame({
        "benchmark": graded(table["benchmark_low"], facts.benchmark),
        "two lists": graded(table["chapman_low"], facts.chapman),
    })  # fmt: skip
    direct = compared.max(axis=1)
    streets = graded(table["cover_share"], facts.cover)
    stale = (table["age_years"] > facts.edit_age.max_years.value) & (streets < WORST)
    guessed = streets + stale
    rank = direct.where(direct.notna(), guessed)
    by_age = pd.Series(np.where(stale, "edit age", "streets"), index=table.index)
    by_match = pd.Series(
        np.where(compared["benchmark"] == direct, "benchmark", "two lists"), index=table.index
    )
    decided = by_match.where(direct.notna(), by_age).where(rank.notna())
    return table.assign(rank=rank, decided_by=decided)


def _as_whole(table: pd.DataFrame, whole: pd.DataFrame | None) -> pd.DataFrame:
    """Guesses held down to what was compared in the boundary; unknown units too if that is D."""
    if whole is None:
        return table.assign(said="")
    compared = whole[whole["decided_by"].isin(COMPARED)].set_index(GROUP)
    at = table.index.get_level_values(GROUP)
    limit = ranks_of(compared["grade"]).reindex(at).set_axis(table.index)
    worse = (limit > table["rank"]) | (table["rank"].isna() & (limit == WORST))
    worse &= ~table["decided_by"].isin(COMPARED)
    said = "in the whole boundary " + compared["reason"].reindex(at).set_axis(table.index)
    return table.assign(
        rank=table["rank"].mask(worse, limit),
        decided_by=table["decided_by"].mask(worse, "boundary"),
        said=said.where(worse, ""),
    )


def _finished(
    table: pd.DataFrame, weights: pd.Series[int], units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Rows of groups, and after them rows of whole pillars."""
    rows = table.reset_index()
    rows["pillar"] = rows[GROUP].astype("str").str.split("/").str[0]
    rows["features"] = rows[GROUP].map(weights).fillna(0).astype(int)
    rows["reason"] = rows["said"].where(rows["said"] != "", reasons(rows))
    pillars = [
        _of_pillar(pillar, block, units) for pillar, block in rows.groupby("pillar", sort=True)
    ]
    rows = pd.concat([rows, *pillars], ignore_index=True) if pillars else rows
    rows["grade"] = letters(rows["rank"])
    for name in ("decided_by", "reason", "pillar", GROUP, UNIT_INDEX):
        rows[name] = rows[name].astype("str")
    return rows.reindex(columns=list(COLUMNS))


def _of_pillar(pillar: Any, block: pd.DataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """The grade of all of a pillar's groups together, in each unit."""
    wide = block.pivot(index=UNIT_INDEX, columns=GROUP, values="rank")  # noqa: PD010
    wide = wide.reindex(units.index.astype(str))
    counts = block.drop_duplicates(GROUP).set_index(GROUP)["features"].reindex(wide.columns)
    weights: NDArray[np.float64] = np.asarray(counts, dtype=np.float64)
    ranks = np.where(matters(weights), wide.to_numpy(dtype=np.float64), np.nan)
    rank = together(wide.to_numpy(dtype=np.float64), weights)
    worst = [
        next((name for name, one in zip(wide.columns, row, strict=True) if one == best), None)
        for row, best in zip(ranks, rank, strict=True)
    ]
    why = block.set_index([GROUP, UNIT_INDEX])["reason"].to_dict()
    said = [
        "too few of the features are in groups with a grade"
        if name is None
        else f"{name}: {why[name, unit]}"
        for name, unit in zip(worst, wide.index, strict=True)
    ]
    return pd.DataFrame({
        "pillar": pillar, GROUP: pillar, UNIT_INDEX: wide.index, "features": int(counts.sum()),
        "rank": rank, "decided_by": worst, "reason": said,
    })  # fmt: skip


def worst_of(
    table: pd.DataFrame, weights: Mapping[str, float] | pd.Series[float]
) -> pd.Series[str]:
    """
    Give the units one grade for several groups: the worst of those that matter.

    Parameters
    ----------
    table : DataFrame
        Rows of `grade_completeness` of one set of units.
    weights : mapping of str to float
        Features of each group; groups that the table does not have are not assessed.

    Returns
    -------
    Series of str
        "A" to "D" or null, indexed by `unit_id`.
    """
    named = pd.Series(weights, dtype=float)
    own = table[table[GROUP].isin(named.index)]
    wide = own.assign(rank=ranks_of(own["grade"])).pivot(  # noqa: PD010
        index=UNIT_INDEX, columns=GROUP, values="rank"
    )
    wide = wide.reindex(index=table[UNIT_INDEX].unique(), columns=named.index)
    weight: NDArray[np.float64] = np.asarray(named, dtype=np.float64)
    rank = together(wide.to_numpy(dtype=np.float64), weight)
    return letters(pd.Series(rank, index=wide.index))
