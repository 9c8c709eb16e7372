"""KML, as map makers of the web and globes export it: folders of placemarks."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.columns import count, near
from creative_spatial.loaders.xml import check_xml

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

# What GDAL adds to every placemark, with the value it has where the file says nothing.
_MACHINE: dict[str, Any] = {
    "id": None,
    "timestamp": None,
    "begin": None,
    "end": None,
    "altitudeMode": None,
    "tessellate": -1,
    "extrude": 0,
    "visibility": -1,
    "drawOrder": None,
    "icon": None,
}
_TWIN = re.compile(r" \(#\d+\)$")  # how GDAL tells folders of one name apart


def read_kml(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """
    Read a KML file's placemarks, of all folders or one.

    Parameters
    ----------
    path : Path
        The ``.kml``; a document type in it is refused, links are not followed.
    layer : str, optional
        One folder; all of them otherwise.

    Returns
    -------
    GeoDataFrame, n rows, any geometry, EPSG:4326
        With `_fid`, `name`, `description`, `folder` (the innermost) and the placemark's
        own data. Columns that every KML file has and this one does not use are left out.

    Raises
    ------
    LoadError
        If the file is refused, holds only a link, or has no such folder.

    Warns
    -----
    DataQualityWarning
        If it links to another map beside its own places.
    """
    import pyogrio

    elements = check_xml([path.read_bytes()], path.name)
    if not elements["Placemark"]:
        link = (
            ", only a link to a map elsewhere; export the map itself ('keep data up to date' off)"
            if elements["NetworkLink"]
            else "; export the map again with its places"
        )
        raise LoadError(f"{path.name} holds no places{link}.")
    if elements["NetworkLink"]:
        message = (
            f"{path.name}: {count(elements['NetworkLink'], 'link')} to a map elsewhere, not followed; "
            "if it holds places, export that map itself."
        )
        warnings.warn(DataQualityWarning(message), stacklevel=2)
    folders = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    wanted = folders
    if layer is not None:
        wanted = [name for name in folders if layer in {name, _TWIN.sub("", name)}]
        if not wanted:
            raise LoadError(f"{path.name}: no folder {layer!r}{near(layer, folders)}")
    tables = [_folder(path, name) for name in wanted]
    filled = [table for table in tables if len(table)]
    if not filled:
        return tables[0]
    # A column of nulls alone has no type to agree on.
    frame: gpd.GeoDataFrame = pd.concat(
        [table.dropna(axis=1, how="all") for table in filled], ignore_index=True
    )
    if "geometry" not in frame:
        raise LoadError(f"{path.name}: none of its places has coordinates.")
    frame = frame.assign(_fid=range(len(frame))).set_crs("EPSG:4326")
    return frame.drop(columns=[name for name in _MACHINE if name in frame and _unused(frame, name)])


def _folder(path: Path, name: str) -> gpd.GeoDataFrame:
    """One folder's placemarks."""
    import pyogrio

    table = pyogrio.read_dataframe(path, layer=name, fid_as_index=True, on_invalid="ignore")
    if "Name" in table and "name" not in table:
        table = table.rename(columns={"Name": "name"})
    folder = "folder" if "folder" not in table else "kml:folder"
    placed: gpd.GeoDataFrame = table.assign(_fid=table.index, **{folder: _TWIN.sub("", name)})
    return placed


def _unused(frame: gpd.GeoDataFrame, name: str) -> bool:
    """Whether a column that every KML file has says nothing in this one."""
    given = frame[name].dropna()
    return bool(len(given) == 0 or (given == _MACHINE[name]).all())
