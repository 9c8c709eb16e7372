"""The grade of each indicator row: how complete the data is that fed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from creative_spatial.preparation.completeness import worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

ZERO_NOTE = "Zero where little is mapped (grade D): no absence."


class Grades(NamedTuple):
    """
    How complete the data is, as `evaluate` takes it.

    Parameters
    ----------
    table : DataFrame
        Rows of `preparation.grade_completeness` with `boundary` and `level`; in rows of the
        level "city", `unit_id` is the boundary's id.
    groups : mapping of str to str
        Group of each concept.
    """

    table: pd.DataFrame
    groups: Mapping[str, str]


def grades_of_rows(
    rows: pd.DataFrame, values: Iterable[Any], grades: Grades, *, pillar: str
) -> pd.Series[str]:
    """
    Grade rows by the layers that fed them.

    The worst of the groups of concepts that make up a twentieth of the features or more;
    null where groups with a grade hold less than half of them. Where no feature fed the rows,
    the groups of their pillar count alike: zero is as sure as the pillar is mapped.

    Parameters
    ----------
    rows : DataFrame
        With `boundary`, `level` and `unit_id`.
    values : iterable of object
        Arguments of the indicator's function: layers, or lists of them, among others.
    grades : Grades
        How complete the groups are.
    pillar : str
        The indicator's.

    Returns
    -------
    Series of str
        "A" to "D" or null, indexed like `rows`.
    """
    layers = [it for value in values for it in (value if isinstance(value, list) else [value])]
    fed = [it["concept"] for it in layers if isinstance(it, gpd.GeoDataFrame) and "concept" in it]
    weights = pd.concat(fed).map(grades.groups).value_counts() if fed else pd.Series(dtype=float)
    if fed and not len(weights):
        of_pillar = grades.table.loc[grades.table["pillar"] == pillar, "group"].unique()
        weights = pd.Series(1.0, index=of_pillar)
    found = pd.Series(None, index=rows.index, dtype="str")
    for (boundary, level), block in rows.groupby(["boundary", "level"], sort=False):
        known = grades.table
        known = known[(known["boundary"] == boundary) & (known["level"] == level)]
        if len(known) and len(weights):
            by_unit = worst_of(known, weights.astype(float))
            found.loc[block.index] = by_unit.reindex(block["unit_id"]).to_numpy()
    return found


def grades_of_fields(
    layers: Sequence[gpd.GeoDataFrame], evidence: pd.DataFrame, grades: Grades
) -> pd.DataFrame:
    """
    Grade the creative fields in each boundary by the groups of the concepts that serve them.

    Parameters
    ----------
    layers : sequence of GeoDataFrame
        Features with `concept`, whose number weighs the groups as in `grades_of_rows`.
    evidence : DataFrame
        `concept`, `field`, as `Taxonomy.field_evidence` returns it.
    grades : Grades
        How complete the groups are.

    Returns
    -------
    DataFrame
        `boundary`, `field`, `grade` ("A" to "D", null where it is not assessed).
    """
    found = pd.concat([layer["concept"] for layer in layers]) if layers else pd.Series(dtype="str")
    known = grades.table[grades.table["level"] == "city"]
    rows = []
    for field, concepts in evidence.groupby("field", sort=False)["concept"]:
        weights = found[found.isin(concepts)].map(grades.groups).value_counts().astype(float)
        if not len(weights):  # none is there: as sure as the groups that it would be in
            weights = pd.Series(1.0, index=concepts.map(grades.groups).dropna().unique())
        for boundary, block in known.groupby("boundary", sort=False):
            grade = worst_of(block, weights).get(boundary) if len(weights) else None
            rows.append((boundary, field, grade))
    return pd.DataFrame(rows, columns=["boundary", "field", "grade"]).astype({"grade": "str"})
