"""How QGIS draws the layers where no legend says: markers, brushes, signs, looks of layers."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from creative_spatial.dossier.qgis_symbols import Marker, SignPart  # noqa: TC001  (pydantic reads it)
from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.taxonomy.entries import Sign  # noqa: TC001  (pydantic reads it)


class Emphasis(Facts):
    """Rows where a column is true have a bolder outline."""

    column: str
    width_mm: float


class BaseClasses(Facts):
    """A base layer's column, and which class of a legend each of its values looks like."""

    column: str
    legend: str
    values: dict[str, str]


class LayerStyle(Facts):
    """How a layer is drawn where no legend says."""

    color: str | None = None
    outline: str | None = None
    width_mm: float | None = None
    size_mm: float | None = None
    fill: bool = True
    dashed: bool = False
    emphasis: Emphasis | None = None
    classes: BaseClasses | None = None


class StyleFacts(Facts):
    """Content of ``resources/qgis/styles.toml``."""

    reference: str
    hue_columns: tuple[str, ...]
    unknown_class: str
    markers: dict[str, Marker]
    brushes: dict[str, str]
    signs: dict[Sign, tuple[SignPart, ...]]
    default: LayerStyle
    layers: dict[str, LayerStyle] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def style_facts() -> StyleFacts:
    """
    Read the facts about styles, once.

    Returns
    -------
    StyleFacts
        Frozen.
    """
    path = resource_path("qgis", "styles.toml")
    return parse(StyleFacts, read_toml(path), where=path.name)
