"""The same venue mapped as node and building, or listed twice, counts once."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import DataQualityWarning
from creative_spatial.preparation.contained import parts_of_areas
from creative_spatial.preparation.generic_names import kind_keys
from creative_spatial.preparation.namesakes import same_venue
from creative_spatial.preparation.standing import keep_one, rank_records, stand_ins
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.taxonomy import Taxonomy

_POINT = 0
_SHOWN = 5


def drop_duplicates(
    layer: gpd.GeoDataFrame, *, distance_m: float = 50.0, taxonomy: Taxonomy | None = None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Keep one record of each venue, and list the others with the one that stands for them.

    Two records are one venue if they have the same concept, share a name in any language
    (case, accents and punctuation apart), and a point lies in the other's area or within
    a distance of it, or two areas share half of the smaller. Lines, and areas side by
    side, are measured rather than counted and stay.

    Of one source, a point or area in an area is also one venue with it where a name is missing
    (a placeholder like "unnamed" is none, nor is a mere kind; ``resources/names.toml``) or agrees in
    two scripts or for a related concept: see `parts_of_areas`. Two nameless points, or two
    nameless areas side by side, are never one by themselves.

    Of a venue's records that stays which carries a flag of sensitivity or consent, so
    that no flag is lost; else the first source's in the order of the layer; of one source,
    what has a name, then the area before the line before the point, then the larger area, then
    the one with more filled in.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        A valid layer; the sources that win come first.
    distance_m : float, metres, >= 0
        How far apart two points of one venue may be; more where `uncertainty_m` says so.
    taxonomy : Taxonomy, optional
        Its concepts' labels, and other words for kinds of places, then are no names over a
        distance: two points "Museum" apart are two, a point in an area of that name is one.
        Areas of a pillar that holds land are measured and no part of another.

    Returns
    -------
    layer : GeoDataFrame, at most n rows
        Without the duplicates, order and columns kept.
    dropped : DataFrame
        Indexed by the dropped `feature_id`; `kept_id`, `distance_m`, `concept`, `reason`.

    Raises
    ------
    ValueError
        If `distance_m` is negative.
    LayerSchemaError
        If `name` or `concept` is missing.

    Warns
    -----
    DataQualityWarning
        If points of one source count as one venue, or a name is shared by so many records
        close together that it must be a placeholder: they stay.
    """
    if distance_m < 0:
        raise ValueError(f"distance_m is {distance_m:g}; it must not be negative.")
    require_columns(layer, "name", "concept", name="layer")
    shapes = layer.geometry.to_numpy()
    vague = frozenset() if taxonomy is None else kind_keys(taxonomy)
    told = same_venue(layer, shapes, distance_m, vague=vague)
    held = parts_of_areas(layer, shapes, told, vague=vague, measured=_measured(taxonomy))
    pairs = np.concatenate([told, held[["part", "whole"]].to_numpy(np.int64)])
    rank = rank_records(layer, shapes, vague=vague)
    kept_for = np.array(stand_ins(pairs, rank, len(layer)), dtype=np.int64)
    _warn_of_one_list(layer, shapes, np.array(stand_ins(told, rank, len(layer))), rank)
    reasons = np.full(len(layer), "same name and concept", dtype=object)
    for end in ("part", "whole"):
        reasons[held[end]] = held["reason"]
    return keep_one(layer, kept_for, reasons)


def _measured(taxonomy: Taxonomy | None) -> frozenset[str]:
    """Concepts that hold land rather than places."""
    if taxonomy is None:
        return frozenset()
    places = taxonomy.place_pillars
    return frozenset(key for key, of in taxonomy.concepts.items() if of.pillar not in places)


def _warn_of_one_list(
    layer: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    kept_for: NDArray[np.int64],
    rank: NDArray[np.int64],
) -> None:
    """
    Say which points of one source count as one: a list's own rows are seldom doubles.

    A point in its building is how OpenStreetMap maps one venue, so areas are passed over.
    """
    if "source_id" not in layer:
        return
    points = np.flatnonzero(shapely.get_dimensions(shapes) == _POINT)
    points = points[np.argsort(rank[points])]
    source = pd.factorize(layer["source_id"])[0]
    alike = pd.DataFrame({"venue": kept_for[points], "source": source[points], "row": points})
    again = alike.duplicated(["venue", "source"])
    if not again.any():
        return
    merged = alike[again].merge(alike[~again], on=["venue", "source"], suffixes=("", "_kept"))
    shown = merged.sort_values("row").head(_SHOWN)
    ids = layer.index.astype(str)
    couples = zip(ids[shown["row"].to_numpy()], ids[shown["row_kept"].to_numpy()], strict=True)
    named = [f"{one} as {other}" for one, other in couples]
    more = f" and {len(merged) - _SHOWN} more" if len(merged) > _SHOWN else ""
    warnings.warn(
        f"Points of one source with the same name and concept, close together, were counted as one "
        f"place: {', '.join(named)}{more}. If they are separate places, give each a name of its own, "
        "or leave the name empty.",
        DataQualityWarning,
        stacklevel=3,
    )
