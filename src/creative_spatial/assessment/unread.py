"""What OpenStreetMap states of hours and dates that cannot be read; of lists the readers tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.findings import finding
from creative_spatial.periods import period_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from creative_spatial.findings import Finding
    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy

_QUOTED = 60
_REMEDY = "Mend the tag in OpenStreetMap, or state it in a list of your own."


def unread_findings(data: CityData, taxonomy: Taxonomy, file: str) -> list[Finding]:
    """
    Find places of OpenStreetMap whose `opening_hours` or `start_date` cannot be read.

    Parameters
    ----------
    data : CityData
        What was read.
    taxonomy : Taxonomy
        Says which pillars have concepts with a `stage`: of these the inventory asks.
    file : str
        What messages call the file.

    Returns
    -------
    list of Finding
        A note for each of the two, with the ids of the objects; none of what is not public.
    """
    from creative_spatial.preparation import is_flagged
    from creative_spatial.preparation.inventory import are_hours

    read = data.osm_features
    if read is None or not len(read):
        return []
    asked = {c.pillar for c in taxonomy.concepts.values() if "stage" in c.attributes}
    layer = read[~is_flagged(read) & read["pillar"].isin(asked).to_numpy(dtype=bool)]
    told: list[Finding] = []
    reads: dict[str, Callable[[str], bool]] = {
        "opening_hours": are_hours,
        "start_date": lambda text: period_of(text) is not None,
    }
    for key, can in reads.items():
        stated = _stated(layer, key)
        odd = {feature_id: text for feature_id, text in stated.items() if not can(text)}
        if odd:
            first = repr(next(iter(odd.values())))[:_QUOTED]
            said = (
                f"{key} cannot be read in {len(odd)} of the {len(stated)} features that state it (first: "
                f"{first}), and is taken as not known there."
            )
            told.append(finding("note", file, said, kind="quality", rows=odd, remedy=_REMEDY))
    return told


def _stated(layer: gpd.GeoDataFrame, key: str) -> dict[str, str]:
    """What features say under a key, by their id."""
    from creative_spatial.preparation.inventory.values import tags_of

    rows = layer[layer["tags"].str.contains(f'"{key}"', regex=False, na=False)]
    tags = zip(rows.index.tolist(), tags_of(rows), strict=True)
    return {str(feature_id): table[key] for feature_id, table in tags if table.get(key)}
