"""Records of every source side by side, with what their comparison needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.crs import require_crs
from creative_spatial.errors import LayerSchemaError
from creative_spatial.preparation.conflation.readings import Reading, read_name
from creative_spatial.preparation.uncertainty import position_uncertainty
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

_OTHER_NAMES = ("alt_name", "old_name", "official_name", "short_name", "loc_name")


@dataclass(frozen=True)
class Records:
    """One item a record, sources one after another in the order given."""

    names: tuple[str, ...]
    source: NDArray[np.int64]
    ids: NDArray[np.object_]
    shapes: NDArray[np.object_]
    uncertainty: NDArray[np.float64]
    concepts: NDArray[np.object_]
    also: tuple[frozenset[str], ...]
    readings: tuple[tuple[Reading, ...], ...]

    def __len__(self) -> int:
        """Number of records."""
        return len(self.ids)


def gather(layers: Mapping[str, gpd.GeoDataFrame], place_names: tuple[str, ...]) -> Records:
    """
    Put the layers' records side by side.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame, metres
        Layers by the name that the result calls them.
    place_names : tuple of str
        Names of the town.

    Returns
    -------
    Records
        In the order of the layers.

    Raises
    ------
    LayerSchemaError
        If a column is missing, or one id is in two layers.
    CRSError
        If the layers are not in one CRS.
    """
    first = next(iter(layers.values()))
    for name, layer in layers.items():
        require_columns(layer, "name", "concept", name=name)
        require_crs(first.crs, **{name: layer})
    ids = np.concatenate([np.asarray(layer.index, dtype=object) for layer in layers.values()])
    if twice := pd.Index(ids)[pd.Index(ids).duplicated()][:3].tolist():
        raise LayerSchemaError(
            f"Two records have one id, e.g. {twice}; ids are '<source>:<id>' and differ between layers."
        )
    frames = list(layers.values())
    return Records(
        names=tuple(layers),
        source=np.repeat(np.arange(len(frames)), [len(frame) for frame in frames]),
        ids=ids,
        shapes=np.concatenate([frame.geometry.to_numpy() for frame in frames]),
        uncertainty=np.concatenate([position_uncertainty(frame) for frame in frames]),
        concepts=np.concatenate([frame["concept"].to_numpy(dtype=object) for frame in frames]),
        also=tuple(concepts for frame in frames for concepts in _also(frame)),
        readings=tuple(found for frame in frames for found in _readings(frame, place_names)),
    )


def _also(layer: gpd.GeoDataFrame) -> list[frozenset[str]]:
    """Each record's own concept and the others it carries."""
    others = layer["also_concepts"] if "also_concepts" in layer else [None] * len(layer)
    return [
        frozenset([concept, *(str(other).split(";") if isinstance(other, str) else ())]) - {""}
        for concept, other in zip(layer["concept"], others, strict=True)
    ]


def _readings(layer: gpd.GeoDataFrame, place_names: tuple[str, ...]) -> list[tuple[Reading, ...]]:
    columns = [name for name in layer.columns if str(name).partition(":")[0] == "name"]
    names: list[dict[str, None]] = [{} for _ in range(len(layer))]
    for column in columns:
        for row, value in enumerate(layer[column]):
            if isinstance(value, str):
                names[row][value] = None
    if "tags" in layer:
        for row, tags in enumerate(layer["tags"]):
            names[row].update(dict.fromkeys(_tagged_names(tags)))
    return [
        tuple(reading for name in known for reading in read_name(name, place_names))
        for known in names
    ]


def _tagged_names(tags: object) -> list[str]:
    """Other names among an OpenStreetMap object's tags."""
    if not isinstance(tags, str) or not any(key in tags for key in _OTHER_NAMES):
        return []
    try:
        table = json.loads(tags)
    except ValueError:
        return []
    if not isinstance(table, dict):
        return []
    values = (value for key, value in table.items() if key.partition(":")[0] in _OTHER_NAMES)
    return [part.strip() for value in values for part in str(value).split(";") if part.strip()]
