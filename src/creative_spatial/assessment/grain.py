"""Whether the units are coarse enough for the uncertainty of what is counted in them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from creative_spatial.errors import DataQualityWarning
from creative_spatial.evaluation import WARNED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea


def grain_steps(area: StudyArea, pillars: Mapping[str, gpd.GeoDataFrame]) -> list[dict[str, str]]:
    """
    Point out features whose place is less certain than the units are wide.

    A unit is at least twice as wide as what is counted in it is uncertain; a median of
    234 m between published pins of one place is usual.

    Parameters
    ----------
    area : StudyArea
        With its units.
    pillars : mapping of str to GeoDataFrame
        Layers, some with `uncertainty_m`.

    Returns
    -------
    list of dict
        One step a pillar with such features; each is also a warning.
    """
    from creative_spatial.analysers.certainty import vaguer_than

    width = float(np.sqrt(area.units["area_total"].max())) if len(area.units) else np.inf
    steps = []
    for pillar, layer in pillars.items():
        inside = layer[layer.representative_point().intersects(area.primary)]
        vague = vaguer_than(inside, width / 2)
        if vague.any():
            message = (
                f"{int(vague.sum())} of {len(inside)} features of {pillar} in the primary boundary "
                f"are uncertain by more than half a unit's width ({width:,.0f} m, the root of its area): figures by unit "
                "are indicative; city figures stand."
            )
            warnings.warn(message, DataQualityWarning, stacklevel=3)
            steps.append({"step": f"units and {pillar}", "status": WARNED, "reason": message})
    return steps
