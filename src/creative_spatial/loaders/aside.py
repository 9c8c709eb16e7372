"""What stands in the rows that are set aside, so that their owner need not look them up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
from shapely.geometry.base import BaseGeometry

from creative_spatial.loaders.repair.ledger import WITHHELD
from creative_spatial.loaders.sensitive import reasons_of
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.features import LayerOptions
    from creative_spatial.loaders.repair.ledger import Quarantined

_LONGEST = 1000


def with_cells(build: Build, options: LayerOptions) -> list[Quarantined]:
    """
    Add to the rows set aside what stands in them.

    Where any row of the file is not public, none of those set aside is shown: "the same
    as row 7" leads to row 7.

    Parameters
    ----------
    build : Build
        With the rows as they were read, and which of them were set aside.
    options : LayerOptions
        By which rows are not public.

    Returns
    -------
    list of Quarantined
        In the same order.
    """
    rows = build.rows
    if rows is None or not build.quarantined:
        return build.quarantined
    if build.private is None or build.private or is_flagged(reasons_of(rows, options)).any():
        return [record._replace(cells=WITHHELD) for record in build.quarantined]
    gone = rows.loc[rows.index.isin([record.row for record in build.quarantined])]
    cells = dict(zip(gone.index.tolist(), _as_text(gone), strict=True))
    return [record._replace(cells=cells.get(record.row)) for record in build.quarantined]


def _as_text(rows: pd.DataFrame) -> list[str]:
    """A JSON object a row, of the cells that are not empty."""
    names = [str(name) for name in rows]
    return [
        json.dumps(
            {name: _said(cell) for name, cell in zip(names, row, strict=True) if _is_there(cell)},
            ensure_ascii=False,
        )
        for row in rows.itertuples(index=False, name=None)
    ]


def _is_there(cell: Any) -> bool:
    return isinstance(cell, (list, dict, BaseGeometry)) or (not pd.isna(cell) and str(cell) != "")


def _said(cell: Any) -> str:
    said = cell.wkt if isinstance(cell, BaseGeometry) else str(cell)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
