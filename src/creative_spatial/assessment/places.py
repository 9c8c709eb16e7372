"""One pillar's records from every source, made places: each once, and generalised where need be."""

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
        The same, and below it the outlines that other sources have of places that are
        points in `layer`: land is measured by these.
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
    conflation decides what is one place.

    Parameters
    ----------
    parts : sequence of GeoDataFrame, metres
        Annotated layers of one pillar, in the order in which they win.
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
    from creative_spatial.preparation.sensitivity import is_flagged

    joined = parts[0] if len(parts) == 1 else pd.concat(parts)
    own_ids = _numbered(joined.index)
    joined = joined.set_axis(own_ids.index)
    once, dropped = _once_a_source(joined, taxonomy)
    sources = list(dict.fromkeys(once["source_id"]))
    compared = None
    merged, left = once, once.iloc[:0]
    if len(sources) > 1 or not mapped.issuperset(sources):
        compared = _compared(once, sources, place_names)
        merged, across = preparation.merge_matched(
            once, compared, origins=origins, taxonomy=taxonomy
        )
        dropped = pd.concat([dropped, across])
        flagged = merged.index[is_flagged(merged)]
        compared = _speaking_of_public(compared, across, flagged)
        left = _outlines_left(once, merged, dropped, flagged)
    public, withheld = preparation.generalise(preparation.with_also_ids(merged, dropped))
    outlines = pd.concat([public, left]) if len(left) else public.copy()
    counts = {
        "in": len(joined),
        "counted_twice": len(dropped),
        "withheld": len(withheld),
        "out": len(public),
    }
    for layer in (public, outlines):
        layer.index = own_ids.reindex(layer.index).set_axis(layer.index).array
        layer.index.name = INDEX
    return Places(public, outlines, compared, counts)


def _numbered(ids: pd.Index) -> pd.Series[str]:
    """Ids by labels that differ where two files of one source give the same id."""
    text = pd.Series(ids.astype("str"))
    again = text.groupby(text).cumcount()
    labels = text.where(again == 0, text + "#" + (again + 1).astype("str"))
    return pd.Series(text.to_numpy(), index=pd.Index(labels, dtype="str", name=INDEX), dtype="str")


def _once_a_source(
    joined: gpd.GeoDataFrame, taxonomy: Taxonomy
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The records without those that their own source has twice; and these."""
    from creative_spatial import preparation

    tables = [
        preparation.drop_duplicates(joined[joined["source_id"] == source], taxonomy=taxonomy)[1]
        for source in joined["source_id"].unique()
    ]
    dropped = pd.concat(tables)
    return joined[~joined.index.isin(dropped.index)], dropped


def _compared(
    once: gpd.GeoDataFrame, sources: Sequence[str], place_names: Sequence[str]
) -> gpd.GeoDataFrame:
    """What the sources' public records say of each other; flagged ones are not looked at."""
    from creative_spatial import preparation
    from creative_spatial.preparation.sensitivity import is_flagged

    public = once[~is_flagged(once)]
    return preparation.conflate(
        {source: public[public["source_id"] == source] for source in sources},
        place_names=place_names,
    )


def _speaking_of_public(
    compared: gpd.GeoDataFrame, across: pd.DataFrame, flagged: pd.Index
) -> gpd.GeoDataFrame:
    """The comparison without what stands in for a flagged record, which it would give away."""
    hidden = across.index[across["kept_id"].isin(flagged)]
    if not len(hidden):
        return compared
    told = compared[~compared.index.isin(hidden)].copy()
    names = ["other_id", "other_source", "other_name", "score", "distance_m", "reasons"]
    told.loc[told["other_id"].isin(hidden), names] = None
    alone = told["place_id"].isin(hidden)
    told.loc[alone, "place_id"] = told.index[alone].to_numpy()
    return told


def _outlines_left(
    once: gpd.GeoDataFrame,
    merged: gpd.GeoDataFrame,
    dropped: pd.DataFrame,
    flagged: pd.Index,
) -> gpd.GeoDataFrame:
    """Outlines of places that another source's point or line stands for, none of a flagged one."""
    slight = shapely.get_dimensions(merged.geometry.to_numpy()) < _AREA
    stands = merged.index[slight].difference(flagged)
    kept = dropped["kept_id"].reindex(once.index)
    left: gpd.GeoDataFrame = once[kept.isin(stands).to_numpy()]
    outlines: gpd.GeoDataFrame = left[shapely.get_dimensions(left.geometry.to_numpy()) == _AREA]
    return outlines
