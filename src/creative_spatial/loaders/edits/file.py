"""Changes as a file of their own: what a team keeps, reviews, and lets into the next assessment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError
from shapely.errors import ShapelyError

from creative_spatial.crs import describe_crs, reproject
from creative_spatial.errors import LoadError
from creative_spatial.loaders.edits.comparison import (
    ADDED,
    ATTRIBUTE,
    COLUMNS,
    GEOMETRY,
    MOVED,
    REMOVED,
)

if TYPE_CHECKING:
    from creative_spatial.loaders.edits.reading import Edited

SCHEMA = 1
KIND = "edits of city.gpkg"
_CHANGES = (ADDED, REMOVED, MOVED, ATTRIBUTE)


def edits_json(edited: Edited) -> str:
    """
    Write changes down so that they can be applied to other data.

    Parameters
    ----------
    edited : Edited
        As `read_edited` returns it.

    Returns
    -------
    str
        JSON: every change that counts with the value before and after, so that the next run
        can tell whether the source has changed in the meantime.
    """
    changes = edited.changes
    counts = changes["before"].notna() | changes["after"].notna() | (changes["change"] == REMOVED)
    crs = next((layer.crs for layer in edited.layers.values()), None)
    rows = changes[counts].astype(object)
    content = {
        "schema": SCHEMA,
        "kind": KIND,
        "city": edited.city,
        "crs": _crs_text(crs),
        "edits": rows.where(rows.notna(), None).to_dict("records"),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _crs_text(crs: CRS | None) -> str | None:
    """A CRS as a code where it has one, in full otherwise."""
    if crs is None:
        return None
    return describe_crs(crs) if crs.to_epsg() else str(crs.to_wkt())


def read_edits(path: Path | str, *, target_crs: Any) -> pd.DataFrame:
    """
    Read a file of changes.

    Parameters
    ----------
    path : Path or str
        As `edits_json` wrote it; rows may have been taken out since.
    target_crs : CRS-like
        What its geometries are brought into.

    Returns
    -------
    DataFrame
        `layer`, `feature_id`, `name`, `change`, `column`, `before`, `after`, `moved_m`,
        `also_ids`, `note`; geometries as WKT in `target_crs`.

    Raises
    ------
    LoadError
        If it is not such a file; the message names the edit at fault.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise LoadError(f"{path}: no such file.") from error
    except (OSError, ValueError) as error:
        raise LoadError(f"{path.name} cannot be read as JSON: {error}.") from error
    if (
        not isinstance(content, dict)
        or content.get("kind") != KIND
        or content.get("schema") != SCHEMA
    ):
        raise LoadError(
            f"{path.name} is not what `creative-spatial changes RESULTS --save FILE` writes "
            f"(schema {SCHEMA})."
        )
    edits = content.get("edits")
    if not isinstance(edits, list) or not all(isinstance(edit, dict) for edit in edits):
        raise LoadError(f"{path.name}: `edits` is not a list of changes.")
    for number, edit in enumerate(edits, start=1):
        if fault := _fault(edit):
            raise LoadError(f"{path.name}: edit {number}: {fault}.")
    table = pd.DataFrame(edits, columns=list(COLUMNS)).astype({"before": object, "after": object})
    return _placed(table, content.get("crs"), target_crs, path.name)


def _fault(edit: dict[str, Any]) -> str | None:
    """What makes an edit unusable."""
    if edit.get("change") not in _CHANGES:
        return f"`change` is one of {', '.join(_CHANGES)}, not {edit.get('change')!r}"
    for key in ("layer", "feature_id", "column"):
        if not isinstance(edit.get(key), str) or not edit[key]:
            return f"`{key}` is missing"
    for key in ("before", "after"):
        if not isinstance(edit.get(key), str | int | float | bool | None):
            return f"`{key}` is neither text nor a number"
    if edit["column"] == GEOMETRY and edit["change"] in {ADDED, MOVED} and not edit.get("after"):
        return "it has no geometry in `after`"
    return None


def _placed(table: pd.DataFrame, crs: Any, target_crs: Any, file: str) -> pd.DataFrame:
    """The table with its geometries in another CRS."""
    shapes = table["column"] == GEOMETRY
    try:
        own = CRS.from_user_input(crs)
    except UnknownCRSError as error:
        raise LoadError(f"{file}: `crs` {crs!r} is no CRS.") from error
    for key in ("before", "after"):
        given = table.loc[shapes & table[key].notna(), key]
        try:
            series = gpd.GeoDataFrame(
                geometry=shapely.from_wkt(given.to_numpy(dtype=object)), crs=own
            )
        except (ShapelyError, TypeError, NotImplementedError) as error:  # the last: of curves
            raise LoadError(f"{file}: a geometry cannot be read as WKT: {error}.") from error
        moved = reproject(series, target_crs).geometry.to_numpy()
        decimals = 8 if CRS.from_user_input(target_crs).is_geographic else 3  # millimetres
        table.loc[given.index, key] = shapely.to_wkt(moved, rounding_precision=decimals)
    return table
