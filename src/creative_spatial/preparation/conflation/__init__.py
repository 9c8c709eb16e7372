"""
One place, one record: entity resolution across OpenStreetMap, inventories and surveys.

`conflate` compares the records of several sources, `visit_list` turns what stays unconfirmed
into a list for a field day. Words and thresholds are in ``resources/conflation.toml``.
"""

from __future__ import annotations

from creative_spatial.preparation.conflation.core import conflate
from creative_spatial.preparation.conflation.visits import visit_list

__all__ = ["conflate", "visit_list"]
