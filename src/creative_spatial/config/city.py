"""A whole ``city.toml``: its tables together, and the files that it names."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (pydantic reads the annotation)
from typing import Any

from pydantic import Field, model_validator

from creative_spatial.config.routes import RouteSection  # noqa: TC001  (pydantic reads it)
from creative_spatial.config.sections import (
    EXTRACT_MANIFEST,
    OSM_SOURCE_ID,
    BoundarySection,
    CitySection,
    EditsSection,
    LayerSection,
    OsmSection,
    SourceSection,
    UnitsSection,
)
from creative_spatial.errors import ConfigError, Fault
from creative_spatial.resources import Facts, parse, read_toml, without_unknown_keys

CITY_FILE = "city.toml"
SCHEMA_VERSION = 1
RESULTS = "[[layer]] of results"
# Without them a message might quote what is not public.
_SECRETIVE = ("sensitivity", "personal")


def _absent(full: Path, where: str, relative: str) -> list[str]:
    """A fault if a path leads to no file."""
    try:
        if full.is_file():
            return []
        if where.endswith("[osm]") and (full / EXTRACT_MANIFEST).is_file():
            return []
        if where.endswith(RESULTS) and full.is_dir():
            return []
    except (OSError, ValueError) as error:
        return [f"{where}: path {relative[:60]!r}… cannot be used: {error}"]
    if full.is_dir():
        remedy = "name a file (export the layers of a geodatabase, .gdb, to a GeoPackage)"
        return [f"{where}: {relative!r} is a folder; {remedy}"]
    hint = "; write folders with '/'" if "\\" in relative else ""
    return [f"{where}: no such file: {relative!r}{hint}"]


class CityConfig(Facts):
    """Everything that ``city.toml`` says, with defaults filled in."""

    city: CitySection
    boundary: tuple[BoundarySection, ...] = Field(min_length=1)
    units: UnitsSection = UnitsSection()
    osm: OsmSection | None = None
    source: tuple[SourceSection, ...] = ()
    layer: tuple[LayerSection, ...] = ()
    edits: tuple[EditsSection, ...] = ()
    route: tuple[RouteSection, ...] = ()
    schema_version: int = Field(default=SCHEMA_VERSION, alias="schema")
    allow_outside: bool = False
    folder: Path

    @model_validator(mode="after")
    def _consistent(self) -> CityConfig:
        faults = []
        if self.schema_version != SCHEMA_VERSION:
            faults.append(f"schema = {self.schema_version}; this version reads {SCHEMA_VERSION}")
        if self.osm is None and not self.layer:
            faults.append("there is no data: add an [osm] table or a [[layer]]")
        for table, ids in (
            ("boundary", [entry.id for entry in self.boundary]),
            ("source", [entry.id for entry in self.source]),
            ("route", [entry.id for entry in self.route]),
        ):
            if twice := sorted({i for i in ids if ids.count(i) > 1}):
                faults.append(f"[[{table}]] ids {twice} occur more than once")
        known = {entry.id for entry in self.source} | {OSM_SOURCE_ID}
        used = [(f"[[layer]] {e.label}", e.source) for e in self.layer]
        used += [(f"[[edits]] {e.path}", e.source) for e in self.edits]
        used += [(f"[[boundary]] {e.id}", e.source) for e in self.boundary if e.source]
        used += [(f"[[route]] {e.id}", e.source) for e in self.route if e.source]
        used += [("[osm]", self.osm.source)] if self.osm and self.osm.source else []
        faults += [
            f"{where}: source {source!r} has no [[source]]; known: {sorted(known)}"
            for where, source in used
            if source not in known
        ]
        primary = [entry.id for entry in self.boundary if entry.primary]
        if len(primary) > 1:
            faults.append(f"boundaries {primary} are all primary; one must be")
        if not primary and len(self.boundary) > 1:
            faults.append("no boundary is primary; set `primary = true` on one [[boundary]]")
        if any(e.relation is not None for e in self.boundary) and self.osm is None:
            faults.append("a boundary is an OSM relation, but there is no [osm] table")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @classmethod
    def read(cls, path: Path) -> CityConfig:
        """
        Read and check a ``city.toml``.

        Parameters
        ----------
        path : Path
            The file, or the folder that holds it.

        Returns
        -------
        CityConfig
            Frozen, defaults filled in.

        Raises
        ------
        ConfigError
            Listing every fault with its key, and paths that leave the folder.
        """
        config = cls.read_settings(path)
        config.check_paths(CITY_FILE if path.is_dir() else path.name)
        return config

    @classmethod
    def read_settings(cls, path: Path) -> CityConfig:
        """
        Read and check the settings of a ``city.toml``, whether or not its files are there.

        Parameters
        ----------
        path : Path
            The file, or the folder that holds it.

        Returns
        -------
        CityConfig
            Frozen, defaults filled in; `absent_files` says what is not there.

        Raises
        ------
        ConfigError
            Listing every fault with its key.
        """
        where, table = cls._table(path)
        return parse(cls, table, where=where)

    @classmethod
    def read_known(cls, path: Path) -> CityConfig:
        """
        Read a ``city.toml`` as if the keys that nobody knows were not there.

        Parameters
        ----------
        path : Path
            The file, or the folder that holds it.

        Returns
        -------
        CityConfig
            Good enough to look for further faults with; nothing is computed from it.

        Raises
        ------
        ConfigError
            Listing the faults that are left.
        """
        where, table = cls._table(path)
        return parse(cls, without_unknown_keys(cls, table, guarded=_SECRETIVE), where=where)

    @classmethod
    def _table(cls, path: Path) -> tuple[str, dict[str, Any]]:
        """What messages call the file, and what it says."""
        file = path / CITY_FILE if path.is_dir() else path
        return file.name, {**read_toml(file), "folder": file.resolve().parent}

    def resolve(self, relative: str) -> Path:
        """
        The full path of a file the configuration names.

        Parameters
        ----------
        relative : str
            As written in the file.

        Returns
        -------
        Path
            Absolute, links followed.

        Raises
        ------
        ConfigError
            If it leaves the city's folder and that is not allowed.
        """
        full = (self.folder / relative).resolve()
        if not self.allow_outside and not full.is_relative_to(self.folder):
            raise ConfigError(
                f"path {relative!r} leaves the city's folder; copy the file there, "
                "or set `allow_outside = true` at the top of city.toml"
            )
        return full

    def files(self) -> list[tuple[str, str]]:
        """
        Every file the configuration names, and where it does.

        Returns
        -------
        list of (str, str)
            Table and path as written.
        """
        named = [(f"[[boundary]] {entry.id}", entry.path) for entry in self.boundary if entry.path]
        if self.units.path:
            named.append(("[units]", self.units.path))
        if self.osm and self.osm.path:
            named.append(("[osm]", self.osm.path))
        named += [
            (RESULTS if entry.kind == "results" else "[[layer]]", entry.path)
            for entry in self.layer
            if entry.path
        ]
        named += [("[[edits]]", entry.path) for entry in self.edits]
        named += [("[[layer]] form", entry.form) for entry in self.layer if entry.form]
        return named

    def check_paths(self, where: str) -> None:
        """
        Refuse paths that leave the folder or lead to nothing, all at once.

        Parameters
        ----------
        where : str
            What the message calls the file.

        Raises
        ------
        ConfigError
            Listing every path at fault.
        """
        if faults := [fault for _, fault in self.absent_files(where)]:
            raise ConfigError(
                "\n".join(faults), faults=[Fault(fault, "missing") for fault in faults]
            )

    def absent_files(self, where: str = CITY_FILE) -> list[tuple[str, str]]:
        """
        Find the paths that leave the folder or lead to nothing.

        Parameters
        ----------
        where : str
            What the messages call the file.

        Returns
        -------
        list of (str, str)
            Path as written, and what is wrong with it.
        """
        faults = []
        for table, relative in self.files():
            try:
                full = self.resolve(relative)
            except ConfigError as error:
                faults.append((relative, f"{where}: {table}: {error}"))
                continue
            except (OSError, ValueError) as error:
                fault = f"{where}: {table}: path {relative!r} cannot be used: {error}"
                faults.append((relative, fault))
                continue
            faults += [(relative, fault) for fault in _absent(full, f"{where}: {table}", relative)]
        return faults

    def overlay(self, name: str) -> Path | None:
        """
        A file or folder beside ``city.toml`` that is found without being named.

        Parameters
        ----------
        name : str
            "taxonomy", "indicators.toml", "maps.toml", "charts.toml" or "labels.csv".

        Returns
        -------
        Path or None
            None where there is none.
        """
        path = self.folder / name
        return path if path.exists() else None

    def as_dict(self) -> dict[str, Any]:
        """
        The configuration with every default, ready for JSON; the folder apart.

        Returns
        -------
        dict
            Plain values.
        """
        plain = self.model_dump(mode="json", by_alias=True, exclude={"folder"})
        for layer in plain["layer"]:
            if isinstance(layer["sensitivity"], dict):  # the words name what is withheld
                layer["sensitivity"] = sorted(set(layer["sensitivity"].values()))
        return plain
