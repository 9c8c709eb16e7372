"""Counts of places elsewhere, for location quotients: a table, or another city's results."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.build import Build
from creative_spatial.loaders.columns import list_rows, near, rename_columns, tidy_text
from creative_spatial.loaders.delimited import read_delimited
from creative_spatial.loaders.repair.texts import mend_digits
from creative_spatial.loaders.spreadsheet import WORKBOOKS, read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

RECORD = "run.json"
RESULTS_TABLE = "tables/field_quotients.parquet"
STRENGTHS = ("direct", "indirect", "weak")
TOTAL, OTHER = "total", "other"
COLUMNS = ("field", "strength", "value", "total", "reference", "accuracy", "source_id")
MOST = 2**53
"""Up to here a number of double precision is exactly the whole number that was written."""


def read_reference(
    path: Path,
    *,
    source: Source,
    taxonomy: Taxonomy,
    layer: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    concepts: Mapping[str, str] | None = None,
    repair: bool = True,
) -> pd.DataFrame:
    """
    Read counts of places elsewhere from a table: by creative field, or by concept.

    The whole that they are part of is a row called "total", or a column `total`; of concepts it
    may be left out, and is the sum of the rows, those called "other" among them. A field of
    which the table lists some concepts and not others is left out, with a warning: its counts
    would be of fewer kinds than the city's.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv``, ``.txt`` or ``.xlsx``.
    source : Source
        Where the counts come from; its title is the reference's name unless a column `name`
        has one.
    taxonomy : Taxonomy
        Known fields and concepts.
    layer : str, optional
        Sheet of a workbook that has several.
    encoding : str, optional
        Text encoding; found out otherwise.
    columns : mapping of str to str, optional
        The file's column by our name: `field` or `concept`, `count`, `total`, `name`.
    concepts : mapping of str to str, optional
        Our concept, or field, by the file's word for it; "other" counts in the whole alone.
    repair : bool
        Whether digits of other scripts are read as 0 to 9.

    Returns
    -------
    DataFrame
        `field`, `strength` (null in counts by field), `value`, `total`, `reference`,
        `accuracy`, `source_id`; ``attrs["repairs"]``, what was mended.

    Raises
    ------
    LoadError
        Naming file, rows and remedy.

    Warns
    -----
    DataQualityWarning
        If a field is left out.
    """
    build = Build(path.name, "row", repair=repair)
    if path.suffix.lower() in WORKBOOKS:
        table = read_sheet(path, layer)
    else:
        table = read_delimited(path, encoding=encoding, build=build)
    table = tidy_text(rename_columns(table, columns or {}, path.name))
    key = _key(table, path.name)
    table = mend_digits(table, build, keep=[key, "name"])
    named = table["name"] if "name" in table else pd.Series(None, index=table.index, dtype="str")
    rows = pd.DataFrame(
        {
            "what": table[key].replace(dict(concepts or {})),
            "value": _counts(table, "count", path.name),
            "reference": named.fillna(source.title),
            "total": _counts(table, TOTAL, path.name) if TOTAL in table else np.nan,
        }
    )
    _refuse_unknown(rows, key, taxonomy, path.name)
    rows = _with_totals(rows, key, path.name)
    if key == "concept":
        rows = _by_field(rows, taxonomy, path.name)
    else:
        rows = rows.rename(columns={"what": "field"}).assign(strength=None)
    counts = _stamped(rows, source)
    counts.attrs["repairs"] = tuple(build.repairs)
    return counts


def read_results_reference(
    folder: Path, *, source: Source, city: str, boundary: str | None = None
) -> pd.DataFrame:
    """
    Read the counts of another city from its results folder.

    Parameters
    ----------
    folder : Path
        A results folder that holds ``run.json`` and ``tables/field_quotients.parquet``.
    source : Source
        Where the counts come from.
    city : str
        Name of the city that they are a reference for: its own results are refused.
    boundary : str, optional
        Which of the other city's boundaries; its primary one otherwise.

    Returns
    -------
    DataFrame
        As `read_reference` gives it, with the strengths.

    Raises
    ------
    LoadError
        Naming the folder and the remedy.
    """
    record = _record(folder)
    name = str(record["city"]["name"])
    if name.casefold().split() == city.casefold().split():
        raise LoadError(
            f"{folder.name}: these are results of {name!r} itself; a reference excludes the city."
        )
    known = {str(it["id"]): it for it in record["boundaries"]}
    primary = [key for key, it in known.items() if it["primary"]]
    if boundary is None and len(primary) != 1:
        raise LoadError(
            f"{folder.name}/{RECORD} names {len(primary)} primary boundaries, where one was written; "
            "assess that city again."
        )
    wanted = boundary or primary[0]
    if wanted not in known:
        raise LoadError(f"{folder.name}: no boundary {wanted!r}{near(wanted, known)}")
    path = folder / RESULTS_TABLE
    if not path.is_file():
        raise LoadError(f"{folder.name} has no {RESULTS_TABLE}; assess that city again, whole.")
    needed = ["field", "total", "illustrative"]
    try:
        table = pd.read_parquet(path, columns=["boundary", *needed, *STRENGTHS])
    except (OSError, ValueError) as error:
        raise LoadError(
            f"{folder.name}/{RESULTS_TABLE} is not the table that this version writes ({error}); "
            "assess that city again."
        ) from error
    rows = table[table["boundary"] == wanted]
    _refuse_changed(rows, f"{folder.name}/{RESULTS_TABLE}", wanted)
    long = rows.melt(needed, list(STRENGTHS), "strength", "value").assign(
        reference=f"{name}, {known[wanted].get('name') or wanted}"
    )
    made_up = long["illustrative"].astype(bool)
    stamped = _stamped(long, source)
    return stamped.assign(accuracy=stamped["accuracy"].mask(made_up, "illustrative"))


def _record(folder: Path) -> dict[str, Any]:
    """What a results folder says of its run."""
    path = folder / RECORD
    if not path.is_file():
        raise LoadError(f"{folder.name} is no results folder: it has no {RECORD}.")
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        record["city"]["name"], [(it["id"], it["primary"]) for it in record["boundaries"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LoadError(f"{folder.name}/{RECORD} is no record of a run: {error!r}.") from error
    return record


def _refuse_changed(rows: pd.DataFrame, file: str, boundary: str) -> None:
    """Refuse counts that no run writes: a table that was changed since, or belongs elsewhere."""
    numbers = rows[["total", *STRENGTHS]].apply(pd.to_numeric, errors="coerce").astype(float)
    counts = numbers[list(STRENGTHS)]
    whole = numbers.ge(0) & numbers.le(MOST) & numbers.mod(1).eq(0)
    faults = {
        f"it has no row of the boundary {boundary!r}": not len(rows),
        "a field is there twice": bool(rows["field"].duplicated().any()),
        "a count is no whole number of 0 or more": not bool(whole.to_numpy().all()),
        "a total is 0": bool(numbers["total"].eq(0).any()),
        "more places serve a field than there are": bool(
            counts.sum(axis=1).gt(numbers["total"]).any()
        ),
        "`illustrative` is neither yes nor no": not rows["illustrative"].isin([True, False]).all(),
    }
    if found := [fault for fault, is_so in faults.items() if is_so]:
        raise LoadError(
            f"{file}: {'; '.join(found)}: it was changed since it was written, or is of another "
            "version. Assess that city again."
        )


def _key(table: pd.DataFrame, file: str) -> str:
    """The column that says what is counted."""
    found = [name for name in ("field", "concept") if name in table]
    if len(found) != 1 or "count" not in table:
        have = [str(name) for name in table.columns]
        raise LoadError(
            f"{file}: counts need a column `field` or `concept`, not both, and `count`; it has {have}. "
            'Name them, e.g. columns = { field = "branch", count = "firms" }.'
        )
    return found[0]


def _counts(table: pd.DataFrame, column: str, file: str) -> pd.Series[float]:
    """Whole numbers of 0 or more."""
    numbers = pd.to_numeric(table[column], errors="coerce").astype(float)
    whole = (numbers >= 0) & (numbers <= MOST) & (numbers % 1 == 0)
    wrong = ~whole & ~(table[column].isna() & (column == TOTAL))
    if wrong.any():
        first = table.loc[wrong, column].iloc[0]
        found = "nothing" if pd.isna(first) else f"e.g. {str(first)[:60]!r}"
        raise LoadError(
            f"{file}: {column}: {list_rows(table.index[wrong])}: expected whole numbers of 0 or more, "
            f"written with digits alone, found {found}.",
            rows=table.index[wrong].tolist(),
        )
    return numbers


def _refuse_unknown(rows: pd.DataFrame, key: str, taxonomy: Taxonomy, file: str) -> None:
    """Refuse words that are neither ours nor explained, and rows that are there twice."""
    known = {*(taxonomy.fields if key == "field" else taxonomy.concepts), TOTAL}
    known |= {OTHER} if key == "concept" else set()
    if not len(rows):
        raise LoadError(f"{file} has no rows; write one for each {key}, and one for the {TOTAL}.")
    nameless = rows.index[rows["what"].isna()]
    if len(nameless):
        raise LoadError(
            f"{file}: {list_rows(nameless)}: a count without a {key}; say what is counted, or "
            "take the row out.",
            rows=nameless.tolist(),
        )
    strange = rows[~rows["what"].isin(known)]
    if len(strange):
        word = str(strange["what"].iloc[0])
        raise LoadError(
            f"{file}: {list_rows(strange.index)}: unknown {key} {word!r}{near(word, known)} Write what "
            f"the file's words mean in `concepts`"
            + (', "other" for what is none of ours.' if key == "concept" else "."),
            rows=strange.index.tolist(),
        )
    twice = rows[rows.duplicated(["what", "reference"], keep=False) & (rows["what"] != OTHER)]
    if len(twice):
        raise LoadError(
            f"{file}: {list_rows(twice.index)} count {twice['what'].iloc[0]!r} more than once; add them up.",
            rows=twice.index.tolist(),
        )


def _with_totals(rows: pd.DataFrame, key: str, file: str) -> pd.DataFrame:
    """Rows of what is counted, with the whole of their reference beside them."""
    parts = []
    for name, block in rows.groupby("reference", sort=False):
        own = block[block["what"] != TOTAL]
        said = {*block.loc[block["what"] == TOTAL, "value"], *own["total"].dropna()}
        if not said and key == "concept":
            said = {float(own["value"].sum())}
        if len(said) != 1:
            found = f"several: {sorted(said)}" if said else "none"
            raise LoadError(
                f'{file}: {name!r} needs one total of all places: a row "total", or a column `total`; '
                f"found {found}. Fields do not add up to it, since a place may serve several."
            )
        if not len(own):
            raise LoadError(f"{file}: {name!r} has a total and no count of any {key}; add them.")
        total = said.pop()
        if not total > 0:
            raise LoadError(f"{file}: the total of {name!r} is 0: nothing can be compared with it.")
        most = own["value"].sum() if key == "concept" else own["value"].max()
        if most > total:
            raise LoadError(f"{file}: the total of {name!r} is {total:g}, which its rows exceed.")
        parts.append(own.assign(total=total))
    return pd.concat(parts)


def _by_field(rows: pd.DataFrame, taxonomy: Taxonomy, file: str) -> pd.DataFrame:
    """Counts of concepts as counts of the fields that they serve; a field with gaps is left out."""
    evidence = taxonomy.field_evidence()
    listed = set.intersection(*(set(b["what"]) for _, b in rows.groupby("reference")))
    serving = {
        str(field): set(concepts)
        for field, concepts in evidence.groupby("field", sort=False)["concept"]
    }
    counted = [field for field, concepts in serving.items() if concepts & listed]
    gaps = {key: sorted(serving[key] - listed) for key in counted if serving[key] - listed}
    if gaps:
        told = "; ".join(f"{field} without {', '.join(names[:3])}" for field, names in gaps.items())
        warnings.warn(
            DataQualityWarning(
                f"{file}: left out for want of some of their concepts: {told}. Add rows for them, with 0 "
                "where there is none, or give counts by field."
            ),
            stacklevel=3,
        )
    served = evidence[evidence["field"].isin([key for key in counted if key not in gaps])]
    joined = served.merge(rows, left_on="concept", right_on="what")
    keys = ["field", "strength", "reference", "total"]
    found: pd.DataFrame = joined.groupby(keys, sort=False)["value"].sum().reset_index()
    return found


def _stamped(rows: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Counts with where they come from."""
    full = rows.assign(accuracy=source.accuracy, source_id=source.id)
    texts = dict.fromkeys(("field", "strength", "reference", "accuracy", "source_id"), "str")
    return full[list(COLUMNS)].astype(texts).reset_index(drop=True)
