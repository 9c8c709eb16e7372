"""What a raster holds within units, by exact fractions of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import CRSError

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.raster import Raster


def zonal_sum(raster: Raster, units: gpd.GeoDataFrame) -> pd.Series[float]:
    r"""
    Sum of a raster's cells over each unit.

    .. math:: S_u = \sum_c f_{uc} \, x_c

    where :math:`f_{uc}` is the fraction of cell :math:`c` inside unit :math:`u`, so that the
    sum over units that part an area is the sum over the area. Made for counts such as
    inhabitants a cell, not for densities.

    Parameters
    ----------
    raster : Raster
        In any CRS: the units are brought to the raster, never the raster to the units.
    units : GeoDataFrame, k rows, polygons
        Reporting units with a CRS.

    Returns
    -------
    Series of float, units of the raster, k rows
        Indexed like `units`; null where no cell with data lies in the unit.

    Raises
    ------
    CRSError
        If `units` has no CRS.

    References
    ----------
    Baston, D. exactextract (software): fractions of cells covered by polygons.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from pyproj import CRS
    >>> from creative_spatial.raster import Raster
    >>> import numpy as np
    >>> people = Raster(np.array([[10.0, 20.0]]), Affine(100, 0, 0, 0, -100, 100),
    ...                 CRS.from_epsg(32647), "census")
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 150, 100)], index=["town"],
    ...                          crs="EPSG:32647")
    >>> float(zonal_sum(people, units)["town"])
    20.0
    """
    found = _extract(raster, units, ["sum", "count"])
    total = found["sum"].astype(float).where(found["count"] > 0)
    return pd.Series(total.to_numpy(dtype=float), index=units.index, name="zonal_sum")


def class_shares(raster: Raster, units: gpd.GeoDataFrame) -> pd.DataFrame:
    r"""
    Share of each class of a categorical raster in each unit.

    .. math:: s_{uk} = 100 \, \frac{\sum_{c \in k} f_{uc}}{\sum_c f_{uc}}

    over cells with data. It is a share of cells: in a raster of degrees, whose cells shrink
    with latitude, that is a share of area only over a city's extent.

    Parameters
    ----------
    raster : Raster of int
        Class codes, e.g. land cover; in any CRS.
    units : GeoDataFrame, k rows, polygons
        Reporting units with a CRS.

    Returns
    -------
    DataFrame
        One row for each unit and class found anywhere: `unit_id`, `category` (the code),
        `value` in percent (0 where a class is not in the unit, null where the unit has no
        data), `n` (cells of the class, in fractions).

    Raises
    ------
    CRSError
        If `units` has no CRS.

    References
    ----------
    Baston, D. exactextract (software): fractions of cells covered by polygons.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from pyproj import CRS
    >>> from creative_spatial.raster import Raster
    >>> import numpy as np
    >>> cover = Raster(np.array([[10, 80]], dtype="uint8"), Affine(10, 0, 0, 0, -10, 10),
    ...                CRS.from_epsg(32647), "cover")
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 15, 10)], index=["town"],
    ...                          crs="EPSG:32647")
    >>> class_shares(cover, units).set_index("category")["value"].round(1).to_dict()
    {'10': 66.7, '80': 33.3}
    """
    found = _extract(raster, units, ["unique", "frac", "count"])
    rows = [
        (str(unit), code, 100 * fraction, fraction * count)
        for unit, codes, fractions, count in zip(
            units.index, found["unique"], found["frac"], found["count"], strict=True
        )
        for code, fraction in zip(codes, fractions, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["unit_id", "code", "value", "n"])
    every = pd.MultiIndex.from_product(
        [units.index.astype("str"), sorted(table["code"].unique())], names=["unit_id", "code"]
    )
    table = table.set_index(["unit_id", "code"]).reindex(every, fill_value=0.0).reset_index()
    empty = units.index.astype("str")[(found["count"] == 0).to_numpy()]
    table["value"] = table["value"].astype(float).mask(table["unit_id"].isin(empty))
    table.insert(1, "category", [f"{code:g}" for code in table["code"]])
    return table.drop(columns="code").astype({"category": "str"})


def _extract(raster: Raster, units: gpd.GeoDataFrame, operations: list[str]) -> pd.DataFrame:
    """Zonal statistics, one row a unit, in the order of `units`."""
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    if units.crs is None:
        raise CRSError("`units` has no CRS; use `set_crs`.")
    shapes = units[[units.geometry.name]].to_crs(raster.crs).reset_index(drop=True)
    left, bottom, right, top = raster.bounds
    # Classes are integers, and so must be the code for "no data" that a file states as a float.
    nodata = None if raster.nodata is None else raster.values.dtype.type(raster.nodata).item()
    source = NumPyRasterSource(
        raster.values, left, bottom, right, top, nodata=nodata, srs_wkt=raster.crs.to_wkt()
    )
    table: Any = exact_extract(source, shapes, operations, output="pandas")
    return pd.DataFrame(table)
