"""Conditions on attributes in one language, SQL, whatever the file is."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from creative_spatial.errors import LoadError

if TYPE_CHECKING:
    import geopandas as gpd

Table = TypeVar("Table", pd.DataFrame, "gpd.GeoDataFrame")
_ROW = "cs_row_number"


def select_rows(table: Table, where: str, file: str) -> Table:
    """
    Keep the rows of a table in memory that fit a condition in SQL.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        Any table.
    where : str
        As GDAL takes it for files, e.g. ``"kind = 'temple' AND since < 1900"``.
    file : str
        What messages call the table.

    Returns
    -------
    DataFrame or GeoDataFrame
        The rows that fit, in their order.

    Raises
    ------
    LoadError
        If the condition cannot be understood, with the columns there are.

    Examples
    --------
    >>> select_rows(pd.DataFrame({"kind": ["temple", "shop"]}), "kind = 'shop'", "x.csv").index.tolist()
    [1]
    """
    import pyogrio

    plain = pd.DataFrame(
        {
            name: column if pd.api.types.is_numeric_dtype(column) else column.astype("str")
            for name, column in table.items()
            if name != "geometry"
        }
    ).reset_index(drop=True)
    plain[_ROW] = range(len(plain))
    store = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a GeoPackage without a file name
            pyogrio.write_dataframe(plain, store, driver="GPKG", layer="attributes")
            found = pyogrio.read_dataframe(store.getvalue(), where=where, columns=[_ROW])
    except (pyogrio.errors.DataSourceError, ValueError, RuntimeError) as error:
        raise LoadError(
            f"{file}: `where` {where!r} is no condition on its columns "
            f"{[str(name) for name in plain.columns[:-1]]}: {error}"
        ) from error
    return table.iloc[sorted(found[_ROW].astype(int))]
