"""
The results folder: numbers, tables, layers, maps, and the record of where they come from.

`save` writes it whole or not at all; `check_writable` says beforehand whether it may.
"""

from __future__ import annotations

from creative_spatial.dossier.folder import check_writable, is_results
from creative_spatial.dossier.writer import save

__all__ = ["check_writable", "is_results", "save"]
