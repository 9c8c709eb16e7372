"""Whether the city's own layers lie where OpenStreetMap has the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.evaluation import DONE, SKIPPED, WARNED

if TYPE_CHECKING:
    from creative_spatial.loaders import CityData

_STATUS = {"agrees": DONE, "not checkable": SKIPPED}


def position_steps(data: CityData) -> list[dict[str, str]]:
    """
    Compare each of the city's own layers with OpenStreetMap by the names they share.

    Parameters
    ----------
    data : CityData
        What was read.

    Returns
    -------
    list of dict
        One step a layer: it agrees, is shifted (also a warning), or cannot be checked.
    """
    from creative_spatial.preparation import check_datum

    reference = data.osm_features
    if reference is None or not len(reference):
        return []
    steps = []
    for layer in data.layers:
        if layer is reference or not len(layer):
            continue
        source = data.sources[layer["source_id"].iloc[0]]
        found = check_datum(layer, reference, name=source.title)
        status = _STATUS.get(found.status, WARNED)
        steps.append(
            {"step": f"position of {source.id}", "status": status, "reason": found.message}
        )
    return steps
