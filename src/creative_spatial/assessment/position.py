"""Whether the city's own layers lie where OpenStreetMap has the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.evaluation import DONE, SKIPPED, WARNED
from creative_spatial.findings import finding

if TYPE_CHECKING:
    from creative_spatial.findings import Finding
    from creative_spatial.loaders import CityData

_STATUS = {"agrees": DONE, "not checkable": SKIPPED}


def position_findings(data: CityData) -> tuple[list[dict[str, str]], list[Finding]]:
    """
    Compare each of the city's own layers with OpenStreetMap by the names they share.

    Parameters
    ----------
    data : CityData
        What was read.

    Returns
    -------
    steps : list of dict
        One a layer: it agrees, is shifted (also a warning), or cannot be checked.
    findings : list of Finding
        The layers that do not agree.
    """
    from creative_spatial.preparation import check_datum, is_flagged

    steps: list[dict[str, str]] = []
    findings: list[Finding] = []
    reference = data.osm_features
    if reference is None or not len(reference):
        return steps, findings
    for read in data.layers:
        layer = read[~is_flagged(read)]  # a shift by metres would tell where the others lie
        if read is reference or not len(layer):
            continue
        source = data.sources[layer["source_id"].iloc[0]]
        found = check_datum(layer, reference, name=source.title)
        status = _STATUS.get(found.status, WARNED)
        steps.append(
            {"step": f"position of {source.id}", "status": status, "reason": found.message}
        )
        if status == WARNED:
            file = layer.attrs.get("file", source.id)
            findings.append(finding("warning", file, found.message, kind="datum"))
    return steps, findings
