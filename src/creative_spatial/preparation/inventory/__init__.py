"""
What an inventory asks of every asset, from its tags and from what its own layer says.

`inventory_columns` adds all of it to a layer; the functions beside it read one tag each.
Words, thresholds and their reasons are in ``resources/inventory.toml``.
"""

from __future__ import annotations

from creative_spatial.periods import period_of
from creative_spatial.preparation.inventory.core import COLUMNS, Unread, inventory_columns
from creative_spatial.preparation.inventory.events import event_table
from creative_spatial.preparation.inventory.food import cuisine_communities_of, cuisines_of
from creative_spatial.preparation.inventory.hours import Supply, are_hours, supply_of
from creative_spatial.preparation.inventory.names import languages_of, scripts_of
from creative_spatial.preparation.inventory.status import heritage_status_of
from creative_spatial.preparation.inventory.table import inventory_table

__all__ = [
    "COLUMNS",
    "Supply",
    "Unread",
    "are_hours",
    "cuisine_communities_of",
    "cuisines_of",
    "event_table",
    "heritage_status_of",
    "inventory_columns",
    "inventory_table",
    "languages_of",
    "period_of",
    "scripts_of",
    "supply_of",
]
