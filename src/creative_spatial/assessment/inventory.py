"""The inventory of a run: its columns on the layers of assets, and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.evaluation import DONE
from creative_spatial.taxonomy import fcs2009

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.assessment.pillars import Pillars
    from creative_spatial.preparation.inventory import Unread
    from creative_spatial.taxonomy import Taxonomy

INVENTORY = "inventory"


def inventoried(found: Pillars, taxonomy: Taxonomy) -> Pillars:
    """
    Add the inventory's columns to layers whose concepts stand somewhere in the chain.

    Parameters
    ----------
    found : Pillars
        What may be shown.
    taxonomy : Taxonomy
        Says which pillars have concepts with a `stage`.

    Returns
    -------
    Pillars
        With `creative_spatial.preparation.inventory.inventory_columns` on those pillars and on
        the places of learning, and a step a pillar that counts what could not be read.
    """
    from creative_spatial.preparation.inventory import inventory_columns

    layers = dict(found.layers)
    steps = list(found.steps)
    for pillar in _pillars_with("stage", taxonomy):
        layers[pillar], unread = inventory_columns(layers[pillar])
        if len(layers[pillar]):
            steps.append(_step(pillar, len(layers[pillar]), unread))
    learning, _ = inventory_columns(found.learning)
    return found._replace(layers=layers, learning=learning, steps=steps)


def inventory_tables(
    layers: Mapping[str, gpd.GeoDataFrame], area: StudyArea, taxonomy: Taxonomy
) -> dict[str, pd.DataFrame]:
    """
    Write the assets of a run as one table.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        The pillars' layers as `inventoried` returns them.
    area : StudyArea
        Its units are named beside each asset.
    taxonomy : Taxonomy
        Says which pillar's concepts are heritage, tangible or not.

    Returns
    -------
    dict of str to DataFrame
        `inventory`, with the `unit_id` that each asset counts in; empty without assets.
    """
    from creative_spatial.analysers.assignment import assign_units
    from creative_spatial.preparation.inventory import inventory_table

    tables = []
    for pillar in _pillars_with("heritage_form", taxonomy):
        table = inventory_table(layers[pillar], taxonomy, fcs2009())
        table.insert(0, "pillar", pillar)
        table.insert(2, "unit_id", assign_units(layers[pillar], area.units).to_numpy())
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return {INVENTORY: whole} if len(whole) else {}


def _pillars_with(attribute: str, taxonomy: Taxonomy) -> list[str]:
    """Pillars of which any concept has an attribute, in their order."""
    having = {c.pillar for c in taxonomy.concepts.values() if attribute in c.attributes}
    return [pillar for pillar in taxonomy.pillars if pillar in having]


def _step(pillar: str, n: int, unread: Unread) -> dict[str, Any]:
    """How much of what is stated could be read."""
    rows = {"assets": n, **unread._asdict()}
    said = (
        f"{n} features; {unread.hours_stated} state opening hours, of which {unread.hours} tell "
        f"nothing of evening or weekend; {unread.periods_stated} state a date or period, of which "
        f"{unread.periods} were not read"
    )
    return {"step": f"inventory of {pillar}", "status": DONE, "reason": said, "rows": rows}
