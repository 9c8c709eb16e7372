"""File names made of ids, and of nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MOST_COLUMNS = 1_990
"""SQLite's 2,000, less the index, the geometry and the like."""
_SLUG = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}")
_RESERVED = re.compile(r"units|boundaries|layer_styles|(gpkg|sqlite|rtree)_.*")


def file_stem(identifier: str, *, kind: str) -> str:
    """
    Return an id that may serve as a file's name, or raise.

    Ids come from a city's files; one with a slash or two dots would write elsewhere.

    Parameters
    ----------
    identifier : str
        Id of a table, layer or map.
    kind : str
        What the message calls it.

    Returns
    -------
    str
        The same id.

    Raises
    ------
    OutputError
        Unless it consists of a-z, 0-9, "_" and "-", at most 100 of them.

    Examples
    --------
    >>> file_stem("pillar-2-culture", kind="map")
    'pillar-2-culture'
    >>> file_stem("../overview", kind="map")
    Traceback (most recent call last):
    creative_spatial.errors.OutputError: The map id '../overview' cannot name a file: ...
    """
    if not isinstance(identifier, str) or not _SLUG.fullmatch(identifier):
        raise OutputError(
            f"The {kind} id {str(identifier)[:120]!r} cannot name a file: use only a-z, 0-9, "
            "'_' and '-', at most 100 of them, and no '-' first."
        )
    return identifier


def check_layers(layers: Mapping[str, pd.DataFrame]) -> None:
    """
    Raise unless every layer can be a file and a table of the GeoPackage.

    Parameters
    ----------
    layers : mapping of str to DataFrame
        Layers by name.

    Raises
    ------
    OutputError
        If a name cannot be one, or is one the GeoPackage keeps for itself; or if a layer
        has more columns than a GeoPackage holds.
    """
    for name, layer in layers.items():
        if _RESERVED.fullmatch(file_stem(name, kind="layer")):
            raise OutputError(
                f"The layer name {name!r} is reserved in city.gpkg; rename the layer."
            )
        if len(layer.columns) > MOST_COLUMNS:
            raise OutputError(
                f"The layer {name!r} has {len(layer.columns):,} columns, and a GeoPackage holds "
                f"{MOST_COLUMNS:,}: take those that nobody needs out of the files it is read from."
            )
