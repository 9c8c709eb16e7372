"""The tables of a ``city.toml``, each a frozen model that refuses what cannot be meant."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from creative_spatial.resources import Facts
from creative_spatial.resources.repairs import repair_facts
from creative_spatial.resources.sensitivity import check_category

RASTER_INPUTS = ("population", "land_cover", "elevation")
DRAWN_INPUTS = ("water", "background")
COUNT_INPUTS = ("reference",)
OSM_SOURCE_ID = "osm"
LAST_YEAR = 2200
BUDDHIST_ERA = 543
UNSTATED_SOURCE_ID = "unstated"
EXTRACT_MANIFEST = "manifest.json"
_ADDRESS = re.compile(
    r"(?i)^\s*(postgres(ql)?|postgis|pg)\s*:|\bpassword\s*=|\bhost(addr)?\s*=|://"
)

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Positive = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]


def _real_date(value: str) -> str:
    """Refuse a date that no calendar has, or one of the Buddhist era."""
    parts = [*value[:10].split("-"), "01", "01"][:3]
    dt.date(*map(int, parts))
    if int(parts[0]) > LAST_YEAR:
        common = int(parts[0]) - BUDDHIST_ERA
        raise ValueError(
            f"year {parts[0]} is to come; if it is of the Buddhist era, write {common}"
        )
    return value


def _iso(value: Any) -> Any:
    """Take a TOML date or a text like "2023" or "2023-02"."""
    return value.isoformat() if isinstance(value, dt.date) else value


IsoDate = Annotated[
    str,
    BeforeValidator(_iso),
    StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2}.*)?)?$"),
    AfterValidator(_real_date),
]


def _names_no_server(value: str) -> str:
    """Refuse an address of a database, without repeating it: it may hold a password."""
    if _ADDRESS.search(value):
        raise PydanticCustomError(
            "secret",
            "the address of a database does not belong in city.toml, least of all with a password: "
            "put host, port, dbname and user under [NAME] in ~/.pg_service.conf, the password "
            'in ~/.pgpass, and write service = "NAME"',
        )
    return value


PathText = Annotated[str, AfterValidator(_names_no_server)]
ServiceName = Annotated[
    str,
    AfterValidator(_names_no_server),
    StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=60),
]


def database_label(table: str, service: str | None) -> str:
    """
    Name a table of a database for people.

    Parameters
    ----------
    table : str
        As it was asked for.
    service : str or None
        Of libpq; None is the environment's.

    Returns
    -------
    str
        E.g. "PostGIS public.temples (cityhall)".
    """
    return f"PostGIS {table}" + (f" ({service})" if service else "")


class CitySection(Facts):
    """Who the city is and what is being prepared."""

    name: str
    names: dict[LanguageCode, str] = Field(default_factory=dict)
    country: str = ""
    languages: tuple[LanguageCode, ...] = ("en",)
    field: str | None = None
    profile: Literal["candidature", "monitoring"] = "candidature"
    form: str = "2021"
    crs: str | None = None

    @model_validator(mode="after")
    def _has_language(self) -> CitySection:
        if not self.languages:
            raise ValueError('languages is empty; name at least one, e.g. ["en"]')
        return self


class BoundarySection(Facts):
    """One of the nested boundaries: from a file, an OSM relation, or a place's name (online)."""

    id: Identifier
    path: str | None = None
    layer: str | None = None
    where: str | None = None
    relation: int | None = None
    place: str | None = None
    crs: str | None = None
    source: str | None = None
    name: str | None = None
    names: dict[LanguageCode, str] = Field(default_factory=dict)
    published_area_km2: Positive | None = None
    population: Positive | None = None
    primary: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> BoundarySection:
        if sum(origin is not None for origin in (self.path, self.relation, self.place)) != 1:
            raise ValueError(
                f"boundary {self.id!r} needs one of: a path, an OSM relation, a place's name"
            )
        return self

    @property
    def source_id(self) -> str:
        """The source that was named; OpenStreetMap for what comes from there; else unstated."""
        return self.source or (UNSTATED_SOURCE_ID if self.path else OSM_SOURCE_ID)


class UnitsSection(Facts):
    """The polygons results are reported by: a file's, or a grid of the primary boundary."""

    path: str | None = None
    layer: str | None = None
    id: str = "unit_id"
    crs: str | None = None
    grid: Literal["hexagon", "square"] = "hexagon"
    cell_m: Positive | None = None


class OsmSection(Facts):
    """
    The OpenStreetMap file, or a folder that `extract` wrote, read once for all.

    Without a path, Overpass is asked.
    """

    path: str | None = None
    source: str | None = None


class SourceSection(Facts):
    """Who made some of the data, and under which licence."""

    id: Identifier
    title: str
    license: str
    attribution: str
    date: IsoDate | None = None
    url: str | None = None
    accuracy: Literal["surveyed", "approximate", "illustrative"] | None = None
    uncertainty_m: Positive | None = None


class LayerSection(Facts):
    """One file, or table of a database, the city has: a pillar's features, or a named input."""

    pillar: Identifier
    kind: Literal["vector", "table", "survey", "occurrence", "raster", "postgis", "results"]
    path: PathText = ""
    table: str | None = None
    service: ServiceName | None = None
    geometry: str | None = None
    form: str | None = None
    source: str
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    where: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    concept: str | None = None
    concepts: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    sensitivity: Annotated[str | dict[str, str] | None, AfterValidator(check_category)] = None
    personal: tuple[str, ...] = ()
    benchmark: bool = False
    band: int | None = None
    repair: bool = True
    accept: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _hides_what_it_can(self) -> LayerSection:
        if self.sensitivity is not None and self.pillar in {*RASTER_INPUTS, *DRAWN_INPUTS}:
            raise ValueError(f"sensitivity: a layer of {self.pillar} is used as it is; take it out")
        if isinstance(self.sensitivity, dict) and "sensitivity" not in self.columns:
            raise ValueError(
                "sensitivity says what the file's words mean; name their column, e.g. "
                "columns = { sensitivity = ... }"
            )
        return self

    @model_validator(mode="after")
    def _fits_kind(self) -> LayerSection:
        if (self.kind == "raster") != (self.pillar in RASTER_INPUTS):
            known = ", ".join(RASTER_INPUTS)
            raise ValueError(f"rasters, and only rasters, have a pillar of {known}")
        self._has_origin()
        if self.concept and self.concepts:
            raise ValueError("give either concept, for all rows, or concepts, by the file's words")
        self._has_rows_to_mend()
        if "geometry" in self.columns:
            raise ValueError("columns: geometry is the file's own and has no column to come from")
        self._fits_reader()
        return self

    def _fits_reader(self) -> None:
        """Refuse what the reader of a kind of file has no use for."""
        if self.kind != "survey" and (self.form or self.personal):
            raise ValueError('form and personal are for kind = "survey" alone')
        if self.kind in {"survey", "occurrence"} and self.crs:
            raise ValueError(f"a file of kind {self.kind!r} says its CRS itself; take crs out")
        if self.kind == "occurrence" and (self.layer or self.encoding):
            raise ValueError("an archive of occurrences describes itself; take layer, encoding out")

    def _has_rows_to_mend(self) -> None:
        """Refuse repairs that are unknown, forbidden, or of what has no rows."""
        guesses = repair_facts().guesses
        if unknown := [kind for kind in self.accept if kind not in guesses]:
            raise ValueError(f"accept: unknown {unknown}; there are {', '.join(guesses)}")
        if self.accept and not self.repair:
            raise ValueError("accept mends what repair = false forbids; take one of them out")
        if self.kind == "raster" and (self.accept or not self.repair):
            raise ValueError("repair and accept are for rows; a raster has none")

    @model_validator(mode="after")
    def _benchmark_is_of_places(self) -> LayerSection:
        if self.benchmark and self.pillar in {*RASTER_INPUTS, "water", "background"}:
            raise ValueError("benchmark is for an inventory of places of a pillar")
        return self

    @model_validator(mode="after")
    def _counts_are_counts(self) -> LayerSection:
        if self.pillar not in COUNT_INPUTS:
            if self.kind == "results":
                raise ValueError('kind = "results" is for pillar = "reference" alone')
            return self
        if self.kind not in {"table", "results"}:
            raise ValueError('a reference is of kind = "table", or "results" of another city')
        of_places = (
            "crs",
            "where",
            "concept",
            "words",
            "sensitivity",
            "personal",
            "benchmark",
            "accept",
        )
        of_tables = ("columns", "concepts", "encoding") if self.kind == "results" else ()
        if unused := [name for name in (*of_places, *of_tables) if getattr(self, name)]:
            raise ValueError(f"a reference of kind {self.kind!r} has no {', '.join(unused)}")
        return self

    def _has_origin(self) -> None:
        """Refuse an entry without a file or, of a database, without a table."""
        of_database = self.kind == "postgis"
        if of_database and (self.path or self.layer):
            raise ValueError('kind = "postgis" has a table and a service; take path, layer out')
        if of_database and not self.table:
            raise ValueError('kind = "postgis" needs table = "schema.table"')
        if not of_database and (self.table or self.service or self.geometry):
            raise ValueError('table, service and geometry are for kind = "postgis" alone')
        if not of_database and not self.path:
            raise ValueError("'path' is missing")

    @property
    def label(self) -> str:
        """What messages and records call it: its path, or its table."""
        return self.path or database_label(self.table or "", self.service)


class EditsSection(Facts):
    """Changes that people made in the map of an earlier run, as a file of their own."""

    path: PathText
    source: str
