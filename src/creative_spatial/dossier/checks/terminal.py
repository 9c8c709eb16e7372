"""The report of a check for a terminal: a table, or plain lines for files and pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.dossier.checks.record import counted, row_ranges, tally, verdict
from creative_spatial.inert import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group
    from rich.table import Table

    from creative_spatial.findings import CheckReport, Finding

FEW_ROWS = 8
STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


def check_lines(report: CheckReport) -> list[str]:
    """
    Write a report as plain lines, one a finding, with cause and remedy below.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    list of str
        Nothing in them can drive a terminal.
    """
    lines: list[str] = []
    for file, findings in report.by_file().items():
        for found, first in _with_first(findings):
            where = f"{file}, layer {found.layer!r}" if found.layer else file
            lines.append(f"{found.severity:8} {where}: {found.message}")
            lines += [f"         {line}" for line in _details(found)] if first else []
    for counts in report.counts:
        layer = f", layer {counts.layer!r}" if counts.layer else ""
        lines.append(f"read     {counts.file}{layer} ({counts.role}): {counted(counts)}")
    lines.append(f"{tally(report)}; {verdict(report)}")
    return [plain(line) for line in lines]


def check_table(report: CheckReport) -> Group:
    """
    Lay a report out for a terminal: by file, errors first, then what was read.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    rich.console.Group
        To be printed; nothing in it can drive a terminal.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[Text | Table] = []
    if report.findings:
        parts.append(_findings_table(report))
    if report.counts:
        parts.append(_counts_table(report))
    style = "bold green" if report.would_run else "bold red"
    parts.append(Text.assemble(f"{tally(report)}; ", (verdict(report), style)))
    return Group(*parts)


def _findings_table(report: CheckReport) -> Table:
    """One row a finding; the file's name once."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.ROUNDED, expand=True, show_lines=True)
    table.add_column("File", ratio=2, overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("What was found", ratio=7, overflow="fold")
    for file, findings in report.by_file().items():
        for place, (found, first) in enumerate(_with_first(findings)):
            said = Text(plain(found.message))
            if first:
                for line in _details(found):
                    said.append(f"\n{plain(line)}", style="dim")
            layer = f"\nlayer {found.layer!r}" if found.layer else ""
            name = Text(plain(file if place == 0 else "") + plain(layer))
            table.add_row(name, Text(found.severity, style=STYLES[found.severity]), said)
    return table


def _counts_table(report: CheckReport) -> Table:
    """One row a layer that was read."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title="Rows read", title_justify="left")
    table.add_column("File", overflow="fold")
    table.add_column("Read for", overflow="fold")
    for heading in ("In the file", "Used", "Outside", "Repaired", "Quarantined"):
        table.add_column(heading, justify="right")
    for row in report.counts:
        name = f"{row.file}, layer {row.layer!r}" if row.layer else row.file
        numbers = (row.read, row.used, row.outside, row.repaired, row.quarantined)
        cells = ["–" if number is None else f"{number:,}" for number in numbers]
        table.add_row(Text(plain(name)), Text(plain(row.role)), *cells)
    return table


def _with_first(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, bool]]:
    """Each finding, and whether it is the first of its kind in the file: others repeat its remedy."""
    seen: set[tuple[str, str, str]] = set()
    for found in findings:
        key = (found.kind, found.cause, found.remedy)
        yield found, key not in seen
        seen.add(key)


def _details(found: Finding) -> list[str]:
    """Rows, cause and remedy, a line each."""
    rows = f"rows: {row_ranges(found.rows, most=FEW_ROWS)}" if found.rows else ""
    cause = f"likely cause: {found.cause}" if found.cause else ""
    remedy = f"what to do: {found.remedy}" if found.remedy else ""
    return [line for line in (rows, cause, remedy) if line]
