"""
What a record that is not public still says: words that everybody has, and its species.

Whatever its owner typed can name the place. Under columns with a vocabulary a cell is kept
if it is a word of it; under a taxon's, as Darwin Core has them, if no position is in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.provenance import ACCURACIES
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.schema import CONFIDENCES, STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.taxonomy import Taxonomy

OWN_WORDS = "words of their own"
# The last is added to the reach of the cell.
_AS_THEY_ARE = frozenset({"concept", "source_id", "pillar", "uncertainty_m"})
_STRENGTHS = ("direct", "indirect", "weak", "none")
# A position to a kilometre or better, as people write it: degrees and minutes, decimals, metres,
# a plus code, MGRS, three words.
_POSITION = re.compile(
    r"""
      \d{1,3}[.,٫]\d{3,}
    | \d\s*[°º˚]
    | \d\s*['′’]\s*\d
    | (?<!\d)\d{1,3}[\s:]\d{1,2}[\s:]\d{1,2}(?!\d)
    | \d{5,}
    | \d{3}[\s.,'’]\d{3}
    | [23456789CFGHJMPQRVWX]{2,8}\+[23456789CFGHJMPQRVWX]{2,3}
    | (?<!\w)\d{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,}
    | ///\S
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tells_position(value: Any) -> bool:
    r"""
    Say whether a position is written in a cell.

    Parameters
    ----------
    value : Any
        A cell.

    Returns
    -------
    bool
        True for degrees, metres, plus codes and MGRS; a year is none.

    Examples
    --------
    >>> tells_position("nest 7°03'46\"N"), tells_position("8FVC9G8F+6X")
    (True, True)
    >>> tells_position("Haliaeetus leucogaster (Gmelin, 1788)")
    False
    """
    return not pd.isna(value) and _POSITION.search(str(value)) is not None


def kept_words(
    layer: gpd.GeoDataFrame, category: pd.Series[Any], taxonomy: Taxonomy
) -> tuple[gpd.GeoDataFrame, NDArray[np.bool_]]:
    """
    Empty every cell that could name the place, or lead to a record that does.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        Flagged rows.
    category : Series of str, n items
        That each falls under.
    taxonomy : Taxonomy
        With the city's own words, whose concepts and classes they are.

    Returns
    -------
    shown : GeoDataFrame, n rows
        `name` is the taxon's where the category keeps it, and null otherwise.
    own : array of bool, n items
        Rows that say something in words of their own under a column with a vocabulary.
    """
    facts = sensitivity_facts()
    named = np.array([facts.category[name].names for name in category], dtype=bool)
    people = np.array([facts.category[name].becomes == "hexagon" for name in category], dtype=bool)
    words = _vocabulary(taxonomy)
    own = np.zeros(len(layer), dtype=bool)
    shown = layer.copy()
    for column in [c for c in layer.columns if c != layer.geometry.name]:
        label, cells = str(column), layer[column]
        if label in _AS_THEY_ARE:
            continue
        if label in facts.kept.columns:
            known = _known(cells, words.get(label, frozenset()))
            own |= cells.notna().to_numpy(bool) & ~known & ~people
            keep = known & ~people
        elif label in facts.kept.taxon:
            keep = named & ~_told(cells, label)
        else:
            keep = np.zeros(len(layer), dtype=bool)
        shown[column] = cells.where(keep)
    if "name" in shown:
        for label in reversed([c for c in facts.kept.names if c in shown]):
            shown["name"] = shown[label].astype("str").where(shown[label].notna(), shown["name"])
    return shown, own


def _vocabulary(taxonomy: Taxonomy) -> Mapping[str, frozenset[str]]:
    """Words by column: those of the package, and of the city's concepts and legends."""
    found: dict[str, set[str]] = {name: set(known) for name, known in taxonomy.legends.items()}
    for concept in taxonomy.concepts.values():
        for name, word in concept.attributes.items():
            found.setdefault(name, set()).add(word)
    fixed = {
        "also_concepts": taxonomy.concepts,
        "accuracy": ACCURACIES,
        "confidence": CONFIDENCES,
        "status": STATUSES,
        "strength": _STRENGTHS,
    }
    return {name: frozenset(known) for name, known in {**found, **fixed}.items()}


def _known(cells: pd.Series[Any], words: frozenset[str]) -> NDArray[np.bool_]:
    """Cells of which every part is a word of the vocabulary."""
    known = {
        value: all(part in words for part in str(value).split(";"))
        for value in cells.dropna().unique()
    }
    return np.array([known.get(value, False) for value in cells], dtype=bool)


def _told(cells: pd.Series[Any], label: str) -> NDArray[np.bool_]:
    """Cells that tell a position; the number of a taxon is none."""
    number = label.endswith("Key")
    return np.array(
        [tells_position(v) and not (number and str(v).isdecimal()) for v in cells], dtype=bool
    )
