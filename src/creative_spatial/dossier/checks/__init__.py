"""What `check` found, for people and programs: lines, a table on a terminal, JSON, a page."""

from creative_spatial.dossier.checks.page import check_page, check_page_target, write_check_page
from creative_spatial.dossier.checks.record import check_json, row_ranges
from creative_spatial.dossier.checks.terminal import check_lines, check_table

__all__ = [
    "check_json",
    "check_lines",
    "check_page",
    "check_page_target",
    "check_table",
    "row_ranges",
    "write_check_page",
]
