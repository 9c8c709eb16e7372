"""What is wanted of a trail, and what one is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


@dataclass(frozen=True)
class TrailPlan:
    """
    What is wanted of a trail.

    Parameters
    ----------
    id, name : str
        Of the route.
    names : mapping of str to str
        Its name by language.
    ordered : bool
        Keep the order of the stops, as a published route does, and only measure it.
    closed : bool
        Return to the start.
    start, end : str, optional
        Ids of stops; left out, the search is free. A closed trail ends where it starts.
    must_see : tuple of str
        Ids of stops that are visited whatever else fits.
    budget_min : float, minutes, > 0, optional
        For walking, ferries and stays together; left out, every stop is visited.
    stay_min : float or str, minutes, >= 0
        Time at each stop, or the column that says it.
    score : str, optional
        Column that says what a stop is worth where not all fit; left out, each is worth one.
    note : mapping of str to str
        What is to be known of it, by language.
    source_id : str, optional
        Who published the route.
    accuracy : str, optional
        "illustrative" where the route or the network is made up.
    """

    id: str = "trail"
    name: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    ordered: bool = False
    closed: bool = False
    start: str | None = None
    end: str | None = None
    must_see: tuple[str, ...] = ()
    budget_min: float | None = None
    stay_min: float | str = 0.0
    score: str | None = None
    note: Mapping[str, str] = field(default_factory=dict)
    source_id: str | None = None
    accuracy: str | None = None

    def __post_init__(self) -> None:
        if self.closed and self.end not in {None, self.start}:
            raise ValueError("A closed trail ends where it starts; leave `end` out.")
        if not self.closed and self.start is not None and self.start == self.end:
            raise ValueError("`start` and `end` are one stop; write `closed=True` to return to it.")
        if self.budget_min is not None and not self.budget_min > 0:
            raise ValueError(f"`budget_min` is {self.budget_min!r}; minutes over 0 are needed.")
        searched = (self.budget_min, self.score, self.start, self.end)
        if self.ordered and (self.must_see or any(option is not None for option in searched)):
            raise ValueError(
                "An ordered trail visits every stop in the given order; leave `budget_min`, "
                "`must_see`, `score`, `start` and `end` out."
            )


class Trail(NamedTuple):
    """
    A trail as three layers.

    Parameters
    ----------
    route : GeoDataFrame of LineString or MultiLineString, 1 row
        Index `route_id`. The course along the network, null where none of it is on the network;
        `walking_min`, `ferry_min` (crossing, and waiting to board), `stay_min`, `total_min` and
        `length_m` of what is on the network; `n_stops`; `left_out`, how many, and `left_out_names` (by language too, like `must_see` and
        `note`); `gaps` and `straight_m`: legs that are not on
        the network (then `total_min` is null), and their length as the crow flies; `method`.
    stops : GeoDataFrame, n rows
        Every stop that was given, an area where its path comes nearest to it. `visit` is "visited", or why not; `order` from 1;
        `arrive_min` since the start; `leg_min`, `leg_m` from the stop before, null for the first
        and where the way is not on the network; `snap_m`, metres from the path.
    legs : GeoDataFrame of LineString
        What there is between the stops, in order: `way` is "on foot", "by ferry" or "not on the
        network" (drawn straight, without minutes).
    """

    route: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame
