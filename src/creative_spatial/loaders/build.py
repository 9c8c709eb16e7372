"""A layer being made: what its file and rows are called, and what was found on the way."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from creative_spatial.errors import DataQualityWarning, Fault, LoadError, RepairWarning
from creative_spatial.findings import PROPOSED, QUARANTINED, REPAIRED
from creative_spatial.loaders.columns import count, list_rows
from creative_spatial.loaders.repair.ledger import Proposal, Quarantined, Repair
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

Table = TypeVar("Table", bound="pd.DataFrame")
_QUOTED = 60


@dataclass
class Build:
    """
    A layer being made: what to call its file and rows, what was mended and what is wrong.

    Parameters
    ----------
    file : str
        What messages call the file.
    word : str
        What a row of it is called.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : frozenset of str
        Kinds of proposals that are to be carried out.
    repairs : list of Repair
        What was mended so far.
    quarantined : list of Quarantined
        Rows set aside so far.
    proposals : list of Proposal
        What might be mended.
    faults : list of Fault
        What is wrong with the file, one for each kind; `refuse` lists them together.
    private : set of rows, or None
        Rows of which no message quotes anything; None for every row.
    rows : DataFrame or None
        The rows as they were first read, indexed by row number.
    """

    file: str
    word: str
    repair: bool = True
    accept: frozenset[str] = frozenset()
    repairs: list[Repair] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    private: set[Any] | None = field(default_factory=set)
    rows: pd.DataFrame | None = None
    _examples: dict[str, str] = field(default_factory=dict)

    def accepts(self, kind: str) -> bool:
        """
        Say whether proposals of a kind are to be carried out.

        Parameters
        ----------
        kind : str
            As in ``resources/repairs.toml``.

        Returns
        -------
        bool
            Never where nothing is to be mended.
        """
        return self.repair and kind in self.accept

    def remember(self, table: pd.DataFrame) -> None:
        """
        Keep the rows as they stand in the file, for those that are set aside.

        Parameters
        ----------
        table : DataFrame
            Indexed by row number. What was kept first stays: it is nearer to the file.
        """
        if self.rows is None:
            self.rows = table

    def hide(self, table: pd.DataFrame) -> None:
        """
        Note the rows that are not for everybody, so that no message quotes them.

        Parameters
        ----------
        table : DataFrame
            Indexed by row number; flagged in `sensitivity`, or without a "yes" in `consent`.
        """
        if self.private is None:
            return
        if "sensitivity" in table:
            self.private |= set(table.index[table["sensitivity"].notna()])
        if "consent" in table:
            given = table["consent"].astype("str").str.strip().str.casefold() == "yes"
            self.private |= set(table.index[~given.fillna(value=False)])

    def is_public(self, row: Any) -> bool:
        """
        Say whether a row is for everybody.

        Parameters
        ----------
        row : int or None
            Its number; None where any row could be meant.

        Returns
        -------
        bool
            Never in a survey.
        """
        return self.private is not None and row not in self.private

    def quote(self, row: Any, text: object) -> str:
        """
        Quote a cell in a message, unless its row is not for everybody.

        Parameters
        ----------
        row : int or None
            Its row; None where any could be meant.
        text : object
            The cell.

        Returns
        -------
        str
            The text, cut to what a line holds; "withheld" in its stead.
        """
        if not self.is_public(row):
            return "withheld"
        said = repr(text.item() if isinstance(text, np.generic) else text)
        return said if len(said) <= _QUOTED else f"{said[:_QUOTED]}…"

    def keep(
        self,
        frame: Table,
        mask: NDArray[np.bool_],
        kind: str,
        *,
        more: str = "",
        example: str = "",
    ) -> Table:
        """
        Keep some rows, and set the others aside with the reason.

        Parameters
        ----------
        frame : DataFrame, n rows
            Indexed by row number.
        mask : array of bool, shape (n,)
            True for rows that stay.
        kind : str
            Why the others go, as in ``resources/repairs.toml``.
        more : str
            What to add to the reason; quotes nothing of the rows.
        example : str
            What to add to the warning alone.

        Returns
        -------
        DataFrame
            The rows that stay.
        """
        if mask.all():
            return frame
        fault = repair_facts().faults[kind]
        reason = f"{fault.label} ({more})" if more else fault.label
        gone = frame.index[~mask].tolist()
        self.quarantined += [Quarantined(kind, int(row), reason, fault.remedy) for row in gone]
        if example:
            self._examples.setdefault(kind, example)
        return frame.loc[mask]

    def set_aside(self, kind: str, row: int, reason: str) -> None:
        """
        Set one row aside for a reason of its own.

        Parameters
        ----------
        kind : str
            As in ``resources/repairs.toml``.
        row : int
            The row.
        reason : str
            Quotes nothing of the row.
        """
        remedy = repair_facts().faults[kind].remedy
        self.quarantined.append(Quarantined(kind, row, reason, remedy))

    def mend(self, kind: str, row: int | None, column: str, before: object, after: object) -> None:
        """
        Record a repair.

        Parameters
        ----------
        kind : str
            As in ``resources/repairs.toml``.
        row : int or None
            The row; None for the whole file.
        column : str
            The column under our name.
        before, after : str, int, float or None
            What stood there, and what stands there now.
        """
        self.repairs.append(Repair(kind, row, column, before, after))

    def propose(self, kind: str, rows: Iterable[Any], message: str) -> None:
        """
        Propose a repair that may be wrong.

        Parameters
        ----------
        kind : str
            As in ``resources/repairs.toml``.
        rows : iterable of int
            The rows that it would change.
        message : str
            What it would do and on what grounds, as a sentence without its end.
        """
        self.proposals.append(
            Proposal(kind, tuple(int(row) for row in rows), message, f'accept = ["{kind}"]')
        )

    def fault(self, message: str, *, kind: str = "", rows: Iterable[Any] = ()) -> None:
        """
        Note what is wrong with the file; `refuse` raises it with all the others.

        Parameters
        ----------
        message : str
            What, in which rows, and what to do.
        kind : str
            As in ``resources/findings.toml``.
        rows : iterable of int
            Rows that it is about.
        """
        self.faults.append(Fault(message, kind, whole(rows)))

    def warn(
        self,
        message: str,
        *,
        kind: str = "quality",
        rows: Iterable[Any] = (),
        severity: Literal["warning", "note"] = "warning",
    ) -> None:
        """
        Warn about the file's data.

        Parameters
        ----------
        message : str
            What was found and what to do; the file's name is put before it.
        kind : str
            As `creative_spatial.findings.finding_kinds` has it.
        rows : iterable of int
            Rows that it is about.
        severity : {"warning", "note"}
            A note asks for nothing.
        """
        warning = DataQualityWarning(
            f"{self.file}: {message}", kind=kind, rows=whole(rows), severity=severity
        )
        warnings.warn(warning, stacklevel=4)

    def tell(self) -> None:
        """Warn of each kind of row set aside, repair and proposal, once, with its rows."""
        for kind in dict.fromkeys(record.kind for record in self.quarantined):
            rows = [record.row for record in self.quarantined if record.kind == kind]
            fault = repair_facts().faults[kind]
            reasons = {record.reason for record in self.quarantined if record.kind == kind}
            said = reasons.pop() if len(reasons) == 1 else fault.label
            more = f" ({self._examples[kind]})" if kind in self._examples else ""
            self.warn(
                f"{len(rows)} quarantined, {said}: {list_rows(rows, self.word)}{more}. {fault.remedy}",
                kind=f"{QUARANTINED}:{kind}",
                rows=rows,
            )
        for kind in dict.fromkeys(record.kind for record in self.repairs):
            self._tell_repair(kind)
        for proposal in self.proposals:
            self.warn(
                f"{proposal.message}. Nothing was changed; if that is right, write "
                f"`{proposal.accept}` in the layer's table.",
                kind=f"{PROPOSED}:{proposal.kind}",
                rows=proposal.rows,
            )

    def _tell_repair(self, kind: str) -> None:
        """Warn of one kind of repair."""
        found = [record for record in self.repairs if record.kind == kind]
        rows = sorted({record.row for record in found if record.row is not None})
        if not rows:
            return  # of the whole file, which is told where it is found
        seen = next((r for r in found if self.is_public(r.row)), None)
        shown = (
            f" (first: {self.quote(seen.row, seen.before)} is now {self.quote(seen.row, seen.after)})"
            if seen is not None
            else ""
        )
        message = (
            f"{self.file}: {len(rows)} repaired, {repair_facts().repairs[kind].label}: "
            f"{list_rows(rows, self.word)}{shown}."
        )
        warning = RepairWarning(message, kind=f"{REPAIRED}:{kind}", rows=whole(rows))
        warnings.warn(warning, stacklevel=5)

    def counts(self) -> dict[str, int]:
        """
        Count the rows set aside.

        Returns
        -------
        dict of str to int
            By reason, in the order met.
        """
        faults = repair_facts().faults
        found: dict[str, int] = {}
        for record in self.quarantined:
            label = faults[record.kind].label
            found[label] = found.get(label, 0) + 1
        return found

    def refuse(self) -> None:
        """
        Raise if anything is wrong with the file, naming all of it: one reading, one list to mend.

        Raises
        ------
        LoadError
            With the faults, numbered where there are several.
        """
        said = [fault.message for fault in self.faults]
        if len(said) == 1:
            raise LoadError(f"{self.file}: {said[0]}", faults=self.faults)
        if said:
            listed = " ".join(f"({n}) {fault}" for n, fault in enumerate(said, start=1))
            raise LoadError(
                f"{self.file}: {count(len(said), 'fault')}: {listed}", faults=self.faults
            )

    def refuse_empty(self) -> None:
        """
        Raise if every row was set aside for a fault, with the reasons.

        Raises
        ------
        LoadError
            Naming rows and remedy of each reason.
        """
        faults = repair_facts().faults
        kinds = dict.fromkeys(record.kind for record in self.quarantined)
        if all(faults[kind].harmless for kind in kinds):
            return
        parts = []
        for kind in kinds:
            rows = [record for record in self.quarantined if record.kind == kind]
            named = list_rows((record.row for record in rows), self.word)
            more = f" ({self._examples[kind]})" if kind in self._examples else ""
            message = f"{rows[0].reason} in {named}{more}; {faults[kind].remedy}"
            where = whole(record.row for record in rows)
            parts.append(Fault(message, f"{QUARANTINED}:{kind}", where))
        listed = " ".join(part.message for part in parts)
        raise LoadError(f"{self.file}: no {self.word} is left: {listed}", faults=parts)


def whole(rows: Iterable[Any]) -> tuple[int, ...]:
    """
    Row numbers as plain integers, as records and messages keep them.

    Parameters
    ----------
    rows : iterable of int
        From an index or a list.

    Returns
    -------
    tuple of int
        In their order.
    """
    return tuple(int(row) for row in rows)
