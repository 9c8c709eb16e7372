"""How well each record's place is known: as its source says, or as is assumed of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.resources.conflation import conflation_facts
from creative_spatial.schema import ASSUMED, BASIS, GENERALISED, STATED

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Ids of OpenStreetMap's objects behind the id of whichever source they were read as.
_OF_OPENSTREETMAP = r"osm:.*|[^:]+:(?:node|way|relation|sea)/-?\d+(?:/.*)?"
# Surveyed places were stood at; invented ones are where they were drawn.
_EXACT = ("surveyed", "illustrative")


def position_uncertainty(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """
    Positional uncertainty of each record, assumed where it is not given.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        Index `feature_id`; optional `uncertainty_m` and `accuracy`.

    Returns
    -------
    array of float, metres, n items
        Never null: objects of OpenStreetMap, surveyed records and invented ones are taken for
        exact to `osm_uncertainty_m`, other lists to `list_uncertainty_m`
        (``resources/conflation.toml``).
    """
    limits = conflation_facts().limits
    ids = pd.Series(layer.index, dtype="str")
    exact = ids.str.fullmatch(_OF_OPENSTREETMAP).to_numpy(dtype=bool, na_value=False)
    if "accuracy" in layer:
        exact = exact | layer["accuracy"].isin(_EXACT).to_numpy(dtype=bool)
    assumed = np.where(exact, limits.osm_uncertainty_m.value, limits.list_uncertainty_m.value)
    given = _given(layer)
    return np.where(np.isnan(given), assumed, given)


def with_uncertainty(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Say of every record how well its place is known, and whether its source says so.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Index `feature_id`; optional `uncertainty_m`, `accuracy` and `dataGeneralizations`.

    Returns
    -------
    GeoDataFrame, n rows
        With `uncertainty_m` (metres; null where there is no place at all) and
        `uncertainty_basis`: "stated" by the record or its source, "generalised" where
        `dataGeneralizations` says that the place is a cell's, or "assumed" as
        `position_uncertainty` does, which has no bearing on how a map draws the place.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame({"uncertainty_m": [15.0, None, None]},
    ...     geometry=gpd.points_from_xy([0, 1, 2], [0, 1, 2]),
    ...     index=["city:1", "city:2", "osm:node/3"])
    >>> known = with_uncertainty(places)
    >>> known["uncertainty_m"].tolist(), known["uncertainty_basis"].tolist()
    ([15.0, 250.0, 20.0], ['stated', 'assumed', 'assumed'])
    """
    placed = layer.geometry.notna().to_numpy()
    stated = placed & ~np.isnan(_given(layer))
    basis = pd.Series(np.where(stated, STATED, ASSUMED), index=layer.index, dtype="str")
    if "dataGeneralizations" in layer:
        basis = basis.mask(stated & layer["dataGeneralizations"].notna(), GENERALISED)
    metres = np.where(placed, position_uncertainty(layer), np.nan)
    return layer.assign(uncertainty_m=metres, **{BASIS: basis.where(placed)})


def _given(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """What the records say themselves; null where they do not, or it is no length."""
    if "uncertainty_m" not in layer:
        return np.full(len(layer), np.nan)
    given = pd.to_numeric(layer["uncertainty_m"], errors="coerce").to_numpy(dtype=float)
    said = np.isfinite(given) & (given >= 0)
    if BASIS in layer:
        said &= (layer[BASIS] != ASSUMED).to_numpy(dtype=bool)
    return np.where(said, given, np.nan)


__all__ = ["position_uncertainty", "with_uncertainty"]
