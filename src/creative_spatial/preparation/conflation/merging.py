"""What conflation found to be one place becomes one record of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.generic_names import kind_keys
from creative_spatial.preparation.namesakes import same_venue
from creative_spatial.preparation.sensitivity import is_flagged
from creative_spatial.preparation.standing import keep_one, rank_records, stand_ins
from creative_spatial.preparation.uncertainty import position_uncertainty
from creative_spatial.resources.conflation import conflation_facts
from creative_spatial.schema import is_illustrative, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.taxonomy import Taxonomy


def merge_matched(
    layer: gpd.GeoDataFrame,
    table: gpd.GeoDataFrame,
    *,
    origins: Mapping[str, str] | None = None,
    taxonomy: Taxonomy | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Keep one record of each place that several sources have, and say how sure it is.

    Records of one `place_id` are merged. Probable duplicates that have another are
    proposals, and stay. The first source's record stays as it is; a null
    `confidence` is filled: "confirmed" where an independent source has the place within
    50 m; "disputed" where it has it farther off than three times their joint uncertainty;
    else "probable" or "reported", by the record's own uncertainty (250 m, 1 km). What is
    illustrative confirms nothing.

    A flagged record (`sensitivity`, `consent`) is never compared, so that no table speaks
    of it; but a public record of its very name, concept and place is merged into it, or
    that one would give it away.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        Records of every source; the sources that win come first, ids are unique.
    table : GeoDataFrame
        What `conflate` returned for the public ones among them.
    origins : mapping of str to str, optional
        Where each `source_id` has its data from; sources of one origin are not independent.
    taxonomy : Taxonomy, optional
        As in `drop_duplicates`, for records merged into flagged ones.

    Returns
    -------
    layer : GeoDataFrame, at most n rows
        With `confidence` filled as far as it is known.
    dropped : DataFrame
        Indexed by the dropped `feature_id`; `kept_id`, `distance_m`, `concept`, `reason`.

    Raises
    ------
    LayerSchemaError
        If the layer lacks `name`, `concept` or `source_id`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.preparation.conflation import conflate
    >>> places = gpd.GeoDataFrame(
    ...     {"name": ["Wat Klang", "วัดกลาง"], "concept": "wat", "source_id": ["city", "osm"]},
    ...     index=pd.Index(["city:7", "osm:node/1"], name="feature_id"),
    ...     geometry=gpd.points_from_xy([676_000, 676_040], [795_000, 795_000]), crs="EPSG:32647")
    >>> table = conflate({name: rows for name, rows in places.groupby("source_id", sort=False)})
    >>> kept, dropped = merge_matched(places, table)
    >>> kept["confidence"].to_dict(), dropped["kept_id"].to_dict()
    ({'city:7': 'confirmed'}, {'osm:node/1': 'city:7'})
    """
    require_columns(layer, "name", "concept", "source_id", name="layer")
    shapes = layer.geometry.to_numpy()
    flagged = is_flagged(layer)
    place = table["place_id"].reindex(layer.index)
    matched = _same_place(place)
    pairs = np.concatenate([matched, _twins_of_flagged(layer, shapes, flagged, taxonomy)])
    kept_for = np.array(stand_ins(pairs, rank_records(layer, shapes), len(layer)), dtype=np.int64)
    reasons = np.full(len(layer), "one place by name and position", dtype=object)
    merged, dropped = keep_one(layer, kept_for, reasons)
    said = _confidence(layer, flagged, kept_for, origins or {})
    if "confidence" not in merged:
        merged["confidence"] = pd.Series(None, index=merged.index, dtype="str")
    merged["confidence"] = merged["confidence"].where(merged["confidence"].notna(), said)
    rest = [name for name in merged.columns if name != merged.geometry.name]
    return merged[[*rest, merged.geometry.name]], dropped


def with_also_ids(layer: gpd.GeoDataFrame, dropped: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Write down which records each record stands for.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        What was kept.
    dropped : DataFrame
        Of `drop_duplicates` and `merge_matched`, one below the other; a `kept_id` may itself
        be dropped further on.

    Returns
    -------
    GeoDataFrame, n rows
        With `also_ids`, joined by ";", null where there is none; and for flagged records,
        whose place an id of OpenStreetMap would give away.
    """
    kept = dict(zip(dropped.index.astype(str), dropped["kept_id"], strict=True))
    others: dict[str, list[str]] = {}
    for record in kept:
        stands = record
        while stands in kept:
            stands = kept[stands]
        others.setdefault(stands, []).append(record)
    flagged = is_flagged(layer)
    ids = [
        None if hidden else ";".join(sorted(others.get(str(record), ()))) or None
        for record, hidden in zip(layer.index, flagged, strict=True)
    ]
    named = layer.assign(also_ids=pd.array(ids, dtype="str"))
    rest = [name for name in named.columns if name != named.geometry.name]
    return named[[*rest, named.geometry.name]]


def _same_place(place: pd.Series[str]) -> NDArray[np.int64]:
    """Pairs of rows that have one place: its first row with each of the others."""
    rows = pd.DataFrame({"place": place.to_numpy(), "row": np.arange(len(place))}).dropna()
    first = rows.groupby("place")["row"].transform("first")
    again = first != rows["row"]
    return np.column_stack([first[again], rows["row"][again]]).astype(np.int64)


def _twins_of_flagged(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    flagged: NDArray[np.bool_],
    taxonomy: Taxonomy | None,
) -> NDArray[np.int64]:
    """Pairs of one name, concept and place of which one is flagged."""
    if not flagged.any():
        return np.empty((0, 2), dtype=np.int64)
    vague = frozenset() if taxonomy is None else kind_keys(taxonomy)
    pairs = same_venue(layer, shapes, conflation_facts().limits.base_m.value, vague=vague)
    return pairs[flagged[pairs].any(axis=1)]


def _confidence(
    layer: gpd.GeoDataFrame,
    flagged: NDArray[np.bool_],
    kept_for: NDArray[np.int64],
    origins: Mapping[str, str],
) -> pd.Series[str]:
    """How sure each place is that an independent source has too; null for the others."""
    limits = conflation_facts().limits
    origin = layer["source_id"].map(lambda source: origins.get(source, source)).to_numpy()
    drawn = is_illustrative(layer)
    others = np.flatnonzero(kept_for != np.arange(len(layer)))
    kept = kept_for[others]
    speaks = (
        (origin[others] != origin[kept]) & ~(flagged | drawn)[others] & ~(flagged | drawn)[kept]
    )
    others, kept = others[speaks], kept[speaks]
    shapes, unsure = layer.geometry.to_numpy(), position_uncertainty(layer)
    apart = shapely.distance(shapes[others], shapes[kept])
    own = unsure[kept]
    far = apart > limits.disputed.value * np.hypot(own, unsure[others])
    grade = np.select(
        [
            apart <= limits.confirmed_m.value,
            far,
            own <= limits.probable_m.value,
            own <= limits.reported_m.value,
        ],
        [0, 3, 1, 2],
        default=4,
    )
    best = pd.Series(grade, index=kept).groupby(level=0).min().reindex(range(len(layer)))
    words = {0: "confirmed", 1: "probable", 2: "reported", 3: "disputed"}
    return pd.Series(best.map(words).to_numpy(), index=layer.index, dtype="str")
