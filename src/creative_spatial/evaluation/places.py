"""Where an indicator is computed: each boundary as one unit, and the primary one's units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.indicators import IndicatorSpec

OF_PLACES = ("land", "cells", "boundaries")
"""
Inputs that the area gives, by place: `land`, the boundary's polygon without water; `cells`,
the units within it, which only the primary boundary has; `boundaries`, every boundary.
"""


class Place(NamedTuple):
    """
    One thing that an indicator is computed for.

    Parameters
    ----------
    level : {"city", "unit"}
        A whole boundary, or the units.
    boundary : str
        Id of the boundary.
    units : GeoDataFrame
        What the function is given as `units`.
    """

    level: str
    boundary: str
    units: gpd.GeoDataFrame


def places_of(spec: IndicatorSpec, area: StudyArea, *, populated: bool) -> Iterator[Place]:
    """
    Go through the places of an indicator.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator; a derivation has one place, the whole primary boundary.
    area : StudyArea
        Where.
    populated : bool
        Whether units have inhabitants, where the indicator needs them.

    Yields
    ------
    Place
        Each boundary, then the units of the primary one.
    """
    if spec.kind == "derivation":
        yield Place("city", area.primary_id, area.as_units(area.primary_id))
        return
    if "city" in spec.levels:
        for boundary in area.boundaries.index:
            yield Place("city", boundary, area.as_units(boundary))
    if "unit" in spec.levels and populated:
        yield Place("unit", area.primary_id, area.units)


def given_by_area(spec: IndicatorSpec, place: Place, area: StudyArea) -> dict[str, Any]:
    """
    Take from the area what a function asks of it at a place.

    Parameters
    ----------
    spec : IndicatorSpec
        The indicator.
    place : Place
        Where it is computed.
    area : StudyArea
        The area.

    Returns
    -------
    dict of str to object
        By parameter; `cells` is None where a boundary has no units of its own.
    """
    found: dict[str, Any] = {}
    for parameter, wanted in spec.inputs.items():
        if wanted.layer == "land":
            found[parameter] = area.land(area.boundaries.geometry[place.boundary])
        elif wanted.layer == "cells":
            found[parameter] = area.units if place.boundary == area.primary_id else None
        elif wanted.layer == "boundaries":
            found[parameter] = area.boundaries
    return found
