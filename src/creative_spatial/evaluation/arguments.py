"""What an indicator's function is called with: named inputs, their open rows that fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import IndicatorError
from creative_spatial.evaluation.places import OF_PLACES
from creative_spatial.schema import is_illustrative, open_rows, source_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.indicators import IndicatorSpec, InputSpec


@dataclass
class Arguments:
    """The arguments of one indicator's function, and what they rest on."""

    values: dict[str, Any] = field(default_factory=dict)
    source_ids: set[str] = field(default_factory=set)
    illustrative: bool = False


def gathered(
    spec: IndicatorSpec, inputs: Mapping[str, Any], rests_on: Mapping[str, Arguments]
) -> Arguments:
    """
    Pick and filter the rows that an indicator's function is called with.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    inputs : mapping of str to layer, table, Raster or Network
        What there is, by name.
    rests_on : mapping of str to Arguments
        What those inputs were derived from that are derivations.

    Returns
    -------
    Arguments
        Values by parameter, and what they rest on. What differs by place is not among them.
    """
    arguments = Arguments()
    for parameter, wanted in spec.inputs.items():
        if wanted.layer in OF_PLACES:
            continue
        given = [inputs.get(name) for name in wanted.names]
        for basis in [rests_on[name] for name in wanted.names if name in rests_on]:
            arguments.source_ids |= basis.source_ids
            arguments.illustrative |= basis.illustrative
        several = not isinstance(wanted.layer, str) or isinstance(given[0], list)
        if several and isinstance(given[0], list):
            given = given[0]
        found = [_filtered(value, wanted, spec) for value in given]
        for value in found:
            arguments.source_ids |= _source_ids(value)
            arguments.illustrative |= _is_illustrative(value)
        arguments.values[parameter] = found if several else found[0]
    return arguments


def _filtered(value: Any, wanted: InputSpec, spec: IndicatorSpec) -> Any:
    """The open rows of a layer that fit the specification's `where`."""
    if not isinstance(value, pd.DataFrame):
        return value
    rows = open_rows(value)  # type: ignore[arg-type]
    for column, allowed in wanted.where.items():
        if column not in rows:
            raise IndicatorError(
                f"indicator {spec.id!r}: input {wanted.layer!r} has no column {column!r} to filter by."
            )
        rows = rows[rows[column].isin(allowed)]
    return rows


def _source_ids(value: Any) -> set[str]:
    """Ids of the sources that an input's rows come from."""
    if isinstance(value, pd.DataFrame):
        return set(source_ids(value))
    source_id = getattr(value, "source_id", None)
    return set(source_id.split(";")) - {""} if isinstance(source_id, str) else set()


def _is_illustrative(value: Any) -> bool:
    """Whether any row of an input is illustrative."""
    return isinstance(value, pd.DataFrame) and bool(is_illustrative(value).any())
