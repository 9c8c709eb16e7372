"""File names made of ids, and of nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def check_layer_names(names: Iterable[str]) -> None:
    """
    Raise unless every layer's name can name a file and a table of the GeoPackage.

    Parameters
    ----------
    names : iterable of str
        Names of the layers.

    Raises
    ------
    OutputError
        If one cannot, or is a name the GeoPackage keeps for itself.
    """
    for name in names:
        if _RESERVED.fullmatch(file_stem(name, kind="layer")):
            raise OutputError(
                f"The layer name {name!r} is reserved in city.gpkg; rename the layer."
            )
