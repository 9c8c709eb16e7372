"""One pillar's records from every source, made places: each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.taxonomy import Taxonomy

_AREA = 2


@dataclass(frozen=True, eq=False)
class Places:
    """
    What the sources of a pillar have, for everyone to see.

    Parameters
    ----------
    layer : GeoDataFrame
        Each place once.
    outlines : GeoDataFrame
        The same, and below it the outlines of places that are points in `layer`, or smaller
        areas, since another source or a record with a name stands for them: land is measured
        by these.
    compared : GeoDataFrame or None
        What `preparation.conflate` says of the public records; None where only
        OpenStreetMap has any.
    counts : dict of str to int
        `in`, `counted_twice`, `withheld`, `out`.
    """

    layer: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    compared: gpd.GeoDataFrame | None
    counts: dict[str, int]


def places_of(
    parts: Sequence[gpd.GeoDataFrame],
    taxonomy: Taxonomy,
    *,
    origins: Mapping[str, str],
    place_names: Sequence[str],
    mapped: frozenset[str],
) -> Places:
    """
    Make one public layer of what several sources have.

    Within a source, records of one name and place count once; across sources,
    conflation decides what is one place. What was generalised is compared with nothing:
    a cell is no place, and what counted twice was found by its cell (`public_data`).

    Parameters
    ----------
    parts : sequence of GeoDataFrame, metres
        Annotated layers of one pillar, generalised, in the order in which they win; no id
        in two of them.
    taxonomy : Taxonomy
        What concepts are called.
    origins : mapping of str to str
        Where each source has its data from.
    place_names : sequence of str
        Names of the town.
    mapped : frozenset of str
        Ids of the sources that are OpenStreetMap: alone they are not compared.

    Returns
    -------
    Places
        The layer, the outlines, the comparison and the counts.
    """
    from creative_spatial import preparation
    from creative_spatial.preparation import is_flagged

    joined = parts[0] if len(parts) == 1 else pd.concat(parts)
    flagged = is_flagged(joined)
    once, dropped = _once_a_source(joined[~flagged], taxonomy)
    sources = list(dict.fromkeys(once["source_id"]))
    compared = None
    merged = once
    if sources and (len(sources) > 1 or not mapped.issuperset(sources)):
        compared = preparation.conflate(
            {source: once[once["source_id"] == source] for source in sources},
            place_names=place_names,
        )
        merged, across = preparation.merge_matched(
            once, compared, origins=origins, taxonomy=taxonomy
        )
        dropped = pd.concat([dropped, across])
    left = _outlines_left(joined[~flagged], merged, dropped)
    public = preparation.with_also_ids(merged, dropped)
    if flagged.any():
        public = pd.concat([part for part in (public, joined[flagged]) if len(part)])
    outlines = pd.concat([public, left]) if len(left) else public.copy()
    counts = {
        "in": len(joined),
        "counted_twice": len(dropped),
        "withheld": 0,
        "out": len(public),
    }
    for layer in (public, outlines):
        layer.index.name = INDEX
    return Places(public, outlines, compared, counts)


def _once_a_source(
    joined: gpd.GeoDataFrame, taxonomy: Taxonomy
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The records without those that their own source has twice; and these."""
    from creative_spatial import preparation

    tables = [
        preparation.drop_duplicates(joined[joined["source_id"] == source], taxonomy=taxonomy)[1]
        for source in joined["source_id"].unique()
    ] or [preparation.drop_duplicates(joined, taxonomy=taxonomy)[1]]
    dropped = pd.concat(tables)
    return joined[~joined.index.isin(dropped.index)], dropped


def _outlines_left(
    records: gpd.GeoDataFrame, merged: gpd.GeoDataFrame, dropped: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Outlines of places that a point, a line or a part of them stands for, directly or by others."""
    kept = dropped["kept_id"].to_dict()
    shapes = dict(zip(records.index, records.geometry, strict=True))
    source = records["source_id"].to_dict()
    areas = set(records.index[shapely.get_dimensions(records.geometry.to_numpy()) == _AREA])
    slight = set(merged.index) - areas

    def stands_for(record: str) -> str:
        stands: str = kept[record]
        while stands in kept and stands not in areas:
            stands = kept[stands]
        return stands

    def is_left(record: str) -> bool:
        if record not in areas or record not in kept:
            return False
        stands = stands_for(record)
        smaller = stands in areas and not shapes[stands].covers(shapes[record])
        return stands in slight or (smaller and source[stands] == source[record])

    outlines: gpd.GeoDataFrame = records[[is_left(record) for record in records.index]]
    return outlines
