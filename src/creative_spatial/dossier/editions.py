"""
Editions: results frozen under a version, beside the folder that the next run replaces.

``results/songkhla`` is frozen as ``results/songkhla.editions/2026-1``: a copy of what the
run wrote, read-only, with a manifest of hashes. The log with its times stays behind, so
that the same results give the same edition.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creative_spatial.dossier.content import geopackage_sha256
from creative_spatial.dossier.folder import (
    EDITION_FILE,
    RUN_FILE,
    SOFTWARE,
    check_writable,
    replacing,
    writing,
)
from creative_spatial.dossier.record import VERSION
from creative_spatial.dossier.rows import to_json
from creative_spatial.dossier.verification import edition_digest, read_edition, recorded, verify
from creative_spatial.errors import LoadError, OutputError
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
_VERSION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,58}[A-Za-z0-9])?")
_READ_ONLY = 0o444

log = logging.getLogger(__name__)


def freeze(directory: Path | str, version: str, *, date: dt.date | None = None) -> Path:
    """
    Keep results as a dated, hashed edition that later runs leave alone.

    Parameters
    ----------
    directory : Path or str
        A results folder; every file of the run must be as it was written.
    version : str
        Name of the edition: letters, digits, ".", "_" and "-", e.g. "2026-1".
    date : date, optional
        Date of the edition; today (UTC) otherwise.

    Returns
    -------
    Path
        The edition: a folder of read-only files with ``edition.json``. The manifest's
        `sha256` is the same wherever the same results are frozen under the same version.

    Raises
    ------
    LoadError
        If the folder holds no results, or is an edition already.
    OutputError
        If the edition is there already, the results were changed, or writing is refused.
    """
    folder = Path(directory).expanduser().resolve()
    _check_version(version)
    run = recorded(folder)
    if read_edition(folder):
        raise LoadError(
            f"{folder} is an edition already; freeze the results folder it was made of."
        )
    target = folder.with_name(f"{folder.name}.editions") / version
    _check_free(target)
    _check_unchanged(folder)
    with replacing(check_writable(target), keep=_refuse) as new:
        _copy_files(folder, [*run["files"], RUN_FILE], new)
        manifest = _manifest(run, version, date or dt.datetime.now(dt.UTC).date(), new)
        _check_geopackages(run, manifest)
        path = new / EDITION_FILE
        with writing(EDITION_FILE):
            path.write_bytes((to_json(manifest, indent=1) + "\n").encode())
            for file in new.rglob("*"):
                if file.is_file():
                    file.chmod(_READ_ONLY)
    return target


def edition_sha256(directory: Path | str) -> str:
    """
    Give the hash to publish with an edition.

    Parameters
    ----------
    directory : Path or str
        An edition.

    Returns
    -------
    str
        Hexadecimal SHA-256 over city, version and the content of every file.

    Raises
    ------
    LoadError
        If the folder is no edition.
    """
    edition = read_edition(Path(directory).expanduser().resolve())
    if not edition:
        raise LoadError(f"{directory} is no edition: there is no {EDITION_FILE}.")
    return edition_digest(edition)


def _check_version(version: str) -> None:
    """Refuse versions that cannot name a folder everywhere."""
    if not _VERSION.fullmatch(version) or ".partial-" in version:
        raise OutputError(
            f"The version {version[:80]!r} cannot name an edition: use letters, digits, '.', '_' "
            "and '-', a letter or digit first and last, at most 60 of them, e.g. 2026-1."
        )


def _check_free(target: Path) -> None:
    """An edition is never written again, also where letters' case does not count."""
    taken = target.parent.iterdir() if target.parent.is_dir() else ()
    if any(other.name.casefold() == target.name.casefold() for other in taken):
        raise OutputError(
            f"The edition {target} is there already and stays as it is; give another version."
        )


def _refuse(old: Path, _new: Path) -> None:
    """Somebody froze the same version while this was being written."""
    raise OutputError(f"The edition {old} was made meanwhile and stays as it is.")


def _check_unchanged(folder: Path) -> None:
    """Only what a run wrote can be frozen: an edition with edited numbers would vouch for them."""
    found = verify(folder)
    faults = [f"{one.file} is {one.state}" for one in found if one.fault]
    if faults:
        more = f", and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise OutputError(
            f"{folder} is not as the run wrote it ({', '.join(faults[:3])}{more}); "
            "`creative-spatial verify` lists it. Run `creative-spatial assess` again, then freeze."
        )
    for one in found:
        log.info("%s is not part of the edition: the run did not write it.", one.file)


def _copy_files(folder: Path, names: list[str], new: Path) -> None:
    """Copy bytes, not dates or permissions."""
    for name in names:
        with writing(name):
            place = new / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, place)


def _manifest(run: Mapping[str, Any], version: str, date: dt.date, new: Path) -> dict[str, Any]:
    """What the edition is, and a hash for each of its files."""
    files = {name: sha256_file(new / name) for name in sorted([*run["files"], RUN_FILE])}
    content = {
        name: geopackage_sha256(new / name) for name, known in run["files"].items() if known is None
    }
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "software": {"name": SOFTWARE, "version": VERSION},
        "city": run.get("city", {}).get("name"),
        "version": version,
        "date": date.isoformat(),
        "draft": bool(run.get("draft")),
        "files": files,
        "content_sha256": content,
    }
    return {**manifest, "sha256": edition_digest(manifest)}


def _check_geopackages(run: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """A program that has the file open may hold back rows: then the copy is not the original."""
    known = run.get("content_sha256") or {}
    for name, content in manifest["content_sha256"].items():
        if content is None or content != known.get(name):
            raise OutputError(
                f"{name} could not be copied whole; close the programs that have it open."
            )
