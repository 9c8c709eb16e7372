"""
An answer from what is kept while it is fresh, and from a server otherwise.

An expired answer is never taken in silence: online it is asked anew, and a failure says
that ``--offline`` would take the old one; offline it is taken with a warning.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creative_spatial.errors import DataQualityWarning, OutputError, SourceUnavailableError
from creative_spatial.loaders.online.cache import Answer, Cache, make_record, part_path
from creative_spatial.loaders.online.transport import fetch
from creative_spatial.loaders.online.turns import turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.loaders.online.osmnx_request import Question
    from creative_spatial.loaders.online.settings import OnlineSettings, Service


@dataclass(frozen=True)
class Verdict:
    """
    What the check of an answer found.

    Parameters
    ----------
    data_timestamp : str or None
        As of when the server's data is, ISO 8601.
    is_lasting : bool
        Whether the answer is good until its expiry; False: asked anew each time.
    """

    data_timestamp: str | None = None
    is_lasting: bool = True


@dataclass(frozen=True)
class Inquiry:
    """
    Something to be known from a service.

    Parameters
    ----------
    name : str
        Of the service.
    service : Service
        Its servers and manners.
    suffix : str
        Of the kept file.
    query : str
        In full: the key under which the answer is kept. Holds no secrets.
    question : Question
        The request.
    check : callable
        Takes the file, raises LoadError where it is not to be believed.
    what : str
        For messages.
    """

    name: str
    service: Service
    suffix: str
    query: str
    question: Question
    check: Callable[[Path], Verdict]
    what: str

    def answer(self, settings: OnlineSettings) -> Answer:
        """
        Take the kept answer while it is fresh, else ask.

        Parameters
        ----------
        settings : OnlineSettings
            Time, folder, whether online.

        Returns
        -------
        Answer
            The file and its record.

        Raises
        ------
        SourceUnavailableError
            If no server gave a usable answer, or offline with nothing kept.
        OutputError
            If the answer cannot be kept.

        Warns
        -----
        DataQualityWarning
            Offline, if the kept answer has expired.
        """
        cache = Cache(settings.folder / self.name, self.suffix)
        kept = cache.find(self.query)
        if kept is not None and kept.record.is_fresh(settings.clock.now()):
            return kept
        if settings.offline:
            return self._offline(kept)
        folder = cache.prepare()
        try:
            return self._in_turn(cache, folder, settings)
        except SourceUnavailableError:
            raise
        except OSError as error:
            raise OutputError(
                f"{self.what}: the answer cannot be kept in {folder}: {error.strerror or error}. "
                "Set CREATIVE_SPATIAL_CACHE to a folder that can be written."
            ) from error

    def _in_turn(self, cache: Cache, folder: Path, settings: OnlineSettings) -> Answer:
        """Wait for one's turn, look once more, ask, keep."""
        service, clock = self.service, settings.clock
        with turn(folder / "turn.lock", interval_s=service.min_interval_s, clock=clock) as mine:
            # Another process may have asked the same while this one waited.
            kept = cache.find(self.query)
            if kept is not None and kept.record.is_fresh(clock.now()):
                return kept
            part = part_path(folder)
            try:
                verdict, endpoint = fetch(
                    self.question, service, settings, turn=mine, target=part, check=self.check
                )
                record = make_record(
                    self.name,
                    self.query,
                    endpoint,
                    part,
                    data_timestamp=verdict.data_timestamp,
                    now=clock.now(),
                    days=service.expires_days if verdict.is_lasting else 0,
                )
                return cache.keep(part, record)
            except SourceUnavailableError as error:
                raise SourceUnavailableError(self._unavailable(error, kept)) from error
            finally:
                part.unlink(missing_ok=True)

    def _offline(self, kept: Answer | None) -> Answer:
        """What is kept, whatever its age, with a word on it; an error where nothing is."""
        if kept is None:
            raise SourceUnavailableError(
                f"{self.what}: offline, and no answer is kept from before. Run once without --offline, "
                "or name a file of your own in city.toml."
            )
        warnings.warn(
            f"{self.what}: the kept answer has expired (fetched {kept.record.fetched[:10]}); "
            "used because offline.",
            DataQualityWarning,
            stacklevel=3,
        )
        return kept

    def _unavailable(self, error: Exception, kept: Answer | None) -> str:
        """Why nothing came, and what can be done."""
        remedy = "Try later, or name a file of your own in city.toml"
        if kept is not None:
            remedy += f"; --offline takes the answer kept since {kept.record.fetched[:10]}"
        return f"{self.what}: {error}. {remedy}."


__all__ = ["Inquiry", "Verdict"]
