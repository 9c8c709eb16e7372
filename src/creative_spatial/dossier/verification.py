"""Whether a results folder, or a frozen edition, still holds what was written, and its inputs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from creative_spatial.config import CityConfig
from creative_spatial.dossier.content import geopackage_sha256
from creative_spatial.dossier.folder import EDITION_FILE, RUN_FILE, read_run
from creative_spatial.dossier.kept import GEOPACKAGE, LOG_FILE
from creative_spatial.dossier.record import digest
from creative_spatial.errors import ConfigError, LoadError
from creative_spatial.provenance import sha256_file, sha256_parts
from creative_spatial.resources import parse, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CITY_FILE = "city.toml"
_SIDECARS = tuple(GEOPACKAGE + end for end in ("-wal", "-shm", "-journal"))

State = Literal["changed", "missing", "extra", "unchecked"]


class Deviation(NamedTuple):
    """
    A file that is not as the record says.

    Parameters
    ----------
    state : {"changed", "missing", "extra", "unchecked"}
        "extra": the record does not know it; "unchecked": it never was a file of the city's.
    file : str
        Path in the results folder or, for inputs, in the city's folder.
    of : {"results", "inputs"}
        Which of the two.
    message : str
        What was found and expected.
    fault : bool
        Whether it makes the check fail: files of others beside results do not.
    """

    state: State
    file: str
    of: Literal["results", "inputs"]
    message: str
    fault: bool = True


def verify(directory: Path | str, *, city: Path | str | None = None) -> list[Deviation]:
    """
    Hash the files of a results folder again and compare them with its record.

    ``run.json`` and ``log.txt`` cannot hold their own hashes: in a results folder the
    parts of ``run.json`` that do have one are checked, in an edition all of it.

    Parameters
    ----------
    directory : Path or str
        A results folder, or an edition made by `freeze`.
    city : Path or str, optional
        ``city.toml`` or its folder, to compare the inputs too.

    Returns
    -------
    list of Deviation
        Empty where everything is as it was written.

    Raises
    ------
    LoadError
        If the folder holds no results, or no hashes.
    ConfigError
        If `city` is not a city's configuration.

    Notes
    -----
    Hashes show accidents and careless edits. Who can write to the folder can write new
    hashes as well: against that, compare the edition's own hash with the one published.
    """
    folder = Path(directory).expanduser().resolve()
    run = recorded(folder)
    edition = read_edition(folder)
    found = list(_edition_faults(folder, edition) if edition else _results_faults(folder, run))
    found += _record_faults(run)
    if city is not None:
        found += _input_faults(run, Path(city).expanduser())
    return found


def recorded(folder: Path) -> dict[str, Any]:
    """
    Read the record of a results folder, which must have one.

    Parameters
    ----------
    folder : Path
        A results folder or an edition.

    Returns
    -------
    dict
        Content of ``run.json``.

    Raises
    ------
    LoadError
        If there is none of this package, or it lists no files.
    """
    run: dict[str, Any] = read_run(folder) if folder.is_dir() else {}
    if not run:
        raise LoadError(
            f"{folder} holds no results: there is no {RUN_FILE} written by this package. Name the "
            "folder that `creative-spatial assess --out` or `freeze` wrote."
        )
    if not isinstance(run.get("files"), dict):
        raise LoadError(f"{folder / RUN_FILE} lists no files, so nothing can be compared.")
    inputs = run.get("inputs", {})
    if not isinstance(inputs, dict) or not all(isinstance(f, dict) for f in inputs.values()):
        raise LoadError(f"{folder / RUN_FILE}: `inputs` is not a table of files; it was edited.")
    return run


def read_edition(folder: Path) -> dict[str, Any]:
    """
    Read the manifest of a frozen edition.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    dict
        Content of ``edition.json``; empty where there is none.

    Raises
    ------
    LoadError
        If there is one that cannot be read.
    """
    path = folder / EDITION_FILE
    if not path.exists():
        return {}
    try:
        edition = json.loads(path.read_text(encoding="utf-8"))
        listed = isinstance(edition["files"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise LoadError(f"{path} cannot be read as the manifest of an edition: {error}.") from error
    if not listed:
        raise LoadError(f"{path} cannot be read as the manifest of an edition: it lists no files.")
    return edition  # type: ignore[no-any-return]


def _results_faults(folder: Path, run: Mapping[str, Any]) -> Iterator[Deviation]:
    """Files against ``run.json``."""
    present = set(files_of(folder))
    content = run.get("content_sha256") or {}
    for name, known in run["files"].items():
        if name not in present:
            yield Deviation("missing", name, "results", "the run wrote it, and it is not there")
        elif known is None:
            yield from _geopackage_fault(folder, name, content.get(name))
        elif (now := _hashed(folder / name)) != known:
            yield _changed(name, now, known)
    others = present - set(run["files"]) - {RUN_FILE, LOG_FILE, *_SIDECARS}
    for name in sorted(others):
        message = "the run did not write it; kept when results are renewed, not part of an edition"
        yield Deviation("extra", name, "results", message, fault=False)


def _geopackage_fault(folder: Path, name: str, known: str | None) -> Iterator[Deviation]:
    """The GeoPackage, whose bytes say little."""
    if known is None:
        message = "the run recorded no hash of its content; run `creative-spatial assess` again"
        yield Deviation("changed", name, "results", message)
    elif (now := geopackage_sha256(folder / name)) is None:
        yield Deviation("changed", name, "results", "it cannot be read as a GeoPackage any more")
    elif now != known:
        yield Deviation("changed", name, "results", f"its content hashes to {now}, not to {known}")


def _edition_faults(folder: Path, edition: Mapping[str, Any]) -> Iterator[Deviation]:
    """Files against ``edition.json``: all of them, and no others."""
    present = set(files_of(folder)) - {EDITION_FILE, *_SIDECARS}
    for name, known in edition["files"].items():
        if name not in present:
            yield Deviation("missing", name, "results", "the edition has it, and it is not there")
        elif (now := _hashed(folder / name)) != known:
            yield _changed(name, now, known)
    for name in sorted(present - set(edition["files"])):
        yield Deviation("extra", name, "results", "the edition was frozen without it")
    if edition_digest(edition) != edition.get("sha256"):
        message = "its own hash does not fit what it lists: the manifest was edited"
        yield Deviation("changed", EDITION_FILE, "results", message)


def edition_digest(edition: Mapping[str, Any]) -> str:
    """
    Hash what an edition says of itself: city, version, and the content of every file.

    Parameters
    ----------
    edition : mapping
        The manifest; its `date` and its GeoPackages' bytes are left out, so that the same
        results frozen on another day have the same hash.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    content = edition.get("content_sha256") or {}
    files = {**edition["files"], **content}
    return digest({"city": edition.get("city"), "version": edition.get("version"), "files": files})


def _record_faults(run: Mapping[str, Any]) -> Iterator[Deviation]:
    """The parts of ``run.json`` that have a hash in it."""
    for part in ("config", "inputs"):
        if part in run and digest(run[part]) != run.get(f"{part}_sha256"):
            message = f"its {part} do not fit {part}_sha256: the record was edited"
            yield Deviation("changed", RUN_FILE, "results", message)


def _input_faults(run: Mapping[str, Any], city: Path) -> Iterator[Deviation]:
    """The city's folder against the inputs of the run."""
    file = city / CITY_FILE if city.is_dir() else city
    table = read_toml(file)
    table.pop("folder", None)
    config = parse(CityConfig, {**table, "folder": file.resolve().parent}, where=file.name)
    if digest(config.as_dict()) != run.get("config_sha256"):
        said = _differing(config.as_dict(), run.get("config") or {})
        yield Deviation("changed", file.name, "inputs", f"other than in the run: {', '.join(said)}")
    recorded_inputs = run.get("inputs") or {}
    for name, facts in recorded_inputs.items():
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
    try:
        path = config.resolve(name)
    except (ConfigError, OSError, ValueError) as error:
        yield Deviation("missing", name, "inputs", str(error))
        return
    if not path.exists():
        yield Deviation("missing", name, "inputs", "the run read it, and it is not there")
        return
    if "withheld" in facts:
        message = f"{facts['withheld']}, so that the run kept no hash of it"
        yield Deviation("unchecked", name, "inputs", message, fault=False)
        return
    now = sha256_parts(path)
    known = {path.name: facts.get("sha256"), **facts.get("parts", {})}
    present = {path.name: now["sha256"], **now.get("parts", {})}
    for part in sorted({*known, *present}):
        beside = Path(name) if path.is_dir() else Path(name).parent
        shown = name if part == path.name else (beside / part).as_posix()
        if part not in present:
            yield Deviation("missing", shown, "inputs", f"it belongs to {name}")
        elif part not in known:
            yield Deviation("extra", shown, "inputs", f"it belongs to {name} and was not there")
        elif present[part] != known[part]:
            yield _changed(shown, present[part], str(known[part]), of="inputs")


def _differing(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[str]:
    """Tables of two configurations that are not equal."""
    return [
        f"[{key}]" for key in sorted({*now, *then}) if digest(now.get(key)) != digest(then.get(key))
    ] or ["its defaults"]


def _hashed(path: Path) -> str | None:
    """The hash of a file; none of what cannot be read as one."""
    try:
        return sha256_file(path)
    except OSError:
        return None


def _changed(
    name: str, now: str | None, known: str, *, of: Literal["results", "inputs"] = "results"
) -> Deviation:
    """A file with other bytes."""
    found = "it cannot be read" if now is None else f"it hashes to {now}, not to {known}"
    return Deviation("changed", name, of, found)


def files_of(folder: Path) -> Iterator[str]:
    """
    List every file and link below a folder.

    Parameters
    ----------
    folder : Path
        An existing folder; links to folders are listed, not followed.

    Yields
    ------
    str
        Path from the folder, with "/".
    """
    for root, folders, names in os.walk(folder):
        folders.sort()
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for name in sorted([*names, *linked]):
            yield Path(root, name).relative_to(folder).as_posix()
