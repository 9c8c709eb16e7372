"""
Everything the package raises or warns on purpose.

One base, so that a script can catch the package's own faults and nothing else.
Each error is also the builtin that a caller would expect.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Fault(NamedTuple):
    """
    One of the things that an error is about, for reports that list them apart.

    Parameters
    ----------
    message : str
        What, where and what to do.
    kind : str
        Id in ``resources/findings.toml``; that of the error where it is left out.
    rows : tuple of int or str
        Row numbers as the file's owner counts them; all of them.
    """

    message: str
    kind: str = ""
    rows: tuple[int | str, ...] = ()


class CreativeSpatialError(Exception):
    """
    Base of every error the package raises on purpose.

    Parameters
    ----------
    *args : object
        The message.
    kind : str, optional
        Id in ``resources/findings.toml``; that of the class otherwise.
    rows : iterable of int or str
        Row numbers that it is about.
    faults : iterable of Fault
        What the message lists, one by one.
    """

    kind: str = "input"

    def __init__(
        self,
        *args: object,
        kind: str | None = None,
        rows: Iterable[int | str] = (),
        faults: Iterable[Fault] = (),
    ) -> None:
        super().__init__(*args)
        self.kind = kind or type(self).kind
        self.rows = tuple(rows)
        self.faults = tuple(faults)


class ConfigError(CreativeSpatialError, ValueError):
    """A TOML file (a city's or a resource) is wrong; the message lists every fault."""

    kind = "config"


class CRSError(CreativeSpatialError, ValueError):
    """A coordinate reference system is missing, unsuitable or different."""

    kind = "crs"


class LayerSchemaError(CreativeSpatialError, ValueError):
    """A table is not the layer that was asked for; the message lists every fault."""

    kind = "schema"


class LoadError(CreativeSpatialError, ValueError):
    """A file was found but cannot be read as what it claims to be."""

    kind = "unreadable"


class SourceUnavailableError(CreativeSpatialError, OSError):
    """A source could not be reached, so nothing is known: not the same as "none found"."""

    kind = "unavailable"


class GeometryError(CreativeSpatialError, ValueError):
    """A geometry cannot serve: crossing itself, empty, without area."""

    kind = "geometry"


class TaxonomyError(CreativeSpatialError, KeyError):
    """A concept, field, pillar or legend group is not known."""

    kind = "concept"

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class IndicatorError(CreativeSpatialError, ValueError):
    """An indicator's specification or its inputs do not fit its function."""

    kind = "indicator"


class InsufficientDataError(IndicatorError):
    """The data are too few to answer: a run goes on, and says so in place of the number."""


class OutputError(CreativeSpatialError, OSError):
    """Results cannot be written where they were asked for."""


class InputError(CreativeSpatialError, ValueError):
    """
    Several inputs of one city are at fault; the message lists every fault of each.

    Parameters
    ----------
    errors : sequence of CreativeSpatialError
        What each of them raised, with the file in its message.
    """

    def __init__(self, errors: Sequence[CreativeSpatialError]) -> None:
        listed = "\n".join(str(error) for error in errors)
        super().__init__(f"{len(errors)} inputs are at fault.\n{listed}")
        self.errors = tuple(errors)

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[CreativeSpatialError, ...]]]:
        return type(self), (self.errors,)


class CreativeSpatialWarning(UserWarning):
    """
    Base of every warning the package gives.

    Parameters
    ----------
    *args : object
        The message.
    kind : str, optional
        Id in ``resources/findings.toml``; that of the class otherwise.
    rows : iterable of int or str
        Row numbers that it is about.
    severity : {"warning", "note"}, optional
        A note asks for nothing; that of the class otherwise.
    """

    kind: str = "quality"
    severity: Literal["warning", "note"] = "warning"

    def __init__(
        self,
        *args: object,
        kind: str | None = None,
        rows: Iterable[int | str] = (),
        severity: Literal["warning", "note"] | None = None,
    ) -> None:
        super().__init__(*args)
        self.kind = kind or type(self).kind
        self.rows = tuple(rows)
        self.severity = severity or type(self).severity


class EmptyLayerWarning(CreativeSpatialWarning):
    """The source answered, and there is nothing of the kind in the area."""

    kind = "empty"


class DataQualityWarning(CreativeSpatialWarning):
    """Something in the data was left out, guessed at or looks wrong."""

    kind = "quality"


class RepairWarning(DataQualityWarning):
    """Something in the data was mended; what stood there is recorded."""

    severity = "note"


class FontWarning(CreativeSpatialWarning):
    """A text needs a script that no bundled font covers."""

    kind = "font"


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
