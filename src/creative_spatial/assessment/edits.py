"""What people changed in the map of an earlier run enters this one, each change accounted for."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from creative_spatial.errors import DataQualityWarning
from creative_spatial.evaluation import DONE, WARNED
from creative_spatial.findings import finding
from creative_spatial.loaders.city.reading import PRIVATE
from creative_spatial.preparation.edits import WITHHELD
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creative_spatial.loaders import CityData
    from creative_spatial.loaders.city.reading import Reading
    from creative_spatial.taxonomy import Taxonomy

TABLE = "edits"
_SHOWN = 5


class WithEdits(NamedTuple):
    """
    What `with_edits` returns.

    Parameters
    ----------
    data : CityData
        With the edits in its layers, and their files among its inputs.
    tables : dict of str to DataFrame
        `edits`: what became of each; empty without any.
    steps : list of dict
        One for each file; one more where edits were not applied.
    """

    data: CityData
    tables: dict[str, pd.DataFrame]
    steps: list[dict[str, Any]]


def with_edits(data: CityData, reading: Reading, taxonomy: Taxonomy) -> WithEdits:
    """
    Apply the files of ``[[edits]]``, in their order, to what was read.

    Parameters
    ----------
    data : CityData
        Before anything is counted or generalised.
    reading : Reading
        Names the files; is told of those that cannot be read, and of edits that were not applied.
    taxonomy : Taxonomy
        Known concepts.

    Returns
    -------
    WithEdits
        Data, the table of outcomes, and steps for the record.
    """
    from creative_spatial.loaders import read_edits
    from creative_spatial.preparation import apply_edits

    outcomes: list[pd.DataFrame] = []
    steps: list[dict[str, Any]] = []
    for entry in reading.config.edits:
        path = reading.config.resolve(entry.path)
        crs = data.area.crs
        edits = reading.attempt(entry.path, lambda p=path, c=crs: read_edits(p, target_crs=c))  # type: ignore[misc]
        if edits is None:
            continue
        source = data.sources[entry.source]
        layers, found = apply_edits(data.layers, edits, taxonomy=taxonomy, source=source)
        counts = dict(sorted(Counter(found["outcome"]).items()))
        facts = {"role": TABLE, "source": entry.source, "rows": {"in": len(edits), **counts}}
        secret = (
            {"sha256": None, "withheld": PRIVATE} if WITHHELD in set(found["feature_id"]) else {}
        )
        hashed = secret or {"sha256": sha256_file(path)}
        known = {**hashed, "rows": len(edits), "layers": [facts]}
        inputs = {**data.inputs, entry.path: known}
        mapped = [layer is data.osm_features for layer in data.layers]
        data = replace(
            data,
            layers=layers,
            osm_features=next((now for now, osm in zip(layers, mapped, strict=False) if osm), None),
            inputs={name: inputs[name] for name in sorted(inputs)},
        )
        outcomes.append(found.assign(file=entry.path))
        said = ", ".join(f"{number} {outcome}" for outcome, number in counts.items()) or "no edits"
        step = {"step": f"edits {entry.path}", "status": DONE, "reason": said, "rows": dict(counts)}
        steps.append(step)
        for text in _not_applied(found):
            warnings.warn(f"{entry.path}: {text}", DataQualityWarning, stacklevel=4)
            reading.findings.append(finding("warning", entry.path, text, kind=TABLE))
            steps.append({"step": f"edits {entry.path}", "status": WARNED, "reason": text})
    tables = {TABLE: pd.concat(outcomes, ignore_index=True)} if outcomes else {}
    return WithEdits(data, tables, steps)


def _not_applied(found: pd.DataFrame) -> Iterator[str]:
    """Which edits were not applied, a line for each reason."""
    for outcome in ("stale", "refused"):
        rows = found[found["outcome"] == outcome].drop_duplicates(["feature_id", "reason"])
        for reason, group in rows.groupby("reason", sort=False):
            ids = group["feature_id"].tolist()
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            yield f"{outcome}, not applied: {', '.join(ids[:_SHOWN])}{more}: {reason}."
