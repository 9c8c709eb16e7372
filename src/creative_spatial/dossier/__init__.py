"""
The results folder: numbers, tables, layers, maps, and the record of where they come from.

`save` writes it whole or not at all; `check_writable` says beforehand whether it may.
`verify` compares it with its record, `freeze` keeps it as an edition, and
`compare_editions` puts two of them side by side.
"""

from __future__ import annotations

from creative_spatial.dossier.changes import (
    changes_csv,
    changes_lines,
    compare_editions,
    edition_label,
    input_lines,
)
from creative_spatial.dossier.deviations import Deviation
from creative_spatial.dossier.editions import edition_sha256, freeze
from creative_spatial.dossier.edits import edits_csv, edits_lines
from creative_spatial.dossier.folder import check_writable, is_results
from creative_spatial.dossier.licenses import LicenseConflict, check_licenses
from creative_spatial.dossier.verification import verify
from creative_spatial.dossier.writer import save

__all__ = [
    "Deviation",
    "LicenseConflict",
    "changes_csv",
    "changes_lines",
    "check_licenses",
    "check_writable",
    "compare_editions",
    "edition_label",
    "edition_sha256",
    "edits_csv",
    "edits_lines",
    "freeze",
    "input_lines",
    "is_results",
    "save",
    "verify",
]
