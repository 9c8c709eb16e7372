"""An inventory as one flat table: one row an asset, for a spreadsheet or a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.crs import WGS84
from creative_spatial.preparation.inventory.core import COLUMNS
from creative_spatial.preparation.uncertainty import with_uncertainty
from creative_spatial.schema import BASIS, INDEX, require_columns

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.taxonomy import Crosswalk, Taxonomy

_DECIMALS = 6
_OF_LAYER = (
    "kind", "community", *COLUMNS, "stage", "heritage_form", "status", "confidence", "accuracy",
    "also_ids", "source_id",
)  # fmt: skip


def inventory_table(
    layer: gpd.GeoDataFrame, taxonomy: Taxonomy, crosswalk: Crosswalk
) -> pd.DataFrame:
    """
    Write a layer as a table with one row an asset.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        As `inventory_columns` returns it, annotated by the taxonomy. Pass what may be shown:
        positions are written as they are.
    taxonomy : Taxonomy
        Which fields each concept serves, and how strongly.
    crosswalk : Crosswalk
        Domains of cultural statistics, e.g. `creative_spatial.taxonomy.fcs2009`.

    Returns
    -------
    DataFrame, n rows
        `feature_id`, names, `concept`, what `inventory_columns` says, `fields`
        ("gastronomy:direct;crafts:weak"), `fcs` (codes, the first is the one it counts in),
        `uncertainty_m` and `uncertainty_basis` (as `with_uncertainty` has them: assumed where
        nobody states it), `lon` and `lat` in degrees of a point in or on the feature.

    Raises
    ------
    LayerSchemaError
        If the layer lacks `name`, `concept` or `source_id`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from creative_spatial.taxonomy import Taxonomy, fcs2009
    >>> taxonomy = Taxonomy.load()
    >>> places = gpd.GeoDataFrame(
    ...     {"name": ["Market"], "concept": "food_market", "source_id": "city"},
    ...     geometry=gpd.points_from_xy([100.59], [7.2]), crs="EPSG:4326",
    ...     index=pd.Index(["city:1"], name="feature_id"))
    >>> row = inventory_table(taxonomy.annotate(places), taxonomy, fcs2009()).iloc[0]
    >>> row["feature_id"], row["fields"], row["fcs"], float(row["uncertainty_m"])
    ('city:1', 'gastronomy:direct', 'T1-gastronomy', 250.0)
    """
    require_columns(layer, "name", "concept", "source_id", name="layer")
    concepts = layer["concept"].astype("str")
    domains = crosswalk.domains_of(taxonomy).sort_values("rank", kind="stable")
    codes = domains.groupby("concept")["code"].agg(";".join)
    fields = {
        concept.id: ";".join(f"{name}:{strength}" for name, strength in concept.fields.items())
        for concept in taxonomy.concepts.values()
    }
    columns: dict[str, Any] = {INDEX: np.asarray(layer.index.astype("str"))}
    names = [name for name in layer.columns if str(name).partition(":")[0] == "name"]
    columns |= {str(name): layer[name].to_numpy() for name in names}
    columns["concept"] = concepts.to_numpy()
    columns |= {name: layer[name].array if name in layer else None for name in _OF_LAYER}
    columns["fields"] = concepts.map(fields).replace("", None).to_numpy()
    columns["fcs"] = concepts.map(codes).to_numpy()
    placed = with_uncertainty(layer)
    columns |= {name: placed[name].array for name in ("uncertainty_m", BASIS)}
    degrees = layer.geometry.representative_point().to_crs(WGS84)
    columns |= {
        "lon": degrees.x.round(_DECIMALS).to_numpy(),
        "lat": degrees.y.round(_DECIMALS).to_numpy(),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(layer)))
