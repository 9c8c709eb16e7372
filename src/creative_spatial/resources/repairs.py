"""What is known of faults in data: which are mended, which only pointed out, and how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping


class RepairKind(Facts):
    """One thing that readers mend: by themselves where it is safe, on request where it is a guess."""

    kind: str
    label: str
    cause: str
    certainty: Literal["safe", "guess"]
    reference: str


class FaultKind(Facts):
    """One reason to set a row aside; a harmless one loses nothing that should be counted."""

    kind: str
    label: str
    cause: str
    remedy: str
    harmless: bool = False


class RepairSettings(Facts):
    """How near and how far something must be."""

    swap_unsure_km: float
    near_duplicate_m: float
    stacked_rows: int
    offshore_m: float
    reference: str


class DateWords(Facts):
    """Words in the names of columns that hold years or dates."""

    words: tuple[str, ...]
    reference: str


class _File(Facts):
    settings: RepairSettings
    repair: tuple[RepairKind, ...]
    dates: DateWords
    fault: tuple[FaultKind, ...]


@dataclass(frozen=True)
class RepairFacts:
    """
    The whole table, by kind.

    Parameters
    ----------
    settings : RepairSettings
        How near and how far something must be.
    repairs : mapping of str to RepairKind
        What is mended or proposed.
    faults : mapping of str to FaultKind
        Why rows are set aside.
    dates : DateWords
        What columns with dates are called.
    """

    settings: RepairSettings
    repairs: Mapping[str, RepairKind]
    faults: Mapping[str, FaultKind]
    dates: DateWords

    @property
    def guesses(self) -> tuple[str, ...]:
        """Kinds that a layer may accept."""
        return tuple(k for k, entry in self.repairs.items() if entry.certainty == "guess")


@lru_cache(maxsize=1)
def repair_facts() -> RepairFacts:
    """
    Read the table of repairs.

    Returns
    -------
    RepairFacts
        Read once.
    """
    path = resource_path("repairs.toml")
    read = parse(_File, read_toml(path), where=path.name)
    return RepairFacts(
        settings=read.settings,
        repairs={entry.kind: entry for entry in read.repair},
        faults={entry.kind: entry for entry in read.fault},
        dates=read.dates,
    )
