"""The state of one reading of a city folder: files, sources, warnings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from creative_spatial.errors import CreativeSpatialWarning, RepairWarning
from creative_spatial.provenance import Source, sha256_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from creative_spatial.config import CityConfig, LayerSection
    from creative_spatial.loaders.online.origins import Origin
    from creative_spatial.loaders.online.settings import OnlineSettings
    from creative_spatial.loaders.repair.ledger import Proposal, Quarantined, Repair
    from creative_spatial.taxonomy import Taxonomy


OVERPASS = "Overpass"


@dataclass
class Reading:
    """State of one reading: what has been read so far, and what was said about it."""

    config: CityConfig
    taxonomy: Taxonomy
    progress: Callable[[str], None]
    sources: dict[str, Source]
    offline: bool = False
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    mended: list[tuple[str, str]] = field(default_factory=list)
    repairs: list[tuple[dict[str, Any], Repair]] = field(default_factory=list)
    quarantine: list[tuple[dict[str, Any], Quarantined]] = field(default_factory=list)
    proposals: list[tuple[dict[str, Any], Proposal]] = field(default_factory=list)

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

    def note_records(self, relative: str, entry: LayerSection, layer: gpd.GeoDataFrame) -> None:
        """
        Record what was mended, set aside and proposed in the rows of a layer.

        Parameters
        ----------
        relative : str
            Path as the configuration has it.
        entry : LayerSection
            The layer's table.
        layer : GeoDataFrame
            As its reader returns it.
        """
        where = {"file": relative, "layer": entry.layer or "", "source_id": entry.source}
        found = layer.attrs
        self.repairs += [(where, record) for record in found.get("repairs", ())]
        self.quarantine += [(where, record) for record in found.get("quarantine", ())]
        self.proposals += [(where, record) for record in found.get("proposals", ())]

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
                said = [
                    (warning.category, (relative, str(warning.message)))
                    for warning in caught
                    if issubclass(warning.category, CreativeSpatialWarning)
                ]
                self.warnings += [message for _, message in said]
                self.mended += [m for category, m in said if issubclass(category, RepairWarning)]
        for warning in caught:
            text, category = str(warning.message), warning.category
            if issubclass(category, CreativeSpatialWarning):
                known = text.startswith(PurePath(relative).name)
                text = text if known else f"{relative}: {text}"
            warnings.warn_explicit(text, category, warning.filename, warning.lineno)
        return outcome
