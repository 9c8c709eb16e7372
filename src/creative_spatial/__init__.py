"""
Spatial evidence and maps for a city's place among the UNESCO Creative Cities.

From a folder of a city's data to indicators, layers and maps::

    import creative_spatial as cs

    assessment = cs.Assessment.from_toml("data/sample/songkhla/city.toml")
    result = assessment.run()
    result.table()
    assessment.save(result, "results/songkhla")

The subpackages `loaders`, `analysers` and `plotters` also work by themselves, on plain
GeoDataFrames. Nothing heavy is imported before it is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from creative_spatial import analysers, errors, loaders, plotters, preparation, synthesis
    from creative_spatial.area import StudyArea
    from creative_spatial.assessment import Assessment
    from creative_spatial.evaluation import evaluate
    from creative_spatial.indicators import IndicatorSpec
    from creative_spatial.loaders.osm import OsmExtract
    from creative_spatial.network import Network
    from creative_spatial.provenance import Source
    from creative_spatial.raster import Raster
    from creative_spatial.result import Result
    from creative_spatial.taxonomy import Taxonomy

_MODULES = ("analysers", "errors", "loaders", "plotters", "preparation", "synthesis")
_ORIGINS = {
    "Assessment": "assessment",
    "IndicatorSpec": "indicators",
    "Network": "network",
    "OsmExtract": "loaders.osm",
    "Raster": "raster",
    "Result": "result",
    "Source": "provenance",
    "StudyArea": "area",
    "Taxonomy": "taxonomy",
    "evaluate": "evaluation",
}

__all__ = [
    "Assessment",
    "IndicatorSpec",
    "Network",
    "OsmExtract",
    "Raster",
    "Result",
    "Source",
    "StudyArea",
    "Taxonomy",
    "analysers",
    "errors",
    "evaluate",
    "loaders",
    "plotters",
    "preparation",
    "synthesis",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _ORIGINS:
        return getattr(importlib.import_module(f"{__name__}.{_ORIGINS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
