"""The routes of ``city.toml``, their stops found among what may be shown."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from creative_spatial.config import CITY_FILE
from creative_spatial.errors import ConfigError
from creative_spatial.evaluation import WARNED, open_rows
from creative_spatial.findings import finding
from creative_spatial.schema import BASIS, INDEX, REQUIRED_COLUMNS
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from creative_spatial.analysers import TrailPlan
    from creative_spatial.config import CityConfig, RouteSection
    from creative_spatial.findings import Finding
    from creative_spatial.loaders import CityData

NOT_PUBLIC = "not public where it is"
CLOSED, AGAIN, GONE = "not open now", "one place with another stop", "in no layer"
_SHOWN = 3


class Planned(NamedTuple):
    """
    What `planned_routes` returns.

    Parameters
    ----------
    plans : dict of str to TrailPlan
        By id; empty where no route is asked for.
    stops : GeoDataFrame or None
        One row for each route and stop that it can go to.
    steps : list of dict
        Stops that are left out before any search, and why; names that are no one's alone.
    hidden : frozenset of str
        What the configuration calls stops that are not public.
    """

    plans: dict[str, TrailPlan]
    stops: gpd.GeoDataFrame | None
    steps: list[dict[str, Any]]
    hidden: frozenset[str]


class _Register:
    """Features by id and by name."""

    def __init__(self, layers: Iterable[gpd.GeoDataFrame]) -> None:
        from creative_spatial.preparation.names import match_key

        self._key = match_key
        self.ids: dict[str, str] = {}
        self.names: dict[str, list[str]] = {}
        for layer in layers:
            for record in layer.index.astype(str):
                self.ids.setdefault(record, record)
            if "also_ids" in layer:
                for record, others in layer["also_ids"].dropna().items():
                    self.ids |= dict.fromkeys(str(others).split(";"), str(record))
            for column in [c for c in layer if c == "name" or str(c).startswith("name:")]:
                for record, name in layer[column].dropna().items():
                    own = self.names.setdefault(match_key(str(name)), [])
                    if str(record) not in own:
                        own.append(str(record))

    def find(self, stop: str) -> list[str]:
        """Ids of the features that a stop may be: one by its id, or all of a name."""
        if stop in self.ids:
            return [self.ids[stop]]
        return self.names.get(self._key(stop), [])


def route_faults(config: CityConfig, data: CityData) -> list[ConfigError]:
    """
    Say what the routes ask for that nothing gives.

    Parameters
    ----------
    config : CityConfig
        With its routes.
    data : CityData
        As read, with edits.

    Returns
    -------
    list of ConfigError
        A stop that no feature is called, a column that no layer has; each with the nearest.
    """
    if not config.route:
        return []
    known, homeless = _Register(data.layers), _Register(data.placeless)
    columns = list(dict.fromkeys(str(c) for layer in data.layers for c in layer.columns))
    shown = {str(n) for layer in data.layers for n in layer["name"].dropna()}
    faults = []
    for route in config.route:
        where = f"{CITY_FILE}: [[route]] {route.id}"
        for stop in route.stops:
            if known.find(stop):
                continue
            if homeless.find(stop):
                fault = f"{stop!r} has no place to go to; give it one, or take it out of the stops"
                faults.append(ConfigError(f"{where}: {fault}"))
            else:
                near = difflib.get_close_matches(stop, sorted(shown | known.ids.keys()), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "write its feature_id or its name"
                faults.append(ConfigError(f"{where}: no feature is called {stop!r}; {hint}"))
        for key, column in _columns_of(route).items():
            if column not in columns:
                near = difflib.get_close_matches(column, columns, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                faults.append(
                    ConfigError(f"{where}: {key}: no layer has a column {column!r}{hint}")
                )
    return faults


def routes_without_stops(config: CityConfig) -> list[Finding]:
    """
    Say which published routes no place is known of.

    Parameters
    ----------
    config : CityConfig
        With its routes.

    Returns
    -------
    list of Finding
        A note for each.
    """
    return [
        finding(
            "note",
            CITY_FILE,
            f"[[route]] {route.id}: no stop of {_title(route)!r} is known",
            kind="route",
        )
        for route in config.route
        if not route.stops
    ]


def planned_routes(
    config: CityConfig,
    before: Iterable[gpd.GeoDataFrame],
    data: CityData,
    layers: Mapping[str, gpd.GeoDataFrame],
) -> Planned:
    """
    Find the stops of every route among the features that may be shown where they are.

    A flagged feature is public as a cell, and a route to the middle of a cell leads nowhere: it
    is left out, and the configuration's name of it is not repeated.

    Parameters
    ----------
    config : CityConfig
        With its routes.
    before : iterable of GeoDataFrame
        As read, with what is not public, as `layers_with_flags` says it.
    data : CityData
        As `public_data` returns it.
    layers : mapping of str to GeoDataFrame
        The pillars' layers, each place once.

    Returns
    -------
    Planned
        Plans, stops and steps.
    """
    from creative_spatial.analysers import TrailPlan

    if not config.route:
        return Planned({}, None, [], frozenset())
    public = {name: layer[~is_flagged(layer)] for name, layer in layers.items()}
    places = {str(i): (name, i) for name, layer in public.items() for i in layer.index}
    open_ids = {str(i) for layer in public.values() for i in open_rows(layer).index}
    known = _Register(public.values())
    secret = _Register(layer[is_flagged(layer)] for layer in before)
    found = Planned({}, None, [], frozenset())
    parts: list[gpd.GeoDataFrame] = []
    for route in config.route:
        if not route.stops:
            found.steps.append(_unplaced(route, data))
            continue
        ids: dict[str, str] = {}
        lost: dict[str, str] = {}
        for stop in route.stops:
            one = known.find(stop)
            if not one:
                lost[stop] = NOT_PUBLIC if secret.find(stop) else GONE
            elif one[0] not in open_ids:
                lost[stop] = CLOSED
            elif one[0] in ids.values():
                lost[stop] = AGAIN
            else:
                ids[stop] = one[0]
            if len(one) > 1:
                found.steps.append(_ambiguous(route, stop, one))
        hidden = {stop for stop, why in lost.items() if why == NOT_PUBLIC}
        found = found._replace(hidden=found.hidden | hidden)
        found.steps.extend(_left_out(route, lost))
        found.plans[route.id] = TrailPlan(
            id=route.id, name=_title(route), names=route.names, ordered=route.ordered,
            closed=route.closed, start=ids.get(route.start or ""), end=ids.get(route.end or ""),
            must_see=tuple(ids[stop] for stop in route.must_see if stop in ids),
            budget_min=route.budget_min, stay_min=route.stay_min, score=route.score,
            note=route.note,
            source_id=route.source, accuracy=_accuracy(route, data),
        )  # fmt: skip
        rows = [public[places[record][0]].loc[[places[record][1]]] for record in ids.values()]
        parts += [_as_stop(row, route) for row in rows]
    plans = {
        key: replace(plan, note={}) if tells(plan.note, found.hidden) else plan
        for key, plan in found.plans.items()
    }
    return found._replace(plans=plans, stops=pd.concat(parts) if parts else None)


def tells(note: Mapping[str, str], hidden: frozenset[str]) -> bool:
    """
    Say whether a note names a stop that is not public.

    Parameters
    ----------
    note : mapping of str to str
        By language.
    hidden : frozenset of str
        Names and ids.

    Returns
    -------
    bool
        Whatever the case of its letters.
    """
    return any(stop.casefold() in text.casefold() for text in note.values() for stop in hidden)


def _as_stop(row: gpd.GeoDataFrame, route: RouteSection) -> gpd.GeoDataFrame:
    """One feature as a stop of a route: its names, its origin, and what the route asks of it."""
    names = [c for c in row.columns if str(c).startswith("name:")]
    asked = list(_columns_of(route).values())
    kept = [
        c
        for c in dict.fromkeys(
            [*REQUIRED_COLUMNS[:-1], *names, "accuracy", "uncertainty_m", BASIS, *asked]
        )
        if c in row
    ]
    stop = row[[*kept, "geometry"]]
    record = str(row.index[0])
    stop = stop.assign(**{"route_id": route.id, INDEX: record})
    stop.index = pd.Index([f"{route.id}/{record}"], name="route_stop_id", dtype="str")
    stop.attrs = {}
    return stop


def _columns_of(route: RouteSection) -> dict[str, str]:
    """Columns of the layers that a route takes numbers from, by its key."""
    given = {"stay_min": route.stay_min, "score": route.score}
    return {key: value for key, value in given.items() if isinstance(value, str)}


def _title(route: RouteSection) -> str:
    return route.name or route.names.get("en") or next(iter(route.names.values()), route.id)


def _accuracy(route: RouteSection, data: CityData) -> str | None:
    """Illustrative where the route's source, or the network's, is."""
    named = {route.source, None if data.network is None else data.network.source_id}
    stated = {source.accuracy for key, source in data.sources.items() if key in named}
    return "illustrative" if "illustrative" in stated else None


def _unplaced(route: RouteSection, data: CityData) -> dict[str, Any]:
    """A published route of which no place is known."""
    source = data.sources.get(route.source or "")
    named = route.source if source is None else source.title
    return {
        "step": f"route {route.id}",
        "status": WARNED,
        "reason": f"{_title(route)!r} is named by {named!r}, and no stop of it is known: not drawn, and in no count",
    }


def _ambiguous(route: RouteSection, stop: str, ids: list[str]) -> dict[str, Any]:
    more = "" if len(ids) <= _SHOWN else f" and {len(ids) - _SHOWN} more"
    return {
        "step": f"route {route.id}",
        "status": WARNED,
        "reason": f"{stop!r} is the name of {', '.join(ids[:_SHOWN])}{more}; the first is taken: "
        "write the feature_id that is meant",
    }


def _left_out(route: RouteSection, lost: Mapping[str, str]) -> list[dict[str, Any]]:
    """How many stops a route cannot go to; those that are not public are not named."""
    if not lost:
        return []
    named = {
        why: [stop for stop, reason in lost.items() if reason == why]
        for why in sorted({*lost.values()})
    }
    counts = Counter(lost.values())
    said = chain(
        f"{counts[why]} {why}" + ("" if why == NOT_PUBLIC else f" ({', '.join(stops)})")
        for why, stops in named.items()
    )
    reason = f"{len(lost)} of {len(route.stops)} stops left out: {'; '.join(said)}"
    return [{"step": f"route {route.id}", "status": WARNED, "reason": reason}]
