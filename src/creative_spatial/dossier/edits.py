"""What somebody changed in ``city.gpkg``, in words and as a table for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.dossier.rows import neutralized

if TYPE_CHECKING:
    import pandas as pd

_GEOMETRY = "geometry"
_LONG = 200


def edits_csv(changes: pd.DataFrame) -> str:
    """
    Write changes for a spreadsheet, which must not run their texts.

    Parameters
    ----------
    changes : DataFrame
        As `loaders.read_edited` has them.

    Returns
    -------
    str
        CSV text with a header; nulls are empty; outlines too long for a cell are named by kind.
    """
    texts = changes.columns.drop("moved_m")
    safe = changes.assign(**{c: changes[c].map(_cell, na_action="ignore") for c in texts})
    return safe.to_csv(index=False, lineterminator="\n")


def edits_lines(changes: pd.DataFrame) -> list[str]:
    """
    Word changes for a terminal.

    Parameters
    ----------
    changes : DataFrame
        As `loaders.read_edited` has them.

    Returns
    -------
    list of str
        A line for each change, one for each added feature; and the counts of features.
    """
    rows = changes[(changes["change"] != "added") | (changes["column"] == _GEOMETRY)]
    lines = [_line(row) for row in rows.to_dict("records")]
    taken = changes["before"].notna() | changes["after"].notna() | (changes["change"] == "removed")
    counts = changes[taken].groupby("change")["feature_id"].nunique()
    words = {"added": "added", "removed": "removed", "moved": "moved or reshaped",
             "attribute": "with other attributes"}  # fmt: skip
    said = [f"{counts[change]} {word}" for change, word in words.items() if change in counts]
    return [*lines, f"features: {', '.join(said)}" if said else "no feature was changed"]


def _line(row: dict[Any, Any]) -> str:
    """One change."""
    name = f" ({row['name']})" if row["name"] else ""
    if row["change"] in {"moved", "attribute"} and row["before"] is None and row["after"] is None:
        said = f"{row['column']} not taken"
    elif row["change"] == "moved":
        said = f"moved or reshaped by {row['moved_m']:.1f} m"
    elif row["change"] == "attribute":
        said = f"{row['column']}: {_shown(row['before'])} -> {_shown(row['after'])}"
    else:
        said = row["change"]
    note = f"; {row['note']}" if row["note"] else ""
    return f"{row['layer']}: {row['feature_id']}{name}: {said}{note}"


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet runs or cuts off."""
    text = str(value)
    if len(text) > _LONG and text.partition(" ")[0].isupper() and text.endswith(")"):
        return f"{text.partition(' ')[0]} of {text.count(',') + 1} points"
    return neutralized(text)
