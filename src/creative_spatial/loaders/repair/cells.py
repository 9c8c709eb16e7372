"""Cells of a column set anew, each change recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from creative_spatial.loaders.columns import is_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from creative_spatial.loaders.build import Build

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def set_cells(
    frame: pd.DataFrame, build: Build, kind: str, name: str, after: Mapping[Any, Any]
) -> None:
    """
    Set cells of a column, and record each that changes.

    Parameters
    ----------
    frame : DataFrame, n rows
        Indexed by row number; changed.
    build : Build
        Records each cell.
    kind : str
        Of repair, as in ``resources/repairs.toml``.
    name : str
        The column.
    after : mapping of int to cell
        What each row is to hold.
    """
    column = frame[name].astype("object")
    for row, value in after.items():
        before = column.at[row]
        if before != value:
            build.mend(kind, int(row), name, _plain(before), value)
            column.at[row] = value
    frame[name] = column.infer_objects() if not is_text(frame[name]) else column.astype("str")


def _plain(value: Any) -> Any:
    """A cell as Python has it."""
    return value.item() if hasattr(value, "item") else value
