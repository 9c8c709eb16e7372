"""
Where rows come from: sources, their licences and dates, and hashes of files.

Each feature carries a ``source_id``; the `Source` it names carries what a reviewer asks
for. The column is the truth: pandas drops ``.attrs`` in joins.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from creative_spatial.errors import ConfigError
from creative_spatial.schema import ASSUMED, BASIS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd

ACCURACIES = ("surveyed", "approximate", "illustrative")


@dataclass(frozen=True)
class Source:
    """
    Who made some data, under which licence, as of when.

    Parameters
    ----------
    id : str
        What ``source_id`` columns hold.
    title : str
        Name of the data set.
    license : str
        SPDX identifier, or the licence's own name.
    attribution : str
        The credit as its owner wants it printed.
    date : str or None
        Date of the data (not of the download), ISO 8601; None where not known.
    url : str or None
        Where it can be found.
    accuracy : str or None
        "surveyed", "approximate" or "illustrative", for rows that do not say themselves.
    uncertainty_m : float or None, metres
        How well places are known, for rows that do not say themselves.
    """

    id: str
    title: str
    license: str
    attribution: str
    date: str | None = None
    url: str | None = None
    accuracy: str | None = None
    uncertainty_m: float | None = None

    def __post_init__(self) -> None:
        if self.accuracy is not None and self.accuracy not in ACCURACIES:
            raise ConfigError(f"source {self.id!r}: accuracy is one of {', '.join(ACCURACIES)}.")
        if self.uncertainty_m is not None and not 0 < self.uncertainty_m < math.inf:
            raise ConfigError(f"source {self.id!r}: uncertainty_m is a length in metres.")

    def dated(self, date: dt.date | dt.datetime | str | None) -> Source:
        """
        Copy the source with the date its data turned out to have.

        Parameters
        ----------
        date : date, datetime, str or None
            Date of the data; None leaves the source as it is.

        Returns
        -------
        Source
            A new object.
        """
        if date is None:
            return self
        return replace(self, date=date if isinstance(date, str) else date.isoformat())

    def as_dict(self) -> dict[str, Any]:
        """
        List the facts, in a fixed order.

        Returns
        -------
        dict
            Plain values, ready for JSON.
        """
        return asdict(self)


OPENSTREETMAP = Source(
    id="osm",
    title="OpenStreetMap",
    license="ODbL-1.0",
    attribution="© OpenStreetMap contributors",
    url="https://www.openstreetmap.org/copyright",
)

UNSTATED = Source(
    id="unstated",
    title="Source not stated",
    license="unknown",
    attribution="source of the boundary not stated",
)


def stamp(features: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """
    Copy a layer with its source on every row.

    Parameters
    ----------
    features : GeoDataFrame, n rows
        A layer, with or without `source_id`.
    source : Source
        Where the rows come from; its `accuracy` and `uncertainty_m`, if any, fill rows that
        have none, or an uncertainty that an earlier run assumed.

    Returns
    -------
    GeoDataFrame, n rows
        With `source_id`, and `accuracy` and `uncertainty_m` where the source states them.
    """
    stamped = features.assign(source_id=source.id)
    if source.uncertainty_m is not None and {"uncertainty_m", BASIS} <= set(stamped.columns):
        # A table of an earlier run has what that run assumed, which nobody said.
        said = stamped[BASIS] != ASSUMED
        columns = ["uncertainty_m", BASIS]
        stamped[columns] = stamped[columns].where(said)
    for column, value in (("accuracy", source.accuracy), ("uncertainty_m", source.uncertainty_m)):
        if value is not None:
            given = stamped.get(column)
            stamped[column] = value if given is None else given.fillna(value)
    return stamped


def credits_line(source_ids: Iterable[str], sources: Mapping[str, Source]) -> list[str]:
    """
    Credits owed for a set of sources, each once, in the order of their ids.

    Parameters
    ----------
    source_ids : iterable of str
        Ids met in the layers shown.
    sources : mapping of str to Source
        The known sources.

    Returns
    -------
    list of str
        "attribution (license, date)"; an id that is not known stands for itself.

    Examples
    --------
    >>> credits_line(["osm"], {"osm": OPENSTREETMAP.dated("2026-01-01")})
    ['© OpenStreetMap contributors (ODbL-1.0, 2026-01-01)']
    """
    lines = []
    for source_id in sorted(set(source_ids)):
        source = sources.get(source_id)
        if source is None:
            lines.append(source_id)
            continue
        details = [source.license] + ([source.date[:10]] if source.date else [])
        lines.append(f"{source.attribution} ({', '.join(details)})")
    return list(dict.fromkeys(lines))


def sha256_file(path: Path) -> str:
    """
    Hash a file's bytes.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


KEY_FILE = "provenance.key"
"""What of a city's folder is never copied, listed or hashed: `creative_spatial.keyed` says why."""

PARTS = {".shp": (".dbf", ".shx", ".prj", ".cpg"), ".tab": (".dat", ".map", ".id", ".ind")}
"""Files that belong to one that is named, by its suffix: its attributes, CRS, encoding."""


def sha256_parts(path: Path, *, hashed: Callable[[Path], str] = sha256_file) -> dict[str, Any]:
    """
    Hash a file, and the files beside it that it cannot be read without; or a folder's files.

    Parameters
    ----------
    path : Path
        An existing file or folder.
    hashed : callable
        Another hash of a file's bytes.

    Returns
    -------
    dict
        `sha256`, of a folder that of its files' names and hashes; for a Shapefile or MapInfo
        file, and for a folder, also `parts`, SHA-256 by file name.
    """
    if path.is_dir():
        files = {
            one.name: hashed(one)
            for one in sorted(path.iterdir())
            if one.is_file() and one.name != KEY_FILE
        }
        listed = "".join(f"{digest}  {name}\n" for name, digest in files.items())
        return {"sha256": hashlib.sha256(listed.encode()).hexdigest(), "parts": files}
    facts: dict[str, Any] = {"sha256": hashed(path)}
    wanted = PARTS.get(path.suffix.casefold(), ())
    beside = [
        other
        for other in sorted(path.parent.iterdir())
        if other.stem == path.stem and other.suffix.casefold() in wanted
    ]
    return facts | ({"parts": {part.name: hashed(part) for part in beside}} if beside else {})
