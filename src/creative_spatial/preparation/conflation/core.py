"""One place, one record: what several sources say of the same places, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.conflation.assignment import assign
from creative_spatial.preparation.conflation.candidates import find_candidates, with_near
from creative_spatial.preparation.conflation.records import Records, gather
from creative_spatial.preparation.namesakes import is_one_shape, same_venue
from creative_spatial.preparation.standing import rank_records, stand_ins
from creative_spatial.preparation.uncertainty import with_uncertainty
from creative_spatial.resources.conflation import conflation_facts
from creative_spatial.schema import BASIS, INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

MATCHED, DUPLICATE, ONLY = "matched", "probable duplicate", "only in "
_KEPT = ("source_id", "sensitivity", "consent", "accuracy")
_SAME_NAME = 0.02
_AREA = 2


def conflate(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    place_names: Iterable[str] = (),
    accept: float | None = None,
) -> gpd.GeoDataFrame:
    """
    Say which records of several sources are one place, and which stand alone.

    Records are compared where they are near enough for their positional uncertainty and
    their concepts go together. Names are compared in every language that both have, word
    by word within a script and by sound across scripts. Within one source, records of one
    place are probable duplicates; across sources a place is matched at most once.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame, any geometry, one CRS in metres
        At least one layer by the name that the result is to call it. Optional columns:
        `name:th` and the like, `also_concepts`, `uncertainty_m`, `accuracy`, `tags`. On a
        conflict of scores, layers match in this order: put the surest first.
    place_names : iterable of str, optional
        Names of the town in every script, which a name may add or leave out.
    accept : float, in (0, 1], optional
        The least score of a match; from ``resources/conflation.toml`` where left out.

    Returns
    -------
    GeoDataFrame
        One row a record, indexed by `feature_id`: `source`, `name`, `name:…`, `concept`,
        `uncertainty_m` and `uncertainty_basis` as `with_uncertainty` has them,
        `status` ("matched", "only in <source>", "probable duplicate"); `place_id`, the same
        for every record of a place; `other_id`, `other_source` and `other_name`, the record
        that agrees best, with `score`, `distance_m` and `reasons` — for a record that
        stands alone the one that came nearest, null where there is none.

    Raises
    ------
    ValueError
        If there is no layer, or `accept` is out of range.
    LayerSchemaError
        If a layer lacks `name` or `concept`, or two records have one id.
    CRSError
        If the layers are not in one CRS.

    Notes
    -----
    Translated names ("Japanese Bridge" for Chùa Cầu) match only as far as the table of
    words goes, and readings of Chinese characters other than Mandarin do not.

    Examples
    --------
    An inventory against OpenStreetMap, with positions good to 150 m:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> def layer(source, rows):
    ...     table = pd.DataFrame(rows, columns=["id", "name", "concept", "x", "y"])
    ...     return gpd.GeoDataFrame(
    ...         table[["name", "concept"]].assign(source_id=source).set_axis(
    ...             pd.Index(source + ":" + table["id"], name="feature_id")),
    ...         geometry=gpd.points_from_xy(table["x"], table["y"]), crs="EPSG:32647")
    >>> osm = layer("osm", [
    ...     ("node/1", "วัดมัชฌิมาวาส", "wat", 676_000, 795_000),
    ...     ("node/2", "มัสยิดบ้านบน", "mosque", 675_900, 795_050)])
    >>> inventory = layer("inventory", [
    ...     ("A", "Wat Matchimawat (Wat Klang)", "wat", 676_080, 795_060),
    ...     ("B", "Guan Yu Shrine", "chinese_shrine", 676_010, 795_000)])
    >>> table = conflate({"OSM": osm, "inventory": inventory})
    >>> table[["status", "other_id"]]
                          status     other_id
    feature_id
    osm:node/1           matched  inventory:A
    osm:node/2       only in OSM          NaN
    inventory:A          matched   osm:node/1
    inventory:B  only in inventory        NaN
    """
    limits = conflation_facts().limits
    least = limits.accept.value if accept is None else accept
    if not layers:
        raise ValueError("`layers` is empty; give at least one layer by name.")
    if not 0 < least <= 1:
        raise ValueError(f"accept is {least:g}; it must be above 0 and at most 1.")
    records = gather(layers, tuple(place_names))
    pairs, others = find_candidates(records)
    sure, stands = _duplicates(layers, records, pairs)
    pairs = with_near(records, pairs, others, stands)
    pairs, place = _without_ambiguous(records, pairs, stands), sure
    for number in range(1, len(records.names)):
        place = _match_source(records, pairs, place, number, least)
    place = _join_parts(records, pairs, place)
    matched = _in_several(records, place)
    # What is matched itself is no mere duplicate, unless it surely is one.
    stands = np.where(matched & (sure == np.arange(len(records))), sure, stands)
    return _table(layers, records, pairs, stands, place)


def _duplicates(
    layers: Mapping[str, gpd.GeoDataFrame], records: Records, pairs: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    The record that stands for each record within its own source: surely, and perhaps.

    Surely where name, concept and place are the same, or a point lies in an area and the
    names agree; names that merely agree are a proposal, and lend no record another's match.
    """
    limits = conflation_facts().limits
    source, shapes = records.source, records.shapes
    a, b = pairs["one"].to_numpy(dtype=np.int64), pairs["other"].to_numpy(dtype=np.int64)
    reach = np.where(pairs["generic"].astype(bool), limits.base_m.value, pairs["allowed_m"])
    alike = (source[a] == source[b]) & (pairs["score"].to_numpy(float) >= limits.duplicate.value)
    alike &= is_one_shape(shapes[a], shapes[b], reach.astype(float))
    areas = (shapely.get_dimensions(shapes) == _AREA).astype(int)
    inside = alike & (pairs["distance_m"].to_numpy(float) == 0) & (areas[a] + areas[b] == 1)
    chains = {
        (int(i), int(j))
        for i, j, generic, apart in zip(a, b, pairs["generic"], pairs["distance_m"], strict=True)
        if generic and apart > limits.base_m.value
    }
    sure, stand = np.arange(len(records)), np.arange(len(records))
    for number, layer in enumerate(layers.values()):
        rows = np.flatnonzero(source == number)
        if not len(rows):
            continue
        start = int(rows[0])
        own = alike & (source[a] == number)
        named = same_venue(layer, shapes[rows], limits.base_m.value) + start
        told = [pair for pair in named.tolist() if tuple(pair) not in chains]
        held = inside & (source[a] == number)
        told += zip(a[held].tolist(), b[held].tolist(), strict=True)
        found = [*told, *zip(a[own].tolist(), b[own].tolist(), strict=True)]
        if found:
            rank = rank_records(layer, shapes[rows])
            for stands, joined in ((sure, told), (stand, found)):
                ends = np.array(joined, dtype=np.int64).reshape(-1, 2) - start
                stands[rows] = np.array(stand_ins(ends, rank, len(rows))) + start
    return sure, stand


def _without_ambiguous(
    records: Records, pairs: pd.DataFrame, stands: NDArray[np.int64]
) -> pd.DataFrame:
    """
    Mark down pairs whose name does not tell between several that are near.

    A chain's name, a mere kind, or a name that two places of one source share within
    reach says nothing beyond the distance at which two points are one venue anyway.
    """
    limits = conflation_facts().limits
    across = pairs["distance_m"] > limits.base_m.value
    shared = pd.Series(data=False, index=pairs.index)
    for mine, theirs in (("one", "other"), ("other", "one")):
        key = pd.DataFrame(
            {
                "row": pairs[mine].to_numpy(),
                "source": records.source[pairs[theirs].to_numpy(dtype=np.int64)],
                "place": stands[pairs[theirs].to_numpy(dtype=np.int64)],
                "name_score": pairs["name_score"].to_numpy(float),
            },
            index=pairs.index,
        )
        best = key.groupby(["row", "source"])["name_score"].transform("max")
        tied = key[(key["name_score"] >= best - _SAME_NAME) & (best > limits.accept.value)]
        count = tied.groupby(["row", "source"])["place"].transform("nunique")
        shared.loc[count.index[count > 1]] = True
    vague = across & (pairs["generic"].astype(bool) | shared)
    marked = pairs.copy()
    marked.loc[vague, "score"] = np.minimum(marked.loc[vague, "score"], limits.accept.value / 2)
    marked.loc[vague, "reasons"] += "; the name does not tell it from others near"
    return marked


def _match_source(
    records: Records, pairs: pd.DataFrame, place: NDArray[np.int64], number: int, least: float
) -> NDArray[np.int64]:
    """Join the places of one source to those of the sources before it."""
    a, b = pairs["one"].to_numpy(dtype=np.int64), pairs["other"].to_numpy(dtype=np.int64)
    use = (records.source[a] < number) & (records.source[b] == number)
    scores: dict[tuple[int, int], float] = {}
    for i, j, score in zip(place[a[use]], place[b[use]], pairs.loc[use, "score"], strict=True):
        key = (int(i), int(j))
        scores[key] = max(score, scores.get(key, 0.0))
    joined = place.copy()
    for first, second in assign(scores, accept=least):
        joined[place == second] = first
    return joined


def _join_parts(
    records: Records, pairs: pd.DataFrame, place: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Join what is left over and lies, under the same name, in another source's area."""
    a, b = pairs["one"].to_numpy(dtype=np.int64), pairs["other"].to_numpy(dtype=np.int64)
    part = (records.source[a] != records.source[b]) & (records.concepts[a] == records.concepts[b])
    part &= (pairs["distance_m"].to_numpy(float) == 0) & (pairs["name_score"].to_numpy(float) >= 1)
    a, b = a[part], b[part]
    inside = is_one_shape(records.shapes[a], records.shapes[b], np.zeros(len(a)))
    joined = place.copy()
    for one, other in zip(a[inside].tolist(), b[inside].tolist(), strict=True):
        for whole, left in ((one, other), (other, one)):
            of_left = joined == joined[left]
            if len(np.unique(records.source[of_left])) == 1 and joined[whole] != joined[left]:
                joined[of_left] = joined[whole]
                break
    return joined


def _in_several(records: Records, place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether several sources have each record's place."""
    sources = pd.DataFrame({"place": place, "source": records.source})
    return np.asarray(sources.groupby("place")["source"].transform("nunique") > 1)


def _table(
    layers: Mapping[str, gpd.GeoDataFrame],
    records: Records,
    pairs: pd.DataFrame,
    stands: NDArray[np.int64],
    place: NDArray[np.int64],
) -> gpd.GeoDataFrame:
    """One row a record, with the record that agrees best."""
    matched = _in_several(records, place)
    extra = stands != np.arange(len(records))
    labels = np.array(records.names, dtype=object)[records.source]
    status = np.where(matched, MATCHED, np.array([ONLY + str(x) for x in labels], dtype=object))
    status[extra] = DUPLICATE
    partner = _partners(records, pairs, stands, place, matched)
    frames = [
        frame[[c for c in frame.columns if c.partition(":")[0] == "name" or c in _KEPT]]
        for frame in layers.values()
    ]
    table = pd.concat([pd.DataFrame(frame) for frame in frames])
    names = table["name"].to_numpy(dtype=object)
    found = partner["other"].to_numpy()
    known = found >= 0

    def other(values: NDArray[np.object_]) -> pd.Series[str]:
        return pd.Series(np.where(known, values[found], None), index=table.index).astype("str")

    table.insert(0, "source", pd.Series(labels, index=table.index).astype("str"))
    table["concept"] = records.concepts
    table["uncertainty_m"] = records.uncertainty
    table[BASIS] = pd.concat([with_uncertainty(frame)[BASIS] for frame in layers.values()]).array
    table["status"] = pd.Series(status, index=table.index).astype("str")
    table["place_id"] = pd.Series(records.ids[place], index=table.index).astype("str")
    table["other_id"] = other(records.ids)
    table["other_source"] = other(labels)
    table["other_name"] = other(names)
    for column in ("score", "distance_m", "reasons"):
        table[column] = partner[column].to_numpy()
    table.index = pd.Index(records.ids.astype(str), name=INDEX, dtype="str")
    first = next(iter(layers.values()))
    return gpd.GeoDataFrame(table, geometry=list(records.shapes), crs=first.crs)


def _partners(
    records: Records,
    pairs: pd.DataFrame,
    stands: NDArray[np.int64],
    place: NDArray[np.int64],
    matched: NDArray[np.bool_],
) -> pd.DataFrame:
    """
    The other record that each record's row speaks of; -1 where there is none.

    A duplicate's is the one that stands for it; a matched record's is the best of its place
    in another source; of one that stands alone, the best in another source at all.
    """
    both = pd.concat([pairs, pairs.rename(columns={"one": "other", "other": "one"})])
    a, b = both["one"].to_numpy(dtype=np.int64), both["other"].to_numpy(dtype=np.int64)
    elsewhere = records.source[a] != records.source[b]
    extra = stands[a] != a
    fits = np.where(
        extra, stands[a] == b, elsewhere & ((place[a] == place[b]) | ~matched[a])
    ).astype(bool)
    ranked = both[fits].sort_values(["score", "distance_m"], ascending=[False, True], kind="stable")
    ranked = ranked[~ranked["one"].duplicated()].set_index("one")
    best: pd.DataFrame = ranked.reindex(range(len(records)))
    lone = best["other"].isna().to_numpy() & (stands != np.arange(len(records)))
    best.loc[lone, "other"] = stands[lone]
    best.loc[lone, "reasons"] = "same name and concept"
    best["other"] = best["other"].fillna(-1).astype(int)
    return best
