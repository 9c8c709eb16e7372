"""
What others put into a results folder, or changed in it, outlives the next run.

A team saves a QGIS project beside ``city.gpkg``, or corrects a layer in it. Replacing the
folder must not cost them that. Their files are taken along. A file of ours that was changed
is kept as ``<name>.edited.<suffix>`` in a folder beside the results: a grave that was drawn
into the map is there at its true place, and the results may be given away. With the map goes
what was changed in it (``city.edited.json``), as the layers that tell it go with the old results.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sqlite3
import warnings
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from creative_spatial.dossier.folder import RUN_FILE, read_run
from creative_spatial.dossier.geopackage import is_edited
from creative_spatial.errors import CreativeSpatialError, CreativeSpatialWarning
from creative_spatial.loaders.edits import edits_json, read_edited
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG_FILE = "log.txt"
GEOPACKAGE = "city.gpkg"
EDITS = ".edits"
_KEPT = re.compile(r"(.+)\.edited(?:-\d+)?")
_OURS = {RUN_FILE, LOG_FILE, *(GEOPACKAGE + end for end in ("-wal", "-shm", "-journal"))}

log = logging.getLogger(__name__)


def keep_foreign(old: Path, new: Path) -> None:
    """
    Take along the files of an old results folder that this package did not write.

    Parameters
    ----------
    old : Path
        The results that are about to be replaced.
    new : Path
        Those that will stand in their place, written out.
    """
    hashes = read_run(old).get("files")
    known = hashes if isinstance(hashes, dict) else {}
    found = {path.relative_to(old).as_posix(): path for path in _files(old)}
    foreign = [name for name in found if name not in known and name not in _OURS]
    edited = [
        name for name in found if name in known and not _is_unchanged(found[name], known[name])
    ]
    for name in (*foreign, *edited):
        place = new / name
        if apart := name in known or os.path.lexists(place) or _was_kept(name, known):
            place = _free(old.with_name(old.name + EDITS) / name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(found[name], place)
        if name == GEOPACKAGE:
            _keep_changes(old, place.with_suffix(".json"))
        if apart:
            log.warning(
                "%s was changed since the last run: kept as %s, outside the results, since what is "
                "not public may be in it.", name, place,
            )  # fmt: skip
        else:
            log.info("Kept %s: the last run did not write it.", name)


def _was_kept(name: str, known: dict[str, str]) -> bool:
    """Whether a file is a copy that an earlier version kept among the results."""
    path = PurePosixPath(name)
    match = _KEPT.fullmatch(path.stem)
    return match is not None and any(
        path.with_name(match[1] + end).as_posix() in known for end in (path.suffix, ".gpkg")
    )


def _keep_changes(old: Path, place: Path) -> None:
    """What was changed in the map, while the layers it was made from are still there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CreativeSpatialWarning)
            found = read_edited(old)
    except CreativeSpatialError as error:
        log.info("What was changed in %s cannot be told: %s", GEOPACKAGE, error)
        return
    if len(found.changes):
        place.write_text(edits_json(found), encoding="utf-8", newline="\n")


def _files(folder: Path) -> Iterator[Path]:
    """Every file and link below a folder, in a fixed order; links are not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for name in sorted(files + linked):
            yield Path(root, name)


def _is_unchanged(path: Path, known: object) -> bool:
    """Whether a file of ours is still as we wrote it."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.name == GEOPACKAGE:
        return not is_edited(path)
    return sha256_file(path) == known


def _free(place: Path) -> Path:
    """A name like ``city.edited.gpkg`` that nothing has, nor the changes that go with it."""
    match = _KEPT.fullmatch(place.stem)
    stem, number = match[1] if match else place.stem, 1
    while True:
        word = "edited" if number == 1 else f"edited-{number}"
        candidate = place.with_name(f"{stem}.{word}{place.suffix}")
        both = (candidate, candidate.with_suffix(".json"))
        if not any(map(os.path.lexists, both if place.name == GEOPACKAGE else both[:1])):
            return candidate
        number += 1


def _copy(path: Path, place: Path) -> None:
    """A second name for the same file where the disk allows it, a copy elsewhere."""
    if path.name == GEOPACKAGE and not path.is_symlink():
        with contextlib.suppress(sqlite3.Error):
            _copy_database(path, place)
            return
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, place, follow_symlinks=False)


def _copy_database(path: Path, place: Path) -> None:
    """With what an open QGIS has not yet folded into the file."""
    source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(place)
    with contextlib.closing(source), contextlib.closing(copy):
        source.backup(copy)
