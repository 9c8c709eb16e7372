"""Repairs taken back: what stood in the file stands in the layer again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from creative_spatial.crs import make_transformer
from creative_spatial.errors import CRSError
from creative_spatial.loaders.repair.ledger import GEOMETRY, WITHHELD, Repair

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

# Mended before there was a geometry: the cells come back as columns, and the row has no place.
_OF_CELLS = ("dms", "digits", "decimal_comma", "number_marks")


def undo_repairs(
    layer: gpd.GeoDataFrame, repairs: Iterable[Repair] | pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """
    Take repairs back, all of a layer's or some of them.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        As a reader returns it, or a part of that.
    repairs : iterable of Repair, or DataFrame, optional
        Which; rows of ``CityData.repairs`` serve too. All that the layer's ``attrs`` record
        otherwise.

    Returns
    -------
    GeoDataFrame, n rows
        A copy in which the recorded cells and shapes are what they were in the file. Where
        no place can be made of them (degrees and minutes that nobody read, values that are
        no coordinates), the shape is null and the cells stand in a column of the file's
        name. What is withheld, and what was mended for the whole file at once (an
        encoding: state it as `encoding`), stays.

    Raises
    ------
    CRSError
        If a shape is to come back and nothing says what the file's shapes are in.

    Examples
    --------
    >>> import geopandas as gpd
    >>> layer = gpd.GeoDataFrame(
    ...     {"name": ["วัด"]}, index=pd.Index(["hall:1"], name="feature_id"),
    ...     geometry=gpd.points_from_xy([100.59], [7.2]), crs="EPSG:4326")
    >>> mended = [Repair("mojibake", 2, "name", "ÇÑ´", "วัด", "hall:1")]
    >>> undo_repairs(layer, mended)["name"].tolist()
    ['ÇÑ´']
    """
    given = layer.attrs.get("repairs", ()) if repairs is None else repairs
    records = [r for r in _records(given) if r.feature_id in layer.index and r.before != WITHHELD]
    undone = layer.copy()
    shapes: dict[str, Any] = {}
    for record in reversed(records):  # the first of several repairs has what the file had
        if record.column == GEOMETRY:
            shapes[record.feature_id] = record.before
            continue
        if record.kind in _OF_CELLS and record.column not in layer:
            shapes[record.feature_id] = None
        if record.column not in undone:
            undone[record.column] = pd.Series(None, index=undone.index, dtype="object")
        undone[record.column] = _with_cell(undone[record.column], record)
    return _with_shapes(undone, shapes) if shapes else undone


def _records(repairs: Iterable[Repair] | pd.DataFrame) -> list[Repair]:
    """Repairs, whichever way they come."""
    if not isinstance(repairs, pd.DataFrame):
        return list(repairs)
    return [Repair(*values) for values in repairs[list(Repair._fields)].itertuples(index=False)]


def _with_cell(column: pd.Series[Any], record: Repair) -> pd.Series[Any]:
    """A column with one cell as it was."""
    values = column.astype("object")
    values.loc[record.feature_id] = record.before
    whole = values.dropna().map(lambda value: isinstance(value, str)).all()
    return values.astype("str") if whole else values


def _with_shapes(layer: gpd.GeoDataFrame, shapes: dict[str, Any]) -> gpd.GeoDataFrame:
    """A layer with some shapes as they were, in its own CRS."""
    own = layer.attrs.get("file_crs")
    if own is None and any(text is not None for text in shapes.values()):
        raise CRSError(
            'The layer does not say what its file\'s shapes are in (`layer.attrs["file_crs"]`); '
            "take the layer as the reader returned it."
        )
    before = shapely.from_wkt(np.array(list(shapes.values()), dtype=object))
    if own is not None:
        before = _moved(before, CRS.from_user_input(own), CRS.from_user_input(layer.crs))
    before[~np.isfinite(shapely.bounds(before)).all(axis=1)] = None
    values = layer.geometry.to_numpy().copy()
    values[layer.index.get_indexer(pd.Index(list(shapes)))] = before
    return layer.set_geometry(values, crs=layer.crs)


def _moved(shapes: NDArray[np.object_], own: CRS, target: CRS) -> NDArray[np.object_]:
    """Shapes in another CRS, with the heights that they have."""
    if own == target:
        return shapes
    transformer = make_transformer(own, target)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y, *points.T[2:]])

    high = shapely.has_z(shapes)
    moved = shapes.copy()
    moved[~high] = shapely.transform(shapes[~high], move)
    moved[high] = shapely.transform(shapes[high], move, include_z=True)
    return moved
