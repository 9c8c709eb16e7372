"""What is known of datums that are mislabelled, or shifted wrongly by default."""

from __future__ import annotations

from functools import lru_cache

from creative_spatial.resources import Facts, parse, read_toml, resource_path


class Mislabel(Facts):
    """Numbers of one CRS labelled as another, as met in practice."""

    claimed: str
    actual: str
    label: str
    reference: str


class Distrusted(Facts):
    """A published transformation that the others contradict."""

    operation: str
    reference: str


class CandidateCRS(Facts):
    """A CRS to try a layer in that misses its area altogether."""

    crs: str
    reference: str


class DatumFacts(Facts):
    """The whole table."""

    distrusted: tuple[Distrusted, ...]
    mislabels: tuple[Mislabel, ...]
    candidates: tuple[CandidateCRS, ...]


@lru_cache(maxsize=1)
def datum_facts() -> DatumFacts:
    """
    Read the table of datums.

    Returns
    -------
    DatumFacts
        Frozen; read once.
    """
    path = resource_path("datums.toml")
    return parse(DatumFacts, read_toml(path), where=path.name)
