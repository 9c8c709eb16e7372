"""The tables of a survey's export, and which row of one belongs to which of another."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.archive import open_archive
from creative_spatial.loaders.columns import list_rows, near
from creative_spatial.loaders.delimited import read_delimited
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.spreadsheet import WORKBOOKS, read_sheets
from creative_spatial.loaders.survey.facts import survey_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creative_spatial.loaders.build import Build


ID, SUBMITTED = "_uuid", "_submission_time"


@dataclass(frozen=True, eq=False)
class SurveyTables:
    """
    An export's tables and how they hang together.

    Parameters
    ----------
    main : str
        The table with one row a submission.
    tables : mapping of str to DataFrame of str
        By name; indexed by row number as a spreadsheet shows it.
    above : mapping of str to (str, Series)
        By repeat: the table above it, and the row there of each of its rows; -1 where
        that row is not in the export.
    """

    main: str
    tables: Mapping[str, pd.DataFrame]
    above: Mapping[str, tuple[str, pd.Series[int]]]

    def ids(self, name: str) -> pd.Series[str]:
        """
        Name each row of a table by its submission.

        Parameters
        ----------
        name : str
            The table.

        Returns
        -------
        Series of str
            The submission's id; in a repeat followed by the repeat's name and the row's
            number within its submission. Null where the export holds no id.
        """
        table = self.tables[name]
        keys = survey_facts().keys
        if name not in self.above:
            column = first_of(keys.id, table)
            if column is None:
                return pd.Series(None, index=table.index, dtype="str")
            return table[column].str.removeprefix("uuid:")
        parent, rows = self.above[name]
        stem = rows.map(self.ids(parent))
        stated = first_of(keys.above_id, table)
        if stated is not None:
            stem = stem.fillna(table[stated].str.removeprefix("uuid:"))
        number = stem.groupby(stem).cumcount() + 1
        return (stem + f"/{name}/" + number.astype(str)).astype("str")

    def with_above(self, name: str) -> pd.DataFrame:
        """
        Join what the tables above say to each row of a table.

        Parameters
        ----------
        name : str
            The table.

        Returns
        -------
        DataFrame of str
            Its columns first; of columns of one name the nearest stays.
        """
        table = self.tables[name]
        if name not in self.above:
            return table
        parent, rows = self.above[name]
        higher = self.with_above(parent)
        new = [column for column in higher.columns if column not in table.columns]
        joined = higher[new].reindex(rows.to_numpy()).set_axis(table.index)
        return pd.concat([table, joined], axis=1)


def first_of(names: Iterable[str], table: pd.DataFrame) -> str | None:
    """
    Find the first of several names that a table has a column of.

    Parameters
    ----------
    names : iterable of str
        In order of preference.
    table : DataFrame
        The table.

    Returns
    -------
    str or None
        None where it has none of them.
    """
    return next((name for name in names if name in table.columns), None)


def short_names(table: pd.DataFrame) -> pd.DataFrame:
    """
    Take the groups off column names, where that leaves each its own.

    Parameters
    ----------
    table : DataFrame
        An export's table.

    Returns
    -------
    DataFrame
        The same cells.

    Examples
    --------
    >>> list(short_names(pd.DataFrame(columns=["a/x", "b/x", "b/y"])))
    ['a/x', 'b/x', 'y']
    """
    names = [str(name) for name in table.columns]
    last = [name.rpartition("/")[2] for name in names]
    taken = {*names, ID, SUBMITTED, *ID_COLUMNS}
    short = [
        end if end == name or (last.count(end) == 1 and end not in taken) else name
        for name, end in zip(names, last, strict=True)
    ]
    return table.set_axis(short, axis=1)


def read_tables(
    path: Path, *, encoding: str | None = None, build: Build | None = None
) -> SurveyTables:
    """
    Read every table of an export.

    Parameters
    ----------
    path : Path
        ``.csv``; ``.xlsx`` with a sheet for each repeat; or ``.zip`` with a CSV file for
        each.
    encoding : str, optional
        Of text files; found out otherwise.
    build : Build, optional
        Records an encoding that was found out.

    Returns
    -------
    SurveyTables
        Rows of repeats linked to the rows above them.

    Raises
    ------
    LoadError
        If the file is no export, or no table in it has one row a submission.
    """
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        tables = read_sheets(path)
    elif suffix == ".zip":
        tables = _zipped(path, encoding, build)
    else:
        tables = {path.stem: read_delimited(path, encoding=encoding, build=build)}
    keys = survey_facts().keys
    main = [name for name, table in tables.items() if first_of(keys.above_row, table) is None]
    if not main:
        raise LoadError(
            f"{path.name}: every table is of a repeat; export the whole survey (XLSX, or a zip of "
            "all its CSV files), so that their submissions are known."
        )
    known = [name for name in main if first_of([*keys.id, *keys.row], tables[name]) is not None]
    if len(known or main) > 1:
        raise LoadError(
            f"{path.name}: several tables have one row a submission, {known or main}; keep the "
            "survey's own sheets in the file."
        )
    chosen = (known or main)[0]
    repeats = {name: table for name, table in tables.items() if name not in main}
    above = {name: _linked(name, chosen, tables, path.name) for name in repeats}
    return SurveyTables(chosen, {chosen: tables[chosen], **repeats}, above)


def _zipped(path: Path, encoding: str | None, build: Build | None) -> dict[str, pd.DataFrame]:
    """The CSV files of an archive; a repeat's is called after the survey and the repeat."""
    with open_archive(path) as archive, tempfile.TemporaryDirectory() as folder:
        found = [m for m in archive.members if m.path.suffix.lower() == ".csv"]
        if not found:
            raise LoadError(
                f"{path.name} holds no CSV file; export the survey as CSV or XLSX once more."
            )
        shortest = min((m.path.stem for m in found), key=len)
        tables = {}
        for number, member in enumerate(found):
            target = archive.unpack(member, Path(folder) / f"{number}.csv")
            try:
                table = read_delimited(target, encoding=encoding, build=build)
            except LoadError as error:
                said = str(error).replace(target.name, member.path.name)
                raise LoadError(f"{path.name}: {said}") from error
            tables[member.path.stem.removeprefix(f"{shortest}-")] = table
    return tables


def _linked(
    name: str, main: str, tables: Mapping[str, pd.DataFrame], file: str
) -> tuple[str, pd.Series[int]]:
    """The table above a repeat, and the row there of each of its rows."""
    table = tables[name]
    keys = survey_facts().keys
    link = first_of(keys.above_row, table)
    parents = table[link] if link is not None else pd.Series(None, index=table.index, dtype="str")
    parent = _above(name, parents, main, tables, file)
    row = first_of(keys.row if link == keys.above_row[0] else keys.row[::-1], tables[parent])
    if row is None:
        raise LoadError(
            f"{file}, {parent!r}: none of the columns {list(keys.row)} that the rows of {name!r} "
            "refer to; export the survey once more, with all its columns."
        )
    numbers = tables[parent][row]
    if (twice := numbers.dropna().duplicated(keep=False)).any():
        raise LoadError(
            f"{file}, {parent!r}: {row} occurs more than once, in "
            f"{list_rows(twice.index[twice])}; it tells submissions apart: export them once more."
        )
    known = pd.Series(numbers.index, index=numbers).loc[lambda s: s.index.notna()]
    rows = parents.map(known).fillna(-1).astype(int)
    if (lost := rows == -1).any():
        warnings.warn(
            f"{file}, {name!r}: {list_rows(rows.index[lost])} belong to no submission of this "
            "export; export the survey and its repeats together.",
            DataQualityWarning,
            stacklevel=4,
        )
    return parent, rows


def _above(
    name: str, parents: pd.Series[str], main: str, tables: Mapping[str, pd.DataFrame], file: str
) -> str:
    """The table above a repeat: named by it, else the one whose rows it refers to."""
    keys = survey_facts().keys
    table = tables[name]
    if keys.above_table in table and table[keys.above_table].notna().any():
        stated = str(table[keys.above_table].dropna().iloc[0])
        # Sheet names are cut at 31 letters.
        found = [other for other in tables if other != name and stated[:31] == other[:31]]
        if not found:
            raise LoadError(
                f"{file}, {name!r}: belongs to {stated!r}, which is not there{near(stated, tables)}"
            )
        return found[0]
    for other, candidate in tables.items():
        row = first_of(keys.row[::-1], candidate)
        if other != name and row is not None and parents.isin(candidate[row]).any():
            return other
    return main
