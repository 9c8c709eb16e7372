"""What the sources say of each other, as tables for the results folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.crs import WGS84

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.area import StudyArea

_FLAGS = ("sensitivity", "consent")
_DECIMALS = 6
CONFLATION, VISITS = "conflation", "visit_list"


def comparison_tables(
    compared: gpd.GeoDataFrame | None, area: StudyArea, streets: gpd.GeoDataFrame | None
) -> dict[str, pd.DataFrame]:
    """
    Write what conflation found as a table of records, and as a list of places to visit.

    Parameters
    ----------
    compared : GeoDataFrame or None
        Public records of every pillar, as `pillar_layers` gives them.
    area : StudyArea
        Its units are the quarters of the list, in its first language.
    streets : GeoDataFrame or None
        Those that may be told.

    Returns
    -------
    dict of str to DataFrame
        `conflation`: one row a record, with `lon` and `lat` in degrees. `visit_list`: named
        places within the primary boundary that one source alone has, or one has twice.
        Empty where nothing was compared.
    """
    from creative_spatial.preparation import visit_list

    if compared is None or not len(compared):
        return {}
    degrees = compared.geometry.representative_point().to_crs(WGS84)
    records = pd.DataFrame(compared.drop(columns=[compared.geometry.name]))
    records = records.drop(columns=[name for name in _FLAGS if name in records])
    records.insert(0, "pillar", records.pop("pillar"))
    records = records.assign(lon=degrees.x.round(_DECIMALS), lat=degrees.y.round(_DECIMALS))
    inside = compared.representative_point().intersects(area.primary)
    asked = compared[inside & compared["name"].notna()]
    language = next(iter(area.languages), "en")
    visits = visit_list(asked, area.units, streets=streets, language=language)
    return {CONFLATION: records.reset_index(), VISITS: visits}
