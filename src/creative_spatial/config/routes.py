"""The routes of a ``city.toml``: published ones to be measured, others to be found."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from creative_spatial.config.sections import (  # noqa: TC001  (pydantic reads them)
    Identifier,
    LanguageCode,
    Positive,
)
from creative_spatial.resources import Facts

MOST_STOPS = 100
NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class RouteSection(Facts):
    """
    A route through places of the pillars' layers; `stops` are ids of features, or names.

    A published route of which no place is known has a `source` and no stops: it is told, not drawn.
    `note`, by language, is printed on its sheet.
    """

    id: Identifier
    name: str = ""
    names: dict[LanguageCode, str] = Field(default_factory=dict)
    stops: tuple[str, ...] = Field(default=(), max_length=MOST_STOPS)
    ordered: bool = False
    closed: bool = False
    start: str | None = None
    end: str | None = None
    must_see: tuple[str, ...] = ()
    budget_min: Positive | None = None
    stay_min: Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False)] | str = 0.0
    score: str | None = None
    note: dict[LanguageCode, NoteText] = Field(default_factory=dict)
    source: str | None = None

    @model_validator(mode="after")
    def _has_stops(self) -> RouteSection:
        if len(self.stops) == 1:
            raise ValueError("stops: a route has two stops or more")
        if not self.stops and self.source is None:
            raise ValueError(
                "stops: name two or more; or, where a published route's are not known, "
                "its `source`, and it is told as a route without a known place"
            )
        return self

    @model_validator(mode="after")
    def _names_its_stops(self) -> RouteSection:
        if twice := sorted({stop for stop in self.stops if self.stops.count(stop) > 1}):
            raise ValueError(f"stops: {twice} more than once; closed = true returns to the start")
        for key, named in (
            ("must_see", self.must_see),
            ("start", [self.start]),
            ("end", [self.end]),
        ):
            for stop in named:
                if stop is None or stop in self.stops:
                    continue
                near = difflib.get_close_matches(stop, self.stops, n=1, cutoff=0.4)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"{key}: {stop!r} is not among the stops{hint}")
        return self

    @model_validator(mode="after")
    def _can_be_meant(self) -> RouteSection:
        if self.closed and self.end not in {None, self.start}:
            raise ValueError("a closed route ends where it starts; take end out")
        if not self.closed and self.start is not None and self.start == self.end:
            raise ValueError("start and end are one stop; write closed = true")
        searched = {
            "must_see": self.must_see,
            "budget_min": self.budget_min,
            "score": self.score,
            "start": self.start,
            "end": self.end,
        }
        if self.ordered and (given := [key for key, value in searched.items() if value]):
            raise ValueError(f"ordered keeps every stop in its order; take {', '.join(given)} out")
        if self.score is not None and self.budget_min is None:
            raise ValueError("score chooses within a budget; add budget_min, or take score out")
        return self
