"""The analysers that specifications name: found, and checked before any data is read."""

from __future__ import annotations

import difflib
import inspect
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from creative_spatial.errors import (
    ConfigError,
    CreativeSpatialError,
    IndicatorError,
    InsufficientDataError,
)
from creative_spatial.evaluation.places import OF_PLACES
from creative_spatial.indicators import in_order, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from creative_spatial.indicators import IndicatorSpec

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "float": ((int, float), "a number"), "int": ((int,), "a whole number"),
    "str": ((str,), "a text"), "bool": ((bool,), "true or false"),
}  # fmt: skip


def check_specs(
    specs: Mapping[str, IndicatorSpec],
    known: Iterable[str],
    *,
    taken: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> list[str]:
    """
    Say what is wrong with specifications before any data is read.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        The indicators.
    known : iterable of str
        Names of the inputs that an assessment can have.
    taken : mapping of str to iterable of str, optional
        By kind of indicator, ids that a run writes something else under; names of inputs are
        taken for every kind.

    Returns
    -------
    list of str
        One fault each: a function that is not there, parameters that it does not take, an
        input that nothing can give, an id that is another result's.
    """
    known = {*known, *OF_PLACES}
    derived = {spec.id for spec in specs.values() if spec.kind == "derivation"}
    names = sorted(known | derived)
    faults = [
        f"indicator {spec.id!r}: a {spec.kind} cannot have this id: a run has something else of "
        f"that name. Call it, e.g., {f'own_{spec.id}'!r}."
        for spec in specs.values()
        if spec.id in {*known, *taken.get(spec.kind, ())}
    ]
    try:
        in_order(specs)
    except ConfigError as error:
        faults.append(str(error))
    for spec in specs.values():
        for name in needs(spec):
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names)}."
                faults.append(f"indicator {spec.id!r}: unknown input {name!r}{hint}")
        try:
            signature = inspect.signature(resolve(spec.function))
            for params in [options for _, options in categories(spec)]:
                seed = {"seed": 0} if spec.seeded else {}
                options = {**spec.params, **params, **seed}
                signature.bind(**dict.fromkeys(spec.inputs), units=None, **options)
                faults += [f"indicator {spec.id!r}: {it}" for it in _mistyped(signature, options)]
        except IndicatorError as error:
            faults.append(f"indicator {spec.id!r}: {error}")
        except TypeError as error:
            faults.append(f"indicator {spec.id!r}: {spec.function}: {error}.")
    return faults


def _mistyped(signature: inspect.Signature, options: Mapping[str, Any]) -> list[str]:
    """Parameters that are no number, text or yes and no, where the function says it takes one."""
    return [
        f"{name} takes {_TYPES[kind][1]}; found {str(value)[:60]!r}."
        for name, value in options.items()
        if (kind := str(signature.parameters[name].annotation)) in _TYPES
        if not isinstance(value, _TYPES[kind][0]) or (isinstance(value, bool) and kind != "bool")
    ]


def resolve(function: str) -> Callable[..., Any]:
    """
    Find the analyser that a specification names.

    Parameters
    ----------
    function : str
        Name of a public function of `creative_spatial.analysers`.

    Returns
    -------
    callable
        The function.

    Raises
    ------
    IndicatorError
        If the package has no such public analyser; a city's file cannot name other code.

    Examples
    --------
    >>> resolve("feature_density").__name__
    'feature_density'
    """
    from creative_spatial import analysers

    found = None if function.startswith("_") else getattr(analysers, function, None)
    if not inspect.isfunction(found) or not found.__module__.startswith(analysers.__name__):
        public = [
            name for name in analysers.__all__ if inspect.isfunction(getattr(analysers, name))
        ]
        near = difflib.get_close_matches(function.rpartition(".")[2], public, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise IndicatorError(f"{function!r} is not a function of creative_spatial.analysers{hint}")
    return found


def called(spec: IndicatorSpec, function: Callable[..., Any], given: dict[str, Any]) -> Any:
    """
    Call a function; what it refuses is said with the indicator's id.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    function : callable
        An analyser.
    given : dict of str to object
        Its arguments by name.

    Returns
    -------
    Series or DataFrame
        Whatever the function returns.
    """
    try:
        inspect.signature(function).bind(**given)
    except TypeError as error:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function}: {error}.") from error
    try:
        return function(**given)
    except InsufficientDataError:
        raise
    except CreativeSpatialError as error:
        raise IndicatorError(f"indicator {spec.id!r}: {error}") from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise IndicatorError(f"indicator {spec.id!r}: {spec.function}: {error}") from error


def categories(spec: IndicatorSpec) -> Iterable[tuple[str | None, dict[str, Any]]]:
    """
    List the categories of an indicator and their parameters.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.

    Returns
    -------
    iterable of (str or None, dict)
        One without a name where the indicator has no categories.
    """
    return spec.categories.items() or [(None, {})]
