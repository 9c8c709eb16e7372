"""Events with their calendar as one flat table: one row an event, with a place or without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.preparation.uncertainty import with_uncertainty
from creative_spatial.schema import BASIS, INDEX, require_columns

if TYPE_CHECKING:
    import geopandas as gpd

TIMES = ("months", "starts", "ends", "recurrence")
EVENT = "event"
_PLACES = {0: "point", 1: "line", 2: "area"}
_OF_LAYER = ("heritage_form", "community", *TIMES)
_AFTER = ("status", "confidence", "accuracy", "source_id")


def event_table(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    List the events of a layer: what has that form of heritage, or any time.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry or none
        With `name`, `concept`, `source_id`; where known, `heritage_form`, `months`, `starts`,
        `ends`, `recurrence`. Every row without a geometry is listed, whatever its form: it is
        in no layer, and would be lost.

    Returns
    -------
    DataFrame, at most n rows
        `feature_id`, names, `concept`, `heritage_form`, `community`, the times, `place`
        (point, line, area; null where it has none), `place_known`, and what the layer says of
        status, confidence, accuracy and source; `uncertainty_m` and `uncertainty_basis`, as
        `with_uncertainty` has them.

    Raises
    ------
    LayerSchemaError
        If the layer lacks `name`, `concept` or `source_id`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> held = gpd.GeoDataFrame({
    ...     "name": ["Boat procession", "Vegetarian festival", "Museum"],
    ...     "concept": ["procession", "food_festival", "museum"], "source_id": "city",
    ...     "heritage_form": ["event", "event", "tangible"], "months": ["10", "9;10", None],
    ... }, geometry=[shapely.LineString([(0, 0), (1, 1)]), None, shapely.Point(0, 0)],
    ...     index=pd.Index(["c:1", "c:2", "c:3"], name="feature_id"))
    >>> event_table(held)[["name", "months", "place_known"]].values.tolist()
    [['Boat procession', '10', True], ['Vegetarian festival', '9;10', False]]
    """
    require_columns(layer, "name", "concept", "source_id", name="layer")
    shapes = layer.geometry.to_numpy()
    nowhere = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    asked = nowhere.copy()
    if "heritage_form" in layer:
        asked |= (layer["heritage_form"] == EVENT).to_numpy(dtype=bool)
    for column in TIMES:
        if column in layer:
            asked |= layer[column].notna().to_numpy(dtype=bool)
    rows, shapes, nowhere = layer[asked], shapes[asked], nowhere[asked]
    places = [
        None if lost else _PLACES.get(int(dimension))
        for lost, dimension in zip(nowhere, shapely.get_dimensions(shapes), strict=True)
    ]
    columns: dict[str, Any] = {INDEX: np.asarray(rows.index.astype("str"))}
    names = [str(name) for name in rows.columns if str(name).partition(":")[0] == "name"]
    columns |= {name: _text(rows, name) for name in (*names, "concept", *_OF_LAYER)}
    columns["place"] = pd.array(np.array(places, dtype=object), dtype="str")
    columns["place_known"] = ~nowhere
    columns |= {name: _text(rows, name) for name in _AFTER}
    known = with_uncertainty(rows)
    columns |= {name: known[name].array for name in ("uncertainty_m", BASIS)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def _text(rows: pd.DataFrame, column: str) -> Any:
    """A column as text; null throughout where a layer has none."""
    cells = rows[column].to_numpy(dtype=object) if column in rows else np.full(len(rows), None)
    return pd.array(cells, dtype="str")
