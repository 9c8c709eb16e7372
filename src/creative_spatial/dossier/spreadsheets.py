"""Tables that people open in a spreadsheet and fill in, as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from creative_spatial.dossier.rows import json_ready, neutralized

if TYPE_CHECKING:
    import pandas as pd

SPREADSHEETS = ("visit_list",)
"""Tables of a `Result` that are written as ``<id>.csv`` at the top of the results folder."""


def spreadsheet(table: pd.DataFrame) -> bytes:
    r"""
    Write a table so that spreadsheets show its script rightly and run nothing in it.

    Parameters
    ----------
    table : DataFrame
        Without its index; cells are texts, numbers or null.

    Returns
    -------
    bytes
        CSV in UTF-8 with a byte order mark, without which Excel takes Thai or Persian for
        another encoding. Nulls are empty; a text that would be a formula gets an
        apostrophe first, column names too.

    Examples
    --------
    >>> import pandas as pd
    >>> spreadsheet(pd.DataFrame({"name": ["=1+1", None], "stop": [1, 2]})).decode("utf-8-sig")
    "name,stop\n'=1+1,1\n,2\n"
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutralized(str(name)) for name in table.columns])
    for row in table.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> str:
    """A cell as text: whole numbers without a point, nothing for null."""
    plain = json_ready(value)
    if plain is None:
        return ""
    if isinstance(plain, float):
        return str(int(plain)) if plain.is_integer() else repr(plain)
    if isinstance(plain, bool | int):
        return str(plain)
    return neutralized(str(plain))
