"""Zip archives, opened only if they are of a size and make that can do no harm."""

from __future__ import annotations

import lzma
import struct
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.errors import CreativeSpatialError, LoadError
from creative_spatial.loaders.columns import near
from creative_spatial.loaders.encoding import encoding_facts, rank_encodings
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1 << 20
_VECTOR_KINDS = (".shp", ".gpkg", ".fgb", ".geojson", ".kml", ".parquet", ".geoparquet")
# What a damaged archive makes the standard library raise.
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class ArchiveLimits(Facts):
    """How much an archive may hold."""

    members: int
    bytes: int
    ratio: float
    ratio_from: int
    xml_depth: int
    reference: str


class _File(Facts):
    limits: ArchiveLimits


class Member(NamedTuple):
    """
    A file in an archive.

    Parameters
    ----------
    name : str
        Its path in the archive, as its owner would read it.
    info : zipfile.ZipInfo
        Where it lies.
    """

    name: str
    info: zipfile.ZipInfo

    @property
    def path(self) -> PurePosixPath:
        """Its path, to be taken apart."""
        return PurePosixPath(self.name)


@lru_cache(maxsize=1)
def archive_limits() -> ArchiveLimits:
    """
    Read the limits.

    Returns
    -------
    ArchiveLimits
        Frozen; read once.
    """
    file = resource_path("archives.toml")
    return parse(_File, read_toml(file), where=file.name).limits


class Archive:
    """
    An archive that was looked over: names stay inside it, sizes are bounded.

    Parameters
    ----------
    opened : zipfile.ZipFile
        The archive.
    file : str
        What messages call it.

    Raises
    ------
    LoadError
        If it is locked, too large, or holds a name that leads out of it.
    """

    def __init__(self, opened: zipfile.ZipFile, file: str) -> None:
        self._opened = opened
        self.file = file
        listed = [info for info in opened.infolist() if not info.is_dir()]
        self.members = [
            member
            for member in (Member(_readable_name(info), info) for info in listed)
            if "__MACOSX" not in member.path.parts and not member.path.name.startswith("._")
        ]
        self._check()

    def _check(self) -> None:
        limits = archive_limits()
        if len(self.members) > limits.members:
            raise LoadError(
                f"{self.file} holds {len(self.members):,} files, more than the {limits.members:,} "
                "that are read; unpack it and name the file that is meant."
            )
        total = sum(member.info.file_size for member in self.members)
        packed = max(1, sum(member.info.compress_size for member in self.members))
        bomb = total > limits.ratio_from and total / packed > limits.ratio
        if total > limits.bytes or bomb:
            raise LoadError(
                f"{self.file} would unpack from {packed:,} to {total:,} bytes, which no layer "
                "needs; if you trust it, unpack it and name the file that is meant."
            )
        for name, info in self.members:
            if _leads_out(name) or _leads_out(info.filename):
                raise LoadError(
                    f"{self.file} holds {name!r}, a path that leads out of the archive; nothing "
                    "was unpacked. Ask who made it, or pack the files anew."
                )
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise LoadError(f"{self.file} is locked by a password; pack it without one.")
            if info.compress_type not in _METHODS:
                raise LoadError(
                    f"{self.file}: {name!r} is packed by a method that is not read; pack it as an "
                    "ordinary zip file."
                )

    def find(self, name: str) -> Member | None:
        """
        Find a member by its path in the archive, in small or capital letters.

        Parameters
        ----------
        name : str
            As written in the archive.

        Returns
        -------
        Member or None
            None where there is none.
        """
        wanted = str(PurePosixPath(name.replace("\\", "/"))).casefold()
        return next((m for m in self.members if str(m.path).casefold() == wanted), None)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """
        Unpack a member piece by piece, never more of it than it says it holds.

        Parameters
        ----------
        member : Member
            One of `members`.

        Yields
        ------
        bytes
            At most a megabyte.

        Raises
        ------
        LoadError
            If it is damaged.
        """
        try:
            with self._opened.open(member.info) as stream:
                while piece := stream.read(_CHUNK):
                    yield piece
        except ZIP_FAULTS as error:
            raise LoadError(
                f"{self.file}: {member.name!r} in it is damaged ({error}); copy it again."
            ) from error

    def read(self, member: Member) -> bytes:
        """
        Unpack a member into memory.

        Parameters
        ----------
        member : Member
            One of `members`.

        Returns
        -------
        bytes
            Its content.
        """
        return b"".join(self.chunks(member))

    def unpack(self, member: Member, target: Path) -> Path:
        """
        Unpack a member to a path of the caller's choosing.

        Parameters
        ----------
        member : Member
            One of `members`.
        target : Path
            The file to write.

        Returns
        -------
        Path
            `target`.
        """
        with target.open("wb") as written:
            for piece in self.chunks(member):
                written.write(piece)
        return target


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """
    Open a zip archive after looking it over.

    Parameters
    ----------
    path : Path
        ``.zip``, ``.kmz``, ``.xlsx`` or another file of this make.

    Yields
    ------
    Archive
        Its members.

    Raises
    ------
    LoadError
        If it is no zip archive, damaged, locked, too large, or holds a name that leads
        out of it.
    """
    try:
        opened = zipfile.ZipFile(path)
    except ZIP_FAULTS as error:
        raise LoadError(f"{path.name} is no zip archive, or damaged; copy it again.") from error
    with opened:
        yield Archive(opened, path.name)


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


def _leads_out(name: str) -> bool:
    """Whether a path is absolute, has a drive or climbs, on any system."""
    ways = (PurePosixPath(name), PureWindowsPath(name))
    return any(way.is_absolute() or way.drive or ".." in way.parts for way in ways) or (
        name.startswith(("/", "\\")) or "\x00" in name
    )


def _readable_name(info: zipfile.ZipInfo) -> str:
    """A member's name; where the archive does not say its encoding, the most plausible."""
    name = info.filename
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    raw = name.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        best = next(iter(rank_encodings([raw])), None)
    if best is None or best.score < encoding_facts().settings.accept_score:
        return name
    return raw.decode(best.codec, "replace")
