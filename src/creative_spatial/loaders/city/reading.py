"""The state of one reading of a city folder: files, sources, what is wrong with them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from creative_spatial.errors import (
    ConfigError,
    CreativeSpatialError,
    CreativeSpatialWarning,
    InputError,
)
from creative_spatial.findings import (
    CheckReport,
    Finding,
    finding,
    findings_of,
    row_counts,
    without_file,
)
from creative_spatial.provenance import Source, sha256_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from creative_spatial.config import CityConfig, LayerSection
    from creative_spatial.loaders.online.origins import Origin
    from creative_spatial.loaders.online.settings import OnlineSettings
    from creative_spatial.loaders.repair.ledger import Proposal, Quarantined, Repair
    from creative_spatial.taxonomy import Taxonomy


OVERPASS = "Overpass"
PRIVATE = "it holds records that are not public"


@dataclass
class Reading:
    """State of one reading: what has been read so far, and what was said about it."""

    config: CityConfig
    taxonomy: Taxonomy
    progress: Callable[[str], None]
    sources: dict[str, Source]
    offline: bool = False
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    repairs: list[tuple[dict[str, Any], Repair]] = field(default_factory=list)
    quarantine: list[tuple[dict[str, Any], Quarantined]] = field(default_factory=list)
    proposals: list[tuple[dict[str, Any], Proposal]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    errors: list[CreativeSpatialError] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    placeless: list[gpd.GeoDataFrame] = field(default_factory=list)
    ids: set[tuple[str, str]] = field(default_factory=set)

    def note_absent(self) -> None:
        """Record every file that is not there, before any is read."""
        for relative, fault in self.config.absent_files():
            self.absent.add(relative)
            self.fail(relative, ConfigError(fault, kind="missing"))

    def source(self, source_id: str) -> Source:
        """
        Look a source up.

        Parameters
        ----------
        source_id : str
            Its id.

        Returns
        -------
        Source
            As stated, or as dated by its file.
        """
        return self.sources[source_id]

    def note(self, relative: str, count: int, /, **layer: Any) -> None:
        """
        Record a file that was read, and what became of the rows of one of its layers.

        Parameters
        ----------
        relative : str
            Path as the configuration has it.
        count : int
            Rows that it gave.
        **layer : object
            Facts of the layer.
        """
        if relative not in self.inputs:
            facts = sha256_parts(self.config.resolve(relative))
            self.inputs[relative] = {**facts, "rows": 0, "layers": []}
        self.inputs[relative]["rows"] += count
        self.inputs[relative]["layers"].append(layer)

    def note_records(self, relative: str, entry: LayerSection, layer: pd.DataFrame) -> None:
        """
        Record what was mended, set aside and proposed in the rows of a layer.

        Parameters
        ----------
        relative : str
            Path as the configuration has it.
        entry : LayerSection
            The layer's table.
        layer : DataFrame
            As its reader returns it.
        """
        where = {"file": relative, "layer": entry.layer or "", "source_id": entry.source}
        found = layer.attrs
        self.repairs += [(where, record) for record in found.get("repairs", ())]
        self.quarantine += [(where, record) for record in found.get("quarantine", ())]
        self.proposals += [(where, record) for record in found.get("proposals", ())]

    def public_inputs(self) -> dict[str, dict[str, Any]]:
        """
        Say what was read, without hashes of files that hold what is not public.

        Whoever knows the rest of a small file could try places until its hash fits.

        Returns
        -------
        dict of str to dict
            Facts by file; such a file says so under "withheld".
        """
        hashes = {"sha256", "parts"}
        return {
            file: {"sha256": None, "withheld": PRIVATE}
            | {key: value for key, value in facts.items() if key not in hashes}
            if file in self.private
            else facts
            for file, facts in self.inputs.items()
        }

    def row_hashes(self) -> dict[str, str]:
        """
        Give the hashes of what was read that is no file: tables of a database.

        Returns
        -------
        dict of str to str
            SHA-256 of its rows, by the input's name; for those with the key of the city alone.
        """
        return {
            name: facts["sha256"]
            for name, facts in self.inputs.items()
            if "online" in facts and facts.get("sha256")
        }

    def online(self) -> OnlineSettings:
        """
        Say how to ask online; the packages for it load only then.

        Returns
        -------
        OnlineSettings
            With the offline switch.
        """
        from creative_spatial.loaders.online.settings import OnlineSettings

        return OnlineSettings.load(offline=self.offline)

    def note_online(self, label: str, origin: Origin, count: int, **layer: Any) -> None:
        """
        Record what came from a service.

        Parameters
        ----------
        label : str
            What the record calls it.
        origin : Origin
            Query, endpoint and dates.
        count : int
            Rows that it gave.
        **layer : object
            Facts of the layer.
        """
        facts = {**origin.facts, "rows": 0, "layers": []}
        known = self.inputs.setdefault(label, facts)
        known["rows"] += count
        known["layers"].append(layer)

    def note_database(self, label: str, facts: dict[str, Any], count: int, **layer: Any) -> None:
        """
        Record a table that was read from a database.

        Parameters
        ----------
        label : str
            What the record calls it.
        facts : dict
            Service, table and versions, never a host or user; `sha256` of the rows.
        count : int
            Rows that it gave.
        **layer : object
            Facts of the layer.
        """
        online = {key: value for key, value in facts.items() if key != "sha256"}
        fresh = {"sha256": facts["sha256"], "online": online, "rows": 0, "layers": []}
        known = self.inputs.setdefault(label, fresh)
        known["rows"] += count
        known["layers"].append(layer)

    def read(self, relative: str, reader: Callable[[], Any]) -> Any:
        """
        Run a reader, keeping its warnings with the file they are about.

        Parameters
        ----------
        relative : str
            Path as the configuration has it.
        reader : callable
            Reads it.

        Returns
        -------
        object
            What the reader returns.
        """
        self.progress(relative)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = reader()
            finally:  # beside an error, `check` has what else was said
                self.findings += _said(caught, relative)
        for warning in caught:
            said = warning.message
            if isinstance(said, CreativeSpatialWarning):
                text = str(said)
                known = text.startswith(PurePath(relative).name)
                said = type(said)(
                    text if known else f"{relative}: {text}",
                    kind=said.kind,
                    rows=said.rows,
                    severity=said.severity,
                )
            warnings.warn_explicit(said, warning.category, warning.filename, warning.lineno)
        return outcome

    def attempt(self, relative: str, reader: Callable[[], Any], *, layer: str = "") -> Any:
        """
        Run a part of the reading; what is wrong with it is kept, and the rest goes on.

        A file that is not there is passed over: that was said before.

        Parameters
        ----------
        relative : str
            Path as the configuration has it.
        reader : callable
            Reads it.
        layer : str
            Of a file that has several.

        Returns
        -------
        object
            What the reader returns; None where it failed.
        """
        if relative in self.absent:
            return None
        try:
            return reader()
        except CreativeSpatialError as error:
            self.fail(relative, error, layer=layer)
            return None

    def fail(self, relative: str, error: CreativeSpatialError, *, layer: str = "") -> None:
        """
        Keep an error: the reading as a whole has failed, its other parts go on.

        Parameters
        ----------
        relative : str
            Path as the configuration has it, or the table at fault.
        error : CreativeSpatialError
            What is wrong with it.
        layer : str
            Of a file that has several.
        """
        self.findings += findings_of(error, relative, layer=layer)
        self.errors.append(_named(error, relative))

    def report(self) -> CheckReport:
        """
        Sum up what was found.

        Returns
        -------
        CheckReport
            Each finding once.
        """
        return CheckReport(
            city=self.config.city.name,
            findings=tuple(dict.fromkeys(self.findings)),
            counts=row_counts(self.inputs),
        )

    def refuse(self) -> None:
        """
        Raise if any part of the reading failed.

        Raises
        ------
        CreativeSpatialError
            The one error there is, or an `InputError` of several.
        """
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InputError(self.errors)


def _said(caught: list[warnings.WarningMessage], relative: str) -> list[Finding]:
    """The package's own warnings as findings."""
    said = [warning.message for warning in caught]
    return [
        finding(one.severity, relative, str(one), kind=one.kind, rows=one.rows)
        for one in said
        if isinstance(one, CreativeSpatialWarning)
    ]


def _named(error: CreativeSpatialError, relative: str) -> CreativeSpatialError:
    """The error with the file in its message, so that a list of several says which is which."""
    text = str(error)
    if PurePath(relative).name in text or without_file(text, relative) != text or not error.args:
        return error
    error.args = (f"{relative}: {text}", *error.args[1:])
    return error
