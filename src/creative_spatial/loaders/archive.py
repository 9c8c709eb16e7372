"""Zip archives, opened only if they are of a size and make that can do no harm."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.errors import LoadError
from creative_spatial.loaders.encoding import encoding_facts, rank_encodings
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1 << 20
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
        listed = [info for info in opened.infolist() if not info.filename.endswith("/")]
        self.members = [
            member
            for member in (Member(_readable_name(info), info) for info in listed)
            # A damaged list may give a file no name.
            if member.path.name
            and "__MACOSX" not in member.path.parts
            and not member.path.name.startswith("._")
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
