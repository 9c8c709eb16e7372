"""Counts of places elsewhere that a city gives as the reference of its location quotients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.config import COUNT_INPUTS
from creative_spatial.errors import LoadError
from creative_spatial.loaders.city.contents import attempt_entry
from creative_spatial.loaders.reference import (
    RESULTS_TABLE,
    read_reference,
    read_results_reference,
)

if TYPE_CHECKING:
    from creative_spatial.config import LayerSection
    from creative_spatial.loaders.city.reading import Reading

TWICE = (
    "{!r} is the name of another reference too; give each a [[source]] with a title of its own, or "
    "a column `name`"
)


def read_references(reading: Reading) -> pd.DataFrame | None:
    """
    Read every [[layer]] of counts elsewhere; they add up.

    Parameters
    ----------
    reading : Reading
        State of the reading.

    Returns
    -------
    DataFrame or None
        As `read_reference` gives them; None where there is none, or none can be read.
    """
    entries = [entry for entry in reading.config.layer if entry.pillar in COUNT_INPUTS]
    tables: list[pd.DataFrame] = []
    names: set[str] = set()
    for entry in entries:
        table = attempt_entry(reading, entry, lambda e: _read(reading, e))
        if table is None:
            continue
        own = set(table["reference"])
        if twice := sorted(own & names):
            reading.fail(entry.path, LoadError(f"{entry.path}: {TWICE.format(twice[0])}"))
        names |= own
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else None


def _read(reading: Reading, entry: LayerSection) -> pd.DataFrame:
    """One table of counts, or another city's results."""
    source, path = reading.source(entry.source), reading.config.resolve(entry.path)
    file = entry.path
    if entry.kind == "results":
        file = f"{entry.path.rstrip('/')}/{RESULTS_TABLE}"
        city = reading.config.city.name
        table = reading.read(
            entry.path,
            lambda: read_results_reference(path, source=source, city=city, boundary=entry.layer),
        )
    else:
        table = reading.read(
            entry.path,
            lambda: read_reference(
                path, source=source, taxonomy=reading.taxonomy, layer=entry.layer,
                encoding=entry.encoding, columns=entry.columns, concepts=entry.concepts,
                repair=entry.repair,
            ),
        )  # fmt: skip
    reading.note(file, len(table), role=entry.pillar, source=entry.source)
    reading.note_records(entry.path, entry, table)
    counts: pd.DataFrame = table.copy()
    counts.attrs = {}
    return counts
