"""
The one table shape that layers have, and the check at the loaders' door.

A layer is a GeoDataFrame of features: index ``feature_id`` ("<source>:<id>"), columns
`name`, `concept`, `source_id`, `geometry`. Everything else is optional, with the fixed
meanings of `OPTIONAL_COLUMNS`; a local file's own columns stay.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from creative_spatial.crs import describe_crs
from creative_spatial.errors import LayerSchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

INDEX = "feature_id"
BASIS, STATED, GENERALISED, ASSUMED = "uncertainty_basis", "stated", "generalised", "assumed"
CONFIDENCES = ("confirmed", "probable", "reported", "disputed", "withheld")
STATUSES = ("open", "disused", "abandoned", "construction", "proposed", "demolished")
UNIT_INDEX = "unit_id"
REQUIRED_COLUMNS = ("name", "concept", "source_id", "geometry")
OPTIONAL_COLUMNS = {
    "pillar": "primary pillar of the concept",
    "also_concepts": "other concepts the feature carries, joined by ';'; never counted",
    "tags": "raw OpenStreetMap tags as one JSON text",
    "uncertainty_m": "positional uncertainty in metres; in a run's layers never null",
    "uncertainty_basis": "stated, by the record or its source; generalised, to a cell; or assumed of its kind",
    "accuracy": "surveyed, approximate or illustrative",
    "confidence": "confirmed, probable, reported, disputed or withheld",
    "edit_note": "what people changed of it in an earlier run's map: the source and the columns",
    "also_ids": "ids of the other records of the same place, joined by ';'",
    "sensitivity": "why the place is not public: a category of resources/sensitivity.toml, or own words",
    "dataGeneralizations": "what was done to a position that is not public (Darwin Core)",
    "informationWithheld": "what was left out of such a record (Darwin Core)",
    "coordinateUncertaintyInMeters": "uncertainty_m under Darwin Core's name",
    "hexagon": "H3 hexagon in which a record about people is counted",
    "status": "open, disused, abandoned, construction, proposed, demolished; null means open",
    "stage": "where in the chain it stands: produce, make, sell, enjoy, learn",
    "heritage_form": "tangible, or a form of living heritage: practice, route, event, learning, making",
    "community": "whose place it is, by its religion or by its own layer; never by a name",
    "cuisine": "what is cooked, joined by ';'",
    "cuisine_community": "whose cooking that is, joined by ';'; says nothing of whose place it is",
    "denomination": "of a place of worship",
    "scripts": "scripts that its `name` is written in (ISO 15924), joined by ';'",
    "languages": "codes of the languages that it has names in (name:th), joined by ';'",
    "origin": "where what is made or practised there comes from, as its own layer says it",
    "heritage_status": "what protects or lists it, joined by ';'",
    "period": "first and last year, as '1842' or '1801/1900'",
    "opens_evening": "whether it is open on most evenings; null where the hours are not known",
    "opens_weekend": "whether it is open on Saturday or Sunday; null where the hours are not known",
    "months": "months of the year in which an event is held, '1;2;12'",
    "starts": "first day of an event, ISO 8601",
    "ends": "last day of an event, ISO 8601",
    "recurrence": "how an event comes back, in words",
    "osm_version": "version of the OpenStreetMap object",
    "osm_timestamp": "last edit of the OpenStreetMap object, UTC",
}


def open_rows(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    The features of a layer that exist now: disused and planned ones are no presence.

    Parameters
    ----------
    layer : GeoDataFrame
        With or without a `status` column; null means open.

    Returns
    -------
    GeoDataFrame
        The open rows.
    """
    if "status" not in layer:
        return layer
    return layer[layer["status"].isna() | (layer["status"] == STATUSES[0])]


def empty_features(crs: Any, columns: Iterable[str] = ()) -> gpd.GeoDataFrame:
    """
    Make a valid layer with no features: what "none found" looks like.

    Parameters
    ----------
    crs : CRS-like
        The layer's CRS.
    columns : iterable of str, optional
        Columns beside the required ones.

    Returns
    -------
    GeoDataFrame, 0 rows
        Index `feature_id`, the required columns and those asked for.

    Examples
    --------
    >>> len(validate_features(empty_features("EPSG:32647")))
    0
    """
    names = [*REQUIRED_COLUMNS[:-1], *columns]
    table = {name: pd.Series([], dtype="str") for name in dict.fromkeys(names)}
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
    frame.index = pd.Index([], dtype="str", name=INDEX)
    return frame


def validate_features(layer: gpd.GeoDataFrame, *, crs: Any = None) -> gpd.GeoDataFrame:
    """
    Return the layer if it has the shape every loader promises, or list its faults.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        The candidate.
    crs : CRS-like, optional
        The CRS it must be in.

    Returns
    -------
    GeoDataFrame
        The same object.

    Raises
    ------
    LayerSchemaError
        Listing every fault at once.

    Examples
    --------
    >>> import geopandas as gpd
    >>> validate_features(gpd.GeoDataFrame({"name": []}, geometry=[]))
    Traceback (most recent call last):
    creative_spatial.errors.LayerSchemaError: Not a feature layer: ...
    """
    faults = [*_index_faults(layer), *_column_faults(layer), *_geometry_faults(layer, crs)]
    if faults:
        raise LayerSchemaError("Not a feature layer: " + "; ".join(faults) + ".")
    return layer


def _index_faults(layer: gpd.GeoDataFrame) -> list[str]:
    faults = []
    if layer.index.name != INDEX:
        faults.append(f"the index is named {layer.index.name!r}, expected {INDEX!r}")
    if not layer.index.is_unique:
        twice = layer.index[layer.index.duplicated()][:3].tolist()
        faults.append(f"duplicate feature ids, e.g. {twice}")
    return faults


def _column_faults(layer: gpd.GeoDataFrame) -> list[str]:
    faults = []
    if missing := [name for name in REQUIRED_COLUMNS if name not in layer.columns]:
        faults.append(f"missing columns {missing}")
    for name in ("concept", "source_id"):
        if name in layer.columns and layer[name].isna().any():
            rows = layer.index[layer[name].isna()][:3].tolist()
            faults.append(f"rows without {name}, e.g. {rows}")
    return faults


def _geometry_faults(layer: gpd.GeoDataFrame, crs: Any) -> list[str]:
    if "geometry" not in layer.columns:
        return []
    faults = []
    void = layer.geometry.isna() | layer.geometry.is_empty
    if void.any():
        rows = layer.index[void][:3].tolist()
        faults.append(f"{int(void.sum())} rows without geometry, e.g. {rows}")
    if layer.crs is None:
        faults.append("no CRS")
    elif crs is not None and layer.crs != crs:
        faults.append(
            f"in {describe_crs(layer.crs)}, expected {describe_crs(CRS.from_user_input(crs))}"
        )
    return faults


def is_illustrative(layer: pd.DataFrame) -> NDArray[np.bool_]:
    """
    Say which rows are made up to show the method.

    Parameters
    ----------
    layer : DataFrame, n rows
        With or without a column `accuracy`.

    Returns
    -------
    array of bool, shape (n,)
        True where `accuracy` is "illustrative".

    Examples
    --------
    >>> is_illustrative(pd.DataFrame({"accuracy": ["surveyed", "illustrative", None]})).tolist()
    [False, True, False]
    """
    if "accuracy" not in layer:
        return np.zeros(len(layer), dtype=bool)
    return np.asarray(layer["accuracy"] == "illustrative", dtype=bool)


def source_counts(*tables: pd.DataFrame) -> dict[str, int]:
    """
    Count the rows that name each source.

    A row that was derived from several names them all, with ";" between.

    Parameters
    ----------
    *tables : DataFrame
        With or without a column `source_id`.

    Returns
    -------
    dict of str to int
        In the order in which the tables name them.

    Examples
    --------
    >>> source_counts(pd.DataFrame({"source_id": ["osm", None, "osm;register"]}))
    {'osm': 2, 'register': 1}
    """
    found: dict[str, int] = {}
    for table in tables:
        if "source_id" not in table:
            continue
        for ids, rows in table["source_id"].astype("str").value_counts(sort=False).items():
            for part in str(ids).split(";"):
                found[part] = found.get(part, 0) + int(rows)
    return found


def source_ids(*tables: pd.DataFrame) -> list[str]:
    """
    Ids of the sources that tables' rows come from.

    Parameters
    ----------
    *tables : DataFrame
        With or without a column `source_id`.

    Returns
    -------
    list of str
        Each once, in the order in which the tables name them.

    Examples
    --------
    >>> source_ids(pd.DataFrame({"source_id": ["osm", None, "osm;register"]}))
    ['osm', 'register']
    """
    return list(source_counts(*tables))


def require_columns(table: pd.DataFrame, *columns: str, name: str) -> None:
    """
    Raise unless the table has the columns a function is about to use.

    Parameters
    ----------
    table : DataFrame
        What was passed in, often a plain frame from a notebook.
    *columns : str
        What the function uses.
    name : str
        What the message calls the table.

    Raises
    ------
    LayerSchemaError
        Naming what is missing and what is there.

    Examples
    --------
    >>> import pandas as pd
    >>> require_columns(pd.DataFrame({"a": []}), "lead", name="initiatives")
    Traceback (most recent call last):
    creative_spatial.errors.LayerSchemaError: `initiatives` needs the columns ['lead']; it has ['a'].
    """
    if missing := [column for column in columns if column not in table.columns]:
        raise LayerSchemaError(
            f"`{name}` needs the columns {missing}; it has {list(table.columns)}."
        )


def comparable(value: Any) -> str | int | float | bool | None:
    """
    Bring a cell to the form in which two programs' readings of it are equal.

    Parameters
    ----------
    value : Any
        A cell of an attribute.

    Returns
    -------
    str, int, float, bool or None
        None for whatever is null or blank; whole numbers as `int`; moments as text, UTC.

    Examples
    --------
    >>> comparable(7.0), comparable("  "), comparable(float("nan")), comparable("007")
    (7, None, None, '007')
    """
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.integer | np.floating):
        number = float(value)
        return int(number) if number.is_integer() else float(f"{number:.12g}")
    if isinstance(value, dt.datetime):
        moment = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    text = str(value).strip()
    return text or None
