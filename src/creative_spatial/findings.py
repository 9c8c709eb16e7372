"""
What is wrong with a city's inputs, as records: one a fault, with cause and remedy.

`check` shows them, `assess` keeps them beside its results; both have them from one reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from creative_spatial.errors import Fault, InputError
from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from creative_spatial.errors import CreativeSpatialError

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
# What became of rows, before the kind of repair or fault: "quarantined:no_id".
QUARANTINED, REPAIRED, PROPOSED = "quarantined", "repaired", "proposed"
REPAIRS_FILE = "resources/repairs.toml"
LOOK_AT_REPAIRS = (
    "None is needed if that is right: `repairs.csv` of a run has what stood there before. "
    "`repair = false` on the layer leaves it as it was."
)
LOOK_AT_ACCEPTED = (
    "None is needed: the layer's `accept` asks for it; `repairs.csv` has what stood there before."
)


class FindingKind(Facts):
    """One entry of ``resources/findings.toml``."""

    label: str
    cause: str
    remedy: str
    reference: str


class Finding(NamedTuple):
    """
    One thing that was found in an input.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        With an error, `assess` does not run.
    file : str
        Path as the configuration has it, or the service or table at fault.
    message : str
        What, and the remedy as far as the reader knows a near one.
    layer : str
        Of a file that has several; "" otherwise.
    rows : tuple of int or str
        All rows it is about, numbered as the file's owner counts them; none where it is
        about the whole file.
    kind : str
        Id in ``resources/findings.toml``; of rows "quarantined", "repaired" or "proposed", a
        colon, and an id in ``resources/repairs.toml``.
    cause : str
        The likely cause.
    remedy : str
        What to do in any case of the kind.
    """

    severity: Severity
    file: str
    message: str
    layer: str = ""
    rows: tuple[int | str, ...] = ()
    kind: str = "input"
    cause: str = ""
    remedy: str = ""


class RowCounts(NamedTuple):
    """
    What became of the rows of one layer of a file: `read` is the sum of the others.

    Parameters
    ----------
    file : str
        Path as the configuration has it.
    layer : str
        Of a file that has several; "" otherwise.
    role : str
        What it was read for: a pillar, "boundary", "units" and the like.
    read : int or None
        Rows in the file; None where its reader does not count them.
    used : int or None
        Rows that the assessment takes; None of what has no rows, such as a raster.
    outside : int
        Rows that lie outside the area.
    repaired : int
        Rows among those used that were repaired on the way.
    quarantined : int
        Rows that cannot be used.
    """

    file: str
    layer: str
    role: str
    read: int | None
    used: int | None
    outside: int = 0
    repaired: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class CheckReport:
    """
    Everything found in a city's inputs; iterates over the findings.

    Parameters
    ----------
    city : str
        The city's name; "" where even that could not be read.
    findings : tuple of Finding
        In the order in which they were found.
    counts : tuple of RowCounts
        One for each layer that was read.
    """

    city: str = ""
    findings: tuple[Finding, ...] = ()
    counts: tuple[RowCounts, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def would_run(self) -> bool:
        """Whether `assess` takes these inputs."""
        return not self.of("error")

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """
        Pick the findings of one severity.

        Parameters
        ----------
        severity : {"error", "warning", "note"}
            Which.

        Returns
        -------
        tuple of Finding
            In the order in which they were found.
        """
        return tuple(finding for finding in self.findings if finding.severity == severity)

    def by_file(self) -> dict[str, tuple[Finding, ...]]:
        """
        Group the findings, the worst first.

        Returns
        -------
        dict of str to tuple of Finding
            Files with errors first, then those with warnings; within a file the same.
        """
        ranked = sorted(self.findings, key=lambda found: SEVERITIES.index(found.severity))
        files: dict[str, list[Finding]] = {}
        for found in ranked:
            files.setdefault(found.file, []).append(found)
        return {file: tuple(found) for file, found in files.items()}

    def as_dict(self) -> dict[str, Any]:
        """
        The report as plain values, ready for JSON.

        Returns
        -------
        dict
            `would_run`, `city`, number of findings by severity, `files` with their counts
            of rows, `findings` with all their rows.
        """
        return {
            "would_run": self.would_run,
            "city": self.city,
            "number": {severity: len(self.of(severity)) for severity in SEVERITIES},
            "files": [counts._asdict() for counts in self.counts],
            "findings": [
                {**finding._asdict(), "rows": list(finding.rows)}
                for found in self.by_file().values()
                for finding in found
            ],
        }


@lru_cache(maxsize=1)
def finding_kinds() -> Mapping[str, FindingKind]:
    """
    Read the table of what may be found.

    Returns
    -------
    mapping of str to FindingKind
        By id; read once.
    """
    path = resource_path("findings.toml")
    own = {
        kind: parse(FindingKind, entry, where=f"{path.name} [{kind}]")
        for kind, entry in read_toml(path).items()
    }
    return {**own, **_row_kinds()}


def _row_kinds() -> dict[str, FindingKind]:
    """Kinds of what was mended, proposed or set aside, from the table of repairs."""
    facts = repair_facts()
    kinds = {
        f"{QUARANTINED}:{kind}": FindingKind(
            label="Row set aside", cause=fault.cause, remedy=fault.remedy, reference=REPAIRS_FILE
        )
        for kind, fault in facts.faults.items()
    }
    for kind, repair in facts.repairs.items():
        safe = repair.certainty == "safe"
        kinds[f"{REPAIRED}:{kind}"] = FindingKind(
            label="Mended",
            cause=repair.cause,
            remedy=LOOK_AT_REPAIRS if safe else LOOK_AT_ACCEPTED,
            reference=repair.reference,
        )
        if not safe:
            kinds[f"{PROPOSED}:{kind}"] = FindingKind(
                label="Mending proposed",
                cause=repair.cause,
                remedy=f'Look at the rows; if it is right, write `accept = ["{kind}"]` on the layer.',
                reference=repair.reference,
            )
    return kinds


def finding(
    severity: Severity,
    file: str,
    message: str,
    *,
    kind: str,
    layer: str = "",
    rows: Iterable[int | str] = (),
    remedy: str = "",
) -> Finding:
    """
    Make a finding, with the cause and remedy of its kind.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        With an error, `assess` does not run.
    file : str
        Path as the configuration has it.
    message : str
        What was found; the file's name is taken off its start.
    kind : str
        Id in ``resources/findings.toml``.
    layer : str
        Of a file that has several.
    rows : iterable of int or str
        Rows that it is about.
    remedy : str
        A nearer remedy than that of the kind.

    Returns
    -------
    Finding
        Complete.

    Examples
    --------
    >>> found = finding("error", "a.csv", "a.csv: no id in row 3.", kind="schema", rows=[3])
    >>> found.message, found.rows, found.cause
    ('no id in row 3.', (3,), 'Columns that are needed are not there, or ids repeat.')
    """
    facts = finding_kinds()[kind]
    return Finding(
        severity,
        file,
        without_file(message, file),
        layer,
        tuple(rows),
        kind,
        facts.cause,
        remedy or facts.remedy,
    )


def findings_of(error: CreativeSpatialError, file: str, *, layer: str = "") -> list[Finding]:
    """
    Say what an error is about, one finding a fault.

    Parameters
    ----------
    error : CreativeSpatialError
        As a reader raised it.
    file : str
        Path as the configuration has it.
    layer : str
        Of a file that has several.

    Returns
    -------
    list of Finding
        At least one, of severity "error".
    """
    if isinstance(error, InputError):
        return [found for each in error.errors for found in findings_of(each, file, layer=layer)]
    faults = error.faults or (Fault(str(error), error.kind, error.rows),)
    return [
        finding(
            "error",
            file,
            fault.message,
            kind=fault.kind or error.kind,
            layer=layer,
            rows=fault.rows,
        )
        for fault in faults
    ]


def row_counts(inputs: Mapping[str, Mapping[str, Any]]) -> tuple[RowCounts, ...]:
    """
    Sum up what became of the rows of each layer that was read.

    Parameters
    ----------
    inputs : mapping of str to mapping
        As ``run.json`` has them: per file its `layers`, each with `rows` as far as its
        reader counts them.

    Returns
    -------
    tuple of RowCounts
        One a layer, in the order of the files.
    """
    return tuple(
        _counts(file, layer) for file, facts in inputs.items() for layer in facts.get("layers", ())
    )


def _counts(file: str, layer: Mapping[str, Any]) -> RowCounts:
    rows = layer.get("rows", {})
    return RowCounts(
        file,
        str(layer.get("layer") or ""),
        str(layer.get("role") or ""),
        rows.get("in"),
        _used(rows),
        int(rows.get("outside", 0)),
        _total(rows.get("repaired", 0)),
        _total(rows.get("quarantined", rows.get("left_out", 0))),
    )


def _used(rows: Mapping[str, Any]) -> int | None:
    """Rows that the assessment takes: those of the layer, and those it keeps without a place."""
    out = rows.get("out")
    return None if out is None else int(out) + int(rows.get("placeless", 0))


def _total(number: int | Mapping[str, int]) -> int:
    """A count, or the sum of counts by reason."""
    return number if isinstance(number, int) else sum(number.values())


def without_file(message: str, file: str) -> str:
    """
    Take a file's name off the start of a message, for lists that name the file themselves.

    Parameters
    ----------
    message : str
        What a reader said.
    file : str
        Path, as the list has it.

    Returns
    -------
    str
        The message; as it was, where the name is part of the sentence.

    Examples
    --------
    >>> without_file("a.csv: no id in row 3.", "data/a.csv")
    'no id in row 3.'
    >>> without_file("a.gpkg, layer 'x': no rows.", "a.gpkg")
    "layer 'x': no rows."
    >>> without_file("a.csv is empty.", "a.csv")
    'a.csv is empty.'
    """
    start, mark, rest = message.partition(": ")
    if mark and PurePath(start).name == PurePath(file).name:
        return rest
    return message.removeprefix(f"{PurePath(file).name}, ")
