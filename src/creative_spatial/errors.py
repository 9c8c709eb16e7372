"""
Everything the package raises or warns on purpose.

One base, so that a script can catch the package's own faults and nothing else.
Each error is also the builtin that a caller would expect.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class CreativeSpatialError(Exception):
    """Base of every error the package raises on purpose."""


class ConfigError(CreativeSpatialError, ValueError):
    """A TOML file (a city's or a resource) is wrong; the message lists every fault."""


class CRSError(CreativeSpatialError, ValueError):
    """A coordinate reference system is missing, unsuitable or different."""


class LayerSchemaError(CreativeSpatialError, ValueError):
    """A table is not the layer that was asked for; the message lists every fault."""


class LoadError(CreativeSpatialError, ValueError):
    """A file was found but cannot be read as what it claims to be."""


class SourceUnavailableError(CreativeSpatialError, OSError):
    """A source could not be reached, so nothing is known: not the same as "none found"."""


class GeometryError(CreativeSpatialError, ValueError):
    """A geometry cannot serve: crossing itself, empty, without area."""


class TaxonomyError(CreativeSpatialError, KeyError):
    """A concept, field, pillar or legend group is not known."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class IndicatorError(CreativeSpatialError, ValueError):
    """An indicator's specification or its inputs do not fit its function."""


class OutputError(CreativeSpatialError, OSError):
    """Results cannot be written where they were asked for."""


class CreativeSpatialWarning(UserWarning):
    """Base of every warning the package gives."""


class EmptyLayerWarning(CreativeSpatialWarning):
    """The source answered, and there is nothing of the kind in the area."""


class DataQualityWarning(CreativeSpatialWarning):
    """Something in the data was left out, guessed at or looks wrong."""


class RepairWarning(DataQualityWarning):
    """Something in the data was mended; what stood there is recorded."""


class FontWarning(CreativeSpatialWarning):
    """A text needs a script that no bundled font covers."""


@contextlib.contextmanager
def recorded() -> Iterator[list[str]]:
    """
    Note the package's warnings on the way, and let each through once.

    Yields
    ------
    list of str
        Filled with each message once, when the block ends.
    """
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    once = {(warning.category, str(warning.message)): warning for warning in caught}
    for warning in once.values():
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    ours = [w for w in caught if issubclass(w.category, CreativeSpatialWarning)]
    said += dict.fromkeys(str(warning.message) for warning in ours)
