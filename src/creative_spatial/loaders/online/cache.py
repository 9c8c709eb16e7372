"""
Answers kept on disk, each with a record of what was asked, whom, when, and how old it is.

An answer is found by its query, whichever server gave it. A record that does not fit its
file (a crash in between, a full disk, an edit by hand) counts as not there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from creative_spatial.errors import OutputError
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from pathlib import Path

_LOGGER = logging.getLogger(__name__)

RECORD_VERSION = 1


@dataclass(frozen=True)
class Record:
    """
    What is known of a kept answer.

    Parameters
    ----------
    service : str
        "overpass" or "nominatim".
    query : str
        What was asked, in full; with `service`, the key.
    endpoint : str
        The server that answered.
    data_timestamp : str or None
        As of when the server's data was, ISO 8601; None where it does not say.
    fetched : str
        When it was asked, ISO 8601, UTC.
    expires : str
        From when on it is asked anew, ISO 8601, UTC.
    sha256 : str
        Of the file.
    version : int
        Of this form.
    """

    service: str
    query: str
    endpoint: str
    data_timestamp: str | None
    fetched: str
    expires: str
    sha256: str
    version: int = RECORD_VERSION

    def is_fresh(self, now: dt.datetime) -> bool:
        """
        Whether the answer may still be used without asking.

        Parameters
        ----------
        now : datetime
            With a time zone.

        Returns
        -------
        bool
            False from the moment of expiry on, and for answers from the future.
        """
        fetched, expires = map(dt.datetime.fromisoformat, (self.fetched, self.expires))
        return fetched <= now < expires


@dataclass(frozen=True)
class Answer:
    """
    A kept answer.

    Parameters
    ----------
    path : Path
        The file as the server sent it.
    record : Record
        Where it comes from.
    """

    path: Path
    record: Record


@dataclass(frozen=True)
class Cache:
    """
    A folder of answers of one service.

    Parameters
    ----------
    folder : Path
        Made when the first answer comes.
    suffix : str
        Of the answers' files.
    """

    folder: Path
    suffix: str

    def path(self, query: str) -> Path:
        """
        Where the answer to a query is kept.

        Parameters
        ----------
        query : str
            In full.

        Returns
        -------
        Path
            A file that may not be there; its record lies beside it.
        """
        return self.folder / (hashlib.sha256(query.encode()).hexdigest()[:32] + self.suffix)

    def find(self, query: str) -> Answer | None:
        """
        Look an answer up, fresh or not.

        Parameters
        ----------
        query : str
            In full.

        Returns
        -------
        Answer or None
            None where there is none that is whole.
        """
        path = self.path(query)
        try:
            table = json.loads(_record_path(path).read_text(encoding="utf-8"))
            record = Record(**table)
            dt.datetime.fromisoformat(record.fetched), dt.datetime.fromisoformat(record.expires)
            whole = (record.version, record.query) == (RECORD_VERSION, query)
            whole = whole and sha256_file(path) == record.sha256
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            _LOGGER.warning("%s is damaged and counts as not there: %s", path.name, error)
            return None
        if not whole:
            _LOGGER.warning("%s is not what its record says and counts as not there", path.name)
        return Answer(path, record) if whole else None

    def prepare(self) -> Path:
        """
        Make the folder.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        OutputError
            If it cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.folder} cannot be made to keep answers in: {error.strerror}. Set "
                "CREATIVE_SPATIAL_CACHE to a folder that can be written."
            ) from error
        return self.folder

    def keep(self, fetched: Path, record: Record) -> Answer:
        """
        Take a file in, with its record.

        Parameters
        ----------
        fetched : Path
            A file in the same folder, which is moved.
        record : Record
            What is known of it.

        Returns
        -------
        Answer
            As it will be found.
        """
        path = self.path(record.query)
        text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
        beside = fetched.with_name(fetched.name + ".json")
        beside.write_text(text, encoding="utf-8")
        fetched.replace(path)
        beside.replace(_record_path(path))
        return Answer(path, record)


def make_record(
    service: str,
    query: str,
    endpoint: str,
    file: Path,
    *,
    data_timestamp: str | None,
    now: dt.datetime,
    days: float,
) -> Record:
    """
    Write down what is known of an answer that has just come.

    Parameters
    ----------
    service : str
        "overpass" or "nominatim".
    query : str
        What was asked.
    endpoint : str
        Who answered.
    file : Path
        The answer.
    data_timestamp : str or None
        As of when the data is.
    now : datetime
        With a time zone.
    days : float
        How long the answer is good, in days.

    Returns
    -------
    Record
        With the file's hash.
    """
    return Record(
        service=service,
        query=query,
        endpoint=endpoint,
        data_timestamp=data_timestamp,
        fetched=now.isoformat(timespec="seconds"),
        expires=(now + dt.timedelta(days=days)).isoformat(timespec="seconds"),
        sha256=sha256_file(file),
    )


def _record_path(path: Path) -> Path:
    """The record beside an answer."""
    return path.with_name(path.name + ".json")


def part_path(folder: Path) -> Path:
    """
    Name a file for an answer that is still coming.

    Parameters
    ----------
    folder : Path
        The cache's.

    Returns
    -------
    Path
        One that no other process uses.
    """
    return folder / f"part-{os.getpid()}"


__all__ = ["Answer", "Cache", "Record", "make_record", "part_path"]
