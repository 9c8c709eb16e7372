"""What quarters are made of: their fields, communities and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate
from creative_spatial.analysers.kinds import kinds_of
from creative_spatial.analysers.measured import ratio
from creative_spatial.analysers.mixing.diversity import hill_numbers
from creative_spatial.analysers.placed import placed
from creative_spatial.crs import require_crs
from creative_spatial.schema import is_illustrative, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

HOURS = ("opens_evening", "opens_weekend")


class FieldMix(NamedTuple):
    """
    Places by quarter and creative field; one that serves several counts for each.

    Parameters
    ----------
    fields : list of str
        In the order in which the evidence names them.
    counts : array of int, shape (quarters, fields)
        Places of each field in each quarter.
    places : array of int, shape (quarters,)
        Places in each quarter.
    share : array of float, shape (quarters, fields)
        Null in a quarter without a place.
    quotient : array of float, shape (quarters, fields)
        That share over the share among all places; null where no place is of the field.
    """

    fields: list[str]
    counts: NDArray[np.intp]
    places: NDArray[np.intp]
    share: NDArray[np.float64]
    quotient: NDArray[np.float64]


def field_mix(
    rows: gpd.GeoDataFrame,
    inside: NDArray[np.intp],
    evidence: pd.DataFrame,
    *,
    strengths: Sequence[str],
    n_quarters: int,
) -> FieldMix:
    """
    Count the places of each field in each quarter.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        All places, with `concept`.
    inside : array of int, shape (n,)
        Quarter that each is in; -1 for none.
    evidence : DataFrame
        Columns `concept`, `field`, `strength`.
    strengths : sequence of str
        Strengths that count.
    n_quarters : int
        Number of quarters.

    Returns
    -------
    FieldMix
        Counts, shares and quotients.
    """
    require_columns(evidence, "concept", "field", "strength", name="evidence")
    fields = evidence["field"].drop_duplicates().tolist()
    known = evidence[evidence["strength"].isin(list(strengths))]
    concepts = rows["concept"].to_numpy()
    serves = np.column_stack(
        [np.isin(concepts, known.loc[known["field"] == f, "concept"].to_numpy()) for f in fields]
        or [np.zeros((len(rows), 0), dtype=bool)]
    )
    within = inside != OUTSIDE
    places = np.bincount(inside[within], minlength=n_quarters)
    counts = np.zeros((n_quarters, len(fields)), dtype=np.intp)
    np.add.at(counts, inside[within], serves[within])
    share = ratio(counts, np.broadcast_to(places[:, None], counts.shape))
    overall = serves.mean(axis=0) if len(rows) else np.zeros(len(fields))
    return FieldMix(
        fields, counts, places, share, ratio(share, np.broadcast_to(overall, share.shape))
    )


def facts_of(
    rows: gpd.GeoDataFrame,
    inside: NDArray[np.intp],
    mix: FieldMix,
    *,
    min_field_places: int,
    min_known: int,
    without: Sequence[str],
) -> pd.DataFrame:
    """
    Say what each quarter is made of.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        All places; `community`, `opens_evening`, `opens_weekend`, `accuracy` where there are any.
    inside : array of int, shape (n,)
        Quarter that each is in; -1 for none.
    mix : FieldMix
        Of the same places.
    min_field_places : int
        Fewer places of a field do not make it lead.
    min_known : int
        Of fewer places of known hours, or of one community, nothing is told.
    without : sequence of str
        What is no one community, e.g. "unknown" or "shared".

    Returns
    -------
    DataFrame
        One row a quarter: `places`, `leading_field`, `fields_hill`, `communities_hill`,
        `communities_known`, `opens_evening`, `opens_weekend`, `hours_known`, `illustrative`.
    """
    n = len(mix.places)
    table = pd.DataFrame({"places": mix.places})
    table["leading_field"] = pd.Series(_leading(mix, min_field_places), dtype="str")
    table["fields_hill"] = hill_numbers(mix.counts, q=1)
    communities = _communities(rows, inside, n, without)
    told_of = communities.sum(axis=1)
    table["communities_hill"] = np.where(
        told_of >= min_known, hill_numbers(communities, q=1), np.nan
    )
    table["communities_known"] = told_of.astype(np.intp)
    known = np.zeros(len(rows), dtype=bool)
    for name in HOURS:
        opens = rows[name].astype("boolean") if name in rows else _no_hours(rows)
        told = opens.notna().to_numpy(dtype=bool)
        known |= told
        told_of = _in_quarters(inside[told], n)
        open_there = _in_quarters(inside[opens.fillna(value=False).to_numpy(dtype=bool)], n)
        table[name] = np.where(told_of >= min_known, ratio(open_there, told_of), np.nan)
    table["hours_known"] = _in_quarters(inside[known], n)
    table["illustrative"] = _in_quarters(inside[is_illustrative(rows)], n) > 0
    return table


def _no_hours(rows: gpd.GeoDataFrame) -> pd.Series[Any]:
    return pd.Series(pd.NA, index=rows.index, dtype="boolean")


def _in_quarters(inside: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    return np.bincount(inside[inside != OUTSIDE], minlength=n)


def _leading(mix: FieldMix, least: int) -> list[str | None]:
    """The field whose share is highest beside that of all places; the first of equals."""
    quotient = np.where(mix.counts >= least, np.nan_to_num(mix.quotient), 0.0)
    if not quotient.size:
        return [None] * len(mix.places)
    best = quotient.argmax(axis=1)
    above = quotient[np.arange(len(best)), best] > 1
    return [mix.fields[field] if leads else None for field, leads in zip(best, above, strict=True)]


def _communities(
    rows: gpd.GeoDataFrame, inside: NDArray[np.intp], n: int, without: Sequence[str]
) -> NDArray[np.float64]:
    """Places of each one community in each quarter."""
    if "community" not in rows:
        return np.zeros((n, 1))
    within = inside != OUTSIDE
    at = pd.Series(inside[within], index=rows.index[within])
    known = kinds_of(rows[within], by="community", without=without)
    counts = np.zeros((n, max(1, len(known.names))))
    np.add.at(counts, (at.loc[known.layer.index].to_numpy(), known.codes), 1)
    return counts


def quarter_fields(
    quarters: gpd.GeoDataFrame,
    layer: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    land: BaseGeometry,
    units: gpd.GeoDataFrame,
    *,
    strengths: Sequence[str] = ("direct", "indirect"),
    certain_m: float = np.inf,
) -> pd.DataFrame:
    """
    Creative fields of each quarter, one a row.

    Parameters
    ----------
    quarters : GeoDataFrame
        As `quarters.quarters` gives them.
    layer : GeoDataFrame, same CRS
        The places that they were made of.
    evidence : DataFrame
        Columns `concept`, `field`, `strength`.
    land : (Multi)Polygon, same CRS
        The boundary without water.
    units : GeoDataFrame, same CRS
        The boundary, or its units.
    strengths : sequence of str
        Strengths of evidence that count.
    certain_m : float, metres
        Places less certain are left out: half of the greatest reach of the quarters.

    Returns
    -------
    DataFrame
        `quarter_id`, `name`, `field`; `n`, places of the field in the quarter; `share` of its
        places; `quotient` with the share among all places on the land; `category`
        ("quarter:field"), `value` (the share) and `headline`, false: no row is a number of the
        city.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of `units`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> quarter = gpd.GeoDataFrame({"name": ["Market"]},
    ...     index=pd.Index(["q1"], name="quarter_id"), geometry=[shapely.box(0, 0, 5, 5)])
    >>> places = gpd.GeoDataFrame({"concept": ["stall", "stall", "museum"]},
    ...     geometry=gpd.points_from_xy([1, 2, 8], [1, 1, 8]))
    >>> evidence = pd.DataFrame(
    ...     {"concept": ["stall"], "field": ["gastronomy"], "strength": ["direct"]})
    >>> town = shapely.box(0, 0, 9, 9)
    >>> units = gpd.GeoDataFrame(geometry=[town])
    >>> row = quarter_fields(quarter, places, evidence, town, units).iloc[0]
    >>> row["field"], int(row["n"]), float(row["share"]), float(row["quotient"])
    ('gastronomy', 2, 1.0, 1.5)
    """
    require_crs(units.crs, quarters=quarters, layer=layer)
    kept = placed(layer, land, units, limit_m=certain_m)
    inside = locate(np.asarray(shapely.points(kept.xy)), quarters.geometry.to_numpy())
    mix = field_mix(kept.rows, inside, evidence, strengths=strengths, n_quarters=len(quarters))
    n, k = mix.counts.shape
    table = pd.DataFrame(
        {
            "quarter_id": np.repeat(quarters.index.to_numpy(dtype=object), k),
            "name": np.repeat(quarters["name"].to_numpy(dtype=object), k),
            "field": np.tile(np.asarray(mix.fields, dtype=object), n),
            "n": mix.counts.ravel(),
            "share": mix.share.ravel(),
            "quotient": mix.quotient.ravel(),
        }
    )
    table["category"] = table["quarter_id"].astype("str") + ":" + table["field"].astype("str")
    return table.assign(value=table["share"], headline=False)
