"""Each route as a file of its own, for phones, web maps and other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from creative_spatial.analysers.trails.frames import OFF_NETWORK, VISITED
from creative_spatial.crs import WGS84
from creative_spatial.dossier.naming import file_stem
from creative_spatial.dossier.rows import to_json
from creative_spatial.evaluation import ILLUSTRATIVE_NOTE
from creative_spatial.provenance import credits_line
from creative_spatial.schema import is_illustrative, source_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from creative_spatial.result import Result

ROUTES, STOPS, LEGS = "routes", "route_stops", "route_legs"
_DECIMALS = 6
# What would end a script in a page that a file is pasted into.
_ESCAPED = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_ROUTE_FACTS = (
    "closed", "ordered", "n_stops", "left_out", "walking_min", "ferry_min", "stay_min", "total_min",
    "budget_min", "must_see", "left_out_names", "length_m", "gaps", "straight_m", "method", "accuracy",
)  # fmt: skip
_STOP_FACTS = (
    "order", "feature_id", "concept", "arrive_min", "stay_min", "leg_min", "leg_m", "accuracy",
    "uncertainty_m",
)  # fmt: skip


def route_files(result: Result) -> Iterator[tuple[str, str]]:
    """
    Write each route as GeoJSON.

    A collection in degrees (RFC 7946): the route's course along the network, legs that are not
    on it (straight, with `straight_m`), and the stops in their order. It says whom it credits.

    Parameters
    ----------
    result : Result
        With the layers `routes`, `route_stops` and `route_legs`; nothing without them.

    Yields
    ------
    name : str
        Of the file in the results folder.
    text : str
        The same for the same result; "<", ">" and "&" are escaped.
    """
    if not {ROUTES, STOPS, LEGS} <= result.layers.keys():
        return
    routes, stops, legs = (result.layers[name].to_crs(WGS84) for name in (ROUTES, STOPS, LEGS))
    for route_id in routes.index:
        own = stops[(stops["route_id"] == route_id) & (stops["visit"] == VISITED)]
        off = legs[(legs["route_id"] == route_id) & (legs["way"] == OFF_NETWORK)]
        parts = (routes.loc[[route_id]], off, own.sort_values("order"))
        name = f"routes/{file_stem(str(route_id), kind='route')}.geojson"
        yield name, _escaped(to_json(_collection(str(route_id), parts, result), indent=1) + "\n")


def _collection(
    route_id: str, parts: tuple[gpd.GeoDataFrame, ...], result: Result
) -> dict[str, Any]:
    """A route, its gaps and its stops as one collection of features."""
    route, off, stops = parts
    features = [
        *_features(
            route,
            "route",
            ("route_id", *_names(route), *_names(route, "note"), *_ROUTE_FACTS),
            route_id=route_id,
        ),
        *_features(off, "gap", ("from_id", "to_id", "straight_m")),
        *_features(stops, "stop", (*_names(stops), *_STOP_FACTS)),
    ]
    shapes = [shape for part in parts for shape in part.geometry if shape is not None]
    made_up = any(is_illustrative(part).any() for part in parts)
    return {
        "type": "FeatureCollection",
        "bbox": [round(float(edge), _DECIMALS) for edge in shapely.total_bounds(shapes)],
        "credits": credits_line(source_ids(*parts), result.sources),
        **({"notes": ILLUSTRATIVE_NOTE} if made_up else {}),
        "features": features,
    }


def _names(rows: gpd.GeoDataFrame, column: str = "name") -> list[str]:
    """A column of texts, and those of it by language."""
    return [str(c) for c in rows.columns if c == column or str(c).startswith(f"{column}:")]


def _features(
    rows: gpd.GeoDataFrame, kind: str, columns: tuple[str, ...], **given: str
) -> Iterator[dict[str, Any]]:
    """Rows as features: what is null is left out."""
    for (_, row), shape in zip(rows.iterrows(), rows.geometry, strict=True):
        told = {"kind": kind, **given} | {c: _plain(row[c]) for c in columns if c in row}
        yield {
            "type": "Feature",
            "geometry": None if shape is None else _geometry(shape),
            "properties": {key: value for key, value in told.items() if value is not None},
        }


def _plain(value: Any) -> Any:
    """A number to the hundredth, and None for what is null."""
    import pandas as pd

    if pd.isna(value):
        return None
    return round(value, 2) if isinstance(value, float) else value


def _geometry(shape: Any) -> dict[str, Any]:
    """A point or line with degrees to the millionth, a tenth of a metre."""
    described: dict[str, Any] = shapely.geometry.mapping(shape)
    return {"type": described["type"], "coordinates": _rounded(described["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, tuple):
        return [_rounded(part) for part in coordinates]
    return round(float(coordinates), _DECIMALS)


def _escaped(text: str) -> str:
    for character, escape in _ESCAPED.items():
        text = text.replace(character, escape)
    return text
