"""What of a configuration may be told where it names what is not public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.assessment.routes import tells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.config import CityConfig

WITHHELD = "(withheld)"


def public_config(
    config: CityConfig, hidden: frozenset[str], inputs: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """
    Record a configuration without what it says of records that are not public.

    Parameters
    ----------
    config : CityConfig
        As read.
    hidden : frozenset of str
        Names and ids of stops that are not public.
    inputs : mapping of str to mapping
        `CityData.inputs`, which say what files hold such records.

    Returns
    -------
    dict
        Plain values. Of a layer with such records no condition is told, and of its words for
        concepts only what they stand for; of routes no name of such a stop.
    """
    plain = config.as_dict()
    for entry, layer in zip(config.layer, plain["layer"], strict=True):
        if "withheld" in inputs.get(entry.label, {}):
            layer["where"] = WITHHELD if layer["where"] is not None else None
            layer["concepts"] = sorted(set(layer["concepts"].values()))
    if hidden:
        plain["route"] = [_public_route(route, hidden) for route in plain["route"]]
    return plain


def _public_route(route: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """A route without its names of stops that are not public."""
    return {
        key: [WITHHELD if stop in hidden else stop for stop in value]
        if isinstance(value, list | tuple)
        else dict.fromkeys(value, WITHHELD)
        if key == "note" and tells(value, hidden)
        else WITHHELD
        if isinstance(value, str) and value in hidden
        else value
        for key, value in route.items()
    }
