"""Whether a city's folder still holds what a run read, under the city's key where it is private."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from creative_spatial.config import CITY_FILE, CityConfig
from creative_spatial.dossier.deviations import Deviation, changed
from creative_spatial.dossier.record import digest
from creative_spatial.errors import ConfigError
from creative_spatial.keyed import HMAC, KEY_ID, PARTS, city_key, keyed_file, keyed_text
from creative_spatial.provenance import KEY_FILE, sha256_parts
from creative_spatial.resources import parse, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from creative_spatial.keyed import Key


def input_faults(run: Mapping[str, Any], city: Path) -> Iterator[Deviation]:
    """
    Compare the city's folder with the inputs of a run.

    Parameters
    ----------
    run : mapping
        Content of ``run.json``.
    city : Path
        ``city.toml`` or its folder.

    Yields
    ------
    Deviation
        What changed, is missing, was added, or cannot be told.

    Raises
    ------
    ConfigError
        If `city` is not a city's configuration.
    """
    file = city / CITY_FILE if city.is_dir() else city
    table = read_toml(file)
    table.pop("folder", None)
    config = parse(CityConfig, {**table, "folder": file.resolve().parent}, where=file.name)
    recorded_inputs = run.get("inputs") or {}
    now = digest(config.as_dict())
    if CITY_FILE not in recorded_inputs and now != run.get("config_sha256"):
        said = _differing(config.as_dict(), run.get("config") or {})
        yield Deviation("changed", file.name, "inputs", f"other than in the run: {', '.join(said)}")
    for name, facts in recorded_inputs.items():
        if "withheld" in facts:
            yield from _private_fault(config, name, facts)
        else:
            yield from _input_fault(config, name, facts)
    for _, name in config.files():
        if name not in recorded_inputs:
            yield Deviation(
                "extra", name, "inputs", "city.toml names it, and the run did not read it"
            )


def _input_fault(config: CityConfig, name: str, facts: Mapping[str, Any]) -> Iterator[Deviation]:
    """One input file and what belongs to it."""
    if "online" in facts:
        message = "it came from a service; what that answered is not in the city's folder"
        yield Deviation("unchecked", name, "inputs", message, fault=False)
        return
    path = _found(config, name)
    if isinstance(path, Deviation):
        yield path
        return
    now = sha256_parts(path)
    known = {path.name: facts.get("sha256"), **facts.get("parts", {})}
    present = {path.name: now["sha256"], **now.get("parts", {})}
    yield from _part_faults(name, path, known, present)


def _private_fault(config: CityConfig, name: str, facts: Mapping[str, Any]) -> Iterator[Deviation]:
    """An input that the run hashed under the city's key, or not at all."""
    try:
        key = city_key(config.folder) if HMAC in facts else None
    except ConfigError as error:
        yield Deviation("unchecked", name, "inputs", str(error), fault=False)
        return
    if HMAC not in facts:
        why = "so that the run kept no hash of it"
    elif key is None:
        why = f"and {KEY_FILE}, under which the run hashed it, is not in the city's folder"
    elif key.id != facts.get(KEY_ID):
        why = f"and {KEY_FILE} in the city's folder is not the key under which the run hashed it"
    elif name != CITY_FILE and "online" in facts:
        why = "and what a service answered is not in the city's folder"
    else:
        yield from _keyed_fault(config, name, facts, key)
        return
    message = f"{facts['withheld']}, {why}"
    yield Deviation("unchecked", name, "inputs", message, fault=False)


def _keyed_fault(
    config: CityConfig, name: str, facts: Mapping[str, Any], key: Key
) -> Iterator[Deviation]:
    """An input under the key with which the run hashed it."""
    if name == CITY_FILE:
        now = keyed_text(digest(config.as_dict()), key)[HMAC]
        if now != facts[HMAC]:
            message = "other than in the run; not all of it was told, so that it is not known where"
            yield Deviation("changed", name, "inputs", message)
        return
    path = _found(config, name)
    if isinstance(path, Deviation):
        yield path
        return
    keyed = keyed_file(path, key)
    known = {path.name: facts[HMAC], **facts.get(PARTS, {})}
    present = {path.name: keyed[HMAC], **keyed.get(PARTS, {})}
    yield from _part_faults(name, path, known, present)


def _found(config: CityConfig, name: str) -> Path | Deviation:
    """Where an input is, or that it is nowhere."""
    try:
        path = config.resolve(name)
    except (ConfigError, OSError, ValueError) as error:
        return Deviation("missing", name, "inputs", str(error))
    if not path.exists():
        return Deviation("missing", name, "inputs", "the run read it, and it is not there")
    return path


def _part_faults(
    name: str, path: Path, known: Mapping[str, Any], present: Mapping[str, Any]
) -> Iterator[Deviation]:
    """A file and what belongs to it, by their hashes then and now."""
    for part in sorted({*known, *present}):
        beside = Path(name) if path.is_dir() else Path(name).parent
        shown = name if part == path.name else (beside / part).as_posix()
        if part not in present:
            yield Deviation("missing", shown, "inputs", f"it belongs to {name}")
        elif part not in known:
            yield Deviation("extra", shown, "inputs", f"it belongs to {name} and was not there")
        elif present[part] != known[part]:
            yield changed(shown, present[part], str(known[part]), of="inputs")


def _differing(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[str]:
    """Tables of two configurations that are not equal."""
    return [
        f"[{key}]" for key in sorted({*now, *then}) if digest(now.get(key)) != digest(then.get(key))
    ] or ["its defaults"]
