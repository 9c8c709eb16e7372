"""Every input of a city folder read by itself, and what is wrong with each."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from creative_spatial.loaders.city.core import read_city

if TYPE_CHECKING:
    from creative_spatial.config import CityConfig
    from creative_spatial.findings import CheckReport
    from creative_spatial.taxonomy import Taxonomy


def check_city(config: CityConfig, taxonomy: Taxonomy, *, offline: bool = False) -> CheckReport:
    """
    Read every input as `load_city` does and report what is wrong with each; change nothing.

    Parameters
    ----------
    config : CityConfig
        The configuration.
    taxonomy : Taxonomy
        Concepts, with the city's own.
    offline : bool
        Ask no server.

    Returns
    -------
    CheckReport
        Errors, with which `load_city` would stop, warnings and notes; and what became of
        the rows of each file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are findings
        _, reading = read_city(config, taxonomy, offline=offline)
    return reading.report()
