"""Places of each creative field in a boundary, and in a named reference that excludes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from creative_spatial.analysers.assignment import OUTSIDE, unit_positions
from creative_spatial.analysers.places.composition import STRENGTHS
from creative_spatial.schema import is_illustrative, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

OUTERMOST = (
    "no reference: this is the largest boundary; a larger one, or a [[layer]] with "
    'pillar = "reference", would give one'
)


class Part(NamedTuple):
    """
    One of the parts that a reference is made of.

    Parameters
    ----------
    counts : DataFrame
        As those of the reference.
    total : float
        All mapped places.
    """

    counts: pd.DataFrame
    total: float


class Reference(NamedTuple):
    """
    What a boundary is compared with.

    Parameters
    ----------
    name : str
        For people; empty where there is none.
    boundary : str or None
        Id of the boundary that it is the rest of.
    counts : DataFrame
        Index `field`; `n` places of each, null where they were not counted there, and of
        `direct`, `indirect`, `weak` strength, null where that is not known.
    total : float
        All mapped places.
    illustrative : bool
        Whether any of it is made up.
    reason : str
        Why there is none.
    parts : tuple of Part
        What adds up to it: each given table, or what lies in each of the boundaries between
        this one and the largest, and in none within that. Parts without places are left out.
    """

    name: str
    boundary: str | None
    counts: pd.DataFrame
    total: float
    illustrative: bool = False
    reason: str = ""
    parts: tuple[Part, ...] = ()


class FieldCounts(NamedTuple):
    """
    Places of each field in one boundary.

    Parameters
    ----------
    counts : DataFrame
        Index `field`, in the order of the evidence; `direct`, `indirect`, `weak`, `n`.
    total : float
        All mapped places, also those that are evidence of no field.
    places : list of GeoDataFrame
        The rows of each layer that lie in the boundary.
    reference : Reference
        What they are compared with.
    illustrative : bool
        Whether any place here or there is made up.
    """

    counts: pd.DataFrame
    total: float
    places: list[gpd.GeoDataFrame]
    reference: Reference
    illustrative: bool


def field_counts(
    layers: Sequence[gpd.GeoDataFrame | None],
    evidence: pd.DataFrame,
    unit: gpd.GeoDataFrame,
    *,
    boundaries: gpd.GeoDataFrame | None = None,
    reference: pd.DataFrame | None = None,
) -> FieldCounts:
    """
    Count the places of each field in a boundary and in what it is compared with.

    Without a given reference it is the rest of the largest boundary: places in it and not
    in this one. What is given adds up, if it is several tables.

    Parameters
    ----------
    layers : sequence of GeoDataFrame or None, any geometry
        All mapped places, with `concept`; what is None was not read.
    evidence : DataFrame
        `concept`, `field`, `strength`, as `Taxonomy.field_evidence` returns it.
    unit : GeoDataFrame, 1 row, polygon
        The boundary; the index holds its id, the column `name` what it is called.
    boundaries : GeoDataFrame of (Multi)Polygon, optional
        Every boundary, of which the largest is the reference.
    reference : DataFrame, optional
        Counts elsewhere: `field`, `strength` (null: not known), `value`, `total`,
        `reference` (its name); of made up ones `accuracy` says so.

    Returns
    -------
    FieldCounts
        In the order in which `evidence` first names the fields.

    Raises
    ------
    CRSError
        If a layer is not in the CRS of the boundary.
    LayerSchemaError
        If a column is missing.
    """
    require_columns(evidence, "concept", "field", "strength", name="evidence")
    outer = None if reference is not None else around(unit, boundaries)
    here: list[gpd.GeoDataFrame] = []
    there: list[gpd.GeoDataFrame] = []
    for layer in layers:
        if layer is None:
            continue
        require_columns(layer, "concept", name="layer")
        own, others = here_and_around(layer, unit, outer)
        here.append(own)
        there.append(others)
    counts = _by_strength(here, evidence)
    if reference is not None:
        compared = _given(reference, counts.index)
    elif outer is None:
        compared = Reference("", None, _unknown(counts.index), np.nan, reason=OUTERMOST)
    else:
        name = rest_of(outer, unit)
        made_up = any(is_illustrative(rows).any() for rows in there)
        key = str(outer.index[0])
        parts = _rings(there, evidence, unit, boundaries)
        whole = Part(_by_strength(there, evidence), _rows(there))
        compared = Reference(name, key, *whole, made_up, parts=parts)
    made_up = compared.illustrative or any(is_illustrative(rows).any() for rows in here)
    return FieldCounts(counts, _rows(here), here, compared, made_up)


def here_and_around(
    layer: gpd.GeoDataFrame, unit: gpd.GeoDataFrame, outer: gpd.GeoDataFrame | None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """
    Part the features of a boundary from those of the rest of a larger one.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry
        Features.
    unit : GeoDataFrame, 1 row, polygon
        The boundary, in which a feature is as in every count: a line that leaves it, such as a
        procession, is in it, whatever part of it the larger one has.
    outer : GeoDataFrame, 1 row, or None
        The larger one, as `around` finds it.

    Returns
    -------
    here, there : GeoDataFrame
        No feature is in both; none is there without a larger boundary.
    """
    here = unit_positions(layer, unit) != OUTSIDE
    there = np.zeros(len(layer), dtype=bool)
    if outer is not None:
        there = (unit_positions(layer, outer) != OUTSIDE) & ~here
    return layer[here], layer[there]


def around(unit: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """
    Find the largest boundary, whose rest a boundary is compared with.

    Parameters
    ----------
    unit : GeoDataFrame, 1 row, polygon
        The boundary; the index holds its id.
    boundaries : GeoDataFrame of (Multi)Polygon or None
        Every boundary.

    Returns
    -------
    GeoDataFrame, 1 row, or None
        None where there is none, or it is this one.
    """
    if boundaries is None or boundaries.empty:
        return None
    largest = int(np.argmax(boundaries.geometry.area.to_numpy()))
    outer = boundaries.iloc[[largest]]
    return None if outer.index[0] == unit.index[0] else outer


def rest_of(outer: gpd.GeoDataFrame, unit: gpd.GeoDataFrame) -> str:
    """
    Name the rest of a boundary.

    Parameters
    ----------
    outer : GeoDataFrame, 1 row
        The larger boundary.
    unit : GeoDataFrame, 1 row
        What is taken out of it.

    Returns
    -------
    str
        By their names, or ids.
    """
    return f"{_name(outer)} without {_name(unit)}"


def _name(boundary: gpd.GeoDataFrame) -> str:
    """What a boundary is called: its name, or its id."""
    named = boundary["name"].iloc[0] if "name" in boundary else None
    return str(boundary.index[0] if named is None or pd.isna(named) or not named else named)


def _rows(layers: list[gpd.GeoDataFrame]) -> float:
    return float(sum(len(layer) for layer in layers))


def _rings(
    there: list[gpd.GeoDataFrame],
    evidence: pd.DataFrame,
    unit: gpd.GeoDataFrame,
    boundaries: gpd.GeoDataFrame | None,
) -> tuple[Part, ...]:
    """Places around a boundary, by the smallest of the other boundaries that they lie in."""
    if boundaries is None:
        return ()
    others = boundaries.drop(index=unit.index, errors="ignore")
    order = np.argsort(others.geometry.area.to_numpy(), kind="stable")
    left, parts = there, []
    for row in order:
        ring = others.iloc[[row]]
        inside = [unit_positions(layer, ring) != OUTSIDE for layer in left]
        held = [layer[rows] for layer, rows in zip(left, inside, strict=True)]
        left = [layer[~rows] for layer, rows in zip(left, inside, strict=True)]
        if total := _rows(held):
            parts.append(Part(_by_strength(held, evidence), total))
    return tuple(parts)


def _by_strength(layers: list[gpd.GeoDataFrame], evidence: pd.DataFrame) -> pd.DataFrame:
    """Places by field and strength, and in all; a field without places has zeros."""
    concepts = [layer["concept"].astype("str") for layer in layers]
    found = pd.concat(concepts) if concepts else pd.Series([], dtype="str")
    joined = evidence.assign(value=evidence["concept"].map(found.value_counts()).fillna(0.0))
    wide = joined.pivot_table(index="field", columns="strength", values="value", aggfunc="sum")
    fields = pd.Index(evidence["field"].unique(), name="field")
    wide = wide.reindex(index=fields, columns=list(STRENGTHS)).fillna(0.0).astype(float)
    return wide.assign(n=wide.sum(axis=1)).rename_axis(columns=None)


def _unknown(fields: pd.Index[Any]) -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=fields, columns=[*STRENGTHS, "n"])


def _given(reference: pd.DataFrame, fields: pd.Index[Any]) -> Reference:
    """Given counts as one reference; a field that one of several does not count has none."""
    require_columns(reference, "field", "strength", "value", "total", "reference", name="reference")
    names = reference["reference"].unique()
    by = reference.groupby(["field", "reference"])
    covered = by.size().groupby("field").size() == len(names)
    whole = covered.index[covered].intersection(fields)
    added = _added(reference, whole, fields)
    parts = tuple(_added(rows, whole, fields) for _, rows in reference.groupby("reference"))
    made_up = bool(is_illustrative(reference).any())
    return Reference(" + ".join(map(str, names)), None, *added, made_up, parts=parts)


def _added(reference: pd.DataFrame, whole: pd.Index[Any], fields: pd.Index[Any]) -> Part:
    """Given counts of the fields that are counted everywhere, added up."""
    counts = _unknown(fields)
    counts.loc[whole, "n"] = reference.groupby("field")["value"].sum()[whole]
    if reference["strength"].notna().all():
        known = reference.pivot_table(
            index="field", columns="strength", values="value", aggfunc="sum", fill_value=0.0
        ).reindex(columns=list(STRENGTHS), fill_value=0.0)
        counts.loc[whole, list(STRENGTHS)] = known.loc[whole].astype(float)
    return Part(counts, float(reference.groupby("reference")["total"].first().sum()))
