"""What ran, on what, under which licences: ``run.json``, ``credits.md`` and ``log.txt``."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import re
from typing import TYPE_CHECKING, Any

from creative_spatial.crs import describe_crs
from creative_spatial.dossier.folder import SOFTWARE
from creative_spatial.dossier.licenses import license_classes, license_facts, nearest_license
from creative_spatial.dossier.lineage import conflicts_of, lineage
from creative_spatial.dossier.rows import json_ready, to_json
from creative_spatial.keyed import without_keyed
from creative_spatial.schema import is_illustrative, source_ids

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from creative_spatial.provenance import Source
    from creative_spatial.result import Result

SCHEMA = 1
ILLUSTRATIVE = "illustrative"
VERSION = importlib.metadata.version("creative-spatial")
LIBRARIES = (
    "exactextract", "geopandas", "mapclassify", "matplotlib", "numpy", "osmium", "osmnx",
    "pandas", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "scipy", "shapely",
)  # fmt: skip
_RUN_TIMES = ("seconds", "started", "finished")


def digest(value: Any) -> str:
    """
    Hash a value by its JSON text, keys sorted.

    Parameters
    ----------
    value : object
        A configuration, a mapping of inputs.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    text = to_json(_sorted(json_ready(value)))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _sorted(value: Any) -> Any:
    """The same plain value with the keys of every mapping sorted."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def run_record(
    result: Result,
    *,
    files: Mapping[str, str | None],
    content: Mapping[str, str | None],
    steps: Iterable[Mapping[str, Any]],
    draft: bool,
) -> dict[str, Any]:
    """
    Describe a run; equal for equal input under equal versions.

    Parameters
    ----------
    result : Result
        What was assessed.
    files : mapping of str to str or None
        Path in the results folder to SHA-256; None where only the content is reproducible.
    content : mapping of str to str or None
        SHA-256 of what these files hold, whatever their bytes.
    steps : iterable of mapping
        Steps of writing, after those of the result.
    draft : bool
        Whether the results are marked as a draft.

    Returns
    -------
    dict
        Content of ``run.json``, ready for JSON; no times of running.
    """
    area = result.area
    return {
        "schema": SCHEMA,
        "software": {"name": SOFTWARE, "version": VERSION},
        "draft": draft,
        "city": {fact: getattr(area, fact) for fact in ("name", "names", "country", "languages")},
        "crs": {"name": area.crs.name, "id": describe_crs(area.crs), "wkt": area.crs.to_wkt()},
        "boundaries": _boundaries(result),
        "units": len(area.units),
        "config_sha256": digest(result.config),
        "config": result.config,
        "inputs_sha256": digest(without_keyed(result.inputs)),
        "inputs": result.inputs,
        "sources": [
            {**source.as_dict(), "layers": layers_of(result).get(key, [])}
            for key, source in sorted(result.sources.items())
        ],
        "layers": {
            name: {"rows": len(layer), ILLUSTRATIVE: illustrative_rows(layer, result.sources)}
            for name, layer in result.layers.items()
        },
        "provenance": lineage(result),
        "licenses": [conflict._asdict() for conflict in conflicts_of(result)],
        "steps": [
            {k: v for k, v in step.items() if k not in _RUN_TIMES}
            for step in [*result.steps, *steps]
        ],
        "versions": {"python": platform.python_version(), **_versions()},
        "files": dict(sorted(files.items())),
        "content_sha256": dict(sorted(content.items())),
    }


_BOUNDARY_FACTS = (
    "name", "source_id", "primary", "area_total", "area_land", "published_area_km2", "population",
)  # fmt: skip


def _boundaries(result: Result) -> list[dict[str, Any]]:
    """What is known of each boundary, its shape apart."""
    rows = result.area.boundaries.drop(columns="geometry").reset_index().to_dict("records")
    return [
        {"id": row["unit_id"], **{k: row[k] for k in _BOUNDARY_FACTS if k in row}} for row in rows
    ]


def _versions() -> dict[str, str]:
    """Versions of the libraries that numbers, layers and maps depend on."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def layers_of(result: Result) -> dict[str, list[str]]:
    """
    List the layers that each source has rows in.

    Parameters
    ----------
    result : Result
        What was assessed.

    Returns
    -------
    dict of str to list of str
        By source id; "boundaries" among the layers.
    """
    found: dict[str, list[str]] = {}
    for name, layer in {**result.layers, "boundaries": result.area.boundaries}.items():
        for source_id in source_ids(layer):
            found.setdefault(source_id, []).append(name)
    return {key: sorted(found[key]) for key in sorted(found)}


def illustrative_rows(layer: pd.DataFrame, sources: Mapping[str, Source]) -> int:
    """
    Count the rows of a layer that are made up to show the method.

    Parameters
    ----------
    layer : DataFrame
        With or without `accuracy` and `source_id`.
    sources : mapping of str to Source
        Those that are known.

    Returns
    -------
    int
        How many say so; where none says anything, how many are of a source that does.
    """
    if "accuracy" in layer or "source_id" not in layer:
        return int(is_illustrative(layer).sum())
    # The network and the land say nothing row by row.
    invented = {key for key, source in sources.items() if source.accuracy == ILLUSTRATIVE}
    counted = layer["source_id"].astype("str").value_counts()
    return int(sum(rows for ids, rows in counted.items() if invented & {*str(ids).split(";")}))


def credits_text(result: Result) -> str:
    """
    Write the credits owed, with licence and date, as Markdown.

    Parameters
    ----------
    result : Result
        What was assessed.

    Returns
    -------
    str
        One section a source; sources that are named in a layer but not described say so.
    """
    used = layers_of(result)
    lines = [f"# Credits: {markdown(result.area.name)}", ""]
    for key in sorted({*result.sources, *used}):
        source = result.sources.get(key)
        if source is None:
            lines += [f"## {markdown(key)}", "", "Not described: name its owner and licence.", ""]
            continue
        facts = {
            "Credit": source.attribution,
            "License": source.license,
            "Date of the data": source.date or "not known",
            "Where": source.url,
            "Accuracy": source.accuracy,
            "Layers": ", ".join(used.get(key, [])) or None,
        }
        lines += [f"## {markdown(source.title)}", ""]
        lines += [f"- {name}: {markdown(text)}" for name, text in facts.items() if text]
        if source.accuracy == ILLUSTRATIVE:
            lines.append("- Made up to show the method: no evidence of anything.")
        lines.append("")
    lines += [*_licences_together(result), f"Made with {SOFTWARE} {VERSION}."]
    return "\n".join(lines) + "\n"


def _licences_together(result: Result) -> list[str]:
    """What the licences ask of whoever shares the results, and where they are at odds."""
    facts = license_facts()
    texts = sorted({source.license for source in result.sources.values()})
    asked = [
        f"- {markdown(text)}: {' Or: '.join(_asked(option) for option in license_classes(text))}"
        for text in texts
    ]
    guesses = [
        f"- {markdown(text)} is not a known licence; is {nearest} meant?"
        for text in texts
        if (nearest := nearest_license(text))
    ]
    said = [
        f"- {markdown(str(conflict))} ({markdown(conflict.reference)})"
        for conflict in conflicts_of(result)
    ]
    at_odds = said or ["Nothing in these layers is at odds with their licences."]
    rule = f"{facts.collection.text} ({facts.collection.reference})"
    return [
        "## Sharing these results", "", *asked, *guesses, "", rule, "", *at_odds, "",
        "This is what the licences' texts say, and no legal advice.", "",
    ]  # fmt: skip


def _asked(classes: Iterable[str]) -> str:
    """What a licence asks, in one line."""
    known = license_facts().classes
    return " ".join(known[name].asks for name in sorted(classes) if known[name].asks) or "nothing."


def markdown(text: str) -> str:
    r"""
    Show a text in Markdown as it was typed, on one line.

    Parameters
    ----------
    text : str
        Any text, from anyone.

    Returns
    -------
    str
        With everything escaped that Markdown or HTML would act on.

    Examples
    --------
    >>> markdown("<script> [a](b)")
    '&lt;script&gt; \\[a\\](b)'
    """
    line = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", line)


def log_text(
    result: Result,
    *,
    started: dt.datetime,
    finished: dt.datetime,
    timings: Sequence[tuple[str, float]],
    notes: Sequence[str] = (),
) -> str:
    """
    Write down what differs from run to run: when, where, how long.

    Parameters
    ----------
    result : Result
        What was assessed; `seconds` of its steps are listed.
    started, finished : datetime
        Of writing the results, UTC.
    timings : sequence of (str, float)
        Seconds by file written.
    notes : sequence of str
        Further lines.

    Returns
    -------
    str
        Plain text.
    """
    first, last = (moment.isoformat(timespec="seconds") for moment in (started, finished))
    lines = [
        f"{SOFTWARE} {VERSION}",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"writing started {first}, finished {last}",
    ]
    lines += [
        f"{float(step['seconds']):8.2f} s  {step.get('step', '')}"
        for step in result.steps
        if "seconds" in step
    ]
    lines += [f"{seconds:8.2f} s  wrote {name}" for name, seconds in timings]
    clean = [re.sub(r"[\x00-\x1f\x7f]+", " ", line) for line in [*lines, *notes]]
    return "\n".join(clean) + "\n"
