"""Layers that maps show and no run holds: features by the creative fields they are evidence of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.schema import open_rows

if TYPE_CHECKING:
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result

FIELD_EVIDENCE = "field_evidence"


def with_evidence(result: Result, spec: MapSpec) -> Result:
    """
    Add the layer of evidence, where a map asks for it.

    Parameters
    ----------
    result : Result
        With the pillars' layers, of which those count that hold places.
    spec : MapSpec
        One of whose layers may be `field_evidence`.

    Returns
    -------
    Result
        The same, or with one more layer: a row for each open place and each field that its
        concept is evidence of, with `field` and the `strength` for that field.
    """
    if FIELD_EVIDENCE in result.layers or all(it.layer != FIELD_EVIDENCE for it in spec.layers):
        return result
    evidence = result.taxonomy.field_evidence()
    found = []
    for pillar in result.taxonomy.place_pillars:
        layer = result.layers.get(pillar)
        if layer is None or "concept" not in layer:
            continue
        rows = open_rows(layer).drop(columns=["field", "strength"], errors="ignore")
        rows = rows[rows["concept"].isin(evidence["concept"])].rename_axis("feature_id")
        found.append(rows.reset_index().merge(evidence, on="concept").set_index("feature_id"))
    if not found:
        return result
    filled = [rows for rows in found if len(rows)]
    return replace(result, layers={**result.layers, FIELD_EVIDENCE: pd.concat(filled or found[:1])})
