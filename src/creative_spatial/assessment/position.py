"""Whether the city's own layers lie where OpenStreetMap has the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.evaluation import DONE, SKIPPED, WARNED
from creative_spatial.findings import finding

if TYPE_CHECKING:
    from creative_spatial.findings import Finding
    from creative_spatial.loaders import CityData

_STATUS = {"agrees": DONE, "not checkable": SKIPPED}
NO_REFERENCE = "position not checkable: there is no OpenStreetMap file to compare its places with"


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
        One a layer: it agrees, is shifted, or cannot be checked.
    findings : list of Finding
        Warnings of the layers that do not agree, and as notes those that cannot be checked.
    """
    from creative_spatial.preparation import check_datum, is_flagged

    steps: list[dict[str, str]] = []
    findings: list[Finding] = []
    reference = data.osm_features
    for read in data.layers:
        layer = read[~is_flagged(read)]  # a shift by metres would tell where the others lie
        if read is reference or not len(layer):
            continue
        source = data.sources[layer["source_id"].iloc[0]]
        if reference is None or not len(reference):
            status, said = SKIPPED, f"{source.title}: {NO_REFERENCE}."
        else:
            found = check_datum(layer, reference, name=source.title)
            status, said = _STATUS.get(found.status, WARNED), found.message
        steps.append({"step": f"position of {source.id}", "status": status, "reason": said})
        file = layer.attrs.get("file", source.id)
        if status == WARNED:
            findings.append(finding("warning", file, said, kind="datum"))
        elif status == SKIPPED:
            findings.append(finding("note", file, said, kind="position_unchecked"))
    return steps, findings
