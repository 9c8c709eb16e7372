"""What of the readers' records may be published: rows set aside, and cells mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.result import LEDGERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.loaders import CityData

WITHHELD = "withheld"
_GENERALISED = ("dataGeneralizations", "informationWithheld", "sensitivity")


def public_ledgers(
    data: CityData, layers: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, pd.DataFrame]:
    """
    Make tables of the rows set aside and the cells mended, for everybody.

    What stood in a cell is shown only of features that are in a public layer as they
    were read. Whatever made a feature flagged (its row, its concept, its layer), its
    place is not in what was mended; nor is that of one that was withheld, or counted with
    another. What stood in rows set aside is shown where no file holds what is not public.

    Parameters
    ----------
    data : CityData
        With the readers' records.
    layers : mapping of str to GeoDataFrame
        The layers of the result.

    Returns
    -------
    dict of str to DataFrame
        `quarantine` and `repairs`, those that have rows.
    """
    shown: set[str] = set()
    for layer in layers.values():
        hidden = pd.Series(data=False, index=layer.index)
        for name in _GENERALISED:
            if name in layer:
                hidden |= layer[name].notna()
        shown |= set(layer.index[~hidden].astype("str"))
    repairs = data.repairs.copy()
    of_file = repairs["row"].isna()
    secret = ~(repairs["feature_id"].isin(shown) | of_file)
    repairs.loc[secret, ["before", "after"]] = WITHHELD
    repairs.loc[secret, "feature_id"] = ""
    quarantine = data.quarantine.copy()
    # What is not public may be in another file once more, unflagged and set aside.
    if any("withheld" in facts for facts in data.inputs.values()):
        quarantine["cells"] = WITHHELD
    tables = {"quarantine": quarantine, "repairs": repairs}
    return {name: tables[name].drop(columns="source_id") for name in LEDGERS if len(tables[name])}
