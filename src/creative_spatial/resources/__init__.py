"""
Reading TOML tables into frozen models, with every fault named at once.

The package's own facts lie beside this file; a city's folder holds tables of the same
shape that add to them or replace entries by id.
"""

from __future__ import annotations

import difflib
import tomllib
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from creative_spatial.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST_SHOWN = 200

Model = TypeVar("Model", bound="Facts")


class Facts(BaseModel):
    """Base of every table read from TOML: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def resource_path(*parts: str) -> Path:
    """
    Path of a file shipped with the package.

    Parameters
    ----------
    *parts : str
        Path below `resources`.

    Returns
    -------
    Path
        An existing file or folder.
    """
    return Path(str(files(__name__).joinpath(*parts)))


def read_toml(path: Path) -> dict[str, Any]:
    """
    Read a TOML file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    ConfigError
        If it is missing, not UTF-8 or not TOML; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file.") from error
    except IsADirectoryError as error:
        raise ConfigError(f"{path} is a folder; name the TOML file in it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path.name} cannot be read as UTF-8 text ({error}); save it as UTF-8."
        ) from error
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name}: {error}.") from error


def parse(model: type[Model], table: Mapping[str, Any], *, where: str) -> Model:
    """
    Make a model of a table, or list everything that is wrong with it.

    Parameters
    ----------
    model : type of Facts
        What the table must be.
    table : mapping
        The table as read.
    where : str
        File and table name, for the message.

    Returns
    -------
    Facts
        The frozen model.

    Raises
    ------
    ConfigError
        Naming each key at fault; an unknown key comes with the likely one.
    """
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        faults = [_fault(model, fault, where) for fault in _own_faults(error.errors())]
        raise ConfigError("\n".join(faults), faults=map(Fault, faults)) from None


def without_unknown_keys(
    model: type[Facts], table: Mapping[str, Any], *, guarded: Collection[str] = ()
) -> dict[str, Any]:
    """
    Take out of a table the keys that a model does not know, at any depth.

    Parameters
    ----------
    model : type of Facts
        What the table must be.
    table : mapping
        The table as read.
    guarded : collection of str
        Keys that are not to be lost: what seems a misspelling of one is taken for it.

    Returns
    -------
    dict
        A copy; what else is wrong with it stays.
    """
    kept = deepcopy(dict(table))
    try:
        model.model_validate(kept)
    except ValidationError as error:
        for fault in error.errors():
            if fault["type"] == "extra_forbidden":
                *above, key = fault["loc"]
                inner: Any = kept
                for part in above:
                    inner = inner[part]
                value = inner.pop(key)
                known = set(_keys_at(model, tuple(above))).intersection(guarded)
                for near in difflib.get_close_matches(str(key).casefold(), known, n=1):
                    inner.setdefault(near, value)
    return kept


def _own_faults(faults: list[Any]) -> list[Any]:
    """Faults without those that only follow from another: a list too short for want of its rows."""
    above = {fault["loc"][:depth] for fault in faults for depth in range(1, len(fault["loc"]))}
    return [f for f in faults if not (f["type"] == "too_short" and f["loc"] in above)]


def _fault(model: type[BaseModel], fault: Any, where: str) -> str:
    """One line for one of pydantic's faults, in the words of the file."""
    path = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, fault["loc"][:-1])
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(known))}"
        return f"{where}: unknown key {path!r}{hint}"
    if fault["type"] == "missing":
        return f"{where}: {path!r} is missing"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch" and "a-z0-9_-" in message:
        message = "an id is made of a-z, 0-9, '_' and '-', and begins with a letter or a digit"
    if fault["type"] == "secret":
        return f"{where}: {path!r}: {message}"
    return (
        f"{where}: {path!r}: {message} (found {_shown(fault['input'])})"
        if path
        else f"{where}: {message}"
    )


def _shown(value: Any) -> str:
    """What was found, as far as it serves to find it."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Names a table may have at a place inside a model."""
    current: Any = model
    for part in loc:
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return []
        if isinstance(part, int):
            continue
        info = next((f for n, f in current.model_fields.items() if part in {n, f.alias}), None)
        if info is None:
            return []
        current = _inner_model(info.annotation)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [info.alias or name for name, info in current.model_fields.items()]
    return []


def _inner_model(annotation: Any) -> Any:
    """The model inside list[Model], Model | None and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _inner_model(argument)) is not None:
            return found
    return None
