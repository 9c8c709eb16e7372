"""Ids of features: the file's own, or row numbers with a warning."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import DataQualityWarning
from creative_spatial.loaders.columns import SHOWN, count, list_rows
from creative_spatial.loaders.repair.ledger import Records
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from creative_spatial.loaders.build import Build

ID_COLUMNS = ("feature_id", "id")
OWN_IDS = 0.5


def with_ids(
    frame: gpd.GeoDataFrame,
    file: gpd.GeoDataFrame,
    columns: Mapping[str, str],
    build: Build,
    *,
    source_id: str,
) -> tuple[gpd.GeoDataFrame, pd.Index[str]]:
    """
    Keep the rows that have an id, and make their index: "<source>:<id>".

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Rows as they will be, indexed by row number.
    file : GeoDataFrame
        All rows of the file, by which a column of ids is told from a blank one.
    columns : mapping of str to str
        The file's column by our name, as stated.
    build : Build
        Is told of rows without an id, of ids that repeat, and that there are none.
    source_id : str
        What ids begin with.

    Returns
    -------
    frame : GeoDataFrame, at most n rows
        Without the rows that have no id.
    ids : Index of str
        Theirs; row numbers, with a warning, where no column has ids.
    """
    stated = columns.keys() & set(ID_COLUMNS)
    column = next((name for name in ID_COLUMNS if name in (stated or frame)), None)
    start = f"{source_id}:"
    found = "no column with ids"
    again = {record.row for record in build.quarantined if record.kind == "exact_duplicate"}
    if column and not stated and not _tells_rows_apart(file[column].drop(index=[*again])):
        # An "id" that a program added and nobody filled.
        found, column = f"column {column!r} is blank or the same in most rows", None
    if column is None:
        if len(frame):
            build.warn(
                f"{found}, so rows are numbered, and editions of the file cannot be "
                "compared over time; name the column with `columns = { id = ... }`."
            )
        return frame, _index(start, frame.index)
    frame = build.keep(frame, frame[column].notna().to_numpy(dtype=bool), "no_id")
    ids = frame[column].map(as_text)
    if len(twice := ids[ids.duplicated(keep=False)]):
        build.fault(_repeated(twice, build.word), kind="schema", rows=twice.index)
        return frame, _index(start, frame.index)
    return frame, _index(start, ids)


def _index(start: str, ids: Iterable[Any]) -> pd.Index[str]:
    """Feature ids; one that the source's name begins already keeps it."""
    full = [text if (text := str(i)).startswith(start) else f"{start}{text}" for i in ids]
    return pd.Index(full, dtype="str", name=INDEX)


def told_apart(
    layer: gpd.GeoDataFrame, pillars: Mapping[str, str], taken: set[tuple[str, str]]
) -> gpd.GeoDataFrame:
    """
    Give a number to ids that another file of the same source has too.

    Numbering rows from 1 is common, and one register may come in several files: their
    features are not one another's, and none may be lost or edited in another's place.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        As its reader returns it, each id once.
    pillars : mapping of str to str
        Pillar by concept: ids are told apart within one.
    taken : set of (pillar, id)
        Ids of the layers before; those of this one are added.

    Returns
    -------
    GeoDataFrame, n rows
        With "#2" and on after ids that were taken, in its records of repairs and row numbers too; the
        layer itself where none was.

    Warns
    -----
    DataQualityWarning
        Saying how many there were; which ones may be nobody's business.
    """
    own = list(zip(layer["concept"].map(pillars).fillna(""), layer.index, strict=True))
    fresh: dict[str, str] = {}
    for pillar, name in own:
        again, free = 1, name
        while (pillar, free) in taken:
            again += 1
            free = f"{name}#{again}"
        if free != name:
            fresh[name] = free
        taken.add((pillar, free))
    if not fresh:
        return layer
    told = layer.set_axis(pd.Index([fresh.get(i, i) for i in layer.index], dtype="str", name=INDEX))
    told.attrs = {**layer.attrs}
    told.attrs["repairs"] = Records(
        record._replace(feature_id=fresh.get(record.feature_id, record.feature_id))
        for record in layer.attrs.get("repairs", ())
    )
    told.attrs["numbers"] = Records(
        (fresh.get(name, name), row) for name, row in layer.attrs.get("numbers", ())
    )
    message = (
        f"{count(len(fresh), 'id')} of {len(layer)} {'is' if len(fresh) == 1 else 'are'} also in "
        "another file of the same source, so a number was put behind (e.g. '#2'); give each file a "
        "[[source]] of its own, and its ids stay as they are."
    )
    warnings.warn(DataQualityWarning(message), stacklevel=2)
    return told


def _tells_rows_apart(column: pd.Series[Any]) -> bool:
    """Whether most rows have a value of their own: then the others are slips."""
    own = column.notna() & ~column.duplicated(keep=False)
    return bool(own.all() or own.mean() > OWN_IDS)


def _repeated(ids: pd.Series[str], word: str) -> str:
    """Say which ids occur more than once, and where."""
    values = ids.unique()
    places = [f"{v!r} in {list_rows(ids.index[ids == v], word)}" for v in values[:SHOWN]]
    more = f"; and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return (
        f"{count(len(values), 'id')} {'occurs' if len(values) == 1 else 'occur'} more than once: "
        f"{'; '.join(places)}{more}; give each {word} its own, or name another column with "
        "`columns = { id = ... }`."
    )


def as_text(value: Any) -> str:
    """
    Write an id or name as text; a whole number that a program made a float is whole again.

    Parameters
    ----------
    value : Any
        A cell that is not null.

    Returns
    -------
    str
        Its text.

    Examples
    --------
    >>> as_text(7.0), as_text("007")
    ('7', '007')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
