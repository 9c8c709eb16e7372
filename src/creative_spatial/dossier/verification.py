"""Whether a results folder, or a frozen edition, still holds what was written, and its inputs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creative_spatial.dossier.content import geopackage_sha256
from creative_spatial.dossier.deviations import Deviation, changed
from creative_spatial.dossier.folder import EDITION_FILE, RUN_FILE, read_run
from creative_spatial.dossier.kept import GEOPACKAGE, LOG_FILE
from creative_spatial.dossier.record import digest
from creative_spatial.dossier.verified_inputs import input_faults
from creative_spatial.errors import LoadError
from creative_spatial.keyed import without_keyed
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIDECARS = tuple(GEOPACKAGE + end for end in ("-wal", "-shm", "-journal"))


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
        found += input_faults(run, Path(city).expanduser())
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
            yield changed(name, now, known)
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
            yield changed(name, now, known)
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
    hashed = {"config": run.get("config"), "inputs": without_keyed(run.get("inputs") or {})}
    for part, value in hashed.items():
        if part in run and digest(value) != run.get(f"{part}_sha256"):
            message = f"its {part} do not fit {part}_sha256: the record was edited"
            yield Deviation("changed", RUN_FILE, "results", message)


def _hashed(path: Path) -> str | None:
    """The hash of a file; none of what cannot be read as one."""
    try:
        return sha256_file(path)
    except OSError:
        return None


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
