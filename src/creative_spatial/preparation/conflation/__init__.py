"""
One place, one record: entity resolution across OpenStreetMap, inventories and surveys.

`conflate` compares the records of several sources, `merge_matched` leaves one record of what
they have in common, `visit_list` turns what stays unconfirmed into a list for a field day. Words and thresholds are in ``resources/conflation.toml``.
"""

from __future__ import annotations

from creative_spatial.preparation.conflation.core import conflate
from creative_spatial.preparation.conflation.merging import merge_matched, with_also_ids
from creative_spatial.preparation.conflation.visits import visit_list

__all__ = ["conflate", "merge_matched", "visit_list", "with_also_ids"]
