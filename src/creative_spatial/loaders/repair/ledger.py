"""The record of one reading: what was mended, what is proposed, which rows are set aside."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

Row = TypeVar("Row")
WITHHELD = "withheld"
GEOMETRY = "geometry"


class Repair(NamedTuple):
    """
    One cell or geometry that was mended.

    Parameters
    ----------
    kind : str
        As in ``resources/repairs.toml``.
    row : int or None
        Row as the file's owner sees it; None where the whole file is meant.
    column : str
        The column under our name; "geometry" for a shape.
    before, after : str, int, float or None
        What stood there and what stands there now; a shape as WKT in the file's own CRS.
    feature_id : str
        The feature's id in the layer; "" where the whole file is meant.
    """

    kind: str
    row: int | None
    column: str
    before: Any
    after: Any
    feature_id: str = ""


class Quarantined(NamedTuple):
    """
    One row that is not in the layer, though it was asked for.

    Parameters
    ----------
    kind : str
        As in ``resources/repairs.toml``.
    row : int
        Row as the file's owner sees it.
    reason : str
        What is wrong with it; quotes nothing of the row.
    remedy : str
        What to do.
    cells : str or None
        What stands in it, as a JSON object of the cells that are not empty, under our names
        of columns; "withheld" where that is not for everybody, None where it was not kept.
    """

    kind: str
    row: int
    reason: str
    remedy: str
    cells: str | None = None


class Proposal(NamedTuple):
    """
    One repair that was not made, since it may be wrong.

    Parameters
    ----------
    kind : str
        As in ``resources/repairs.toml``.
    rows : tuple of int
        The rows that it would change.
    message : str
        What it would do, and on what grounds.
    accept : str
        What to write in the layer's table of ``city.toml`` to have it made.
    """

    kind: str
    rows: tuple[int, ...]
    message: str
    accept: str


class Records(tuple[Row, ...]):
    """
    Records in a layer's ``attrs``, which pandas copies deeply at every step.

    What cannot change need not be copied: a tuple of a hundred thousand repairs would
    otherwise take a second each time.
    """

    __slots__ = ()

    def __copy__(self) -> Records[Row]:
        return self

    def __deepcopy__(self, memo: Any) -> Records[Row]:
        return self
