"""The inventory of a run: its columns on the layers of assets, and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.evaluation import DONE
from creative_spatial.taxonomy import fcs2009

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.assessment.pillars import Pillars
    from creative_spatial.preparation.inventory import Unread
    from creative_spatial.taxonomy import Taxonomy

INVENTORY, EVENTS = "inventory", "events"


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
    placeless, _ = inventory_columns(found.placeless)
    if len(placeless):
        steps.append(_placeless_step(placeless))
    return found._replace(layers=layers, learning=learning, placeless=placeless, steps=steps)


def inventory_tables(
    found: Pillars, area: StudyArea, taxonomy: Taxonomy
) -> dict[str, pd.DataFrame]:
    """
    Write the assets of a run, and its events, as tables.

    Parameters
    ----------
    found : Pillars
        As `inventoried` returns it.
    area : StudyArea
        Its units are named beside each asset.
    taxonomy : Taxonomy
        Says which pillar's concepts are heritage, tangible or not.

    Returns
    -------
    dict of str to DataFrame
        `inventory` and `events`, each with the `unit_id` that a row counts in, null of what has
        no place. One that would be empty is not there. The inventory ends with the places of
        learning and training that are no assets (`stage` is "learn" with them all).
    """
    from creative_spatial.analysers.assignment import assign_units
    from creative_spatial.preparation.inventory import event_table, inventory_table

    assets: list[pd.DataFrame] = []
    events: list[pd.DataFrame] = []
    for pillar in _pillars_with("heritage_form", taxonomy):
        layer = found.layers[pillar]
        units = assign_units(layer, area.units)
        nowhere = found.placeless[found.placeless["pillar"] == pillar]
        for rows in (layer, nowhere):
            for table, tables in (
                (inventory_table(rows, taxonomy, fcs2009()), assets),
                (event_table(rows), events),
            ):
                table.insert(0, "pillar", pillar)
                at = units.reindex(table["feature_id"]) if rows is layer else None
                table.insert(2, "unit_id", None if at is None else at.to_numpy())
                tables.append(table)
    if assets:
        assets.append(_learning_rows(found, assets, area, taxonomy))
    return {
        name: pd.concat([table for table in tables if len(table)], ignore_index=True)
        for name, tables in ((INVENTORY, assets), (EVENTS, events))
        if any(map(len, tables))
    }


def _learning_rows(
    found: Pillars, assets: list[pd.DataFrame], area: StudyArea, taxonomy: Taxonomy
) -> pd.DataFrame:
    """The places of learning that the inventory does not have as assets."""
    from creative_spatial.analysers.assignment import assign_units
    from creative_spatial.preparation.inventory import inventory_table

    listed = pd.concat([table["feature_id"] for table in assets])
    rows = found.learning[~found.learning.index.isin(listed)]
    table = inventory_table(rows, taxonomy, fcs2009())
    table.insert(0, "pillar", rows["pillar"].to_numpy())
    table.insert(2, "unit_id", assign_units(rows, area.units).to_numpy())
    return table


def _pillars_with(attribute: str, taxonomy: Taxonomy) -> list[str]:
    """Pillars of which any concept has an attribute, in their order."""
    having = {c.pillar for c in taxonomy.concepts.values() if attribute in c.attributes}
    return [pillar for pillar in taxonomy.pillars if pillar in having]


def _placeless_step(placeless: gpd.GeoDataFrame) -> dict[str, Any]:
    """What is kept without a place, and where it is found."""
    timed = int(placeless["months"].notna().sum()) if "months" in placeless else 0
    said = (
        f"{len(placeless)} events or practices have no place: they are in tables/{EVENTS} and "
        f"tables/{INVENTORY} and in no layer, and count in no indicator; of {timed} the months are known"
    )
    rows = {"placeless": len(placeless), "months_known": timed}
    return {"step": "records without a place", "status": DONE, "reason": said, "rows": rows}


def _step(pillar: str, n: int, unread: Unread) -> dict[str, Any]:
    """How much of what is stated could be read."""
    rows = {"assets": n, **unread._asdict()}
    said = (
        f"{n} features; {unread.hours_stated} state opening hours, of which {unread.hours} tell "
        f"nothing of evening or weekend; {unread.periods_stated} state a date or period, of which "
        f"{unread.periods} were not read; {unread.flags} cells of opens_evening or opens_weekend are "
        "neither yes nor no"
    )
    return {"step": f"inventory of {pillar}", "status": DONE, "reason": said, "rows": rows}
