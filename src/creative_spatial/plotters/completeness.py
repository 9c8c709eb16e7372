"""Where little is mapped: hatched, so that an empty place is not read as an absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from creative_spatial.plotters.artists import add_lines, add_polygons
from creative_spatial.plotters.drawn import Z_POOR, darker
from creative_spatial.plotters.legend_items import LegendItem, worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.artists import Box
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result

TABLE, WORST = "completeness", "D"
POOR_HATCH, POOR_COLOR = "xxx", "#C4C4C4"
POOR_ITEM = LegendItem("fill", worded("grade_d"), POOR_COLOR, hatch=POOR_HATCH, hollow=True)


def shown_pillars(result: Result, spec: MapSpec) -> list[str]:
    """
    List the pillars whose features a map shows.

    Parameters
    ----------
    result : Result
        With its taxonomy.
    spec : MapSpec
        The map.

    Returns
    -------
    list of str
        Its own pillar, or those whose layers it draws.
    """
    if spec.pillar is not None:
        return [spec.pillar]
    layers = dict.fromkeys(layer.layer for layer in spec.layers if layer.counted)
    return [name for name in layers if name in result.taxonomy.pillars]


def pillar_grades(result: Result, pillars: Sequence[str]) -> pd.DataFrame | None:
    """
    Look up the grades of whole pillars.

    Parameters
    ----------
    result : Result
        With a table of completeness, or without.
    pillars : sequence of str
        Which ones.

    Returns
    -------
    DataFrame or None
        One row a pillar and unit or boundary; None where nothing was graded.
    """
    table = result.tables.get(TABLE)
    if table is None or not len(table):
        return None
    return table[table["group"].isin(pillars)]


def hatch_poor(ax: Axes, units: Sequence[str], area: StudyArea, *, box: Box | None = None) -> bool:
    """
    Hatch the land of units, below every symbol and above every fill.

    Parameters
    ----------
    ax : Axes
        Where.
    units : sequence of str
        Ids of the units where little is mapped.
    area : StudyArea
        With its units and water.
    box : (minx, miny, maxx, maxy), optional
        What will be seen.

    Returns
    -------
    bool
        Whether any is.
    """
    if not len(units):
        return False
    # As one: the hatch runs on from unit to unit, without an edge where nothing ends.
    shapes = np.asarray(area.units.geometry.loc[list(units)], dtype=object)
    joined = shapely.get_parts(area.land(shapely.union_all(shapes)))
    drawn = add_polygons(
        ax, joined, box=box, facecolors="none", edgecolors="none", hatch=POOR_HATCH,
        hatchcolors=darker(POOR_COLOR), zorder=Z_POOR,
    )  # fmt: skip
    # One unit alone may fall between the strokes.
    add_lines(
        ax, joined, box=box, colors=darker(POOR_COLOR), linewidths=0.5,
        zorder=Z_POOR,
    )  # fmt: skip
    return drawn is not None


def poor_units(result: Result, pillars: Sequence[str]) -> list[str]:
    """
    List the units where one of the pillars is at the worst grade.

    Parameters
    ----------
    result : Result
        With its units.
    pillars : sequence of str
        Which pillars.

    Returns
    -------
    list of str
        Ids, each once.
    """
    rows = pillar_grades(result, pillars)
    if rows is None:
        return []
    poor = rows[(rows["level"] == "unit") & (rows["grade"] == WORST)]["unit_id"]
    return [str(unit) for unit in poor.drop_duplicates()]


def completeness_note(result: Result, pillars: Sequence[str]) -> dict[str, str]:
    """
    Word how complete the data of a map is.

    Parameters
    ----------
    result : Result
        With its table of completeness.
    pillars : sequence of str
        Those that the map shows.

    Returns
    -------
    dict of str to str
        By language; empty where nothing was graded.
    """
    rows = pillar_grades(result, pillars)
    if rows is None or not len(rows):
        return {}
    units = rows[rows["level"] == "unit"]["grade"]
    if (units == WORST).any() and (units.isna() | (units == WORST)).all():
        return worded("completeness_nowhere")
    city = rows[(rows["level"] == "city") & (rows["boundary"] == result.area.primary_id)]
    known = city["grade"].dropna()
    if not len(known):
        return worded("completeness_unknown")
    key = "completeness_some" if (units == WORST).any() else "completeness"
    return worded(key, value=str(known.max()))
