"""The one vector file that is meant of an archive."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from creative_spatial.errors import CreativeSpatialError, LoadError
from creative_spatial.loaders.archive import open_archive
from creative_spatial.loaders.columns import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creative_spatial.loaders.archive import Archive, Member

_VECTOR_KINDS = (".shp", ".gpkg", ".fgb", ".geojson", ".kml", ".parquet", ".geoparquet")


@contextmanager
def unpacked_vector(path: Path, layer: str | None) -> Iterator[tuple[Path, str | None]]:
    """
    Unpack the one vector file of an archive into a folder that is removed afterwards.

    Parameters
    ----------
    path : Path
        ``.zip`` or ``.kmz``.
    layer : str or None
        Which file, by its name with or without ending, where there are several;
        otherwise a layer of the only one.

    Yields
    ------
    file : Path
        The unpacked file; a Shapefile's parts lie beside it.
    layer : str or None
        The layer to read of it.

    Raises
    ------
    LoadError
        If no file or several could be meant; faults in the file inside name the archive.
    """
    with open_archive(path) as archive, tempfile.TemporaryDirectory() as folder:
        member, inner = _chosen(archive, layer)
        kind = member.path.suffix.lower()
        # Names in an archive are anybody's; what is written is of our own making.
        target = Path(folder) / f"{_safe_stem(member)}{kind}"
        archive.unpack(member, target)
        if kind == ".shp":
            for part in _parts(archive, member):
                archive.unpack(part, target.with_suffix(part.path.suffix.lower()))
        try:
            yield target, inner
        except CreativeSpatialError as error:
            raise type(error)(f"{path.name}: {error}") from error


def _chosen(archive: Archive, layer: str | None) -> tuple[Member, str | None]:
    """The vector file that is meant, and the layer of it."""
    found = [m for m in archive.members if m.path.suffix.lower() in _VECTOR_KINDS]
    found = found or [m for m in archive.members if m.path.suffix.lower() == ".json"]
    if archive.file.lower().endswith(".kmz"):
        found = [m for m in found if m.path.suffix.lower() == ".kml"]
        # The first KML file is the document, the others are what it links to.
        found = sorted(found, key=lambda m: m.path.name.lower() != "doc.kml")[:1]
    if not found:
        names = sorted(str(m.path) for m in archive.members)[:5]
        raise LoadError(
            f"{archive.file} holds no vector file ({', '.join(_VECTOR_KINDS)}), but {names}."
        )
    if layer is not None:
        named = [m for m in found if layer in {m.name, m.path.name, m.path.stem}]
        if len(named) == 1:
            return named[0], None
    if len(found) > 1 or (layer is not None and found[0].path.suffix.lower() == ".shp"):
        stems = sorted(m.path.stem if _alone(m, found) else m.name for m in found)
        what = f"no file {layer!r}{near(layer, stems)}" if layer else f"{len(found)} vector files"
        raise LoadError(f"{archive.file} has {what.rstrip('.')}; name one of {stems} as `layer`.")
    return found[0], layer


def _alone(member: Member, found: list[Member]) -> bool:
    return sum(other.path.stem == member.path.stem for other in found) == 1


def _parts(archive: Archive, member: Member) -> list[Member]:
    """The other files of a Shapefile."""
    stem = str(member.path.with_suffix("")).casefold()
    beside = [m for m in archive.members if str(m.path.with_suffix("")).casefold() == stem]
    return [m for m in beside if m.path.suffix.lower() in {".shx", ".dbf", ".prj", ".cpg"}]


def _safe_stem(member: Member) -> str:
    """A member's name, of letters that any file system takes."""
    stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in member.path.stem)
    return stem.encode()[:100].decode(errors="ignore") or "file"
