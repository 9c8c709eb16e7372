"""The records of a reading as tables, without what is not for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.loaders.repair.ledger import WITHHELD, Proposal, Quarantined, Records, Repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

REPAIR_COLUMNS = (
    "file", "layer", "source_id", "row", "feature_id", "column", "kind", "before", "after",
)  # fmt: skip
QUARANTINE_COLUMNS = ("file", "layer", "source_id", "row", "kind", "reason", "remedy", "cells")
PROPOSAL_COLUMNS = ("file", "layer", "source_id", "rows", "kind", "message", "accept")


def withhold(layer: gpd.GeoDataFrame, *, all_rows: bool = False) -> gpd.GeoDataFrame:
    """
    Take out of a layer's records of repairs what is not for everybody.

    What stood in a row that is flagged in `sensitivity`, or that lacks a "yes" in
    `consent`, is replaced by "withheld": file and row number lead its owner there.

    Parameters
    ----------
    layer : GeoDataFrame
        As a reader returns it.
    all_rows : bool
        Whether no row is for everybody, as in a survey.

    Returns
    -------
    GeoDataFrame
        The same layer, its ``attrs`` changed.
    """
    hidden = set(layer.index) if all_rows else _flagged(layer)
    records = layer.attrs.get("repairs", ())
    layer.attrs["repairs"] = Records(
        record._replace(before=WITHHELD, after=WITHHELD) if record.feature_id in hidden else record
        for record in records
    )
    return layer


def _flagged(layer: gpd.GeoDataFrame) -> set[Any]:
    """Ids of features that are not for everybody."""
    hidden: set[Any] = set()
    if "sensitivity" in layer:
        hidden |= set(layer.index[layer["sensitivity"].notna()])
    if "consent" in layer:
        given = layer["consent"].astype("str").str.strip().str.casefold() == "yes"
        hidden |= set(layer.index[~given.fillna(value=False)])
    return hidden


def repairs_frame(records: Iterable[tuple[Mapping[str, Any], Repair]]) -> pd.DataFrame:
    """
    Make a table of repairs.

    Parameters
    ----------
    records : iterable of (mapping, Repair)
        What was mended, with its `file`, `layer` and `source_id`.

    Returns
    -------
    DataFrame
        Columns `REPAIR_COLUMNS`; `row` is null where the whole file is meant, `before` and
        `after` are text.
    """
    rows = [
        {
            **where,
            **record._asdict(),
            "before": _text(record.before),
            "after": _text(record.after),
        }
        for where, record in records
    ]
    return _table(rows, REPAIR_COLUMNS)


def quarantine_frame(records: Iterable[tuple[Mapping[str, Any], Quarantined]]) -> pd.DataFrame:
    """
    Make a table of the rows set aside.

    Parameters
    ----------
    records : iterable of (mapping, Quarantined)
        The rows, with their `file`, `layer` and `source_id`.

    Returns
    -------
    DataFrame
        Columns `QUARANTINE_COLUMNS`.
    """
    return _table([{**where, **record._asdict()} for where, record in records], QUARANTINE_COLUMNS)


def proposals_frame(records: Iterable[tuple[Mapping[str, Any], Proposal]]) -> pd.DataFrame:
    """
    Make a table of repairs that were not made.

    Parameters
    ----------
    records : iterable of (mapping, Proposal)
        The proposals, with their `file`, `layer` and `source_id`.

    Returns
    -------
    DataFrame
        Columns `PROPOSAL_COLUMNS`; `rows` is a tuple of row numbers.
    """
    return _table([{**where, **record._asdict()} for where, record in records], PROPOSAL_COLUMNS)


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(columns))
    kinds = {name: "str" for name in columns if name not in {"row", "rows"}}
    return table.astype(kinds | ({"row": "Int64"} if "row" in columns else {}))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
