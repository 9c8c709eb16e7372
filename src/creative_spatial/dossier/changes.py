"""Two editions of one city side by side: which numbers changed, and which cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.dossier.rows import neutralized
from creative_spatial.dossier.verification import read_edition, recorded
from creative_spatial.errors import LoadError
from creative_spatial.keyed import HMAC, KEY_ID, PARTS
from creative_spatial.provenance import sha256_file

if TYPE_CHECKING:
    from collections.abc import Mapping

INDICATORS_FILE = "indicators.json"
KEYS = ("id", "category", "boundary", "level", "unit_id")
EQUAL, CHANGED, NEW, GONE, REDEFINED = "equal", "changed", "new", "gone", "definition changed"
STATES = (EQUAL, CHANGED, NEW, GONE, REDEFINED)
_COMPARED = ("value", "low", "high", "n", "status", "grade")
_COLUMNS = (
    *KEYS, "state", "before", "after", "difference", "unit", "n_before", "n_after",
    "date_before", "date_after", "note",
)  # fmt: skip


def compare_editions(before: Path | str, after: Path | str) -> pd.DataFrame:
    """
    Compare the indicators of two results of one city, row by row.

    Parameters
    ----------
    before, after : Path or str
        Results folders or frozen editions of one city, the older first.

    Returns
    -------
    DataFrame
        One row a number, by `id`, `category`, `boundary`, `level`, `unit_id`. `state`:
        "equal" (value, interval, n, status and grade are), "changed", "new", "gone", or
        "definition changed", where another formula or parameter makes the two numbers
        different things. `before`, `after` and `unit`; `difference` (after - before)
        only under one definition and unit; `n` and dates of the data; `note`: that the
        boundary's area changed too.

    Raises
    ------
    LoadError
        If a folder holds no results, they are of different cities, or their indicators
        are not what the run wrote.
    """
    folders = [Path(folder).expanduser().resolve() for folder in (before, after)]
    runs = [recorded(folder) for folder in folders]
    _check_one_city(folders, runs)
    old, new = (_rows(folder, run) for folder, run in zip(folders, runs, strict=True))
    joined = old.add_suffix("_before").join(new.add_suffix("_after"), how="outer")
    joined["state"] = _states(joined, old.index, new.index)
    order = old.index.append(new.index.difference(old.index, sort=False))
    joined = joined.reindex(order)
    comparable = joined["state"].isin([EQUAL, CHANGED])
    table = joined.reset_index().assign(
        before=joined["value_before"].to_numpy(),
        after=joined["value_after"].to_numpy(),
        difference=(joined["value_after"] - joined["value_before"]).where(comparable).to_numpy(),
        unit=joined["unit_after"].fillna(joined["unit_before"]).to_numpy(),
    )
    notes = _area_notes(*runs)
    table["note"] = [notes.get(boundary, "") for boundary in table["boundary"]]
    for key in ("category", "unit_id"):
        table[key] = table[key].where(table[key] != "", None)
    return table[list(_COLUMNS)]


def changes_csv(table: pd.DataFrame) -> str:
    """
    Write a comparison for a spreadsheet, which must not run its texts.

    Parameters
    ----------
    table : DataFrame
        As `compare_editions` returns it.

    Returns
    -------
    str
        CSV text with a header; nulls are empty.
    """
    texts = table.select_dtypes(exclude="number").columns
    safe = table.assign(**{c: table[c].map(neutralized, na_action="ignore") for c in texts})
    return safe.to_csv(index=False, lineterminator="\n")


def changes_lines(table: pd.DataFrame, *, show_all: bool = False) -> list[str]:
    """
    Word a comparison for a terminal.

    Parameters
    ----------
    table : DataFrame
        As `compare_editions` returns it, or some of its rows.
    show_all : bool
        List equal numbers too.

    Returns
    -------
    list of str
        A line a number that is not equal, the boundaries that changed, and the counts.
    """
    shown = table if show_all else table[table["state"] != EQUAL]
    lines = [_line(row) for row in shown.to_dict("records")]
    notes = table[table["note"] != ""].drop_duplicates(["boundary", "note"])
    lines += [f"note: {row['boundary']}: {row['note']}" for row in notes.to_dict("records")]
    counts = table["state"].value_counts()
    return [*lines, ", ".join(f"{counts.get(state, 0)} {state}" for state in STATES)]


def input_lines(before: Path | str, after: Path | str) -> list[str]:
    """
    Say which files the two results were made from are other ones.

    Parameters
    ----------
    before, after : Path or str
        Results folders or frozen editions of one city.

    Returns
    -------
    list of str
        A line an input that changed, is new or gone, or of which that cannot be told: of a
        file that is not public it can where both runs had the same key.
    """
    old, new = (
        recorded(Path(folder).expanduser().resolve()).get("inputs", {})
        for folder in (before, after)
    )
    told = ((name, _input_change(old.get(name), new.get(name))) for name in sorted({*old, *new}))
    return [f"input: {name} {said}" for name, said in told if said]


def _input_change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    """What became of an input; nothing where it is the same."""
    if old is None or new is None:
        return "is new" if old is None else "is gone"
    private = "withheld" in old or "withheld" in new
    if not private:
        facts = ("sha256", "parts")
        return "changed" if any(old.get(it) != new.get(it) for it in facts) else ""
    if HMAC not in old or HMAC not in new or old.get(KEY_ID) != new.get(KEY_ID):
        return "is not public, and was not hashed under one key: it may have changed"
    same = all(old.get(it) == new.get(it) for it in (HMAC, PARTS))
    return "" if same else "changed; what is in it is not public"


def _line(row: Mapping[Any, Any]) -> str:
    """One number before and after."""
    what, where = (
        "/".join(part for part in parts if isinstance(part, str))
        for parts in ((row["id"], row["category"]), (row["boundary"], row["unit_id"]))
    )
    return (
        f"{row['state']:20}{what}, {where}: {_number(row['before'])} -> {_number(row['after'])} "
        f"{row['unit']}{_step(row['difference'])}"
    )


def _number(value: float) -> str:
    """A number short enough for a line; a dash for none."""
    return "–" if pd.isna(value) else f"{value:,.6g}"


def _step(difference: float) -> str:
    """How far a number moved, where that can be said."""
    return "" if pd.isna(difference) or difference == 0 else f" ({difference:+,.6g})"


def edition_label(folder: Path | str) -> str:
    """
    Name results as a reader would: the edition's version and date, or the folder.

    Parameters
    ----------
    folder : Path or str
        A results folder or an edition.

    Returns
    -------
    str
        E.g. "2026-1 (2026-11-22)".
    """
    path = Path(folder).expanduser().resolve()
    edition = read_edition(path)
    return f"{edition['version']} ({edition['date']})" if edition else path.name


def _check_one_city(folders: list[Path], runs: list[dict[str, Any]]) -> None:
    """Two cities are another question, with other answers."""
    names = [(run.get("city", {}).get("name"), run.get("city", {}).get("country")) for run in runs]
    if names[0] != names[1]:
        said = " and ".join(
            f"{folder} of {name} ({country or 'no country'})"
            for folder, (name, country) in zip(folders, names, strict=True)
        )
        raise LoadError(
            f"These are results of different cities: {said}. Only editions of one city can be "
            "compared so far; if the city was renamed, give it one name in city.toml."
        )


def _rows(folder: Path, run: Mapping[str, Any]) -> pd.DataFrame:
    """The indicator rows by their keys, as the run wrote them."""
    path = folder / INDICATORS_FILE
    if not path.is_file() or sha256_file(path) != run["files"].get(INDICATORS_FILE):
        raise LoadError(
            f"{path} is not what the run wrote, so its numbers are not compared; "
            f"`creative-spatial verify {folder}` says more."
        )
    listed = json.loads(path.read_text(encoding="utf-8"))["indicators"]
    columns = [*KEYS, *_COMPARED, "unit", "date", "definition"]
    rows = pd.DataFrame(listed).reindex(columns=columns)
    for name in ("value", "low", "high", "n"):
        rows[name] = rows[name].astype(float)
    for name in ("status", "grade", "unit", "date", "definition"):
        rows[name] = rows[name].astype(object)
    for key in KEYS:
        rows[key] = rows[key].astype(object).where(rows[key].notna(), "")
    rows = rows.set_index(list(KEYS))
    if rows.index.has_duplicates:
        twice = rows.index[rows.index.duplicated()][0]
        raise LoadError(f"{path}: {twice} stands there more than once, so nothing is compared.")
    return rows


def _states(joined: pd.DataFrame, old: pd.Index[Any], new: pd.Index[Any]) -> pd.Series[str]:
    """What became of each row."""
    equal = pd.Series(data=True, index=joined.index)
    for name in _COMPARED:
        one, other = joined[f"{name}_before"], joined[f"{name}_after"]
        equal &= (one == other) | (one.isna() & other.isna())
    state = equal.map({True: EQUAL, False: CHANGED})
    redefined = (joined["definition_before"] != joined["definition_after"]) | (
        joined["unit_before"] != joined["unit_after"]
    )
    state = state.mask(redefined, REDEFINED)
    return state.mask(~joined.index.isin(old), NEW).mask(~joined.index.isin(new), GONE)


def _area_notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Boundaries that are not the same place any more."""
    old, new = (
        {row.get("id"): row.get("area_land") for row in run.get("boundaries", [])}
        for run in (before, after)
    )
    return {
        name: f"the boundary changed: {old[name] / 1e6:.2f} km² of land before, {new[name] / 1e6:.2f} after"
        for name in old.keys() & new.keys()
        if old[name] != new[name] and old[name] is not None and new[name] is not None
    }
