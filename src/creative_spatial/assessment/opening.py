"""What a city folder says before any data is read: its settings, and its own facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.config import CITY_FILE, CityConfig
from creative_spatial.errors import ConfigError, CreativeSpatialError, InputError
from creative_spatial.indicators import IndicatorSpec, load_indicators
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping

INDICATORS_FILE = "indicators.toml"
MAPS_FILE = "maps.toml"
CHARTS_FILE = "charts.toml"
TAXONOMY_FOLDER = "taxonomy"


class Opened(NamedTuple):
    """
    A city folder's settings and facts, as far as they can be read.

    Parameters
    ----------
    config : CityConfig or None
        What ``city.toml`` says.
    taxonomy : Taxonomy or None
        The package's concepts with the city's over them.
    indicators : mapping of str to IndicatorSpec
        The package's with the city's over them; the package's where those are at fault.
    map_files, chart_files : tuple of Path
        The city's own ``maps.toml`` and ``charts.toml``, if any.
    faults : tuple of (str, CreativeSpatialError)
        File and fault of what could not be read.
    """

    config: CityConfig | None
    taxonomy: Taxonomy | None
    indicators: Mapping[str, IndicatorSpec]
    map_files: tuple[Path, ...] = ()
    chart_files: tuple[Path, ...] = ()
    faults: tuple[tuple[str, CreativeSpatialError], ...] = ()

    def refuse(self) -> None:
        """
        Raise if anything is at fault.

        Raises
        ------
        CreativeSpatialError
            The one error there is, or an `InputError` of several.
        """
        errors = [error for _, error in self.faults]
        if errors:
            raise errors[0] if len(errors) == 1 else InputError(errors)


def open_folder(path: str | Path) -> Opened:
    """
    Read a city folder's settings and facts; one at fault hides no other.

    Parameters
    ----------
    path : str or Path
        ``city.toml`` or the folder that holds it.

    Returns
    -------
    Opened
        No data is read yet, and no file of data need be there.
    """
    given = Path(path)
    faults: list[tuple[str, CreativeSpatialError]] = []
    config: CityConfig | None
    try:
        config = CityConfig.read_settings(given)
    except CreativeSpatialError as error:
        faults.append((given.name if given.suffix else CITY_FILE, error))
        config, others = _without_unknown_keys(given, error)
        faults += [(CITY_FILE, other) for other in others]
    if config is None:
        return Opened(None, None, {}, faults=tuple(faults))
    taxonomy = None
    try:
        taxonomy = Taxonomy.load(*_own(config, TAXONOMY_FOLDER))
        _check_field(config, taxonomy)
    except CreativeSpatialError as error:
        faults.append((CITY_FILE if taxonomy is not None else TAXONOMY_FOLDER, error))
    try:
        indicators = load_indicators(*_own(config, INDICATORS_FILE))
    except CreativeSpatialError as error:
        faults.append((INDICATORS_FILE, error))
        indicators = load_indicators()
    maps, charts = _own(config, MAPS_FILE), _own(config, CHARTS_FILE)
    return Opened(config, taxonomy, indicators, maps, charts, tuple(faults))


def _without_unknown_keys(
    path: Path, first: CreativeSpatialError
) -> tuple[CityConfig | None, list[CreativeSpatialError]]:
    """The settings that are known, and what is wrong with them that unknown keys had hidden."""
    said = {fault.message for fault in first.faults}
    try:
        return CityConfig.read_known(path), []
    except CreativeSpatialError as error:
        hidden = [fault for fault in error.faults if fault.message not in said]
        return None, [ConfigError(fault.message, faults=[fault]) for fault in hidden]


def _own(config: CityConfig, name: str) -> tuple[Path, ...]:
    """The city's own facts of a kind, if it has any."""
    path = config.overlay(name)
    return (path,) if path else ()


def _check_field(config: CityConfig, taxonomy: Taxonomy) -> None:
    """Refuse a creative field that nobody knows."""
    if config.city.field is not None and config.city.field not in taxonomy.fields:
        known = ", ".join(taxonomy.fields)
        raise ConfigError(f"city.toml: field {config.city.field!r} is unknown; known: {known}.")
