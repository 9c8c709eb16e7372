"""Where each layer's rows come from, and how many were left behind on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.dossier.licenses import check_licenses
from creative_spatial.errors import DataQualityWarning
from creative_spatial.evaluation import DONE, WARNED
from creative_spatial.keyed import HMAC
from creative_spatial.schema import source_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creative_spatial.dossier.licenses import LicenseConflict
    from creative_spatial.result import Result

LICENCES_STEP = "licences"
_NOT_EXAMINED = "No layer says where its rows come from."


def lineage(result: Result) -> dict[str, Any]:
    """
    List what every input layer and every exported layer is made from.

    Parameters
    ----------
    result : Result
        What was assessed.

    Returns
    -------
    dict
        `inputs`: one entry for each layer read, with file, SHA-256 (of a file that holds what
        is not public, HMAC-SHA256 under the city's key), source, licence,
        attribution, date of the data, and as far as its reader counts them rows in, out,
        outside the area, repaired, and quarantined by reason. `layers`: for each exported layer its
        rows by source, the licences, and for a pillar the rows in, counted twice,
        withheld and out. What is not known is left out.
    """
    counts = {
        str(step["step"]).removeprefix("pillar "): step["rows"]
        for step in result.steps
        if str(step.get("step", "")).startswith("pillar ") and "rows" in step
    }
    exported = {
        name: {
            "sources": rows,
            "licenses": sorted({result.sources[i].license for i in rows if i in result.sources}),
            **({"rows": counts[name]} if name in counts else {}),
        }
        for name, rows in rows_by_source(result).items()
    }
    return {"inputs": _read(result), "layers": exported}


def _read(result: Result) -> list[dict[str, Any]]:
    """One entry for each layer that was read."""
    return [
        {
            "file": file,
            "sha256": facts.get("sha256"),
            **{key: facts[key] for key in (HMAC, "withheld") if key in facts},
            **{key: layer[key] for key in ("role", "id", "layer") if key in layer},
            **_source(result, layer.get("source")),
            **({"rows": layer["rows"]} if "rows" in layer else {}),
        }
        for file, facts in result.inputs.items()
        for layer in facts.get("layers", ())
    ]


def _source(result: Result, source_id: str | None) -> dict[str, Any]:
    """What a reviewer asks of a source."""
    if source_id is None:
        return {}
    source = result.sources.get(source_id)
    facts = ("title", "license", "attribution", "date")
    return {"source": source_id} | ({k: getattr(source, k) for k in facts} if source else {})


def rows_by_source(result: Result) -> dict[str, dict[str, int]]:
    """
    Count the rows of each exported layer by source.

    Parameters
    ----------
    result : Result
        What was assessed.

    Returns
    -------
    dict of str to dict of str to int
        By layer, "boundaries" among them; layers whose rows name no source are left out.
    """
    layers = {**result.layers, "boundaries": result.area.boundaries}
    counted = {name: source_counts(layer) for name, layer in layers.items()}
    return {name: dict(sorted(rows.items())) for name, rows in sorted(counted.items()) if rows}


def conflicts_of(result: Result) -> list[LicenseConflict]:
    """
    Find the licences that the exported layers combine and may not.

    Parameters
    ----------
    result : Result
        What was assessed.

    Returns
    -------
    list of LicenseConflict
        Those that exclude each other first.
    """
    return check_licenses(rows_by_source(result), result.sources)


def licences_step(result: Result, conflicts: Sequence[LicenseConflict]) -> Mapping[str, str]:
    """
    Say in one line of the record what was found of licences.

    Parameters
    ----------
    result : Result
        What was assessed.
    conflicts : sequence of LicenseConflict
        As `conflicts_of` returns them.

    Returns
    -------
    mapping of str to str
        A step: `step`, `status`, `reason`.
    """
    layers = rows_by_source(result)
    excluded = sum(conflict.verdict == "no" for conflict in conflicts)
    if conflicts:
        reason = (
            f"Combinations of licences that exclude each other: {excluded}; that need permission: "
            f"{len(conflicts) - excluded}; see credits.md. First: {conflicts[0]}"
        )
    else:
        reason = f"{len(layers)} layers, nothing at odds" if layers else _NOT_EXAMINED
    return {"step": LICENCES_STEP, "status": WARNED if conflicts else DONE, "reason": reason}


def conflict_warning(conflicts: Sequence[LicenseConflict]) -> DataQualityWarning | None:
    """
    Word the warning that is owed where licences exclude each other.

    Parameters
    ----------
    conflicts : sequence of LicenseConflict
        As `conflicts_of` returns them.

    Returns
    -------
    DataQualityWarning or None
        None where permission may still be had.
    """
    excluded = [conflict for conflict in conflicts if conflict.verdict == "no"]
    if not excluded:
        return None
    more = f" And {len(excluded) - 1} more, in credits.md." if len(excluded) > 1 else ""
    return DataQualityWarning(f"Licences exclude each other. {excluded[0]}.{more}")
