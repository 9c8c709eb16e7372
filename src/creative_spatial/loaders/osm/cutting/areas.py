"""The areas that are cut out: their ids, which name folders, and how far each reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
from anyascii import anyascii

from creative_spatial.crs import choose_crs, reproject, to_wgs84
from creative_spatial.errors import CRSError, GeometryError, LoadError
from creative_spatial.loaders.boundaries import polygon_faults
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.reach import reach_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creative_spatial.crs import Bounds

ID_COLUMNS = ("id", "name")
_SLACK = 0.02
"""A city's own working CRS may turn its box a little: a cut reaches this much of it further."""
_LONGEST = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


class Area(NamedTuple):
    """One area: its folder's name, its own name, its outline, and the box that is cut out."""

    id: str
    name: str
    outline: gpd.GeoSeries
    box: Bounds


def plan_areas(areas: gpd.GeoDataFrame, id_column: str | None = None) -> list[Area]:
    """
    Check the areas, all faults at once, and say how far each reaches.

    Parameters
    ----------
    areas : GeoDataFrame of (Multi)Polygon, any CRS
        One row an area.
    id_column : str, optional
        Column whose values name the folders; left out: `id`, else `name`.

    Returns
    -------
    list of Area
        In the order of the rows.

    Raises
    ------
    CRSError
        If the areas do not say their CRS.
    GeometryError
        Naming rows that are no valid polygons.
    LoadError
        If there are none, or an id is missing or there twice.
    """
    if areas.crs is None:
        raise CRSError(
            "The areas have no CRS; say what their coordinates are in, e.g. `--crs EPSG:4326`, or "
            "`areas.set_crs('EPSG:4326')` in Python."
        )
    if not len(areas):
        raise LoadError("There are no areas: the table is empty.")
    if faults := polygon_faults(areas):
        raise GeometryError("The areas: " + "; ".join(faults) + ".")
    named = _id_column(areas, id_column)
    ids = [_as_text(value) for value in areas[named]]
    if void := [row for row, text in enumerate(ids, start=1) if not text]:
        raise LoadError(f"The areas: {list_rows(void)} have no {named!r}, which names the folder.")
    twice = sorted({text for text in ids if ids.count(text) > 1})
    if twice:
        rows = [row for row, text in enumerate(ids, start=1) if text == twice[0]]
        raise LoadError(
            f"The areas: {list_rows(rows)} all have the {named} {twice[0]!r}; give each an id of its "
            "own, or join them to one polygon."
        )
    names = [
        _as_text(value) or text for value, text in zip(areas.get("name", ids), ids, strict=True)
    ]
    outlines = [gpd.GeoSeries(areas.geometry.iloc[[row]]) for row in range(len(areas))]
    return [
        Area(folder, name, outline, box_of(outline))
        for folder, name, outline in zip(folder_names(ids), names, outlines, strict=True)
    ]


def folder_names(ids: Sequence[str]) -> list[str]:
    """
    Turn ids into names of folders that every system takes, each its own.

    Parameters
    ----------
    ids : sequence of str
        As the data has them: any script, slashes, dots.

    Returns
    -------
    list of str
        Of a-z, 0-9 and "-"; a number follows where two would be the same.

    Examples
    --------
    >>> folder_names(["Las Palmas", "../etc", "con", "İzmir", "las palmas"])
    ['las-palmas', 'etc', 'area-con', 'izmir', 'las-palmas-2']
    """
    taken: set[str] = set()
    names = []
    for text in ids:
        stem = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")[:_LONGEST].strip("-")
        stem = f"area-{stem}".rstrip("-") if not stem or _RESERVED.fullmatch(stem) else stem
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name)
        names.append(name)
    return names


def _id_column(areas: gpd.GeoDataFrame, wanted: str | None) -> str:
    """The column whose values name the folders."""
    if wanted is not None and wanted in areas.columns:
        return wanted
    found = next((column for column in ID_COLUMNS if column in areas.columns), None)
    if wanted is None and found is not None:
        return found
    there = [str(column) for column in areas.columns if column != areas.geometry.name]
    asked = f"no column {wanted!r}" if wanted is not None else "no column 'id' or 'name'"
    raise LoadError(
        f"The areas have {asked}; there are {', '.join(there) or 'none'}. Name the one that tells "
        "them apart with --id."
    )


def _as_text(value: Any) -> str:
    """An id as text; whole numbers without a decimal point."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def box_of(outline: gpd.GeoSeries) -> Bounds:
    """
    Give the box that a city with a boundary asks for, and a little more.

    Parameters
    ----------
    outline : GeoSeries of (Multi)Polygon, any CRS
        The boundary.

    Returns
    -------
    (west, south, east, north), degrees
        The box.
    """
    crs = choose_crs(to_wgs84(outline.total_bounds.tolist(), outline.crs))
    reach = reach_of(reproject(gpd.GeoDataFrame(geometry=outline), crs))
    west, south, east, north = to_wgs84(reach.bounds, crs)
    slack = _SLACK * max(east - west, north - south)
    return (west - slack, south - slack, east + slack, north + slack)
