"""What of a configuration, and of files, may be told where they hold what is not public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.assessment.routes import tells
from creative_spatial.config import CITY_FILE
from creative_spatial.dossier.record import digest
from creative_spatial.keyed import WORDS, city_key, keyed_file, keyed_text

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
        Plain values. Of a layer with such records, or that could have some, no condition is
        told, since it may name the one it leaves out; of its words for concepts only what they
        stand for; of routes no name of such a stop.
    """
    plain = config.as_dict()
    for entry, layer in zip(config.layer, plain["layer"], strict=True):
        facts = inputs.get(entry.label, {})
        private = "withheld" in facts
        if private or any("where" in read for read in facts.get("layers", ())):
            layer["where"] = WITHHELD if layer["where"] is not None else None
        if private:
            layer["concepts"] = sorted(set(layer["concepts"].values()))
    if hidden:
        plain["route"] = [_public_route(route, hidden) for route in plain["route"]]
    return plain


NAMED = "it names what is not public"
KEYLESS = "no key can be kept in the city's folder, which cannot be written to"


def keyed_inputs(
    config: CityConfig,
    inputs: Mapping[str, Mapping[str, Any]],
    *,
    told: Mapping[str, Any],
    rows: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """
    Hash what is not public under the city's key, which is made where there is none.

    Parameters
    ----------
    config : CityConfig
        As read.
    inputs : mapping of str to mapping
        `CityData.inputs`.
    told : mapping
        As `public_config` returns it.
    rows : mapping of str to str
        SHA-256 of the rows of inputs that are no files.

    Returns
    -------
    dict of str to dict
        With `hmac_sha256`, the id of its `key` and what that is, in `keyed`, for each input that
        is withheld; ``city.toml`` among them where not all of it is told. Where no key can be
        kept, `keyed` says so.
    """
    known = {name: dict(facts) for name, facts in inputs.items()}
    if told != config.as_dict():
        known[CITY_FILE] = {"sha256": None, "withheld": NAMED}
    private = {name: facts for name, facts in known.items() if "withheld" in facts}
    key = city_key(config.folder, make=True) if private else None
    for name, facts in private.items():
        if key is None:
            facts["keyed"] = KEYLESS
        elif name == CITY_FILE:
            facts |= {**keyed_text(digest(config.as_dict()), key), "keyed": WORDS}
        elif name in rows:
            facts |= {**keyed_text(rows[name], key), "keyed": WORDS}
        else:
            facts |= {**keyed_file(config.resolve(name), key), "keyed": WORDS}
    return dict(sorted(known.items()))


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
