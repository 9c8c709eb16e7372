"""A small whole city folder that each fault is put into, and words for what is expected."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
from shapely.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

WEST, SOUTH, EAST, NORTH = 100.56, 7.17, 100.62, 7.23  # a square in Songkhla
CITY = """
schema = 1
[city]
name = "Songkhla"
[[boundary]]
id = "municipality"
path = "boundary.geojson"
source = "hall"
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
"""
# id, name, concept, lon, lat: four temples of the town.
PLACES = [
    ("p1", "วัดกลาง", "wat", 100.591, 7.201),
    ("p2", "สงขลา", "wat", 100.592, 7.202),
    ("p3", "หาดใหญ่", "wat", 100.593, 7.203),
    ("p4", "เกาะยอ", "wat", 100.594, 7.204),
]
HEADER = "id,name,kind,lon,lat"
COLUMNS = 'columns = { id = "id", name = "name", concept = "kind", lon = "lon", lat = "lat" }\n'


class Finds(NamedTuple):
    """One error or warning of `check`: the words that its message must hold."""

    severity: str
    words: tuple[str, ...]
    file: str | None = None  # the layer's file where none is named


class Mends(NamedTuple):
    """One repair: kind, row, column, and what stands there before and after."""

    kind: str
    row: int | None  # None where the whole file is meant
    column: str
    before: object
    after: object


@dataclass(frozen=True)
class Outcome:
    """
    What loading does with the input.

    `refused` holds words of the error; else rows in, out and outside are counted, and
    `quarantined` gives the rows set aside by kind.
    """

    refused: tuple[str, ...] = ()
    rows_in: int = 0
    out: int = 0
    outside: int = 0
    quarantined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    mended: tuple[Mends, ...] = ()
    proposed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # of the layer, in order; not looked at where empty


class BrokenInput(NamedTuple):
    """A deliberately broken input: how it is made and what must come of it."""

    make: Callable[[Path], str]
    file: str
    finds: tuple[Finds, ...]
    outcome: Outcome


INPUTS: dict[str, BrokenInput] = {}


def broken(
    file: str, *finds: Finds, then: Outcome
) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    """
    Register a maker of one broken input under its own name.

    A maker writes files into a folder and returns what `city.toml` says of them.
    """

    def register(make: Callable[[Path], str]) -> Callable[[Path], str]:
        known = INPUTS.get(make.__name__)  # doctests import each module a second time
        assert known is None or known.make.__code__ == make.__code__
        INPUTS[make.__name__] = BrokenInput(make, file, finds, then)
        return make

    return register


def error(*words: str, file: str | None = None) -> Finds:
    """An error that names these words."""
    return Finds("error", words, file)


def warning(*words: str, file: str | None = None) -> Finds:
    """A warning that names these words."""
    return Finds("warning", words, file)


def note(*words: str, file: str | None = None) -> Finds:
    """A note that names these words, beside the count of rows read."""
    return Finds("note", words, file)


def refused(*words: str) -> Outcome:
    """Loading stops with these words."""
    return Outcome(refused=words)


def write_town(folder: Path, layers: str) -> None:
    """The city folder around the layers."""
    ring = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    (folder / "boundary.geojson").write_text(json.dumps(boundary), encoding="utf-8")
    (folder / "city.toml").write_text(CITY + layers, encoding="utf-8")


def layer(path: str, *more: str, kind: str = "vector", pillar: str = "culture") -> str:
    """A `[[layer]]` table."""
    head = f'[[layer]]\npillar = "{pillar}"\nkind = "{kind}"\npath = "{path}"\nsource = "hall"\n'
    return head + "".join(f"{line}\n" for line in more)


def table(path: str, *more: str) -> str:
    """A `[[layer]]` of a table with the usual columns."""
    return layer(path, COLUMNS, *more, kind="table")


def vector(path: str, *more: str) -> str:
    """A `[[layer]]` of a vector file with the usual columns."""
    return layer(path, 'columns = { id = "id", name = "name", concept = "kind" }', *more)


def csv(*rows: str, header: str = HEADER) -> str:
    """A table's text, with plain good rows where none are given."""
    good = [",".join(map(str, place)) for place in PLACES]
    return "\n".join([header, *(rows or good)]) + "\n"


def frame(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    """The four temples as a table with geometries."""
    return gpd.GeoDataFrame(
        {
            "id": [place[0] for place in PLACES],
            "name": [place[1] for place in PLACES],
            "kind": [place[2] for place in PLACES],
        },
        geometry=[Point(place[3], place[4]) for place in PLACES],
        crs="EPSG:4326",
    ).to_crs(crs)


def geojson(*geometries: object, **members: object) -> str:
    """Features of the four temples' ids with other geometries, as GeoJSON text."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"p{i}", "name": f"Place {i}", "kind": "wat"},
            "geometry": geometry,
        }
        for i, geometry in enumerate(geometries, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", **members, "features": features})
