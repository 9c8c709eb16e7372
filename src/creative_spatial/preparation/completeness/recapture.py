"""Chapman's estimate by group and unit, from what conflation found in two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.preparation.completeness.counting import tallied
from creative_spatial.preparation.completeness.two_lists import chapman
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_SHARES = ("chapman_total", "chapman_share", "chapman_low", "chapman_high")


def two_list_match(
    matches: gpd.GeoDataFrame, first: str, units: gpd.GeoDataFrame, groups: Mapping[str, str]
) -> pd.DataFrame:
    """
    Set one list against all others, by group and unit; shares are upper bounds.

    Parameters
    ----------
    matches : GeoDataFrame, n rows
        What `conflate` returns.
    first : str
        The `source` that is set against the others together, e.g. "OSM".
    units : GeoDataFrame, polygons, same CRS
        Units. A place lies where its first record does, and is of that record's group.
    groups : mapping of str to str
        Group of each concept.

    Returns
    -------
    DataFrame
        Index `group`, `unit_id`; `chapman_n1`, `chapman_n2`, `chapman_m`, and, null where
        too few places are in both lists, `chapman_total`, `chapman_share` (of the places in
        either list; an upper bound), `chapman_low`, `chapman_high` (95 %).

    Raises
    ------
    LayerSchemaError
        If `matches` lacks `source`, `place_id` or `concept`.
    """
    require_columns(matches, "source", "place_id", "concept", name="matches")
    place = matches["place_id"].to_numpy()
    own = (matches["source"] == first).to_numpy(dtype=bool)
    listed = pd.DataFrame({"n1": own, "n2": ~own}).groupby(place).any()
    once = matches[~matches["place_id"].duplicated().to_numpy()]
    in_first, in_others = (
        listed[name].reindex(once["place_id"]).to_numpy(dtype=bool) for name in ("n1", "n2")
    )
    counts = tallied(
        once,
        units,
        groups,
        {"chapman_n1": in_first, "chapman_n2": in_others, "chapman_m": in_first & in_others},
    )
    least = completeness_facts().chapman.min_matches.value
    enough = counts.index[counts["chapman_m"] >= least]
    found = [
        chapman(n1, n2, m) for n1, n2, m in counts.loc[enough].astype(int).itertuples(index=False)
    ]
    shares = [(it.total, it.together, it.together_low, it.together_high) for it in found]
    return counts.join(pd.DataFrame(shares, index=enough, columns=list(_SHARES), dtype=float))
