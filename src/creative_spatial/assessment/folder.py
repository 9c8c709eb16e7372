"""A whole city folder checked, its settings too, without an exception for any fault of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from creative_spatial.assessment.core import Assessment
from creative_spatial.assessment.opening import open_folder
from creative_spatial.findings import CheckReport, findings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def check_folder(
    path: str | Path,
    *,
    offline: bool = False,
    progress: Callable[[str, str], None] | None = None,
) -> CheckReport:
    """
    Report every fault of a city folder at once, of its settings too; change nothing.

    Parameters
    ----------
    path : str or Path
        ``city.toml`` or the folder that holds it.
    offline : bool
        Ask no server.
    progress : callable, optional
        Told the stage ("read") and the file as each starts.

    Returns
    -------
    CheckReport
        Says whether `Assessment.from_toml` and `Assessment.run` would go through.
    """
    opened = open_folder(path)
    found = [one for file, error in opened.faults for one in findings_of(error, file)]
    if opened.config is None or opened.taxonomy is None:
        name = opened.config.city.name if opened.config else ""
        return CheckReport(name, tuple(found))
    report = Assessment(
        opened.config, opened.taxonomy, opened.indicators, opened.map_files, opened.chart_files,
        offline=offline,
    ).check(progress=progress)  # fmt: skip
    return replace(report, findings=(*found, *report.findings))
