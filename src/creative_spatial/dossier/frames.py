"""Tables and layers as Parquet: plain columns, one order of rows, the same bytes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from creative_spatial.dossier.rows import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from creative_spatial.raster import Raster

_ROW_GROUP = 65_536
_COVERING = "bbox"


def write_table(table: pd.DataFrame, path: Path) -> None:
    """
    Write a table as Parquet (zstd).

    Parameters
    ----------
    table : DataFrame
        Any table; lists and mappings in cells become JSON text.
    path : Path
        The file.
    """
    plain_columns(table).to_parquet(path, compression="zstd")


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """
    Write a layer as GeoParquet (zstd, with the covering box of every row).

    Parameters
    ----------
    layer : GeoDataFrame
        As `plain_columns` returns it; rows are written in their order.
    path : Path
        The file.
    """
    layer.to_parquet(
        path, index=True, compression="zstd", write_covering_bbox=True, row_group_size=_ROW_GROUP
    )


def write_raster(raster: Raster, path: Path) -> None:
    """
    Write a surface as GeoTIFF (deflate).

    Parameters
    ----------
    raster : Raster of float
        NaN where there is no value.
    path : Path
        The file.
    """
    import rasterio

    rows, columns = raster.values.shape
    options = {"compress": "deflate", "predictor": 3, "tiled": True}
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
        crs=raster.crs.to_wkt(), transform=raster.transform, nodata=float("nan"), **options,
    ) as file:  # fmt: skip
        file.write(raster.values.astype("float32"), 1)


def plain_layer(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Copy a layer with plain columns, neighbours near each other.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        Any layer.

    Returns
    -------
    GeoDataFrame, n rows
        Without `.attrs`, sorted along a Hilbert curve and, within one place, by index.
    """
    plain = plain_columns(layer)
    return plain.iloc[_hilbert_order(plain)]


def _hilbert_order(layer: gpd.GeoDataFrame) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Positions of the rows along a Hilbert curve; those without a place come last."""
    shapes = layer.geometry
    placed = ~(shapes.isna() | shapes.is_empty).to_numpy()
    distance = np.full(len(layer), np.iinfo(np.int64).max, dtype=np.int64)
    if placed.any():
        there: Any = shapes[placed]  # the published types do not know the curve
        distance[placed] = there.hilbert_distance().to_numpy().astype(np.int64)
    ids = np.asarray(layer.index.astype(str), dtype=object)
    wkb = shapes.to_wkb()
    # Ids may repeat in a plain frame; then the geometry decides, and not the order read.
    keys = pd.DataFrame({"distance": distance, "id": ids, "wkb": [w or b"" for w in wkb]})
    return keys.sort_values(["distance", "id", "wkb"], kind="stable").index.to_numpy(dtype=np.intp)


Table = TypeVar("Table", bound=pd.DataFrame)


def plain_columns(table: Table, *, taken: Iterable[str] = ()) -> Table:
    """
    Copy a table so that every column has one type that files can hold.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        Any table.
    taken : iterable of str
        Names that no column may have, in any case of letters.

    Returns
    -------
    DataFrame or GeoDataFrame
        Same rows and index. Names are unique texts; categories become text; lists,
        mappings and sets JSON text; a column of mixed types text. `.attrs` are dropped.

    Examples
    --------
    >>> plain_columns(pd.DataFrame({"of": [["a", "b"], None]}))["of"].iloc[0]
    '["a", "b"]'
    """
    geometry = str(table.geometry.name) if isinstance(table, gpd.GeoDataFrame) else None
    reserved = [
        *taken,
        *([_COVERING] if geometry else []),
        *(str(n) for n in table.index.names if n),
    ]
    names = _unique_names(table.columns, reserved, geometry)
    columns = {
        name: table.iloc[:, position]
        if isinstance(table.iloc[:, position], gpd.GeoSeries)
        else plain_column(table.iloc[:, position])
        for position, name in enumerate(names)
    }
    plain = pd.DataFrame(columns, index=table.index, columns=names)
    if geometry is not None:
        plain = gpd.GeoDataFrame(plain, geometry=geometry, crs=table.crs)
    plain.index = table.index.copy()
    plain.attrs = {}
    return plain  # type: ignore[return-value]


def _unique_names(
    columns: Iterable[Any], reserved: Iterable[str], geometry: str | None
) -> list[str]:
    """Names as texts, none twice even where letters' case does not count."""
    taken = {name.casefold() for name in reserved} | ({geometry.casefold()} if geometry else set())
    names = []
    for column in columns:
        if column == geometry:
            names.append(str(column))
            continue
        base = str(column).replace("\x00", "") or "column"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def plain_column(column: pd.Series[Any]) -> pd.Series[Any]:
    """
    Give a column one type that files can hold.

    Parameters
    ----------
    column : Series
        Anything that is not geometry.

    Returns
    -------
    Series
        Numbers, truth values, timestamps or text.
    """
    kinds = pd.api.types
    if not isinstance(column.dtype, pd.CategoricalDtype) and (
        (kinds.is_numeric_dtype(column.dtype) and not kinds.is_complex_dtype(column.dtype))
        or kinds.is_datetime64_any_dtype(column.dtype)
        or isinstance(column.dtype, pd.StringDtype)
    ):
        return column
    values = column.astype(object)
    inferred = kinds.infer_dtype(values, skipna=True)
    if inferred == "boolean":
        return values.astype("boolean")
    if inferred in {"integer", "floating", "mixed-integer-float"}:
        return pd.to_numeric(values).astype(float if inferred != "integer" else "Int64")
    if inferred in {"datetime", "datetime64"}:
        return pd.to_datetime(values, utc=True)
    return pd.Series([_text(v) for v in values], index=column.index, dtype="str")


def _text(value: Any) -> str | None:
    """A cell as text, or null."""
    if isinstance(value, dict | list | tuple | set | frozenset | np.ndarray):
        text = to_json(value)
    elif isinstance(value, bytes):
        return value.hex()
    elif value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return None
    else:
        text = value if isinstance(value, str) else str(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def with_unit_values(units: gpd.GeoDataFrame, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Add to the units a column for each indicator that was computed on them.

    Parameters
    ----------
    units : GeoDataFrame, k rows
        Reporting units, index `unit_id`.
    rows : DataFrame
        Rows of a `Result`.

    Returns
    -------
    GeoDataFrame, k rows
        Columns named "indicator" or "indicator:category", null where undefined or
        suppressed, in the order of the rows.
    """
    of_units = rows[(rows["level"] == "unit") & rows["unit_id"].notna()]
    category = of_units["category"]
    name = (
        of_units["id"]
        .astype("str")
        .where(category.isna(), of_units["id"].astype("str") + ":" + category.astype("str"))
    )
    columns = {
        key: group.drop_duplicates("unit_id").set_index("unit_id")["value"].reindex(units.index)
        for key, group in of_units.groupby(name, sort=False)
    }
    return units.assign(**{key: values.astype(float) for key, values in columns.items()})
