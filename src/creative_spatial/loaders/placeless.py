"""Living heritage that has no single place: its rows are kept, in no layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.loaders.repair.ledger import Records
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.features import LayerOptions

PLACELESS = "placeless"


def may_lack_place(table: pd.DataFrame, options: LayerOptions, build: Build) -> NDArray[np.bool_]:
    """
    Say which rows may do without a place: an event or a practice, and no building.

    Parameters
    ----------
    table : DataFrame, n rows
        Under our column names, indexed by row number.
    options : LayerOptions
        What the layer's words for concepts mean.
    build : Build
        Knows which rows are not for everybody: those stay out.

    Returns
    -------
    array of bool, shape (n,)
        True where the concept's `heritage_form` is one that ``resources/inventory.toml`` calls
        placeless.
    """
    nothing = np.zeros(len(table), dtype=bool)
    if options.taxonomy is None or (options.concept is None and "concept" not in table):
        return nothing
    forms = {name for name, word in inventory_facts().forms.items() if word.placeless}
    fitting = {
        concept_id
        for concept_id in options.taxonomy.concepts
        if options.taxonomy.concept(concept_id).attributes.get("heritage_form") in forms
    }
    public = np.array([build.is_public(row) for row in table.index], dtype=bool)
    if options.concept is not None:
        return public & (options.concept in fitting)
    ours = {word.strip().casefold(): concept for word, concept in options.concepts.items()}
    said = table["concept"].map(lambda word: str(word).strip(), na_action="ignore")
    named = said.map(lambda word: ours.get(word.casefold(), word), na_action="ignore")
    return public & named.isin(fitting).to_numpy(dtype=bool)


def part_placeless(
    frame: gpd.GeoDataFrame, options: LayerOptions, build: Build
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """
    Part the rows that have no place and may do without.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number.
    options : LayerOptions
        As in `may_lack_place`.
    build : Build
        As in `may_lack_place`.

    Returns
    -------
    frame : GeoDataFrame
        The other rows.
    placeless : GeoDataFrame
        Those rows.
    """
    shapes = frame.geometry.to_numpy()
    lost = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    lost = lost & may_lack_place(frame, options, build) if lost.any() else lost
    return frame[~lost], frame[lost]


def rejoined(layer: gpd.GeoDataFrame, placeless: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Put rows without a place below those that have one.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        In the working CRS.
    placeless : GeoDataFrame, m rows
        Of any CRS.

    Returns
    -------
    GeoDataFrame, n + m rows
        The layer itself where there are none.
    """
    if not len(placeless):
        return layer
    bare = pd.DataFrame(placeless.drop(columns=placeless.geometry.name))
    nowhere = gpd.GeoDataFrame(bare, geometry=no_shapes(len(bare)), crs=layer.crs)
    return pd.concat([layer, nowhere]) if len(layer) else nowhere


def as_records(placeless: gpd.GeoDataFrame) -> Records[dict[str, object]]:
    """
    Write rows as a layer's ``attrs`` can hold them.

    Parameters
    ----------
    placeless : GeoDataFrame, n rows
        Index `feature_id`.

    Returns
    -------
    Records of dict
        One a row, without geometry.
    """
    table = pd.DataFrame(placeless.drop(columns=placeless.geometry.name)).reset_index(names=INDEX)
    return Records(table.to_dict("records"))  # type: ignore[arg-type]


def as_layer(records: Records[dict[str, object]], crs: Any) -> gpd.GeoDataFrame:
    """
    Make a frame of such records again.

    Parameters
    ----------
    records : Records of dict
        As `as_records` writes them.
    crs : CRS-like
        The working CRS.

    Returns
    -------
    GeoDataFrame, n rows
        Index `feature_id`; no row has a geometry.
    """
    table = pd.DataFrame(list(records)).set_index(INDEX)
    return gpd.GeoDataFrame(table, geometry=no_shapes(len(table)), crs=crs)


def no_shapes(n: int) -> NDArray[np.object_]:
    """
    Make the geometries of rows that have no place.

    Parameters
    ----------
    n : int
        How many.

    Returns
    -------
    array of None, shape (n,)
        Null throughout.
    """
    return np.full(n, None, dtype=object)
